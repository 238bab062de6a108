"""Files of other programs: what each holds is written here, note by note."""

import io
import re
import sys
import time
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from midifile import written

import beatgen as bg
from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.kit import EVERY
from beatgen.midi.names import note_of
from beatgen.readers import ENDINGS, scan

ROCK = """
hi-hat |x-x-x-x-x-x-x-x-|
snare  |----x-------x---|
kick   |x-------x-x-----|
"""


def struck(groove: Groove) -> set[tuple[int, float, str]]:
    """Bar, place in sixteenths and voice of every hit."""
    return {
        (int(b), round(float((s + groove.timing[b, s, v]) / 4), 2), EVERY[groove.voices[v]].name)
        for b, s, v in np.argwhere(groove.velocity > 0)
    }


def read(content: bytes | str, name: str):
    data = content.encode() if isinstance(content, str) else content
    return scan(io.BytesIO(data), name=name)


ROCK_HITS = struck(Groove.from_tab(ROCK))


def test_every_ending_is_offered_once() -> None:
    assert {".rmi", ".h2pattern", ".h2song", ".musicxml", ".mxl", ".gp5"} <= set(ENDINGS)


def test_a_midi_file_in_riff_is_read_as_the_file_in_it(rock) -> None:
    data = written(rock).getvalue()
    chunk = b"data" + len(data).to_bytes(4, "little") + data
    info = b"LIST" + (5).to_bytes(4, "little") + b"INFOx\0"
    for chunks in (chunk, info + chunk):
        riff = b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"RMID" + chunks
        assert read(riff, "rock.rmi")[0] == rock
    with pytest.raises(BeatGenError, match="no MIDI data"):
        read(b"RIFF\0\0\0\0RMID" + info, "rock.rmi")


# GrooveScribe -------------------------------------------------------------------------------------

ADDRESS = (
    "https://www.mikeslessons.com/gscribe?TimeSig=4/4&Div=16&Tempo=96&Measures=1"
    "&H=|x-x-x-x-x-x-x-x-|&S=|----x-------x---|&K=|o-------o-o-----|"
).replace("&S=|----x-------x---|", "&S=|----o-------o---|")


@pytest.mark.parametrize("form", ["{}", " {}\r\n", "[InternetShortcut]\nURL={}\n"])
def test_an_address_of_groovescribe_is_read(form) -> None:
    groove, report = read(form.format(ADDRESS), "pasted")
    assert struck(groove) == ROCK_HITS and groove.tempo == 96 and groove.bars == 1
    assert not report.messages
    assert bg.read(ADDRESS) == groove == bg.read(ADDRESS.replace("|", "%7C"))


def test_the_letters_of_groovescribe() -> None:
    groove, _ = read(
        "?TimeSig=4/4&Div=8&H=|xXocrbm+|&S=|oOgxfd--|&K=|o-xX----|&T1=|------o-|&T4=|-------o|", "a"
    )
    at = struck(groove)
    assert {(0, 0, "hi-hat"), (0, 2, "hi-hat"), (0, 4, "open hat"), (0, 6, "crash 1")} <= at
    assert {(0, 8, "ride"), (0, 10, "ride bell"), (0, 12, "cowbell"), (0, 14, "hi-hat")} <= at
    assert {(0, 6, "cross-stick"), (0, 4, "hat pedal"), (0, 6, "hat pedal"), (0, 6, "kick")} <= at
    assert {(0, 12, "tom 1 rim"), (0, 14, "floor tom")} <= at  # notes 50 and 43
    snares = sorted(place for _, place, name in at if name == "snare")
    assert snares == pytest.approx(
        [0, 2, 4, 7.875, 8, 9.75, 9.875, 10], abs=0.01
    )  # a flam on 8, a drag on 10
    soft, loud = groove.velocity[0, 16, 1], groove.velocity[0, 8, 1]
    assert soft < groove.velocity[0, 0, 1] < loud


