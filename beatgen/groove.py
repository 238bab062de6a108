"""Groove: drum bars on a grid, with velocity, timing and tempo. Drum tab in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import index

import numpy as np

from beatgen.errors import MOST_BARS, BeatGenError, check_count, is_whole, is_within, shown
from beatgen.kit import BASIC_KIT, EVERY, INDEX, NAMES, NUMBER, VOICES, VOICES_OF_FAMILY
from beatgen.meter import FOUR_FOUR, SIXTEENTHS, STEPS, Meter, label_of, meter_of

BEATS = 4  # quarters in a bar of 4/4
TEMPO_RANGE = (30.0, 300.0)  # BPM that can be played; what is read from files is brought within it

# Drum tab: one character per step, three loudnesses; capitals are accents, g is a ghost note.
# Cymbals and hats are struck with x, drums with o; either letter is read for any voice.
TAB_VELOCITY = {"g": 32 / 127, "o": 80 / 127, "x": 80 / 127, "O": 115 / 127, "X": 115 / 127}
TAB_REST = "-"
TAB_SILENCE = "(silence)"  # names the one line, of rests, where nothing sounds
TAB_LINE = re.compile(r"^\s*(?P<name>[^|]*?)\s*\|(?P<bars>.*)\|\s*$")
TAB_METER = "meter:"  # begins the line above that names the bars' meters, where they are not 4/4


@dataclass(frozen=True, eq=False, repr=False)
class Groove:
    """One or more bars of drums, in 4/4 or any other meter.

    >>> groove = Groove.from_tab("snare |----o-------o---|", tempo=96)
    >>> groove
    <Groove: 1 x 64 steps, 2 hits, 96 BPM>
    >>> groove.velocity.shape
    (1, 64, 22)
    >>> Groove.from_tab("kick |o---o-------|", meter="3/4")
    <Groove: 1 x 48 steps in 3/4, 2 hits, 120 BPM>

    A groove may have percussion beside the kit, as `extras`: then the last axis has 22 columns for
    the kit and one for each extra.

    >>> Groove.from_tab("clap |----x---|\\nkick |o-------|").extras
    ('clap',)

    velocity: float32 (bars, steps, 22), 0 (silence) to 1 (MIDI velocity 127). The steps are those
              of the longest bar; a shorter one is silent in the others.
    timing:   float32 (bars, steps, 22), distance of the hit from its step, in steps, positive is
              late; 0 where there is no hit. Within half a step, except at the ends: a bar begins
              half a sixteenth early, and a hit before its first step stands on step 0 with
              negative timing; one just before the end of a clip stands on the last step. A hit
              whose nearest step is taken, as swing may squeeze two together, may stand up to half a
              sixteenth from its step anywhere.
    tempo:    quarter notes per minute, above 0; in a compound meter, too, as in MIDI and in a DAW.
    meters:   of each bar (`beatgen.meter`). One `Meter` may be given for all bars; of several that
              are fewer than the bars, the first follow after the last. 4/4 by default.
    extras:   names of percussion (`beatgen.kit.PERCUSSION`, or "note 95" for a MIDI note that is no
              known instrument), one for each column behind the kit's. They are put in the order of
              their numbers, and those that are never struck are left out.

    The arrays are copied where needed and made read-only. Raises BeatGenError for other shapes,
    for values out of range, for anything that is not a number, and for a hit behind its bar's end.
    """

    velocity: np.ndarray
    timing: np.ndarray = None  # type: ignore[assignment]  # None: every hit on its step
    tempo: float = 120.0
    meters: tuple[Meter, ...] = FOUR_FOUR  # type: ignore[assignment]  # one may be given for all
    extras: tuple[str, ...] = ()
    resolution: int = field(init=False)  # steps that a bar of 4/4 has beside these

    def __post_init__(self) -> None:
        columns = len(VOICES) + len(_checked_extras(self.extras))
        velocity = _numbers("velocity", self.velocity)
        timing = np.zeros_like(velocity) if self.timing is None else _numbers("timing", self.timing)
        if velocity.ndim != 3 or velocity.shape[2] != columns or 0 in velocity.shape:
            raise BeatGenError(
                f"velocity has the shape {velocity.shape}; expected (bars, steps, {columns})."
            )
        if timing.shape != velocity.shape:
            raise BeatGenError(
                f"timing has the shape {timing.shape}, velocity {velocity.shape}; "
                "expected the same for both."
            )
        if not ((velocity >= 0) & (velocity <= 1)).all():  # false for NaN, too
            raise BeatGenError("velocity must lie between 0 and 1; divide MIDI velocities by 127.")
        timing[velocity == 0] = 0
        meters = _of_each_bar(self.meters, len(velocity))
        resolution = _resolution(meters, velocity)
        most = reach(resolution)
        if not (np.abs(timing) <= most + 1e-6).all():
            raise BeatGenError(
                f"timing is counted in steps and must lie between {-most:g} and {most:g}; "
                f"found {np.nanmin(timing):g} to {np.nanmax(timing):g}."
            )
        if not is_within(self.tempo, np.nextafter(0, 1), np.finfo(float).max):
            raise BeatGenError(f"tempo is {shown(self.tempo)}; expected beats per minute above 0.")
        if self.extras:
            velocity, timing, extras = _in_order(velocity, timing, self.extras)
            object.__setattr__(self, "extras", extras)
        velocity.flags.writeable = timing.flags.writeable = False
        object.__setattr__(self, "velocity", velocity)
        object.__setattr__(self, "timing", timing)
        object.__setattr__(self, "tempo", float(self.tempo))
        object.__setattr__(self, "meters", meters)
        object.__setattr__(self, "resolution", resolution)

    @property
    def bars(self) -> int:
        return self.velocity.shape[0]

    @property
    def steps(self) -> int:
        """Steps of the longest bar."""
        return self.velocity.shape[1]

    @property
    def voices(self) -> tuple[int, ...]:
        """The number (`beatgen.kit.EVERY`) of the voice of each column: the kit's, then extras'."""
        return (*range(len(VOICES)), *(NUMBER[name] for name in self.extras))

    @property
    def meter(self) -> Meter:
        """Of the first bar; `meters` has that of each."""
        return self.meters[0]

    @property
    def bar_steps(self) -> np.ndarray:
        """Steps of each bar, int64 (bars,)."""
        return np.array([meter.steps(self.resolution) for meter in self.meters])

    @property
    def first_steps(self) -> np.ndarray:
        """Where each bar begins, and the last one ends, in steps from the start: int64
        (bars + 1,)."""
        return np.concatenate([[0], np.cumsum(self.bar_steps)])

    @property
    def sixteenths(self) -> int:
        """Sixteenth notes of all bars."""
        return sum(meter.sixteenths for meter in self.meters)

    @property
    def starts(self) -> np.ndarray:
        """Where each bar begins, and the last one ends, in quarters from the start: float64
        (bars + 1,).

        >>> Groove.from_tab("kick |o---|o---|", meter="6/8").starts.tolist()
        [0.0, 3.0, 6.0]
        """
        lengths = [float(meter.quarters) for meter in self.meters]
        return np.concatenate([[0.0], np.cumsum(lengths)])

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return float(self.starts[-1]) * 60 / self.tempo

    @property
    def step_seconds(self) -> float:
        """How long a step lasts, in seconds."""
        return BEATS * 60 / self.tempo / self.resolution

    def quarters(self, bar: np.ndarray, step: np.ndarray) -> np.ndarray:
        """Where places in the groove stand, in quarters from its start, float64 (n,).

        bar: int (n,). step: in that bar, (n,), fractions too; a hit sounds at its step + timing.
        """
        return self.starts[bar] + np.asarray(step, np.float64) * (BEATS / self.resolution)

    @property
    def is_common(self) -> bool:
        """Whether all bars are in 4/4."""
        return all(meter == FOUR_FOUR for meter in self.meters)

    def __len__(self) -> int:
        return self.bars

    def __repr__(self) -> str:
        hits = np.count_nonzero(self.velocity)
        meter = "" if self.is_common else f" in {label_of(self.meters)}"
        size = f"{self.bars} x {self.steps} steps{meter}, {hits} hits"
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
        return self.chosen(np.arange(self.bars)[bars])

    def __eq__(self, other: object) -> bool:
        """Equal hit for hit: same meters, cells, velocities, timing and tempo."""
        if not isinstance(other, Groove):
            return NotImplemented
        return (
            self.tempo == other.tempo
            and self.meters == other.meters
            and self.extras == other.extras
            and np.array_equal(self.velocity, other.velocity)
            and np.array_equal(self.timing, other.timing)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays do not hash

    def repeat(self, bars: int) -> Groove:
        """This groove played over and over until it is `bars` long. Raises BeatGenError for less
        than 1 bar.

        >>> Groove.from_tab("kick |o---|").repeat(4).bars
        4
        """
        check_count("bars", bars)
        return self.chosen(np.arange(bars) % self.bars)

    def chosen(self, bars: np.ndarray) -> Groove:
        """The bars of these numbers, int (n,), in their order.

        >>> Groove.from_tab("kick |o---|----|").chosen(np.array([1, 1, 0])).bars
        3
        """
        meters = tuple(self.meters[bar] for bar in bars)
        steps = longest_steps(meters, self.resolution)
        velocity, timing = self.velocity[bars, :steps], self.timing[bars, :steps]
        return replace(self, velocity=velocity, timing=timing, meters=meters)

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

        Velocity stands in three loudnesses and timing not at all: tab is for reading. The meters
        stand above, where there are others than 4/4.
        """
        struck = self.velocity > 0
        columns = [_columns(meter, self.resolution) for meter in self.meters]
        for bar, of_bar in enumerate(columns):
            if struck[bar].sum() != struck[bar, of_bar].sum():
                columns = [np.arange(steps) for steps in self.bar_steps]
                break
        names = *NAMES, *self.extras
        width = max(len(name) for name in names)
        lines = []
        if not self.is_common:
            lines.append(" ".join([TAB_METER, *map(str, _shortest(self.meters))]))
        for i, name in reversed(list(enumerate(names))):
            if struck[:, :, i].any():
                bars = (
                    "".join(_symbol(v, name) for v in bar[of_bar, i])
                    for bar, of_bar in zip(self.velocity, columns, strict=True)
                )
                lines.append(f"{name:<{width}}|{'|'.join(bars)}|")
        if not struck.any():
            rests = "|".join(TAB_REST * len(of_bar) for of_bar in columns)
            lines.append(f"{TAB_SILENCE:<{width}}|{rests}|")
        return "\n".join(lines)

    @classmethod
    def from_tab(
        cls,
        tab: str,
        tempo: float = 120.0,
        steps: int = STEPS,
        meter: str | Meter | Sequence[Meter] = FOUR_FOUR,
    ) -> Groove:
        """Read drum tab: a line per voice, `name |x---x---|x---x---|`, a cell per bar.

        Each bar holds any number of characters that divides its steps, as many as it has eighths,
        say: x and o are hits, X and O accents, g ghost notes, - rests. steps: of a bar of 4/4.
        meter: of all bars, or of each in turn, as in "4/4 2/4"; a first line such as `meter: 3/4`
        names it, too. Percussion ("clap") is read as an extra voice. Raises BeatGenError for an
        unknown voice, character or meter, where bars or their lengths do not agree, and for steps
        below 1.

        >>> print(Groove.from_tab("kick |o---|"))
        kick         |o---------------|
        >>> print(Groove.from_tab("kick |o--o--|", meter="6/8"))
        meter: 6/8
        kick         |o-----o-----|
        """
        lines = _tab_lines(tab, steps)
        if lines and lines[0].strip().startswith(TAB_METER):
            meter = lines.pop(0).strip()[len(TAB_METER) :]
        if isinstance(meter, str):
            meter = meters_of(meter)
        rows = [_tab_row(line) for line in lines]
        if not rows:
            raise BeatGenError("drum tab: no lines found; expected 'voice |x---x---|'.")
        bars = len(rows[0][1])
        if bars > MOST_BARS:
            raise BeatGenError(f"drum tab: {bars} bars found; expected {MOST_BARS} at most.")
        meters = _of_each_bar(meter, bars)
        extras = tuple(
            dict.fromkeys(name for name, _ in rows if name in NUMBER and name not in INDEX)
        )
        column = {name: i for i, name in enumerate((*NAMES, *extras))}
        shape = bars, longest_steps(meters, steps), len(column)
        velocity = np.zeros(shape, np.float32)
        for name, cells in rows:
            if len(cells) != bars:
                raise BeatGenError(
                    f"drum tab: {name} has {len(cells)} bars, the first line has {bars}."
                )
            for bar, cell in enumerate(cells):
                for step, found in _tab_hits(cell, meters[bar].steps(steps), name, bar):
                    velocity[bar, step, column[name]] = found
        return cls(velocity, tempo=tempo, meters=meters, extras=extras)


