"""The errors and warnings of BeatGen: one clear sentence, never a traceback."""

import math
import operator
import reprlib
import zipfile
import zlib
from dataclasses import fields
from numbers import Real
from typing import Any

# What reading raises where an .npz, JSON or LiteRT file is damaged, or is something else
UNREADABLE = (
    *(OSError, EOFError, KeyError, ValueError, TypeError, OverflowError),
    *(zipfile.BadZipFile, zlib.error),
)

# How a field of a dataclass is annotated -> the types that fit, their name, the least number
KINDS: dict[Any, tuple[Any, str, int | None]] = {
    "int": (int, "a whole number", 1),
    "float": ((int, float), "a number", 0),
    "str": (str, "text", None),
}
LONGEST_SHOWN = 80  # characters of a value in a sentence
MOST_BARS = 4096  # that are made or read at once: two hours; more would exhaust the memory


class BeatGenError(Exception):
    """Something the user can understand and mend.

    The message names the file or value, what was found, what was expected and what to do.
    """


class MidiError(BeatGenError):
    """A MIDI file that cannot be read as a drum groove."""


class ModelError(BeatGenError):
    """Weights that are missing, unreadable, of another version, or not of the kind asked for."""


class AudioError(BeatGenError):
    """Sound that could not be made: no synthesizer, no soundfont, or a silent result."""


class ReadWarning(UserWarning):
    """A file was read, but not all of it: something was folded, dropped, left out or missing."""


class MidiWarning(ReadWarning):
    """The same, of a MIDI file."""


def shown(value: object) -> str:
    """A value that was given, as a sentence names it: short, on one line.

    >>> shown(0.5), shown("funk.mid"), shown([[0, 0], [0, 0]])
    ('0.5', "'funk.mid'", '[[0, 0], [0, 0]]')
    """
    text = str(value) if isinstance(value, Real) else " ".join(reprlib.repr(value).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def is_within(value: Any, low: float, high: float) -> bool:
    """Whether a value is one number from `low` to `high`; NaN, text and arrays are not."""
    try:
        return bool(low <= value <= high)
    except (TypeError, ValueError):
        return False


def is_whole(value: Any) -> bool:
    """Whether a value is one whole number, of Python or of NumPy."""
    try:
        operator.index(value)
    except TypeError:
        return False
    return True


def check_share(name: str, share: float) -> None:
    """Raises BeatGenError for what is not from 0 to 1."""
    if not is_within(share, 0, 1):
        raise BeatGenError(f"{name} is {shown(share)}; expected 0 to 1.")


def check_count(name: str, count: int, least: int = 1) -> None:
    """Raises BeatGenError for what is no whole number, for fewer than `least`, and for more than
    MOST_BARS."""
    if not is_whole(count) or not is_within(count, least, MOST_BARS):
        raise BeatGenError(
            f"{name} is {shown(count)}; expected {least} to {MOST_BARS}"
            f"{', a whole number' if not is_whole(count) else ''}."
        )


def check_seed(seed: int) -> None:
    """Raises BeatGenError for what is no whole number from 0 on, which NumPy does not take."""
    if not is_whole(seed) or not is_within(seed, 0, math.inf):
        raise BeatGenError(
            f"seed is {shown(seed)}; expected 0 or more"
            f"{', a whole number' if not is_whole(seed) else ''}."
        )


def check_fields(config: Any, **limits: tuple[float, float]) -> None:
    """Raises BeatGenError where a number or text of a dataclass is of another type than its field,
    and where a number is outside its limits, least and most: unless given, whole numbers are 1 or
    more, others 0 or more, and finite. The annotations must be text (`from __future__`)."""
    for field in fields(config):
        kind, called, least = KINDS.get(field.type, (object, "", None))
        value = getattr(config, field.name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BeatGenError(f"{field.name} is {shown(value)}; expected {called}.")
        if least is None:
            continue
        low, high = limits.get(field.name, (least, math.inf))
        if not low <= value <= high or value == math.inf:  # true for NaN, too
            expected = f"{low} or more" if high == math.inf else f"{low} to {high}"
            raise BeatGenError(f"{field.name} is {shown(value)}; expected {expected}.")
