"""Locks: cells of a groove that stay as they are, whatever becomes of the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.meter import label_of


@dataclass(frozen=True)
class Lock:
    """Whole voices, whole sixteenths and single cells that are kept, and what they hold.

    groove:     what the locked cells hold, silence too; its other cells are not looked at.
    voices:     indices of the locked voices, 0 to 21.
    sixteenths: the locked sixteenth notes, from 0 at the groove's start; a bar has as many as its
                meter says. A step belongs to the nearest one, so the last steps of the groove
                belong to its first sixteenth.
    cells:      (sixteenth, voice) of what is locked besides: one voice in one sixteenth each.
    """

    groove: Groove
    voices: frozenset[int] = frozenset()
    sixteenths: frozenset[int] = frozenset()
    cells: frozenset[tuple[int, int]] = frozenset()

    @property
    def mask(self) -> np.ndarray:
        """Which cells are locked, bool (bars, steps, 22)."""
        return _mask(self.groove, self.voices, self.sixteenths, self.cells)

    def fits(self, groove: Groove) -> bool:
        """Whether the lock can be kept in `groove`: whether their bars agree in meter and steps,
        as far as both go."""
        pairs = zip(self.groove.meters, groove.repeat(self.groove.bars).meters, strict=True)
        same = groove.resolution == self.groove.resolution and all(a == b for a, b in pairs)
        return same and groove.meters == self.groove.repeat(groove.bars).meters

    def keep(self, groove: Groove) -> Groove:
        """`groove` with the locked cells in place of its own, bit for bit; its tempo is its own.

        Where the two differ in length, the locked sixteenths repeat or end with `groove`, and so
        does what they hold; the player in the browser does the same. Raises BeatGenError where the
        two differ in meter or in steps per bar.

        >>> old = Groove.from_tab("kick |o-------|")
        >>> new = Groove.from_tab("kick |--o-----|")
        >>> Lock(old, voices=frozenset({0})).keep(new) == old
        True
        """
        if groove.resolution != self.groove.resolution:
            raise BeatGenError(
                f"a lock on bars of {self.groove.steps} steps does not fit a groove of "
                f"{groove.steps}; lock a groove of as many steps."
            )
        if not self.fits(groove):
            raise BeatGenError(
                f"a lock on a groove in {label_of(self.groove.meters)} does not fit one in "
                f"{label_of(groove.meters)}; lock a groove of the same meter."
            )
        length, own = (sum(m.sixteenths for m in each.meters) for each in (groove, self.groove))
        sixteenths = {
            later for at in self.sixteenths for later in range(at, length, own) if at < own
        }
        cells = {
            (later, voice)
            for at, voice in self.cells
            for later in range(at, length, own)
            if at < own
        }
        mask = _mask(groove, self.voices, sixteenths, cells)
        bars, steps = np.arange(groove.bars) % self.groove.bars, groove.steps
        held = self.mask  # where a shorter loop makes more cells locked, these are silent
        velocity, timing = (
            np.where(mask, np.where(held, old, 0)[bars, :steps], new)
            for old, new in (
                (self.groove.velocity, groove.velocity),
                (self.groove.timing, groove.timing),
            )
        )
        return replace(groove, velocity=velocity, timing=timing)


def sixteenths_of(groove: Groove) -> np.ndarray:
    """The sixteenth that each step belongs to, the nearest one, from 0 at the groove's start:
    int64 (bars, steps). The last steps of the groove belong to its first sixteenth."""
    first = np.cumsum([0, *(meter.sixteenths for meter in groove.meters)])
    steps = np.arange(groove.steps)
    rows = [
        start + np.floor(steps * meter.sixteenths / meter.steps(groove.resolution) + 0.5)
        for start, meter in zip(first, groove.meters, strict=False)
    ]
    return np.array(rows, np.int64) % first[-1]


def _mask(
    groove: Groove,
    voices: Collection[int],
    sixteenths: Collection[int],
    cells: Collection[tuple[int, int]],
) -> np.ndarray:
    """Which cells of a groove are locked: bool (bars, steps, voices)."""
    sixteenth = sixteenths_of(groove)
    rows = np.isin(sixteenth, list(sixteenths))[:, :, None]
    mask = rows | np.isin(np.arange(groove.velocity.shape[2]), list(voices))
    for at, voice in cells:
        mask[..., voice] |= sixteenth == at
    return mask
