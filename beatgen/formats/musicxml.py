"""Drum parts of MusicXML (.musicxml, .xml, .mxl): notes without pitch, each of an instrument.

What is played is the instrument of a note and the note that its part gives it (`midi-unpitched`);
where a note names none, its place on the five lines and its head say it, as most drum parts are
written. Repeats are played once.
"""

from __future__ import annotations

import zlib
from io import BytesIO
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

from beatgen.errors import BeatGenError
from beatgen.formats.sheet import MOST_NOTES, TICKS, Sheet, number, xml_of
from beatgen.groove import Groove
from beatgen.midi.report import MidiReport

MOST_BYTES = 2**24  # of a score when it is unpacked
NORMAL = 90  # velocity of a note without dynamics, as MusicXML has it
GRACE = 1 / 16  # quarters from a grace note to its note
# Place of a note -> its General MIDI note: with a plain head, and with a cross.
PLACES: dict[str, tuple[int, int]] = {
    "D4": (44, 44),
    "E4": (35, 35),
    "F4": (36, 36),
    "G4": (43, 43),
    "A4": (43, 43),
    "B4": (45, 45),
    "C5": (38, 37),
    "D5": (47, 47),
    "E5": (48, 48),
    "F5": (50, 51),
    "G5": (50, 42),
    "A5": (49, 49),
    "B5": (57, 57),
    "C6": (52, 52),
}


def is_musicxml(content: bytes) -> bool:
    """Whether a file is MusicXML, packed or not."""
    if content[:2] == b"PK":
        return b"META-INF/container.xml" in content
    head = content[:4096].replace(b"\0", b"")
    return b"<score-partwise" in head or b"<score-timewise" in head


def scan_musicxml(content: bytes, steps: int, name: str) -> tuple[Groove, MidiReport]:
    """The groove of the drum parts of a score, and what was found in it. Raises BeatGenError where
    it cannot be read, or has no drum part."""
    root = xml_of(_unpacked(content, name), name, "MusicXML")
    if root.tag != "score-partwise":
        raise BeatGenError(f"{name}: a score by bars; expected one by parts (score-partwise).")
    instruments = {
        found.get("id", ""): int(number(found.findtext("midi-unpitched"), 0)) - 1
        for found in root.iter("midi-instrument")
    }
    sheet = Sheet()
    others = 0
    for part in root.findall("part"):
        if part.find(".//unpitched") is None and not _plays_drums(root, part):
            others += 1
        else:
            _Part(sheet, instruments, name).read(part)
    if others and sheet.notes:
        sheet.remarks.append(f"Left out {others} part{'s' * (others > 1)} without drums.")
    if root.find(".//repeat") is not None:
        sheet.remarks.append("Repeats are played once.")
    if not sheet.notes:
        raise BeatGenError(f"{name}: no drum part found; expected a part of unpitched notes.")
    return sheet.scan(steps, name)


