"""The mix: how loud each drum family is, and where it stands.

It is put over the sound of a kit, which has levels and places of its own: with all at 0, a groove
sounds as the kit was recorded. The page's mixer (app/player/web/sound/mixer.js) does the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real

import numpy as np

from beatgen.errors import AudioError, is_within, shown
from beatgen.kit import EXTRA_FAMILY, FAMILIES

MIXED = (*FAMILIES, EXTRA_FAMILY)  # what has a level and a place
LEVELS = (-40.0, 6.0)  # decibels
PANS = (-1.0, 1.0)  # left, right


@dataclass(frozen=True)
class Mix:
    """Level and place of drum families: kick, snare, tom, hat, ride, crash, percussion.

    levels: decibels, -40 to 6, by family; 0, as the kit has it, where none is named.
    pans:   -1 (left) to 1 (right) by family; 0, as the kit has it, where none is named. What the
            kit has left and right of the middle moves along.

    Raises AudioError for a family that there is not, and for a number out of range.

    >>> Mix({"kick": -3, "hat": 0}, {"ride": 0.5})
    Mix(levels={'kick': -3.0}, pans={'ride': 0.5})
    """

    levels: Mapping[str, float] = field(default_factory=dict)
    pans: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", _checked(self.levels, "level", LEVELS, " dB"))
        object.__setattr__(self, "pans", _checked(self.pans, "pan", PANS, ""))

    def __hash__(self) -> int:
        return hash((frozenset(self.levels.items()), frozenset(self.pans.items())))

    def __bool__(self) -> bool:
        """Whether anything differs from how the kit was recorded."""
        return bool(self.levels or self.pans)

    def of(self, family: str, sound: np.ndarray) -> np.ndarray:
        """`sound` of a family, float32 (samples, 2), at its level and place."""
        level, pan = self.levels.get(family, 0.0), self.pans.get(family, 0.0)
        if level:
            sound = sound * np.float32(gain_of(level))
        return pan_stereo(sound, pan) if pan else sound


def gain_of(level: float) -> float:
    """What a level in decibels multiplies the amplitude by.

    >>> round(gain_of(-6), 3)
    0.501
    """
    return float(10 ** (level / 20))


def pan_stereo(sound: np.ndarray, position: float) -> np.ndarray:
    """Stereo (samples, 2) moved to one side, -1 (left) to 1 (right): the near channel stays, and is
    joined by what the far one loses, at equal power.

    The law of the Web Audio StereoPannerNode for stereo (https://www.w3.org/TR/webaudio,
    1.33.2.2).

    >>> pan_stereo(np.array([[0.5, 0.25]]), -1).tolist()
    [[0.75, 0.0]]
    """
    near, far = (0, 1) if position < 0 else (1, 0)
    angle = (1 - abs(position)) * np.pi / 2
    moved = np.empty_like(sound)
    moved[:, near] = sound[:, near] + sound[:, far] * np.cos(angle)
    moved[:, far] = sound[:, far] * np.sin(angle)
    return moved


def _checked(
    values: Mapping[str, float], what: str, allowed: tuple[float, float], unit: str
) -> dict[str, float]:
    """The values that differ from 0, in the order of MIXED."""
    for family, value in values.items():
        if family not in MIXED:
            raise AudioError(
                f"{shown(family)} is no drum family; expected one of {', '.join(MIXED)}."
            )
        if not is_within(value, *allowed):
            found = f"{value:g}" if isinstance(value, Real) else shown(value)
            raise AudioError(
                f"the {what} of {family} is {found}{unit}; expected {allowed[0]:g} to "
                f"{allowed[1]:g}{unit}."
            )
    return {family: float(values[family]) for family in MIXED if values.get(family)}


NO_MIX = Mix()
