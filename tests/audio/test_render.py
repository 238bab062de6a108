"""The mix of a groove: where each hit sounds, how loud it is, what is silent."""

import numpy as np
import pytest
from listen import RATE, groove_of, loudness, needs_fluidsynth, onset

from beatgen.audio import kits
from beatgen.audio import render as audio
from beatgen.errors import AudioError
from beatgen.groove import Groove
from beatgen.kit import FAMILIES, INDEX, NAMES


def test_kicks_sound_where_they_stand_and_nothing_sounds_before():
    sound = audio.render(groove_of(("kick", 16), ("kick", 48)), engine="kit", loop=True)
    first, second = RATE // 2, RATE * 3 // 2
    assert not sound[:first].any()
    assert np.abs(sound[first : first + 4410]).max() > 0.1
    assert not sound[second - 4410 : second].any()
    assert np.abs(sound[second : second + 4410]).max() > 0.1


@pytest.mark.parametrize("name", NAMES)
def test_onsets_keep_their_timing_to_a_millisecond(name):
    for step, timing in ((0, 0.2), (8, 0.31), (40, -0.27)):
        groove = groove_of((name, step, 0.7, timing), tempo=97)
        sound = audio.render(groove, engine="kit")
        assert abs(onset(sound) / RATE - (step + timing) * groove.step_seconds) < 0.001


@pytest.mark.parametrize("engine", ["kit", pytest.param("fluidsynth", marks=needs_fluidsynth)])
def test_a_harder_hit_is_a_louder_one(engine):
    kit = kits.open_kit(engine)
    for name in NAMES:
        levels = [loudness(kit.hit(INDEX[name], velocity)) for velocity in range(1, 128, 9)]
        assert all(np.diff(levels) > 0), name


def test_loudness_follows_the_square_of_the_velocity_and_one_gain():
    kit = kits.open_kit("kit")
    for name in NAMES:
        loud, soft = kit.hit(INDEX[name], 127), kit.hit(INDEX[name], 121)  # of one recording
        np.testing.assert_allclose(soft, loud * (121 / 127) ** 2, rtol=1e-4, atol=1e-6)
    struck = kit.hit(INDEX["kick"], 38)
    sound = audio.render(groove_of(("kick", 0, 38 / 127)), engine="kit")
    np.testing.assert_allclose(sound[: len(struck)], 1.4 * struck, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("tempo", "bars", "rate"), [(97.3, 3, 44100), (168, 1, 48000)])
def test_a_loop_is_exactly_as_long_as_its_bars(tempo, bars, rate):
    groove = groove_of(("crash 1", 60), tempo=tempo, bars=bars)
    sound = audio.render(groove, engine="kit", sample_rate=rate, loop=True)
    assert sound.shape == (round(bars * 240 / tempo * rate), 2)
    assert sound.dtype == np.float32


def test_a_loop_is_what_is_heard_when_the_groove_goes_round():
    groove = groove_of(("crash 1", 62), ("open hat", 56, 0.6), ("hi-hat", 4, 0.6), ("snare", 16))
    loop = audio.render(groove, engine="kit", loop=True)
    played = audio.render(groove.repeat(5), engine="kit")
    np.testing.assert_allclose(loop, played[3 * len(loop) : 4 * len(loop)], atol=1e-6)


def test_the_seam_of_a_loop_is_no_click():
    loop = audio.render(groove_of(("crash 2", 50), ("ride", 58)), engine="kit", loop=True)
    jumps = np.abs(np.diff(np.concatenate([loop, loop]), axis=0)).max(axis=1)
    seam = len(loop) - 1
    assert jumps[seam] <= jumps[seam - 500 : seam].max()
    assert np.abs(loop[:100]).max() > 1e-3  # the crash rings on into the start


def test_an_early_first_hit_stands_at_the_end_of_a_loop():
    groove = groove_of(("kick", 0, 0.8, -1.5), ("snare", 32))
    sound = audio.render(groove, engine="kit", loop=True)
    due = len(sound) - round(1.5 * groove.step_seconds * RATE)
    assert abs(onset(sound, due - 4000) - due) < RATE / 1000


