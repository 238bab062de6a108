"""Drum maps: which MIDI note means which voice, and which note is written for a voice.

Each map is a table in this folder, `NAME.tsv`, one line for each note: the note, the voice of the
kit, what the instrument calls it, and when that holds. A voice's first line is the one that is
written. `voice` is "-" for what sounds but is no hit (chokes, metronomes). `when` is empty, "read"
(the note is read, never written), or a controller's range, "cc4 90-127". The lines before the table
say the map's title, the names that people know it by, what holds for other notes, and the source.

A map of one's own is such a file; of its lines, a note and a voice are enough, and all other notes
are read as General MIDI's.

Voices of the kit are those of the Groove MIDI Dataset (Roland TD-11, see `beatgen.kit`). Percussion
beside the kit stays itself, by its number in `beatgen.kit.EVERY`; a note that a map does not know
is the voice "note 95". What recognises maps and drums hears the kit alone, where percussion plays
the part of one of its voices.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from beatgen.errors import BeatGenError, shown
from beatgen.kit import EVERY, INDEX, NAMES, NUMBER, VOICES

FOLDER = Path(__file__).parent
GENERAL_MIDI = "gm"  # read and written where nothing else is asked for
GMD = "roland"  # each voice its own note: what is written so is read back the same
NO_HIT = "-"
ENDINGS = (".tsv", ".csv", ".txt")  # of files that are maps of one's own
MOST_BYTES = 2**16  # of a map of one's own

PITCHES: tuple[int, ...] = tuple(voice.pitch for voice in VOICES)
INDEX_OF_PITCH: dict[int, int] = {pitch: i for i, pitch in enumerate(PITCHES)}

# Voice -> the voices that may sound in its place where a map has no note for it, nearest first.
NEAREST: dict[str, tuple[str, ...]] = {
    "rimshot": ("snare",),
    "cross-stick": ("rimshot", "snare"),
    "floor tom": ("tom 2", "tom 1"),
    "floor tom rim": ("floor tom", "tom 2", "tom 1"),
    "tom 2": ("tom 1", "floor tom"),
    "tom 2 rim": ("tom 2", "tom 1", "floor tom"),
    "tom 1": ("tom 2", "floor tom"),
    "tom 1 rim": ("tom 1", "tom 2", "floor tom"),
    "hi-hat edge": ("hi-hat",),
    "open hat edge": ("open hat",),
    "ride edge": ("ride",),
    "ride bell": ("ride",),
    "crash 1 edge": ("crash 1",),
    "crash 2": ("crash 1",),
    "crash 2 edge": ("crash 2", "crash 1"),
}

_CONTROLLER = re.compile(r"cc(\d{1,3}) (\d{1,3})-(\d{1,3})")
_HEADER = re.compile(r"#\s*(names|others as|source):\s*(.*)")


@dataclass(frozen=True)
class Line:
    """One line of a map: what a note means.

    note: 0 to 127. number: of the voice, or None for what is no hit. articulation: what the
    instrument calls it. written: whether the note may be written for the voice. controller: number,
    lowest and highest value that it must have for this line to hold, or None.
    """

    note: int
    number: int | None
    articulation: str = ""
    written: bool = True
    controller: tuple[int, int, int] | None = None

    @property
    def voice(self) -> int | None:
        """Index of the kit's voice as which it is heard, or None where none plays its part."""
        if self.number is None or self.number < len(VOICES):
            return self.number
        return EVERY[self.number].fold


