"""What the network predicts for a bar, and the decision which sixteenths are struck.

A *pattern* is how often each sixteenth of each voice is struck: int (n, 16, 22), 0 to 4. The
network predicts probabilities of 0 to 4 strikes, `counts`: float (n, 16, 22, 5). The functions here
turn probabilities into a pattern; `Prediction.strikes` then places its strikes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from beatgen.bars.metrics import VOICES_OF_CLASS
from beatgen.bars.strikes import PLACES, Strikes
from beatgen.kit import FAMILIES, PARTS, VOICES, VOICES_OF_FAMILY

# Indices of the families that each of PARTS consists of
FAMILIES_OF_PART = tuple([FAMILIES.index(family) for family in part] for part in PARTS)

HARDLY_ANY = 0.1  # hits expected in all that is hidden of a bar: with fewer it stays silent
# Voices whose sound a General MIDI kit has under another's note, and that other
GENERAL_MIDI = {
    i: next(j for j, other in enumerate(VOICES) if other.pitch == voice.gm)
    for i, voice in enumerate(VOICES)
    if voice.gm != voice.pitch
}
# Those that no General MIDI file has: there the notes of the crashes' edges are splash and china.
ELECTRONIC = tuple(i for i in GENERAL_MIDI if VOICES[i].family != "crash")


class Prediction(NamedTuple):
    """What the network gives for n bars, before it is decided what is struck. All float32.

    counts:   (n, 16, 22, 5), probabilities of 0 to 4 strikes in each sixteenth of each voice.
    place:    (n, 16, 22, 4), probability of each of its four places, given one strike.
    velocity: (n, 16, 22, 4), 0 to 1, of a strike on that place.
    timing:   (n, 16, 22, 4), distance of that strike from its place, in steps.
    """

    counts: np.ndarray
    place: np.ndarray
    velocity: np.ndarray
    timing: np.ndarray

    def strikes(self, pattern: np.ndarray) -> Strikes:
        """The strikes of a pattern, int (n, 16, 22), each on the most probable places of its
        sixteenth, with the predicted velocity (1/127 to 1) and timing (-0.5 to 0.5)."""
        struck = np.zeros(self.place.shape, bool)
        cells = pattern > 0  # few: nothing is computed for the others
        struck[cells] = _rank(self.place[cells]) < pattern[cells][:, None]
        velocity = np.zeros(struck.shape, np.float32)
        timing = np.zeros_like(velocity)
        velocity[struck] = np.clip(self.velocity[struck], 1 / 127, 1)
        timing[struck] = np.clip(self.timing[struck], -0.5, 0.5)
        return Strikes(velocity, timing)

    def expected(self) -> np.ndarray:
        """Expected velocity of each place, probability times velocity, float32 (n, 16, 22, 4).

        The probability of a place sums over the number of strikes k. Given k, the strikes take k
        different places (conditional Bernoulli, as in the loss of `beatgen.networks.bar_vae`).
        """
        w = np.clip(self.place, 1e-12, 1)
        probability = np.zeros_like(w)
        for k in range(1, PLACES + 1):
            inclusion = w * _symmetric_without_each(w, k - 1) / _symmetric(w, k)[..., None]
            probability += self.counts[..., k : k + 1] * inclusion
        return probability * self.velocity


def pattern_of(counts: np.ndarray, threshold: float) -> np.ndarray:
    """The pattern, int (..., 16, 22): a sixteenth is struck where the probability of any strike is
    above `threshold`, and then as often as is most probable.

    >>> counts = np.array([[0.6, 0.4, 0, 0, 0], [0.4, 0.2, 0.4, 0, 0]])
    >>> pattern_of(counts, threshold=0.5).tolist()
    [0, 2]
    """
    return _most_probable(1 - counts[..., 0] > threshold, counts)


def pattern_with_hits(counts: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """The pattern, int (..., 16, 22), with a given number of struck sixteenths in each family: the
    most probable ones. hits: float (..., families), rounded here."""
    probability = 1 - counts[..., 0]
    struck = np.zeros(probability.shape, bool)
    for family, voices in enumerate(VOICES_OF_FAMILY.values()):
        flat = probability[..., voices].reshape(*probability.shape[:-2], -1)
        chosen = _rank(flat) < np.rint(hits[..., family, None])
        struck[..., voices] = chosen.reshape(*probability.shape[:-1], len(voices))
    return _most_probable(struck, counts)


def pattern_of_hidden(counts: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """The pattern of the hidden part alone, int (n, 16, 22), 0 elsewhere; hidden: bool (n, 16, 22).

    In each bar the most probable sixteenths of the nine classes are struck, each on its most
    probable voice: as many of them as promise the best F1, 2 TP / (struck + true), where the
    probabilities say how many are true. With a threshold nearly nothing would be struck: the
    network is rarely sure of what it cannot see. As many as the probabilities sum up to would be
    too few where it is unsure which.
    """
    voices = np.where(hidden, 1 - counts[..., 0], 0)
    probability = np.stack([1 - (1 - voices[..., v]).prod(-1) for v in VOICES_OF_CLASS], -1)
    flat = probability.reshape(len(counts), -1)
    found = np.sort(flat, axis=1)[:, ::-1].cumsum(1)
    f1 = 2 * found / (np.arange(1, flat.shape[1] + 1) + flat.sum(1, keepdims=True))
    often = np.where(flat.sum(1) > HARDLY_ANY, f1.argmax(1) + 1, 0)
    chosen = (_rank(flat) < often[:, None]).reshape(probability.shape)
    struck = np.zeros(hidden.shape, bool)
    for i, of_class in enumerate(VOICES_OF_CLASS):
        likeliest = of_class[voices[..., of_class].argmax(-1)]
        at = np.nonzero(chosen[..., i])
        struck[(*at, likeliest[at])] = True
    return _most_probable(struck & hidden, counts)


def on_kit(probability: np.ndarray, hidden: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Probabilities (n, 16, 22) of strikes, on voices that the groove's kit has. hidden: bool
    (n, 16, 22), where strikes are asked for; used: bool (22,), the voices that the groove uses.

    Edges and rims of hats and toms are an electronic kit's. Where a groove uses none of them, what
    was to be struck there, or on the edge of a cymbal, is struck on the voice that a General MIDI
    kit has in its place, if that is asked for, too.
    """
    if used[list(ELECTRONIC)].any():
        return probability
    moved = probability.copy()
    for voice, target in GENERAL_MIDI.items():
        at = hidden[..., voice] & hidden[..., target]
        either = 1 - (1 - moved[..., voice]) * (1 - moved[..., target])
        moved[..., target] = np.where(at, either, moved[..., target])
        moved[..., voice] = np.where(at, 0, moved[..., voice])
    return moved


