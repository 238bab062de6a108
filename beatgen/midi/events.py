"""Standard MIDI files: the events that matter of any file, and a file from events.

Files are read by a parser of our own, for drums must not be lost to a damaged key signature, nor a
megabyte of notes hold the page for many seconds; mido writes.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import mido
import numpy as np

from beatgen.errors import MOST_BARS, BeatGenError, MidiError, shown
from beatgen.files import write_whole
from beatgen.groove import BEATS, SIXTEENTHS

Source = str | os.PathLike[str] | IO[bytes]

TICKS = 480  # ticks per beat of the files that are written
MAX_BYTES = 2**20  # larger files are no drums
MOST_NOTES = 2**17  # of all instruments; a megabyte may hold three times as many
DEFAULT_TEMPO = 500_000  # microseconds per beat where a file names none (120 BPM)
FINEST_METER = 6  # power of two of the smallest beat of a meter: a 64th
BANKS = (0, 32)  # controllers that choose a bank, coarse and fine
PEDAL = 4  # the controller of the foot: how far a hi-hat is open
KEPT_CONTROLLERS = frozenset((*BANKS, PEDAL))

# Text events beside the first tick, by which a file that was written here is read as the same
# groove. Behind them stand pairs of pitch and ticks.
EARLY = "beatgen early"  # "36:-12": of the note at the start, what was cut off (older files)
LOOP = "beatgen loop"  # "36:-12 42:7": early hits at the file's end, late ones at its start
PICKUP = "beatgen pickup"  # the first bar holds early hits of the second alone
MARKS = (EARLY, LOOP, PICKUP)

REAL_TIME = frozenset({0xF8, 0xFA, 0xFB, 0xFC, 0xFE})  # of a cable: in no file, but in some
# What ends a system exclusive message that makes a part play drums. Roland GS: address 40 1n 15,
# then the map, 0 for none; Yamaha XG: multi part nn, parameter 7, then the mode, 0 for none.
GS, XG = bytes.fromhex("411042 12 40"), bytes.fromhex("43104C 08")


@dataclass
class Events:
    """What matters of a MIDI file, at absolute ticks, in order of time. Channels count from 0.

    notes: int64 (notes, 4): tick, channel, pitch, velocity. tracks: int64 (notes,): the track of
    each. controls: int64 (n, 4): tick, channel, controller, value, of KEPT_CONTROLLERS. programs:
    int64 (n, 3): tick, channel, program. touches: int64 (n, 4): tick, channel, pitch, pressure of
    the key alone. tempos: tick, microseconds per beat. meters: tick, numerator, denominator.
    strange: meters that cannot be and are ignored. rhythm: channels that a system exclusive message
    gives to drums. names: of the tracks. marks: of MARKS, with their pairs of pitch and ticks. end:
    last tick of the music: an end of track that is only that of the last note is none. last: tick
    of the very last event.
    """

    ticks_per_beat: int
    notes: np.ndarray
    tracks: np.ndarray
    controls: np.ndarray
    programs: np.ndarray
    touches: np.ndarray
    tempos: list[tuple[int, int]]
    meters: list[tuple[int, int, int]]
    strange: tuple[str, ...]
    rhythm: frozenset[int]
    names: dict[int, str]
    marks: dict[str, list[tuple[int, int]]]
    end: int
    last: int

    @property
    def seconds(self) -> float:
        """When the last event is due."""
        starts = [tick for tick, _ in self.tempos]
        ends = [*starts[1:], max(self.last, starts[-1])]
        spans = zip(starts, ends, self.tempos, strict=True)
        return sum(
            (min(end, self.last) - min(start, self.last)) * tempo / self.ticks_per_beat / 1e6
            for start, end, (_, tempo) in spans
        )


def read_events(source: Source, name: str) -> Events:
    """Read a file of type 0 or 1; `name` is what messages call it.

    Raises MidiError for anything that cannot be read, and for a file without notes.
    """
    events = read_file(source, name)
    if not len(events.notes):
        raise MidiError(f"{name}: no notes found; expected drums on channel 10.")
    if events.end > MOST_BARS * BEATS * events.ticks_per_beat:
        raise MidiError(too_long(name))
    return events


def read_file(source: Source, name: str) -> Events:
    """All of a file of type 0 or 1, in musical time, with notes or without. Raises MidiError for
    any other."""
    try:
        data = contents(source)
        if len(data) > MAX_BYTES:
            raise MidiError(
                f"{name}: larger than {MAX_BYTES // 2**20} MB, more than is read. "
                "Export the drum track alone."
            )
        if not isinstance(data, bytes) or not data.startswith(b"MThd"):
            raise MidiError(
                f"{name}: not a MIDI file. Export the drums as a standard MIDI file (.mid)."
            )
        kind, ticks_per_beat, tracks = _chunks(data)
        _check_head(kind, ticks_per_beat, len(tracks), name)
        found = _Found()
        for number, (start, end) in enumerate(tracks):
            _read_track(data, start, end, number, found)
            if len(found.notes) > MOST_NOTES:
                raise MidiError(
                    f"{name}: more notes than the {MOST_NOTES:,} that are read; export the drum "
                    "track alone, or a part of it."
                )
    except FileNotFoundError:
        raise MidiError(f"{name}: no such file.") from None
    except (OSError, EOFError, IndexError, ValueError) as error:
        ends = isinstance(error, EOFError | IndexError)
        why = "it ends too early" if ends else getattr(error, "strerror", None) or str(error)
        raise MidiError(
            f"{name}: not a MIDI file that can be read ({why}). Export it again as a standard "
            "MIDI file (.mid)."
        ) from error
    return found.events(ticks_per_beat)


def contents(source: Source) -> bytes:
    """The bytes of a file, one more than allowed at most. Raises OSError as `open` does, and
    BeatGenError for what is neither a path nor a file."""
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as file:
            return file.read(MAX_BYTES + 1)
    if not hasattr(source, "read"):
        raise BeatGenError(f"{shown(source)} given; expected a path or an open file.")
    return source.read(MAX_BYTES + 1)


def save(track: mido.MidiTrack, target: Source) -> None:
    """Write one track, in TICKS, as a type 0 file. Raises MidiError where that is not possible."""
    if not isinstance(target, str | os.PathLike) and not hasattr(target, "write"):
        raise MidiError(f"{shown(target)} given; expected a path or an open file to write to.")
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS, tracks=[track])
    try:
        if isinstance(target, str | os.PathLike):
            content = io.BytesIO()
            file.save(file=content)
            write_whole(target, content.getvalue())
        else:
            file.save(file=target)
    except OSError as error:
        where = target if isinstance(target, str | os.PathLike) else name_of(target)
        raise MidiError(f"{where}: cannot be written ({error.strerror}).") from error


def name_of(source: Source, nameless: str = "MIDI data") -> str:
    """What to call a file in messages; `nameless` where it has no name."""
    if isinstance(source, str | os.PathLike):
        return Path(source).name
    return Path(str(getattr(source, "name", nameless))).name


def lead(ticks_per_beat: int, steps: int) -> float:
    """How many ticks before its bar line a bar begins: half a sixteenth, or half a step if longer.

    A hit belongs to the bar of its nearest sixteenth, since most downbeats are played early.
    """
    return ticks_per_beat * BEATS / min(steps, SIXTEENTHS) / 2


def too_long(name: str) -> str:
    """The sentence for a file of more than MOST_BARS."""
    return f"{name}: longer than {MOST_BARS:,} bars, the most that are read; export a part of it."


# The parser ---------------------------------------------------------------------------------------


@dataclass
class _Found:
    """What has been read so far, of all tracks."""

    notes: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    controls: list[tuple[int, int, int, int]] = field(default_factory=list)
    programs: list[tuple[int, int, int]] = field(default_factory=list)
    touches: list[tuple[int, int, int, int]] = field(default_factory=list)
    tempos: list[tuple[int, int]] = field(default_factory=list)
    meters: list[tuple[int, int, int]] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    rhythm: set[int] = field(default_factory=set)
    names: dict[int, str] = field(default_factory=dict)
    marks: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    end: int = 0
    last: int = 0

    def events(self, ticks_per_beat: int) -> Events:
        notes = _table(self.notes, 5)
        return Events(
            ticks_per_beat,
            notes[:, :4],
            notes[:, 4],
            _table(self.controls, 4),
            _table(self.programs, 3),
            _table(self.touches, 4),
            _timeline(self.tempos, (0, DEFAULT_TEMPO)),
            _timeline(self.meters, (0, BEATS, 4)),
            tuple(dict.fromkeys(self.strange)),
            frozenset(self.rhythm),
            self.names,
            self.marks,
            self.end,
            self.last,
        )


def _chunks(data: bytes) -> tuple[int, int, list[tuple[int, int]]]:
    """Type, ticks per beat, and where each track stands. Chunks of other kinds are passed over, as
    the standard asks for. Raises EOFError where a track is missing or cut off."""
    if len(data) < 14:
        raise EOFError
    length, kind, count, ticks_per_beat = struct.unpack(">Ihhh", data[4:14])
    at = 8 + length
    tracks: list[tuple[int, int]] = []
    while len(tracks) < count:
        if len(data) < at + 8:
            raise EOFError
        (length,) = struct.unpack(">I", data[at + 4 : at + 8])
        start, at = at + 8, at + 8 + length
        if at > len(data):
            raise EOFError
        if data[start - 8 : start - 4] == b"MTrk":
            tracks.append((start, at))
    return kind, ticks_per_beat, tracks


def _check_head(kind: int, ticks_per_beat: int, tracks: int, name: str) -> None:
    if not tracks:
        raise MidiError(f"{name}: no tracks found; expected one at least. Export it again.")
    if kind not in (0, 1) and (kind != 2 or tracks > 1):  # of type 2, each track is a piece
        raise MidiError(f"{name}: MIDI type {kind} found; type 0 and 1 are read. Save as 0.")
    if ticks_per_beat <= 0:
        raise MidiError(
            f"{name}: ticks per beat is {ticks_per_beat}; expected 1 to 32767 (files timed in "
            "seconds, SMPTE, are not read). Export it with musical time."
        )


def _read_track(data: bytes, at: int, end: int, track: int, found: _Found) -> None:
    """Read one track, which stands at these bytes. Raises IndexError or EOFError where it ends
    within an event, and ValueError for what is no event."""
    tick = status = 0
    sounded = released = elsewhere = 0  # last tick of a note-on, other channel event, meta event
    notes = found.notes
    data = data[:end]  # an event does not go on in the next chunk
    while at < end:
        wait = data[at]
        at += 1
        if wait >= 0x80:
            wait, at = _number(data, at - 1)
        tick += wait
        byte = data[at]
        if byte in REAL_TIME:
            at += 1
            continue
        if byte >= 0xF0:
            at, ends = _read_other(data, at, tick, track, found)
            elsewhere = tick
            if ends:
                break
            continue
        if byte >= 0x80:
            status = byte
            at += 1
        elif not status:
            raise ValueError(f"byte {at} is of no event")
        if status >> 4 == 9 and data[at + 1]:
            notes.append((tick, status & 15, min(data[at], 127), min(data[at + 1], 127), track))
            sounded = tick
            at += 2
        else:
            at = _read_controller(data, status, at, tick, found)
            released = tick
    # Where nothing but the end of the track comes at its last tick, the clip is as long as that.
    length = elsewhere if elsewhere > max(sounded, released) else sounded
    found.end = max(found.end, length)
    found.last = max(found.last, tick)


def _read_controller(data: bytes, status: int, at: int, tick: int, found: _Found) -> int:
    """Read what a channel is sent beside its note-ons; where the next event begins."""
    kind, channel = status >> 4, status & 15
    first = min(data[at], 127)
    if kind in (0xC, 0xD):  # a program; the pressure of a whole channel
        if kind == 0xC:
            found.programs.append((tick, channel, first))
        return at + 1
    second = min(data[at + 1], 127)
    if kind == 0xB and first in KEPT_CONTROLLERS:
        found.controls.append((tick, channel, first, second))
    elif kind == 0xA:
        found.touches.append((tick, channel, first, second))
    return at + 2


def _read_other(data: bytes, at: int, tick: int, track: int, found: _Found) -> tuple[int, bool]:
    """Read a meta event or system exclusive message; where the next event begins, and whether this
    was the end of the track. What is damaged in itself is passed over, for its length stands
    before it."""
    status, kind = data[at], -1
    at += 1
    if status == 0xFF:
        kind = data[at]
        at += 1
    elif status not in (0xF0, 0xF7):
        raise ValueError(f"byte {at} is of no event")
    length, at = _number(data, at)
    if at + length > len(data):
        raise EOFError
    content = data[at : at + length]
    if kind == 0x51 and length >= 3:
        found.tempos.append((tick, max(1, int.from_bytes(content[:3], "big"))))
    elif kind == 0x58 and length >= 2:
        numerator, power = content[0], content[1]
        if numerator and power <= FINEST_METER:
            found.meters.append((tick, numerator, 2**power))
        else:
            found.strange.append(f"{numerator}/{2**power}" if power < 8 else f"{numerator}/?")
    elif kind == 0x03:
        found.names.setdefault(track, content.decode("latin-1").strip())
    elif kind == 0x01:
        text = content.decode("latin-1")
        found.marks |= {mark: _pairs(text, mark) for mark in MARKS if text.startswith(mark)}
    elif status == 0xF0:
        found.rhythm |= set(_given_to_drums(content))
    return at + length, kind == 0x2F


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where what follows it begins. Raises ValueError for one of
    more than four bytes, which no file may have."""
    number = 0
    for place in range(at, at + 4):
        byte = data[place]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, place + 1
    raise ValueError("a number in it does not end")


