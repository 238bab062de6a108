"""Patterns and songs of the drum machine Hydrogen (.h2pattern, .h2song).

Instruments are found by their names; those of a pattern, which holds only their numbers, are those
of the kit that Hydrogen begins with (GMRockKit). A song plays its row of patterns once.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from beatgen.errors import BeatGenError
from beatgen.formats.sheet import MOST_NOTES, TICKS, Sheet, number, xml_of
from beatgen.groove import Groove
from beatgen.midi.names import note_of
from beatgen.midi.report import MidiReport

PER_QUARTER = 48  # ticks of Hydrogen
NUMBERED = ("GMRockKit", "GMkit")  # kits that come with it, and number their instruments alike
GM_ROCK_KIT = (36, 37, 38, 39, 40, 43, 42, 47, 44, 50, 46, 56, 51, 49, 59, 57)  # by number


def is_hydrogen(content: bytes) -> bool:
    """Whether a file is a pattern or song of Hydrogen."""
    return b"<drumkit_pattern" in content[:2000] or (
        b"<song" in content[:2000] and b"<patternList" in content
    )


def scan_hydrogen(content: bytes, steps: int, name: str) -> tuple[Groove, MidiReport]:
    """The groove of a pattern or song, and what was found in it. Raises BeatGenError where it
    cannot be read, or has no hit."""
    root = xml_of(content, name, "a pattern or song of Hydrogen")
    for part in root.iter():  # their namespace differs by version
        part.tag = part.tag.rpartition("}")[2] if isinstance(part.tag, str) else ""
    sheet = Sheet()
    notes = _instruments(root)
    patterns = {_text(found, "name", "pattern_name"): found for found in root.iter("pattern")}
    if not patterns:
        raise BeatGenError(f"{name}: no pattern found; save one that has hits.")
    row = _sequence(root) or [[next(iter(patterns))]]
    sheet.tempos.append((0, number(root.findtext("bpm"), 120)))
    swing = min(max(number(root.findtext("swing_factor"), 0), 0), 1)
    kit = _text(root, "drumkit_name", "pattern_for_drumkit")
    if root.find(".//instrumentList") is None and kit and kit not in NUMBERED:
        sheet.remarks.append(
            f"A pattern for the kit {kit[:40]}, read as one for {NUMBERED[0]}: a pattern holds "
            "only the numbers of instruments; a song (.h2song) has their names."
        )
    at = 0.0
    for group in row:
        playing = [patterns[title] for title in group if title in patterns]
        length = max((number(found.findtext("size"), 192) for found in playing), default=192)
        quarters = min(max(length, 1), 64 * PER_QUARTER) / PER_QUARTER
        _meter(sheet, at, quarters)
        for found in playing:
            _hits(sheet, found, at, quarters, notes, swing)
        if len(sheet.notes) > MOST_NOTES:
            raise BeatGenError(f"{name}: more than {MOST_NOTES:,} hits; save a part of it.")
        at += quarters
    sheet.end = round(at * TICKS)
    unknown = {note for note in notes.values() if note is None}
    if unknown:
        sheet.remarks.append("Instruments of unknown names were left out.")
    return sheet.scan(steps, name)


def _instruments(root: Element) -> dict[str, int | None]:
    """Number of each instrument -> its note."""
    notes: dict[str, int | None] = {str(i): note for i, note in enumerate(GM_ROCK_KIT)}
    listed = root.find(".//instrumentList")
    if listed is None:
        return notes
    named = {}
    for instrument in listed.iter("instrument"):
        found = note_of(instrument.findtext("name") or "")
        out = int(number(instrument.findtext("midiOutNote"), -1))
        named[_text(instrument, "id")] = found if found or not 35 <= out <= 81 else out
    return named


def _sequence(root: Element) -> list[list[str]]:
    """The patterns of a song, those that play together in one list."""
    row = root.find(".//patternSequence")
    if row is None:
        return []
    return [
        [(found.text or "").strip() for found in group.iter("patternID")]
        for group in row.iter("group")
    ]


def _meter(sheet: Sheet, at: float, quarters: float) -> None:
    """One bar as long as a pattern; long ones are of several bars in 4/4."""
    sixteenths = quarters * 4
    if sixteenths % 16 == 0 or sixteenths != int(sixteenths):
        meter = 4, 4
    else:
        meter = (int(quarters), 4) if quarters == int(quarters) else (int(sixteenths), 16)
    if not sheet.meters or sheet.meters[-1][1:] != meter:
        sheet.meters.append((round(at * TICKS), *meter))


def _hits(
    sheet: Sheet,
    pattern: Element,
    at: float,
    quarters: float,
    notes: dict[str, int | None],
    swing: float,
) -> None:
    """The hits of a pattern. swing: 0 to 1, by which each second sixteenth is late, of half of its
    length."""
    for found in pattern.iter("note"):
        place = number(found.findtext("position"), -1) / PER_QUARTER
        note = notes.get(_text(found, "instrument"))
        note = note_of(_text(found, "type")) or note
        if note is None or not 0 <= place < quarters or _text(found, "note_off") == "true":
            continue
        if place * 4 % 2 == 1:
            place += swing / 8
        lead = number(found.findtext("leadlag"), 0) * 5 / PER_QUARTER  # of five ticks
        sheet.add(at + place + lead, note, 127 * number(found.findtext("velocity"), 0.8))


def _text(part: Element, *tags: str) -> str:
    return next((text.strip() for tag in tags if (text := part.findtext(tag))), "")
