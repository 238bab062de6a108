"""A groove in another meter."""

import numpy as np
import pytest

from beatgen.groove import Groove
from beatgen.rebar import in_meter


def row(groove: Groove, name: str = "kick") -> str:
    """The bars of a voice, in sixteenths."""
    lines = [line for line in str(groove).splitlines() if line.startswith(name)]
    return lines[0].split("|", 1)[1].rstrip("|")


@pytest.mark.parametrize(
    ("old", "bars", "new", "expected"),
    [
        ("3/4", "o-----", "4/4", "o-----------o---"),  # one two three one
        ("4/4", "o---ooo-", "3/4", "o-------o-o-"),  # one two three
        ("4/4", "o---ooo-", "2/4", "o-------|o-o-o---"),  # a bar holds two
        ("2/4", "o---|o-o-", "4/4", "o-------o---o---"),  # and two make one
        ("2/4", "o---|o-o-", "5/4", "o-------o---o---o---"),
        ("3/4", "o-----|oo----", "6/4", "o-----------o-o---------"),
        ("7/8", "o-----o", "4/4", "o-----------o-o-"),
        ("3/4", "o-----", "4/4 2/4", "o-----------o---"),
    ],
)
def test_bars_are_filled(old, bars, new, expected) -> None:
    groove = Groove.from_tab(f"kick |{bars}|", tempo=100, meter=old)
    assert row(in_meter(groove, new)) == expected
    assert in_meter(groove, new).tempo == 100
    assert in_meter(groove, groove.meters) == groove


def test_beats_remain_beats_between_compound_and_simple_meters() -> None:
    blues = Groove.from_tab("hi-hat |x-xx-xx-xx-x|", tempo=180, meter="12/8")
    shuffle = in_meter(blues, "4/4")
    assert shuffle.tempo == pytest.approx(120) and shuffle.seconds == pytest.approx(blues.seconds)
    bar, step, voice = np.nonzero(shuffle.velocity)
    at = shuffle.quarters(bar, step + shuffle.timing[bar, step, voice])
    assert at == pytest.approx([0, 2 / 3, 1, 5 / 3, 2, 8 / 3, 3, 11 / 3])
    back = in_meter(shuffle, "12/8")
    assert np.array_equal(back.velocity, blues.velocity) and back.tempo == pytest.approx(180)
    assert in_meter(blues[:1], "7/8").tempo == 180  # where eighths are counted, they stay


def test_a_number_of_bars_goes_round() -> None:
    groove = Groove.from_tab("kick |o---|oo--|o-o-|", meter="2/4")
    assert (
        row(in_meter(groove, "4/4", bars=3)) == "o-------o-o-----|o---o---o-------|o-o-----o---o---"
    )
    assert in_meter(groove, "2/4", bars=4) == groove.repeat(4)
    mixed = in_meter(groove, "3/4 2/4", bars=3)
    assert [str(meter) for meter in mixed.meters] == ["3/4", "2/4", "3/4"]
