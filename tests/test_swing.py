"""Swing, as the player in the browser plays it."""

import mido
import numpy as np
import pytest
from midifile import written

from beatgen import demo
from beatgen.groove import Groove
from beatgen.midi import scan_midi
from beatgen.swing import swing


def test_swing_moves_only_what_stands_off_the_eighth():
    straight = Groove.from_tab("hi-hat |xxxx------------|")
    swung = swing(straight, 2 / 3)
    at = [
        float(step + swung.timing[bar, step, voice])
        for bar, step, voice in np.argwhere(swung.velocity > 0)
    ]
    assert at == pytest.approx([0, 16 / 3, 8, 8 + 16 / 3], abs=1e-5)
    assert swing(straight, 0.5) is straight


def test_swing_loses_no_hit(random_groove):
    dense = random_groove(density=0.6)
    assert np.count_nonzero(swing(dense, 0.75).velocity) == np.count_nonzero(dense.velocity)


def test_hits_that_swing_squeezes_together_are_written_where_they_sound():
    """Thirty-seconds in the short half of an eighth."""
    roll = swing(Groove.from_tab("snare |" + "----oooo" * 8 + "|"), 0.75)
    at = [step + roll.timing[bar, step, voice] for bar, step, voice in np.argwhere(roll.velocity)]
    notes = mido.MidiFile(file=written(roll)).tracks[0]
    ticks = np.cumsum([message.time for message in notes])
    struck = [t for t, m in zip(ticks, notes, strict=True) if m.type == "note_on" and m.velocity]
    assert struck == pytest.approx(np.sort(at) * 30, abs=1.01)  # a tick inside its cell


@pytest.mark.parametrize("share", [0.58, 0.66, 0.75])
def test_what_is_swung_is_written_read_and_written_as_the_same_file(share) -> None:
    roll = Groove.from_tab("snare |" + "o" * 64 + "|", tempo=90)
    for groove in (roll, demo.load("funk"), demo.load("samba")):
        file = written(swing(groove, share))
        played, report = scan_midi(file)
        assert sum(report.hits.values()) == (groove.velocity > 0).sum() and not report.collisions
        assert written(played).getvalue() == file.getvalue()
