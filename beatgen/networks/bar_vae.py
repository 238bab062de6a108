"""BarVAE: a variational autoencoder over single bars, with pattern and feel kept apart.

    strikes (16, 22, 4) --+-- count (16, 22) --> pattern encoder --> z_pattern
                          +-------------------> feel encoder ----> z_feel
    z_pattern ----------------> pattern decoder --> how often each sixteenth is struck
    z_feel, count ------------> feel decoder -----> place, velocity, timing of each strike

The pattern decoder never sees z_feel, so a change of feel cannot change which sixteenths are
struck. The feel decoder takes the pattern as an input and predicts how it is played. All four
networks are stacks of pre-norm transformer blocks over the bar's sixteen sixteenths.

Both encoders get a mask of the voices and sixteenths that are known. Hits elsewhere are hidden from
them, yet the loss is of the whole bar: so the network learns to complete a beat.

Only `keras.ops` is used: TensorFlow, JAX and PyTorch train it alike. Shapes are written (batch,
sixteenth, voice, place).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import keras
from keras import layers, ops

from beatgen.bars.strikes import N_VOICES, PLACES
from beatgen.errors import BeatGenError, shown
from beatgen.groove import SIXTEENTHS
from beatgen.networks.transformer import Trunk, check_trunk, rows

BAR = (SIXTEENTHS, N_VOICES)
COUNTS = PLACES + 1  # a sixteenth is struck 0 to 4 times
TRACKED = ("pattern", "place", "velocity", "timing", "kl_pattern", "kl_feel", "hit_f1")


@dataclass(frozen=True)
class ModelConfig:
    """Everything that decides the network's shape.

    segments: into how many equal parts of the bar z is divided: 1 squeezes all of it into z at
    once, 4 gives each beat a share of its own (dim / 4), 16 each sixteenth. The shares pass through
    the same weights, so that more segments learn from less data; the blocks, of each encoder and
    (decoder_blocks) of each decoder, see the whole bar all the same.
    """

    pattern_dim: int = 64
    feel_dim: int = 128
    pattern_segments: int = 4
    feel_segments: int = 16
    width: int = 128
    blocks: int = 2
    decoder_blocks: int = 1
    heads: int = 4
    dropout: float = 0.0

    def __post_init__(self) -> None:
        check_trunk(self)
        for side in ("pattern", "feel"):
            dim, segments = getattr(self, f"{side}_dim"), getattr(self, f"{side}_segments")
            if SIXTEENTHS % segments or dim % segments:
                raise BeatGenError(
                    f"{side}_segments is {shown(segments)} and {side}_dim {shown(dim)}; expected a "
                    f"divisor of {SIXTEENTHS} that divides the dimensions, too."
                )

    @property
    def latent_dim(self) -> int:
        return self.pattern_dim + self.feel_dim

    def trunk(self, blocks: int) -> Trunk:
        return Trunk(self.width, blocks, self.heads, self.dropout)

    def squeezed(self, latent_dim: int) -> ModelConfig:
        """The same network with so many dimensions, half for the pattern and half for the feel,
        the whole bar in one segment: few dimensions cannot be shared out. Raises BeatGenError for
        less than 2."""
        if latent_dim < 2:
            raise BeatGenError(
                f"latent_dim is {latent_dim}; expected 2 or more, for pattern and feel."
            )
        feel = latent_dim // 2
        halves = {"pattern_dim": latent_dim - feel, "feel_dim": feel}
        return replace(self, **halves, pattern_segments=1, feel_segments=1)


class Encoder(layers.Layer):
    """Features (batch, 16, f) -> mean and log variance of z, (batch, dim) each."""

    def __init__(self, config: ModelConfig, dim: int, segments: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dim = dim
        self.inner = SIXTEENTHS // segments * config.width  # features of a segment's sixteenths
        self.trunk = config.trunk(config.blocks)
        # Small at first, so that training starts near the prior and the KL does not explode.
        small = keras.initializers.RandomNormal(stddev=0.02)
        self.mean = layers.Dense(dim // segments, dtype="float32")
        self.log_var = layers.Dense(dim // segments, kernel_initializer=small, dtype="float32")

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.trunk.build(shape)
        self.mean.build((None, self.inner))
        self.log_var.build((None, self.inner))

    def call(self, x: Any, training: bool = False) -> tuple[Any, Any]:
        x = ops.reshape(self.trunk(x, training=training), (-1, self.inner))
        mean = ops.reshape(self.mean(x), (-1, self.dim))
        log_var = ops.reshape(self.log_var(x), (-1, self.dim))
        return mean, ops.clip(log_var, -12.0, 4.0)


class Decoder(layers.Layer):
    """z (batch, dim), and `given` features of each sixteenth -> (batch, 16, out), float32."""

    def __init__(
        self, config: ModelConfig, dim: int, segments: int, given: int, out: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.share = dim // segments
        self.width = config.width
        self.given, self.out = given, out
        self.spread = layers.Dense(SIXTEENTHS // segments * config.width)
        self.trunk = config.trunk(config.decoder_blocks)
        self.head = layers.Dense(out, dtype="float32")

    def build(self, *_: Any) -> None:
        self.spread.build((None, self.share))
        self.trunk.build((None, SIXTEENTHS, self.width + self.given))
        self.head.build((None, self.width))

    def call(self, z: Any, given: Any = None, training: bool = False) -> Any:
        x = self.spread(ops.reshape(z, (-1, self.share)))
        x = ops.reshape(x, (-1, SIXTEENTHS, self.width))
        if given is not None:
            x = ops.concatenate([x, ops.cast(given, self.compute_dtype)], -1)
        y = self.head(rows(self.trunk(x, training=training)))
        return ops.reshape(y, (-1, SIXTEENTHS, self.out))


class BarVAE(keras.Model):
    """The whole network.

    Input: strikes, float32 (batch, 16, 22, 4, 2) with velocity (0 is no strike) and timing; or a
    dict of them and of "known", (batch, 16, 22): 1, or 0 for what the encoders must not see.
    Loss in nats per bar, hidden parts included:

    pattern  categorical cross-entropy of the count, over 16 x 22
    place    -log P(which places | how many), see `log_subset`
    velocity, timing  log-cosh of the error over its tolerance, on true strikes
    kl       KL(q(z|bar) || N(0, 1)), weighted by beta (Higgins et al. 2017, beta-VAE)

    and, weighted by expected_weight, `expected_error` of the pattern and the feel that are
    predicted from z.
    """

    def __init__(
        self,
        config: ModelConfig,
        beta: float = 0.1,
        velocity_tolerance: float = 0.06,
        timing_tolerance: float = 0.12,
        expected_weight: float = 0.0,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        c = self.config = config
        self.beta = self.add_weight(shape=(), initializer="zeros", trainable=False, name="beta")
        self.beta.assign(beta)
        self.tolerance = (velocity_tolerance, timing_tolerance)
        self.expected_weight = expected_weight
        self.noise = keras.random.SeedGenerator(seed)
        self.pattern_encoder = Encoder(c, c.pattern_dim, c.pattern_segments)
        self.feel_encoder = Encoder(c, c.feel_dim, c.feel_segments)
        self.pattern_decoder = Decoder(c, c.pattern_dim, c.pattern_segments, 0, N_VOICES * COUNTS)
        self.feel_decoder = Decoder(
            c, c.feel_dim, c.feel_segments, 2 * N_VOICES, N_VOICES * PLACES * 3
        )
        self.trackers = {name: keras.metrics.Mean(name=name) for name in TRACKED}
        self.pattern_encoder.build((None, SIXTEENTHS, 3 * N_VOICES))
        self.feel_encoder.build((None, SIXTEENTHS, N_VOICES * (PLACES * 3 + 1)))
        self.pattern_decoder.build()
        self.feel_decoder.build()
        self.built = True

    def encode(
        self, strikes: Any, known: Any = None, training: bool = False
    ) -> tuple[Any, Any, Any, Any]:
        """Mean and log variance of z_pattern, then of z_feel. known: all, unless given."""
        if known is None:
            known = ops.ones_like(strikes[..., 0, 0])
        seen = ops.ceil(strikes[..., :1]) * ops.reshape(known, (-1, *BAR, 1, 1))  # 1 if struck
        everything = ops.concatenate([seen, strikes * seen], -1)
        flat = ops.reshape(everything, (-1, SIXTEENTHS, N_VOICES * PLACES * 3))
        pattern = ops.concatenate([pattern_features(ops.sum(seen, (-2, -1))), known], -1)
        return (
            *self.pattern_encoder(pattern, training=training),
            *self.feel_encoder(ops.concatenate([flat, known], -1), training=training),
        )

    def decode_pattern(self, z_pattern: Any, training: bool = False) -> Any:
        """Logits of 0 to 4 strikes, (batch, 16, 22, 5)."""
        logits = self.pattern_decoder(z_pattern, training=training)
        return ops.reshape(logits, (-1, *BAR, COUNTS))

    def decode_feel(self, z_feel: Any, count: Any, training: bool = False) -> tuple[Any, Any, Any]:
        """For a pattern (batch, 16, 22): scores of the places (the higher, the likelier),
        velocity and timing of a strike there, (batch, 16, 22, 4) each.

        A velocity above 1 is a strike at the end of MIDI's range; whoever plays it clips it, and
        the timing to -0.5 to 0.5, too.
        """
        y = self.feel_decoder(z_feel, pattern_features(count), training=training)
        scores, velocity, timing = (ops.reshape(x, (-1, *BAR, PLACES)) for x in ops.split(y, 3, -1))
        return scores, 0.5 + velocity, timing

    def call(self, bars: Any, training: bool = False) -> dict[str, Any]:
        strikes, known = parts_of(bars)
        mean_p, log_var_p, mean_f, log_var_f = self.encode(strikes, known, training=training)
        z_pattern, z_feel = mean_p, mean_f
        if training:
            z_pattern = self._draw(mean_p, log_var_p)
            z_feel = self._draw(mean_f, log_var_f)
        count = ops.sum(ops.cast(strikes[..., 0] > 0, "float32"), -1)
        scores, velocity, timing = self.decode_feel(z_feel, count, training=training)
        predicted = {
            "count": ops.log_softmax(self.decode_pattern(z_pattern, training=training)),
            "scores": scores,
            "velocity": velocity,
            "timing": timing,
            "kl_pattern": kl_gaussian(mean_p, log_var_p),
            "kl_feel": kl_gaussian(mean_f, log_var_f),
        }
        if self.expected_weight:
            own = ops.cast(ops.argmax(predicted["count"], -1), "float32")
            scores, velocity, _ = self.decode_feel(z_feel, own, training=training)
            true = strikes[..., 0]
            error = expected_error(predicted["count"], scores, velocity, true)
            predicted["expected_error"] = error
        return predicted

    def _draw(self, mean: Any, log_var: Any) -> Any:
        noise = keras.random.normal(ops.shape(mean), seed=self.noise)
        return mean + ops.exp(0.5 * log_var) * noise

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, **_: Any
    ) -> Any:
        strikes, _ = parts_of(x)
        struck = ops.cast(strikes[..., 0] > 0, "float32")
        count = ops.sum(struck, -1)
        one_hot = ops.one_hot(ops.cast(count, "int32"), COUNTS)
        pattern = -ops.sum(one_hot * y_pred["count"], (1, 2, 3))
        place = -ops.sum(log_subset(y_pred["scores"], struck, count), (1, 2))
        velocity, timing = (
            ops.sum(struck * log_cosh(error / tolerance), (1, 2, 3))
            for error, tolerance in zip(
                (
                    velocity_error(y_pred["velocity"], strikes[..., 0]),
                    y_pred["timing"] - strikes[..., 1],
                ),
                self.tolerance,
                strict=True,
            )
        )
        hit = ops.cast(y_pred["count"][..., 0] < -0.6931, "float32")  # P(struck) above a half
        true = ops.cast(count > 0, "float32")
        parts = {
            "pattern": pattern,
            "place": place,
            "velocity": velocity,
            "timing": timing,
            "kl_pattern": y_pred["kl_pattern"],
            "kl_feel": y_pred["kl_feel"],
            "hit_f1": 2 * ops.sum(hit * true) / ops.maximum(ops.sum(hit) + ops.sum(true), 1.0),
        }
        for name, value in parts.items():
            self.trackers[name].update_state(value)
        loss = pattern + place + velocity + timing
        loss += self.beta * (y_pred["kl_pattern"] + y_pred["kl_feel"])
        if self.expected_weight:
            loss += self.expected_weight * y_pred["expected_error"]
        return ops.mean(loss)

    @property
    def metrics(self) -> list[Any]:
        return [*super().metrics, *self.trackers.values()]

    def get_config(self) -> dict[str, Any]:
        return asdict(self.config)


def parts_of(bars: Any) -> tuple[Any, Any]:
    """Strikes, and what is known of them (None: everything), of a network's input."""
    return (bars["strikes"], bars["known"]) if isinstance(bars, dict) else (bars, None)


