"""What decides a training run, and is saved with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from beatgen.augment import Augmentation
from beatgen.errors import BeatGenError
from beatgen.flow import FlowConfig
from beatgen.model import ModelConfig
from beatgen.report import ReportConfig

MODELS = ("bar", "report", "flow")
CONFIG = "config.json"


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a run. model: "bar" (ours), "report" (the 2020 report's), or "flow",
    the prior of a finished run `of` a bar model. start: a run whose best weights are where this
    one begins.

    ease: what is left, in the last epoch, of mixing and hiding; it is all for half of the epochs
    and falls along a line then: the network learns to guess, and at last bars as they are played.
    beta: weight of the KL, reached after `beta_warmup` of all epochs. velocity_tolerance (of the
    range) and timing_tolerance (in steps): errors of our network far below them cost next to
    nothing. expected_weight: of the squared error of our network's expected velocity, the report's
    loss, beside our own. learning_rate: the peak, after `warmup_steps`; it falls to a fiftieth
    along a cosine. patience: epochs without a better validation loss before the run stops.
    """

    data: str
    run: str
    model: str = "bar"
    bar: ModelConfig = field(default_factory=ModelConfig)
    report: ReportConfig = field(default_factory=ReportConfig)
    flow: FlowConfig = field(default_factory=FlowConfig)
    of: str = ""
    start: str = ""
    augmentation: Augmentation = field(default_factory=Augmentation)
    ease: float = 0.3
    beta: float = 0.15
    beta_warmup: float = 0.1
    velocity_tolerance: float = 0.06
    timing_tolerance: float = 0.12
    expected_weight: float = 0.0
    epochs: int = 50
    batch_size: int = 128
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.01
    warmup_steps: int = 200
    patience: int = 15
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise BeatGenError(f"{name} is {getattr(self, name)}; expected 1 or more.")
        if not 0 <= self.seed < 2**32:
            raise BeatGenError(f"seed is {self.seed}; expected 0 to {2**32 - 1}.")
        for name in ("learning_rate", "beta", "expected_weight", "ease"):
            if not getattr(self, name) >= 0:  # true for NaN, too
                raise BeatGenError(f"{name} is {getattr(self, name)}; expected 0 or more.")

    @property
    def latent_dim(self) -> int:
        return self.bar.latent_dim if self.model == "bar" else self.report.latent_dim

    @classmethod
    def load(cls, path: Path) -> TrainConfig:
        """Read a run's config.json, or the training that a model card tells of (which names no
        data and no run). What an older file does not tell of is as it is by default."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            stored = (
                {"data": "", "run": ""} | stored["training"] if "training" in stored else stored
            )
            stored.pop("begun", None)
            parts = {
                "bar": ModelConfig,
                "report": ReportConfig,
                "flow": FlowConfig,
                "augmentation": Augmentation,
            }
            for name, part in parts.items():
                stored[name] = part(**stored.get(name, {}))
            return cls(**stored)
        except FileNotFoundError:
            raise BeatGenError(f"{path}: no such file; is {path.parent} a training run?") from None
        except (ValueError, TypeError, AttributeError) as error:
            raise BeatGenError(f"{path}: not the config of a training run ({error}).") from error


def with_latent_dim(config: TrainConfig, dim: int) -> TrainConfig:
    """The same training with so many latent dimensions. Raises BeatGenError for too few."""
    if config.model == "report":
        return replace(config, report=replace(config.report, latent_dim=dim))
    if dim < 2:
        raise BeatGenError(f"latent_dim is {dim}; expected 2 or more, for pattern and feel.")
    return replace(config, bar=config.bar.squeezed(dim))
