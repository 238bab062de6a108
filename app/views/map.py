"""Map: every training bar as a point, to hear it, and to draw takes from a part of the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any
from urllib.parse import quote

import numpy as np
import streamlit as st

from app import engine, look
from app.language import language, name_of, of_package, text
from app.names import percent
from app.player.chart import pack_chart, point_chart
from app.player.parts import chart_region, groove_picture, live_heading
from app.session import FRESH, SIDES, Session, Take
from app.views import wall
from beatgen.errors import ModelError
from beatgen.latent.atlas import Atlas, style_label
from beatgen.plot.map import draw_map, from_units, legend, share_of
from beatgen.plot.theme import Theme

KEY = "map"  # of the chart
TOOLS = {  # as Plotly calls them
    "Pan": "map.tool.pan",
    "Lasso Select": "map.tool.lasso",
    "Box Select": "map.tool.box",
    "Zoom in": "map.tool.in",
    "Zoom out": "map.tool.out",
    "Reset axes": "map.tool.reset",
}
COUNT = FRESH  # takes that are drawn at once
SHOWN = 24  # takes on the map and beside it, at most
MOST_STYLES = 3  # that are listed of a selection
BUTTONS = [["pan2d", "lasso2d", "select2d"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]]
CHART = {
    "displayModeBar": True,
    "displaylogo": False,
    "modeBarButtons": BUTTONS,
    "doubleClick": False,
    "showAxisDragHandles": False,
}
MARKS = (  # and what they mean
    ('<b class="a">A</b><b class="b">B</b>', "map.key.grooves"),
    ('<i class="path"></i>', "map.key.path"),
    ('<b class="heard"></b>', "map.key.heard"),
    ('<b class="take"></b>', "map.key.takes"),
)


def draw(now: Session) -> None:
    try:
        atlas = engine.atlas()
    except ModelError as error:
        st.error(of_package(error), icon=":material/error:")
        return
    left, right = st.columns([7, 4], gap="small")
    with left, st.container(key="map-panel"):
        _legend(atlas)
        with st.container(key="map-plot"):
            point_chart(_chart(look.theme(), language()), key=KEY)
            st.html(_marks(now))
            outlines = chart_region("map-plot", partial(_hear, now), key="map-region")
    with right, st.container(key="map-side", height="stretch"):
        _choice(now, atlas, selection(atlas, outlines))
        _sounding(now)
        if now.takes:
            wall.draw(now, _shown(now), key="map-takes", small=True)


def _shown(now: Session) -> list[Take]:
    """The takes on the map and beside it, first those that are not kept: they came last."""
    return sorted(now.takes, key=lambda take: take.kept)[:SHOWN]


def selection(atlas: Atlas, outlines: Sequence[np.ndarray]) -> np.ndarray:
    """Indices of the bars within these outlines on the chart, int (n,)."""
    inside = [atlas.inside(from_units(outline)) for outline in outlines]
    return np.unique(np.concatenate(inside)) if inside else np.array([], np.int64)


def _hear(now: Session, x: float, y: float) -> None:
    """Start the bar that is nearest to a place on the chart."""
    _start(now, engine.atlas().bar_at(*from_units((x, y))))


def _hear_one(now: Session, among: np.ndarray) -> None:
    """Start one of these bars (indices) at random; each call steps the seed."""
    now.seed += 1
    _start(now, int(np.random.default_rng(now.seed).choice(among)))


def _start(now: Session, bar: int) -> None:
    atlas = engine.atlas()
    kind = "name.fill" if atlas.fill[bar] else "name.bar"
    title = text(kind, style=_style(atlas.style_of(bar)), number=bar + 1)
    groove = now.locked(engine.training_bar(bar, _tempo(now)))
    now.start(Take(0, groove, 1.0, title=title))


def _draw_takes(now: Session, among: np.ndarray) -> None:
    """Fill the wall with takes drawn from these bars (indices) and start the first; each call steps
    the seed."""
    now.seed += 1
    drawn = [now.locked(take) for take in engine.sample(among, COUNT, now.seed, _tempo(now))]
    assert now.heard is not None  # the entry script sets it before any page is drawn
    now.add_takes(drawn, [engine.similarity(now.heard, take) for take in drawn])
    if fresh := [take for take in now.takes if not take.kept]:
        now.start(fresh[0])


def _choice(now: Session, atlas: Atlas, inside: np.ndarray) -> None:
    """The bars of a style, of the selection, or of both, to hear and to draw takes from. A style
    can be chosen without a pointer."""
    with st.container(key="map-choice", horizontal=True):
        style = st.selectbox(
            text("map.style"),
            ["", *atlas.styles],
            format_func=lambda style: _style(style) or text("map.style.all"),
            key="map-style",
            label_visibility="collapsed",
        )
        among = inside if len(inside) else np.arange(len(atlas))
        if style:
            among = among[atlas.style[among] == atlas.styles.index(style)]
        st.button(
            text("map.hear"),
            key="map-hear",
            icon=":material/casino:",
            on_click=_hear_one,
            args=(now, among),
            disabled=not len(among),
            help=text("map.hear.help"),
        )
    name = _style(style) or text("map.bars")
    if len(inside):
        chosen = text("map.selection.style", style=name)
        name = chosen if style else text("map.selection")
    look.heading(name, [text("deck.bars", count=len(among))])
    if style or len(inside):
        _from_here(now, atlas, among)
    else:
        st.caption(text("map.about"))
        key = "".join(f"<span>{mark}{escape(text(means))}</span>" for mark, means in MARKS)
        st.html(f'<div class="bg-legend">{key}</div>')


def _from_here(now: Session, atlas: Atlas, among: np.ndarray) -> None:
    """The styles of these bars (indices), and takes drawn from them."""
    if not len(among):
        st.caption(text("map.selection.nothing"))
        return
    counts = Counter(atlas.style[among].tolist()).most_common(MOST_STYLES)
    shares = [(percent(n / len(among)), name_of(style_label(atlas.styles[i]))) for i, n in counts]
    styles = [text("map.from_here.style", percent=share, style=style) for share, style in shares]
    st.caption(text("map.from_here", styles=", ".join(styles)))
    st.button(
        text("map.draw", count=COUNT),
        key="map-draw",
        type="primary",
        icon=":material/casino:",
        on_click=_draw_takes,
        args=(now, among),
    )


def _sounding(now: Session) -> None:
    """What sounds, and the training bar that is most similar to it."""
    assert now.heard is not None  # the entry script sets it before any page is drawn
    nearest = engine.nearest(now.heard)
    live_heading(key="map-heading")
    if nearest and now.stand_in != "bar":  # which is one of them
        style, share = name_of(style_label(nearest.style)), percent(nearest.similarity)
        st.caption(text("map.nearest", style=style, percent=share))
    accent = look.accent_at(now.position)
    groove_picture(now.heard, text("deck.picture", name=now.title), accent, key="map-picture")


def _legend(atlas: Atlas) -> None:
    groups = "".join(
        f'<span><i style="background:{colour}"></i>{escape(name_of(name))}</span>'
        for name, colour, _ in legend(atlas, look.theme())
    )
    st.html(f'<div class="bg-legend">{groups}</div>')


def _marks(now: Session) -> str:
    """A, B, the path between them, the takes and what sounds, laid over the chart."""
    a, b = now.pair
    parts = [_line(bar) for bar in share_of(engine.path_places(a, b))]
    for take in _shown(now):
        parts += _mark(engine.places(take.groove), "take")
    for side, groove in zip(SIDES, (a, b), strict=True):
        parts += _mark(engine.places(groove), side, side.upper())
    parts += _mark(_here(now), "heard")
    return f'<div class="bg-marks">{"".join(parts)}</div>'


def _here(now: Session) -> np.ndarray:
    """Where on the map what sounds is, (bars, 2)."""
    assert now.heard is not None  # the entry script sets it before any page is drawn
    edited = now.edited is not None
    if now.take or now.shaped or edited or now.feel is not None or now.monitor != "blend":
        return engine.places(now.heard)
    path = engine.path_places(*now.pair)
    return path[:, round(now.position * (path.shape[1] - 1))]


def _mark(places: np.ndarray, kind: str, letter: str = "") -> list[str]:
    """A mark for each place (n, 2); those on the same spot share one."""
    places = np.unique(share_of(places).round(3), axis=0)
    return [f'<b class="{kind}" style="left:{x:.1%};top:{y:.1%}">{letter}</b>' for x, y in places]


def _line(places: np.ndarray) -> str:
    """A line through places (n, 2), in shares of the chart, from A's colour to B's."""
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in places * 1000)
    a, b = look.accents()
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000"'
        ' preserveAspectRatio="none"><defs><linearGradient id="path" gradientUnits='
        f'"userSpaceOnUse" x1="{places[0, 0]:.0%}" y1="{places[0, 1]:.0%}" '
        f'x2="{places[-1, 0]:.0%}" y2="{places[-1, 1]:.0%}"><stop stop-color="{a}"/>'
        f'<stop offset="1" stop-color="{b}"/></linearGradient></defs><polyline points="{line}"'
        ' fill="none" stroke="url(#path)" stroke-width="2" stroke-linejoin="round"'
        ' vector-effect="non-scaling-stroke"/></svg>'
    )
    return f'<img alt="" src="data:image/svg+xml,{quote(svg)}">'


@st.cache_resource(show_spinner=False)
def _chart(shown: Theme, spoken: str) -> dict[str, Any]:
    """In a theme and a language, those of who asks."""
    tools = {title: text(key) for title, key in TOOLS.items()}
    config = {**CHART, "locale": spoken, "locales": {spoken: {"dictionary": tools}}}
    return pack_chart(draw_map(engine.atlas(), theme=shown), config, text("map.chart"))


def _tempo(now: Session) -> float:
    assert now.heard is not None  # the entry script sets it before any page is drawn
    return now.heard.tempo


def _style(style: str) -> str:
    """A style at the beginning of a line, "" for none."""
    words = name_of(style_label(style))
    return words[:1].upper() + words[1:]
