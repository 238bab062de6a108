"""Completion: part of a bar is hidden. How near does a proposal come to what was played?

A voice group is hidden in the whole bar, or all voices in one of its beats. Bars are patterns here,
bool (n, 16, 22), which voices are struck in which sixteenth; a mask has the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from beatgen.bars.metrics import VOICES_OF_CLASS, f1, fold
from beatgen.bars.nearest import nearest, pack
from beatgen.bars.strikes import N_VOICES, to_strikes
from beatgen.data.augment import following_bars
from beatgen.data.dataset import Dataset
from beatgen.evaluation.reconstruct import Network, bar_networks
from beatgen.evaluation.results import Lines, Log, Measure, Scores, Section, sample, share_of
from beatgen.groove import BEATS, SIXTEENTHS
from beatgen.kit import GROUPS
from beatgen.latent.decide import pattern_of_hidden
from beatgen.latent.neighbours import (
    NEIGHBOURS,
    known_with_classes,
    most_similar,
    struck_share,
    with_classes,
)
from beatgen.latent.vae import Vae

BATCH = 256  # bars at a time
BEAT = "one beat"
KINDS = (*GROUPS, BEAT)
# The nine classes, in the order of `beatgen.kit.CLASSES`
CLASS_NAMES = (
    "kick",
    "snare",
    "closed hats",
    "open hats",
    "low tom",
    "mid tom",
    "high tom",
    "crash",
    "ride",
)
WINDOWED = "closed hats"  # hidden in two bars at once, as infilling transformers are measured


def masks(bars: int, seed: int = 0) -> Iterator[tuple[str, np.ndarray]]:
    """What is hidden of so many bars: its name, one of KINDS, and a mask, bool (bars, 16, 22).
    Which beat is hidden is drawn for each bar."""
    for name, group in GROUPS.items():
        hidden = np.zeros((bars, SIXTEENTHS, N_VOICES), bool)
        hidden[..., group] = True
        yield name, hidden
    beat = np.random.default_rng(seed).integers(BEATS, size=bars)
    inside = np.arange(SIXTEENTHS) // (SIXTEENTHS // BEATS) == beat[:, None]
    yield BEAT, np.repeat(inside[..., None], N_VOICES, axis=2)


def score(true: np.ndarray, propose: Callable[[np.ndarray], np.ndarray]) -> tuple[Scores, Scores]:
    """F1 of the hidden hits for each of KINDS, over the hits of all bars: on 16 x 22, and folded to
    16 x 9. propose: from a mask to whole patterns."""
    exact, classes = {}, {}
    for name, hidden in masks(len(true)):
        proposal = propose(hidden)
        exact[name] = f1(true & hidden, proposal & hidden)
        classes[name] = f1(fold(true & hidden), fold(proposal & hidden))
    return exact, classes


def score_classes(
    true: np.ndarray, windows: np.ndarray, propose: Callable[[np.ndarray], np.ndarray]
) -> Scores:
    """F1 on 16 sixteenths of each class, hidden alone, over the hits of all bars that hold some;
    of WINDOWED of all windows that do, int (n, 2), the numbers of their bars. NaN where none does.
    propose: from a mask to whole patterns."""
    scores = {}
    for i, name in enumerate(CLASS_NAMES):
        hidden = np.zeros_like(true)
        hidden[..., VOICES_OF_CLASS[i]] = True
        struck = fold(true)[..., i]
        held = np.any(struck, axis=1)
        if name == WINDOWED:
            chosen = windows[np.any(held[windows], axis=1)]
            held = np.isin(np.arange(len(true)), chosen)
        scores[name] = f1(struck[held], fold(propose(hidden))[held][..., i])
    return scores


def windows_of(bars: Dataset) -> np.ndarray:
    """Numbers of bars that follow one another, int64 (n, 2), each bar in one pair at most."""
    first = np.arange(len(bars) - 1)
    follows = following_bars(bars.file_index, bars.number)[:-1] == first + 1
    first = first[follows & (bars.number[:-1] % 2 == 0)]
    return np.stack([first, first + 1], 1)


def proposed(vae: Vae, bars: Dataset, hidden: np.ndarray, alone: bool = False) -> np.ndarray:
    """What `Vae.complete` strikes where something is hidden; alone: as for `Vae.propose`."""
    parts = []
    for start in range(0, len(bars), BATCH):
        part = slice(start, start + BATCH)
        parts.append(vae.propose(*bars.grids(part), hidden[part], alone=alone)[1] > 0)
    return np.concatenate(parts)


def from_nearest(true: np.ndarray, training: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """For each bar the training pattern that is most similar, by F1, in what is not hidden."""
    proposal = np.zeros_like(true)
    kinds, kind = np.unique(hidden, axis=0, return_inverse=True)
    for i, mask in enumerate(kinds):
        asked = kind == i
        index, _ = nearest(pack(true[asked] & ~mask), pack(training & ~mask))
        proposal[asked] = training[index]
    return proposal


def from_neighbours(true: np.ndarray, training: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """The likeliest of the hidden cells in the mean of the most similar training patterns, those
    that `Vae.complete` uses, too (`beatgen.latent.neighbours`), decided as there."""
    similar = most_similar(
        with_classes(true), known_with_classes(~hidden), pack(with_classes(training))
    )
    likely = struck_share(similar, training)
    return pattern_of_hidden(np.stack([1 - likely, likely], -1), hidden) > 0


def most_probable(training: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """One pattern for all bars with the same part hidden: the cells that have the best F1 there
    when they are proposed for every training bar."""
    proposal = np.zeros_like(hidden)
    kinds, kind = np.unique(hidden, axis=0, return_inverse=True)
    for i, mask in enumerate(kinds):
        often = np.where(mask, training.mean(0), 0).ravel()
        order = (-often).argsort(kind="stable")
        # F1 of the first k cells: 2 TP / (proposed + true), each the mean of a bar
        scores = 2 * often[order].cumsum() / (np.arange(1, often.size + 1) + often.sum())
        best = np.zeros(often.size, bool)
        best[order[: scores.argmax() + 1]] = True
        proposal[kind == i] = best.reshape(mask.shape)
    return proposal


def pattern(bars: Dataset) -> np.ndarray:
    """Which voices are struck in which sixteenth, bool (bars, 16, 22)."""
    return to_strikes(*bars.grids()).count > 0


def sections(
    networks: Sequence[Network], held_out: Dataset, training: Dataset, log: Log, effort: float = 1
) -> list[Section]:
    """Proposals for what is hidden: one table on 16 x 22, one on 16 x 9."""
    asked = held_out.take(sample(len(held_out), share_of(len(held_out), effort)))
    true, known = pattern(asked), pattern(training)
    rows = {
        "most probable": partial(most_probable, known),
        "nearest training bar": partial(from_nearest, true, known),
        f"{NEIGHBOURS} nearest training bars": partial(from_neighbours, true, known),
    }
    rows |= {each.name: partial(proposed, each.vae, asked) for each in bar_networks(networks)}
    for each in bar_networks(networks):
        rows[f"{each.name}, network alone"] = partial(proposed, each.vae, asked, alone=True)
    windows = windows_of(asked)
    exact: Lines = {}
    classes: Lines = {}
    single: Lines = {}
    for name, propose in rows.items():
        log(f"completion: {name}")
        exact[name], classes[name] = score(true, propose)
        single[name] = score_classes(true, windows, propose)
    note = (
        f"{len(true):,} bars, one voice group hidden at a time, or one beat of all voices, drawn: "
        "F1 of the hidden hits on {grid}. Most probable: the same hits for every bar, those that "
        "do best on the training bars. Nearest training bars: the most similar in what is not "
        "hidden; of 32 the mean, with which our network averages its own prediction where an "
        "atlas lies beside it."
    )
    columns = {kind: (kind, ".3f") for kind in KINDS}
    return [
        Section("completion", "Completion", note.format(grid="16 x 22"), columns, exact),
        Section(
            "completion-folded",
            "Completion, nine classes",
            note.format(grid="16 x 9"),
            columns,
            classes,
        ),
        Section(
            "completion-classes",
            "Completion, one class",
            "One class hidden, everything else known: F1 on 16 sixteenths in the bars that hold "
            "it, of closed hats in the windows of two bars that do.",
            {name: (name, ".3f") for name in CLASS_NAMES},
            single,
        ),
    ]


COMPLETION = Measure(
    "completion", "how near proposals for hidden voices and beats come to what was played", sections
)
