"""The app (app/main.py) for one visitor after another on a page of the browser, which loads once.

With `?leave` in its address the visitor's session is forgotten, and nothing is drawn; with any
other address the next one comes, to a session and a player of their own.
"""

import streamlit as st

from app import main, page
from app.player import component

LEAVE = "leave"


def masthead(pages, here):
    """The first that a run of the page draws, once Streamlit knows its pages: or the last."""
    if LEAVE in st.query_params:
        number = _number()
        st.session_state.clear()
        st.session_state["visitor"] = number + 1
        st.stop()
    return app_masthead(pages, here)


def show(name, js, key, data, *how, **callbacks):
    """The browser keeps players by their names for as long as its page is there."""
    if "player" in data:
        data = {**data, "player": f"{data['player']} of visitor {_number()}"}
    return show_component(name, js, key, data, *how, **callbacks)


def _number() -> int:
    return st.session_state.get("visitor", 0)


if __name__ == "__main__":  # a run of the script
    page.draw()
else:
    app_masthead, page.masthead = page.masthead, masthead
    show_component, component.show = component.show, show
    server = st.App(__file__, lifespan=main.opening, routes=main.routes, middleware=main.around)
