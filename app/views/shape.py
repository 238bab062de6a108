"""Shape: turn what sounds along directions of the latent space, those with names first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from app import engine, look
from app.player.parts import Turn, shape_panel
from app.session import REACH, Session
from beatgen.bars.attributes import OF_FEEL
from beatgen.groove import Groove

RAW = 15  # principal directions that are shown: full rows of five
# Grooves along a slider that has a name; between them the browser mixes. Where only the feel turns,
# no hit comes or goes, and mixing errs by 2 of 127 in velocity and a millisecond, in the mean.
FRAMES, FEEL_FRAMES = 9, 5
RAW_FRAMES = 5
LIKELY = 1.0  # spread of a random turn; 1 is that of the training bars
FEW: dict[str, Any] = {"show_spinner": False, "max_entries": 8}  # 1 MB for each bar of the groove
ALIKE = 0.35  # cosine above which a principal direction is called after a named one
WORDS = {  # a direction's name, and what less and more of it is called
    "density": ("Density", "sparse", "dense"),
    "syncopation": ("Syncopation", "on the beat", "off the beat"),
    "ghost notes": ("Ghost notes", "fewer", "more"),
    "open hats": ("Hi-hat", "closed", "open"),
    "ride": ("Time on", "hi-hat", "ride"),
    "toms": ("Toms", "fewer", "more"),
    "loudness": ("Loudness", "soft", "loud"),
    "dynamics": ("Dynamics", "even", "accented"),
    "swing": ("Swing", "straight", "swung"),
    "drag": ("Push and drag", "pushed", "laid back"),
}


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
    now.amounts = likely_turns(indices, now.seed)


def _panel(now: Session, indices: Sequence[int], key: str, frames: Sequence[int]) -> None:
    paths = slider_paths(unshaped(now), now.shape, tuple(indices), tuple(frames))
    turns = [
        Turn(*words(i), now.amounts.get(i, 0.0), way) for i, way in zip(indices, paths, strict=True)
    ]

    def turn(amounts: list[float]) -> None:
        now.amounts = now.amounts | dict(zip(indices, amounts, strict=True))

    shape_panel(turns, REACH, turn, key=key)


def unshaped(session: Session) -> Groove:
    """The take or blend that sounds, as it is before it is turned."""
    if session.take:
        return session.take.groove
    return engine.blend(session.a.groove, session.b.groove, *session.place)


def words(index: int) -> tuple[str, str, str]:
    """A direction as a musician reads it: its name, and what less and more of it is called.

    The ends of a principal direction are those of the named one that it resembles, if any.
    """
    direction = engine.directions()[index]
    if direction.named:
        return WORDS.get(direction.name, (direction.name.capitalize(), "less", "more"))
    name = direction.name.capitalize()
    coordinates = _coordinates()
    named = [i for i, other in enumerate(engine.directions()) if other.named]
    if not named:
        return name, "−", "+"
    cosines = _cosines(coordinates[named], coordinates[index])
    nearest = int(np.abs(cosines).argmax())
    _, low, high = words(named[nearest])
    if abs(cosines[nearest]) < ALIKE:
        return name, "−", "+"
    return (name, low, high) if cosines[nearest] > 0 else (name, high, low)


@st.cache_resource(hash_funcs=engine.BY_CONTENTS, **FEW)
def slider_paths(
    groove: Groove, shape: tuple[float, ...], indices: tuple[int, ...], frames: tuple[int, ...]
) -> list[list[Groove]]:
    """For each of the directions `indices`, so many `frames`: grooves with it turned from one end
    to the other and all the others as `shape` says."""
    ends = np.cumsum(frames)
    turns = np.zeros((ends[-1], max(len(shape), max(indices) + 1)), np.float32)
    turns[:, : len(shape)] = shape
    for index, count, end in zip(indices, frames, ends, strict=True):
        turns[end - count : end, index] = np.linspace(-REACH, REACH, count)
    turned = engine.model().nudges(groove, turns)
    return [turned[end - count : end] for count, end in zip(frames, ends, strict=True)]


def likely_turns(indices: Sequence[int], seed: int) -> dict[int, float]:
    """A turn of each of these directions, drawn with the spread that the training bars have along
    it, in tenths of its unit."""
    lengths = np.linalg.norm(_coordinates()[list(indices)], axis=1)
    drawn = np.random.default_rng(seed).normal(0, LIKELY / np.maximum(lengths, 1e-6))
    turns = np.round(drawn.clip(-REACH, REACH), 1)
    return dict(zip(indices, turns.tolist(), strict=True))


@st.cache_resource(show_spinner=False)
def _coordinates() -> np.ndarray:
    """Each direction in standard deviations of the training bars along the principal ones, float
    (directions, principal directions)."""
    directions = engine.directions()
    principal = np.stack([direction.vector for direction in directions if not direction.named])
    # They are at right angles in noise, not in z; along some, z has next to no variance.
    inverse = np.linalg.pinv(principal, rcond=1e-4)
    return np.stack([direction.vector for direction in directions]) @ inverse


def _cosines(rows: np.ndarray, vector: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(vector)
    return rows @ vector / np.maximum(lengths, 1e-9)
