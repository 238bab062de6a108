"""Drum tab files: bars in letters, and above them, where wanted, how they are played.

    style: funk
    tempo: 104
    meter: 4/4
    swing: 56 sixteenths
    levels: hi-hat 48 70 96, snare 26 88 116
    late: snare 8, kick -3
    loose: 4
    dynamics: 5

    hi-hat |X-x-X-x-X-x-X-x-|
    ...

The tab is that of `Groove.from_tab` and `str(groove)`, in sixteenths or finer. Each line above it
may be left out:

style     what kind of groove it is.
tempo     quarter notes per minute, 120 where none is named.
meter     of the bars, 4/4 where none is named; of bars that change, each in turn: 4/4 2/4.
swing     share of a pair of sixteenths or eighths that its first half takes, in per cent: 50 is
          straight, 66 a triplet. What lies between the two is stretched along.
levels    MIDI velocities of ghost note, hit and accent, for a voice; drum tab's own elsewhere.
late      milliseconds a voice lies behind the beat; negative is ahead of it.
loose     standard deviation of every hit's timing, in milliseconds.
dynamics  standard deviation of every hit's velocity, in MIDI units.

The deviations are drawn with the file's name as seed, so a file is the same groove every time.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from typing import Any

import numpy as np

from beatgen.errors import BeatGenError, shown
from beatgen.groove import STEPS, TAB_VELOCITY, Groove, meters_of
from beatgen.kit import EVERY, NUMBER
from beatgen.meter import FOUR_FOUR, SIXTEENTHS, Meter
from beatgen.swing import STRAIGHT, warp

PAIRS = {"sixteenths": 2, "eighths": 4}  # length of a swung pair in sixteenths
SWINGS = (50.0, 75.0)  # per cent
TAB_LEVELS = tuple(round(TAB_VELOCITY[symbol] * 127) for symbol in "goO")  # ghost, hit, accent
TEMPO = 120.0  # where a file names none
MAX_BYTES = 2**16  # larger files are no drum tab
TAB_BYTES = re.compile(rb"^[^|\r\n]*\|[-goxOX|]+\|[ \t]*\r?$", re.MULTILINE)  # a line of tab


@dataclass(frozen=True)
class Sheet:
    """A tab file, read: the tab and how it is played, as the head of this module explains."""

    tab: str
    style: str = ""
    tempo: float | None = None
    meter: tuple[Meter, ...] = (FOUR_FOUR,)
    swing: tuple[float, int] = (100 * STRAIGHT, 2)  # per cent, length of a pair in sixteenths
    levels: dict[int, list[float]] = field(default_factory=dict)  # by number of the voice
    late: dict[int, list[float]] = field(default_factory=dict)
    loose: float = 0.0
    dynamics: float = 0.0

    @property
    def is_plain(self) -> bool:
        """Whether the tab is played just as it is written."""
        straight = self.swing[0] == 100 * STRAIGHT
        return straight and not (self.levels or self.late or self.loose or self.dynamics)


@dataclass
class TabReport:
    """What was found in a tab file.

    hits: per voice name, pitches: the same by MIDI note. meters: of the bars, in their order.
    skipped: as for MIDI, where some bars are left out; here none is. tempo_named: whether the file
    names its tempo.
    """

    name: str
    bars: int
    tempo: float
    hits: dict[str, int]
    pitches: dict[int, int]
    tempo_named: bool = True
    meters: list[str] = field(default_factory=lambda: ["4/4"])
    skipped: dict[int, str] = field(default_factory=dict)

    @property
    def messages(self) -> list[str]:
        """One sentence for everything that was not found and had to be taken as usual."""
        return [] if self.tempo_named else [f"No tempo stands above the tab; {TEMPO:g} is taken."]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and numbers, fit for JSON."""
        return asdict(self) | {"messages": self.messages}

    def rows(self) -> list[tuple[str, str]]:
        """The report as a table of two columns."""
        return [
            ("bars", f"{self.bars} in {', '.join(self.meters)}"),
            ("tempo", f"{self.tempo:g}"),
            ("hits", str(sum(self.hits.values()))),
            *((f"  {voice}", str(hits)) for voice, hits in self.hits.items()),
        ]


def is_tab(content: bytes) -> bool:
    """Whether there is a line of drum tab in a file.

    >>> is_tab(b"kick |o---|"), is_tab(b"| a | table |")
    (True, False)
    """
    return b"\0" not in content and TAB_BYTES.search(content) is not None