def pattern_features(count: Any) -> Any:
    """Counts (batch, 16, 22) -> struck or not, and how often: (batch, 16, 44)."""
    count = ops.cast(count, "float32")
    return ops.concatenate([ops.minimum(count, 1), count / 2], -1)


# --- the terms of the loss, each in nats where it is a likelihood --------------------------------


def kl_gaussian(mean: Any, log_var: Any) -> Any:
    """KL(N(mean, var) || N(0, 1)) in nats, summed over the last axis (Kingma & Welling 2014)."""
    return 0.5 * ops.sum(ops.exp(log_var) + ops.square(mean) - 1.0 - log_var, -1)


def log_cosh(x: Any) -> Any:
    """log(cosh(x)): quadratic for small errors, linear for large ones."""
    return ops.abs(x) + ops.softplus(-2.0 * ops.abs(x)) - 0.6931471805599453


def velocity_error(predicted: Any, true: Any) -> Any:
    """How far the predicted velocity is off, 0 to 1 being MIDI's range.

    MIDI ends at velocity 127, where a sixth of all strikes stand: they were as loud as that or
    louder. So such a strike is not missed by any velocity above it (a censored observation, Tobin
    1958), and the network need not aim at an edge that it would always fall short of.
    """
    error = predicted - true
    return ops.where(true < 1.0, error, ops.minimum(error, 0.0))


