"""One table of a report: a line for each thing measured, in JSON, Markdown and a figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Scores = dict[str, float]
Columns = dict[str, tuple[str, str]]  # measure -> its column's title and format


@dataclass(frozen=True)
class Section:
    """name: of its figure's file. note: what is measured, on what, and how to read it. lines: what
    was measured -> its scores; a measure that is missing or NaN is nothing measured."""

    name: str
    title: str
    note: str
    columns: Columns
    lines: dict[str, Scores]

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it, apart from NaN."""
        return {"title": self.title, "note": self.note, "lines": self.lines}

    def as_markdown(self) -> str:
        rows = [[name, *said(self.columns, scores)] for name, scores in self.lines.items()]
        titles = ["", *(title for title, _ in self.columns.values())]
        return f"{self.title}. {self.note}\n\n{table(titles, rows)}"


def draw_section(section: Section) -> Any:
    """Plotly figure: a panel of bars for each measure, a bar for each line."""
    from plotly.subplots import make_subplots

    titles = [title for title, _ in section.columns.values()]
    figure = make_subplots(1, len(titles), subplot_titles=titles, shared_yaxes=True)
    names = list(section.lines)[::-1]  # a bar chart begins at the bottom
    for column, measure in enumerate(section.columns, start=1):
        values = [section.lines[name].get(measure) for name in names]
        figure.add_bar(x=values, y=names, orientation="h", row=1, col=column)
    height = 160 + 28 * len(names)
    return figure.update_layout(
        template="plotly_white", title=section.title, showlegend=False, height=height
    )


def said(columns: Columns, scores: Scores) -> list[str]:
    """The cells of one line."""
    return [number(columns[name][1], scores.get(name, math.nan)) for name in columns]


def number(form: str, value: float) -> str:
    return "-" if math.isnan(value) else format(value, form)


def table(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    rule = ["---", *["---:"] * (len(titles) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (titles, rule, *lines))
