"""Blend: the two grooves side by side, their sources, and how closely the model matches them."""

from __future__ import annotations

import streamlit as st

from app import engine, look
from app.player.parts import groove_picture
from app.session import LOOPS, SIDES, Deck, Session, Side
from app.share import link
from beatgen.errors import BeatGenError
from beatgen.readers import ENDINGS


def draw(now: Session) -> None:
    for column, side in zip(st.columns(2, gap="small"), SIDES, strict=True):
        with column, st.container(key=f"deck-{side}", height="stretch"):
            _card(now, side)


def _card(now: Session, side: Side) -> None:
    deck = now.deck(side)
    groove, source = deck.groove, deck.source
    look.heading(source.name, _facts(deck), badge=side)
    groove_picture(groove, f"Drum grid of {source.name}", _accent(side), key=f"roll-{side}")
    with st.container(key=f"bars-{side}", horizontal=True, vertical_alignment="center"):
        _choose_bars(deck, side)
        _match(deck, side)
    if deck.error:
        st.error(look.plain(deck.error), icon=":material/error:")
    if source.messages:
        look.note(" ".join(source.messages))
    if source.bars > link.WHOLE:
        st.caption(
            f"Longer than {link.WHOLE} bars: after a reload only the loop is left. To choose other "
            "bars, load the file again."
        )
    with st.container(key=f"source-{side}", horizontal=True, vertical_alignment="bottom"):
        _choose_source(now, side)


def _accent(side: Side) -> str:
    return look.accents()[SIDES.index(side)]


def _facts(deck: Deck) -> list[str]:
    source, bars = deck.source, deck.source.bars
    return [
        "" if source.style == source.name.lower() else source.style,
        look.bpm(source.tempo),
        f"{bars} bar" + "s" * (bars > 1),
    ]


def _choose_bars(deck: Deck, side: Side) -> None:
    """Length and start of the loop, where the file leaves a choice."""
    bars = deck.source.bars
    if bars == 1:
        return
    drawn = deck.renewed
    length, start = f"length-{side}-{drawn}", f"start-{side}-{drawn}"

    def choose() -> None:
        if deck.renewed == drawn:
            deck.choose(st.session_state.get(start, 1) - 1, st.session_state[length])

    st.session_state[length] = deck.bars
    st.segmented_control(
        "Bars in the loop",
        [loop for loop in LOOPS if loop <= bars],
        required=True,
        format_func=lambda n: f"{n} bar" + "s" * (n > 1),
        key=length,
        label_visibility="collapsed",
        on_change=choose,
    )
    if bars > deck.bars:
        st.session_state[start] = deck.start + 1
        # Not a list to choose from: that of a long file would travel at every run.
        st.number_input(
            "Start bar",
            1,
            bars - deck.bars + 1,
            key=start,
            on_change=choose,
            label_visibility="collapsed",
            help=f"The bar that the loop starts with, of {bars}.",
            width=150,
        )


def _match(deck: Deck, side: Side) -> None:
    """How closely the model reproduces the groove; opened, what differs."""
    matched = int(100 * engine.match(deck.groove))  # 100 only where nothing differs
    popover = st.popover(
        f"Match {matched}%", type="tertiary", key=f"match-{side}", on_change="rerun"
    )
    if popover.open:
        with popover:
            st.caption(
                "How closely the model reproduces this groove (F1 of the hits). At A and B you "
                "hear the original; what the model misses fades out between them."
            )
            look.difference(
                deck.groove,
                engine.reconstruct(deck.groove),
                _accent(side),
                key=f"difference-{side}",
            )


def _choose_source(now: Session, side: Side) -> None:
    deck = now.deck(side)
    demos = engine.demos()
    drawn = deck.renewed
    pick, upload = f"demo-{side}-{drawn}", f"upload-{side}-{drawn}"

    def load_demo() -> None:
        name = st.session_state[pick]
        if name is not None and deck.renewed == drawn:
            now.load(side, demos[name])

    def load_file() -> None:
        file = st.session_state[upload]
        if file is None:
            return
        deck.renewed += 1
        try:
            now.load(side, engine.read(file.name, file.getvalue()))
        except BeatGenError as error:
            deck.error = str(error)

    st.file_uploader(
        f"MIDI file for {side.upper()}",
        type=[ending.removeprefix(".") for ending in ENDINGS],
        key=upload,
        on_change=load_file,
        label_visibility="collapsed",
    )
    name = deck.source.name
    st.session_state[pick] = name if deck.source is demos.get(name) else None
    st.selectbox(
        f"Demo groove for {side.upper()}",
        list(demos),
        key=pick,
        on_change=load_demo,
        placeholder="Demo grooves",
        label_visibility="collapsed",
        width=180,
    )
