"""Do generated bars sound like played ones?

Bars are compared as they come out of a MIDI file: velocities of 1 to 127 and timing in whole ticks
of 480 to the beat (`through_midi`), on both sides. Otherwise a classifier would know a network's
fine floats from a recorder's whole numbers, which nobody hears.

The bars of every held-out file are divided at random into two halves. Generated bars are compared
with the first half and made from the second, which is also compared as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from beatgen.bars.attributes import ATTRIBUTES, HATS, SNARE
from beatgen.bars.metrics import VOICES_OF_CLASS, folded
from beatgen.bars.nearest import nearest, pack
from beatgen.bars.strikes import ON_LINE, PLACES, Strikes, to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.reconstruct import BarNetwork, Network
from beatgen.evaluation.results import (
    Columns,
    Lines,
    Log,
    Measure,
    Section,
    TooFew,
    mean_of,
    sample,
    share_of,
)
from beatgen.groove import BEATS, SIXTEENTHS, STEPS, Groove, join
from beatgen.latent.blend import Blend
from beatgen.latent.prior import square_root
from beatgen.latent.vae import Vae
from beatgen.midi.events import TICKS

STEP_TICKS = TICKS * BEATS // STEPS
BINS = 20  # of an attribute's histogram
NEAR = 0.95  # F1 from which a bar is a near copy of another
NOT_STRUCK = -9.0  # offset where there is no hit: far from all that are
FOLDS = 4  # of the cross-validation
TREES = 100  # of the classifier

HALF = 600  # the most bars in a half
HALVINGS = 5  # random ones, each with generated bars of its own
AMOUNTS = (0.25, 0.5, 0.75)  # of `Vae.vary`
TAKE = 4  # bars varied together

COLUMNS: Columns = {
    "auc": ("AUC", ".3f"),
    "highest": ("highest", ".3f"),
    "frechet": ("Fréchet", ".2f"),
    "overlap": ("overlap", ".3f"),
    "copies": ("copies, %", ".1f"),
    "near_copies": ("copies and near copies, %", ".1f"),
}


class Bars(NamedTuple):
    """velocity 0 to 1 and timing in steps, float32 (n, 64, 22) each, as `Groove` has them."""

    velocity: np.ndarray
    timing: np.ndarray


def through_midi(bars: Bars) -> Bars:
    """Bars as they come back from a MIDI file: what `write_midi` writes and `read_midi` reads, but
    that a hit just half-way to the next step stays a tick before it, in its own cell."""
    struck = bars.velocity > 0
    velocity = np.where(struck, np.clip(np.rint(bars.velocity * 127), 1, 127) / 127, 0)
    low = np.full(STEPS, -STEP_TICKS // 2)
    high = np.full(STEPS, -(-STEP_TICKS // 2) - 1)
    low[0], high[-1] = -STEP_TICKS * PLACES // 2, STEP_TICKS - 1
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


# What is compared: all attributes with names, and two that say whether time is kept
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
    made: np.ndarray,
    real_groups: np.ndarray,
    made_groups: np.ndarray,
    seed: int = 0,
    trees: int = TREES,
) -> float:
    """How well a classifier separates the rows `made` from `real`: area under the ROC curve, .5 is
    not at all, 1 is always.

    A classifier two-sample test (Lopez-Paz & Oquab 2017) by gradient-boosted trees on `features`,
    cross-validated. Groups, int (n,), say which bars belong together, such as those of one file:
    they all stand on one side of each fold, or the trees would recognise a piece by its bars.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold

    x = np.concatenate([real, made])
    y = np.repeat([0, 1], [len(real), len(made)])
    groups = np.concatenate([real_groups, made_groups])
    classifier = HistGradientBoostingClassifier(max_iter=trees, random_state=seed)
    probability = np.zeros(len(y))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for training, testing in folds.split(x, y, groups):
        useful = _splittable(x[training], classifier.min_samples_leaf)
        classifier.fit(x[training][:, useful], y[training])
        probability[testing] = classifier.predict_proba(x[testing][:, useful])[:, 1]
    return float(roc_auc_score(y, probability))


def _splittable(x: np.ndarray, least: int) -> np.ndarray:
    """The columns of x (n, d) that a tree can split with at least so many rows on either side, bool
    (d,). In the others one value stands in nearly all rows, as in cells that are hardly ever
    struck: without them the trees are the same, and grown sooner. All, where there are none."""
    most = [np.unique(column, return_counts=True)[1].max() for column in x.T]
    found = len(x) - np.array(most) >= least
    return found if found.any() else ~found