class _Part:
    """One part, read measure by measure."""

    def __init__(self, sheet: Sheet, instruments: dict[str, int], name: str) -> None:
        self.sheet, self.instruments, self.name = sheet, instruments, name
        self.divisions, self.velocity, self.meter = 1.0, float(NORMAL), (4, 4)
        self.at = self.struck = 0.0  # in quarters: of what comes next, of the last note
        self.graces: list[tuple[int, float]] = []

    def read(self, part: Element) -> None:
        start = 0.0
        for measure in part.findall("measure"):
            self.at = self.furthest = start
            for found in measure:
                self._take(found)
                self.furthest = max(self.furthest, self.at)
            whole = 4 * self.meter[0] / self.meter[1]
            played = self.furthest - start
            start += played if 0 < played < whole and measure.get("implicit") == "yes" else whole
            self.sheet.end = max(self.sheet.end, round(start * TICKS))
            if len(self.sheet.notes) > MOST_NOTES:
                raise BeatGenError(
                    f"{self.name}: more than {MOST_NOTES:,} hits; export a part of it."
                )

    def _take(self, found: Element) -> None:
        """One element of a measure."""
        if found.tag == "note":
            self._note(found)
        elif found.tag in ("backup", "forward"):
            way = -1 if found.tag == "backup" else 1
            self.at = max(0.0, self.at + way * self._length(found))
        elif found.tag == "attributes":
            self.divisions = max(number(found.findtext("divisions"), self.divisions), 1e-3)
            time = found.find("time")
            if time is not None:
                self._time(time)
        elif found.tag in ("direction", "sound"):
            sound = found if found.tag == "sound" else found.find("sound")
            if sound is not None:
                self._sound(sound)

    def _time(self, time: Element) -> None:
        beats = sum(int(number(n, 0)) for n in (time.findtext("beats") or "").split("+"))
        unit = int(number(time.findtext("beat-type"), 4))
        if 0 < beats < 256 and unit in (1, 2, 4, 8, 16, 32, 64):
            self.meter = beats, unit
            self.sheet.meters.append((round(self.at * TICKS), beats, unit))

    def _sound(self, sound: Element) -> None:
        if sound.get("tempo"):
            tempo = number(sound.get("tempo"), 120)
            self.sheet.tempos.append((round(self.at * TICKS), tempo))
        if sound.get("dynamics"):  # per cent of the usual velocity
            self.velocity = NORMAL * number(sound.get("dynamics"), 100) / 100

    def _note(self, note: Element) -> None:
        """A note, rest or grace note."""
        grace, chord = note.find("grace") is not None, note.find("chord") is not None
        place = self.struck if chord else self.at
        if not chord and not grace:
            self.struck = self.at
            self.at += self._length(note)
        sounds = note.find("rest") is None and not any(
            tie.get("type") == "stop" for tie in note.findall("tie")
        )
        pitch = self._pitch(note)
        if not sounds or pitch is None:
            return
        velocity = self.velocity
        if note.get("dynamics"):
            velocity = NORMAL * number(note.get("dynamics"), 100) / 100
        elif note.find(".//accent") is not None or note.find(".//strong-accent") is not None:
            velocity *= 1.3
        elif (head := note.find("notehead")) is not None and head.get("parentheses") == "yes":
            velocity *= 0.45  # a ghost note
        if grace:
            self.graces.append((pitch, velocity * 0.6))
            return
        for before, (early, soft) in enumerate(reversed(self.graces), start=1):
            if place >= before * GRACE:
                self.sheet.add(place - before * GRACE, early, soft)
        self.graces.clear()
        self.sheet.add(place, pitch, velocity)

    def _pitch(self, note: Element) -> int | None:
        """The General MIDI note of a note, by its instrument or by its place."""
        instrument = note.find("instrument")
        if instrument is not None:
            found = self.instruments.get(instrument.get("id", ""), -1)
            if 0 <= found < 128:
                return found
        step, octave = (note.findtext(f"unpitched/display-{part}") for part in ("step", "octave"))
        plain, crossed = PLACES.get(f"{step}{octave}", (None, None))
        head = (note.findtext("notehead") or "").strip()
        return crossed if head in ("x", "cross", "circle-x") else plain

    def _length(self, found: Element) -> float:
        return max(0.0, number(found.findtext("duration"), 0)) / self.divisions


def _plays_drums(root: Element, part: Element) -> bool:
    """Whether a part without unpitched notes is on channel 10."""
    for listed in root.iter("score-part"):
        if listed.get("id") == part.get("id"):
            return any(found.text == "10" for found in listed.iter("midi-channel"))
    return False


def _unpacked(content: bytes, name: str) -> bytes:
    """The score of a packed file (.mxl); of another the file itself."""
    if content[:2] != b"PK":
        return content
    try:
        with ZipFile(BytesIO(content)) as archive:
            container = xml_of(archive.read("META-INF/container.xml"), name, "MusicXML")
            files = (found.get("full-path") for found in container.iter() if found.get("full-path"))
            path = next(file for file in files if file)
            if archive.getinfo(path).file_size > MOST_BYTES:
                raise BeatGenError(f"{name}: larger than 16 MB unpacked; export the drums alone.")
            return archive.read(path)
    except (BadZipFile, KeyError, StopIteration, zlib.error, OSError, RuntimeError) as error:
        raise BeatGenError(f"{name}: no score found in it; export it as .musicxml.") from error