@dataclass(frozen=True)
class DrumMap:
    """Which note means which voice.

    name: short, as in `read_midi(map=name)`. title: for people. names: others that it is known by.
    lines: in the order of the table; then those of the map that it follows for other notes.
    own: how many of them are its own.

    >>> toontrack = drum_map("superior drummer")
    >>> toontrack.title
    'Toontrack Superior Drummer 3, EZdrummer'
    >>> toontrack.voice_name(61), drum_map("gm").voice_name(61)
    ('hi-hat', 'low bongo')
    """

    name: str
    title: str
    names: tuple[str, ...] = ()
    lines: tuple[Line, ...] = field(default=(), repr=False)
    own: int = field(default=0, repr=False)

    def voice_of(self, note: int, controllers: Mapping[int, int] | None = None) -> int | None:
        """Index of the kit's voice that a note is heard as, or None where it is none.

        controllers: number -> value, where a line depends on one; 0 where it was never sent.
        """
        line = self._line_of(note, controllers)
        return None if line is None else line.voice

    def number_of(self, note: int, controllers: Mapping[int, int] | None = None) -> int | None:
        """Number of the voice that a note means, percussion as itself; None where it means no hit,
        or where the map does not know it. controllers: as for `voice_of`."""
        line = self._line_of(note, controllers)
        return None if line is None else line.number

    def voice_name(self, note: int) -> str | None:
        """The voice that a note means, by its name."""
        number = self.number_of(note)
        return None if number is None else EVERY[number].name

    def knows(self, note: int) -> bool:
        """Whether the map says anything about a note, if only that it is no hit."""
        return note in self._of_note

    def articulation(self, note: int) -> str:
        """What the instrument calls a note; "" where the map does not know it."""
        return next((line.articulation for line in self._of_note.get(note, [])), "")

    @cached_property
    def table(self) -> np.ndarray:
        """The number of each note's voice, int64 (128,): -1 for no hit, -2 for a note it does not
        know."""
        numbers = (self.number_of(note) for note in range(128))
        table = np.array([-1 if number is None else number for number in numbers], np.int64)
        table[[note for note in range(128) if not self.knows(note)]] = -2
        return table

    @cached_property
    def by_controller(self) -> frozenset[int]:
        """The notes whose voice depends on a controller."""
        return frozenset(line.note for line in self.lines if line.controller)

    @cached_property
    def written(self) -> tuple[int, ...]:
        """The note that is written for each voice of the kit; where the map has none for it, that
        of the nearest voice that it has one for.

        >>> drum_map("gm").written[INDEX["hi-hat edge"]]
        42
        """
        return tuple(self._note_of(name) for name in NAMES)

    @cached_property
    def folded(self) -> dict[str, str]:
        """Voices that have no note of their own -> the voice that is written in their place."""
        own = {
            NAMES[number]: note for number, note in self._own_notes.items() if number < len(VOICES)
        }
        by_note = {note: name for name, note in own.items()}
        return {
            name: by_note.get(note, NAMES[i])
            for i, (name, note) in enumerate(zip(NAMES, self.written, strict=True))
            if name not in own
        }

    def note_for(self, number: int) -> tuple[int, str]:
        """The note that is written for the voice of a number, and the name of the voice that it
        means. Percussion of which the map knows nothing has General MIDI's note, unless the map
        has another instrument there: then that of the kit's voice that plays its part.

        >>> drum_map("gm").note_for(NUMBER["clap"]), drum_map("ggd").note_for(NUMBER["cowbell"])
        ((39, 'clap'), (56, 'cowbell'))
        """
        name = EVERY[number].name
        if number < len(VOICES):
            return self.written[number], self.folded.get(name, name)
        if (note := self._own_notes.get(number)) is not None:
            return note, name
        fold = EVERY[number].fold
        if fold is None or not self.knows(EVERY[number].gm):
            return EVERY[number].gm, self.voice_name(EVERY[number].gm) or name
        return self.note_for(fold)

    def changed(self, notes: Mapping[int, str]) -> DrumMap:
        """This map with other voices for some notes: "-" for no hit.

        >>> drum_map("gm").changed({61: "hi-hat"}).voice_name(61)
        'hi-hat'
        """
        if not notes:
            return self
        kept = [(line, i < self.own) for i, line in enumerate(self.lines) if line.note not in notes]
        lines = [Line(note, _voice(voice), "", written=False) for note, voice in notes.items()]
        own = [*lines, *(line for line, own in kept if own)]
        others = (line for line, own in kept if not own)
        return replace(self, lines=(*own, *others), own=len(own))

    @cached_property
    def _of_note(self) -> dict[int, list[Line]]:
        found: dict[int, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.note, []).append(line)
        return found

    @cached_property
    def _own_notes(self) -> dict[int, int]:
        """Number of a voice -> the note that is written for it, where it has one."""
        notes: dict[int, int] = {}
        for line in self.lines:
            if line.number is not None and line.written and not line.controller:
                notes.setdefault(line.number, line.note)
        return notes

    def _line_of(self, note: int, controllers: Mapping[int, int] | None) -> Line | None:
        found = self._of_note.get(note, [])
        return next((line for line in found if _holds(line, controllers or {})), None)

    def _note_of(self, name: str) -> int:
        for near in (name, *NEAREST.get(name, ())):
            if (note := self._own_notes.get(INDEX[near])) is not None:
                return note
        return VOICES[INDEX[name]].gm


