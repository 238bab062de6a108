"""Grooves to MIDI files and back, by ourselves and by other readers."""

import random
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import mido
import numpy as np
import pretty_midi
import pytest
import symusic
from hypothesis import given, settings
from hypothesis import strategies as st
from midifile import (
    BAR,
    DRUMS,
    KICK,
    again,
    hit,
    hits,
    midi,
    sounding,
    written,
)

from beatgen.errors import BeatGenError, MidiError
from beatgen.groove import Groove
from beatgen.kit import INDEX, VOICES
from beatgen.midi import read_midi, scan_midi, write_midi
from beatgen.midi.tempo import beats_per_minute, microseconds_per_beat


def test_a_written_file_is_type_0_with_everything_a_daw_needs(rock) -> None:
    file = mido.MidiFile(file=written(rock, name="Rück 🥁"))
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (0, 480, 1)
    meta = {m.type: m for m in file.tracks[0] if m.is_meta}
    assert meta["track_name"].name == "Rück ?"
    assert mido.tempo2bpm(meta["set_tempo"].tempo) == rock.tempo
    assert (meta["time_signature"].numerator, meta["time_signature"].denominator) == (4, 4)
    assert sum(m.time for m in file.tracks[0]) == rock.bars * BAR
    notes = [m for m in file.tracks[0] if not m.is_meta]
    assert {m.channel for m in notes} == {DRUMS}
    on = [m.note for m in notes if m.type == "note_on"]
    assert len(on) == len(hits(rock)) and min(m.velocity for m in notes if m.type == "note_on") > 0
    assert sorted(on) == sorted(m.note for m in notes if m.type == "note_off")


def test_a_note_ends_before_its_drum_is_struck_again() -> None:
    roll = Groove.from_tab("snare |" + "o" * 64 + "|", tempo=100)
    playing: set[int] = set()
    for message in mido.MidiFile(file=written(roll)).tracks[0]:
        if message.type == "note_on":
            assert message.note not in playing
            playing.add(message.note)
        elif message.type == "note_off":
            playing.remove(message.note)
    assert not playing


@pytest.mark.parametrize("pitches", ["gmd", "gm"])
def test_pitches_are_the_kits_or_general_midi(pitches) -> None:
    all_voices = Groove(np.full((1, 1, 22), 0.5), tempo=100)
    notes = {pitch for _, pitch, _ in sounding(written(all_voices, pitches=pitches))}
    cymbals = {
        "crash 1 edge": 55,
        "crash 2 edge": 52,
    }  # General MIDI has a splash and a china there
    general = {cymbals.get(v.name, v.gm) for v in VOICES}
    assert notes == ({v.pitch for v in VOICES} if pitches == "gmd" else general)
    assert pitches == "gmd" or min(notes) >= 35


def test_two_voices_with_one_general_midi_pitch_sound_once_and_louder() -> None:
    both = Groove.from_tab("hi-hat |g---|\nhi-hat edge |X---|")
    assert sounding(written(both, pitches="gm")) == [(0, 42, 115)]
    assert len(sounding(written(both))) == 2


def test_unknown_pitches_and_unwritable_places_are_refused(rock, tmp_path) -> None:
    with pytest.raises(BeatGenError, match="no drum map is called 'gm7'; expected one of gm, "):
        write_midi(rock, BytesIO(), pitches="gm7")
    with pytest.raises(MidiError, match=r"out.mid: cannot be written \(No such file"):
        write_midi(rock, tmp_path / "nowhere" / "out.mid")


def test_an_early_hit_of_the_first_bar_is_written_and_restored() -> None:
    velocity = np.zeros((2, 64, 22), np.float32)
    timing = np.zeros_like(velocity)
    velocity[0, 0, [INDEX["kick"], INDEX["hi-hat"], INDEX["ride"]]] = 0.5, 0.75, 1
    timing[0, 0, INDEX["kick"]], timing[0, 0, INDEX["hi-hat"]] = -0.4, -1.5
    groove = again(Groove(np.rint(velocity * 127) / 127, timing))
    assert np.array_equal(groove.velocity, np.float32(np.rint(velocity * 127) / 127))
    assert np.allclose(groove.timing, timing, atol=1e-6)
    assert again(groove) == groove
    # In a loop they stand at its end; for an arrangement they are in a bar before the first.
    assert [tick for tick, *_ in sounding(written(groove))] == [0, 2 * BAR - 45, 2 * BAR - 12]
    arranged = written(groove, early="pickup")
    assert [tick for tick, *_ in sounding(arranged)] == [BAR - 45, BAR - 12, BAR]
    assert mido.MidiFile(file=written(groove, early="pickup")).length == pytest.approx(3 * 2)
    assert again(groove, early="pickup") == groove
    with pytest.raises(BeatGenError, match="early is 'never'; expected 'loop' or 'pickup'"):
        written(groove, early="never")


