"""Which channel of a MIDI file carries the drums."""

from __future__ import annotations

import numpy as np

from beatgen.errors import MidiError
from beatgen.groove import BEATS, SIXTEENTHS
from beatgen.kit import VOICES
from beatgen.midi.events import Events
from beatgen.midi.maps import voice_of_pitch

DRUM_CHANNEL = 9  # counted from 0: "channel 10" to a musician
CORE = {"kick", "snare", "hat"}  # families that carry a drum loop


def drum_channel(events: Events, name: str) -> int:
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
