"""Two grooves of one pattern side by side: when each voice plays, and how loud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from beatgen.bars.hits import Hit, named_hits
from beatgen.groove import BEATS, SIXTEENTHS, Groove, voices_of
from beatgen.kit import EVERY


@dataclass(frozen=True)
class Feel:
    """How one voice of a groove is played.

    hits: how many. softest, velocity, loudest: the least, the mean and the greatest MIDI velocity.
    late: mean distance from the nearest sixteenth, in ms, below 0 early. spread: the standard
    deviation of that, in ms. All are 0 where there is no hit.
    """

    hits: int = 0
    softest: int = 0
    velocity: float = 0.0
    loudest: int = 0
    late: float = 0.0
    spread: float = 0.0


@dataclass(frozen=True)
class Change:
    """One voice before and after. moved: how far its hits moved, mean in ms, either way; louder:
    mean change of their velocity, in MIDI's 127, either way; of those that both grooves have."""

    voice: str
    before: Feel
    after: Feel
    moved: float
    louder: float


@dataclass(frozen=True)
class Comparison:
    """What `compare` found, a `Change` for each voice that plays, high ones first; printed, it is a
    table."""

    voices: tuple[Change, ...]

    def __iter__(self) -> Iterator[Change]:
        return iter(self.voices)

    def __str__(self) -> str:
        width = max([len(change.voice) for change in self.voices] + [5])
        lines = [
            f"{'':<{width}}        velocity                     timing, ms",
            f"{'voice':<{width}}  hits  before       after        before       after        moved",
        ]
        for change in self.voices:
            loud = (f"{f.softest}-{f.velocity:.0f}-{f.loudest}" for f in _both(change))
            late = (f"{f.late:+.1f} ± {f.spread:.1f}" for f in _both(change))
            cells = "".join(f"{text:<13}" for text in (*loud, *late))
            lines.append(
                f"{change.voice:<{width}}  {change.after.hits:<4}  {cells}{change.moved:.1f}"
            )
        return "\n".join(lines)


def compare(before: Groove, after: Groove) -> Comparison:
    """Two grooves side by side, voice by voice: how loud, softest-mean-loudest, and how late, mean
    and standard deviation in milliseconds from the nearest sixteenth, at each groove's tempo.

    >>> stiff = Groove.from_tab("snare |----o---|\\nkick |o-------|")
    >>> for change in compare(stiff, stiff):
    ...     print(change.voice, change.before.hits, change.before.loudest)
    snare 1 80
    kick 1 80
    """
    numbers = voices_of(before, after)
    hits = [named_hits(groove, numbers) for groove in (before, after)]
    changes = []
    for number in reversed(numbers):
        own = [{k: hit for k, hit in found.items() if k[0] == number} for found in hits]
        if not any(own):
            continue
        both = [(own[0][name], hit) for name, hit in own[1].items() if name in own[0]]
        step_ms = 1000 * before.step_seconds
        moved = [abs(new.place - old.place) * step_ms for old, new in both] or [0.0]
        louder = [abs(new.velocity - old.velocity) * 127 for old, new in both] or [0.0]
        changes.append(
            Change(
                EVERY[number].name,
                _feel(list(own[0].values()), before),
                _feel(list(own[1].values()), after),
                float(np.mean(moved)),
                float(np.mean(louder)),
            )
        )
    return Comparison(tuple(changes))


def _feel(hits: list[Hit], groove: Groove) -> Feel:
    if not hits:
        return Feel()
    velocity = 127 * np.array([hit.velocity for hit in hits])
    every = groove.resolution / SIXTEENTHS
    place = np.array([hit.place for hit in hits]) / every
    late = (place - np.rint(place)) * (60_000 / groove.tempo * BEATS / SIXTEENTHS)
    return Feel(
        len(hits),
        round(float(velocity.min())),
        float(velocity.mean()),
        round(float(velocity.max())),
        float(late.mean()) + 0.0,
        float(late.std()),
    )


def _both(change: Change) -> tuple[Feel, Feel]:
    return change.before, change.after
