"""The verbs for researchers: files to datasets, training, and measuring."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beatgen.cli.verbs import (
    JSON,
    RESEARCHERS,
    SEED,
    Argument,
    Options,
    UsageError,
    arg,
    log,
    need,
    number,
    output,
    save_figure,
    verb,
)
from beatgen.errors import BeatGenError
from beatgen.training import load_keras
from beatgen.training.kinds import BARS, KINDS, OWN

if TYPE_CHECKING:
    from beatgen.evaluation.reconstruct import Network
    from beatgen.training.config import TrainConfig

verb = partial(verb, group=RESEARCHERS)

FOLDER = arg("folder", metavar="DIR", help="folder of MIDI files")
DATA = arg("data", metavar="DATA.npz", help="dataset that `beatgen prepare` wrote")
RUN = arg("-o", "--output", required=True, metavar="RUN", help="folder of the run")
TRAINING = (
    number("--epochs", int, None, "how often the network sees all bars"),
    number("--batch-size", int, None, "bars per batch"),
    number("--learning-rate", float, None, "learning rate at its peak"),
    number("--beta", float, None, "weight of the KL divergence in the loss"),
    (SEED[0], SEED[1] | {"default": None}),  # None: as the config says, or 0
)


def _model(names: Sequence[str]) -> Argument:
    """The option --model with the kinds of these names."""
    about = ", or ".join(KINDS[name].about for name in names)
    return arg("--model", choices=names, help=f"{about} (default ours)")


NETWORK = (_model(BARS), *TRAINING)


@verb(FOLDER, JSON, output("draw the statistics, too (.html)", "OUT.html", required=False))
def stats(options: Options) -> None:
    """Count what is in a folder of MIDI files."""
    from beatgen.data.stats import folder_stats

    found = folder_stats(options.folder, progress=True)
    for sentence in found.left_out:
        log(f"left out {sentence}")
    print(json.dumps(found.as_dict()) if options.json else found)
    if options.output:
        from beatgen.plot.drums import draw_stats

        save_figure(draw_stats(found, title=found.folder), options.output)


@verb(
    FOLDER,
    output("dataset to write", "DATA.npz"),
    number("--steps", int, 64, "steps per bar"),
    SEED,
)
def prepare(options: Options) -> None:
    """Read a folder of MIDI files into one dataset for training."""
    from beatgen.data.dataset import SPLITS, prepare

    dataset = prepare(
        options.folder, options.output, steps=options.steps, seed=options.seed, progress=True
    )
    for sentence in dataset.left_out:
        log(f"left out {sentence}")
    splits = dataset.splits[dataset.file_index].tolist()
    counts = ", ".join(f"{splits.count(name)} {name}" for name in SPLITS if name in splits)
    print(f"{options.output}: {len(dataset)} bars ({counts})")


@verb(arg("folder", metavar="DIR", help="folder to make"))
def download_groove(options: Options) -> None:
    """Fetch the Groove MIDI Dataset (3 MB, CC BY 4.0) into a new folder."""
    from beatgen.data.download import download_groove

    print(download_groove(options.folder, progress=True))


@verb(
    arg(
        "data",
        metavar="DATA.npz",
        nargs="?",
        default="",
        help="dataset that `beatgen prepare` wrote",
    ),
    arg(
        "-o",
        "--output",
        default="",
        metavar="RUN",
        help="folder of the run; an old one goes on",
    ),
    _model(OWN),
    *TRAINING,
    number("--latent-dim", int, None, "dimensions of the latent space"),
    arg("--config", metavar="FILE.json", help="train as a run's config.json or a model card says"),
    arg(
        "--begun",
        action="count",
        default=0,
        help="train what the card's training started from (given twice: what that started from)",
    ),
    arg("--start", metavar="RUN", help="start from a run's best weights, or exported ones"),
    arg(
        "--of",
        default="bar",
        metavar="NAME",
        help="with --model sequence: the weights whose z it learns, shipped ones by name, or a "
        "folder (default bar)",
    ),
    arg(
        "--cell",
        choices=("transformer", "gru"),
        help="with --model sequence: what reads the bars before (default transformer)",
    ),
    number("--prior-epochs", int, 0, "then train a prior on our network's z for so many epochs"),
    number("--prior-learning-rate", float, None, "learning rate of the prior at its peak"),
    arg("--export", metavar="DIR", help="folder for the weights that play, written when done"),
    arg("--summary", action="store_true", help="print the network and do not train"),
)
def train(options: Options) -> None:
    """Train a network on a dataset; a run that was stopped goes on."""
    if not (options.summary or (options.data and options.output)):
        raise UsageError("train needs DATA and -o RUN.")
    load_keras()
    from beatgen.training.train import build_model, prior_config, sequence_config, train

    config = _train_config(options)
    beside = config.kind.beside
    if beside and beside.of_z:
        config = sequence_config(config, options.of, options.cell or "")
    elif options.cell:
        raise UsageError("--cell is for --model sequence alone.")
    if options.summary:
        build_model(config).summary(expand_nested=True)
        return
    # What is refused is refused before hours of training, not behind them.
    if options.prior_epochs and config.kind.prior is None:
        raise UsageError("--prior-epochs is for our network alone.")
    how = options.prior_epochs, options.prior_learning_rate
    prior = prior_config(config, *how) if options.prior_epochs else None
    if options.export:
        from beatgen.training.export import export, need_tensorflow

        need_tensorflow()
    with redirect_stdout(sys.stderr):
        history = train(config, verbose=2)
        if prior:
            train(prior, verbose=2)
        if options.export:
            export(options.output, options.export)
    best = min(history["val_loss"])
    print(f"{options.output}: validation loss {best:.3f} after {len(history['val_loss'])} epochs")


@verb(
    arg("run", metavar="RUN", help="folder of a run, trained on any backend"),
    arg("-o", "--output", required=True, metavar="DIR", help="folder for the weights"),
)
def export(options: Options) -> None:
    """Write a run's weights as they play, with their model card."""
    load_keras()
    from beatgen.training.export import export

    with redirect_stdout(sys.stderr):
        card = export(options.run, options.output)
    named = {name: card["measures"].get(name) for name in ("sse", "hit_f1", "f1", "velocity")}
    named["sequence, nats"] = card.get("sequence", {}).get("nats")
    measures = ", ".join(
        f"{name} {value:.3f}" for name, value in named.items() if value is not None
    )
    print(f"{options.output}: {measures} on validation bars")