def test_bars_meter_and_swing_of_groovescribe() -> None:
    groove, _ = read("?TimeSig=3/4&Div=16&H=|xxxx--------|x-----------|&swing=33", "a")
    assert groove.bars == 2 and str(groove.meter) == "3/4" and groove.tempo == 80
    places = sorted(place for bar, place, _ in struck(groove) if bar == 0)
    assert places == pytest.approx([0, 1.33, 2, 3.33])


@pytest.mark.parametrize(
    "query", ["TimeSig=4/0&H=|x|", "TimeSig=x&H=|x|", "Div=7&H=|x|", "Div=-1&H=|x|", "H=|----|"]
)
def test_an_address_without_a_groove_is_refused(query) -> None:
    with pytest.raises(BeatGenError, match=r"^pasted: ") as refused:
        read(f"https://a.b/?{query}", "pasted")
    assert len(str(refused.value)) < 300


# Hydrogen -----------------------------------------------------------------------------------------


def notes(instruments: dict[str, int]) -> str:
    """ROCK as notes of Hydrogen, for the numbers of kick, snare and hat."""
    return "".join(
        f"<note><position>{int(place) * 12}</position><leadlag>0</leadlag><velocity>0.8</velocity>"
        f"<instrument>{instruments[voice]}</instrument><note_off>false</note_off></note>"
        for _, place, voice in sorted(ROCK_HITS)
    )


def song(*groups: str, bpm: float = 110) -> str:
    listed = "".join(
        f"<instrument><id>{i}</id><name>{name}</name></instrument>"
        for i, name in enumerate(("Hat Closed", "Kick", "Snare Rock", "Zap"))
    )
    rock = notes({"hi-hat": 0, "kick": 1, "snare": 2})
    patterns = (
        f"<pattern><name>A</name><size>192</size><noteList>{rock}</noteList></pattern>"
        "<pattern><name>B</name><size>192</size><noteList><note><position>96</position>"
        "<velocity>1</velocity><instrument>1</instrument></note></noteList></pattern>"
    )
    row = "".join(f"<group><patternID>{name}</patternID></group>" for name in groups)
    return (
        f"<song><bpm>{bpm}</bpm><instrumentList>{listed}</instrumentList>"
        f"<patternList>{patterns}</patternList><patternSequence>{row}</patternSequence></song>"
    )


@pytest.mark.parametrize("space", ["", ' xmlns="http://www.hydrogen-music.org/drumkit_pattern"'])
def test_a_pattern_of_hydrogen_is_read(space) -> None:
    pattern = (
        f"<?xml version='1.0'?><drumkit_pattern{space}><drumkit_name>GMRockKit</drumkit_name>"
        "<pattern><name>rock</name><size>192</size><noteList>"
        f"{notes({'kick': 0, 'snare': 2, 'hi-hat': 6})}</noteList></pattern></drumkit_pattern>"
    )
    groove, report = read(pattern, "rock.h2pattern")
    assert struck(groove) == ROCK_HITS and groove.bars == 1 and not report.messages
    assert groove.velocity.max() == pytest.approx(102 / 127)


def test_a_song_of_hydrogen_plays_its_patterns_in_their_order() -> None:
    groove, _ = read(song("A", "B", "A"), "rock.h2song")
    assert (groove.bars, groove.tempo) == (3, 110)
    by_bar = [{hit[1:] for hit in struck(groove) if hit[0] == bar} for bar in range(3)]
    assert by_bar[0] == by_bar[2] == {hit[1:] for hit in ROCK_HITS} and by_bar[1] == {(8, "kick")}


