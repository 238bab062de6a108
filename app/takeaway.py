"""Below the player: what sounds right now, to keep, to put on a deck, to download."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app import engine, look
from app.state import SIDES, Session, Side, Source
from beatgen.groove import Groove
from beatgen.theme import mix

PITCHES = {"gmd": "Roland TD-11", "gm": "General MIDI"}


def draw(session: Session) -> None:
    """The strip for `session.heard`, and the groove in detail."""
    groove = session.heard
    assert groove is not None  # the entry script sets it before it draws
    with st.container(key="takeaway", horizontal=True, vertical_alignment="center"):
        bars = f"{groove.bars} bar" + "s" * (groove.bars > 1)
        look.heading(session.label, [bars, f"{groove.tempo:.0f} BPM"])
        if session.take or session.shaped:
            st.button("Back to the blend", key="back", on_click=session.play, args=(None,))
        st.button(
            "Keep as take",
            key="keep",
            icon=":material/bookmark:",
            on_click=session.keep,
            args=(groove,),
            help="Puts what you hear on the wall of the Vary page.",
        )
        for side in SIDES:
            st.button(
                f"Make it {side.upper()}",
                key=f"make-{side}",
                on_click=make_source,
                args=(session, side, groove, session.label),
            )
        _downloads(groove, session.label)
    detail = st.expander("What you hear, in detail", key="detail", on_change="rerun")
    if detail.open:
        with detail:
            look.roll(groove, mix(*look.accents(), session.position), key="roll-detail")


def make_source(session: Session, side: Side, groove: Groove, name: str) -> None:
    """Put a groove that was made here on a deck."""
    session.load(side, Source(name, groove))


def file_name(label: str, groove: Groove, ending: str) -> str:
    """Such as "blend-50-104.mid": what it is, its tempo."""
    words = "".join(c if c.isalnum() else " " for c in label.lower()).split()
    return f"{'-'.join(words)}-{groove.tempo:.0f}.{ending}"


def _downloads(groove: Groove, label: str) -> None:
    with st.popover("MIDI options", key="midi-options"):
        pitches = st.segmented_control(
            "Pitches",
            list(PITCHES),
            format_func=PITCHES.get,
            default="gmd",
            required=True,
            key="pitches",
            help="Roland TD-11 keeps rims and hat edges apart; General MIDI plays on any kit.",
        )
        loops = st.number_input("Times played", 1, 64, 1, key="loops")
    st.download_button(
        "MIDI",
        partial(engine.midi_file, groove, pitches, int(loops)),
        file_name(label, groove, "mid"),
        "audio/midi",
        key="midi",
        on_click="ignore",
        icon=":material/download:",
        type="primary",
    )
    st.download_button(
        "WAV loop",
        partial(engine.wav_file, groove),
        file_name(label, groove, "wav"),
        "audio/wav",
        key="wav",
        on_click="ignore",
        icon=":material/download:",
    )