def _given_to_drums(message: bytes) -> Iterator[int]:
    """The channel that a system exclusive message gives to drums."""
    if message.startswith(GS) and len(message) >= 8 and message[5] >> 4 == 1 and message[6] == 0x15:
        part = message[5] & 0x0F  # counted 10, 1 to 9, 11 to 16
        if message[7]:
            yield 9 if part == 0 else part - 1 if part < 10 else part
    elif message.startswith(XG) and len(message) >= 7:
        part, parameter, mode = message[4:7]
        if part < 16 and parameter == 7 and mode:
            yield part


def _pairs(text: str, mark: str) -> list[tuple[int, int]]:
    """Pitches and ticks of the text event of a mark; what is malformed is ignored."""
    found = []
    for pair in text[len(mark) :].split():
        pitch, _, ticks = pair.partition(":")
        size = ticks.removeprefix("-")
        if pitch.isdecimal() and size.isdecimal() and len(size) < 6:
            found.append((int(pitch), int(ticks)))
    return found


def _table(rows: list[Any], columns: int) -> np.ndarray:
    """Rows as int64, in order of time, then of the other columns."""
    table = np.array(rows, np.int64).reshape(-1, columns)
    return table[np.lexsort(table.T[::-1])]


def _timeline(events: list[Any], start: Any) -> list[Any]:
    """The events in order of time, one a tick (the last one holds), one at tick 0."""
    at = {start[0]: start} | {event[0]: event for event in events}
    return [at[tick] for tick in sorted(at)]