def test_swing_and_the_kit_of_hydrogen() -> None:
    swung = song("A").replace("<bpm>", "<swing_factor>0.5</swing_factor><bpm>")
    places = {place for _, place, voice in struck(read(swung, "a.h2song")[0]) if voice == "hi-hat"}
    assert places == {float(at) for _, at, voice in ROCK_HITS if voice == "hi-hat"}  # eighths
    late = (
        song("A")
        .replace("<position>24<", "<position>12<")
        .replace("<bpm>", "<swing_factor>.5</swing_factor><bpm>")
    )
    assert 1.25 in {place for _, place, _ in struck(read(late, "a.h2song")[0])}
    pattern = (
        "<drumkit_pattern><drumkit_name>TR808EmulationKit</drumkit_name><pattern><name>rock</name>"
        f"<noteList>{notes({'kick': 0, 'snare': 2, 'hi-hat': 6})}</noteList></pattern>"
        "</drumkit_pattern>"
    )
    _, report = read(pattern, "rock.h2pattern")
    assert "for the kit TR808EmulationKit, read as one for GMRockKit" in report.messages[0]


def test_instruments_are_found_by_their_names() -> None:
    names = {
        "Kick Stereo": 36, "Bass Drum 2": 36, "Snare": 38, "Rimshot": 40, "Side Stick": 37,
        "Hand Clap": 39, "Hat Closed": 42, "Closed HH": 42, "HH Open": 46, "Hat Pedal": 44,
        "Tom Floor": 43, "Tom 1": 50, "Tom 2": 47, "Ride Bell": 53, "Ride": 51, "Crash Jazz": 57,
        "Crash": 49, "Splash": 55, "Cowbell": 56, "Zap": None,
    }  # fmt: skip
    assert {name: note_of(name) for name in names} == names


# MusicXML -----------------------------------------------------------------------------------------

PARTS = {"hi-hat": 42, "snare": 38, "kick": 36}
LINES = {"hi-hat": ("G", 5, "x"), "snare": ("C", 5, ""), "kick": ("F", 4, "")}


def score(*, instruments: bool, bars: int = 1, extra: str = "") -> str:
    """ROCK in sixteenths: two voices, chords where drums are struck together."""
    hands = {"hi-hat", "snare"}
    body = ""
    for bar in range(bars):
        attributes = (
            "<attributes><divisions>4</divisions><time><beats>4</beats><beat-type>4</beat-type>"
            "</time></attributes><direction><sound tempo='104'/></direction>"
        )
        voices = []
        for names in (hands, {"kick"}):
            line = ""
            for place in range(16):
                here = [v for _, p, v in sorted(ROCK_HITS) if p == place and v in names]
                for i, voice in enumerate(here):
                    step, octave, head = LINES[voice]
                    line += f"<note>{'<chord/>' if i else ''}<unpitched><display-step>{step}"
                    line += f"</display-step><display-octave>{octave}</display-octave></unpitched>"
                    line += "<duration>1</duration>"
                    line += f"<instrument id='{voice}'/>" if instruments else ""
                    line += f"<notehead>{head}</notehead>" if head else ""
                    line += "</note>"
                line += "" if here else "<note><rest/><duration>1</duration></note>"
            voices.append(line)
        backup = "<backup><duration>16</duration></backup>"
        body += (
            f"<measure number='{bar + 1}'>{attributes * (bar == 0)}{backup.join(voices)}</measure>"
        )
    listed = "".join(
        f"<midi-instrument id='{voice}'><midi-unpitched>{note + 1}</midi-unpitched>"
        "</midi-instrument>"
        for voice, note in PARTS.items()
    )
    return (
        "<?xml version='1.0'?><!DOCTYPE score-partwise PUBLIC 'a' 'b'><score-partwise><part-list>"
        f"<score-part id='P1'>{listed}</score-part></part-list>{extra}<part id='P1'>{body}</part>"
        "</score-partwise>"
    )


@pytest.mark.parametrize("instruments", [True, False], ids=["by instrument", "by place"])
def test_a_drum_part_of_musicxml_is_read(instruments) -> None:
    groove, report = read(score(instruments=instruments, bars=2), "rock.musicxml")
    assert struck(groove) == {(b, p, v) for b in range(2) for _, p, v in ROCK_HITS}
    assert (groove.bars, groove.tempo) == (2, 104) and not report.messages


