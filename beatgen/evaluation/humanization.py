"""Humanization, measured as GrooVAE measured it: a quantized pattern gets a feel, how near is it?

Gillick et al. 2019, "Learning to Groove with Inverse Sequence Transformations" (ICML), table 2:
windows of two bars, the nine drum classes on 16 steps a bar, one hit each, the loudest. Velocity 0
to 1; offset from the nearest sixteenth's line in sixteenths, -0.5 to 0.5, above 0 late. All
measures are taken over the struck cells.

A `Humanizer` is a row of the table: plain baselines, which know the windows of the training files,
and our network, which sees more of the pattern than the paper's models do: which of the 22 voices
strikes, and how often in a sixteenth. It sees nothing of the feel (`Windows.patterns`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from beatgen.bars.metrics import fold
from beatgen.bars.nearest import f1_matrix, pack
from beatgen.bars.strikes import N_VOICES, PLACES, Strikes, to_grid, to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.realism import loudest
from beatgen.evaluation.reconstruct import Network, bar_networks
from beatgen.evaluation.results import (
    Columns,
    Log,
    Measure,
    Scores,
    Section,
    TooFew,
    sample,
    share_of,
)
from beatgen.groove import SIXTEENTHS, STEPS, Groove, join
from beatgen.kit import CLASS_OF_VOICE, CLASSES
from beatgen.latent.vae import Vae

BARS = 2  # of a window
CELLS = SIXTEENTHS * len(CLASSES)  # of a bar
LEVEL = 80 / 127  # velocity of a quantized hit
RANK = np.array([3, 2, 0, 1])  # of the places: one strike falls on the line, a second behind it

TIMING_EDGES = np.linspace(-0.5, 0.5, 41)  # sixteenths; bins of .025, 3 ticks of 480
VELOCITY_EDGES = np.linspace(0, 1, 33)
CELL_HITS = 20  # fewer say nothing of a cell's distribution
ALIKE = 1e-10  # a variance that is none

RIDGE = 100.0  # weight of the penalty, in hits
CONSTANT = 10.0  # in place of 1: so the constant's penalty is that of one hit
NEIGHBOURS = 100  # windows that are looked at, the nearest first
CHUNK = 64  # windows compared with all training windows at a time
SPREADS = (0.0, 0.25, 0.5, 0.75, 1.0)  # of `Vae.humanize`

COLUMNS: Columns = {
    "timing_mae": ("timing MAE, ms", ".2f"),
    "timing_mse": ("timing MSE, sixteenths²", ".3f"),
    "timing_cell_kl": ("timing KL, cells", ".2f"),
    "velocity_cell_kl": ("velocity KL, cells", ".2f"),
    "timing_kl": ("timing KL, all hits", ".2f"),
    "velocity_kl": ("velocity KL, all hits", ".2f"),
    "velocity_mae": ("velocity MAE", ".1f"),
}

# Rows of the paper's table 2, on the test split: reported there, not measured here.
PUBLISHED: dict[str, Scores] = {
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
    """velocity 0 to 1 and offset in sixteenths of each hit, float32 (n, 32, 9) each; values where
    nothing is struck do not count."""

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
        """The count alone, in all voices: on the line (further strikes of a sixteenth beside it),
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
        """A feel for the hits of the windows; their own may not be looked at."""


def windows(dataset: Dataset, most: int | None = None) -> Windows:
    """All pairs of consecutive bars of the same file, the first of each at an even place in it, so
    that no bar stands in two; a sample of them where there are more than `most`."""
    first = np.flatnonzero(
        (dataset.number[:-1] % BARS == 0)
        & (np.diff(dataset.number) == 1)
        & (np.diff(dataset.file_index) == 0)
    )
    if most is not None:
        first = first[sample(len(first), most)]
    grooves = tuple(join([dataset.groove(int(i)), dataset.groove(int(i) + 1)]) for i in first)
    tempo = np.array([groove.tempo for groove in grooves])
    return Windows(grooves, *_played(grooves), tempo)


def feel_of(grooves: Sequence[Groove]) -> Feel:
    """The feel that a network gave to patterns, windows in a row or one by one: that of the loudest
    strike of each sixteenth. A strike counts for the sixteenth that it was written for, so its
    offset may reach -0.625 (`beatgen.bars.strikes`)."""
    velocity, offset = loudest(to_strikes(*_bars(grooves), BARS))
    return Feel(_by_window(velocity), _by_window(offset) / PLACES)


