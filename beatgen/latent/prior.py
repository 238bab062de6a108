"""Where in latent space drummed bars lie: noise <-> z, so that every draw of noise is a bar.

Noise is N(0, 1) in each dimension, so all directions are alike there: one can mix, and move as far
as one likes, without leaving what is played. (That of played bars has a standard deviation of .8:
the learned prior is a little wider than they are.) The pattern's dimensions come first, in noise as
in z, and the pattern comes from them alone; the feel is then drawn for it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import numpy as np

from beatgen.latent.runtime import Network

PATTERN, FEEL = 0, 1
RIDGE = 1e-6  # of the largest variance: what is smaller is no variance at all
# Of each half of the flow's way, two evaluations each: there and back, a bar keeps 99 of 100 struck
# sixteenths (96 with 3 steps, 99.4 with 8).
STEPS = 5
REMEMBERED = 64  # answers of the flow; each is some 70 kB
FEW = 66  # bars that an answer is remembered for; a way of four bars asks for 13 stations, 52 bars


class Prior(Protocol):
    """All arrays are float32, a bar each. The first `pattern_dim` dimensions are the pattern's."""

    pattern_dim: int

    def to_noise(self, z: np.ndarray) -> np.ndarray:
        """The noise that `to_z` would make these z of, about; (n, latent_dim)."""
        ...

    def to_z(self, noise: np.ndarray) -> np.ndarray:
        """Bars in latent space, of noise (n, latent_dim)."""
        ...

    def feel(self, z_pattern: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """A z_feel (n, feel_dim) for each z_pattern (n, pattern_dim), of noise (n, feel_dim);
        noise 0 gives the one in the middle."""
        ...


class GaussianPrior:
    """The normal distribution that the training bars have in latent space, of mean `center` (d,)
    and `covariance` (d, d)."""

    def __init__(self, center: np.ndarray, covariance: np.ndarray, pattern_dim: int) -> None:
        p = self.pattern_dim = pattern_dim
        self.center = center
        self.pattern_root = square_root(covariance[:p, :p])
        # The regression of the feel on the pattern, and the spread that it leaves
        self.slope = np.linalg.pinv(covariance[:p, :p], rcond=RIDGE) @ covariance[:p, p:]
        self.feel_root = square_root(covariance[p:, p:] - covariance[p:, :p] @ self.slope)

    def to_noise(self, z: np.ndarray) -> np.ndarray:
        p, centered = self.pattern_dim, z - self.center
        feel = centered[:, p:] - centered[:, :p] @ self.slope
        parts = centered[:, :p] @ _inverse(self.pattern_root), feel @ _inverse(self.feel_root)
        return np.concatenate(parts, 1).astype(np.float32)

    def to_z(self, noise: np.ndarray) -> np.ndarray:
        p = self.pattern_dim
        z_pattern = self.center[:p] + noise[:, :p] @ self.pattern_root
        return np.concatenate([z_pattern, self.feel(z_pattern, noise[:, p:])], 1).astype(np.float32)

    def feel(self, z_pattern: np.ndarray, noise: np.ndarray) -> np.ndarray:
        p = self.pattern_dim
        middle = self.center[p:] + (z_pattern - self.center[:p]) @ self.slope
        return (middle + noise @ self.feel_root).astype(np.float32)


class FlowPrior:
    """The prior that a `flow.LatentFlow` learned: noise is carried along its drift.

    center, scale: (latent_dim,) mean and standard deviation of the training bars' z.
    """

    def __init__(
        self, network: Network, center: np.ndarray, scale: np.ndarray, pattern_dim: int
    ) -> None:
        self.network, self.center, self.scale = network, center, scale
        self.pattern_dim = pattern_dim
        # A blend asks for its two ends each time, and with another feel for its pattern again.
        self._remembered = lru_cache(REMEMBERED)(self._carry)

    def to_noise(self, z: np.ndarray) -> np.ndarray:
        p, x = self.pattern_dim, (z - self.center) / self.scale
        feel = self._carried(x, FEEL, back=True)[:, p:]
        pattern = self._carried(self._waiting(x[:, :p]), PATTERN, back=True)[:, :p]
        return np.concatenate([pattern, feel], 1)

    def to_z(self, noise: np.ndarray) -> np.ndarray:
        p = self.pattern_dim
        pattern = self._carried(self._waiting(noise[:, :p]), PATTERN)[:, :p]
        return self._z(self._carried(np.concatenate([pattern, noise[:, p:]], 1), FEEL))

    def feel(self, z_pattern: np.ndarray, noise: np.ndarray) -> np.ndarray:
        p = self.pattern_dim
        pattern = (z_pattern - self.center[:p]) / self.scale[:p]
        return self._z(self._carried(np.concatenate([pattern, noise], 1), FEEL))[:, p:]

    def _z(self, x: np.ndarray) -> np.ndarray:
        return (self.center + self.scale * x).astype(np.float32)

    def _waiting(self, pattern: np.ndarray) -> np.ndarray:
        """The pattern, with a feel that is yet to come."""
        return np.pad(pattern, ((0, 0), (0, len(self.center) - self.pattern_dim)))

    def _carried(self, x: np.ndarray, side: int, back: bool = False) -> np.ndarray:
        """x with one side moved from its time 0 to 1, or back, by the midpoint rule."""
        carry = self._remembered if len(x) <= FEW else self._carry
        return carry(x.astype(np.float32).tobytes(), side, back)

    def _carry(self, content: bytes, side: int, back: bool) -> np.ndarray:
        x = np.frombuffer(content, np.float32).reshape(-1, len(self.center))
        moving = (np.arange(x.shape[1]) >= self.pattern_dim) == (side == FEEL)
        step = (-1 if back else 1) / STEPS
        for i in range(STEPS):
            t = float(back) + i * step
            middle = x + step / 2 * moving * self._drift(x, side, t)
            x = x + step * moving * self._drift(middle, side, t + step / 2)
        return x.astype(np.float32)

    def _drift(self, x: np.ndarray, side: int, t: float) -> np.ndarray:
        time = np.array([t, 0] if side == PATTERN else [1, t], np.float32)
        return self.network.run("drift", x=x, time=np.tile(time, (len(x), 1)))["drift"]


def square_root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric square root of a positive semidefinite matrix."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T


def _inverse(root: np.ndarray) -> np.ndarray:
    return np.linalg.pinv(root, rcond=RIDGE, hermitian=True)
