"""The kit: the 22 voices of the Groove MIDI Dataset, and how they belong together.

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
INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}
CLASS_OF_VOICE: tuple[int, ...] = tuple(CLASSES.index(voice.drum_class) for voice in VOICES)
