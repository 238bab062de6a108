"""Transformer blocks over the sixteen sixteenths of a bar.

Inside, the sixteenths of all bars lie below each other, as rows (batch * 16, width). What looks at
a sixteenth alone is then one matrix product, and nothing in between asks how many bars there are,
as Keras' own attention and Dense do. At each such question LiteRT cuts a network in two. That is
slower, and it went wrong: the pieces share memory, and where one takes more of it, those before
still use the old, given back, when they are called for as many bars again (LiteRT 2.3.0, XNNPACK).

Only `keras.ops` is used: TensorFlow, JAX and PyTorch train them alike.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from beatgen.errors import BeatGenError, check_fields
from beatgen.groove import SIXTEENTHS


def check_trunk(config: Any) -> None:
    """Check the config of a network of trunks, whose width, heads and dropout are among its fields.
    Raises BeatGenError where one is none."""
    check_fields(config, dropout=(0, 0.9))
    if config.width % config.heads:
        raise BeatGenError(
            f"heads is {config.heads}; expected a divisor of the width, {config.width}."
        )


def rows(x: Any) -> Any:
    """(batch, n, features) -> (batch * n, features)."""
    return ops.reshape(x, (-1, x.shape[-1]))


def norm() -> layers.LayerNormalization:
    """Without a scale and an offset of its own: the Dense behind has both."""
    return layers.LayerNormalization(epsilon=1e-5, center=False, scale=False)


class Attention(layers.Layer):
    """Multi-head self-attention among the sixteenths of each bar (Vaswani et al. 2017), rows to
    rows."""

    def __init__(
        self, width: int, heads: int, dropout: float = 0.0, rows: int = SIXTEENTHS, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.heads, self.size, self.rows = heads, width // heads, rows
        self.queries, self.keys, self.values = (layers.Dense(width) for _ in range(3))
        self.leave = layers.Dense(width)
        self.drop = layers.Dropout(dropout)

    def build(self, shape: tuple[int | None, ...]) -> None:
        for dense in (self.queries, self.keys, self.values, self.leave):
            dense.build(shape)

    def call(self, x: Any, training: bool = False) -> Any:
        queries, keys, values = (
            ops.reshape(dense(x), (-1, self.rows, self.heads, self.size))
            for dense in (self.queries, self.keys, self.values)
        )
        queries = ops.transpose(queries * self.size**-0.5, (0, 2, 1, 3))
        weights = ops.softmax(ops.matmul(queries, ops.transpose(keys, (0, 2, 3, 1))))
        weights = self.drop(weights, training=training)
        heard = ops.matmul(weights, ops.transpose(values, (0, 2, 1, 3)))
        heard = ops.transpose(heard, (0, 2, 1, 3))
        return self.leave(ops.reshape(heard, (-1, self.heads * self.size)))


class Block(layers.Layer):
    """Pre-norm transformer block: x + attention(x), then x + mlp(x). Rows to rows."""

    def __init__(
        self, width: int, heads: int, dropout: float = 0.0, rows: int = SIXTEENTHS, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.norm_attention = norm()
        self.attention = Attention(width, heads, dropout, rows)
        self.norm_mlp = norm()
        self.widen = layers.Dense(4 * width, activation="gelu")
        self.narrow = layers.Dense(width)
        self.drop = layers.Dropout(dropout)

    def build(self, shape: tuple[int | None, ...]) -> None:
        for layer in (self.norm_attention, self.attention, self.norm_mlp, self.widen):
            layer.build(shape)
        self.narrow.build((None, self.widen.units))

    def call(self, x: Any, training: bool = False) -> Any:
        x = x + self.attention(self.norm_attention(x), training=training)
        y = self.narrow(self.widen(self.norm_mlp(x)))
        return x + self.drop(y, training=training)


class Trunk(layers.Layer):
    """Features (batch, rows, f), with learned positions, through the blocks: (batch, rows, width).
    rows: the sixteen sixteenths of a bar, or whatever else stands in a row."""

    def __init__(
        self,
        width: int,
        blocks: int,
        heads: int,
        dropout: float = 0.0,
        rows: int = SIXTEENTHS,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.width, self.rows = width, rows
        self.enter = layers.Dense(width)
        self.stack = [Block(width, heads, dropout, rows) for _ in range(blocks)]
        self.norm = norm()

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.position = self.add_weight(
            name="position",  # which weight decay leaves alone (`beatgen.training.train`)
            shape=(self.rows, self.width),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
        )
        self.enter.build((None, shape[-1]))
        for layer in (*self.stack, self.norm):
            layer.build((None, self.width))

    def call(self, x: Any, training: bool = False) -> Any:
        bars = (-1, self.rows, self.width)
        x = ops.reshape(self.enter(rows(x)), bars) + ops.cast(self.position, self.compute_dtype)
        x = rows(x)
        for block in self.stack:
            x = block(x, training=training)
        return ops.reshape(self.norm(x), bars)
