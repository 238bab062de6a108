"""MIDI file <-> Groove. Ticks, tempo maps, meters and quantizing live only here."""

from __future__ import annotations

import math
import os
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import mido
import numpy as np

from beatgen.errors import BeatGenError, MidiError, MidiWarning
from beatgen.groove import BEATS, SIXTEENTHS, STEPS, Groove
from beatgen.kit import FOLD, INDEX_OF_PITCH, NAMES, VOICES, voice_of_pitch

Source = str | os.PathLike[str] | IO[bytes]

DRUM_CHANNEL = 9  # counted from 0: "channel 10" to a musician
CORE = {"kick", "snare", "hat"}  # families that carry a drum loop
TICKS = 480  # ticks per beat of the files that are written
MAX_BARS = 4096  # a file that claims more is damaged, or made to exhaust the memory: two hours
MAX_BYTES = 4 * 2**20  # larger files are no drums, and would be read for minutes
# mido reads variable-length numbers (4 bytes at most) however long they are, in quadratic time.
ENDLESS_NUMBER = re.compile(rb"[\x80-\xff]{4096}")
MAX_STEPS = TICKS * BEATS  # per bar: one tick each
DEFAULT_TEMPO = 500_000  # microseconds per beat where a file names none (120 BPM)

# A downbeat that is played early would start before the file does. It is written on tick 0, and
# this text event beside it keeps what was cut off: "beatgen early 36:-12 42:-7" (pitch:ticks).
EARLY = "beatgen early"


@dataclass
class MidiReport:
    """What was found in a file, and what became of it.

    pitches: pitch -> hits found, before anything else. hits: per voice name, as read. folded:
    pitch -> hits that went to another voice's row. dropped: pitch -> hits that no voice is near.
    skipped: bar number (from 1) -> its meter, for the bars that are not four quarters long.
    collisions: hits that fell into a taken cell. channel is counted from 1; tempos are BPM in
    order of appearance.
    """

    name: str
    channel: int = DRUM_CHANNEL + 1
    ticks_per_beat: int = TICKS
    tempos: list[float] = field(default_factory=list)
    meters: list[str] = field(default_factory=list)
    bars: int = 0
    tempo: float = 0.0
    pitches: dict[int, int] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    folded: dict[int, int] = field(default_factory=dict)
    dropped: dict[int, int] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)
    collisions: int = 0

    @property
    def messages(self) -> list[str]:
        """One sentence for everything a listener of the original would miss."""
        said = []
        if self.channel != DRUM_CHANNEL + 1:
            said.append(f"No drums on channel 10; read the drum loop on channel {self.channel}.")
        if self.skipped:
            meters = ", ".join(sorted(set(self.skipped.values())))
            said.append(f"Left out {_counted(len(self.skipped), 'bar')} in {meters}; 4/4 is read.")
        if self.folded:
            pairs = (f"{p} ({n}) to {FOLD[p]}" for p, n in sorted(self.folded.items()))
            said.append(f"Folded other pitches into the kit: {', '.join(pairs)}.")
        if self.dropped:
            pairs = (f"{p} ({n})" for p, n in sorted(self.dropped.items()))
            said.append(f"Dropped pitches that are no drum of the kit: {', '.join(pairs)}.")
        if self.collisions:
            said.append(
                f"{_counted(self.collisions, 'hit')} fell on a step already taken by a louder one."
            )
        if len(self.tempos) > 1:
            said.append(
                f"The tempo changes {_counted(len(self.tempos) - 1, 'time')} between "
                f"{min(self.tempos):g} and {max(self.tempos):g}; {self.tempo:g} is kept, the "
                "timing within bars is exact."
            )
        return said


@dataclass(frozen=True)
class _Events:
    """What matters of a MIDI file, at absolute ticks."""

    ticks_per_beat: int
    notes: np.ndarray  # int64 (notes, 4): tick, channel, pitch, velocity
    tempos: list[tuple[int, int]]  # tick, microseconds per beat
    meters: list[tuple[int, int, int]]  # tick, numerator, denominator
    early: dict[int, int]  # pitch -> ticks before the start
    end: int  # last tick


