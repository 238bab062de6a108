"""The attributes of a bar, checked on bars in drum tab."""

import numpy as np
import pytest

from beatgen.bars.attributes import ATTRIBUTES, attributes
from beatgen.bars.strikes import Strikes, to_strikes
from beatgen.groove import Groove


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


def measured(groove: Groove) -> dict[str, float]:
    values = attributes(to_strikes(groove.velocity, groove.timing))[0].tolist()
    return dict(zip(ATTRIBUTES, values, strict=True))


def at(*positions: float, voice: int = 15) -> Groove:
    """A bar of hits so many sixteenths behind its beginning."""
    velocity = np.zeros((1, 64, 22), np.float32)
    timing = np.zeros_like(velocity)
    for position in positions:
        step = round(4 * position)
        velocity[0, step, voice] = 0.7
        timing[0, step, voice] = 4 * position - step
    return Groove(velocity, timing)


def each_beat(*positions: float, drag: float = 0) -> Groove:
    return at(*(4 * beat + position + drag for beat in range(4) for position in positions))


@pytest.mark.parametrize("drag", [0, 0.03])
@pytest.mark.parametrize(
    ("positions", "swing"),
    [
        ((0, 2), 0),
        ((0, 2.2), 0.1),  # an eighth is two sixteenths
        ((0, 8 / 3), 1 / 3),  # a ride in triplets
        ((0, 4 / 3, 8 / 3), 1 / 3),
        ((0, 2.3, 2.7), 0.25),  # an eighth that two hands play around the half-way of sixteenths
        ((0, 3), 0),  # dotted, not swung
        ((0, 1, 2, 3), 0),
        ((0, 1.1, 2, 3.1), 0.1),
        ((0, 4 / 3, 2, 10 / 3), 1 / 3),
    ],
)
def test_swing_is_how_late_the_notes_between_are(positions, swing, drag) -> None:
    heard = measured(each_beat(*positions, drag=drag))
    assert heard["swing"] == pytest.approx(swing, abs=1e-6)
    assert heard["drag"] == pytest.approx(drag, abs=1e-6)


def test_a_single_early_sixteenth_is_no_swing() -> None:
    """Its bar's others stand where dotted notes do."""
    assert measured(at(0, 2.75, 4, 7, 8, 11, 12, 15))["swing"] == pytest.approx(-0.25 / 4)


def test_pushed_hits_drag_less_than_nothing() -> None:
    heard = measured(at(0, 2, 3.95, 6, 7.95, 10, 11.95, 14))
    assert heard["drag"] == pytest.approx(-0.05 * 3 / 4)


def test_a_silent_bar_is_in_the_middle_of_everything() -> None:
    nothing = to_strikes(np.zeros((1, 64, 22)), np.zeros((1, 64, 22)))
    assert attributes(nothing).tolist() == [[0] * len(ATTRIBUTES)]
