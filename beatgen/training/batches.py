"""What the networks are fed: bars of a dataset as arrays, and batches drawn from them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from beatgen.bars.strikes import to_strikes
from beatgen.data.augment import following_bars
from beatgen.data.dataset import Dataset
from beatgen.training.config import TrainConfig

AT_ONCE = 512  # bars that are encoded at a time


def bar_input(dataset: Dataset) -> np.ndarray:
    """Strikes of our network, velocity and timing, float32 (bars, 16, 22, 4, 2)."""
    strikes = to_strikes(*dataset.grids())
    return np.stack([strikes.velocity, strikes.timing], -1)


def report_input(dataset: Dataset) -> np.ndarray:
    """Velocities of the report's network, float32 (bars, 64, 22)."""
    return dataset.grids()[0]


def flow_inputs(
    model: Any, training: Dataset, validation: Dataset
) -> tuple[np.ndarray, np.ndarray]:
    """z_mean by a BarVAE, float32 (bars, latent_dim) each, standardized as training's is."""

    def encoded(dataset: Dataset) -> np.ndarray:
        strikes = bar_input(dataset)
        parts = (
            model.encode(strikes[i : i + AT_ONCE])[::2] for i in range(0, len(strikes), AT_ONCE)
        )
        return np.concatenate(
            [np.concatenate([keras.ops.convert_to_numpy(m) for m in means], -1) for means in parts]
        )

    z, held_out = encoded(training), encoded(validation)
    center, scale = z.mean(0), z.std(0)
    return (z - center) / scale, (held_out - center) / scale


class Bars(keras.utils.PyDataset):
    """Training batches, all of one size: what is left over waits for the next epoch. Each is drawn
    from (seed, epoch, batch), so that a resumed run sees what an unbroken one would have seen.

    inputs: what the model takes, a bar each. dataset: the bars they are of.
    """

    def __init__(
        self, inputs: np.ndarray, dataset: Dataset, config: TrainConfig, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.inputs = inputs
        self.following = following_bars(dataset.file_index, dataset.number)
        self.epoch = 0

    def __len__(self) -> int:
        return max(1, len(self.inputs) // self.config.batch_size)

    def __getitem__(self, batch: int) -> tuple[Any]:
        c = self.config
        order = np.random.default_rng((c.seed, self.epoch)).permutation(len(self.inputs))
        chosen = order[batch * c.batch_size : (batch + 1) * c.batch_size]
        rng = np.random.default_rng((c.seed, self.epoch, batch))
        return (c.kind.batch(self, chosen, rng),)
