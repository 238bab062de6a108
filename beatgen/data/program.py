"""Played bars as a machine would play them: training bars for beats that nobody drummed.

A bar's pattern is thinned and repeated as patterns in a step sequencer are, put on the grid,
straight or swung, and given velocities that are typed in rather than struck.
"""

from __future__ import annotations

import numpy as np

from beatgen.bars.strikes import N_VOICES, ON_LINE, PLACES, to_strikes
from beatgen.groove import SIXTEENTHS, STEPS
from beatgen.kit import INDEX

# Machines have one sound where a kit has a drum's head and its rim, a cymbal's bow and its edge.
PLAIN = {
    INDEX[name]: INDEX[to]
    for name, to in (
        ("floor tom rim", "floor tom"),
        ("tom 2 rim", "tom 2"),
        ("tom 1 rim", "tom 1"),
        ("hi-hat edge", "hi-hat"),
        ("open hat edge", "open hat"),
        ("ride edge", "ride"),
        ("crash 1 edge", "crash 1"),
        ("crash 2", "crash 1"),
        ("crash 2 edge", "crash 1"),
    )
}
PERIODS = (1, 2, 4, 4, 8, 3)  # sixteenths, of a voice that repeats
USUAL = (64, 80, 90, 100, 100, 110, 120, 127, 127)  # velocities that programs begin with
TAB = (32, 80, 115)  # ghost note, hit and accent of drum tab
MOST_SWING = 0.68  # of a pair of sixteenths: beyond it, the second would be the next one's


def programmed(strikes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bars (n, 16, 22, 4, 2), velocity and timing, as a machine would play them: float32, the same
    shape. Each has a hit."""
    played = strikes[..., 0]
    loud, twice = played.max(-1), np.count_nonzero(played, -1) > 1
    velocity, timing = np.zeros((2, len(strikes), STEPS, N_VOICES), np.float32)
    for bar in range(len(strikes)):
        pattern, rolled = _arranged(loud[bar], twice[bar], rng)
        levels = np.rint(127 * np.clip(_levels(pattern, rng), 1 / 127, 1)) / 127
        written = np.zeros((2 * SIXTEENTHS, N_VOICES), np.float32)  # in thirty-seconds
        written[::2] = np.where(pattern > 0, levels, 0)
        written[1:-1:2] = np.where(rolled, levels, 0)[1:]  # a roll begins before the sixteenth
        at = _swung(rng)
        step = np.rint(at).astype(int)
        velocity[bar, step] = written
        timing[bar, step] = np.where(written > 0, (at - step)[:, None], 0)
    made = to_strikes(velocity, timing)
    return np.stack([made.velocity, made.timing], -1)


def _arranged(
    loud: np.ndarray, twice: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A bar's loudest velocities (16, 22), and where it is struck twice, bool (16, 22), with fewer
    sounds, repeats, and voices that tick: both anew."""
    pattern = np.where(loud > rng.uniform(0, 0.45), loud, 0)  # the ghost notes go first
    if rng.random() < 0.7:
        for voice, plain in PLAIN.items():
            pattern[:, plain] = np.maximum(pattern[:, plain], pattern[:, voice])
            pattern[:, voice] = 0
    pattern[:, rng.random(N_VOICES) < 0.1] = 0
    for _ in range(rng.integers(3) if rng.random() < 0.5 else 0):  # another sound for a voice
        one, other = rng.integers(N_VOICES, size=2)
        pattern[:, [one, other]] = pattern[:, [other, one]]
    repeated = rng.choice((4, 8, SIXTEENTHS), p=(0.15, 0.35, 0.5))
    pattern = np.tile(pattern[:repeated], (SIXTEENTHS // repeated, 1))
    if rng.random() < 0.6 or not pattern.any():
        for _ in range(rng.integers(1, 4)):
            period = rng.choice(PERIODS)
            ticks = np.arange(SIXTEENTHS) % period == rng.integers(period)
            pattern[:, _sound(rng)] = ticks * np.float32(0.7)
    rolled = twice & (pattern > 0)
    if rng.random() < 0.15:  # a roll of thirty-seconds on what ticks most
        first = rng.integers(SIXTEENTHS)
        voice = np.count_nonzero(pattern, 0).argmax()
        rolled[first : first + rng.integers(1, 9), voice] = True
        pattern[rolled] = np.maximum(pattern[rolled], 0.7)
    return pattern, rolled


def _sound(rng: np.random.Generator) -> int:
    """A voice that ticks: mostly one of those that do in most beats."""
    if rng.random() < 0.3:
        return int(rng.integers(N_VOICES))
    return INDEX[str(rng.choice(("kick", "snare", "hi-hat", "hi-hat", "open hat", "ride")))]


def _levels(pattern: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Velocities for all cells of a pattern of played velocities, both (16, 22)."""
    base = rng.uniform(0.25, 1, N_VOICES)
    usual = rng.random(N_VOICES) < 0.5
    base[usual] = rng.choice(USUAL, int(usual.sum())) / 127
    if rng.random() < 0.4:
        base[:] = base[0]
    levels = np.tile(base, (SIXTEENTHS, 1))
    kind = rng.random()
    if kind < 0.3:  # accents by the beat
        period = rng.choice((2, 4, 8))
        soft = np.arange(SIXTEENTHS) % period != rng.integers(2) * (period // 2)
        voices = rng.random(N_VOICES) < 0.6
        levels[np.ix_(soft, voices)] *= rng.uniform(0.3, 0.9, int(voices.sum()))
    elif kind < 0.6:  # ghost notes, hits and accents, as they were played
        three = np.array(TAB) / 127 if rng.random() < 0.5 else np.sort(rng.uniform(0.2, 1, 3))
        kinds = np.digitize(pattern, (rng.uniform(0.3, 0.5), rng.uniform(0.6, 0.9)))
        levels = three[kinds] if rng.random() < 0.5 else levels * (three / three[2])[kinds]
    elif kind < 0.67:  # one voice grows
        first, last = rng.uniform(0.2, 1, 2)
        levels[:, _sound(rng)] = np.linspace(first, last, SIXTEENTHS)
    return levels


def _swung(rng: np.random.Generator) -> np.ndarray:
    """Where a bar's thirty-seconds stand, in steps, float64 (32,): straight, or with pairs of
    sixteenths or eighths that are divided unevenly."""
    kind, straight = rng.random(), np.arange(0, STEPS, ON_LINE, dtype=float)
    if kind < 0.55:
        return straight
    sixteenths = kind < 0.9
    pair = PLACES * (2 if sixteenths else 4)
    share = rng.uniform(0.5, MOST_SWING) if sixteenths else rng.uniform(0.58, 0.68)
    begin = np.arange(0, STEPS + 1, pair)
    knots = np.sort(np.concatenate([begin, begin[:-1] + pair / 2]))
    places = np.sort(np.concatenate([begin, begin[:-1] + pair * share]))
    return np.interp(straight, knots, places)
