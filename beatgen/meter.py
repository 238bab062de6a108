"""Meters: how long a bar is, how its beats go, and how many steps of the grid it takes.

Steps divide the beat. In a simple meter (2/4, 3/4, 4/4, 5/4, 7/8) the quarter has 16 of the 64
steps of a 4/4 bar, so a bar of 3/4 has 48. In a compound meter (6/8, 9/8, 12/8) the beat is a
dotted quarter, and it is the dotted quarter that has 16: a bar of 12/8 has four beats and 64 steps,
as a shuffle in 4/4 has, and its eighths stand on thirds of the beat, which timing holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from beatgen.errors import BeatGenError

STEPS = 64  # steps of a 4/4 bar that the models are trained on
SIXTEENTHS = 16  # in a 4/4 bar
LONGEST = 2 * STEPS  # steps of a bar: longer ones are read as no bar
UNITS = (1, 2, 4, 8, 16)
LABEL = re.compile(r"^\s*(\d{1,3})\s*/\s*(\d{1,3})\s*$")


@dataclass(frozen=True)
class Meter:
    """A meter, as it stands in a score: so many notes of a length in a bar.

    count: notes in a bar, above the line. unit: their length, below it: 1, 2, 4, 8 or 16.

    Raises BeatGenError for other units, for a bar without notes, and for one that is longer than
    two bars of 4/4 (in a compound meter, than eight beats).

    >>> Meter(3, 4).steps(), Meter(12, 8).steps(), Meter(7, 8).steps()
    (48, 64, 56)
    """

    count: int = 4
    unit: int = 4

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.count < 1 or self.share * STEPS > LONGEST:
            raise BeatGenError(
                f"a meter of {self.count}/{self.unit} cannot be played; expected bars of 1/16 to "
                "two bars of 4/4, such as 3/4, 12/8 or 7/8."
            )

    def __str__(self) -> str:
        """As in "12/8"."""
        return f"{self.count}/{self.unit}"

    @property
    def is_compound(self) -> bool:
        """Whether the beat is a dotted quarter: 3/8, 6/8, 9/8, 12/8, 15/8."""
        return self.unit == 8 and self.count % 3 == 0

    @property
    def quarters(self) -> Fraction:
        """Length of a bar in quarter notes.

        >>> str(Meter(7, 8).quarters)
        '7/2'
        """
        return Fraction(4 * self.count, self.unit)

    @property
    def share(self) -> Fraction:
        """Steps of a bar, as a share of those of a 4/4 bar."""
        return self.quarters / 4 / self.stretch

    @property
    def stretch(self) -> Fraction:
        """How long a step lasts, as a multiple of a step in 4/4 at the same tempo: 3/2 in a
        compound meter, 1 in a simple one."""
        return Fraction(3, 2) if self.is_compound else Fraction(1)

    @property
    def sixteenths(self) -> int:
        """Sixteenth notes in a bar.

        >>> Meter(3, 4).sixteenths, Meter(12, 8).sixteenths
        (12, 24)
        """
        return 16 * self.count // self.unit

    @property
    def beat(self) -> int:
        """Sixteenth notes from one beat to the next: 4 for quarters, 6 in a compound meter, 2 where
        eighths are counted (5/8, 7/8).

        >>> Meter(4, 4).beat, Meter(6, 8).beat, Meter(7, 8).beat
        (4, 6, 2)
        """
        return 6 if self.is_compound else 16 // max(self.unit, 4)

    def steps(self, resolution: int = STEPS) -> int:
        """Steps of a bar, where a bar of 4/4 has `resolution`. Raises BeatGenError where that is no
        whole number."""
        steps = _steps(self, resolution)
        if steps.denominator > 1:
            raise BeatGenError(
                f"{resolution} steps per bar of 4/4 do not divide a bar of {self} evenly; "
                f"choose {STEPS}."
            )
        return steps.numerator


FOUR_FOUR = Meter()


@lru_cache(256)
def _steps(meter: Meter, resolution: int) -> Fraction:
    return resolution * meter.share


def meter_of(text: str) -> Meter:
    """The meter that a text such as "3/4" names. Raises BeatGenError for any other text.

    >>> meter_of("12/8")
    Meter(count=12, unit=8)
    """
    match = LABEL.match(text)
    if match is None:
        raise BeatGenError(f"meter is {text!r}; expected one such as 3/4 or 12/8.")
    return Meter(int(match[1]), int(match[2]))


def label_of(meters: Iterable[Meter]) -> str:
    """The meters of some bars for people, each once, in their order.

    >>> label_of([Meter(4, 4), Meter(4, 4), Meter(2, 4)])
    '4/4 and 2/4'
    """
    *most, last = map(str, dict.fromkeys(meters))
    return f"{', '.join(most)} and {last}" if most else last
