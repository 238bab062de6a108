"""Bars in their order -> what `beatgen.networks.sequence.SequenceNet` is trained on: each bar with
those before it.

A row stands for a bar: z_mean, standard deviation of its posterior (both standardized), whether it
is a fill, whether its file is one, its style, its number, and how many bars stand before it.
"""

from __future__ import annotations

import numpy as np

from beatgen.data.dataset import Dataset
from beatgen.evaluation.fills import Fills, recorded
from beatgen.latent.sequence import UNKNOWN, before, style_index, wanted
from beatgen.latent.vae import Vae

FACTS = ("fill", "file", "style", "number", "before")
FORGET = 0.15  # share of the windows of which only the latest bars are known
LEFT_OPEN = 0.1  # share of the windows whose number, fill or style is left open, each


def rows_of(vae: Vae, dataset: Dataset, fills: Fills) -> np.ndarray:
    """float32 (bars, 2 x latent_dim + 5). Bars that follow one another are encoded as they do."""
    starts = runs(dataset)
    velocity, timing = dataset.grids()
    parts = [
        vae.encode_bars(velocity[a:b], timing[a:b], loop=b - a)
        for a, b in zip(starts, [*starts[1:], len(dataset)], strict=True)
    ]
    mean, log_var = (np.concatenate(side) for side in zip(*parts, strict=True))
    center, scale = vae.standard
    index = np.arange(len(dataset))
    styles = np.array([style_index(str(style)) for style in dataset.styles])
    facts = (
        fills.found(dataset),
        recorded(dataset),
        styles[dataset.file_index],
        dataset.number,
        index - starts[np.searchsorted(starts, index, side="right") - 1],
    )
    sides = (mean - center) / scale, np.exp(log_var / 2) / scale, np.stack(facts, -1)
    return np.concatenate(sides, 1).astype(np.float32)


def runs(dataset: Dataset) -> np.ndarray:
    """Where bars begin that follow one another in their file, int (runs,)."""
    same = np.diff(dataset.file_index, prepend=-1) == 0
    follows = np.diff(dataset.number, prepend=-2) == 1
    return np.flatnonzero(~(same & follows))


def windows(
    rows: np.ndarray, chosen: np.ndarray, memory: int, rng: np.random.Generator, train: bool
) -> dict[str, np.ndarray]:
    """What the network takes for the chosen bars (`SequenceNet`). train: some of what is known is
    left out, so that it learns to do without."""
    dim = (rows.shape[1] - len(FACTS)) // 2
    mean, deviation = rows[:, :dim], rows[:, dim : 2 * dim]
    fill, of_fill, style, number, there = rows[chosen, 2 * dim :].T.astype(int)
    number = np.where(of_fill, UNKNOWN, number)  # where in a piece it would stand, nobody knows
    if train:
        few = rng.integers(0, memory, len(chosen))
        there = np.where(rng.random(len(chosen)) < FORGET, np.minimum(there, few), there)
        number, fill, style = (
            np.where(rng.random(len(chosen)) < LEFT_OPEN, UNKNOWN, of)
            for of in (number, fill, style)
        )
    history, known = before(mean, rows[:, 2 * dim], chosen, there, memory)
    noise = rng.standard_normal((len(chosen), dim))
    return {
        "history": history,
        "known": known,
        "wanted": wanted(number, fill, style),
        "target": (mean[chosen] + deviation[chosen] * noise).astype(np.float32),
    }
