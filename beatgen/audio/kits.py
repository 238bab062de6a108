"""The sound of one hit: a voice and a velocity become samples.

Two kits do the same work. `SoundfontKit` plays single notes of a soundfont on FluidSynth and keeps
them; `SampleKit` reads the recordings shipped in assets/kit. Whoever mixes a groove places those
sounds to the sample, which a running FluidSynth, working in blocks of 64 samples, does not do.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from beatgen import assets
from beatgen.audio.soundfont import VARIABLE, check_soundfont, need_soundfont
from beatgen.errors import AudioError, is_within, shown
from beatgen.kit import EVERY, INDEX, NAMES, VOICES
from beatgen.midi.channels import DRUM_CHANNEL

KITS = ("kit", "brushes", "electronic", "808")  # shipped recordings; the first is acoustic
TURNS = "turns"  # more recordings of some voices of the first kit
SAMPLE_RATES = (8000, 96000)  # what FluidSynth can do, hertz
DRUM_BANK = 128
BLOCK = 64  # FluidSynth starts notes at multiples of this many samples
LONGEST_HIT = 6.0  # seconds; no cymbal is worth more
FLOOR = 2.5e-4  # -72 dBFS: a sound that stays below it has ended
ONSET = 0.01  # a sound begins where it first reaches this part of its peak
FADE = 0.005  # seconds, at the end of every sound
RINGING = 4096  # samples of room for what resampling adds behind a sound
EXPONENT = 2.0  # amplitude = (velocity / 127) ** 2: the General MIDI 2 velocity curve


class Kit(Protocol):
    """A drum kit that can be struck."""

    @property
    def name(self) -> str:
        """What sounds, for people."""

    @property
    def sample_rate(self) -> int:
        """Samples per second of every sound."""

    def hit(self, voice: int, velocity: int, turn: int = 0) -> np.ndarray:
        """The voice of this number (`beatgen.kit.EVERY`) struck at MIDI velocity 1-127: float32
        (samples, 2), onset at sample 0.

        turn: how many hits of the voice went before in the bar; where there are several recordings
        of one velocity, they take turns.
        """


class SampleKit:
    """The shipped recordings: the layer nearest in loudness, turned up or down to the velocity.

    Percussion is loaded at its first hit; what has no recording sounds as its nearest `relative`.
    """

    def __init__(self, sample_rate: int, kit: str = KITS[0]) -> None:
        self.sample_rate = sample_rate
        name, self._layers = self._load(kit)
        self.name = f"the shipped kit ({name})"
        if kit == KITS[0]:
            for voice, layers in self._load(TURNS)[1].items():
                self._layers[voice] += layers

    def hit(self, voice: int, velocity: int, turn: int = 0) -> np.ndarray:
        """See Kit.hit."""
        name = EVERY[voice].name
        layers = self._layers.get(name)  # a kit may have percussion of its own
        if layers is None:
            layers = self._percussion.get(name) or self._layers[NAMES[relative(voice)]]
        nearest, gain = layer_for(velocity, [recorded for recorded, _ in layers], turn)
        return layers[nearest][1] * np.float32(gain)

    @cached_property
    def _percussion(self) -> dict[str, list[tuple[int, np.ndarray]]]:
        return self._load("percussion")[1]

    def _load(self, kit: str) -> tuple[str, dict[str, list[tuple[int, np.ndarray]]]]:
        """The name of one of the recorded kits, and the layers of its voices by their names: the
        velocity and the sound of each."""
        import soundfile

        folder = assets.path("kit")
        manifest = json.loads((folder / f"{kit}.json").read_text(encoding="utf-8"))
        row, rate = soundfile.read(folder / manifest["file"], dtype="float32")
        voices: dict[str, list[tuple[int, np.ndarray]]] = {}
        for name, layers in manifest["voices"].items():
            voices[name] = []
            for layer in layers:
                mono = row[layer["start"] : layer["start"] + layer["samples"]]
                sound = resample(mono, rate, self.sample_rate)
                voices[name].append((int(layer["velocity"]), pan(sound, manifest["pan"][name])))
        return manifest["name"], voices


class SoundfontKit:
    """A soundfont's General MIDI drums, one note at a time, dry; struck notes are remembered."""

    LEVEL = 1.6  # brings soundfonts, which are made for full scores, up to a drum kit's loudness
    SOFTEST = 24  # FluidSynth answers in 16 bits: softer hits are played so and turned down

    def __init__(self, soundfont: Path, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self.name = f"FluidSynth with {soundfont.name}"
        self._synth = FluidSynth(soundfont, sample_rate)
        self._played = lru_cache(maxsize=256)(self._play)

    def hit(self, voice: int, velocity: int, turn: int = 0) -> np.ndarray:
        """See Kit.hit. Empty where the soundfont has no such voice; none takes turns."""
        played = max(velocity, self.SOFTEST)
        return self._played(voice, played) * np.float32((velocity / played) ** EXPONENT)

    def _play(self, voice: int, velocity: int) -> np.ndarray:
        for key in (EVERY[voice].gm, VOICES[relative(voice)].drum_class):  # where it is missing
            sound = trim(self._synth.strike(key, velocity) * self.LEVEL, self.sample_rate)
            if len(sound):
                break
        return sound


class FluidSynth:
    """A FluidSynth that plays single drum notes of one soundfont, without reverb or chorus.

    program: of the bank of drum kits; 0 is the standard kit.

    Raises AudioError where the library is missing or the file is no soundfont with drums.
    """

    def __init__(self, soundfont: Path, sample_rate: int, program: int = 0) -> None:
        check_soundfont(soundfont)
        self.sample_rate = sample_rate
        self._lock = threading.Lock()  # one synthesizer, many sessions
        self._synth = need_library().Synth(
            gain=0.5,
            samplerate=sample_rate,
            channels=16,
            **{
                "synth.dynamic-sample-loading": 1,  # drums only: 0.1 s instead of 1.6 s
                "synth.reverb.active": 0,
                "synth.chorus.active": 0,
            },
        )
        self._id = self._synth.sfload(str(soundfont))
        place = (self._id, DRUM_BANK, program)
        if self._id < 0 or self._synth.program_select(DRUM_CHANNEL, *place) < 0:
            self._synth.delete()
            raise AudioError(
                f"{soundfont}: FluidSynth finds no drum kit in it (bank {DRUM_BANK}, program "
                f"{program}); choose a General MIDI soundfont."
            )

    def strike(self, key: int, velocity: int, semitones: float = 0.0) -> np.ndarray:
        """One note until it has died away: float32 (samples, 2), -1 to 1, untrimmed.

        semitones: tuned up or down by this much, -2 to 2.
        """
        chunk = BLOCK * 256
        chunks: list[np.ndarray] = []
        with self._lock:
            self._synth.all_sounds_off(DRUM_CHANNEL)
            self._synth.get_samples(BLOCK)  # what still sounded leaves the buffer
            self._synth.pitch_bend(DRUM_CHANNEL, round(semitones * 4096))
            self._synth.noteon(DRUM_CHANNEL, key, velocity)
            while len(chunks) * chunk < LONGEST_HIT * self.sample_rate:
                stereo = self._synth.get_samples(chunk).reshape(-1, 2).astype(np.float32) / 32768
                chunks.append(stereo)
                if np.abs(stereo).max() < FLOOR or not self._synth.get_active_voice_count():
                    break
        return np.concatenate(chunks)[: round(LONGEST_HIT * self.sample_rate)]


def layer_for(velocity: int, layers: Sequence[int], turn: int = 0) -> tuple[int, float]:
    """Which recording sounds for a MIDI velocity of 1-127: the index of the layer whose velocity is
    nearest by ratio (the first of equals), and the gain that turns it up or down. Where several
    layers have that velocity, they take turns.

    >>> layer_for(57, [50, 84, 114])[0], layer_for(114, [50, 84, 114])
    (0, (2, 1.0))
    >>> [layer_for(110, [84, 114, 114], turn)[0] for turn in range(4)]
    [1, 2, 1, 2]
    """
    recorded = min(layers, key=lambda layer: abs(math.log(layer / velocity)))
    alike = [i for i, layer in enumerate(layers) if layer == recorded]
    return alike[turn % len(alike)], (velocity / recorded) ** EXPONENT


def relative(voice: int) -> int:
    """The kit's voice that sounds nearest to the voice of this number.

    >>> relative(0), EVERY[relative(30)].name
    (0, 'snare')
    """
    if voice < len(VOICES):
        return voice
    to = EVERY[voice].fold
    return INDEX["cross-stick"] if to is None else to


def check_rate(sample_rate: int) -> None:
    """Raises AudioError for a sample rate, in hertz, that FluidSynth cannot do."""
    if not is_within(sample_rate, *SAMPLE_RATES):
        raise AudioError(
            f"sample rate {shown(sample_rate)} Hz; expected {SAMPLE_RATES[0]} to {SAMPLE_RATES[1]}."
        )


def open_kit(
    engine: str = "auto", soundfont: str | os.PathLike[str] | None = None, sample_rate: int = 44100
) -> Kit:
    """The kit that sounds; its `name` says which one was found.

    engine:    "fluidsynth" (a soundfont), "kit" (the shipped recordings) or "auto": FluidSynth
               where it and a soundfont are installed, else the recordings.
    soundfont: file to play instead of the one that is found; asks for FluidSynth.

    Raises AudioError where what was asked for is not there.
    """
    check_rate(sample_rate)
    if engine in KITS and soundfont is None:
        return _sample_kit(sample_rate, engine)
    if engine in KITS:
        raise AudioError("the shipped kit plays no soundfont; leave out one of the two.")
    if engine not in ("auto", "fluidsynth"):
        raise AudioError(
            f"unknown engine {shown(engine)}; expected auto, fluidsynth or {', '.join(KITS)}."
        )
    if engine == "auto" and soundfont is None and not has_fluidsynth():
        return _sample_kit(sample_rate, KITS[0])
    try:
        need_library()
        return _soundfont_kit(need_soundfont(soundfont), sample_rate)
    except AudioError:
        if engine == "auto" and soundfont is None and VARIABLE not in os.environ:
            return _sample_kit(sample_rate, KITS[0])  # nobody asked for the soundfont that failed
        raise


def has_fluidsynth() -> bool:
    """Whether the FluidSynth library is installed."""
    return _library() is not None


def need_library() -> Any:
    """The pyfluidsynth module. Raises AudioError where FluidSynth is missing."""
    library = _library()
    if library is None:
        raise AudioError(
            "FluidSynth is not installed; install it (Debian: apt install fluidsynth, "
            "macOS: brew install fluid-synth), or use the engine 'kit'."
        )
    return library


def trim(sound: np.ndarray, sample_rate: int) -> np.ndarray:
    """Without the silence before the onset and after the end, which is faded out.

    sound: float (samples,) or (samples, channels). Empty where nothing rises above the floor.
    """
    level = np.abs(sound).reshape(len(sound), -1).max(axis=1)
    loud = np.flatnonzero(level > FLOOR)
    if not len(loud):
        return sound[:0]
    first = int(np.argmax(level > max(FLOOR, ONSET * level.max())))
    sound = sound[first : loud[-1] + 1].copy()
    fade = min(len(sound), round(FADE * sample_rate))
    sound[-fade:] *= np.linspace(1, 0, fade, dtype=sound.dtype).reshape(-1, *[1] * (sound.ndim - 1))
    return sound


def pan(sound: np.ndarray, position: float) -> np.ndarray:
    """Mono (samples,) to stereo (samples, 2), -1 left to 1 right, at equal power.

    The law of the Web Audio StereoPannerNode: the middle is 3 dB down in both channels.
    """
    angle = (position + 1) * np.pi / 4
    return sound[:, None] * np.array([np.cos(angle), np.sin(angle)], np.float32)


def resample(sound: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Mono sound (samples,) from one sample rate to another, by its spectrum.

    By hand: the filters of soxr and of scipy's resample_poly take away what cymbals have just below
    the highest frequency, and scipy, whose `resample` does the same as this, is not needed to play.
    """
    if rate == new_rate:
        return sound
    unit = rate // math.gcd(rate, new_rate)  # a multiple of it has a whole length at both rates
    padded = -(-(len(sound) + RINGING) // unit) * unit
    size = padded * new_rate // rate
    spectrum = np.fft.rfft(sound, padded)
    resized = np.zeros(size // 2 + 1, complex)
    kept = min(len(spectrum), len(resized))
    resized[:kept] = spectrum[:kept]
    whole = np.fft.irfft(resized, size) * (size / padded)
    return whole[: round(len(sound) * new_rate / rate)].astype(np.float32)


@lru_cache(maxsize=1)  # a search that fails takes long
def _library() -> Any:
    """The pyfluidsynth module, None where it does not find the FluidSynth library."""
    try:
        import fluidsynth
    except (ImportError, OSError):
        return None
    return fluidsynth


@lru_cache(maxsize=2)
def _soundfont_kit(soundfont: Path, sample_rate: int) -> SoundfontKit:
    return SoundfontKit(soundfont, sample_rate)


@lru_cache(maxsize=4)
def _sample_kit(sample_rate: int, kit: str) -> SampleKit:
    return SampleKit(sample_rate, kit)
