"""MIDI parts of any instrument as rhythms."""

from io import BytesIO

import pytest
from midifile import BAR, end, hit, midi, tempo

import beatgen as bg
from beatgen.errors import BeatGenError, MidiError
from beatgen.midi.tap import read_midi_tap

BASS = [
    hit(tick, pitch, loud, channel=1)
    for tick, pitch, loud in (
        (0, 33, 110),
        (360, 33, 50),
        (720, 40, 90),
        (BAR, 36, 110),
        (BAR + 970, 43, 70),
    )
]
CHORD = [hit(tick, pitch, 40 + pitch, channel=2) for tick, pitch in ((0, 48), (10, 52), (20, 55))]


def struck(groove: bg.Groove) -> list[tuple[int, int, int]]:
    bars, steps, _ = groove.velocity.nonzero()
    loud = (groove.velocity.max(2)[bars, steps] * 127).round().astype(int)
    return list(zip(bars.tolist(), steps.tolist(), loud.tolist(), strict=True))


def test_a_bass_line_is_a_rhythm_with_its_accents_and_timing() -> None:
    file = midi([tempo(0, 93), *BASS, end(2 * BAR)])
    groove = bg.read_rhythm(file, name="bass.mid")
    assert struck(groove) == [(0, 0, 110), (0, 12, 50), (0, 24, 90), (1, 0, 110), (1, 32, 70)]
    assert groove.tempo == 93 and groove.timing[1, 32].max() == pytest.approx(1 / 3)


def test_a_chord_is_one_stroke() -> None:
    assert struck(read_midi_tap(midi([*CHORD, end(BAR)]))) == [(0, 0, 95)]


def test_the_drums_are_the_part_and_else_the_busiest_unless_another_is_asked_for() -> None:
    both = [*BASS, *CHORD, end(2 * BAR)]
    assert len(struck(read_midi_tap(midi(both)))) == 5
    assert len(struck(read_midi_tap(midi(both), channel=3))) == 1
    drums = [hit(480, 77), *both]
    assert struck(read_midi_tap(midi(drums))) == [(0, 16, 80)]
    with pytest.raises(MidiError, match="no note on channel 7; notes found on 2, 3, 10"):
        read_midi_tap(midi(drums), channel=7)


def test_other_files_have_no_channels() -> None:
    tab = b"snare |o-o-|"
    assert struck(bg.read_rhythm(BytesIO(tab), name="x.tab")) == [(0, 0, 80), (0, 32, 80)]
    with pytest.raises(BeatGenError, match="no MIDI file, so it has no channels"):
        bg.read_rhythm(BytesIO(tab), 2, name="x.tab")
    with pytest.raises(BeatGenError, match=r"not-there\.mid: no such file"):
        bg.read_rhythm("not-there.mid")