def reach(steps: int) -> float:
    """How far from its step a hit may stand, in steps, where a bar of 4/4 has so many: half a
    sixteenth, or one step if longer.

    >>> reach(64), reach(16)
    (2.0, 1.0)
    """
    return max(1.0, steps / (2 * SIXTEENTHS))


def check_grooves(*grooves: Groove) -> None:
    """Raises BeatGenError for what is no Groove, as the name of a file that was not read.

    >>> check_grooves("funk.mid")
    Traceback (most recent call last):
    beatgen.errors.BeatGenError: 'funk.mid' given; expected a Groove, as beatgen.read gives.
    """
    for groove in grooves:
        if not isinstance(groove, Groove):
            raise BeatGenError(f"{shown(groove)} given; expected a Groove, as beatgen.read gives.")


def rows_of(*grooves: Groove) -> tuple[int, ...]:
    """The voices that a drum grid of the grooves has rows for, by their numbers: those that sound
    in any of them, and the basic kit. Low drums come first, percussion last.

    >>> rows_of(Groove.from_tab("ride |x---|"))
    (0, 1, 11, 15)
    """
    check_grooves(*grooves)
    used = {
        groove.voices[i] for groove in grooves for i in np.flatnonzero(groove.velocity.any((0, 1)))
    }
    return tuple(sorted(used | {INDEX[name] for name in BASIC_KIT}))