def test_nothing_is_added_for_a_groove_without_early_hits(rock) -> None:
    on_time = replace(rock, timing=np.abs(rock.timing))
    assert written(on_time, early="pickup").getvalue() == written(on_time).getvalue()
    assert b"beatgen" not in written(on_time).getvalue()


@pytest.mark.parametrize("early", ["loop", "pickup"])
@pytest.mark.parametrize(("step", "timing"), [(0, 1.5), (63, -1.5), (0, -2), (31, 0.5), (32, -0.5)])
def test_no_hit_that_a_groove_allows_is_moved(early, step, timing) -> None:
    grid = np.zeros((2, 1, 64, 22))
    grid[:, 0, step, INDEX["snare"]] = 1, timing
    (tick, *_), *_ = sounding(written(Groove(*grid), early=early))
    assert tick % BAR == (step + timing) * 30 % BAR


def test_a_late_hit_of_the_last_step_sounds_at_the_start_of_a_loop_and_comes_back() -> None:
    grid = np.zeros((2, 1, 64, 22))
    grid[:, 0, 63, INDEX["snare"]] = 1, 1.5
    grid[:, 0, 0, INDEX["kick"]] = 1, 0
    assert sounding(written(Groove(*grid))) == [(0, KICK, 127), (15, 38, 127)]
    assert again(Groove(*grid)) == Groove(*grid)


def test_hits_of_a_voice_at_the_same_moment_are_both_written() -> None:
    grid = np.zeros((2, 1, 64, 22))
    grid[:, 0, 20, INDEX["snare"]] = 1, 0.5
    grid[:, 0, 21, INDEX["snare"]] = 0.5, -0.5
    assert [tick for tick, *_ in sounding(written(Groove(*grid)))] == [615, 616]


@pytest.mark.parametrize("louder", ["hi-hat", "hi-hat edge"])
def test_two_early_voices_on_one_pitch_both_keep_their_timing(louder) -> None:
    velocity = np.zeros((1, 64, 22), np.float32)
    timing = np.zeros_like(velocity)
    for voice, late in (("hi-hat", -0.4), ("hi-hat edge", -1.5)):
        velocity[0, 0, INDEX[voice]] = (100 if voice == louder else 30) / 127
        timing[0, 0, INDEX[voice]] = late
    groove = again(Groove(velocity, timing), pitches="gm")
    played = {
        round(float(groove.velocity[at]) * 127): at[1] + float(groove.timing[at])
        for at in zip(*np.nonzero(groove.velocity), strict=True)
    }
    soft, loud = (-1.5, -0.4) if louder == "hi-hat" else (-0.4, -1.5)
    assert played == pytest.approx({30: soft, 100: loud})


def test_a_loud_hit_on_the_line_is_not_made_early_by_a_soft_one() -> None:
    both = Groove.from_tab("hi-hat |X---|\nhi-hat edge |g---|")
    timing = np.where(both.velocity == both.velocity.max(), 0, -1) * (both.velocity > 0)
    groove = again(Groove(both.velocity, timing), pitches="gm")
    assert groove.velocity[0, 0, INDEX["hi-hat"]] == both.velocity.max()
    assert groove.timing[0, 0, INDEX["hi-hat"]] == 0 and groove.timing.min() == -2


@pytest.mark.parametrize("tempo", [3, 1e-300, 2e8])
def test_a_tempo_that_midi_cannot_hold_is_refused(rock, tempo) -> None:
    with pytest.raises(BeatGenError, match=r"MIDI files have 3\.58 to 60000000"):
        write_midi(replace(rock, tempo=tempo), BytesIO())


@pytest.mark.parametrize(
    ("tempo", "microseconds"), [(3.58, 16_759_777), (60e6, 1), (93.3329, 642_860)]
)
def test_every_tempo_that_midi_can_hold_is_written(rock, tempo, microseconds) -> None:
    file = mido.MidiFile(file=written(replace(rock, tempo=tempo)))
    assert [m.tempo for m in file.tracks[0] if m.type == "set_tempo"] == [microseconds]


