"""How drummers play: what they strike where in a bar, and together with what.

Learned from the bars of the Groove MIDI Dataset, and kept as a table beside this file
(`learn_drumming.py` makes it). It distinguishes a reading of a file that sounds like drumming from
one that does not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from beatgen.groove import BEATS, SIXTEENTHS
from beatgen.kit import NAMES
from beatgen.midi.events import Events

TABLE = Path(__file__).with_name("drumming.json")

# What is distinguished: rims and edges are struck like their drum or cymbal.
PARTS: tuple[str, ...] = (
    *("kick", "snare", "rimshot", "cross-stick", "floor tom", "tom 2", "tom 1", "hat pedal"),
    *("hi-hat", "open hat", "ride", "ride bell", "crash"),
)
OTHER = len(PARTS)  # percussion beside the kit
BEAT = SIXTEENTHS // BEATS  # sixteenths
UNKNOWN, NO_HIT = -2, -1  # instead of a part, as in `DrumMap.table`
_LIKE = {"crash 1": "crash", "crash 2": "crash"}
_DRUM = [name.removesuffix(" rim").removesuffix(" edge") for name in NAMES]
PART_OF_VOICE = np.array([PARTS.index(_LIKE.get(name, name)) for name in _DRUM])

# What one hand is busy with: a part's family, -1 for what is no hand's.
HANDS: tuple[tuple[str, ...], ...] = (
    ("snare", "rimshot", "cross-stick"),
    ("floor tom", "tom 2", "tom 1"),
    ("hi-hat", "open hat"),
    ("ride", "ride bell"),
    ("crash",),
)
HATS, RIDES, CRASHES = 2, 3, 4  # among HANDS
TIMEKEEPERS = {HATS, RIDES, CRASHES}
HAND_OF_PART = np.array(
    [next((i for i, names in enumerate(HANDS) if part in names), -1) for part in (*PARTS, "")]
)
SNARES, CYMBALS = (
    [PARTS.index(part) for hand in hands for part in hand] for hands in (HANDS[:1], HANDS[2:])
)
CLOSED, OPEN = PARTS.index("hi-hat"), PARTS.index("open hat")

# Costs in nats, and more that is not learned.
PERCUSSION = -np.log(0.035)  # of a hit of percussion: there is none in the dataset
STRANGE = 6.0  # of a hit that means nothing to the map
THIRD_HAND = 4.0
TWO_WAYS = 4.0  # of hi-hats, or a ride, struck in two ways at once: one hit of 1,500 in the dataset
LOOSE = 0.3  # share of a hi-hat's hits that may be open or closed
NO_KICK, NO_SNARE, NO_CYMBAL = 5.0, 5.0, 6.0  # of all the bars
NEVER_CLOSED = 3.0  # of hi-hats that are open in all the bars


@dataclass(frozen=True)
class Drumming:
    """The learned table.

    place: float (parts, 16), share of the hits on a sixteenth that are of each part. twice: float
    (parts,), share of a part's hits that share their sixteenth with another of it. together: float
    (hands, hands), by how much more often than by chance two are struck in one sixteenth (log).
    again: float (2, hands, hands), by how much more often the second is struck where the first was
    not struck in the beat before, and where it was (log): fills stay on toms, and a ride goes on.
    """

    place: np.ndarray
    twice: np.ndarray
    together: np.ndarray
    again: np.ndarray

    def likelihood(self, parts: np.ndarray, sixteenths: np.ndarray) -> float:
        """How much hits look like drumming (log-likelihood in nats, taken as independent).

        parts: int64 (hits,), of PARTS, OTHER, UNKNOWN or NO_HIT. sixteenths: int64 (hits,), counted
        from the first bar line on.
        """
        known = parts >= 0
        strange = STRANGE * np.count_nonzero(~known)
        struck = set(parts.tolist())
        missing = (
            NO_KICK * (0 not in struck)
            + NO_SNARE * struck.isdisjoint(SNARES)
            + NO_CYMBAL * struck.isdisjoint(CYMBALS)
            + NEVER_CLOSED * (OPEN in struck and CLOSED not in struck)
        )
        parts, sixteenths = parts[known], sixteenths[known]
        place = np.vstack([np.log(_loosened(self.place)), np.full(SIXTEENTHS, -PERCUSSION)])
        hits = place[parts, sixteenths % SIXTEENTHS].sum()
        _, moment = np.unique(sixteenths, return_inverse=True)
        count = np.zeros((len(set(moment.tolist())), len(PARTS) + 1))
        np.add.at(count, (moment, parts), 1)
        twice = (np.maximum(count[:, :OTHER] - 1, 0) * np.log(self.twice)).sum()
        busy = np.zeros((len(count), len(HANDS)))
        for hand in range(len(HANDS)):
            busy[:, hand] = count[:, hand == HAND_OF_PART].any(1)
        unlikely = np.minimum(self.together, 0)
        pairs = np.einsum("mi,ij,mj->", busy, np.triu(unlikely, 1), busy)
        cymbals = [count[:, hand == HAND_OF_PART] > 0 for hand in (HATS, RIDES)]
        two_ways = TWO_WAYS * sum(np.count_nonzero(struck.sum(1) > 1) for struck in cymbals)
        third = THIRD_HAND * np.maximum(busy.sum(1) - 2, 0).sum()
        goes_on = self._goes_on(HAND_OF_PART[parts], sixteenths)
        return float(hits + twice + pairs + goes_on - two_ways - third - missing - strange)

    def _goes_on(self, hands: np.ndarray, sixteenths: np.ndarray) -> float:
        """How likely each hit is after what was struck in the beat before it, beside its place: the
        same again, and for a cymbal the others that may keep time in its stead."""
        later = sixteenths - sixteenths.min(initial=0) >= BEAT
        found = 0.0
        for first in range(len(HANDS)):
            struck = before(hands, sixteenths, first).astype(int)
            for second in range(len(HANDS)):
                if first == second or {first, second} <= TIMEKEEPERS:
                    hits = later & (hands == second)
                    found += self.again[struck[hits], first, second].sum()
        return found


def _loosened(place: np.ndarray) -> np.ndarray:
    """The shares with some of the closed hi-hat's for the open one, and the other way round: a
    drummer opens the hats in one bar or in a whole chorus, where hits are not independent."""
    hats = [CLOSED, OPEN]
    loose = place.copy()
    loose[hats] = (1 - LOOSE) * place[hats] + LOOSE * place[hats[::-1]]
    return loose


def before(hands: np.ndarray, sixteenths: np.ndarray, hand: int) -> np.ndarray:
    """Whether a hand struck in the beat before each hit, bool (hits,).

    hands: int64 (hits,), of HANDS or -1. sixteenths: of the hits, as for `Drumming.likelihood`.
    """
    at = np.unique(sixteenths[hands == hand])
    if not len(at):
        return np.zeros(len(hands), bool)
    last = np.searchsorted(at, sixteenths) - 1
    return (last >= 0) & (sixteenths - at[np.maximum(last, 0)] <= BEAT)


def sixteenths_of(events: Events, notes: np.ndarray) -> np.ndarray:
    """The sixteenth of each note, int64 (notes,), counted so that each bar begins with a multiple
    of 16: longer bars begin anew after a bar of 4/4, and of shorter ones the rest is left out."""
    ticks = np.array([tick for tick, _, _ in events.meters])
    which = np.maximum(np.searchsorted(ticks, notes[:, 0], side="right") - 1, 0)
    lengths = np.array([max(1, round(SIXTEENTHS * n / d)) for _, n, d in events.meters])
    since = (notes[:, 0] - ticks[which]) * SIXTEENTHS / BEATS / events.ticks_per_beat
    bar, place = np.divmod(np.rint(since).astype(np.int64), lengths[which])
    widest = -(-int(lengths.max()) // SIXTEENTHS) + 1
    whole, place = np.divmod(place, SIXTEENTHS)
    first = which * (int(bar.max(initial=0)) + 1) * widest
    return (first + bar * widest + whole) * SIXTEENTHS + place


@cache
def drumming() -> Drumming:
    """The table that ships."""
    table = json.loads(TABLE.read_text("utf-8"))
    return Drumming(*(np.array(table[name]) for name in ("place", "twice", "together", "again")))
