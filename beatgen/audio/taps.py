"""Recorded sound as a rhythm: clapping, beatboxing, a loop. Its onsets are the taps.

librosa finds them (the extra "audio"): of the libraries that do it is the one that is kept up, is
installed from wheels alone, and needs no model. madmom and aubio have had no release for years.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import numpy as np

from beatgen.errors import AudioError, BeatGenError
from beatgen.groove import BEATS, STEPS, TEMPO_RANGE, Groove, reach
from beatgen.kit import INDEX, VOICES

RATE, HOP = 22050, 128  # hertz, and samples between looks at the spectrum: 5.8 ms
LONGEST = 30.0  # seconds that are heard
# Where librosa's spectral flux peaks, behind the onset itself: the mean on rendered bars
BEHIND = 0.011
LOUD = 0.05  # seconds behind an onset in which its loudness is taken
QUIETEST = 36.0  # decibels below the loudest tap: as soft as a tap is
SOFTEST = 0.2  # velocity of such a tap
TYPICAL = 105.0  # BPM: a tempo near it is preferred to its half and double
NEARBY = np.linspace(
    0.96, 1.04, 161
)  # of the estimated tempo, in which the best grid is looked for
MOST_BARS = 32


def read_sound_tap(
    source: str | os.PathLike[str] | IO[bytes], tempo: float | None = None, name: str = ""
) -> Groove:
    """The rhythm of recorded sound, as a groove of one voice: the first onset is the downbeat.

    source: WAV, FLAC, MP3 or another file that soundfile reads, up to 30 s. tempo: in BPM; by
    default it is estimated. Raises AudioError for what cannot be read, is longer or has no onset,
    and BeatGenError for a tempo that is none. Needs librosa,
    and raises AudioError without it.
    """
    name = name or Path(str(getattr(source, "name", source))).name
    if find_spec("librosa") is None:
        raise AudioError(
            f"{name}: recorded sound needs librosa, which is not installed here; pip install "
            "'beatgen[audio]', or give a MIDI file."
        )
    if tempo is not None and not TEMPO_RANGE[0] <= tempo <= TEMPO_RANGE[1]:
        low, high = TEMPO_RANGE
        raise BeatGenError(f"tempo is {tempo}; expected {low:g} to {high:g} BPM.")
    seconds, velocity = onsets(*_samples(source, name))
    if not len(seconds):
        raise AudioError(f"{name}: no tap is heard in it; record it louder, or closer.")
    bpm = tempo or estimated_tempo(seconds, velocity)
    return rhythm_at(seconds - seconds[0], velocity, bpm)


def onsets(sound: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """When something is struck, in seconds, and how loud, 0 to 1: float64 (n,) each, of sound
    (samples,)."""
    import librosa

    if rate != RATE:
        sound = librosa.resample(sound, orig_sr=rate, target_sr=RATE)
    if not np.abs(sound).max(initial=0) > 1e-4:
        return np.zeros(0), np.zeros(0)
    flux = librosa.onset.onset_strength(y=sound, sr=RATE, hop_length=HOP, n_fft=1024)
    frames = librosa.onset.onset_detect(
        onset_envelope=flux, sr=RATE, hop_length=HOP, units="frames", delta=0.04, wait=6
    )
    seconds = np.maximum(frames * HOP / RATE - BEHIND, 0)
    after = np.arange(round(LOUD * RATE))
    at = np.minimum((seconds * RATE).astype(int)[:, None] + after, len(sound) - 1)
    power = np.square(sound[at]).mean(1)
    below = -10 * np.log10(np.maximum(power / max(power.max(initial=0), 1e-12), 1e-9))
    return seconds, np.clip(1 - (1 - SOFTEST) * below / QUIETEST, SOFTEST, 1)


def estimated_tempo(seconds: np.ndarray, velocity: np.ndarray) -> float:
    """The tempo in BPM in whose sixteenths, counted from the first onset, the onsets stand best."""
    spans = np.diff(seconds)
    if not len(spans):
        return TYPICAL
    candidates = np.arange(60, 181, 0.5)
    fits = [_fit(seconds - seconds[0], velocity, bpm) for bpm in candidates]
    # Beats are preferred to what lies beside them, and a tempo near the typical one
    prior = np.exp(-0.5 * (np.log2(candidates / TYPICAL) / 0.5) ** 2)
    best = candidates[int(np.argmax(np.maximum(fits, 0) * prior))]
    near = best * NEARBY
    return round(float(near[np.argmax([_fit(seconds - seconds[0], velocity, b) for b in near])]), 2)


def rhythm_at(
    seconds: np.ndarray, velocity: np.ndarray, tempo: float, bars: int | None = None
) -> Groove:
    """Onsets, in seconds from the first beat, as a groove of 4/4 at a tempo: of so many bars, by
    default of as many as they need, whole bars that repeat as a loop."""
    step = BEATS * 60 / tempo / STEPS
    early = reach(STEPS)
    place = seconds / step
    needed = np.ceil((place.max(initial=0) + early + 1e-6) / STEPS)
    bars = bars or int(np.clip(needed, 1, MOST_BARS))
    grid = np.zeros((2, bars, STEPS, len(VOICES)), np.float32)
    snare = INDEX["snare"]
    for at, loud in zip(place, velocity, strict=True):
        bar = int((at + early) // STEPS)
        if not 0 <= bar < bars:
            continue
        local = at - bar * STEPS
        cell = bar, int(np.clip(np.floor(local + 0.5), 0, STEPS - 1)), snare
        if loud > grid[0][cell]:
            grid[0][cell], grid[1][cell] = loud, np.clip(local - cell[1], -early, early)
    return Groove(grid[0], grid[1], tempo)


def _fit(seconds: np.ndarray, velocity: np.ndarray, bpm: float) -> float:
    """How well onsets stand on the sixteenths and eighths of a tempo, -1 to 1: the mean cosine of
    their phases, the loud ones counting more."""
    beats = seconds * bpm / 60
    phases = np.cos(2 * np.pi * 4 * beats) + 0.5 * np.cos(2 * np.pi * 2 * beats)
    phases += 0.5 * np.cos(2 * np.pi * beats)
    return float(np.average(phases, weights=velocity) / 2)


def _samples(source: str | os.PathLike[str] | IO[bytes], name: str) -> tuple[np.ndarray, int]:
    """Samples of both channels' mean, float32 (n,), and their rate."""
    import soundfile

    if isinstance(source, str | os.PathLike) and not Path(source).is_file():
        raise AudioError(f"{name}: no such file.")
    try:
        with soundfile.SoundFile(source) as file:
            length = file.frames / file.samplerate
            if length > LONGEST:
                raise AudioError(
                    f"{name}: {length:.0f} seconds long; expected {LONGEST:.0f} at most. Cut out "
                    "a few bars."
                )
            sound = file.read(dtype="float32", always_2d=True)
            rate = file.samplerate
    except (soundfile.LibsndfileError, OSError, RuntimeError) as error:
        raise AudioError(
            f"{name}: no sound that can be read; expected WAV, FLAC or MP3."
        ) from error
    return np.nan_to_num(sound.mean(1)), rate
