"""What is taken away from the page: every file is read back."""

import io
from dataclasses import replace

import mido
import numpy as np
import pytest
import soundfile
from compare import same_hits
from drive import (
    APP,
    act,
    bar_file,
    choose,
    click,
    go,
    midi_of,
    now,
    read_back,
    run,
    tell_player,
    unzip,
    upload,
)
from streamlit.testing.v1 import AppTest

from app import engine
from app.session import Deck, Session, Source, Take
from beatgen.groove import Groove
from beatgen.kit import VOICES
from beatgen.swing import swing

LSB = 2**-15  # of a 16-bit file; full scale is 1


# --- what is heard


def test_the_midi_file_is_the_groove_that_is_heard(page):
    tell_player(page, position=0.3)
    name, content = bar_file(page, "midi")
    groove = now(page).heard
    assert name == f"blend-30-{groove.tempo:.0f}.mid"
    assert same_hits(read_back(content), groove)


@pytest.mark.parametrize(("pitches", "expected"), [("gmd", {22, 58}), ("gm", {42, 43})])
@pytest.mark.parametrize("key", ["midi", "morph-midi"])
def test_the_midi_files_have_the_pitches_that_are_chosen(page, downloads, key, pitches, expected):
    """A hat's edge and a tom's rim are the Roland's own."""
    edges = Groove.from_tab("hi-hat edge |x---|\nfloor tom rim |--x-|")
    for side in ("a", "b"):
        upload(page, side, "edges.mid", midi_of(edges))
    tell_player(page, position=0)
    page.number_input(key="morph-bars").set_value(2)
    choose(page, "pitches", pitches)
    content = bar_file(page, "midi")[1] if key == "midi" else downloads[key][1]()
    file = mido.MidiFile(file=io.BytesIO(content))
    assert {message.note for message in file if message.type == "note_on"} == expected


def test_the_midi_file_repeats_as_often_as_asked(page):
    page.number_input(key="loops").set_value(3)
    run(page)
    groove = now(page).heard
    assert same_hits(read_back(bar_file(page, "midi")[1]), groove.repeat(groove.bars * 3))


def test_the_wav_loop_is_exactly_as_long_as_the_groove_and_sounds(page):
    name, content = bar_file(page, "wav")
    sound, rate = soundfile.read(io.BytesIO(content))
    groove = now(page).heard
    assert name.endswith(".wav")
    assert len(sound) == round(groove.seconds * rate)
    assert np.abs(sound).max() > 0.05


def test_files_have_the_players_tempo_and_swing(page):
    before = now(page).heard
    tell_player(page, position=0.5, tempo=87.0, swing=0.66)
    assert now(page).heard.tempo == 87
    assert now(page).swung == replace(swing(before, 0.66), tempo=87.0)
    assert same_hits(read_back(bar_file(page, "midi")[1]), now(page).swung)


# --- its stems


def test_the_stems_sum_to_the_wav_loop(page, downloads):
    name, data = downloads["stems"]
    groove = now(page).heard
    assert name == f"blend-50-stems-{groove.tempo:.0f}.zip"
    stems = unzip(data())
    families = {VOICES[voice].family for voice in np.nonzero(groove.velocity)[2]}
    assert set(stems) == {f"blend-50-{family}-{groove.tempo:.0f}.wav" for family in families}
    loop, rate = soundfile.read(io.BytesIO(bar_file(page, "wav")[1]))
    sounds = [soundfile.read(io.BytesIO(wav)) for wav in stems.values()]
    assert {(sound.shape, its_rate) for sound, its_rate in sounds} == {(loop.shape, rate)}
    assert all(np.abs(sound).max() > 0.01 for sound, _ in sounds)
    assert np.abs(sum(sound for sound, _ in sounds) - loop).max() <= LSB * len(stems)


def test_silence_has_no_stems(page):
    def offered(page: AppTest) -> bool:
        (button,) = (b.proto for b in page.get("download_button") if b.proto.label == "Stems")
        return not button.disabled

    silence = Source("silence", Groove(np.zeros((1, 64, len(VOICES))), tempo=100))
    silent = AppTest.from_file(str(APP / "main.py"), default_timeout=30)
    silent.session_state["session"] = Session(Deck(silence), Deck(silence))
    assert offered(page)
    assert not offered(run(silent))


# --- the walk from A to B


@pytest.mark.parametrize("bars", [2, 7, 32])
def test_the_walk_has_as_many_bars_as_asked_from_a_to_b(page, downloads, samba, rock, bars):
    upload(page, "a", "My Samba.mid", midi_of(samba))
    upload(page, "b", "rock.mid", midi_of(rock))
    page.number_input(key="morph-bars").set_value(bars)
    run(page)
    name, data = downloads["morph-midi"]
    walk, tempo = read_back(data()), now(page).heard.tempo
    assert name == f"my-samba-to-rock-{tempo:.0f}.mid"
    assert walk.bars == bars
    assert same_hits(walk[0], replace(samba, tempo=tempo))
    assert same_hits(walk[bars - 1], replace(rock.repeat(bars)[bars - 1], tempo=tempo))
    assert len({engine.contents(bar) for bar in walk}) > min(bars, 4) - 1


