"""Which channel plays the drums, and what becomes of pitches that no voice has."""

import pytest
from midifile import HAT, KICK, SNARE, hit, hits, midi

from beatgen.errors import MidiError, MidiWarning
from beatgen.midi import read_midi, scan_midi


def test_a_drum_loop_on_another_channel_is_read_and_reported() -> None:
    beat = [hit(i * 240, HAT, channel=0) for i in range(8)]
    beat += [hit(0, KICK, channel=0), hit(480, SNARE, channel=0), hit(1440, SNARE, channel=0)]
    chords = [hit(i * 480, pitch, channel=4) for i in range(4) for pitch in (60, 64, 67)]
    with pytest.warns(MidiWarning, match="read the drum loop on channel 1"):
        groove = read_midi(midi(beat, chords))
    assert len(hits(groove)) == len(beat)


@pytest.mark.parametrize(
    "pitches",
    [
        (HAT,) * 8,
        (KICK, HAT, SNARE, HAT, KICK, HAT, SNARE, HAT),
        (36, 38, 36, 38),
    ],
    ids=["hats alone", "a linear beat", "kick and snare"],
)
def test_small_loops_on_channel_1_are_drums(pitches) -> None:
    loop = [hit(i * 240, pitch, channel=0) for i, pitch in enumerate(pitches)]
    groove, report = scan_midi(midi(loop))
    assert report.channel == 1 and len(hits(groove)) == len(loop)


@pytest.mark.parametrize(
    "pitches",
    [
        (60, 62, 64, 65, 67, 69, 71, 72),
        (36, 38, 40, 41, 43, 45, 47, 48),
        (40, 40, 43, 38, 36, 38, 40, 43),
        (84, 86, 88, 91, 93, 96, 98, 100),
    ],
    ids=["a scale", "a low scale", "a bass line", "a high melody"],
)
def test_a_melody_is_no_drum_loop(pitches) -> None:
    melody = [hit(i * 240, pitch, channel=2) for i, pitch in enumerate(pitches)]
    with pytest.raises(MidiError, match=r"channel 3 \(pitches .* Put the drums on channel 10"):
        read_midi(midi(melody))


def test_channel_10_wins_over_anything_that_looks_like_drums() -> None:
    bass = [hit(i * 240, pitch, channel=0) for i, pitch in enumerate((36, 42, 38, 42))]
    groove, report = scan_midi(midi([hit(480, SNARE)], bass))
    assert hits(groove) == [(0, 16, SNARE, 80)] and report.channel == 10


def test_foreign_pitches_are_folded_or_stay_themselves_and_counted() -> None:
    file = [hit(0, 35), hit(240, 69), hit(480, 39), hit(720, 69), hit(960, 33), hit(1200, 100)]
    groove, report = scan_midi(midi(file))
    assert report.pitches == {33: 1, 35: 1, 39: 1, 69: 2, 100: 1}
    assert report.folded == {35: 1} and not report.dropped
    assert groove.extras == ("metronome click", "clap", "cabasa", "note 100")
    assert report.hits == {"kick": 1, "metronome click": 1, "clap": 1, "cabasa": 2, "note 100": 1}
    message = " ".join(report.messages)
    assert "35 (1) to kick" in message and "69" not in message
    assert [h[1] for h in hits(groove)] == [0, 8, 16, 24, 32, 40]
