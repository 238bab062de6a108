"""What a drummer would say of a bar, checked on bars in drum tab."""

import numpy as np
import pytest

from beatgen.attributes import ATTRIBUTES, attributes
from beatgen.groove import Groove
from beatgen.strikes import Strikes, to_strikes


def strikes(tab: str, timing: np.ndarray | None = None) -> Strikes:
    groove = Groove.from_tab(tab)
    if timing is not None:
        groove = Groove(groove.velocity, timing)
    return to_strikes(groove.velocity, groove.timing)


def measure(name: str, tab: str) -> float:
    (value,) = ATTRIBUTES[name](strikes(tab))
    return float(value)


STRAIGHT = """
hi-hat |x-x-x-x-x-x-x-x-|
snare  |----o-------o---|
kick   |o-------o-------|
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("density", 12),
        ("syncopation", 0),
        ("ghost notes", 0),
        ("open hats", 0),
        ("ride", -1),
        ("toms", 0),
        ("loudness", 80 / 127),
        ("dynamics", 0),
        ("swing", 0),
        ("drag", 0),
    ],
)
def test_of_a_straight_beat(name: str, expected: float) -> None:
    assert measure(name, STRAIGHT) == pytest.approx(expected, abs=1e-6)


def test_a_note_held_over_the_beat_is_syncopated() -> None:
    on, off = "kick |o---o---o---o---|", "kick |o---o-o-----o---|"
    assert measure("syncopation", on) == 0
    # The last eighth of beat two (weight -3) is held over beat three (weight -1).
    assert measure("syncopation", off) == 2


def test_ghosts_open_hats_rides_and_toms_are_counted() -> None:
    assert measure("ghost notes", "snare |g-g-o-g-----o---|") == 3
    assert measure("open hats", "open hat |x---x---|\nhi-hat |--xxx-xx|") == pytest.approx(2 / 7)
    assert measure("ride", "ride |x-x-x-x-|\nhi-hat |----x---|") == pytest.approx(3 / 5)
    assert measure("toms", "tom 1 |oo------|\nfloor tom |----oo--|") == 4


def test_loudness_and_dynamics_are_those_of_the_hits() -> None:
    assert measure("loudness", "kick |g---O---|") == pytest.approx((32 + 115) / 2 / 127)
    assert measure("dynamics", "kick |g---O---|") == pytest.approx((115 - 32) / 2 / 127)


def test_swing_and_drag_are_distances_in_sixteenths() -> None:
    """A step is a quarter of a sixteenth."""
    tab = "hi-hat |xxxxxxxxxxxxxxxx|"
    velocity = Groove.from_tab(tab).velocity
    late = np.zeros_like(velocity)
    late[:, 4::8] = 0.4 * (velocity[:, 4::8] > 0)  # every second sixteenth
    told = dict(zip(ATTRIBUTES, attributes(strikes(tab, late))[0], strict=True))
    assert told["swing"] == pytest.approx(0.1)
    assert told["drag"] == pytest.approx(0.05)
    pushed = np.where(velocity > 0, -0.2, 0)
    told = dict(zip(ATTRIBUTES, attributes(strikes(tab, pushed))[0], strict=True))
    assert told["swing"] == pytest.approx(0)
    assert told["drag"] == pytest.approx(-0.05)


def test_a_silent_bar_is_in_the_middle_of_everything() -> None:
    nothing = to_strikes(np.zeros((1, 64, 22)), np.zeros((1, 64, 22)))
    assert attributes(nothing).tolist() == [[0] * len(ATTRIBUTES)]
