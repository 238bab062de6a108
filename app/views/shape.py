"""Shape: turn what sounds along directions of the latent space, those with names first."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app import engine
from app.state import Session, session

MOST = 26  # sliders; the principal ones after those with names, folded away
COLUMN = 140  # pixels, at least
REACH = 3.0  # standard deviations; beyond, drum grooves are no longer likely
LIKELY = 0.8  # standard deviation of a random turn, in standard deviations of the directions


def draw(now: Session) -> None:
    directions = list(engine.directions())[:MOST]
    first = sum(direction.named for direction in directions)
    with st.container(key="shape-controls", horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{now.label}, turned along directions found in thousands of played bars. Each asks "
            "for more or less of one thing and leaves the others alone, as far as it can."
        )
        st.button("Reset", key="reset", on_click=now.reset_shape, disabled=not now.shaped)
        st.button(
            "Randomize",
            key="randomize",
            icon=":material/casino:",
            on_click=randomize,
            args=(now, len(directions)),
        )
    with st.container(key="shape-panel"), st.grid(5, min_column_width=COLUMN, gap="medium"):
        for i, direction in enumerate(directions[:first]):
            _slider(now, i, direction.name)
    more = st.expander(
        "Principal directions, in which drum grooves differ most", key="more", on_change="rerun"
    )
    if more.open:
        with more, st.grid(4, min_column_width=COLUMN, gap="medium"):
            for i, direction in enumerate(directions[first:], start=first):
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
