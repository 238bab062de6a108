"""Reading a groove from a file of any format: READERS, one entry for each.

In: a file, as a path or file object; out: a `Groove`, and a report of what became of everything in
the file. To add a format, write its `scan`, and add a Reader here: `bg.read`, the command line, the
page and, where wanted, `bg.prepare` then read it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any, Protocol

import numpy as np

from beatgen.errors import BeatGenError, ReadWarning, shown
from beatgen.formats.groovescribe import is_groovescribe, scan_groovescribe
from beatgen.formats.guitarpro import is_guitarpro, scan_guitarpro
from beatgen.formats.hydrogen import is_hydrogen, scan_hydrogen
from beatgen.formats.musicxml import is_musicxml, scan_musicxml
from beatgen.formats.rmi import is_rmi, midi_of
from beatgen.groove import STEPS, Groove
from beatgen.kit import EVERY
from beatgen.midi import scan_midi
from beatgen.midi.events import Source, contents, name_of
from beatgen.midi.maps import Wanted
from beatgen.tab import is_tab, scan_tab

Bars = tuple[int, int | None]  # first and last, counted from 1; None is the last of the file


class Report(Protocol):
    """What was found in a file, whatever its format.

    name: of the file. bars, tempo: of the groove. hits: per voice name. pitches: MIDI note -> hits
    found. meters: as they stand in the file. skipped: bar number (from 1) -> its meter, for bars
    of meters that are not played.
    """

    name: str
    bars: int
    tempo: float
    hits: dict[str, int]
    pitches: dict[int, int]
    meters: list[str]
    skipped: dict[int, str]

    @property
    def messages(self) -> list[str]:
        """One sentence for everything that a reader of the file should know."""

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and numbers, fit for JSON."""

    def rows(self) -> list[tuple[str, str]]:
        """The report as a table of two columns."""


@dataclass(frozen=True)
class Reader:
    """A file format that is read.

    name: for people. endings: of the names of such files, in small letters, with the dot.
    recognises: whether the bytes of a file are of this format. scan: the groove and the report of
    the bytes of a file, with so many steps per bar and a name for messages; raises BeatGenError
    with one sentence. in_folders: whether a data set is made of such files. mapped: whether notes
    stand in it, so that `scan` takes `map` and `inverted_pedal` as well.
    """

    name: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    scan: Callable[..., tuple[Groove, Report]]
    in_folders: bool
    mapped: bool = False


def _scan_midi(
    content: bytes, steps: int, name: str, map: Wanted = None, inverted_pedal: bool = False
) -> tuple[Groove, Report]:
    return scan_midi(BytesIO(content), steps, name, map=map, inverted_pedal=inverted_pedal)


def _scan_rmi(
    content: bytes, steps: int, name: str, map: Wanted = None, inverted_pedal: bool = False
) -> tuple[Groove, Report]:
    return _scan_midi(midi_of(content, name), steps, name, map, inverted_pedal)


READERS: tuple[Reader, ...] = (
    Reader(
        "MIDI",
        (".mid", ".midi"),
        recognises=lambda content: content.startswith(b"MThd"),
        scan=_scan_midi,
        in_folders=True,
        mapped=True,
    ),
    Reader(
        "MIDI in RIFF",
        (".rmi",),
        recognises=is_rmi,
        scan=_scan_rmi,
        in_folders=False,
        mapped=True,
    ),
    Reader(
        "Hydrogen",
        (".h2pattern", ".h2song"),
        recognises=is_hydrogen,
        scan=scan_hydrogen,
        in_folders=False,
    ),
    Reader(
        "MusicXML",
        (".musicxml", ".mxl", ".xml"),
        recognises=is_musicxml,
        scan=scan_musicxml,
        in_folders=False,
    ),
    Reader(
        "Guitar Pro",
        (".gp3", ".gp4", ".gp5"),
        recognises=is_guitarpro,
        scan=scan_guitarpro,
        in_folders=False,
    ),
    Reader(
        "GrooveScribe address",
        (".url",),
        recognises=is_groovescribe,
        scan=scan_groovescribe,
        in_folders=False,
    ),
    Reader(
        "drum tab",
        (".tab", ".txt"),
        recognises=is_tab,
        scan=scan_tab,
        in_folders=False,  # where there are texts, they are of all kinds
    ),
)
ENDINGS: tuple[str, ...] = tuple(ending for reader in READERS for ending in reader.endings)


