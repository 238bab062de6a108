"""Directions in latent space: the principal ones, and those with names that drummers use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

RIDGE = 1e-3  # of the variance: keeps dimensions that the network does not use out of it


def principal_directions(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Center (d,) and principal components (d, d) of z (n, d), the widest first, each one standard
    deviation long: a draw from their normal distribution is center + noise @ components."""
    center = z.mean(0)
    values, vectors = np.linalg.eigh(np.cov(z.T))
    order = values.argsort()[::-1]
    lengths = np.sqrt(np.maximum(values[order], 0))
    return center, vectors[:, order].T * lengths[:, None]


def response(
    measure: Callable[[np.ndarray], np.ndarray], z: np.ndarray, reach: float = 1.0, seed: int = 0
) -> np.ndarray:
    """How the decoded bars answer to z (n, d): the least-squares map (d, k) from a shift of z to
    the change of their attributes.

    measure: z (n, d) -> attributes (n, k) of the decoded bars. Each z is moved there and back by a
    draw from the bars' normal distribution, `reach` of it. What the decoder does, not what goes
    together in the data: a busy bar is often a loud one, but need not be.
    """
    _, components = principal_directions(z)
    noise = np.random.default_rng(seed).standard_normal(z.shape)
    shifts = (reach * noise @ components).astype(np.float32)
    changes = (measure(z + shifts) - measure(z - shifts)) / 2
    ridge = RIDGE * len(z) * reach**2 * np.eye(z.shape[1])
    # In noise all directions are alike, so one ridge is fair to all.
    whitened = reach * noise
    slope = np.linalg.solve(whitened.T @ whitened + ridge, whitened.T @ changes)
    return np.linalg.pinv(components) @ slope


def attribute_directions(z: np.ndarray, response: np.ndarray) -> np.ndarray:
    """For each attribute the direction (k, d) in which it grows by one and all the others stay as
    they are, as far as `response` (d, k) tells.

    With W the response and C the covariance of z (n, d), it is C W (W' C W)^-1: of all such shifts
    the likeliest under a normal distribution of z.
    """
    covariance = np.cov(z.T)
    spread = response.T @ covariance @ response
    # What no shift changes, as with a network that tells only silence, gets no direction.
    return np.linalg.pinv(spread, hermitian=True) @ response.T @ covariance


def effects(
    measure: Callable[[np.ndarray], np.ndarray],
    z: np.ndarray,
    directions: np.ndarray,
    spread: np.ndarray,
    reach: float = 2.0,
) -> np.ndarray:
    """What the directions (k, d) really do: entry (i, j) is the change of attribute j for one unit
    of direction i, in standard deviations `spread` (k,).

    measure: z (n, d) -> attributes (n, k) of the decoded bars. The mean over the bars z, and over
    going `reach` units there and back.
    """
    changes = []
    for direction in directions:
        there, back = measure(z + reach * direction), measure(z - reach * direction)
        changes.append((there - back).mean(0) / (2 * reach * spread))
    return np.stack(changes)
