"""A MIDI file read as a Groove: bar lines, tempo, and the cell of each hit."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from beatgen.errors import (
    MOST_BARS,
    BeatGenError,
    MidiError,
    MidiWarning,
    is_whole,
    is_within,
    shown,
)
from beatgen.groove import BEATS, STEPS, Groove, extras_of, longest_steps, reach
from beatgen.kit import EVERY, NUMBER, VOICES
from beatgen.meter import FOUR_FOUR, SIXTEENTHS, Meter
from beatgen.midi.channels import CYMBALS, find_drums
from beatgen.midi.events import (
    EARLY,
    LOOP,
    PICKUP,
    TICKS,
    Events,
    Source,
    lead,
    name_of,
    read_events,
    too_long,
)
from beatgen.midi.maps import GENERAL_MIDI, INDEX_OF_PITCH, Wanted, drum_map
from beatgen.midi.recognition import Reading, read_voices
from beatgen.midi.report import MidiReport
from beatgen.midi.tempo import beats_per_minute, main_tempo, playable
from beatgen.midi.tracks import by_track_names

MAX_STEPS = TICKS * BEATS  # per bar: one tick each
MOST_CELLS = MOST_BARS * STEPS * 48  # bars x steps x voices of 64 steps: .4 GB while they are read
MOST_HITS = MOST_BARS * SIXTEENTHS  # that are read; a megabyte may hold five times as many
PHRASE = 4  # bars; silence that completes one is kept
CLIP = 8  # bars; so long a clip is kept whole, silence and all
ON_GRID = 1 / 32  # sixteenths; the steadiest take of GMD is off by more, in the median
NEAR_GRID = 0.08  # sixteenths; the same for four fifths of the notes
PITCHES = 128
UNKNOWN = -2  # in Reading.numbers, a note that the map does not know
FEW_MOVES = 256  # hits that may go elsewhere to make room for one more
MOST_MOVES = 4096  # for those of a whole file that find no room in the end
CHOKED = 64  # pressure of a hand that holds a cymbal


@dataclass(frozen=True)
class _Bar:
    start: float  # tick
    end: float
    label: str  # of its meter, in messages
    meter: Meter | None  # None: of none that is read


def read_midi(
    source: Source, steps: int = STEPS, *, map: Wanted = None, inverted_pedal: bool = False
) -> Groove:
    """Read the drums of a MIDI file.

    source: a path or a binary file object, type 0 or 1, any ticks per beat. steps: per bar of 4/4;
    a bar of another meter has its share of them (`beatgen.meter`). map: which note means which
    voice: a name, as in "toontrack" (`beatgen.midi.maps`), or a file of one's own, as in "my.tsv";
    by default it is recognised, and General MIDI where in doubt. inverted_pedal: controller 4 is 0,
    not 127, where the hi-hat's pedal is down. Everything that could not be kept is named in a
    MidiWarning; `scan_midi` returns it instead. Raises MidiError where the file
    cannot be read, has no drums, or no bar of a meter that is played.

    >>> from io import BytesIO
    >>> from beatgen.midi import write_midi
    >>> groove, file = Groove.from_tab("kick |o---o-o-|"), BytesIO()
    >>> _ = write_midi(groove, file)
    >>> read_midi(BytesIO(file.getvalue())) == groove
    True
    """
    groove, report = scan_midi(source, steps, map=map, inverted_pedal=inverted_pedal)
    if report.messages:
        text = f"{report.name}: {' '.join(report.messages)}"
        warnings.warn(text, MidiWarning, stacklevel=2)
    return groove


def scan_midi(
    source: Source,
    steps: int = STEPS,
    name: str | None = None,
    *,
    map: Wanted = None,
    inverted_pedal: bool = False,
) -> tuple[Groove, MidiReport]:
    """Read the drums of a MIDI file, and report what became of everything in it.

    name: what to call the file in messages; its own name by default. Else as `read_midi`.

    >>> from io import BytesIO
    >>> from beatgen.midi import write_midi
    >>> file = BytesIO()
    >>> _ = write_midi(Groove.from_tab("kick |o---o-o-|"), file)
    >>> groove, report = scan_midi(BytesIO(file.getvalue()), name="beat.mid")
    >>> report.hits, report.messages
    ({'kick': 3}, [])
    """
    _check_steps(steps)
    name = name or name_of(source)
    events = _restored(read_events(source, name), steps)
    return scan_events(events, steps, name, map=map, inverted_pedal=inverted_pedal)


def scan_events(
    events: Events, steps: int, name: str, *, map: Wanted = None, inverted_pedal: bool = False
) -> tuple[Groove, MidiReport]:
    """Read the drums among events, whatever file they were found in; else as `scan_midi`."""
    _check_steps(steps)
    by_names = ""
    if map is None:
        events, by_names = by_track_names(events)
    drums = find_drums(events, name, None if map is None else drum_map(map))
    notes = events.notes[drums.chosen]
    if len(notes) > MOST_HITS:
        raise MidiError(
            f"{name}: {len(notes):,} drum hits, more than the {MOST_HITS:,} that are read; export "
            "a part of it."
        )
    reading = read_voices(events, notes, map, inverted_pedal)
    bars = _bars(events, notes[:, 0], steps, name)
    report = MidiReport(
        name,
        channels=list(drums.channels),
        left_out=drums.left_out,
        ticks_per_beat=events.ticks_per_beat,
        meters=list(dict.fromkeys(f"{n}/{d}" for _, n, d in events.meters)),
        strange_meters=list(events.strange),
        pitches=_counts(notes[:, 2]),
        skipped={i + 1: bar.label for i, bar in enumerate(bars) if bar.meter is None},
        chokes=_chokes(events, drums.channels, reading),
        map=reading.map.name,
        map_title=reading.map.title,
        map_why=reading.why,
        pedal=reading.pedal,
        remarks=[by_names] if by_names else [],
    )
    _check(report, reading, bars)
    groove = _quantize(notes, reading, bars, events.ticks_per_beat, steps, report)
    first, end = _kept(groove)
    report.lead_in, report.silent = first, groove.bars - end
    _set_tempo(report, events, [bar for bar in bars if bar.meter is not None][first:end])
    groove = replace(groove[first:end], tempo=report.tempo)
    struck = np.count_nonzero(groove.velocity, axis=(0, 1))
    named = zip(groove.voices, struck.tolist(), strict=True)
    report.hits = {EVERY[number].name: n for number, n in named if n}
    report.bars = groove.bars
    return groove, report


def _check_steps(steps: int) -> None:
    if not is_whole(steps) or not is_within(steps, 1, MAX_STEPS):
        raise BeatGenError(f"steps is {shown(steps)}; expected 1 to {MAX_STEPS} per bar.")


def _restored(events: Events, steps: int) -> Events:
    """The events as they were played, of a file whose early hits were written elsewhere than
    before its start; see MARKS."""
    notes, marks = events.notes.copy(), events.marks
    ticks, pitches = notes[:, 0], notes[:, 2]
    before = lead(events.ticks_per_beat, steps)  # ticks that a bar begins before its line
    for pitch, early in marks.get(EARLY, []):
        if early < 0:
            ticks[(ticks == 0) & (pitches == pitch)] = max(early, math.floor(1 - before))
    for pitch, moved in marks.get(LOOP, []):  # one to each place, so that none is moved twice
        if moved >= -before:
            written, played = (
                (events.last + moved, moved) if moved < 0 else (moved, events.last + moved)
            )
            ticks[(ticks == written) & (pitches == pitch)] = played
    shift = next((ticks for _, ticks in marks.get(PICKUP, [])), 0)
    if not shift or notes[0, 0] - shift < -before:
        return replace(events, notes=notes)
    ticks -= shift
    return replace(
        events,
        notes=notes,
        tempos=[(max(0, tick - shift), tempo) for tick, tempo in events.tempos],
        meters=[(max(0, tick - shift), count, unit) for tick, count, unit in events.meters],
        end=events.end - shift,
        last=events.last - shift,
    )


def _check(report: MidiReport, reading: Reading, bars: list[_Bar]) -> None:
    """Raises MidiError where no bar is of a meter that is played, and where no pitch is one of the
    kit."""
    if len(report.skipped) == len(bars):
        raise MidiError(
            f"{report.name}: only bars of {_shown(report.skipped.values())} found; expected meters "
            "such as 4/4, 3/4, 12/8 or 7/8, of two bars of 4/4 at most. Set another meter in your "
            "DAW and export again."
        )
    if (reading.voices < 0).all():
        raise MidiError(
            f"{report.name}: no drum of the kit found on channel {report.channel}, only the "
            f"{_pitches(report.pitches)}. {_what_to_do(reading)}"
        )


def _bars(events: Events, ticks: np.ndarray, steps: int, name: str) -> list[_Bar]:
    """Bar lines from the meters: whole bars up to the file's end, and one for every note.

    ticks: of the notes, in order. A new meter starts a new bar; what stands before it is a shorter
    bar. A meter that is only repeated is not new. An unfinished bar without a note is no bar, but
    an end of track may come a little early.
    """
    quarter = events.ticks_per_beat
    early = lead(quarter, steps)
    # Late hits of a loop were put back behind its end; they are of its last bar.
    last_note = int(ticks.max()) if LOOP not in events.marks else min(ticks.max(), events.last - 1)
    bars: list[_Bar] = []
    changes = _meter_changes(events)
    changes += [(max(events.end, last_note + 1) + 2**30, 4, 4)]
    for (start, numerator, denominator), (until, *_) in pairwise(changes):
        length = quarter * 4 * numerator / denominator
        at = float(start)
        while at < until and (
            at + length <= events.end + min(early, length / 8) or at - early < last_note or not bars
        ):
            end = min(at + length, until)
            label = f"{numerator}/{denominator}" if end == at + length else "a cut bar"
            if len(bars) == MOST_BARS:
                raise MidiError(too_long(name))
            bars.append(_Bar(at, end, label, _meter(end - at, quarter, numerator, denominator)))
            at = end
    # Notes just before the end of a clip are the last of their own bar, not a bar of their own.
    # So are they in a loop where only the end of the last note is written beyond the bar line; but
    # in a take, which was played, they are the downbeat that it ends on.
    last = bars[-1]
    if len(bars) > 1 and last_note < last.start:
        ended = events.last <= last.start
        spare = min(early, (last.end - last.start) / 8)
        unwritten = events.end + spare < last.end and _is_phrase(len(bars) - 1)
        if ended or (unwritten and _is_programmed(ticks, quarter)):
            bars.pop()
    return bars


def _meter_changes(events: Events) -> list[tuple[float, int, int]]:
    """Where the meter changes and to what, the start first. What is written less than a 32nd beside
    a bar line holds from there on."""
    quarter = events.ticks_per_beat
    changes: list[tuple[float, int, int]] = [events.meters[0]]
    for tick, numerator, denominator in events.meters[1:]:
        start, *before = changes[-1]
        if before == [numerator, denominator]:
            continue
        length = quarter * 4 * before[0] / before[1]
        line = start + round((tick - start) / length) * length
        at = line if abs(tick - line) < quarter / 8 else tick
        if at == start:
            changes.pop()
        changes.append((at, numerator, denominator))
    return changes


def _is_programmed(ticks: np.ndarray, quarter: int) -> bool:
    """Whether most notes stand on sixteenths or triplets, as no drummer plays, or nearly all so
    near to them as a DAW moves them that makes a pattern sound played."""
    place = ticks[:, None] / quarter * np.array([SIXTEENTHS / BEATS, 3])
    off = np.abs(place - np.rint(place)) * np.array([1, SIXTEENTHS / BEATS / 3])
    most, nearly_all = np.quantile(off.min(axis=1), [0.5, 0.8])
    return bool(most < ON_GRID or nearly_all < NEAR_GRID)


def _is_phrase(bars: int) -> bool:
    """Whether a clip of so many bars is likely to be a loop."""
    return bars in (1, 2) or bars % PHRASE == 0


def _meter(length: float, quarter: int, numerator: int, denominator: int) -> Meter | None:
    """The meter of a bar so many ticks long, None for one that is not read.

    Bars of four quarters are 4/4 by whatever name. A bar that the next meter cuts off is as many
    quarters, or sixteenths, as are left of it.
    """
    if length == quarter * BEATS:
        return FOUR_FOUR
    sixteenths = 4 * length / quarter
    if length != quarter * 4 * numerator / denominator:
        if sixteenths != int(sixteenths) or not sixteenths:
            return None
        whole = int(sixteenths)
        numerator, denominator = (whole // 4, 4) if whole % 4 == 0 else (whole, 16)
    try:
        return Meter(numerator, denominator)
    except BeatGenError:
        return None


def _quantize(
    notes: np.ndarray,
    reading: Reading,
    bars: list[_Bar],
    ticks_per_beat: int,
    steps: int,
    report: MidiReport,
) -> Groove:
    """Every note in the cell nearest to where it was played, or in the nearest that is free. Raises
    MidiError where none falls into a bar that is read."""
    grid = _Grid.of(bars, ticks_per_beat * BEATS / steps, steps)
    # A straight thirty-second lies just between two sixteenths and stays where it is written.
    starts = np.array([bar.start for bar in bars]) - lead(ticks_per_beat, steps)
    bar = np.maximum(0, np.searchsorted(starts, notes[:, 0], side="left") - 1)
    # A note of no known instrument is itself.
    of_note = np.array([NUMBER[f"note {pitch}"] for pitch in range(PITCHES)])
    voice = np.where(reading.numbers == UNKNOWN, of_note[notes[:, 2]], reading.numbers)
    kept = (voice >= 0) & (grid.row[bar] >= 0)
    report.dropped = _counts(notes[voice < 0, 2])
    _tell_voices(report, reading, notes[kept, 2], voice[kept])
    if not kept.any():
        raise MidiError(
            f"{report.name}: no hit in the bars that are read; all are in bars of "
            f"{_shown(report.skipped.values())}, a meter that is not played. Set another in your "
            "DAW and export again."
        )
    notes, bar, voice = notes[kept], bar[kept], voice[kept]
    position = (notes[:, 0] - grid.starts[bar]) / grid.width
    # A downbeat goes before the grace note that leads to it; then the loudest first.
    order = np.lexsort((-notes[:, 3], position < -0.5))
    where = grid.place(bar[order], position[order], voice[order])
    report.collisions = len(order) - len(where)
    meters = tuple(bar.meter for bar in bars if bar.meter is not None)
    voices = sorted({*range(len(VOICES)), *voice.tolist()})
    column = {number: i for i, number in enumerate(voices)}
    shape = len(meters), longest_steps(meters, steps), len(voices)
    if shape[0] * shape[1] * STEPS // steps * shape[2] > MOST_CELLS:
        raise MidiError(
            f"{report.name}: {shape[0]:,} bars with {shape[2]} drums and percussion instruments, "
            "more than is read at once; export a part of it."
        )
    velocity, timing = np.zeros((2, *shape), np.float32)
    for hit, (to, step, late) in where.items():
        note = order[hit]
        velocity[to, step, column[voice[note]]] = notes[note, 3] / 127
        timing[to, step, column[voice[note]]] = late
    return Groove(velocity, timing, meters=meters, extras=extras_of(voices))


def _tell_voices(
    report: MidiReport, reading: Reading, pitches: np.ndarray, numbers: np.ndarray
) -> None:
    """What voice each pitch was read as, and which of them General MIDI would send elsewhere, or
    folds into another's row."""
    general = drum_map(GENERAL_MIDI)
    pairs = Counter(zip(pitches.tolist(), numbers.tolist(), strict=True))
    for (pitch, number), hits in sorted(pairs.items()):
        report.voices.setdefault(pitch, EVERY[number].name)
        if reading.map.name != GENERAL_MIDI:
            if number != general.number_of(pitch):
                report.moved[pitch] = report.moved.get(pitch, 0) + hits
        elif pitch not in INDEX_OF_PITCH and number < len(VOICES):
            report.folded[pitch] = report.folded.get(pitch, 0) + hits


