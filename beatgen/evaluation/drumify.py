"""Drumify: bars are tapped by one stroke for each sixteenth. How near do the drums made of that
come to those that were played?

A window is two bars: of each file that was recorded as a beat ("_beat_" in its name; of all, where
none is), the bars that sound, in order, two at a time; an odd last one is left out. Of GMD's
validation files these are 1,024. Its tap is the loudest hit of each sixteenth, of all voices, with
its velocity and its offset from the sixteenth's line; the two bars repeat as a loop.

What is compared are hits on 32 sixteenths x 9 classes, the loudest of each cell: F1 over all cells
of all windows; where a cell is struck in both, the mean absolute errors of velocity, in MIDI's 127,
and of the offset, in milliseconds at the file's tempo. A groove is tapped and compared as
`beatgen.bars.strikes` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from beatgen.bars.metrics import f1
from beatgen.bars.strikes import to_strikes
from beatgen.bars.taps import Drums, Tap, drums_of, tap_of
from beatgen.data.dataset import Dataset
from beatgen.evaluation.reconstruct import Network, bar_networks
from beatgen.evaluation.results import (
    Columns,
    Lines,
    Log,
    Measure,
    Scores,
    Section,
    TooFew,
    sample,
    share_of,
)
from beatgen.groove import BEATS, SIXTEENTHS
from beatgen.latent.drumify import CARD, Drummer, as_tapped, decide, tap_vote
from beatgen.latent.vae import Vae

BARS = 2  # of a window
EVEN_LEVEL = 100 / 127  # of a tap without accents
COLUMNS: Columns = {
    "f1": ("hit F1", ".3f"),
    "precision": ("precision", ".3f"),
    "recall": ("recall", ".3f"),
    "velocity": ("velocity MAE", ".1f"),
    "timing": ("timing MAE, ms", ".1f"),
}
# GrooveTransformer's public weights on as many windows of these files, measured beside this project
OTHERS: Lines = {"GrooveTransformer": {"f1": 0.583, "velocity": 23.6, "timing": 14.1}}
VOTES = 0.4  # share of the votes from which the neighbours strike; theirs that does best


class Found(NamedTuple):
    """Drums as they are compared: struck, bool; velocity, 0 to 1; offset, in sixteenths; (n, 16, 9)
    each."""

    struck: np.ndarray
    velocity: np.ndarray
    offset: np.ndarray


@dataclass(frozen=True)
class Windows:
    """2 n bars, two in a row a window: what was played, its tap, the tempo of each bar in BPM, and
    its style."""

    drums: Drums
    tap: Tap
    tempo: np.ndarray
    styles: np.ndarray

    @property
    def struck(self) -> np.ndarray:
        return self.drums.velocity > 0


def windows(dataset: Dataset, most: int | None = None) -> Windows:
    """All windows of a data set, or a sample of them. Raises TooFew where there is none."""
    beats = np.char.find(dataset.files, "_beat_")[dataset.file_index] >= 0
    chosen = np.flatnonzero(beats | ~beats.any())
    pairs: list[np.ndarray] = []
    for file in np.unique(dataset.file_index[chosen]):
        bars = chosen[dataset.file_index[chosen] == file]
        pairs.append(bars[: len(bars) // BARS * BARS].reshape(-1, BARS))
    rows = np.concatenate([np.zeros((0, BARS), int), *pairs])
    if not len(rows):
        raise TooFew("files of two bars, played as beats")
    if most is not None:
        rows = rows[sample(len(rows), most)]
    bars = dataset.take(rows.reshape(-1))
    drums = drums_of(to_strikes(*bars.grids(), BARS))
    styles = np.char.partition(dataset.styles, "/")[:, 0]
    return Windows(drums, tap_of(drums), dataset.tempo[bars.file_index], styles[bars.file_index])


def score(true: Windows, found: Found) -> Scores:
    """All measures of one way."""
    both = true.struck & found.struck
    ms = 60_000 / true.tempo * BEATS / SIXTEENTHS
    late = np.abs(found.offset - true.drums.offset) * ms[:, None, None]
    loud = 127 * np.abs(found.velocity - true.drums.velocity)
    return {
        "f1": f1(true.struck, found.struck),
        "precision": both.sum() / max(1, found.struck.sum()),
        "recall": both.sum() / max(1, true.struck.sum()),
        "velocity": float(loud[both].mean(dtype=np.float64)),
        "timing": float(late[both].mean(dtype=np.float64)),
    }


def neighbours(training: Dataset, accents: bool) -> Callable[[Windows], Found]:
    """The classes that most of the 32 training bars strike whose taps are most alike, by rhythm
    alone or by accents and timing, too; as loud and as late as the tap."""
    drums = drums_of(to_strikes(*training.grids()))
    known = tap_of(drums)

    def find(asked: Windows) -> Found:
        tap = asked.tap if accents else plain(asked.tap)
        votes = tap_vote(tap, known, drums.velocity > 0)
        struck = decide(votes, tap.struck, VOTES)
        shape = votes.shape
        return Found(struck, *(np.broadcast_to(part[..., None], shape) for part in asked.tap))

    return find


class Likely(NamedTuple):
    """What is predicted for the windows: probability of a hit, velocity and offset, (n, 16, 9)."""

    hits: np.ndarray
    velocity: np.ndarray
    offset: np.ndarray

    def found(self, struck: np.ndarray) -> Found:
        """The drums, where it is decided what is struck."""
        return Found(struck, self.velocity, self.offset)


def predicted(drummer: Drummer, asked: Windows, tap: Tap, styled: bool = False) -> Likely:
    """What is predicted for taps of the windows. styled: with each window's own style."""
    parts, order = [], []
    for style in np.unique(asked.styles) if styled else [None]:
        rows = np.flatnonzero((asked.styles == style) | (style is None))
        known = drummer.style(style) if style in drummer.styles else -1
        of_rows = Tap(*(part[rows] for part in tap))
        hits, _, velocity, offset = drummer.predict(of_rows, asked.tempo[rows], known, BARS)
        parts.append((hits, velocity, offset))
        order.append(rows)
    back = np.concatenate(order).argsort()
    return Likely(*(np.concatenate(part)[back] for part in zip(*parts, strict=True)))


