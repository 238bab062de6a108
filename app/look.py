"""How the page looks: its style sheets, the wordmark, headings and drum grids."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import streamlit as st

from app.engine import MANY, cached
from app.language import text, write_number
from beatgen.groove import Groove
from beatgen.plot.drums import draw, draw_difference
from beatgen.plot.theme import STYLES, Theme, mix

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SHEETS = [Path(__file__).with_name(name) for name in ("style.css", "phone.css")]
ICON = Path(__file__).with_name("icon.svg")
CHART = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset"}

# Björn Ottosson, "A perceptual color space for image processing", 2020.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def theme() -> Theme:
    """The theme that the musician's browser shows."""
    return "light" if st.context.theme.type == "light" else "dark"


def accents() -> tuple[str, str]:
    """Colours of A and B."""
    return STYLES[theme()].accents


def accent_at(position: float) -> str:
    """The colour of a place between A (0) and B (1)."""
    return mix_oklch(*accents(), position)


def apply_styles() -> None:
    """Apply the style sheets, in the colours of the theme, with the texts that they show."""
    style, (a, b) = STYLES[theme()], accents()
    colours = {
        "a": a,
        "b": b,
        "mix": accent_at(0.5),
        "ground": st.get_option(f"theme.{theme()}.backgroundColor") or style.ground,
        "panel": style.ground,
        "raised": mix(style.ground, style.ink, 0.1),
        "line": style.line,
        "muted": style.muted,
        "ink": style.ink,
        "on-accent": "#101215" if theme() == "dark" else "#ffffff",
    }
    words = {
        "words-bars": text("deck.length.short"),
        "words-drop": text("deck.file.drop"),
        "words-drop-short": text("deck.file.short"),
        "words-drop-rhythm": text("drumify.file.drop"),
    }
    written = {**colours, **{name: json.dumps(word) for name, word in words.items()}}
    variables = "".join(f"--bg-{name}:{value};" for name, value in written.items())
    sheets = "".join(sheet.read_text("utf-8") for sheet in SHEETS)
    st.html(f"<style>:root{{{variables}}}{sheets}</style>")


def bpm(tempo: float) -> str:
    """A tempo, as the player shows it."""
    return text("tempo.bpm", tempo=write_number(tempo))


def wordmark() -> None:
    st.html('<div class="bg-word"><i></i><i></i><i></i><h1>BeatGen</h1></div>')


def heading(name: str, facts: Sequence[str], badge: Literal["a", "b", ""] = "") -> None:
    """The first line of a card: name, and facts in small type. badge: the deck it is of."""
    mark = f'<span class="bg-badge {badge}">{badge.upper()}</span>' if badge else ""
    small = "".join(f"<span>{escape(fact)}</span>" for fact in facts if fact)
    st.html(
        f'<div class="bg-head">{mark}<h2 title="{escape(name)}">{escape(name)}</h2>'
        f'<div class="bg-facts">{small}</div></div>'
    )


def note(line: str, spoken: str = "") -> None:
    """A caption that shows a line as it is. In Streamlit's, a name in it may be Markdown: a link
    to somewhere else, say. spoken: the language, where that is not the page's."""
    language = f' lang="{spoken}"' if spoken else ""
    st.html(f'<p class="bg-note"{language}>{escape(line)}</p>')


def note_by_hand(pointed: str, touched: str) -> None:
    """A caption for who points with a mouse or a pen, and one for who has fingers alone."""
    lines = f'<span class="bg-pointed">{escape(pointed)}</span>'
    lines += f'<span class="bg-touched">{escape(touched)}</span>'
    st.html(f'<p class="bg-note">{lines}</p>')


def closable_error(sentence: str, close: Callable[[], None], *, key: str) -> None:
    """A sentence about what went wrong, until it is closed."""
    with st.container(key=f"error-{key}", horizontal=True, vertical_alignment="center"):
        st.error(plain(sentence), icon=":material/error:")
        st.button(
            text("error.close"),
            key=f"close-{key}",
            icon=":material/close:",
            type="tertiary",
            on_click=close,
        )


def plain(line: str) -> str:
    """`line` as Markdown that shows it as it is.

    >>> plain("my_*best*")
    'my\\\\_\\\\*best\\\\*'
    """
    return re.sub(r"([\\`*_\[\]<>$~#])", r"\\\1", line)


def roll(groove: Groove, accent: str, key: str) -> None:
    """The groove as a Plotly drum grid."""
    figure = _roll(groove, accent, theme())
    st.plotly_chart(figure, key=key, theme=None, config=CHART)


def difference(original: Groove, other: Groove, accent: str, key: str) -> None:
    """What `other` has in common with `original`, lacks and adds, as a Plotly drum grid."""
    figure = draw_difference(original, other, accent=accent, theme=theme())
    st.plotly_chart(figure, key=key, theme=None, config=CHART)


@cached(MANY)
def _roll(groove: Groove, accent: str, shown: Theme) -> Figure:
    return draw(groove, accent=accent, theme=shown)


@lru_cache
def mix_oklch(first: str, second: str, amount: float) -> str:
    """A colour between two of the form #rrggbb, `amount` (0 to 1) from the first to the second, as
    CSS's `color-mix(in oklch, ...)` paints it: as vivid as both, by the shorter arc of hues.

    >>> mix_oklch("#ffb224", "#35d3e6", 0.5)
    '#88d77d'
    """
    (light, a, b), (other_light, other_a, other_b) = _oklab(first), _oklab(second)
    chroma, other_chroma = np.hypot(a, b), np.hypot(other_a, other_b)
    hue = np.arctan2(b, a)
    turn = (np.arctan2(other_b, other_a) - hue + np.pi) % (2 * np.pi) - np.pi
    hue += amount * turn
    chroma += amount * (other_chroma - chroma)
    light += amount * (other_light - light)
    return _hex(np.array([light, chroma * np.cos(hue), chroma * np.sin(hue)]))


def _oklab(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return _LAB @ np.cbrt(_CONES @ linear)


def _hex(lab: np.ndarray) -> str:
    linear = np.linalg.solve(_CONES, np.linalg.solve(_LAB, lab) ** 3).clip(0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * value):02x}" for value in rgb)
