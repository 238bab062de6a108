"""The path between two bars, on a prior whose answer is known."""

import numpy as np
import pytest

from beatgen.latent.blend import WAYPOINTS, apart, mix_noise, path_z, triangles
from beatgen.latent.prior import GaussianPrior

PATTERN, DIM = 2, 5


@pytest.fixture
def prior() -> GaussianPrior:
    mix = np.random.default_rng(0).standard_normal((DIM, DIM))
    return GaussianPrior(np.arange(DIM, dtype=float), mix @ mix.T, PATTERN)


@pytest.fixture
def ends() -> np.ndarray:
    """Noise of two bars each, float32 (2, 2, 5)."""
    return np.random.default_rng(1).standard_normal((2, 2, DIM)).astype(np.float32)


def at(prior, ends, *amounts: tuple[float, float]) -> np.ndarray:
    return path_z(prior, ends, np.array(amounts, np.float32), apart)


def test_the_path_begins_and_ends_at_the_two_bars(prior, ends) -> None:
    assert at(prior, ends, (0, 0), (1, 1)) == pytest.approx(
        np.stack([prior.to_z(noise) for noise in ends]), abs=1e-5
    )


def test_the_noise_at_a_waypoint_has_variance_1(prior, ends) -> None:
    for i in range(WAYPOINTS + 1):
        t = i / WAYPOINTS
        expected = prior.to_z(mix_noise(ends, np.array([1 - t, t], np.float32)))
        assert at(prior, ends, (t, t))[0] == pytest.approx(expected, abs=1e-5)
    many = np.random.default_rng(2).standard_normal((2, 20_000))
    assert mix_noise(many, np.array([0.7, 0.3])).std() == pytest.approx(1, abs=0.02)


def test_between_two_waypoints_z_is_interpolated(prior, ends) -> None:
    one, half, other = at(prior, ends, (0.25, 0.5), (0.375, 0.5), (0.5, 0.5))
    assert half == pytest.approx((one + other) / 2, abs=1e-5)
    assert np.abs(one - other).max() > 0.1


def test_the_amount_of_feel_does_not_move_the_pattern(prior, ends) -> None:
    z = at(prior, ends, (0.3, 0), (0.3, 0.4), (0.3, 1))
    assert z[1:, :, :PATTERN] == pytest.approx(np.stack(2 * [z[0, :, :PATTERN]]), abs=1e-5)
    assert np.abs(z[0, :, PATTERN:] - z[2, :, PATTERN:]).min() > 1e-3


def test_an_amount_gives_the_same_z_alone_as_among_others(prior, ends) -> None:
    amounts = [(t, t) for t in np.linspace(0, 1, 9)]
    together = at(prior, ends, *amounts)
    assert together.shape == (9, 2, DIM) and together.dtype == np.float32
    for amount, z in zip(amounts, together, strict=True):
        assert at(prior, ends, amount)[0] == pytest.approx(z, abs=1e-5)


def test_a_point_is_the_mean_of_the_corners_of_its_triangle() -> None:
    points = np.random.default_rng(0).uniform(0, WAYPOINTS, (500, 2))
    points[:3] = (0, 0), (WAYPOINTS, WAYPOINTS), (WAYPOINTS, 0)
    corners, weights = triangles(points)
    assert np.einsum("nc,nck->nk", weights, corners) == pytest.approx(points, abs=1e-5)
    assert weights.min() >= 0 and weights.sum(1) == pytest.approx(1)
    used = corners[weights > 0]
    assert used.min() == 0 and used.max() == WAYPOINTS


def test_only_waypoints_with_weight_are_computed(prior, ends, monkeypatch) -> None:
    to_z, asked = prior.to_z, []
    monkeypatch.setattr(prior, "to_z", lambda noise: asked.append(len(noise)) or to_z(noise))
    along = np.linspace(0, 1, 33)
    for feel in (along, np.zeros(33), np.ones(33)):
        at(prior, ends, *zip(along, feel, strict=True))
    assert asked == [2 * (WAYPOINTS + 1)] * 3
