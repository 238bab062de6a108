"""Maps: which MIDI note means which voice, and which note is written for a voice.

The kit's own notes are those of the Groove MIDI Dataset (Roland TD-11, see `beatgen.kit`). Other
notes of the same instruments go to the kit's voices (ARTICULATIONS); percussion stays itself, as an
extra voice of the groove.
"""

from __future__ import annotations

from beatgen.kit import EVERY, INDEX, NAMES, NUMBER, PERCUSSION, VOICES

PITCHES: tuple[int, ...] = tuple(voice.pitch for voice in VOICES)
INDEX_OF_PITCH: dict[int, int] = {pitch: i for i, pitch in enumerate(PITCHES)}

# The maps that can be written: name -> the MIDI note of each voice.
WRITTEN: dict[str, tuple[int, ...]] = {
    "gmd": PITCHES,  # Roland TD-11: each voice its own
    "gm": tuple(voice.gm for voice in VOICES),  # General MIDI
}

# Other notes for the kit's own instruments, as General MIDI and the sampled kits with hi-hat
# articulations below 26 number them, and the voice that each goes to.
ARTICULATIONS: dict[int, str] = {
    21: "hat pedal",
    23: "hi-hat",
    24: "open hat",
    25: "open hat",
    35: "kick",
    41: "floor tom",
}

# The percussion that stands on a note of its own, by that note: its number in `beatgen.kit.EVERY`.
PERCUSSION_NUMBER: dict[int, int] = {
    voice.pitch: NUMBER[voice.name] for voice in PERCUSSION if voice.pitch not in INDEX_OF_PITCH
}

# All notes beside the kit's own that a network hears, and the voice as which it hears them.
FOLD: dict[int, str] = ARTICULATIONS | {
    pitch: NAMES[to]
    for pitch, number in PERCUSSION_NUMBER.items()
    if (to := EVERY[number].fold) is not None
}


def number_of_pitch(pitch: int) -> int:
    """Number (`beatgen.kit.EVERY`) of the voice that MIDI `pitch` (0-127) is read as.

    >>> number_of_pitch(36), number_of_pitch(35), EVERY[number_of_pitch(39)].name
    (0, 0, 'clap')
    """
    if pitch in INDEX_OF_PITCH:
        return INDEX_OF_PITCH[pitch]
    if pitch in ARTICULATIONS:
        return INDEX[ARTICULATIONS[pitch]]
    return PERCUSSION_NUMBER.get(pitch, NUMBER[f"note {pitch}"])


def pitch_of_number(number: int, pitches: str) -> int:
    """The MIDI note that is written for a voice of this number, by the map `pitches` of WRITTEN;
    percussion has the same one in all of them.

    >>> pitch_of_number(0, "gm"), pitch_of_number(number_of_pitch(39), "gmd")
    (36, 39)
    """
    return WRITTEN[pitches][number] if number < len(VOICES) else EVERY[number].gm


def voice_of_pitch(pitch: int) -> int | None:
    """Index of the kit's voice as which MIDI `pitch` (0-127) is heard, or None where none is near.

    >>> voice_of_pitch(36), voice_of_pitch(39), voice_of_pitch(33)
    (0, 1, None)
    """
    if pitch in INDEX_OF_PITCH:
        return INDEX_OF_PITCH[pitch]
    name = FOLD.get(pitch)
    return None if name is None else INDEX[name]
