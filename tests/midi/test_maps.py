"""Maps: which note means which voice, in General MIDI and in what else drums come from."""

import csv
from io import BytesIO
from pathlib import Path

import numpy as np
import pretty_midi
import pytest
from midifile import again, hit, midi

from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.kit import INDEX, NAMES, VOICES
from beatgen.midi import read_midi, scan_midi, write_midi
from beatgen.midi.maps import PITCHES, drum_map, maps, parse_map, voice_of_pitch

GMD_PITCHES = {22, 26, 36, 37, 38, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 55, 57, 58}
# Outside of the kit, these are the most frequent in files people have, by number of hits.
FREQUENT = (35, 69, 54, 70, 41, 60, 32, 56, 64, 39, 82, 63, 21, 61, 81, 62)
GENERAL_MIDI = {
    "kick": ("Bass Drum",),
    "snare": ("Snare", "Side Stick"),
    "tom": ("Tom",),
    "hat": ("Hi Hat",),
    "ride": ("Ride",),
    "crash": ("Crash", "Splash", "Chinese"),
}
# What ten instruments call their notes, and the voices that are right for each.
ARTICULATIONS = Path(__file__).parents[1] / "cases" / "maps.tsv"


def articulations() -> list[dict[str, str]]:
    with ARTICULATIONS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_the_kits_own_pitches_are_those_of_the_dataset() -> None:
    assert set(PITCHES) == GMD_PITCHES | {59}
    assert len(set(PITCHES)) == len(VOICES) == 22


@pytest.mark.parametrize("name", ["gm", "roland"])
def test_a_voice_is_found_by_its_pitch_and_its_name(name) -> None:
    for index, voice in enumerate(VOICES):
        assert drum_map(name).voice_of(voice.pitch) == INDEX[voice.name] == index


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_general_midi_plays_every_voice_with_its_own_kind_of_drum(voice) -> None:
    for note in (voice.gm, drum_map("gm").written[INDEX[voice.name]]):
        name = pretty_midi.note_number_to_drum_name(note)
        assert any(part in name for part in GENERAL_MIDI[voice.family]), name


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_a_general_midi_pitch_reads_back_as_the_same_family_and_class(voice) -> None:
    for note in (voice.gm, drum_map("gm").written[INDEX[voice.name]]):
        back = VOICES[voice_of_pitch(note)]
        assert (back.family, back.drum_class) == (voice.family, voice.drum_class)


@pytest.mark.parametrize("pitch", FREQUENT)
def test_frequent_foreign_pitches_find_a_voice(pitch) -> None:
    assert voice_of_pitch(pitch) is not None


def test_low_percussion_is_not_folded_into_cymbals() -> None:
    for pitch in range(128):
        drum, voice = pretty_midi.note_number_to_drum_name(pitch), voice_of_pitch(pitch)
        if any(word in drum for word in ("Bass Drum", "Tom", "Conga", "Bongo", "Timbale", "Surdo")):
            assert VOICES[voice].family in ("kick", "tom"), drum


@pytest.mark.parametrize("pitch", [0, 20, 33, 34, 71, 72, 88, 127])
def test_what_is_no_drum_has_no_voice(pitch) -> None:
    assert voice_of_pitch(pitch) is None


def test_a_half_open_hat_is_open_and_on_no_map_closed() -> None:
    found = {name: found.voice_name(23) for name, found in maps().items() if found.knows(23)}
    assert found["gm"] == "open hat" and found["alesis"] == "open hat edge"
    assert "hi-hat" not in found.values() and "hi-hat edge" not in found.values()


# Ten instruments ----------------------------------------------------------------------------------


def test_every_articulation_of_ten_instruments_is_the_right_voice_with_the_map_given() -> None:
    rows = articulations()
    assert len(rows) == 246 and len({row["map"] for row in rows}) == 10
    wrong = [
        row
        for row in rows
        if drum_map(row["map"]).voice_name(int(row["note"])) not in row["right"].split(" or ")
    ]
    assert not wrong


