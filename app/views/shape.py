"""Shape: turn what sounds along directions of the latent space, those with names first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import engine, look
from app.player.parts import Turn, shape_panel
from app.session import REACH, Session, session
from app.views import shaping
from beatgen.bars.attributes import OF_FEEL

RAW = 15  # principal directions that are shown: full rows of five
# Grooves along a slider that has a name; between them the browser mixes. Where only the feel turns,
# no hit comes or goes, and mixing errs by 2 of 127 in velocity and a millisecond, in the mean.
FRAMES, FEEL_FRAMES = 9, 5
RAW_FRAMES = 5


def draw(now: Session) -> None:
    directions = engine.directions()
    named = [i for i, direction in enumerate(directions) if direction.named]
    raw = [i for i, direction in enumerate(directions) if not direction.named][:RAW]
    with st.container(key="shape-controls", horizontal=True, vertical_alignment="center"):
        look.note(
            f"{now.label}. Turn a slider and hear it at once: each asks for more or less of one "
            "thing and leaves the others alone, as far as it can. A double click puts it back."
        )
        st.button("Reset", key="reset", on_click=now.reset_shape, disabled=not now.shaped)
        st.button(
            "Randomize",
            key="randomize",
            icon=":material/casino:",
            on_click=randomize,
            args=(now, named),
            help="Sets these sliders to values that are typical of drummers.",
        )
    names = [engine.directions()[i].name for i in named]
    frames = [FEEL_FRAMES if name in OF_FEEL else FRAMES for name in names]
    _panel(now, named, "shape-named", frames)
    more = st.expander(
        "Principal directions, those first that change a bar most", key="more", on_change="rerun"
    )
    if more.open:
        with more:
            _panel(now, raw, "shape-raw", [RAW_FRAMES] * len(raw))


def randomize(now: Session, indices: Sequence[int]) -> None:
    """Turn these directions to a likely place, all others to 0; each call steps the seed."""
    now.seed += 1
    now.amounts = shaping.likely_turns(indices, now.seed)


def _panel(now: Session, indices: Sequence[int], key: str, frames: Sequence[int]) -> None:
    ways = shaping.ways(shaping.unshaped(now), now.shape, tuple(indices), tuple(frames))
    turns = [
        Turn(*shaping.words(i), now.amounts.get(i, 0.0), way)
        for i, way in zip(indices, ways, strict=True)
    ]

    def turn(amounts: list[float]) -> None:
        now.amounts = now.amounts | dict(zip(indices, amounts, strict=True))

    shape_panel(turns, REACH, turn, key=key)


draw(session())
