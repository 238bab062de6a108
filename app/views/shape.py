"""Shape: turn what sounds along the directions in which drum grooves differ most."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app import engine
from app.state import Session, session

FIRST = 8  # sliders in view; the others stand below, folded away
MOST = 24
COLUMN = 140  # pixels, at least
REACH = 3.0  # standard deviations; beyond, drum grooves are no longer likely
LIKELY = 0.8  # standard deviation of a random turn, in standard deviations of the directions


def draw(now: Session) -> None:
    directions = list(engine.directions())[:MOST]
    with st.container(key="shape-controls", horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{now.label}, moved along the directions in which drum grooves differ most, in "
            "standard deviations."
        )
        st.button("Reset", key="reset", on_click=now.reset_shape, disabled=not now.shaped)
        st.button(
            "Randomize",
            key="randomize",
            icon=":material/casino:",
            on_click=randomize,
            args=(now, len(directions)),
        )
    with st.container(key="shape-panel"), st.grid(4, min_column_width=COLUMN, gap="medium"):
        for i, direction in enumerate(directions[:FIRST]):
            _slider(now, i, direction.name)
    if len(directions) > FIRST:
        more = st.expander(f"{len(directions) - FIRST} more", key="more", on_change="rerun")
        if more.open:
            with more, st.grid(4, min_column_width=COLUMN, gap="medium"):
                for i, direction in enumerate(directions[FIRST:], start=FIRST):
                    _slider(now, i, direction.name)


def randomize(now: Session, count: int) -> None:
    """Turn every slider to a likely place; each call steps the seed."""
    now.seed += 1
    turns = np.random.default_rng(now.seed).normal(0, LIKELY, count).clip(-REACH, REACH)
    now.amounts = dict(enumerate(np.round(turns, 1).tolist()))


def _slider(now: Session, index: int, name: str) -> None:
    key = f"shape-{index}"

    def turn() -> None:
        now.amounts[index] = st.session_state[key]

    st.session_state[key] = now.amounts.get(index, 0.0)
    st.slider(name, -REACH, REACH, step=0.1, key=key, on_change=turn, format="%+.1f")


draw(session())
