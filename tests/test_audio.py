"""Sound is judged as sound: where it starts, how loud it is, what is silent."""

import io
import json
import shutil
import sys
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from beatgen import assets, audio, soundfont, synth
from beatgen.errors import AudioError
from beatgen.groove import Groove
from beatgen.kit import FAMILIES, INDEX, NAMES

RATE = 44100
needs_fluidsynth = pytest.mark.skipif(
    not (synth.has_fluidsynth() and soundfont.find_soundfont()),
    reason="FluidSynth or a soundfont is not installed",
)
needs_command = pytest.mark.skipif(
    shutil.which("fluidsynth") is None, reason="the command fluidsynth is not installed"
)


def groove_of(*hits, tempo=120.0, bars=1):
    """Groove of (voice, step, velocity, timing), the last two optional."""
    velocity, timing = np.zeros((2, bars, 64, 22), np.float32)
    for name, step, *rest in hits:
        velocity[0, step, INDEX[name]] = rest[0] if rest else 0.8
        timing[0, step, INDEX[name]] = rest[1] if len(rest) > 1 else 0.0
    return Groove(velocity, timing, tempo)


def onset(sound, start=0):
    """First sample from `start` on that is louder than 1 % of the peak."""
    level = np.abs(sound[start:]).max(axis=1)
    return start + int(np.argmax(level > 0.01 * level.max()))


def loudness(sound):
    return float((sound.astype(float) ** 2).sum())


@pytest.fixture
def no_fluidsynth(monkeypatch):
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    synth._library.cache_clear()
    yield
    synth._library.cache_clear()


@pytest.fixture
def song(tmp_path):
    """A MIDI file of four kicks, 2 s long."""
    return write_song(tmp_path / "song.mid", notes=4)


def write_song(path, notes):
    file = mido.MidiFile(ticks_per_beat=480, type=0)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)])
    for _ in range(notes):
        track.append(mido.Message("note_on", channel=9, note=36, velocity=100))
        track.append(mido.Message("note_off", channel=9, note=36, time=480))
    file.tracks.append(track)
    file.save(path)
    return path


# The mix


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
    kit = synth.open_kit(engine)
    for name in NAMES:
        levels = [loudness(kit.hit(INDEX[name], velocity)) for velocity in range(1, 128, 9)]
        assert all(np.diff(levels) > 0), name


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


def test_a_silent_kit_is_an_error(monkeypatch):
    class Mute:
        name, sample_rate = "a mute kit", RATE

        def hit(self, voice, velocity):
            return np.zeros((100, 2), np.float32)

    monkeypatch.setattr(audio, "open_kit", lambda *_: Mute())
    with pytest.raises(AudioError, match="a mute kit made no sound for 1 hits"):
        audio.render(groove_of(("kick", 0)))


# Engines and soundfonts


def test_without_fluidsynth_the_kit_plays(no_fluidsynth):
    assert "shipped kit" in synth.open_kit().name
    assert audio.render(groove_of(("kick", 0))).any()


def test_fluidsynth_that_is_missing_is_told(no_fluidsynth):
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
        ({"soundfont": __file__}, r"test_audio\.py is not a soundfont"),
    ],
)
def test_arguments_that_cannot_be_are_told(arguments, message, monkeypatch):
    monkeypatch.setattr(synth, "need_library", lambda: None)
    monkeypatch.setattr(synth, "_library", object)
    with pytest.raises(AudioError, match=message):
        audio.render(groove_of(("kick", 0)), **arguments)


def test_the_soundfont_named_in_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv(soundfont.VARIABLE, "/nowhere/mine.sf2")
    assert soundfont.find_soundfont() == Path("/nowhere/mine.sf2")
    with pytest.raises(AudioError, match=r"/nowhere/mine.sf2.*correct BEATGEN_SOUNDFONT"):
        soundfont.need_soundfont(None)


