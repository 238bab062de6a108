"""A training run: one config, one folder, and weights at the end of it.

The folder `run` holds config.json, log.csv (a line per epoch), tensorboard/, backup/ (from which a
killed run goes on, at whatever moment it was), best.weights.h5 and, at the end, curves.html.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tensorboard.summary import Writer

from beatgen.data.dataset import load_dataset
from beatgen.errors import UNREADABLE, BeatGenError
from beatgen.files import whole, write_whole
from beatgen.groove import STEPS
from beatgen.latent.runtime import CARD, NETWORK, PRIOR_NETWORK
from beatgen.training.batches import Bars
from beatgen.training.config import ANOTHER, CONFIG, TrainConfig
from beatgen.training.convert import weights_in

BEST = "best.weights.h5"
LOG = "log.csv"
BACKUP = "backup"  # folder in a run
WEIGHTS = ".weights.h5"  # ends the names of files of weights, as Keras wants it
PRIOR = "prior"  # folder in a run of its own run of a flow
FLOW_RATE = 2e-3
WORTH_COMPILING = 500  # batches


def train(config: TrainConfig, verbose: int = 0) -> dict[str, list[float]]:
    """Train, or go on with a run that was killed; returns the history, a list per measure.

    Deterministic on a CPU: the same config gives the same weights on the same machine, compiled and
    with all its threads, too. Raises BeatGenError for a run folder that holds another config, or
    weights that do not fit it, and for a start that is not there.
    """
    if config.start == ANOTHER:
        raise BeatGenError(
            "this training went on from another; train that one first (--begun) and begin with its "
            "run (--start)."
        )
    dataset = load_dataset(config.data, STEPS)
    training, validation = dataset.split("train"), dataset.split("validation")
    run = Path(config.run)
    inputs, held_out = config.kind.inputs(config, training, validation)
    _check_claim(run, config)
    if (run / BEST).exists():
        load_run(run)  # or it cannot go on
    devices = _share_out(min(config.batch_size, len(inputs)), len(held_out))
    keras.utils.set_random_seed(config.seed)
    bars = Bars(inputs, training, config)
    model = compiled_model(config, len(bars))
    if config.start:
        _begin_with(model, config)
    _claim(run, config)  # now that nothing is left to be refused
    # An epoch that was logged and not yet backed up is trained again, and comes out the same.
    losses = read_history(run).get("val_loss", [])[: epochs_backed_up(run)]
    if losses and epochs_since_best(losses) >= config.patience:
        return read_history(run)  # it has stopped early before
    validated = config.kind.validation(held_out[: len(held_out) // devices * devices], config)
    callbacks: list[Any] = [
        EpochStart(config, bars),
        keras.callbacks.CSVLogger(str(run / LOG), append=True),
        Best(run / BEST, losses),
        Patience(config.patience, losses),
        TensorBoard(run / "tensorboard"),
        # Last, so that an epoch counts as done only when all of it is written.
        Backup(run),
    ]
    model.fit(
        bars,
        shuffle=False,  # the bars shuffle themselves; Keras would, from a state that no run keeps
        epochs=config.epochs,
        validation_data=(validated,),
        validation_batch_size=4 * config.batch_size,
        callbacks=callbacks,
        verbose=verbose,
    )
    history = read_history(run)
    _draw(history, run)
    return history


def build_model(config: TrainConfig) -> Any:
    """The untrained network of a config."""
    return config.kind.build(config)


def compiled_model(config: TrainConfig, steps_per_epoch: int) -> Any:
    steps = config.epochs * steps_per_epoch
    rate = WarmedUpCosine(config.learning_rate, min(config.warmup_steps, steps // 10), steps)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=config.weight_decay, clipnorm=1.0)
    optimizer.exclude_from_weight_decay(var_names=["bias", "position"])
    model = build_model(config)
    # Now, or TensorFlow would trace the first step twice: what it traces must not make variables.
    optimizer.build(model.trainable_variables)
    # On two cores an epoch takes a quarter of the time compiled by XLA, and compiling it a minute.
    # The other backends know themselves.
    long = keras.backend.backend() == "tensorflow" and steps >= WORTH_COMPILING
    model.compile(optimizer=optimizer, jit_compile=long or "auto")
    return model


def load_run(run: str | Path) -> tuple[Any, TrainConfig]:
    """The network of a run with its best weights. Raises BeatGenError where there are none, and
    where they are damaged or of another version's network."""
    config = TrainConfig.load(Path(run) / CONFIG)
    best = Path(run) / BEST
    if not best.exists():
        raise BeatGenError(f"{best}: no such file; train the run to its first epoch.")
    model = build_model(config)
    try:
        model.load_weights(best)
    except UNREADABLE as error:
        raise BeatGenError(
            f"{best}: damaged, or the weights of another version's network; train the run anew, in "
            "another folder."
        ) from error
    return model, config