def halves(groups: np.ndarray, seed: int = 0, most: int = HALF) -> tuple[np.ndarray, np.ndarray]:
    """Indices of two disjoint halves of at most `most` bars, each with half of the bars of every
    group (file).

    Halves by whole files would differ as the pieces do, and played bars would not look like played
    ones; these are both drawn from the same bars. An odd bar of a group goes to either in turn.
    """
    chosen = sample(len(groups), 2 * most, seed)
    order = np.random.default_rng(seed).permutation(len(chosen))
    order = chosen[order[groups[chosen][order].argsort(kind="stable")]]
    return np.sort(order[::2]), np.sort(order[1::2])


def overlap(real: np.ndarray, made: np.ndarray) -> float:
    """Overlapping area of the distributions of two samples, 0 to 1, 1 where they are the same:
    sum(min(p, q)) over 20 bins across both samples' range.

    As Yang & Lerch 2020, "On the evaluation of generative models in music", but of the histograms.

    >>> overlap(np.array([0.0, 1.0]), np.array([0.0, 0.0]))
    0.5
    """
    both = np.concatenate([real, made])
    edges = np.histogram_bin_edges(both, BINS)
    p, q = (np.histogram(values, edges)[0] / len(values) for values in (real, made))
    return float(np.minimum(p, q).sum())


def frechet(real: np.ndarray, made: np.ndarray) -> float:
    """Fréchet distance of two sets of rows (n, d), each taken as a normal distribution, in units
    of the real ones' standard deviation: |m - m'|^2 + tr(C + C' - 2 (C C')^(1/2)) (Heusel et al.
    2017)."""
    scale = real.std(0)
    scale = np.where(scale > 0, scale, 1)
    real, made = real / scale, made / scale
    a, b = np.cov(real.T), np.cov(made.T)
    root = square_root(a)
    trace = np.trace(a) + np.trace(b) - 2 * np.trace(square_root(root @ b @ root))
    return float(np.square(real.mean(0) - made.mean(0)).sum() + trace)


def copies(bars: Bars, training: np.ndarray) -> tuple[float, float]:
    """Share of bars whose pattern on 16 x 9 repeats that of a training bar, and of those that
    nearly do, F1 of .95 or more (the first are among them). training: `packed_patterns`."""
    _, f1 = nearest(packed_patterns(bars), training)
    return float((f1 == 1).mean()), float((f1 >= NEAR).mean())


def packed_patterns(bars: Bars) -> np.ndarray:
    """Folded patterns of bars as bits (`beatgen.bars.nearest.pack`)."""
    return pack(folded(*bars).reshape(-1, SIXTEENTHS * len(VOICES_OF_CLASS)))


def takes(vae: Vae, grooves: Sequence[Groove], amount: float, seed: int) -> Bars:
    """Takes of grooves of one bar; each four bars are varied as one groove, in one direction."""
    pieces = [join(grooves[i : i + TAKE]) for i in range(0, len(grooves), TAKE)]
    seeds = range(seed * len(grooves), (seed + 1) * len(grooves))
    return _joined([vae.vary(g, 1, amount, own)[0] for g, own in zip(pieces, seeds, strict=False)])


def blends(vae: Vae, grooves: Sequence[Groove], seed: int) -> Bars:
    """Each bar half-way to another, drawn; each stands for itself, for they do not follow one
    another."""
    others = np.random.default_rng(seed).permutation(len(grooves))
    a, b = join(grooves), join([grooves[i] for i in others])
    return _joined([Blend(vae.codec, vae.prior, a, b, loop=1).blend(0.5)])


def samples(vae: Vae, count: int, seed: int) -> Bars:
    """New bars from the prior."""
    return _joined(vae.sample(count, seed))


def generated(
    network: Network, source: Dataset, seed: int = 0
) -> Iterator[tuple[str, Bars, np.ndarray]]:
    """All that a network makes of the bars of `source`: what it is, the bars, and the group of
    each, int (n,): the file that it was made from, or a number below 0 of its own if it is new."""
    groups = source.file_index
    reconstruction = network.reconstruct(source)
    yield "reconstructions", Bars(reconstruction.velocity, reconstruction.timing), groups
    if isinstance(network, BarNetwork):
        vae = network.vae
        grooves = [source.groove(bar) for bar in range(len(source))]
        for amount in AMOUNTS:
            yield f"takes, vary {amount:g}", takes(vae, grooves, amount, seed), groups
        yield "half-way blends", blends(vae, grooves, seed), groups
        yield "prior samples", samples(vae, len(grooves), seed), -1 - np.arange(len(grooves))


