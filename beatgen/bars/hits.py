"""The hits of a groove one by one, each with its place in the groove, and back on the grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from beatgen.groove import Groove, columns, reach, sixteenths_of

NEAR = (0, 1, -1, 2, -2)  # steps at which a moved hit may stand instead, where its own is taken


class Hit(NamedTuple):
    """place: in steps from the start of the groove, where each bar has as many steps as the longest
    one; an early downbeat is before it. velocity: 0 to 1."""

    place: float
    velocity: float


Name = tuple[int, int, int]  # number of the voice, sixteenth, which of its hits in that sixteenth
Cell = tuple[int, int, int]  # bar, step, column


def named_hits(groove: Groove, numbers: Sequence[int]) -> dict[Name, Hit]:
    """The hits of the voices of these numbers, by voice, sixteenth and order: so the hits of two
    grooves of one pattern find each other. What stands at the end, and belongs to the first
    sixteenth, has a place before the start."""
    return {name: hit for name, hit, _ in _named(groove, numbers)}


def cells_of(groove: Groove, numbers: Sequence[int]) -> dict[Name, Cell]:
    """Bar, step and column of the hits of `named_hits`."""
    return {name: cell for name, _, cell in _named(groove, numbers)}


def grid_of(
    hits: Mapping[Name, Hit],
    like: Groove,
    numbers: Sequence[int],
    among: np.ndarray | None = None,
) -> np.ndarray:
    """Velocity and timing, float32 (2, bars, steps, numbers), of hits of the voices of these
    numbers, on a grid as `like` has it; where two want one cell, the next free one takes the
    later. among: a grid of that form with hits that stay where they are."""
    bars, steps = like.velocity.shape[:2]
    grid = np.zeros((2, bars * steps, len(numbers)), np.float32)
    if among is not None:
        grid[:] = among.reshape(grid.shape)
    most, inside = reach(like.resolution), like.bar_steps
    for (number, *_), (place, velocity) in hits.items():
        column = numbers.index(number)
        step = min(max(int(np.floor(place + 0.5)), 0), bars * steps - 1)
        bar = step // steps  # the steps behind a shorter bar's end are none of it
        step = min(step, bar * steps + int(inside[bar]) - 1)
        near = [step + by for by in NEAR if 0 <= step + by < bars * steps]
        around = [at for at in near if at % steps < inside[at // steps]]
        free = next((at for at in around if not grid[0, at, column]), step)
        grid[0, free, column] = velocity
        grid[1, free, column] = np.clip(place - free, -most, most)
    return grid.reshape(2, bars, steps, len(numbers))


def _named(groove: Groove, numbers: Sequence[int]) -> Iterator[tuple[Name, Hit, Cell]]:
    """Each hit with its name and its cell."""
    velocity, timing = columns(groove, numbers)
    sixteenth_of = sixteenths_of(groove)
    last = groove.bars * groove.steps
    for column, number in enumerate(numbers):
        bar, step = np.nonzero(velocity[:, :, column])
        stands = bar * groove.steps + step + timing[bar, step, column].astype(float)
        sixteenth = sixteenth_of[bar, step]
        places = np.where((sixteenth == 0) & (stands > last / 2), stands - last, stands)
        order: dict[int, int] = {}
        for i in np.argsort(places, kind="stable"):
            at = int(sixteenth[i])
            order[at] = order.get(at, -1) + 1
            loudness = float(velocity[bar[i], step[i], column])
            cell = int(bar[i]), int(step[i]), column
            yield (number, at, order[at]), Hit(float(places[i]), loudness), cell
