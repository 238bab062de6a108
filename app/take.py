"""Takes: variations and other grooves that hang on the wall of the Vary page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from beatgen.groove import Groove

LONGEST_TAKE = 32  # bars
MOST_TAKES = 48  # that are kept on the wall
FRESH = 12  # takes that come at once at most, on top of those
WALLS = 8  # that the wall was before, and can be again


@dataclass(eq=False)
class Take:
    """A variation on the wall."""

    number: int
    groove: Groove
    likeness: float  # share of its pattern with the groove that was varied, 0 to 1
    kept: bool = False
    title: str = ""  # where it was not made on the wall

    @property
    def name(self) -> str:
        return self.title or f"Take {self.number}"


def is_full(takes: Iterable[Take]) -> bool:
    """Whether as many of them are kept as a wall has room for."""
    return sum(take.kept for take in takes) >= MOST_TAKES


def fitting(takes: Iterable[Take]) -> list[Take]:
    """Those that a wall has room for, in their order: kept ones before all others."""
    takes = list(takes)
    stay = set(sorted(takes, key=lambda take: not take.kept)[: MOST_TAKES + FRESH])
    return [take for take in takes if take in stay]