def test_the_walk_has_the_players_tempo_and_swing(page, downloads):
    straight = read_back(downloads["morph-midi"][1]())
    assert straight.bars == 8
    tell_player(page, position=0.5, tempo=87.0, swing=0.66)
    a, b = now(page).a.groove, now(page).b.groove
    walk = swing(engine.morph(a, b, 8, 87.0), 0.66)
    assert same_hits(read_back(downloads["morph-midi"][1]()), walk)
    assert not same_hits(replace(straight, tempo=87.0), walk)


@pytest.mark.parametrize(
    ("curve", "places"),
    [
        ("straight", [0, 0.25, 0.5, 0.75, 1]),
        ("ease in", [0, 0.0625, 0.25, 0.5625, 1]),
        ("ease out", [0, 0.4375, 0.75, 0.9375, 1]),
        ("ease in-out", [0, 0.15625, 0.5, 0.84375, 1]),
    ],
)
def test_the_walk_follows_its_curve(page, downloads, curve, places):
    page.number_input(key="morph-bars").set_value(len(places))
    choose(page, "morph-curve", curve)
    a, b, tempo = now(page).a.groove, now(page).b.groove, now(page).heard.tempo
    walk = read_back(downloads["morph-midi"][1]())
    for i, place in enumerate(places):
        there = engine.blend(a, b, place)
        assert same_hits(walk[i], replace(there[i % there.bars], tempo=tempo))
    assert same_hits(walk[0], replace(a[0], tempo=tempo))
    assert same_hits(walk[4], replace(b[0], tempo=tempo))


@pytest.mark.parametrize("moves", ["pattern", "feel"])
def test_apart_the_pattern_or_the_feel_walks_alone(page, downloads, moves):
    tell_player(page, position=0.3, feel=0.7)
    page.number_input(key="morph-bars").set_value(3)
    choose(page, "morph-moves", moves)
    a, b, tempo = now(page).a.groove, now(page).b.groove, now(page).heard.tempo
    walk = read_back(downloads["morph-midi"][1]())
    for i, place in enumerate([0, 0.5, 1]):
        pattern, feel = (place, 0.7) if moves == "pattern" else (0.3, place)
        there = engine.blend(a, b, pattern, feel)
        assert same_hits(walk[i], replace(there[i % there.bars], tempo=tempo))


def test_on_the_walk_locked_cells_survive_bit_for_bit(page, downloads):
    voice = np.flatnonzero(now(page).heard.velocity.any((0, 1)))[0]
    hits = [[step, int(voice), 90, 0.125] for step in (5, 70, 71)]
    lock = {"bars": 2, "voices": [int(voice)], "sixteenths": [3], "hits": hits}
    tell_player(page, position=0.5, tempo=87.0, swing=0.6, lock=lock)
    a, b, held = now(page).a.groove, now(page).b.groove, now(page).lock
    walk = held.keep(engine.morph(a, b, 8, 87.0))
    assert walk != engine.morph(a, b, 8, 87.0)
    assert same_hits(read_back(downloads["morph-midi"][1]()), swing(walk, 0.6))
    click(page, "morph-keep")
    kept = now(page).takes[0].groove
    assert kept == walk
    for bar in range(8):
        mask = held.mask[bar % 2]
        assert np.array_equal(kept.velocity[bar][mask], held.groove.velocity[bar % 2][mask])
        assert np.array_equal(kept.timing[bar][mask], held.groove.timing[bar % 2][mask])


def test_the_walk_has_the_shape_of_the_blend_but_not_that_of_a_take(page, downloads):
    a, b, tempo = now(page).a.groove, now(page).b.groove, now(page).heard.tempo
    plain = engine.morph(a, b, 8, tempo)
    now(page).amounts = {0: 1.5}
    run(page)
    shaped = read_back(downloads["morph-midi"][1]())
    assert same_hits(shaped, engine.nudge(plain, (1.5,))) and not same_hits(shaped, plain)
    now(page).play(Take(1, a, 1.0))
    now(page).amounts = {0: 1.5}
    run(page)
    plain = replace(plain, tempo=a.tempo)
    assert same_hits(read_back(downloads["morph-midi"][1]()), plain)


def test_the_walk_is_kept_as_a_take_and_played(page):
    a, b, tempo = now(page).a.groove, now(page).b.groove, now(page).heard.tempo
    click(page, "morph-keep")
    (take,) = now(page).takes
    assert take.kept and take.groove == engine.morph(a, b, 8, tempo)
    go(page, "vary")
    act(page, "play", take)
    assert now(page).heard == take.groove


def test_what_stays_on_the_page_is_not_swung_twice(page):
    before = now(page).heard
    tell_player(page, position=0.5, swing=0.66)
    page.button(key="keep").click().run()
    assert now(page).takes[0].groove == before
    page.button(key="make-a").click().run()
    assert now(page).a.groove == before
