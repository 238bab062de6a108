"""The page in a line of text: what a share link holds, and what a browser keeps for a reload.

Its form is that of app/share/encoding.py. The first part says what is on the decks, where the blend
stands, the settings and the takes; the second has the hits of all grooves named there, in their
order. A demo groove is named, without its hits. Two grooves of two bars make 300 to 700 characters.

What a browser keeps is followed by the whole files on the decks, each a text of its own after a
blank: they are long and seldom change, so they need not be sent with everything that does. A MIDI
file is there as it came, too, so that it can be read by another drum map.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Literal

from app import engine
from app.language import text
from app.limits import SWING_RANGE, TEMPO_RANGE, number, whole
from app.names import name_with
from app.player.messages import Opening
from app.player.wire import MOST_BARS, pack_mix, read_mix
from app.session import (
    FRESH,
    GONE,
    LONGEST_NAME,
    LONGEST_TAKE,
    LOOPS,
    MOST_TAKES,
    REACH,
    SIDES,
    STARS,
    Deck,
    File,
    Session,
    Source,
    Take,
    fitting,
)
from app.share import encoding
from app.share.encoding import LARGEST, LATEST_VERSION, Hits, voice_number
from app.share.voices import WRITE
from beatgen.audio.kits import KITS
from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.lock import Lock
from beatgen.midi.maps import GENERAL_MIDI, maps

Record = dict[str, Any]  # what the first part says of one thing

WHOLE = 512  # bars of a source that a browser keeps; of a longer one it keeps the loop
MOST_KEPT = 2**14  # characters of a file as it came; of a longer one its groove alone is kept
MOST_NOTES, LONGEST_NOTE = 12, 300  # notes about a file, and characters of each
ROOM = 2 * WHOLE + (MOST_TAKES + FRESH + 1 + GONE) * LONGEST_TAKE + MOST_BARS  # bars in all


def pack(session: Session) -> str:
    """What sounds and how it was made, for another machine: the loops on the decks, blend,
    settings, and the take that plays."""
    return _pack(session, [], [], sources=False)


def pack_memory(session: Session) -> str:
    """The same for the browser to keep, with all takes on the wall, the latest that went from it,
    and the decks' whole files."""
    return _pack(session, session.takes, session.walls, sources=True)


def unpack(packed: str) -> Session:
    """The session that `pack` or `pack_memory` put into a text.

    Raises BeatGenError with one sentence where the text is cut off, changed or not one of them.
    """
    if packed[:1].isdigit() and packed[0] > LATEST_VERSION:
        raise BeatGenError(text("error.link_newer", form=packed[0], latest=LATEST_VERSION))
    try:
        first, *files = packed.split(" ")
        if len(files) > 2 * len(SIDES):
            raise ValueError("more files than decks")
        head, hits = encoding.unpack(first, ROOM)
        name = blake2b(packed.encode(), digest_size=8).hexdigest()
        return _session(head, hits, name, files)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise BeatGenError(text("error.link_cut")) from error


# --- writing --------------------------------------------------------------------------------------


