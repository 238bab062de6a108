"""What is drawn anew after something was done.

A run of the whole script draws every part of the page, and the browser goes through them all. Most
of what is done changes some parts only: those are fragments of Streamlit's, each with a name, and
run alone, in the order that is given here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

STAGE, VIEW, TAKEAWAY, KEPT = "stage", "view", "takeaway", "kept"

Scope = tuple[str, ...] | Literal["app"]
PAGE: Scope = "app"
SOUND: Scope = (STAGE, TAKEAWAY, KEPT)  # where the view does not follow it
SOUND_IN_VIEW: Scope = (STAGE, VIEW, TAKEAWAY, KEPT)
TAKES: Scope = (STAGE, VIEW, KEPT)  # around what sounds by then


def then(scope: Scope, act: Callable[..., None]) -> Callable[..., None]:
    """A widget's callback that does `act` and has `scope` drawn anew, whichever part the widget is
    in. What else was done in the browser by then may have more drawn."""

    def done(*told: Any) -> None:
        act(*told)
        st.rerun(scope)

    return done
