"""Blend: the two grooves side by side, their sources, and how closely the model matches them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app import engine, look
from app.language import FIRST, name_of, of_package, text, write_number
from app.limits import LARGEST_NOTES, TEMPO_RANGE
from app.names import percent
from app.player.parts import file_overview, groove_picture
from app.session import LOOPS, SIDES, Deck, File, Pace, Session, Side
from app.share import link
from beatgen.errors import BeatGenError
from beatgen.kit import NAMES
from beatgen.meter import Meter, label_of
from beatgen.midi.maps import NO_HIT, maps
from beatgen.readers import ENDINGS

PACES: dict[Pace, str] = {"half": "÷2", "double": "×2"}
MOST_DOUBTFUL = 12  # notes of a file that one can say the voice of
NEAR_TWICE = (1.7, 2.35)  # times the tempo of the other groove


def draw(now: Session) -> None:
    _choose_meter(now)
    for column, side in zip(st.columns(2, gap="small"), SIDES, strict=True):
        with column, st.container(key=f"deck-{side}", height="stretch"):
            _card(now, side)


def _choose_meter(now: Session) -> None:
    """Whose meter the blend is in, where the two grooves differ."""
    labels = {side: label_of(now.deck(side).groove.meters) for side in SIDES}
    if labels["a"] == labels["b"]:
        return

    def choose() -> None:
        now.meter = st.session_state["meter"]
        now.play(None)

    st.session_state["meter"] = now.meter
    with st.container(key="meter-choice", horizontal=True, vertical_alignment="center"):
        look.note(text("deck.meters", **labels))
        st.segmented_control(
            text("deck.meter"),
            SIDES,
            required=True,
            format_func=labels.__getitem__,
            help=text("deck.meter.help"),
            key="meter",
            label_visibility="collapsed",
            on_change=choose,
        )


def _card(now: Session, side: Side) -> None:
    deck = now.deck(side)
    groove, source = deck.groove, deck.source
    look.heading(source.name, _facts(deck), badge=side)
    groove_picture(
        groove,
        text("deck.picture", name=source.name),
        _accent(side),
        key=f"roll-{side}",
        first=deck.start + 1,
    )
    if source.bars > deck.bars:
        _choose_start(deck, side)
    with st.container(key=f"bars-{side}", horizontal=True, vertical_alignment="center"):
        _choose_length(deck, side)
        _choose_pace(now, side)
        _match(deck, side)
    _propose_pace(now, side)
    if source.file:
        _choose_map(now, side, source.file)
    if source.too_large:
        st.caption(text("deck.map.large"))
    if deck.error:
        _error(deck, side)
    if source.messages:
        look.note(" ".join(source.messages), spoken=FIRST)
    if source.bars > link.WHOLE:
        st.caption(text("deck.long", bars=link.WHOLE))
    with st.container(key=f"source-{side}", horizontal=True, vertical_alignment="bottom"):
        _choose_source(now, side)


def _accent(side: Side) -> str:
    return look.accents()[SIDES.index(side)]


def _facts(deck: Deck) -> list[str]:
    source, bars = deck.source, deck.source.bars
    return [
        "" if source.style == source.name.lower() else name_of(source.style),
        look.bpm(source.tempo),
        _pulse(source.tempo, source.meters[0]),
        text("deck.bars", count=bars),
        "" if label_of(source.meters) == "4/4" else label_of(source.meters),
    ]


def _pulse(tempo: float, meter: Meter) -> str:
    """The tempo in the beats that are counted, where they are not quarters."""
    if not meter.is_compound:
        return ""
    return text("deck.dotted", tempo=write_number(tempo / 1.5))


def _choose_map(now: Session, side: Side, file: File) -> None:
    """The drum map that a file was read by; another one, or another voice for one of its notes,
    reads it again."""
    deck = now.deck(side)
    drawn = deck.renewed

    def read(name: str, changed: Mapping[int, str]) -> None:
        if deck.renewed != drawn:
            return
        start, bars = deck.start, deck.bars
        deck.renewed += 1
        try:
            now.load(side, engine.read(file.name, file.content, name, changed))
            deck.choose(start, bars)
        except BeatGenError as error:
            deck.error = of_package(error)

    def choose() -> None:
        read(st.session_state[chosen], {})

    def change(note: int) -> None:
        read(file.map, {**file.changed, note: st.session_state[f"note-{note}-{side}-{drawn}"]})

    chosen = f"map-{side}-{drawn}"
    with st.popover(
        text("deck.map", map=maps()[file.map].title), type="tertiary", key=f"read-as-{side}"
    ):
        st.session_state[chosen] = file.map
        st.selectbox(
            text("deck.map.choose"),
            list(maps()),
            format_func=lambda name: maps()[name].title,
            key=chosen,
            on_change=choose,
            help=text("deck.map.help"),
        )
        for note in _doubtful(file):
            key = f"note-{note}-{side}-{drawn}"
            voice = file.changed.get(note, file.voices.get(note, NO_HIT))
            st.session_state[key] = voice
            st.selectbox(
                text("deck.note", note=str(note), count=file.notes[note]),
                list(dict.fromkeys([voice, *NAMES, NO_HIT])),
                format_func=lambda name: (
                    text("deck.note.none") if name == NO_HIT else name_of(name)
                ),
                key=key,
                on_change=change,
                args=(note,),
            )


def _doubtful(file: File) -> list[int]:
    """Notes of a file that its map does not know or that are no voice of the kit, and those that
    the musician has changed; most hits first."""
    doubtful = [
        note
        for note in file.notes
        if note in file.changed or file.voices.get(note, NO_HIT) not in NAMES
    ]
    return sorted(doubtful, key=lambda note: -file.notes[note])[:MOST_DOUBTFUL]


def _choose_length(deck: Deck, side: Side) -> None:
    """Length of the loop, where the file leaves a choice."""
    bars = deck.source.bars
    if bars == 1:
        return
    drawn = deck.renewed
    length = f"length-{side}-{drawn}"

    def choose() -> None:
        if deck.renewed == drawn:
            deck.choose(deck.start, st.session_state[length])

    st.session_state[length] = deck.bars
    st.segmented_control(
        text("deck.length"),
        [loop for loop in LOOPS if loop <= bars],
        required=True,
        format_func=str,
        help=text("deck.length.help"),
        key=length,
        label_visibility="collapsed",
        on_change=choose,
    )


def _choose_start(deck: Deck, side: Side) -> None:
    """The whole file, and where in it the loop begins."""
    drawn = deck.renewed

    def choose(start: int) -> None:
        if deck.renewed == drawn:
            deck.choose(start, deck.bars)

    key = f"overview-{side}-{drawn}"
    file_overview(deck.source.busy, deck.start, deck.bars, _accent(side), choose, key=key)


def _choose_pace(now: Session, side: Side) -> None:
    """Write the groove at twice its tempo, or at half of it."""
    deck = now.deck(side)
    for pace, sign in PACES.items():
        tempo = deck.source.tempo_at(pace)
        st.button(
            sign,
            key=f"{pace}-{side}",
            type="tertiary",
            on_click=_set_pace,
            args=(now, side, pace),
            disabled=len(set(deck.source.meters)) > 1
            or not TEMPO_RANGE[0] <= tempo <= TEMPO_RANGE[1],
            help=text("deck.pace.help", tempo=look.bpm(tempo)),
        )


def _propose_pace(now: Session, side: Side) -> None:
    """Where the other groove is nearly twice as fast, propose to meet it there."""
    own, other = now.deck(side).source, now.deck("b" if side == "a" else "a").source
    low, high = NEAR_TWICE
    if len(set(own.meters)) > 1 or not low <= other.tempo / own.tempo <= high:
        return
    tempo = look.bpm(own.tempo_at("double"))
    with st.container(key=f"proposal-{side}", horizontal=True, vertical_alignment="center"):
        look.note(text("deck.twice", name=other.name))
        st.button(
            text("deck.twice.write", tempo=tempo),
            key=f"meet-{side}",
            on_click=_set_pace,
            args=(now, side, "double"),
        )


def _set_pace(now: Session, side: Side, pace: Pace) -> None:
    deck = now.deck(side)
    deck.set_pace(pace)
    deck.renewed += 1  # the browser may still send what its widgets showed before
    now.play(None)


def _error(deck: Deck, side: Side) -> None:
    """Why the last file was refused, until it is read."""

    def close() -> None:
        deck.error = ""

    look.closable_error(deck.error, close, key=side)


def _match(deck: Deck, side: Side) -> None:
    """How closely the model reproduces the groove; opened, what differs."""
    matched = int(100 * engine.match(deck.groove)) / 100  # 100 % only where nothing differs
    label = text("deck.match", percent=percent(matched))
    popover = st.popover(label, type="tertiary", key=f"match-{side}", on_change="rerun")
    if popover.open:
        with popover:
            st.caption(text("deck.match.about"))
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
    pick, upload = f"demo-{side}-{drawn}", f"upload-{side}-{deck.emptied}"

    def load_demo() -> None:
        name = st.session_state[pick]
        if name is None or deck.renewed != drawn:
            return
        deck.emptied += 1
        if name in demos:
            now.load(side, demos[name])
        else:
            load(engine.PASTED, name.encode())

    def load_file() -> None:
        file = st.session_state[upload]
        if file is not None:
            load(file.name, file.getvalue())

    def load(name: str, content: bytes) -> None:
        deck.renewed += 1
        try:
            now.load(side, engine.read(name, content))
        except BeatGenError as error:
            deck.error = of_package(error)

    st.file_uploader(
        text("deck.file", side=side.upper()),
        type=[ending.removeprefix(".") for ending in ENDINGS],
        key=upload,
        on_change=load_file,
        label_visibility="collapsed",
        max_upload_size=LARGEST_NOTES,
    )
    name = deck.source.name
    st.session_state[pick] = name if deck.source is demos.get(name) else None
    st.selectbox(
        text("deck.demo", side=side.upper()),
        list(demos),
        key=pick,
        on_change=load_demo,
        accept_new_options=True,
        placeholder=text("deck.demo.placeholder"),
        help=text("deck.demo.help"),
        label_visibility="collapsed",
        width=180,
    )
