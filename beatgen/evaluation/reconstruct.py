"""Bars in, the same bars out as a model holds them: what an evaluation measures."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from beatgen.bars import metrics
from beatgen.data.dataset import Dataset
from beatgen.latent.runtime import Network, load_network
from beatgen.latent.vae import Vae

BATCH = 256  # bars at a time
TIMED = 50  # how often a decoding is timed


@dataclass(frozen=True)
class Reconstruction:
    """Bars as a model holds them, float32 (n, 64, 22) each.

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

    def decode_ms(self, bars: int) -> float:
        """Median time to decode `bars` bars from z to a groove, in ms."""
        return _median_ms(self.vae.decode, bars, self.vae.latent_dim)


class ReportNetwork:
    """The 2020 report's network. It hears velocities only: a step above its threshold is a hit,
    played on the step."""

    def __init__(self, network: Network, name: str) -> None:
        self.network = network
        self.name = name

    def reconstruct(self, dataset: Dataset) -> Reconstruction:
        z = self.network.run("encode", velocity=dataset.grids()[0])
        told = self.network.run("decode", z=z["mean"])["velocity"]
        velocity = np.where(told > float(self.network.card["threshold"]), told, 0)
        return Reconstruction(told, velocity, np.zeros_like(told), z["mean"], z["log_var"])

    def decode_ms(self, bars: int) -> float:
        """Median time to decode `bars` bars from z to velocities, in ms."""
        dim = int(self.network.card["config"]["latent_dim"])
        return _median_ms(lambda z: self.network.run("decode", z=z), bars, dim)


def network(name: str | Path, title: str) -> BarNetwork | ReportNetwork:
    """Shipped weights by name, or those in a folder, of either network; `title` is its row's name.
    Raises ModelError where there are none that fit."""
    loaded = load_network(name)
    if loaded.card.get("model") == "report":
        return ReportNetwork(loaded, title)
    return BarNetwork(Vae(loaded), title)


def scores(
    dataset: Dataset, told: Reconstruction, bars: np.ndarray, voice: int | None = None
) -> dict[str, float]:
    """The measures (`beatgen.bars.metrics`) of some bars (indices), of all voices or of one."""
    tempo = dataset.tempo[dataset.file_index[bars]]
    voices = slice(None) if voice is None else slice(voice, voice + 1)
    grids = (*dataset.grids(bars), *(part[bars] for part in (told.velocity, told.timing)))
    true, true_timing, velocity, timing = (grid[..., voices] for grid in grids)
    found = {
        "hits": float(np.count_nonzero(true)),
        "sse": metrics.sse(true, told.expected[bars][..., voices]),
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
    if told.mean is not None and told.log_var is not None:
        found["kl"] = metrics.kl(told.mean[bars], told.log_var[bars])
        found["active_units"] = float(metrics.active_units(told.mean[bars]))
    return found


def _median_ms(decode: Callable[[np.ndarray], object], bars: int, latent_dim: int) -> float:
    z = np.random.default_rng(0).standard_normal((bars, latent_dim)).astype(np.float32)
    decode(z)  # the first call lays out the memory
    times = []
    for _ in range(TIMED):
        start = time.perf_counter()
        decode(z)
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))
