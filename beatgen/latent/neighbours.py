"""The training bars most similar to a bar, averaged with what the network predicts.

Where the network sees little of a bar (most of it is hidden, or only its pattern is known), it has
to guess. What drummers played around the same hits is about as good a guess, with other errors, so
the mean of the two is nearer to what was really played than either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from beatgen.bars.metrics import fold
from beatgen.bars.nearest import CHUNK, f1_matrix, pack
from beatgen.kit import VOICES_OF_FAMILY
from beatgen.latent.atlas import Atlas
from beatgen.latent.decide import Prediction
from beatgen.latent.feel import ExpectedStrike, expected_strike

# Measured: 16 to 64 neighbours, powers of 8 to 20 and shares of .35 to .65 differ only by chance.
NEIGHBOURS = 32
POWER = 16  # a neighbour's weight is its F1 to this power
SHARE = 0.5  # of all neighbours in the result; the network has the rest
FEWEST = 3  # strokes of a fill
DRUMS = [v for family in ("kick", "snare", "tom") for v in VOICES_OF_FAMILY[family]]
BARS = 16  # predicted at a time, each with the feel of all its neighbours


class Similar(NamedTuple):
    """The k training bars most similar to each of some bars.

    indices: int64 (bars, k), in no particular order.
    weight:  float32 (bars, k), of each in their mean; the sum is 1, or 0 where nothing is known of
             the bar.
    """

    indices: np.ndarray
    weight: np.ndarray

    @property
    def share(self) -> np.ndarray:
        """How much the neighbours count beside the network, float32 (bars, 1, 1): SHARE, or 0
        where nothing is known of the bar."""
        return SHARE * self.weight.sum(1)[:, None, None]

    def reweighted(self, chance: np.ndarray) -> Similar:
        """The same bars, each with its weight times the chance of that training bar, (training
        bars,); the sums stay as they were."""
        weight = self.weight * chance[self.indices]
        total = np.maximum(weight.sum(1, keepdims=True), 1e-12)
        return Similar(self.indices, weight * self.weight.sum(1, keepdims=True) / total)


def most_similar(
    struck: np.ndarray, known: np.ndarray, training: np.ndarray, count: int = NEIGHBOURS
) -> Similar:
    """The `count` training patterns with the highest F1 to each bar, compared only where the bar is
    known.

    struck, known: bool (bars, ...), which cells are struck and which are known. training: the
    training patterns, of the same cells, as `beatgen.bars.nearest.pack` packs them.
    """
    count = min(count, len(training))
    seen, masks = pack(struck & known), pack(known)
    indices = np.zeros((len(struck), count), np.int64)
    weight = np.zeros((len(struck), count), np.float32)
    # Bars of which the same part is known are compared together.
    kinds, kind = np.unique(masks, axis=0, return_inverse=True)
    for i, mask in enumerate(kinds):
        masked = training & mask
        rows = np.flatnonzero(kind.reshape(-1) == i)
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            scores = f1_matrix(seen[part], masked)
            best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
            indices[part] = best
            weight[part] = np.take_along_axis(scores, best, 1) ** POWER
    weight[~seen.any(1)] = 0
    weight /= np.maximum(weight.sum(1, keepdims=True), 1e-12)
    return Similar(indices, weight)


def with_classes(struck: np.ndarray) -> np.ndarray:
    """Patterns with their nine classes beside the voices, bool (n, 16, 22) -> (n, 16, 31): compared
    so, a hit on another voice of the same class counts half."""
    return np.concatenate([struck, fold(struck)], -1)


def known_with_classes(known: np.ndarray) -> np.ndarray:
    """What is known of `with_classes`, bool (n, 16, 22) -> (n, 16, 31): a class where all of its
    voices are."""
    return np.concatenate([known, ~fold(~known)], -1)


def struck_share(similar: Similar, training: np.ndarray) -> np.ndarray:
    """The share of the similar bars, by weight, that strike each sixteenth of each voice, float32
    (bars, 16, 22). training: the training patterns, bool (n, 16, 22)."""
    shares = np.empty((len(similar.indices), *training.shape[1:]), np.float32)
    for bar, (indices, weight) in enumerate(zip(*similar, strict=True)):
        shares[bar] = np.tensordot(weight, training[indices], 1)
    return shares


class Neighbours:
    """The training bars of an atlas, to average the network's predictions with.

    pattern_dim: how many dimensions of z, the first ones, are the pattern's.
    """

    def __init__(self, atlas: Atlas, pattern_dim: int) -> None:
        self._atlas, self._pattern_dim = atlas, pattern_dim
        self._training = pack(atlas.struck)
        self._classes = pack(with_classes(atlas.struck))

    def __len__(self) -> int:
        """How many training bars there are."""
        return len(self._classes)

    def similar(self, struck: np.ndarray, known: np.ndarray, fills: bool = False) -> Similar:
        """The training bars most similar to some bars in what is known of them. struck, known: bool
        (bars, 16, 22), as for `most_similar`. fills: only among those that were recorded as fills,
        and have FEWEST strokes of drums or more where something is not known of these bars."""
        asked = with_classes(struck), known_with_classes(known)
        if not fills:
            return most_similar(*asked, self._classes)
        among = np.flatnonzero(self._atlas.fill)
        strokes = (self._atlas.struck[among] & ~known.all(0))[..., DRUMS].sum((1, 2))
        if (strokes >= FEWEST).any():
            among = among[strokes >= FEWEST]
        indices, weight = most_similar(*asked, self._classes[among])
        return Similar(among[indices], weight)

    def mixed(self, predicted: np.ndarray, similar: Similar, share: float = SHARE) -> np.ndarray:
        """The probability that each sixteenth is struck, float32 (bars, 16, 22): the mean of what
        the network `predicted`, (bars, 16, 22), and the share of similar training bars that strike
        it, which count so much of it; nothing where nothing is known of a bar."""
        counted = share * similar.weight.sum(1)[:, None, None]
        return (1 - counted) * predicted + counted * struck_share(similar, self._atlas.struck)

    def feel(
        self,
        predicted: ExpectedStrike,
        pattern: np.ndarray,
        predict_feel: Callable[[np.ndarray, np.ndarray], Prediction],
    ) -> ExpectedStrike:
        """The expected strike of each sixteenth of a pattern, int (bars, 16, 22): the mean of what
        the network `predicted`, and of the pattern played with the feels of similar training bars.

        predict_feel: the prediction for z_feel and a pattern (`Codec.predict_feel`).
        """
        struck = pattern > 0
        similar = most_similar(struck, np.ones_like(struck), self._training)
        velocity, offset = np.zeros((2, *pattern.shape), np.float32)
        for start in range(0, len(pattern), BARS):
            part = slice(start, start + BARS)
            indices = similar.indices[part]
            z_feel = self._atlas.z(indices.reshape(-1))[:, self._pattern_dim :]
            repeated = np.repeat(pattern[part], indices.shape[1], axis=0)
            played = expected_strike(predict_feel(z_feel, repeated))
            for mean, each in zip((velocity, offset), played, strict=True):
                each = each.reshape(*indices.shape, *each.shape[1:])
                mean[part] = np.einsum("nk,nkiv->niv", similar.weight[part], each)
        share = similar.share
        pairs = zip(predicted, (velocity, offset), strict=True)
        return ExpectedStrike(*((1 - share) * own + share * others for own, others in pairs))
