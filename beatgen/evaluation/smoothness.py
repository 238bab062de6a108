"""How smooth a walk between two bars is: what changes from one hundredth of the way to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from beatgen.bars.strikes import to_strikes

FRAMES = 101  # a hundred steps


@dataclass(frozen=True)
class Walk:
    """Note changes along a walk: strikes that come or go, summed over 16 x 22.

    changes: int (frames - 1,), at each step. apart: how many strikes the two ends differ in.
    """

    changes: np.ndarray
    apart: int

    @property
    def detour(self) -> float:
        """Changes in all for each that the ends ask for: 1 is the shortest way; NaN where the
        ends are the same."""
        return float(self.changes.sum() / self.apart) if self.apart else float("nan")

    @property
    def dead_zone(self) -> int:
        """Longest run of steps without a change; 0 where the ends are the same."""
        if not self.apart:
            return 0
        at = np.flatnonzero(self.changes)
        return int(np.diff(np.concatenate([[-1], at, [len(self.changes)]])).max() - 1)

    @property
    def jump(self) -> float:
        """Largest change in one step as a share of all, 0 to 1; NaN where nothing changes."""
        total = self.changes.sum()
        return float(self.changes.max() / total) if total else float("nan")


def walk(velocity: np.ndarray, timing: np.ndarray) -> Walk:
    """The walk through frames of one bar, (frames, 64, 22) each, as `Groove` has them."""
    count = to_strikes(velocity, timing).count
    steps = np.abs(np.diff(count, axis=0)).sum((1, 2))
    return Walk(steps, int(np.abs(count[-1] - count[0]).sum()))


def even(apart: int) -> Walk:
    """The smoothest walk between ends that differ in so many strikes: one change after the
    other."""
    return Walk(np.diff(np.rint(np.linspace(0, apart, FRAMES))), apart)


def means(walks: Sequence[Walk]) -> dict[str, float]:
    """Means over the walks whose ends differ, one at least, and the worst of them."""
    moving = [one for one in walks if one.apart]
    dead, jumps = [one.dead_zone for one in moving], [one.jump for one in moving]
    return {
        "changes": float(np.mean([one.changes.mean() for one in moving])),
        "detour": float(np.mean([one.detour for one in moving])),
        "dead_zone": float(np.mean(dead)),
        "worst_dead_zone": float(np.max(dead)),
        "jump": float(np.mean(jumps)),
        "worst_jump": float(np.max(jumps)),
    }