def score(true: Windows, predicted: Feel) -> Scores:
    """All measures of one humanizer's feel."""
    (late, predicted_late), (loud, predicted_loud) = (
        (played[true.hits].astype(np.float64), part[true.hits].astype(np.float64))
        for played, part in (
            (true.feel.offset, predicted.offset),
            (true.feel.velocity, predicted.velocity),
        )
    )
    sixteenth_ms = 60_000 / 4 / true.tempo
    ms = np.broadcast_to(sixteenth_ms[:, None, None], true.hits.shape)[true.hits]
    return {
        "timing_mae": float((np.abs(predicted_late - late) * ms).mean()),
        "timing_mse": float(np.square(predicted_late - late).mean()),
        "timing_kl": histogram_kl(late, predicted_late, TIMING_EDGES),
        "velocity_kl": histogram_kl(loud, predicted_loud, VELOCITY_EDGES),
        "timing_cell_kl": cell_kl(true.hits, true.feel.offset, predicted.offset),
        "velocity_cell_kl": cell_kl(true.hits, true.feel.velocity, predicted.velocity),
        "velocity_mae": float(127 * np.abs(predicted_loud - loud).mean()),
    }


def recordings_kl(true: Windows, other: Windows) -> Scores:
    """How far the hits of other recordings lie from these, as KL of the histograms of all hits:
    what a perfect draw would score."""
    return {
        "velocity_kl": histogram_kl(
            true.feel.velocity[true.hits], other.feel.velocity[other.hits], VELOCITY_EDGES
        ),
        "timing_kl": histogram_kl(
            true.feel.offset[true.hits], other.feel.offset[other.hits], TIMING_EDGES
        ),
    }


