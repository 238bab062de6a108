"""Groove: drum bars on a grid, with velocity, timing and tempo. Drum tab in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from operator import index

import numpy as np

from beatgen.errors import MOST_BARS, BeatGenError
from beatgen.kit import BASIC_KIT, INDEX, NAMES, VOICES

STEPS = 64  # steps per bar that the models are trained on
SIXTEENTHS = 16
BEATS = 4
TEMPO_RANGE = (30.0, 300.0)  # BPM that can be played; what is read from files is brought within it

# Drum tab: one character per step, three loudnesses; capitals are accents, g is a ghost note.
# Cymbals and hats are struck with x, drums with o; either letter is read for any voice.
TAB_VELOCITY = {"g": 32 / 127, "o": 80 / 127, "x": 80 / 127, "O": 115 / 127, "X": 115 / 127}
TAB_REST = "-"
TAB_SILENCE = "(silence)"  # names the one line, of rests, where nothing sounds
TAB_LINE = re.compile(r"^\s*(?P<name>[^|]*?)\s*\|(?P<bars>.*)\|\s*$")


@dataclass(frozen=True, eq=False, repr=False)
class Groove:
    """One or more 4/4 bars of drums.

    >>> groove = Groove.from_tab("snare |----o-------o---|", tempo=96)
    >>> groove
    <Groove: 1 x 64 steps, 2 hits, 96 BPM>
    >>> groove.velocity.shape
    (1, 64, 22)

    velocity: float32 (bars, steps, 22), 0 (silence) to 1 (MIDI velocity 127).
    timing:   float32 (bars, steps, 22), distance of the hit from its step, in steps, positive is
              late; 0 where there is no hit. Within half a step, except at the ends: a bar begins
              half a sixteenth early, and a hit before its first step stands on step 0 with
              negative timing; one just before the end of a clip stands on the last step. A hit
              whose nearest step is taken, as swing may squeeze two together, may stand up to half a
              sixteenth from its step anywhere.
    tempo:    beats (quarter notes) per minute, above 0.

    The arrays are copied where needed and made read-only. Raises BeatGenError for other shapes,
    for values out of range and for anything that is not a number.
    """

    velocity: np.ndarray
    timing: np.ndarray = None  # type: ignore[assignment]  # None: every hit on its step
    tempo: float = 120.0

    def __post_init__(self) -> None:
        velocity = np.array(self.velocity, dtype=np.float32)
        timing = (
            np.zeros_like(velocity)
            if self.timing is None
            else np.array(self.timing, dtype=np.float32)
        )
        if velocity.ndim != 3 or velocity.shape[2] != len(VOICES) or 0 in velocity.shape:
            raise BeatGenError(
                f"velocity has the shape {velocity.shape}; expected (bars, steps, {len(VOICES)})."
            )
        if timing.shape != velocity.shape:
            raise BeatGenError(
                f"timing has the shape {timing.shape}, velocity {velocity.shape}; "
                "expected the same for both."
            )
        if not ((velocity >= 0) & (velocity <= 1)).all():  # false for NaN, too
            raise BeatGenError("velocity must lie between 0 and 1; divide MIDI velocities by 127.")
        timing[velocity == 0] = 0
        most = reach(velocity.shape[1])
        if not (np.abs(timing) <= most + 1e-6).all():
            raise BeatGenError(
                f"timing is counted in steps and must lie between {-most:g} and {most:g}; "
                f"found {np.nanmin(timing):g} to {np.nanmax(timing):g}."
            )
        if not (np.isfinite(self.tempo) and self.tempo > 0):
            raise BeatGenError(f"tempo is {self.tempo}; expected beats per minute above 0.")
        velocity.flags.writeable = timing.flags.writeable = False
        object.__setattr__(self, "velocity", velocity)
        object.__setattr__(self, "timing", timing)
        object.__setattr__(self, "tempo", float(self.tempo))

    @property
    def bars(self) -> int:
        return self.velocity.shape[0]

    @property
    def steps(self) -> int:
        """Steps per bar."""
        return self.velocity.shape[1]

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.bars * BEATS * 60 / self.tempo

    @property
    def step_seconds(self) -> float:
        return BEATS * 60 / self.tempo / self.steps

    def __len__(self) -> int:
        return self.bars

    def __repr__(self) -> str:
        hits = np.count_nonzero(self.velocity)
        size = f"{self.bars} x {self.steps} steps, {hits} hits"
        return f"<Groove: {size}, {self.tempo:g} BPM>"

    def __iter__(self) -> Iterator[Groove]:
        """The bars, each as a groove of its own."""
        return (self[bar] for bar in range(self.bars))

    def __getitem__(self, bars: int | slice) -> Groove:
        """The chosen bar or bars as a groove of their own."""
        if not isinstance(bars, slice):
            bar = index(bars)  # of any whole number, numpy's too
            bars = slice(bar, bar + 1 or None)
        if not len(range(*bars.indices(self.bars))):
            raise BeatGenError(
                f"no such bars: the groove has {self.bars}, counted from 0; asked for "
                f"{bars.start} to {bars.stop}."
            )
        return replace(self, velocity=self.velocity[bars], timing=self.timing[bars])

    def __eq__(self, other: object) -> bool:
        """Equal hit for hit: same cells, velocities, timing and tempo."""
        if not isinstance(other, Groove):
            return NotImplemented
        return (
            self.tempo == other.tempo
            and np.array_equal(self.velocity, other.velocity)
            and np.array_equal(self.timing, other.timing)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays do not hash

    def repeat(self, bars: int) -> Groove:
        """This groove played over and over until it is `bars` long.

        >>> Groove.from_tab("kick |o---|").repeat(4).bars
        4
        """
        played = np.arange(bars) % self.bars
        return replace(self, velocity=self.velocity[played], timing=self.timing[played])

    def trim(self) -> Groove:
        """Without the silent bars before the first hit and after the last; one bar at least.

        >>> Groove.from_tab("kick |----|o---|----|").trim().bars
        1
        """
        sounding = np.flatnonzero(self.velocity.any(axis=(1, 2)))
        if not len(sounding):
            return self[:1]
        return self[int(sounding[0]) : int(sounding[-1]) + 1]

    def __str__(self) -> str:
        """Drum tab, top cymbal first; sixteenths where every hit stands on one, else every step.

        Velocity stands in three loudnesses and timing not at all: tab is for reading.
        """
        every = self.steps // SIXTEENTHS if self.steps % SIXTEENTHS == 0 else 1
        struck = self.velocity > 0
        if every > 1 and struck.sum() != struck[:, ::every].sum():
            every = 1
        grid = self.velocity[:, ::every]
        width = max(len(name) for name in NAMES)
        lines = []
        for i in reversed(range(len(VOICES))):
            if struck[:, :, i].any():
                bars = ("".join(_symbol(v, i) for v in bar[:, i]) for bar in grid)
                lines.append(f"{NAMES[i]:<{width}}|{'|'.join(bars)}|")
        rests = "|".join([TAB_REST * grid.shape[1]] * self.bars)
        return "\n".join(lines) or f"{TAB_SILENCE:<{width}}|{rests}|"

    @classmethod
    def from_tab(cls, tab: str, tempo: float = 120.0, steps: int = STEPS) -> Groove:
        """Read drum tab: a line per voice, `name |x---x---|x---x---|`, a cell per bar.

        Each bar holds any number of characters that divides `steps`: x and o are hits, X and O
        accents, g ghost notes, - rests. Raises BeatGenError for an unknown voice or character,
        where bars or their lengths do not agree, and for steps below 1.

        >>> print(Groove.from_tab("kick |o---|"))
        kick         |o---------------|
        """
        if steps < 1:
            raise BeatGenError(f"steps is {steps}; expected 1 or more per bar.")
        rows = [_tab_row(line) for line in filter(str.strip, tab.splitlines())]
        if not rows:
            raise BeatGenError("drum tab: no lines found; expected 'voice |x---x---|'.")
        bars = len(rows[0][1])
        if bars > MOST_BARS:
            raise BeatGenError(f"drum tab: {bars} bars found; expected {MOST_BARS} at most.")
        velocity = np.zeros((bars, steps, len(VOICES)), np.float32)
        for name, cells in rows:
            if len(cells) != bars:
                raise BeatGenError(
                    f"drum tab: {name} has {len(cells)} bars, the first line has {bars}."
                )
            for bar, cell in enumerate(cells):
                for step, found in _tab_hits(cell, steps, name, bar):
                    velocity[bar, step, INDEX[name]] = found
        return cls(velocity, tempo=tempo)


def reach(steps: int) -> float:
    """How far from its step a hit may stand, in steps, in bars of so many: half a sixteenth, or one
    step if longer.

    >>> reach(64), reach(16)
    (2.0, 1.0)
    """
    return max(1.0, steps / (2 * SIXTEENTHS))


def rows_of(*grooves: Groove) -> tuple[int, ...]:
    """The voices that a drum grid of the grooves has rows for, as indices, low drums first: those
    that sound in any of them, and the basic kit.

    >>> rows_of(Groove.from_tab("ride |x---|"))
    (0, 1, 11, 15)
    """
    used = {int(i) for groove in grooves for i in np.flatnonzero(groove.velocity.any((0, 1)))}
    return tuple(sorted(used | {INDEX[name] for name in BASIC_KIT}))


def join(grooves: Iterable[Groove]) -> Groove:
    """The grooves one after the other, at the tempo of the first.

    Raises BeatGenError where there is none or where their steps per bar differ.

    >>> join([Groove.from_tab("kick |o---|", tempo=96), Groove.from_tab("snare |o---|o---|")])
    <Groove: 3 x 64 steps, 3 hits, 96 BPM>
    """
    parts = list(grooves)
    if not parts:
        raise BeatGenError("nothing to join: expected one groove or more.")
    if len({part.steps for part in parts}) > 1:
        raise BeatGenError(
            f"grooves of {sorted({part.steps for part in parts})} steps per bar do not join; "
            "read them with the same number of steps."
        )
    return Groove(
        np.concatenate([part.velocity for part in parts]),
        np.concatenate([part.timing for part in parts]),
        parts[0].tempo,
    )


def _tab_row(line: str) -> tuple[str, list[str]]:
    """The voice and the bars of a line of drum tab."""
    match = TAB_LINE.match(line)
    if match is None:
        raise BeatGenError(f"drum tab line {line!r}: expected 'voice |x---x---|'.")
    name = match["name"].lower()
    if name not in INDEX and name != TAB_SILENCE:
        raise BeatGenError(f"drum tab: unknown voice {name!r}; one of {', '.join(NAMES)}.")
    return name, match["bars"].split("|")


def _tab_hits(cell: str, steps: int, name: str, bar: int) -> Iterator[tuple[int, float]]:
    """Steps and velocities of the hits in a bar of drum tab."""
    if not cell or steps % len(cell):
        raise BeatGenError(
            f"drum tab: {name}, bar {bar + 1} has {len(cell)} characters; "
            f"expected a divisor of {steps}."
        )
    known = TAB_VELOCITY if name in INDEX else {}
    for i, symbol in enumerate(cell):
        if symbol == TAB_REST:
            continue
        if symbol not in known:
            raise BeatGenError(
                f"drum tab: {name}, bar {bar + 1}: {symbol!r} found; "
                f"expected one of {' '.join([*known, TAB_REST])}."
            )
        yield i * (steps // len(cell)), known[symbol]


def _symbol(velocity: float, voice: int) -> str:
    if velocity == 0:
        return TAB_REST
    if velocity < 48 / 127:
        return "g"
    letter = "o" if VOICES[voice].family in ("kick", "snare", "tom") else "x"
    return letter.upper() if velocity >= 104 / 127 else letter
