"""Do generated bars sound like played ones? Pure measures on two sets of bars.

Bars are compared as they come out of a MIDI file: velocities of 1 to 127 and timing in whole ticks
of 480 to the beat (`through_midi`), on both sides. Else a classifier would tell a network's fine
floats from a recorder's whole numbers, which nobody hears.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from beatgen.bars.attributes import ATTRIBUTES, HATS, SNARE
from beatgen.bars.metrics import VOICES_OF_CLASS, folded
from beatgen.bars.nearest import nearest, pack
from beatgen.bars.strikes import ON_LINE, PLACES, Strikes, to_strikes
from beatgen.groove import BEATS, SIXTEENTHS, STEPS
from beatgen.latent.prior import square_root
from beatgen.midi.events import TICKS

STEP_TICKS = TICKS * BEATS // STEPS
BINS = 20  # of an attribute's histogram
NEAR = 0.95  # F1 from which a bar is a near copy of another
NOT_STRUCK = -9.0  # offset where there is no hit: far from all that are
FOLDS = 4
TREES = 100


class Bars(NamedTuple):
    """velocity 0 to 1 and timing in steps, float32 (n, 64, 22) each, as `Groove` has them."""

    velocity: np.ndarray
    timing: np.ndarray


def through_midi(bars: Bars) -> Bars:
    """Bars as they come back from a MIDI file: what `write_midi` writes and `read_midi` reads."""
    struck = bars.velocity > 0
    velocity = np.where(struck, np.clip(np.rint(bars.velocity * 127), 1, 127) / 127, 0)
    low = np.full(STEPS, -STEP_TICKS // 2)
    high = np.full(STEPS, -(-STEP_TICKS // 2) - 1)
    low[0], high[-1] = 1 - STEP_TICKS * PLACES // 2, STEP_TICKS - 1
    ticks = np.clip(np.rint(bars.timing * STEP_TICKS), low[:, None], high[:, None])
    timing = np.where(struck, ticks / STEP_TICKS, 0)
    return Bars(velocity.astype(np.float32), timing.astype(np.float32))


def backbeat(strikes: Strikes) -> np.ndarray:
    """Share of the second and fourth beat that have a snare on them, 0 to 1, float64 (n,)."""
    snare = strikes.count[:, :, SNARE].sum(2) > 0
    return snare[:, [4, 12]].mean(1)


def hat_hits(strikes: Strikes) -> np.ndarray:
    """Hits on the hi-hat, float64 (n,)."""
    return strikes.count[:, :, HATS].sum((1, 2)).astype(float)


# What is compared: all attributes with names, and two that tell whether time is kept
COMPARED = ATTRIBUTES | {"backbeat": backbeat, "hat hits": hat_hits}


def compared(bars: Bars) -> np.ndarray:
    """All of COMPARED, float64 (n, 12)."""
    strikes = to_strikes(*through_midi(bars))
    return np.stack([measure(strikes) for measure in COMPARED.values()], -1)


def features(bars: Bars) -> np.ndarray:
    """What the classifier sees of each bar, float32 (n, 3 x 16 x 9 + 12).

    For each sixteenth and class: struck or not, velocity of the loudest strike, its distance from
    the line in steps; then COMPARED.
    """
    velocity, offset = loudest(to_strikes(*through_midi(bars)))
    offset = np.where(velocity > 0, offset, NOT_STRUCK)
    cells = np.stack([velocity > 0, velocity, offset], 1).reshape(len(velocity), -1)
    return np.concatenate([cells, compared(bars)], 1).astype(np.float32)


def loudest(strikes: Strikes) -> tuple[np.ndarray, np.ndarray]:
    """The loudest strike of each sixteenth and class: its velocity, 0 where there is none, and its
    distance from the line in steps; float32 (n, 16, 9) each."""
    places = np.arange(PLACES, dtype=np.float32) - ON_LINE
    velocity, offset = [], []
    for voices in VOICES_OF_CLASS:
        loud = strikes.velocity[:, :, voices].reshape(*strikes.velocity.shape[:2], -1)
        late = (strikes.timing[:, :, voices] + places).reshape(loud.shape)
        chosen = loud.argmax(-1)[..., None]
        velocity.append(np.take_along_axis(loud, chosen, -1)[..., 0])
        offset.append(np.take_along_axis(late, chosen, -1)[..., 0])
    return np.stack(velocity, -1), np.where(np.stack(velocity, -1) > 0, np.stack(offset, -1), 0)


def auc(
    real: np.ndarray,
    told: np.ndarray,
    real_groups: np.ndarray,
    told_groups: np.ndarray,
    seed: int = 0,
) -> float:
    """How well a classifier tells `told` from `real`: area under the ROC curve, .5 is not at all.

    A classifier two-sample test (Lopez-Paz & Oquab 2017) by gradient-boosted trees on `features`,
    cross-validated. Groups say which bars belong together, such as those of one file: they are
    never divided between training and testing, or the trees would know a piece again by its bars.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold

    x = np.concatenate([real, told])
    y = np.repeat([0, 1], [len(real), len(told)])
    groups = np.concatenate([real_groups, told_groups])
    trees = HistGradientBoostingClassifier(max_iter=TREES, random_state=seed)
    probability = np.zeros(len(y))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for training, testing in folds.split(x, y, groups):
        trees.fit(x[training], y[training])
        probability[testing] = trees.predict_proba(x[testing])[:, 1]
    return float(roc_auc_score(y, probability))


