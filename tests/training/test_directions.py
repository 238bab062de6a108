"""Directions on data whose answer is known."""

import json

import numpy as np
import pytest

from beatgen import assets
from beatgen.bars.attributes import ATTRIBUTES
from beatgen.latent.directions import attribute_directions, context
from beatgen.training.fit_directions import by_change, cleared, principal_directions, response

WHOLE = ((3, 1),)  # one side that is not divided


@pytest.fixture
def z() -> np.ndarray:
    """Correlated points in three dimensions, the first the widest."""
    rng = np.random.default_rng(0)
    mix = np.array([[3.0, 0, 0], [1.0, 1.0, 0], [0, 0.5, 0.2]])
    return rng.standard_normal((20_000, 3)) @ mix + [1, 2, 3]


def slopes(found: np.ndarray, z: np.ndarray, of: np.ndarray, sides=WHOLE) -> np.ndarray:
    """Those of the bars `of`, (n, k, d)."""
    return np.einsum("atd,ntd->nad", found, context(of, z.mean(0), sides))


def test_principal_directions_rebuild_the_covariance(z: np.ndarray) -> None:
    center, components = principal_directions(z)
    assert center == pytest.approx(z.mean(0))
    assert components.T @ components == pytest.approx(np.cov(z.T))
    assert components @ components.T == pytest.approx(
        np.diag(np.var(z @ _units(components), 0)), rel=1e-3, abs=1e-3
    )


def test_components_come_in_the_order_of_what_they_change(z: np.ndarray) -> None:
    """The last of three dimensions is the narrowest, and the loudest."""
    _, components = principal_directions(z)
    heard = np.array([[0.01, 0.0], [0.0, 0.1], [0.0, 50.0]])
    ordered = by_change(lambda points: points @ heard, z[:20], components)
    assert ordered.T @ ordered == pytest.approx(components.T @ components)
    changes = ordered @ heard
    size = (changes**2).sum(1)
    assert (np.diff(size) <= 1e-12).all() and size[0] > 10 * size[1]
    # None of one standard deviation changes more than the first, and the two are no mixtures.
    assert size[0] == pytest.approx(np.linalg.norm(components @ heard, 2) ** 2)
    assert changes[0] @ changes[1] == pytest.approx(0, abs=1e-9)
    assert (changes.sum(1) >= -1e-9).all()


def test_an_attribute_moves_by_one_and_the_others_stay(z: np.ndarray) -> None:
    weights = np.array([[1.0, 0.3], [0.0, 1.0], [0.5, 0.0]])
    found = response(lambda points: points @ weights, z, WHOLE)
    assert found[:, 0] == pytest.approx(weights.T, abs=0.02)
    assert found[:, 1:] == pytest.approx(0, abs=0.02)
    turned = attribute_directions(slopes(found, z, z[:5]), np.cov(z.T))
    assert turned @ weights == pytest.approx(np.tile(np.eye(2), (5, 1, 1)), abs=0.01)


def test_the_response_is_what_the_decoder_does_and_not_what_goes_together(z: np.ndarray) -> None:
    """The first two dimensions rise and fall together, but only the first one is heard."""
    assert abs(np.corrcoef(z[:, 0], z[:, 1])[0, 1]) > 0.2
    found = response(lambda points: points[:, :1] + 0.05 * np.sin(points[:, :1]), z, WHOLE)[0, 0]
    assert found[0] == pytest.approx(1, abs=0.1) and np.abs(found[1:]).max() < 0.1


def test_what_a_turn_does_may_depend_on_the_bar() -> None:
    """Accents: each of four segments goes away from the mean of all, on either side of it."""
    rng = np.random.default_rng(0)
    sides = ((4, 4), (2, 1))
    z = rng.standard_normal((20_000, 6)) + 2

    def accents(points: np.ndarray) -> np.ndarray:
        return points[:, :4].var(1, keepdims=True)

    found = response(accents, z, sides)
    of = np.array([[3.0, 1, 1, 1, 2, 2], [1.0, 3, 3, 3, 2, 2], [0, 4, 0, 4, 2, 2]])
    away = of[:, :4] - of[:, :4].mean(1, keepdims=True)
    found = slopes(found, z, of, sides)[:, 0]
    assert found[:, :4] == pytest.approx(away / 2, abs=0.1)  # the variance's own slope
    assert found[:, 4:] == pytest.approx(0, abs=0.1)
    turned = attribute_directions(found[:, None], np.cov(z.T))
    more, less = (accents(of + amount * turned[:, 0]) for amount in (0.1, -0.1))
    assert (more - less) / 0.2 == pytest.approx(1, abs=0.1)


def test_what_is_measured_of_the_others_is_cleared_away(z: np.ndarray) -> None:
    """Of three attributes the response of the first two is a little wrong, so they leak."""
    really = np.eye(3)
    found = np.array([[1, 0.3, 0], [0.2, 1, 0.4], [0, 0, 1]])[:, None]
    covariance = np.cov(z.T)
    which = np.array([True, True, False])

    def table(response: np.ndarray) -> np.ndarray:
        return attribute_directions(response.swapaxes(0, 1), covariance)[0] @ really.T

    before, after = table(found), table(cleared(found, table(found), which))
    leaks = [np.abs(effect[:2] - np.diag(np.diag(effect))[:2]).sum() for effect in (before, after)]
    assert leaks[0] > 0.5 and leaks[1] < 0.5 * leaks[0]
    assert np.diag(after) == pytest.approx(np.diag(before), abs=0.15)
    assert after[2] == pytest.approx(before[2], abs=0.03), "it was not asked for"


def test_what_turns_nothing_is_not_cleared() -> None:
    found = np.random.default_rng(0).standard_normal((3, 2, 5))
    assert cleared(found, np.zeros((3, 3)), np.ones(3, bool)) == pytest.approx(found)


def test_the_shipped_directions_turn_what_they_are_called() -> None:
    """By a quarter of a standard deviation for each unit, and more than all others together."""
    card = json.loads(assets.path("model/bar/card.json").read_text(encoding="utf-8"))
    assert [of["name"] for of in card["directions"]] == list(ATTRIBUTES)
    for of in card["directions"]:
        assert of["effect"] >= 0.25, of
        assert of["effect"] > np.linalg.norm(list(of["leakage"].values())), of


def _units(components: np.ndarray) -> np.ndarray:
    return (components / np.linalg.norm(components, axis=1, keepdims=True)).T
