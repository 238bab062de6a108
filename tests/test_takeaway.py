"""What is taken away from the page: every file is read back."""

import io
import wave
from dataclasses import replace
from zipfile import ZipFile

import mido
import numpy as np
import pytest
import soundfile
from drive import choose, click, go, now, read_back, run, same_hits, tell_player

from app import engine
from app.swing import swing
from beatgen.groove import Groove
from beatgen.kit import VOICES

# --- what is heard


@pytest.mark.parametrize("pitches", ["gmd", "gm"])
def test_the_midi_file_is_the_groove_that_is_heard(page, downloads, pitches):
    tell_player(page, position=0.3)
    choose(page, "pitches", pitches)
    name, data = downloads["midi"]
    groove = now(page).heard
    assert name == f"blend-30-{groove.tempo:.0f}.mid"
    if pitches == "gmd":
        assert same_hits(read_back(data()), groove)
    else:
        notes = {m.note for m in mido.MidiFile(file=io.BytesIO(data())) if m.type == "note_on"}
        assert not notes & {22, 26, 40, 58}  # a hat's edge and rims are the TD-11's own


def test_the_midi_file_repeats_as_often_as_asked(page, downloads):
    page.number_input(key="loops").set_value(3)
    run(page)
    groove = now(page).heard
    assert same_hits(read_back(downloads["midi"][1]()), groove.repeat(groove.bars * 3))


def test_the_wav_loop_is_exactly_as_long_as_the_groove_and_sounds(page, downloads):
    name, data = downloads["wav"]
    sound, rate = soundfile.read(io.BytesIO(data()))
    groove = now(page).heard
    assert name.endswith(".wav")
    assert len(sound) == round(groove.seconds * rate)
    assert np.abs(sound).max() > 0.05


def test_files_have_the_players_tempo_and_swing(page, downloads):
    before = now(page).heard
    tell_player(page, position=0.5, tempo=87.0, swing=0.66)
    assert now(page).heard.tempo == 87
    assert now(page).heard == replace(swing(before, 0.66), tempo=87.0)
    assert same_hits(read_back(downloads["midi"][1]()), now(page).heard)


# --- its stems


# --- takes


def test_each_take_downloads_as_midi(page, downloads):
    go(page, "vary")
    for take in now(page).takes:
        name, data = downloads[f"midi-{take.number}"]
        assert name == f"take-{take.number}-{take.groove.tempo:.0f}.mid"
        assert same_hits(read_back(data()), take.groove)



# --- the walk from A to B
