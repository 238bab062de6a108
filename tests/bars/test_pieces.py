"""Bars of any meter as pieces of 64 steps, and back."""

import numpy as np
import pytest

from beatgen.bars.pieces import cut, cut_sixteenths, mend, pieces_of
from beatgen.bars.strikes import to_grid, to_strikes
from beatgen.groove import Groove, join
from beatgen.kit import INDEX
from beatgen.meter import Meter, meter_of

KICK = INDEX["kick"]
LABELS = ["2/4", "3/4", "5/4", "6/4", "6/8", "9/8", "12/8", "15/8", "5/8", "7/8", "7/16", "4/4"]


def played(label: str, bars: int = 3, seed: int = 1) -> Groove:
    """Random bars, a hit on one sixteenth in three of each voice, early, late or on the line."""
    meter, rng = meter_of(label), np.random.default_rng(seed)
    velocity = np.zeros((bars, meter.steps(), 22), np.float32)
    timing = np.zeros_like(velocity)
    for bar, at, voice in np.argwhere(rng.random((bars, meter.sixteenths, 22)) < 0.3):
        place = 4 * at + rng.uniform(-1.4, 1.4)
        step = max(0, round(place))
        velocity[bar, step, voice] = rng.integers(1, 128) / 127
        timing[bar, step, voice] = place - step
    return Groove(velocity, timing, meters=meter)


@pytest.mark.parametrize("label", LABELS)
def test_a_groove_is_cut_and_mended_without_a_loss(label) -> None:
    groove = played(label)
    velocity, timing = cut(groove)
    assert velocity.shape == timing.shape == (len(pieces_of(groove.meters)), 64, 22)
    strikes = to_strikes(velocity, timing, loop=len(velocity))
    again = mend(*to_grid(strikes, len(velocity)), groove.tempo, groove.meters)
    assert np.array_equal(again.velocity, groove.velocity)
    assert np.allclose(again.timing, groove.timing, atol=1e-6)


def test_bars_of_four_quarters_are_their_own_pieces() -> None:
    groove = played("4/4")
    assert cut(groove)[0] is groove.velocity and cut(groove)[1] is groove.timing
    assert mend(groove.velocity, groove.timing, groove.tempo, groove.meters) == groove


def test_a_short_bar_is_heard_as_it_goes_round() -> None:
    velocity, _ = cut(Groove.from_tab("kick |o---o-o-|", meter="2/4"))
    assert velocity[0, :, KICK].nonzero()[0].tolist() == [0, 16, 24, 32, 48, 56]
    velocity, _ = cut(Groove.from_tab("kick |o---o---o-o-o---o---|", meter="5/4"))
    assert [p[:, KICK].nonzero()[0].tolist() for p in velocity] == [
        [0, 16, 32, 40, 48],
        [0, 16, 32, 48],
    ]


def test_pieces_follow_one_another_through_changing_meters() -> None:
    groove = join([played("5/4", 1), played("2/4", 1, 2), played("4/4", 2, 3), played("6/8", 1, 4)])
    velocity, timing = cut(groove)
    again = mend(*to_grid(to_strikes(velocity, timing, 6), 6), groove.tempo, groove.meters)
    assert np.array_equal(again.velocity, groove.velocity)


def test_chosen_sixteenths_are_chosen_in_each_round() -> None:
    cells = np.zeros((1, 12, 22), bool)
    cells[0, [0, 11], KICK] = True
    chosen = cut_sixteenths(cells, (Meter(3, 4),))
    assert chosen.shape == (1, 16, 22)
    assert chosen[0, :, KICK].nonzero()[0].tolist() == [0, 11, 12]