def read_history(run: Path) -> dict[str, list[float]]:
    """The log of a run: measure -> its value after each epoch; nothing before the first."""
    if not (run / LOG).exists() or not (run / LOG).stat().st_size:
        return {}
    table = np.genfromtxt(run / LOG, delimiter=",", names=True, ndmin=1)
    # A run that was killed just before its backup has logged that epoch twice.
    _, once = np.unique(table["epoch"], return_index=True)
    names = [name for name in table.dtype.names or () if name != "epoch"]
    return {name: table[name][once].tolist() for name in names}


def epochs_recorded(run: Path) -> dict[str, int]:
    """How many epochs a run was trained, and which was the best, from 1; nothing before the
    first."""
    losses = read_history(run).get("val_loss")
    return {"trained": len(losses), "best": int(np.argmin(losses)) + 1} if losses else {}


def epochs_since_best(losses: Sequence[float]) -> int:
    """How many epochs have passed since the one with the least loss."""
    return len(losses) - 1 - int(np.argmin(losses))


def prior_config(of: TrainConfig, epochs: int, learning_rate: float | None = None) -> TrainConfig:
    """The run that learns the prior of another run, in a folder of that. Where that began with
    another run, or with exported weights, it begins with their prior, if they have one.
    learning_rate: FLOW_RATE, unless given. Raises BeatGenError for a kind of model without a prior.
    """
    if of.kind.prior is None:
        raise BeatGenError(f"no prior can be learned of a run of {of.model!r}.")
    return replace(
        of,
        model=of.kind.prior,
        of=of.run,
        start=_prior_of(of.start),
        run=str(Path(of.run) / PRIOR),
        epochs=epochs,
        learning_rate=FLOW_RATE if learning_rate is None else learning_rate,
    )


def sequence_config(config: TrainConfig, of: str, cell: str = "") -> TrainConfig:
    """The run that learns which bar follows, over the z of exported weights `of`, by their name or
    folder. cell: "gru" or "transformer", by default as the config says. Raises ModelError where
    there are no such weights, or where they are none of our model."""
    from beatgen.latent.vae import load_model
    from beatgen.networks.bar_vae import ModelConfig

    sequence = replace(config.sequence, cell=cell) if cell else config.sequence
    bar = ModelConfig(**load_model(of).card["config"])
    return replace(config, model="sequence", bar=bar, sequence=sequence, of=of)


class WarmedUpCosine(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate after each of `steps` steps: from a hundredth of `peak` straight up to it
    in `warmup` steps, then along a cosine down to a fiftieth.

    The numbers are those of Keras' CosineDecay with a warm-up. That one branches, and AdamW asks
    for the rate once for each of the weights: so many branches take long to trace and to compile.
    """

    def __init__(self, peak: float, warmup: int, steps: int) -> None:
        self.first, self.peak = np.float32(peak / 100), np.float32(peak)
        self.warmup = np.float32(warmup)
        self.falling = keras.optimizers.schedules.CosineDecay(
            peak, max(1, steps - warmup), alpha=0.02
        )

    def __call__(self, step: Any) -> Any:
        step = keras.ops.cast(step, "float32")
        rising = step / self.warmup * (self.peak - self.first) + self.first
        return keras.ops.where(step < self.warmup, rising, self.falling(step - self.warmup))


class EpochStart(keras.callbacks.Callback):
    """Sets beta, the epoch that the batches are drawn from, and the random generators: all follow
    from the number of the epoch alone, so that a run can be resumed. Validation always weighs the
    KL in full: under a smaller beta the first epochs would look like the best."""

    def __init__(self, config: TrainConfig, bars: Bars) -> None:
        super().__init__()
        self.config = config
        self.bars = bars

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if hasattr(self.model, "beta"):
            until = max(1.0, self.config.beta_warmup * self.config.epochs)
            self.model.beta.assign(self.config.beta * min(1.0, (epoch + 1) / until))
        self.bars.epoch = epoch
        for variable in self.model.variables:
            if variable.name == "seed_generator_state":  # seed and draws; no backup keeps it
                seed = int(keras.ops.convert_to_numpy(variable)[0])
                variable.assign([seed, epoch * len(self.bars)])

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        if hasattr(self.model, "beta"):
            self.model.beta.assign(self.config.beta)


class Best(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the least validation loss. Keras's own callback writes
    them over the last ones, so that a run that is killed just then has none."""

    def __init__(self, path: Path, losses: Sequence[float]) -> None:
        super().__init__()
        self.path = path
        self.least = min(losses, default=np.inf)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        loss = (logs or {})["val_loss"]
        if loss < self.least:
            self.least = loss
            with whole(self.path) as part:
                self.model.save_weights(part, overwrite=True)


class Backup(keras.callbacks.BackupAndRestore):
    """What a killed run goes on from: weights, the optimizer's state and the number of epochs in
    one file, which is there whole or not at all. Keras's own callback writes two, one after the
    other, over the last ones: a run that was killed in between counted an epoch less than it had
    trained."""

    def __init__(self, run: Path) -> None:
        super().__init__(str(run / BACKUP), delete_checkpoint=False)
        self.run = run

    def _load_model(self) -> None:
        epochs = epochs_backed_up(self.run)
        if not epochs:
            return
        if (own := _backup(self.run, epochs)).exists():
            self.model.load_weights(own)
            self.model._initial_epoch = epochs
        else:  # of a run that began with an earlier version
            super()._load_model()

    def _save_model(self) -> None:
        (self.run / BACKUP).mkdir(exist_ok=True)
        own = _backup(self.run, self._current_epoch)
        with whole(own) as part:
            self.model.save_weights(part, overwrite=True)
        for other in own.parent.iterdir():
            if other != own:
                other.unlink()


def epochs_backed_up(run: Path) -> int:
    """After how many epochs a run goes on that was killed."""
    names = [path.name.removesuffix(WEIGHTS) for path in (run / BACKUP).glob(f"*{WEIGHTS}")]
    found = [int(name) for name in names if name.isdecimal()]
    metadata = run / BACKUP / "training_metadata.json"  # of an earlier version
    if not found and metadata.exists():
        return int(json.loads(metadata.read_text(encoding="utf-8"))["epoch"])
    return max(found, default=0)


def _backup(run: Path, epochs: int) -> Path:
    return run / BACKUP / f"{epochs}{WEIGHTS}"


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


def _share_out(batch_size: int, held_out: int) -> int:
    """Let all devices share each batch, where JAX sees several; the other backends take one.

    Returns how many they are. Raises BeatGenError where a batch does not divide between them, and
    where they are more than the held-out bars.
    """
    devices = keras.distribution.list_devices() if keras.backend.backend() == "jax" else []
    if len(devices) < 2:
        return 1
    if batch_size % len(devices):
        raise BeatGenError(
            f"batches of {batch_size} bars do not divide between {len(devices)} devices; choose a "
            "multiple."
        )
    if held_out < len(devices):
        raise BeatGenError(
            f"{held_out} validation bars are too few for {len(devices)} devices; let JAX see fewer "
            "devices, or hold out more bars."
        )
    keras.distribution.set_distribution(
        keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False)
    )
    return len(devices)


