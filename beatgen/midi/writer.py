"""A Groove written as a MIDI file."""

from __future__ import annotations

import math
import os
from collections import Counter

import mido
import numpy as np

from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.kit import EVERY
from beatgen.midi.channels import DRUM_CHANNEL
from beatgen.midi.events import EARLY, TICKS, Source, lead, save
from beatgen.midi.maps import GMD, DrumMap, drum_map

TEMPOS = 60e6 / (2**24 - 1), 60e6  # BPM: MIDI counts microseconds per beat, in 24 bits


def write_midi(
    groove: Groove,
    target: Source,
    *,
    map: str | os.PathLike[str] | DrumMap = GMD,
    pitches: str | None = None,
    name: str = "BeatGen",
) -> list[str]:
    """Write a groove as a type 0 file: channel 10, 480 ticks per beat, tempo, meter, note-offs.

    target: a path or a binary file object. name: of the track.
    map: which note is written for each voice, as in `read_midi`. "roland", the default, has one for
    each, so that reading the file gives the same voices; "gm" is for General MIDI kits, which have
    no notes for some voices, as for the edge of a hi-hat. Percussion has a note of its own in
    both. pitches: the earlier name of `map`.
    An early hit of the very first bar is written on tick 0, with a text event from which
    `read_midi` restores its timing. The file is as long as its bars.

    Returns sentences on what the map has no note for, and what was written instead. Raises
    BeatGenError for a map that there is not, and for a tempo that MIDI cannot hold.

    >>> from io import BytesIO
    >>> file = BytesIO()
    >>> write_midi(Groove.from_tab("kick |o---o-o-|\\nhi-hat edge |x-x-|"), file, map="gm")
    ['Written as General MIDI, General MIDI 2: hi-hat edge (2) as hi-hat.']
    >>> file.getvalue()[:4]
    b'MThd'
    """
    drums = drum_map(pitches or map)
    if not TEMPOS[0] <= groove.tempo <= TEMPOS[1]:
        raise BeatGenError(
            f"a tempo of {groove.tempo:g} BPM cannot be written; MIDI files have {TEMPOS[0]:.2f} "
            f"to {TEMPOS[1]:.0f}. Choose one of these."
        )
    pitch_of = [drums.note_for(number)[0] for number in groove.voices]
    # (tick, pitch) -> velocity, and the tick it was played on; of two voices on one, the louder
    loudest: dict[tuple[int, int], tuple[int, int]] = {}
    starts = np.rint(groove.starts * TICKS).astype(int).tolist()
    bars = list(zip(starts, groove.bar_steps.tolist(), groove.step_quarters * TICKS, strict=False))
    early_most = math.floor(1 - lead(TICKS, groove.resolution))
    struck = np.argwhere(groove.velocity > 0)
    for bar, step, voice in struck.tolist():
        start, steps, width = bars[bar]
        low = early_most if step == 0 else math.ceil((step - 0.5) * width)
        tick = start + _tick(float(groove.timing[bar, step, voice]), step, steps, width, low)
        key = (max(tick, 0), pitch_of[voice])
        velocity = max(1, round(float(groove.velocity[bar, step, voice]) * 127))
        loudest[key] = max((velocity, tick), loudest.get(key, (0, 0)))
    early = {pitch: tick for (_, pitch), (_, tick) in loudest.items() if tick < 0}

    end = starts[-1]
    events: list[tuple[int, bool, int, int]] = []  # tick, on (offs first), pitch, velocity
    following: dict[int, int] = {}  # pitch -> tick of its next note
    for (tick, pitch), (velocity, _) in sorted(loudest.items(), reverse=True):
        off = max(tick + 1, min(tick + TICKS // 8, following.get(pitch, end), end))
        events += [(tick, True, pitch, velocity), (off, False, pitch, 0)]
        following[pitch] = tick
    track = mido.MidiTrack()
    title = name.encode("latin-1", "replace").decode("latin-1")  # all that MIDI text can hold
    track.append(mido.MetaMessage("track_name", name=title))
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(groove.tempo)))
    first, *changes = _meters(groove, starts)
    track.append(first[1])
    if early:
        pairs = " ".join(f"{pitch}:{tick}" for pitch, tick in sorted(early.items()))
        track.append(mido.MetaMessage("text", text=f"{EARLY} {pairs}"))
    now = 0
    for tick, on, pitch, velocity in sorted(events, key=lambda event: event[:2]):
        while changes and changes[0][0] <= tick:
            start, change = changes.pop(0)
            track.append(change.copy(time=start - now))
            now = start
        note = {"channel": DRUM_CHANNEL, "note": pitch, "velocity": velocity, "time": tick - now}
        # Checking each message would take a quarter of the time; a groove's hits are in range.
        track.append(mido.Message("note_on" if on else "note_off", skip_checks=True, **note))
        now = tick
    for start, change in changes:
        track.append(change.copy(time=max(0, start - now)))
        now = max(now, start)
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - now)))
    save(track, target)
    numbers = np.array(groove.voices)[struck[:, 2]]
    return _written_otherwise(drums, numbers, len(struck) - len(loudest))


def _meters(groove: Groove, starts: list[int]) -> list[tuple[int, mido.MetaMessage]]:
    """Where the meter changes, in ticks, the start first, and to what."""
    return [
        (start, mido.MetaMessage("time_signature", numerator=after.count, denominator=after.unit))
        for start, before, after in zip(starts, (None, *groove.meters), groove.meters, strict=False)
        if after != before
    ]


def _tick(timing: float, step: int, steps: int, width: float, low: int) -> int:
    """Where a hit is written, in ticks from the start of its bar: at least a tick inside its own
    cell, unless it stands farther off, as swing may have it.

    steps: of the bar. width: of one, in ticks. low: the first tick of the hit's cell.
    """
    high = math.ceil((step + (0.5 if step < steps - 1 else 1)) * width) - 1
    tick = round((step + timing) * width)
    if abs(timing) <= 0.5 or step in (0, steps - 1):
        tick = min(max(tick, low), high)
    return tick


def _written_otherwise(drums: DrumMap, numbers: np.ndarray, lost: int) -> list[str]:
    """What became of hits (the numbers of their voices) that a map has no note for, and of those
    that fell on one note with another."""
    found = []
    pairs = [
        f"{EVERY[number].name} ({hits}) as {other}"
        for number, hits in sorted(Counter(numbers.tolist()).items())
        if (other := drums.note_for(number)[1]) != EVERY[number].name
    ]
    if pairs:
        found.append(f"Written as {drums.title}: {', '.join(pairs)}.")
    if lost:
        found.append(f"{lost} hit{'s' * (lost > 1)} fell on a louder one of the same note.")
    return found