def test_a_score_by_bars_is_read_as_one_by_parts() -> None:
    by_parts = score(instruments=True, bars=2)
    head, _, body = by_parts.partition("<part id='P1'>")
    turned = body.replace("</part></score-partwise>", "</score-timewise>")
    turned = turned.replace("</measure>", "</part></measure>")
    turned = re.sub(r"(<measure[^>]*>)", r"\1<part id='P1'>", turned)
    groove, _ = read(head.replace("score-partwise", "score-timewise") + turned, "a.xml")
    assert groove == read(by_parts, "a.xml")[0]


def test_packed_musicxml_is_read_and_other_parts_are_told() -> None:
    melody = (
        "<part id='P2'><measure><note><pitch><step>C</step><octave>4</octave></pitch>"
        "<duration>4</duration></note></measure></part>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        root = "<container><rootfiles><rootfile full-path='a.xml'/></rootfiles></container>"
        archive.writestr("META-INF/container.xml", root)
        archive.writestr("a.xml", score(instruments=True, extra=melody))
    groove, report = read(packed.getvalue(), "rock.mxl")
    assert struck(groove) == ROCK_HITS and report.messages == ["Left out 1 part without drums."]


def test_grace_notes_ghosts_and_accents_of_musicxml() -> None:
    def snare(inside: str = "", head: str = "", length: str = "<duration>4</duration>") -> str:
        place = "<display-step>C</display-step><display-octave>5</display-octave>"
        return f"<note>{inside}<unpitched>{place}</unpitched>{length}{head}</note>"

    accent = "<notations><articulations><accent/></articulations></notations>"
    ghost = "<notehead parentheses='yes'>normal</notehead>"
    bar = snare() + snare("<grace/>", length="") + snare(head=accent) + snare(head=ghost)
    data = (
        "<score-partwise><part-list/><part id='P1'><measure><attributes><divisions>4</divisions>"
        f"</attributes>{bar}</measure></part></score-partwise>"
    )
    groove, _ = read(data, "a.xml")
    played = sorted(
        (float(s + groove.timing[b, s, v]), round(float(groove.velocity[b, s, v]) * 127))
        for b, s, v in np.argwhere(groove.velocity > 0)
    )
    assert played == [(0, 90), (15, 54), (16, 117), (32, 40)]


def measures(*bars: str) -> str:
    """A score of bars, of which a digit strikes the snare at that quarter; what else stands in a
    bar is between its strikes."""
    place = "<display-step>C</display-step><display-octave>5</display-octave>"
    snare = f"<note><unpitched>{place}</unpitched><duration>1</duration></note>"
    rest = "<note><rest/><duration>1</duration></note>"
    body = ""
    for bar in bars:
        signs, struck = bar.rsplit(" ", 1) if " " in bar else ("", bar)
        notes = "".join(snare if str(i) in struck else rest for i in range(4))
        body += (
            f"<measure><attributes><divisions>1</divisions></attributes>{signs}{notes}</measure>"
        )
    return f"<score-partwise><part-list/><part id='P1'>{body}</part></score-partwise>"


def beats(data: str) -> list[str]:
    """The quarters that are struck in each bar of a score."""
    groove, report = read(data, "a.xml")
    assert not report.messages
    return ["".join(str(s // 16) for s in np.flatnonzero(bar.any(1))) for bar in groove.velocity]


OPENS, CLOSES = "<barline><repeat direction='forward'/></barline>", "<repeat direction='backward'/>"


def ending(times: str, *, closes: bool) -> str:
    return (
        f"<barline><ending number='{times}' type='start'/></barline>"
        f"<barline><ending number='{times}' type='stop'/>{CLOSES * closes}</barline>"
    )


@pytest.mark.parametrize(
    ("bars", "played"),
    [
        (["0", f"{OPENS} 1", f"{CLOSES} 2", "3"], "0 1 2 1 2 3"),
        (["0", f"{CLOSES} 1", f"{CLOSES} 2", "3"], "0 1 0 1 2 2 3"),
        (["<repeat direction='backward' times='3'/> 0", "1"], "0 0 0 1"),
        ([f"{OPENS} 0", ending("1", closes=True) + " 1", ending("2", closes=False) + " 2", "3"],
         "0 1 0 2 3"),
        ([f"{OPENS} 0", ending("1, 2", closes=True) + " 1", ending("3", closes=True) + " 2", "3"],
         "0 1 0 1 0 2 3"),
        (["<sound segno='a'/> 0", "<direction><sound tocoda='c'/></direction> 1",
          "<sound dalsegno='a'/> 2", "<sound coda='c'/> 3"], "0 1 2 0 1 3"),
        ([f"{OPENS} 0", f"{CLOSES} 1", "<sound fine='yes'/> 2", "<sound dacapo='yes'/> 3"],
         "0 1 0 1 2 3 0 1 2"),
        (["0", "<attributes><measure-style><measure-repeat type='start'>1</measure-repeat>"
          "</measure-style></attributes> -", "-", "<attributes><measure-style><measure-repeat "
          "type='stop'/></measure-style></attributes> 3"], "0 0 0 3"),
    ],
)  # fmt: skip
def test_repeats_of_musicxml_are_played_out(bars, played) -> None:
    assert beats(measures(*bars)) == played.split()


def test_a_score_that_repeats_without_end_is_refused() -> None:
    with pytest.raises(BeatGenError, match="longer than 4,096 bars"):
        beats(measures(*["<repeat direction='backward' times='64'/> 0"] * 100))


def test_a_pick_up_a_roll_and_a_written_tempo_of_musicxml() -> None:
    pickup = measures("3", "0").replace("<measure>", "<measure implicit='yes'>", 1)
    pickup = pickup.replace("<note><rest/><duration>1</duration></note>" * 3, "", 1)
    mark = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>"
        "<per-minute>80</per-minute></metronome></direction-type></direction>"
    )
    groove, _ = read(pickup.replace("<attributes>", mark + "<attributes>", 1), "a.xml")
    assert [str(meter) for meter in groove.meters] == ["1/4", "4/4"] and groove.tempo == 120
    assert [int(np.flatnonzero(bar.any(1))[0]) for bar in groove.velocity] == [0, 0]
    roll = "<type>quarter</type><notations><ornaments><tremolo>2</tremolo></ornaments></notations>"
    rolled = measures("0").replace("<unpitched>", f"{roll}<unpitched>")
    assert np.flatnonzero(read(rolled, "a.xml")[0].velocity.any((0, 2))).tolist() == [0, 4, 8, 12]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("<score-partwise><part>", "damaged; expected MusicXML"),
        ("<score-timewise/>", "no drum part found"),
        ("<score-partwise-like/>", "no score found"),
        ("<score-partwise/>", "no drum part found"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><score-partwise/>", "XML entities, which are not read"),
        ("<drumkit_pattern>", "damaged; expected a pattern"),
        ("<drumkit_pattern/>", "no pattern found"),
    ],
)
def test_damaged_files_are_refused_in_one_sentence(data, found) -> None:
    with pytest.raises(BeatGenError) as refused:
        read(data, "a.xml")
    assert found in str(refused.value) and len(str(refused.value)) < 300


def test_a_packed_score_that_is_damaged_or_too_large_is_refused() -> None:
    container = "<a><rootfile full-path='s.xml'/></a>"
    for files, found in (
        ((container, score(instruments=True)), None),
        ((container + " " * 2**24, "<a/>"), "larger than 16 MB"),
        ((container, " " * (2**24 + 1)), "larger than 16 MB"),
    ):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("META-INF/container.xml", files[0])
            archive.writestr("s.xml", files[1])
        data = packed.getvalue()
        if found:
            with pytest.raises(BeatGenError, match=found):
                read(data, "a.mxl")
            continue
        end = data.index(b"PK\x05\x06")
        for at in range(end, len(data)):  # the directory, and where it lies
            damaged = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
            with suppress(BeatGenError):
                read(damaged, "a.mxl")
        for at in range(10, end, 17):
            with pytest.raises(BeatGenError):
                read(data[:at] + data[at + 1 :], "a.mxl")


def test_strange_numbers_do_not_hang_or_fail() -> None:
    start = time.process_time()
    for number in ("1e400", "nan", "-5", "x", "999999999", ""):
        for file in (
            score(instruments=True).replace("<duration>1<", f"<duration>{number}<"),
            score(instruments=True).replace("<divisions>4<", f"<divisions>{number}<"),
            score(instruments=True).replace("<beats>4<", f"<beats>{number}<"),
            song("A", "B").replace("<size>192<", f"<size>{number}<"),
            song("A", bpm=number),  # type: ignore[arg-type]
            song("A").replace("<velocity>0.8<", f"<velocity>{number}<"),
        ):
            try:
                groove, _ = read(file, "a.xml")
            except BeatGenError as error:
                assert len(str(error)) < 300
            else:
                assert 30 <= groove.tempo <= 300
    assert time.process_time() - start < 5


# Guitar Pro ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(3, 0, 0), (4, 0, 6), (5, 1, 0)])
def test_a_percussion_track_of_guitar_pro_is_read(version) -> None:
    guitarpro = pytest.importorskip("guitarpro")
    song = guitarpro.Song(tempo=132)
    track = song.tracks[0]
    track.channel.channel = 9
    track.isPercussionTrack = True
    voice = track.measures[0].voices[0]
    for place in range(16):
        here = [v for _, p, v in sorted(ROCK_HITS) if p == place]
        status = guitarpro.BeatStatus.normal if here else guitarpro.BeatStatus.rest
        beat = guitarpro.Beat(voice, duration=guitarpro.Duration(value=16), status=status)
        for string, name in enumerate(here, start=1):
            note = guitarpro.Note(beat, value=PARTS[name], string=string, velocity=95)
            note.type = guitarpro.NoteType.normal
            beat.notes.append(note)
        voice.beats.append(beat)
    data = io.BytesIO()
    guitarpro.write(song, data, version=version)
    groove, report = read(data.getvalue(), f"rock.gp{version[0]}")
    assert struck(groove) == ROCK_HITS and groove.tempo == 132 and not report.messages
    for length in range(40, len(data.getvalue()), 97):
        with pytest.raises(BeatGenError):
            read(data.getvalue()[:length], "cut.gp")


def test_repeats_of_guitar_pro_are_played_out() -> None:
    guitarpro = pytest.importorskip("guitarpro")
    song = guitarpro.Song()
    track = song.tracks[0]
    track.channel.channel, track.isPercussionTrack = 9, True
    for _ in range(3):
        song.newMeasure()
    for place, measure in enumerate(track.measures):
        voice = measure.voices[0]
        for quarter in range(4):
            status = guitarpro.BeatStatus.normal if quarter == place else guitarpro.BeatStatus.rest
            beat = guitarpro.Beat(voice, duration=guitarpro.Duration(value=4), status=status)
            if quarter == place:
                note = guitarpro.Note(beat, value=38, string=1, velocity=95)
                note.type = guitarpro.NoteType.normal
                beat.notes.append(note)
            voice.beats.append(beat)
    first, second, third, _ = song.measureHeaders
    first.isRepeatOpen, second.repeatAlternative, second.repeatClose = True, 1, 1
    third.repeatAlternative = 2
    data = io.BytesIO()
    guitarpro.write(song, data, version=(5, 1, 0))
    groove, report = read(data.getvalue(), "rock.gp5")
    struck_at = [int(np.flatnonzero(bar.any(1))[0]) // 16 for bar in groove.velocity]
    assert struck_at == [0, 1, 0, 2, 3] and not report.messages


def test_without_pyguitarpro_one_sentence_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "guitarpro", None)
    with pytest.raises(BeatGenError, match=r'pip install "beatgen\[guitarpro\]"'):
        read(b"\x18FICHIER GUITAR PRO v5.10" + bytes(40), "rock.gp5")