@dataclass(frozen=True)
class _Bar:
    start: float  # tick
    end: float
    meter: str
    readable: bool  # four quarters long


def read_midi(source: Source, steps: int = STEPS) -> Groove:
    """Read the drums of a MIDI file.

    source: a path or a binary file object, type 0 or 1, any ticks per beat. steps: per bar.
    Everything that could not be kept is told by a MidiWarning; `scan_midi` returns it instead.
    Raises MidiError where the file cannot be read, has no drums, or no 4/4 bar.
    """
    groove, report = scan_midi(source, steps)
    if report.messages:
        text = f"{report.name}: {' '.join(report.messages)}"
        warnings.warn(text, MidiWarning, stacklevel=2)
    return groove


def scan_midi(
    source: Source, steps: int = STEPS, name: str | None = None
) -> tuple[Groove, MidiReport]:
    """Read the drums of a MIDI file, and tell what became of everything in it.

    name: what to call the file in messages; its own name by default. Else as `read_midi`.
    """
    if not 1 <= steps <= MAX_STEPS:
        raise BeatGenError(f"steps is {steps}; expected 1 to {MAX_STEPS} per bar.")
    name = name or _name(source)
    events = _parse(source, name)
    channel = _drum_channel(events, name)
    notes = events.notes[events.notes[:, 1] == channel]
    bars = _bars(events, int(notes[-1, 0]), steps, name)
    report = MidiReport(
        name,
        channel=channel + 1,
        ticks_per_beat=events.ticks_per_beat,
        tempos=_changes(round(mido.tempo2bpm(t), 2) for _, t in events.tempos),
        meters=_changes(f"{n}/{d}" for _, n, d in events.meters),
        pitches=dict(sorted(Counter(notes[:, 2].tolist()).items())),
        skipped={i + 1: bar.meter for i, bar in enumerate(bars) if not bar.readable},
    )
    if len(report.skipped) == len(bars):
        raise MidiError(
            f"{name}: no 4/4 bar found, only {', '.join(report.meters)}; only 4/4 is read. "
            "Choose another file, or set its meter to 4/4."
        )
    groove = _quantize(notes, bars, events, steps, report)
    struck = np.count_nonzero(groove.velocity, axis=(0, 1))
    report.hits = {voice: int(n) for voice, n in zip(NAMES, struck, strict=True) if n}
    report.bars, report.tempo = groove.bars, groove.tempo
    return groove, report


def write_midi(
    groove: Groove, target: Source, *, pitches: str = "gmd", name: str = "BeatGen"
) -> None:
    """Write a groove as a type 0 file: channel 10, 480 ticks per beat, tempo, meter, note-offs.

    pitches: "gmd" writes each voice's own pitch (Roland TD-11), so that reading the file gives the
    same voices; "gm" writes the nearest General MIDI drums. An early hit of the very first bar is
    written on tick 0, with a text event from which `read_midi` restores its timing. The file is as
    long as its bars. Raises BeatGenError for an unknown `pitches`.
    """
    if pitches not in ("gmd", "gm"):
        raise BeatGenError(f"pitches is {pitches!r}; expected 'gmd' or 'gm'.")
    pitch_of = [v.pitch if pitches == "gmd" else v.gm for v in VOICES]
    loudest: dict[tuple[int, int], int] = {}  # (tick, pitch) -> velocity: two voices may share one
    early: dict[int, int] = {}
    for bar, step, voice in np.argwhere(groove.velocity > 0):
        tick = _tick(groove, bar, step, voice)
        pitch = pitch_of[voice]
        if tick < 0:
            early[pitch] = tick
        key = (max(tick, 0), pitch)
        velocity = max(1, round(float(groove.velocity[bar, step, voice]) * 127))
        loudest[key] = max(velocity, loudest.get(key, 0))

    end = groove.bars * BEATS * TICKS
    events: list[tuple[int, int, mido.Message]] = []  # tick, order (offs first), message
    following: dict[int, int] = {}  # pitch -> tick of its next note
    for (tick, pitch), velocity in sorted(loudest.items(), reverse=True):
        off = max(tick + 1, min(tick + TICKS // 8, following.get(pitch, end), end))
        on = {"channel": DRUM_CHANNEL, "note": pitch}
        events.append((tick, 1, mido.Message("note_on", velocity=velocity, **on)))
        events.append((off, 0, mido.Message("note_off", velocity=0, **on)))
        following[pitch] = tick
    track = mido.MidiTrack()
    title = name.encode("latin-1", "replace").decode("latin-1")  # all that MIDI text can hold
    track.append(mido.MetaMessage("track_name", name=title))
    track.append(mido.MetaMessage("set_tempo", tempo=min(mido.bpm2tempo(groove.tempo), 2**24 - 1)))
    track.append(mido.MetaMessage("time_signature", numerator=BEATS, denominator=4))
    if early:
        pairs = " ".join(f"{pitch}:{tick}" for pitch, tick in sorted(early.items()))
        track.append(mido.MetaMessage("text", text=f"{EARLY} {pairs}"))
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - now)))
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS, tracks=[track])
    try:
        if isinstance(target, str | os.PathLike):
            file.save(os.fspath(target))
        else:
            file.save(file=target)
    except OSError as error:
        raise MidiError(f"{_name(target)}: cannot be written ({error.strerror}).") from error


