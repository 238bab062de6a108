"""How the page looks: its style sheets, the wordmark, and small rolls."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import numpy as np
import streamlit as st

from app.colour import between
from app.engine import BY_CONTENTS, FOR_ALL
from beatgen.figure import draw, draw_difference, rows_of
from beatgen.groove import Groove
from beatgen.theme import STYLES, Theme, mix

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SHEETS = [Path(__file__).with_name(name) for name in ("style.css", "phone.css")]
ICON = Path(__file__).with_name("icon.svg")
CHART = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset"}
SHADES = 4  # of velocity in a small roll
FINE = 3  # parts of a step that a small roll tells apart: each is less than half a pixel
_PLAIN = " =:/.,;()-'"  # what may stand in a data URI within double quotes as it is


def theme() -> Theme:
    """The theme that the musician's browser shows."""
    return "light" if st.context.theme.type == "light" else "dark"


def accents() -> tuple[str, str]:
    """Colours of A and B."""
    return STYLES[theme()].accents


def dress() -> None:
    """Apply the style sheet, in the colours of the theme."""
    style, (a, b) = STYLES[theme()], accents()
    colours = {
        "a": a,
        "b": b,
        "mix": between(a, b, 0.5),
        "ground": st.get_option(f"theme.{theme()}.backgroundColor") or style.ground,
        "panel": style.ground,
        "raised": mix(style.ground, style.ink, 0.1),
        "line": style.line,
        "muted": style.muted,
        "ink": style.ink,
        "on-accent": "#101215" if theme() == "dark" else "#ffffff",
    }
    variables = "".join(f"--bg-{name}:{colour};" for name, colour in colours.items())
    sheets = "".join(sheet.read_text("utf-8") for sheet in SHEETS)
    st.html(f"<style>:root{{{variables}}}{sheets}</style>")


def bpm(tempo: float) -> str:
    """A tempo, to the tenth where it is not whole, as the player shows it."""
    return f"{round(tempo, 1):g} BPM"


def wordmark() -> None:
    st.html('<div class="bg-word"><i></i><i></i><i></i><h1>BeatGen</h1></div>')


def heading(name: str, facts: Sequence[str], badge: Literal["A", "B", ""] = "") -> None:
    """A card's first line: name, and facts in small type."""
    mark = f'<span class="bg-badge {badge.lower()}">{badge}</span>' if badge else ""
    small = "".join(f"<span>{escape(fact)}</span>" for fact in facts if fact)
    st.html(
        f'<div class="bg-head">{mark}<h2 title="{escape(name)}">{escape(name)}</h2>'
        f'<div class="bg-facts">{small}</div></div>'
    )


def roll(groove: Groove, accent: str, key: str, height: int | None = None) -> None:
    """The groove as a Plotly drum grid."""
    figure = _roll(groove, accent, theme(), height)
    st.plotly_chart(figure, key=key, theme=None, config=CHART)


def difference(original: Groove, other: Groove, accent: str, key: str) -> None:
    """What `other` keeps, lacks and adds, as a Plotly drum grid."""
    figure = draw_difference(original, other, accent=accent, theme=theme())
    st.plotly_chart(figure, key=key, theme=None, config=CHART)


def small_roll(groove: Groove) -> str:
    """The groove as an image tag that fills its place: a drum grid, louder hits stronger.

    roll.js draws the same in the browser.
    """
    rows = rows_of(groove)
    row_of = {voice: len(rows) - 1 - i for i, voice in enumerate(rows)}
    width = round(FINE * max(1.0, groove.steps / 22))
    paths = [""] * SHADES
    for bar, step, voice in np.argwhere(groove.velocity > 0).tolist():
        x = bar * groove.steps + step + float(groove.timing[bar, step, voice])
        shade = min(SHADES - 1, int(groove.velocity[bar, step, voice] * SHADES))
        paths[shade] += f"M{round(FINE * x)} {row_of[voice]}h{width}"
    per_bar, edge = FINE * groove.steps, 2 * FINE
    length = per_bar * groove.bars
    lines = "".join(f"M{x} -.5v{len(rows)}" for x in range(0, length, per_bar))
    hits = "".join(
        f"<path opacity='{0.3 + 0.7 * i / (SHADES - 1):.2g}' d='{d}'/>"
        for i, d in enumerate(paths)
        if d
    )
    svg = (  # with quotes that stay as they are within the tag
        f"<svg xmlns='http://www.w3.org/2000/svg' preserveAspectRatio='none'"
        f" viewBox='{-edge} -.5 {length + 2 * edge} {len(rows)}'"
        f" stroke='{between(*accents(), 0.5)}' stroke-width='.72'>"
        f"<path d='{lines}' stroke='{STYLES[theme()].line}' stroke-width='1'"
        f" vector-effect='non-scaling-stroke'/>{hits}</svg>"
    )
    return f'<img class="bg-roll" alt="" src="data:image/svg+xml,{quote(svg, safe=_PLAIN)}">'


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def _roll(groove: Groove, accent: str, shown: Theme, height: int | None) -> Figure:
    return draw(groove, accent=accent, theme=shown, height=height)