def join(grooves: Iterable[Groove]) -> Groove:
    """The grooves one after the other, at the tempo of the first.

    Each keeps its meter. Raises BeatGenError where there is none or where their steps per bar of
    4/4 differ.

    >>> join([Groove.from_tab("kick |o---|", tempo=96), Groove.from_tab("snare |o---|o---|")])
    <Groove: 3 x 64 steps, 3 hits, 96 BPM>
    """
    parts = list(grooves)
    if not parts:
        raise BeatGenError("nothing to join: expected one groove or more.")
    check_grooves(*parts)
    if len({part.resolution for part in parts}) > 1:
        raise BeatGenError(
            f"grooves of {sorted({part.resolution for part in parts})} steps per bar do not join; "
            "read them with the same number of steps."
        )
    steps, voices = max(part.steps for part in parts), voices_of(*parts)
    velocity, timing = zip(*(columns(part, voices) for part in parts), strict=True)
    return Groove(
        np.concatenate([widened(part, steps) for part in velocity]),
        np.concatenate([widened(part, steps) for part in timing]),
        parts[0].tempo,
        tuple(meter for part in parts for meter in part.meters),
        extras_of(voices),
    )


def voices_of(*grooves: Groove) -> tuple[int, ...]:
    """The numbers of the columns that grids of all the grooves have in common: the kit's, and those
    of every extra of any of them."""
    check_grooves(*grooves)
    return tuple(sorted({number for groove in grooves for number in groove.voices}))


