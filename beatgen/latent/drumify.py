"""From a tapped rhythm to drums: what is struck with each tap, and between the taps.

A small network (`beatgen.networks.drumify`) hears the tap bar by bar. Where something is tapped,
its answer is averaged with what the training bars strike whose tap is most alike, in rhythm,
accents and timing; in between it is alone. How many hits there are follows from how sure both are,
and from how busy the drums shall be.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from beatgen.bars.metrics import VOICES_OF_CLASS, fold
from beatgen.bars.pieces import cut
from beatgen.bars.strikes import N_VOICES, ON_LINE, PLACES, Strikes, to_strikes
from beatgen.bars.taps import Tap, about_of, drums_of, tap_features, tap_of
from beatgen.errors import UNREADABLE, BeatGenError, ModelError, shown
from beatgen.files import whole
from beatgen.groove import SIXTEENTHS, Groove
from beatgen.kit import CLASSES, INDEX
from beatgen.latent.atlas import Atlas, style_label
from beatgen.latent.decide import GENERAL_MIDI
from beatgen.latent.runtime import AGAIN, DRUMIFY_NETWORK, Parts, drumify_signatures
from beatgen.stored import read_arrays, read_json

CARD, TAPS = "drumify.json", "drumify.npz"  # beside the network's file
FORMAT = 1  # of the taps; raise it when their content changes

# What makes two taps alike: accents count three times as much as whether there is a tap, a
# sixteenth's half as much as a tap. Fitted, with the number of neighbours, on training bars.
VELOCITY_WEIGHT, OFFSET_WEIGHT = 3.0, 2.0
NEIGHBOURS = 32
NEAREST = 0.05  # squared distance below which nothing is nearer
POWER = 2  # of the distance, by which a neighbour's weight falls
SHARE = 0.5  # of the neighbours where something is tapped; the network has the rest
EVEN = 0.02  # velocities that differ less, in the mean, have no accents
RANGE = 2.0  # the busiest drums have so many times the hits, the sparest that part of them
# What a seed moves a class by everywhere, in a sixteenth of all bars, and of one bar: in logits
DRAWN = (0.7, 0.7, 0.25)


@dataclass(frozen=True, eq=False)
class Taps:
    """The taps of the atlas' training bars: velocity and offset, float32 (n, 16) each."""

    velocity: np.ndarray
    offset: np.ndarray

    def save(self, folder: Path) -> None:
        """Write them beside the network, in half a kilobyte for each ten bars."""
        with whole(folder / TAPS) as part:
            np.savez_compressed(
                part,
                format=FORMAT,
                velocity=np.rint(self.velocity.T * 127).astype(np.uint8),
                offset=np.rint(self.offset.T * 127).astype(np.int8),
            )

    @classmethod
    def load(cls, folder: Path) -> Taps:
        """Raises ModelError where there are none that can be read."""
        try:
            stored = read_arrays(folder / TAPS)
            if int(stored["format"]) != FORMAT:
                raise ModelError(f"{folder / TAPS}: of another version. {AGAIN}")
            parts = [stored[name].T.astype(np.float32) for name in ("velocity", "offset")]
            if parts[0].shape != parts[1].shape or parts[0].shape[1:] != (SIXTEENTHS,):
                raise ValueError(f"{parts[0].shape} and {parts[1].shape}")
        except UNREADABLE as error:
            raise ModelError(f"{folder / TAPS}: damaged or missing. {AGAIN}") from error
        return cls(*(part / 127 for part in parts))