def expected_error(log_count: Any, scores: Any, velocity: Any, true: Any) -> Any:
    """Squared error of the expected velocity, summed over the bar: the report's loss.

    A sixteenth is taken to be struck once at most, as all but one in twenty are. log_count: (...,
    16, 22, 5); scores, velocity, true: (..., 16, 22, 4), 0 where nothing is struck.
    """
    struck = 1.0 - ops.exp(log_count[..., :1])
    predicted = struck * ops.softmax(scores, -1) * ops.clip(velocity, 0.0, 1.0)
    return ops.sum(ops.square(predicted - true), (-3, -2, -1))


def log_subset(scores: Any, struck: Any, count: Any) -> Any:
    """log P(exactly these places | this many strikes), 0 where there is none.

    The k-subset distribution (conditional Bernoulli): P(S | k) = prod_{p in S} w_p / e_k(w), with
    w = exp(scores) and e_k the k-th elementary symmetric polynomial. For k = 1 it is the softmax.
    scores, struck: (..., 4); count: (...).
    """
    scores = scores - ops.max(scores, -1, keepdims=True)
    w = ops.exp(ops.maximum(scores, -30.0))
    e = [ops.ones_like(count)] + [ops.zeros_like(count)] * PLACES
    for p in range(PLACES):
        e = [e[0]] + [e[k] + w[..., p] * e[k - 1] for k in range(1, PLACES + 1)]
    normalizers = ops.log(ops.maximum(ops.stack(e, -1), 1e-30))
    chosen = ops.sum(ops.one_hot(ops.cast(count, "int32"), COUNTS) * normalizers, -1)
    return ops.sum(struck * ops.maximum(scores, -30.0), -1) - chosen
