"""Directions on data whose answer is known."""

import numpy as np
import pytest

from beatgen.directions import attribute_directions, effects, principal_directions


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


def test_an_attribute_moves_by_one_deviation_and_the_others_stay(z: np.ndarray) -> None:
    weights = np.array([[1.0, 0.3], [0.0, 1.0], [0.5, 0.0]])
    values = z @ weights
    directions = attribute_directions(z, values)
    moved = (directions @ weights) / values.std(0)
    assert moved == pytest.approx(np.eye(2), abs=0.01)


def test_effects_are_measured_per_unit_in_deviations(z: np.ndarray) -> None:
    spread = np.array([2.0, 4.0])
    table = effects(lambda points: points[:, :2] ** 1, z[:50], np.eye(3)[:2], spread)
    assert table == pytest.approx(np.diag(1 / spread))


def _units(components: np.ndarray) -> np.ndarray:
    return (components / np.linalg.norm(components, axis=1, keepdims=True)).T
