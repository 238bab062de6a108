"""Locks: cells of a groove that stay as they are, whatever becomes of the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from beatgen.errors import BeatGenError
from beatgen.groove import SIXTEENTHS, Groove


@dataclass(frozen=True)
class Lock:
    """Whole voices, whole sixteenths and single cells that are kept, and what they hold.

    groove:     what the locked cells hold, silence too; its other cells are not looked at.
    voices:     indices of the locked voices, 0 to 21.
    sixteenths: the locked sixteenths, from 0 at the groove's start. A step belongs to the nearest
                one, so the last steps of the groove belong to its first sixteenth.
    cells:      (sixteenth, voice) of what is locked besides: one voice in one sixteenth each.
    """

    groove: Groove
    voices: frozenset[int] = frozenset()
    sixteenths: frozenset[int] = frozenset()
    cells: frozenset[tuple[int, int]] = frozenset()

    @property
    def mask(self) -> np.ndarray:
        """Which cells are locked, bool (bars, steps, 22)."""
        return _mask(self.groove.velocity.shape, self.voices, self.sixteenths, self.cells)

    def keep(self, groove: Groove) -> Groove:
        """`groove` with the locked cells in place of its own, bit for bit; its tempo is its own.

        Where the two differ in length, the locked sixteenths repeat or end with `groove`, and so
        does what they hold; the player in the browser does the same. Raises BeatGenError where the
        two differ in steps per bar.

        >>> old = Groove.from_tab("kick |o-------|")
        >>> new = Groove.from_tab("kick |--o-----|")
        >>> Lock(old, voices=frozenset({0})).keep(new) == old
        True
        """
        if groove.steps != self.groove.steps:
            raise BeatGenError(
                f"a lock on bars of {self.groove.steps} steps does not fit a groove of "
                f"{groove.steps}; lock a groove of as many steps."
            )
        length, own = groove.bars * SIXTEENTHS, self.groove.bars * SIXTEENTHS
        sixteenths = {
            later for at in self.sixteenths for later in range(at, length, own) if at < own
        }
        cells = {
            (later, voice)
            for at, voice in self.cells
            for later in range(at, length, own)
            if at < own
        }
        mask = _mask(groove.velocity.shape, self.voices, sixteenths, cells)
        bars = np.arange(groove.bars) % self.groove.bars
        held = self.mask  # where a shorter loop makes more cells locked, these are silent
        velocity, timing = (
            np.where(mask, np.where(held, old, 0)[bars], new)
            for old, new in (
                (self.groove.velocity, groove.velocity),
                (self.groove.timing, groove.timing),
            )
        )
        return replace(groove, velocity=velocity, timing=timing)


def _mask(
    shape: tuple[int, ...],
    voices: Collection[int],
    sixteenths: Collection[int],
    cells: Collection[tuple[int, int]],
) -> np.ndarray:
    """Which cells of a grid (bars, steps, voices) are locked: bool of that shape."""
    bars, steps, kit = shape
    places = np.arange(bars * steps)
    sixteenth = np.floor(places * SIXTEENTHS / steps + 0.5) % (bars * SIXTEENTHS)
    rows = np.isin(sixteenth, list(sixteenths)).reshape(bars, steps, 1)
    mask = rows | np.isin(np.arange(kit), list(voices))
    for at, voice in cells:
        mask[..., voice] |= (sixteenth == at).reshape(bars, steps)
    return mask
