"""The page in a line of text: what a share link says, and what a browser keeps for a reload.

A text is its version, one character, and then base64url of zlib of two parts, a zero byte between
them. The first is JSON: what is on the decks, where the blend stands, the settings, the takes.
The second is the hits of all grooves named there, in their order, column by column:

    hits in each bar       two bytes, low bytes first, then the high ones
    steps since the hit before, from the first step of its bar      a byte
    voice, 0 to 21         a byte
    velocity, 1 to 127     a byte
    timing, zigzag (0, -1, 1, -2 ...), in 1/120 of a step       two bytes, as above

Velocities come back as they were. A unit of timing is 1/1920 of a beat, a quarter of a tick of the
Groove MIDI Dataset: what stood on a tick comes back exactly, all else within 0.13 ms at tempo 120.
A demo groove is named, without its hits. Two grooves of two bars make 300 to 700 characters.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np

from app import engine
from app.player.said import SWING_RANGE, TEMPO_RANGE, Opening
from app.state import MOST_TAKES, REACH, Deck, Session, Source, Take
from beatgen.errors import BeatGenError
from beatgen.groove import SIXTEENTHS, STEPS, Groove
from beatgen.kit import VOICES
from beatgen.lock import Lock

VERSION = "1"
LONGEST = 200_000  # characters that are read
LARGEST = 2_000_000  # bytes that they may hold, unpacked
WHOLE = 64  # bars of a source that a browser keeps; of a longer one it keeps the loop
TIMING_UNITS = 120  # in a step
LATEST = 2 * TIMING_UNITS  # of a hit, from its step
LONGEST_NAME = 80
TEMPO = (10.0, 1000.0)


def link(session: Session) -> str:
    """What sounds and how it was made, for another machine: decks, loop by loop, blend, settings,
    and the take that plays."""
    return _pack(session, [], whole=False)


def memory(session: Session) -> str:
    """The same and all takes on the wall, for the browser to keep."""
    return _pack(session, session.takes, whole=True)


def unpack(text: str) -> Session:
    """The session that `link` or `memory` put into a text.

    Raises BeatGenError with one sentence where the text is cut off, changed or none of ours.
    """
    if text[:1].isdigit() and text[0] > VERSION:
        raise BeatGenError(
            f"This link was made by a newer BeatGen (form {text[0]}; this one reads {VERSION}): "
            "update BeatGen to open it."
        )
    try:
        head, hits = _inflate(text)
        name = blake2b(text.encode(), digest_size=8).hexdigest()
        return _session(json.loads(head), _Hits(hits), name)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, zlib.error) as error:
        raise BeatGenError(
            "This link cannot be read, for it was cut off or changed on its way: copy the whole "
            "link and open it again."
        ) from error


# --- writing --------------------------------------------------------------------------------------


def _pack(session: Session, wall: Sequence[Take], whole: bool) -> str:
    plays = _take_that_plays(session)
    takes = [*wall]
    if plays and not any(plays is take for take in takes):
        takes.insert(0, plays)
    amounts = {} if session.edited else session.amounts  # an edited groove is shaped already
    names = [direction.name for direction in engine.directions()]
    grooves: list[Groove] = []

    def stored(groove: Groove) -> dict[str, Any]:
        grooves.append(groove)
        return {"bars": groove.bars, "tempo": groove.tempo}

    def deck(deck: Deck) -> dict[str, Any]:
        source = deck.source
        if engine.demos().get(source.name) is source:
            return {"demo": source.name, "start": deck.start, "bars": deck.bars}
        told = {"name": source.name[:LONGEST_NAME], "style": source.style[:LONGEST_NAME]}
        if whole and source.groove.bars <= WHOLE:
            loop = {"start": deck.start, "bars": deck.bars}
            return {**told, **loop, "groove": stored(source.groove)}
        return {**told, "start": 0, "bars": deck.bars, "groove": stored(deck.groove)}

    def lock(lock: Lock) -> dict[str, Any]:
        held = lock.keep(Groove(np.zeros_like(lock.groove.velocity)))
        places = {"voices": sorted(lock.voices), "sixteenths": sorted(lock.sixteenths)}
        return {**places, "groove": stored(held)}

    head = {
        "a": deck(session.a),
        "b": deck(session.b),
        "position": session.position,
        "feel": session.feel,
        "tempo": session.tempo,
        "swing": session.swing,
        "amounts": {names[i]: amount for i, amount in amounts.items() if amount},
        "seed": session.seed,
        "numbered": max([session.numbered, *(take.number for take in takes)]),
        "takes": [
            {
                "number": take.number,
                "title": take.title[:LONGEST_NAME],
                "likeness": take.likeness,
                "kept": take.kept,
                "groove": stored(take.groove),
            }
            for take in takes
        ],
        "lock": lock(session.lock) if session.lock else None,
        "plays": next((i for i, take in enumerate(takes) if take is plays), None),
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    packed = zlib.compress(text.encode() + b"\0" + _columns(grooves), 9)
    return VERSION + urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def _take_that_plays(session: Session) -> Take | None:
    """The take that sounds; a groove edited on the grid is one, too."""
    if session.edited and session.heard is not None:
        title = f"{session.label}, edited"
        return Take(session.numbered + 1, session.heard, 1.0, kept=True, title=title)
    return session.take


def _columns(grooves: Iterable[Groove]) -> bytes:
    counts, rows = [], []
    for groove in grooves:
        bar, step, voice = cell = np.nonzero(groove.velocity)
        counts.append(np.bincount(bar, minlength=groove.bars))
        gap = np.where(np.diff(bar, prepend=-1) > 0, step, np.diff(step, prepend=0))
        units = np.rint(groove.timing[cell].astype(float) * TIMING_UNITS).astype(int)
        zigzag = np.where(units < 0, -2 * units - 1, 2 * units)
        velocity = np.maximum(1, np.rint(groove.velocity[cell] * 127).astype(int))
        rows.append(np.stack([gap, voice, velocity, zigzag & 255, zigzag >> 8]))
    counted = np.concatenate([*counts, np.zeros(0, int)])
    columns = np.concatenate([*rows, np.zeros((5, 0), int)], axis=1)
    parts = [counted & 255, counted >> 8, *columns]
    return b"".join(part.astype(np.uint8).tobytes() for part in parts)


# --- reading --------------------------------------------------------------------------------------


def _inflate(text: str) -> tuple[str, bytes]:
    """The two parts of a text. Raises ValueError or zlib.error where it has none."""
    if text[:1] != VERSION or len(text) > LONGEST:
        raise ValueError("no text of ours")
    encoded = text[1:].encode("ascii")
    inflating = zlib.decompressobj()
    whole = inflating.decompress(urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4)), LARGEST)
    if not inflating.eof:
        raise ValueError("cut off, or too much")
    head, _, hits = whole.partition(b"\0")
    return head.decode(), hits


class _Hits:
    """The second part of a text, handed out groove by groove."""

    def __init__(self, content: bytes) -> None:
        self._content = np.frombuffer(content, np.uint8).astype(int)
        self._wanted: list[tuple[int, float]] = []  # bars and tempo of each groove

    def ask(self, told: dict[str, Any]) -> int:
        """The place of a groove among those that `grooves` will give."""
        self._wanted.append((_whole(told["bars"], 1, LARGEST), _number(told["tempo"], *TEMPO)))
        return len(self._wanted) - 1

    def grooves(self) -> list[Groove]:
        bars = sum(bars for bars, _ in self._wanted)
        if 2 * bars > len(self._content) or bars > LARGEST // (STEPS * len(VOICES)):
            raise ValueError("more bars than there is room for")
        low, high, rest = np.split(self._content, [bars, 2 * bars])
        counts = low + 256 * high
        gap, voice, velocity, low, high = rest.reshape(5, counts.sum())
        bar = np.repeat(np.arange(bars), counts)
        run = gap.cumsum()
        before = np.concatenate([[0], run])[counts.cumsum() - counts]  # of each bar's first hit
        step = run - np.repeat(before, counts)
        zigzag = low + 256 * high
        units = np.where(zigzag % 2, -(zigzag + 1) // 2, zigzag // 2)
        grid = np.zeros((2, bars, STEPS, len(VOICES)), np.float32)
        if (velocity < 1).any() or (velocity > 127).any() or (np.abs(units) > LATEST).any():
            raise ValueError("a velocity or timing that cannot be")
        grid[:, bar, step, voice] = velocity / 127, units / TIMING_UNITS
        if np.count_nonzero(grid[0]) != len(voice):
            raise ValueError("two hits in one cell")
        ends = np.cumsum([bars for bars, _ in self._wanted])
        return [
            Groove(grid[0, end - bars : end], grid[1, end - bars : end], tempo)
            for end, (bars, tempo) in zip(ends, self._wanted, strict=True)
        ]


def _session(head: dict[str, Any], hits: _Hits, name: str) -> Session:
    asked = [
        hits.ask(told["groove"]) if "groove" in told else None
        for told in [head["a"], head["b"], *head["takes"], head["lock"] or {}]
    ]
    grooves = hits.grooves()
    found = [None if i is None else grooves[i] for i in asked]
    a, b = (_deck(head[side], found[i]) for i, side in enumerate("ab"))
    takes = [_take(told, groove) for told, groove in zip(head["takes"], found[2:-1], strict=True)]
    plays, feel = head["plays"], head["feel"]
    tempo = None if head["tempo"] is None else _number(head["tempo"], *TEMPO_RANGE)
    swing = _number(head["swing"], *SWING_RANGE)
    session = Session(
        a,
        b,
        position=_number(head["position"], 0, 1),
        feel=None if feel is None else _number(feel, 0, 1),
        take=None if plays is None else takes[_whole(plays, 0, len(takes) - 1)],
        takes=takes[:MOST_TAKES],
        seed=_whole(head["seed"], 0, 2**53),
        numbered=_whole(head["numbered"], 0, 2**53),
        opening=Opening(name, tempo, swing, _lock(head["lock"], found[-1])),
    )
    names = [direction.name for direction in engine.directions()]
    session.amounts = {
        names.index(name): _number(amount, -REACH, REACH)
        for name, amount in dict(head["amounts"]).items()
        if name in names  # other weights may have other directions
    }
    return session


def _deck(told: dict[str, Any], groove: Groove | None) -> Deck:
    if groove is None:
        source = engine.demos()[told["demo"]]
    else:
        source = Source(_text(told["name"]), groove, style=_text(told["style"]))
    deck = Deck(source)
    deck.choose(_whole(told["start"], 0, LARGEST), _whole(told["bars"], 1, LARGEST))
    return deck


def _take(told: dict[str, Any], groove: Groove | None) -> Take:
    if groove is None:
        raise ValueError("a take without a groove")
    take = Take(_whole(told["number"], 0, 2**53), groove, _number(told["likeness"], 0, 1))
    return replace(take, kept=bool(told["kept"]), title=_text(told["title"]))


def _lock(told: dict[str, Any] | None, groove: Groove | None) -> Lock | None:
    if told is None:
        return None
    if groove is None:
        raise ValueError("a lock without a groove")
    voices = (_whole(voice, 0, len(VOICES) - 1) for voice in told["voices"])
    sixteenths = (_whole(at, 0, groove.bars * SIXTEENTHS - 1) for at in told["sixteenths"])
    return Lock(groove, frozenset(voices), frozenset(sixteenths))


def _number(value: object, low: float, high: float) -> float:
    """`value`, where it is a number from low to high. Raises ValueError where it is not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{value!r} is not between {low} and {high}")
    return float(value)


def _whole(value: object, low: int, high: int) -> int:
    if not isinstance(value, int):
        raise ValueError(f"{value!r} is not a whole number")
    return int(_number(value, low, high))


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise ValueError("no name")
    return value