def test_a_soundfont_nobody_named_may_fail(monkeypatch):
    monkeypatch.delenv(soundfont.VARIABLE, raising=False)
    monkeypatch.setattr(synth, "_library", object)
    monkeypatch.setattr(soundfont, "find_soundfont", lambda: Path(__file__))
    assert "shipped kit" in synth.open_kit().name
    with pytest.raises(AudioError, match="not a soundfont"):
        synth.open_kit("fluidsynth")


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
    first, second = (synth.SoundfontKit(soundfont.need_soundfont(None), RATE) for _ in range(2))
    second.hit(INDEX["crash 1"], 127)
    a, b = first.hit(INDEX["kick"], 90), second.hit(INDEX["kick"], 90)
    length = min(len(a), len(b)) - 1000  # the dither decides where the tail ends
    np.testing.assert_allclose(a[:length], b[:length], atol=1e-3)


def test_resampling_keeps_pitch_and_length():
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    other = synth.resample(tone, RATE, 48000)
    assert len(other) == 48000
    expected = np.sin(2 * np.pi * 1000 * np.arange(48000) / 48000)
    np.testing.assert_allclose(other[500:-500], expected[500:-500], atol=1e-2)


# WAV files


@pytest.mark.parametrize("bits", [16, 24])
def test_a_wav_holds_what_was_rendered(tmp_path, bits):
    groove = groove_of(("kick", 0), ("open hat", 8), ("snare", 16))
    sound = audio.render(groove, engine="kit", loop=True)
    buffer = io.BytesIO()
    for target in (tmp_path / "a.wav", buffer):
        audio.write_wav(groove, target, engine="kit", loop=True, bits=bits)
    buffer.seek(0)
    for source in (tmp_path / "a.wav", buffer):
        read, rate = soundfile.read(source)
        assert rate == RATE
        np.testing.assert_allclose(read, sound, atol=2 ** (1 - bits))
    assert soundfile.info(tmp_path / "a.wav").subtype == f"PCM_{bits}"


def test_a_wav_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(AudioError, match=r"a\.wav cannot be written"):
        audio.write_wav(groove_of(("kick", 0)), tmp_path / "none" / "a.wav", engine="kit")
    with pytest.raises(AudioError, match="8 bits per sample; expected 16 or 24"):
        audio.write_wav(groove_of(("kick", 0)), tmp_path / "a.wav", engine="kit", bits=8)


# Whole MIDI files


@needs_command
@needs_fluidsynth
def test_a_midi_file_becomes_sound_and_nothing_is_printed(song, tmp_path, capfd):
    audio.render_midi(song, tmp_path / "song.wav")
    sound, rate = soundfile.read(tmp_path / "song.wav")
    assert len(sound) >= 2 * rate
    assert np.abs(sound).max() == pytest.approx(10 ** (-1 / 20), abs=1e-3)
    for beat in range(4):
        start = beat * rate // 2
        assert loudness(sound[start : start + 4410]) > 10 * loudness(sound[start + 15000 :][:4410])
    assert capfd.readouterr() == ("", "")


@needs_command
def test_a_soundfont_that_fluidsynth_replaces_by_another_is_an_error(song, tmp_path):
    broken = tmp_path / "broken.sf2"
    broken.write_bytes(b"RIFF\x20\0\0\0sfbk" + b"LIST" + bytes(24))
    with pytest.raises(AudioError, match=r"broken\.sf2: FluidSynth cannot read this soundfont"):
        audio.render_midi(song, tmp_path / "song.wav", soundfont=broken)
    assert not (tmp_path / "song.wav").exists()


@needs_command
@needs_fluidsynth
def test_a_midi_file_without_notes_is_an_error(tmp_path):
    with pytest.raises(AudioError, match=r"empty\.mid is silent with .*does it have notes"):
        audio.render_midi(write_song(tmp_path / "empty.mid", notes=0), tmp_path / "empty.wav")


@needs_command
@needs_fluidsynth
@pytest.mark.parametrize(
    ("seconds", "message"),
    [(1.0, "stopped after 1.0 of 2.0 s"), (None, "made no sound file: out of luck")],
)
def test_what_midi2audio_leaves_behind_is_checked(song, tmp_path, monkeypatch, seconds, message):
    def midi2audio(font, midi_path, wav_path, sample_rate):
        if seconds:
            soundfile.write(wav_path, np.full((round(seconds * RATE), 2), 0.5), RATE)
        return "hello\nout of luck\n"

    monkeypatch.setattr(audio, "_midi2audio", midi2audio)
    with pytest.raises(AudioError, match=message):
        audio.render_midi(song, tmp_path / "song.wav")


