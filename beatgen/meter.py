"""Meters: how long a bar is, how its beats go, and how many steps of the grid it takes.

A step is as long in every meter: a quarter has 16 of the 64 steps of a 4/4 bar, so a bar of 3/4 has
48 and one of 7/8 has 56. In a compound meter (6/8, 9/8, 12/8) the beat is a dotted quarter, three
eighths or 24 steps: a bar of 12/8 is four beats of three.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from beatgen.errors import BeatGenError, is_whole, shown

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
    two bars of 4/4.

    >>> Meter(3, 4).steps(), Meter(12, 8).steps(), Meter(7, 8).steps()
    (48, 96, 56)
    """

    count: int = 4
    unit: int = 4

    def __post_init__(self) -> None:
        whole = is_whole(self.count) and is_whole(self.unit)
        if not whole or self.unit not in UNITS or not 0 < self.share * STEPS <= LONGEST:
            raise BeatGenError(
                f"a meter of {shown(self.count)}/{shown(self.unit)} cannot be played; expected "
                "bars of 1/16 to two bars of 4/4, such as 3/4, 12/8 or 7/8."
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
        """Length of a bar as a share of a 4/4 bar's."""
        return Fraction(self.count, self.unit)

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
        steps = resolution * self.share
        if steps.denominator > 1:
            raise BeatGenError(
                f"{resolution} steps per bar of 4/4 do not divide a bar of {self} evenly; "
                f"choose {STEPS}."
            )
        return steps.numerator


FOUR_FOUR = Meter()


def meter_of(text: str) -> Meter:
    """The meter that a text such as "3/4" names. Raises BeatGenError for any other text.

    >>> meter_of("12/8")
    Meter(count=12, unit=8)
    """
    match = LABEL.match(text)
    if match is None:
        raise BeatGenError(f"meter is {shown(text)}; expected one such as 3/4 or 12/8.")
    return Meter(int(match[1]), int(match[2]))


def label_of(meters: Iterable[Meter]) -> str:
    """The meters of some bars for people, each once, in their order.

    >>> label_of([Meter(4, 4), Meter(4, 4), Meter(2, 4)])
    '4/4 and 2/4'
    """
    *most, last = map(str, dict.fromkeys(meters))
    return f"{', '.join(most)} and {last}" if most else last
