"""A groove as somebody would tap it: one stroke for each sixteenth that is struck, whatever by.

Two forms of bars stand here, with the sixteenth's line as the place that offsets count from, in
sixteenths: `Drums`, the loudest hit of each of the nine classes, and `Tap`, the loudest of all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from beatgen.bars.metrics import VOICES_OF_CLASS
from beatgen.bars.strikes import ON_LINE, PLACES, Strikes

TEMPO = 120.0  # BPM that the network hears as 0


class Drums(NamedTuple):
    """The loudest strike of each class in each sixteenth of n bars, (n, 16, 9) each.

    velocity: float32, 0 to 1, 0 where the class is silent. offset: float32, in sixteenths, below 0
    early. voice: int64, which of the 22 it is; 0 where there is none.
    """

    velocity: np.ndarray
    offset: np.ndarray
    voice: np.ndarray


class Tap(NamedTuple):
    """One stroke for each struck sixteenth of n bars, float32 (n, 16) each: velocity, 0 to 1, 0
    where nothing is tapped; offset in sixteenths, below 0 early."""

    velocity: np.ndarray
    offset: np.ndarray

    @property
    def struck(self) -> np.ndarray:
        """Bool (n, 16)."""
        return self.velocity > 0


def drums_of(strikes: Strikes) -> Drums:
    """The loudest strike of each class in each sixteenth; of equals that of the lower voice."""
    places = np.arange(PLACES, dtype=np.float32) - ON_LINE
    offset = (places + strikes.timing) / PLACES
    parts = []
    for voices in VOICES_OF_CLASS:
        loud = strikes.velocity[:, :, voices].reshape(*strikes.velocity.shape[:2], -1)
        late = offset[:, :, voices].reshape(loud.shape)
        best = loud.argmax(-1)[..., None]
        velocity = np.take_along_axis(loud, best, -1)[..., 0]
        struck = velocity > 0
        parts.append(
            (
                velocity,
                np.where(struck, np.take_along_axis(late, best, -1)[..., 0], 0),
                np.where(struck, voices[best[..., 0] // PLACES], 0),
            )
        )
    velocity, offset, voice = (np.stack(part, -1) for part in zip(*parts, strict=True))
    return Drums(velocity.astype(np.float32), offset.astype(np.float32), voice)


def tap_of(drums: Drums) -> Tap:
    """The loudest hit of each sixteenth, of all classes.

    >>> from beatgen.bars.strikes import to_strikes
    >>> from beatgen.groove import Groove
    >>> groove = Groove.from_tab("snare |----O---|\\nkick |o---o---|")
    >>> tap = tap_of(drums_of(to_strikes(groove.velocity, groove.timing)))
    >>> (tap.velocity[0, [0, 4, 8, 12]] * 127).round().tolist()
    [80.0, 0.0, 115.0, 0.0]
    """
    best = drums.velocity.argmax(-1)[..., None]
    velocity, offset = (np.take_along_axis(part, best, -1)[..., 0] for part in drums[:2])
    return Tap(velocity, offset)


def tap_features(tap: Tap) -> np.ndarray:
    """What the network hears of taps (n, 3, 16), of a bar, the one before and the one after:
    float32 (n, 16, 9)."""
    parts = np.stack([tap.struck, tap.velocity, tap.offset], -1).astype(np.float32)
    return parts.transpose(0, 2, 1, 3).reshape(len(parts), parts.shape[2], -1)


def about_of(style: np.ndarray, tempo: np.ndarray, styles: int) -> np.ndarray:
    """What else it hears, float32 (n, styles + 1): a 1 for the style, int (n,), -1 for none, and
    the tempo, (n,), in octaves from 120 BPM."""
    about = np.zeros((len(style), styles + 1), np.float32)
    given = np.flatnonzero(style >= 0)
    about[given, style[given]] = 1
    about[:, -1] = np.log2(np.asarray(tempo) / TEMPO)
    return about
