"""Grooves on the wire between Python and the player in the browser.

A groove is a run of little-endian 32-bit words, one per hit, by step, then voice:

    bits  0-10  steps since the word before (from the first step of the groove), 0 to 2047
    bits 11-15  voice, 0 to 21
    bits 16-22  velocity, 1 to 127; 0 makes the word a rest, which only moves on
    bits 23-31  timing, signed, -255 to 255, in 255ths of the groove's reach

The reach is how far a hit may stand from its step: half a step, or half a sixteenth where that is
more. On 64 steps at tempo 120 a timing unit is 0.25 ms. The words travel as base64.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from beatgen.groove import SIXTEENTHS, Groove
from beatgen.kit import VOICES

TIMING_UNITS = 255
LONGEST_REST = 2047


@dataclass(frozen=True)
class Edit:
    """One cell that was changed on the grid."""

    step: int  # from the first step of the groove
    voice: int
    velocity: int  # 1 to 127; 0: the hit was taken out
    timing: float  # in steps


def reach(steps: int) -> float:
    """How far from its step a hit may stand, in steps."""
    return max(0.5, steps / (2 * SIXTEENTHS))


def pack_groove(groove: Groove) -> dict[str, Any]:
    """`groove` as {"id", "tempo", "hits"}: hits in base64, the id tells grooves apart."""
    words = _words(groove).tobytes()
    digest = blake2b(words + repr(groove.tempo).encode(), digest_size=8)
    hits = b64encode(words).decode("ascii")
    return {"id": digest.hexdigest(), "tempo": groove.tempo, "hits": hits}


def pack_way(way: Sequence[Groove]) -> dict[str, Any]:
    """All frames of a way, with what is common to them and an id that tells ways apart."""
    frames = [pack_groove(groove) for groove in way]
    packed: dict[str, Any] = {
        "bars": way[0].bars,
        "steps": way[0].steps,
        "tempi": [frame["tempo"] for frame in frames],
        "frames": [frame["hits"] for frame in frames],
        "voices": [[voice.name, voice.family] for voice in VOICES],
    }
    packed["id"] = blake2b(repr(packed).encode(), digest_size=8).hexdigest()
    return packed


def read_edits(value: object, groove: Groove) -> list[Edit]:
    """Edits as the browser sends them, [[step, voice, velocity, timing]]; what cannot be is left
    out, for what a browser sends may be anything."""
    if not isinstance(value, list):
        return []
    edits = []
    for cell in value[: groove.velocity.size]:
        if not (isinstance(cell, list) and len(cell) == 4):
            continue
        if not all(isinstance(n, int | float) and abs(n) < 1e6 for n in cell):  # no NaN either
            continue
        step, voice, velocity = (int(n) for n in cell[:3])
        inside = 0 <= step < groove.bars * groove.steps and 0 <= voice < len(VOICES)
        if inside and 0 <= velocity <= 127:
            timing = float(np.clip(cell[3], -reach(groove.steps), reach(groove.steps)))
            edits.append(Edit(step, voice, velocity, timing))
    return edits


def _words(groove: Groove) -> np.ndarray:
    """uint32 (words,), as the module's docstring says."""
    bar, step, voice = np.nonzero(groove.velocity)
    place = bar * groove.steps + step
    velocity = np.maximum(1, np.rint(groove.velocity[bar, step, voice] * 127)).astype(np.int64)
    units = groove.timing[bar, step, voice] / reach(groove.steps) * TIMING_UNITS
    timing = np.clip(np.rint(units), -TIMING_UNITS, TIMING_UNITS).astype(np.int64)
    rests, gap = np.divmod(np.diff(place, prepend=0), LONGEST_REST)
    words = gap | voice << 11 | velocity << 16 | (timing & 0x1FF) << 23
    before = np.repeat(np.arange(len(words)), rests)
    return np.insert(words, before, LONGEST_REST).astype("<u4")
