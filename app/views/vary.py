"""Vary: a wall of takes around one groove, to play, keep, download or put on a deck."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from app import engine, look
from app.player.parts import wall_sounds
from app.state import SIDES, Session, Take, session
from app.takeaway import file_name, make_source, takes_file
from beatgen.figure import rows_of
from beatgen.groove import Groove

AMOUNTS = {"a touch": 0.25, "a little": 0.4, "a lot": 0.6, "far off": 0.8, "another song": 1.0}
AROUND = ("what plays", "A", "the blend", "B")
KEPT = {"persist_state": "session"}  # while another page is shown
CARD_WIDTH = 165  # pixels, at least


def draw(now: Session) -> None:
    if not now.takes:
        vary(now, "what plays", AMOUNTS["a little"], 6)
    with st.container(key="vary-controls", horizontal=True):
        around = st.segmented_control(
            "Around", AROUND, default=AROUND[0], required=True, key="around", **KEPT
        )
        word = st.select_slider(
            "How far", list(AMOUNTS), "a little", key="amount", width=300, **KEPT
        )
        count = st.slider("Takes", 6, 12, 6, key="count", width=130, **KEPT)
        with st.container(
            key="vary-actions",
            horizontal=True,
            vertical_alignment="center",
            width="content",
            height="stretch",
            gap="xsmall",
        ):
            st.button(
                "Vary",
                key="vary",
                type="primary",
                shortcut="V",
                icon=":material/casino:",
                on_click=vary,
                args=(now, around, AMOUNTS[word], count),
            )
            st.download_button(
                "All takes",
                partial(takes_file, tuple(now.takes)),
                "takes.zip",
                "application/zip",
                key="all-takes",
                on_click="ignore",
                icon=":material/download:",
                help="A zip with the MIDI file of every take on the wall.",
            )
    st.caption(
        "The nearest first. While it plays, point at a take to hear it; click it and it stays."
    )
    rows = rows_of(*(take.groove for take in now.takes))
    with st.grid(6, min_column_width=CARD_WIDTH, gap="small", key="wall"):
        for take in now.takes:
            _card(now, take, rows)
    plays = now.take.number if now.take else None
    wall_sounds({take.number: take.groove for take in now.takes}, plays)


def vary(now: Session, around: str, amount: float, count: int) -> None:
    """Fill the wall with new takes; each call steps the seed."""
    now.seed += 1
    groove = _source(now, around)
    takes = [now.locked(take) for take in engine.vary(groove, count, amount, now.seed)]
    now.add_takes(takes, [engine.likeness(groove, take) for take in takes])


def _source(now: Session, around: str) -> Groove:
    if around in ("A", "B"):
        return now.deck("a" if around == "A" else "b").groove
    if around == "the blend":
        return now.locked(engine.blend(now.a.groove, now.b.groove, *now.place))
    assert now.heard is not None  # the entry script sets it before it draws
    return now.heard


def _card(now: Session, take: Take, rows: tuple[int, ...]) -> None:
    playing = now.take is take
    with st.container(key=f"take-{take.number}" + "-playing" * playing + "-kept" * take.kept):
        st.html(
            f"{look.small_roll(take.groove, rows)}<div class='bg-take'><b>{escape(take.name)}</b>"
            f"<span>{take.likeness:.0%} alike</span></div>{_learned(take.groove)}"
        )
        st.button(f"Play {take.name}", key=f"play-{take.number}", on_click=now.play, args=(take,))
        with st.container(key=f"actions-{take.number}", horizontal=True, gap="xxsmall"):
            for side in SIDES:
                st.button(
                    side.upper(),
                    key=f"use-{take.number}-{side}",
                    help=f"Make it {side.upper()}",
                    type="tertiary",
                    on_click=make_source,
                    args=(now, side, take.groove, take.name),
                )
            st.download_button(
                "MIDI",
                partial(engine.midi_file, take.groove),
                file_name(take.name, take.groove, "mid"),
                "audio/midi",
                key=f"midi-{take.number}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
                help="Download as MIDI",
            )
            st.button(
                "Kept" if take.kept else "Keep",
                key=f"keep-{take.number}",
                type="tertiary",
                icon=":material/bookmark_added:" if take.kept else ":material/bookmark:",
                help="Kept when you vary again" if take.kept else "Keep when you vary again",
                on_click=_toggle,
                args=(take,),
            )
            st.button(
                "Discard",
                key=f"discard-{take.number}",
                type="tertiary",
                icon=":material/close:",
                help="Discard",
                on_click=now.discard,
                args=(take,),
            )


def _learned(groove: Groove) -> str:
    """A line that tells how near the groove comes to what the model learned from."""
    nearest = engine.nearest(groove)
    if nearest is None:
        return ""
    told = "Share of its pattern in the nearest bar learned from"
    style = escape(nearest.style.replace("-", ", "))
    return (
        f"<div class='bg-take' title='{told}'><span>nearest learned</span>"
        f"<span>{nearest.likeness:.0%}, {style}</span></div>"
    )


def _toggle(take: Take) -> None:
    take.kept = not take.kept


draw(session())
