"""What is accepted from outside: from a share link, a file's address, the browser."""

from __future__ import annotations

from beatgen.groove import TEMPO_RANGE as TEMPO_RANGE  # BPM that a musician may set

GROOVE_TEMPO_RANGE = (10.0, 1000.0)  # BPM that a groove may have of its own
LARGEST_NOTES, LARGEST_SOUND = 1, 10  # MB of a file that is dropped; the server takes no larger one
SWING_RANGE = (0.5, 0.75)  # share of an eighth that its first sixteenth takes


def number(value: object, low: float, high: float) -> float:
    """`value`, where it is a number from low to high. Raises ValueError where it is not.

    >>> number(97, *TEMPO_RANGE)
    97.0
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{value!r} is not between {low} and {high}")
    return float(value)


def whole(value: object, low: int, high: int) -> int:
    """`value`, where it is a whole number from low to high. Raises ValueError where it is not."""
    if not isinstance(value, int):
        raise ValueError(f"{value!r} is not a whole number")
    return int(number(value, low, high))
