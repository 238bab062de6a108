"""What networks generate, measured against held-out bars: sections of an evaluation.

How like played bars it is (`beatgen.evaluation.realism`), how smooth the way between two bars
(`smoothness`), what a turn along a direction does (`direction_effects`), what feel a plain pattern
gets (`humanization`), and how a beat that is partly hidden is finished (`completion`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from beatgen.data.dataset import Dataset
from beatgen.evaluation import completion, humanizers
from beatgen.evaluation import direction_effects as turning
from beatgen.evaluation import humanization as humanize
from beatgen.evaluation import realism as likeness
from beatgen.evaluation.realism import Bars
from beatgen.evaluation.reconstruct import BarNetwork, ReportNetwork
from beatgen.evaluation.section import Section
from beatgen.evaluation.smoothness import FRAMES, Walk, even, means, walk
from beatgen.groove import Groove, join
from beatgen.latent.vae import Vae

Network = BarNetwork | ReportNetwork
Named = Sequence[tuple[str, Vae]]  # our networks, by their rows' names
Tell = Callable[[str], None]
Lines = dict[str, dict[str, float]]

PARTS = ("likeness", "walk", "directions", "humanize", "complete")
AMOUNTS = (0.25, 0.5, 0.75)  # of `vary`
MOST = 600  # bars on each side
DEALS = 5  # of the bars to the sides, each with draws of its own
TAKE = 4  # bars varied together
PAIRS = 50  # walks
SPREADS = (0.0, 0.25, 0.5, 0.75, 1.0)  # of `humanize`
SEED = 0


def sections(
    networks: Sequence[Network],
    held_out: Dataset,
    training: Dataset,
    parts: Collection[str],
    told: Tell,
) -> Iterator[Section]:
    """The tables of `parts`, of PARTS, for these networks; none where there is no network. What
    the data are too few for is left out, and told."""
    if not networks:
        return
    vaes = [(each.name, each.vae) for each in networks if isinstance(each, BarNetwork)]
    if "likeness" in parts:
        with _leaving_out("likeness", told):
            yield from likeness_sections(networks, held_out, training, told)
    if "walk" in parts:
        with _leaving_out("walk", told):
            yield walk_section(vaes, held_out, told)
    if "directions" in parts and vaes:
        told("directions")
        yield turning.section(vaes, held_out, training)
    if "humanize" in parts:
        with _leaving_out("humanize", told):
            yield humanize_section(vaes, held_out, training, told)
    if "complete" in parts:
        yield from completion.sections(vaes, held_out, training, told)


class TooFew(Exception):
    """The data are too few for a section; says what it needs."""


@contextmanager
def _leaving_out(part: str, told: Tell) -> Iterator[None]:
    try:
        yield
    except TooFew as needed:
        told(f"{part}: left out; it needs {needed}")


def likeness_sections(
    networks: Sequence[Network], held_out: Dataset, training: Dataset, told: Tell
) -> list[Section]:
    """Generated bars against held-out ones: one table for all of it, one for each attribute.

    The bars of every held-out file are dealt to two halves. One is what generated bars are
    compared with; the other is what they are made from, and stands in the first line as it is.
    """
    known = likeness.packed_patterns(Bars(*training.grids()))
    deals = [_deal(networks, held_out, training, known, deal, told) for deal in range(DEALS)]
    lines = _mean([scores for scores, _ in deals])
    for name, scores in lines.items():
        scores["highest"] = max(each[name]["auc"] for each, _ in deals)
    bars = min(MOST, len(held_out) // 2)
    note = (
        f"{bars:,} held-out bars against {bars:,} others of the same files, as they come out of a "
        f"MIDI file; means of {DEALS} dealings. AUC of a classifier that tells them apart, .5 is "
        "perfect, and the highest of these; Fréchet distance and mean overlapping area of "
        f"{len(likeness.COMPARED)} attributes; copies of training bars on 16 x 9. Training bars "
        "are as near as a perfect prior comes."
    )
    columns = {
        "auc": ("AUC", ".3f"),
        "highest": ("highest", ".3f"),
        "frechet": ("Fréchet", ".2f"),
        "overlap": ("overlap", ".3f"),
        "copies": ("copies, %", ".1f"),
        "near_copies": ("copies and near copies, %", ".1f"),
    }
    each = {name: (name, ".2f") for name in likeness.COMPARED}
    shares = _mean([of_deal for _, of_deal in deals])
    return [
        Section("likeness", "Likeness to played bars", note, columns, lines),
        Section("overlap", "Overlap", "Overlapping area of each attribute.", each, shares),
    ]


def _deal(
    networks: Sequence[Network],
    held_out: Dataset,
    training: Dataset,
    known: np.ndarray,
    deal: int,
    told: Tell,
) -> tuple[Lines, Lines]:
    """One dealing: all that is measured, and the overlaps, line by line."""
    reference, source = (held_out.take(half) for half in dealt(held_out.file_index, deal))
    trained_on = training.take(_some(len(training), MOST, deal))
    sides = (reference, source, trained_on)
    if min(len(np.unique(side.file_index)) for side in sides) < likeness.FOLDS:
        raise TooFew(f"bars of {likeness.FOLDS} files to train on and on both held-out halves")
    real = Bars(*reference.grids())
    real_features, real_attributes = likeness.features(real), likeness.compared(real)
    lines: Lines = {}
    shares: Lines = {}

    def measure(name: str, bars: Bars, groups: np.ndarray, compare: bool = True) -> None:
        told(f"likeness, dealing {deal + 1} of {DEALS}: {name}")
        attributes = likeness.compared(bars)
        areas = [
            likeness.overlap(*pair) for pair in zip(real_attributes.T, attributes.T, strict=True)
        ]
        copied, near = likeness.copies(bars, known) if compare else (np.nan, np.nan)
        features = likeness.features(bars)
        lines[name] = {
            "auc": likeness.auc(real_features, features, reference.file_index, groups),
            "frechet": likeness.frechet(real_attributes, attributes),
            "overlap": float(np.mean(areas)),
            "copies": 100 * copied,
            "near_copies": 100 * near,
        }
        shares[name] = dict(zip(likeness.COMPARED, areas, strict=True))

    measure("held-out bars, as played", Bars(*source.grids()), source.file_index)
    measure(
        "training bars, as played", Bars(*trained_on.grids()), trained_on.file_index, compare=False
    )
    for network in networks:
        for kind, bars, groups in generated(network, source, deal):
            measure(f"{network.name}: {kind}", bars, groups)
    return lines, shares


def generated(
    network: Network, source: Dataset, seed: int = 0
) -> Iterator[tuple[str, Bars, np.ndarray]]:
    """All that a network makes: what it is, the bars, and for each its group, the file that it
    was made from; bars made from none are groups of their own."""
    groups = source.file_index
    reconstruction = network.reconstruct(source)
    yield "reconstructions", Bars(reconstruction.velocity, reconstruction.timing), groups
    if isinstance(network, BarNetwork):
        vae = network.vae
        grooves = [source.groove(bar) for bar in range(len(source))]
        for amount in AMOUNTS:
            yield f"takes, vary {amount:g}", takes(vae, grooves, amount, seed), groups
        yield "half-way blends", blends(vae, grooves, seed), groups
        fresh = -1 - np.arange(len(grooves))
        yield "prior samples", _joined(vae.sample(len(grooves), seed)), fresh


def walk_section(vaes: Named, held_out: Dataset, told: Tell) -> Section:
    """Walks of a hundred steps between pairs of held-out bars."""
    starts, ends = (
        np.random.default_rng(SEED + i).permutation(len(held_out))[:PAIRS] for i in range(2)
    )
    pairs = [
        (held_out.groove(int(a)), held_out.groove(int(b)))
        for a, b in zip(starts, ends, strict=True)
    ]
    cuts = [_walk([a] * (FRAMES // 2) + [b] * (FRAMES - FRAMES // 2)) for a, b in pairs]
    if not any(cut.apart for cut in cuts):
        raise TooFew("held-out bars that differ")
    lines = {
        "a cut half-way": means(cuts),
        "evenly spread": means([even(cut.apart) for cut in cuts]),
    }
    for name, vae in vaes:
        told(f"walks: {name}")
        lines[name] = means([_walk(vae.blend_path(a, b, FRAMES)) for a, b in pairs])
    note = (
        f"{len(pairs)} walks from one held-out bar to another in {FRAMES - 1} steps; note changes "
        "are strikes that come or go. Detour: changes for each that the ends ask for. Dead zone: "
        "longest run of steps without a change. Jump: largest change in one step, share of all."
    )
    columns = {
        "changes": ("note changes a step", ".2f"),
        "detour": ("detour", ".2f"),
        "dead_zone": ("dead zone, steps", ".1f"),
        "worst_dead_zone": ("the longest", ".0f"),
        "jump": ("jump", ".3f"),
        "worst_jump": ("the largest", ".3f"),
    }
    return Section("walk", "A walk between two bars", note, columns, lines)


def humanize_section(vaes: Named, held_out: Dataset, training: Dataset, told: Tell) -> Section:
    """Feel for plain patterns, beside the published rows."""
    known, asked = humanize.windows(training), humanize.windows(held_out)
    if not (len(known) and len(asked)):
        raise TooFew("files of two bars in a row, to train on and held out")
    rows: list[humanize.Humanizer] = [
        humanizers.Quantized(known),
        humanizers.LinearRegression(known),
        humanizers.NearestWindow(known),
    ]
    for name, vae in vaes:
        rows += [humanizers.LearnedFeel(vae, name, spread) for spread in SPREADS]
        rows.append(humanizers.GrooveTransfer(vae, name))
    lines = {f"{name} (Gillick et al.)": row for name, row in humanize.PUBLISHED.items()}
    for row in rows:
        told(f"humanize: {row.name}")
        lines[row.name] = humanize.score(asked, row.humanize(asked))
    lines["hits of the training files"] = humanize.apart(asked, known)
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
    columns = {
        "timing_mae": ("timing MAE, ms", ".2f"),
        "timing_mse": ("timing MSE, sixteenths²", ".3f"),
        "timing_cell_kl": ("timing KL, cells", ".2f"),
        "velocity_cell_kl": ("velocity KL, cells", ".2f"),
        "timing_kl": ("timing KL, all hits", ".2f"),
        "velocity_kl": ("velocity KL, all hits", ".2f"),
        "velocity_mae": ("velocity MAE", ".1f"),
    }
    return Section("humanize", "Humanization", note, columns, lines)


def dealt(groups: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`likeness.halves` of at most MOST bars each."""
    some = _some(len(groups), 2 * MOST, seed)
    first, second = likeness.halves(groups[some], seed)
    return some[first], some[second]


