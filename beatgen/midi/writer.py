"""A Groove written as a MIDI file."""

from __future__ import annotations

import math

import mido
import numpy as np

from beatgen.errors import BeatGenError
from beatgen.groove import BEATS, Groove
from beatgen.midi.channels import DRUM_CHANNEL
from beatgen.midi.events import EARLY, TICKS, Source, lead, save
from beatgen.midi.maps import WRITTEN, pitch_of_number

TEMPOS = 60e6 / (2**24 - 1), 60e6  # BPM: MIDI counts microseconds per beat, in 24 bits


def write_midi(
    groove: Groove, target: Source, *, pitches: str = "gmd", name: str = "BeatGen"
) -> None:
    """Write a groove as a type 0 file: channel 10, 480 ticks per beat, tempo, meter, note-offs.

    target: a path or a binary file object. name: of the track.
    pitches: "gmd" writes each voice's own pitch (Roland TD-11), so that reading the file gives the
    same voices; "gm" writes the nearest General MIDI drums. Percussion has its own
    note in both. An early hit of the very first bar is written on tick 0, with a text event from
    which `read_midi` restores its timing. The file is as long as its bars. Raises BeatGenError for
    an unknown `pitches`, and for a tempo that MIDI cannot hold.

    >>> from io import BytesIO
    >>> file = BytesIO()
    >>> write_midi(Groove.from_tab("kick |o---o-o-|"), file, pitches="gm")
    >>> file.getvalue()[:4]
    b'MThd'
    """
    if pitches not in WRITTEN:
        known = " or ".join(map(repr, WRITTEN))
        raise BeatGenError(f"pitches is {pitches!r}; expected {known}.")
    if not TEMPOS[0] <= groove.tempo <= TEMPOS[1]:
        raise BeatGenError(
            f"a tempo of {groove.tempo:g} BPM cannot be written; MIDI files have {TEMPOS[0]:.2f} "
            f"to {TEMPOS[1]:.0f}. Choose one of these."
        )
    pitch_of = [pitch_of_number(number, pitches) for number in groove.voices]
    # (tick, pitch) -> velocity, and the tick it was played on; of two voices on one, the louder
    loudest: dict[tuple[int, int], tuple[int, int]] = {}
    for bar, step, voice in np.argwhere(groove.velocity > 0).tolist():
        tick = _tick(groove, bar, step, voice)
        key = (max(tick, 0), pitch_of[voice])
        velocity = max(1, round(float(groove.velocity[bar, step, voice]) * 127))
        loudest[key] = max((velocity, tick), loudest.get(key, (0, 0)))
    early = {pitch: tick for (_, pitch), (_, tick) in loudest.items() if tick < 0}

    end = groove.bars * BEATS * TICKS
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
    track.append(mido.MetaMessage("time_signature", numerator=BEATS, denominator=4))
    if early:
        pairs = " ".join(f"{pitch}:{tick}" for pitch, tick in sorted(early.items()))
        track.append(mido.MetaMessage("text", text=f"{EARLY} {pairs}"))
    now = 0
    for tick, on, pitch, velocity in sorted(events, key=lambda event: event[:2]):
        note = {"channel": DRUM_CHANNEL, "note": pitch, "velocity": velocity, "time": tick - now}
        # Checking each message would take a quarter of the time; a groove's hits are in range.
        track.append(mido.Message("note_on" if on else "note_off", skip_checks=True, **note))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - now)))
    save(track, target)


def _tick(groove: Groove, bar: int, step: int, voice: int) -> int:
    """Where a hit is written, in ticks from the start: at least a tick inside its own cell, unless
    it stands farther off, as swing may have it."""
    width = TICKS * BEATS / groove.steps
    low = math.ceil((step - 0.5) * width) if step else math.floor(1 - lead(TICKS, groove.steps))
    high = math.ceil((step + (0.5 if step < groove.steps - 1 else 1)) * width) - 1
    timing = float(groove.timing[bar, step, voice])
    tick = round((step + timing) * width)
    if abs(timing) <= 0.5 or step in (0, groove.steps - 1):
        tick = min(max(tick, low), high)
    return bar * BEATS * TICKS + tick
