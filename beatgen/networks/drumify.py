"""Drumify: from a tapped rhythm to the drums that go with it.

    tap of a bar, and of those before and after (16, 9) --+
    style, tempo -----------------------------------------+--> blocks --> classes, voices, feel

For each sixteenth the network hears what is tapped there, in the bar before and after, too: whether
anything is, how loud, and where inside the sixteenth. It answers for each of the nine classes how
likely it is struck, with which voice, how loud, and how far from its line.

Only `keras.ops` is used: TensorFlow, JAX and PyTorch train it alike.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from beatgen.bars.strikes import N_VOICES
from beatgen.groove import SIXTEENTHS
from beatgen.kit import CLASS_OF_VOICE, CLASSES
from beatgen.networks.transformer import Trunk, check_trunk, rows

N_CLASSES = len(CLASSES)
TAP_FEATURES = 3 * 3  # struck, velocity and offset, of this bar, the one before and the one after
# What an error of 1 costs in nats: of velocity, of the whole range; of the offset, a sixteenth
VELOCITY_WEIGHT, OFFSET_WEIGHT = 6.0, 10.0
VOICE_WEIGHT = 0.3
MEMBERS = np.equal.outer(CLASS_OF_VOICE, np.arange(N_CLASSES)).astype(np.float32)  # (22, 9)
TRACKED = ("hits", "velocity_error", "offset_error", "hit_f1")
GMD_STYLES = (  # as the Groove MIDI Dataset spells them, the most frequent first
    *("rock", "latin", "jazz", "funk", "hiphop", "afrocuban", "afrobeat", "neworleans", "dance"),
    *("soul", "reggae", "country", "punk", "pop", "middleeastern", "blues", "highlife", "gospel"),
)


@dataclass(frozen=True)
class DrumifyConfig:
    """The network's shape. styles: names of the styles that it can be asked for, as the data set
    spells them. plain: share of the training bars that are tapped as they were played; of the
    others strokes are left out (`beatgen.data.tapping`)."""

    width: int = 96
    blocks: int = 3
    heads: int = 4
    dropout: float = 0.2
    styles: tuple[str, ...] = GMD_STYLES
    plain: float = 0.5

    def __post_init__(self) -> None:
        check_trunk(self)
        object.__setattr__(self, "styles", tuple(self.styles))


class Drumify(keras.Model):
    """Input: a dict of float32 arrays, "tap" (batch, 16, 9), and "about" (batch, styles + 1): one
    of the styles, or none, and the tempo; and what is learned: "struck", "velocity", "offset"
    (batch, 16, 9) and "voice" (batch, 16, 22), 1 for the loudest voice of each class.

    Loss: in nats per bar the binary cross-entropy of the hits and the cross-entropy of their
    voices, and the absolute errors of velocity and offset at true hits.
    """

    def __init__(self, config: DrumifyConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.about = layers.Dense(config.width // 2)
        self.trunk = Trunk(config.width, config.blocks, config.heads, config.dropout)
        self.head = layers.Dense(3 * N_CLASSES + N_VOICES, dtype="float32")
        self.trackers = {name: keras.metrics.Mean(name=name) for name in TRACKED}
        self.about.build((None, len(config.styles) + 1))
        self.trunk.build((None, SIXTEENTHS, TAP_FEATURES + config.width // 2))
        self.head.build((None, config.width))
        self.built = True

    def drums(self, tap: Any, about: Any, training: bool = False) -> tuple[Any, Any, Any, Any]:
        """Logits of the hits (batch, 16, 9), of the voices (batch, 16, 22), then velocity and
        offset in sixteenths, (batch, 16, 9) each."""
        # The same for each sixteenth; LiteRT would cut the network at a repeat.
        everywhere = ops.ones((SIXTEENTHS, 1)) * ops.reshape(
            self.about(about), (-1, 1, self.config.width // 2)
        )
        x = self.trunk(ops.concatenate([tap, everywhere], -1), training=training)
        y = ops.reshape(self.head(rows(x)), (-1, SIXTEENTHS, 3 * N_CLASSES + N_VOICES))
        hits, voices = y[..., :N_CLASSES], y[..., N_CLASSES : N_CLASSES + N_VOICES]
        velocity, offset = ops.split(y[..., N_CLASSES + N_VOICES :], 2, -1)
        # As it was tapped, and by how much each drum is softer and later than that
        return hits, voices, velocity + tap[..., 1:2], offset + tap[..., 2:3]

    def call(self, batch: dict[str, Any], training: bool = False) -> dict[str, Any]:
        names = "hits", "voices", "velocity", "offset"
        found = self.drums(batch["tap"], batch["about"], training=training)
        return dict(zip(names, found, strict=True))

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, **_: Any
    ) -> Any:
        struck, logits, voices = x["struck"], y_pred["hits"], y_pred["voices"]
        hits = ops.sum(ops.softplus(logits) - struck * logits, (1, 2))
        voices = ops.clip(voices, -15.0, 15.0)
        of_class = ops.log(ops.matmul(ops.exp(voices), MEMBERS))
        voice = ops.sum(struck * of_class, (1, 2)) - ops.sum(x["voice"] * voices, (1, 2))
        velocity, offset = (
            ops.sum(struck * ops.abs(y_pred[name] - x[name]), (1, 2))
            for name in ("velocity", "offset")
        )
        found = ops.cast(logits > -0.4, "float32")  # where F1 is best, about
        count = ops.maximum(ops.sum(struck), 1.0)
        parts = {
            "hits": hits,
            "velocity_error": 127 * ops.sum(velocity) / count,
            "offset_error": ops.sum(offset) / count,
            "hit_f1": 2 * ops.sum(found * struck) / ops.maximum(ops.sum(found) + count, 1.0),
        }
        for name, value in parts.items():
            self.trackers[name].update_state(value)
        return ops.mean(
            hits + VOICE_WEIGHT * voice + VELOCITY_WEIGHT * velocity + OFFSET_WEIGHT * offset
        )

    @property
    def metrics(self) -> list[Any]:
        return [*super().metrics, *self.trackers.values()]

    def get_config(self) -> dict[str, Any]:
        return asdict(self.config)
