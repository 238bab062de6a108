"""A Groove written as a MIDI file."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from itertools import count

import mido
import numpy as np

from beatgen.errors import BeatGenError, shown
from beatgen.groove import Groove, check_grooves
from beatgen.kit import EVERY
from beatgen.meter import Meter
from beatgen.midi.channels import DRUM_CHANNEL
from beatgen.midi.events import LOOP, PICKUP, TICKS, Source, save
from beatgen.midi.maps import GMD, DrumMap, drum_map
from beatgen.midi.tempo import microseconds_per_beat

LOOPED, PICKED_UP = "loop", "pickup"  # where a hit before the first beat is written
TEMPOS = 60e6 / (2**24 - 1), 60e6  # BPM: MIDI counts microseconds per beat, in 24 bits


def write_midi(
    groove: Groove,
    target: Source,
    *,
    map: str | os.PathLike[str] | DrumMap = GMD,
    pitches: str | None = None,
    early: str = LOOPED,
    name: str = "BeatGen",
    markers: Sequence[tuple[int, str]] = (),
) -> list[str]:
    """Write a groove as a type 0 file: channel 10, 480 ticks per beat, tempo, meter, note-offs.

    target: a path or a binary file object. name: of the track.
    map: which note is written for each voice, as in `read_midi`. "roland", the default, has one for
    each, so that reading the file gives the same voices; "gm" is for General MIDI kits, which have
    no notes for some voices, as for the edge of a hi-hat. Percussion has a note of its own in
    both. pitches: the earlier name of `map`.
    early: where hits that are played before the first beat are written. "loop": at the file's end,
    where a loop has them, as the player and a WAV loop do. "pickup": in a bar before the first,
    for an arrangement; there is none where no hit is early. From a text event beside them
    `read_midi` knows them as early. markers: bars, from 0, and names of what begins there, such as
    `Song.markers`; DAWs show them above the arrangement. Every hit stands on the tick nearest to
    where it sounds.

    Returns sentences on what the map has no note for, and what was written instead. Raises
    BeatGenError for a map that there is not, for another `early`, and for a tempo that MIDI cannot
    hold.

    >>> from io import BytesIO
    >>> file = BytesIO()
    >>> write_midi(Groove.from_tab("kick |o---o-o-|\\nhi-hat edge |x-x-|"), file, map="gm")
    ['Written as General MIDI, General MIDI 2: hi-hat edge (2) as hi-hat.']
    >>> file.getvalue()[:4]
    b'MThd'
    """
    check_grooves(groove)
    drums = drum_map(pitches or map)
    if not TEMPOS[0] <= groove.tempo <= TEMPOS[1]:
        raise BeatGenError(
            f"a tempo of {groove.tempo:g} BPM cannot be written; MIDI files have {TEMPOS[0]:.2f} "
            f"to {TEMPOS[1]:.0f}. Choose one of these."
        )
    if early not in (LOOPED, PICKED_UP):
        raise BeatGenError(f"early is {shown(early)}; expected {LOOPED!r} or {PICKED_UP!r}.")
    struck = np.argwhere(groove.velocity > 0)
    notes = _notes(groove, struck, [drums.note_for(number)[0] for number in groove.voices])
    written = len(notes)
    starts = np.rint(groove.starts * TICKS).astype(int).tolist()
    meters, mark = groove.meters, ""
    if early == LOOPED:
        notes, mark = _looped(notes, starts[-1])
    elif min(notes, default=(0, 0))[0] < 0:
        pickup = starts[1]
        notes = {(tick + pickup, pitch): velocity for (tick, pitch), velocity in notes.items()}
        starts = [0, *(start + pickup for start in starts)]
        meters = meters[0], *meters
        mark = f"{PICKUP} 0:{pickup}"
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("track_name", name=_midi_text(name)))
    track.append(mido.MetaMessage("set_tempo", tempo=microseconds_per_beat(groove.tempo)))
    first, *changes = _meters(meters, starts)
    track.append(first[1])
    ahead = len(starts) - len(groove.starts)  # the bar of a pickup
    changes += [
        (starts[bar + ahead], mido.MetaMessage("marker", text=_midi_text(text)))
        for bar, text in markers
    ]
    changes.sort(key=lambda change: change[0])
    if mark:
        track.append(mido.MetaMessage("text", text=mark))
    now, end = 0, starts[-1]
    for tick, on, pitch, velocity in _on_and_off(notes, end):
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
    return [*written_otherwise(groove, drums), *_lost(len(struck) - written)]


def _notes(
    groove: Groove, struck: np.ndarray, pitch_of: Sequence[int]
) -> dict[tuple[int, int], int]:
    """Tick, from below 0 on, and pitch of each note -> velocity, of hits (bar, step, voice).

    Of two voices on one pitch and tick the louder is written. Two hits of one voice that sound at
    the same moment stand a tick apart.
    """
    notes: dict[tuple[int, int], int] = {}
    voices: dict[tuple[int, int], int] = {}
    bar, step, voice = struck.T
    timing = groove.timing[bar, step, voice].astype(float)
    ticks = np.rint(groove.quarters(bar, step + timing) * TICKS).astype(int)
    loudness = np.maximum(1, np.rint(groove.velocity[bar, step, voice].astype(float) * 127))
    for tick, of, velocity in zip(
        ticks.tolist(), voice.tolist(), loudness.astype(int).tolist(), strict=True
    ):
        pitch = pitch_of[of]
        at = tick if voices.get((tick, pitch)) != of else _free(notes, tick, pitch)
        if velocity > notes.get((at, pitch), 0):
            notes[at, pitch], voices[at, pitch] = velocity, of
    return notes


def _looped(notes: dict[tuple[int, int], int], end: int) -> tuple[dict[tuple[int, int], int], str]:
    """The notes within a loop that ends at this tick: early ones at its end, late ones at its
    start; and the text that says which they are."""
    inside = {at: velocity for at, velocity in notes.items() if 0 <= at[0] < end}
    moved = []
    for tick, pitch in sorted(set(notes) - set(inside)):
        to = _free(inside, tick % end, pitch)
        inside[to, pitch] = notes[tick, pitch]
        moved.append(f"{pitch}:{to - end if tick < 0 else to}")
    return inside, f"{LOOP} {' '.join(moved)}" if moved else ""


def _free(notes: Container[tuple[int, int]], tick: int, pitch: int) -> int:
    """The tick, or the nearest without a note of this pitch."""
    near = (tick + way * away for away in count() for way in (1, -1))
    return next(at for at in near if (at, pitch) not in notes)


def _on_and_off(notes: dict[tuple[int, int], int], end: int) -> list[tuple[int, bool, int, int]]:
    """Tick, whether it begins there, pitch and velocity: where each note begins, and where it ends,
    which is before its pitch is struck again, and before the end of the file."""
    events = []
    following: dict[int, int] = {}  # pitch -> tick of its next note
    for (tick, pitch), velocity in sorted(notes.items(), reverse=True):
        off = max(tick + 1, min(tick + TICKS // 8, following.get(pitch, end), end))
        events += [(tick, True, pitch, velocity), (off, False, pitch, 0)]
        following[pitch] = tick
    return sorted(events, key=lambda event: event[:2])


def _midi_text(text: str) -> str:
    """All of a text that MIDI can hold."""
    return text.encode("latin-1", "replace").decode("latin-1")


def _meters(meters: Sequence[Meter], starts: list[int]) -> list[tuple[int, mido.MetaMessage]]:
    """Where the meter changes, in ticks, the start first, and to what."""
    return [
        (start, mido.MetaMessage("time_signature", numerator=after.count, denominator=after.unit))
        for start, before, after in zip(starts, (None, *meters), meters, strict=False)
        if after != before
    ]


def written_otherwise(groove: Groove, map: str | os.PathLike[str] | DrumMap) -> list[str]:
    """What becomes of hits that a map has no note for, in a sentence; none where it has all.

    >>> written_otherwise(Groove.from_tab("hi-hat edge |x-x-|"), "gm")
    ['Written as General MIDI, General MIDI 2: hi-hat edge (2) as hi-hat.']
    """
    drums = drum_map(map)
    hits = np.count_nonzero(groove.velocity, axis=(0, 1)).tolist()
    pairs = [
        f"{EVERY[number].name} ({count}) as {other}"
        for number, count in zip(groove.voices, hits, strict=True)
        if count and (other := drums.note_for(number)[1]) != EVERY[number].name
    ]
    return [f"Written as {drums.title}: {', '.join(pairs)}."] if pairs else []


def _lost(hits: int) -> list[str]:
    """What is reported of hits that fell on one note with another."""
    if not hits:
        return []
    return [f"{hits} hit{'s' * (hits > 1)} dropped: a louder one has the same note there."]
