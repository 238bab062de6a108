"""Percussion tracks of Guitar Pro 3, 4 and 5 (.gp3, .gp4, .gp5), by PyGuitarPro.

PyGuitarPro is an optional library (`pip install "beatgen[guitarpro]"`). The files themselves hold
eight loudnesses, from ppp to fff. Repeats are played once.
"""

from __future__ import annotations

import re
import struct
from io import BytesIO
from typing import Any

from beatgen.errors import BeatGenError
from beatgen.formats.sheet import MOST_NOTES, TICKS, Sheet
from beatgen.groove import Groove
from beatgen.midi.report import MidiReport

HEAD = re.compile(rb"FICHIER GUITAR PRO v[345]")
START = 960  # tick of the first bar, as PyGuitarPro counts
PER_QUARTER = 960
GRACE = 1 / 16  # quarters from a grace note to its note


def is_guitarpro(content: bytes) -> bool:
    """Whether a file is of Guitar Pro 3 to 5."""
    return HEAD.search(content[:32]) is not None


def scan_guitarpro(content: bytes, steps: int, name: str) -> tuple[Groove, MidiReport]:
    """The groove of a song's percussion, and what was found in it. Raises BeatGenError where
    PyGuitarPro is not installed, and where the file cannot be read or has no percussion."""
    try:
        import guitarpro
    except ModuleNotFoundError:
        raise BeatGenError(
            f'{name}: Guitar Pro is read by PyGuitarPro; pip install "beatgen[guitarpro]".'
        ) from None
    try:
        song = guitarpro.parse(BytesIO(content))
    except (
        *(guitarpro.GPException, struct.error, EOFError, OSError),
        *(ValueError, LookupError, TypeError, AttributeError, OverflowError),
    ) as error:
        raise BeatGenError(
            f"{name}: damaged; expected Guitar Pro 3 to 5. Save it again."
        ) from error
    drums = [track for track in song.tracks if track.isPercussionTrack]
    if not drums:
        raise BeatGenError(f"{name}: no percussion track found; choose a song with drums.")
    sheet = Sheet(tempos=[(0, float(song.tempo))])
    at = 0
    for header in song.measureHeaders:
        signature = header.timeSignature
        meter = at, int(signature.numerator), int(signature.denominator.value)
        if not sheet.meters or sheet.meters[-1][1:] != meter[1:]:
            sheet.meters.append(meter)
        at += round(4 * meter[1] / meter[2] * TICKS)
    sheet.end = at
    for track in drums:
        _read(track, sheet, name)
    if others := len(song.tracks) - len(drums):
        sheet.remarks.append(f"Left out {others} track{'s' * (others > 1)} without drums.")
    if any(header.isRepeatOpen or header.repeatClose > 0 for header in song.measureHeaders):
        sheet.remarks.append("Repeats are played once.")
    return sheet.scan(steps, name)


def _read(track: Any, sheet: Sheet, name: str) -> None:
    """The hits of a track: on a percussion string the fret is the note."""
    for measure in track.measures:
        for voice in measure.voices:
            for beat in voice.beats:
                if beat.start is None:
                    continue
                place = (beat.start - START) / PER_QUARTER
                change = beat.effect.mixTableChange
                if change is not None and change.tempo is not None:
                    sheet.tempos.append((max(0, round(place * TICKS)), float(change.tempo.value)))
                for note in beat.notes:
                    if note.type.name == "normal" and 0 <= note.value < 128:
                        _strike(note, place, sheet)
        if len(sheet.notes) > MOST_NOTES:
            raise BeatGenError(f"{name}: more than {MOST_NOTES:,} hits; export a part of it.")


def _strike(note: Any, place: float, sheet: Sheet) -> None:
    velocity = note.velocity * (0.5 if note.effect.ghostNote else 1)
    if note.effect.accentuatedNote or note.effect.heavyAccentuatedNote:
        velocity *= 1.2
    grace = note.effect.grace
    if grace is not None and not grace.isOnBeat and place >= GRACE:
        sheet.add(place - GRACE, grace.fret if 27 <= grace.fret < 88 else note.value, velocity / 2)
    sheet.add(place, note.value, velocity)
