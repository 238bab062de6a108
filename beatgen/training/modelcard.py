"""The model card beside exported weights: what they are, what they learned from, how well they hold
what they did not see, and what they cannot do."""

from __future__ import annotations

import datetime
import re
import subprocess
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from beatgen.data.dataset import UNKNOWN, Dataset
from beatgen.errors import UNREADABLE, BeatGenError
from beatgen.evaluation.reconstruct import network, scores
from beatgen.groove import STEPS
from beatgen.kit import NAMES
from beatgen.latent.runtime import CARD
from beatgen.stored import read_json
from beatgen.training.config import CONFIG, TrainConfig
from beatgen.training.train import epochs_recorded, is_exported

GMD_FILE = re.compile(r"drummer\d+/.+_(beat|fill)_\d+-\d+\.midi?")
GMD = (
    "Groove MIDI Dataset (GMD), J. Gillick, A. Roberts, J. Engel, D. Eck, D. Bamman: Learning to "
    "Groove with Inverse Sequence Transformations, ICML 2019. CC BY 4.0."
)
OFTEN = 3  # styles that are named
PLACES_ON_DISK = ("data", "run", "of", "start")  # paths, which a card leaves out


def model_card(config: TrainConfig, training: Dataset, validation: Dataset) -> dict[str, Any]:
    """The model card: what it is, what it learned from, and what it cannot do."""
    return {
        "model": config.model,
        "config": asdict(config.shape),
        "threshold": 0.5,
        "steps": STEPS,
        "voices": list(NAMES),
        "training": training_recorded(config),
        "bars": {"train": len(training), "validation": len(validation)},
        "split": {
            "by": "file, those that hold 4/4 bars",
            **{
                name: len(np.unique(part.file_index))
                for name, part in (("train", training), ("validation", validation))
            },
        },
        **data_recorded(training, validation, config.augmentation.program > 0),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "version": version("beatgen"),
        "commit": _commit(),
    }


def fidelity(folder: str | Path, validation: Dataset) -> dict[str, float]:
    """How well the weights in a folder hold the validation bars, as `beatgen evaluate` has it."""
    reconstruction = network(folder, "").reconstruct(validation)
    found = scores(validation, reconstruction, np.arange(len(validation)))
    return {name: round(value, 3) for name, value in found.items() if np.isfinite(value)}


def data_recorded(
    training: Dataset, validation: Dataset, programmed: bool = False
) -> dict[str, str]:
    """Data, licence and limits; programmed: whether some bars were made programmed ones. GMD is
    known by the names of its files and by its table, without which no file has a style."""
    index = np.unique(np.concatenate([training.file_index, validation.file_index]))
    others = " and percussion" if programmed else ", percussion and drum machines"
    files, limits = training.files[index], "Single 4/4 bars on the 22 voices of a Roland TD-11"
    if UNKNOWN not in training.styles[index] and all(map(GMD_FILE.fullmatch, files)):
        drummers = {name.split("/")[0] for name in training.files[np.unique(training.file_index)]}
        return {
            "data": GMD,
            "license": "CC BY 4.0, as the data",
            "limits": f"{limits}, as {len(drummers)} of GMD's drummers played them, most often "
            f"{_styles(training)}. Other meters{others} are unknown to it.",
        }
    return {
        "data": f"Data of your own: {len(files)} files that hold 4/4 bars.",
        "license": "That of the data; not known to beatgen.",
        "limits": f"{limits}, as these files hold them. Other meters and percussion are unknown "
        "to it.",
    }


def training_recorded(config: TrainConfig) -> dict[str, Any]:
    """What a card records of a training, and under "begun" of the one that it went on from."""
    recorded = {k: v for k, v in asdict(config).items() if k not in PLACES_ON_DISK}
    if config.start:
        recorded["begun"] = _begun(Path(config.start))
    return recorded


def _begun(run: Path) -> dict[str, Any] | None:
    """The training of a run, or of exported weights, that another went on from, with its epochs: it
    may have stopped early. None where it has gone since: the weights that came of it can be
    exported all the same."""
    try:
        if is_exported(str(run)):
            card = read_json(run / CARD)
            return card["training"] | card["epochs"]
        return training_recorded(TrainConfig.load(run / CONFIG)) | epochs_recorded(run)
    except (BeatGenError, *UNREADABLE):
        return None


def _styles(dataset: Dataset) -> str:
    """The most frequent styles and their shares of the bars."""
    styles = np.char.partition(dataset.styles, "/")[:, 0][dataset.file_index]
    names, counts = np.unique(styles, return_counts=True)
    often = np.argsort(-counts, kind="stable")[:OFTEN]
    return ", ".join(f"{names[i]} ({counts[i] / len(dataset):.0%})" for i in often)


def _commit() -> str:
    """The code's version, as git knows it where this is a checkout; that of a repository that
    merely encloses an installed package is another one's."""
    checkout = Path(__file__).resolve().parents[2]
    top = _git(checkout, "rev-parse", "--show-toplevel")
    own = top and Path(top).resolve() == checkout
    return (own and _git(checkout, "describe", "--always", "--dirty")) or "unknown"


def _git(folder: Path, *command: str) -> str:
    """What git says there; nothing where there is no git, or no repository."""
    try:
        return subprocess.run(
            ["git", *command], cwd=folder, capture_output=True, text=True, check=False
        ).stdout.strip()
    except OSError:
        return ""