Cell = tuple[int, int, int]  # voice, row, step


class _Played(NamedTuple):
    """Where each hit was played: its bar, position there in steps, and voice."""

    bar: list[int]
    position: list[float]
    voice: list[int]


@dataclass(frozen=True)
class _Grid:
    """The grid that hits are placed in, one row for each bar that is read.

    row: bar -> its row, or -1, int64 (bars,). starts: of each bar, in ticks. steps: of each bar.
    width: of a step, in ticks. most: how far from its step a hit may stand, in steps.
    """

    row: np.ndarray
    starts: np.ndarray
    steps: np.ndarray
    width: float
    most: float

    @classmethod
    def of(cls, bars: list[_Bar], width: float, steps: int) -> _Grid:
        """width: of a step, in ticks. steps: of a bar of 4/4."""
        read = np.array([bar.meter is not None for bar in bars])
        meters = [bar.meter or FOUR_FOUR for bar in bars]
        return cls(
            np.where(read, np.cumsum(read) - 1, -1),
            np.array([bar.start for bar in bars]),
            np.array(
                [meter.steps(steps) if ok else 0 for meter, ok in zip(meters, read, strict=True)]
            ),
            width,
            reach(steps) + 1e-6,
        )

    def place(
        self, bar: np.ndarray, position: np.ndarray, voice: np.ndarray
    ) -> dict[int, tuple[int, int, float]]:
        """Hit -> row, step and timing, for all hits that find room, the first of them first.

        bar, position: where each hit was played, position in steps. A hit whose cell is taken goes
        to the nearest free one that it reaches, and where there is none, others move for it. Of two
        hits of a voice at the same moment, one is placed.
        """
        steps = np.clip(np.floor(position + 0.5), 0, self.steps[bar] - 1)
        nearest = np.stack([voice, self.row[bar], steps], 1)
        _, first = np.unique(nearest, axis=0, return_index=True)
        moments = np.stack([voice, bar, np.round(position, 6)], 1)
        _, once = np.unique(moments, axis=0, return_index=True)
        taken: dict[Cell, int] = {}
        where = {}
        for hit in first.tolist():
            kind, row, step = nearest[hit].astype(int).tolist()
            taken[kind, row, step] = hit
            where[hit] = (row, step, float(position[hit]) - step)
        played = _Played(bar.tolist(), position.tolist(), voice.tolist())
        moves = MOST_MOVES
        for hit in sorted(set(once.tolist()) - set(where)):
            tried: set[Cell] = set()
            if not self._make_room(hit, played, taken, where, tried, min(moves, FEW_MOVES)):
                moves -= len(tried)
        return where

    def _make_room(
        self,
        hit: int,
        played: _Played,
        taken: dict[Cell, int],
        where: dict[int, tuple[int, int, float]],
        tried: set[Cell],
        moves: int,
    ) -> bool:
        """Place one more hit, if there is a way: in a free cell, else in that of a hit which goes
        to another in turn. tried: cells whose hit cannot go, at most `moves` of them."""
        reached = self._reached(played.bar[hit], played.position[hit])
        for row, step, late in reached:
            cell = played.voice[hit], row, step
            if cell not in taken:
                taken[cell], where[hit] = hit, (row, step, late)
                return True
        for row, step, late in reached:
            cell = played.voice[hit], row, step
            if cell in tried or len(tried) >= moves:
                continue
            tried.add(cell)
            if self._make_room(taken[cell], played, taken, where, tried, moves):
                taken[cell], where[hit] = hit, (row, step, late)
                return True
        return False

    def _reached(self, bar: int, position: float) -> list[tuple[int, int, float]]:
        """Row, step and timing of every cell in reach of a hit, the nearest first, those of its own
        bar before others."""
        found = []
        tick = position * self.width + self.starts[bar]
        for to in range(max(0, bar - 1), min(len(self.row), bar + 2)):
            if self.row[to] < 0:
                continue
            place = (tick - self.starts[to]) / self.width
            low = max(0, math.ceil(place - self.most))
            high = min(int(self.steps[to]) - 1, math.floor(place + self.most))
            for step in range(low, high + 1):
                late = float(place - step)
                found.append((round(abs(late), 6), to != bar, int(self.row[to]), step, late))
        return [cell[2:] for cell in sorted(found)]


