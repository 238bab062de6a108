"""More bars than were played: what may change in a bar without making it any less drummed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beatgen.groove import BEATS, SIXTEENTHS
from beatgen.kit import INDEX, VOICES

# Voices that one limb or one intention moves together, exchanged between bars as a whole.
GROUPS = tuple(
    [i for i, voice in enumerate(VOICES) if voice.family in families]
    for families in (("kick",), ("snare",), ("tom",), ("hat", "ride", "crash"))
)
HATS = [INDEX[name] for name in ("hi-hat", "hi-hat edge", "open hat")]
RIDES = [INDEX[name] for name in ("ride", "ride edge", "ride bell")]


@dataclass(frozen=True)
class Augmentation:
    """How likely, or how strong, each change is; 0 switches it off.

    rotate: chance that a bar starts at another beat. mix: chance, for each voice group, that it is
    taken from another bar. loudness: velocities are scaled by a factor up to 1 + loudness either
    way. jitter: standard deviation of extra timing, in steps. exchange: chance that hats and rides
    change places.
    """

    rotate: float = 0.75
    mix: float = 0.15
    loudness: float = 0.25
    jitter: float = 0.0
    exchange: float = 0.1


def augmented(
    strikes: np.ndarray, chosen: np.ndarray, how: Augmentation, rng: np.random.Generator
) -> np.ndarray:
    """A batch of changed bars.

    strikes: float32 (bars, 16, 22, 4, 2), velocity and timing, of the whole data set; chosen: the
    indices of the batch. Returns float32 (len(chosen), 16, 22, 4, 2).
    """
    batch = strikes[chosen]  # a copy
    n = len(batch)
    for group in GROUPS:
        other = np.flatnonzero(rng.random(n) < how.mix)
        donors = rng.integers(len(strikes), size=len(other))
        batch[other[:, None], :, group] = strikes[donors[:, None], :, group]
    swapped = np.flatnonzero(rng.random(n) < how.exchange)[:, None]
    batch[swapped, :, HATS + RIDES] = batch[swapped, :, RIDES + HATS]
    beats = rng.integers(1, BEATS, size=n) * (rng.random(n) < how.rotate)
    shift = (np.arange(SIXTEENTHS) + SIXTEENTHS // BEATS * beats[:, None]) % SIXTEENTHS
    batch = batch[np.arange(n)[:, None], shift]
    struck = batch[..., 0] > 0
    factor = np.exp(rng.uniform(-1, 1, (n, 1, 1, 1)) * np.log1p(how.loudness))
    batch[..., 0] = np.where(struck, np.clip(batch[..., 0] * factor, 1 / 127, 1), 0)
    if how.jitter:
        late = batch[..., 1] + rng.normal(0, how.jitter, struck.shape)
        batch[..., 1] = np.where(struck, np.clip(late, -0.5, 0.5), 0)
    return batch