Wanted = str | os.PathLike[str] | DrumMap | None  # a map that is asked for, None: find out


def _holds(line: Line, controllers: Mapping[int, int]) -> bool:
    if line.controller is None:
        return True
    number, low, high = line.controller
    return low <= controllers.get(number, 0) <= high


@cache
def maps() -> dict[str, DrumMap]:
    """All maps of this folder by their short names, General MIDI first."""
    names = sorted(path.stem for path in FOLDER.glob("*.tsv"))
    names.sort(key=lambda name: name != GENERAL_MIDI)
    return {name: _shipped(name) for name in names}


def drum_map(wanted: str | os.PathLike[str] | DrumMap) -> DrumMap:
    """The map of a name that people know it by, or of a file (`my.tsv`), or the map itself.

    Raises BeatGenError, in one sentence that lists the names, where there is no such map, and where
    the file cannot be read as one.
    """
    if isinstance(wanted, DrumMap):
        return wanted
    if not isinstance(wanted, str | os.PathLike):
        raise BeatGenError(f"map is {shown(wanted)}; expected a name, such as 'gm', or a file.")
    path = Path(wanted)
    if path.suffix.lower() in ENDINGS or path.is_file():
        return _own_map(path)
    return _by_name(str(wanted))


def voice_of_pitch(pitch: int) -> int | None:
    """Index of the kit's voice as which `pitch` is heard by General MIDI, or None where none is
    near.

    >>> voice_of_pitch(36), voice_of_pitch(39), voice_of_pitch(33)
    (0, 1, None)
    """
    return maps()[GENERAL_MIDI].voice_of(pitch)


def _plain(name: str) -> str:
    """A name as it is compared: small letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def _known() -> dict[str, str]:
    """Every name of every map, plain -> its short name."""
    return {
        _plain(name): short
        for short, found in maps().items()
        for name in (short, found.title, *found.names)
    }


def _by_name(name: str) -> DrumMap:
    """The map of this folder that is known by a name. Raises BeatGenError where none is."""
    if (known := _known().get(_plain(name))) is None:
        raise BeatGenError(
            f"no drum map is called {name[:40]!r}; expected one of {', '.join(maps())}, or a file "
            "such as my.tsv with a note and a voice in each line."
        )
    return maps()[known]


@cache
def _shipped(name: str) -> DrumMap:
    path = FOLDER / f"{name}.tsv"
    return _parse(path.read_text("utf-8"), name, path.name, others=None, follow=_shipped)


def _own_map(path: Path) -> DrumMap:
    """A musician's own map."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise BeatGenError(f"{path.name}: no such map file.") from None
    except OSError as error:
        raise BeatGenError(f"{path.name}: cannot be read ({error.strerror}).") from error
    return parse_map(content, path.name)


def parse_map(content: bytes, name: str) -> DrumMap:
    """The map of a file's content: lines of a note and a voice, apart by tabs, commas or spaces.

    name: of the file, for messages. Notes that it does not name are read as General MIDI's, or as
    those of the map that a line "# others as: NAME" names ("none": not at all). Raises BeatGenError
    with one sentence where a line is neither.

    >>> parse_map(b"61 hi-hat", "my.tsv").voice_name(61)
    'hi-hat'
    """
    if len(content) > MOST_BYTES:
        raise BeatGenError(
            f"{name}: larger than {MOST_BYTES // 1024} kB; expected a map, a note and a voice in "
            "each line."
        )
    text = content.decode("utf-8-sig", "replace")
    return _parse(text, Path(name).stem, name, others=GENERAL_MIDI, follow=_by_name)


