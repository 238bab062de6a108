"""Bars in, the same bars out as a model reconstructs them: the first thing an evaluation measures.

A `Reconstructor` is a row of the evaluation's table. `BarNetwork` and `ReportNetwork` are the
networks among them, `beatgen.evaluation.baselines` has the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from beatgen.bars import metrics
from beatgen.data.dataset import Dataset
from beatgen.latent import runtime
from beatgen.latent.vae import Vae

BATCH = 256  # bars at a time
TIMED = 50  # how often a decoding is timed


@dataclass(frozen=True)
class Reconstruction:
    """Bars as a model reconstructs them, float32 (n, 64, 22) each.

    expected: probability of a hit times its velocity. velocity, timing: as it sounds, in a
    `Groove`'s units. mean, log_var: of z, (n, latent_dim), where the model has them.
    """

    expected: np.ndarray
    velocity: np.ndarray
    timing: np.ndarray
    mean: np.ndarray | None = None
    log_var: np.ndarray | None = None


class Reconstructor(Protocol):
    """A row of the evaluation's table."""

    @property
    def name(self) -> str:
        """What the table calls it."""

    def reconstruct(self, dataset: Dataset) -> Reconstruction:
        """The bars of a data set, in their order."""


class BarNetwork:
    """Our network."""

    def __init__(self, vae: Vae, name: str) -> None:
        self.vae = vae
        self.name = name

    def reconstruct(self, dataset: Dataset) -> Reconstruction:
        parts = []
        for start in range(0, len(dataset), BATCH):
            grids = dataset.grids(slice(start, start + BATCH))
            parts.append((*self.vae.reconstruct_bars(*grids), *self.vae.encode_bars(*grids)))
        return Reconstruction(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def decode_ms(self, bars: int, times: int = TIMED) -> float:
        """Median time to decode `bars` bars from z to a groove, in ms, of so many times."""
        return _median_ms(self.vae.decode, bars, self.vae.latent_dim, times)


class ReportNetwork:
    """The 2020 report's network. It reads velocities only: a step above its threshold is a hit,
    played on the step."""

    def __init__(self, network: runtime.Network, name: str) -> None:
        self.network = network
        self.name = name

    def reconstruct(self, dataset: Dataset) -> Reconstruction:
        z = self.network.run("encode", velocity=dataset.grids()[0])
        predicted = self.network.run("decode", z=z["mean"])["velocity"]
        velocity = np.where(predicted > float(self.network.card["threshold"]), predicted, 0)
        timing = np.zeros_like(predicted)
        return Reconstruction(predicted, velocity, timing, z["mean"], z["log_var"])

    def decode_ms(self, bars: int, times: int = TIMED) -> float:
        """Median time to decode `bars` bars from z to velocities, in ms, of so many times."""
        dim = int(self.network.card["config"]["latent_dim"])
        return _median_ms(lambda z: self.network.run("decode", z=z), bars, dim, times)


Network = BarNetwork | ReportNetwork


def network(name: str | Path, title: str) -> Network:
    """Shipped weights by name, or those in a folder, of any kind; `title` is its row's name.
    Raises ModelError where there are none that fit."""
    loaded = runtime.load_network(name)
    return BarNetwork(Vae(loaded), title) if loaded.format.plays else ReportNetwork(loaded, title)


def bar_networks(networks: Sequence[Network]) -> list[BarNetwork]:
    """Those that are ours: they alone blend, vary, humanize and complete."""
    return [each for each in networks if isinstance(each, BarNetwork)]


def scores(
    dataset: Dataset, reconstruction: Reconstruction, bars: np.ndarray, voice: int | None = None
) -> dict[str, float]:
    """The measures of `beatgen.bars.metrics` for some bars (indices), of all voices or of one.

    Keys: "hits", "sse", "sse_sounding", "hit_f1", "note_f1", "velocity_mae", "timing_mae"; of all
    voices also "pattern_f1", "folded_f1" and, where the model has z, "kl" and "active_units".
    """
    tempo = dataset.tempo[dataset.file_index[bars]]
    voices = slice(None) if voice is None else slice(voice, voice + 1)
    predicted = (part[bars] for part in (reconstruction.velocity, reconstruction.timing))
    grids = (*dataset.grids(bars), *predicted)
    true, true_timing, velocity, timing = (grid[..., voices] for grid in grids)
    found = {
        "hits": float(np.count_nonzero(true)),
        "sse": metrics.sse(true, reconstruction.expected[bars][..., voices]),
        "sse_sounding": metrics.sse(true, velocity),
        "hit_f1": metrics.hit_f1(true, velocity),
        "note_f1": metrics.note_f1(true, true_timing, velocity, timing, tempo),
        "velocity_mae": metrics.velocity_mae(true, velocity),
        "timing_mae": metrics.timing_mae(true, true_timing, velocity, timing, tempo),
    }
    if voice is not None:
        return found
    found["pattern_f1"] = metrics.pattern_f1(true, true_timing, velocity, timing)
    found["folded_f1"] = metrics.folded_f1(true, true_timing, velocity, timing)
    if reconstruction.mean is not None and reconstruction.log_var is not None:
        mean, log_var = reconstruction.mean[bars], reconstruction.log_var[bars]
        found["kl"] = metrics.kl(mean, log_var)
        found["active_units"] = float(metrics.active_units(mean))
    return found


def _median_ms(
    decode: Callable[[np.ndarray], object], bars: int, latent_dim: int, times: int
) -> float:
    z = np.random.default_rng(0).standard_normal((bars, latent_dim)).astype(np.float32)
    decode(z)  # the first call lays out the memory
    found = []
    for _ in range(times):
        start = time.perf_counter()
        decode(z)
        found.append(time.perf_counter() - start)
    return 1000 * float(np.median(found))
