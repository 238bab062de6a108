"""MIDI files of every meter: read, written, and read again."""

import mido
import pytest
from midifile import HAT, KICK, SNARE, end, hit, midi, tempo, written
from midifile import meter as meter_at

from beatgen.groove import Groove
from beatgen.kit import INDEX
from beatgen.meter import Meter
from beatgen.midi import read_midi, scan_midi

EIGHTH, QUARTER = 240, 480


def waltz(bar: int) -> list:
    hats = [hit(bar * 3 * QUARTER + beat * QUARTER, HAT, 90) for beat in (1, 2)]
    return [hit(bar * 3 * QUARTER, KICK, 110), *hats]


def eighths(numerator: int, bars: int, backbeats: tuple[int, ...]) -> list:
    """Hats on all eighths, a kick on the first, snares on some."""
    notes = []
    for bar in range(bars):
        start = bar * numerator * EIGHTH
        notes += [hit(start + i * EIGHTH, HAT, 90) for i in range(numerator)]
        notes += [hit(start, KICK, 110), *(hit(start + i * EIGHTH, SNARE) for i in backbeats)]
    return notes


@pytest.mark.parametrize(
    ("label", "notes", "bars", "hats"),
    [
        ("2/4", eighths(4, 8, (2,)), 8, [0, 8, 16, 24]),
        ("3/4", [note for bar in range(4) for note in waltz(bar)], 4, [16, 32]),
        ("6/8", eighths(6, 4, (3,)), 4, [i * 8 for i in range(6)]),
        ("12/8", eighths(12, 2, (3, 9)), 2, [i * 8 for i in range(12)]),
        ("9/8", eighths(9, 2, (3, 6)), 2, [i * 8 for i in range(9)]),
        ("5/4", eighths(10, 2, (2, 4, 8)), 2, [i * 8 for i in range(10)]),
        ("6/4", eighths(12, 2, (2, 4, 8)), 2, [i * 8 for i in range(12)]),
        ("7/8", eighths(7, 2, (2, 4)), 2, [i * 8 for i in range(7)]),
        ("5/8", eighths(5, 2, (3,)), 2, [i * 8 for i in range(5)]),
    ],
)
def test_a_meter_is_read_on_its_own_grid_and_written_as_it_was(label, notes, bars, hats) -> None:
    count, unit = map(int, label.split("/"))
    whole = bars * count * 4 * QUARTER // unit
    file = [tempo(0, 150), meter_at(0, count, unit), *notes, end(whole)]
    groove, report = scan_midi(midi(file))
    assert groove.meters == (Meter(count, unit),) * bars and groove.tempo == 150
    assert not report.messages and report.rows()[0] == ("bars", f"{bars} in {label}")
    voice = INDEX["hi-hat"]
    for bar in range(bars):
        steps = groove.velocity[bar, :, voice].nonzero()[0]
        assert steps + groove.timing[bar, steps, voice] == pytest.approx(hats, abs=1e-5)
    again = mido.MidiFile(file=written(groove))
    signatures = [m for m in again.tracks[0] if m.type == "time_signature"]
    assert [(m.numerator, m.denominator) for m in signatures] == [(count, unit)]
    assert sum(m.time for m in again.tracks[0]) == whole
    assert read_midi(written(groove)) == groove


def test_bars_of_changing_meter_are_written_where_they_change() -> None:
    tab = (
        "kick |o-------|o---o---o---|o--o--|o-------|"
        + "\n"
        + "ride |----x---|----x---|--x---|----|"
    )
    groove = Groove.from_tab(tab, tempo=100, meter="4/4 3/4 6/8 2/4")
    file = mido.MidiFile(file=written(groove))
    tick, found = 0, []
    for message in file.tracks[0]:
        tick += message.time
        if message.type == "time_signature":
            found.append((tick / QUARTER, message.numerator, message.denominator))
    assert found == [(0, 4, 4), (4, 3, 4), (7, 6, 8), (10, 2, 4)] and tick == 12 * QUARTER
    assert read_midi(written(groove)) == groove


def test_hits_before_a_bar_line_belong_to_the_bar_they_lead_to() -> None:
    """A downbeat nearly half a sixteenth early, where the meter changes."""
    file = [
        *(meter_at(0, 3, 4), hit(0, KICK)),
        *(meter_at(3 * QUARTER, 6, 8), hit(3 * QUARTER - 45, KICK), end(6 * QUARTER)),
    ]
    groove = read_midi(midi(file))
    assert groove.velocity[1, 0, INDEX["kick"]] > 0
    assert groove.timing[1, 0, INDEX["kick"]] == pytest.approx(-1.5)
    assert read_midi(written(groove)) == groove
