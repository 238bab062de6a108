"""Grooves, and what is to be known of them, in a line of text that an address can hold.

A text is its version, one character, and then base64url of zlib of two parts, a zero byte between
them. The first is JSON. The second has the hits of all grooves, column by column:

    hits in each bar       two bytes, low bytes first, then the high ones
    steps since the hit before, from the first step of its bar      a byte
    voice, 0 to 21         a byte
    velocity, 1 to 127     a byte
    timing, zigzag (0, -1, 1, -2 ...), in 1/120 of a step       two bytes, as above

Velocities come back as they were. A unit of timing is 1/1920 of a beat, a quarter of a tick of the
Groove MIDI Dataset: what stood on a tick comes back exactly, all else within 0.13 ms at tempo 120.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from beatgen.groove import STEPS, Groove
from beatgen.kit import VOICES

VERSION = "1"
LONGEST = 500_000  # characters that are read
LARGEST = 2_000_000  # bytes that they may hold, unpacked
TIMING_UNITS = 120  # in a step
LATEST = 2 * TIMING_UNITS  # of a hit, from its step
TEMPO = (10.0, 1000.0)


def pack(head: dict[str, Any], grooves: Sequence[Groove]) -> str:
    """A text of `head`, for JSON, and the hits of `grooves`."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    packed = zlib.compress(text.encode() + b"\0" + columns(grooves), 9)
    return VERSION + urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def unpack(text: str, room: int) -> tuple[dict[str, Any], Hits]:
    """The two parts of a text, the hits for `room` bars. Raises ValueError where it has none."""
    if text[:1] != VERSION or len(text) > LONGEST:
        raise ValueError("no text of ours")
    encoded = text[1:].encode("ascii")
    inflating = zlib.decompressobj()
    try:
        whole = inflating.decompress(
            urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4)), LARGEST
        )
    except zlib.error as error:
        raise ValueError("changed on its way") from error
    if not inflating.eof:
        raise ValueError("cut off, or too much")
    head, _, hits = whole.partition(b"\0")
    return json.loads(head.decode()), Hits(hits, room)


def columns(grooves: Iterable[Groove]) -> bytes:
    """The hits of grooves, as the module's docstring says."""
    counts, rows = [], []
    for groove in grooves:
        bar, step, voice = cell = np.nonzero(groove.velocity)
        counts.append(np.bincount(bar, minlength=groove.bars))
        gap = np.where(np.diff(bar, prepend=-1) > 0, step, np.diff(step, prepend=0))
        units = np.rint(groove.timing[cell].astype(float) * TIMING_UNITS).astype(int)
        zigzag = np.where(units < 0, -2 * units - 1, 2 * units)
        velocity = np.maximum(1, np.rint(groove.velocity[cell] * 127).astype(int))
        rows.append(np.stack([gap, voice, velocity, zigzag & 255, zigzag >> 8]))
    counted = np.concatenate([*counts, np.zeros(0, int)])
    columns = np.concatenate([*rows, np.zeros((5, 0), int)], axis=1)
    parts = [counted & 255, counted >> 8, *columns]
    return b"".join(part.astype(np.uint8).tobytes() for part in parts)


class Hits:
    """The hits of several grooves, handed out groove by groove.

    room: bars that they have at most, all together.
    """

    def __init__(self, content: bytes, room: int) -> None:
        self._room = room
        self._content = np.frombuffer(content, np.uint8).astype(int)
        self._wanted: list[tuple[int, float]] = []  # bars and tempo of each groove

    def ask(self, told: dict[str, Any]) -> int:
        """The place of a groove of these bars and this tempo among those that `grooves` gives."""
        self._wanted.append((whole(told["bars"], 1, self._room), number(told["tempo"], *TEMPO)))
        return len(self._wanted) - 1

    def grooves(self) -> list[Groove]:
        """All that were asked for. Raises ValueError where they cannot be."""
        bars = sum(bars for bars, _ in self._wanted)
        if 2 * bars > len(self._content) or bars > self._room:
            raise ValueError("more bars than there is room for")
        low, high, rest = np.split(self._content, [bars, 2 * bars])
        counts = low + 256 * high
        gap, voice, velocity, low, high = rest.reshape(5, counts.sum())
        bar = np.repeat(np.arange(bars), counts)
        run = gap.cumsum()
        before = np.concatenate([[0], run])[counts.cumsum() - counts]  # of each bar's first hit
        step = run - np.repeat(before, counts)
        zigzag = low + 256 * high
        units = np.where(zigzag % 2, -(zigzag + 1) // 2, zigzag // 2)
        grid = np.zeros((2, bars, STEPS, len(VOICES)), np.float32)
        if (velocity < 1).any() or (velocity > 127).any() or (np.abs(units) > LATEST).any():
            raise ValueError("a velocity or timing that cannot be")
        grid[:, bar, step, voice] = velocity / 127, units / TIMING_UNITS
        if np.count_nonzero(grid[0]) != len(voice):
            raise ValueError("two hits in one cell")
        ends = np.cumsum([bars for bars, _ in self._wanted])
        return [
            Groove(grid[0, end - bars : end], grid[1, end - bars : end], tempo)
            for end, (bars, tempo) in zip(ends, self._wanted, strict=True)
        ]


def number(value: object, low: float, high: float) -> float:
    """`value`, where it is a number from low to high. Raises ValueError where it is not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{value!r} is not between {low} and {high}")
    return float(value)


def whole(value: object, low: int, high: int) -> int:
    if not isinstance(value, int):
        raise ValueError(f"{value!r} is not a whole number")
    return int(number(value, low, high))
