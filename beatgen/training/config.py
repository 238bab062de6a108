"""What decides a training run, and is saved with it."""

from __future__ import annotations

import math
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from beatgen.data.augment import Augmentation
from beatgen.errors import BeatGenError, check_fields, shown
from beatgen.networks.bar_vae import ModelConfig
from beatgen.networks.drumify import DrumifyConfig
from beatgen.networks.flow import FlowConfig
from beatgen.networks.report_2020 import ReportConfig
from beatgen.networks.sequence import SequenceConfig
from beatgen.stored import read_json
from beatgen.training.kinds import KINDS, Kind

CONFIG = "config.json"
ANOTHER = "another training"  # start of a card's training: there was one, but not on this disk
TOLERANCES = (0.001, 1)  # errors are divided by them


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a run. model: "bar" (ours), "report" (the 2020 report's), "drumify"
    (from a tapped rhythm to drums), "flow", the prior of a finished run `of` a bar model, or
    "sequence", which bar follows, over the z of exported weights `of`. start: a run whose best
    weights are where this one begins, a folder of exported weights, or ANOTHER, which cannot be
    trained.

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
    sequence: SequenceConfig = field(default_factory=SequenceConfig)
    drumify: DrumifyConfig = field(default_factory=DrumifyConfig)
    of: str = ""
    start: str = ""
    augmentation: Augmentation = field(default_factory=Augmentation)
    ease: float = 0.5
    beta: float = 0.15
    beta_warmup: float = 0.1
    velocity_tolerance: float = 0.06
    timing_tolerance: float = 0.12
    expected_weight: float = 0.0
    epochs: int = 70
    batch_size: int = 128
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.01
    warmup_steps: int = 200
    patience: int = 15
    seed: int = 0

    def __post_init__(self) -> None:
        check_fields(
            self,
            ease=(0, 1),
            beta_warmup=(0, 1),
            velocity_tolerance=TOLERANCES,
            timing_tolerance=TOLERANCES,
            warmup_steps=(0, math.inf),
            seed=(0, 2**32 - 1),
        )
        if self.model not in KINDS:
            raise BeatGenError(f"model is {shown(self.model)}; expected one of {', '.join(KINDS)}.")

    @property
    def kind(self) -> Kind:
        return KINDS[self.model]

    @property
    def shape(self) -> Any:
        """What decides the shape of the network that is trained, such as a `ModelConfig`."""
        return getattr(self, self.model)

    @classmethod
    def load(cls, path: Path, begun: int = 0) -> TrainConfig:
        """Read a run's config.json, or the training that a model card records (which names no
        data and no run). What an older file does not have keeps its default.

        begun: 1 is the training that the card's went on from, 2 the one before that. Raises
        BeatGenError, naming the file, for what is damaged or can be no training."""
        where = str(path)
        try:
            stored = read_json(path)
            values = (
                {"data": "", "run": ""} | stored["training"] if "training" in stored else stored
            )
            for _ in range(begun):
                if not values.get("begun"):
                    raise BeatGenError("records no training that this one went on from.")
                values = {"data": "", "run": ""} | values["begun"]
            if "begun" in values:
                values["start"] = ANOTHER
            for name in ("begun", "trained", "best"):  # facts about a training, not what decides it
                values.pop(name, None)
            for name, part in PARTS.items():
                where = f"{path}, {name}"
                values[name] = part(**values.get(name, {}))
            where = str(path)
            return cls(**values)
        except FileNotFoundError:
            raise BeatGenError(f"{path}: no such file; is {path.parent} a training run?") from None
        except BeatGenError as error:
            raise BeatGenError(f"{where}: {error}") from None
        except (ValueError, TypeError, AttributeError) as error:
            raise BeatGenError(f"{path}: not the config of a training run ({error}).") from error


# The fields of a TrainConfig that are configs of their own
PARTS = {f.name: f.default_factory for f in fields(TrainConfig) if f.default_factory is not MISSING}


def with_latent_dim(config: TrainConfig, dim: int) -> TrainConfig:
    """The same training with so many latent dimensions. Raises BeatGenError for too few, and for a
    prior, which has those of the network that it is for."""
    if config.kind.export is None:
        raise BeatGenError(f"{config.model} has the dimensions of the run that it is for.")
    return replace(config, **{config.model: config.shape.squeezed(dim)})
