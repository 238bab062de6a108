"""Share links and what a browser keeps: out and back, and what hostile ones do."""

import io
import json
import random
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import numpy as np
import pytest

import beatgen as bg
from app import engine
from app.player.messages import Opening
from app.session import LONGEST_TAKE, MOST_TAKES, REACH, Deck, Session, Source, Take
from app.share import encoding, link
from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.kit import NUMBER
from beatgen.lock import Lock
from beatgen.midi import scan_midi

TICK = 1 / 30  # of a step: the Groove MIDI Dataset has 480 to the beat


@pytest.fixture
def session(random_groove) -> Session:
    """Two grooves of our own on the decks, and everything away from where it starts."""
    a, b = (Source(f"own {i}", random_groove(i, bars=5), style="funk") for i in (1, 2))
    session = Session(Deck(a), Deck(b), position=0.3, feel=0.8, seed=4, numbered=7)
    session.a.choose(1, 2)
    session.b.choose(3, 1)
    session.amounts = {1: 1.5, 4: -0.25}
    session.tempo, session.swing = 97.5, 0.58
    session.takes = [
        Take(6, random_groove(6), 0.5, kept=True),
        Take(7, random_groove(7, bars=3), 0.25),
    ]
    return session


def content(text: str) -> tuple[dict, bytes]:
    head, _, hits = zlib.decompress(urlsafe_b64decode(text[1:] + "==")).partition(b"\0")
    return json.loads(head), hits


def text_of(head: object, hits: bytes = b"") -> str:
    packed = zlib.compress(json.dumps(head).encode() + b"\0" + hits)
    return "1" + urlsafe_b64encode(packed).decode().rstrip("=")


# --- there and back


def test_a_link_brings_back_grooves_place_and_settings(session):
    back = link.unpack(link.pack(session))
    for side in ("a", "b"):
        assert back.deck(side).groove == session.deck(side).groove
        assert back.deck(side).source.name == session.deck(side).source.name
        assert back.deck(side).source.style == "funk"
    assert (back.place, back.amounts) == (session.place, session.amounts)
    assert (back.opening.tempo, back.opening.swing, back.opening.lock) == (97.5, 0.58, None)
    assert back.take is None and back.takes == []


def test_the_feel_that_goes_with_the_pattern_still_does(session):
    session.feel = None
    assert link.unpack(link.pack(session)).feel is None


def test_demo_grooves_are_named_with_their_loop():
    demos = engine.demos()
    session = Session(Deck(demos["Funk"]), Deck(demos["Samba"]))
    session.b.choose(1, 1)
    text = link.pack(session)
    back = link.unpack(text)
    assert back.a.source is demos["Funk"] and back.b.source is demos["Samba"]
    assert (back.b.start, back.b.bars) == (1, 1)
    assert len(text) < 350


def test_a_take_that_plays_comes_along(session):
    session.take = session.takes[1]
    back = link.unpack(link.pack(session))
    assert back.take.groove == session.take.groove
    assert back.take.name == "Take 7"
    assert back.takes == [back.take]


def test_a_groove_edited_on_the_grid_comes_along_as_it_is_heard(session, random_groove):
    session.heard = session.edited = random_groove(9)
    back = link.unpack(link.pack(session))
    assert back.take.groove == session.edited
    assert back.take.name == f"{session.label}, edited"
    assert not back.shaped  # it was shaped before it was edited


def test_locked_cells_come_along(session, random_groove):
    held = random_groove(3, density=0.3)
    session.lock = Lock(held, frozenset({0, 3}), frozenset({5, 31}))
    lock = link.unpack(link.pack(session)).opening.lock
    assert (lock.voices, lock.sixteenths) == (session.lock.voices, session.lock.sixteenths)
    other = random_groove(4, density=0.3)
    assert lock.keep(other) == session.lock.keep(other)


def test_a_browser_keeps_the_wall_and_whole_sources(session):
    session.take = session.takes[0]
    back = link.unpack(link.pack_memory(session))
    assert [take.groove for take in back.takes] == [take.groove for take in session.takes]
    assert [(t.number, t.kept, t.similarity) for t in back.takes] == [
        (6, True, 0.5),
        (7, False, 0.25),
    ]
    assert back.take is back.takes[0]
    assert (back.seed, back.numbered) == (4, 7)
    assert back.a.source.groove == session.a.source.groove
    assert (back.a.start, back.a.bars) == (1, 2)


def test_of_a_long_source_the_loop_is_kept(session, random_groove):
    session.a.load(Source("long", random_groove(bars=link.WHOLE + 1, density=0.01)))
    session.a.choose(9, 4)
    back = link.unpack(link.pack_memory(session))
    assert back.a.groove == session.a.groove == back.a.source.groove


