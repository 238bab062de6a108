"""What is drawn anew after something was done.

A run of the whole script draws every part of the page, and the browser goes through them all. Most
of what is done changes some parts only: those are fragments of Streamlit's, each with a name, and
run alone, in the order that is given here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

STAGE, VIEW, TAKEAWAY, KEPT = "stage", "view", "takeaway", "kept"

Scope = tuple[str, ...] | Literal["app"]
PAGE: Scope = "app"
SOUND: Scope = (STAGE, TAKEAWAY, KEPT)  # where the view does not follow it
SOUND_IN_VIEW: Scope = (STAGE, VIEW, TAKEAWAY, KEPT)
TAKES: Scope = (STAGE, VIEW, KEPT)  # around what sounds by then


def redraw(scope: Scope) -> None:
    """Have these parts drawn after this callback of a widget in one of them."""
    context = get_script_run_ctx()
    if context and context.fragment_ids_this_run:
        st.rerun(scope)
    # Otherwise a run of the whole script has begun, since something else was done at that time,
    # such as going to another view. It draws all, and must not be cut short.


def then(scope: Scope, act: Callable[..., None]) -> Callable[..., None]:
    """A widget's callback that does `act`, and has these parts drawn."""

    def done(*told: Any) -> None:
        act(*told)
        redraw(scope)

    return done
