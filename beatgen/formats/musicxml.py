"""Drum parts of MusicXML (.musicxml, .xml, .mxl): notes without pitch, each of an instrument.

What is played is the instrument of a note and the note that its part gives it (`midi-unpitched`);
where a note names none, its place on the five lines and its head say it, as most drum parts are
written. Repeats, endings and jumps are played out, and bars that stand for those before them; rolls
(tremolo) are struck as fast as they are written.
"""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree.ElementTree import Element, SubElement
from zipfile import ZipFile

from beatgen.errors import UNREADABLE, BeatGenError
from beatgen.formats.repeats import Signs, play_order
from beatgen.formats.sheet import Sheet, Written, number, xml_of
from beatgen.groove import Groove
from beatgen.midi.report import MidiReport

MOST_BYTES = 2**24  # of a score when it is unpacked
NORMAL = 90  # velocity of a note without dynamics, as MusicXML has it
GRACE = 1 / 16  # quarters from a grace note to its note
MOST_TIMES = 64  # that a repeat is played
BEATS = {"whole": 1, "half": 2, "quarter": 4, "eighth": 8, "16th": 16}  # units of a tempo
FLAGS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4}  # of a note
MOST_BEAMS, MOST_STROKES = 4, 256  # of a roll
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
    if root.tag == "score-timewise":
        _by_parts(root)
    elif root.tag != "score-partwise":
        raise BeatGenError(f"{name}: no score found in it; export it as .musicxml.")
    instruments = {
        found.get("id", ""): int(number(found.findtext("midi-unpitched"), 0)) - 1
        for found in root.iter("midi-instrument")
    }
    sheet = Sheet()
    parts = root.findall("part")
    order = play_order(_signs(parts), name)
    others = 0
    for part in parts:
        if part.find(".//unpitched") is None and not _plays_drums(root, part):
            others += 1
        else:
            bars = _Part(instruments).read(part)
            sheet.play(bars, [i for i in order if i < len(bars)], name)
    if others and sheet.notes:
        sheet.remarks.append(f"Left out {others} part{'s' * (others > 1)} without drums.")
    if not sheet.notes:
        raise BeatGenError(f"{name}: no drum part found; expected a part of unpitched notes.")
    return sheet.scan(steps, name)


def _by_parts(root: Element) -> None:
    """Turn a score by bars, each with its parts, into one by parts, each with its bars."""
    parts: dict[str, Element] = {}
    for measure in root.findall("measure"):
        for part in measure.findall("part"):
            label = part.get("id", "")
            found = parts.setdefault(label, Element("part", {"id": label}))
            bar = SubElement(found, "measure", measure.attrib)
            bar.extend(part)
    root.extend(parts.values())


def _signs(parts: list[Element]) -> list[Signs]:
    """The repeats of a score: signs stand in any of its parts, mostly in all."""
    signs = [Signs() for _ in range(max((len(p.findall("measure")) for p in parts), default=0))]
    for part in parts:
        endings: frozenset[int] = frozenset()
        for measure, sign in zip(part.findall("measure"), signs, strict=False):
            ends = False
            for ending in measure.iter("ending"):
                if ending.get("type") == "start":
                    numbers = re.findall(r"\d+", ending.get("number", ""))
                    endings = frozenset(int(n) for n in numbers if 0 < int(n) < MOST_TIMES)
                else:
                    ends = True
            sign.endings |= endings
            endings = frozenset() if ends else endings
            for repeat in measure.iter("repeat"):
                if repeat.get("direction") == "forward":
                    sign.opens = True
                else:
                    times = int(number(repeat.get("times"), 2))
                    sign.closes = min(max(times - 1, 1), MOST_TIMES)
            for sound in measure.iter("sound"):
                _jump(sound, sign)
    return signs


def _jump(sound: Element, sign: Signs) -> None:
    if sound.get("dacapo") == "yes":
        sign.jump = "capo"
    elif sound.get("dalsegno"):
        sign.jump = "segno"
    sign.segno |= sound.get("segno") is not None
    sign.coda |= sound.get("coda") is not None
    sign.to_coda |= sound.get("tocoda") is not None
    sign.fine |= sound.get("fine") is not None


