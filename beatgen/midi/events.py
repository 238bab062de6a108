"""Standard MIDI files: the events that matter of any file, and a file from events.

mido reads and writes; the checks around it are for what mido lets pass.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import mido
import numpy as np

from beatgen.errors import MOST_BARS, MidiError
from beatgen.groove import BEATS, SIXTEENTHS

Source = str | os.PathLike[str] | IO[bytes]

TICKS = 480  # ticks per beat of the files that are written
MAX_BYTES = 2**20  # larger files are no drums, and would be read for many seconds
# mido reads variable-length numbers (4 bytes at most) however long they are, in quadratic time.
ENDLESS_NUMBER = re.compile(rb"[\x80-\xff]{4096}")
CONTROLLERS = (0, 4)  # that are kept: bank, and the hi-hat's pedal
DEFAULT_TEMPO = 500_000  # microseconds per beat where a file names none (120 BPM)

# A downbeat that is played early would start before the file does. It is written on tick 0, and
# this text event beside it keeps what was cut off: "beatgen early 36:-12 42:-7" (pitch:ticks).
EARLY = "beatgen early"


@dataclass(frozen=True)
class Events:
    """What matters of a MIDI file, at absolute ticks, in order of time."""

    ticks_per_beat: int
    notes: np.ndarray  # int64 (notes, 4): tick, channel, pitch, velocity
    tempos: list[tuple[int, int]]  # tick, microseconds per beat
    meters: list[tuple[int, int, int]]  # tick, numerator, denominator
    early: dict[int, int]  # pitch -> ticks before the start
    end: int  # last tick
    controls: (
        np.ndarray
    )  # int64 (changes, 4): tick, channel, controller, value; those of CONTROLLERS
    programs: np.ndarray  # int64 (changes, 3): tick, channel, program


def read_events(source: Source, name: str) -> Events:
    """Read a file of type 0 or 1; `name` is what messages call it.

    Raises MidiError for anything that cannot be read, and for a file without notes.
    """
    file = read_file(source, name)
    notes: list[tuple[int, int, int, int]] = []
    tempos: list[tuple[int, int]] = []
    meters: list[tuple[int, int, int]] = []
    early: dict[int, int] = {}
    sent: list[tuple[int, Any]] = []  # tick and message: what a channel is set to
    end = 0
    for track in file.tracks:
        tick = 0
        for message in track:
            tick += message.time
            kind = message.type
            if kind == "note_on" and message.velocity:
                notes.append((tick, message.channel, message.note, message.velocity))
            elif kind in ("control_change", "program_change"):
                sent.append((tick, message))
            elif kind == "set_tempo":
                tempos.append((tick, max(1, message.tempo)))
            elif kind == "time_signature":
                meters.append((tick, message.numerator, message.denominator))
            elif kind == "text" and message.text.startswith(EARLY):
                early |= _early(message.text)
        end = max(end, tick)
    if not notes:
        raise MidiError(f"{name}: no notes found; expected drums on channel 10.")
    if end > MOST_BARS * BEATS * file.ticks_per_beat:
        raise MidiError(too_long(name))
    return Events(
        file.ticks_per_beat,
        np.array(sorted(notes), np.int64),
        _timeline(tempos, (0, DEFAULT_TEMPO)),
        _timeline([meter for meter in meters if meter[1]], (0, 4, 4)),  # of 0 notes it is none
        early,
        end,
        *_channels(sent),
    )


def read_file(source: Source, name: str) -> mido.MidiFile:
    """All of a file of type 0 or 1, in musical time. Raises MidiError for any other."""
    try:
        data = contents(source)
        if len(data) > MAX_BYTES:
            raise MidiError(
                f"{name}: larger than {MAX_BYTES // 2**20} MB; no drum file is. "
                "Export the drum track alone."
            )
        if not data.startswith(b"MThd"):
            raise ValueError("it does not begin like one")
        if ENDLESS_NUMBER.search(data):
            raise ValueError("a number in it does not end")
        file = mido.MidiFile(file=BytesIO(data), clip=True)
    except FileNotFoundError:
        raise MidiError(f"{name}: no such file.") from None
    except (OSError, EOFError, ValueError, LookupError, TypeError, mido.KeySignatureError) as error:
        why = getattr(error, "strerror", None) or str(error) or "it ends too early"
        raise MidiError(
            f"{name}: not a MIDI file that can be read ({why}). Export it again as a standard "
            "MIDI file (.mid)."
        ) from error
    if not file.tracks:
        raise MidiError(f"{name}: no tracks found; expected one at least. Export it again.")
    if file.type not in (0, 1):
        raise MidiError(f"{name}: MIDI type {file.type} found; type 0 and 1 are read. Save as 0.")
    if not 0 < file.ticks_per_beat < 2**15:
        raise MidiError(
            f"{name}: ticks per beat is {file.ticks_per_beat}; expected 1 to 32767 (files timed in "
            "seconds, SMPTE, are not read). Export it with musical time."
        )
    return file


def contents(source: Source) -> bytes:
    """The bytes of a file, one more than allowed at most. Raises OSError as `open` does."""
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as file:
            return file.read(MAX_BYTES + 1)
    return source.read(MAX_BYTES + 1)


def save(track: mido.MidiTrack, target: Source) -> None:
    """Write one track, in TICKS, as a type 0 file. Raises MidiError where that is not possible."""
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS, tracks=[track])
    try:
        if isinstance(target, str | os.PathLike):
            file.save(os.fspath(target))
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
    return f"{name}: it claims to be more than {MOST_BARS} bars long; the file is damaged."


def _early(text: str) -> dict[int, int]:
    """Pitch -> ticks from the text event of an early downbeat; what is malformed is ignored."""
    found = {}
    for pair in text[len(EARLY) :].split():
        pitch, _, ticks = pair.partition(":")
        if pitch.isdecimal() and ticks[:1] == "-" and ticks[1:].isdecimal() and len(ticks) < 6:
            found[int(pitch)] = int(ticks)
    return found


def _channels(sent: list[tuple[int, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """Controllers and programs in order of time; those of one tick in the order of the file."""
    sent.sort(key=lambda at: at[0])
    controls = [
        (tick, message.channel, message.control, message.value)
        for tick, message in sent
        if message.type == "control_change" and message.control in CONTROLLERS
    ]
    programs = [(t, m.channel, m.program) for t, m in sent if m.type == "program_change"]
    return np.array(controls, np.int64).reshape(-1, 4), np.array(programs, np.int64).reshape(-1, 3)


def _timeline(events: list[Any], start: Any) -> list[Any]:
    """The events in order of time, one a tick (the last one holds), one at tick 0."""
    at = {start[0]: start} | {event[0]: event for event in events}
    return [at[tick] for tick in sorted(at)]
