"""Which map a file follows, where no one says."""

import random
from io import BytesIO

import mido
import numpy as np
import pytest
from grooves_in_maps import played, read_otherwise, share_right
from midifile import hit, midi

from beatgen.midi import scan_midi

ROCK = [
    *(("hat", s) for s in range(0, 32, 2)),
    *(("kick", s) for s in (0, 10, 16, 26)),
    *(("snare", s) for s in (4, 12, 20, 28)),
]


def rock(hat: tuple[int, ...], kick: int, snare: int, *more: tuple[int, int]) -> list:
    """Two bars; the notes of the hat take turns. more: (sixteenth, note)."""
    notes = {"hat": hat, "kick": (kick,), "snare": (snare,)}
    beat = [(step, notes[part][step // 2 % len(notes[part])]) for part, step in ROCK]
    return [hit(step * 120, note) for step, note in sorted([*beat, *more])]


def bank(number: int, program: int | None = None) -> list:
    """Messages on channel 10 at the start: a bank, and a program."""
    found = []
    if number >= 0:
        found.append((0, mido.Message("control_change", channel=9, control=0, value=number)))
    if program is not None:
        found.append((0, mido.Message("program_change", channel=9, program=program)))
    return found


# By what is played --------------------------------------------------------------------------------


def test_grooves_in_the_notes_of_ten_instruments_find_their_map() -> None:
    """99 % of the hits land on the right voice with no word about the map, all with the map."""
    counts = np.array([[share_right(one), share_right(one, one.map)] for one in played()])
    recognised, given = counts[:, :, 0].sum(0) / counts[:, :, 1].sum(0)
    assert len(counts) == 120 and recognised >= 0.98 and given == 1


@pytest.mark.parametrize(
    ("hat", "kick", "snare", "more", "name", "hits"),
    [
        (
            *((63, 61), 36, 38),
            *([(0, 49), (14, 60), (15, 21)], "toontrack"),
            {"kick": 4, "snare": 4, "hat pedal": 1, "hi-hat": 16, "open hat edge": 1, "crash 1": 1},
        ),
        (
            *((49, 51), 36, 38),
            *([(0, 77), (29, 71), (30, 69), (31, 67)], "addictive"),
            {
                "kick": 4,
                "snare": 4,
                "floor tom": 1,
                "tom 2": 1,
                "tom 1": 1,
                "hi-hat": 16,
                "crash 1": 1,
            },
        ),
        (
            *((44, 43), 24, 26),
            *([(0, 52)], "ggd"),
            {"kick": 4, "snare": 4, "hi-hat": 8, "hi-hat edge": 8, "crash 1": 1},
        ),
        (
            *((30,), 24, 26),
            *([(14, 34), (15, 32)], "bfd"),
            {"kick": 4, "snare": 4, "hat pedal": 1, "hi-hat": 16, "open hat": 1},
        ),
        (
            *((42,), 33, 31),
            *([(15, 85), (31, 85)], "yamaha"),
            {"kick": 4, "snare": 4, "hat pedal": 2, "hi-hat": 16},
        ),
    ],
    ids=["toontrack", "addictive", "ggd", "bfd", "yamaha"],
)
def test_a_rock_beat_of_another_instrument_is_recognised_and_told(
    hat, kick, snare, more, name, hits
) -> None:
    _, report = scan_midi(midi(rock(hat, kick, snare, *more)))
    assert report.map == name and report.hits == hits
    sentence = next(text for text in report.messages if text.startswith("Read as "))
    assert report.map_title in sentence and "recognised by what is played" in sentence
    assert len(sentence) < 300


def test_notes_that_another_map_sends_elsewhere_are_told_though_the_kit_has_them() -> None:
    _, report = scan_midi(midi(rock((49, 51), 36, 38, (0, 77), (30, 69))))
    assert report.moved == {49: 8, 51: 8, 69: 1, 77: 1}
    assert "49 (8) is hi-hat, 51 (8) is hi-hat" in report.messages[0]
    assert report.as_dict()["moved"][49] == {"voice": "hi-hat", "hits": 8}
    _, report = scan_midi(midi(rock((49, 51), 36, 38)), map="ad2")
    assert "Read as XLN Addictive Drums 2, as you chose: 49 (8) is hi-hat" in report.messages[0]


def test_a_half_open_hat_on_every_quarter_is_no_closed_one() -> None:
    _, report = scan_midi(midi(rock((23,), 36, 38)))
    assert sum(n for name, n in report.hits.items() if name.startswith("open hat")) == 16


PERCUSSION = {
    "congas": [
        (s + b, n) for b in (0, 16) for s, n in ((2, 62), (6, 63), (10, 62), (12, 63), (14, 64))
    ],
    "a shaker": [(s, 70) for s in range(32)],
    "a tambourine": [(s, 54) for s in (4, 12, 20, 28)],
    "claps": [(s, 39) for s in (4, 12, 20, 28)],
    "a cowbell": [(s, 56) for s in range(0, 32, 4)],
    "bongos and a guiro": [(s, 60 + s // 2 % 2) for s in range(0, 32, 2)] + [(0, 74), (16, 73)],
    "sticks on the beat": [(s, 31) for s in (0, 4, 8, 12)],
    "timbales": [(s, 65) for s in (14, 15)] + [(30, 66), (31, 66)],
}


@pytest.mark.parametrize("layer", PERCUSSION)
def test_percussion_beside_a_general_midi_kit_stays_percussion(layer) -> None:
    assert scan_midi(midi(rock((42,), 36, 38, (14, 46), *PERCUSSION[layer])))[1].map == "gm"


def test_few_notes_are_general_midi() -> None:
    few = [hit(i * 240, note) for i, note in enumerate((63, 61, 63, 61))]
    assert scan_midi(midi(few))[1].map == "gm"


@pytest.mark.slow
def test_no_recording_of_the_dataset_is_read_otherwise(gmd) -> None:
    assert not [path for path in sorted(gmd.rglob("*.mid")) if read_otherwise(path)]


def test_recordings_of_the_dataset_are_not_read_otherwise(gmd) -> None:
    """Fills mostly, which say least of what is played."""
    files = sorted(gmd.rglob("*.mid"))
    fills = [path for path in files if "_fill_" in path.name]
    some = random.Random(5).sample(fills, 150) + random.Random(5).sample(files, 50)
    assert not [path for path in some if read_otherwise(path)]


# What the file says -------------------------------------------------------------------------------


def test_yamahas_bank_says_xg() -> None:
    """33 is a kick there, 34 a rimshot: General MIDI has a metronome on both."""
    _, report = scan_midi(midi([*bank(127, 0), *rock((42,), 33, 38, (28, 34))]))
    assert report.map == "xg" and report.map_why == "by its bank 127"
    assert report.hits == {"kick": 4, "snare": 4, "rimshot": 1, "hi-hat": 16}
    assert scan_midi(midi([*bank(120, 0), *rock((42,), 36, 38)]))[1].map == "gm"


def test_program_48_says_orchestra_set() -> None:
    _, report = scan_midi(
        midi([*bank(-1, 48), *rock((27,), 36, 38, *((s, 30) for s in range(0, 32, 4)))])
    )
    assert report.map == "orchestra" and "program 48" in report.messages[0]
    assert report.hits == {"kick": 4, "snare": 4, "hi-hat": 16, "ride": 8}


def test_a_map_that_is_given_holds_against_what_the_file_says() -> None:
    file = midi([*bank(127, 0), *rock((42,), 36, 38)]).getvalue()
    assert scan_midi(BytesIO(file), map="gm")[1].map == "gm"


# The hi-hat's pedal -------------------------------------------------------------------------------


def pedalled(note: int, positions: list[int], share: int = 1) -> list:
    """Eighths of one note, each after a position of the pedal, with kick and snare."""
    hats = [hit(i * 240, note) for i in range(len(positions))]
    moves = [
        (max(0, i * 240 - 10), mido.Message("control_change", channel=9, control=4, value=value))
        for i, value in enumerate(positions)
    ]
    return [*moves, *hats, hit(0, 36), hit(480, 38), hit(960, 36), hit(1440, 38)]


DOWN_AND_UP = [127, 127, 127, 127, 127, 127, 64, 0]


@pytest.mark.parametrize("note", [46, 42])
def test_one_note_and_its_pedal_give_closed_half_open_and_open_hats(note) -> None:
    _, report = scan_midi(midi(pedalled(note, DOWN_AND_UP)))
    assert report.hits == {"kick": 2, "snare": 2, "hi-hat": 6, "open hat": 2}
    assert report.pedal == {"closed": 6, "half open": 1, "open": 1}
    assert "(controller 4) opens it: 6 closed, 1 half open, 1 open" in " ".join(report.messages)


def test_a_pedal_that_is_sent_the_other_way_round_is_asked_for() -> None:
    file = midi(pedalled(46, [127 - value for value in DOWN_AND_UP])).getvalue()
    _, report = scan_midi(BytesIO(file), inverted_pedal=True)
    assert report.hits == {"kick": 2, "snare": 2, "hi-hat": 6, "open hat": 2}


@pytest.mark.parametrize(
    "positions", [[90] * 8, [0, 20, 60, 90, 80, 60, 20, 0], [127, *[60] * 7]], ids=str
)
def test_open_hats_whose_pedal_is_not_down_stay_open(positions) -> None:
    """E-kits send a pedal's position all the time; the notes say what is open."""
    _, report = scan_midi(midi(pedalled(46, positions)))
    assert report.hits["open hat"] == 8 and report.pedal == {}


def test_where_notes_say_what_is_open_the_pedal_does_not() -> None:
    both = [*pedalled(46, [127] * 8), hit(120, 42)]
    _, report = scan_midi(midi(both))
    assert report.hits["open hat"] == 8 and report.hits["hi-hat"] == 1


def test_a_map_may_say_what_the_pedal_does() -> None:
    _, report = scan_midi(midi(pedalled(8, DOWN_AND_UP)), map="ad2")
    assert report.hits == {"kick": 2, "snare": 2, "hi-hat": 6, "open hat": 2}


@pytest.mark.parametrize(
    ("title", "hat", "name"),
    [("EZdrummer 3", 42, "toontrack"), ("Addictive Drums 2 (Kit)", 51, "addictive")],
)
def test_a_track_that_is_named_after_an_instrument_says_its_map(title, hat, name) -> None:
    """By the notes alone, 51 is a ride."""
    titled = (0, mido.MetaMessage("track_name", name=title))
    _, report = scan_midi(midi([titled, *rock((hat,), 36, 38)]))
    assert report.map == name and report.hits == {"kick": 4, "snare": 4, "hi-hat": 16}
    assert report.map_why == "by the name of its track"
    tuned = (0, mido.MetaMessage("track_name", name="Bass by Addictive Drums"))
    assert scan_midi(midi([tuned, *rock((49,), 33, 45)]))[1].map == "gm"


@pytest.mark.parametrize("notes", [(62, 63, 64, 63), (60, 61), (63,), (65, 66)])
def test_percussion_struck_along_with_the_hats_stays_percussion(notes) -> None:
    """No drummer strikes closed and open hats at once."""
    beside = [(s, notes[s // 2 % len(notes)]) for s in range(0, 32, 2)]
    _, report = scan_midi(midi(rock((42,), 36, 38, *beside)))
    assert report.map == "gm" and report.hits["hi-hat"] == 16
