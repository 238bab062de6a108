"""Grooves, and what describes them, in a line of text that an address can hold.

A text is its version, one character, and then base64url of zlib of two parts, a zero byte between
them. The first is JSON. The second has the hits of all grooves, column by column:

    hits in each bar       two bytes, low bytes first, then the high ones
    steps since the hit before, from the first step of its bar      a byte
    voice, its number in links (app/share/voices.py)      a byte
    velocity, 1 to 127     a byte
    timing, zigzag (0, -1, 1, -2 ...), in 1/120 of a step       two bytes, as above

Velocities come back as they were. A unit of timing is 1/1920 of a beat, a quarter of a tick of the
Groove MIDI Dataset: what stood on a tick comes back exactly, all else within 0.13 ms at tempo 120.

A groove in other meters than 4/4 names them in its record, as in "4/4 2/4" (`record_of`).

Links and browsers hold such texts for years. A change of their form makes a new version and keeps
reading the older ones:
tests/app/share/links.json holds some of each. Version 1 has the kit's voices and 4/4 alone, and is
what is written where there is nothing else; version 2 has percussion and meters, too.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from app.limits import GROOVE_TEMPO_RANGE, number, whole
from app.share.voices import READ, WRITE
from beatgen.errors import BeatGenError
from beatgen.groove import STEPS, Groove, extras_of, longest_steps, meters_of
from beatgen.kit import VOICES
from beatgen.meter import FOUR_FOUR, Meter

KIT_VERSION = "1"  # of the kit's voices in 4/4 alone
LATEST_VERSION = "2"  # with percussion and other meters
VERSIONS = (KIT_VERSION, LATEST_VERSION)
LONGEST = 500_000  # characters that are read
LARGEST = 2_000_000  # bytes that they may hold, unpacked
TIMING_UNITS = 120  # in a step
LATEST = 2 * TIMING_UNITS  # timing of a hit at most


def pack(head: dict[str, Any], grooves: Sequence[Groove]) -> str:
    """A text of `head`, for JSON, and the hits of `grooves`.

    >>> groove = Groove.from_tab("kick |o---o---o---o---|")
    >>> head, hits = unpack(pack({"bars": 1, "tempo": 120}, [groove]), bars=1)
    >>> hits.expect(head)
    0
    >>> hits.grooves()[0] == groove
    True
    """
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    packed = zlib.compress(text.encode() + b"\0" + _columns(grooves), 9)
    plain = all(groove.is_common and not groove.extras for groove in grooves)
    version = KIT_VERSION if plain else LATEST_VERSION
    return version + urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def unpack(text: str, bars: int) -> tuple[dict[str, Any], Hits]:
    """The two parts of a text, the hits of `bars` bars at most. Raises ValueError where it is not
    one that `pack` made."""
    if text[:1] not in VERSIONS or len(text) > LONGEST:
        raise ValueError("another version, or too long")
    encoded = text[1:].encode("ascii")
    decompressor = zlib.decompressobj()
    try:
        content = decompressor.decompress(
            urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4)), LARGEST
        )
    except zlib.error as error:
        raise ValueError("changed since it was made") from error
    if not decompressor.eof:
        raise ValueError("cut off, or too large")
    head, _, hits = content.partition(b"\0")
    return json.loads(head.decode()), Hits(hits, bars)


class Hits:
    """The hits of several grooves in one text. `expect` each groove, in their order; then `grooves`
    gives them.

    most_bars: that they have at most, all together.
    """

    def __init__(self, content: bytes, most_bars: int) -> None:
        self._most_bars = most_bars
        self._content = np.frombuffer(content, np.uint8).astype(int)
        self._expected: list[tuple[int, float, tuple[Meter, ...]]] = []  # bars, tempo, meters

    def expect(self, recorded: Mapping[str, Any]) -> int:
        """The index that a groove of these "bars" and this "tempo" has among `grooves`. Raises
        ValueError where they are not possible."""
        bars = whole(recorded["bars"], 1, self._most_bars)
        try:
            given = meters_of(recorded.get("meters", str(FOUR_FOUR)))[:bars]
        except (BeatGenError, AttributeError) as error:
            raise ValueError("meters that are not possible") from error
        meters = tuple(given[bar % len(given)] for bar in range(bars))
        self._expected.append((bars, number(recorded["tempo"], *GROOVE_TEMPO_RANGE), meters))
        return len(self._expected) - 1

    def grooves(self) -> list[Groove]:
        """All that were expected. Raises ValueError where the text does not hold them."""
        bars = sum(bars for bars, *_ in self._expected)
        if 2 * bars > len(self._content) or bars > self._most_bars:
            raise ValueError("more bars than the text holds, or than are read")
        low, high, rest = np.split(self._content, [bars, 2 * bars])
        counts = low + 256 * high
        gap, voice, velocity, low, high = rest.reshape(5, counts.sum())
        bar = np.repeat(np.arange(bars), counts)
        run = gap.cumsum()
        before = np.concatenate([[0], run])[counts.cumsum() - counts]  # of each bar's first hit
        step = run - np.repeat(before, counts)
        zigzag = low + 256 * high
        units = np.where(zigzag % 2, -(zigzag + 1) // 2, zigzag // 2)
        known, place = np.unique(voice, return_inverse=True)
        voice = np.array([*map(voice_number, known.tolist())], int)[place]
        voices = sorted({*range(len(VOICES)), *voice.tolist()})
        longest = [longest_steps(meters, STEPS) for *_, meters in self._expected]
        grid = np.zeros((2, bars, max(longest, default=STEPS), len(voices)), np.float32)
        if (velocity < 1).any() or (velocity > 127).any() or (np.abs(units) > LATEST).any():
            raise ValueError("a velocity or timing that is not possible")
        grid[:, bar, step, np.searchsorted(voices, voice)] = velocity / 127, units / TIMING_UNITS
        if np.count_nonzero(grid[0]) != len(voice):
            raise ValueError("two hits in one cell")
        found = []
        for steps, (bars, tempo, meters) in zip(longest, self._expected, strict=True):
            own, grid = np.split(grid, [bars], axis=1)
            try:
                played = own[:, :, :steps]
                found.append(Groove(played[0], played[1], tempo, meters, extras_of(voices)))
            except BeatGenError as error:
                raise ValueError("a hit behind the end of its bar") from error
            if own[0, :, steps:].any():
                raise ValueError("a hit behind the end of its bar")
        return found


def record_of(groove: Groove) -> dict[str, Any]:
    """What `Hits.expect` takes of a groove: its bars, its tempo and, where they are not 4/4, its
    meters."""
    record: dict[str, Any] = {"bars": groove.bars, "tempo": groove.tempo}
    if not groove.is_common:
        same = len(set(groove.meters)) == 1
        record["meters"] = " ".join(map(str, groove.meters[: 1 if same else None]))
    return record


def voice_number(value: object) -> int:
    """The number in the kit of a voice by its number in a link. Raises ValueError where there is
    none of it."""
    number = whole(value, 0, max(READ))
    if number not in READ:
        raise ValueError("a voice that there is not")
    return READ[number]


def _columns(grooves: Iterable[Groove]) -> bytes:
    """The hits of grooves, as the module's docstring says."""
    counts, rows = [], []
    for groove in grooves:
        bar, step, voice = cell = np.nonzero(groove.velocity)
        counts.append(np.bincount(bar, minlength=groove.bars))
        gap = np.where(np.diff(bar, prepend=-1) > 0, step, np.diff(step, prepend=0))
        units = np.rint(groove.timing[cell].astype(float) * TIMING_UNITS).astype(int)
        zigzag = np.where(units < 0, -2 * units - 1, 2 * units)
        velocity = np.maximum(1, np.rint(groove.velocity[cell] * 127).astype(int))
        voice = np.array([WRITE[number] for number in groove.voices])[voice]
        rows.append(np.stack([gap, voice, velocity, zigzag & 255, zigzag >> 8]))
    count = np.concatenate([*counts, np.zeros(0, int)])
    columns = np.concatenate([*rows, np.zeros((5, 0), int)], axis=1)
    parts = [count & 255, count >> 8, *columns]
    return b"".join(part.astype(np.uint8).tobytes() for part in parts)
