"""What sounds right now: its files in the player's bar; below the player to keep, to put on a deck,
to take apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app import downloads, engine, look
from app.player.parts import ServedFile, bar_files
from app.session import KEPT, LONGEST_TAKE, MOST_TAKES, SIDES, Session, Side, Source, Take
from beatgen.groove import Groove
from beatgen.swing import swing

PITCHES = {"gmd": "Roland TD-11", "gm": "General MIDI"}
PITCHED = "gmd"  # unless another is chosen
WALKS = (2, LONGEST_TAKE)  # bars that a walk from A to B may take
FULL = f"{MOST_TAKES} takes are kept, as many as the wall holds: discard one or let it go first."
MOVES = ("both", "pattern", "feel")  # what goes from A to B on it


def draw(session: Session) -> None:
    """The strip for `session.heard`, and the groove in detail."""
    groove = session.heard
    assert groove is not None  # the entry script sets it before it draws
    with st.container(key="takeaway", horizontal=True, vertical_alignment="center"):
        bars = f"{groove.bars} bar" + "s" * (groove.bars > 1)
        look.heading(session.title, [bars, look.bpm(groove.tempo)])
        if session.take or session.shaped:
            st.button("Back to the blend", key="back", on_click=session.play, args=(None,))
        st.button(
            "Keep as take",
            key="keep",
            icon=":material/bookmark:",
            on_click=session.ask,
            args=("keep",),
            help="Puts what you hear on the wall of the Vary page.",
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
    """Put what sounds into the player's bar, as the strip's widgets had it last."""
    groove, label = session.swung, session.title
    loops = int(st.session_state.get("loops", 1))
    how = downloads.midi_how(chosen_pitches(), loops)

    def served(ending: str, path: str) -> ServedFile:
        return {
            "name": file_name(label, groove, ending),
            "type": downloads.TYPES[ending],
            "path": path,
        }

    bar_files(
        midi=served("mid", f"{downloads.midi_path(groove)}?{how}"),
        wav=served("wav", downloads.wav_path(groove)),
    )


def fulfil(session: Session) -> None:
    """Do with what is heard what was asked for."""
    wish, session.wish = session.wish, None
    groove = session.heard
    assert groove is not None  # the entry script sets it before
    if wish == "keep":
        keep(session, groove)
    elif wish:
        make_source(session, wish, groove, session.lasting_title)
        st.rerun()  # with other grooves on the decks


def keep(session: Session, groove: Groove) -> None:
    """Put a groove on the wall, and say so: other pages do not show it."""
    take = session.keep(groove)
    st.toast(f"{take.name} is on the wall of the Vary page." if take else FULL)


def make_source(session: Session, side: Side, groove: Groove, name: str) -> None:
    """Put a groove that was made here on a deck."""
    session.deck(side).renewed += 1  # the browser may yet send what its widgets showed before
    session.load(side, Source(name, groove))


def file_name(label: str, groove: Groove, ending: str) -> str:
    """Such as "blend-50-104.mid": what it is, its tempo."""
    words = "".join(c if c.isalnum() else " " for c in label.lower()).split()
    return f"{'-'.join(words)}-{groove.tempo:.0f}.{ending}"


def chosen_pitches() -> str:
    """Those of the MIDI options, which are drawn after the page's view."""
    return st.session_state.get("pitches", PITCHED)


def takes_file(session: Session, takes: Sequence[Take], pitches: str) -> bytes:
    """A zip with the MIDI file of each take, as the player sounds it."""
    zipped = {}
    for take in takes:
        groove = session.sounding(take.groove)
        # Several takes may have the same title.
        name = file_name(f"Take {take.number} {take.title}", groove, "mid")
        zipped[name] = engine.midi_file(groove, pitches)
    return engine.zip_file(zipped)


def stems_file(groove: Groove, label: str) -> bytes:
    """A zip with a WAV loop of each family that plays. Together they are the bar's."""
    stems = engine.stem_files(downloads.served(groove)).items()
    return engine.zip_file(
        {file_name(f"{label} {family}", groove, "wav"): wav for family, wav in stems}
    )


def _downloads(session: Session) -> None:
    groove, label = session.swung, session.title
    with st.popover("MIDI options", key="midi-options"):
        pitches = st.segmented_control(
            "Pitches",
            list(PITCHES),
            format_func=PITCHES.get,
            default=PITCHED,
            required=True,
            key="pitches",
            help="Roland TD-11 keeps rims and hat edges apart; General MIDI plays on any kit.",
            **KEPT,
        )
        st.number_input("Repeats", 1, downloads.MOST_LOOPS, 1, key="loops", **KEPT)
    st.download_button(
        "Stems",
        partial(stems_file, groove, label),
        file_name(f"{label} stems", groove, "zip"),
        "application/zip",
        key="stems",
        on_click="ignore",
        icon=":material/download:",
        disabled=not groove.velocity.any(),
        help="A zip with a WAV loop of each drum family. Together they are the WAV loop: as all "
        "files, it holds muted voices, too.",
    )
    with st.popover("A to B", key="walk"):
        _walk(session, groove, pitches)


def _walk(session: Session, groove: Groove, pitches: str) -> None:
    """A clip that walks from A to B, at the tempo and with the swing that are heard; what is locked
    stays, and so does the shape of the blend.

    Where pattern and feel are apart, one of them may walk alone, the other staying where it is.
    """
    bars = st.number_input(
        "Bars from A to B",
        *WALKS,
        8,
        key="walk-bars",
        help="The first bar is A's, the last one B's; each bar between is a step farther. "
        "Locked cells stay as they are, and the shape of the blend goes along.",
        **KEPT,
    )
    curve = st.segmented_control(
        "Curve",
        list(engine.CURVES),
        default="straight",
        required=True,
        key="walk-curve",
        help="How fast it goes: at one pace, slow at first, slow at last, or slow at both ends.",
        **KEPT,
    )
    stays: tuple[float | None, float | None] = (None, None)
    if session.feel is not None:
        moves = st.segmented_control(
            "Goes from A to B", MOVES, default="both", required=True, key="walk-moves", **KEPT
        )
        pattern, feel = session.place
        stays = {"both": stays, "pattern": (None, feel), "feel": (pattern, None)}[moves]
    a, b = session.a.groove, session.b.groove

    def walk() -> Groove:
        plain = engine.walk(a, b, bars, groove.tempo, curve, *stays)
        shape = () if session.take else session.shape  # a take's shape is its own
        return session.locked(engine.nudge(plain, shape) if any(shape) else plain)

    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            "Keep as take",
            key="walk-keep",
            icon=":material/bookmark:",
            on_click=lambda: keep(session, walk()),
        )
        st.download_button(
            "MIDI",
            lambda: engine.midi_file(swing(walk(), session.swing), pitches),
            file_name(f"{session.a.source.name} to {session.b.source.name}", groove, "mid"),
            downloads.MIDI,
            key="walk-midi",
            on_click="ignore",
            icon=":material/download:",
        )
