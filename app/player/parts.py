"""The parts of the page that run in the browser beside the player, and work with it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypedDict

import numpy as np
import streamlit as st

from app.language import name_of, names
from app.limits import TEMPO_RANGE, number, whole
from app.player import answered_turn
from app.player.component import Width, mount
from app.player.wire import groove_words, pack_groove, pack_shape, pack_words
from beatgen.audio.taps import rhythm_at
from beatgen.groove import Groove, rows_of
from beatgen.kit import EVERY
from beatgen.plot.theme import Theme

PLAYER = "player"  # key of the player that they work with
CORNERS = 5000  # of an outline; Plotly sets one every few pixels that the pointer moves
OUTLINES = 20
TAPPED_BARS = (1, 2)  # least and most
MOST_TAPS = 500


def part(
    name: str,
    key: str,
    data: Mapping[str, Any],
    width: Width = "stretch",
    **callbacks: Callable[[], None],
) -> Any:
    """Show a part of the page by its name in main.js."""
    return mount(key, {"part": name, "player": PLAYER, **data}, width, **callbacks)


@dataclass(frozen=True)
class Turn:
    """A slider of the shape panel.

    low, high: what less and more of it is called.
    amount:    where it stands.
    path:       grooves along it, evenly spaced from one end to the other, all other sliders staying
               where they are; what is heard while it is turned.
    """

    name: str
    low: str
    high: str
    amount: float
    path: Sequence[Groove]


def shape_panel(
    turns: Sequence[Turn],
    reach: float,
    on_turned: Callable[[list[float]], None],
    *,
    key: str,
    others: bool = False,
) -> None:
    """Sliders from -reach to reach, heard while they are turned.

    others: whether a direction that has no slider here is turned.
    on_turned: called with the amounts of all sliders, in their order, once one is let go, before
    the next run.
    """

    def turned() -> None:
        message = st.session_state[key].get("turned")
        amounts = message.get("amounts") if isinstance(message, Mapping) else None
        if not isinstance(amounts, list) or len(amounts) != len(turns):
            return  # it comes from a browser and may be anything
        st.session_state[_turn(key)] = message.get("turn")
        if all(isinstance(amount, int | float) and abs(amount) <= reach for amount in amounts):
            on_turned([float(amount) for amount in amounts])

    answered = st.session_state.get(_turn(key))
    groove = turns[0].path[0]
    data = {
        "sliders": [{"name": turn.name, "low": turn.low, "high": turn.high} for turn in turns],
        "amounts": [turn.amount for turn in turns],
        "reach": reach,
        **pack_shape(groove),
        "tempo": groove.tempo,
        "paths": {
            "frames": [len(turn.path) for turn in turns],
            **pack_words([groove_words(frame) for turn in turns for frame in turn.path]),
        },
        "others": others,
        "answered": answered if isinstance(answered, int) else 0,
    }
    part("shape", key, data, on_turned_change=turned)


def chart_region(
    chart: str, on_chosen: Callable[[float, float], None], *, key: str
) -> list[np.ndarray]:
    """Outlines of what is lassoed or boxed on a chart, each (corners, 2) in the chart's units;
    OUTLINES of them at most, and none with more than CORNERS.

    chart:     the key of the container that holds it.
    on_chosen: called with the x and y of a point that was clicked, before the next run.
    """

    def chosen() -> None:
        place = st.session_state[key].get("chosen")
        if _is_place(place):  # it comes from a browser and may be anything
            on_chosen(*place)

    data = {"chart": f".st-key-{chart}"}
    state = part("region", key, data, on_region_change=_nothing, on_chosen_change=chosen)
    outlines = state.get("region")
    if not isinstance(outlines, list):  # it comes from a browser and may be anything
        return []
    return [np.array(outline, float) for outline in outlines[:OUTLINES] if _is_outline(outline)]


def groove_picture(groove: Groove, label: str, accent: str, *, key: str, first: int = 1) -> None:
    """The groove as a drum grid, with a row for each voice of it and of the basic kit.

    label: what it shows, for screen readers. accent: its colour. first: number of its first bar.
    """
    rows = rows_of(groove)
    data = {
        "groove": pack_groove(groove),
        "rows": rows,
        "names": [name_of(EVERY[voice].name) for voice in rows],
        "accent": accent,
        "label": label,
        "first": first,
    }
    part("picture", key, data)


def file_overview(
    busy: Sequence[float],
    start: int,
    bars: int,
    accent: str,
    on_start: Callable[[int], None],
    *,
    key: str,
) -> None:
    """All bars of a file, with a window around those of the loop, to drag or to type.

    busy:     how many hits each bar has, 0 to 1 of the busiest.
    start:    first bar of the loop, from 0. bars: how many it has.
    on_start: called with the first bar that was chosen, before the next run.
    """
    answered = f"{key} answered"

    def chosen() -> None:
        match st.session_state[key].get("chosen"):  # it comes from a browser and may be anything
            case [int(turn), int(first)] if turn > st.session_state.get(answered, 0):
                st.session_state[answered] = turn
                on_start(first)

    data = {
        "busy": "".join(str(round(9 * share)) for share in busy),
        "start": start,
        "bars": bars,
        "accent": accent,
        "answered": st.session_state.get(answered, 0),
    }
    part("overview", key, data, on_chosen_change=chosen)


def tap_pad(on_tapped: Callable[[Groove], None], *, key: str) -> None:
    """A pad to tap a rhythm on, by hand or key, along with the metronome.

    on_tapped: called with the rhythm, one or two bars of one voice, before the next run.
    """
    answered = f"{key} answered"

    def tapped() -> None:
        message = st.session_state[key].get("tapped")
        if not isinstance(message, list) or len(message) != 4:
            return  # it comes from a browser and may be anything
        turn, *rhythm = message
        if not isinstance(turn, int) or turn <= st.session_state.get(answered, 0):
            return
        st.session_state[answered] = turn
        if (groove := read_taps(*rhythm)) is not None:
            on_tapped(groove)

    data = {"answered": st.session_state.get(answered, 0)}
    part("tap", key, data, on_tapped_change=tapped)


def read_taps(bars: object, tempo: object, taps: object) -> Groove | None:
    """Taps as the browser sends them, each its beat and its MIDI velocity, as a groove; None where
    they are none."""
    if not isinstance(taps, list) or len(taps) > MOST_TAPS:
        return None
    try:
        length, bpm = whole(bars, *TAPPED_BARS), number(tempo, *TEMPO_RANGE)
        strokes = [(number(at, -1, 8), number(loud, 1, 127)) for at, loud in taps]
    except (TypeError, ValueError):
        return None
    if not strokes:
        return None
    beats, velocity = np.array(sorted(strokes)).T
    early = -1 / 8  # quarters: a bar begins half a sixteenth before its first beat
    seconds = np.maximum(beats, early) * 60 / bpm
    return rhythm_at(seconds, velocity / 127, bpm, length)


def live_heading(*, key: str) -> None:
    """The name of what sounds, its bars and its tempo, as they are at every moment."""
    part("heading", key, {})


def finish_panel(*, key: str) -> None:
    """Buttons that have the beat finished; `finish_asked` says which was pressed."""
    part("finish", key, {}, "content")


class ServedFile(TypedDict):
    """A file that the server has: its name, media type, and path from where the page lies."""

    name: str
    type: str
    path: str


def bar_files(midi: ServedFile, wav: ServedFile) -> None:
    """What sounds as files, in the player's bar: links to download, or to drag out of the page."""
    data = {"files": {"midi": midi, "wav": wav}, "answered": answered_turn(key=PLAYER)}
    part("files", "bar-files", data)