def extras_of(voices: Sequence[int]) -> tuple[str, ...]:
    """The names of the extras among columns of these numbers, as `Groove` takes them."""
    return tuple(EVERY[number].name for number in voices[len(VOICES) :])


def columns(groove: Groove, voices: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Velocity and timing of a groove, (bars, steps, voices) each, with columns for the voices of
    these numbers; what it does not have is silent there.

    >>> columns(Groove.from_tab("kick |o---|"), (0, 1))[0].any((0, 1)).tolist()
    [True, False]
    """
    if tuple(voices) == groove.voices:
        return groove.velocity, groove.timing
    at = {number: i for i, number in enumerate(groove.voices)}
    both = np.zeros((2, *groove.velocity.shape[:2], len(voices)), np.float32)
    for i, number in enumerate(voices):
        if number in at:
            both[0, :, :, i] = groove.velocity[:, :, at[number]]
            both[1, :, :, i] = groove.timing[:, :, at[number]]
    return both[0], both[1]


def as_kit(groove: Groove) -> Groove:
    """The groove as the kit alone plays it: each extra's hits as those of the voice that plays its
    part (`Voice.fold`), where that voice's family is not struck in the same sixteenth anyway. What
    networks and measures hear. A groove without extras is folded already.

    >>> print(as_kit(Groove.from_tab("clap |----x---|\\nkick |o-------|")))
    snare        |--------o-------|
    kick         |o---------------|
    """
    check_grooves(groove)
    if not groove.extras:
        return groove
    kit = len(VOICES)
    velocity, timing = groove.velocity[:, :, :kit].copy(), groove.timing[:, :, :kit].copy()
    sixteenth = sixteenths_of(groove)
    taken = {
        family: np.isin(sixteenth, sixteenth[velocity[:, :, list(voices)].any(2)])
        for family, voices in VOICES_OF_FAMILY.items()
    }
    for i, number in enumerate(groove.voices[kit:], kit):
        to = EVERY[number].fold
        if to is None:
            continue
        heard, late = groove.velocity[:, :, i], groove.timing[:, :, i]
        louder = (heard > velocity[:, :, to]) & ~taken[VOICES[to].family]
        velocity[:, :, to] = np.where(louder, heard, velocity[:, :, to])
        timing[:, :, to] = np.where(louder, late, timing[:, :, to])
    return replace(groove, velocity=velocity, timing=timing, extras=())


def sixteenths_of(groove: Groove) -> np.ndarray:
    """The sixteenth that each step is nearest to, counted from the groove's start: int64 (bars,
    steps). The last steps belong to the first one, of a loop's next turn.

    >>> sixteenths_of(Groove.from_tab("kick |o---|", steps=64))[0, [0, 1, 2, 61, 62]].tolist()
    [0, 0, 1, 15, 0]
    """
    per_sixteenth = groove.resolution / SIXTEENTHS
    first = groove.first_steps
    place = first[:-1, None] + np.arange(groove.steps)
    sixteenth = np.floor(place / per_sixteenth + 0.5) % np.ceil(first[-1] / per_sixteenth)
    return sixteenth.astype(np.int64)


def _numbers(name: str, given: np.ndarray) -> np.ndarray:
    """The array of this name as float32, a copy. Raises BeatGenError for what is none."""
    try:
        return np.array(given, dtype=np.float32)
    except (TypeError, ValueError):
        raise BeatGenError(
            f"{name} is {shown(given)}; expected an array of numbers, (bars, steps, {len(VOICES)})."
        ) from None


def _checked_extras(extras: Sequence[str]) -> Sequence[str]:
    """Raises BeatGenError for what is no percussion, and for a name that stands twice."""
    if not isinstance(extras, list | tuple):
        raise BeatGenError(f"extras are {shown(extras)}; expected names, such as ('clap',).")
    for i, name in enumerate(extras):
        if name not in NUMBER or name in INDEX:
            raise BeatGenError(
                f"extra voice {shown(name)}; expected one of beatgen.kit.PERCUSSION, such as "
                "'clap'."
            )
        if name in extras[:i]:
            raise BeatGenError(f"extra voice {shown(name)} stands twice; name each once.")
    return extras


def _in_order(
    velocity: np.ndarray, timing: np.ndarray, extras: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """The same grid with the extras by number, without those that are never struck."""
    struck = set(np.nonzero(velocity)[2].tolist())
    at = {NUMBER[name]: i for i, name in enumerate(extras, len(VOICES)) if i in struck}
    order = [*range(len(VOICES)), *(at[number] for number in sorted(at))]
    names = tuple(EVERY[number].name for number in sorted(at))
    return velocity[:, :, order], timing[:, :, order], names


def widened(grid: np.ndarray, steps: int) -> np.ndarray:
    """A grid (bars, fewer steps, voices) with silent steps behind: (bars, steps, voices)."""
    return np.pad(grid, ((0, 0), (0, steps - grid.shape[1]), (0, 0)))


def longest_steps(meters: Iterable[Meter], resolution: int) -> int:
    """Steps of the longest of some bars, where a bar of 4/4 has `resolution`."""
    return max(meter.steps(resolution) for meter in meters)


def meters_of(text: str) -> tuple[Meter, ...]:
    """The meters that a text names, one after the other.

    >>> [str(meter) for meter in meters_of("4/4 2/4")]
    ['4/4', '2/4']
    """
    return tuple(meter_of(part) for part in text.replace(",", " ").split()) or (meter_of(text),)


def checked_meters(meters: Meter | Sequence[Meter]) -> tuple[Meter, ...]:
    """One meter or several, as a tuple. Raises BeatGenError for what is none.

    >>> checked_meters(Meter(3, 4))
    (Meter(count=3, unit=4),)
    """
    given = tuple(meters) if isinstance(meters, list | tuple) else (meters,)
    for meter in given:
        if not isinstance(meter, Meter):
            raise BeatGenError(f"meter is {shown(meter)}; expected one such as Meter(3, 4).")
    return given


def _of_each_bar(meters: Meter | Sequence[Meter], bars: int) -> tuple[Meter, ...]:
    """The meter of each bar, as `Groove` takes them."""
    given = checked_meters(meters)
    if len(given) == bars:
        return given
    if len(set(given)) == 1:
        return given[:1] * bars
    if not given or len(given) > bars:
        raise BeatGenError(f"{len(given)} meters for {bars} bars; expected one for each.")
    return tuple(given[bar % len(given)] for bar in range(bars))


def _resolution(meters: tuple[Meter, ...], velocity: np.ndarray) -> int:
    """How many steps a bar of 4/4 has beside bars of these meters in a grid (bars, steps, voices).
    Raises BeatGenError where the steps do not divide the bars, and for a hit behind a bar's end."""
    steps = velocity.shape[1]
    if set(meters) == {FOUR_FOUR}:
        return steps
    resolution = steps / max(meter.share for meter in meters)
    if resolution.denominator > 1:
        raise BeatGenError(f"bars of {steps} steps are none of {label_of(meters)}.")
    for bar, meter in enumerate(meters):
        if velocity[bar, meter.steps(resolution.numerator) :].any():
            raise BeatGenError(
                f"bar {bar + 1} has a hit behind its end; a bar of {meter} has "
                f"{meter.steps(resolution.numerator)} steps here."
            )
    return resolution.numerator