def _pack(
    session: Session, wall: Sequence[Take], walls: Sequence[Sequence[Take]], sources: bool
) -> str:
    plays = _take_that_plays(session)
    takes = [*wall]
    if plays and not any(plays is take for take in takes):
        takes.insert(0, plays)
    edited = session.edited is not None
    amounts = {} if edited else session.amounts  # an edited groove has its shape already
    names = [direction.name for direction in engine.directions()]
    grooves: list[Groove] = []
    files: list[str] = []

    def groove_record(groove: Groove) -> Record:
        grooves.append(groove)
        return encoding.record_of(groove)

    def deck_record(deck: Deck) -> Record:
        source = deck.source
        if engine.demos().get(source.name) is source:
            return {"demo": source.name, "start": deck.start, "bars": deck.bars}
        named = {"name": source.name[:LONGEST_NAME], "style": source.style[:LONGEST_NAME]}
        if sources and source.bars <= WHOLE:
            loop = {"start": deck.start, "bars": deck.bars}
            notes = [note[:LONGEST_NOTE] for note in source.messages[:MOST_NOTES]]
            kept = {"notes": notes} if notes else {}
            return {**named, **loop, **kept, **_file_records(source, files)}
        return {**named, "start": 0, "bars": deck.bars, "groove": groove_record(deck.groove)}

    def lock_record(lock: Lock) -> Record:
        held = lock.held
        voices = sorted(WRITE[voice] for voice in lock.voices)
        places = {"voices": voices, "sixteenths": sorted(lock.sixteenths)}
        cells = sorted((at, WRITE[voice]) for at, voice in lock.cells)
        return {**places, **({"cells": cells} if cells else {}), "groove": groove_record(held)}

    def take_record(take: Take) -> Record:
        return {
            "number": take.number,
            "title": take.title[:LONGEST_NAME],
            "likeness": take.similarity,  # the name it has had in links since the first
            "kept": take.kept,
            **({"stars": take.stars} if take.stars else {}),
            **({} if take.likelihood is None else {"likelihood": round(take.likelihood, 4)}),
            **({} if take.fresh else {"fresh": False}),
            "groove": groove_record(take.groove),
        }

    def wall_records() -> Record:
        numbers = [[take.number for take in wall] for wall in walls]
        each = dict.fromkeys(take for wall in walls for take in wall)
        gone = [take_record(take) for take in each if take not in takes]
        return {"gone": gone, "walls": numbers} if gone else {}

    head = {  # in the order in which the grooves stand
        "a": deck_record(session.a),
        "b": deck_record(session.b),
        "position": session.position,
        "feel": session.feel,
        "tempo": session.tempo,
        "swing": session.swing,
        **({} if session.kit == KITS[0] else {"kit": session.kit}),
        **({"mix": pack_mix(session.mix)} if session.mix else {}),
        "amounts": {names[i]: amount for i, amount in amounts.items() if amount},
        "seed": session.seed,
        **({"meter": "b"} if session.meter == "b" else {}),
        "numbered": max([session.numbered, *(take.number for take in takes)]),
        "takes": [take_record(take) for take in takes],
        **wall_records(),
        "lock": lock_record(session.lock) if session.lock else None,
        **({"map": session.map_out} if sources and session.map_out != GENERAL_MIDI else {}),
        "plays": next((i for i, take in enumerate(takes) if take is plays), None),
    }
    return " ".join([encoding.pack(head, grooves), *files])


def _file_records(source: Source, files: list[str]) -> Record:
    """Where the whole file of a source is among the files, which it is added to, and where it is as
    it came, with how it was read, unless that is much to send."""

    def place(packed: str) -> int:
        if packed not in files:
            files.append(packed)
        return files.index(packed)

    record: Record = {"file": place(source.packed)}
    if file := source.file:
        changed = {"changed": file.changed} if file.changed else {}
        how = {"name": file.name[:LONGEST_NAME], "map": file.map, **changed}
        if len(file.packed) <= MOST_KEPT:
            record["read"] = {**how, "content": place(file.packed)}
    if "read" not in record and (source.file or source.too_large):
        record["large"] = True
    return record


def _take_that_plays(session: Session) -> Take | None:
    """The take that sounds. A groove edited on the grid counts as one, even while A or B is
    listened to."""
    if session.edited is not None:
        title = name_with(session.label, edited=True)
        return Take(session.numbered + 1, session.edited, 1.0, kept=True, title=title)
    if session.take and not session.take.number:
        return replace(session.take, number=session.numbered + 1)
    return session.take


# --- reading --------------------------------------------------------------------------------------


def _whole(packed: str) -> Groove:
    """The groove of a file on a deck, as `Source.packed` has it."""
    head, hits = encoding.unpack(packed, WHOLE)
    hits.expect(head)
    return hits.grooves()[0]


def _file(record: Record, files: Sequence[str]) -> File | None:
    """A file as it came, as `File.packed` has it; None where it cannot be read any more."""
    packed = files[whole(record["content"], 0, len(files) - 1)]
    if len(packed) > encoding.LONGEST:
        raise ValueError("too long")
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(urlsafe_b64decode(packed), engine.LARGEST_KEPT)
    except zlib.error as error:
        raise ValueError("changed since it was made") from error
    changed = {whole(int(note), 0, 127): str(v) for note, v in record.get("changed", {}).items()}
    try:
        return engine.read(_name(record["name"]), content, str(record["map"]), changed).file
    except BeatGenError:  # by an earlier BeatGen, perhaps, that knew another map
        return None


