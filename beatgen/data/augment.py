"""More bars than were played: changes after which a bar is still one that a drummer could play."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from beatgen.bars.metrics import VOICES_OF_CLASS
from beatgen.data.program import programmed
from beatgen.errors import check_fields
from beatgen.groove import BEATS, SIXTEENTHS
from beatgen.kit import GROUPS, INDEX, VOICES

HATS = [INDEX[name] for name in ("hi-hat", "hi-hat edge", "open hat")]
RIDES = [INDEX[name] for name in ("ride", "ride edge", "ride bell")]


@dataclass(frozen=True)
class Augmentation:
    """How likely, or how strong, each change is; 0 switches it off.

    rotate: chance that a bar starts at another beat, and goes on into the next bar of its piece.
    mix: chance, for each voice group, that it is taken from another bar. loudness: velocities are
    scaled up or down by a factor of 1 + loudness at most. jitter: standard deviation of extra
    timing, in steps. exchange: chance that hats and rides change places. hide: chance that part of
    a bar is hidden from the encoders: voice groups or beats. single: share of the hidden parts that
    are single classes or voices instead, or these in some beats. program: chance that a bar is
    played as a machine would (`beatgen.data.program`).
    """

    rotate: float = 0.75
    mix: float = 0.15
    loudness: float = 0.25
    jitter: float = 0.0
    exchange: float = 0.1
    hide: float = 0.4
    single: float = 0.0
    program: float = 0.0

    def __post_init__(self) -> None:
        shares = ("rotate", "mix", "exchange", "hide", "single", "program")
        check_fields(self, **dict.fromkeys(shares, (0, 1)))

    def eased(self, share: float) -> Augmentation:
        """The same, with mixing and hiding only `share` times as likely.

        >>> Augmentation().eased(0.5).hide
        0.2
        """
        return replace(self, mix=share * self.mix, hide=share * self.hide)


def augmented(
    strikes: np.ndarray,
    following: np.ndarray,
    chosen: np.ndarray,
    how: Augmentation,
    rng: np.random.Generator,
) -> np.ndarray:
    """A batch of changed bars.

    strikes: float32 (bars, 16, 22, 4, 2), velocity and timing, of the whole data set; following:
    the index of the bar after each (see `following_bars`); chosen: the indices of the batch.
    Returns float32 (len(chosen), 16, 22, 4, 2).
    """
    n = len(chosen)
    beats = rng.integers(1, BEATS, size=n) * (rng.random(n) < how.rotate)
    sixteenth = np.arange(SIXTEENTHS) + SIXTEENTHS // BEATS * beats[:, None]
    bar = np.where(sixteenth < SIXTEENTHS, chosen[:, None], following[chosen][:, None])
    batch = strikes[bar, sixteenth % SIXTEENTHS]  # a copy
    for group in GROUPS.values():
        other = np.flatnonzero(rng.random(n) < how.mix)
        donors = rng.integers(len(strikes), size=len(other))
        batch[other[:, None], :, group] = strikes[donors[:, None], :, group]
    swapped = np.flatnonzero(rng.random(n) < how.exchange)[:, None]
    batch[swapped, :, HATS + RIDES] = batch[swapped, :, RIDES + HATS]
    struck = batch[..., 0] > 0
    factor = np.exp(rng.uniform(-1, 1, (n, 1, 1, 1)) * np.log1p(how.loudness))
    batch[..., 0] = np.where(struck, np.clip(batch[..., 0] * factor, 1 / 127, 1), 0)
    if how.jitter:
        late = batch[..., 1] + rng.normal(0, how.jitter, struck.shape)
        batch[..., 1] = np.where(struck, np.clip(late, -0.5, 0.5), 0)
    if how.program:
        by_machine = np.flatnonzero(rng.random(n) < how.program)
        batch[by_machine] = programmed(batch[by_machine], rng)
    return batch


def following_bars(file_index: np.ndarray, number: np.ndarray) -> np.ndarray:
    """The index of the bar that follows each in its piece, int64 (bars,); the last of a piece, and
    one before a rest, is followed by itself, as a loop is.

    file_index, number: (bars,) each, the piece of a bar and its place there, in order.
    """
    follows = (np.diff(file_index) == 0) & (np.diff(number) == 1)
    return np.arange(len(number)) + np.append(follows, False)


def known_parts(n: int, how: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """What the encoders may see of n bars, float32 (n, 16, 22): 1, or 0 where it is hidden.

    Of a bar that has something hidden, either some of its voice groups are, or all voices for one
    to three beats, or one to three classes or voices, some of them in one to three beats only;
    never everything.
    """
    known = np.ones((n, SIXTEENTHS, len(VOICES)), np.float32)
    hidden = np.flatnonzero(rng.random(n) < how.hide)
    by_voice = rng.random(len(hidden)) < 0.6
    groups = rng.random((len(hidden), len(GROUPS))) < 0.5
    shown = rng.integers(len(GROUPS), size=len(hidden))
    first, beats = rng.integers(BEATS, size=len(hidden)), rng.integers(1, BEATS, size=len(hidden))
    groups[np.arange(len(hidden)), shown] = False
    parts = np.zeros((len(hidden), *known.shape[1:]), bool)
    for i, group in enumerate(GROUPS.values()):
        parts[np.flatnonzero(by_voice & groups[:, i])[:, None], :, group] = True
    after = (np.arange(SIXTEENTHS) // (SIXTEENTHS // BEATS) - first[:, None]) % BEATS
    in_beats = (after < beats[:, None])[..., None]
    parts |= in_beats & ~by_voice[:, None, None]
    if how.single:
        single = rng.random(len(hidden)) < how.single
        few = _few_voices(len(hidden), rng)[:, None]
        some_beats = rng.random((len(hidden), 1, 1)) < 0.25
        parts = np.where(single[:, None, None], few & (in_beats | ~some_beats), parts)
    known[hidden] = ~parts
    return known


def _few_voices(n: int, rng: np.random.Generator) -> np.ndarray:
    """One to three classes, or one to three voices, for each of n bars: bool (n, 22)."""
    few = np.zeros((n, len(VOICES)), bool)
    by_class = rng.random(n) < 0.75
    counts = rng.choice((1, 2, 3), n, p=(0.6, 0.25, 0.15))
    for bar, (of_class, count) in enumerate(zip(by_class, counts, strict=True)):
        if of_class:
            for chosen in rng.choice(len(VOICES_OF_CLASS), count, replace=False):
                few[bar, VOICES_OF_CLASS[chosen]] = True
        else:
            few[bar, rng.choice(len(VOICES), count, replace=False)] = True
    return few
