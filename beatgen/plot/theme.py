"""The one look that all figures share, dark and light."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from beatgen.errors import BeatGenError, shown

Theme = Literal["dark", "light"]

COLOUR = re.compile("#[0-9a-fA-F]{6}")
FONT = "Source Sans, Inter, Helvetica Neue, Arial, sans-serif"


@dataclass(frozen=True)
class Style:
    """Colours of one theme, as #rrggbb."""

    ground: str
    ink: str
    muted: str
    line: str
    accents: tuple[str, str]  # of the first and the second groove
    loss: str  # hits that are missing
    bright: str  # what accents are mixed with for the loudest hits


STYLES: dict[str, Style] = {
    "dark": Style(
        "#16191e", "#eceff3", "#8d96a3", "#2b3139", ("#ffb224", "#35d3e6"), "#ff6b6b", "#ffffff"
    ),
    "light": Style(
        "#fffefb", "#1c1e22", "#6a6e76", "#e2ddd3", ("#8d5300", "#006871"), "#c9302c", "#000000"
    ),
}


def style_of(theme: str) -> Style:
    """The colours of a theme. Raises BeatGenError where there is none of this name."""
    if theme not in STYLES:
        raise BeatGenError(f"theme is {shown(theme)}; expected one of {', '.join(STYLES)}.")
    return STYLES[theme]


def mix(first: str, second: str, amount: float) -> str:
    """The colour `amount` (0-1) of the way from one #rrggbb to another. Raises BeatGenError for
    what is no such colour."""
    for colour in (first, second):
        if not COLOUR.fullmatch(colour):
            raise BeatGenError(f"{shown(colour)} is no colour; expected one such as '#ffb224'.")
    a, b = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (first, second))
    return "#" + "".join(f"{round(v):02x}" for v in a + (b - a) * amount)


def finish(figure: go.Figure, style: Style, title: str, height: int) -> go.Figure:
    """Give a figure its colours, type and margins, and return it. height: pixels."""
    headed = bool(figure.layout.annotations) or any(
        trace.showlegend is not False for trace in figure.data
    )
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font_size": 12}
    figure.update_layout(
        title={"text": title, "font_size": 15, "x": 0, "xref": "paper"} if title else None,
        height=height,
        margin={"l": 4, "r": 4, "t": 8 + 36 * bool(title) + 24 * headed, "b": 24},
        barmode="overlay",
        dragmode="pan",
        paper_bgcolor=style.ground,
        plot_bgcolor=style.ground,
        font={"family": FONT, "size": 12, "color": style.muted},
        hoverlabel={
            "bgcolor": mix(style.ground, style.ink, 0.08),
            "bordercolor": style.line,
            "font": {"family": FONT, "color": style.ink},
        },
        legend=legend,
    )
    quiet = mix(style.line, style.ground, 0.45)
    figure.update_xaxes(
        gridcolor=style.line,
        linecolor=style.line,
        zerolinecolor=style.line,
        automargin=True,
    )
    figure.update_yaxes(gridcolor=quiet, zerolinecolor=style.line, automargin=True)
    figure.update_annotations(font={"size": 13, "color": style.ink})
    return figure
