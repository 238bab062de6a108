"""The same sound written at twice the tempo, or at half of it: for grooves that are counted in
half-time or double-time to meet."""

from __future__ import annotations

import numpy as np

from beatgen.errors import BeatGenError
from beatgen.groove import Groove, reach
from beatgen.meter import SIXTEENTHS, label_of


def doubled(groove: Groove) -> Groove:
    """The groove written at twice its tempo, in twice as many bars: it sounds the same. Raises
    BeatGenError where its bars differ in meter.

    >>> fast = doubled(Groove.from_tab("kick |o---o---|", tempo=70))
    >>> fast.tempo, fast.bars, fast.velocity[..., 0].nonzero()[0].tolist()
    (140.0, 2, [0, 1])
    """
    _refuse_mixed(groove)
    return _paced(groove, 2)


def halved(groove: Groove) -> Groove:
    """The groove written at half its tempo, in half as many bars: it sounds the same. A silent bar
    is added to an odd number of them.

    Of two hits of a voice that then stand in one cell, one moves to the nearest free step within
    half a sixteenth; where there is none, the louder one stays. Raises as `doubled` does.

    >>> slow = halved(doubled(Groove.from_tab("kick |o---o---|", tempo=70)))
    >>> slow == Groove.from_tab("kick |o---o---|", tempo=70)
    True
    """
    _refuse_mixed(groove)
    silence = np.zeros((groove.bars % 2, *groove.velocity.shape[1:]), np.float32)
    velocity, timing = (
        np.concatenate([grid, silence]) for grid in (groove.velocity, groove.timing)
    )
    return _paced(Groove(velocity, timing, groove.tempo, (groove.meter,), groove.extras), 0.5)


def _refuse_mixed(groove: Groove) -> None:
    if len(set(groove.meters)) > 1:
        raise BeatGenError(
            f"the groove is in {label_of(groove.meters)}; only one in a single meter can be "
            "written at another tempo: choose such bars of it."
        )


def _paced(groove: Groove, factor: float) -> Groove:
    steps, voices = groove.velocity.shape[1:]
    bars = round(groove.bars * factor)
    velocity, timing = np.zeros((2, bars, steps, voices), np.float32)
    most = reach(groove.resolution)
    cells = bar, step, voice = np.nonzero(groove.velocity)
    places = (bar * steps + step + groove.timing[cells].astype(float)) * factor
    loudest_first = np.argsort(-groove.velocity[cells], kind="stable")
    columns = (places, voice, groove.velocity[cells])
    for place, drum, loud in zip(*(column[loudest_first] for column in columns), strict=True):
        # Early by half a sixteenth at most, a hit belongs to the bar that follows.
        home = int((place + groove.resolution / (2 * SIXTEENTHS)) // steps)
        home = min(max(home, 0), bars - 1)
        at = max(place - home * steps, -most)
        to = _free(velocity[home, :, drum], at, most)
        if to is not None:
            velocity[home, to, drum], timing[home, to, drum] = loud, np.clip(at - to, -most, most)
    return Groove(velocity, timing, groove.tempo * factor, (groove.meter,), groove.extras)


def _free(row: np.ndarray, at: float, most: float) -> int | None:
    """The free step of a bar (velocities of one voice) that is nearest to a place; None where none
    is within `most` steps."""
    free = np.flatnonzero(row == 0)
    if not len(free):
        return None
    nearest = int(free[np.abs(free - at).argmin()])
    return nearest if abs(nearest - min(max(at, 0), len(row) - 1)) <= most else None
