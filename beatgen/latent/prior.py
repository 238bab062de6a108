"""Where in latent space real bars lie: a reversible map between noise and z.

Noise is N(0, 1) in each dimension, and every draw of it is a bar that a drummer might play. So
noise can be mixed, and moved in any direction, without leaving what is played. (The noise of real
bars has a standard deviation of .8: the learned prior is a little wider than they are.) The
pattern's dimensions come first, in noise as in z. z_pattern depends on their noise alone; z_feel is
then drawn for that pattern.
"""

from __future__ import annotations

import threading
from typing import Protocol

import numpy as np

from beatgen.latent.runtime import Network

PATTERN, FEEL = 0, 1
RIDGE = 1e-6  # share of the largest variance; smaller ones count as no variance
# Steps for each side of the flow, one evaluation each. From z to noise and back, a bar keeps 99.5
# of 100 struck sixteenths. Each step goes on from the last three drifts: from two, draws from noise
# are too thin (17.7 struck sixteenths in the mean; this has 18.1, and forty steps 18.7).
STEPS = 6
ADAMS_BASHFORTH = ((1.0,), (-1 / 2, 3 / 2), (5 / 12, -16 / 12, 23 / 12))  # the latest drift last
REMEMBERED = 4096  # bars; each takes some 2 kB


class Prior(Protocol):
    """Noise and z are float32 (n, latent_dim), a row for each bar. The first `pattern_dim`
    dimensions are the pattern's."""

    pattern_dim: int

    def to_noise(self, z: np.ndarray) -> np.ndarray:
        """The noise that `to_z` turns into these z, up to a small numerical error."""
        ...

    def to_z(self, noise: np.ndarray) -> np.ndarray:
        """The z of this noise."""
        ...

    def feel(self, z_pattern: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """A z_feel for each z_pattern, float32 (n, feel_dim), from noise (n, feel_dim); noise 0
        gives the one in the middle."""
        ...


class GaussianPrior:
    """The normal distribution of the training bars' z.

    center: mean, (latent_dim,). covariance: (latent_dim, latent_dim).
    """

    def __init__(self, center: np.ndarray, covariance: np.ndarray, pattern_dim: int) -> None:
        p = self.pattern_dim = pattern_dim
        self.center = center
        self.pattern_root = square_root(covariance[:p, :p])
        # The regression of the feel on the pattern, and the spread around it
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
    """The prior that `beatgen.networks.flow.LatentFlow` learned: a differential equation moves
    noise to z.

    center, scale: (latent_dim,), mean and standard deviation of the training bars' z.
    """

    def __init__(
        self, network: Network, center: np.ndarray, scale: np.ndarray, pattern_dim: int
    ) -> None:
        self.network, self.center, self.scale = network, center, scale
        self.pattern_dim = pattern_dim
        # All blends of two grooves go through the same few bars, and with another feel through the
        # same patterns. Pages share a prior: the lock is for them.
        self._remembered: dict[tuple[int, bool, bytes], np.ndarray] = {}
        self._lock = threading.Lock()

    def to_noise(self, z: np.ndarray) -> np.ndarray:
        p, x = self.pattern_dim, (z - self.center) / self.scale
        feel = self._flow(x, FEEL, back=True)[:, p:]
        pattern = self._flow(self._without_feel(x[:, :p]), PATTERN, back=True)[:, :p]
        return np.concatenate([pattern, feel], 1)

    def to_z(self, noise: np.ndarray) -> np.ndarray:
        p = self.pattern_dim
        pattern = self._flow(self._without_feel(noise[:, :p]), PATTERN)[:, :p]
        return self._z(self._flow(np.concatenate([pattern, noise[:, p:]], 1), FEEL))

    def feel(self, z_pattern: np.ndarray, noise: np.ndarray) -> np.ndarray:
        p = self.pattern_dim
        pattern = (z_pattern - self.center[:p]) / self.scale[:p]
        return self._z(self._flow(np.concatenate([pattern, noise], 1), FEEL))[:, p:]

    def _z(self, x: np.ndarray) -> np.ndarray:
        return (self.center + self.scale * x).astype(np.float32)

    def _without_feel(self, pattern: np.ndarray) -> np.ndarray:
        """The pattern's dimensions, with zeros for the feel's."""
        return np.pad(pattern, ((0, 0), (0, len(self.center) - self.pattern_dim)))

    def _flow(self, x: np.ndarray, side: int, back: bool = False) -> np.ndarray:
        """x with one side moved from noise to z, or back. Bars that came lately are remembered, and
        equal ones computed once."""
        keys = [(side, back, row.tobytes()) for row in x.astype(np.float32)]
        with self._lock:
            found = {key: self._remembered[key] for key in keys if key in self._remembered}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            content = b"".join(row for *_, row in missing)
            rows = np.frombuffer(content, np.float32).reshape(len(missing), -1)
            found |= zip(missing, self._integrate(rows, side, back), strict=True)
        with self._lock:
            for key in dict.fromkeys(keys):  # the latest stand last
                self._remembered.pop(key, None)
                self._remembered[key] = found[key]
            for key in list(self._remembered)[:-REMEMBERED]:
                del self._remembered[key]
        return np.stack([found[key] for key in keys])

    def _integrate(self, x: np.ndarray, side: int, back: bool) -> np.ndarray:
        """The drift integrated from time 0 to 1, or back, by the three-step Adams-Bashforth method;
        the first two steps have fewer before them."""
        moving = (np.arange(x.shape[1]) >= self.pattern_dim) == (side == FEEL)
        step = (-1 if back else 1) / STEPS
        latest: list[np.ndarray] = []
        for i in range(STEPS):
            latest = [*latest[-2:], moving * self._drift(x, side, float(back) + i * step)]
            weights = ADAMS_BASHFORTH[len(latest) - 1]
            x = x + step * sum(w * drift for w, drift in zip(weights, latest, strict=True))
        return x.astype(np.float32)

    def _drift(self, x: np.ndarray, side: int, t: float) -> np.ndarray:
        time = np.array([t, 0] if side == PATTERN else [1, t], np.float32)
        return self.network.run("drift", x=x, time=np.tile(time, (len(x), 1)))["drift"]


def square_root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric square root of a positive semidefinite matrix.

    >>> square_root(np.array([[4.0, 0.0], [0.0, 9.0]])).tolist()
    [[2.0, 0.0], [0.0, 3.0]]
    """
    # Not scipy.linalg.sqrtm: it does not use the symmetry, and makes a singular covariance's root
    # complex. Playing does not need scipy either.
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T


def _inverse(root: np.ndarray) -> np.ndarray:
    return np.linalg.pinv(root, rcond=RIDGE, hermitian=True)
