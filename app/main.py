"""BeatGen's page: the masthead, one page of three, the player, and what to take with you.

Run it with `streamlit run app/main.py`. Data flow one way: widgets change the session in their
callbacks, the player is told what sounds, and the pages draw what the session holds.
"""

from dataclasses import replace

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app import engine, look, takeaway
from app.player import Played, Scene, player, released
from app.state import Deck, Session
from beatgen.errors import BeatGenError
from beatgen.groove import Groove

st.set_page_config(page_title="BeatGen", page_icon=look.ICON, layout="wide")

# Not in a folder "pages": Streamlit would run those scripts by itself, without this one.
PAGES = [
    st.Page("views/blend.py", title="Blend", default=True),
    st.Page("views/vary.py", title="Vary"),
    st.Page("views/shape.py", title="Shape"),
]
OPENING = ("Funk", "Samba")  # on the decks of a new session


def masthead(here: StreamlitPage) -> None:
    with st.container(key="masthead", horizontal=True, vertical_alignment="center"):
        look.wordmark()
        for page in PAGES:
            key = "here" if page.title == here.title else f"to-{page.title}"
            with st.container(key=key, width="content"):
                st.page_link(page, label=page.title)


def open_session() -> Session:
    """The musician's session; a new one has two demo grooves on its decks."""
    if "session" not in st.session_state:
        first, second = (engine.demos()[title] for title in OPENING)
        st.session_state["session"] = Session(Deck(first), Deck(second))
    return st.session_state["session"]


def main() -> None:
    look.dress()
    page = st.navigation(PAGES, position="hidden")
    masthead(page)
    try:
        engine.model()
        session = open_session()
    except BeatGenError as error:  # an installation without its weights or grooves
        st.error(str(error))
        st.stop()
    session.move(released(session.position))
    above = st.container(key="page")
    scene = _scene(session)
    with st.container(key="stage"):
        played = player(scene)
    session.heard, session.swing = _heard(scene, played), played.swing
    with above:
        page.run()
    takeaway.draw(session)


def _scene(session: Session) -> Scene:
    """What the player is to sound: the way between the decks, and what stands in for it now."""
    a, b = session.a.groove, session.b.groove
    way = engine.way(a, b)
    settled = session.take.groove if session.take else engine.blend(a, b, session.position)
    if session.shaped:
        settled = engine.nudge(settled, session.shape)
    bars = max(settled.bars, way[0].bars)  # a take may be longer or shorter than the way
    return Scene(
        [groove.repeat(bars) for groove in way] if bars > way[0].bars else way,
        session.position,
        settled.repeat(bars) if bars > settled.bars else settled,
        session.label,
        look.accents(),
    )


def _heard(scene: Scene, played: Played) -> Groove:
    """The groove that the player sounds, edits and tempo included."""
    groove = played.edited or scene.base
    return groove if played.tempo is None else replace(groove, tempo=played.tempo)


main()
