"""The kit: the 22 voices of the Groove MIDI Dataset, and how every other drum pitch folds in.

Pitches and names follow the dataset's own table (Roland TD-11,
https://magenta.tensorflow.org/datasets/groove#drum-mapping), as do the nine classes that
Gillick et al. 2019, "Learning to Groove with Inverse Sequence Transformations", reduce them to.
A voice's place in `VOICES` is its index on the last axis of every array: low drums first, cymbals
last, so that a drum grid drawn upwards reads like a score.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """One instrument of the kit."""

    name: str
    pitch: int  # MIDI note number in GMD (Roland TD-11)
    gm: int  # MIDI note number that sounds nearest on a General MIDI kit
    family: str  # kick, snare, tom, hat, crash, ride: the colour group
    drum_class: int  # pitch of its class in the nine-class reduction


VOICES: tuple[Voice, ...] = (
    Voice("kick", 36, 36, "kick", 36),
    Voice("snare", 38, 38, "snare", 38),
    Voice("rimshot", 40, 40, "snare", 38),
    Voice("cross-stick", 37, 37, "snare", 38),
    Voice("floor tom", 43, 43, "tom", 43),
    Voice("floor tom rim", 58, 43, "tom", 43),
    Voice("tom 2", 45, 45, "tom", 47),
    Voice("tom 2 rim", 47, 47, "tom", 47),
    Voice("tom 1", 48, 48, "tom", 50),
    Voice("tom 1 rim", 50, 50, "tom", 50),
    Voice("hat pedal", 44, 44, "hat", 42),
    Voice("hi-hat", 42, 42, "hat", 42),
    Voice("hi-hat edge", 22, 42, "hat", 42),
    Voice("open hat", 46, 46, "hat", 46),
    Voice("open hat edge", 26, 46, "hat", 46),
    Voice("ride", 51, 51, "ride", 51),
    Voice("ride edge", 59, 59, "ride", 51),
    Voice("ride bell", 53, 53, "ride", 51),
    Voice("crash 1", 49, 49, "crash", 49),
    Voice("crash 1 edge", 55, 49, "crash", 49),
    Voice("crash 2", 57, 57, "crash", 49),
    Voice("crash 2 edge", 52, 57, "crash", 49),
)

BASIC_KIT: tuple[str, ...] = ("kick", "snare", "hi-hat")
FAMILIES: tuple[str, ...] = ("kick", "snare", "tom", "hat", "ride", "crash")
CLASSES: tuple[int, ...] = (36, 38, 42, 46, 43, 47, 50, 49, 51)

VOICES_OF_FAMILY: dict[str, tuple[int, ...]] = {
    family: tuple(i for i, voice in enumerate(VOICES) if voice.family == family)
    for family in FAMILIES
}

# Voices that one limb or one intention moves together: hidden, and exchanged between bars, as a
# whole.
GROUPS: dict[str, tuple[int, ...]] = {
    name: tuple(i for family in families for i in VOICES_OF_FAMILY[family])
    for name, families in {
        "kick": ("kick",),
        "snare": ("snare",),
        "toms": ("tom",),
        "cymbals": ("hat", "ride", "crash"),
    }.items()
}

# Families between which one part of a groove moves: a fill goes from the snare to the toms.
PARTS: tuple[tuple[str, ...], ...] = (("kick",), ("snare", "tom"), ("hat",), ("ride",), ("crash",))

# One pair of cymbals: whatever closes the hats ends the open hats that still ring. The browser has
# the same rules from assets/kit/kit.json.
CHOKES: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("hat pedal", "hi-hat", "hi-hat edge"), ("open hat", "open hat edge")
)

NAMES: tuple[str, ...] = tuple(voice.name for voice in VOICES)
PITCHES: tuple[int, ...] = tuple(voice.pitch for voice in VOICES)
INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}
INDEX_OF_PITCH: dict[int, int] = {pitch: i for i, pitch in enumerate(PITCHES)}
CLASS_OF_VOICE: tuple[int, ...] = tuple(CLASSES.index(voice.drum_class) for voice in VOICES)

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
    """Index of the voice that plays MIDI `pitch` (0-127), or None where no voice is near."""
    if pitch in INDEX_OF_PITCH:
        return INDEX_OF_PITCH[pitch]
    name = FOLD.get(pitch)
    return None if name is None else INDEX[name]