def _parse(source: Source, name: str) -> _Events:
    """Read the events of a file through mido, checking what mido lets pass."""
    try:
        data = _contents(source)
        if len(data) > MAX_BYTES:
            raise MidiError(f"{name}: larger than {MAX_BYTES // 2**20} MB; no drum file is.")
        if ENDLESS_NUMBER.search(data):
            raise ValueError("a number in it does not end")
        file = mido.MidiFile(file=BytesIO(data), clip=True)
    except FileNotFoundError:
        raise MidiError(f"{name}: no such file.") from None
    except (OSError, EOFError, ValueError, LookupError, TypeError, mido.KeySignatureError) as error:
        why = getattr(error, "strerror", None) or str(error) or "it ends too early"
        raise MidiError(
            f"{name}: not a MIDI file that can be read ({why}). Export it again as a standard "
            "MIDI file (.mid)."
        ) from error
    if not file.tracks:
        raise MidiError(f"{name}: no tracks found; expected one at least. Export it again.")
    if file.type not in (0, 1):
        raise MidiError(f"{name}: MIDI type {file.type} found; type 0 and 1 are read. Save as 0.")
    if not 0 < file.ticks_per_beat < 2**15:
        raise MidiError(
            f"{name}: ticks per beat is {file.ticks_per_beat}; expected 1 to 32767 (files timed in "
            "seconds, SMPTE, are not read). Export it with musical time."
        )
    notes: list[tuple[int, int, int, int]] = []
    tempos: list[tuple[int, int]] = []
    meters: list[tuple[int, int, int]] = []
    early: dict[int, int] = {}
    end = 0
    for track in file.tracks:
        tick = 0
        for message in track:
            tick += message.time
            kind = message.type
            if kind == "note_on":
                if message.velocity:
                    notes.append((tick, message.channel, message.note, message.velocity))
            elif kind == "set_tempo":
                tempos.append((tick, max(1, message.tempo)))
            elif kind == "time_signature":
                meters.append((tick, max(1, message.numerator), message.denominator))
            elif kind == "text" and message.text.startswith(EARLY):
                early |= _early(message.text)
        end = max(end, tick)
    if not notes:
        raise MidiError(f"{name}: no notes found; expected drums on channel 10.")
    if end > MAX_BARS * BEATS * file.ticks_per_beat:
        raise MidiError(_too_long(name))
    return _Events(
        file.ticks_per_beat,
        np.array(sorted(notes), np.int64),
        _timeline(tempos, (0, DEFAULT_TEMPO)),
        _timeline(meters, (0, 4, 4)),
        early,
        end,
    )


def _contents(source: Source) -> bytes:
    """The bytes of a file, one more than allowed at most."""
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as file:
            return file.read(MAX_BYTES + 1)
    return source.read(MAX_BYTES + 1)


