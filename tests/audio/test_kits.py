"""What plays a groove: FluidSynth with a soundfont, or the shipped kit."""

import sys
from pathlib import Path

import numpy as np
import pytest
from listen import RATE, groove_of, loudness, needs_fluidsynth, onset

from beatgen.audio import kits, soundfont
from beatgen.audio import render as audio
from beatgen.errors import AudioError
from beatgen.kit import INDEX


@pytest.fixture
def no_fluidsynth(monkeypatch):
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    kits._library.cache_clear()
    yield
    kits._library.cache_clear()


def test_without_fluidsynth_the_kit_plays(no_fluidsynth):
    assert "shipped kit" in kits.open_kit().name
    assert audio.render(groove_of(("kick", 0))).any()


def test_fluidsynth_that_is_missing_is_explained(no_fluidsynth):
    with pytest.raises(AudioError, match=r"FluidSynth is not installed; install it .*apt"):
        audio.render(groove_of(("kick", 0)), engine="fluidsynth")
    with pytest.raises(AudioError, match="FluidSynth is not installed"):
        audio.render(groove_of(("kick", 0)), soundfont="mine.sf2")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"engine": "organ"}, "unknown engine 'organ'; expected auto, fluidsynth or kit"),
        ({"engine": "kit", "soundfont": "a.sf2"}, "plays no soundfont"),
        ({"sample_rate": 100}, "sample rate 100 Hz; expected 8000 to 96000"),
        ({"soundfont": "/nowhere/a.sf2"}, r"/nowhere/a\.sf2: the soundfont cannot be read"),
        ({"soundfont": __file__}, r"test_kits\.py is not a soundfont"),
    ],
)
def test_arguments_that_cannot_be_are_explained(arguments, message, monkeypatch):
    monkeypatch.setattr(kits, "need_library", lambda: None)
    monkeypatch.setattr(kits, "_library", object)
    with pytest.raises(AudioError, match=message):
        audio.render(groove_of(("kick", 0)), **arguments)


def test_the_soundfont_named_in_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv(soundfont.VARIABLE, "/nowhere/mine.sf2")
    assert soundfont.find_soundfont() == Path("/nowhere/mine.sf2")
    with pytest.raises(AudioError, match=r"/nowhere/mine.sf2.*correct BEATGEN_SOUNDFONT"):
        soundfont.need_soundfont(None)


def test_a_soundfont_nobody_named_may_fail(monkeypatch):
    monkeypatch.delenv(soundfont.VARIABLE, raising=False)
    monkeypatch.setattr(kits, "_library", object)
    monkeypatch.setattr(soundfont, "find_soundfont", lambda: Path(__file__))
    assert "shipped kit" in kits.open_kit().name
    with pytest.raises(AudioError, match="not a soundfont"):
        kits.open_kit("fluidsynth")


@needs_fluidsynth
def test_fluidsynth_plays_to_the_sample_and_as_loud_as_the_kit():
    groove = groove_of(("kick", 5, 0.8, 0.4), ("snare", 37, 0.8, -0.3))
    played = audio.render(groove, engine="fluidsynth", loop=True)
    for start, step in ((0, 5.4), (RATE // 2, 36.7)):
        due = step * groove.step_seconds * RATE
        assert abs(onset(played, start) - due) < RATE / 1000
    kit = audio.render(groove, engine="kit", loop=True)
    assert 0.2 < loudness(played) / loudness(kit) < 5


@needs_fluidsynth
def test_fluidsynth_gives_the_same_sound_whatever_rang_before():
    first, second = (kits.SoundfontKit(soundfont.need_soundfont(None), RATE) for _ in range(2))
    second.hit(INDEX["crash 1"], 127)
    a, b = first.hit(INDEX["kick"], 90), second.hit(INDEX["kick"], 90)
    length = min(len(a), len(b)) - 1000  # the dither decides where the tail ends
    np.testing.assert_allclose(a[:length], b[:length], atol=1e-3)


def test_resampling_keeps_pitch_and_length():
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    other = kits.resample(tone, RATE, 48000)
    assert len(other) == 48000
    expected = np.sin(2 * np.pi * 1000 * np.arange(48000) / 48000)
    np.testing.assert_allclose(other[500:-500], expected[500:-500], atol=1e-2)
