"""What the network tells of a bar, and the decision what of it is struck."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from beatgen.bars.strikes import PLACES, Strikes
from beatgen.kit import FAMILIES, PARTS, VOICES_OF_FAMILY

# Indices of the families of each of PARTS
FAMILIES_OF_PART = tuple([FAMILIES.index(family) for family in part] for part in PARTS)


class Decoded(NamedTuple):
    """Bars as the network tells them, before it is decided what is struck.

    counts: (n, 16, 22, 5) probabilities of 0 to 4 strikes. place: (n, 16, 22, 4) probability of
    each place, given one strike. velocity 0 to 1 and timing in steps of a strike there: the same.
    All float32.
    """

    counts: np.ndarray
    place: np.ndarray
    velocity: np.ndarray
    timing: np.ndarray

    def strikes(self, pattern: np.ndarray) -> Strikes:
        """Dress a pattern (n, 16, 22): its strikes fall on the likeliest places."""
        struck = np.zeros(self.place.shape, bool)
        cells = pattern > 0  # few: nothing is worked out for the others
        struck[cells] = _rank(self.place[cells]) < pattern[cells][:, None]
        velocity = np.zeros(struck.shape, np.float32)
        timing = np.zeros_like(velocity)
        velocity[struck] = np.clip(self.velocity[struck], 1 / 127, 1)
        timing[struck] = np.clip(self.timing[struck], -0.5, 0.5)
        return Strikes(velocity, timing)

    def expected(self) -> np.ndarray:
        """Expected velocity of each place, probability times velocity, (n, 16, 22, 4).

        The probability sums over how many strikes fall: of k strikes, each further one takes one
        of the places left (conditional Bernoulli, as the loss of `bar_vae` has it).
        """
        w = np.clip(self.place, 1e-12, 1)
        probability = np.zeros_like(w)
        for k in range(1, PLACES + 1):
            inclusion = w * _symmetric_without_each(w, k - 1) / _symmetric(w, k)[..., None]
            probability += self.counts[..., k : k + 1] * inclusion
        return probability * self.velocity


def pattern_of(count: np.ndarray, threshold: float) -> np.ndarray:
    """How often each sixteenth is struck, int (..., 16, 22), from the probabilities of 0 to 4
    strikes: none unless any is likelier than `threshold`."""
    return _how_often(1 - count[..., 0] > threshold, count)


def pattern_of_size(count: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """As `pattern_of`, but with as many struck sixteenths in each family as `hits` (...,
    families) says, rounded: the likeliest of them."""
    likely = 1 - count[..., 0]
    struck = np.zeros(likely.shape, bool)
    for family, voices in enumerate(VOICES_OF_FAMILY.values()):
        flat = likely[..., voices].reshape(*likely.shape[:-2], -1)
        chosen = _rank(flat) < np.rint(hits[..., family, None])
        struck[..., voices] = chosen.reshape(*likely.shape[:-1], len(voices))
    return _how_often(struck, count)


def pattern_of_hidden(count: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """As `pattern_of`, but in each bar's hidden part alone (bool, (n, 16, 22)), and there as many
    struck sixteenths as are to be expected: the likeliest of them.

    Of what is hidden the network is sure of little; a threshold would leave it silent.
    """
    likely = np.where(hidden, 1 - count[..., 0], 0).reshape(len(count), -1)
    struck = _rank(likely) < np.rint(likely.sum(1, keepdims=True))
    return _how_often(struck.reshape(hidden.shape) & hidden, count)


def hits_between(asked: np.ndarray, own: np.ndarray, say: np.ndarray | float) -> np.ndarray:
    """Struck sixteenths of each family, float (..., families), where the ends of a blend ask for
    so many and the network has `own`. say: the network's, 0 to 1, in how many each of PARTS has.

    Half-way between two grooves the network is sure of little: with a say of 1 there would be holes
    where both of them are busy, with 0 every blend would be as busy as the mean. On which of its
    families a part is played is the network's to say. A part that neither end has rests.
    """
    found = np.array(asked, np.float64)
    for part in FAMILIES_OF_PART:
        ends, told = (hits[..., part].sum(-1, keepdims=True) for hits in (asked, own))
        shares = np.where(told > 0, own[..., part], asked[..., part])
        shares = shares / np.maximum(shares.sum(-1, keepdims=True), 1e-9)
        found[..., part] = shares * np.where(ends > 0, (1 - say) * ends + say * told, 0)
    return found


def as_likely(count: np.ndarray, struck: np.ndarray) -> np.ndarray:
    """Probabilities of 0 to 4 strikes (..., 5) that are as `count` where there are any, and any as
    probable as `struck` (...) says."""
    likely = np.maximum(1 - count[..., :1], 1e-9)
    struck = struck[..., None]
    return np.concatenate([1 - struck, count[..., 1:] / likely * struck], -1)


def family_hits(pattern: np.ndarray) -> np.ndarray:
    """Struck sixteenths of each family, (..., families), of a pattern (..., 16, 22)."""
    struck = pattern > 0
    return np.stack([struck[..., voices].sum((-2, -1)) for voices in VOICES_OF_FAMILY.values()], -1)


def _how_often(struck: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The likeliest number of strikes where there are any, 0 elsewhere."""
    pattern = np.zeros(struck.shape, int)
    pattern[struck] = 1 + count[struck][:, 1:].argmax(-1)
    return pattern


def _rank(values: np.ndarray) -> np.ndarray:
    """0 for the largest of the last axis, 1 for the next ..., the earlier of equals first."""
    return (-values).argsort(-1, kind="stable").argsort(-1, kind="stable")


def _symmetric(w: np.ndarray, k: int) -> np.ndarray:
    """The k-th elementary symmetric polynomial of the last axis."""
    e = [np.ones_like(w[..., 0])] + [np.zeros_like(w[..., 0])] * k
    for i in range(w.shape[-1]):
        for j in range(k, 0, -1):
            e[j] = e[j] + w[..., i] * e[j - 1]
    return e[k]


def _symmetric_without_each(w: np.ndarray, k: int) -> np.ndarray:
    """For each element of the last axis, `_symmetric` of all the others."""
    others = (np.delete(w, i, axis=-1) for i in range(w.shape[-1]))
    return np.stack([_symmetric(o, k) for o in others], -1)
