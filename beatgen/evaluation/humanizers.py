"""What dresses a quantized pattern: plain baselines, and our network.

Each is a `Humanizer` (`humanization`). Baselines know the windows of the training files.
"""

from __future__ import annotations

import numpy as np

from beatgen.bars.nearest import f1_matrix, pack
from beatgen.evaluation.humanization import BARS, Feel, Windows, feel_of
from beatgen.groove import SIXTEENTHS
from beatgen.kit import CLASSES
from beatgen.latent.vae import Vae

RIDGE = 100.0  # weight of the penalty, in hits
CELLS = SIXTEENTHS * len(CLASSES)
NEIGHBOURS = 100  # windows that are asked, the nearest first
CHUNK = 64


class Quantized:
    """Every hit on its line, and as loud as hits of training are on average."""

    name = "quantized"

    def __init__(self, training: Windows) -> None:
        self.velocity = training.feel.velocity[training.hits].mean()

    def humanize(self, windows: Windows) -> Feel:
        velocity = np.full(windows.hits.shape, self.velocity, np.float32)
        return Feel(velocity, np.zeros_like(velocity))


class LinearRegression:
    """Velocity and offset of each cell as a linear function of all hits of its bar, by ridge
    regression over the training bars that strike the cell."""

    name = "linear regression"

    def __init__(self, training: Windows) -> None:
        rows, struck = _rows(training.hits), training.hits.reshape(-1, CELLS)
        targets = np.stack([part.reshape(-1, CELLS) for part in training.feel], -1)
        mean = targets[struck].mean(0)  # what cells that are hardly ever struck lean on
        penalty = np.diag([*np.full(CELLS, RIDGE), 1]).astype(np.float32)
        self.weights = np.zeros((CELLS, CELLS + 1, 2), np.float32)
        for cell in range(CELLS):
            x, y = rows[struck[:, cell]], targets[struck[:, cell], cell]
            self.weights[cell] = np.linalg.solve(x.T @ x + penalty, x.T @ (y - mean))
        self.weights[:, -1] += mean

    def humanize(self, windows: Windows) -> Feel:
        told = np.einsum("nk,ckv->ncv", _rows(windows.hits), self.weights, optimize=True)
        velocity, offset = (told[..., i].reshape(windows.hits.shape) for i in range(2))
        return Feel(np.clip(velocity, 1 / 127, 1), np.clip(offset, -0.5, 0.5))


class NearestWindow:
    """Each hit is played as in the nearest training window, by F1 of the hits, that strikes it."""

    name = "nearest neighbour"

    def __init__(self, training: Windows) -> None:
        self.training = training
        self.packed = pack(training.hits)
        struck = training.hits
        self.mean = [float(part[struck].mean()) for part in training.feel]

    def humanize(self, windows: Windows) -> Feel:
        told = Feel(*(np.full(windows.hits.shape, mean, np.float32) for mean in self.mean))
        packed = pack(windows.hits)
        for start in range(0, len(windows), CHUNK):
            part = slice(start, start + CHUNK)
            order = (-f1_matrix(packed[part], self.packed)).argsort(1, kind="stable")
            near = order[:, :NEIGHBOURS]
            strikes = self.training.hits[near]  # (chunk, neighbours, 32, 9)
            first = strikes.argmax(1)
            chosen = np.take_along_axis(near[:, :, None, None], first[:, None], 1)[:, 0]
            step, drum = np.ogrid[: BARS * SIXTEENTHS, : len(CLASSES)]
            for into, source in zip(told, self.training.feel, strict=True):
                found = source[chosen, step, drum]
                into[part] = np.where(strikes.any(1), found, into[part])
        return told


class LearnedFeel:
    """Our network's feel for the pattern of all voices: predicted (spread 0), drawn (1), or drawn
    as near to what is predicted as the spread says."""

    def __init__(self, vae: Vae, name: str, spread: float, seed: int = 0) -> None:
        ends = {0.0: "predicted", 1.0: "drawn"}
        self.name = f"{name}, {ends.get(spread, f'spread {spread:g}')}"
        self.vae, self.spread, self.seed = vae, spread, seed

    def humanize(self, windows: Windows) -> Feel:
        return feel_of(
            [
                self.vae.humanize(pattern, seed=self.seed + i, spread=self.spread)
                for i, pattern in enumerate(windows.patterns())
            ]
        )


class GrooveTransfer:
    """Our network with the feel of another window, drawn from the same set, on each pattern."""

    def __init__(self, vae: Vae, name: str, seed: int = 0) -> None:
        self.name = f"{name}, groove transfer"
        self.vae, self.seed = vae, seed

    def humanize(self, windows: Windows) -> Feel:
        donors = np.random.default_rng(self.seed).permutation(len(windows))
        pairs = zip(windows.patterns(), donors, strict=True)
        return feel_of([self.vae.blend(p, windows.grooves[i], 0, feel=1) for p, i in pairs])


def _rows(hits: np.ndarray) -> np.ndarray:
    """Hits as bars of 0 and 1 with a last column of ones, float32 (bars, 145)."""
    flat = hits.reshape(-1, CELLS).astype(np.float32)
    return np.concatenate([flat, np.ones((len(flat), 1), np.float32)], axis=1)
