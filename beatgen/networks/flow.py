"""LatentFlow: where in latent space drummed bars lie, learned by flow matching.

The decoder makes a bar of any z, but N(0, 1) is not where the bars are: its draws are bars that
nobody plays. The flow learns to carry noise there, on average along straight lines (Lipman et al.
2023, Flow Matching for Generative Modeling):

    x(t) = (1 - t) noise + t z        drift(x(t), t) ~ z - noise

The pattern comes first, and knows nothing of the feel; then the feel is drawn for it, and the
second half alone is humanization. So both have a time of their own: the pattern's goes from 0 to 1
while the feel waits, and then the feel's.

Only `keras.ops` is used: TensorFlow, JAX and PyTorch train it alike.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from beatgen.groove import SIXTEENTHS
from beatgen.networks.bar_vae import ModelConfig
from beatgen.networks.transformer import Trunk, check_trunk

FREQUENCIES = 8  # of the sines and cosines that encode the time


@dataclass(frozen=True)
class FlowConfig:
    """The network's shape. blur: standard deviation of the noise that the z it learns from are
    blurred with, of theirs: it keeps the flow from learning single bars by heart."""

    width: int = 128
    blocks: int = 4
    heads: int = 4
    dropout: float = 0.1
    blur: float = 0.1

    def __post_init__(self) -> None:
        check_trunk(self)


class LatentFlow(keras.Model):
    """Input: a dict of float32 arrays, as `flow_batch` makes them. "x" (batch, latent_dim), "time"
    (batch, 2), of pattern and feel, from 0 (noise) to 1 (z), and "target" (batch, latent_dim), the
    drift. z is standardized.

    Loss: mean squared error of the drift of what moves, the side whose time is neither 0 nor 1.
    """

    def __init__(self, config: FlowConfig, bar: ModelConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        sides = ((bar.pattern_dim, bar.pattern_segments), (bar.feel_dim, bar.feel_segments))
        self.dims = [dim for dim, _ in sides]
        self.segments = [segments for _, segments in sides]
        half = config.width // 2
        self.spread = [layers.Dense(SIXTEENTHS // n * half) for n in self.segments]
        self.trunk = Trunk(config.width, config.blocks, config.heads, config.dropout)
        zeros = {"kernel_initializer": "zeros", "dtype": "float32"}
        self.gather = [layers.Dense(dim // n, **zeros) for dim, n in sides]
        for (dim, n), spread, gather in zip(sides, self.spread, self.gather, strict=True):
            spread.build((None, dim // n))
            gather.build((None, SIXTEENTHS // n * config.width))
        self.trunk.build((None, SIXTEENTHS, 2 * half + 4 * FREQUENCIES))
        self.built = True

    def drift(self, x: Any, time: Any, training: bool = False) -> Any:
        """Where x (batch, latent_dim) moves at `time` (batch, 2); (batch, latent_dim)."""
        parts = x[:, : self.dims[0]], x[:, self.dims[0] :]
        spread_out = [
            ops.reshape(
                spread(ops.reshape(part, (-1, dim // n))),
                (-1, SIXTEENTHS, self.config.width // 2),
            )
            for part, spread, dim, n in zip(
                parts, self.spread, self.dims, self.segments, strict=True
            )
        ]
        # The same clock for each sixteenth; LiteRT would cut the network at a repeat.
        clock = ops.ones((SIXTEENTHS, 1)) * ops.reshape(_clock(time), (-1, 1, 4 * FREQUENCIES))
        y = self.trunk(ops.concatenate([*spread_out, clock], -1), training=training)
        drifts = [
            ops.reshape(
                gather(ops.reshape(y, (-1, SIXTEENTHS // n * self.config.width))), (-1, dim)
            )
            for gather, dim, n in zip(self.gather, self.dims, self.segments, strict=True)
        ]
        return ops.concatenate(drifts, -1)

    def call(self, batch: dict[str, Any], training: bool = False) -> Any:
        return self.drift(batch["x"], batch["time"], training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, **_: Any
    ) -> Any:
        moving = [
            ops.repeat(ops.cast((time > 0) & (time < 1), "float32"), dim, axis=1)
            for time, dim in zip(ops.split(x["time"], 2, axis=1), self.dims, strict=True)
        ]
        counted = ops.concatenate(moving, -1)
        error = counted * ops.square(y_pred - x["target"])
        return ops.sum(error) / ops.maximum(ops.sum(counted), 1.0)

    def get_config(self) -> dict[str, Any]:
        return asdict(self.config)


def flow_batch(
    z: np.ndarray, pattern_dim: int, blur: float, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """What LatentFlow learns from: standardized z (n, latent_dim), each with noise of its own. In
    half of them the pattern moves and the feel is yet to come, all 0; in the others the feel moves
    and the pattern is there. The times are drawn around the middle, where there is most to learn.
    """
    n = len(z)
    blurred = z + blur * rng.standard_normal(z.shape)
    noise = rng.standard_normal(z.shape)
    t = 1 / (1 + np.exp(-rng.standard_normal((n, 1))))
    moving = (1 - t) * noise + t * blurred
    feel_moves = rng.random((n, 1)) < 0.5
    is_feel = np.arange(z.shape[1]) >= pattern_dim
    x = np.where(feel_moves, np.where(is_feel, moving, z), np.where(is_feel, 0, moving))
    time = np.where(feel_moves, np.hstack([np.ones_like(t), t]), np.hstack([t, np.zeros_like(t)]))
    parts = {"x": x, "time": time, "target": blurred - noise}
    return {name: part.astype(np.float32) for name, part in parts.items()}


def _clock(time: Any) -> Any:
    """Sines and cosines of both times, (batch, 2) -> (batch, 4 * FREQUENCIES)."""
    turns = (np.pi / 2 * 1.6 ** np.arange(FREQUENCIES)).astype("float32")
    angles = ops.reshape(time[..., None] * turns, (-1, 2 * FREQUENCIES))
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], -1)
