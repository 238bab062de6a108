"""Finishing a beat: part of a bar is hidden. How near comes what is proposed to what was played?

A voice group is hidden in the whole bar, or all voices in one of its beats. Bars are patterns here,
bool (n, 16, 22), which voices are struck in which sixteenth; a mask has the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from beatgen.bars.metrics import f1, fold
from beatgen.bars.nearest import nearest, pack
from beatgen.bars.strikes import N_VOICES, to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.section import Scores, Section
from beatgen.groove import BEATS, SIXTEENTHS
from beatgen.kit import GROUPS
from beatgen.latent.decide import pattern_of_hidden
from beatgen.latent.neighbours import NEIGHBOURS, alike, struck_by
from beatgen.latent.vae import Vae

BATCH = 256  # bars at a time
BEAT = "one beat"
KINDS = (*GROUPS, BEAT)


def masks(bars: int, seed: int = 0) -> Iterator[tuple[str, np.ndarray]]:
    """What is hidden of so many bars: its name, of KINDS, and where it is, bool (bars, 16, 22).
    Each bar has a beat of its own hidden, drawn."""
    for name, group in GROUPS.items():
        hidden = np.zeros((bars, SIXTEENTHS, N_VOICES), bool)
        hidden[..., group] = True
        yield name, hidden
    beat = np.random.default_rng(seed).integers(BEATS, size=bars)
    inside = np.arange(SIXTEENTHS) // (SIXTEENTHS // BEATS) == beat[:, None]
    yield BEAT, np.repeat(inside[..., None], N_VOICES, axis=2)


def score(true: np.ndarray, propose: Callable[[np.ndarray], np.ndarray]) -> tuple[Scores, Scores]:
    """F1 of the hidden hits for each of KINDS, all bars counted as one: on 16 x 22, and folded to
    16 x 9. propose: from a mask to whole patterns."""
    exact, classes = {}, {}
    for name, hidden in masks(len(true)):
        told = propose(hidden)
        exact[name] = f1(true & hidden, told & hidden)
        classes[name] = f1(fold(true & hidden), fold(told & hidden))
    return exact, classes


def proposed(vae: Vae, bars: Dataset, hidden: np.ndarray) -> np.ndarray:
    """What `Vae.complete` strikes where something is hidden."""
    parts = []
    for start in range(0, len(bars), BATCH):
        part = slice(start, start + BATCH)
        parts.append(vae.propose(*bars.grids(part), hidden[part])[1] > 0)
    return np.concatenate(parts)


def from_nearest(true: np.ndarray, training: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """For each bar the training pattern that is most alike, by F1, in what is not hidden."""
    told = np.zeros_like(true)
    kinds, kind = np.unique(hidden, axis=0, return_inverse=True)
    for i, mask in enumerate(kinds):
        asked = kind == i
        index, _ = nearest(pack(true[asked] & ~mask), pack(training & ~mask))
        told[asked] = training[index]
    return told


def from_alike(true: np.ndarray, training: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """As many of the hidden cells as are to be expected, from the training patterns that
    `Vae.complete` asks as well (`beatgen.latent.neighbours`)."""
    likely = struck_by(alike(true, ~hidden, pack(training)), training)
    return pattern_of_hidden(np.stack([1 - likely, likely], -1), hidden) > 0


def most_probable(training: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """One pattern for all bars with the same part hidden: the cells that have the best F1 there if
    they are told of every training bar."""
    told = np.zeros_like(hidden)
    kinds, kind = np.unique(hidden, axis=0, return_inverse=True)
    for i, mask in enumerate(kinds):
        often = np.where(mask, training.mean(0), 0).ravel()
        order = (-often).argsort(kind="stable")
        # F1 of the first k cells: 2 TP / (told + true), a bar's mean each
        scores = 2 * often[order].cumsum() / (np.arange(1, often.size + 1) + often.sum())
        best = np.zeros(often.size, bool)
        best[order[: scores.argmax() + 1]] = True
        told[kind == i] = best.reshape(mask.shape)
    return told


def pattern(bars: Dataset) -> np.ndarray:
    """Which voices are struck in which sixteenth, bool (bars, 16, 22)."""
    return to_strikes(*bars.grids()).count > 0


def sections(
    vaes: Sequence[tuple[str, Vae]],
    held_out: Dataset,
    training: Dataset,
    told: Callable[[str], None],
) -> list[Section]:
    """Proposals for what is hidden: one table on 16 x 22, one on 16 x 9."""
    true, known = pattern(held_out), pattern(training)
    rows = {
        "most probable": partial(most_probable, known),
        "nearest training bar": partial(from_nearest, true, known),
        f"{NEIGHBOURS} nearest training bars": partial(from_alike, true, known),
    }
    rows |= {name: partial(proposed, vae, held_out) for name, vae in vaes}
    lines: tuple[dict[str, Scores], ...] = ({}, {})
    for name, propose in rows.items():
        told(f"complete: {name}")
        for into, scores in zip(lines, score(true, propose), strict=True):
            into[name] = scores
    note = (
        f"{len(true):,} bars, one voice group hidden at a time, or one beat of all voices, drawn: "
        "F1 of the hidden hits on {grid}. Most probable: the same hits for every bar, those that "
        "do best on the training bars. Nearest training bars: those most alike in what is not "
        "hidden; of 32 the mean, which is half of what ours proposes where an atlas lies beside it."
    )
    columns = {kind: (kind, ".3f") for kind in KINDS}
    return [
        Section(name, title, note.format(grid=grid), columns, scores)
        for name, title, grid, scores in (
            ("complete", "Finishing a beat", "16 x 22", lines[0]),
            ("complete-folded", "Finishing a beat, nine classes", "16 x 9", lines[1]),
        )
    ]
