"""Vary: a wall of takes around one groove, to play, keep, download or put on a deck."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from app import engine
from app.session import FRESH, KEPT, Session
from app.takeaway import chosen_pitches, takes_file
from app.views import wall
from beatgen.groove import Groove

AMOUNTS = {"a touch": 0.25, "a little": 0.4, "a lot": 0.6, "far off": 0.8, "another song": 1.0}
AROUND = ("what plays", "A", "the blend", "B")
CHANGES = ("both", "pattern", "feel")
SET = {"around": AROUND[0], "changes": CHANGES[0], "amount": "a little", "count": 6}  # at first


def draw(now: Session) -> None:
    if not now.takes or now.vary_asked:
        _ask(now)
    if now.varying:
        vary(now, *now.varying)
    with st.container(key="vary-controls", horizontal=True):
        st.segmented_control(
            "Around", AROUND, default=SET["around"], required=True, key="around", **KEPT
        )
        st.segmented_control(
            "Changes",
            CHANGES,
            default=SET["changes"],
            required=True,
            key="changes",
            help="Pattern: other hits, played alike. Feel: the same hits, played otherwise.",
            **KEPT,
        )
        st.select_slider("How far", list(AMOUNTS), SET["amount"], key="amount", width=200, **KEPT)
        st.slider("Takes", 6, FRESH, SET["count"], key="count", width=130, **KEPT)
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
                "Bring back",
                key="bring-back",
                icon=":material/undo:",
                on_click=now.bring_back,
                disabled=not now.walls,
                help="The takes that were on the wall before the last Vary or discard; again, "
                "those before that, and after the oldest those of now.",
            )
            st.download_button(
                "All takes",
                partial(takes_file, now, tuple(now.takes), chosen_pitches()),
                "takes.zip",
                "application/zip",
                key="all-takes",
                on_click="ignore",
                icon=":material/download:",
                help="A zip with the MIDI file of every take on the wall, as you hear it.",
            )
    st.caption("Closest first. Click a take to play it; while it plays, pointing at one is enough.")
    wall.draw(now, now.takes, key="wall")


def _ask(now: Session) -> None:
    """As the controls stand now: one that was moved just before may not have been drawn yet."""
    around, changes, far, count = (st.session_state.get(key, first) for key, first in SET.items())
    amount = AMOUNTS[far]
    pattern, feel = (amount * (changes in ("both", side)) for side in CHANGES[1:])
    now.ask_takes(around, (pattern, feel), count)


def vary(now: Session, around: str, amounts: tuple[float, float], count: int) -> None:
    """Fill the wall with new takes, whose pattern and feel go as far as `amounts` say; each call
    steps the seed."""
    now.seed += 1
    now.varying = None
    groove = _source(now, around)
    varied = [now.locked(take) for take in engine.vary(groove, count, *amounts, now.seed)]
    varied.sort(key=lambda take: np.abs(take.velocity - groove.velocity).sum())  # of equal hits
    now.add_takes(varied, [engine.likeness(groove, take) for take in varied])


def _source(now: Session, around: str) -> Groove:
    if around in ("A", "B"):
        return now.deck("a" if around == "A" else "b").groove
    if around == "the blend":
        return now.locked(engine.blend(now.a.groove, now.b.groove, *now.place))
    assert now.heard is not None  # the entry script sets it before it draws
    return now.heard
