"""Vary: a wall of takes, variations of one groove, to play, keep, download or put on a deck."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from app import engine
from app.session import FRESH, GONE, KEPT, Session, VaryRequest
from app.takeaway import chosen_pitches, takes_file
from app.views import wall
from beatgen.groove import Groove, as_kit

AMOUNTS = {"Subtle": 0.25, "A little": 0.4, "A lot": 0.6, "Far": 0.8, "New groove": 1.0}
STARTS = ("Now playing", "A", "Blend", "B")
BOTH, PATTERN, FEEL = CHANGES = ("Both", "Pattern", "Feel")
# What the controls show before they are touched.
START, CHANGE, AMOUNT, COUNT = "Now playing", BOTH, "A little", 6


def draw(now: Session) -> None:
    never_filled = not now.takes and not now.walls
    for _ in range(max(now.vary_asked, never_filled)):
        _ask(now)
    requests, now.varying, now.vary_asked = now.varying, [], 0
    for request in requests:
        vary(now, request)
    with st.container(key="vary-controls", horizontal=True):
        st.segmented_control(
            "Start from", STARTS, default=START, required=True, key="start", **KEPT
        )
        st.segmented_control(
            "Change",
            CHANGES,
            default=CHANGE,
            required=True,
            key="change",
            help="Pattern: new hits, same feel. Feel: same hits, new timing and dynamics.",
            **KEPT,
        )
        st.select_slider("Amount", list(AMOUNTS), AMOUNT, key="amount", width=200, **KEPT)
        st.slider("Takes", 6, FRESH, COUNT, key="count", width=130, **KEPT)
        with st.container(
            key="vary-actions",
            horizontal=True,
            width="content",
            gap="xsmall",
        ):
            st.button(
                "Vary",
                key="vary",
                type="primary",
                shortcut="V",
                icon=":material/casino:",
                on_click=_ask,
                args=(now,),
            )
            st.button(
                "Restore",
                key="restore",
                icon=":material/undo:",
                on_click=now.restore,
                disabled=not now.walls,
                help="Bring back the takes that went last. Press again for those before."
                if now.walls
                else f"No take is gone. The last {GONE} that go can be brought back.",
            )
            st.button(
                "All but kept",
                key="discard-others",
                icon=":material/delete_sweep:",
                on_click=now.discard_others,
                disabled=all(take.kept for take in now.takes),
                help="Discard all takes that are not kept.",
            )
            st.download_button(
                "All takes",
                partial(takes_file, now, tuple(now.takes), chosen_pitches()),
                "takes.zip",
                "application/zip",
                key="all-takes",
                on_click="ignore",
                icon=":material/download:",
                disabled=not now.takes,
                help="Download all takes as MIDI (zip).",
            )
    if now.all_locked:
        st.caption("Everything that sounds is locked: unlock some drums or steps for other takes.")
    elif now.takes:
        st.caption("Most similar first. Click to play; while playing, hover to preview.")
    else:
        st.caption("No takes. Press Vary for new ones, or Restore to bring back the last ones.")
    wall.draw(now, now.takes, key="wall")


def _ask(now: Session) -> None:
    """As the controls stand now: one that was moved just before may not have been drawn yet."""
    state = st.session_state
    amount, change = AMOUNTS[state.get("amount", AMOUNT)], state.get("change", CHANGE)
    pattern, feel = (amount * (change in (BOTH, side)) for side in (PATTERN, FEEL))
    start, count = state.get("start", START), state.get("count", COUNT)
    now.ask_takes(VaryRequest(start, pattern, feel, count))


def vary(now: Session, request: VaryRequest) -> None:
    """Fill the wall with new takes; each call steps the seed."""
    now.seed += 1
    start, pattern, feel, count = request
    groove = _groove_at(now, start)
    varied = [now.locked(take) for take in engine.vary(groove, count, pattern, feel, now.seed)]
    varied.sort(
        key=lambda take: np.abs(as_kit(take).velocity - as_kit(groove).velocity).sum()
    )  # of equal hits
    now.all_locked = now.lock is not None and all(take == groove for take in varied)
    if now.all_locked:
        return
    now.add_takes(varied, [engine.similarity(groove, take) for take in varied])


def _groove_at(now: Session, start: str) -> Groove:
    """The groove that takes start from."""
    if start in ("A", "B"):
        return now.deck("a" if start == "A" else "b").groove
    if start == "Blend":
        return now.locked(engine.blend(*now.pair, *now.place))
    assert now.heard is not None  # the entry script sets it before it draws
    return now.heard