def _kept(groove: Groove) -> tuple[int, int]:
    """The first bar of a clip that is kept, from 0, and the end of those: not long silence before
    and behind what sounds, but what completes a phrase, and all of a short clip."""
    if groove.bars <= CLIP:
        return 0, groove.bars
    sounding = np.flatnonzero(groove.velocity.any((1, 2)))
    first, end = int(sounding[0]), int(sounding[-1]) + 1
    first = first if first >= PHRASE else 0
    end = first + math.ceil((end - first) / PHRASE) * PHRASE
    return first, min(groove.bars, end)


def _set_tempo(report: MidiReport, events: Events, bars: list[_Bar]) -> None:
    """The groove's tempo, and what is reported of the file's."""
    start, end = bars[0].start, bars[-1].end
    tempo, report.performed = main_tempo(events, start, end)
    report.named_tempo = beats_per_minute(tempo)
    report.tempo = playable(report.named_tempo)
    # A tempo that holds for less than a sixteenth is one that was written a little late.
    changes = [*events.tempos, (max(events.last, int(end)) + events.ticks_per_beat, 0)]
    report.tempos = _changes(
        beats_per_minute(tempo)
        for (tick, tempo), (until, _) in pairwise(changes)
        if until - tick >= events.ticks_per_beat / 4 or len(events.tempos) == 1
    )


