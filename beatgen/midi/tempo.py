"""The one tempo of a groove, of a file that may have many."""

from __future__ import annotations

from itertools import pairwise

from beatgen.groove import BEATS, TEMPO_RANGE
from beatgen.midi.events import Events

LONG = 4  # bars that a tempo of a written song holds on average; less follows a performance
MOST_DIGITS = 9  # of a tempo after its point; 16,777,215 microseconds need 7


def main_tempo(events: Events, start: float, end: float) -> tuple[int, bool]:
    """Microseconds per beat from one tick to another, and whether they follow a performance.

    It is what holds for the longest time. Where a map follows a performance, with a tempo for each
    bar or beat, none of which holds for half of the time, it is the median by time.
    """
    end = max(end, start + 1)
    held: dict[int, float] = {}  # microseconds per beat -> time, in ticks times microseconds
    changes = [*events.tempos, (max(events.last, int(end)) + 1, 0)]
    stays = 0
    for (tick, tempo), (until, _) in pairwise(changes):
        ticks = min(until, end) - max(tick, start)
        if ticks > 0:
            held[tempo] = held.get(tempo, 0) + ticks * tempo
            stays += 1
    longest, total = max(held, key=lambda tempo: held[tempo]), sum(held.values())
    bars = (end - start) / events.ticks_per_beat / BEATS
    if 2 * held[longest] >= total or bars >= LONG * stays:
        return longest, False
    passed = 0.0
    for tempo in sorted(held):
        passed += held[tempo]
        if 2 * passed >= total:
            return tempo, True
    return longest, False


def beats_per_minute(microseconds: int) -> float:
    """The tempo with the fewest digits that is written with the same microseconds per beat.

    >>> beats_per_minute(500_000), beats_per_minute(434_783), beats_per_minute(642_860)
    (120.0, 138.0, 93.3329)
    """
    exact = 60e6 / microseconds
    for digits in range(MOST_DIGITS):
        tempo = round(exact, digits)
        if tempo and microseconds_per_beat(tempo) == microseconds:
            return tempo
    return exact


def microseconds_per_beat(tempo: float) -> int:
    """How MIDI counts a tempo in BPM.

    >>> microseconds_per_beat(93.3329)
    642860
    """
    return round(60e6 / tempo)


def playable(tempo: float) -> float:
    """The tempo, or the nearest of TEMPO_RANGE.

    >>> playable(8), playable(97.5)
    (30.0, 97.5)
    """
    return min(max(tempo, TEMPO_RANGE[0]), TEMPO_RANGE[1])
