"""What fuzzing begins with: small files, links and messages of every kind, made of own grooves."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import Any

import mido
import numpy as np

from beatgen import assets, demo
from beatgen.groove import Groove
from beatgen.midi import write_midi

BARE = Groove.from_tab("snare |----o--o|\nkick |o---oo--|", tempo=110)


@cache
def grooves() -> tuple[Groove, ...]:
    """4/4 and other meters, percussion, early hits, a silent bar."""
    waltz = Groove.from_tab("meter: 3/4\nride |x---x---x---|\nkick |o-----------|")
    mixed = Groove.from_tab(
        "meter: 4/4 7/8\nhi-hat |x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-|\n"
        "snare |----O-------O---|----------o---|",
        tempo=171,
    )
    clap = Groove.from_tab("clap |----x-------x---|\nkick |o---|\nhigh conga |--x---x---x---x-|")
    late = Groove(BARE.velocity, np.where(BARE.velocity > 0, 0.7, 0), 93.5)
    early = Groove(BARE.velocity, np.where(BARE.velocity > 0, -1.5, 0), 61.25)
    rest = Groove.from_tab("kick |o---|----|", tempo=300)
    return (BARE, demo.load("funk")[:1], waltz, mixed, clap, late, early, rest)


def midi() -> list[bytes]:
    found = []
    for i, groove in enumerate(grooves()):
        file = io.BytesIO()
        names = ("gm", "roland", "toontrack", "addictive")
        write_midi(groove, file, map=names[i % 4], early=("loop", "pickup")[i % 2])
        found.append(file.getvalue())
    return [*found, tracks(), pedal()]


def tracks() -> bytes:
    """Drums by tracks with names, beside a piano, with programs, a bank, and drums by sysex."""
    file = mido.MidiFile(type=1, ticks_per_beat=96)
    head = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)])
    head.append(mido.MetaMessage("time_signature", numerator=7, denominator=8))
    head.append(mido.MetaMessage("set_tempo", tempo=400_000, time=336))
    head.append(mido.MetaMessage("time_signature", numerator=4, denominator=4))
    gs = [0x41, 0x10, 0x42, 0x12, 0x40, 0x11, 0x15, 0x02, 0x18]
    head.append(mido.Message("sysex", data=gs))
    file.tracks.append(head)
    for name, channel, note in (("Kick", 9, 60), ("Snare", 9, 60), ("HH", 9, 60), ("Piano", 0, 64)):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        track.append(mido.Message("program_change", channel=channel, program=25))
        track.append(mido.Message("control_change", channel=channel, control=0, value=120))
        for i in range(4):
            on = mido.Message("note_on", channel=channel, note=note, velocity=20 + 30 * i)
            track += [on.copy(time=0), on.copy(velocity=0, time=48)]
        file.tracks.append(track)
    return _saved(file)


def pedal() -> bytes:
    """A hi-hat on one note with its pedal, choked, and running status."""
    track = mido.MidiTrack()
    for i in range(8):
        track.append(mido.Message("control_change", channel=9, control=4, value=18 * i, time=60))
        track.append(mido.Message("note_on", channel=9, note=46, velocity=100))
        track.append(mido.Message("polytouch", channel=9, note=49, value=127))
        track.append(mido.Message("note_on", channel=9, note=36, velocity=90))
    return _saved(mido.MidiFile(type=0, ticks_per_beat=240, tracks=[track]))


def _saved(file: mido.MidiFile) -> bytes:
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


def rmi() -> list[bytes]:
    found = []
    for data in midi()[:2]:
        chunks = b"LIST" + (5).to_bytes(4, "little") + b"INFOx\0"
        chunks += b"data" + len(data).to_bytes(4, "little") + data
        found.append(b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"RMID" + chunks)
    return found


def tab() -> list[bytes]:
    shipped = [assets.path(f"grooves/{name}.tab").read_bytes() for name in ("funk", "jazz-swing")]
    return [*shipped, *(str(groove).encode() for groove in grooves())]


def drum_map() -> list[bytes]:
    return [
        b"# My kit\n# names: mine, my kit\n# others as: toontrack\n36\tkick\n38\tsnare\t\tread\n",
        b"note,voice\n42,hi-hat,,cc4 90-127\n42,open hat,,cc4 0-40\n61,-\n39,clap\n",
        b"# others as: none\n36 kick\n40 snare\n",
    ]


def groovescribe() -> list[bytes]:
    base = "https://www.mikeslessons.com/gscribe?TimeSig={}&Div={}&Tempo=96&swing=33&Measures=2"
    rows = "&H=|x-Xo+crbms-nN---|&S=|----ogxXfdbB|&K=|o-xX|&T1=|--o-|&T4=|O---|"
    return [
        (base.format("4/4", 16) + rows).encode(),
        (base.format("6/8", 12) + rows).encode(),
        b"[InternetShortcut]\r\nURL=" + (base.format("3/4", 8) + rows).encode() + b"\r\n",
    ]


def hydrogen() -> list[bytes]:
    def note(place: int, instrument: int) -> str:
        return (
            f"<note>\n<position>{place}</position>\n<leadlag>0.2</leadlag>\n"
            f"<velocity>0.8</velocity>\n<instrument>{instrument}</instrument>\n"
            "<note_off>false</note_off>\n</note>\n"
        )

    notes = "".join(note(12 * i, i % 4) for i in range(8))
    listed = "".join(
        f"<instrument>\n<id>{i}</id>\n<name>{name}</name>\n<midiOutNote>{36 + i}</midiOutNote>\n"
        "</instrument>\n"
        for i, name in enumerate(("Hat Closed", "Kick", "Snare Rock", "Zap"))
    )
    pattern = (
        f"<pattern>\n<name>A</name>\n<size>192</size>\n<noteList>\n{notes}</noteList>\n</pattern>\n"
    )
    song = (
        f"<song>\n<bpm>110</bpm>\n<swing_factor>0.5</swing_factor>\n<instrumentList>\n{listed}"
        f"</instrumentList>\n<patternList>\n{pattern}</patternList>\n<patternSequence>\n<group>\n"
        "<patternID>A</patternID>\n</group>\n<group>\n<patternID>A</patternID>\n</group>\n"
        "</patternSequence>\n</song>"
    )
    alone = (
        "<?xml version='1.0'?>\n<drumkit_pattern xmlns='http://www.hydrogen-music.org/drumkit_"
        f"pattern'>\n<drumkit_name>808</drumkit_name>\n{pattern}</drumkit_pattern>"
    )
    return [song.encode(), alone.encode()]


def musicxml() -> list[bytes]:
    def note(step: str, inside: str = "", duration: int = 1, before: str = "") -> str:
        return (
            f"<note>\n{before}<unpitched>\n<display-step>{step}</display-step>\n<display-octave>5"
            f"</display-octave>\n</unpitched>\n<duration>{duration}</duration>\n<voice>1</voice>\n"
            f"<instrument id='I1'/>\n<type>eighth</type>\n{inside}</note>\n"
        )

    roll = "<notations>\n<ornaments>\n<tremolo>2</tremolo>\n</ornaments>\n</notations>\n"
    accent = "<notations>\n<articulations>\n<accent/>\n</articulations>\n</notations>\n"
    rest = "<note>\n<rest/>\n<duration>1</duration>\n</note>\n"
    first = (
        "<attributes>\n<divisions>2</divisions>\n<time>\n<beats>4</beats>\n<beat-type>4</beat-type>"
        "\n</time>\n</attributes>\n<direction>\n<direction-type>\n<metronome>\n<beat-unit>quarter"
        "</beat-unit>\n<beat-unit-dot/>\n<per-minute>80</per-minute>\n</metronome>\n"
        "</direction-type>\n<sound tempo='104' dynamics='80'/>\n</direction>\n"
    )
    hands = note("G", "<notehead>x</notehead>\n") + note("C", accent, before="<chord/>\n")
    hands += note("C", before="<grace/>\n", duration=0) + note("C", roll, 2) + rest * 5
    feet = "<backup>\n<duration>8</duration>\n</backup>\n"
    feet += f"<forward>\n<duration>2</duration>\n</forward>\n{note('F')}"
    opens = "<barline>\n<repeat direction='forward'/>\n</barline>\n"
    closes = (
        "<barline>\n<ending number='1' type='start'/>\n</barline>\n<barline>\n<ending number='1' "
        "type='stop'/>\n<repeat direction='backward' times='2'/>\n</barline>\n"
    )
    second = "<barline>\n<ending number='2' type='start'/>\n</barline>\n<sound dacapo='yes'/>\n"
    measures = "".join(
        f"<measure number='{i}'>\n{signs}{hands}{feet}</measure>\n"
        for i, signs in enumerate((first + opens, closes, second), 1)
    )
    listed = (
        "<score-part id='P1'>\n<score-instrument id='I1'/>\n<midi-instrument id='I1'>\n"
        "<midi-channel>10</midi-channel>\n<midi-unpitched>39</midi-unpitched>\n"
        "</midi-instrument>\n</score-part>\n"
    )
    score = (
        f"<score-partwise>\n<part-list>\n{listed}</part-list>\n<part id='P1'>\n{measures}</part>\n"
        "</score-partwise>"
    )
    again = (
        "<attributes>\n<measure-style>\n<measure-repeat type='start'>1</measure-repeat>\n"
        "</measure-style>\n</attributes>\n"
    )
    pickup = score.replace("number='1'>", "number='0' implicit='yes'>", 1).replace(
        "number='2'>\n", f"number='2'>\n{again}", 1
    )
    return [score.encode(), pickup.encode()]


def guitarpro() -> list[bytes]:
    import guitarpro as gp

    song = gp.Song(tempo=132, title="a")
    drums = song.tracks[0]
    drums.channel.channel, drums.isPercussionTrack = 9, True
    song.newMeasure()
    for measure in drums.measures:
        voice = measure.voices[0]
        for place in range(8):
            beat = gp.Beat(voice, duration=gp.Duration(value=8), status=gp.BeatStatus.normal)
            note = gp.Note(beat, value=(36, 42, 38, 42)[place % 4], string=1 + place % 2)
            note.type, note.effect.ghostNote = gp.NoteType.normal, place == 3
            note.effect.accentuatedNote = place == 2
            if place == 4:
                note.effect.grace = gp.GraceEffect(fret=38)
            beat.notes.append(note)
            voice.beats.append(beat)
    first, second = song.measureHeaders
    first.isRepeatOpen, second.repeatClose = True, 1
    found = []
    for version in ((3, 0, 0), (4, 0, 6), (5, 1, 0)):
        data = io.BytesIO()
        gp.write(song, data, version=version)
        found.append(data.getvalue())
    return found


# What the page is told --------------------------------------------------------------------------


def sessions() -> list[Any]:
    """Pages with a take, a lock, a shape, a wall that went, percussion and other meters."""
    from app import engine
    from app.session import Deck, Session, Source
    from beatgen.audio.mix import Mix
    from beatgen.lock import Lock

    bare, funk, waltz, mixed, clap, *_ = grooves()
    demos = list(engine.demos().values())
    plain = Session(Deck(demos[0]), Deck(demos[1]))
    own = Session(Deck(Source("a", funk, "rock")), Deck(Source("b.mid", clap, messages=("x",))))
    own.add_takes([bare, funk], [0.5, 0.25])
    own.add_takes([clap], [0.75])
    own.takes[0].kept, own.takes[0].stars = True, 3
    own.play(own.takes[0])
    own.lock = Lock(funk, frozenset({0, 1}), frozenset({4}), frozenset({(0, 3)}))
    own.amounts, own.tempo, own.swing, own.feel = {0: 0.5}, 97.0, 0.6, 0.25
    own.kit, own.mix = "808", Mix({"hat": -3.0}, {"tom": 0.5})
    other = Session(Deck(Source("c", waltz)), Deck(Source("d", mixed)), meter="b")
    kept = Session(Deck(engine.read("a.mid", midi()[1])), Deck(demos[2]), map_out="roland")
    return [plain, own, other, kept]


def links() -> list[bytes]:
    from app.share import link

    return [pack(each).encode() for each in sessions() for pack in (link.pack, link.pack_memory)]


def unpacked_links() -> list[bytes]:
    """What a link holds before it is zipped: JSON, a zero byte, the hits."""
    import zlib
    from base64 import urlsafe_b64decode

    found = []
    for text in links():
        first = text.split(b" ")[0][1:]
        found.append(zlib.decompress(urlsafe_b64decode(first + b"=" * (-len(first) % 4))))
    return found


def messages() -> list[bytes]:
    """What the player sends, as JSON."""
    from app.player.wire import pack_groove, pack_lock, pack_mix
    from beatgen.audio.mix import Mix
    from beatgen.lock import Lock

    funk, clap = grooves()[1], grooves()[4]
    lock = pack_lock(Lock(funk, frozenset({0}), frozenset({3}), frozenset({(1, 2)})))
    lock["hits"] = [[0, 0, 100, 0.25], [16, 1, 90, -0.5], [32, 30, 1, 0]]
    plays: dict[str, Any] = {
        "turn": 3, "path": "PATH", "base": "BASE", "felt": True, "position": 0.25, "feel": 0.5,
        "tempo": 97, "swing": 0.6, "kit": "808", "monitor": "blend", "lock": lock,
        "mix": pack_mix(Mix({"hat": -3.0}, {"tom": 0.5})), "opened": "x",
        "edits": [[0, 0, 100, 0.25], [5, 3, 0, 0], [60, 40, 127, -1.5]],
        "varied": 1, "finished": [1, "rest"], "wall": [[1, "discard", 2], [2, "put back", 2]],
        "back": [1, "PATH", "BASE"],
    }  # fmt: skip
    parts = {
        "acts": {"acts": [[1, "keep", 1], [2, "name", 1, "mine"], [3, "stars", 1, 3]]},
        "turned": {"turn": 1, "amounts": [0.5, -1]},
        "tapped": [1, 2, 96, [[0, 100], [0.5, 90], [3.9, 127]]],
        "region": [[[0, 0], [1, 0], [1, 1]]],
        "chosen": [1, 0],
        "recalled": "1abc",
        "hits": pack_groove(clap)["hits"],
    }
    shorter = {**plays, "monitor": "a", "lock": {**lock, "meters": ["3/4"], "bars": 2}}
    return [json.dumps({**plays, **parts}).encode(), json.dumps({**shorter, **parts}).encode()]


def addresses() -> list[bytes]:
    """Downloads of the page: a groove as text, its ending, and the query."""
    from app import downloads

    bare, clap = grooves()[0], grooves()[4]
    query = downloads.midi_query("gm", 2, 97.0, 0.6)
    midi_path = f"{downloads.midi_path(bare)}?{query}"
    return [midi_path.encode(), downloads.wav_path(clap, "808").encode()]


# Files of the program --------------------------------------------------------------------------


def arrays(**named: np.ndarray) -> bytes:
    """Arrays as .npy files, each after its name and length: `zipped` makes an .npz of it."""
    found = b""
    for name, array in named.items():
        file = io.BytesIO()
        np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
        data = file.getvalue()
        found += f"{name} {len(data)}\n".encode() + data
    return found


def datasets() -> list[bytes]:
    velocity = np.rint(demo.load("funk").velocity[:2] * 127).astype(np.uint8)
    return [
        arrays(
            format=np.array(1), fingerprint=np.array("x"), velocity=velocity,
            timing=np.zeros(velocity.shape, np.float16), file_index=np.zeros(2, np.int32),
            number=np.arange(2, dtype=np.int32), files=np.array(["a.mid"]),
            styles=np.array(["rock"]), splits=np.array(["train"]),
            tempo=np.array([100], np.float32), left_out=np.array([], np.str_),
        )
    ]  # fmt: skip


def model_file(name: str) -> bytes:
    return (assets.path("model") / "bar" / name).read_bytes()


def cards() -> list[bytes]:
    return [model_file("card.json")]


def spaces() -> list[bytes]:
    return [_arrays_of("space.npz")]


def atlases() -> list[bytes]:
    return [_arrays_of("atlas.npz")]


def taps() -> list[bytes]:
    return [_arrays_of("drumify.npz")]


def drumify_cards() -> list[bytes]:
    return [model_file("drumify.json")]


def networks() -> list[bytes]:
    return [model_file("network.tflite")]


def _arrays_of(name: str) -> bytes:
    with np.load(io.BytesIO(model_file(name))) as stored:
        return arrays(**dict(stored))


def info() -> list[bytes]:
    head = b"drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,split\n"
    row = b"drummer1,s1,1,rock/halftime,96,beat,4-4,a.mid,train\n"
    return [head + row, b"\xef\xbb\xbf" + head + row.replace(b"train", b"test")]


def configs() -> list[bytes]:
    own = {"data": "a.npz", "run": "r", "epochs": 3, "bar": {"width": 32}}
    return [model_file("card.json"), json.dumps(own).encode()]
