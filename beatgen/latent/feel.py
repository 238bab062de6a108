"""A feel for a pattern: drawn from the prior, or what drummers do with it on average.

The feel that noise 0 is carried to is none that is played on average: the network bends the way.
So the average is taken over what is heard, of draws around the middle, and a draw with little
spread is moved by as much as the middle is away from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from beatgen.bars.strikes import ON_LINE, PLACES, Strikes
from beatgen.latent.decide import Decoded

PAIRS = 4  # of draws for the average, each with its mirror image; twice as many gain .07 ms
NEAR = 0.5  # standard deviation of these draws; up to .8 their average is as near, but more even
SAME_DRUMMER = 0.7  # share of the variance that the bars of a groove have in common
AVERAGE_SEED = 0  # the average is the same for every draw


class Single(NamedTuple):
    """The strike of each sixteenth and voice, float32 (bars, 16, 22): expected velocity, 0 to 1,
    and offset from the sixteenth's line in steps."""

    velocity: np.ndarray
    offset: np.ndarray


def dress(
    decode: Callable[[np.ndarray], Decoded],
    pattern: np.ndarray,
    feel_dim: int,
    seed: int,
    spread: float,
    better: Callable[[Single], Single] | None = None,
) -> Strikes:
    """A feel for `pattern`, how often each sixteenth is struck, int (bars, 16, 22).

    decode: what the network tells of noise of the feel, float32 (n * bars, feel_dim), for the
    pattern n times in a row. spread: 1 is one draw, 0 the average of many, the same for every seed.
    better: what else is known of the average.
    """
    rng = np.random.default_rng(seed)
    shared, own = rng.standard_normal((2, len(pattern), feel_dim))
    noise = np.sqrt(SAME_DRUMMER) * shared[:1] + np.sqrt(1 - SAME_DRUMMER) * own
    strikes = decode((spread * noise).astype(np.float32)).strikes(pattern)
    if spread == 1:
        return strikes
    average, middle = _average(decode, len(pattern), feel_dim)
    if better is not None:
        average = better(average)
    away = Single(*((1 - spread) * (a - m) for a, m in zip(average, middle, strict=True)))
    return _moved(strikes, away, pattern == 1)


def single(told: Decoded) -> Single:
    """What is to be expected of one strike."""
    weight = told.place / told.place.sum(-1, keepdims=True)
    offset = np.arange(PLACES, dtype=np.float32) - ON_LINE + told.timing
    return Single((weight * told.velocity).sum(-1), (weight * offset).sum(-1))


def _average(
    decode: Callable[[np.ndarray], Decoded], bars: int, feel_dim: int
) -> tuple[Single, Single]:
    """The mean strikes of draws around the middle, and those of the middle itself."""
    rng = np.random.default_rng(AVERAGE_SEED)
    half = NEAR * rng.standard_normal((PAIRS, feel_dim))
    noise = np.concatenate([np.zeros((1, feel_dim)), half, -half])
    told = single(decode(np.repeat(noise, bars, axis=0).astype(np.float32)))
    each = [part.reshape(len(noise), bars, *part.shape[1:]) for part in told]
    return Single(*(part[1:].mean(0) for part in each)), Single(*(part[0] for part in each))


def _moved(strikes: Strikes, away: Single, once: np.ndarray) -> Strikes:
    """The strikes of sixteenths that are struck `once`, moved; where there are more, their places
    are what makes them a flam or a drag, and stay."""
    velocity, timing = strikes.velocity.copy(), strikes.timing.copy()
    struck = (velocity > 0) & once[..., None]
    place = np.nonzero(struck)[-1]
    offset = place - ON_LINE + timing[struck] + away.offset[once]
    offset = np.clip(offset, -ON_LINE - 0.5, PLACES - ON_LINE - 0.5)
    place = np.clip(np.rint(offset), -ON_LINE, PLACES - ON_LINE - 1).astype(int)
    at = (*np.nonzero(once), place + ON_LINE)
    level = np.clip(velocity[struck] + away.velocity[once], 1 / 127, 1)
    velocity[once], timing[once] = 0, 0
    velocity[at], timing[at] = level, offset - place
    return Strikes(velocity, timing)
