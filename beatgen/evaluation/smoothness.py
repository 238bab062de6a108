"""How smooth is the path from one bar to another? What changes from one hundredth to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from beatgen.bars.strikes import to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.reconstruct import Network, bar_networks
from beatgen.evaluation.results import Log, Measure, Section, TooFew, share_of
from beatgen.groove import Groove, join

FRAMES = 101  # a hundred steps
PAIRS = 50  # of held-out bars
COLUMNS = {
    "changes": ("note changes a step", ".2f"),
    "detour": ("detour", ".2f"),
    "dead_zone": ("dead zone, steps", ".1f"),
    "worst_dead_zone": ("the longest", ".0f"),
    "jump": ("jump", ".3f"),
    "worst_jump": ("the largest", ".3f"),
}


@dataclass(frozen=True)
class PathChanges:
    """Note changes along a path: strikes that come or go, summed over 16 x 22.

    changes: int (frames - 1,), at each step. apart: how many strikes the two ends differ in.

    >>> path = PathChanges(np.array([0, 0, 3, 1]), apart=2)
    >>> path.detour, path.dead_zone, path.jump
    (2.0, 2, 0.75)
    """

    changes: np.ndarray
    apart: int

    @property
    def detour(self) -> float:
        """All changes divided by those that the ends ask for: 1 is the shortest path; NaN where
        the ends are the same."""
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


def path_changes(velocity: np.ndarray, timing: np.ndarray) -> PathChanges:
    """The changes along a path, given as frames of one bar, (frames, 64, 22) each, in a `Groove`'s
    units."""
    count = to_strikes(velocity, timing).count
    changes = np.abs(np.diff(count, axis=0)).sum((1, 2))
    return PathChanges(changes, int(np.abs(count[-1] - count[0]).sum()))


def even(apart: int) -> PathChanges:
    """The smoothest path between ends that differ in so many strikes: one change after the other.

    >>> even(2).jump
    0.5
    """
    return PathChanges(np.diff(np.rint(np.linspace(0, apart, FRAMES))), apart)


def summary(paths: Sequence[PathChanges]) -> dict[str, float]:
    """Means over the paths whose ends differ (there must be one at least), and the worst values."""
    moving = [path for path in paths if path.apart]
    dead, jumps = [path.dead_zone for path in moving], [path.jump for path in moving]
    return {
        "changes": float(np.mean([path.changes.mean() for path in moving])),
        "detour": float(np.mean([path.detour for path in moving])),
        "dead_zone": float(np.mean(dead)),
        "worst_dead_zone": float(np.max(dead)),
        "jump": float(np.mean(jumps)),
        "worst_jump": float(np.max(jumps)),
    }


def sections(
    networks: Sequence[Network], held_out: Dataset, _: Dataset, log: Log, effort: float = 1
) -> list[Section]:
    """Paths of a hundred steps between pairs of held-out bars, beside the best and the worst there
    could be. Raises TooFew where all held-out bars are the same."""
    count = share_of(PAIRS, effort)
    starts, ends = (np.random.default_rng(i).permutation(len(held_out))[:count] for i in range(2))
    pairs = [
        (held_out.groove(int(a)), held_out.groove(int(b)))
        for a, b in zip(starts, ends, strict=True)
    ]
    cuts = [_along([a] * (FRAMES // 2) + [b] * (FRAMES - FRAMES // 2)) for a, b in pairs]
    if not any(cut.apart for cut in cuts):
        raise TooFew("held-out bars that differ")
    lines = {
        "a cut half-way": summary(cuts),
        "evenly spread": summary([even(cut.apart) for cut in cuts]),
    }
    for network in bar_networks(networks):
        log(f"smoothness: {network.name}")
        lines[network.name] = summary(
            [_along(network.vae.blend_path(a, b, FRAMES)) for a, b in pairs]
        )
    note = (
        f"{len(pairs)} paths from one held-out bar to another in {FRAMES - 1} steps; note changes "
        "are strikes that come or go. Detour: changes divided by those that the ends ask for. "
        "Dead zone: longest run of steps without a change. Jump: largest change in one step, as a "
        "share of all."
    )
    return [Section("smoothness", "Smoothness of the path between two bars", note, COLUMNS, lines)]


SMOOTHNESS = Measure(
    "smoothness", "how evenly strikes come and go on the path between two bars", sections
)


def _along(frames: Sequence[Groove]) -> PathChanges:
    path = join(frames)
    return path_changes(path.velocity, path.timing)