def _session(head: Record, hits: Hits, name: str, files: Sequence[str]) -> Session:
    take_records = [*head["takes"], *head.get("gone", [])]
    indices = [
        hits.expect(record["groove"]) if "groove" in record else None
        for record in [head["a"], head["b"], *take_records, head["lock"] or {}]
    ]
    grooves = hits.grooves()
    found = [None if i is None else grooves[i] for i in indices]
    for i, side in enumerate(SIDES):
        if "file" in head[side]:
            found[i] = _whole(files[whole(head[side]["file"], 0, len(files) - 1)])
    a, b = (_deck(head[side], found[i]) for i, side in enumerate(SIDES))
    named = set()
    for side, deck in zip(SIDES, (a, b), strict=True):
        named |= {head[side]["file"]} if "file" in head[side] else set()
        if "read" in head[side]:
            named.add(head[side]["read"]["content"])
            deck.source.file = _file(head[side]["read"], files)
        deck.source.too_large = head[side].get("large") is True
    if len(named) < len(files):
        raise ValueError("a file that is on no deck")
    every = [_take(*pair) for pair in zip(take_records, found[2:-1], strict=True)]
    takes = every[: len(head["takes"])]
    numbers = [take.number for take in every]
    if len(set(numbers)) < len(numbers):
        raise ValueError("two takes of one number")
    plays, feel = head["plays"], head["feel"]
    tempo = None if head["tempo"] is None else number(head["tempo"], *TEMPO_RANGE)
    swing = number(head["swing"], *SWING_RANGE)
    kit = head.get("kit", KITS[0])
    if kit not in KITS:
        raise ValueError("a kit that this page does not have")
    mix = read_mix(head.get("mix"))
    session = Session(
        a,
        b,
        position=number(head["position"], 0, 1),
        feel=None if feel is None else number(feel, 0, 1),
        take=None if plays is None else takes[whole(plays, 0, len(takes) - 1)],
        takes=fitting(takes),
        walls=_walls(head.get("walls", []), every),
        meter="b" if head.get("meter") == "b" else "a",
        seed=whole(head["seed"], 0, 2**53),
        numbered=max([whole(head["numbered"], 0, 2**53), *numbers]),
        opening=Opening(name, tempo, swing, _lock(head["lock"], found[-1]), kit, mix),
        kit=kit,
        mix=mix,
        map_out=head["map"] if head.get("map") in list(maps()) else GENERAL_MIDI,
    )
    names = [direction.name for direction in engine.directions()]
    session.amounts = {
        names.index(name): number(amount, -REACH, REACH)
        for name, amount in dict(head["amounts"]).items()
        if name in names  # other weights may have other directions
    }
    return session


def _deck(record: Record, groove: Groove | None) -> Deck:
    if groove is None:
        source = engine.demos()[record["demo"]]
    else:
        notes = [str(note)[:LONGEST_NOTE] for note in record.get("notes", [])[:MOST_NOTES]]
        source = Source(_name(record["name"]), groove, _name(record["style"]), notes)
    _refuse_longer(whole(record["bars"], 1, LARGEST), max(LOOPS), "loop")
    if record["bars"] not in LOOPS:
        raise ValueError("a loop of a length that the page does not have")
    deck = Deck(source)
    deck.choose(whole(record["start"], 0, LARGEST), record["bars"])
    return deck


def _take(record: Record, groove: Groove | None) -> Take:
    if groove is None:
        raise ValueError("a take without a groove")
    _refuse_longer(groove.bars, LONGEST_TAKE, "take")
    take = Take(whole(record["number"], 1, 2**53), groove, number(record["likeness"], 0, 1))
    return replace(
        take,
        kept=bool(record["kept"]),
        title=_name(record["title"]),
        stars=whole(record.get("stars", 0), 0, STARS),
        likelihood=number(record["likelihood"], 0, 1) if "likelihood" in record else None,
        fresh=bool(record.get("fresh", True)),
    )


def _walls(walls: list[list[int]], takes: Sequence[Take]) -> list[list[Take]]:
    """The earlier walls, of the numbers of their takes."""
    numbered = {take.number: take for take in takes}
    return [fitting(numbered[number] for number in dict.fromkeys(wall)) for wall in walls[-GONE:]]


def _lock(record: Mapping[str, Any] | None, groove: Groove | None) -> Lock | None:
    if record is None:
        return None
    if groove is None:
        raise ValueError("a lock without a groove")
    _refuse_longer(groove.bars, MOST_BARS, "lock")
    last = groove.sixteenths - 1
    voices = (voice_number(voice) for voice in record["voices"])
    sixteenths = (whole(at, 0, last) for at in record["sixteenths"])
    cells = ((whole(at, 0, last), voice_number(voice)) for at, voice in record.get("cells", []))
    return Lock(groove, frozenset(voices), frozenset(sixteenths), frozenset(cells))


def _refuse_longer(bars: int, most: int, what: Literal["loop", "take", "lock"]) -> None:
    """A link may ask for more than the page can make, which would take long."""
    if bars > most:
        raise BeatGenError(text(f"error.link_long_{what}", bars=bars, most=most))


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise ValueError("not a name, or too long")
    return value
