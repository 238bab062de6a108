"""Shape: sliders that move what sounds along directions of the latent space, named ones first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from app import engine, look
from app.language import text
from app.player.parts import Turn, shape_panel
from app.session import REACH, Session
from app.views import feel
from beatgen.bars.attributes import OF_FEEL
from beatgen.groove import Groove

UNNAMED = 15  # principal directions that are shown: full rows of five
# Grooves along a slider that has a name; between them the browser mixes. Where only the feel
# changes, no hit comes or goes, and the mixture is off by 2 of 127 in velocity and by 1 ms, in the
# mean.
FRAMES, FEEL_FRAMES = 9, 5
# Of ride and toms seven are nearly as near to what the model decodes in between, and so what a turn
# of a slider sends stays small.
FEWER = {"ride": 7, "toms": 7}
UNNAMED_FRAMES = 5
LIKELY = 1.0  # spread of random amounts; 1 is that of the training bars
FEW = 8  # answers that are held; each takes 1 MB for a bar of the groove
ALIKE = 0.35  # cosine above which the ends of a principal direction are named after a named one
SPOKEN = (  # names of directions that the page has texts for, and for their ends
    "density",
    "syncopation",
    "ghost notes",
    "open hats",
    "ride",
    "toms",
    "loudness",
    "dynamics",
    "swing",
    "drag",
)


def draw(now: Session) -> None:
    directions = engine.directions()
    named = [i for i, direction in enumerate(directions) if direction.named]
    unnamed = [i for i, direction in enumerate(directions) if not direction.named][:UNNAMED]
    with st.container(key="shape-controls", horizontal=True, vertical_alignment="center"):
        look.note(text("shape.about"))
        st.button(
            text("shape.reset"), key="reset", on_click=now.reset_shape, disabled=not now.shaped
        )
        st.button(
            text("shape.randomize"),
            key="randomize",
            icon=":material/casino:",
            on_click=randomize,
            args=(now, named),
            help=text("shape.randomize.help"),
        )
    names = [engine.directions()[i].name for i in named]
    frames = [FEEL_FRAMES if name in OF_FEEL else FEWER.get(name, FRAMES) for name in names]
    _panel(now, named, "shape-named", frames)
    feel.draw(now)
    more = st.expander(text("shape.model"), key="more", on_change="rerun")
    if more.open:
        with more:
            _panel(now, unnamed, "shape-raw", [UNNAMED_FRAMES] * len(unnamed))


def randomize(now: Session, indices: Sequence[int]) -> None:
    """Set these directions to likely amounts, all others to 0; each call steps the seed."""
    now.seed += 1
    now.amounts = likely_amounts(indices, now.seed)


def _panel(now: Session, indices: Sequence[int], key: str, frames: Sequence[int]) -> None:
    paths = slider_paths(unshaped(now), now.shape, tuple(indices), tuple(frames))
    sliders = [
        Turn(*words(i), now.amounts.get(i, 0.0), path)
        for i, path in zip(indices, paths, strict=True)
    ]

    def set_amounts(amounts: list[float]) -> None:
        now.amounts = now.amounts | dict(zip(indices, amounts, strict=True))

    others = any(amount for i, amount in now.amounts.items() if i not in indices)
    shape_panel(sliders, REACH, set_amounts, key=key, others=others)


def unshaped(session: Session) -> Groove:
    """The take or blend that sounds, before its shape."""
    if session.take:
        return session.take.groove
    return engine.blend(*session.pair, *session.place)


def words(index: int) -> tuple[str, str, str]:
    """A direction as a musician reads it: its name, and what less and more of it is called.

    A principal direction is known by its number; its ends are called as those of the named
    direction that it resembles, if any.
    """
    direction = engine.directions()[index]
    if direction.name in SPOKEN:
        name, less, more = (f"shape.{direction.name}{end}" for end in ("", ".less", ".more"))
        return text(name), text(less), text(more)
    if direction.named:
        return direction.name.capitalize(), text("shape.less"), text("shape.more")
    name = text("shape.direction", number=direction.name.rpartition(" ")[2])
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


@engine.cached(FEW)
def slider_paths(
    groove: Groove, shape: tuple[float, ...], indices: tuple[int, ...], frames: tuple[int, ...]
) -> list[list[Groove]]:
    """The grooves along the slider of each of the directions `indices`, as many as `frames` says:
    its amount goes from one end to the other, all other amounts are those of `shape`."""
    ends = np.cumsum(frames)
    amounts = np.zeros((ends[-1], max(len(shape), max(indices) + 1)), np.float32)
    amounts[:, : len(shape)] = shape
    for index, count, end in zip(indices, frames, ends, strict=True):
        amounts[end - count : end, index] = np.linspace(-REACH, REACH, count)
    nudged = engine.model().nudges(groove, amounts)
    return [nudged[end - count : end] for count, end in zip(frames, ends, strict=True)]


def likely_amounts(indices: Sequence[int], seed: int) -> dict[int, float]:
    """An amount of each of these directions, drawn with the spread that the training bars have
    along it, in tenths of its unit."""
    lengths = np.linalg.norm(_coordinates()[list(indices)], axis=1)
    drawn = np.random.default_rng(seed).normal(0, LIKELY / np.maximum(lengths, 1e-6))
    amounts = np.round(drawn.clip(-REACH, REACH), 1)
    return dict(zip(indices, amounts.tolist(), strict=True))


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
