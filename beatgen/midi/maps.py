"""Maps: which MIDI note means which voice, and which note is written for a voice.

The kit's own notes are those of the Groove MIDI Dataset (Roland TD-11, see `beatgen.kit`). Of the
others FOLD says which voice plays their part.
"""

from __future__ import annotations

from beatgen.kit import INDEX, VOICES

PITCHES: tuple[int, ...] = tuple(voice.pitch for voice in VOICES)
INDEX_OF_PITCH: dict[int, int] = {pitch: i for i, pitch in enumerate(PITCHES)}

# The maps that can be written: name -> the MIDI note of each voice.
WRITTEN: dict[str, tuple[int, ...]] = {
    "gmd": PITCHES,  # Roland TD-11: each voice its own
    "gm": tuple(voice.gm for voice in VOICES),  # General MIDI
}

# Every other pitch that drum files use, and the voice that plays its part: GM and GM2 percussion
# by sound and role (shakers keep time like a closed hat, bells like a ride bell), 21-25 as the
# sampled kits with hi-hat articulations below 26 number them. Whistles (71, 72) and metronome
# clicks (33, 34) are no drums and are dropped.
FOLD: dict[int, str] = {
    21: "hat pedal",
    23: "hi-hat",
    24: "open hat",
    25: "open hat",
    27: "cross-stick",
    28: "snare",
    29: "hi-hat",
    30: "open hat",
    31: "cross-stick",
    32: "cross-stick",
    35: "kick",
    39: "snare",
    41: "floor tom",
    54: "hi-hat",
    56: "ride bell",
    60: "tom 1",
    61: "tom 2",
    62: "tom 1",
    63: "tom 2",
    64: "floor tom",
    65: "tom 1",
    66: "tom 2",
    67: "ride bell",
    68: "ride bell",
    69: "hi-hat",
    70: "hi-hat",
    73: "hi-hat",
    74: "open hat",
    75: "cross-stick",
    76: "cross-stick",
    77: "cross-stick",
    78: "tom 1",
    79: "tom 2",
    80: "ride bell",
    81: "ride bell",
    82: "hi-hat",
    83: "hi-hat",
    84: "crash 1",
    85: "cross-stick",
    86: "floor tom",
    87: "floor tom",
}


def voice_of_pitch(pitch: int) -> int | None:
    """Index of the voice that plays MIDI `pitch` (0-127), or None where no voice is near.

    >>> voice_of_pitch(36), voice_of_pitch(35), voice_of_pitch(33)
    (0, 0, None)
    """
    if pitch in INDEX_OF_PITCH:
        return INDEX_OF_PITCH[pitch]
    name = FOLD.get(pitch)
    return None if name is None else INDEX[name]
