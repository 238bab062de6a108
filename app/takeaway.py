"""What sounds, to take away: its files in the player's bar; below the player the strip to keep it,
to put it on a deck, and to download more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import IO

import streamlit as st

from app import downloads, engine, look, offers
from app.language import text
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
from beatgen.kit import EXTRA_FAMILY, FAMILIES
from beatgen.midi.maps import maps
from beatgen.midi.writer import written_otherwise
from beatgen.swing import swing

MORPH_BARS = (2, LONGEST_TAKE)  # shortest and longest
MOVES = ("both", "pattern", "feel")  # what goes from A to B in a morph


def draw(session: Session) -> None:
    """The strip for `session.heard`, and the groove in detail."""
    assert session.heard is not None  # the entry script sets it before it draws
    with st.container(key="takeaway", horizontal=True, vertical_alignment="center"):
        live_heading(key="takeaway-heading")
        if session.take or session.shaped:
            st.button(text("takeaway.back"), key="back", on_click=session.play, args=(None,))
        st.button(
            text("takeaway.keep"),
            key="keep",
            icon=":material/bookmark:",
            on_click=session.ask,
            args=("keep",),
            help=text("takeaway.keep.help"),
        )
        for side in SIDES:
            label = text("takeaway.make", side=side.upper())
            st.button(label, key=f"make-{side}", on_click=session.ask, args=(side,))
        _downloads(session)
    detail = st.expander(text("takeaway.detail"), key="detail", on_change="rerun")
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
    st.toast(text("takeaway.kept", take=look.plain(take.name)) if take else full())


def full() -> str:
    """Why no more takes can be kept."""
    return text("takeaway.full", most=MOST_TAKES)


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


def takes_file(session: Session, takes: Mapping[str, Take], pitches: str, early: str) -> IO[bytes]:
    """A zip with the MIDI file of each take, as the player sounds it. takes: by their labels."""
    sounding = {label: session.sounding(take.groove) for label, take in takes.items()}
    return engine.zip_file(
        (file_name(label, groove, "mid"), engine.midi_file(groove, pitches, early=early))
        for label, groove in sounding.items()
    )


def labelled(takes: Sequence[Take]) -> dict[str, Take]:
    """Takes by the labels of their files: several may have the same title."""
    return {f"{text('name.take', number=str(take.number))} {take.title}": take for take in takes}


def stems_file(
    groove: Groove, names: Mapping[str, str], kit: str = KITS[0], mix: Mix = NO_MIX
) -> IO[bytes]:
    """A zip with a WAV loop of each drum family that plays, whose sum is the WAV loop.

    names: of the file of each family."""
    groove = downloads.served(groove)
    with downloads.room.of(downloads.needs(groove)):
        stems = engine.stem_files(groove, kit, mix)
        return engine.zip_file((names[family], wav) for family, wav in stems)


def _downloads(session: Session) -> None:
    groove, label = session.swung, session.title
    with st.popover(text("midi"), key="midi-options"):
        pitches = _choose_map(session, groove)
        st.segmented_control(
            text("midi.early"),
            downloads.EARLY,
            format_func=lambda early: text(f"midi.early.{early}"),
            default="loop",
            required=True,
            key="early",
            help=text("midi.early.help"),
            **KEPT,
        )
        st.number_input(text("midi.loops"), 1, downloads.MOST_LOOPS, 1, key="loops", **KEPT)
    families = (*FAMILIES, EXTRA_FAMILY)
    names = {family: file_name(f"{label} {family}", groove, "wav") for family in families}
    offers.offer(
        text("stems"),
        partial(stems_file, groove, names, session.kit, session.mix),
        file_name(text("stems.name", name=label), groove, "zip"),
        "application/zip",
        key="stems",
        disabled=not groove.velocity.any(),
        hint=text("stems.help"),
    )
    with st.popover(text("morph"), key="morph"):
        _morph(session, groove, pitches)


def _choose_map(session: Session, groove: Groove) -> str:
    """The drum map of the MIDI files; remembered, and what it has no notes for is reported."""

    def choose() -> None:
        session.map_out = st.session_state["pitches"]

    st.session_state.setdefault("pitches", session.map_out)
    pitches = st.selectbox(
        text("midi.map"),
        list(maps()),
        format_func=lambda name: maps()[name].title,
        key="pitches",
        on_change=choose,
        help=text("midi.map.help"),
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
        text("morph.bars"),
        *MORPH_BARS,
        8,
        key="morph-bars",
        help=text("morph.bars.help"),
        **KEPT,
    )
    curve = st.segmented_control(
        text("morph.curve"),
        list(engine.CURVES),
        format_func=lambda curve: text(f"morph.curve.{curve}"),
        default="straight",
        required=True,
        key="morph-curve",
        help=text("morph.curve.help"),
        **KEPT,
    )
    fixed: tuple[float | None, float | None] = (None, None)
    if session.feel is not None:
        moves = st.segmented_control(
            text("morph.moves"),
            MOVES,
            format_func=lambda moves: text(f"morph.moves.{moves}"),
            default="both",
            required=True,
            key="morph-moves",
            **KEPT,
        )
        pattern, feel = session.place
        fixed = {"both": fixed, "pattern": (None, feel), "feel": (pattern, None)}[moves]
    a, b = session.pair
    name = text("morph.name", a=session.a.source.name, b=session.b.source.name)
    early = chosen_early()

    def morph() -> Groove:
        plain = engine.morph(a, b, bars, groove.tempo, curve, *fixed)
        shape = () if session.take else session.shape  # a take's shape is its own
        return session.locked(engine.nudge(plain, shape) if any(shape) else plain)

    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            text("takeaway.keep"),
            key="morph-keep",
            icon=":material/bookmark:",
            on_click=lambda: keep(session, morph()),
        )
        offers.offer(
            text("morph.midi"),
            lambda: engine.midi_file(swing(morph(), session.swing), pitches, early=early),
            file_name(name, groove, "mid"),
            downloads.MIDI,
            key="morph-midi",
        )