def histogram_kl(real: np.ndarray, predicted: np.ndarray, edges: np.ndarray) -> float:
    """KL(real || predicted) in nats of the histograms of two samples, sum(p log(p / q)).

    All hits stand in one histogram, half a hit added to every bin (Krichevsky & Trofimov 1981), so
    that it stays finite; values beyond the edges count for the outermost bins.

    >>> round(histogram_kl(np.zeros(9), np.ones(9), np.array([0, 0.5, 1])), 3)
    2.65
    """
    p, q = (
        np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0] + 0.5
        for values in (real, predicted)
    )
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def cell_kl(hits: np.ndarray, real: np.ndarray, predicted: np.ndarray) -> float:
    """KL(N(real) || N(predicted)) in nats of the normal distributions that two feels have in a
    cell, a class on a sixteenth of the bar; the mean over the cells that are struck at least
    CELL_HITS times. hits, real, predicted: (n, 32, 9).

    For P = N(m, s) and Q = N(n, t): log(t / s) + (s^2 + (m - n)^2) / (2 t^2) - 1 / 2. NaN where
    no cell is struck often enough, or one is always played or predicted alike: it is infinite then.
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

    (m, s2), (n, t2) = moments(real), moments(predicted)
    if not (np.minimum(s2, t2) > ALIKE).all():
        return float("nan")
    return float(np.mean((np.log(t2 / s2) + (s2 + np.square(m - n)) / t2 - 1) / 2))


class Quantized:
    """Every hit on its line, and as loud as the training hits are on average."""

    name = "quantized"

    def __init__(self, training: Windows) -> None:
        self.velocity = training.feel.velocity[training.hits].mean()

    def humanize(self, windows: Windows) -> Feel:
        velocity = np.full(windows.hits.shape, self.velocity, np.float32)
        return Feel(velocity, np.zeros_like(velocity))


class LinearRegression:
    """Velocity and offset of each cell as a linear function of all hits of its bar, by ridge
    regression over the training bars that strike the cell."""

    name = "linear regression"

    def __init__(self, training: Windows) -> None:
        from sklearn.linear_model import Ridge

        rows, struck = _with_constant(training.hits), training.hits.reshape(-1, CELLS)
        targets = np.stack([part.reshape(-1, CELLS) for part in training.feel], -1)
        mean = targets[struck].mean(0)  # what cells that are hardly ever struck are drawn to
        self.weights = np.zeros((CELLS, CELLS + 1, 2), np.float32)
        for cell in np.flatnonzero(struck.any(0)):
            x, y = rows[struck[:, cell]], targets[struck[:, cell], cell]
            self.weights[cell] = Ridge(RIDGE, fit_intercept=False).fit(x, y - mean).coef_.T
        self.weights[:, -1] += mean / CONSTANT

    def humanize(self, windows: Windows) -> Feel:
        rows = _with_constant(windows.hits)
        predicted = np.einsum("nk,ckv->ncv", rows, self.weights, optimize=True)
        velocity, offset = (predicted[..., i].reshape(windows.hits.shape) for i in range(2))
        return Feel(np.clip(velocity, 1 / 127, 1), np.clip(offset, -0.5, 0.5))


class NearestWindow:
    """Each hit is played as in the nearest training window, by F1 of the hits, that strikes it."""

    name = "nearest neighbour"

    def __init__(self, training: Windows) -> None:
        self.training = training
        self.packed = pack(training.hits)
        struck = training.hits
        self.mean = [float(part[struck].mean()) for part in training.feel]

    def humanize(self, windows: Windows) -> Feel:
        feel = Feel(*(np.full(windows.hits.shape, mean, np.float32) for mean in self.mean))
        packed = pack(windows.hits)
        for start in range(0, len(windows), CHUNK):
            part = slice(start, start + CHUNK)
            order = (-f1_matrix(packed[part], self.packed)).argsort(1, kind="stable")
            near = order[:, :NEIGHBOURS]
            strikes = self.training.hits[near]  # (chunk, neighbours, 32, 9)
            first = strikes.argmax(1)
            chosen = np.take_along_axis(near[:, :, None, None], first[:, None], 1)[:, 0]
            step, drum = np.ogrid[: BARS * SIXTEENTHS, : len(CLASSES)]
            for into, source in zip(feel, self.training.feel, strict=True):
                found = source[chosen, step, drum]
                into[part] = np.where(strikes.any(1), found, into[part])
        return feel


class LearnedFeel:
    """Our network's feel for the pattern of all voices: the average one ("predicted", spread 0), a
    draw ("drawn", spread 1), or a draw in between."""

    def __init__(self, vae: Vae, name: str, spread: float, seed: int = 0) -> None:
        ends = {0.0: "predicted", 1.0: "drawn"}
        self.name = f"{name}, {ends.get(spread, f'spread {spread:g}')}"
        self.vae, self.spread, self.seed = vae, spread, seed

    def humanize(self, windows: Windows) -> Feel:
        return feel_of(
            [
                self.vae.humanize(pattern, seed=self.seed + i, spread=self.spread)
                for i, pattern in enumerate(windows.patterns())
            ]
        )


class GrooveTransfer:
    """Our network putting the feel of another window, drawn from the same set, on each pattern."""

    def __init__(self, vae: Vae, name: str, seed: int = 0) -> None:
        self.name = f"{name}, groove transfer"
        self.vae, self.seed = vae, seed

    def humanize(self, windows: Windows) -> Feel:
        donors = np.random.default_rng(self.seed).permutation(len(windows))
        pairs = zip(windows.patterns(), donors, strict=True)
        return feel_of([self.vae.blend(p, windows.grooves[i], 0, feel=1) for p, i in pairs])


def sections(
    networks: Sequence[Network], held_out: Dataset, training: Dataset, log: Log, effort: float = 1
) -> list[Section]:
    """Feel for plain patterns, beside the published rows. Raises TooFew where no two bars follow
    one another, to train on or held out."""
    known, asked = windows(training), windows(held_out, share_of(len(held_out) // BARS, effort))
    if not (len(known) and len(asked)):
        raise TooFew("files of two bars in a row, to train on and held out")
    rows: list[Humanizer] = [Quantized(known), LinearRegression(known), NearestWindow(known)]
    for network in bar_networks(networks):
        rows += [LearnedFeel(network.vae, network.name, spread) for spread in SPREADS]
        rows.append(GrooveTransfer(network.vae, network.name))
    lines = {f"{name} (Gillick et al.)": row for name, row in PUBLISHED.items()}
    for row in rows:
        log(f"humanization: {row.name}")
        lines[row.name] = score(asked, row.humanize(asked))
    lines["hits of the training files"] = recordings_kl(asked, known)
    note = (
        f"{len(asked):,} windows of two bars, nine classes, one hit a sixteenth. Our network's "
        "rows take one bar at a time and see all 22 voices, and how often each is struck in a "
        "sixteenth, where the paper's see nine; they are folded and compared as those are. The "
        "published rows (Gillick et al. 2019) are of the test files. How their KL was made is not "
        "known to us. Taken as that of normal distributions, for each class on each sixteenth, our "
        "linear regression comes near the published timing KL, so they stand in these columns; "
        "its velocity KL and our nearest neighbour do not, so compare them with care. The other "
        "KLs are of histograms of all hits."
    )
    return [Section("humanization", "Humanization", note, COLUMNS, lines)]


HUMANIZATION = Measure(
    "humanization", "how near the feel given to a quantized pattern is to the one played", sections
)


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


def _with_constant(hits: np.ndarray) -> np.ndarray:
    """Hits as bars of 0 and 1 with a last column of CONSTANT, float32 (bars, 145)."""
    flat = hits.reshape(-1, CELLS).astype(np.float32)
    return np.concatenate([flat, np.full((len(flat), 1), CONSTANT, np.float32)], axis=1)