def sections(
    networks: Sequence[Network],
    held_out: Dataset,
    training: Dataset,
    log: Log,
    effort: float = 1,
) -> list[Section]:
    """Generated bars beside held-out ones: one table of all measures, one of the overlap of each
    attribute. Raises TooFew for bars of fewer than four files on any side."""
    known = packed_patterns(Bars(*training.grids()))
    halvings, most = share_of(HALVINGS, effort), share_of(HALF, effort)
    tables = []
    for seed in range(halvings):
        heading = f"realism, halving {seed + 1} of {halvings}"
        first, second = (held_out.take(half) for half in halves(held_out.file_index, seed, most))
        trained_on = training.take(sample(len(training), most, seed))
        if min(len(np.unique(side.file_index)) for side in (first, second, trained_on)) < FOLDS:
            raise TooFew(f"bars of {FOLDS} files to train on and in both held-out halves")
        comparison = _Comparison(first, known, share_of(TREES, effort))
        log(f"{heading}: played bars")
        comparison.add("held-out bars, as played", Bars(*second.grids()), second.file_index)
        comparison.add(
            "training bars, as played",
            Bars(*trained_on.grids()),
            trained_on.file_index,
            count_copies=False,
        )
        for network in networks:
            for kind, bars, groups in generated(network, second, seed):
                log(f"{heading}: {network.name}: {kind}")
                comparison.add(f"{network.name}: {kind}", bars, groups)
        tables.append(comparison)
    lines = mean_of([table.lines for table in tables])
    for name, scores in lines.items():
        scores["highest"] = max(table.lines[name]["auc"] for table in tables)
    size = min(most, len(held_out) // 2)
    times = "one random halving" if halvings == 1 else f"means of {halvings} random halvings"
    note = (
        f"{size:,} held-out bars against {size:,} others of the same files, as they come out of a "
        f"MIDI file; {times}. AUC of a classifier that separates the two, .5 is perfect, and the "
        f"highest of these; Fréchet distance and mean overlapping area of {len(COMPARED)} "
        "attributes; copies of training bars on 16 x 9. Training bars are as near as a perfect "
        "prior comes."
    )
    overlaps = mean_of([table.overlaps for table in tables])
    columns = {name: (name, ".2f") for name in COMPARED}
    about = "Overlapping area of each attribute's histograms, generated and held-out bars."
    return [
        Section("realism", "Realism of generated bars", note, COLUMNS, lines),
        Section("overlap", "Overlap", about, columns, overlaps),
    ]


REALISM = Measure(
    "realism",
    "how near generated bars come to played ones, and how many are copies",
    sections,
)


class _Comparison:
    """Sets of bars compared with the same played bars: `lines` has all measures of each set,
    `overlaps` the overlapping area of each attribute."""

    def __init__(self, real: Dataset, known: np.ndarray, trees: int) -> None:
        bars = Bars(*real.grids())
        self._features, self._attributes = features(bars), compared(bars)
        self._groups, self._known, self._trees = real.file_index, known, trees
        self.lines: Lines = {}
        self.overlaps: Lines = {}

    def add(self, name: str, bars: Bars, groups: np.ndarray, count_copies: bool = True) -> None:
        """Measure a set of bars; groups: of each, as for `auc`."""
        attributes = compared(bars)
        pairs = zip(self._attributes.T, attributes.T, strict=True)
        areas = [overlap(real, made) for real, made in pairs]
        copied, near = copies(bars, self._known) if count_copies else (np.nan, np.nan)
        made = features(bars)
        self.lines[name] = {
            "auc": auc(self._features, made, self._groups, groups, trees=self._trees),
            "frechet": frechet(self._attributes, attributes),
            "overlap": float(np.mean(areas)),
            "copies": 100 * copied,
            "near_copies": 100 * near,
        }
        self.overlaps[name] = dict(zip(COMPARED, areas, strict=True))


def _joined(grooves: Sequence[Groove]) -> Bars:
    whole = join(grooves)
    return Bars(whole.velocity, whole.timing)
