"""A feel for a pattern, with a decoder whose predictions are known."""

import numpy as np
import pytest

from beatgen.latent.decide import Prediction
from beatgen.latent.feel import (
    AVERAGE_SEED,
    NEAR,
    PAIRS,
    SAME_DRUMMER,
    draw_feel,
    expected_strike,
)

BARS, FEEL = 2, 3


def predicted(
    level: np.ndarray, late: np.ndarray, place: tuple[float, ...] = (0, 0, 1, 0)
) -> Prediction:
    """The same in all cells of a bar: velocity `level` (bars,), `late` steps from each place."""
    shape = (len(level), 16, 22, 4)
    everywhere = [np.broadcast_to(x[:, None, None, None], shape) for x in (level, late)]
    counts = np.broadcast_to(np.eye(5)[1], (*shape[:3], 5))
    return Prediction(counts, np.broadcast_to(place, shape), *everywhere)


def curved(noise: np.ndarray) -> Prediction:
    """The middle is 0.2 steps early, where the average is later: the square of the noise."""
    return predicted(0.5 + 0.1 * noise[:, 0], noise[:, 1] ** 2 - 0.2)


def once() -> np.ndarray:
    pattern = np.zeros((BARS, 16, 22), int)
    pattern[:, 4, 1] = 1
    return pattern


def test_the_average_is_taken_over_decoded_draws_and_is_not_the_decoded_middle() -> None:
    strikes = draw_feel(curved, once(), FEEL, seed=1, spread=0)
    half = NEAR * np.random.default_rng(AVERAGE_SEED).standard_normal((PAIRS, FEEL))
    struck = strikes.velocity > 0
    assert np.argwhere(struck).tolist() == [[bar, 4, 1, 2] for bar in range(BARS)]
    np.testing.assert_allclose(strikes.timing[struck], np.square(half[:, 1]).mean() - 0.2, 1e-5)
    np.testing.assert_allclose(strikes.velocity[struck], 0.5, 1e-5)  # mirrored draws cancel


def test_a_full_draw_is_decoded_from_its_own_noise() -> None:
    strikes = draw_feel(curved, once(), FEEL, seed=5, spread=1)
    shared, own = np.random.default_rng(5).standard_normal((2, BARS, FEEL))
    noise = np.sqrt(SAME_DRUMMER) * shared[:1] + np.sqrt(1 - SAME_DRUMMER) * own
    expected = 0.5 + 0.1 * noise[:, 0]
    np.testing.assert_allclose(strikes.velocity[:, 4, 1].max(-1), expected, rtol=1e-5)


def test_half_a_spread_is_shifted_by_half_the_distance_of_the_middle_from_the_average() -> None:
    def stepped(noise: np.ndarray) -> Prediction:
        """On the line in the very middle, .4 late elsewhere."""
        return predicted(np.full(len(noise), 0.5), np.where((noise == 0).all(1), 0.0, 0.4))

    for spread, late in [(0, 0.4), (0.5, 0.4 + 0.5 * 0.4), (1, 0.4)]:
        strikes = draw_feel(stepped, once(), FEEL, seed=0, spread=spread)
        at = np.argwhere(strikes.velocity)[:, 3] - 2
        np.testing.assert_allclose(at + strikes.timing[strikes.velocity > 0], late, rtol=1e-5)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((0, 1, 0, 0), -1.0),
        ((0, 0.5, 0.5, 0), -0.5),
        ((1, 0, 0, 0), -2.0),
        ((0, 0, 0.25, 0.75), 0.75),
    ],
)
def test_the_expected_offset_is_the_mean_over_the_places(place, expected) -> None:
    strike = expected_strike(predicted(np.array([0.3]), np.array([0.0]), place))
    np.testing.assert_allclose(strike.offset, expected, atol=1e-6)
    np.testing.assert_allclose(strike.velocity, 0.3, atol=1e-6)


def test_a_strike_shifted_far_enough_moves_to_another_place() -> None:
    def stepped(noise: np.ndarray) -> Prediction:
        late = np.where((noise == 0).all(1), -0.4, 0.6)
        return predicted(np.full(len(noise), 0.3), late, (0, 0.8, 0.2, 0))

    strikes = draw_feel(stepped, once(), FEEL, seed=0, spread=0)
    ((_, _, _, at), _) = np.argwhere(strikes.velocity)
    assert at == 2  # its most probable place was 1
    assert at - 2 + strikes.timing[0, 4, 1, at] == pytest.approx(-1 - 0.4 + 1.0)


def test_a_sixteenth_struck_twice_keeps_its_most_probable_places() -> None:
    pattern = np.zeros((1, 16, 22), int)
    pattern[0, 3, 0] = 2
    strikes = draw_feel(
        lambda noise: predicted(np.full(len(noise), 0.3), np.zeros(len(noise)), (0.1, 0.3, 0.6, 0)),
        pattern,
        FEEL,
        seed=0,
        spread=0.5,
    )
    assert np.argwhere(strikes.velocity).tolist() == [[0, 3, 0, 1], [0, 3, 0, 2]]


def test_velocity_and_timing_stay_within_midi_and_the_sixteenth() -> None:
    strikes = draw_feel(
        lambda noise: predicted(np.full(len(noise), -0.2), np.full(len(noise), 0.9), (0, 0, 0, 1)),
        once(),
        FEEL,
        seed=0,
        spread=1,
    )
    struck = strikes.velocity > 0
    np.testing.assert_allclose(strikes.velocity[struck], 1 / 127, rtol=1e-5)
    np.testing.assert_allclose(strikes.timing[struck], 0.5)
    assert np.argwhere(struck)[:, 3].tolist() == [3] * BARS
