"""Locks: cells of a groove that stay as they are, whatever becomes of the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from beatgen.errors import BeatGenError
from beatgen.groove import Groove, columns, extras_of, sixteenths_of, voices_of
from beatgen.meter import label_of


@dataclass(frozen=True)
class Lock:
    """Whole voices, whole sixteenths and single cells that are kept, and what they hold.

    groove:     what the locked cells hold, silence too; its other cells are not looked at.
    voices:     numbers of the locked voices (`beatgen.kit.EVERY`): 0 to 21, or an extra's.
    sixteenths: the locked sixteenth notes, from 0 at the groove's start; a bar has as many as its
                meter says. A step belongs to the nearest one, so the last steps of the groove
                belong to its first sixteenth.
    cells:      (sixteenth, voice) of what is locked besides: one voice in one sixteenth each.
    """

    groove: Groove
    voices: Set[int] = frozenset()
    sixteenths: Set[int] = frozenset()
    cells: Set[tuple[int, int]] = frozenset()

    @property
    def mask(self) -> np.ndarray:
        """Which cells are locked, bool (bars, steps, voices), of the groove's voices."""
        return _mask(self.groove, self.groove.voices, self.voices, self.sixteenths, self.cells)

    @property
    def held(self) -> Groove:
        """What the locked cells hold, and nothing else, at the groove's tempo."""
        mask = self.mask
        return replace(
            self.groove,
            velocity=np.where(mask, self.groove.velocity, 0),
            timing=np.where(mask, self.groove.timing, 0),
        )

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
        voices = voices_of(self.groove, groove)
        mask = self._mask_in(groove, voices)
        bars, steps = np.arange(groove.bars) % self.groove.bars, groove.steps
        held = columns(self.held, voices)  # silent where a shorter loop makes more cells locked
        velocity, timing = (
            np.where(mask, old[bars, :steps], new)
            for old, new in zip(held, columns(groove, voices), strict=True)
        )
        return replace(groove, velocity=velocity, timing=timing, extras=extras_of(voices))

    def mask_in(self, groove: Groove) -> np.ndarray:
        """Which cells are locked in `groove`, bool (bars, steps, voices), of its voices. Lengths,
        and what is raised, as in `keep`."""
        return self._mask_in(groove, groove.voices)

    def _mask_in(self, groove: Groove, voices: Sequence[int]) -> np.ndarray:
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
        length, own = groove.sixteenths, self.groove.sixteenths
        sixteenths = {
            later for at in self.sixteenths for later in range(at, length, own) if at < own
        }
        cells = {
            (later, voice)
            for at, voice in self.cells
            for later in range(at, length, own)
            if at < own
        }
        return _mask(groove, voices, self.voices, sixteenths, cells)


def _mask(
    groove: Groove,
    numbers: Sequence[int],
    voices: Collection[int],
    sixteenths: Collection[int],
    cells: Collection[tuple[int, int]],
) -> np.ndarray:
    """Which cells of a groove are locked, in columns of voices of these numbers: bool (bars, steps,
    columns)."""
    sixteenth = sixteenths_of(groove)
    rows = np.isin(sixteenth, list(sixteenths))[:, :, None]
    mask = rows | np.isin(numbers, list(voices))
    column = {number: i for i, number in enumerate(numbers)}
    for at, voice in cells:
        if voice in column:
            mask[..., column[voice]] |= sixteenth == at
    return mask
