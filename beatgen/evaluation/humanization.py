"""Humanization, measured as GrooVAE measured it: a quantized pattern gets a feel, how near is it?

Gillick et al. 2019, "Learning to Groove with Inverse Sequence Transformations" (ICML), table 2:
windows of two bars, the nine drum classes on 16 steps a bar, one hit each, the loudest. Velocity 0
to 1; offset from the nearest sixteenth's line in sixteenths, -0.5 to 0.5, above 0 late. All
measures are taken over the struck cells.

Our network hears more of the pattern than the paper's models: which of the 22 voices strikes, and
how often in a sixteenth. Of the feel it hears nothing (`Windows.patterns`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from beatgen.bars.metrics import fold
from beatgen.bars.strikes import N_VOICES, PLACES, Strikes, to_grid, to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.realism import loudest
from beatgen.groove import SIXTEENTHS, STEPS, Groove, join
from beatgen.kit import CLASS_OF_VOICE, CLASSES

BARS = 2  # of a window
TIMING_EDGES = np.linspace(-0.5, 0.5, 41)  # sixteenths; bins of .025, 3 ticks of 480
VELOCITY_EDGES = np.linspace(0, 1, 33)
CELL_HITS = 20  # the fewest that tell a cell's distribution
ALIKE = 1e-10  # a variance that is none
LEVEL = 80 / 127  # velocity of a quantized hit
RANK = np.array([3, 2, 0, 1])  # of the places: one strike falls on the line, a second behind it

# Rows of the paper's table 2, on the test split: reported there, not measured here.
PUBLISHED: dict[str, dict[str, float]] = {
    "quantized": {"timing_mae": 22.6, "timing_mse": 0.041},
    "linear regression": {
        "timing_mae": 19.77,
        "timing_mse": 0.033,
        "timing_cell_kl": 4.79,
        "velocity_cell_kl": 1.70,
    },
    "k nearest neighbours": {
        "timing_mae": 22.34,
        "timing_mse": 0.043,
        "timing_cell_kl": 1.10,
        "velocity_cell_kl": 0.53,
    },
    "Seq2Seq": {
        "timing_mae": 18.80,
        "timing_mse": 0.032,
        "timing_cell_kl": 0.31,
        "velocity_cell_kl": 0.08,
    },
    "groove transfer": {
        "timing_mae": 25.04,
        "timing_mse": 0.052,
        "timing_cell_kl": 0.24,
        "velocity_cell_kl": 0.12,
    },
}


class Feel(NamedTuple):
    """velocity 0 to 1 and offset in sixteenths of each hit, float32 (n, 32, 9) each; what stands
    where nothing is struck does not count."""

    velocity: np.ndarray
    offset: np.ndarray


@dataclass(frozen=True)
class Windows:
    """Two bars at a time.

    grooves: as they were played, in all voices. count: int (n, 32, 22), how often each voice is
    struck by each sixteenth, 0 to 4. hits: bool (n, 32, 9), the same by classes; feel: of the hits;
    tempo: float64 (n,), BPM.
    """

    grooves: tuple[Groove, ...]
    count: np.ndarray
    hits: np.ndarray
    feel: Feel
    tempo: np.ndarray

    def __len__(self) -> int:
        return len(self.grooves)

    def patterns(self) -> list[Groove]:
        """The count alone, in all voices: on the line (a sixteenth's further strikes beside it),
        and all equally loud."""
        struck = self.count.reshape(-1, SIXTEENTHS, N_VOICES, 1) > RANK
        velocity, timing = to_grid(
            Strikes(np.where(struck, LEVEL, 0), np.zeros(struck.shape)), BARS
        )
        return [
            Groove(velocity[BARS * i : BARS * (i + 1)], timing[BARS * i : BARS * (i + 1)], tempo)
            for i, tempo in enumerate(self.tempo.tolist())
        ]


class Humanizer(Protocol):
    """A row of the table."""

    @property
    def name(self) -> str:
        """What the table calls it."""

    def humanize(self, windows: Windows) -> Feel:
        """A feel for the hits of the windows, without a look at their own."""


def windows(dataset: Dataset) -> Windows:
    """All pairs of consecutive bars of the same file, the first of each at an even place in it, so
    that no bar stands in two."""
    first = np.flatnonzero(
        (dataset.number[:-1] % BARS == 0)
        & (np.diff(dataset.number) == 1)
        & (np.diff(dataset.file_index) == 0)
    )
    grooves = tuple(join([dataset.groove(int(i)), dataset.groove(int(i) + 1)]) for i in first)
    tempo = np.array([groove.tempo for groove in grooves])
    return Windows(grooves, *_played(grooves), tempo)


def feel_of(grooves: Sequence[Groove]) -> Feel:
    """What a network made of patterns, windows in a row or one by one: the loudest strike of each
    sixteenth, by the one that it was written for, which may reach to -0.625 (`strikes`)."""
    velocity, offset = loudest(to_strikes(*_bars(grooves), BARS))
    return Feel(_by_window(velocity), _by_window(offset) / PLACES)


def score(true: Windows, told: Feel) -> dict[str, float]:
    """All measures of one humanizer's feel."""
    late, said = (feel.offset[true.hits].astype(np.float64) for feel in (true.feel, told))
    loud, sounding = (feel.velocity[true.hits].astype(np.float64) for feel in (true.feel, told))
    sixteenth_ms = 60_000 / 4 / true.tempo
    ms = np.broadcast_to(sixteenth_ms[:, None, None], true.hits.shape)[true.hits]
    return {
        "timing_mae": float((np.abs(said - late) * ms).mean()),
        "timing_mse": float(np.square(said - late).mean()),
        "timing_kl": histogram_kl(late, said, TIMING_EDGES),
        "velocity_kl": histogram_kl(loud, sounding, VELOCITY_EDGES),
        "timing_cell_kl": cell_kl(true.hits, true.feel.offset, told.offset),
        "velocity_cell_kl": cell_kl(true.hits, true.feel.velocity, told.velocity),
        "velocity_mae": float(127 * np.abs(sounding - loud).mean()),
    }


def apart(true: Windows, other: Windows) -> dict[str, float]:
    """How far the hits of other recordings lie from these: what is left for a perfect drawing."""
    return {
        f"{name}_kl": histogram_kl(part[true.hits], of_other[other.hits], edges)
        for name, edges, part, of_other in zip(
            ("velocity", "timing"),
            (VELOCITY_EDGES, TIMING_EDGES),
            true.feel,
            other.feel,
            strict=True,
        )
    }


def histogram_kl(real: np.ndarray, told: np.ndarray, edges: np.ndarray) -> float:
    """KL(real || told) in nats of the histograms of two samples, sum(p log(p / q)).

    All hits stand in one histogram, half a hit added to every bin (Krichevsky & Trofimov 1981), so
    that it stays finite; values beyond the edges count for the outermost bins.
    """
    p, q = (
        np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0] + 0.5
        for values in (real, told)
    )
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def cell_kl(hits: np.ndarray, real: np.ndarray, told: np.ndarray) -> float:
    """KL(N(real) || N(told)) in nats of the normal distributions that two feels have in a cell, a
    class on a sixteenth of the bar; the mean over the cells that are struck at least CELL_HITS
    times. hits, real, told: (n, 32, 9).

    For P = N(m, s) and Q = N(n, t): log(t / s) + (s^2 + (m - n)^2) / (2 t^2) - 1 / 2. NaN where
    no cell is struck often enough, or one is always played or told alike, for then it is infinite.
    """
    struck = hits.reshape(-1, SIXTEENTHS, len(CLASSES))
    often = struck.sum(0) >= CELL_HITS
    if not often.any():
        return float("nan")

    def moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        here = struck[:, often]
        counted = values.reshape(struck.shape)[:, often].astype(np.float64)
        mean = counted.sum(0, where=here) / here.sum(0)
        return mean, np.square(counted - mean).sum(0, where=here) / here.sum(0)

    (mean, variance), (told_mean, told_variance) = moments(real), moments(told)
    if not (np.minimum(variance, told_variance) > ALIKE).all():
        return float("nan")
    away = (variance + np.square(mean - told_mean)) / told_variance
    return float(np.mean((np.log(told_variance / variance) + away - 1) / 2))


