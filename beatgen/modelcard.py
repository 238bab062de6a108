"""The model card beside exported weights: what they are, what they learned from, how well they hold
what they did not see, and what they cannot do."""

from __future__ import annotations

import datetime
import subprocess
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from beatgen.config import CONFIG, TrainConfig
from beatgen.dataset import Dataset
from beatgen.groove import STEPS
from beatgen.kit import NAMES
from beatgen.reconstruct import network, scores

DATA = (
    "Groove MIDI Dataset (GMD), J. Gillick, A. Roberts, J. Engel, D. Eck, D. Bamman: Learning to "
    "Groove with Inverse Sequence Transformations, ICML 2019. CC BY 4.0."
)
LIMITS = (
    "Single 4/4 bars on the 22 voices of a Roland TD-11, as ten drummers played them; rock and "
    "funk are most of the data. Other meters, percussion and electronic styles are unknown to it."
)
PLACES_ON_DISK = ("data", "run", "of", "start")  # what a card does not tell: paths


def model_card(config: TrainConfig, training: Dataset, validation: Dataset) -> dict[str, Any]:
    """The model card: what it is, what it learned from, and what it cannot do."""
    shape = asdict(config.bar if config.model == "bar" else config.report)
    return {
        "model": config.model,
        "config": shape,
        "threshold": 0.5,
        "steps": STEPS,
        "voices": list(NAMES),
        "training": training_told(config),
        "bars": {"train": len(training), "validation": len(validation)},
        "split": {
            "by": "file",
            **{
                name: len(np.unique(part.file_index))
                for name, part in (("train", training), ("validation", validation))
            },
        },
        "data": DATA,
        "license": "CC BY 4.0, as the data",
        "limits": LIMITS,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "version": version("beatgen"),
        "commit": _commit(),
    }


def fidelity(folder: str | Path, validation: Dataset) -> dict[str, float]:
    """How well the weights in a folder hold the validation bars, as `beatgen evaluate` has it."""
    told = network(folder, "").reconstruct(validation)
    found = scores(validation, told, np.arange(len(validation)))
    return {name: round(value, 3) for name, value in found.items() if np.isfinite(value)}


def training_told(config: TrainConfig) -> dict[str, Any]:
    """What a card tells of a training, and under "begun" of the one that it went on from."""
    told = {k: v for k, v in asdict(config).items() if k not in PLACES_ON_DISK}
    if config.start:
        told["begun"] = training_told(TrainConfig.load(Path(config.start) / CONFIG))
    return told


def _commit() -> str:
    """The code's version, as far as git knows it."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