def _shortest(meters: tuple[Meter, ...]) -> tuple[Meter, ...]:
    """As few meters as name those of all bars: one, where all are the same."""
    return meters[:1] if len(set(meters)) == 1 else meters


def _columns(meter: Meter, resolution: int) -> np.ndarray:
    """The steps of a bar that stand on its sixteenths; all, where there are no such steps."""
    every = resolution // SIXTEENTHS if resolution % SIXTEENTHS == 0 else 1
    return np.arange(0, meter.steps(resolution), every)


def _tab_lines(tab: str, steps: int) -> list[str]:
    """The lines of drum tab that are not empty. Raises BeatGenError for what is no text, and for
    steps below 1."""
    if not is_whole(steps) or steps < 1:
        raise BeatGenError(f"steps is {shown(steps)}; expected 1 or more per bar.")
    if not isinstance(tab, str):
        raise BeatGenError(f"drum tab: {shown(tab)} found; expected text.")
    return list(filter(str.strip, tab.splitlines()))


def _tab_row(line: str) -> tuple[str, list[str]]:
    """The voice and the bars of a line of drum tab."""
    match = TAB_LINE.match(line)
    if match is None:
        raise BeatGenError(f"drum tab line {shown(line)}: expected 'voice |x---x---|'.")
    name = match["name"].lower()
    if name not in NUMBER and name != TAB_SILENCE:
        raise BeatGenError(
            f"drum tab: unknown voice {shown(name)}; expected one of the kit, such as kick, snare, "
            "hi-hat, open hat, tom 1, ride or crash 1, or percussion, such as clap."
        )
    return name, match["bars"].split("|")


def _tab_hits(cell: str, steps: int, name: str, bar: int) -> Iterator[tuple[int, float]]:
    """Steps and velocities of the hits in a bar of drum tab, of so many steps."""
    if not cell or steps % len(cell):
        raise BeatGenError(
            f"drum tab: {name}, bar {bar + 1} has {len(cell)} characters; "
            f"expected a divisor of {steps}."
        )
    known = TAB_VELOCITY if name in NUMBER else {}
    for i, symbol in enumerate(cell):
        if symbol == TAB_REST:
            continue
        if symbol not in known:
            raise BeatGenError(
                f"drum tab: {name}, bar {bar + 1}: {symbol!r} found; "
                f"expected one of {' '.join([*known, TAB_REST])}."
            )
        yield i * (steps // len(cell)), known[symbol]


def _symbol(velocity: float, name: str) -> str:
    if velocity == 0:
        return TAB_REST
    if velocity < 48 / 127:
        return "g"
    letter = "o" if EVERY[NUMBER[name]].family in ("kick", "snare", "tom") else "x"
    return letter.upper() if velocity >= 104 / 127 else letter