@pytest.mark.parametrize("channel", [9])
def test_a_file_of_every_articulation_is_read_by_the_map_that_is_given(channel) -> None:
    for name in ("addictive_drums2", "ggd_invasion"):
        rows = [row for row in articulations() if row["map"] == name]
        notes = [hit(i * 240, int(row["note"]), channel=channel) for i, row in enumerate(rows)]
        groove = read_quietly(midi(notes), name)
        step, voice = np.nonzero(groove.velocity.reshape(-1, len(VOICES)))
        found = {int(s) // 8: NAMES[v] for s, v in zip(step, voice, strict=True)}
        assert len(found) == len(rows)
        for i, row in enumerate(rows):
            assert found[i] in row["right"].split(" or "), row


def read_quietly(source: BytesIO, name: str | None) -> Groove:
    return scan_midi(source, map=name)[0]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *((title, name) for name, found in maps().items() for title in (name, found.title)),
        ("Toontrack", "toontrack"),
        ("SD3", "toontrack"),
        ("Superior Drummer", "toontrack"),
        ("EZ Drummer 2", "toontrack"),
        ("AD2", "addictive"),
        ("addictive-drums", "addictive"),
        ("td-17", "roland"),
        ("TD17", "roland"),
        ("gmd", "roland"),
        ("General MIDI", "gm"),
        ("gm2", "gm"),
        ("XG", "xg"),
        ("DTX", "yamaha"),
        ("Steven Slate Drums", "ssd"),
        ("Studio Drummer", "studiodrummer"),
        ("MODO Drum", "modo"),
        ("GetGood Drums", "ggd"),
        ("BFD 3", "bfd"),
        ("nitro", "alesis"),
    ],
)
def test_maps_go_by_the_names_that_people_type(typed, name) -> None:
    assert drum_map(typed).name == name


def test_no_two_maps_share_a_name_and_each_says_where_it_is_from() -> None:
    known = [{found.name, found.title, *found.names} for found in maps().values()]
    plain = [{name.lower() for name in names} for names in known]
    assert len(set().union(*plain)) == sum(map(len, plain))
    folder = Path(__file__).parents[2] / "beatgen" / "midi" / "maps"
    for name in maps():
        assert "# source: " in (folder / f"{name}.tsv").read_text(encoding="utf-8")


def test_an_unknown_name_is_answered_with_the_names_in_one_short_sentence() -> None:
    with pytest.raises(BeatGenError) as refused:
        drum_map("Sooperior")
    text = str(refused.value)
    assert all(name in text for name in maps()) and len(text) < 300 and "'Sooperior'" in text


# Maps of one's own --------------------------------------------------------------------------------


def test_a_map_of_ones_own_is_a_note_and_a_voice_in_each_line(tmp_path) -> None:
    mine = tmp_path / "my.tsv"
    mine.write_text("# my pads\n60\tkick\tbig pad\n61 hi-hat\n62,snare\n36 -\n")
    found = drum_map(mine)
    assert (found.title, found.name) == ("my pads", "my")
    assert [found.voice_name(note) for note in (60, 61, 62, 36)] == [
        "kick",
        "hi-hat",
        "snare",
        None,
    ]
    assert found.voice_name(46) == "open hat" and drum_map(str(mine)) == found
    assert found.written[INDEX["kick"]] == 60 and found.written[INDEX["ride"]] == 51
    loop = [hit(i * 240, 61) for i in range(8)] + [hit(0, 60), hit(960, 62)]
    assert scan_midi(midi(loop), map=mine)[1].hits == {"kick": 1, "snare": 1, "hi-hat": 8}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "no line of a map found; expected a note and a voice: 61 hi-hat"),
        (b"# only words", "no line of a map found"),
        (b"kick 36", "my.tsv, line 1: 'kick' found; expected a MIDI note, 0 to 127"),
        (b"36 kick\n128 snare", "line 2: '128' found; expected a MIDI note"),
        (b"61 hihatt", "my.tsv, line 1: no voice 'hihatt'; one of kick, snare,"),
        (b"61\thi-hat\t\tcc4 high", "'cc4 high' found; expected nothing, read or cc4 90-127"),
        (b"# others as: polka\n61 hi-hat", "no drum map is called 'polka'"),
        (b"\xff\xfe\x00\x01", "expected a MIDI note"),
        (b"36 kick\n" * 10_000, "larger than 64 kB"),
    ],
)
def test_what_is_no_map_is_refused_in_one_short_sentence(content, found) -> None:
    with pytest.raises(BeatGenError) as refused:
        parse_map(content, "my.tsv")
    assert found in str(refused.value) and len(str(refused.value)) < 300


