"""Locks: cells of a groove that stay as they are, whatever becomes of the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from beatgen.errors import BeatGenError
from beatgen.groove import SIXTEENTHS, Groove


@dataclass(frozen=True)
class Lock:
    """Whole voices and whole sixteenths that are kept, and what they hold.

    groove:     what the locked cells hold, silence too; its other cells are not looked at.
    voices:     indices of the locked voices, 0 to 21.
    sixteenths: the locked sixteenths, from 0 at the groove's start. A step belongs to the nearest
                one, so the last steps of the groove belong to its first sixteenth.
    """

    groove: Groove
    voices: frozenset[int] = frozenset()
    sixteenths: frozenset[int] = frozenset()

    @property
    def mask(self) -> np.ndarray:
        """Which cells are locked, bool (bars, steps, 22)."""
        bars, steps, voices = self.groove.velocity.shape
        places = np.arange(bars * steps)
        sixteenth = np.floor(places * SIXTEENTHS / steps + 0.5) % (bars * SIXTEENTHS)
        rows = np.isin(sixteenth, list(self.sixteenths)).reshape(bars, steps, 1)
        return rows | np.isin(np.arange(voices), list(self.voices))

    def keep(self, groove: Groove) -> Groove:
        """`groove` with the locked cells in place of its own, bit for bit; its tempo is its own.

        Where the two differ in length, the lock repeats or ends with `groove`. Raises BeatGenError
        where they differ in steps per bar.
        """
        if groove.steps != self.groove.steps:
            raise BeatGenError(
                f"a lock on bars of {self.groove.steps} steps does not fit a groove of "
                f"{groove.steps}; lock a groove of as many steps."
            )
        index = np.arange(groove.bars) % self.groove.bars
        mask = self.mask[index]
        return replace(
            groove,
            velocity=np.where(mask, self.groove.velocity[index], groove.velocity),
            timing=np.where(mask, self.groove.timing[index], groove.timing),
        )