class Drummer:
    """The network, and the training bars that it is averaged with, where an atlas is given.

    styles: their names in the data set. threshold: the probability from which a class is struck, at
    the usual busyness. Raises ModelError where a file is missing or damaged.
    """

    def __init__(self, folder: Path, atlas: Atlas | None = None) -> None:
        try:
            card = read_json(folder / CARD)
            self.styles = tuple(map(str, card["config"]["styles"]))
            self.threshold = float(card["threshold"])
        except UNREADABLE as error:
            raise ModelError(
                f"{folder}: nothing there that makes drums of a tapped rhythm; export a run of "
                "--model drumify into it."
            ) from error
        self._network = Parts(folder / DRUMIFY_NETWORK, drumify_signatures(len(self.styles)))
        self._atlas = self._taps = None
        if atlas is not None:
            self._atlas, self._taps = atlas, Taps.load(folder)
            if len(self._taps.velocity) != len(atlas):
                raise ModelError(f"{folder / TAPS}: taps of other bars than the atlas'. {AGAIN}")

    def style(self, name: str | None) -> int:
        """The number of a style, by its name in the data set or as it is written; -1 for None.
        Raises BeatGenError for another."""
        if name is None:
            return -1
        wanted = name.strip().lower()
        for number, style in enumerate(self.styles):
            if wanted in (style.lower(), style_label(style).lower()):
                return number
        known = ", ".join(map(style_label, self.styles))
        raise BeatGenError(f"no style {shown(name)}; expected one of {known}.")

    def play(
        self, tap: Tap, tempo: float, busy: float = 0.5, style: int = -1, seed: int = 0
    ) -> Strikes:
        """The drums for the taps of a loop of n bars."""
        hits, voices, velocity, offset = self.predict(tap, tempo, style)
        chosen = decide(_drawn(hits, seed), tap.struck, self.threshold, busy)
        return _strikes(chosen, voices, velocity, as_tapped(chosen, velocity, offset, tap))

    def predict(self, tap: Tap, tempo: float | np.ndarray, style: int = -1, loop: int = 0) -> tuple:
        """For the taps of n bars, `loop` of which repeat in turn (0: all): how likely each class is
        struck, (n, 16, 9), how likely each voice for it, (n, 16, 22), then velocity, 0 to 1, and
        offset, in sixteenths, of each class, (n, 16, 9)."""
        n = len(tap.velocity)
        at = np.arange(n).reshape(-1, loop or n)
        around = [np.roll(at, by, axis=1).reshape(-1) for by in (0, 1, -1)]
        three = Tap(*(np.stack([part[i] for i in around], 1) for part in tap))
        about = about_of(np.full(n, style), np.broadcast_to(tempo, n), len(self.styles))
        out = self._network.run("drums", tap=tap_features(three), about=about)
        hits = out["hits"]
        if self._taps is not None:
            voted = self._vote(tap, style)
            mixed = (1 - SHARE) * hits + SHARE * voted
            hits = np.where(tap.struck[..., None], mixed, hits)
        return hits, out["voices"], out["velocity"], out["offset"]

    def _vote(self, tap: Tap, style: int) -> np.ndarray:
        """The share of the training bars with the most similar taps that strike each class, float32
        (n, 16, 9)."""
        assert self._atlas is not None and self._taps is not None
        among = np.arange(len(self._atlas))
        if style >= 0 and self.styles[style] in self._atlas.styles:
            among = self._atlas.of_style(self.styles[style])
        struck = fold(self._atlas.struck[among])
        return tap_vote(tap, Tap(self._taps.velocity[among], self._taps.offset[among]), struck)


def rhythm_of(groove: Groove) -> Tap:
    """The tap of a groove, percussion and notes of no known drum included: the loudest hit of each
    sixteenth of its pieces (`beatgen.bars.pieces`)."""
    best = groove.velocity.argmax(2)[..., None]
    one = np.zeros((2, *groove.velocity.shape[:2], N_VOICES), np.float32)
    for grid, part in zip(one, (groove.velocity, groove.timing), strict=True):
        grid[:, :, INDEX["snare"]] = np.take_along_axis(part, best, 2)[..., 0]
    tapped = Groove(one[0], one[1], groove.tempo, groove.meters)
    velocity, timing = cut(tapped)
    return tap_of(drums_of(to_strikes(velocity, timing, len(velocity))))