class _Part:
    """One part, read measure by measure."""

    def __init__(self, instruments: dict[str, int]) -> None:
        self.instruments = instruments
        self.divisions, self.velocity, self.meter = 1.0, float(NORMAL), (4, 4)
        self.at = self.struck = 0.0  # quarters from the bar line: of what comes next, the last note
        self.graces: list[tuple[int, float]] = []
        self.bar = Written(self.meter, 4.0)
        self.repeated = 0  # how many bars a sign plays again in place of those written

    def read(self, part: Element) -> list[Written]:
        bars: list[Written] = []
        for measure in part.findall("measure"):
            self.at = furthest = 0.0
            self.bar = Written(self.meter, 4.0)
            for found in measure:
                self._take(found)
                furthest = max(furthest, self.at)
            whole = 4 * self.meter[0] / self.meter[1]
            self.bar.meter, self.bar.length = self.meter, whole
            if measure.get("implicit") == "yes" and 0 < furthest < whole:  # a pick-up
                self.bar.meter, self.bar.length = _meter_of(furthest), furthest
            if self.repeated and len(bars) >= self.repeated and not self.bar.notes:
                self.bar.notes = bars[-self.repeated].notes
            bars.append(self.bar)
        return bars

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
            repeat = found.find("measure-style/measure-repeat")
            if repeat is not None:
                begins = repeat.get("type") == "start"
                self.repeated = max(0, int(number(repeat.text, 1))) if begins else 0
        elif found.tag in ("direction", "sound"):
            sound = found if found.tag == "sound" else found.find("sound")
            if sound is not None:
                self._sound(sound)
            mark = found.find("direction-type/metronome")
            if mark is not None and (sound is None or not sound.get("tempo")):
                self._metronome(mark)

    def _time(self, time: Element) -> None:
        beats = sum(int(number(n, 0)) for n in (time.findtext("beats") or "").split("+"))
        unit = int(number(time.findtext("beat-type"), 4))
        if 0 < beats < 256 and unit in (1, 2, 4, 8, 16, 32, 64):
            self.meter = beats, unit

    def _sound(self, sound: Element) -> None:
        if sound.get("tempo"):
            self.bar.tempos.append((self.at, number(sound.get("tempo"), 120)))
        if sound.get("dynamics"):  # per cent of the usual velocity
            self.velocity = NORMAL * number(sound.get("dynamics"), 100) / 100

    def _metronome(self, mark: Element) -> None:
        """A tempo that is only written: so many beats of a kind a minute."""
        beat = 4.0 / BEATS.get((mark.findtext("beat-unit") or "").strip(), 4)
        beat *= 1.5 if mark.find("beat-unit-dot") is not None else 1
        tempo = number(mark.findtext("per-minute"), 0) * beat
        if tempo > 0:
            self.bar.tempos.append((self.at, tempo))

    def _note(self, note: Element) -> None:
        """A note, rest or grace note."""
        grace, chord = note.find("grace") is not None, note.find("chord") is not None
        place = self.struck if chord else self.at
        if not chord and not grace:
            self.struck = self.at
            self.at += self._length(note)
        silent = note.find("rest") is not None or note.find("cue") is not None
        sounds = not silent and not any(tie.get("type") == "stop" for tie in note.findall("tie"))
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
            self.bar.notes.append((place - before * GRACE, early, soft))
        self.graces.clear()
        for stroke in self._strokes(note):
            self.bar.notes.append((place + stroke, pitch, velocity))

    def _strokes(self, note: Element) -> list[float]:
        """Where a note is struck, in quarters from its place: a roll more than once."""
        tremolo = note.find(".//tremolo")
        if tremolo is None or tremolo.get("type", "single") != "single":
            return [0.0]
        beams = FLAGS.get((note.findtext("type") or "").strip(), 0) + number(tremolo.text, 3)
        apart = 1 / 2 ** min(max(beams, 0), MOST_BEAMS)
        return [i * apart for i in range(max(1, round(self._length(note) / apart)))][:MOST_STROKES]

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


def _meter_of(quarters: float) -> tuple[int, int]:
    """The meter of a bar so long, to the nearest sixteenth."""
    sixteenths = max(1, round(quarters * 4))
    return (sixteenths // 4, 4) if sixteenths % 4 == 0 else (sixteenths, 16)


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
            container = xml_of(_member(archive, "META-INF/container.xml", name), name, "MusicXML")
            files = (found.get("full-path") for found in container.iter() if found.get("full-path"))
            path = next(file for file in files if file)
            return _member(archive, path, name)
    except (*UNREADABLE, StopIteration, RuntimeError) as error:
        raise BeatGenError(f"{name}: no score found in it; export it as .musicxml.") from error


def _member(archive: ZipFile, path: str, name: str) -> bytes:
    """One file of a packed one, which may be far larger unpacked."""
    if archive.getinfo(path).file_size > MOST_BYTES:
        raise BeatGenError(f"{name}: larger than 16 MB unpacked; export the drums alone.")
    return archive.read(path)