@needs_fluidsynth
def test_what_is_no_midi_file_is_told(tmp_path, song):
    (tmp_path / "text.mid").write_text("hello")
    (tmp_path / "half.mid").write_bytes(song.read_bytes()[:30])
    for name, message in (
        ("text.mid", "text.mid cannot be read: it is damaged or no MIDI file"),
        ("half.mid", "half.mid cannot be read: it is damaged or no MIDI file"),
        ("none.mid", "none.mid cannot be read: No such file"),
    ):
        with pytest.raises(AudioError, match=message):
            audio.render_midi(tmp_path / name, tmp_path / "song.wav")


@needs_fluidsynth
def test_a_missing_fluidsynth_command_is_told(song, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AudioError, match="the command fluidsynth is not installed"):
        audio.render_midi(song, tmp_path / "song.wav")


# The shipped kit


@pytest.fixture(scope="module")
def manifest():
    return json.loads((assets.path("kit") / "kit.json").read_text(encoding="utf-8"))


def test_the_kit_has_every_voice_at_three_velocities(manifest):
    assert list(manifest["voices"]) == list(NAMES)
    assert set(manifest["pan"]) == set(NAMES)
    for layers in manifest["voices"].values():
        velocities = [layer["velocity"] for layer in layers]
        assert len(velocities) >= 3
        assert velocities == sorted(set(velocities))


def test_the_kit_carries_its_licence_and_no_stray_files(manifest):
    folder = assets.path("kit")
    assert "Permission is hereby granted" in (folder / "LICENSE.txt").read_text(encoding="utf-8")
    named = {layer["file"] for layers in manifest["voices"].values() for layer in layers}
    assert named == {path.name for path in folder.glob("*.flac")}
    assert sum((folder / name).stat().st_size for name in named) <= 1_200_000


def test_the_kit_tells_players_what_the_mixer_does(manifest):
    assert manifest["gain"] == audio.GAIN
    assert {name: tuple(voices) for name, voices in manifest["chokes"].items()} == audio.CHOKES


@pytest.mark.parametrize("name", NAMES)
def test_recordings_start_at_once_do_not_clip_and_end_quietly(manifest, name):
    sounds = []
    for layer in manifest["voices"][name]:
        sound, rate = soundfile.read(assets.path("kit") / layer["file"], always_2d=True)
        assert (rate, sound.shape[1]) == (manifest["sample_rate"], 1)
        assert onset(sound) < rate / 1000
        assert np.abs(sound).max() * (127 / layer["velocity"]) ** 2 < 1.25  # 16 bits unspent
        assert np.abs(sound).max() < 0.999
        assert np.abs(sound[-10:]).max() < 2e-3
        sounds.append(sound)
    assert all(np.diff([loudness(sound) for sound in sounds]) > 0)


def test_pan_keeps_power_and_takes_sides(manifest):
    mono = np.ones(4, np.float32)
    for position in (-1.0, -0.3, 0.0, 0.4, 1.0):
        left, right = synth.pan(mono, position)[0]
        assert left**2 + right**2 == pytest.approx(1, abs=1e-6)
        assert np.sign(round(float(right - left), 6)) == np.sign(position)
    hit = synth.open_kit("kit").hit(INDEX["floor tom"], 100)
    assert (loudness(hit[:, 1]) > loudness(hit[:, 0])) == (manifest["pan"]["floor tom"] > 0)


def test_articulations_are_different_sounds(manifest):
    def loudest(name):
        sound, _ = soundfile.read(assets.path("kit") / manifest["voices"][name][-1]["file"])
        return np.abs(np.fft.rfft(sound, 1 << 17))

    for one, other in (
        ("snare", "rimshot"),
        ("snare", "cross-stick"),
        ("hi-hat", "hi-hat edge"),
        ("hi-hat", "hat pedal"),
        ("open hat", "open hat edge"),
        ("floor tom", "floor tom rim"),
        ("tom 1", "tom 1 rim"),
        ("ride", "ride edge"),
        ("ride", "ride bell"),
        ("crash 1", "crash 1 edge"),
        ("crash 1", "crash 2"),
        ("crash 2", "crash 2 edge"),
    ):
        a, b = loudest(one), loudest(other)
        likeness = (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())
        assert likeness < 0.97, (one, other, likeness)
