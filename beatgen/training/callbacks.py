"""What happens around the epochs of a training run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from tensorboard.summary import Writer

from beatgen.training.batches import Bars
from beatgen.training.config import TrainConfig


class EpochStart(keras.callbacks.Callback):
    """Sets beta, the epoch that the batches are drawn from, and the random generators: all follow
    from the number of the epoch alone, so that a run can be resumed. Validation always weighs the
    KL in full: under a smaller beta the first epochs would look like the best."""

    def __init__(self, config: TrainConfig, bars: Bars) -> None:
        super().__init__()
        self.config = config
        self.bars = bars

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.config.model != "flow":
            until = max(1.0, self.config.beta_warmup * self.config.epochs)
            self.model.beta.assign(self.config.beta * min(1.0, (epoch + 1) / until))
        self.bars.epoch = epoch
        for variable in self.model.variables:
            if variable.name == "seed_generator_state":  # seed and draws; no backup keeps it
                seed = int(keras.ops.convert_to_numpy(variable)[0])
                variable.assign([seed, epoch * len(self.bars)])

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        if self.config.model != "flow":
            self.model.beta.assign(self.config.beta)


class Patience(keras.callbacks.EarlyStopping):
    """Early stopping that remembers the validation losses from before the run was killed."""

    def __init__(self, patience: int, losses: Sequence[float]) -> None:
        super().__init__("val_loss", patience=patience)
        self.losses = losses

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        if self.losses:
            self.best = min(self.losses)
            self.wait = epochs_since_best(self.losses)


class TensorBoard(keras.callbacks.Callback):
    """Every epoch's measures for TensorBoard, named as Keras's own callback names them. That one
    writes through TensorFlow, which a run on JAX or PyTorch can do without."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.writers = {side: Writer(str(folder / side)) for side in ("train", "validation")}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        rate = keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)
        for name, value in ((logs or {}) | {"learning_rate": float(rate)}).items():
            side = "validation" if name.startswith("val_") else "train"
            self.writers[side].add_scalar(f"epoch_{name.removeprefix('val_')}", value, epoch)
        for writer in self.writers.values():
            writer.flush()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        for writer in self.writers.values():
            writer.close()


def epochs_since_best(losses: Sequence[float]) -> int:
    """How many epochs have passed since the one with the least loss."""
    return len(losses) - 1 - int(np.argmin(losses))
