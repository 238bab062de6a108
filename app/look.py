"""How the page looks: its style sheets, the wordmark, headings and drum grids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import streamlit as st

from app.colour import between
from app.engine import BY_CONTENTS, FOR_ALL
from beatgen.groove import Groove
from beatgen.plot.drums import draw, draw_difference
from beatgen.plot.theme import STYLES, Theme, mix

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SHEETS = [Path(__file__).with_name(name) for name in ("style.css", "phone.css")]
ICON = Path(__file__).with_name("icon.svg")
CHART = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset"}


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


def note(text: str) -> None:
    """A caption, word by word: in Streamlit's a name from elsewhere may be Markdown, with links."""
    st.html(f'<p class="bg-note">{escape(text)}</p>')


def plain(text: str) -> str:
    """Text for a place that takes Markdown, to be shown as it is."""
    return re.sub(r"([\\`*_\[\]<>$~#])", r"\\\1", text)


def roll(groove: Groove, accent: str, key: str) -> None:
    """The groove as a Plotly drum grid."""
    figure = _roll(groove, accent, theme())
    st.plotly_chart(figure, key=key, theme=None, config=CHART)


def difference(original: Groove, other: Groove, accent: str, key: str) -> None:
    """What `other` keeps, lacks and adds, as a Plotly drum grid."""
    figure = draw_difference(original, other, accent=accent, theme=theme())
    st.plotly_chart(figure, key=key, theme=None, config=CHART)


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def _roll(groove: Groove, accent: str, shown: Theme) -> Figure:
    return draw(groove, accent=accent, theme=shown)