@verb(
    DATA,
    RUN,
    *NETWORK,
    arg(
        "--dims",
        type=int,
        nargs="+",
        default=[2, 4, 8, 16, 32, 64],
        metavar="N",
        help="latent dimensions to try (default 2 4 8 16 32 64)",
    ),
)
def sweep(options: Options) -> None:
    """Train with several latent dimensions and draw the loss of each."""
    load_keras()
    from beatgen.training.experiments import sweep

    with redirect_stdout(sys.stderr):
        rows = sweep(_train_config(options), options.dims, log)
    for row in rows:
        print(f"{row['latent_dim']:4d}  {row['val_loss']:.3f}")


@verb(
    DATA,
    RUN,
    *TRAINING,
    arg("--seeds", type=int, default=1, metavar="N", help="how many, from --seed on (default 1)"),
)
def ablate(options: Options) -> None:
    """Train a small network without each augmentation, and compare.

    Eight epochs each, unless --epochs says otherwise."""
    load_keras()
    from beatgen.training.experiments import EPOCHS, SMALL, ablate

    epochs = EPOCHS if options.epochs is None else options.epochs
    config = replace(_train_config(options), bar=SMALL, epochs=epochs)
    with redirect_stdout(sys.stderr):
        table = ablate(config, options.seeds, log)
    print(table.as_markdown())


def _parts() -> str:
    from beatgen.evaluation.evaluate import MEASURES

    measures = "; ".join(f"{measure.name}: {measure.about}" for measure in MEASURES)
    return f"what else is measured of the networks (default all, none for no name): {measures}"


@verb(
    arg("data", metavar="DATA", help="folder of the Groove MIDI Dataset, or a dataset (.npz)"),
    arg(
        "--models",
        nargs="+",
        metavar="MODEL",
        help="shipped weights or baselines by name (silence, nearest, pca-16 ...; default all), "
        "folders of exported weights, or training runs, which are exported first",
    ),
    arg(
        "--split",
        choices=("train", "validation", "test"),
        default="validation",
        help="default validation",
    ),
    arg("-o", "--output", metavar="DIR", help="folder for the tables and figures"),
    arg(
        "--parts",
        nargs="*",
        metavar="PART",
        help=_parts,
    ),
    number("--effort", float, 1.0, "share of the draws, pairs and trees for --parts, 0 to 1"),
    JSON,
)
def evaluate(options: Options) -> None:
    """Measure models and baselines on held-out bars, and what the models generate."""
    need("evaluate", "sklearn")
    from beatgen.evaluation.evaluate import MODELS, PARTS, evaluate, measures

    parts = PARTS if options.parts is None else options.parts
    try:
        measures(parts)
    except BeatGenError as error:
        raise UsageError(str(error)) from None
    with redirect_stdout(sys.stderr):
        found = evaluate(
            options.data,
            options.split,
            [_exported(model) for model in options.models or MODELS],
            options.output,
            log,
            parts,
            options.effort,
        )
    print(json.dumps(found.as_dict()) if options.json else found.as_markdown())


def _exported(model: str) -> str | Network:
    """A model as `evaluate` takes it: the best weights of a training run are exported first."""
    from beatgen.evaluation.evaluate import is_run
    from beatgen.evaluation.reconstruct import network

    if not is_run(model):
        return model
    load_keras()
    from beatgen.training.export import export

    with tempfile.TemporaryDirectory() as folder:
        export(model, folder)
        return network(folder, Path(model).name)


def _train_config(options: Options) -> TrainConfig:
    """The --config, or the defaults of training, and what the command line says otherwise."""
    from beatgen.training.config import TrainConfig, with_latent_dim

    path, begun = getattr(options, "config", None), getattr(options, "begun", 0)
    if begun and not path:
        raise UsageError("--begun needs --config with a model card.")
    config = TrainConfig.load(Path(path), begun) if path else TrainConfig("", "")
    names = ("model", "start", "epochs", "batch_size", "learning_rate", "beta", "seed")
    given = {name: getattr(options, name, None) for name in names}
    how: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    config = replace(config, data=options.data, run=options.output, **how)
    dim = getattr(options, "latent_dim", None)
    return config if dim is None else with_latent_dim(config, dim)
