"""What sounds, to take away: its files in the player's bar; below the player the strip to keep it,
to put it on a deck, and to download more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app import downloads, engine, look
from app.names import write_tempo
from app.player.parts import ServedFile, bar_files, live_heading
from app.session import (
    KEPT,
    LONGEST_TAKE,
    MOST_TAKES,
    SIDES,
    Session,
    Side,
    Source,
    Take,
    current,
)
from beatgen.audio.kits import KITS
from beatgen.audio.mix import NO_MIX, Mix
from beatgen.groove import Groove
from beatgen.midi.maps import maps
from beatgen.midi.writer import written_otherwise
from beatgen.swing import swing

MORPH_BARS = (2, LONGEST_TAKE)  # shortest and longest
FULL = f"{MOST_TAKES} takes are kept, and there is room for no more: discard one first."
MOVES = ("both", "pattern", "feel")  # what goes from A to B in a morph


def draw(session: Session) -> None:
    """The strip for `session.heard`, and the groove in detail."""
    assert session.heard is not None  # the entry script sets it before it draws
    with st.container(key="takeaway", horizontal=True, vertical_alignment="center"):
        live_heading(key="takeaway-heading")
        if session.take or session.shaped:
            st.button("Back to the blend", key="back", on_click=session.play, args=(None,))
        st.button(
            "Keep as take",
            key="keep",
            icon=":material/bookmark:",
            on_click=session.ask,
            args=("keep",),
            help="Add what you hear to the takes on the Vary page.",
        )
        for side in SIDES:
            st.button(
                f"Make it {side.upper()}", key=f"make-{side}", on_click=session.ask, args=(side,)
            )
        _downloads(session)
    detail = st.expander("What you hear, in detail", key="detail", on_change="rerun")
    if detail.open:
        with detail:
            look.roll(session.swung, look.accent_at(session.position), key="roll-detail")


def files_in_bar(session: Session) -> None:
    """Put what sounds into the player's bar, with the MIDI options as they were set last."""
    groove, label = session.swung, session.title
    loops = int(st.session_state.get("loops", 1))
    query = downloads.midi_query(chosen_pitches(), loops, early=chosen_early())

    def served(ending: str, path: str) -> ServedFile:
        name = file_name(label, groove, ending)
        return {"name": name, "type": downloads.TYPES[ending], "path": path}

    bar_files(
        midi=served("mid", f"{downloads.midi_path(groove)}?{query}"),
        wav=served("wav", downloads.wav_path(groove, session.kit, session.mix)),
    )


def fulfil(session: Session) -> None:
    """Do with what is heard what `session.ask` asked for."""
    wish, session.wish = session.wish, None
    groove = session.heard
    assert groove is not None  # the entry script sets it before
    if wish == "keep":
        keep(session, groove)
    elif wish:
        make_source(session, wish, groove, session.lasting_title)
        st.rerun()  # with other grooves on the decks


def keep(session: Session, groove: Groove) -> None:
    """Add a groove to the takes, kept, and say so: not every page shows them."""
    take = session.keep(groove)
    st.toast(f"{take.name} added to the Vary page." if take else FULL)


def make_source(session: Session, side: Side, groove: Groove, name: str) -> None:
    """Put a groove that was made here on a deck, and go there: what is heard stays."""
    session.deck(side).renewed += 1  # the browser may still send what its widgets showed before
    session.load(side, Source(name, groove))
    session.move(float(SIDES.index(side)))


def file_name(label: str, groove: Groove, ending: str) -> str:
    """Such as "blend-50-104.mid": what it is, its tempo."""
    words = "".join(c if c.isalnum() else " " for c in label.lower()).split()
    return f"{'-'.join(words)}-{write_tempo(groove.tempo)}.{ending}"


def chosen_pitches() -> str:
    """The note map of the MIDI options, which are drawn after the page's view."""
    return st.session_state.get("pitches", current().map_out)


def chosen_early() -> str:
    """Where the MIDI options write hits before the first beat."""
    return st.session_state.get("early", "loop")


def takes_file(session: Session, takes: Sequence[Take], pitches: str) -> bytes:
    """A zip with the MIDI file of each take, as the player sounds it."""
    zipped = {}
    for take in takes:
        groove = session.sounding(take.groove)
        # Several takes may have the same title.
        name = file_name(f"Take {take.number} {take.title}", groove, "mid")
        zipped[name] = engine.midi_file(groove, pitches, early=chosen_early())
    return engine.zip_file(zipped)