def _parse(
    text: str, name: str, file: str, others: str | None, follow: Callable[[str], DrumMap]
) -> DrumMap:
    """A map from its text. others: the map that holds for notes that it does not name, unless the
    text names one. follow: gives that map."""
    title = name
    names: tuple[str, ...] = ()
    lines: list[Line] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        row = raw.strip()
        if header := _HEADER.match(row):
            if header[1] == "names":
                names = tuple(part.strip() for part in header[2].split(","))
            elif header[1] == "others as":
                others = None if header[2].lower() == "none" else header[2].strip()
        elif row.startswith("#"):
            title = row.lstrip("# ") if number == 1 else title
        elif row and not row.lower().startswith("note"):
            lines.append(_line(row, f"{file}, line {number}"))
    if not lines:
        raise BeatGenError(
            f"{file}: no line of a map found; expected a note and a voice: 61 hi-hat."
        )
    own = len(lines)
    if others is not None:
        listed = {line.note for line in lines}
        lines += (line for line in follow(others).lines if line.note not in listed)
    return DrumMap(name, title, names, tuple(lines), own)


def _line(row: str, where: str) -> Line:
    """A line of a map. Raises BeatGenError for any other."""
    mark = "\t" if "\t" in row else "," if "," in row else None
    cells = [cell.strip() for cell in (row.split(mark) if mark else row.split(maxsplit=1))]
    note, voice, articulation, when = (*cells, "", "", "", "")[:4]
    if not (note.isdecimal() and len(note) < 4 and int(note) < 128):
        raise BeatGenError(f"{where}: {note[:20]!r} found; expected a MIDI note, 0 to 127.")
    try:
        index = _voice(voice)
    except BeatGenError as error:
        raise BeatGenError(f"{where}: {error}") from None
    controller = _CONTROLLER.fullmatch(when)
    if when not in ("", "read") and not controller:
        raise BeatGenError(f"{where}: {when[:20]!r} found; expected nothing, read or cc4 90-127.")
    limits = (int(controller[1]), int(controller[2]), int(controller[3])) if controller else None
    return Line(int(note), index, articulation, when != "read", limits)


def _voice(name: str) -> int | None:
    """The number of a voice by its name, None for "-". Raises BeatGenError for any other."""
    plain = name.strip().lower()
    if plain == NO_HIT:
        return None
    if plain not in NUMBER:
        raise BeatGenError(
            f"no voice {name[:20]!r}; one of kick, snare, hi-hat, open hat, tom 1, ride, crash 1 "
            "and the others of the kit is expected, percussion (clap), or - for no hit."
        )
    return NUMBER[plain]


def heard(numbers: np.ndarray) -> np.ndarray:
    """The kit's voices as which voices of these numbers are heard, int64 of the same shape: -1
    where none plays their part, and for no hit; -2 stays."""
    table = np.arange(-2, max(EVERY) + 1)
    for number in range(len(VOICES), max(EVERY) + 1):
        fold = EVERY[number].fold if number in EVERY else None
        table[number + 2] = -1 if fold is None else fold
    return table[numbers + 2]


def voices_of(notes: np.ndarray, drums: DrumMap, controls: np.ndarray | None = None) -> np.ndarray:
    """The kit's voice as which each note is heard: `heard` of `numbers_of`."""
    return heard(numbers_of(notes, drums, controls))


def numbers_of(notes: np.ndarray, drums: DrumMap, controls: np.ndarray | None = None) -> np.ndarray:
    """The number of each note's voice, int64 (notes,): -1 for no hit, -2 for a note the map does
    not know.

    notes: int64 (notes, 4), tick, channel, note, velocity. controls: int64 (changes, 4), tick,
    channel, controller, value, in order of time; those of a note's tick count as before it.
    """
    numbers = drums.table[notes[:, 2]]
    if controls is None or not len(controls):
        return numbers
    for i in np.flatnonzero(np.isin(notes[:, 2], list(drums.by_controller))):
        tick, channel, note, _ = notes[i].tolist()
        state = dict(_state(controls, tick, channel))
        number = drums.number_of(note, state)
        numbers[i] = -1 if number is None else number
    return numbers


def _state(controls: np.ndarray, tick: int, channel: int) -> Iterator[tuple[int, int]]:
    """Each controller of a channel with its value at a tick."""
    before = controls[: int(np.searchsorted(controls[:, 0], tick, side="right"))]
    for _, _, number, value in before[before[:, 1] == channel].tolist():
        yield number, value
