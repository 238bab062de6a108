"""Directions in latent space: the principal ones, and those with names that drummers use.

What a turn does depends on the bar. To play with more dynamics, what is loud gets louder and what
is soft gets softer: no one shift of z does that to all bars. So a direction with a name is worked
out for each bar, from how the decoded bar answers to a shift of its z (`response`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from beatgen.bars.attributes import ATTRIBUTES, OF_FEEL, attributes
from beatgen.bars.strikes import expected_grid, to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.direction_effects import effect_table, sample_z
from beatgen.latent.directions import RIDGE, Sides, side_parts, widest_segment
from beatgen.latent.vae import Vae

SHARED_RIDGE = 1e-2  # the same for what depends on the bar
CLEAR = 0.7  # of what one step of `cleared` could take away: effects are not quite linear
WEAK = 0.3  # effect below which a direction is left as it is: half of that is what it leaks
CLEARED = 1000  # training bars on which a step of `clear_response` measures
UNCLEAR = 0.1  # share of the largest effect: what is smaller cannot separate directions


def principal_directions(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Center (d,) and principal components (d, d) of z (n, d), the widest first, each one standard
    deviation long: a draw from their normal distribution is center + noise @ components."""
    center = z.mean(0)
    values, vectors = np.linalg.eigh(np.cov(z.T))
    order = values.argsort()[::-1]
    lengths = np.sqrt(np.maximum(values[order], 0))
    return center, vectors[:, order].T * lengths[:, None]


def response(
    measure: Callable[[np.ndarray], np.ndarray],
    z: np.ndarray,
    sides: Sides,
    reach: float = 1.0,
    seed: int = 0,
) -> np.ndarray:
    """How decoded bars answer to a shift of z (n, d), by least squares, float64 (k, terms, d).

    The change of attribute a is the sum of response[a, t, i] * context[t, i] * shift[i], with the
    bar's own `context`. All segments of a side answer alike, up to a constant.

    measure: z (n, d) -> attributes (n, k) of the decoded bars. Each z is moved there and back by a
    draw from the bars' normal distribution, `reach` of it. What the decoder does, not what goes
    together in the data: a busy bar is often a loud one, but need not be.
    """
    center, components = principal_directions(z)
    noise = reach * np.random.default_rng(seed).standard_normal(z.shape)
    shifts = (noise @ components).astype(np.float32)
    changes = (measure(z + shifts) - measure(z - shifts)) / 2
    # In noise all directions are alike, so one ridge is fair to all.
    constant, shared = _least_squares(noise, _products(shifts, z - center, sides), changes, reach)
    answers = np.zeros((changes.shape[1], 1 + 2 * widest_segment(sides), z.shape[1]))
    answers[:, 0] = (np.linalg.pinv(components) @ constant).T
    for part, segments, share in side_parts(sides):
        own, bar, shared = np.split(shared, [share**2, 2 * share**2])
        for first, term in ((1, own), (1 + widest_segment(sides), bar)):
            term = term.reshape(share, share, -1).transpose(2, 1, 0)
            answers[:, first : first + share, part] = np.tile(term, segments)
    return answers


def by_change(
    decode: Callable[[np.ndarray], np.ndarray], z: np.ndarray, components: np.ndarray
) -> np.ndarray:
    """Components (d, d) of the same normal distribution, those first that change a bar most.

    decode: z (n, d) -> float (n, cells). Each bar is moved there and back along all `components`;
    the sum of squares that a shift of one standard deviation changes in it is, near the bar, a
    quadratic form, and the principal axes of its mean over the bars are what is returned. Along
    each of them the cells grow, in sum, rather than fall.
    """
    change = np.zeros((len(components), len(components)))
    growth = np.zeros(len(components))
    for bar in z:
        there, back = decode(bar + components), decode(bar - components)
        half = (there - back).reshape(len(components), -1) / 2
        change += half @ half.T
        growth += half.sum(1)
    values, axes = np.linalg.eigh(change)
    axes = axes[:, values.argsort()[::-1]].T
    return np.where(axes @ growth < 0, -1, 1)[:, None] * axes @ components


def cleared(answers: np.ndarray, table: np.ndarray, which: np.ndarray) -> np.ndarray:
    """A `response` (k, terms, d) changed so that the directions `which`, bool (k,), do less to
    the attributes of others. table: what the directions really do
    (`beatgen.evaluation.direction_effects.effects`).

    Were effects E linear, the directions A D, with A = diag(E) E^-1, would do nothing but their
    own. Directions D come of the response R as (R C R')^-1 R C, so those of (A^-1)' R are A D.
    """
    own = np.diag(table)
    step = own[:, None] * np.linalg.pinv(table, rcond=UNCLEAR) - np.eye(len(table))
    step[~which | (own < WEAK)] = 0
    return np.tensordot(np.linalg.inv(np.eye(len(table)) + CLEAR * step.clip(-1, 1)).T, answers, 1)


# --- the same, of a network that plays -----------------------------------------------------------


def attribute_response(vae: Vae, z: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """The `response` of the attributes, in standard deviations `spread` (10,), to shifts of z."""

    def measure(points: np.ndarray) -> np.ndarray:
        return attributes(to_strikes(*vae.decode_bars(points))) / spread

    return response(measure, z, vae.codec.sides)


def order_components(vae: Vae, components: np.ndarray, validation: Dataset) -> np.ndarray:
    """Components (d, d) in the order of how much of the expected velocity they change."""

    def decode(z: np.ndarray) -> np.ndarray:
        return expected_grid(vae.codec.predict(z.astype(np.float32))[0].expected())

    return by_change(decode, sample_z(vae, validation), components)


def clear_response(
    vae: Vae, answers: np.ndarray, training: Dataset, spread: np.ndarray
) -> np.ndarray:
    """One step of `cleared`, after which the pattern's directions leave more of the other
    attributes alone. The feel's are left as they are: they would need some of the pattern for it.
    """
    of_pattern = np.array([name not in OF_FEEL for name in ATTRIBUTES])
    return cleared(answers, effect_table(vae, sample_z(vae, training, CLEARED), spread), of_pattern)


def _least_squares(
    noise: np.ndarray, products: np.ndarray, changes: np.ndarray, reach: float
) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of the changes (n, k) on the noise (n, d) and on the products (n, p)."""
    scale = np.maximum(products.std(0), 1e-9)
    x = np.concatenate([noise, products / scale], 1)
    dims = noise.shape[1]
    ridge = np.full(x.shape[1], SHARED_RIDGE)
    ridge[:dims] = RIDGE * reach**2
    slopes = np.linalg.solve(x.T @ x + len(x) * np.diag(ridge), x.T @ changes)
    return slopes[:dims], slopes[dims:] / scale[:, None]


def _products(shifts: np.ndarray, centered: np.ndarray, sides: Sides) -> np.ndarray:
    """Each side's shifts times its own segment's z, then times the mean of all its segments, summed
    over them: (n, p) of (n, d)."""
    products = []
    for part, segments, share in side_parts(sides):
        shift, own = (x[:, part].reshape(-1, segments, share) for x in (shifts, centered))
        for what in (own, np.broadcast_to(own.mean(1, keepdims=True), own.shape)):
            products.append(np.einsum("nsi,nsj->nij", shift, what).reshape(len(own), -1))
    return np.concatenate(products, 1)
