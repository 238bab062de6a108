"""Directions on data whose answer is known."""

import numpy as np
import pytest

from beatgen.directions import attribute_directions, effects, principal_directions, response


@pytest.fixture
def z() -> np.ndarray:
    """Correlated points in three dimensions, the first the widest."""
    rng = np.random.default_rng(0)
    mix = np.array([[3.0, 0, 0], [1.0, 1.0, 0], [0, 0.5, 0.2]])
    return rng.standard_normal((20_000, 3)) @ mix + [1, 2, 3]


def test_principal_directions_rebuild_the_covariance(z: np.ndarray) -> None:
    center, components = principal_directions(z)
    assert center == pytest.approx(z.mean(0))
    assert components.T @ components == pytest.approx(np.cov(z.T))
    assert components @ components.T == pytest.approx(
        np.diag(np.var(z @ _units(components), 0)), rel=1e-3, abs=1e-3
    )


def test_an_attribute_moves_by_one_and_the_others_stay(z: np.ndarray) -> None:
    weights = np.array([[1.0, 0.3], [0.0, 1.0], [0.5, 0.0]])
    told = response(lambda points: points @ weights, z)
    assert told == pytest.approx(weights, abs=0.02)
    moved = attribute_directions(z, told) @ weights
    assert moved == pytest.approx(np.eye(2), abs=0.01)


def test_the_response_is_what_the_decoder_does_and_not_what_goes_together(z: np.ndarray) -> None:
    """The first two dimensions rise and fall together, but only the first one is heard."""
    assert abs(np.corrcoef(z[:, 0], z[:, 1])[0, 1]) > 0.2
    told = response(lambda points: points[:, :1] + 0.05 * np.sin(points[:, :1]), z)
    assert told[0] == pytest.approx(1, abs=0.1) and np.abs(told[1:]).max() < 0.1


def test_effects_are_measured_per_unit_in_deviations(z: np.ndarray) -> None:
    spread = np.array([2.0, 4.0])
    table = effects(lambda points: points[:, :2] ** 1, z[:50], np.eye(3)[:2], spread)
    assert table == pytest.approx(np.diag(1 / spread))


def _units(components: np.ndarray) -> np.ndarray:
    return (components / np.linalg.norm(components, axis=1, keepdims=True)).T
