"""What the training bars have to say of a bar: those most like it, by what is known of it.

The network has to guess where it was told little; what drummers played around the same hits guesses
as well, and errs elsewhere. Half-way between the two is nearer to what was played than either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from beatgen.bars.nearest import CHUNK, f1_matrix, pack
from beatgen.latent.atlas import Atlas
from beatgen.latent.decide import Decoded
from beatgen.latent.feel import Single, single

# From 16 to 64 neighbours, powers from 8 to 20 and says from .35 to .65 differ by chance.
NEIGHBOURS = 32
POWER = 16  # of the F1, a neighbour's weight
SAY = 0.5  # of all of them, where the network has the rest
BARS = 16  # dressed at a time, each in the feel of all its neighbours


class Alike(NamedTuple):
    """Training bars that are like some bars: which, int64 (bars, k), and how much each counts,
    float32 (bars, k), in all 1, or 0 where nothing is known of the bar."""

    which: np.ndarray
    weight: np.ndarray

    @property
    def say(self) -> np.ndarray:
        """Of the bars found, beside the network, float32 (bars, 1, 1)."""
        return SAY * self.weight.sum(1)[:, None, None]


def alike(
    struck: np.ndarray, known: np.ndarray, training: np.ndarray, count: int = NEIGHBOURS
) -> Alike:
    """The training patterns with the highest F1 to `struck`, where that is known.

    struck, known: bool (bars, 16, 22); training: the same of the training bars, as
    `beatgen.bars.nearest.pack` packs them.
    """
    count = min(count, len(training))
    asked, looked_at = pack(struck & known), pack(known)
    found = Alike(
        np.zeros((len(struck), count), np.int64), np.zeros((len(struck), count), np.float32)
    )
    kinds, kind = np.unique(looked_at, axis=0, return_inverse=True)
    for i, mask in enumerate(kinds):
        seen = training & mask
        rows = np.flatnonzero(kind.reshape(-1) == i)
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            scores = f1_matrix(asked[part], seen)
            which = np.argpartition(-scores, count - 1, axis=1)[:, :count]
            found.which[part] = which
            found.weight[part] = np.take_along_axis(scores, which, 1) ** POWER
    found.weight[~asked.any(1)] = 0
    found.weight[:] /= np.maximum(found.weight.sum(1, keepdims=True), 1e-12)
    return found


class Recall:
    """The training bars of an atlas, whose say is added to the network's."""

    def __init__(self, atlas: Atlas, pattern_dim: int) -> None:
        self._atlas, self._pattern_dim = atlas, pattern_dim
        self._training = pack(atlas.struck)

    def likely(self, told: np.ndarray, struck: np.ndarray, known: np.ndarray) -> np.ndarray:
        """How likely each cell is struck, float32 (bars, 16, 22), where the network has `told`, and
        the bars are known as for `alike`."""
        found = alike(struck, known, self._training)
        return (1 - found.say) * told + found.say * struck_by(found, self._atlas.struck)

    def feel(
        self,
        told: Single,
        pattern: np.ndarray,
        dressed: Callable[[np.ndarray, np.ndarray], Decoded],
    ) -> Single:
        """The mean strike of each cell of a pattern (bars, 16, 22), where the network has `told`,
        and the others what it makes of the feel of the bars most like it.

        dressed: what the network tells of z_feel for a pattern.
        """
        struck = pattern > 0
        found = alike(struck, np.ones_like(struck), self._training)
        velocity, offset = np.zeros((2, *pattern.shape), np.float32)
        for start in range(0, len(pattern), BARS):
            part = slice(start, start + BARS)
            index = found.which[part]
            z_feel = self._atlas.z(index.reshape(-1))[:, self._pattern_dim :]
            felt = single(dressed(z_feel, np.repeat(pattern[part], index.shape[1], axis=0)))
            for into, each in zip((velocity, offset), felt, strict=True):
                each = each.reshape(*index.shape, *each.shape[1:])
                into[part] = np.einsum("nk,nkiv->niv", found.weight[part], each)
        pairs = zip(told, (velocity, offset), strict=True)
        return Single(*((1 - found.say) * own + found.say * played for own, played in pairs))


def struck_by(found: Alike, training: np.ndarray) -> np.ndarray:
    """Share of the bars found, by weight, that strike each cell, float32 (bars, 16, 22); training:
    bool (n, 16, 22)."""
    shares = np.empty((len(found.which), *training.shape[1:]), np.float32)
    for bar, (index, weight) in enumerate(zip(*found, strict=True)):
        shares[bar] = np.tensordot(weight, training[index], 1)
    return shares
