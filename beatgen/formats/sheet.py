"""Notes as a MIDI file would have them, read as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np

from beatgen.errors import MOST_BARS, BeatGenError
from beatgen.groove import Groove
from beatgen.midi.channels import DRUM_CHANNEL
from beatgen.midi.events import DEFAULT_TEMPO, Events, too_long
from beatgen.midi.maps import GENERAL_MIDI
from beatgen.midi.reader import scan_events
from beatgen.midi.report import MidiReport
from beatgen.midi.tempo import microseconds_per_beat

TICKS = 5040  # per quarter: halves, thirds, fifths and sevenths of a 64th are whole
MOST_NOTES = MOST_BARS * 16


@dataclass
class Written:
    """A bar of a score, which may be played more than once.

    meter: numerator, denominator. length: in quarters. notes: quarters from its start, below 0 for
    a grace note of its first beat, General MIDI note, velocity. tempos: quarters, BPM.
    """

    meter: tuple[int, int]
    length: float
    notes: list[tuple[float, int, float]] = field(default_factory=list)
    tempos: list[tuple[float, float]] = field(default_factory=list)


@dataclass
class Sheet:
    """Notes of a drum part, as a format's reader finds them. Ticks are of TICKS.

    notes: tick, General MIDI note, velocity 1 to 127. tempos: tick, BPM. meters: tick, numerator,
    denominator. end: of the last bar. remarks: sentences on what is not read.
    """

    notes: list[tuple[int, int, int]] = field(default_factory=list)
    tempos: list[tuple[int, float]] = field(default_factory=list)
    meters: list[tuple[int, int, int]] = field(default_factory=list)
    end: int = 0
    remarks: list[str] = field(default_factory=list)

    def add(self, quarters: float, note: int, velocity: float) -> None:
        """A hit so many quarters from the start; its velocity is brought within 1 to 127."""
        loudness = min(max(round(velocity), 1), 127)
        self.notes.append((max(0, round(quarters * TICKS)), note, loudness))

    def play(self, bars: Sequence[Written], order: Sequence[int], name: str) -> None:
        """Add the bars of a part, in the order in which they are played. Raises BeatGenError,
        naming the file so, where there are too many hits."""
        start = 0.0
        for bar in (bars[i] for i in order):
            tick = round(start * TICKS)
            if not self.meters or self.meters[-1][1:] != bar.meter or self.meters[-1][0] > tick:
                self.meters.append((tick, *bar.meter))
            self.tempos += (
                (max(0, round((start + at) * TICKS)), tempo) for at, tempo in bar.tempos
            )
            for at, note, velocity in bar.notes:
                if start + at >= 0:
                    self.add(start + at, note, velocity)
            if len(self.notes) > MOST_NOTES:
                raise BeatGenError(f"{name}: more than {MOST_NOTES:,} hits; export a part of it.")
            start += bar.length
        self.end = max(self.end, round(start * TICKS))

    def scan(self, steps: int, name: str) -> tuple[Groove, MidiReport]:
        """The groove and the report, as of a MIDI file. Raises BeatGenError where there is no hit,
        or more bars or hits than are read."""
        if not self.notes:
            raise BeatGenError(f"{name}: no drum hit found; choose a file with a drum part.")
        if self.end > MOST_BARS * 4 * TICKS:
            raise BeatGenError(too_long(name))
        self.notes.sort()
        tempos = [
            (tick, microseconds_per_beat(min(max(tempo, 1e-3), 60e6)))
            for tick, tempo in self.tempos
        ]
        notes = np.array([(t, DRUM_CHANNEL, note, v) for t, note, v in self.notes], np.int64)
        events = Events(
            ticks_per_beat=TICKS,
            notes=notes,
            tracks=np.zeros(len(notes), np.int64),
            controls=np.zeros((0, 4), np.int64),
            programs=np.zeros((0, 3), np.int64),
            touches=np.zeros((0, 4), np.int64),
            tempos=sorted({0: DEFAULT_TEMPO, **dict(tempos)}.items()),
            meters=sorted({0: (0, 4, 4), **{meter[0]: meter for meter in self.meters}}.values()),
            strange=(),
            rhythm=frozenset(),
            names={},
            marks={},
            end=self.end,
            last=max(self.end, int(notes[-1, 0])),
        )
        groove, report = scan_events(events, steps, name, map=GENERAL_MIDI)
        report.map_why = ""
        report.remarks = self.remarks
        return groove, report


def xml_of(content: bytes, name: str, expected: str) -> ElementTree.Element:
    """The root of an XML file. Raises BeatGenError for what is none, and for one that defines
    entities, by which a small file may swell beyond all memory."""
    if b"<!ENTITY" in content.replace(b"\0", b""):
        raise BeatGenError(f"{name}: defines XML entities, which are not read; export it again.")
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise BeatGenError(f"{name}: damaged; expected {expected}. Export it again.") from error


def number(text: str | None, default: float) -> float:
    """A finite number, or the default for what is none."""
    try:
        found = float(text or "")
    except ValueError:
        return default
    return found if abs(found) < 1e9 else default