def is_exported(start: str) -> bool:
    """Whether a training that is to begin there begins with exported weights, not with a run."""
    return bool(start) and (Path(start) / CARD).is_file()


def _prior_of(start: str) -> str:
    """Where the prior of a training begins that itself began at `start`; "" for nowhere."""
    if is_exported(start):
        return start if (Path(start) / PRIOR_NETWORK).is_file() else ""
    learned = Path(start) / PRIOR
    return str(learned) if start and (learned / BEST).is_file() else ""


def _begin_with(model: Any, config: TrainConfig) -> None:
    """Give the model the weights of a run, or exported ones. Raises BeatGenError where they are
    another network's."""
    start = config.start
    try:
        if is_exported(start):
            file = Path(start) / (PRIOR_NETWORK if config.of else NETWORK)
            exported = build_model(config)
            weights_in(file.read_bytes(), exported, config.kind)
            model.set_weights(exported.get_weights())
        else:
            model.set_weights(load_run(start)[0].get_weights())
    except FileNotFoundError as error:
        raise BeatGenError(f"{error.filename}: no such file; start from a run instead.") from None
    except (ValueError, *UNREADABLE) as error:
        raise BeatGenError(
            f"{start}: a network of another shape; expected one like that to be trained."
        ) from error


def _check_claim(run: Path, config: TrainConfig) -> None:
    """Raises BeatGenError where the folder is that of a run with another config."""
    path = run / CONFIG
    if path.exists() and _in_place(TrainConfig.load(path)) != _in_place(config):
        raise BeatGenError(
            f"{run}: holds a run with another config; give the same to go on with it, or "
            "another folder."
        )


def _in_place(config: TrainConfig) -> TrainConfig:
    """The config with its paths as the system has them, however they are written; without that of
    the run, which is where it lies."""
    written = {name: getattr(config, name) for name in ("data", "of", "start")}
    paths: dict[str, Any] = {name: str(Path(p).resolve()) for name, p in written.items() if p}
    return replace(config, run="", **paths)


def _claim(run: Path, config: TrainConfig) -> None:
    run.mkdir(parents=True, exist_ok=True)
    if not (run / CONFIG).exists():
        write_whole(run / CONFIG, json.dumps(asdict(config), indent=1))


def _draw(history: dict[str, list[float]], run: Path) -> None:
    from beatgen.plot.drums import draw_learning_curves

    write_whole(run / "curves.html", draw_learning_curves(history).to_html(include_plotlyjs=True))
