"""Which channel plays the drums, and what becomes of pitches that no voice has."""

import mido
import numpy as np
import pytest
from midifile import BAR, HAT, KICK, SNARE, hit, hits, midi

from beatgen.errors import MidiError, MidiWarning
from beatgen.midi import read_midi, scan_midi
from beatgen.midi.maps import drum_map


def test_a_drum_loop_on_another_channel_is_read_and_reported() -> None:
    beat = [hit(i * 240, HAT, channel=0) for i in range(8)]
    beat += [hit(0, KICK, channel=0), hit(480, SNARE, channel=0), hit(1440, SNARE, channel=0)]
    chords = [hit(i * 480, pitch, channel=4) for i in range(4) for pitch in (60, 64, 67)]
    with pytest.warns(MidiWarning, match="read the drum loop on channel 1"):
        groove = read_midi(midi(beat, chords))
    assert len(hits(groove)) == len(beat)


@pytest.mark.parametrize(
    "pitches",
    [
        (HAT,) * 8,
        (KICK, HAT, SNARE, HAT, KICK, HAT, SNARE, HAT),
        (36, 38, 36, 38),
    ],
    ids=["hats alone", "a linear beat", "kick and snare"],
)
def test_small_loops_on_channel_1_are_drums(pitches) -> None:
    loop = [hit(i * 240, pitch, channel=0) for i, pitch in enumerate(pitches)]
    groove, report = scan_midi(midi(loop))
    assert report.channel == 1 and len(hits(groove)) == len(loop)


@pytest.mark.parametrize(
    "pitches",
    [
        (60, 62, 64, 65, 67, 69, 71, 72),
        (36, 38, 40, 41, 43, 45, 47, 48),
        (40, 40, 43, 38, 36, 38, 40, 43),
        (84, 86, 88, 91, 93, 96, 98, 100),
    ],
    ids=["a scale", "a low scale", "a bass line", "a high melody"],
)
def test_a_melody_is_no_drum_loop(pitches) -> None:
    melody = [hit(i * 240, pitch, channel=2) for i, pitch in enumerate(pitches)]
    with pytest.raises(MidiError, match=r"channel 3 \(pitches .* Put the drums on channel 10"):
        read_midi(midi(melody))


def test_channel_10_wins_over_anything_that_looks_like_drums() -> None:
    bass = [hit(i * 240, pitch, channel=0) for i, pitch in enumerate((36, 42, 38, 42))]
    groove, report = scan_midi(midi([hit(480, SNARE)], bass))
    assert hits(groove) == [(0, 16, SNARE, 80)] and report.channel == 10


def test_foreign_pitches_are_folded_or_stay_themselves_and_counted() -> None:
    file = [hit(0, 35), hit(240, 69), hit(480, 39), hit(720, 69), hit(960, 33), hit(1200, 100)]
    groove, report = scan_midi(midi(file))
    assert report.pitches == {33: 1, 35: 1, 39: 1, 69: 2, 100: 1}
    assert report.folded == {35: 1} and not report.dropped
    assert groove.extras == ("metronome click", "clap", "cabasa", "note 100")
    assert report.hits == {"kick": 1, "metronome click": 1, "clap": 1, "cabasa": 2, "note 100": 1}
    message = " ".join(report.messages)
    assert "35 (1) as kick" in message and "69" not in message
    assert [h[1] for h in hits(groove)] == [0, 8, 16, 24, 32, 40]


# Which channels and tracks are drums --------------------------------------------------------------

OPEN_HAT = 46


def kit(channel: int, bars: int = 2, only: tuple[int, ...] = (KICK, SNARE, HAT, OPEN_HAT)) -> list:
    """A rock beat: hats in eighths, the last of a bar open."""
    beat = []
    for at in range(0, bars * BAR, 240):
        step = at % BAR // 240
        voices = [OPEN_HAT if step == 7 else HAT]
        voices += [KICK] if step in (0, 4) else [SNARE] if step in (2, 6) else []
        beat += [hit(at, voice, channel=channel) for voice in voices if voice in only]
    return beat


def chords(channel: int, bars: int = 2) -> list:
    """Four notes at once, as a piano plays."""
    pitches = (60, 64, 67, 71), (62, 66, 69, 73)
    return [
        hit(i * 960, pitch, channel=channel) for i in range(2 * bars) for pitch in pitches[i % 2]
    ]


def bass(channel: int, bars: int = 2) -> list:
    line = (36, 36, 43, 41, 40, 38, 36, 35)
    return [hit(i * 240, line[i % 8], channel=channel) for i in range(8 * bars)]


def line(channel: int, *pitches: int, every: int = 480) -> list:
    return [hit(i * every, pitch, channel=channel) for i, pitch in enumerate(pitches)]