def takes(vae: Vae, grooves: Sequence[Groove], amount: float, seed: int) -> Bars:
    """Takes around grooves of a few bars; all bars of a take move the same way."""
    pieces = [join(grooves[i : i + TAKE]) for i in range(0, len(grooves), TAKE)]
    seeds = range(seed * len(grooves), (seed + 1) * len(grooves))
    return _joined([vae.vary(g, 1, amount, own)[0] for g, own in zip(pieces, seeds, strict=False)])


def blends(vae: Vae, grooves: Sequence[Groove], seed: int) -> Bars:
    """Each bar with another, drawn; each for itself, for they do not follow one another."""
    others = np.random.default_rng(seed).permutation(len(grooves))
    return _joined([vae.blend(a, grooves[i], 0.5) for a, i in zip(grooves, others, strict=True)])


def _some(count: int, most: int, seed: int) -> np.ndarray:
    """Sorted indices of some of `count` things, all of them where there are no more than `most`."""
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])


def _mean(tables: Sequence[Lines]) -> Lines:
    """Cell by cell."""
    return {
        name: {key: float(np.mean([table[name][key] for table in tables])) for key in scores}
        for name, scores in tables[0].items()
    }


def _joined(grooves: Sequence[Groove]) -> Bars:
    whole = join(grooves)
    return Bars(whole.velocity, whole.timing)


def _walk(frames: Sequence[Groove]) -> Walk:
    return walk(*_joined(frames))