def _chokes(events: Events, channels: Iterable[int], reading: Reading) -> dict[int, int]:
    """Pitch of a cymbal -> how often a hand holds it, on these channels, counted from 1."""
    read = set(channels)
    return _counts(
        pitch
        for _, channel, pitch, pressure in events.touches.tolist()
        if channel + 1 in read and pressure >= CHOKED and _is_cymbal(reading.map.voice_of(pitch))
    )


def _is_cymbal(voice: int | None) -> bool:
    return voice is not None and voice < len(VOICES) and VOICES[voice].family in CYMBALS


def _counts(pitches: Iterable[int]) -> dict[int, int]:
    """How often each stands among them, in order."""
    return dict(sorted(Counter(int(pitch) for pitch in pitches).items()))


def _what_to_do(reading: Reading) -> str:
    if reading.map.name == GENERAL_MIDI:
        return "Map them to General MIDI drums, 35 to 81."
    return f"Choose another map than {reading.map.title}."


def _shown(labels: Iterable[str]) -> str:
    """Meters for people, each once."""
    each = list(dict.fromkeys(labels))
    more = f" and {len(each) - 6} more" if len(each) > 6 else ""
    return ", ".join(each[:6]) + more


def _pitches(found: Iterable[int]) -> str:
    """Some pitches, for people."""
    pitches = [str(pitch) for pitch in found]
    more = f" and {len(pitches) - 8} more" if len(pitches) > 8 else ""
    return f"pitch{'es' if len(pitches) > 1 else ''} {', '.join(pitches[:8])}{more}"


def _changes(values: Iterator[Any]) -> list[Any]:
    """The values without immediate repetitions."""
    kept: list[Any] = []
    for value in values:
        if not kept or kept[-1] != value:
            kept.append(value)
    return kept