def stems_file(groove: Groove, label: str, kit: str = KITS[0], mix: Mix = NO_MIX) -> bytes:
    """A zip with a WAV loop of each drum family that plays. Their sum is the WAV loop."""
    stems = engine.stem_files(downloads.served(groove), kit, mix).items()
    return engine.zip_file(
        {file_name(f"{label} {family}", groove, "wav"): wav for family, wav in stems}
    )


def _downloads(session: Session) -> None:
    groove, label = session.swung, session.title
    with st.popover("MIDI options", key="midi-options"):
        pitches = _choose_map(session, groove)
        st.segmented_control(
            "Hits before the first beat",
            list(downloads.EARLY),
            format_func=downloads.EARLY.__getitem__,
            default="loop",
            required=True,
            key="early",
            help="At the loop's end, where you hear them: for looping. In a pick-up bar before the "
            "first: for an arrangement.",
            **KEPT,
        )
        st.number_input("Loop count", 1, downloads.MOST_LOOPS, 1, key="loops", **KEPT)
    st.download_button(
        "Stems",
        partial(stems_file, groove, label, session.kit, session.mix),
        file_name(f"{label} stems", groove, "zip"),
        "application/zip",
        key="stems",
        on_click="ignore",
        icon=":material/download:",
        disabled=not groove.velocity.any(),
        help="Download a WAV loop of each drum family (zip). Like all files, they include muted "
        "voices; together they sound like the WAV loop.",
    )
    with st.popover("Morph", key="morph"):
        _morph(session, groove, pitches)


def _choose_map(session: Session, groove: Groove) -> str:
    """The drum map of the MIDI files; remembered, and what it has no notes for is reported."""

    def choose() -> None:
        session.map_out = st.session_state["pitches"]

    st.session_state.setdefault("pitches", session.map_out)
    pitches = st.selectbox(
        "Drum map",
        list(maps()),
        format_func=lambda name: maps()[name].title,
        key="pitches",
        on_change=choose,
        help="The notes that MIDI files have: General MIDI plays on any kit; Roland keeps rims and "
        "hat edges apart. Choose the instrument that is to play them.",
        **KEPT,
    )
    for sentence in written_otherwise(groove, pitches):
        st.caption(sentence)
    return pitches


def _morph(session: Session, groove: Groove, pitches: str) -> None:
    """A clip that goes from A to B, at the tempo and with the swing that are heard. Locked cells
    stay, and the shape of the blend is applied.

    Where pattern and feel are apart, one of them may go alone, the other staying where it is.
    """
    bars = st.number_input(
        "Length in bars",
        *MORPH_BARS,
        8,
        key="morph-bars",
        help="From A in the first bar to B in the last, step by step. Locked cells stay as they "
        "are; the shape of the blend is applied.",
        **KEPT,
    )
    curve = st.segmented_control(
        "Curve",
        list(engine.CURVES),
        default="straight",
        required=True,
        key="morph-curve",
        help="Straight: at an even pace. Ease in: slow at first. Ease out: slow at last. Ease "
        "in-out: slow at both ends.",
        **KEPT,
    )
    fixed: tuple[float | None, float | None] = (None, None)
    if session.feel is not None:
        moves = st.segmented_control(
            "Goes from A to B", MOVES, default="both", required=True, key="morph-moves", **KEPT
        )
        pattern, feel = session.place
        fixed = {"both": fixed, "pattern": (None, feel), "feel": (pattern, None)}[moves]
    a, b = session.pair
    early = chosen_early()

    def morph() -> Groove:
        plain = engine.morph(a, b, bars, groove.tempo, curve, *fixed)
        shape = () if session.take else session.shape  # a take's shape is its own
        return session.locked(engine.nudge(plain, shape) if any(shape) else plain)

    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            "Keep as take",
            key="morph-keep",
            icon=":material/bookmark:",
            on_click=lambda: keep(session, morph()),
        )
        st.download_button(
            "MIDI",
            lambda: engine.midi_file(swing(morph(), session.swing), pitches, early=early),
            file_name(f"{session.a.source.name} to {session.b.source.name}", groove, "mid"),
            downloads.MIDI,
            key="morph-midi",
            on_click="ignore",
            icon=":material/download:",
        )