def _played(grooves: Sequence[Groove]) -> tuple[np.ndarray, np.ndarray, Feel]:
    """Count, hits and feel of recordings, each hit on its nearest sixteenth; the feel is that of
    the loudest hit of a class."""
    velocity, timing = _bars(grooves)
    bar, step, voice = np.nonzero(velocity)
    position = (step + timing[bar, step, voice]) / PLACES
    sixteenth = np.floor(position + 0.5).astype(int)
    loud = velocity[bar, step, voice]
    # A grace note behind the last sixteenth leads to a downbeat that stands there already.
    order = np.flatnonzero(sixteenth < SIXTEENTHS)
    order = order[loud[order].argsort(kind="stable")]  # of one cell, the loudest is written last
    count = np.zeros((len(velocity), SIXTEENTHS, N_VOICES), int)
    np.add.at(count, (bar[order], sixteenth[order], voice[order]), 1)
    cell = bar[order], sixteenth[order], np.array(CLASS_OF_VOICE)[voice[order]]
    empty = np.zeros((len(velocity), SIXTEENTHS, len(CLASSES)), np.float32)
    feel = Feel(empty, empty.copy())
    feel.velocity[cell] = loud[order]
    feel.offset[cell] = (position - sixteenth)[order]
    return (
        _by_window(np.minimum(count, PLACES)),
        _by_window(fold(count > 0)),
        Feel(*(_by_window(part) for part in feel)),
    )


def _bars(grooves: Sequence[Groove]) -> tuple[np.ndarray, np.ndarray]:
    """Velocity and timing of all bars, (bars, 64, 22) each; of none, where there is no groove."""
    none = np.zeros((0, STEPS, N_VOICES), np.float32)
    return (
        np.concatenate([none, *(groove.velocity for groove in grooves)]),
        np.concatenate([none, *(groove.timing for groove in grooves)]),
    )


def _by_window(values: np.ndarray) -> np.ndarray:
    """(bars, 16, n) -> (windows, 32, n)."""
    return values.reshape(-1, BARS * SIXTEENTHS, values.shape[-1])