def read(
    source: Source, steps: int = STEPS, *, map: Wanted = None, inverted_pedal: bool = False
) -> Groove:
    """Read the drums of a file of any format of READERS: MIDI, drum tab, Hydrogen, MusicXML, Guitar
    Pro; or of an address of GrooveScribe.

    source: a path, an address or a binary file object. steps: per bar of 4/4. map and
    inverted_pedal: as in `read_midi`, for MIDI. Everything that could not be kept is named in a
    ReadWarning; `scan` returns it instead. Raises BeatGenError, with one sentence, where the file
    cannot be read or has no drums.

    >>> from beatgen import assets
    >>> read(assets.path("grooves/funk.tab"))
    <Groove: 4 x 64 steps, 74 hits, 104 BPM>
    """
    groove, report = scan(source, steps, map=map, inverted_pedal=inverted_pedal)
    if report.messages:
        warnings.warn(f"{report.name}: {' '.join(report.messages)}", ReadWarning, stacklevel=2)
    return groove


def scan(
    source: Source,
    steps: int = STEPS,
    name: str | None = None,
    *,
    map: Wanted = None,
    inverted_pedal: bool = False,
    bars: Bars | None = None,
) -> tuple[Groove, Report]:
    """Read the drums of a file of any format, and report what became of everything in it.

    name: what to call the file in messages, its own name by default; its ending counts where the
    content is of no known format. bars: the first and the last that are wanted, counted from 1;
    None instead of the last is that of the file. Raises BeatGenError where there are none of them.
    Else as `read`.
    """
    address = isinstance(source, str) and is_groovescribe(source.encode())
    name = name or ("the address" if address else name_of(source, "the file"))
    if isinstance(source, str) and not address and source.startswith(("https://", "http://")):
        raise BeatGenError(
            f"{shown(source)}: no address of a GrooveScribe groove; expected one such as "
            "https://...?Tempo=90&H=|x-x-|&S=|--o-|&K=|o---|. Download a file, and give its name."
        )
    try:
        content = str(source).encode() if address else contents(source)
    except FileNotFoundError:
        raise BeatGenError(f"{name}: no such file.") from None
    except OSError as error:
        raise BeatGenError(f"{name}: cannot be read ({error.strerror}).") from error
    if not isinstance(content, bytes):
        raise BeatGenError(f"{name}: text was given; open the file in binary mode, 'rb'.")
    reader = reader_of(content, name)
    mapped: dict[str, Any] = {}
    if reader.mapped:
        mapped = {"map": map, "inverted_pedal": inverted_pedal}
    groove, report = reader.scan(content, steps, name, **mapped)
    if bars is not None:
        groove = choose_bars(groove, bars, name)
        struck = np.count_nonzero(groove.velocity, axis=(0, 1)).tolist()
        if not any(struck):
            raise BeatGenError(
                f"{name}: no hit in the bars that are asked for; choose others of {report.bars}."
            )
        report.bars = groove.bars
        named = zip(groove.voices, struck, strict=True)
        report.hits = {EVERY[number].name: n for number, n in named if n}
    return groove, report


def choose_bars(groove: Groove, bars: Bars | None, name: str) -> Groove:
    """The bars from one to another, counted from 1; all where there is no choice.

    Raises BeatGenError, naming the file so, where the groove has not so many.

    >>> choose_bars(Groove.from_tab("kick |o---|--o-|---o|"), (2, None), "a.tab").bars
    2
    """
    if bars is None:
        return groove
    first, last = bars[0], groove.bars if bars[1] is None else bars[1]
    if not 1 <= first <= last <= groove.bars:
        raise BeatGenError(
            f"{name}: bars {first} to {last} asked for; it has {groove.bars}, counted from 1."
        )
    return groove[first - 1 : last]


def reader_of(content: bytes, name: str) -> Reader:
    """What reads a file: the format that its content is of, else that of its name's ending.

    Raises BeatGenError where neither is known.
    """
    for reader in READERS:
        if reader.recognises(content):
            return reader
    ending = PurePath(name).suffix.lower()
    for reader in READERS:
        if ending in reader.endings:
            return reader
    begins = content[:4].decode("latin-1")
    found = f"a file that begins with {begins!r}" if content else "an empty file"
    *most, last = (f"{reader.name} ({reader.endings[0]})" for reader in READERS)
    known = f"{', '.join(most)} or {last}"
    raise BeatGenError(f"{name}: {found} found; expected {known}. Export the drums as MIDI.")