def download_link(
    label: str, name: str, media_type: str, path: str | None, hint: str, *, key: str
) -> None:
    """A link to a file that the server makes once it is fetched, from what the page was drawn with
    last: a click waits until that is what the musician hears.

    path: where the server has it, from where the page lies; None: there is none now.
    """
    file = None if path is None else ServedFile(name=name, type=media_type, path=path)
    answered = answered_turn(key=PLAYER)
    data = {"label": label, "hint": hint, "file": file, "answered": answered}
    part("download", key, data, width="content")


def share_button(text: str) -> None:
    """A button that copies this page's address with `text` in it, as the parameter "groove"."""
    part("share", "share-button", {"text": text})


def browser_memory(page: str | None, on_recalled: Callable[[str], None]) -> None:
    """Have the browser keep a text for this address, for a reload.

    page: the text, a first word and after blanks the files on the decks; None asks for what was
    kept, and `on_recalled` is called with it, "" for nothing, before the next run. The files seldom
    change and are long: each has an element of its own, which Streamlit sends once.
    """
    key = "browser-memory"

    def recalled() -> None:
        text = st.session_state[key].get("recalled")
        on_recalled(text if isinstance(text, str) else "")

    first, *files = ("" if page is None else page).split(" ")
    names = [blake2b(file.encode(), digest_size=8).hexdigest() for file in files]
    for name, file in zip(names, files, strict=True):
        part("file", f"{key}-{name}", {"name": name, "text": file})
    data = {"page": None if page is None else first, "files": names}
    part("memory", key, data, on_recalled_change=recalled)


def language_choice() -> None:
    """A choice of the page's languages; it loads anew in the one that is chosen."""
    part("language", "language-choice", {"languages": names()})


def theme_watch(drawn: Theme) -> None:
    """Show the dark theme at a first visit, whatever the system asks for, and later the one chosen
    last; run the script again where another theme is shown than the one it has `drawn`."""
    part("theme", "theme-watch", {"drawn": drawn}, on_shown_change=_nothing)


def _nothing() -> None:
    """Streamlit wants a callback for every trigger; this one only asks for a run."""


def _is_place(value: Any) -> bool:
    numbers = isinstance(value, list) and len(value) == 2
    return numbers and all(isinstance(x, int | float) and abs(x) < 1e9 for x in value)


def _is_outline(value: Any) -> bool:
    return isinstance(value, list) and 2 < len(value) <= CORNERS and all(map(_is_place, value))


def _turn(key: str) -> str:
    return f"{key} turn"