def test_a_map_file_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(BeatGenError, match=r"nowhere.tsv: no such map file"):
        drum_map(tmp_path / "nowhere.tsv")


def test_notes_of_a_map_are_changed_one_by_one() -> None:
    changed = drum_map("gm").changed({61: "hi-hat", 36: "-"})
    assert changed.voice_name(61) == "hi-hat" and changed.voice_name(36) is None
    assert changed.written == drum_map("gm").changed({36: "-"}).written
    assert changed.written[INDEX["hi-hat"]] == 42 and changed.written[INDEX["kick"]] == 35


def test_a_line_may_depend_on_a_controller() -> None:
    tip = drum_map("ad2")
    assert tip.voice_name(8) == "open hat"
    assert NAMES[tip.voice_of(8, {4: 127})] == "hi-hat" and tip.by_controller == {7, 8}


# Writing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(maps()))
def test_what_is_written_with_a_map_is_read_back_with_it(name) -> None:
    """Voices that the map has notes for come back as they were, others as what is reported."""
    groove = Groove(np.full((1, 1, len(VOICES)), 0.5), tempo=100)
    file = BytesIO()
    sentences = write_midi(groove, file, map=name)
    found = drum_map(name)
    hits = scan_midi(BytesIO(file.getvalue()), map=name)[1].hits
    assert set(hits) == set(NAMES) - set(found.folded)
    text = " ".join(sentences)
    for voice, other in found.folded.items():
        assert f"{voice} (1) as {other}" in text


def test_each_map_writes_its_own_notes() -> None:
    groove = Groove.from_tab("kick |o---|\nhi-hat |x-x-|\nsnare |--o-|\ncrash 1 |x---|")
    for name, notes in {
        "toontrack": {36, 61, 38, 49},
        "ad2": {36, 49, 38, 77},
        "ggd": {24, 43, 26, 52},
        "bfd3": {24, 30, 26, 41},
        "gm": {36, 42, 38, 49},
        "yamaha": {33, 42, 31, 49},
    }.items():
        file = BytesIO()
        assert write_midi(groove, file, map=name) == []
        assert set(scan_midi(BytesIO(file.getvalue()), map=name)[1].pitches) == notes


def test_general_midi_comes_and_goes_with_its_splash_and_china() -> None:
    notes = [hit(i * 240, note) for i, note in enumerate((52, 55, 49, 57, 47, 50, 59, 40))]
    groove = read_midi(midi(notes))
    file = BytesIO()
    assert write_midi(groove, file, map="gm") == []
    assert set(scan_midi(BytesIO(file.getvalue()))[1].pitches) == {52, 55, 49, 57, 47, 50, 59, 40}


def test_hits_that_one_note_swallows_are_told() -> None:
    both = Groove.from_tab("hi-hat |g-x-|\nhi-hat edge |X---|")
    sentences = write_midi(both, BytesIO(), map="gm")
    assert sentences == [
        "Written as General MIDI, General MIDI 2: hi-hat edge (1) as hi-hat.",
        "1 hit dropped: a louder one has the same note there.",
    ]
    assert write_midi(both, BytesIO()) == [] and again(both) == both
