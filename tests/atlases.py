"""Atlases of random bars and of given ones, for tests."""

import numpy as np

from beatgen.bars.strikes import to_strikes
from beatgen.groove import Groove
from beatgen.latent.atlas import Atlas

DIMS = 6
BARS = 300


def random_atlas() -> Atlas:
    """Two clouds of bars, a style each; patterns at random, as are the places."""
    rng = np.random.default_rng(0)
    second = np.arange(BARS) % 2 == 1
    codes = rng.normal(0, 3, (BARS, DIMS)) + np.where(second, 20, -20)[:, None]
    places = rng.random((BARS, 2)) * [0.4, 1.0] + np.where(second, 0.6, 0.0)[:, None] * [1, 0]
    return Atlas(
        places=(np.rint(places * 65535) / 65535).astype(np.float32),
        codes=np.rint(codes).astype(np.int8),
        center=np.linspace(-1, 1, DIMS, dtype=np.float32),
        step=np.linspace(0.1, 0.5, DIMS, dtype=np.float32),
        styles=("rock", "latin"),
        style=second.astype(np.uint8),
        fill=np.zeros(BARS, bool),
        patterns=rng.integers(0, 256, (BARS, 44), np.uint8),
    )


def pattern(velocity: np.ndarray, timing: np.ndarray) -> np.ndarray:
    """Which voices are struck in which sixteenth, bool (n, 16, 22)."""
    return to_strikes(velocity, timing).count > 0


def atlas_of(groove: Groove) -> Atlas:
    """An atlas that knows these bars' patterns."""
    bars = groove.bars
    return Atlas(
        places=np.zeros((bars, 2), np.float32),
        codes=np.zeros((bars, 1), np.int8),
        center=np.zeros(1, np.float32),
        step=np.ones(1, np.float32),
        styles=("rock", "funk"),
        style=(np.arange(bars) == 4).astype(np.uint8),
        fill=np.zeros(bars, bool),
        patterns=np.packbits(pattern(groove.velocity, groove.timing).reshape(bars, -1), axis=1),
    )
