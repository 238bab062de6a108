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
    player_sends,
    read_back,
    run,
    unzip,
    upload,
)
from streamlit.testing.v1 import AppTest
from streamlit_inside import component_data

from app import engine
from app.session import Deck, Session, Source, Take
from beatgen.groove import Groove
from beatgen.kit import VOICES
from beatgen.swing import swing

LSB = 2**-15  # of a 16-bit file; full scale is 1


@pytest.fixture(autouse=True)
def each_voice_its_note(apptest) -> None:
    """Roland's notes in all files, so that they read back as what sounds."""
    choose(apptest, "pitches", "roland")


# --- what is heard


def test_the_midi_file_is_the_groove_that_is_heard(apptest):
    player_sends(apptest, position=0.3)
    name, content = bar_file(apptest, "midi")
    groove = now(apptest).heard
    assert name == f"blend-30-{groove.tempo:.0f}.mid"
    assert same_hits(read_back(content), groove)


@pytest.mark.parametrize(("pitches", "expected"), [("roland", {22, 58}), ("gm", {42, 43})])
@pytest.mark.parametrize("key", ["midi", "morph-midi"])
def test_the_midi_files_have_the_pitches_that_are_chosen(
    apptest, downloads, key, pitches, expected
):
    """A hat's edge and a tom's rim are the Roland's own."""
    edges = Groove.from_tab("hi-hat edge |x---|\nfloor tom rim |--x-|")
    for side in ("a", "b"):
        upload(apptest, side, "edges.mid", midi_of(edges))
    player_sends(apptest, position=0)
    apptest.number_input(key="morph-bars").set_value(2)
    choose(apptest, "pitches", pitches)
    content = bar_file(apptest, "midi")[1] if key == "midi" else downloads[key][1]()
    file = mido.MidiFile(file=io.BytesIO(content))
    assert {message.note for message in file if message.type == "note_on"} == expected


def test_the_midi_file_repeats_as_often_as_asked(apptest):
    apptest.number_input(key="loops").set_value(3)
    run(apptest)
    groove = now(apptest).heard
    assert same_hits(read_back(bar_file(apptest, "midi")[1]), groove.repeat(groove.bars * 3))


def test_the_wav_loop_is_exactly_as_long_as_the_groove_and_sounds(apptest):
    name, content = bar_file(apptest, "wav")
    sound, rate = soundfile.read(io.BytesIO(content))
    groove = now(apptest).heard
    assert name.endswith(".wav")
    assert len(sound) == round(groove.seconds * rate)
    assert np.abs(sound).max() > 0.05


def test_files_have_the_players_tempo_and_swing(apptest):
    before = now(apptest).heard
    player_sends(apptest, position=0.5, tempo=87.0, swing=0.66)
    assert now(apptest).heard.tempo == 87
    assert now(apptest).swung == replace(swing(before, 0.66), tempo=87.0)
    assert same_hits(read_back(bar_file(apptest, "midi")[1]), now(apptest).swung)


# --- its stems


def test_the_stems_sum_to_the_wav_loop(apptest, downloads):
    name, data = downloads["stems"]
    groove = now(apptest).heard
    assert name == f"blend-50-stems-{groove.tempo:.0f}.zip"
    stems = unzip(data())
    families = {VOICES[voice].family for voice in np.nonzero(groove.velocity)[2]}
    assert set(stems) == {f"blend-50-{family}-{groove.tempo:.0f}.wav" for family in families}
    loop, rate = soundfile.read(io.BytesIO(bar_file(apptest, "wav")[1]))
    sounds = [soundfile.read(io.BytesIO(wav)) for wav in stems.values()]
    assert {(sound.shape, its_rate) for sound, its_rate in sounds} == {(loop.shape, rate)}
    assert all(np.abs(sound).max() > 0.01 for sound, _ in sounds)
    assert np.abs(sum(sound for sound, _ in sounds) - loop).max() <= LSB * len(stems)


def test_silence_has_no_stems(apptest):
    def offered(apptest: AppTest) -> bool:
        return component_data(apptest, "stems")[0]["file"] is not None

    silence = Source("silence", Groove(np.zeros((1, 64, len(VOICES))), tempo=100))
    silent = AppTest.from_file(str(APP / "main.py"), default_timeout=30)
    silent.session_state["session"] = Session(Deck(silence), Deck(silence))
    assert offered(apptest)
    assert not offered(run(silent))


# --- the morph from A to B


@pytest.mark.parametrize("bars", [2, 7, 32])
def test_the_morph_has_as_many_bars_as_asked_from_a_to_b(apptest, downloads, samba, rock, bars):
    upload(apptest, "a", "My Samba.mid", midi_of(samba))
    upload(apptest, "b", "rock.mid", midi_of(rock))
    apptest.number_input(key="morph-bars").set_value(bars)
    run(apptest)
    name, data = downloads["morph-midi"]
    morph, tempo = read_back(data()), now(apptest).heard.tempo
    assert name == f"my-samba-to-rock-{tempo:.0f}.mid"
    assert morph.bars == bars
    assert same_hits(morph[0], replace(samba, tempo=tempo))
    assert same_hits(morph[bars - 1], replace(rock.repeat(bars)[bars - 1], tempo=tempo))
    assert len({engine.contents(bar) for bar in morph}) > min(bars, 4) - 1