def halves(groups: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Indices of two disjoint halves, each with half of the bars of every group (file).

    Halves by whole files would differ as the pieces do, and real would not look like real; so
    dealt, both are draws from the same bars. An odd bar of a group goes to either in turn.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(groups))
    order = order[groups[order].argsort(kind="stable")]
    return np.sort(order[::2]), np.sort(order[1::2])


def overlap(real: np.ndarray, told: np.ndarray) -> float:
    """Overlapping area of the distributions of two samples, 0 to 1, 1 where they are the same:
    sum(min(p, q)) over 20 bins across both samples' range.

    As Yang & Lerch 2020, "On the evaluation of generative models in music", but of the histograms.
    """
    both = np.concatenate([real, told])
    edges = np.histogram_bin_edges(both, BINS)
    p, q = (np.histogram(values, edges)[0] / len(values) for values in (real, told))
    return float(np.minimum(p, q).sum())


def frechet(real: np.ndarray, told: np.ndarray) -> float:
    """Fréchet distance of two sets of rows (n, d), each taken as a normal distribution, in units
    of the real ones' standard deviation: |m - m'|^2 + tr(C + C' - 2 (C C')^(1/2)) (Heusel et al.
    2017)."""
    scale = real.std(0)
    scale = np.where(scale > 0, scale, 1)
    real, told = real / scale, told / scale
    a, b = np.cov(real.T), np.cov(told.T)
    root = square_root(a)
    trace = np.trace(a) + np.trace(b) - 2 * np.trace(square_root(root @ b @ root))
    return float(np.square(real.mean(0) - told.mean(0)).sum() + trace)


def copies(bars: Bars, training: np.ndarray) -> tuple[float, float]:
    """Share of bars whose pattern on 16 x 9 repeats that of a training bar, and of those that
    nearly do, F1 of .95 or more (the first are among them). training: `packed_patterns`."""
    _, f1 = nearest(packed_patterns(bars), training)
    return float((f1 == 1).mean()), float((f1 >= NEAR).mean())


def packed_patterns(bars: Bars) -> np.ndarray:
    """Folded patterns of bars as bits (`beatgen.bars.nearest.pack`)."""
    return pack(folded(*bars).reshape(-1, SIXTEENTHS * len(VOICES_OF_CLASS)))
