"""A MIDI file read as a Groove: bar lines, tempo, and the cell of each hit."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import mido
import numpy as np

from beatgen.errors import MOST_BARS, BeatGenError, MidiError, MidiWarning
from beatgen.groove import BEATS, STEPS, Groove, extras_of, longest_steps
from beatgen.kit import EVERY, NUMBER, VOICES
from beatgen.meter import FOUR_FOUR, Meter
from beatgen.midi.channels import drum_channel
from beatgen.midi.events import TICKS, Events, Source, lead, name_of, read_events, too_long
from beatgen.midi.maps import GENERAL_MIDI, INDEX_OF_PITCH, Wanted, drum_map
from beatgen.midi.recognition import Reading, read_voices
from beatgen.midi.report import MidiReport

MAX_STEPS = TICKS * BEATS  # per bar: one tick each


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
    if not 1 <= steps <= MAX_STEPS:
        raise BeatGenError(f"steps is {steps}; expected 1 to {MAX_STEPS} per bar.")
    name = name or name_of(source)
    events = read_events(source, name)
    channel = drum_channel(events, name)
    notes = events.notes[events.notes[:, 1] == channel]
    reading = read_voices(events, notes, map, inverted_pedal)
    bars = _bars(events, int(notes[-1, 0]), steps, name)
    report = MidiReport(
        name,
        channel=channel + 1,
        ticks_per_beat=events.ticks_per_beat,
        tempos=_changes(round(mido.tempo2bpm(t), 2) for _, t in events.tempos),
        meters=_changes(f"{n}/{d}" for _, n, d in events.meters),
        pitches=dict(sorted(Counter(notes[:, 2].tolist()).items())),
        skipped={i + 1: bar.label for i, bar in enumerate(bars) if bar.meter is None},
        map=reading.map.name,
        map_title=reading.map.title,
        map_why=reading.why,
        pedal=reading.pedal,
    )
    if len(report.skipped) == len(bars):
        raise MidiError(
            f"{name}: only bars of {', '.join(dict.fromkeys(report.skipped.values()))} found; "
            "expected meters such as 4/4, 3/4, 12/8 or 7/8, of two bars of 4/4 at most. Set "
            "another meter in your DAW and export again."
        )
    if (reading.voices < 0).all():
        raise MidiError(
            f"{name}: no drum of the kit found on channel {report.channel}, only the "
            f"{_pitches(report.pitches)}. {_what_to_do(reading)}"
        )
    groove = _quantize(notes, reading, bars, events, steps, report)
    struck = np.count_nonzero(groove.velocity, axis=(0, 1))
    named = zip(groove.voices, struck.tolist(), strict=True)
    report.hits = {EVERY[number].name: n for number, n in named if n}
    report.bars, report.tempo = groove.bars, groove.tempo
    return groove, report


def _bars(events: Events, last_note: int, steps: int, name: str) -> list[_Bar]:
    """Bar lines from the meters: whole bars up to the file's end, and one for every note.

    A new meter starts a new bar; what stands before it is a shorter bar. A meter that is only
    repeated is not new. An unfinished bar without a note is no bar.
    """
    quarter = events.ticks_per_beat
    early = lead(quarter, steps)
    bars: list[_Bar] = []
    changes = [events.meters[0]]
    changes += [after for before, after in pairwise(events.meters) if after[1:] != before[1:]]
    changes += [(max(events.end, last_note + 1) + 2**30, 4, 4)]
    for (start, numerator, denominator), (until, *_) in pairwise(changes):
        length = quarter * 4 * numerator / denominator
        at = float(start)
        while at < until and (at + length <= events.end or at - early < last_note or not bars):
            end = min(at + length, until)
            label = f"{numerator}/{denominator}" if end == at + length else "a cut bar"
            if len(bars) == MOST_BARS:
                raise MidiError(too_long(name))
            bars.append(_Bar(at, end, label, _meter(end - at, quarter, numerator, denominator)))
            at = end
    # A note just before the end of a clip is the last of its own bar, not a bar of its own.
    if len(bars) > 1 and bars[-1].start >= max(events.end, last_note + 1):
        bars.pop()
    return bars


def _quantize(
    notes: np.ndarray,
    reading: Reading,
    bars: list[_Bar],
    events: Events,
    steps: int,
    report: MidiReport,
) -> Groove:
    """Put every note into the cell nearest to where it was played."""
    readable = np.array([bar.meter is not None for bar in bars])
    row = np.where(readable, np.cumsum(readable) - 1, -1)
    meters = tuple(bar.meter for bar in bars if bar.meter is not None)
    lengths = [meter.steps(steps) for meter in meters]
    # A note of no known instrument is itself.
    of_note = np.array([NUMBER[f"note {pitch}"] for pitch in range(128)])
    numbers = np.where(reading.numbers == -2, of_note[notes[:, 2]], reading.numbers).tolist()
    voices = sorted({*range(len(VOICES)), *(number for number in numbers if number >= 0)})
    column = {number: i for i, number in enumerate(voices)}
    shape = len(meters), longest_steps(meters, steps), len(voices)
    velocity, timing = np.zeros((2, *shape), np.float32)
    starts = np.array([bar.start for bar in bars])
    of_44 = events.ticks_per_beat * BEATS / steps
    step_ticks = [of_44 * float(bar.meter.stretch if bar.meter else 1) for bar in bars]
    early = lead(events.ticks_per_beat, steps)
    placed = []  # (is before its bar's first step, velocity, bar, position in steps, voice)
    general = drum_map(GENERAL_MIDI)
    for (tick, _, pitch, loudness), number in zip(notes.tolist(), numbers, strict=True):
        if number < 0:
            report.dropped[pitch] = report.dropped.get(pitch, 0) + 1
            continue
        at = tick + (max(events.early.get(pitch, 0), math.floor(1 - early)) if tick == 0 else 0)
        # A straight thirty-second lies just between two sixteenths and stays where it is written.
        bar = max(0, int(np.searchsorted(starts - early, at, side="left")) - 1)
        if row[bar] < 0:
            continue
        report.voices.setdefault(pitch, EVERY[number].name)
        if reading.map.name != GENERAL_MIDI:
            if number != general.number_of(pitch):
                report.moved[pitch] = report.moved.get(pitch, 0) + 1
        elif pitch not in INDEX_OF_PITCH and number < len(VOICES):
            report.folded[pitch] = report.folded.get(pitch, 0) + 1
        position = (at - starts[bar]) / step_ticks[bar]
        placed.append((position < -0.5, loudness, bar, position, column[number]))
    # A downbeat goes before the grace note that leads to it; then the loudest first: where two
    # notes want one cell, the quieter one has to look elsewhere.
    for _, loudness, bar, position, voice in sorted(placed, key=lambda note: (note[0], -note[1])):
        cell = _free_cell(velocity, lengths, step_ticks, row, bar, position, voice)
        if cell is None:
            report.collisions += 1
            continue
        *where, late = cell
        velocity[(*where, voice)] = loudness / 127
        timing[(*where, voice)] = late
    tempo = _tempo(events, [bar for bar in bars if bar.meter is not None])
    return Groove(velocity, timing, tempo, meters, extras_of(voices))


def _free_cell(
    velocity: np.ndarray,
    lengths: list[int],
    step_ticks: list[float],
    row: np.ndarray,
    bar: int,
    position: float,
    voice: int,
) -> tuple[int, int, float] | None:
    """Row, step and timing for a hit `position` steps into `bar`, or None if its cell is taken.

    lengths: steps of each row. step_ticks: length of a step in each bar.

    A grace note just before a bar line whose downbeat is taken stays in the bar before.
    """
    step = min(max(math.floor(position + 0.5), 0), lengths[row[bar]] - 1)
    if velocity[row[bar], step, voice] == 0:
        return int(row[bar]), step, position - step
    if position < -0.5 and bar > 0 and row[bar - 1] >= 0:
        # Its steps are those of the bar before, which may be longer or shorter ones.
        stretch = step_ticks[bar] / step_ticks[bar - 1]
        place = position * stretch + lengths[row[bar - 1]]
        step = min(math.floor(place + 0.5), lengths[row[bar - 1]] - 1)
        if velocity[row[bar - 1], step, voice] == 0:
            return int(row[bar - 1]), step, place - step
    return None


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


def _tempo(events: Events, bars: list[_Bar]) -> float:
    """The tempo that holds for most of the bars, in BPM."""
    ticks = np.array([tick for tick, _ in events.tempos])
    held = Counter(
        events.tempos[int(np.searchsorted(ticks, bar.start, side="right")) - 1][1] for bar in bars
    )
    return float(round(mido.tempo2bpm(held.most_common(1)[0][0]), 2))


def _what_to_do(reading: Reading) -> str:
    if reading.map.name == GENERAL_MIDI:
        return "Map them to General MIDI drums, 35 to 81."
    return f"Choose another map than {reading.map.title}."


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
