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


def felt(position: float, feel: float) -> Groove:
    """The pattern of one place with the feel of another: B lays back, by 1.25 steps all in all."""
    groove = between(position)
    later = 1.25 * (feel - position)
    moved = np.roll(groove.velocity, round(later), axis=1)
    return replace(groove, velocity=moved, timing=np.where(moved > 0, later - round(later), 0))


def decode(position: float, feel: float | None) -> Groove:
    """What the model might say there: the mixture, and a crash that no mixture has."""
    groove = felt(position, position if feel is None else feel)
    if position in (0, 1):
        return groove
    velocity = groove.velocity.copy()
    velocity[0, 32, INDEX["crash 1"]] = 77 / 127
    return replace(groove, velocity=velocity)


def hits_of(groove: Groove) -> list[list]:
    """[step from the start, voice, velocity, timing], timing and velocity as exact as they are."""
    cells = bar, step, voice = np.nonzero(groove.velocity)
    places = bar * groove.steps + step
    return np.stack([places, voice, groove.velocity[cells], groove.timing[cells]], 1).tolist()


def next_player() -> None:
    """The next one that comes to this page: nothing was done here yet."""
    number = st.session_state.number + 1
    st.session_state.clear()
    st.session_state.number = number


st.set_page_config(layout="wide")
number = st.session_state.setdefault("number", 0)
key = f"player-{number}"
if st.session_state.get(f"take-{number}"):
    played = player(Scene([TAKE], label="Take 1"), key=key)
else:
    place = st.session_state.get("position", 0.0), st.session_state.get("feel")
    position, feel = released(*place, key=key)
    settled = decode(position, feel)
    if st.session_state.get(f"shape-{number}"):
        settled = replace(settled, velocity=np.roll(settled.velocity, 4, axis=1))
    places = [i / (FRAMES - 1) for i in range(FRAMES)]
    feels = tuple([felt(place, end) for place in places] for end in (0, 1))
    path = [between(place) for place in places]
    played = player(Scene(path, position, settled, "Blend", feel=feel, feels=feels), key=key)
    st.session_state.position, st.session_state.feel = played.position, played.feel
st.toggle("Take", key=f"take-{number}")
st.toggle("Shape", key=f"shape-{number}")
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.button("Rerun")
received = {
    "runs": st.session_state.runs,
    "position": played.position,
    "tempo": played.tempo,
    "swing": played.swing,
    "edited": None if played.edited is None else str(played.edited),
    "feel": played.feel,
    "monitor": played.monitor,
    "mix": f"{played.mix.levels} {played.mix.pans}",
    "hits": hits_of(played.sounding),
    "locked": None
    if played.lock is None
    else [sorted(played.lock.voices), sorted(played.lock.sixteenths)],
}
st.html(f"<pre id='received'>{json.dumps(received)}</pre>")
st.button("Next player", key="next", on_click=next_player)
