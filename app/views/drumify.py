"""Drumify: drums for a rhythm that is tapped here, or comes from a file, of notes or of sound."""

from __future__ import annotations

import streamlit as st

from app import engine, look
from app.language import name_of, of_package, text
from app.limits import LARGEST_SOUND, TEMPO_RANGE
from app.player.parts import file_overview, groove_picture, tap_pad
from app.session import KEPT, LOOPS, Deck, Pace, Session, Source
from beatgen.errors import BeatGenError, ModelError
from beatgen.groove import Groove
from beatgen.latent.atlas import style_label
from beatgen.readers import ENDINGS
from beatgen.rhythm import SOUND

BUSY, STEP = 50, 5  # per cent
ANY = ""  # as a style: what the rhythm suggests
PACES: dict[Pace, str] = {"half": "÷2", "double": "×2"}


def draw(now: Session) -> None:
    try:
        styles = engine.model().drummer.styles
    except ModelError as error:
        st.error(of_package(error), icon=":material/error:")
        return
    rhythm, drums = st.columns(2, gap="small")
    with rhythm, st.container(key="rhythm", height="stretch"):
        _rhythm(now)
    with drums, st.container(key="drums", height="stretch"):
        _controls(now, styles)


def _rhythm(now: Session) -> None:
    """What drums are made for, and where it comes from."""
    deck = now.rhythm
    if deck is None:
        look.heading(text("drumify.rhythm"), [])
        look.note(text("drumify.about"))
    else:
        facts = [look.bpm(deck.source.tempo), text("deck.bars", count=deck.source.bars)]
        look.heading(deck.source.name, facts)
        label = text("drumify.picture", name=deck.source.name)
        groove_picture(deck.groove, label, look.accent_at(0.5), key="roll-rhythm")
        _choose_loop(now, deck)

    def tapped(groove: Groove) -> None:
        _take_up(now, Source(text("drumify.tapped"), groove))

    tap_pad(tapped, key="tap-pad")
    _upload(now)
    if now.rhythm_error:
        look.closable_error(now.rhythm_error, lambda: _refuse(now, ""), key="rhythm")


def _choose_loop(now: Session, deck: Deck) -> None:
    """Which bars of a file it is, and how they are counted."""
    source, drawn = deck.source, deck.renewed
    length = f"rhythm-bars-{id(source)}-{drawn}"

    def choose(start: int, bars: int) -> None:
        if now.rhythm is deck and deck.renewed == drawn:
            deck.choose(start, bars)
            play(now)

    def pace(way: Pace) -> None:
        deck.set_pace(way)
        deck.renewed += 1  # the browser may still send what its widgets showed before
        play(now)

    if source.bars > deck.bars:
        file_overview(
            source.busy,
            deck.start,
            deck.bars,
            look.accent_at(0.5),
            lambda start: choose(start, deck.bars),
            key=f"overview-rhythm-{id(source)}-{drawn}",
        )
    with st.container(key="bars-rhythm", horizontal=True, vertical_alignment="center"):
        if source.bars > 1:
            st.session_state[length] = deck.bars
            st.segmented_control(
                text("deck.length"),
                [loop for loop in LOOPS if loop <= source.bars],
                required=True,
                format_func=str,
                help=text("deck.length.help"),
                key=length,
                label_visibility="collapsed",
                on_change=lambda: choose(deck.start, st.session_state[length]),
            )
        for way, sign in PACES.items():
            tempo = source.tempo_at(way)
            st.button(
                sign,
                key=f"{way}-rhythm",
                type="tertiary",
                on_click=pace,
                args=(way,),
                disabled=len(set(source.meters)) > 1
                or not TEMPO_RANGE[0] <= tempo <= TEMPO_RANGE[1],
                help=text("drumify.pace.help", tempo=look.bpm(tempo)),
            )


def _upload(now: Session) -> None:
    """A place to drop a file."""
    key = f"upload-rhythm-{now.rhythms}"

    def load() -> None:
        file = st.session_state[key]
        if file is None:
            return
        try:
            _take_up(now, engine.read_rhythm(file.name, file.getvalue()))
        except BeatGenError as error:
            _refuse(now, of_package(error))

    with st.container(key="source-rhythm"):
        st.file_uploader(
            text("drumify.file"),
            type=[ending.removeprefix(".") for ending in (*ENDINGS, *SOUND)],
            key=key,
            on_change=load,
            label_visibility="collapsed",
            max_upload_size=LARGEST_SOUND,
        )


def _controls(now: Session, styles: tuple[str, ...]) -> None:
    """How the drums are to be."""
    look.heading(text("drumify.drums"), [])
    st.slider(
        text("drumify.busy"),
        0,
        100,
        BUSY,
        STEP,
        format="%d %%",
        key="busy",
        help=text("drumify.busy.help"),
        on_change=play,
        args=(now,),
        **KEPT,
    )
    st.selectbox(
        text("drumify.style"),
        [ANY, *styles],
        format_func=lambda style: (
            name_of(style_label(style)) if style else text("drumify.style.any")
        ),
        key="drum-style",
        on_change=play,
        args=(now,),
        **KEPT,
    )
    with st.container(key="drum-actions", horizontal=True):
        st.button(
            text("drumify.play"),
            key="drum",
            type="primary",
            icon=":material/play_arrow:",
            on_click=play,
            args=(now,),
            disabled=now.rhythm is None,
        )
        st.button(
            text("drumify.another"),
            key="another",
            icon=":material/casino:",
            on_click=another,
            args=(now,),
            disabled=now.rhythm is None,
            help=text("drumify.another.help"),
        )
    look.note(text("drumify.takes"))


def play(now: Session) -> None:
    """Let drums for the rhythm sound, as the controls stand."""
    if now.rhythm is None:
        return
    state = st.session_state
    busy, style = state.get("busy", BUSY) / 100, state.get("drum-style", ANY) or None
    try:
        drums = engine.drumify(now.rhythm.groove, busy, style, now.proposal)
    except BeatGenError as error:  # bars without a hit
        _refuse(now, of_package(error))
        return
    now.rhythm_error = ""
    now.start_drums(drums, text("drumify.name", name=now.rhythm.source.name))


def another(now: Session) -> None:
    """The next proposal."""
    now.proposal += 1
    play(now)


def _take_up(now: Session, source: Source) -> None:
    """Make drums for another rhythm."""
    now.rhythms += 1
    now.rhythm, now.drums, now.proposal = Deck(source), None, 0
    play(now)


def _refuse(now: Session, sentence: str) -> None:
    now.rhythms += 1  # the field is empty again
    now.rhythm_error = sentence