def tap_vote(tap: Tap, known: Tap, struck: np.ndarray, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """How the bars vote whose taps are most alike, float32 (n, 16, 9). known, struck: taps of bars
    and the classes that they strike, bool (m, 16, 9).

    A tap without accents, or all on the lines, is compared without them.
    """
    own = tap.velocity[tap.struck]
    accents = VELOCITY_WEIGHT * float(len(own) > 0 and own.std() > EVEN)
    feel = OFFSET_WEIGHT * float(np.abs(tap.offset).max() > 0)
    ours, theirs = (
        np.concatenate([accents * t.velocity, t.struck, feel * t.offset], 1).astype(np.float32)
        for t in (tap, known)
    )
    count = min(neighbours, len(theirs))
    votes = np.zeros((len(ours), *struck.shape[1:]), np.float32)
    lengths = np.square(theirs).sum(1)
    for bar, row in enumerate(ours):
        distance = np.maximum(lengths - 2 * theirs @ row + row @ row, 0)
        near = np.argpartition(distance, count - 1)[:count]
        weight = (distance[near] + NEAREST) ** -POWER
        votes[bar] = np.tensordot(weight / weight.sum(), struck[near], 1)
    return votes


def decide(
    probability: np.ndarray, tapped: np.ndarray, threshold: float, busy: float = 0.5
) -> np.ndarray:
    """Which classes are struck, bool (n, 16, 9), of their probabilities: those above the threshold,
    or half or twice as many (busy 0, 1); and with each tap, bool (n, 16), at least the likeliest.
    """
    count = np.count_nonzero(probability > threshold) * RANGE ** (2 * busy - 1)
    order = (-probability).ravel().argsort(kind="stable")
    struck = np.zeros(probability.size, bool)
    struck[order[: round(float(count))]] = True
    likeliest = probability.argmax(-1)[..., None] == np.arange(len(CLASSES))
    return struck.reshape(probability.shape) | (likeliest & tapped[..., None])


def as_tapped(struck: np.ndarray, velocity: np.ndarray, offset: np.ndarray, tap: Tap) -> np.ndarray:
    """Offsets (n, 16, 9) moved in each tapped sixteenth so that its loudest hit is when the tap is;
    the others stay as far from it as they were."""
    loudest = np.where(struck, velocity, 0).argmax(-1)[..., None]
    ahead = tap.offset - np.take_along_axis(offset, loudest, -1)[..., 0]
    moved = offset + np.where(tap.struck, ahead, 0)[..., None]
    return np.clip(moved, -0.5, 0.5)


def _drawn(probability: np.ndarray, seed: int) -> np.ndarray:
    """Probabilities as another drummer might have them; those given, for seed 0."""
    if seed == 0:
        return probability
    rng = np.random.default_rng(seed)
    bars, shape = len(probability), probability.shape[1:]
    of_class, of_all, of_bar = DRAWN
    moved = of_class * rng.standard_normal(shape[1]) + of_all * rng.standard_normal(shape)
    moved = moved + of_bar * rng.standard_normal((bars, *shape))
    p = np.clip(probability, 1e-4, 1 - 1e-4)
    return 1 / (1 + np.exp(-(np.log(p / (1 - p)) + moved)))


def _strikes(
    chosen: np.ndarray, voices: np.ndarray, velocity: np.ndarray, offset: np.ndarray
) -> Strikes:
    """The strikes of classes, bool (n, 16, 9), each on its likeliest voice of a General MIDI kit.
    voices: the logits of the 22, (n, 16, 22)."""
    grid = np.zeros((2, len(chosen), SIXTEENTHS, N_VOICES, PLACES), np.float32)
    for i, of_class in enumerate(VOICES_OF_CLASS):
        bar, sixteenth = np.nonzero(chosen[..., i])
        if not len(bar):
            continue
        steps = np.clip(offset[bar, sixteenth, i] * PLACES, -ON_LINE - 0.5, PLACES - ON_LINE - 0.5)
        place = np.clip(np.rint(steps), -ON_LINE, PLACES - ON_LINE - 1).astype(int)
        voice = _voices(voices[bar, sixteenth][:, of_class], of_class)
        at = bar, sixteenth, voice, place + ON_LINE
        grid[0][at] = np.clip(velocity[bar, sixteenth, i], 1 / 127, 1)
        grid[1][at] = np.clip(steps - place, -0.5, 0.5)
    return Strikes(grid[0], grid[1])


def _voices(logits: np.ndarray, of_class: np.ndarray) -> np.ndarray:
    """The voice of each hit of a class, int (hits,): what is likely for all of them counts as much
    as what is likely for this one, since a hand stays where it is. logits: (hits, voices)."""
    likely = np.exp(logits - logits.max(1, keepdims=True))
    likely /= likely.sum(1, keepdims=True)
    general = np.array([GENERAL_MIDI.get(int(voice), int(voice)) for voice in of_class])
    kit = np.unique(general)
    folded = np.stack([likely[:, general == voice].sum(1) for voice in kit], 1)
    return kit[(folded * folded.mean(0)).argmax(1)]
