"""BeatGen's page: the masthead, one view of five, the player, and what to take with you.

Data flows one way: widgets change the session in their callbacks, the player is given what is to
sound, and the views draw what the session holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from app import engine, look, takeaway
from app.language import of_package, text
from app.player import Played, Scene, finish_asked, player, presses, released, returned, wall_acts
from app.player.parts import browser_memory, language_choice, share_button, theme_watch
from app.session import SIDES, Deck, Session, current
from app.share import link
from app.views import blend, drumify, feel, map, shape, vary, wall
from beatgen.errors import BeatGenError
from beatgen.groove import Groove


class View(NamedTuple):
    """One page between masthead and player: its path in the address, and what draws it, given the
    session. Its link is the text "page." with its path."""

    path: str
    draw: Callable[[Session], None]


VIEWS = (  # in the order of their links; the first one opens
    View("blend", blend.draw),
    View("vary", vary.draw),
    View("shape", shape.draw),
    View("map", map.draw),
    View("drumify", drumify.draw),
)
VARY = "vary"  # path of the view with the wall of takes
SLIM = (VARY, "drumify")  # paths of views that leave little room for the player
OPENING = ("Funk", "Samba")  # on the decks of a new session
LINK = "groove"  # the parameter of the address that holds a share link's text


def masthead(pages: Mapping[str, StreamlitPage], here: str) -> DeltaGenerator:
    """The first line of the page, with links to the pages by their paths; returns the place for the
    share button."""
    with st.container(key="masthead", horizontal=True, vertical_alignment="center"):
        look.wordmark()
        for path, page in pages.items():
            with st.container(key="here" if path == here else f"to-{path}", width="content"):
                st.page_link(page, label=page.title)
        return st.container(key="share", width="content")


def open_session() -> Session:
    """The musician's session. A new one is that of the link in the address, or has two demo
    grooves."""
    if "session" not in st.session_state:
        packed = st.query_params.get(LINK)
        new = _demo_session() if packed is None else _linked_session(packed)
        st.session_state["session"] = new
        if packed is not None:
            # From here on it is the musician's own: a reload must not undo what was done to it.
            del st.query_params[LINK]
    return st.session_state["session"]


def recall(packed: str) -> None:
    """Go on from what the browser has kept."""
    session: Session = st.session_state["session"]
    if session.recalled:
        return
    session.recalled = True
    try:
        kept = link.unpack(packed)
    except BeatGenError:  # nothing there, or not readable
        return
    if session.linked:
        session.add_wall(kept)
    else:
        kept.recalled, kept.trouble = True, session.trouble
        for side in SIDES:  # the browser may still send what their widgets showed before
            kept.deck(side).renewed = session.deck(side).renewed + 1
        st.session_state["session"], st.session_state["pitches"] = kept, kept.map_out


def draw() -> None:
    """One run of the page."""
    st.set_page_config(page_title="BeatGen", page_icon=look.ICON, layout="wide")
    look.apply_styles()
    theme_watch(look.theme())
    pages = {
        view.path: st.Page(
            partial(_draw_view, view),
            title=text(f"page.{view.path}"),
            url_path=view.path,
            default=not number,
        )
        for number, view in enumerate(VIEWS)
    }
    shown = st.navigation(list(pages.values()), position="hidden")
    here = next(path for path, page in pages.items() if page is shown)
    share_place = masthead(pages, here)
    try:
        engine.model()
        session = open_session()
    except BeatGenError as error:  # an installation without its weights or grooves
        st.error(look.plain(of_package(error)))
        st.stop()
    session.move(*released(session.position, session.feel))
    if mark := returned():
        session.go_back(mark)
    session.vary_asked += presses()
    session.finishing = finish_asked() or session.finishing
    for act, number in wall_acts():
        wall.act(session, act, number)
    if session.vary_asked and here != VARY:
        st.switch_page(pages[VARY])
    above = st.container(key="page")
    scene = _scene(session)
    with st.container(key="stage"):
        opened = session.opening, session.starts
        played = player(scene, *opened, slim=here in SLIM, waits=not session.recalled)
    session.heard, session.swing = _heard(played), played.swing
    session.monitor, session.lock = played.monitor, played.lock
    session.kit, session.mix = played.kit, played.mix
    session.tempo, session.edited = played.tempo, played.edited
    if session.wish:
        takeaway.fulfil(session)
    if session.feel_changes:
        feel.fulfil(session)
    takeaway.files_in_bar(session)  # before the view, which may take its time
    with above:
        if session.trouble:
            look.closable_error(session.trouble, session.forget_trouble, key="page")
        shown.run()
    takeaway.draw(session)
    language_choice()
    with share_place:
        share_button(link.pack(session))
    browser_memory(link.pack_memory(session) if session.recalled else None, recall)


def load() -> None:
    """Load the model, where it is installed: no session need wait for it."""
    with suppress(BeatGenError):  # the page shows it
        engine.model()


def prepare() -> None:
    """Compute what a new session opens with, so that the first one need not wait for it."""
    with suppress(BeatGenError):  # the page shows it
        session = _demo_session()
        engine.blend(*session.pair, *session.place)
        engine.path(*session.pair)


def _draw_view(view: View) -> None:
    view.draw(current())


def _demo_session() -> Session:
    first, second = (engine.demos()[title] for title in OPENING)
    return Session(Deck(first), Deck(second))


def _linked_session(packed: str) -> Session:
    try:
        session = link.unpack(packed)
        session.linked = True
    except BeatGenError as error:  # what the browser kept is not lost
        session = _demo_session()
        session.trouble = str(error)
    return session


def _scene(session: Session) -> Scene:
    """What the player is to sound: the path between the decks, or what sounds instead."""
    a, b = session.pair
    path, ends = engine.frames(a, b), None
    # Only a drag on the pad brings the feels out: they would double what is computed and sent.
    apart = session.feel is not None
    feels = engine.feels(a, b) if apart else None
    settled = session.take.groove if session.take else engine.blend(a, b, *session.place)
    if session.shaped:
        settled = engine.nudge(settled, session.shape)
        if not session.take:  # the shape of a take is gone once the blend is moved
            ends = path.ends
            shape = session.shape, engine.SHAPED_APART if apart else engine.SHAPED
            path = engine.shaped_frames(a, b, *shape)
            feels = engine.shaped_feels(a, b, *shape) if apart else None
    bars = max(settled.bars, path.ends[0].bars)  # a take may be longer or shorter than the path
    return Scene(
        path,
        session.position,
        settled.repeat(bars) if bars > settled.bars else settled,
        session.name,
        look.accents(),
        session.feel,
        feels,
        session.mark,
        session.stand_in,
        session.shaped,
        ends,
        session.mark.weights,
    )


def _heard(played: Played) -> Groove:
    """The groove that sounds, at the tempo that the musician set."""
    groove = played.sounding
    return groove if played.tempo is None else replace(groove, tempo=played.tempo)
