"""What any model of a bar has to beat: silence, principal components, the nearest training bar.

Each is a `Reconstructor` (`beatgen.evaluation.reconstruct`). Baselines read velocities only; they
play every hit on its step, except the nearest bar, which has a timing of its own.
"""

from __future__ import annotations

import numpy as np

from beatgen.bars.metrics import f1
from beatgen.data.dataset import Dataset
from beatgen.evaluation.reconstruct import Reconstruction

OVERSAMPLING = 16  # columns of the randomized PCA beyond its components
POWER_ITERATIONS = 4
THRESHOLDS = np.arange(0.1, 0.6, 0.02)
THRESHOLD_BARS = 2000  # training bars that the threshold is tuned on


class Silence:
    """No hits at all: what scores 98.6 % "cell accuracy", for most cells are empty."""

    name = "silence"

    def reconstruct(self, dataset: Dataset) -> Reconstruction:
        nothing = np.zeros(dataset.velocity.shape, np.float32)
        return Reconstruction(nothing, nothing, nothing)


class PrincipalComponents:
    """Bars projected on the first principal components of the training bars' hits and velocities.

    A cell sounds where its hit lies above a threshold, the one with the best hit F1 on the
    training bars; its velocity is then the projected velocity over the projected hit.
    """

    def __init__(self, training: Dataset, components: int) -> None:
        self.name = f"PCA, {components} components"
        rows = self._hits_and_velocities(training)
        self.center = rows.mean(0)
        self.components = principal_components(rows - self.center, components)
        some = rows[:: max(1, len(rows) // THRESHOLD_BARS)]
        true, projected = (x[:, : x.shape[1] // 2] for x in (some, self._project(some)))
        scores = [f1(true > 0, projected > level) for level in THRESHOLDS]
        self.threshold = float(THRESHOLDS[int(np.argmax(scores))])

    def reconstruct(self, dataset: Dataset) -> Reconstruction:
        projected = self._project(self._hits_and_velocities(dataset))
        hit, expected = projected.reshape(len(dataset), 2, *dataset.velocity.shape[1:]).swapaxes(
            0, 1
        )
        sounding = hit > self.threshold
        velocity = np.clip(expected / np.where(sounding, hit, 1), 1 / 127, 1) * sounding
        return Reconstruction(expected, velocity, np.zeros_like(velocity))

    def _hits_and_velocities(self, dataset: Dataset) -> np.ndarray:
        velocity = _rows(dataset)
        return np.concatenate([(velocity > 0).astype(np.float32), velocity], axis=1)

    def _project(self, rows: np.ndarray) -> np.ndarray:
        codes = (rows - self.center) @ self.components
        return np.clip(codes @ self.components.T + self.center, 0, 1)


class NearestBar:
    """The training bar whose velocities differ least, by squared error over the grid."""

    name = "nearest training bar"

    def __init__(self, training: Dataset) -> None:
        from sklearn.neighbors import NearestNeighbors

        self.training = training
        self.rows = _rows(training)
        self.index = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(self.rows)

    def reconstruct(self, dataset: Dataset) -> Reconstruction:
        nearest = self.index.kneighbors(_rows(dataset), return_distance=False)[:, 0]
        velocity = self.rows[nearest].reshape(dataset.velocity.shape)
        timing = self.training.timing[nearest].astype(np.float32)
        return Reconstruction(velocity, velocity, timing)


def principal_components(rows: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """The first `count` principal components of centered rows (n, d): orthonormal, (d, count).

    By randomized subspace iteration (Halko, Martinsson & Tropp 2011): the whole covariance of
    2,816 columns would take a minute. scikit-learn's PCA is another draw of the same algorithm;
    with it the published rows would change in their third digit.
    """
    few = min(count + OVERSAMPLING, *rows.shape)
    span = np.random.default_rng(seed).standard_normal((rows.shape[1], few)).astype(np.float32)
    for _ in range(POWER_ITERATIONS):
        span, _ = np.linalg.qr(rows.T @ (rows @ span))
    _, _, right = np.linalg.svd(rows @ span, full_matrices=False)
    return (span @ right.T)[:, :count]


def _rows(dataset: Dataset) -> np.ndarray:
    """Velocities 0 to 1, a row for each bar: float32 (n, 1408)."""
    return dataset.grids()[0].reshape(len(dataset), -1)
