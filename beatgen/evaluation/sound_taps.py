"""Taps of recorded sound, measured: bars that were held out are rendered, dry, with noise, and in a
room, at three tempos. How many of their onsets are found within 30 ms?

    python -m beatgen.evaluation.sound_taps path/to/groove [windows]

Onsets of a bar are its hits; those nearer than 30 ms to the one before are one. Noise is white, 20
dB below the sound; the room is noise that decays by 60 dB in .5 s, at -10 dB.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from beatgen.audio.render import render
from beatgen.audio.taps import estimated_tempo, onsets
from beatgen.bars.hits import named_hits
from beatgen.data.dataset import Dataset
from beatgen.evaluation.results import Lines, markdown_table, sample
from beatgen.groove import Groove, join

WINDOW = 0.03  # seconds
TEMPOS = (80.0, 110.0, 140.0)
GROOVES = 12
RATE = 44100
NOISE, ROOM, DECAY = -20.0, -10.0, 0.5  # decibels, decibels, seconds
WAYS = ("dry", "noise, -20 dB", "room", "noise and room")


def onset_f1(true: np.ndarray, found: np.ndarray, window: float = WINDOW) -> float:
    """F1 of onsets in seconds, sorted, matched one to one within a window.

    >>> onset_f1(np.array([0.0, 1.0]), np.array([0.02, 0.5]))
    0.5
    """
    pairs = i = j = 0
    while i < len(true) and j < len(found):
        if abs(true[i] - found[j]) <= window:
            pairs, i, j = pairs + 1, i + 1, j + 1
        elif true[i] < found[j]:
            i += 1
        else:
            j += 1
    return 2 * pairs / max(1, len(true) + len(found))


def true_onsets(groove: Groove) -> np.ndarray:
    """When something is struck, in seconds from the first bar line."""
    hits = named_hits(groove, groove.voices).values()
    seconds = np.sort([hit.place * groove.step_seconds for hit in hits])
    kept: list[float] = []
    for second in seconds.tolist():
        if not kept or second - kept[-1] > WINDOW:
            kept.append(second)
    return np.array(kept)


def sounding(groove: Groove, way: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The groove rendered once, float32 (samples,), and when its onsets sound."""
    track = render(groove, engine="kit", sample_rate=RATE).mean(1)
    true = true_onsets(groove)
    true -= min(true[0], 0.0)  # the sound begins with what comes before the bar line
    rng = np.random.default_rng(seed)
    if "room" in way:
        time = np.arange(round(DECAY * RATE)) / RATE
        tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / DECAY)
        size = 2 ** int(np.ceil(np.log2(len(track) + len(tail))))
        wet = np.fft.irfft(np.fft.rfft(track, size) * np.fft.rfft(tail, size), size)[: len(track)]
        wet *= track.std() / max(wet.std(), 1e-9)
        track = track + 10 ** (ROOM / 20) * wet
    if "noise" in way:
        track = track + 10 ** (NOISE / 20) * track.std() * rng.standard_normal(len(track))
    return track.astype(np.float32), true


def grooves(dataset: Dataset, count: int = GROOVES) -> list[Groove]:
    """Windows of two bars of a data set."""
    first = np.flatnonzero(
        (dataset.number[:-1] % 2 == 0)
        & (np.diff(dataset.number) == 1)
        & (np.diff(dataset.file_index) == 0)
    )
    chosen = first[sample(len(first), count)]
    return [join([dataset.groove(int(i)), dataset.groove(int(i) + 1)]) for i in chosen]


def measured(dataset: Dataset, count: int = GROOVES) -> Lines:
    """Onset F1 at each tempo, a line for each way, and the share of the sounds whose tempo is
    estimated within 2 %, or its half or double."""
    lines: Lines = {}
    for way in WAYS:
        scores, right = {}, []
        for tempo in TEMPOS:
            found = []
            for i, groove in enumerate(grooves(dataset, count)):
                sound, true = sounding(replace(groove, tempo=tempo), way, i)
                seconds, velocity = onsets(sound, RATE)
                found.append(onset_f1(true, seconds))
                if len(seconds):
                    ratio = estimated_tempo(seconds, velocity) / tempo
                    right.append(min(abs(ratio / f - 1) for f in (0.5, 1, 2)) < 0.02)
            scores[f"{tempo:g}"] = float(np.mean(found))
        lines[way] = scores | {"tempo": float(np.mean(right))}
    return lines


if __name__ == "__main__":
    import tempfile
    from pathlib import Path

    from beatgen.data.dataset import load_dataset, prepare

    source = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        bars = load_dataset(source) if source.is_file() else prepare(source, f"{folder}/bars.npz")
    table = measured(bars.split("validation"), int(sys.argv[2]) if len(sys.argv) > 2 else GROOVES)
    rows = [[way, *(f"{value:.3f}" for value in scores.values())] for way, scores in table.items()]
    print(markdown_table(["", *(f"{t:g} BPM" for t in TEMPOS), "tempo"], rows))
