"""SequenceNet: which bar follows, as a distribution over its z, given the bars before.

A recurrent network (GRU, Cho et al. 2014) or a small transformer reads the sixteen bars before and
what is wanted of the next one: its place in the phrase, whether it is a fill, its style. It gives a
mixture of normal distributions over the next z (a mixture density network, Bishop 1994), first of
the pattern, and then of the feel for that pattern.

Drummers repeat: the mean of each component points at bars that were played (a pointer network,
Vinyals et al. 2015), such as the last one or that two or four bars ago, and moves a little from
there. So the network need not learn by heart what it can hear.

Only `keras.ops` is used: TensorFlow, JAX and PyTorch train it alike.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from beatgen.errors import BeatGenError, check_fields, shown
from beatgen.networks.bar_vae import ModelConfig
from beatgen.networks.transformer import Trunk, check_trunk

CELLS = ("gru", "transformer")
LAGS = (1, 2, 4, 8)  # bars ago, at which components point at first; the next one at all alike
NEAR, FAR = -1.0, 0.0  # log of the components' spread at first, those that point and the others
KEY = 16  # dimensions in which pointers and bars meet
RANK = 24  # of what moves a component's mean and spread
HIDDEN = -30.0  # log weight of a bar that is not there


@dataclass(frozen=True)
class SequenceConfig:
    """The network's shape. cell: "gru" or "transformer". memory: bars that it looks back.
    components: of the mixture, of the pattern and of the feel. known: numbers that are known
    of each bar before, and wanted: of the next one (`beatgen.latent.sequence`).
    """

    cell: str = "transformer"
    width: int = 96
    blocks: int = 2
    heads: int = 4
    dropout: float = 0.15
    memory: int = 16
    components: int = 12
    known: int = 2
    wanted: int = 28

    def __post_init__(self) -> None:
        check_fields(self, known=(0, math.inf), wanted=(0, math.inf), dropout=(0, 0.9))
        check_trunk(self)
        if self.cell not in CELLS:
            raise BeatGenError(f"cell is {shown(self.cell)}; expected one of {', '.join(CELLS)}.")


class Recurrent(layers.Layer):
    """Rows (batch, n, width) through gated recurrent units, one layer above the other: the states
    after each row, (batch, n, width). Written out, so that LiteRT has no loop to run."""

    def __init__(self, width: int, blocks: int, dropout: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width = width
        self.enter = [layers.Dense(3 * width) for _ in range(blocks)]
        self.again = [layers.Dense(3 * width, use_bias=False) for _ in range(blocks)]
        self.drop = layers.Dropout(dropout)

    def build(self, shape: tuple[int | None, ...]) -> None:
        for enter, again in zip(self.enter, self.again, strict=True):
            enter.build((None, self.width))
            again.build((None, self.width))

    def call(self, x: Any, training: bool = False) -> Any:
        rows = [x[:, i] for i in range(x.shape[1])]
        for enter, again in zip(self.enter, self.again, strict=True):
            state = ops.zeros_like(rows[0])
            states = []
            for row in rows:
                update, reset, new = ops.split(enter(row), 3, -1)
                u, r, n = ops.split(again(state), 3, -1)
                share = ops.sigmoid(update + u)
                state = share * state + (1 - share) * ops.tanh(new + ops.sigmoid(reset + r) * n)
                states.append(state)
            rows = [
                row + self.drop(s, training=training) for row, s in zip(rows, states, strict=True)
            ]
        return ops.stack(rows, 1)


class Mixture(layers.Layer):
    """The head of one side of z, of `dim` dimensions: logits of the weights (batch, components),
    means and log spreads (batch, components, dim) of a mixture of normal distributions."""

    def __init__(self, config: SequenceConfig, dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config, self.dim = config, dim
        c = config.components
        small = keras.initializers.RandomNormal(stddev=0.01)
        self.weigh = layers.Dense(c)
        self.query = layers.Dense(c * KEY, kernel_initializer=small)
        self.key = layers.Dense(KEY)
        self.move = layers.Dense(c * RANK, kernel_initializer=small)
        self.spread = layers.Dense(c * RANK, kernel_initializer=small)
        self.keep = layers.Dense(c, kernel_initializer=small)

    def build(self, *_: Any) -> None:
        c, width, dim = self.config.components, self.config.width, self.dim
        for dense in (self.weigh, self.query, self.move, self.spread, self.keep, self.key):
            dense.build((None, width))
        small = keras.initializers.RandomNormal(stddev=0.1)
        self.basis = self.add_weight(name="basis", shape=(2 * RANK, dim), initializer=small)
        self.center = self.add_weight(
            name="center_bias",
            shape=(c, dim),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
        )
        pointers = min(c // 2, 2 * len(LAGS))
        spread = np.full((c, dim), FAR, np.float32)
        spread[:pointers] = NEAR
        at = np.zeros((c, self.config.memory), np.float32)
        keep = np.full((c,), -2.0, np.float32)
        for i in range(pointers):
            if LAGS[i % len(LAGS)] <= self.config.memory:
                at[i, -LAGS[i % len(LAGS)]] = 5.0
            keep[i] = 3.0
        self.floor = self._given("spread_bias", spread)
        self.at = self._given("lag_bias", at)
        self.kept = self._given("keep_bias", keep)

    def _given(self, name: str, value: np.ndarray) -> Any:
        return self.add_weight(
            name=name, shape=value.shape, initializer=lambda *_, **__: ops.convert_to_tensor(value)
        )

    def call(self, h: Any, bars: Any, history: Any, there: Any, near: Any = None) -> Any:
        """h (batch, width): of the next bar. bars (batch, memory, width): what the network makes of
        the bars before. history (batch, memory, dim): their z. there (batch, memory): 1, or 0 where
        is none. near (batch, components, memory): what else speaks for a bar."""
        c = self.config.components
        query = ops.reshape(self.query(h), (-1, c, KEY))
        keys = ops.reshape(
            self.key(ops.reshape(bars, (-1, self.config.width))), (-1, self.config.memory, KEY)
        )
        scores = ops.matmul(query, ops.transpose(keys, (0, 2, 1))) + self.at
        if near is not None:
            scores = scores + near
        scores = scores + ops.reshape(HIDDEN + -HIDDEN * there, (-1, 1, self.config.memory))
        pointed = ops.matmul(ops.softmax(scores), history)
        keep = ops.sigmoid(self.keep(h) + self.kept)
        # As rows: asked for more dimensions at once, LiteRT would cut the network in pieces.
        move, spread = (
            ops.reshape(ops.matmul(ops.reshape(dense(h), (-1, RANK)), basis), (-1, c, self.dim))
            for dense, basis in ((self.move, self.basis[:RANK]), (self.spread, self.basis[RANK:]))
        )
        mean = ops.reshape(keep, (-1, c, 1)) * pointed + self.center + move
        return self.weigh(h), mean, ops.clip(self.floor + spread, -3.0, 1.5)


class SequenceNet(keras.Model):
    """Input: a dict of float32 arrays, as `beatgen.training.windows` makes them. "history" (batch,
    memory, latent_dim): z_mean of the bars before, standardized, the latest last, 0 where is none;
    "known" (batch, memory, known) about them, the first of which is 1 where there is a bar;
    "wanted" (batch, wanted) of the next bar, and "target" (batch, latent_dim), a draw of its
    posterior.

    Loss: minus the log likelihood of the target, in nats per bar.
    """

    def __init__(self, config: SequenceConfig, bar: ModelConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.dims = bar.pattern_dim, bar.feel_dim
        width, dim = config.width, sum(self.dims)
        self.hear = layers.Dense(width)
        self.ask = layers.Dense(width)
        rows = config.memory + 1
        self.body = (
            Recurrent(width, config.blocks, config.dropout)
            if config.cell == "gru"
            else Trunk(width, config.blocks, config.heads, config.dropout, rows=rows)
        )
        self.drop = layers.Dropout(config.dropout)
        self.pattern = Mixture(config, self.dims[0])
        self.feel = Mixture(config, self.dims[1])
        self.see = layers.Dense(width, activation="gelu")
        self.alike = layers.Dense(config.components)
        self.hear.build((None, dim + config.known))
        self.ask.build((None, config.wanted))
        self.body.build((None, rows, width))
        self.pattern.build()
        self.feel.build()
        self.see.build((None, width + self.dims[0]))
        self.alike.build((None, width))
        self.trackers = {n: keras.metrics.Mean(name=n) for n in ("pattern_nats", "feel_nats")}
        self.built = True

    def summary_of(self, history: Any, known: Any, wanted: Any, training: bool = False) -> Any:
        """What the network makes of the next bar, (batch, width), and of those before, (batch,
        memory, width)."""
        memory, width = self.config.memory, self.config.width
        heard = ops.concatenate([history, known], -1)
        heard = self.hear(ops.reshape(heard, (-1, sum(self.dims) + self.config.known)))
        heard = ops.reshape(heard, (-1, memory, width))
        asked = ops.reshape(self.ask(wanted), (-1, 1, width))
        rows = self.drop(ops.concatenate([heard, asked], 1), training=training)
        y = self.body(rows, training=training)
        return y[:, -1], y[:, :-1]

    def next_pattern(self, history: Any, known: Any, wanted: Any, training: bool = False) -> Any:
        """The mixture of the next z_pattern (`Mixture`)."""
        h, bars = self.summary_of(history, known, wanted, training)
        return self.pattern(h, bars, history[..., : self.dims[0]], known[..., 0])

    def next_feel(
        self, history: Any, known: Any, wanted: Any, pattern: Any, training: bool = False
    ) -> Any:
        """The mixture of the next z_feel, for a z_pattern."""
        h, bars = self.summary_of(history, known, wanted, training)
        return self._feel(h, bars, history, known, pattern)

    def _feel(self, h: Any, bars: Any, history: Any, known: Any, pattern: Any) -> Any:
        # The feel of bars with nearly the same pattern is the likeliest.
        p = self.dims[0]
        apart = ops.mean(ops.square(history[..., :p] - ops.reshape(pattern, (-1, 1, p))), -1)
        h = h + self.see(ops.concatenate([h, pattern], -1))
        c, memory = self.config.components, self.config.memory
        weight = ops.reshape(-ops.softplus(self.alike(h)), (-1, c, 1))
        near = weight * ops.reshape(apart, (-1, 1, memory))
        return self.feel(h, bars, history[..., p:], known[..., 0], near)

    def call(self, batch: dict[str, Any], training: bool = False) -> dict[str, Any]:
        history, known = batch["history"], batch["known"]
        h, bars = self.summary_of(history, known, batch["wanted"], training)
        p = self.dims[0]
        pattern = self.pattern(h, bars, history[..., :p], known[..., 0])
        feel = self._feel(h, bars, history, known, batch["target"][:, :p])
        return {
            "pattern": log_likelihood(batch["target"][:, :p], *pattern),
            "feel": log_likelihood(batch["target"][:, p:], *feel),
        }

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, **_: Any
    ) -> Any:
        for name, tracker in self.trackers.items():
            tracker.update_state(-y_pred[name.removesuffix("_nats")])
        return -ops.mean(y_pred["pattern"] + y_pred["feel"])

    @property
    def metrics(self) -> list[Any]:
        return [*super().metrics, *self.trackers.values()]

    def get_config(self) -> dict[str, Any]:
        return asdict(self.config)


def log_likelihood(z: Any, logit: Any, mean: Any, log_spread: Any) -> Any:
    """log p(z) of a mixture of normal distributions, in nats: (batch,). z: (batch, dim)."""
    apart = (z[:, None, :] - mean) * ops.exp(-log_spread)
    each = -0.5 * ops.sum(ops.square(apart) + 2 * log_spread + math.log(2 * math.pi), -1)
    return ops.logsumexp(ops.log_softmax(logit) + each, -1)
