"""A feel for a pattern: one draw from the prior, or what drummers play on average.

Decoding noise 0 does not give the average feel, because neither the flow nor the network is linear.
So the average is estimated from decoded draws around 0. A draw with a small spread would come out
around the decoded noise 0, too; it is moved by the difference between the two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from beatgen.bars.strikes import ON_LINE, PLACES, Strikes
from beatgen.latent.decide import Prediction

PAIRS = 4  # of draws for the average, each with its mirror image; twice as many gain .07 ms
NEAR = 0.5  # standard deviation of these draws; up to .8 their average is as near, but more even
SAME_DRUMMER = 0.7  # share of the variance that the bars of a groove have in common
AVERAGE_SEED = 0  # the average is the same for every draw


class ExpectedStrike(NamedTuple):
    """What is expected of one strike in each sixteenth of each voice, float32 (bars, 16, 22).

    velocity: 0 to 1. offset: distance from the sixteenth's line, in steps.
    """

    velocity: np.ndarray
    offset: np.ndarray


def draw_feel(
    predict: Callable[[np.ndarray], Prediction],
    pattern: np.ndarray,
    feel_dim: int,
    seed: int,
    spread: float,
    refine: Callable[[ExpectedStrike], ExpectedStrike] | None = None,
) -> Strikes:
    """The strikes of `pattern`, int (bars, 16, 22), played with a drawn feel.

    predict: the network's prediction for noise of the feel, float32 (n * bars, feel_dim), and the
    pattern n times in a row. spread: 1 is a draw from the prior, 0 the average, the same for every
    seed. refine: improves the estimate of the average.
    """
    rng = np.random.default_rng(seed)
    shared, own = rng.standard_normal((2, len(pattern), feel_dim))
    noise = np.sqrt(SAME_DRUMMER) * shared[:1] + np.sqrt(1 - SAME_DRUMMER) * own
    strikes = predict((spread * noise).astype(np.float32)).strikes(pattern)
    if spread == 1:
        return strikes
    average, middle = _average(predict, len(pattern), feel_dim)
    if refine is not None:
        average = refine(average)
    shift = ExpectedStrike(*((1 - spread) * (a - m) for a, m in zip(average, middle, strict=True)))
    return _shifted(strikes, shift, pattern == 1)


def expected_strike(prediction: Prediction) -> ExpectedStrike:
    """The mean of a prediction over the four places of each sixteenth."""
    weight = prediction.place / prediction.place.sum(-1, keepdims=True)
    offset = np.arange(PLACES, dtype=np.float32) - ON_LINE + prediction.timing
    return ExpectedStrike((weight * prediction.velocity).sum(-1), (weight * offset).sum(-1))


def _average(
    predict: Callable[[np.ndarray], Prediction], bars: int, feel_dim: int
) -> tuple[ExpectedStrike, ExpectedStrike]:
    """The expected strikes averaged over draws around noise 0, and those of noise 0 itself."""
    rng = np.random.default_rng(AVERAGE_SEED)
    half = NEAR * rng.standard_normal((PAIRS, feel_dim))
    noise = np.concatenate([np.zeros((1, feel_dim)), half, -half])
    expected = expected_strike(predict(np.repeat(noise, bars, axis=0).astype(np.float32)))
    each = [part.reshape(len(noise), bars, *part.shape[1:]) for part in expected]
    average = ExpectedStrike(*(part[1:].mean(0) for part in each))
    return average, ExpectedStrike(*(part[0] for part in each))


def _shifted(strikes: Strikes, shift: ExpectedStrike, once: np.ndarray) -> Strikes:
    """The strikes with velocity and time shifted in the sixteenths that are struck `once`, bool
    (bars, 16, 22). Where there are more strikes, their places make them a flam or a drag, and
    stay."""
    velocity, timing = strikes.velocity.copy(), strikes.timing.copy()
    struck = (velocity > 0) & once[..., None]
    place = np.nonzero(struck)[-1]
    offset = place - ON_LINE + timing[struck] + shift.offset[once]
    offset = np.clip(offset, -ON_LINE - 0.5, PLACES - ON_LINE - 0.5)
    place = np.clip(np.rint(offset), -ON_LINE, PLACES - ON_LINE - 1).astype(int)
    at = (*np.nonzero(once), place + ON_LINE)
    level = np.clip(velocity[struck] + shift.velocity[once], 1 / 127, 1)
    velocity[once], timing[once] = 0, 0
    velocity[at], timing[at] = level, offset - place
    return Strikes(velocity, timing)
