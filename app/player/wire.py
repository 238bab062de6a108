"""Grooves on the wire between Python and the player in the browser.

A groove is a run of little-endian 32-bit words, one per hit, by step, then voice:

    bits  0-7   steps since the word before (from the first step of the groove), 0 to 255
    bits  8-15  number of the voice (`beatgen.kit.EVERY`), 0 to 255
    bits 16-22  velocity, 1 to 127; 0 makes the word a rest, which only moves on
    bits 23-31  timing, signed, -255 to 255, in 255ths of the groove's reach

The reach is how far a hit may stand from its step: half a step, or half a sixteenth where that is
more. On 64 steps at tempo 120 a timing unit is 0.25 ms. The words travel as base64.

The frames of a path are much alike: their words are zipped together (`pack_words`).

What the feels of A and of B make of a frame of the path is a run of little-endian 16-bit words, two
for each of its hits in the same order, A's feel first:

    bits  0-6   velocity, 1 to 127
    bits  7-15  how much later than in the frame, signed, in 255ths of twice the reach
"""

from __future__ import annotations

import math
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from beatgen.audio.kits import relative
from beatgen.audio.mix import LEVELS, MIXED, PANS, Mix
from beatgen.errors import BeatGenError
from beatgen.groove import (
    SIXTEENTHS,
    Groove,
    columns,
    extras_of,
    longest_steps,
    voices_of,
)
from beatgen.kit import EVERY, NAMES, PERCUSSION, VOICES
from beatgen.lock import Lock
from beatgen.meter import FOUR_FOUR, Meter, meter_of

TIMING_UNITS = 255
LONGEST_REST = 255
MOST_BARS = 64  # of a lock that is read
CELLS = 256  # a locked cell is sixteenth * CELLS + number of its voice


# Name, family and, of percussion, the kit's voice that sounds nearest.
_VOICES = [[voice.name, voice.family, None] for voice in VOICES] + [
    [voice.name, voice.family, NAMES[relative(number)]]
    for number, voice in enumerate(PERCUSSION, len(VOICES))
]


@dataclass(frozen=True)
class Edit:
    """One cell that was changed on the grid."""

    step: int  # from the first step of the groove
    voice: int  # its number
    velocity: int  # 1 to 127; 0: the hit was taken out
    timing: float  # in steps


def reach(steps: int) -> float:
    """How far from its step a hit may stand, in steps."""
    return max(0.5, steps / (2 * SIXTEENTHS))


def pack_shape(groove: Groove) -> dict[str, Any]:
    """{"bars", "steps", "meters"}: steps of a bar of 4/4, and the meter of all bars, or of each;
    without meters where all are 4/4."""
    shape: dict[str, Any] = {"bars": groove.bars, "steps": groove.resolution}
    if not groove.is_common:
        same = len(set(groove.meters)) == 1
        shape["meters"] = [str(meter) for meter in groove.meters[: 1 if same else None]]
    return shape


def pack_groove(groove: Groove) -> dict[str, Any]:
    """`groove` as {"id", "bars", "steps", "meters", "tempo", "hits"}: hits in base64, the id tells
    grooves apart."""
    words = groove_words(groove).tobytes()
    digest = blake2b(words, digest_size=8)
    shape = pack_shape(groove)
    digest.update(repr((*shape.values(), groove.tempo)).encode())
    return {
        "id": digest.hexdigest(),
        **shape,
        "tempo": groove.tempo,
        "hits": b64encode(words).decode("ascii"),
    }


def pack_path(
    path: Sequence[Groove],
    feels: tuple[Sequence[Groove], Sequence[Groove]] | None = None,
    ends: Sequence[Groove] | None = None,
) -> dict[str, Any]:
    """All frames of a path, with what is common to them and an id that tells paths apart; with its
    feels or without, it is the same path.

    feels: the path with A's feel all along, and with B's. ends: A and B, where the path begins and
    ends elsewhere.
    """
    packed: dict[str, Any] = {
        **pack_shape(path[0]),
        "tempi": [groove.tempo for groove in path],
        "frames": pack_words([groove_words(groove) for groove in path]),
        "ends": [pack_groove(end)["hits"] for end in ends] if ends else None,
        "voices": _VOICES,
    }
    packed["id"] = blake2b(repr(packed).encode(), digest_size=8).hexdigest()
    felt = zip(path, *feels, strict=True) if feels else ()
    packed["feels"] = pack_words([feel_words(*frame) for frame in felt]) if feels else None
    return packed


