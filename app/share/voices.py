"""The voices' numbers in links and in what browsers keep.

A link has numbers where a voice is meant, and lives for years. They are the places in this list,
whatever the voice's number in `beatgen.kit` is by now: a voice that is put into the kit's table, or
moved in it, changes no link. New voices go to the end of this list; none is ever taken out.
"""

from __future__ import annotations

from beatgen.kit import NUMBER

# fmt: off
WRITTEN = (
    "kick", "snare", "rimshot", "cross-stick", "floor tom", "floor tom rim", "tom 2", "tom 2 rim",
    "tom 1", "tom 1 rim", "hat pedal", "hi-hat", "hi-hat edge", "open hat", "open hat edge",
    "ride", "ride edge", "ride bell", "crash 1", "crash 1 edge", "crash 2", "crash 2 edge",
    "high q", "slap", "scratch push", "scratch pull", "sticks", "square click", "metronome click",
    "metronome bell", "clap", "tambourine", "cowbell", "high bongo", "low bongo", "mute conga",
    "high conga", "low conga", "high timbale", "low timbale", "high agogo", "low agogo", "cabasa",
    "maracas", "short whistle", "long whistle", "short guiro", "long guiro", "claves",
    "high wood block", "low wood block", "mute cuica", "open cuica", "mute triangle", "triangle",
    "shaker", "jingle bell", "bell tree", "castanets", "mute surdo", "surdo", "china", "splash",
    "vibraslap",
)
# fmt: on
NOTE = 128  # and on: the MIDI notes that are no known instrument, "note 0" to "note 127"

_NAMES = dict(enumerate(WRITTEN)) | {NOTE + note: f"note {note}" for note in range(128)}
# Number in a link -> number in the kit, and the other way round.
READ: dict[int, int] = {number: NUMBER[name] for number, name in _NAMES.items() if name in NUMBER}
WRITE: dict[int, int] = {number: written for written, number in READ.items()}
