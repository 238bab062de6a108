"""What a drummer hears in a bar, as numbers: one pure function for each.

All take strikes (n, 16, 22, 4) and return float64 (n,), one number per bar; a bar without the
hits that a measure is about has the middle value of the measure, 0 unless stated otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from beatgen.bars.strikes import ON_LINE, PLACES, Strikes
from beatgen.groove import BEATS, SIXTEENTHS
from beatgen.kit import INDEX, VOICES_OF_FAMILY

GHOST = 40 / 127  # a snare stroke softer than this is a ghost note

SIXTEENTHS_OF_BEAT = SIXTEENTHS // BEATS
EIGHTH = SIXTEENTHS_OF_BEAT // 2  # in sixteenths
# Where the sixteenths of a beat begin: half-way between their lines, but a hit that is nearer to
# the second triplet, 4/3, than to the third line is a late second
EDGES = (-np.inf, 0.5, 5 / 3, 2.5, np.inf)
# A fourth sixteenth that is earlier than this, in sixteenths, is nearer to the third triplet, 1/3
# before its line, than to the line
TRIPLET = -1 / 6
ONE_NOTE = 2 / 3  # hits that are nearer to each other than this, in sixteenths, are one note

# Metrical weight of each sixteenth of a 4/4 bar (Longuet-Higgins and Lee 1984)
WEIGHT = np.array([0, -4, -3, -4, -2, -4, -3, -4, -1, -4, -3, -4, -2, -4, -3, -4])


SNARE, TOMS, HATS, RIDES = (VOICES_OF_FAMILY[name] for name in ("snare", "tom", "hat", "ride"))
OPEN = [INDEX["open hat"], INDEX["open hat edge"]]


def density(strikes: Strikes) -> np.ndarray:
    """Hits in the bar."""
    return _hits(strikes).sum((1, 2))


def syncopation(strikes: Strikes) -> np.ndarray:
    """Longuet-Higgins and Lee's measure on kick and snare together: every note that is held over
    a stronger position of the meter counts by how much stronger that is. The bar goes round."""
    struck = _hits(strikes)[:, :, [INDEX["kick"], *SNARE]].sum(2) > 0
    total = np.zeros(len(struck))
    for start in range(SIXTEENTHS):
        held = struck[:, start].copy()  # until the next note
        strongest = np.full(len(struck), -np.inf)
        for after in range(1, SIXTEENTHS):
            at = (start + after) % SIXTEENTHS
            held &= ~struck[:, at]
            strongest = np.where(held, np.maximum(strongest, WEIGHT[at]), strongest)
        more = strongest - WEIGHT[start]
        total += np.where(struck[:, start] & (more > 0), more, 0)
    return total


def ghost_notes(strikes: Strikes) -> np.ndarray:
    """Snare strokes softer than MIDI velocity 40."""
    snare = strikes.velocity[:, :, SNARE]
    return ((snare > 0) & (snare < GHOST)).sum((1, 2, 3)).astype(float)


def open_hats(strikes: Strikes) -> np.ndarray:
    """Share of the hi-hat hits that are open, 0 to 1."""
    hits = _hits(strikes)
    return hits[:, :, OPEN].sum((1, 2)) / np.maximum(hits[:, :, HATS].sum((1, 2)), 1)


def ride(strikes: Strikes) -> np.ndarray:
    """-1 where all time is kept on the hi-hat, 1 where it is on the ride."""
    hits = _hits(strikes)
    on_ride, on_hats = hits[:, :, RIDES].sum((1, 2)), hits[:, :, HATS].sum((1, 2))
    return (on_ride - on_hats) / np.maximum(on_ride + on_hats, 1)


def toms(strikes: Strikes) -> np.ndarray:
    """Hits on toms."""
    return _hits(strikes)[:, :, TOMS].sum((1, 2))


def loudness(strikes: Strikes) -> np.ndarray:
    """Mean velocity of the hits, 0 to 1."""
    hits = np.maximum(_hits(strikes).sum((1, 2)), 1)
    return strikes.velocity.sum((1, 2, 3)) / hits


def dynamics(strikes: Strikes) -> np.ndarray:
    """Standard deviation of the hits' velocity, 0 to 0.5."""
    struck = strikes.velocity > 0
    away = (strikes.velocity - loudness(strikes)[:, None, None, None]) ** 2
    return np.sqrt((away * struck).sum((1, 2, 3)) / np.maximum(struck.sum((1, 2, 3)), 1))


