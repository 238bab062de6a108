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


def attribute_directions(z: np.ndarray, values: np.ndarray) -> np.ndarray:
    """For each attribute, values (n, k), the direction (k, d) in which it grows by one standard
    deviation and all the others stay as they are, as far as both are linear in z (n, d).

    With W the least-squares map from z to the standardized attributes and C the covariance of z,
    it is C W (W' C W)^-1: of all such shifts the likeliest under a normal distribution of z.
    """
    centered = z - z.mean(0)
    standard = (values - values.mean(0)) / values.std(0)
    covariance = np.cov(centered.T)
    scale = RIDGE * np.trace(covariance) / len(covariance)
    w = np.linalg.solve(
        covariance + scale * np.eye(len(covariance)), centered.T @ standard / (len(z) - 1)
    )
    return np.linalg.solve(w.T @ covariance @ w, w.T @ covariance)


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
