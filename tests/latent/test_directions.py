"""Directions in latent space, on data whose answer is known."""

import numpy as np
import pytest

from beatgen.latent.directions import attribute_directions, conditional, context


@pytest.fixture
def z() -> np.ndarray:
    """Correlated points in three dimensions, the first the widest."""
    rng = np.random.default_rng(0)
    mix = np.array([[3.0, 0, 0], [1.0, 1.0, 0], [0, 0.5, 0.2]])
    return rng.standard_normal((20_000, 3)) @ mix + [1, 2, 3]


def test_known_dimensions_have_no_variance_left(z: np.ndarray) -> None:
    covariance = np.cov(z.T)
    rest = conditional(covariance, 1)
    assert not rest[0].any() and not rest[:, 0].any()
    on_first = z[:, 1:] - np.outer(z[:, 0], covariance[0, 1:] / covariance[0, 0])
    assert rest[1:, 1:] == pytest.approx(np.cov(on_first.T), rel=1e-3, abs=1e-3)
    moved = attribute_directions(np.array([[[1.0, 1.0, 0.0]]]), rest)[0, 0]
    assert moved[0] == 0 and moved[1] == pytest.approx(1, rel=0.01)


def test_the_context_of_each_dimension_is_its_segment_and_the_mean() -> None:
    """A side of two segments of two, and one of a single segment of one."""
    z = np.array([[1.0, 2, 3, 4, 9]])
    terms = context(z, np.array([0, 0, 0, 0, 2.0]), ((4, 2), (1, 1)))[0]
    assert terms.tolist() == [
        [1, 1, 1, 1, 1],
        [1, 1, 3, 3, 7],  # of its own segment the first
        [2, 2, 4, 4, 0],  # and the second
        [2, 2, 2, 2, 7],  # the means
        [3, 3, 3, 3, 0],
    ]


def test_an_attribute_that_nothing_changes_gets_zeros(z: np.ndarray) -> None:
    found = attribute_directions(np.zeros((2, 1, 3)), np.cov(z.T))
    assert not found.any() and found.shape == (2, 1, 3)