def pack_words(runs: Sequence[np.ndarray]) -> dict[str, Any]:
    """Runs of words of one type as {"counts": words of each run, "words": base64 of zlib}.

    All first bytes stand before all second bytes and so on: bytes of a kind pack to half the size.
    """
    words = np.concatenate(runs)
    planes = words.view(np.uint8).reshape(-1, words.itemsize).T
    return {
        "counts": [len(run) for run in runs],
        "words": b64encode(zlib.compress(planes.tobytes())).decode("ascii"),
    }


def feel_words(frame: Groove, *felt: Groove) -> np.ndarray:
    """What each groove of `felt` makes of the hits of `frame`, uint16 (hits x felt,), as the
    module's docstring says.

    Hits are paired by sixteenth, voice and order therein; one without a partner stays as it is.
    """
    hits = _strikes(frame)
    words = np.empty((len(hits.name), len(felt)), np.int64)
    for i, other in enumerate(map(_strikes, felt)):
        _, own, partner = np.intersect1d(hits.name, other.name, True, return_indices=True)
        velocity, later = hits.velocity.copy(), np.zeros(len(hits.name))
        velocity[own] = other.velocity[partner]
        later[own] = other.at[partner] - hits.at[own]
        units = np.rint(later / (2 * reach(frame.resolution)) * TIMING_UNITS)
        shift = np.clip(units, -TIMING_UNITS, TIMING_UNITS).astype(np.int64)
        words[:, i] = velocity | (shift & 0x1FF) << 7
    return words.astype("<u2").reshape(-1)


def pack_mix(mix: Mix) -> dict[str, list[float]]:
    """Level in decibels and pan of each family that is not as the kit has it."""
    return {
        family: [mix.levels.get(family, 0.0), mix.pans.get(family, 0.0)]
        for family in MIXED
        if family in mix.levels or family in mix.pans
    }


def read_mix(value: object) -> Mix:
    """What `pack_mix` made, from a browser, a link or an address: numbers out of range are brought
    into it, and what cannot be is left out."""
    levels, pans = {}, {}
    for family, pair in value.items() if isinstance(value, Mapping) else ():
        match pair:
            case [int() | float() as level, int() | float() as pan] if family in MIXED:
                if abs(level) < math.inf and abs(pan) < math.inf:  # no NaN; ints of any length
                    levels[family] = min(max(level, LEVELS[0]), LEVELS[1])
                    pans[family] = min(max(pan, PANS[0]), PANS[1])
    return Mix(levels, pans)


def pack_lock(lock: Lock) -> dict[str, Any]:
    """A lock for the browser: its shape, "voices", "sixteenths", "cells" and "hits"."""
    held = lock.held
    return {
        **pack_shape(held),
        "voices": sorted(lock.voices),
        "sixteenths": sorted(lock.sixteenths),
        "cells": sorted(at * CELLS + voice for at, voice in lock.cells),
        "hits": pack_groove(held)["hits"],
    }


def read_lock(value: object, steps: int, known: Sequence[Groove] = ()) -> Lock | None:
    """A lock as the browser sends it: "bars", "meters", "voices", "sixteenths", "cells", and "hits"
    as edits; None where nothing is locked, or where it is none.

    The wire rounds timing. A cell that agrees with one of the `known` grooves, but for that, is
    that groove's to the last bit; of several the last one's.
    """
    if not isinstance(value, Mapping) or value.get("bars") not in range(1, MOST_BARS + 1):
        return None
    bars = int(value["bars"])
    voices = _numbers_below(value.get("voices"), CELLS) & EVERY.keys()
    try:
        meters = read_meters(value.get("meters"), bars)
        shape = bars, longest_steps(meters, steps), len(VOICES)
    except (BeatGenError, TypeError):
        return None
    silence = Groove(np.zeros(shape), meters=meters)
    sixteenths = _numbers_below(value.get("sixteenths"), silence.sixteenths)
    numbers = _numbers_below(value.get("cells"), silence.sixteenths * CELLS)
    cells = frozenset(
        (at, voice) for at, voice in (divmod(n, CELLS) for n in numbers) if voice in EVERY
    )
    if not (voices or sixteenths or cells):
        return None
    held = with_edits(silence, read_edits(value.get("hits"), silence))
    for groove in known:
        again = groove.repeat(bars)
        if again.meters == held.meters and again.steps == held.steps:
            held = _exact(held, again)
    return Lock(held, voices, sixteenths, cells)


def _exact(held: Groove, known: Groove) -> Groove:
    """`held` with the cells of `known` wherever they are the same on the wire."""
    unit = reach(held.resolution) / TIMING_UNITS
    voices = voices_of(held, known)
    (velocity, timing), (exact, early) = (columns(groove, voices) for groove in (held, known))
    same = np.rint(velocity * 127) == np.rint(exact * 127)
    same &= np.abs(timing - early) < 0.51 * unit
    return replace(
        held,
        velocity=np.where(same, exact, velocity),
        timing=np.where(same, early, timing),
        extras=extras_of(voices),
    )


