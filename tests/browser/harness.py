"""A page with nothing but the player on it, and below it, in words, what Python knows of it."""

import json
from dataclasses import replace

import numpy as np
import streamlit as st

from app.player import Scene, player, released
from beatgen.groove import Groove
from beatgen.kit import INDEX

FRAMES = 33
A = Groove.from_tab(
    """
    hi-hat |x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|
    snare  |----O-------O---|----O-------O---|
    kick   |O-------o-------|O-------o-------|
    """,
    tempo=100,
)
B = Groove.from_tab(
    """
    ride   |x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|
    snare  |----g-------O---|----g-------O---|
    kick   |O-----o---o-----|O-----o---o-----|
    """,
    tempo=120,
)
TAKE = Groove.from_tab(
    """
    open hat |O-------O-------|
    hi-hat   |--x-------------|
    tom 1    |O---O---O---O---|
    kick     |O-------O-------|
    """,
    tempo=110,
)


def between(amount: float) -> Groove:
    """A fades into B: common hits move over, the others change sides in the middle."""
    both = (A.velocity > 0) & (B.velocity > 0)
    mixed = A.velocity + (B.velocity - A.velocity) * np.float32(amount)
    alone = A.velocity if amount < 0.5 else B.velocity
    tempo = A.tempo + (B.tempo - A.tempo) * amount
    return Groove(np.where(both, mixed, alone), tempo=tempo)


def decode(position: float) -> Groove:
    """What the model might say there: the mixture, and a crash that no mixture has."""
    if position in (0, 1):
        return between(position)
    velocity = between(position).velocity.copy()
    velocity[0, 32, INDEX["crash 1"]] = 77 / 127
    return replace(between(position), velocity=velocity)


st.set_page_config(layout="wide")
if st.session_state.get("take"):
    played = player(Scene([TAKE], label="Take 1"))
else:
    position = released(st.session_state.get("position", 0.0))
    settled = decode(position)
    if st.session_state.get("shape"):
        settled = replace(settled, velocity=np.roll(settled.velocity, 4, axis=1))
    way = [between(i / (FRAMES - 1)) for i in range(FRAMES)]
    played = player(Scene(way, position, settled, "Blend"))
    st.session_state.position = played.position
st.toggle("Take", key="take")
st.toggle("Shape", key="shape")
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.button("Rerun")
told = {
    "runs": st.session_state.runs,
    "position": played.position,
    "tempo": played.tempo,
    "swing": played.swing,
    "edited": None if played.edited is None else str(played.edited),
}
st.html(f"<pre id='told'>{json.dumps(told)}</pre>")
