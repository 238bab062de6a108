import numpy as np
import pytest

from beatgen.bars.strikes import (
    ON_LINE,
    PLACES,
    STEP_OF_PLACE,
    Strikes,
    expected_grid,
    steps_of,
    to_grid,
    to_strikes,
)
from beatgen.errors import BeatGenError
from beatgen.groove import Groove


@pytest.mark.parametrize("steps", [16, 32, 96])
def test_bars_of_other_steps_are_refused(steps) -> None:
    with pytest.raises(BeatGenError, match=rf"\({steps}, 22\) found; expected \(64, 22\)"):
        strikes_of(Groove(np.full((1, steps, 22), 0.5)))


def strikes_of(groove: Groove) -> Strikes:
    return to_strikes(groove.velocity, groove.timing)


def hit(step: int, timing: float = 0.0, velocity: float = 0.5, voice: int = 0) -> Groove:
    """A bar with one hit."""
    grid, late = np.zeros((2, 1, 64, 22), np.float32)
    grid[0, step, voice], late[0, step, voice] = velocity, timing
    return Groove(grid, late)


def join(*grooves: Groove) -> Groove:
    """Bars laid over each other, their hits in different cells."""
    return Groove(sum(g.velocity for g in grooves), sum(g.timing for g in grooves))


def canonical(seed: int, bars: int = 20) -> Groove:
    """Bars of noise as files hold them: what falls on the last two steps belongs to the bar after,
    and the downbeat may be early."""
    rng = np.random.default_rng(seed)
    velocity = rng.integers(1, 128, (bars, 64, 22)) / 127 * (rng.random((bars, 64, 22)) < 0.1)
    velocity[:, 64 - ON_LINE :] = 0
    timing = rng.uniform(-0.49, 0.49, velocity.shape)
    timing[:, 0] = rng.uniform(-2, 0.49, timing[:, 0].shape)
    return Groove(velocity, timing)


def test_tab_comes_back_and_stands_on_the_line(rock, samba) -> None:
    for groove in (rock, samba):
        strikes = strikes_of(groove)
        assert not np.delete(strikes.velocity, ON_LINE, axis=3).any()
        velocity, timing = to_grid(strikes)
        np.testing.assert_array_equal(velocity, groove.velocity)
        np.testing.assert_array_equal(timing, groove.timing)


@pytest.mark.parametrize("seed", range(3))
def test_every_bar_of_a_file_comes_back(seed: int) -> None:
    groove = canonical(seed)
    velocity, timing = to_grid(strikes_of(groove))
    np.testing.assert_array_equal(velocity, groove.velocity)
    np.testing.assert_allclose(timing, groove.timing, atol=1e-6)


@pytest.mark.parametrize("timing, place", [(-1.8, 0), (-1.0, 1), (-0.4, 2), (0.4, 2)])
def test_an_early_downbeat_is_a_strike_of_the_first_sixteenth(timing: float, place: int) -> None:
    groove = hit(0, timing)
    strikes = strikes_of(groove)
    assert np.argwhere(strikes.velocity).tolist() == [[0, 0, 0, place]]
    assert strikes.timing[0, 0, 0, place] == pytest.approx(timing + ON_LINE - place)
    velocity, back = to_grid(strikes)
    assert velocity[0, 0, 0] == 0.5 and back[0, 0, 0] == pytest.approx(timing)


def test_a_grace_note_before_the_downbeat_stays_before_it() -> None:
    flam = join(hit(0, 0.1, 0.9), hit(63, 0.2, 0.3))
    assert strikes_of(flam).count[0, 0, 0] == 2
    velocity, _ = to_grid(strikes_of(flam))
    np.testing.assert_array_equal(velocity, flam.velocity)


@pytest.mark.parametrize("kept, lost", [(0.9, 0.3), (0.3, 0.9)])
def test_where_two_strikes_share_a_place_the_louder_is_heard_there(kept, lost) -> None:
    crowded = join(hit(0, -1.0, kept), hit(63, 0.0, lost))
    assert strikes_of(crowded).velocity[0, 0, 0, 1] == np.float32(0.9)


def test_the_last_sixteenth_does_not_jump_to_the_front() -> None:
    velocity, timing = to_grid(strikes_of(hit(62, -0.3)))
    assert np.argwhere(velocity).tolist() == [[0, 61, 0]] and timing[0, 61, 0] == 0.5


def test_counts_are_strikes_around_their_sixteenth() -> None:
    bar = join(*(hit(step) for step in (6, 7, 8, 9, 10)))
    count = strikes_of(bar).count[0, :, 0]
    assert count.tolist() == [0, 0, 4, 1, *[0] * 12]
    assert STEP_OF_PLACE[2].tolist() == [6, 7, 8, 9] and STEP_OF_PLACE[0].tolist() == [62, 63, 0, 1]


