"""Recorded sound heard as a rhythm."""

import numpy as np
import pytest
import soundfile

import beatgen as bg
from beatgen.audio.render import write_wav
from beatgen.audio.taps import estimated_tempo, rhythm_at
from beatgen.errors import AudioError, BeatGenError
from beatgen.evaluation.sound_taps import onset_f1, sounding

CLAPS = bg.Groove.from_tab("clap |X--x--x-X---x---|X--x--x-X-x-x---|", tempo=100)


def struck(groove: bg.Groove) -> list[tuple[int, int]]:
    """(bar, sixteenth) of the taps."""
    bars, steps, _ = groove.velocity.nonzero()
    where = (bars * 64 + steps + 2) // 4
    return [divmod(int(at), 16) for at in where]


def test_clapping_becomes_a_rhythm_at_its_tempo(tmp_path) -> None:
    pytest.importorskip("librosa")
    path = tmp_path / "claps.wav"
    write_wav(CLAPS, path, engine="kit")
    given = bg.read_rhythm(path, tempo=100)
    assert (given.bars, given.tempo) == (2, 100) and struck(given) == struck(CLAPS)
    loud = given.velocity.max((0, 2))[[0, 12]]
    assert loud[0] > loud[1], "accents count"
    assert bg.read_rhythm(path).tempo == pytest.approx(100, abs=1)
    sound, true = sounding(CLAPS, "noise and room")
    soundfile.write(tmp_path / "room.flac", sound / np.abs(sound).max(), 44100)
    assert len(struck(bg.read_rhythm(tmp_path / "room.flac", tempo=100))) >= 0.7 * len(true)


def test_what_is_no_tap_is_refused(tmp_path) -> None:
    pytest.importorskip("librosa")
    silence, long, text = (tmp_path / name for name in ("s.wav", "long.wav", "text.wav"))
    soundfile.write(silence, np.zeros(4000), 8000)
    soundfile.write(long, np.zeros(31 * 8000), 8000)
    text.write_text("no sound")
    for path, sentence in (
        (silence, "no tap is heard in it"),
        (long, "31 seconds long; expected 30 at most"),
        (text, "no sound that can be read; expected WAV, FLAC or MP3"),
        (tmp_path / "none.wav", r"none\.wav: no such file"),
    ):
        with pytest.raises(AudioError, match=sentence):
            bg.read_rhythm(path)
    with pytest.raises(BeatGenError, match="tempo is 5; expected 30 to 300 BPM"):
        bg.read_rhythm(silence, tempo=5)


def test_a_tempo_is_estimated_from_onsets_alone() -> None:
    beats = np.array([0, 0.75, 1, 1.5, 2, 2.75, 3, 3.5, 4, 4.75, 5, 5.5, 6])
    for bpm in (75, 98, 132):
        found = estimated_tempo(beats * 60 / bpm + 0.5, np.ones(len(beats)))
        assert min(abs(found / bpm / times - 1) for times in (0.5, 1, 2)) < 0.01


def test_onsets_stand_where_they_were_played() -> None:
    groove = rhythm_at(np.array([0, 0.5, 1.03, 1.98]), np.array([1, 0.5, 0.5, 0.9]), 120)
    assert groove.bars == 2, "what is just before the next bar is its downbeat"
    assert struck(groove) == [(0, 0), (0, 4), (0, 8), (1, 0)]
    assert groove.timing[1, 0].min() == pytest.approx(-0.64, abs=0.01)


def test_matching_of_onsets() -> None:
    assert onset_f1(np.array([0, 1.0]), np.array([0.029, 1.031])) == 0.5