def _drum_channel(events: _Events, name: str) -> int:
    """Channel 10, or where it is silent the one channel that is plainly a drum loop."""
    channels = events.notes[:, 1]
    if (channels == DRUM_CHANNEL).any():
        return DRUM_CHANNEL
    found = []
    likely = []
    for channel in np.unique(channels):
        ticks, _, pitches, _ = events.notes[channels == channel].T
        found.append(f"{channel + 1} (pitches {pitches.min()} to {pitches.max()})")
        if _is_drum_loop(ticks, pitches, events.ticks_per_beat):
            likely.append((len(pitches), int(channel)))
    if not likely:
        raise MidiError(
            f"{name}: no drums found on channel 10, and nothing like a drum loop on channel "
            f"{', '.join(found)}. Put the drums on channel 10."
        )
    return max(likely)[1]


def _is_drum_loop(ticks: np.ndarray, pitches: np.ndarray, ticks_per_beat: int) -> bool:
    """Whether a channel's notes look like a kit: nearly all drums, most of them kick, snare, hat.

    A kit strikes voices together, which a bass line in the same range does not. A loop that never
    does has to keep to the core of a kit (with hats, unless it is of two voices at most), and one
    of a single family to two voices.
    """
    voices = [voice_of_pitch(int(pitch)) for pitch in pitches]
    known = [VOICES[v] for v in voices if v is not None]
    families = {voice.family for voice in known}
    core = sum(voice.family in CORE for voice in known)
    if len(known) < 0.9 * len(voices) or core < 0.5 * len(known):
        return False
    if len(set(voices)) <= 2:
        return True
    moments = np.unique(np.rint(ticks * SIXTEENTHS / BEATS / ticks_per_beat))
    together = len(moments) < 0.9 * len(ticks)
    return len(families) > 1 and (together or ("hat" in families and families <= CORE))


def _lead(ticks_per_beat: int, steps: int) -> float:
    """How many ticks before its bar line a bar begins: half a sixteenth, or half a step if longer.

    A hit belongs to the bar of its nearest sixteenth, since most downbeats are played early.
    """
    return ticks_per_beat * BEATS / min(steps, SIXTEENTHS) / 2


def _bars(events: _Events, last_note: int, steps: int, name: str) -> list[_Bar]:
    """Bar lines from the meters: whole bars up to the file's end, and one for every note.

    A new meter starts a new bar; what stands before it is a shorter bar. An unfinished bar
    without a note is no bar.
    """
    quarter = events.ticks_per_beat
    lead = _lead(quarter, steps)
    bars: list[_Bar] = []
    changes = [*events.meters, (max(events.end, last_note + 1) + 2**30, 4, 4)]
    for (start, numerator, denominator), (until, *_) in pairwise(changes):
        length = quarter * 4 * numerator / denominator
        at = float(start)
        while at < until and (at + length <= events.end or at - lead < last_note or not bars):
            end = min(at + length, until)
            whole = end - at == quarter * BEATS
            meter = f"{numerator}/{denominator}" if end == at + length else "a cut bar"
            if len(bars) == MAX_BARS:
                raise MidiError(_too_long(name))
            bars.append(_Bar(at, end, meter, whole))
            at = end
    # A note just before the end of a clip is the last of its own bar, not a bar of its own.
    if len(bars) > 1 and bars[-1].start >= max(events.end, last_note + 1):
        bars.pop()
    return bars