def test_a_quarter_of_an_hour_is_kept_whole_beside_a_full_wall_of_long_takes(
    session, random_groove
):
    long = random_groove(bars=link.WHOLE, density=0.02)
    for side in ("a", "b"):
        session.deck(side).load(Source("long", long))
        session.deck(side).choose(299, 2)
    takes = [random_groove(i, bars=LONGEST_TAKE, density=0.01) for i in range(MOST_TAKES)]
    session.takes = [Take(i + 1, groove, 0.5) for i, groove in enumerate(takes)]
    back = link.unpack(link.pack_memory(session))
    assert back.a.source.groove.bars == link.WHOLE and back.a.groove == session.a.groove
    assert [take.groove for take in back.takes] == takes


def test_a_bar_of_the_map_that_plays_is_numbered_and_does_not_collide(session, random_groove):
    for _ in range(2):  # reloads, each with another bar playing
        session.take = Take(0, random_groove(8), 1.0, title="Funk bar 8")
        session = link.unpack(link.pack_memory(session))
        session.tempo, session.swing = session.opening.tempo, session.opening.swing
    assert [take.number for take in session.takes] == [9, 8, 6, 7]
    assert session.numbered == 9


def test_timing_between_two_ticks_comes_back_within_an_eighth_of_one():
    rng = np.random.default_rng(0)
    velocity = rng.integers(1, 128, (2, 64, 22)) / 127
    groove = Groove(velocity, rng.uniform(-0.5, 0.5, velocity.shape), tempo=133.7)
    source = Source("played", groove)
    back = link.unpack(link.pack(Session(Deck(source), Deck(source)))).a.groove
    assert np.array_equal(back.velocity, groove.velocity)
    assert np.abs(back.timing - groove.timing).max() <= TICK / 8 + 1e-6
    assert back.tempo == groove.tempo


def test_a_recording_comes_back_to_the_last_bit_in_a_short_link(gmd):
    recordings = sorted((gmd / "drummer1" / "session1").glob("*_beat_4-4.mid"))[:2]
    decks = [Deck(Source(file.stem, scan_midi(file)[0].trim())) for file in recordings]
    text = link.pack(Session(*decks))
    back = link.unpack(text)
    assert back.a.groove == decks[0].groove and back.b.groove == decks[1].groove
    assert back.a.bars == back.b.bars == 2
    assert len(text) < 1000


def test_a_full_wall_is_small_enough_to_be_kept(session, random_groove):
    session.takes = [Take(i + 1, random_groove(i, density=0.02), 0.5) for i in range(48)]
    assert len(link.pack_memory(session)) < 50_000


def test_directions_that_other_weights_do_not_have_are_left_out(session):
    head, hits = content(link.pack(session))
    head["amounts"]["cowbell"] = 2.0
    assert link.unpack(text_of(head, hits)).amounts == session.amounts


# --- hostile ones


def test_every_cut_is_reported(session):
    text = link.pack(session)
    for end in range(len(text)):
        with pytest.raises(BeatGenError, match="cut off"):
            link.unpack(text[:end])


def test_noise_never_gets_further_than_one_sentence(session):
    text = link.pack(session)
    rng = random.Random(0)
    for _ in range(300):
        at = rng.randrange(1, len(text))
        changed = text[:at] + rng.choice("AZaz09-_é%") + text[at + 1 :]
        if changed != text:
            with pytest.raises(BeatGenError) as caught:
                link.unpack(changed)
            assert "\n" not in str(caught.value)


def test_percussion_comes_back_as_decks_takes_and_locks_have_it(random_groove):
    noise = random_groove(3, bars=5)
    grid = np.concatenate([noise.velocity, noise.velocity[:, :, :3]], axis=2)
    timing = np.concatenate([noise.timing, noise.timing[:, :, :3]], axis=2)
    groove = replace(noise, velocity=grid, timing=timing, extras=("note 95", "clap", "vibraslap"))
    session = Session(Deck(Source("a", groove)), Deck(Source("b", noise)))
    session.takes = [Take(1, groove[:2], 0.5, kept=True)]
    session.numbered = 1
    clap = NUMBER["clap"]
    session.lock = Lock(groove[:2], frozenset({clap}), frozenset(), frozenset({(3, 223)}))
    text = link.pack_memory(session)
    back = link.unpack(text)
    assert text[0] == "2" and back.a.source.groove == groove and back.takes[0].groove == groove[:2]
    lock = back.opening.lock
    assert lock.voices == {clap} and lock.cells == {(3, 223)}
    assert lock.keep(noise[:2]) == session.lock.keep(noise[:2])
    session.a, session.takes, session.lock = Deck(Source("b", noise)), [], None
    assert link.pack_memory(session)[0] == "1"  # as before there was percussion


