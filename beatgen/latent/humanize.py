"""What becomes of a groove's own feel when it is given another: how much of the other's timing and
velocity is taken, family by family, and which accents stay.

`played` is the groove with the other feel: the same hits in the same sixteenths. Hits that were
struck together move together, as one stroke of a drummer does, and what was written clearly louder
stays louder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from beatgen.bars.hits import Hit, Name, cells_of, grid_of, named_hits
from beatgen.errors import BeatGenError, check_share, shown
from beatgen.groove import Groove
from beatgen.kit import EVERY, EXTRA_FAMILY, FAMILIES

Amount = float | Mapping[str, float]  # for all families, or for each of those that change

EVERY_FAMILY = (*FAMILIES, EXTRA_FAMILY)
TOGETHER = 0.5  # steps between hits of one stroke, at most: 16 ms at 120 BPM
ACCENT = 12 / 127  # a hit that is written louder by this is meant to be louder
# Of the way to the middle between two levels that a hit may go: the rest keeps them apart, by one
# velocity of MIDI at least
CLOSE = 0.85


class Amounts(NamedTuple):
    """How much of another feel is taken, 0 (as written) to 1 (as played), for each family."""

    timing: dict[str, float]
    velocity: dict[str, float]


def amounts_of(name: str, amount: Amount | None) -> dict[str, float]:
    """An amount for each family: 1 for None; families that a mapping leaves out have 0. Raises
    BeatGenError for amounts outside 0 to 1, and for a family that is none.

    >>> amounts_of("timing", {"hat": 0.5})["kick"]
    0.0
    """
    if not isinstance(amount, Mapping):
        share = 1.0 if amount is None else amount
        check_share(name, share)
        return dict.fromkeys(EVERY_FAMILY, float(share))
    if unknown := sorted(set(amount) - set(EVERY_FAMILY)):
        raise BeatGenError(
            f"{name} of {shown(unknown[0])}: no such family; one of {', '.join(EVERY_FAMILY)}."
        )
    for family, share in amount.items():
        check_share(f"{name} of {family}", share)
    return dict.fromkeys(EVERY_FAMILY, 0.0) | {k: float(share) for k, share in amount.items()}


def with_feel(written: Groove, played: Groove, amounts: Amounts, keep_accents: bool) -> Groove:
    """The hits of `written` with as much of the feel of `played` as the amounts say.

    keep_accents: a hit that is written louder than another of its family, by ACCENT or more, stays
    louder; the loudness stays that of `written`, and what `played` adds is how hits that are
    written alike differ. Hits of which `played` has none stay as they are.
    """
    own, other = (named_hits(groove, groove.voices) for groove in (written, played))
    target = {name: other.get(name, hit) for name, hit in own.items()}
    moved = _moved(own, target, amounts.timing)
    loud = _louder(own, target, amounts.velocity, keep_accents)
    changed = [name for name, hit in own.items() if (moved[name], loud[name]) != hit]
    if not changed:
        return written
    cells, kept = cells_of(written, written.voices), np.stack([written.velocity, written.timing])
    hits = {}
    for name in changed:
        bar, step, column = cells[name]
        stands = bar * written.steps + step + float(written.timing[bar, step, column])
        # From where it stands: an early downbeat may be written at the loop's end.
        hits[name] = Hit(stands + moved[name] - own[name].place, loud[name])
        kept[:, bar, step, column] = 0
    velocity, timing = grid_of(hits, written, written.voices, kept)
    return replace(written, velocity=velocity, timing=timing)


def _moved(
    own: Mapping[Name, Hit], target: Mapping[Name, Hit], amount: Mapping[str, float]
) -> dict[Name, float]:
    """The places of the hits: those of one stroke move by the mean of their movements, the louder
    ones counting more."""
    moved = {}
    for stroke in _strokes(own):
        weights = [own[name].velocity for name in stroke]
        by = np.average([target[name].place - own[name].place for name in stroke], weights=weights)
        for name in stroke:
            moved[name] = own[name].place + amount[_family(name)] * float(by)
    return moved


def _strokes(own: Mapping[Name, Hit]) -> Iterable[list[Name]]:
    """The hits that are struck together."""
    by_sixteenth: dict[int, list[Name]] = defaultdict(list)
    for name in own:
        by_sixteenth[name[1]].append(name)
    for names in by_sixteenth.values():
        stroke: list[Name] = []
        for name in sorted(names, key=lambda name: own[name].place):
            if stroke and own[name].place - own[stroke[0]].place > TOGETHER:
                yield stroke
                stroke = []
            stroke.append(name)
        yield stroke


def _louder(
    own: Mapping[Name, Hit],
    target: Mapping[Name, Hit],
    amount: Mapping[str, float],
    keep_accents: bool,
) -> dict[Name, float]:
    """The velocities of the hits."""
    by_family: dict[str, list[Name]] = defaultdict(list)
    for name in own:
        by_family[_family(name)].append(name)
    louder: dict[Name, float] = {}
    for family, names in by_family.items():
        written = np.array([own[name].velocity for name in names])
        played = np.array([target[name].velocity for name in names])
        if keep_accents:
            played = _between_accents(written, played)
        velocity = written + amount[family] * (played - written)
        if amount[family]:
            velocity = np.clip(np.rint(velocity * 127), 1, 127) / 127
        louder |= zip(names, velocity.tolist(), strict=True)
    return louder


def _between_accents(written: np.ndarray, played: np.ndarray) -> np.ndarray:
    """Velocities, float (n,), that vary around the written ones as the played ones do around their
    mean at that level, and no farther than half-way to what is written clearly louder or softer."""
    apart = written[:, None] - written
    alike = np.abs(apart) < ACCENT
    varied = played - (alike * played).sum(1) / alike.sum(1)
    down = np.where(apart >= ACCENT, apart, np.inf).min(1)
    up = np.where(apart <= -ACCENT, -apart, np.inf).min(1)
    varied = np.clip(varied, -CLOSE * down / 2, CLOSE * up / 2)
    return np.clip(written + varied, 1 / 127, 1)


def _family(name: Name) -> str:
    return EVERY[name[0]].family
