"""How two grooves compare."""

import numpy as np
import pytest

from beatgen.groove import Groove
from beatgen.latent.codec import strikes_of


def pattern(groove: Groove) -> np.ndarray:
    """Strikes per sixteenth and voice, int (bars, 16, 22)."""
    return strikes_of(groove).count


def distance(a: Groove, b: Groove) -> float:
    """Sum of all differences of velocity."""
    return float(np.abs(a.velocity - b.velocity).sum())


def onsets(groove: Groove) -> np.ndarray:
    """Each hit as voice, ticks from the start, MIDI velocity: sorted, float (hits, 3)."""
    bar, step, voice = np.nonzero(groove.velocity)
    cells = bar, step, voice
    steps = bar * groove.steps + step + groove.timing[cells].astype(float)
    rows = np.stack([voice, steps * 4 * 480 / groove.steps, groove.velocity[cells] * 127], axis=1)
    return rows[np.lexsort(rows.T[1::-1])]


def same_hits(first: Groove, second: Groove, ticks: float = 1.0) -> bool:
    """Equal but for what MIDI rounds: ticks of time, a unit of velocity, a millionth in tempo."""
    one, two = onsets(first), onsets(second)
    return (
        one.shape == two.shape
        and first.bars == second.bars
        and (np.abs(one - two) < (0.5, ticks, 0.51)).all()
        and first.tempo == pytest.approx(second.tempo, rel=1e-5)
    )
