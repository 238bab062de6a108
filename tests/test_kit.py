"""The kit: 22 voices, and what belongs together."""

from beatgen.kit import (
    CHOKES,
    CLASS_OF_VOICE,
    CLASSES,
    EVERY,
    FAMILIES,
    GROUPS,
    NAMES,
    PARTS,
    VOICES,
    VOICES_OF_FAMILY,
)


def test_there_are_22_voices_with_names_of_their_own() -> None:
    assert len(set(NAMES)) == len(VOICES) == 22


def test_families_and_classes_cover_every_voice() -> None:
    assert {voice.family for voice in VOICES} == set(FAMILIES)
    assert [CLASSES[i] for i in CLASS_OF_VOICE] == [voice.drum_class for voice in VOICES]
    assert set(CLASSES) == {voice.drum_class for voice in VOICES}
    assert set(CLASSES) <= {voice.pitch for voice in VOICES}


def test_every_voice_has_one_family_one_group_and_one_part() -> None:
    everything = list(range(len(VOICES)))
    assert sorted(i for voices in VOICES_OF_FAMILY.values() for i in voices) == everything
    assert sorted(i for voices in GROUPS.values() for i in voices) == everything
    assert sorted(family for part in PARTS for family in part) == sorted(FAMILIES)


def test_of_the_kit_only_hats_choke_and_only_open_ones_are_choked() -> None:
    family = {voice.name: voice.family for voice in VOICES}
    chokes = {by: names for by, names in CHOKES.items() if by in family}
    choked = {name for names in chokes.values() for name in names}
    assert {family[name] for name in {*chokes, *choked}} == {"hat"}
    assert choked == {"open hat", "open hat edge"}


def test_percussion_is_choked_by_the_mute_stroke_of_its_own_instrument() -> None:
    names = {voice.name for voice in EVERY.values()} - {*NAMES}
    chokes = {by: choked for by, choked in CHOKES.items() if by in names}
    assert len(chokes) == 5
    for by, choked in chokes.items():
        assert {name.split()[-1] for name in choked} == {by.split()[-1]} and {*choked} <= names
    assert not {*CHOKES} & {name for choked in CHOKES.values() for name in choked}
