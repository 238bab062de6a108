"""An evaluation: a table with a row for each model, and sections; JSON, Markdown and figures."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from beatgen.evaluation.section import Scores, Section, draw_section, number, said, table
from beatgen.kit import NAMES

# Measure -> its column's title and format
MEASURES: dict[str, tuple[str, str]] = {
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
COLOURS = ("#9aa1ab", "#c9b458", "#8a6d3b", "#6c8ebf", "#b85450", "#35d3e6", "#ffb224")


@dataclass(frozen=True)
class Row:
    """One model: its measures over all bars; over those that repeat no training bar (`repeats`);
    per voice; per style, by the word before its slash. NaN is nothing measured."""

    name: str
    measures: Scores
    unseen: Scores
    per_voice: dict[str, Scores]
    per_style: dict[str, Scores]


@dataclass(frozen=True)
class Evaluation:
    """data: where the bars are from; bars: how many; repeated: how many of them repeat a training
    bar (`repeats`); sections: what else was measured (`beatgen.evaluation.generation`)."""

    data: str
    split: str
    bars: int
    repeated: int
    rows: tuple[Row, ...]
    sections: tuple[Section, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and numbers, fit for JSON (null: nothing measured)."""
        sections = {section.name: section.as_dict() for section in self.sections}
        return _plain(asdict(self) | {"sections": sections})

    def as_markdown(self) -> str:
        """The tables, for people: all bars, those that repeat no training bar, voices, styles,
        and the sections."""
        share = 100 * self.repeated / self.bars
        titles = [title for title, _ in MEASURES.values()]
        parts = [
            f"{self.split}, {self.bars:,} bars in 4/4; {share:.1f} % of them repeat a training bar "
            "(the same pattern on 16 steps x 9 classes).",
            table(["model", *titles], [[r.name, *said(MEASURES, r.measures)] for r in self.rows]),
            "Without the bars that repeat a training bar:",
            table(["model", *titles], [[r.name, *said(MEASURES, r.unseen)] for r in self.rows]),
            "Hit F1 per voice:",
            self._breakdown("per_voice"),
            "Hit F1 per style:",
            self._breakdown("per_style"),
            *(section.as_markdown() for section in self.sections),
        ]
        return "\n\n".join(parts) + "\n"

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write evaluation.json, evaluation.md, scores.html (`draw_scores`) and a figure for each
        section into a folder."""
        root = Path(folder)
        root.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.as_dict(), indent=1)
        (root / "evaluation.json").write_text(text + "\n", encoding="utf-8")
        (root / "evaluation.md").write_text(self.as_markdown(), encoding="utf-8")
        draw_scores(self).write_html(root / "scores.html", include_plotlyjs=True)
        for section in self.sections:
            page = root / f"{section.name}.html"
            draw_section(section).write_html(page, include_plotlyjs=True)

    def _breakdown(self, part: str) -> str:
        groups: list[str] = list(getattr(self.rows[0], part)) if self.rows else []
        lines = [
            [name, *(number(".3f", getattr(row, part)[name]["hit_f1"]) for row in self.rows)]
            for name in groups
        ]
        return table([part.removeprefix("per_"), *(row.name for row in self.rows)], lines)


def draw_scores(evaluation: Evaluation) -> Any:
    """Plotly figure: hit F1 of every model, per voice and per style."""
    from plotly.subplots import make_subplots

    figure = make_subplots(1, 2, subplot_titles=("hit F1 per voice", "hit F1 per style"))
    for column, part in enumerate(("per_voice", "per_style"), start=1):
        for i, row in enumerate(evaluation.rows):
            groups = {name: scores["hit_f1"] for name, scores in getattr(row, part).items()}
            figure.add_bar(
                x=list(groups.values()),
                y=list(groups),
                name=row.name,
                orientation="h",
                legendgroup=row.name,
                showlegend=column == 1,
                marker_color=COLOURS[i % len(COLOURS)],
                row=1,
                col=column,
            )
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.04}
    height = 200 + 8 * len(evaluation.rows) * len(NAMES)
    figure.update_xaxes(range=(0, 1))
    return figure.update_layout(template="plotly_white", legend=legend, height=height)


def _plain(value: Any) -> Any:
    """For JSON, which has neither NaN nor infinity: null instead."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
