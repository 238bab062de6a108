"""WAV files, and whole MIDI files played into them."""

import io

import mido
import numpy as np
import pytest
import soundfile
from listen import RATE, groove_of, loudness, needs_command, needs_fluidsynth

from beatgen import demo
from beatgen.audio import render as audio
from beatgen.errors import AudioError, MidiError
from beatgen.groove import Groove
from beatgen.latent.vae import load_model
from beatgen.midi import scan_midi, write_midi
from beatgen.midi.maps import drum_map


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


def test_a_wav_that_cannot_be_written_is_explained(tmp_path):
    with pytest.raises(AudioError, match=r"a\.wav cannot be written"):
        audio.write_wav(groove_of(("kick", 0)), tmp_path / "none" / "a.wav", engine="kit")
    with pytest.raises(AudioError, match="8 bits per sample; expected 16 or 24"):
        audio.write_wav(groove_of(("kick", 0)), tmp_path / "a.wav", engine="kit", bits=8)


@needs_command
@needs_fluidsynth
def test_what_an_e_kit_sends_sounds_on_a_general_midi_soundfont(tmp_path):
    """22 and 26 are edges of a hi-hat, which no General MIDI kit has, 58 is the rim of a tom."""
    groove = Groove.from_tab("hi-hat edge |x---|\nopen hat edge |-x--|\nfloor tom rim |--o-|")
    write_midi(groove, tmp_path / "edges.mid")
    audio.render_midi(tmp_path / "edges.mid", tmp_path / "edges.wav")
    sound, rate = soundfile.read(tmp_path / "edges.wav")
    for step in range(3):
        at = round(step * groove.seconds / 4 * rate)
        assert np.abs(sound[at : at + rate // 10]).max() > 0.02


@needs_command
@needs_fluidsynth
def test_demo_grooves_and_blends_sound_whole_on_a_general_midi_kit(tmp_path):
    """Each note that a General MIDI file of them holds is above silence on a General MIDI kit."""
    vae = load_model()
    funk, samba = demo.load("funk"), demo.load("samba")
    grooves = [*map(demo.load, demo.names()), vae.blend(funk, samba, 0.5)]
    notes, drums = set(), drum_map("gm")
    for groove in grooves:
        write_midi(groove, tmp_path / "groove.mid", map="gm")
        found = scan_midi(tmp_path / "groove.mid")[1].pitches
        written = {drums.note_for(groove.voices[i])[0] for i in np.nonzero(groove.velocity)[2]}
        assert set(found) == written
        notes |= written
    steps = sorted(notes)
    track = mido.MidiTrack()
    for note in steps:
        track.append(mido.Message("note_on", channel=9, note=note, velocity=90))
        track.append(mido.Message("note_off", channel=9, note=note, time=480))
    file = mido.MidiFile(tracks=[track])
    file.save(tmp_path / "notes.mid")
    audio.render_midi(tmp_path / "notes.mid", tmp_path / "notes.wav")
    sound, rate = soundfile.read(tmp_path / "notes.wav")
    for i, note in enumerate(steps):
        at = round(i * rate / 2)
        assert np.abs(sound[at : at + rate // 5]).max() > 0.01, note


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
def test_what_is_no_midi_file_is_explained(tmp_path, song):
    (tmp_path / "text.mid").write_text("hello")
    (tmp_path / "half.mid").write_bytes(song.read_bytes()[:30])
    (tmp_path / "seconds.mid").write_bytes(
        song.read_bytes()[:12] + b"\xe7\x28" + song.read_bytes()[14:]
    )
    for name, message in (
        ("text.mid", "text.mid: not a MIDI file. Export the drums"),
        ("half.mid", "half.mid: not a MIDI file that can be read"),
        ("none.mid", "none.mid: no such file"),
        ("seconds.mid", "seconds.mid: ticks per beat is .*SMPTE"),
    ):
        with pytest.raises(MidiError, match=message):
            audio.render_midi(tmp_path / name, tmp_path / "song.wav")


@needs_fluidsynth
def test_a_missing_fluidsynth_command_is_explained(song, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AudioError, match="the command fluidsynth is not installed"):
        audio.render_midi(song, tmp_path / "song.wav")