def program(channel: int, number: int) -> tuple:
    return 0, mido.Message("program_change", channel=channel, program=number)


def bank(channel: int, coarse: int) -> tuple:
    return 0, mido.Message("control_change", channel=channel, control=0, value=coarse)


def title(text: str) -> tuple:
    return 0, mido.MetaMessage("track_name", name=text)


WHOLE = len(kit(0))
FOUND = {
    "General MIDI 2": (
        [
            [bank(9, 120), *kit(9, only=(KICK, SNARE))],
            [bank(10, 120), *kit(10, only=(HAT, OPEN_HAT))],
        ],
        [10, 11],
    ),
    "the kick alone on 10": (
        [kit(9, only=(KICK,)), kit(10, only=(SNARE, HAT, OPEN_HAT))],
        [10, 11],
    ),
    "a channel for each voice": (
        [kit(0, only=(KICK,)), kit(1, only=(SNARE,)), kit(2, only=(HAT, OPEN_HAT)), chords(5)],
        [1, 2, 3],
    ),
    "a channel for each voice and a count on 10": (
        [kit(0, only=(KICK,)), kit(1, only=(SNARE,)), kit(2, only=(HAT, OPEN_HAT)), [hit(0, 37)]],
        [1, 2, 3],
    ),
    "a track for each voice": (
        [kit(0, only=(KICK,)), kit(0, only=(SNARE,)), kit(0, only=(HAT, OPEN_HAT))],
        [1],
    ),
    "a kit beside a piano on 1": ([kit(0), chords(0), bass(0)], [1]),
    "a kit beside a piano on 2": ([kit(0), chords(1), bass(2)], [1]),
    "the tenth of a row is a piano": ([kit(0), bass(1), chords(9)], [1]),
    "a click on 10": ([kit(0), line(9, *[56] * 8)], [1]),
    "a metronome on 10": ([kit(0), line(9, *[34, 33, 33, 33] * 2)], [1]),
    "three stray notes on 10": ([kit(0), line(9, 60, 62, 64)], [1]),
    "a side stick click on 10": ([kit(0), line(9, *[37] * 8)], [1]),
    "a stray note on 10": ([kit(0), [hit(0, 37)]], [1]),
    "a whole song": ([kit(9), bass(1), chords(2), line(3, 79, 77, 76)], [10]),
    "two kits": ([kit(9), kit(0)], [1, 10]),
    "Roland GS gives drums to 11": (
        [[(0, mido.Message("sysex", data=bytes.fromhex("41104212401a15011000")[:9])), *kit(10)]],
        [11],
    ),
    "Yamaha XG gives drums to 3": (
        [[(0, mido.Message("sysex", data=bytes.fromhex("43104c08020702"))), *line(2, 36, 39, 70)]],
        [3],
    ),
}


@pytest.mark.parametrize("kind", FOUND)
def test_all_of_a_files_drums_are_found_and_what_is_left_out_is_told(kind) -> None:
    tracks, channels = FOUND[kind]
    _, report = scan_midi(midi(*tracks))
    assert report.channels == channels
    notes = [m for track in tracks for _, m in track if m.type == "note_on"]
    assert sum(report.pitches.values()) + sum(report.left_out.values()) == len(notes)
    if kind not in ("two kits", "Yamaha XG gives drums to 3"):
        assert (report.pitches[KICK], report.pitches[SNARE]) == (4, 4)
    for channel, hits_ in report.left_out.items():
        assert f"channel {channel} ({hits_} note" in " ".join(report.messages)


def on_one_note(*titles: str, channel: int = 0, note: int = 60) -> list[list]:
    """A track for each of kick, snare and hats, all on one note, as a DAW's samplers play it."""
    voices = ((KICK,), (SNARE,), (HAT, OPEN_HAT))
    return [
        [title(text), *(hit(at, note, channel=channel) for at, _ in kit(0, only=only))]
        for text, only in zip(titles, voices, strict=True)
    ]


@pytest.mark.parametrize(
    "tracks",
    [
        on_one_note("Kick", "Snare", "HH"),
        on_one_note("808 KICK", "Snare top", "Closed Hat", channel=9),
        on_one_note("bass drum", "SD 2", "hi-hats", channel=3, note=36),
    ],
    ids=["on middle C", "on channel 10", "on a kick's note"],
)
def test_where_only_the_names_of_tracks_say_the_voice_they_do(tracks) -> None:
    _, report = scan_midi(midi(*tracks, [title("Bass guitar"), *bass(5)]))
    assert report.hits == {"kick": 4, "snare": 4, "hi-hat": 16}
    assert report.left_out == {6: 16}
    assert any(text.startswith("Voices by the names of their tracks: ") for text in report.messages)


