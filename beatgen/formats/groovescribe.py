"""Addresses of GrooveScribe (https://www.mikeslessons.com/gscribe), which hold their groove.

    ...?TimeSig=4/4&Div=16&Tempo=90&Measures=1&H=|x-x-x-x-x-x-x-x-|&S=|----O-------O---|&K=|o-------|

One letter for each of Div notes in four quarters; the letters are those of GrooveScribe's own
writer (js/groove_utils.js of montulli/GrooveScribe).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from beatgen.errors import BeatGenError
from beatgen.formats.sheet import TICKS, Sheet, number
from beatgen.groove import Groove
from beatgen.midi.report import MidiReport

NORMAL, ACCENT, GHOST = 85, 120, 50  # velocities, as GrooveScribe plays them
HANDS = {
    "x": (42, NORMAL),
    "X": (42, ACCENT),
    "o": (46, NORMAL),
    "O": (46, ACCENT),
    "c": (49, ACCENT),
    "r": (51, NORMAL),
    "R": (51, ACCENT),
    "b": (53, NORMAL),
    "m": (56, NORMAL),
    "s": (52, NORMAL),
    "+": (42, NORMAL),
    "n": (33, NORMAL),
    "N": (34, NORMAL),
}
SNARE = {
    "o": (38, NORMAL),
    "O": (38, ACCENT),
    "g": (38, GHOST),
    "x": (37, NORMAL),
    "X": (37, ACCENT),
    "f": (38, ACCENT),
    "d": (38, NORMAL),
    "b": (38, NORMAL),
    "B": (38, NORMAL),
}
KICK = {"o": (36, NORMAL), "O": (36, ACCENT), "x": (44, NORMAL), "X": (36, NORMAL)}
ROWS: dict[str, dict[str, tuple[int, int]]] = {
    "H": HANDS,
    "S": SNARE,
    "K": KICK,
    "T1": dict.fromkeys("ox", (50, NORMAL)) | dict.fromkeys("OX", (50, ACCENT)),
    "T2": dict.fromkeys("ox", (47, NORMAL)) | dict.fromkeys("OX", (47, ACCENT)),
    "T3": dict.fromkeys("ox", (45, NORMAL)) | dict.fromkeys("OX", (45, ACCENT)),
    "T4": dict.fromkeys("ox", (43, NORMAL)) | dict.fromkeys("OX", (43, ACCENT)),
}
MOST_BYTES = 2**14
# A line that is an address; a shortcut of Windows (.url) has it behind URL=
ADDRESS = re.compile(
    rb"^[ \t]*(?:URL=)?(\S*\?\S*?\b[HSK]=(?:\||%7C)\S+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
GRACE = 1 / 32  # quarters from one grace note to the next stroke


def is_groovescribe(content: bytes) -> bool:
    """Whether a text is an address that holds a groove.

    >>> is_groovescribe(b"https://www.mikeslessons.com/groove/?TimeSig=4/4&H=|x-x-|&K=|o---|")
    True
    """
    return ADDRESS.search(content[:MOST_BYTES]) is not None


def scan_groovescribe(content: bytes, steps: int, name: str) -> tuple[Groove, MidiReport]:
    """The groove of an address, and what was found in it. Raises BeatGenError where it holds
    none."""
    found = ADDRESS.search(content[:MOST_BYTES])
    if found is None:
        raise BeatGenError(f"{name}: no address of a groove found; copy it from GrooveScribe.")
    query = parse_qs(urlsplit(found[1].decode("utf-8", "replace").replace("+", "%2B")).query)
    field = {key.upper(): values[0] for key, values in query.items()}
    meter = field.get("TIMESIG", "4/4")
    count, _, unit = meter.partition("/")
    if not (count.isdecimal() and unit in ("2", "4", "8", "16") and 0 < int(count) < 16):
        raise BeatGenError(f"{name}: a meter of {meter[:12]!r}; expected one such as 4/4.")
    bar = 4 * int(count) / int(unit)
    sheet = Sheet(meters=[(0, int(count), int(unit))])
    sheet.tempos.append((0, number(field.get("TEMPO"), 80)))
    swing = min(max(number(field.get("SWING"), 0), 0), 100) / 100
    division = field.get("DIV", "16")
    per_quarter = number(division, 0) / 4
    if per_quarter not in (1, 2, 3, 4, 6, 8, 12, 16):
        raise BeatGenError(f"{name}: Div={division[:8]}; expected 4 to 64 notes in a bar.")
    size = max(1, round(bar * per_quarter))
    bars = 0
    for row, letters in ROWS.items():
        cells = field.get(row, "").replace("|", "").replace("!", "")
        bars = max(bars, -(-len(cells) // size))
        for place, letter in enumerate(cells):
            if letter not in letters:
                continue
            at = _swung(place / per_quarter, per_quarter, swing)
            _strike(sheet, row, letter, at, *letters[letter])
    sheet.end = round(bars * bar * TICKS)
    return sheet.scan(steps, name)


def _swung(at: float, per_quarter: float, swing: float) -> float:
    """A place in quarters, as GrooveScribe swings it: of two sixteenths, or eighths where there are
    no sixteenths, the second is late by a share of its length. Triplets are not swung."""
    if per_quarter % 3 == 0:
        return at
    length = 1 / min(per_quarter, 4)
    pair, phase = divmod(at / length, 2)
    late = swing * (min(phase, 1) - max(phase - 1, 0))
    return (2 * pair + phase + late) * length


def _strike(sheet: Sheet, row: str, letter: str, at: float, note: int, velocity: int) -> None:
    """A hit, with what else its letter stands for: a flam, a drag, a foot on the hat as well."""
    sheet.add(at, note, velocity)
    if row == "S" and letter in "fd":
        for before in range(1, 2 if letter == "f" else 3):
            if at >= before * GRACE:
                sheet.add(at - before * GRACE, note, GHOST)
    if row == "K" and letter == "X":
        sheet.add(at, 44, NORMAL)
