"""A MIDI file read as a Groove: bar lines, tempo, and the cell of each hit."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from beatgen.errors import MOST_BARS, BeatGenError, MidiError, MidiWarning
from beatgen.groove import BEATS, SIXTEENTHS, STEPS, Groove, reach
from beatgen.kit import NAMES, VOICES
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
from beatgen.midi.maps import INDEX_OF_PITCH, voice_of_pitch
from beatgen.midi.report import MidiReport
from beatgen.midi.tempo import beats_per_minute, main_tempo, playable

MAX_STEPS = TICKS * BEATS  # per bar: one tick each
MOST_HITS = MOST_BARS * SIXTEENTHS  # that are read; a megabyte may hold five times as many
PHRASE = 4  # bars; silence that completes one is kept
CLIP = 8  # bars; so long a clip is kept whole, silence and all
PITCHES = 128
CHOKED = 64  # pressure of a hand that holds a cymbal


@dataclass(frozen=True)
class _Bar:
    start: float  # tick
    end: float
    meter: str
    readable: bool  # four quarters long


def read_midi(source: Source, steps: int = STEPS) -> Groove:
    """Read the drums of a MIDI file.

    source: a path or a binary file object, type 0 or 1, any ticks per beat. steps: per bar.
    Everything that could not be kept is named in a MidiWarning; `scan_midi` returns it instead.
    Raises MidiError where the file cannot be read, has no drums, or no 4/4 bar.

    >>> from io import BytesIO
    >>> from beatgen.midi import write_midi
    >>> groove, file = Groove.from_tab("kick |o---o-o-|"), BytesIO()
    >>> write_midi(groove, file)
    >>> read_midi(BytesIO(file.getvalue())) == groove
    True
    """
    groove, report = scan_midi(source, steps)
    if report.messages:
        text = f"{report.name}: {' '.join(report.messages)}"
        warnings.warn(text, MidiWarning, stacklevel=2)
    return groove


def scan_midi(
    source: Source, steps: int = STEPS, name: str | None = None
) -> tuple[Groove, MidiReport]:
    """Read the drums of a MIDI file, and report what became of everything in it.

    name: what to call the file in messages; its own name by default. Else as `read_midi`.

    >>> from io import BytesIO
    >>> from beatgen.midi import write_midi
    >>> file = BytesIO()
    >>> write_midi(Groove.from_tab("kick |o---o-o-|"), file)
    >>> groove, report = scan_midi(BytesIO(file.getvalue()), name="beat.mid")
    >>> report.hits, report.messages
    ({'kick': 3}, [])
    """
    if not 1 <= steps <= MAX_STEPS:
        raise BeatGenError(f"steps is {steps}; expected 1 to {MAX_STEPS} per bar.")
    name = name or name_of(source)
    events = _restored(read_events(source, name), steps)
    drums = find_drums(events, name)
    notes = events.notes[drums.chosen]
    if len(notes) > MOST_HITS:
        raise MidiError(
            f"{name}: {len(notes):,} drum hits, more than the {MOST_HITS:,} that are read; export "
            "a part of it."
        )
    bars = _bars(events, notes[:, 0], steps, name)
    report = MidiReport(
        name,
        channels=list(drums.channels),
        left_out=drums.left_out,
        ticks_per_beat=events.ticks_per_beat,
        meters=list(dict.fromkeys(f"{n}/{d}" for _, n, d in events.meters)),
        strange_meters=list(events.strange),
        pitches=dict(sorted(Counter(notes[:, 2].tolist()).items())),
        skipped={i + 1: bar.meter for i, bar in enumerate(bars) if not bar.readable},
        chokes=_chokes(events, drums.channels),
    )
    _check(report, bars)
    velocity, timing = _quantize(notes, bars, events.ticks_per_beat, steps, report)
    struck = np.count_nonzero(velocity, axis=(0, 1))
    if not struck.any():
        meters = ", ".join(dict.fromkeys(report.skipped.values()))
        raise MidiError(
            f"{name}: no hit in the bars that are read; all are in {meters}. Choose another file, "
            "or set its meter to 4/4."
        )
    report.hits = {voice: int(n) for voice, n in zip(NAMES, struck, strict=True) if n}
    kept = _kept(velocity)
    report.silent = len(velocity) - kept
    _set_tempo(report, events, [bar for bar in bars if bar.readable][:kept])
    groove = Groove(velocity[:kept], timing[:kept], report.tempo)
    report.bars = groove.bars
    return groove, report


def _restored(events: Events, steps: int) -> Events:
    """The events as they were played, of a file whose early hits were written elsewhere than
    before its start; see MARKS."""
    notes, marks = events.notes.copy(), events.marks
    ticks, pitches = notes[:, 0], notes[:, 2]
    earliest = math.floor(1 - lead(events.ticks_per_beat, steps))
    for pitch, early in marks.get(EARLY, []):
        if early < 0:
            ticks[(ticks == 0) & (pitches == pitch)] = max(early, earliest)
    for pitch, moved in marks.get(LOOP, []):  # one to each place, so that none is moved twice
        if moved >= earliest:
            written, played = (
                (events.last + moved, moved) if moved < 0 else (moved, events.last + moved)
            )
            ticks[(ticks == written) & (pitches == pitch)] = played
    shift = next((ticks for _, ticks in marks.get(PICKUP, [])), 0)
    if not shift or notes[0, 0] - shift < earliest:
        return replace(events, notes=notes)
    ticks -= shift
    return replace(
        events,
        notes=notes,
        tempos=[(max(0, tick - shift), tempo) for tick, tempo in events.tempos],
        meters=[(max(0, tick - shift), *meter) for tick, *meter in events.meters],
        end=events.end - shift,
        last=events.last - shift,
    )


def _check(report: MidiReport, bars: list[_Bar]) -> None:
    """Raises MidiError where no bar is in 4/4, and where no pitch is one of the kit."""
    if len(report.skipped) == len(bars):
        raise MidiError(
            f"{report.name}: no 4/4 bar found, only {', '.join(report.meters[:8])}; only 4/4 is "
            "read. Choose another file, or set its meter to 4/4."
        )
    if all(voice_of_pitch(pitch) is None for pitch in report.pitches):
        raise MidiError(
            f"{report.name}: no drum of the kit found on channel {report.channel}, only the "
            f"{_pitches(report.pitches)}. Map them to General MIDI drums, 35 to 81."
        )


def _bars(events: Events, ticks: np.ndarray, steps: int, name: str) -> list[_Bar]:
    """Bar lines from the meters: whole bars up to the file's end, and one for every note.

    ticks: of the notes, in order. A new meter starts a new bar; what stands before it is a shorter
    bar. A meter that is only repeated is not new. An unfinished bar without a note is no bar, but
    an end of track may come a little early.
    """
    quarter = events.ticks_per_beat
    early = lead(quarter, steps)
    last_note = int(ticks.max())
    bars: list[_Bar] = []
    changes = [events.meters[0]]
    changes += [after for before, after in pairwise(events.meters) if after[1:] != before[1:]]
    changes += [(max(events.end, last_note + 1) + 2**30, 4, 4)]
    for (start, numerator, denominator), (until, *_) in pairwise(changes):
        length = quarter * 4 * numerator / denominator
        at = float(start)
        while at < until and (
            at + length <= events.end + early or at - early < last_note or not bars
        ):
            end = min(at + length, until)
            whole = end - at == quarter * BEATS
            meter = f"{numerator}/{denominator}" if end == at + length else "a cut bar"
            if len(bars) == MOST_BARS:
                raise MidiError(too_long(name))
            bars.append(_Bar(at, end, meter, whole))
            at = end
    # Notes just before the end of a clip are the last of their own bar, not a bar of their own,
    # though the end of the last may be written beyond the bar line.
    unheard = last_note < bars[-1].start and events.end + early < bars[-1].end
    if len(bars) > 1 and unheard and _is_phrase(len(bars) - 1):
        bars.pop()
    return bars


def _is_phrase(bars: int) -> bool:
    """Whether a clip of so many bars is likely to be a loop."""
    return bars in (1, 2) or bars % PHRASE == 0


def _quantize(
    notes: np.ndarray, bars: list[_Bar], ticks_per_beat: int, steps: int, report: MidiReport
) -> tuple[np.ndarray, np.ndarray]:
    """Every note in the cell nearest to where it was played, or in the nearest that is free."""
    readable = np.array([bar.readable for bar in bars])
    row = np.where(readable, np.cumsum(readable) - 1, -1)
    starts = np.array([bar.start for bar in bars])
    voices = np.array([-1 if (v := voice_of_pitch(p)) is None else v for p in range(PITCHES)])
    # A straight thirty-second lies just between two sixteenths and stays where it is written.
    early = lead(ticks_per_beat, steps)
    bar = np.maximum(0, np.searchsorted(starts - early, notes[:, 0], side="left") - 1)
    voice = voices[notes[:, 2]]
    kept = (voice >= 0) & (row[bar] >= 0)
    report.dropped = _counts(notes[voice < 0, 2])
    report.folded = _counts(
        pitch for pitch in notes[kept, 2].tolist() if pitch not in INDEX_OF_PITCH
    )
    notes, bar, voice = notes[kept], bar[kept], voice[kept]
    position = (notes[:, 0] - starts[bar]) / (ticks_per_beat * BEATS / steps)
    # A downbeat goes before the grace note that leads to it; then the loudest first.
    order = np.lexsort((-notes[:, 3], position < -0.5))
    cells = _Cells(row, steps)
    where = cells.place(bar[order], position[order], voice[order])
    report.collisions = len(order) - len(where)
    velocity = np.zeros((int(readable.sum()), steps, len(VOICES)), np.float32)
    timing = np.zeros_like(velocity)
    for hit, (to, step, late) in where.items():
        note = order[hit]
        velocity[to, step, voice[note]] = notes[note, 3] / 127
        timing[to, step, voice[note]] = late
    return velocity, timing


@dataclass(frozen=True)
class _Cells:
    """The grid that hits are placed in. row: bar -> its row, or -1. steps: per bar."""

    row: np.ndarray
    steps: int

    def place(
        self, bar: np.ndarray, position: np.ndarray, voice: np.ndarray
    ) -> dict[int, tuple[int, int, float]]:
        """Hit -> row, step and timing, for all hits that find room, the first of them first.

        bar, position: where each hit was played, position in steps. A hit whose cell is taken goes
        to the nearest free one that it reaches, and where there is none, others move for it. Of two
        hits of a voice at the same moment, one is placed.
        """
        steps = np.clip(np.floor(position + 0.5), 0, self.steps - 1)
        nearest = np.stack([voice, self.row[bar], steps], 1)
        _, first = np.unique(nearest, axis=0, return_index=True)
        moments = np.stack([voice, bar, np.round(position, 6)], 1)
        _, once = np.unique(moments, axis=0, return_index=True)
        taken: dict[tuple[int, int, int], int] = {}  # voice, row, step -> hit
        where = {}
        for hit in first.tolist():
            taken[tuple(nearest[hit].astype(int).tolist())] = hit
            step = int(steps[hit])
            where[hit] = (int(self.row[bar[hit]]), step, float(position[hit]) - step)
        played = bar.tolist(), position.tolist(), voice.tolist()
        for hit in sorted(set(once.tolist()) - set(where)):
            self._make_room(hit, played, taken, where, set())
        return where

    def _make_room(
        self,
        hit: int,
        played: tuple[list[int], list[float], list[int]],
        taken: dict[tuple[int, int, int], int],
        where: dict[int, tuple[int, int, float]],
        tried: set[tuple[int, int, int]],
    ) -> bool:
        """Place one more hit, if there is a way: in a free cell, else in that of a hit which goes
        to another in turn."""
        bar, position, voice = (column[hit] for column in played)
        reached = list(self._reached(bar, position))
        for others_move in (False, True):
            for row, step, late in reached:
                cell = voice, row, step
                if others_move and cell not in tried:
                    tried.add(cell)
                    free = self._make_room(taken[cell], played, taken, where, tried)
                else:
                    free = cell not in taken
                if free:
                    taken[cell], where[hit] = hit, (row, step, late)
                    return True
        return False

    def _reached(self, bar: int, position: float) -> list[tuple[int, int, float]]:
        """Row, step and timing of every cell in reach of a hit, the nearest first, those of its own
        bar before others."""
        most = reach(self.steps) + 1e-6
        found = []
        for at in range(math.ceil(position - most), math.floor(position + most) + 1):
            over, step = divmod(at, self.steps)
            if 0 <= bar + over < len(self.row) and self.row[bar + over] >= 0:
                found.append((abs(position - at), int(self.row[bar + over]), step, position - at))
        return [cell[1:] for cell in sorted(found)]


def _kept(velocity: np.ndarray) -> int:
    """How many bars of a clip are kept: not long silence at its end, but what completes a phrase,
    and all of a short clip."""
    bars = len(velocity)
    if bars <= CLIP:
        return bars
    sounding = int(np.flatnonzero(velocity.any((1, 2)))[-1]) + 1
    return min(bars, math.ceil(sounding / PHRASE) * PHRASE)


def _set_tempo(report: MidiReport, events: Events, bars: list[_Bar]) -> None:
    """The groove's tempo, and what is told of the file's."""
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


def _chokes(events: Events, channels: Iterable[int]) -> dict[int, int]:
    """Pitch of a cymbal -> how often a hand holds it, on these channels, counted from 1."""
    return _counts(
        pitch
        for _, channel, pitch, pressure in events.touches.tolist()
        if channel + 1 in set(channels) and pressure >= CHOKED and _is_cymbal(pitch)
    )


def _is_cymbal(pitch: int) -> bool:
    voice = voice_of_pitch(pitch)
    return voice is not None and VOICES[voice].family in CYMBALS


def _counts(pitches: Iterable[int]) -> dict[int, int]:
    """How often each stands among them, in order."""
    return dict(sorted(Counter(int(pitch) for pitch in pitches).items()))


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