def _quantize(
    notes: np.ndarray, bars: list[_Bar], events: _Events, steps: int, report: MidiReport
) -> Groove:
    """Put every note into the cell nearest to where it was played."""
    readable = np.array([bar.readable for bar in bars])
    row = np.where(readable, np.cumsum(readable) - 1, -1)
    velocity = np.zeros((int(readable.sum()), steps, len(VOICES)), np.float32)
    timing = np.zeros_like(velocity)
    starts = np.array([bar.start for bar in bars])
    step_ticks = events.ticks_per_beat * BEATS / steps
    lead = _lead(events.ticks_per_beat, steps)
    placed = []  # (is before its bar's first step, velocity, bar, position in steps, voice)
    for tick, _, pitch, loudness in notes.tolist():
        voice = voice_of_pitch(pitch)
        if voice is None:
            report.dropped[pitch] = report.dropped.get(pitch, 0) + 1
            continue
        at = tick + (max(events.early.get(pitch, 0), math.floor(1 - lead)) if tick == 0 else 0)
        # A straight thirty-second lies just between two sixteenths and stays where it is written.
        bar = max(0, int(np.searchsorted(starts - lead, at, side="left")) - 1)
        if row[bar] < 0:
            continue
        if pitch not in INDEX_OF_PITCH:
            report.folded[pitch] = report.folded.get(pitch, 0) + 1
        position = (at - starts[bar]) / step_ticks
        placed.append((position < -0.5, loudness, bar, position, voice))
    # A downbeat goes before the grace note that leads to it; then the loudest first: where two
    # notes want one cell, the quieter one has to look elsewhere.
    for _, loudness, bar, position, voice in sorted(placed, key=lambda note: (note[0], -note[1])):
        cell = _free_cell(velocity, row, bar, position, voice)
        if cell is None:
            report.collisions += 1
            continue
        *where, late = cell
        velocity[(*where, voice)] = loudness / 127
        timing[(*where, voice)] = late
    tempo = _tempo(events, [bar for bar in bars if bar.readable])
    return Groove(velocity, timing, tempo)


def _free_cell(
    velocity: np.ndarray, row: np.ndarray, bar: int, position: float, voice: int
) -> tuple[int, int, float] | None:
    """Row, step and timing for a hit `position` steps into `bar`, or None if its cell is taken.

    A grace note just before a bar line whose downbeat is taken stays in the bar before.
    """
    steps = velocity.shape[1]
    step = min(max(math.floor(position + 0.5), 0), steps - 1)
    if velocity[row[bar], step, voice] == 0:
        return int(row[bar]), step, position - step
    if position < -0.5 and bar > 0 and row[bar - 1] >= 0:
        step = math.floor(position + 0.5) + steps
        if velocity[row[bar - 1], step, voice] == 0:
            return int(row[bar - 1]), step, position + steps - step
    return None


def _tempo(events: _Events, bars: list[_Bar]) -> float:
    """The tempo that holds for most of the bars, in BPM."""
    ticks = np.array([tick for tick, _ in events.tempos])
    held = Counter(
        events.tempos[int(np.searchsorted(ticks, bar.start, side="right")) - 1][1] for bar in bars
    )
    return float(round(mido.tempo2bpm(held.most_common(1)[0][0]), 2))


def _tick(groove: Groove, bar: int, step: int, voice: int) -> int:
    """Where a hit is written, in ticks from the start; at least a tick inside its own cell."""
    width = TICKS * BEATS / groove.steps
    low = math.ceil((step - 0.5) * width) if step else math.floor(1 - _lead(TICKS, groove.steps))
    high = math.ceil((step + (0.5 if step < groove.steps - 1 else 1)) * width) - 1
    tick = round((step + float(groove.timing[bar, step, voice])) * width)
    return bar * BEATS * TICKS + min(max(tick, low), high)


def _early(text: str) -> dict[int, int]:
    """Pitch -> ticks from the text event of an early downbeat; what is malformed is ignored."""
    found = {}
    for pair in text[len(EARLY) :].split():
        pitch, _, ticks = pair.partition(":")
        if pitch.isdecimal() and ticks[:1] == "-" and ticks[1:].isdecimal() and len(ticks) < 6:
            found[int(pitch)] = int(ticks)
    return found


def _timeline(events: list[Any], start: Any) -> list[Any]:
    """The events in order of time, one a tick (the last that is told holds), one at tick 0."""
    at = {start[0]: start} | {event[0]: event for event in events}
    return [at[tick] for tick in sorted(at)]


def _changes(values: Iterator[Any]) -> list[Any]:
    """The values without immediate repetitions."""
    kept: list[Any] = []
    for value in values:
        if not kept or kept[-1] != value:
            kept.append(value)
    return kept


def _name(source: Source) -> str:
    if isinstance(source, str | os.PathLike):
        return Path(source).name
    return Path(str(getattr(source, "name", "MIDI data"))).name


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _too_long(name: str) -> str:
    return f"{name}: it claims to be more than {MAX_BARS} bars long; the file is damaged."