@pytest.mark.parametrize("voice", [64, 127, 256, -1, "clap"])
def test_a_voice_that_there_is_not_is_refused(voice):
    with pytest.raises(ValueError, match=r"voice|number|between"):
        encoding.voice_number(voice)


def test_a_link_of_a_later_version_asks_for_an_update():
    with pytest.raises(BeatGenError, match="newer"):
        link.unpack("3abc")


def test_a_small_link_cannot_unpack_to_a_large_one():
    bomb = "1" + urlsafe_b64encode(zlib.compress(bytes(10**8), 9)).decode()
    with pytest.raises(BeatGenError, match="cut off"):
        link.unpack(bomb)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("position",), 2),
        (("position",), float("nan")),
        (("position",), True),
        (("feel",), "0.5"),
        (("swing",), None),
        (("tempo",), float("inf")),
        (("amounts",), ["density", 1]),
        (("amounts",), {"density": REACH + 1}),
        (("takes",), {"x": 1}),
        (("takes",), [{}]),
        (("gone",), [{}]),
        (("walls",), [[99]]),
        (("walls",), [[[6]]]),
        (("walls",), {"x": 1}),
        (("a", "bars"), 3),
        (("plays",), 99),
        (("plays",), -1),
        (("numbered",), 1e300),
        (("a",), None),
        (("a", "name"), 7),
        (("a", "name"), "x" * 1000),
        (("a", "start"), "first"),
        (("a", "groove", "bars"), 10**9),
        (("a", "groove", "bars"), 0),
        (("a", "groove", "tempo"), -1),
        (("b",), {"demo": "Polka", "start": 0, "bars": 2}),
        (("lock",), [1]),
        (("lock",), {"voices": [99], "sixteenths": [], "groove": {"bars": 1, "tempo": 120}}),
    ],
)
def test_a_link_that_says_what_cannot_be_is_refused(session, path, value):
    head, hits = content(link.pack(session))
    inner = head
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(BeatGenError, match="cut off or changed"):
        link.unpack(text_of(head, hits))


@pytest.mark.parametrize("column", [0, 1, 2, 4])  # timing's low bytes may be anything
def test_hits_that_cannot_be_are_refused(session, column):
    head, hits = content(link.pack(session))
    bars = session.a.bars + session.b.bars
    length = (len(hits) - 2 * bars) // 5
    at = 2 * bars + column * length
    with pytest.raises(BeatGenError, match="cut off or changed"):
        link.unpack(text_of(head, hits[:at] + b"\xff" * length + hits[at + length :]))


def test_a_small_link_that_asks_for_long_loops_or_takes_is_refused_in_one_sentence(session):
    silence = Groove(np.zeros((100, 64, 22)))
    session.take = Take(8, silence, 1.0)
    with pytest.raises(BeatGenError, match="a take of 100 bars, longer than BeatGen plays"):
        link.unpack(link.pack(session))
    session.take = None
    session.a.source = Source("slow", silence)
    session.a.bars = 100
    with pytest.raises(BeatGenError, match="a loop of 100 bars, longer than BeatGen plays"):
        link.unpack(link.pack(session))


def test_two_takes_of_one_number_are_refused(session):
    first, *files = link.pack_memory(session).split(" ")
    head, hits = content(first)
    assert link.unpack(" ".join([text_of(head, hits), *files])).numbered == 7
    head["takes"][1]["number"] = head["takes"][0]["number"]
    with pytest.raises(BeatGenError, match="cut off or changed"):
        link.unpack(" ".join([text_of(head, hits), *files]))


def test_deep_nesting_is_refused():
    packed = zlib.compress(b"[" * 100_000 + b"\0")
    with pytest.raises(BeatGenError, match="cut off or changed"):
        link.unpack("1" + urlsafe_b64encode(packed).decode())


def test_openings_of_two_links_are_told_apart(session):
    first = link.unpack(link.pack(session)).opening
    session.tempo = 98.0
    second = link.unpack(link.pack(session)).opening
    assert isinstance(first, Opening) and first.name != second.name
    assert replace(first, name="", tempo=98.0) == replace(second, name="")


# --- the files on the decks, which a browser keeps beside what changes


