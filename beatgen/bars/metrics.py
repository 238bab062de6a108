"""How near one set of bars comes to another: one pure numpy function per measure.

Bars are given as `Groove` has them: velocity 0 to 1 (0 is no hit) and timing in steps, (n, 64, 22)
each, `true` ones first. A hit is matched where both have one in the same cell: same bar, step and
voice. Scores are micro averages, every hit counts the same.

NaN rule: a measure of nothing is NaN. F1 is NaN where neither side has a hit, 0 where only one has;
the errors are NaN where no hit is matched.
"""

from __future__ import annotations

import numpy as np

from beatgen.bars.strikes import to_strikes
from beatgen.groove import BEATS
from beatgen.kit import CLASS_OF_VOICE, CLASSES

WINDOW = 0.025  # seconds; how far apart two onsets may lie and still be the same note
ACTIVE = 0.01  # variance
VOICES_OF_CLASS = [np.flatnonzero(np.equal(CLASS_OF_VOICE, i)) for i in range(len(CLASSES))]


def sse(true: np.ndarray, velocity: np.ndarray) -> float:
    """Sum of squared errors of the velocity (0 to 1) over the grid, mean per bar: sum((v - v')^2).

    The 2020 report's reconstruction loss. Give the expected velocity (probability of a hit times
    its velocity) to measure what a model predicts, or the velocity as it sounds.
    """
    if not len(true):
        return float("nan")
    return float(np.square(true - velocity, dtype=np.float64).sum() / len(true))


def f1(true: np.ndarray, predicted: np.ndarray) -> float:
    """F1 of two boolean arrays: 2 TP / (2 TP + FP + FN) (van Rijsbergen 1979).

    >>> f1(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    """
    return _f1(int((true & predicted).sum()), int(true.sum()), int(predicted.sum()))


def hit_f1(true: np.ndarray, velocity: np.ndarray) -> float:
    """F1 of the hits, exact step and voice, 64 x 22. Takes velocities of any shape."""
    return f1(true > 0, velocity > 0)


def pattern_f1(
    true: np.ndarray, true_timing: np.ndarray, velocity: np.ndarray, timing: np.ndarray
) -> float:
    """F1 of the struck sixteenths, 16 x 22: each hit counts for its nearest sixteenth."""
    return f1(to_strikes(true, true_timing).count > 0, to_strikes(velocity, timing).count > 0)


def folded_f1(
    true: np.ndarray, true_timing: np.ndarray, velocity: np.ndarray, timing: np.ndarray
) -> float:
    """F1 of the struck sixteenths with voices folded to classes, 16 x 9 (Gillick et al. 2019)."""
    return f1(folded(true, true_timing), folded(velocity, timing))


def note_f1(
    true: np.ndarray,
    true_timing: np.ndarray,
    velocity: np.ndarray,
    timing: np.ndarray,
    tempo: np.ndarray,
    window: float = WINDOW,
) -> float:
    """F1 of the hits, matched one to one per bar and voice within `window` seconds.

    tempo: (n,), BPM. As onset F1 in music transcription (mir_eval, Raffel et al. 2014), with the
    window of 25 ms instead of 50. Going through both in time order and pairing what can be paired
    finds as many pairs as there can be, since every hit reaches equally far.
    """
    a, b = _onsets(true, true_timing, tempo), _onsets(velocity, timing, tempo)
    pairs = i = j = 0
    while i < len(a) and j < len(b):
        if abs(a[i] - b[j]) <= window:
            pairs, i, j = pairs + 1, i + 1, j + 1
        elif a[i] < b[j]:
            i += 1
        else:
            j += 1
    return _f1(pairs, len(a), len(b))


def velocity_mae(true: np.ndarray, velocity: np.ndarray) -> float:
    """Mean absolute error of the velocity of matched hits, in MIDI units (0 to 126)."""
    matched = (true > 0) & (velocity > 0)
    return 127 * _mean(np.abs(true - velocity)[matched])


def timing_mae(
    true: np.ndarray,
    true_timing: np.ndarray,
    velocity: np.ndarray,
    timing: np.ndarray,
    tempo: np.ndarray,
) -> float:
    """Mean absolute error of the timing of matched hits, in ms at the bars' tempo (n,), BPM."""
    matched = (true > 0) & (velocity > 0)
    error = np.abs(true_timing - timing) * _step_seconds(true, tempo)[:, None, None]
    return 1000 * _mean(error[matched])


def kl(mean: np.ndarray, log_var: np.ndarray) -> float:
    """KL(N(mean, var) || N(0, 1)) in nats, summed over dimensions, mean over bars:
    sum(var + mean^2 - 1 - log var) / 2 (Kingma & Welling 2014). mean, log_var: (n, latent_dim)."""
    per_bar = 0.5 * np.sum(np.exp(log_var) + np.square(mean) - 1 - log_var, axis=1)
    return _mean(per_bar)


def active_units(mean: np.ndarray) -> int:
    """Dimensions whose mean varies from bar to bar: Var(mean) > 0.01 (Burda et al. 2016).

    mean: (n, latent_dim).
    """
    return int(np.count_nonzero(mean.var(axis=0) > ACTIVE)) if len(mean) else 0


def folded(velocity: np.ndarray, timing: np.ndarray) -> np.ndarray:
    """Which of the nine classes are struck in each sixteenth, bool (n, 16, 9)."""
    return fold(to_strikes(velocity, timing).count > 0)


def fold(struck: np.ndarray) -> np.ndarray:
    """Which classes have a voice that is struck, bool (..., 22) -> (..., 9)."""
    return np.stack([struck[..., voices].any(-1) for voices in VOICES_OF_CLASS], axis=-1)


def _f1(pairs: int, true: int, predicted: int) -> float:
    return 2 * pairs / (true + predicted) if true + predicted else float("nan")


def _mean(values: np.ndarray) -> float:
    return float(values.mean(dtype=np.float64)) if len(values) else float("nan")


def _step_seconds(velocity: np.ndarray, tempo: np.ndarray) -> np.ndarray:
    return BEATS * 60 / np.asarray(tempo, np.float64) / velocity.shape[1]


def _onsets(velocity: np.ndarray, timing: np.ndarray, tempo: np.ndarray) -> list[float]:
    """Sorted onsets in seconds, each bar and voice in a stretch of time of its own."""
    bar, step, voice = np.nonzero(velocity)
    if not len(bar):
        return []
    step_seconds = _step_seconds(velocity, tempo)
    seconds = (step + timing[bar, step, voice].astype(np.float64)) * step_seconds[bar]
    stretch = 2 * velocity.shape[1] * step_seconds.max()
    return np.sort((bar * velocity.shape[2] + voice) * stretch + seconds).tolist()
