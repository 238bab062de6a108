"""A groove in another meter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from beatgen.groove import (
    Groove,
    check_grooves,
    checked_meters,
    longest_steps,
    meters_of,
    reach,
)
from beatgen.meter import Meter

QUARTER = 4  # in sixteenths


def in_meter(
    groove: Groove, meter: str | Meter | Sequence[Meter], bars: int | None = None
) -> Groove:
    """The groove in another meter, or in bars that change their meter as these do.

    A bar that is too long ends early, but one that holds whole bars of the new meter becomes these
    (4/4 in 2/4). One that is too short goes on with the bars after it, as many as there is room
    for (2/4 in 4/4), then with its beginning again (3/4 in 4/4: one two three one). Beats remain
    beats: between a compound meter and one of quarters, the dotted quarter becomes a quarter or the
    other way round, and the tempo changes with it, so that the groove sounds as fast.

    bars: how many to make, going round; by default until the groove has been played once. Raises
    BeatGenError for what is no meter.

    >>> waltz = Groove.from_tab("kick |o-----|", meter="3/4")
    >>> print(in_meter(waltz, "4/4"))
    kick         |o-----------o---|
    >>> in_meter(waltz, "6/8").tempo, in_meter(waltz, "3/4") == waltz
    (180.0, True)
    """
    check_grooves(groove)
    wanted = checked_meters(meters_of(meter) if isinstance(meter, str) else meter)
    count = groove.bars if bars is None else bars
    played = groove if count == groove.bars else groove.repeat(count)
    if played.meters == _round(wanted, count):
        return played
    ratio = _ratio(groove.meter, wanted[0])
    rows = [_stretched(row, ratio, groove.resolution) for row in _rows(groove)]
    filled: list[np.ndarray] = []
    at = 0  # the next bar that is played
    while len(filled) < bars if bars is not None else at < len(rows):
        first = len(filled)
        steps = wanted[first % len(wanted)].steps(groove.resolution)
        row = rows[at % len(rows)]
        at += 1
        if row.shape[1] > steps and row.shape[1] % steps == 0:
            filled += np.split(row, row.shape[1] // steps, axis=1)
            continue
        while row.shape[1] + rows[at % len(rows)].shape[1] <= steps:
            row = np.concatenate([row, rows[at % len(rows)]], 1)
            at += 1
        filled.append(row[:, np.arange(steps) % row.shape[1]])
    filled = filled[:bars]
    meters = _round(wanted, len(filled))
    longest = longest_steps(meters, groove.resolution)
    wide = [np.pad(row, ((0, 0), (0, longest - row.shape[1]), (0, 0))) for row in filled]
    velocity, timing = np.stack(wide, 1)
    tempo = groove.tempo * float(ratio)
    return replace(groove, velocity=velocity, timing=timing, tempo=tempo, meters=meters)


def _round(meters: tuple[Meter, ...], bars: int) -> tuple[Meter, ...]:
    return tuple(meters[bar % len(meters)] for bar in range(bars))


def _ratio(old: Meter, new: Meter) -> Fraction:
    """How much longer, in quarters, beats become: not where eighths are counted (7/8)."""
    if old.is_compound == new.is_compound or min(old.beat, new.beat) < QUARTER:
        return Fraction(1)
    return Fraction(new.beat, old.beat)


def _rows(groove: Groove) -> list[np.ndarray]:
    """Velocity and timing of each bar in the steps that it has, (2, steps, voices)."""
    grids = np.stack([groove.velocity, groove.timing])
    return [grids[:, bar, :steps] for bar, steps in enumerate(groove.bar_steps.tolist())]


def _stretched(row: np.ndarray, ratio: Fraction, resolution: int) -> np.ndarray:
    """A bar whose beats last longer by a ratio. Hits stand on the step that is nearest to where
    they then are, or on the nearest free one."""
    if ratio == 1:
        return row
    steps = int(row.shape[1] * ratio)
    most = reach(resolution)
    new = np.zeros((2, steps, row.shape[2]), np.float32)
    for step, voice in np.argwhere(row[0]):
        at = (step + float(row[1, step, voice])) * float(ratio)
        free = np.flatnonzero(new[0, :, voice] == 0)
        if not len(free):
            continue
        to = free[np.abs(free - at).argmin()]
        new[:, to, voice] = row[0, step, voice], np.clip(at - to, -most, most)
    return new
