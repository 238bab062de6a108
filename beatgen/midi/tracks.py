"""A voice on each track, where only the tracks' names say which.

DAWs that play each drum by a sampler of its own export a track for each, all on one note: Kick,
Snare and HH on middle C. Such notes are read as General MIDI's for what their tracks are called.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from beatgen.kit import VOICES
from beatgen.midi.channels import DRUM_CHANNEL
from beatgen.midi.events import Events
from beatgen.midi.maps import GENERAL_MIDI, drum_map, heard, maps
from beatgen.midi.names import note_of

FEW = 2  # pitches of a track that plays one voice
MELODIC = re.compile(
    r"\b(guitar|bass(?! ?drum)|piano|keys|synth|pad|vocals?|strings?|lead)\b", re.I
)
SHOWN = 4  # tracks that a sentence names


def by_track_names(events: Events) -> tuple[Events, str]:
    """The events with the notes of drums that tracks are named after, and a sentence that says so;
    unchanged, and "", where there are no such tracks, or where their notes say the same."""
    named: dict[int, int] = {}  # track -> General MIDI note
    for track, name in events.names.items():
        pitches = np.unique(events.notes[events.tracks == track, 2])
        note = None if MELODIC.search(name) else note_of(name)
        if note is not None and 0 < len(pitches) <= FEW:
            named[track] = note
    families = {_families(GENERAL_MIDI)[note] for note in named.values()}
    if not {"kick", "snare"} <= families or _notes_say(events, named):
        return events, ""
    notes = events.notes.copy()
    for track, note in named.items():
        notes[events.tracks == track, 1:3] = DRUM_CHANNEL, note
    order = np.lexsort((*notes.T[::-1][:-1], notes[:, 0]))
    shown = [events.names[track][:20] for track in named][:SHOWN]
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    sentence = f"Voices by the names of their tracks: {', '.join(shown)}{more}."
    return replace(events, notes=notes[order], tracks=events.tracks[order]), sentence


def _notes_say(events: Events, named: dict[int, int]) -> bool:
    """Whether by some map the notes of tracks are what these are called, most of them at least."""
    expected = _families(GENERAL_MIDI)
    for name in maps():
        families = _families(name)
        agree = [
            all(
                families[pitch] == expected[note]
                for pitch in np.unique(events.notes[events.tracks == track, 2]).tolist()
            )
            for track, note in named.items()
        ]
        if 2 * sum(agree) > len(agree):
            return True
    return False


def _families(name: str) -> list[str]:
    """The family of each note by a map, as the kit alone is heard; "" for none."""
    voices = heard(drum_map(name).table).tolist()
    return ["" if voice < 0 else VOICES[voice].family for voice in voices]