def drumified(drummer: Drummer, asked: Windows, tap: Tap, styled: bool = False) -> Found:
    """What `Vae.drumify` makes of taps of the windows, before it is put on the grid."""
    likely = predicted(drummer, asked, tap, styled)
    struck = decide(likely.hits, tap.struck, drummer.threshold)
    return Found(struck, likely.velocity, as_tapped(struck, likely.velocity, likely.offset, tap))


def plain(tap: Tap) -> Tap:
    """The same rhythm, all equally loud and on the lines."""
    return Tap(np.where(tap.struck, EVEN_LEVEL, 0).astype(np.float32), np.zeros_like(tap.offset))


def drummer_of(vae: Vae) -> Drummer | None:
    """What makes drums of a tapped rhythm with these weights; None where they have none."""
    return vae.drummer if (vae.codec.network.folder / CARD).is_file() else None


def sections(
    networks: Sequence[Network], held_out: Dataset, training: Dataset, log: Log, effort: float = 1
) -> list[Section]:
    """Drums for the taps of the windows, beside the neighbours' and another network's."""
    asked = windows(held_out, share_of(len(held_out) // BARS, effort))
    lines: Lines = dict(OTHERS)
    for name, accents in (("rhythm", False), ("rhythm, accents and timing", True)):
        log(f"drumify: nearest training bars by {name}")
        lines[f"32 nearest training bars, by {name}"] = score(
            asked, neighbours(training, accents)(asked)
        )
    for each in bar_networks(networks):
        drummer = drummer_of(each.vae)
        if drummer is None:
            continue
        log(f"drumify: {each.name}")
        ways = {
            "": drumified(drummer, asked, asked.tap),
            ", style given": drumified(drummer, asked, asked.tap, styled=True),
            ", no accents, on the lines": drumified(drummer, asked, plain(asked.tap)),
        }
        lines |= {each.name + how: score(asked, found) for how, found in ways.items()}
    note = (
        f"{len(asked.tempo) // BARS:,} windows of two bars of beats, tapped by the loudest hit of "
        "each sixteenth: hits on 32 x 9, velocity (of 127) and timing where both strike. The row "
        "of GrooveTransformer is of its public weights, on 1,024 windows of these files; it was "
        "measured beside this project and is not run here."
    )
    return [Section("drumify", "Drumify", note, COLUMNS, lines)]


DRUMIFY = Measure(
    "drumify", "how near the drums made of a tapped rhythm come to those that were played", sections
)
