"""Directions in latent space: the principal ones, and those with names that drummers use.

What a turn does depends on the bar. To play with more dynamics, what is loud gets louder and what
is soft gets softer: no one shift of z does that to all bars. So a direction with a name is worked
out for each bar, from how the decoded bar answers to a shift of its z (`response`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

RIDGE = 1e-3  # of the variance: keeps dimensions that the network does not use out of it
SHARED_RIDGE = 1e-2  # the same for what depends on the bar
CLEAR = 0.7  # of what one step of `cleared` could take away: effects are not quite linear
WEAK = 0.3  # effect below which a direction is left as it is: half of that is what it leaks
UNCLEAR = 0.1  # share of the largest effect: what is smaller tells no directions apart
CONFLICT = 1e-3  # of the mean response: what attributes have that no shift can tell apart

# The sides of z in their order, pattern and feel: dimensions, and equal segments of the bar that
# share them out (`beatgen.networks.bar_vae.ModelConfig`).
Sides = Sequence[tuple[int, int]]


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
    told = np.zeros((changes.shape[1], 1 + 2 * _widest(sides), z.shape[1]))
    told[:, 0] = (np.linalg.pinv(components) @ constant).T
    for part, segments, share in _parts(sides):
        own, bar, shared = np.split(shared, [share**2, 2 * share**2])
        for first, term in ((1, own), (1 + _widest(sides), bar)):
            term = term.reshape(share, share, -1).transpose(2, 1, 0)
            told[:, first : first + share, part] = np.tile(term, segments)
    return told


def context(z: np.ndarray, center: np.ndarray, sides: Sides) -> np.ndarray:
    """What a response depends on, float (n, terms, d), of z (n, d): for each dimension a 1, what
    the segment that it belongs to has, and the mean of all segments of its side, `center`ed."""
    widest = _widest(sides)
    told = np.zeros((len(z), 1 + 2 * widest, z.shape[1]), np.float32)
    told[:, 0] = 1
    for part, segments, share in _parts(sides):
        own = (z - center)[:, part].reshape(-1, segments, share)
        for first, what in ((1, own), (1 + widest, own.mean(1, keepdims=True))):
            wide = np.broadcast_to(what[..., None], (len(z), segments, share, share))
            columns = wide.transpose(0, 2, 1, 3).reshape(len(z), share, -1)
            told[:, first : first + share, part] = columns
    return told


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


def conditional(covariance: np.ndarray, given: int) -> np.ndarray:
    """Covariance (d, d) of a normal distribution where its first `given` dimensions are known."""
    known, cross = covariance[:given, :given], covariance[given:, :given]
    left = np.zeros_like(covariance)
    left[given:, given:] = (
        covariance[given:, given:]
        - cross @ np.linalg.pinv(known, rcond=RIDGE, hermitian=True) @ cross.T
    )
    return left


def attribute_directions(slopes: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """For each attribute the direction (n, k, d) in which it grows by one and all the others stay
    as they are, as far as their slopes (n, k, d) tell.

    With W the slopes of a bar, transposed, and C the covariance (d, d) of z, it is
    (W' C W)^-1 W' C: of all such shifts the likeliest under a normal distribution of z. What has no
    variance there, as the pattern in `conditional`, stays.
    """
    likely = slopes @ covariance
    spread = likely @ slopes.swapaxes(1, 2)
    count = slopes.shape[1]
    mean = np.trace(spread, axis1=1, axis2=2)[:, None, None] / max(count, 1)
    # What no shift changes, as with a network that tells only silence, gets no direction.
    return np.linalg.pinv(spread + CONFLICT * mean * np.eye(count), hermitian=True) @ likely


def cleared(told: np.ndarray, table: np.ndarray, which: np.ndarray) -> np.ndarray:
    """The `response` (k, terms, d) changed so that the directions `which`, bool (k,), do less to
    the attributes of others. table: what the directions really do
    (`beatgen.evaluation.direction_effects.effects`).

    Were effects E linear, the directions A D, with A = diag(E) E^-1, would do nothing but their
    own. Directions D come of the response R as (R C R')^-1 R C, so those of (A^-1)' R are A D.
    """
    own = np.diag(table)
    step = own[:, None] * np.linalg.pinv(table, rcond=UNCLEAR) - np.eye(len(table))
    step[~which | (own < WEAK)] = 0
    return np.tensordot(np.linalg.inv(np.eye(len(table)) + CLEAR * step.clip(-1, 1)).T, told, 1)


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
    for part, segments, share in _parts(sides):
        shift, own = (x[:, part].reshape(-1, segments, share) for x in (shifts, centered))
        for what in (own, np.broadcast_to(own.mean(1, keepdims=True), own.shape)):
            products.append(np.einsum("nsi,nsj->nij", shift, what).reshape(len(own), -1))
    return np.concatenate(products, 1)


def _parts(sides: Sides) -> Iterator[tuple[slice, int, int]]:
    """Where each side stands in z, its segments, and the dimensions of one of them."""
    start = 0
    for dim, segments in sides:
        yield slice(start, start + dim), segments, dim // segments
        start += dim


def _widest(sides: Sides) -> int:
    return max(dim // segments for dim, segments in sides)