def scan_tab(
    content: bytes, steps: int = STEPS, name: str = "drum tab"
) -> tuple[Groove, TabReport]:
    """The groove of a tab file as it is played, and what was found in the file.

    content: UTF-8 text. name: of the file, in messages; its stem is the seed of the deviations.
    Raises BeatGenError for what is no tab, and for a head that cannot be read.

    >>> groove, report = scan_tab(b"tempo: 96\\n\\nkick |o---o-oo|")
    >>> groove, report.hits
    (<Groove: 1 x 64 steps, 4 hits, 96 BPM>, {'kick': 4})
    """
    if len(content) > MAX_BYTES:
        raise BeatGenError(f"{name}: larger than {MAX_BYTES // 2**10} kB; no drum tab is.")
    try:
        sheet = parse(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        raise BeatGenError(f"{name}: not a text in UTF-8; save it as one.") from None
    try:
        groove = perform(sheet, PurePath(name).stem, steps)
    except BeatGenError as error:
        raise BeatGenError(f"{name}: {error}") from None
    struck = np.count_nonzero(groove.velocity, axis=(0, 1)).tolist()
    found = [(EVERY[number], n) for number, n in zip(groove.voices, struck, strict=True) if n]
    return groove, TabReport(
        name,
        groove.bars,
        groove.tempo,
        hits={voice.name: n for voice, n in found},
        pitches={voice.pitch: n for voice, n in found},
        tempo_named=sheet.tempo is not None,
        meters=[str(meter) for meter in dict.fromkeys(groove.meters)],
    )


def parse(text: str, name: str) -> Sheet:
    """A tab file as it is written. Raises BeatGenError for a line of the head that cannot be read;
    `name` is what messages call the file."""
    lines = text.splitlines()
    tab = next((i for i, line in enumerate(lines) if "|" in line), len(lines))
    sheet: dict[str, Any] = {"tab": "\n".join(lines[tab:])}
    for line in filter(str.strip, lines[:tab]):
        key, _, value = line.partition(":")
        try:
            sheet[key] = HEAD[key](value)
        except (ValueError, KeyError):
            raise BeatGenError(
                f"{name}: {shown(line)} found; expected a line such as 'tempo: 104', with one of "
                f"{', '.join(HEAD)}."
            ) from None
    return Sheet(**sheet)


def perform(sheet: Sheet, seed: str, steps: int = STEPS) -> Groove:
    """The groove with its levels, swing, lateness and the small deviations of a hand, drawn by a
    text as seed."""
    tempo = TEMPO if sheet.tempo is None else sheet.tempo
    written = Groove.from_tab(sheet.tab, tempo, steps, sheet.meter)
    if sheet.is_plain:
        return written
    rng = np.random.default_rng(zlib.crc32(seed.encode()))
    percent, pair = sheet.swing
    per_step = SIXTEENTHS / written.resolution  # sixteenths
    sixteenth = written.step_seconds / per_step * 1000  # milliseconds
    velocity, timing = np.zeros_like(written.velocity), np.zeros_like(written.velocity)
    for bar, step, voice in np.argwhere(written.velocity > 0):
        number = written.voices[voice]
        late = sheet.late.get(number, [0.0])[0] + rng.normal(0, sheet.loose)
        at = warp(step * per_step, percent / 100, pair) + late / sixteenth
        last = written.meters[bar].sixteenths - 0.51  # a bar begins half a sixteenth early
        at = np.clip(at, -0.49, last)
        nearest = max(0, round(at / per_step))
        if velocity[bar, nearest, voice]:
            raise BeatGenError(
                f"bar {bar + 1}: two hits of {EVERY[number].name} meet; swing them less."
            )
        loudness = TAB_LEVELS.index(round(written.velocity[bar, step, voice] * 127))
        level = sheet.levels.get(number, TAB_LEVELS)[loudness] + rng.normal(0, sheet.dynamics)
        velocity[bar, nearest, voice] = np.clip(round(level), 1, 127) / 127
        timing[bar, nearest, voice] = at / per_step - nearest
    return replace(written, velocity=velocity, timing=timing)


def _number(text: str, least: float = -math.inf) -> float:
    """A finite number, `least` or more. Raises ValueError for any other."""
    number = float(text)
    if not least <= number < math.inf:  # true for NaN, too
        raise ValueError(text)
    return number


def _deviation(text: str) -> float:
    return _number(text, 0)


def _swing(text: str) -> tuple[float, int]:
    """'62 eighths' -> (62.0, 4)."""
    percent, pair = text.split()
    low, high = SWINGS
    if not low <= float(percent) <= high:
        raise ValueError(percent)
    return float(percent), PAIRS[pair]


def _meters(text: str) -> tuple[Meter, ...]:
    """'4/4 2/4' -> the two meters."""
    try:
        return meters_of(text)
    except BeatGenError as error:
        raise ValueError(text) from error


def _voices(count: int) -> Callable[[str], dict[int, list[float]]]:
    """Reader of 'snare 8, tom 1 -2': after each voice's name, `count` numbers."""

    def read_voices(text: str) -> dict[int, list[float]]:
        parts = [part.split() for part in text.split(",")]
        return {
            NUMBER[" ".join(words[:-count])]: [_number(number) for number in words[-count:]]
            for words in parts
        }

    return read_voices


HEAD: dict[str, Callable[[str], Any]] = {
    "style": str.strip,
    "tempo": _number,
    "meter": _meters,
    "swing": _swing,
    "levels": _voices(len(TAB_LEVELS)),
    "late": _voices(1),
    "loose": _deviation,
    "dynamics": _deviation,
}
