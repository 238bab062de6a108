"""ReportVAE: the network of the 2020 BeatGen report, the anchor that ours is measured against.

The report's network is a convolutional variational autoencoder over one bar of velocities, 64 steps
by 22 instruments, with 16 latent dimensions. It says: convolutions over time, each followed by
pooling by 2 while the filters double; two dense layers for the mean and the log variance of z,
drawn by reparametrization; a decoder that mirrors the encoder with upsampling; the loss is the
squared error of the bar plus the KL. It hears velocities only, timing is lost.

This is our own re-creation. Chosen by us, where a report leaves room: width 3, four convolutions
(64 > 32 > 16 > 8 > 4 steps) with 32 filters at first, ReLU, max pooling, upsampling by repetition,
a sigmoid at the end, since velocities lie between 0 and 1. The squared error is summed over the
bar, so that reconstruction and KL are both per bar and beta weighs one against the other.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import keras
from keras import layers, ops

from beatgen.bars.strikes import N_VOICES
from beatgen.errors import check_fields
from beatgen.groove import STEPS
from beatgen.networks.bar_vae import kl_gaussian


@dataclass(frozen=True)
class ReportConfig:
    """Everything that decides the network's shape.

    filters: of the first convolution; each further one has twice as many. convolutions: how many,
    each halving the steps, so that 2 ** convolutions must divide 64.
    """

    latent_dim: int = 16
    filters: int = 32
    convolutions: int = 4
    kernel: int = 3

    def __post_init__(self) -> None:
        check_fields(self, convolutions=(1, int(math.log2(STEPS))))

    def squeezed(self, latent_dim: int) -> ReportConfig:
        """The same network with so many dimensions."""
        return replace(self, latent_dim=latent_dim)

    @property
    def widths(self) -> list[int]:
        """Filters of each convolution, from the bar inwards."""
        return [self.filters * 2**i for i in range(self.convolutions)]

    @property
    def inner_steps(self) -> int:
        """Steps that are left after all the pooling."""
        return STEPS // 2**self.convolutions


class ReportVAE(keras.Model):
    """Input and output: velocity, float32 (batch, 64, 22), 0 to 1. Loss per bar:

    reconstruction  squared error, summed over 64 x 22
    kl              KL(q(z|bar) || N(0, 1)) in nats, weighted by beta
    """

    def __init__(
        self, config: ReportConfig, beta: float = 1.0, seed: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        c = self.config = config
        self.beta = self.add_weight(shape=(), initializer="zeros", trainable=False, name="beta")
        self.beta.assign(beta)
        self.noise = keras.random.SeedGenerator(seed)
        # Over the steps alone, but of Keras' kind for pictures, one row high: a Conv1D becomes one
        # in LiteRT, too, and cuts the network where it does (see `beatgen.networks.transformer`).
        self.inner = (1, c.inner_steps, c.widths[-1])
        hidden = {"kernel_size": (1, c.kernel), "padding": "same", "activation": "relu"}
        self.convolutions = [layers.Conv2D(width, **hidden) for width in c.widths]
        self.pool = layers.MaxPooling2D((1, 2))
        self.mean = layers.Dense(c.latent_dim, name="mean")
        # Small at first, so that training starts near a variance of 1.
        small = keras.initializers.RandomNormal(stddev=0.02)
        self.log_var = layers.Dense(c.latent_dim, kernel_initializer=small, name="log_var")
        self.spread = layers.Dense(math.prod(self.inner), activation="relu")
        self.mirrored = [layers.Conv2D(width, **hidden) for width in reversed(c.widths[:-1])]
        # Starts near silence: around a sigmoid's 0.5 it would first unlearn a wall of noise.
        quiet = {"activation": "sigmoid", "bias_initializer": keras.initializers.Constant(-3.0)}
        self.mirrored.append(layers.Conv2D(N_VOICES, **hidden | quiet))
        widths = [N_VOICES, *c.widths]
        for i, width in enumerate(widths[:-1]):
            self.convolutions[i].build((None, 1, STEPS // 2**i, width))
        for i, width in enumerate(widths[:0:-1]):
            self.mirrored[i].build((None, 1, self.inner[1] * 2 ** (i + 1), width))
        for head in (self.mean, self.log_var):
            head.build((None, math.prod(self.inner)))
        self.spread.build((None, c.latent_dim))
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("reconstruction", "kl")}
        self.built = True

    def encode(self, velocity: Any, training: bool = False) -> tuple[Any, Any]:
        """Velocity (batch, 64, 22) -> mean and log variance of z, (batch, latent_dim) each."""
        x = ops.reshape(velocity, (-1, 1, STEPS, N_VOICES))
        for convolution in self.convolutions:
            x = self.pool(convolution(x))
        x = ops.reshape(x, (-1, math.prod(self.inner)))
        return self.mean(x), ops.clip(self.log_var(x), -12.0, 4.0)

    def decode(self, z: Any, training: bool = False) -> Any:
        """z (batch, latent_dim) -> velocity (batch, 64, 22), 0 to 1."""
        x = ops.reshape(self.spread(z), (-1, *self.inner))
        for convolution in self.mirrored:
            x = convolution(_doubled(x))
        return ops.reshape(x, (-1, STEPS, N_VOICES))

    def call(self, velocity: Any, training: bool = False) -> dict[str, Any]:
        mean, log_var = self.encode(velocity, training=training)
        z = mean
        if training:
            noise = keras.random.normal(ops.shape(mean), seed=self.noise)
            z = mean + ops.exp(0.5 * log_var) * noise
        return {
            "velocity": self.decode(z, training=training),
            "kl": kl_gaussian(mean, log_var),
        }

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, **_: Any
    ) -> Any:
        parts = {
            "reconstruction": ops.sum(ops.square(y_pred["velocity"] - x), (1, 2)),
            "kl": y_pred["kl"],
        }
        for name, value in parts.items():
            self.trackers[name].update_state(value)
        return ops.mean(parts["reconstruction"] + self.beta * parts["kl"])

    @property
    def metrics(self) -> list[Any]:
        return [*super().metrics, *self.trackers.values()]

    def get_config(self) -> dict[str, Any]:
        return asdict(self.config)


def _doubled(x: Any) -> Any:
    """Each step twice, (batch, 1, n, width) -> (batch, 1, 2 n, width). LiteRT would cut the network
    at Keras' upsampling (see `beatgen.networks.transformer`)."""
    *_, steps, width = x.shape
    return ops.reshape(ops.concatenate([x, x], -1), (-1, 1, 2 * steps, width))
