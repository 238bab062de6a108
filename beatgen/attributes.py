"""What a drummer would say of a bar, as numbers: one pure function for each.

All take strikes (n, 16, 22, 4) and return float64 (n,), one number per bar; a bar without the
hits that a measure is about is in the middle of it, 0 unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from beatgen.groove import SIXTEENTHS
from beatgen.kit import INDEX, VOICES
from beatgen.strikes import ON_LINE, PLACES, Strikes

GHOST = 40 / 127  # a snare stroke softer than this is a ghost note

# Metrical weight of each sixteenth of a 4/4 bar (Longuet-Higgins and Lee 1984)
WEIGHT = np.array([0, -4, -3, -4, -2, -4, -3, -4, -1, -4, -3, -4, -2, -4, -3, -4])


def _family(*families: str) -> list[int]:
    return [i for i, voice in enumerate(VOICES) if voice.family in families]


SNARE, TOMS, HATS, RIDES = _family("snare"), _family("tom"), _family("hat"), _family("ride")
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
    """How much later the second sixteenth of each eighth is played than the first, in
    sixteenths; a triplet feel is 1/3."""
    first, second = (_mean_offset(strikes, slice(start, None, 2)) for start in (0, 1))
    both = ~np.isnan(first) & ~np.isnan(second)
    return np.where(both, np.nan_to_num(second) - np.nan_to_num(first), 0)


def drag(strikes: Strikes) -> np.ndarray:
    """Mean distance of the hits from their sixteenth, in sixteenths: above 0 laid back, below 0
    pushed."""
    return np.nan_to_num(_mean_offset(strikes, slice(None)))


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


def attributes(strikes: Strikes) -> np.ndarray:
    """All of ATTRIBUTES, float64 (n, 10)."""
    return np.stack([measure(strikes) for measure in ATTRIBUTES.values()], -1)


def _hits(strikes: Strikes) -> np.ndarray:
    """Hits per sixteenth and voice, float64 (n, 16, 22)."""
    return strikes.count.astype(float)


def _mean_offset(strikes: Strikes, sixteenths: slice) -> np.ndarray:
    """Mean distance from the line of the hits in these sixteenths, in sixteenths; NaN where there
    are none."""
    struck = strikes.velocity[:, sixteenths] > 0
    places = np.arange(PLACES) - ON_LINE
    offset = (places + strikes.timing[:, sixteenths]) / PLACES
    hits = struck.sum((1, 2, 3))
    with np.errstate(invalid="ignore"):
        return (offset * struck).sum((1, 2, 3)) / np.where(hits, hits, np.nan)