@given(microseconds=st.integers(200_000, 2_000_000))
def test_a_tempo_comes_back_to_the_microsecond(microseconds) -> None:
    assert microseconds_per_beat(beats_per_minute(microseconds)) == microseconds


@pytest.mark.parametrize(
    "text",
    [
        "beatgen early 36:-99999",
        "beatgen early 36:9 x :- 36:-",
        "36",
        "beatgen loop 36:-99999 36:5 99:-1",
        "beatgen pickup 0:99999",
        "beatgen pickup 36:x",
    ],
)
def test_a_strange_early_mark_does_no_harm(text) -> None:
    mark = (0, mido.MetaMessage("text", text=text))
    for division in (1, 4, 480):
        groove = read_midi(midi([mark, hit(0, KICK)], division=division))
        assert hits(groove) == [(0, 0, KICK, 80)]
        assert -2 < groove.timing.min() <= 0


@pytest.mark.parametrize("steps", [16, 32, 64])
def test_tab_to_midi_and_back_is_equal(steps) -> None:
    tab = """
    crash 1 |X---------------|----------------|
    hi-hat  |x-x-x-xxx-x-x-x-|x-x-x-x-x-x-x-xx|
    snare   |----O--g-g--O--g|----O--g-o--O-oo|
    kick    |o------o--o-----|o------o--o----o|
    """
    groove = Groove.from_tab(tab, tempo=93.5, steps=steps)
    assert again(groove) == groove


@settings(max_examples=40, deadline=None, database=None)
@given(seed=st.integers(0, 2**32 - 1), steps=st.sampled_from([12, 16, 24, 32, 48, 64, 96]))
def test_any_groove_survives_as_it_sounds(random_groove, seed, steps) -> None:
    played = random_groove(seed, steps=steps)
    file = written(played)
    groove = read_midi(file, steps)
    # Not a note is lost, moved or changed, and from the second time on every cell stays, too.
    file.seek(0)
    assert sounding(written(groove)) == sounding(file)
    assert again(groove) == groove


# Other readers, and the Groove MIDI Dataset -------------------------------------------------------


def test_other_readers_hear_the_same_file(rock, tmp_path) -> None:
    path = tmp_path / "rock.mid"
    write_midi(rock, path)
    expected = sounding(BytesIO(path.read_bytes()))
    drums = [i for i in pretty_midi.PrettyMIDI(str(path)).instruments if i.is_drum]
    tick = 60 / rock.tempo / 480
    heard = sorted((round(n.start / tick), n.pitch, n.velocity) for n in drums[0].notes)
    assert len(drums) == 1 and heard == expected
    score = symusic.Score(str(path))
    assert sorted((n.time, n.pitch, n.velocity) for n in score.tracks[0].notes) == expected
    assert score.tempos[0].qpm == rock.tempo and score.tracks[0].is_drum


@pytest.fixture(scope="module")
def some_of_gmd(gmd: Path) -> list[Path]:
    return random.Random(3).sample(sorted(gmd.rglob("*_4-4.mid")), 150)


@pytest.mark.slow
def test_real_files_survive_to_within_a_tick(some_of_gmd) -> None:
    for path in some_of_gmd:
        groove, report = scan_midi(path)
        back, back_report = scan_midi(written(groove), name=path.name)
        assert not report.folded and not report.dropped and not back_report.messages, path
        assert np.array_equal(back.velocity, groove.velocity), path
        assert np.abs(back.timing - groove.timing).max() <= 1 / 30 + 1e-6, path
        assert back.tempo == groove.tempo


def test_real_files_hold_the_notes_that_symusic_finds(some_of_gmd) -> None:
    for path in some_of_gmd:
        groove, report = scan_midi(path)
        notes = [n for track in symusic.Score(str(path)).tracks for n in track.notes]
        assert sum(report.pitches.values()) == len(notes), path
        assert np.count_nonzero(groove.velocity) + report.collisions == len(notes), path


def test_a_hit_far_from_its_step_is_written_where_it_sounds() -> None:
    timing = np.zeros((1, 64, 22))
    velocity = np.zeros_like(timing)
    velocity[0, 10, INDEX["snare"]], timing[0, 10, INDEX["snare"]] = 1, 1.7
    back = again(Groove(velocity, timing))
    assert np.argwhere(back.velocity).tolist() == [[0, 12, INDEX["snare"]]]
    assert back.timing.min() == pytest.approx(-0.3, abs=0.02)