def swing(strikes: Strikes) -> np.ndarray:
    """How late the offbeats are played, as a part of their note value; a triplet feel is 1/3.

    In a beat of eighths the offbeat is the eighth between the beats, else the second and fourth
    sixteenth. A swung eighth may be so late that it stands, early, in the fourth sixteenth: this is
    assumed where the third sixteenth is hit as well, and where the bar's fourth sixteenths without
    a third are nearer to the triplet than to their line. Lateness counts from where the beats
    themselves are played.
    """
    hits, late = _beats(strikes)
    third, fourth = (late[..., i] / np.maximum(hits[..., i], 1) for i in (2, 3))
    one = (hits[..., 2] > 0) & (hits[..., 3] > 0) & (1 + fourth - third < ONE_NOTE)
    alone = (hits[..., 3] > 0) & (hits[..., 2] == 0)
    early = (late[..., 3] * alone).sum(1) < TRIPLET * (hits[..., 3] * alone).sum(1)
    swung = one | (alone & early[:, None])
    eighths = swung | (hits[..., 1] + hits[..., 3] == 0)
    count = hits[..., 2] + hits[..., 3], hits[..., 2], hits[..., 1] + hits[..., 3]
    behind = late[..., 2] + late[..., 3] + hits[..., 3], late[..., 2], late[..., 1] + late[..., 3]
    counted, total = (np.select([swung, eighths], of[:2], of[2]) for of in (count, behind))
    own = (total - counted * drag(strikes)[:, None]) / np.where(eighths, EIGHTH, 1)
    return own.sum(1) / np.maximum(counted.sum(1), 1)


def drag(strikes: Strikes) -> np.ndarray:
    """Mean distance of the hits on the four beats from their line, in sixteenths: above 0 laid
    back, below 0 pushed. What swings is between the beats."""
    hits, late = _beats(strikes)
    return late[..., 0].sum(1) / np.maximum(hits[..., 0].sum(1), 1)


ATTRIBUTES: dict[str, Callable[[Strikes], np.ndarray]] = {
    "density": density,
    "syncopation": syncopation,
    "ghost notes": ghost_notes,
    "open hats": open_hats,
    "ride": ride,
    "toms": toms,
    "loudness": loudness,
    "dynamics": dynamics,
    "swing": swing,
    "drag": drag,
}

# How a pattern is played: to turn these, no hit has to come or go.
OF_FEEL = frozenset({"loudness", "dynamics", "swing", "drag"})


def attributes(strikes: Strikes) -> np.ndarray:
    """All of ATTRIBUTES, float64 (n, 10).

    >>> from beatgen.bars.strikes import to_strikes
    >>> from beatgen.groove import Groove
    >>> groove = Groove.from_tab("tom 1 |o---o---|")
    >>> dict(zip(ATTRIBUTES, attributes(to_strikes(groove.velocity, groove.timing))[0]))["toms"]
    np.float64(2.0)
    """
    return np.stack([measure(strikes) for measure in ATTRIBUTES.values()], -1)


def _hits(strikes: Strikes) -> np.ndarray:
    """Hits per sixteenth and voice, float64 (n, 16, 22)."""
    return strikes.count.astype(float)


def _beats(strikes: Strikes) -> tuple[np.ndarray, np.ndarray]:
    """Hits by the four sixteenths of each beat, (n, 4, 4), and the sum of how far behind their line
    they are, in sixteenths."""
    struck = strikes.velocity > 0
    line = np.arange(SIXTEENTHS)[:, None, None] % SIXTEENTHS_OF_BEAT
    position = line + (np.arange(PLACES) - ON_LINE + strikes.timing) / PLACES
    hits, late = np.zeros((2, len(struck), BEATS, SIXTEENTHS_OF_BEAT))
    for sixteenth, (first, end) in enumerate(pairwise(EDGES)):
        here = struck & (first <= position) & (position < end)
        for sums, part in ((hits, here), (late, (position - sixteenth) * here)):
            by_beat = part.reshape(len(struck), BEATS, -1)
            sums[..., sixteenth] = by_beat.sum(-1)
    return hits, late
