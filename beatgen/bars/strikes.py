"""A bar as the network sees it: strikes around the sixteenths.

Every sixteenth of every voice has four places of a 64th each: two early, the line itself, one
late. Which sixteenths are struck, and how often, is the bar's pattern; on which of the four places
a strike falls, how loud and exactly when, is its feel. A laid-back snare stays in its sixteenth
though it stands in the next step of the grid.

Bars are a circle: the two early places of a downbeat are the last two steps of the bar before it,
and those of the first bar are at the end of the last, where a loop plays its early downbeat. `loop`
is how many bars in a row make a circle: all bars of a groove; 1 where each stands for itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beatgen.errors import BeatGenError
from beatgen.groove import SIXTEENTHS, STEPS
from beatgen.kit import VOICES

PLACES = STEPS // SIXTEENTHS
ON_LINE = PLACES // 2  # the place that stands on the sixteenth's line
N_VOICES = len(VOICES)
# Grid step of each place: (16, 4)
STEP_OF_PLACE = (
    np.arange(SIXTEENTHS)[:, None] * PLACES + np.arange(PLACES)[None, :] - ON_LINE
) % STEPS


@dataclass(frozen=True)
class Strikes:
    """velocity, timing: float32 (bars, 16, 22, 4); velocity 0 is no strike, 1 is MIDI 127;
    timing is the distance from the place in steps, -0.5 to 0.5."""

    velocity: np.ndarray
    timing: np.ndarray

    @property
    def count(self) -> np.ndarray:
        """The pattern: strikes per sixteenth and voice, int32 (bars, 16, 22), 0 to 4."""
        return np.count_nonzero(self.velocity, axis=3).astype(np.int32)


def to_strikes(velocity: np.ndarray, timing: np.ndarray, loop: int = 1) -> Strikes:
    """Grid arrays (bars, 64, 22), velocity 0 to 1 and timing in steps -> strikes.

    A downbeat that was played early (timing below -0.5 on step 0) moves to its early place; if
    that is taken by a grace note, the louder of the two stays. The last sixteenth, played so late
    that it stands two steps behind, moves one step back where the circle would carry it to the
    front of the bar: where the downbeat is free. Raises BeatGenError for bars of other steps.

    >>> velocity, timing = np.zeros((1, 64, 22)), np.zeros((1, 64, 22))
    >>> velocity[0, 17, 1] = 0.6  # a snare, one step behind its sixteenth
    >>> strikes = to_strikes(velocity, timing)
    >>> strikes.count[0, 4, 1], strikes.velocity[0, 4, 1].round(1).tolist()
    (np.int32(1), [0.0, 0.0, 0.0, 0.6000000238418579])
    """
    if np.shape(velocity)[1:] != (STEPS, N_VOICES):
        raise BeatGenError(
            f"bars of the shape {np.shape(velocity)[1:]} found; expected ({STEPS}, {N_VOICES}). "
            f"Read the file with steps={STEPS}."
        )
    velocity = np.array(velocity, np.float32)
    timing = np.array(timing, np.float32)
    last = STEPS - ON_LINE
    moved = _late_last(velocity, timing, loop)
    velocity[:, last - 1][moved] = velocity[:, last][moved]
    timing[:, last - 1][moved] = 0.5
    velocity[:, last][moved] = 0
    timing[:, last][moved] = 0
    for grid in (velocity, timing):
        grid[:, last:] = _turned(grid[:, last:], loop, 1)
    for early in (1, 2):
        late = timing[:, 0]
        moved = (velocity[:, 0] > velocity[:, STEPS - early]) & (late < 0.5 - early)
        if early < ON_LINE:
            moved &= late >= -0.5 - early
        target = STEPS - early
        velocity[:, target][moved] = velocity[:, 0][moved]
        timing[:, target][moved] = np.clip(late[moved] + early, -0.5, 0.5)
        velocity[:, 0][moved] = 0
        timing[:, 0][moved] = 0
    order = STEP_OF_PLACE.reshape(-1)
    shape = (-1, SIXTEENTHS, PLACES, N_VOICES)
    return Strikes(
        velocity[:, order].reshape(shape).transpose(0, 1, 3, 2),
        np.clip(timing[:, order], -0.5, 0.5).reshape(shape).transpose(0, 1, 3, 2),
    )


def to_grid(strikes: Strikes, loop: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Strikes -> velocity and timing, float32 (bars, 64, 22) each, as `Groove` has them.

    A downbeat's early strike stands on step 0 with negative timing, unless the downbeat itself is
    struck: then it is a grace note at the end of the bar before it.
    """
    both = np.stack([strikes.velocity, strikes.timing]).transpose(0, 1, 2, 4, 3)
    rows = both.reshape(2, -1, STEPS, N_VOICES)  # from the early places of the downbeat on
    grid = np.concatenate([rows[:, :, ON_LINE:], rows[:, :, :ON_LINE]], axis=2)
    velocity, timing = grid
    for early in range(1, ON_LINE + 1):
        source = STEPS - early
        moved = (velocity[:, source] > 0) & (velocity[:, 0] == 0)
        if moved.any():
            velocity[:, 0][moved] = velocity[:, source][moved]
            timing[:, 0][moved] = np.maximum(timing[:, source][moved] - early, -ON_LINE)
            grid[:, :, source][:, moved] = 0
    if loop > 1:
        for part in grid:
            part[:, -ON_LINE:] = _turned(part[:, -ON_LINE:], loop, -1)
    return velocity, timing


def steps_of(
    sixteenths: np.ndarray, velocity: np.ndarray, timing: np.ndarray, loop: int = 1
) -> np.ndarray:
    """The steps of a grid that belong to some sixteenths, as `to_strikes` reads it: bool
    (bars, 16, 22) -> bool (bars, 64, 22)."""
    steps = np.zeros((len(sixteenths), STEPS, sixteenths.shape[2]), bool)
    steps[:, STEP_OF_PLACE.reshape(-1)] = np.repeat(sixteenths, PLACES, axis=1)
    steps[:, -ON_LINE:] = _turned(steps[:, -ON_LINE:], loop, -1)
    late = _late_last(velocity, timing, loop)
    steps[:, STEPS - ON_LINE][late] = sixteenths[:, -1][late]
    return steps


def expected_grid(expected: np.ndarray) -> np.ndarray:
    """Expected velocities per place (bars, 16, 22, 4) -> per step (bars, 64, 22), float32.

    The early places of the downbeat count for step 0, where `Groove` has an early downbeat.
    """
    grid = np.zeros((len(expected), STEPS, N_VOICES), np.float32)
    grid[:, STEP_OF_PLACE.reshape(-1)] = expected.transpose(0, 1, 3, 2).reshape(grid.shape)
    early = slice(STEPS - ON_LINE, STEPS)
    grid[:, 0] += grid[:, early].sum(1)
    grid[:, early] = 0
    return grid


def _late_last(velocity: np.ndarray, timing: np.ndarray, loop: int) -> np.ndarray:
    """Where the last sixteenth is played so late that it stands two steps behind, (bars, 22)."""
    last = STEPS - ON_LINE
    free = (velocity[:, last - 1] == 0) & (_turned(velocity[:, 0], loop, -1) == 0)
    return (velocity[:, last] > 0) & (timing[:, last] < 0) & free


def _turned(bars: np.ndarray, loop: int, by: int) -> np.ndarray:
    """What the bar before has (by 1), or the next one (by -1), in circles of `loop` bars."""
    return np.roll(bars.reshape(-1, loop, *bars.shape[1:]), by, axis=1).reshape(bars.shape)