def test_what_is_expected_lies_where_the_hits_would_be() -> None:
    groove = canonical(5)
    single = strikes_of(groove)
    alone = (single.count == 1)[..., None]
    single = Strikes(single.velocity * alone, single.timing * alone)
    np.testing.assert_allclose(expected_grid(single.velocity), to_grid(single)[0], atol=1e-6)
    spread = np.zeros((1, 16, 22, PLACES), np.float32)
    spread[0, 0, 0] = 0.1, 0.2, 0.3, 0.05
    grid = expected_grid(spread)[0, :, 0]
    assert grid[0] == pytest.approx(0.6) and grid[1] == pytest.approx(0.05)
    assert grid.sum() == pytest.approx(0.65)


def test_input_is_left_alone() -> None:
    groove = canonical(1, bars=2)
    velocity, timing = groove.velocity.copy(), groove.timing.copy()
    strikes = to_strikes(velocity, timing)
    to_grid(strikes)
    np.testing.assert_array_equal(velocity, groove.velocity)
    np.testing.assert_array_equal(timing, groove.timing)
    assert strikes.velocity.dtype == strikes.timing.dtype == np.float32


def two_bars(step: int, downbeat: bool) -> Groove:
    """A kick at `step` of the first bar, and the second one's downbeat where it is struck."""
    velocity = np.zeros((2, 64, 22), np.float32)
    velocity[0, step, 0] = 0.3
    velocity[1, 0, 0] = 0.9 * downbeat
    return Groove(velocity, np.zeros_like(velocity))


@pytest.mark.parametrize("step", [62, 63])
def test_a_grace_note_leads_to_the_downbeat_of_the_next_bar(step: int) -> None:
    groove = two_bars(step, downbeat=True)
    strikes = to_strikes(groove.velocity, groove.timing, 2)
    assert strikes.count[:, 0, 0].tolist() == [0, 2]
    velocity, timing = to_grid(strikes, 2)
    np.testing.assert_array_equal(velocity, groove.velocity)
    np.testing.assert_array_equal(timing, groove.timing)
    (alone,) = to_strikes(groove.velocity[:1], groove.timing[:1]).count[:, 0, 0]
    assert alone == 1  # a bar for itself leads to its own downbeat


def test_an_early_downbeat_of_the_next_bar_is_its_own() -> None:
    groove = two_bars(62, downbeat=False)
    velocity, timing = to_grid(to_strikes(groove.velocity, groove.timing, 2), 2)
    assert np.argwhere(velocity).tolist() == [[1, 0, 0]] and timing[1, 0, 0] == -2  # the same time


def test_circles_of_bars_do_not_touch_each_other() -> None:
    """Two grooves of two bars at once are as each for itself; the last bar leads to the first."""
    one, two = canonical(3, bars=2), two_bars(63, downbeat=True)
    last = np.roll(two.velocity, 1, axis=0)  # the grace note stands in the second bar
    velocity = np.concatenate([one.velocity, last])
    timing = np.concatenate([one.timing, np.zeros_like(last)])
    both = to_strikes(velocity, timing, 2)
    np.testing.assert_array_equal(
        both.velocity[:2], to_strikes(one.velocity, one.timing, 2).velocity
    )
    assert both.count[2:, 0, 0].tolist() == [2, 0]
    np.testing.assert_array_equal(to_grid(both, 2)[0][2:], last)


def test_steps_belong_to_the_sixteenth_that_their_strikes_belong_to() -> None:
    hidden = np.zeros((2, 16, 22), bool)
    hidden[1, 0, 0] = hidden[0, 3, 5] = True
    silent = np.zeros((2, 64, 22))
    found = np.argwhere(steps_of(hidden, silent, silent, 2)).tolist()
    assert found == [
        *([0, s, 5] for s in (10, 11, 12, 13)),
        [0, 62, 0],
        [0, 63, 0],
        [1, 0, 0],
        [1, 1, 0],
    ]


def test_a_late_last_sixteenth_has_its_own_step_two_steps_behind() -> None:
    late = hit(62, -0.3)
    hidden = np.zeros((1, 16, 22), bool)
    hidden[0, 15, 0] = True
    assert steps_of(hidden, late.velocity, late.timing)[0, 58:, 0].tolist() == [True] * 5 + [False]
    early = hit(62, 0.0)  # of the downbeat
    assert (
        steps_of(hidden, early.velocity, early.timing)[0, 58:, 0].tolist()
        == [True] * 4 + [False] * 2
    )
