"""Repeats of a score, played out: which written bar follows which.

Repeat signs, first and second endings, da capo, dal segno, coda and fine, as players read them.
After a jump back by da capo or dal segno, repeats are played once, with their last ending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from beatgen.errors import MOST_BARS, BeatGenError
from beatgen.midi.events import too_long

Jump = Literal["", "capo", "segno"]


@dataclass
class Signs:
    """What stands at a written bar.

    opens: a repeat begins here. closes: how often it goes back from the end of this bar. endings:
    the times, from 1, at which the bar is played; empty for all. jump: where it goes on after this
    bar. segno, coda: marks to go to. to_coda: from this bar's end to the coda, after a jump. fine:
    the end, after a jump.
    """

    opens: bool = False
    closes: int = 0
    endings: frozenset[int] = frozenset()
    jump: Jump = ""
    segno: bool = False
    coda: bool = False
    to_coda: bool = False
    fine: bool = False


def play_order(bars: Sequence[Signs], name: str) -> list[int]:
    """The written bars, from 0, in the order in which they are played.

    Raises BeatGenError, naming the file so, where that makes more than MOST_BARS.

    >>> first, second = frozenset({1}), frozenset({2})
    >>> play_order([Signs(opens=True), Signs(closes=1, endings=first), Signs(endings=second)], "a")
    [0, 1, 0, 2]
    """
    order: list[int] = []
    at, opened, time = 0, 0, 1  # time: how often the repeat from `opened` on is played by now
    jumped = False
    while at < len(bars):
        if len(order) == MOST_BARS:
            raise BeatGenError(too_long(name))
        bar = bars[at]
        after_endings = at and bars[at - 1].endings and not bar.endings
        if (bar.opens or after_endings) and opened != at:
            opened, time = at, 1
        times = _times_of_endings(bars, at)
        if bar.endings and (max(times) if jumped else time) not in bar.endings:
            at += 1
            continue
        order.append(at)
        again = time + 1 in times if bar.endings else time <= bar.closes
        if bar.closes and again and not jumped:
            at, time = opened, time + 1
        elif jumped and bar.fine:
            break
        elif jumped and bar.to_coda and (coda := _next(bars, at, "coda")) is not None:
            at = coda
        elif bar.jump and not jumped:
            jumped = True
            at = opened = 0 if bar.jump == "capo" else _last(bars, at, "segno")
        else:
            at += 1
            if bar.closes and not bar.endings:  # without a sign, the next repeat begins here
                opened, time = at, 1
    return order


def _times_of_endings(bars: Sequence[Signs], at: int) -> set[int]:
    """The times of all endings that stand side by side with a bar's."""
    if not bars[at].endings:
        return set()
    first, end = at, at
    while first and bars[first - 1].endings and not bars[first].opens:
        first -= 1
    while end < len(bars) and bars[end].endings and not (end > at and bars[end].opens):
        end += 1
    return {time for bar in bars[first:end] for time in bar.endings}


def _next(bars: Sequence[Signs], at: int, sign: str) -> int | None:
    """The first bar behind this one that has a sign."""
    return next((i for i in range(at + 1, len(bars)) if getattr(bars[i], sign)), None)


def _last(bars: Sequence[Signs], at: int, sign: str) -> int:
    """The last bar up to this one that has a sign; the first bar where none has."""
    return next((i for i in range(at, -1, -1) if getattr(bars[i], sign)), 0)
