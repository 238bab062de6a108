"""Maps: which note means which voice, with a place for every other drum pitch."""

import pretty_midi
import pytest

from beatgen.kit import INDEX, NAMES, VOICES
from beatgen.midi.maps import FOLD, PITCHES, WRITTEN, voice_of_pitch

GMD_PITCHES = {22, 26, 36, 37, 38, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 55, 57, 58}
# Outside of the kit, these are the most frequent in files people have, by number of hits.
FREQUENT = (35, 69, 54, 70, 41, 60, 32, 56, 64, 39, 82, 63, 21, 61, 81, 62)
GENERAL_MIDI = {
    "kick": "Bass Drum",
    "snare": ("Snare", "Side Stick"),
    "tom": "Tom",
    "hat": "Hi Hat",
    "ride": "Ride",
    "crash": "Crash",
}


def test_the_kits_own_pitches_are_those_of_the_dataset() -> None:
    assert set(PITCHES) == GMD_PITCHES | {59}
    assert len(set(PITCHES)) == len(VOICES) == 22


def test_a_voice_is_found_by_its_pitch_and_its_name() -> None:
    for index, voice in enumerate(VOICES):
        assert voice_of_pitch(voice.pitch) == INDEX[voice.name] == index


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_general_midi_plays_every_voice_with_its_own_kind_of_drum(voice) -> None:
    name = pretty_midi.note_number_to_drum_name(voice.gm)
    part = GENERAL_MIDI[voice.family]
    assert any(p in name for p in ([part] if isinstance(part, str) else part)), name


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_a_general_midi_pitch_reads_back_as_the_same_family_and_class(voice) -> None:
    back = VOICES[voice_of_pitch(voice.gm)]
    assert (back.family, back.drum_class) == (voice.family, voice.drum_class)


def test_folding_leads_to_voices_and_only_from_outside_the_kit() -> None:
    assert set(FOLD.values()) <= set(NAMES)
    assert not set(FOLD) & set(PITCHES)


@pytest.mark.parametrize("pitch", FREQUENT)
def test_frequent_foreign_pitches_find_a_voice(pitch) -> None:
    assert voice_of_pitch(pitch) is not None


def test_low_percussion_is_not_folded_into_cymbals() -> None:
    for pitch, name in FOLD.items():
        drum = pretty_midi.note_number_to_drum_name(pitch)
        if any(word in drum for word in ("Bass Drum", "Tom", "Conga", "Bongo", "Timbale", "Surdo")):
            assert VOICES[INDEX[name]].family in ("kick", "tom"), drum


@pytest.mark.parametrize("pitch", [0, 20, 33, 34, 71, 72, 88, 127])
def test_what_is_no_drum_has_no_voice(pitch) -> None:
    assert voice_of_pitch(pitch) is None


def test_the_maps_that_are_written_have_a_note_for_every_voice() -> None:
    assert {
        "gmd": tuple(voice.pitch for voice in VOICES),
        "gm": tuple(voice.gm for voice in VOICES),
    } == WRITTEN
