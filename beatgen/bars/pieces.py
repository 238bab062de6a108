"""Bars of any meter as pieces of 64 steps, as the network reads them, and back.

The network knows bars of four quarters. A shorter bar is heard as it goes round: it is repeated
until the four are full. A longer bar is cut into pieces of four quarters and a rest, in a compound
meter of two beats (three quarters), each filled in the same way. What the network makes of the
repeated part is cut away again. A bar of four quarters is its own piece, to the last bit.

The last two steps of a bar are the early places of the next bar's downbeat
(`beatgen.bars.strikes`); so they stand at the end of a piece, however short the bar is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from beatgen.bars.strikes import ON_LINE, PLACES
from beatgen.errors import BeatGenError
from beatgen.groove import Groove, as_kit, check_grooves, longest_steps
from beatgen.meter import SIXTEENTHS, STEPS, Meter

FULL = STEPS - ON_LINE  # steps of a piece before the next downbeat's early places


@dataclass(frozen=True)
class Piece:
    """Of one bar: its steps from `first` to before `end`, 64 at most."""

    bar: int
    first: int
    end: int

    @property
    def steps(self) -> int:
        return self.end - self.first


@lru_cache(64)
def pieces_of(meters: tuple[Meter, ...]) -> tuple[Piece, ...]:
    """The pieces of bars of these meters, one to three for each.

    >>> [piece.steps for piece in pieces_of((Meter(3, 4), Meter(5, 4), Meter(12, 8)))]
    [48, 64, 16, 48, 48]
    """
    return tuple(
        Piece(bar, first, end)
        for bar, meter in enumerate(meters)
        for first, end in pairwise([*range(0, meter.steps(), _most(meter)), meter.steps()])
    )


def cut(groove: Groove) -> tuple[np.ndarray, np.ndarray]:
    """Velocity and timing of a groove's pieces, float32 (pieces, 64, 22) each, extras folded into
    the kit. Raises BeatGenError for other than 64 steps per bar of 4/4."""
    check_grooves(groove)
    if groove.resolution != STEPS:
        raise BeatGenError(
            f"a groove of {groove.resolution} steps per bar found; expected {STEPS}. Read the file "
            f"with steps={STEPS}."
        )
    pieces, groove = pieces_of(groove.meters), as_kit(groove)
    if _are_bars(pieces):
        return groove.velocity, groove.timing
    grids = np.stack([groove.velocity, groove.timing])
    parts = [grids[:, piece.bar, piece.first : piece.end].copy() for piece in pieces]
    for part, following in zip(parts, [*parts[1:], parts[0]], strict=True):
        _stay_late(part, following)
    velocity, timing = np.stack([_filled(part) for part in parts], 1)
    return velocity, timing


def mend(
    velocity: np.ndarray, timing: np.ndarray, tempo: float, meters: tuple[Meter, ...]
) -> Groove:
    """The groove of the pieces of bars of these meters, velocity and timing (pieces, 64, 22)."""
    grids = np.stack([mend_grid(velocity, meters), mend_grid(timing, meters)])
    for piece in pieces_of(meters):
        if piece.first:  # inside a bar, an early hit stands on the step that it is near
            _to_nearest(grids[:, piece.bar], piece.first)
    return Groove(grids[0], grids[1], tempo=tempo, meters=meters)


def mend_grid(grid: np.ndarray, meters: tuple[Meter, ...]) -> np.ndarray:
    """Cells of the pieces, (pieces, 64, 22), as cells of the bars, (bars, steps, 22)."""
    pieces = pieces_of(meters)
    if _are_bars(pieces):
        return grid
    bars = np.zeros((len(meters), longest_steps(meters, STEPS), grid.shape[2]), grid.dtype)
    for own, piece in zip(grid, pieces, strict=True):
        part = np.concatenate([own[: piece.steps - ON_LINE], own[FULL:]])
        bars[piece.bar, piece.first : piece.end] = part
    return bars


def cut_sixteenths(cells: np.ndarray, meters: tuple[Meter, ...]) -> np.ndarray:
    """Which sixteenths of the pieces are meant by those of the bars: bool (bars, sixteenths, 22),
    four to a beat, of as many as the longest bar has, -> bool (pieces, 16, 22)."""
    pieces = pieces_of(meters)
    if _are_bars(pieces):
        return cells
    parts = [cells[p.bar, p.first // PLACES : p.end // PLACES] for p in pieces]
    return np.stack([part[np.arange(SIXTEENTHS) % len(part)] for part in parts])


def _most(meter: Meter) -> int:
    """Steps of a piece of a bar, at most."""
    return STEPS * 3 // 4 if meter.is_compound else STEPS


def _are_bars(pieces: tuple[Piece, ...]) -> bool:
    """Whether each piece is a whole bar of four quarters."""
    return all(piece.steps == STEPS and not piece.first for piece in pieces) and (
        len({piece.bar for piece in pieces}) == len(pieces)
    )


def _filled(part: np.ndarray) -> np.ndarray:
    """The velocity and timing of a piece, (2, steps, 22), repeated to 64 steps."""
    steps = part.shape[1]
    around = part[:, np.arange(FULL) % steps]
    for again in range(steps, FULL, steps):
        _to_nearest(around, again)
    return np.concatenate([around, part[:, steps - ON_LINE :]], 1)


def _to_nearest(grid: np.ndarray, step: int) -> None:
    """Move hits that stand on a step, but are more than half a step early, to their nearest one,
    where that is free. grid: velocity and timing of a bar, (2, steps, 22)."""
    velocity, timing = grid
    for early in range(1, ON_LINE + 1):
        near = (timing[step] < 0.5 - early) & (timing[step] >= -0.5 - early)
        moved = near & (velocity[step] > 0) & (velocity[step - early] == 0)
        velocity[step - early][moved] = velocity[step][moved]
        timing[step - early][moved] = timing[step][moved] + early
        velocity[step][moved], timing[step][moved] = 0, 0


def _stay_late(part: np.ndarray, following: np.ndarray) -> None:
    """The last sixteenth of a short piece, played so late that it stands on the first of the next
    downbeat's early places, moves one step back, as `to_strikes` has it for whole bars."""
    velocity, timing = part
    last = len(velocity) - ON_LINE
    if last + ON_LINE == STEPS:
        return
    free = (velocity[last - 1] == 0) & (following[0, 0] == 0)
    late = (velocity[last] > 0) & (timing[last] < 0) & free
    velocity[last - 1][late], timing[last - 1][late] = velocity[last][late], 0.5
    velocity[last][late], timing[last][late] = 0, 0