def blend_hits(ends: np.ndarray, predicted: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """The number of struck sixteenths that a blend should have, float64 (..., families).

    ends: the number interpolated between the two grooves, (..., families). predicted: the number
    that the network would strike. share: of the network in each part's number, 0 to 1. A part is
    one family, or snare and toms together (`beatgen.kit.PARTS`).

    Half-way between two grooves the network is sure of little. With a share of 1 there would be
    holes where both grooves are busy; with 0 every blend would be exactly as busy as the mean of
    the two. How a part is divided among its families is left to the network. A part that neither
    groove plays stays silent.
    """
    blended = np.array(ends, np.float64)
    for part in FAMILIES_OF_PART:
        of_ends, of_network = (hits[..., part].sum(-1, keepdims=True) for hits in (ends, predicted))
        division = np.where(of_network > 0, predicted[..., part], ends[..., part])
        division = division / np.maximum(division.sum(-1, keepdims=True), 1e-9)
        total = np.where(of_ends > 0, (1 - share) * of_ends + share * of_network, 0)
        blended[..., part] = division * total
    return blended


def rescale_counts(counts: np.ndarray, struck: np.ndarray) -> np.ndarray:
    """`counts` (..., 5) rescaled so that the probability of at least one strike is `struck` (...);
    the ratios among 1 to 4 strikes are kept.

    >>> rescale_counts(np.array([0.5, 0.25, 0.25, 0, 0]), np.array(0.8)).round(3).tolist()
    [0.2, 0.4, 0.4, 0.0, 0.0]
    """
    any_strike = np.maximum(1 - counts[..., :1], 1e-9)
    struck = struck[..., None]
    return np.concatenate([1 - struck, counts[..., 1:] / any_strike * struck], -1)


def family_hits(pattern: np.ndarray) -> np.ndarray:
    """Struck sixteenths of each family, int (..., families), in a pattern (..., 16, 22)."""
    struck = pattern > 0
    return np.stack([struck[..., voices].sum((-2, -1)) for voices in VOICES_OF_FAMILY.values()], -1)


def _most_probable(struck: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The most probable number of strikes, 1 to 4, where `struck`; 0 elsewhere."""
    pattern = np.zeros(struck.shape, int)
    pattern[struck] = 1 + counts[struck][:, 1:].argmax(-1)
    return pattern


def _rank(values: np.ndarray) -> np.ndarray:
    """0 for the largest of the last axis, 1 for the next ...; the earlier of equals first."""
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
