"""Percussion tracks of Guitar Pro 3, 4 and 5 (.gp3, .gp4, .gp5), by PyGuitarPro.

PyGuitarPro is an optional library (`pip install "beatgen[guitarpro]"`). The files themselves hold
eight loudnesses, from ppp to fff. Repeats are played out.
"""

from __future__ import annotations

import re
import struct
from io import BytesIO
from typing import Any

from beatgen.errors import BeatGenError
from beatgen.formats.repeats import Jump, Signs, play_order
from beatgen.formats.sheet import Sheet, Written
from beatgen.groove import Groove
from beatgen.midi.report import MidiReport

HEAD = re.compile(rb"FICHIER GUITAR PRO v[345]")
PER_QUARTER = 960
GRACE = 1 / 16  # quarters from a grace note to its note
JUMPS: dict[str, Jump] = {"Da Capo": "capo", "Da Segno": "segno"}


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
    order = play_order(_signs(song.measureHeaders), name)
    for track in drums:
        sheet.play([_written(measure) for measure in track.measures], order, name)
    if others := len(song.tracks) - len(drums):
        sheet.remarks.append(f"Left out {others} track{'s' * (others > 1)} without drums.")
    return sheet.scan(steps, name)


def _signs(headers: list[Any]) -> list[Signs]:
    """The repeats of a song. An ending goes on up to where its repeat closes."""
    signs: list[Signs] = []
    for i, header in enumerate(headers):
        endings = _endings(header)
        if not endings and signs and signs[-1].endings and not signs[-1].closes:
            until = next((h for h in headers[i:] if h.isRepeatOpen or h.repeatClose > 0), None)
            if until is not None and not until.isRepeatOpen and not header.isRepeatOpen:
                endings = signs[-1].endings
        mark = header.direction.name if header.direction else ""
        jump = header.fromDirection.name if header.fromDirection else ""
        signs.append(
            Signs(
                opens=header.isRepeatOpen,
                closes=max(0, header.repeatClose),
                endings=endings,
                jump=next((to for sign, to in JUMPS.items() if jump.startswith(sign)), ""),
                segno=mark == "Segno",
                coda=mark == "Coda",
                to_coda=jump == "Da Coda",
                fine=mark == "Fine",
            )
        )
    return signs


def _endings(header: Any) -> frozenset[int]:
    """The times at which a bar is played, from the bits of its ending."""
    return frozenset(time for time in range(1, 9) if header.repeatAlternative >> (time - 1) & 1)


def _written(measure: Any) -> Written:
    """One bar of a track: on a percussion string the fret is the note."""
    signature = measure.header.timeSignature
    meter = int(signature.numerator), int(signature.denominator.value)
    bar = Written(meter, 4 * meter[0] / meter[1])
    for voice in measure.voices:
        for beat in voice.beats:
            if beat.start is None:
                continue
            place = (beat.start - measure.header.start) / PER_QUARTER
            change = beat.effect.mixTableChange
            if change is not None and change.tempo is not None:
                bar.tempos.append((place, float(change.tempo.value)))
            for note in beat.notes:
                if note.type.name == "normal" and 0 <= note.value < 128:
                    _strike(note, place, bar)
    return bar


def _strike(note: Any, place: float, bar: Written) -> None:
    velocity = note.velocity * (0.5 if note.effect.ghostNote else 1)
    if note.effect.accentuatedNote or note.effect.heavyAccentuatedNote:
        velocity *= 1.2
    grace = note.effect.grace
    if grace is not None and not grace.isOnBeat:
        early = grace.fret if 27 <= grace.fret < 88 else note.value
        bar.notes.append((place - GRACE, early, velocity / 2))
    bar.notes.append((place, note.value, velocity))