@pytest.fixture
def with_files(random_groove) -> Session:
    """Two files of five bars on the decks, and two takes."""
    a, b = (Source(f"own {i}", random_groove(i, bars=5)) for i in (1, 2))
    session = Session(Deck(a), Deck(b), position=0.3, numbered=7)
    session.a.choose(1, 2)
    session.takes = [Take(i, random_groove(i, bars=i - 5), 0.5) for i in (6, 7)]
    return session


def test_whole_files_stand_apart_from_what_changes(with_files, random_groove):
    first, *files = link.pack_memory(with_files).split(" ")
    with_files.position, with_files.takes = 0.7, with_files.takes[:1]
    with_files.a.choose(2, 1)
    second, *same = link.pack_memory(with_files).split(" ")
    assert second != first and len(files) == 2 and same == files
    with_files.b.load(with_files.a.source)
    assert link.pack_memory(with_files).split(" ")[1:] == files[:1], "one file on both decks is one"
    assert link.unpack(link.pack_memory(with_files)).b.source.groove == with_files.a.source.groove
    with_files.a.load(Source("long", random_groove(bars=400, density=0.03)))
    assert (
        len(link.pack_memory(with_files).split(" ")[0])
        < 2000
        < 20_000
        < len(with_files.a.source.packed)
    )


def test_a_page_of_before_files_stood_apart_is_read(with_files):
    """They were among the hits of what changes."""
    head, _ = encoding.unpack(link.pack_memory(with_files).split(" ")[0], 100)
    takes = [take.groove for take in with_files.takes]
    sources = [with_files.deck(side).source.groove for side in "ab"]
    for side, groove in zip("ab", sources, strict=True):
        del head[side]["file"]
        head[side]["groove"] = {"bars": groove.bars, "tempo": groove.tempo}
    back = link.unpack(encoding.pack(head, [*sources, *takes]))
    assert [back.deck(side).source.groove for side in "ab"] == sources
    assert back.a.groove == with_files.a.groove


@pytest.mark.parametrize("left", [0, 1])
def test_a_page_that_lacks_a_file_or_has_another_in_its_place_is_refused(with_files, left):
    first, *files = link.pack_memory(with_files).split(" ")
    for cut in ([first, *files[:left]], [first, *files[:left], first], [first, *files, *files]):
        with pytest.raises(BeatGenError, match="cut off or changed"):
            link.unpack(" ".join(cut))


def test_the_drum_map_of_files_is_kept_for_a_reload_and_not_in_links(session):
    session.map_out = "toontrack"
    assert link.unpack(link.pack_memory(session)).map_out == "toontrack"
    assert link.unpack(link.pack(session)).map_out == "gm"


def test_after_a_reload_a_file_is_read_by_another_map(session):
    """As it came, it is kept beside its groove."""
    beat = Groove.from_tab("hi-hat |x-x-x-x-|\nsnare |----o---|\nkick |o-----o-|")
    file = io.BytesIO()
    bg.write_midi(beat, file, map="toontrack")
    read = engine.read("a beat.mid", file.getvalue(), "toontrack", {38: "rimshot"})
    session.a.load(read)
    back = link.unpack(link.pack_memory(session)).a.source
    assert back.groove == read.groove and back.file == read.file and back.file is not read.file
    again = engine.read(back.file.name, back.file.content, "toontrack")
    assert again.groove == beat
    session.b.load(read)
    first, *files = link.pack_memory(session).split(" ")
    assert len(files) == 2, "on both decks, it is kept once"
    assert " " not in link.pack(session) and link.unpack(link.pack(session)).a.source.file is None
    for wrong in ("!", files[1][:-8], files[0]):
        with pytest.raises(BeatGenError, match="cut off or changed"):
            link.unpack(" ".join([first, files[0], wrong, files[1]]))


def test_a_file_too_large_to_be_read_again_says_so(monkeypatch):
    monkeypatch.setattr(engine, "LARGEST_KEPT", 100)
    file = io.BytesIO()
    bg.write_midi(Groove.from_tab("kick |o-o-o-o-o-o-o-o-|\nsnare |oooooooooooooooo|"), file)
    source = engine.read("large.mid", file.getvalue())
    assert source.file is None and source.too_large


def test_of_a_long_file_a_browser_keeps_the_groove_alone(session, monkeypatch):
    monkeypatch.setattr(link, "MOST_KEPT", 50)
    file = io.BytesIO()
    bg.write_midi(Groove.from_tab("kick |o-o-o-o-o-o-o-o-|\nsnare |----o-------o---|"), file)
    session.a.load(engine.read("long.mid", file.getvalue()))
    assert session.a.source.file and not session.a.source.too_large
    back = link.unpack(link.pack_memory(session)).a.source
    assert back.groove == session.a.source.groove
    assert back.file is None and back.too_large
