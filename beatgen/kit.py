"""The kit: the 22 voices of the Groove MIDI Dataset, and how they belong together; and the
percussion that a groove may have beside them.

Pitches and names follow the dataset's own table (Roland TD-11,
https://magenta.tensorflow.org/datasets/groove#drum-mapping), as do the nine classes that
Gillick et al. 2019, "Learning to Groove with Inverse Sequence Transformations", reduce them to.
A voice's place in `VOICES` is its index on the last axis of every array: low drums first, cymbals
last, so that a drum grid drawn upwards reads like a score.

Percussion (`PERCUSSION`) is no voice of the kit, and the networks do not know it. A groove that has
some holds it as voices of its own, behind the kit's (`Groove.extras`); to the network it sounds as
the voice that plays its part, its `fold`. Every voice has a number that never changes, since links
and browsers keep it: the kit's from 0 to 21, percussion's from 22 on, and a MIDI note that is no
known instrument has 128 + note.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """One instrument of the kit."""

    name: str
    pitch: int  # MIDI note number in GMD (Roland TD-11)
    gm: int  # MIDI note number that sounds nearest on a General MIDI kit
    family: str  # kick, snare, tom, hat, crash, ride, percussion: the colour group
    drum_class: int  # pitch of its class in the nine-class reduction
    fold: int | None = None  # of percussion: the number of the kit's voice that plays its part


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

# One pair of cymbals: whatever closes the hats ends the open hats that still ring; so does the
# mute stroke of percussion that General MIDI 2 lets play one note at a time. The browser has the
# same rules from assets/kit/kit.json and percussion.json.
CHOKES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("hat pedal", "hi-hat", "hi-hat edge"), ("open hat", "open hat edge")),
    "short whistle": ("long whistle",),
    "short guiro": ("long guiro",),
    "mute cuica": ("open cuica",),
    "mute triangle": ("triangle",),
    "mute surdo": ("surdo",),
}

NAMES: tuple[str, ...] = tuple(voice.name for voice in VOICES)
INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}
CLASS_OF_VOICE: tuple[int, ...] = tuple(CLASSES.index(voice.drum_class) for voice in VOICES)

# --- percussion ---------------------------------------------------------------------------------

EXTRA_FAMILY = "percussion"

# General MIDI 2's percussion (MIDI Association, RP-024), note, name and the voice that plays its
# part: by sound and role, so that shakers keep time like a closed hat, and bells like a ride bell.
# New ones go to the end: their place is their number. "" where no voice is near.
_PERCUSSION: tuple[tuple[int, str, str], ...] = (
    (27, "high q", "cross-stick"),
    (28, "slap", "snare"),
    (29, "scratch push", "hi-hat"),
    (30, "scratch pull", "open hat"),
    (31, "sticks", "cross-stick"),
    (32, "square click", "cross-stick"),
    (33, "metronome click", ""),
    (34, "metronome bell", ""),
    (39, "clap", "snare"),
    (54, "tambourine", "hi-hat"),
    (56, "cowbell", "ride bell"),
    (60, "high bongo", "tom 1"),
    (61, "low bongo", "tom 2"),
    (62, "mute conga", "tom 1"),
    (63, "high conga", "tom 2"),
    (64, "low conga", "floor tom"),
    (65, "high timbale", "tom 1"),
    (66, "low timbale", "tom 2"),
    (67, "high agogo", "ride bell"),
    (68, "low agogo", "ride bell"),
    (69, "cabasa", "hi-hat"),
    (70, "maracas", "hi-hat"),
    (71, "short whistle", ""),
    (72, "long whistle", ""),
    (73, "short guiro", "hi-hat"),
    (74, "long guiro", "open hat"),
    (75, "claves", "cross-stick"),
    (76, "high wood block", "cross-stick"),
    (77, "low wood block", "cross-stick"),
    (78, "mute cuica", "tom 1"),
    (79, "open cuica", "tom 2"),
    (80, "mute triangle", "ride bell"),
    (81, "triangle", "ride bell"),
    (82, "shaker", "hi-hat"),
    (83, "jingle bell", "hi-hat"),
    (84, "bell tree", "crash 1"),
    (85, "castanets", "cross-stick"),
    (86, "mute surdo", "floor tom"),
    (87, "surdo", "floor tom"),
    # These have notes that are other voices on a Roland TD-11.
    (52, "china", "crash 2 edge"),
    (55, "splash", "crash 1 edge"),
    (58, "vibraslap", "cross-stick"),
)
_NOTE = 128  # number of the voice that is MIDI note 0


def _extra(pitch: int, name: str, fold: str = "") -> Voice:
    index = INDEX.get(fold)
    drum_class = pitch if index is None else VOICES[index].drum_class
    return Voice(name, pitch, pitch, EXTRA_FAMILY, drum_class, index)


PERCUSSION: tuple[Voice, ...] = tuple(_extra(*row) for row in _PERCUSSION)

# Every voice that a groove can have, by its number: the kit's, percussion, and notes of no known
# instrument ("note 95").
EVERY: dict[int, Voice] = dict(enumerate((*VOICES, *PERCUSSION))) | {
    _NOTE + pitch: _extra(pitch, f"note {pitch}") for pitch in range(128)
}
NUMBER: dict[str, int] = {voice.name: number for number, voice in EVERY.items()}
