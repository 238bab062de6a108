"""Programmed beats of our own, and how well the model holds them."""

import numpy as np

from beatgen.bars.strikes import to_strikes
from beatgen.evaluation.programmed import ALL, beats, sections
from beatgen.evaluation.reconstruct import BarNetwork

STYLES = 18
BEATS = 7


def test_there_are_seven_beats_of_each_style_no_two_alike() -> None:
    found = beats()
    assert len(found) == STYLES and {len(grooves) for grooves in found.values()} == {BEATS}
    everything = [groove for grooves in found.values() for groove in grooves]
    patterns = {
        to_strikes(bar.velocity, bar.timing).count.tobytes()
        for groove in everything
        for bar in (groove[i] for i in range(groove.bars))
    }
    assert len(patterns) > 200
    assert all(60 <= groove.tempo <= 190 for groove in everything)


def test_they_are_as_a_machine_plays_them() -> None:
    """On a grid, straight or swung; some with one velocity for each voice."""
    even = straight = 0
    for grooves in beats().values():
        for groove in grooves:
            levels = [
                np.unique(voice[voice > 0]).size
                for voice in np.moveaxis(groove.velocity, 2, 0)
                if voice.any()
            ]
            assert max(levels) <= 3
            even += max(levels) == 1
            straight += not groove.timing.any()
            offsets = {
                round(float(groove.timing[at]) + at[1] % 16, 1) % 16
                for at in zip(*np.nonzero(groove.velocity), strict=True)
            }
            assert len(offsets) <= 8, "a place of its own for each sixteenth or thirty-second"
    assert even > 40 and 60 < straight < 110


def test_the_model_holds_them(vae) -> None:
    lines: list[str] = []
    (table,) = sections([BarNetwork(vae, "ours")], None, None, lines.append)
    assert lines == ["programmed: ours"]
    assert len(table.lines) == 1 + STYLES and table.lines[ALL]["beats"] == STYLES * BEATS
    assert table.lines[ALL]["ours, hit_f1"] > 0.9
    for style in beats():
        assert f"| {style} |" in table.as_markdown()
