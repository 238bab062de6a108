"""What an evaluation found: tables, as JSON, Markdown and figures.

`Evaluation` has a `Row` for each model and a `Section` for each further table. A `Measure` is what
makes such tables; `beatgen.evaluation.evaluate.MEASURES` lists them.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from beatgen.data.dataset import Dataset
from beatgen.evaluation.reconstruct import Network
from beatgen.files import write_whole

Scores = dict[str, float]
Lines = dict[str, Scores]  # what was measured -> its scores
Columns = dict[str, tuple[str, str]]  # measure -> its column's title and format
Log = Callable[[str], None]

# The table with a row for each model
COLUMNS: Columns = {
    "sse": ("SSE", ".2f"),
    "sse_sounding": ("SSE as it sounds", ".2f"),
    "hit_f1": ("hit F1", ".3f"),
    "pattern_f1": ("hit F1, 16 x 22", ".3f"),
    "folded_f1": ("hit F1, 16 x 9", ".3f"),
    "note_f1": ("note F1, 25 ms", ".3f"),
    "velocity_mae": ("velocity MAE", ".1f"),
    "timing_mae": ("timing MAE, ms", ".1f"),
    "kl": ("KL, nats", ".1f"),
    "active_units": ("active dims", ".0f"),
    "decode_1_ms": ("1 bar, ms", ".2f"),
    "decode_33_ms": ("33 bars, ms", ".2f"),
}


class TooFew(Exception):
    """The data are too few for a measure; its text says what the measure needs."""


@dataclass(frozen=True)
class Measure:
    """One thing that is measured of networks.

    name: as `beatgen evaluate --parts` takes it. about: one line of help. run: from the networks,
    the held-out and the training bars, a log (called with a line as it goes on) and the effort
    (`share_of`) to tables; raises TooFew.
    """

    name: str
    about: str
    run: Callable[[Sequence[Network], Dataset, Dataset, Log, float], Iterable[Section]]


@dataclass(frozen=True)
class Section:
    """One table. name: of its figure's file, and its key in the JSON. note: what is measured, on
    what, and how to read it. lines: what was measured -> its scores; a score that is missing or NaN
    was not measured."""

    name: str
    title: str
    note: str
    columns: Columns
    lines: Lines

    def as_dict(self) -> dict[str, Any]:
        """Title, note and lines; may hold NaN, which JSON has not."""
        return {"title": self.title, "note": self.note, "lines": self.lines}

    def as_markdown(self) -> str:
        """Title and note, then the table."""
        rows = [[name, *cells(self.columns, scores)] for name, scores in self.lines.items()]
        titles = ["", *(title for title, _ in self.columns.values())]
        return f"{self.title}. {self.note}\n\n{markdown_table(titles, rows)}"

    def figure(self) -> Any:
        """A Plotly figure: a panel of bars for each column (`beatgen.plot.charts`)."""
        from beatgen.plot.charts import draw_measures

        titles = {measure: title for measure, (title, _) in self.columns.items()}
        return draw_measures(self.lines, titles, title=self.title)


@dataclass(frozen=True)
class Row:
    """One model: its measures over all bars; over those that do not repeat a training bar
    (`evaluate.repeats`); per voice; per style, by the word before its slash. NaN: not measured."""

    name: str
    measures: Scores
    unseen: Scores
    per_voice: dict[str, Scores]
    per_style: dict[str, Scores]


@dataclass(frozen=True)
class Evaluation:
    """data: where the bars are from; bars: how many; repeated: how many of them repeat a training
    bar (`evaluate.repeats`); sections: what else was measured of the networks."""

    data: str
    split: str
    bars: int
    repeated: int
    rows: tuple[Row, ...]
    sections: tuple[Section, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and numbers, fit for JSON (null: not measured)."""
        sections = {section.name: section.as_dict() for section in self.sections}
        return _plain(asdict(self) | {"sections": sections})

    def as_markdown(self) -> str:
        """The tables, for people: all bars, those that do not repeat a training bar, voices,
        styles, and the sections."""
        share = 100 * self.repeated / self.bars
        titles = ["model", *(title for title, _ in COLUMNS.values())]
        parts = [
            f"{self.split}, {self.bars:,} bars in 4/4; {share:.1f} % of them repeat a training bar "
            "(the same pattern on 16 steps x 9 classes).",
            markdown_table(titles, [[r.name, *cells(COLUMNS, r.measures)] for r in self.rows]),
            "Without the bars that repeat a training bar:",
            markdown_table(titles, [[r.name, *cells(COLUMNS, r.unseen)] for r in self.rows]),
            "Hit F1 per voice:",
            self._hit_f1_table("voice", [row.per_voice for row in self.rows]),
            "Hit F1 per style:",
            self._hit_f1_table("style", [row.per_style for row in self.rows]),
            *(section.as_markdown() for section in self.sections),
        ]
        return "\n\n".join(parts) + "\n"

    def figure(self) -> Any:
        """A Plotly figure: hit F1 of every model, per voice and per style."""
        from beatgen.plot.charts import draw_shares

        return draw_shares(
            {
                "hit F1 per voice": {row.name: _hit_f1(row.per_voice) for row in self.rows},
                "hit F1 per style": {row.name: _hit_f1(row.per_style) for row in self.rows},
            }
        )

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write evaluation.json, evaluation.md, scores.html (`figure`) and a figure for each
        section into a folder, which is made where there is none."""
        root = Path(folder)
        root.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.as_dict(), indent=1)
        write_whole(root / "evaluation.json", text + "\n")
        write_whole(root / "evaluation.md", self.as_markdown())
        figures = {"scores": self.figure()} | {one.name: one.figure() for one in self.sections}
        for name, figure in figures.items():
            write_whole(root / f"{name}.html", figure.to_html(include_plotlyjs=True))

    def _hit_f1_table(self, title: str, of_models: Sequence[dict[str, Scores]]) -> str:
        found = [_hit_f1(groups) for groups in of_models]
        lines = [
            [group, *(cell(".3f", scores[group]) for scores in found)]
            for group in (found[0] if found else ())
        ]
        return markdown_table([title, *(row.name for row in self.rows)], lines)


def cells(columns: Columns, scores: Mapping[str, float]) -> list[str]:
    """The cells of one line.

    >>> cells({"f1": ("hit F1", ".3f"), "kl": ("KL", ".1f")}, {"f1": 0.5})
    ['0.500', '-']
    """
    return [cell(form, scores.get(name, math.nan)) for name, (_, form) in columns.items()]


def cell(form: str, value: float) -> str:
    """A number in a format such as ".2f"; "-" for NaN."""
    return "-" if math.isnan(value) else format(value, form)


def markdown_table(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table, numbers to the right.

    Cells are not padded to the width of their column, so that a new number changes one line only.

    >>> print(markdown_table(["model", "hit F1"], [["ours", "0.979"]]))
    | model | hit F1 |
    | --- | ---: |
    | ours | 0.979 |
    """
    rule = ["---", *["---:"] * (len(titles) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (titles, rule, *lines))


def mean_of(tables: Sequence[Lines]) -> Lines:
    """The mean of tables with the same lines and scores, cell by cell.

    >>> mean_of([{"ours": {"auc": 0.5}}, {"ours": {"auc": 0.75}}])
    {'ours': {'auc': 0.625}}
    """
    return {
        name: {key: float(np.mean([table[name][key] for table in tables])) for key in scores}
        for name, scores in tables[0].items()
    }


def share_of(count: int, effort: float) -> int:
    """How many of `count` draws, pairs or trees are made with an effort above 0 and up to 1.

    >>> share_of(600, 1), share_of(5, 0.1)
    (600, 1)
    """
    return max(1, round(count * effort))


def sample(count: int, most: int, seed: int = 0) -> np.ndarray:
    """Sorted indices of `most` things drawn from `count`; all where there are no more: int64.

    >>> sample(3, 10).tolist()
    [0, 1, 2]
    """
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])


def _hit_f1(groups: Mapping[str, Scores]) -> Scores:
    return {name: scores["hit_f1"] for name, scores in groups.items()}


def _plain(value: Any) -> Any:
    """For JSON, which has neither NaN nor infinity: null instead."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