def test_an_early_first_hit_played_once_begins_the_sound():
    groove = groove_of(("kick", 0, 0.8, -1.5), ("snare", 32))
    sound = audio.render(groove, engine="kit")
    lead = round(1.5 * groove.step_seconds * RATE)
    assert onset(sound) < RATE / 1000
    assert abs(onset(sound, RATE // 2) - RATE - lead) < RATE / 1000


def test_played_once_the_last_hit_rings_out():
    sound = audio.render(groove_of(("crash 1", 63)), engine="kit")
    assert len(sound) > 3 * RATE
    assert np.abs(sound[-1]).max() < 1e-3


def test_a_last_hit_far_behind_its_step_sounds_at_the_slowest_tempo():
    groove = groove_of(("kick", 0, 0.8, -2.0), ("snare", 63, 0.8, 2.0), tempo=1)
    sound = audio.render(groove, engine="kit", sample_rate=8000)
    assert len(sound) > (240 + 2 * groove.step_seconds) * 8000
    assert loudness(sound[-8000:]) > 0


@pytest.mark.parametrize("closing", ["hi-hat", "hi-hat edge", "hat pedal"])
@pytest.mark.parametrize("opening", ["open hat", "open hat edge"])
def test_a_closing_hat_ends_the_open_one(opening, closing):
    opened = audio.render(groove_of((opening, 0)), engine="kit", loop=True)
    closed = audio.render(groove_of((closing, 8)), engine="kit", loop=True)
    both = audio.render(groove_of((opening, 0), (closing, 8)), engine="kit", loop=True)
    at, gone = RATE // 4, RATE // 4 + RATE // 50
    np.testing.assert_array_equal(both[:at], opened[:at])
    np.testing.assert_array_equal(both[gone:], closed[gone:])
    assert loudness(opened[gone:]) > 0


def test_a_hat_on_the_first_step_ends_what_rings_over_the_seam():
    loop = audio.render(groove_of(("open hat", 60), ("hi-hat", 0)), engine="kit", loop=True)
    closed = audio.render(groove_of(("hi-hat", 0)), engine="kit", loop=True)
    gone = RATE // 50
    np.testing.assert_array_equal(loop[gone : RATE // 2], closed[gone : RATE // 2])


@pytest.mark.parametrize("loop", [True, False])
def test_stems_add_up_to_the_mix(loop):
    tab = "\n".join(f"{name} |{'X---' * 4}|" for name in NAMES)
    groove = Groove.from_tab(tab)
    parts = audio.stems(groove, engine="kit", loop=loop)
    mix = audio.render(groove, engine="kit", loop=loop)
    assert tuple(parts) == FAMILIES
    np.testing.assert_allclose(sum(parts.values()), mix, atol=1e-4)
    assert 0.8 < np.abs(mix).max() < 1  # turned down together


def test_stems_hold_only_what_plays():
    parts = audio.stems(groove_of(("kick", 0), ("snare", 32)), engine="kit", loop=True)
    assert list(parts) == ["kick", "snare"]
    assert not parts["snare"][:RATE].any()


def test_no_hits_are_silence_of_full_length():
    assert not audio.render(groove_of(bars=2), engine="kit").any()
    assert len(audio.render(groove_of(bars=2), engine="kit")) == 4 * RATE
    assert audio.stems(groove_of(), engine="kit") == {}


def test_what_would_exhaust_the_memory_is_refused(monkeypatch):
    slow = groove_of(("kick", 0), tempo=3.58, bars=4096)
    for make in (audio.render, audio.stems):
        with pytest.raises(AudioError, match=r"4096 bars at .* BPM: lasts 4577 minutes; expected"):
            make(slow, engine="kit")
    monkeypatch.setattr(audio, "LONGEST", 4)
    assert len(audio.render(groove_of(bars=2), engine="kit")) == 4 * RATE
    with pytest.raises(AudioError, match="3 bars"):
        audio.render(groove_of(bars=3), engine="kit")


def test_a_silent_kit_is_an_error(monkeypatch):
    class Mute:
        name, sample_rate = "a mute kit", RATE

        def hit(self, voice, velocity, turn=0):
            return np.zeros((100, 2), np.float32)

    monkeypatch.setattr(audio, "open_kit", lambda *_: Mute())
    with pytest.raises(AudioError, match="a mute kit made no sound for 1 hits"):
        audio.render(groove_of(("kick", 0)))