def read_meters(value: object, bars: int) -> tuple[Meter, ...]:
    """The meters of so many bars, as `pack_shape` names them. Raises BeatGenError or TypeError for
    anything else."""
    labels = ["4/4"] if value is None else list(value)[:bars]  # type: ignore[call-overload]
    meters = [meter_of(str(label)) for label in labels]
    return (
        tuple(meters[bar % len(meters)] for bar in range(bars)) if meters else (FOUR_FOUR,) * bars
    )


def _numbers_below(value: object, end: int) -> frozenset[int]:
    """The whole numbers from 0 to below `end` in a list that a browser sent."""
    found = value if isinstance(value, list) else []
    return frozenset(n for n in found if isinstance(n, int) and 0 <= n < end)


def with_edits(groove: Groove, edits: Sequence[Edit]) -> Groove:
    """`groove` with the edited cells in place of its own."""
    voices = sorted({*groove.voices, *(edit.voice for edit in edits)})
    velocity, timing = (grid.copy() for grid in columns(groove, voices))
    firsts = groove.first_steps
    for edit in edits:
        bar = int(np.searchsorted(firsts, edit.step, side="right")) - 1
        cell = (bar, edit.step - firsts[bar], voices.index(edit.voice))
        velocity[cell] = edit.velocity / 127
        timing[cell] = edit.timing
    return replace(groove, velocity=velocity, timing=timing, extras=extras_of(voices))


def read_edits(value: object, groove: Groove) -> list[Edit]:
    """Edits as the browser sends them, [[step, voice, velocity, timing]]; what cannot be is left
    out, for what a browser sends may be anything."""
    if not isinstance(value, list):
        return []
    edits, steps, most = [], int(groove.first_steps[-1]), reach(groove.resolution)
    for cell in value[: groove.velocity.size]:
        if not (isinstance(cell, list) and len(cell) == 4):
            continue
        if not all(isinstance(n, int | float) and abs(n) < 1e6 for n in cell):  # no NaN either
            continue
        step, voice, velocity = (int(n) for n in cell[:3])
        inside = 0 <= step < steps and voice in EVERY
        if inside and 0 <= velocity <= 127:
            timing = float(np.clip(cell[3], -most, most))
            edits.append(Edit(step, voice, velocity, timing))
    return edits


class _Strikes(NamedTuple):
    """Hits in the order of the words, each array (hits,)."""

    name: np.ndarray  # tells bar, sixteenth, voice and order therein: int
    at: np.ndarray  # steps from the start of the bar; an early downbeat is before it
    velocity: np.ndarray  # 1 to 127


def _strikes(groove: Groove) -> _Strikes:
    bar, step, voice = cells = np.nonzero(groove.velocity)
    sixteenth = np.floor(step * SIXTEENTHS / groove.resolution + 0.5).astype(np.int64)
    count = np.array([meter.sixteenths for meter in groove.meters])
    last = sixteenth == count[bar]
    at = step + groove.timing[cells] - np.where(last, groove.bar_steps[bar], 0)
    home = bar * count.max() + np.where(last, 0, sixteenth)
    number = np.array(groove.voices)[voice]
    home = (home * CELLS + number) * groove.steps
    by_time = np.lexsort((at, home))
    first = np.searchsorted(home[by_time], home)  # of the strikes of the same home
    name = np.empty_like(home)
    name[by_time] = home[by_time] + np.arange(len(home)) - first[by_time]
    return _Strikes(name, at, _midi_velocity(groove.velocity[cells]))


def _midi_velocity(velocity: np.ndarray) -> np.ndarray:
    return np.maximum(1, np.rint(velocity * 127)).astype(np.int64)


def groove_words(groove: Groove) -> np.ndarray:
    """A groove as uint32 (words,), as the module's docstring says."""
    bar, step, voice = np.nonzero(groove.velocity)
    place = groove.first_steps[bar] + step
    velocity = _midi_velocity(groove.velocity[bar, step, voice])
    units = groove.timing[bar, step, voice] / reach(groove.resolution) * TIMING_UNITS
    timing = np.clip(np.rint(units), -TIMING_UNITS, TIMING_UNITS).astype(np.int64)
    rests, gap = np.divmod(np.diff(place, prepend=0), LONGEST_REST)
    words = gap | np.array(groove.voices)[voice] << 8 | velocity << 16 | (timing & 0x1FF) << 23
    before = np.repeat(np.arange(len(words)), rests)
    return np.insert(words, before, LONGEST_REST).astype("<u4")
