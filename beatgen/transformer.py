"""Transformer blocks over the sixteen sixteenths of a bar.

Only `keras.ops` is used: TensorFlow, JAX and PyTorch train them alike.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from beatgen.groove import SIXTEENTHS


class Block(layers.Layer):
    """Pre-norm transformer block: x + attention(x), then x + mlp(x). Shape (batch, 16, width)."""

    def __init__(self, width: int, heads: int, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.norm_attention = layers.LayerNormalization(epsilon=1e-5)
        self.attention = layers.MultiHeadAttention(heads, width // heads, dropout=dropout)
        self.norm_mlp = layers.LayerNormalization(epsilon=1e-5)
        self.widen = layers.Dense(4 * width, activation="gelu")
        self.narrow = layers.Dense(width)
        self.drop = layers.Dropout(dropout)

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.norm_attention.build(shape)
        self.attention.build(shape, shape)
        self.norm_mlp.build(shape)
        self.widen.build(shape)
        self.narrow.build((*shape[:-1], self.widen.units))

    def call(self, x: Any, training: bool = False) -> Any:
        y = self.norm_attention(x)
        x = x + self.attention(y, y, training=training)
        y = self.narrow(self.widen(self.norm_mlp(x)))
        return x + self.drop(y, training=training)


class Trunk(layers.Layer):
    """Features (batch, 16, f), with learned positions, through the blocks: (batch, 16, width)."""

    def __init__(
        self, width: int, blocks: int, heads: int, dropout: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.width = width
        self.enter = layers.Dense(width)
        self.stack = [Block(width, heads, dropout) for _ in range(blocks)]
        self.norm = layers.LayerNormalization(epsilon=1e-5)

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.position = self.add_weight(
            shape=(SIXTEENTHS, self.width), initializer=keras.initializers.RandomNormal(stddev=0.02)
        )
        self.enter.build(shape)
        inner = (*shape[:-1], self.width)
        for block in self.stack:
            block.build(inner)
        self.norm.build(inner)

    def call(self, x: Any, training: bool = False) -> Any:
        x = self.enter(x) + ops.cast(self.position, self.compute_dtype)
        for block in self.stack:
            x = block(x, training=training)
        return self.norm(x)
