"""Figures that are to be held, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """What was measured, once or more often, and what is to be reached.

    target:   the worst value allowed; None: shown for information.
    at_least: whether more is better.
    """

    name: str
    unit: str
    values: Sequence[float]
    target: float | None = None
    at_least: bool = False

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def worst(self) -> float:
        return min(self.values) if self.at_least else max(self.values)

    @property
    def holds(self) -> str:
        """Whether the target is reached, in a word: always, in the median, or not."""
        if self.target is None:
            return ""
        words = (self.median, "in the median"), (self.worst, "yes")
        reached = "no"
        for value, word in words:
            if value >= self.target if self.at_least else value <= self.target:
                reached = word
        return reached


def table(figures: Sequence[Figure]) -> str:
    """The figures as a table in Markdown."""
    rows = [("what", "median", "worst", "target", "held", "times")]
    for it in figures:
        sign = "at least " if it.at_least else ""
        target = "" if it.target is None else f"{sign}{_number(it.target)} {it.unit}"
        row = (it.name, f"{_number(it.median)} {it.unit}", f"{_number(it.worst)} {it.unit}")
        rows.append((*row, target, it.holds, str(len(it.values))))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.3g}"
