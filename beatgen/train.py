"""A training run: one config, one folder, and weights at the end of it.

The folder `run` holds config.json, log.csv (a line per epoch), tensorboard/, backup/ (from which a
killed run goes on), best.weights.h5 and, at the end, curves.html.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from beatgen.augment import Augmentation, augmented
from beatgen.dataset import Dataset, load_dataset
from beatgen.errors import BeatGenError
from beatgen.model import BarVAE, ModelConfig
from beatgen.report import ReportConfig, ReportVAE
from beatgen.strikes import to_strikes

BEST = "best.weights.h5"
LOG = "log.csv"
CONFIG = "config.json"


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a run. model: "bar" (ours) or "report" (the 2020 report's).

    beta: weight of the KL, reached after `beta_warmup` of all epochs. learning_rate: the peak,
    after `warmup_steps`; it falls to a fiftieth along a cosine. patience: epochs without a better
    validation loss before the run stops.
    """

    data: str
    run: str
    model: str = "bar"
    bar: ModelConfig = field(default_factory=ModelConfig)
    report: ReportConfig = field(default_factory=ReportConfig)
    augmentation: Augmentation = field(default_factory=Augmentation)
    beta: float = 0.15
    beta_warmup: float = 0.1
    epochs: int = 40
    batch_size: int = 128
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.01
    warmup_steps: int = 200
    patience: int = 15
    seed: int = 0

    @property
    def latent_dim(self) -> int:
        return self.bar.latent_dim if self.model == "bar" else self.report.latent_dim

    @classmethod
    def load(cls, path: Path) -> TrainConfig:
        """Read a run's config.json."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            parts = {"bar": ModelConfig, "report": ReportConfig, "augmentation": Augmentation}
            for name, part in parts.items():
                stored[name] = part(**stored[name])
            return cls(**stored)
        except FileNotFoundError:
            raise BeatGenError(f"{path}: no such file; is {path.parent} a training run?") from None
        except (ValueError, TypeError, KeyError) as error:
            raise BeatGenError(f"{path}: not the config of a training run ({error}).") from error


def train(config: TrainConfig, verbose: int = 0) -> dict[str, list[float]]:
    """Train, or go on with a run that was killed; returns the history, a list per measure.

    Deterministic on a CPU: the same config gives the same weights. Raises BeatGenError for an
    unknown model and for a run folder that holds another config.
    """
    if config.model not in ("bar", "report"):
        raise BeatGenError(f"model is {config.model!r}; expected 'bar' or 'report'.")
    dataset = load_dataset(config.data)
    training, validation = dataset.split("train"), dataset.split("validation")
    run = Path(config.run)
    _claim(run, config)
    keras.utils.set_random_seed(config.seed)
    bars = Bars(training, config)
    model = compiled_model(config, len(bars))
    held_out = model_input(validation, config)
    losses = read_history(run)["val_loss"] if (run / LOG).exists() else []
    if losses and _epochs_since_best(losses) >= config.patience:
        return read_history(run)  # it has stopped early before
    callbacks: list[Any] = [
        EpochStart(config, bars),
        keras.callbacks.CSVLogger(str(run / LOG), append=True),
        keras.callbacks.ModelCheckpoint(
            str(run / BEST),
            monitor="val_loss",
            save_best_only=True,
            save_weights_only=True,
            initial_value_threshold=min(losses, default=None),
        ),
        Patience(config.patience, losses),
        # Last, so that an epoch counts as done only when all of it is written.
        keras.callbacks.BackupAndRestore(str(run / "backup"), delete_checkpoint=False),
    ]
    if keras.backend.backend() == "tensorflow":  # its writer is TensorFlow's own
        callbacks.append(keras.callbacks.TensorBoard(str(run / "tensorboard"), write_graph=False))
    model.fit(
        bars,
        shuffle=False,  # the bars shuffle themselves; Keras would, from a state that no run keeps
        epochs=config.epochs,
        validation_data=(held_out,),
        validation_batch_size=4 * config.batch_size,
        callbacks=callbacks,
        verbose=verbose,
    )
    history = read_history(run)
    _draw(history, run)
    return history


def sweep(
    config: TrainConfig, latent_dims: Sequence[int], told: Callable[[str], None] = lambda _: None
) -> list[dict[str, float]]:
    """Train the same model with several latent dimensions (the report's Fig. 2).

    Returns, and writes to sweep.json in the run folder, a row for each: latent_dim, the lowest
    val_loss, the epoch it was reached in, and the measures of that epoch. The rows are drawn in
    sweep.html. `told` is called with a line after each run.
    """
    rows: list[dict[str, float]] = []
    for dim in latent_dims:
        history = train(_with_latent_dim(config, dim))
        best = int(np.argmin(history["val_loss"]))
        row = {"latent_dim": dim, "epoch": best + 1}
        rows.append(row | {name: values[best] for name, values in history.items()})
        told(f"{dim} latent dimensions: validation loss {rows[-1]['val_loss']:.3f}")
    root = Path(config.run)
    (root / "sweep.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    from beatgen.figure import draw_sweep

    draw_sweep(rows).write_html(root / "sweep.html", include_plotlyjs=True)
    return rows


class Bars(keras.utils.PyDataset):
    """Training batches. Each is drawn from (seed, epoch, batch), so that a resumed run sees what
    an unbroken one would have seen."""

    def __init__(self, dataset: Dataset, config: TrainConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.inputs = model_input(dataset, config)
        self.epoch = 0

    def __len__(self) -> int:
        return math.ceil(len(self.inputs) / self.config.batch_size)

    def __getitem__(self, batch: int) -> tuple[np.ndarray]:
        c = self.config
        order = np.random.default_rng((c.seed, self.epoch)).permutation(len(self.inputs))
        chosen = order[batch * c.batch_size : (batch + 1) * c.batch_size]
        if c.model == "report":
            return (self.inputs[chosen],)
        rng = np.random.default_rng((c.seed, self.epoch, batch))
        return (augmented(self.inputs, chosen, c.augmentation, rng),)


class EpochStart(keras.callbacks.Callback):
    """Sets beta, the epoch that the batches are drawn from, and the random generators: all follow
    from the number of the epoch alone, so that a run can be resumed. Validation always weighs the
    KL in full: under a smaller beta the first epochs would look like the best."""

    def __init__(self, config: TrainConfig, bars: Bars) -> None:
        super().__init__()
        self.config = config
        self.bars = bars

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        until = max(1.0, self.config.beta_warmup * self.config.epochs)
        self.model.beta.assign(self.config.beta * min(1.0, (epoch + 1) / until))
        self.bars.epoch = epoch
        for variable in self.model.variables:
            if variable.name == "seed_generator_state":  # seed and draws; no backup keeps it
                seed = int(keras.ops.convert_to_numpy(variable)[0])
                variable.assign([seed, epoch * len(self.bars)])

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
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
            self.wait = _epochs_since_best(self.losses)


def model_input(dataset: Dataset, config: TrainConfig) -> np.ndarray:
    """What the network takes: strikes (bars, 16, 22, 4, 2), or for the report's the velocities
    (bars, 64, 22); float32."""
    velocity = dataset.velocity / np.float32(127)
    if config.model == "report":
        return velocity
    strikes = to_strikes(velocity, dataset.timing)
    return np.stack([strikes.velocity, strikes.timing], -1)


def build_model(config: TrainConfig) -> BarVAE | ReportVAE:
    """The untrained network of a config."""
    if config.model == "report":
        return ReportVAE(config.report, beta=config.beta, seed=config.seed)
    return BarVAE(config.bar, beta=config.beta, seed=config.seed)


def compiled_model(config: TrainConfig, steps_per_epoch: int) -> BarVAE | ReportVAE:
    steps = config.epochs * steps_per_epoch
    warmup = min(config.warmup_steps, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        config.learning_rate / 100,
        max(1, steps - warmup),
        alpha=0.02,
        warmup_target=config.learning_rate,
        warmup_steps=warmup,
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=config.weight_decay, clipnorm=1.0)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta", "position"])
    model = build_model(config)
    model.compile(optimizer=optimizer)
    return model


def load_run(run: str | Path) -> tuple[BarVAE | ReportVAE, TrainConfig]:
    """The network of a run with its best weights. Raises BeatGenError where there are none."""
    root = Path(run)
    config = TrainConfig.load(root / CONFIG)
    if not (root / BEST).exists():
        raise BeatGenError(f"{root / BEST}: no such file; train the run to its first epoch.")
    model = build_model(config)
    model.load_weights(root / BEST)
    return model, config


def read_history(run: Path) -> dict[str, list[float]]:
    """The log of a run: measure -> its value after each epoch."""
    table = np.genfromtxt(run / LOG, delimiter=",", names=True, ndmin=1)
    # A run that was killed just before its backup has logged that epoch twice.
    _, once = np.unique(table["epoch"], return_index=True)
    names = [name for name in table.dtype.names or () if name != "epoch"]
    return {name: table[name][once].tolist() for name in names}


def _epochs_since_best(losses: Sequence[float]) -> int:
    return len(losses) - 1 - int(np.argmin(losses))


def _claim(run: Path, config: TrainConfig) -> None:
    """Make the run's folder, or see that it belongs to this very config."""
    path = run / CONFIG
    if path.exists():
        if TrainConfig.load(path) != config:
            raise BeatGenError(
                f"{run}: holds a run with another config; give the same to go on with it, or "
                "another folder."
            )
        return
    run.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(config), indent=1), encoding="utf-8")


def _with_latent_dim(config: TrainConfig, dim: int) -> TrainConfig:
    run = str(Path(config.run) / f"latent-{dim}")
    if config.model == "report":
        return replace(config, run=run, report=replace(config.report, latent_dim=dim))
    return replace(config, run=run, bar=config.bar.squeezed(dim))


def _draw(history: dict[str, list[float]], run: Path) -> None:
    from beatgen.figure import draw_learning_curves

    draw_learning_curves(history).write_html(run / "curves.html", include_plotlyjs=True)