def test_the_morph_has_the_players_tempo_and_swing(apptest, downloads):
    straight = read_back(downloads["morph-midi"][1]())
    assert straight.bars == 8
    player_sends(apptest, position=0.5, tempo=87.0, swing=0.66)
    a, b = now(apptest).a.groove, now(apptest).b.groove
    morph = swing(engine.morph(a, b, 8, 87.0), 0.66)
    assert same_hits(read_back(downloads["morph-midi"][1]()), morph)
    assert not same_hits(replace(straight, tempo=87.0), morph)


@pytest.mark.parametrize(
    ("curve", "places"),
    [
        ("straight", [0, 0.25, 0.5, 0.75, 1]),
        ("ease in", [0, 0.0625, 0.25, 0.5625, 1]),
        ("ease out", [0, 0.4375, 0.75, 0.9375, 1]),
        ("ease in-out", [0, 0.15625, 0.5, 0.84375, 1]),
    ],
)
def test_the_morph_follows_its_curve(apptest, downloads, curve, places):
    apptest.number_input(key="morph-bars").set_value(len(places))
    choose(apptest, "morph-curve", curve)
    a, b, tempo = now(apptest).a.groove, now(apptest).b.groove, now(apptest).heard.tempo
    morph = read_back(downloads["morph-midi"][1]())
    for i, place in enumerate(places):
        there = engine.blend(a, b, place)
        assert same_hits(morph[i], replace(there[i % there.bars], tempo=tempo))
    assert same_hits(morph[0], replace(a[0], tempo=tempo))
    assert same_hits(morph[4], replace(b[0], tempo=tempo))


@pytest.mark.parametrize("moves", ["pattern", "feel"])
def test_apart_the_pattern_or_the_feel_moves_alone(apptest, downloads, moves):
    player_sends(apptest, position=0.3, feel=0.7)
    apptest.number_input(key="morph-bars").set_value(3)
    choose(apptest, "morph-moves", moves)
    a, b, tempo = now(apptest).a.groove, now(apptest).b.groove, now(apptest).heard.tempo
    morph = read_back(downloads["morph-midi"][1]())
    for i, place in enumerate([0, 0.5, 1]):
        pattern, feel = (place, 0.7) if moves == "pattern" else (0.3, place)
        there = engine.blend(a, b, pattern, feel)
        assert same_hits(morph[i], replace(there[i % there.bars], tempo=tempo))


def test_on_the_morph_locked_cells_survive_bit_for_bit(apptest, downloads):
    voice = np.flatnonzero(now(apptest).heard.velocity.any((0, 1)))[0]
    hits = [[step, int(voice), 90, 0.125] for step in (5, 70, 71)]
    lock = {"bars": 2, "voices": [int(voice)], "sixteenths": [3], "hits": hits}
    player_sends(apptest, position=0.5, tempo=87.0, swing=0.6, lock=lock)
    a, b, held = now(apptest).a.groove, now(apptest).b.groove, now(apptest).lock
    morph = held.keep(engine.morph(a, b, 8, 87.0))
    assert morph != engine.morph(a, b, 8, 87.0)
    assert same_hits(read_back(downloads["morph-midi"][1]()), swing(morph, 0.6))
    click(apptest, "morph-keep")
    kept = now(apptest).takes[0].groove
    assert kept == morph
    for bar in range(8):
        mask = held.mask[bar % 2]
        assert np.array_equal(kept.velocity[bar][mask], held.groove.velocity[bar % 2][mask])
        assert np.array_equal(kept.timing[bar][mask], held.groove.timing[bar % 2][mask])


def test_the_morph_has_the_shape_of_the_blend_but_not_that_of_a_take(apptest, downloads):
    a, b, tempo = now(apptest).a.groove, now(apptest).b.groove, now(apptest).heard.tempo
    plain = engine.morph(a, b, 8, tempo)
    now(apptest).amounts = {0: 1.5}
    run(apptest)
    shaped = read_back(downloads["morph-midi"][1]())
    assert same_hits(shaped, engine.nudge(plain, (1.5,))) and not same_hits(shaped, plain)
    now(apptest).play(Take(1, a, 1.0))
    now(apptest).amounts = {0: 1.5}
    run(apptest)
    plain = replace(plain, tempo=a.tempo)
    assert same_hits(read_back(downloads["morph-midi"][1]()), plain)


def test_the_morph_is_kept_as_a_take_and_played(apptest):
    a, b, tempo = now(apptest).a.groove, now(apptest).b.groove, now(apptest).heard.tempo
    click(apptest, "morph-keep")
    (take,) = now(apptest).takes
    assert take.kept and take.groove == engine.morph(a, b, 8, tempo)
    go(apptest, "vary")
    act(apptest, "play", take)
    assert now(apptest).heard == take.groove


def test_what_stays_on_the_page_is_not_swung_twice(apptest):
    before = now(apptest).heard
    player_sends(apptest, position=0.5, swing=0.66)
    apptest.button(key="keep").click().run()
    assert now(apptest).takes[0].groove == before
    apptest.button(key="make-a").click().run()
    assert now(apptest).a.groove == before