def test_where_notes_say_the_voice_the_names_of_tracks_do_not() -> None:
    named = [
        [title(text), *kit(9, only=only)]
        for text, only in (("Kick", (KICK,)), ("Snare", (SNARE,)), ("Ride?", (HAT, OPEN_HAT)))
    ]
    _, report = scan_midi(midi(*named))
    assert report.hits["hi-hat"] == 14 and not report.messages
    swapped = midi(*on_one_note("Kick", "Snare", "HH", note=61))
    assert scan_midi(swapped, map="toontrack")[1].hits == {"hi-hat": 16}  # all at these moments


@pytest.mark.parametrize(
    ("track", "extras"),
    [
        (line(10, *[62, 63, 64, 63] * 3), ("mute conga", "high conga", "low conga")),
        (line(10, *[82] * 8), ("shaker",)),
        ([title("Perc"), *line(4, *[70, 54] * 4)], ("tambourine", "maracas")),
    ],
    ids=["congas on 11", "a shaker on 11", "a track named so"],
)
def test_percussion_on_a_channel_of_its_own_is_read(track, extras) -> None:
    groove, report = scan_midi(midi(kit(9), track))
    assert groove.extras == extras and not report.left_out


@pytest.mark.parametrize(
    "track",
    [line(10, *[60, 64, 67] * 4), bass(10), [program(10, 24), *line(10, *[62, 63] * 6)]],
    ids=["chord notes", "a bass", "a guitar"],
)
def test_a_melody_on_channel_11_is_no_percussion(track) -> None:
    assert list(scan_midi(midi(kit(9), track))[1].left_out) == [11]


@pytest.mark.parametrize("name", ["toontrack", "addictive", "ggd", "bfd", "modo", "yamaha"])
def test_a_kit_without_a_beat_is_read_where_its_map_is_given(name) -> None:
    notes = sorted(
        {one.note for one in drum_map(name).lines[: drum_map(name).own] if one.number is not None}
    )
    groove, report = scan_midi(midi(line(0, *notes)), map=name)
    assert report.channels == [1] and np.count_nonzero(groove.velocity) == len(notes)
    with pytest.raises(MidiError, match="no drums found"):
        scan_midi(midi(line(0, 1, 2, 3, 4)), map=name)


@pytest.mark.parametrize(
    "tracks",
    [
        [[program(11, 6), *line(11, *[36, 38, 42, 46] * 4, every=240)]],
        [[program(2, 73), *line(2, *[42] * 8)]],
        [line(2, *[60] * 8)],
        [line(2, *[69] * 8)],
        [line(2, 69, 70, 69, 70)],
        [bass(3)],
        [chords(0)],
        [chords(0), bass(1)],
        [[program(0, 33), *bass(0)], [program(1, 48), *chords(1)]],
        # Piano, both hands, over all of a kit's notes
        [[hit(i * 240, 36 + (i * 7 + k * 4) % 48, channel=0) for i in range(32) for k in range(3)]],
    ],
    ids=[
        "a harpsichord in a kit's range",
        "a flute of one note",
        "one note",
        "one high note",
        "two high notes",
        "a bass",
        "chords",
        "chords and a bass",
        "bass and strings",
        "a piano",
    ],
)
def test_melodies_are_no_drums(tracks) -> None:
    with pytest.raises(MidiError, match="no drums found on channel 10, and nothing like a drum"):
        read_midi(midi(*tracks))


def test_the_refusal_of_a_file_of_many_channels_is_short() -> None:
    melodies = [line(channel, 60, 67, 72) for channel in range(16) if channel != 9]
    with pytest.raises(MidiError, match="and 12 more") as refused:
        read_midi(midi(*melodies))
    assert len(str(refused.value)) < 300


def test_a_files_only_channel_is_read_where_most_of_it_is_a_kits() -> None:
    """As in a library's reggae, where a third of the notes is of articulations of its own."""
    own = [hit(at, 100, channel=0) for at in range(0, 2 * BAR, 180)]
    with pytest.warns(MidiWarning, match="read the drum loop on channel 1"):
        groove = read_midi(midi(kit(0) + own))
    assert np.count_nonzero(groove.velocity[:, :, :22]) == WHOLE


def test_messages_stay_short_whatever_a_file_holds() -> None:
    foreign = [hit(i * 60, pitch) for i, pitch in enumerate((*range(1, 20), *range(54, 100)))]
    songs = [line(c, 60, 64, 67) for c in range(16) if c != 9]
    tempos = [(i * 480, mido.MetaMessage("set_tempo", tempo=400_000 + 9 * i)) for i in range(64)]
    _, report = scan_midi(midi(kit(9), foreign, *songs, tempos))
    assert len(report.messages) >= 2
    assert all(len(message) < 300 for message in report.messages)
