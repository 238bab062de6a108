"""A MIDI part of any instrument heard as a rhythm: a bass line, a riff, a drum track, tapped
pads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from beatgen.errors import MidiError
from beatgen.groove import STEPS, Groove
from beatgen.midi.events import Source, name_of, read_events
from beatgen.midi.reader import scan_events

DRUMS = 9  # the channel of drums, counted from 0
SNARE = 38  # what all notes are heard as
STRUM = 1 / 8  # of a quarter: notes of one chord begin within it


def read_midi_tap(
    source: Source, channel: int | None = None, name: str | None = None, steps: int = STEPS
) -> Groove:
    """The rhythm of a part of a MIDI file, as a groove of one voice: each note a stroke with its
    velocity, a chord one stroke.

    channel: 1 to 16; by default that of the drums (10) where it has notes, else the one with the
    most. Raises MidiError where the file cannot be read, and where no note is on the channel.
    """
    name = name or name_of(source)
    events = read_events(source, name)
    channels, counts = np.unique(events.notes[:, 1], return_counts=True)
    if channel is None:
        wanted = DRUMS if DRUMS in channels else int(channels[counts.argmax()])
    else:
        wanted = channel - 1
    if wanted not in channels:
        found = ", ".join(str(number + 1) for number in channels.tolist())
        raise MidiError(f"{name}: no note on channel {channel}; notes found on {found}.")
    chosen = np.flatnonzero(events.notes[:, 1] == wanted)
    notes = _strokes(events.notes[chosen], events.ticks_per_beat * STRUM)
    rhythm = replace(
        events,
        notes=notes,
        tracks=np.zeros(len(notes), np.int64),
        controls=np.zeros((0, 4), np.int64),
        programs=np.zeros((0, 3), np.int64),
        touches=np.zeros((0, 4), np.int64),
        rhythm=frozenset(),
        names={},
        marks={},
    )
    return scan_events(rhythm, steps, name, map="gm")[0]


def _strokes(notes: np.ndarray, near: float) -> np.ndarray:
    """One note for each chord: when its first note begins, and as loud as its loudest."""
    strokes: list[list[int]] = []
    for tick, _, _, velocity in notes[notes[:, 0].argsort(kind="stable")].tolist():
        if strokes and tick - strokes[-1][0] < near:
            strokes[-1][3] = max(strokes[-1][3], velocity)
        else:
            strokes.append([tick, DRUMS, SNARE, velocity])
    return np.array(strokes, np.int64)
