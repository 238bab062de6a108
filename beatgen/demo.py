"""Demo grooves of our own: drum tab in assets/grooves, played as a drummer would.

A file is a header and drum tab (see `Groove.from_tab`) in sixteenths or finer:

    style: funk
    tempo: 104
    swing: 56 sixteenths
    levels: hi-hat 48 70 96, snare 26 88 116
    late: snare 8, kick -3
    loose: 4
    dynamics: 5

    hi-hat |X-x-X-x-X-x-X-x-|
    ...

swing     share of a pair of sixteenths or eighths that its first half takes, in per cent: 50 is
          straight, 66 a triplet. What lies between the two is stretched along.
levels    MIDI velocities of ghost note, hit and accent, for a voice; drum tab's own elsewhere.
late      milliseconds a voice lies behind the beat; negative is ahead of it.
loose     standard deviation of every hit's timing, in milliseconds.
dynamics  standard deviation of every hit's velocity, in MIDI units.

Only style and tempo are required. The deviations are drawn with the name as seed, so a demo is the
same groove every time.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from beatgen import assets
from beatgen.errors import BeatGenError
from beatgen.groove import SIXTEENTHS, STEPS, TAB_VELOCITY, Groove
from beatgen.kit import INDEX, NAMES

PAIRS = {"sixteenths": 2, "eighths": 4}  # length of a swung pair in sixteenths
TAB_LEVELS = tuple(round(TAB_VELOCITY[symbol] * 127) for symbol in "goO")  # ghost, hit, accent


@dataclass(frozen=True)
class Sheet:
    """A demo file, read: the tab and how it is played, as the head of this module explains."""

    style: str
    tempo: float
    tab: str
    swing: tuple[float, int] = (50.0, 2)  # per cent, length of a pair in sixteenths
    levels: dict[int, list[float]] = field(default_factory=dict)  # by index of the voice
    late: dict[int, list[float]] = field(default_factory=dict)
    loose: float = 0.0
    dynamics: float = 0.0


def names() -> list[str]:
    """The names of all demo grooves, in alphabetical order."""
    return sorted(path.stem for path in assets.path("grooves").glob("*.tab"))


def load(name: str, steps: int = STEPS) -> Groove:
    """The demo groove `name` as it is played. Raises BeatGenError for a name that is not there."""
    sheet = read(name)
    written = Groove.from_tab(sheet.tab, sheet.tempo, steps)
    return _play(written, sheet, np.random.default_rng(zlib.crc32(name.encode())))


def read(name: str) -> Sheet:
    """The demo groove `name` as it is written: style, tempo, tab and how to play it."""
    if name not in names():
        raise BeatGenError(f"no demo groove {name!r}; one of {', '.join(names())}.")
    return _parse(assets.path(f"grooves/{name}.tab"))


def _parse(path: Path) -> Sheet:
    head, _, tab = path.read_text(encoding="utf-8").partition("\n\n")
    sheet: dict[str, Any] = {"tab": tab}
    for line in head.splitlines():
        key, _, value = line.partition(":")
        try:
            sheet[key] = READERS[key](value)
        except (ValueError, KeyError):
            raise BeatGenError(
                f"{path.name}: {line!r} found; expected a line such as 'tempo: 104', with one of "
                f"{', '.join(READERS)}."
            ) from None
    if not {"style", "tempo"} <= sheet.keys():
        raise BeatGenError(f"{path.name}: style or tempo is missing; name both above the tab.")
    return Sheet(**sheet)


def _swing(text: str) -> tuple[float, int]:
    """'62 eighths' -> (62.0, 4)."""
    percent, pair = text.split()
    return float(percent), PAIRS[pair]


def _voices(count: int) -> Callable[[str], dict[int, list[float]]]:
    """Reader of 'snare 8, tom 1 -2': after each voice's name, `count` numbers."""

    def read_voices(text: str) -> dict[int, list[float]]:
        parts = [part.split() for part in text.split(",")]
        return {
            INDEX[" ".join(words[:-count])]: [float(number) for number in words[-count:]]
            for words in parts
        }

    return read_voices


READERS: dict[str, Callable[[str], Any]] = {
    "style": str.strip,
    "tempo": float,
    "swing": _swing,
    "levels": _voices(len(TAB_LEVELS)),
    "late": _voices(1),
    "loose": float,
    "dynamics": float,
}


def _play(written: Groove, sheet: Sheet, rng: np.random.Generator) -> Groove:
    """The groove with its levels, swing, lateness and the small deviations of a hand."""
    percent, pair = sheet.swing
    per_step = SIXTEENTHS / written.steps  # sixteenths
    sixteenth = written.step_seconds / per_step * 1000  # milliseconds
    velocity, timing = np.zeros_like(written.velocity), np.zeros_like(written.velocity)
    for bar, step, voice in np.argwhere(written.velocity > 0):
        late = sheet.late.get(voice, [0.0])[0] + rng.normal(0, sheet.loose)
        at = _warp(step * per_step, percent / 100, pair) + late / sixteenth
        at = np.clip(at, -0.49, SIXTEENTHS - 0.51)  # a bar begins half a sixteenth early
        nearest = max(0, round(at / per_step))
        if velocity[bar, nearest, voice]:
            raise BeatGenError(f"bar {bar + 1}: two hits of {NAMES[voice]} meet; swing them less.")
        loudness = TAB_LEVELS.index(round(written.velocity[bar, step, voice] * 127))
        level = sheet.levels.get(voice, TAB_LEVELS)[loudness] + rng.normal(0, sheet.dynamics)
        velocity[bar, nearest, voice] = np.clip(round(level), 1, 127) / 127
        timing[bar, nearest, voice] = at / per_step - nearest
    return Groove(velocity, timing, written.tempo)


def _warp(at: float, share: float, pair: int) -> float:
    """Swing: a place in sixteenths, moved as its pair of `pair` sixteenths is divided."""
    start, inside = divmod(at, pair)
    half = pair / 2
    if inside < half:
        return start * pair + inside * 2 * share
    return start * pair + 2 * half * share + (inside - half) * 2 * (1 - share)
