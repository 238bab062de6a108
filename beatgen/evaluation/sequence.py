"""Which bar follows: how likely the played next bar is, and what songs become where one bar after
the other is drawn.

A bar is predicted from up to sixteen bars before it. Its likelihood is that of a draw of its
posterior, standardized as the training bars' z are, in nats: a bar itself is only known as exactly
as the encoder knows it. The baselines are points; around each stands a mixture of four normal
distributions of different widths, fitted on training bars.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from beatgen.bars.attributes import density, loudness
from beatgen.bars.metrics import f1, fold
from beatgen.bars.strikes import to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.fills import SURE, Fills
from beatgen.evaluation.realism import FOLDS, TREES, Bars, auc, features, overlap
from beatgen.evaluation.reconstruct import BarNetwork, Network
from beatgen.evaluation.results import Columns, Log, Measure, Section, TooFew, share_of
from beatgen.latent.decide import pattern_of
from beatgen.latent.sequence import UNKNOWN, Mixture, before, style_index, wanted
from beatgen.latent.vae import Vae

GIVEN = 4  # bars that a roll-out begins after
ROLLED = 16  # bars of a roll-out
LAGS = range(1, 9)  # bars apart that are compared for self-similarity
WINDOW = 4  # bars that the classifier sees together
ON_FILL = (4, 8, 16)  # bars of a phrase on which fills are counted
WIDTHS = 4  # of a baseline's mixture
ROUNDS = 12  # of fitting it
MOST = 400  # stretches, played and made
SEEDS = 3  # each with roll-outs of its own

COLUMNS: Columns = {
    "nats": ("log-likelihood, nats", ".1f"),
    "f1": ("hit F1, 16 x 22", ".3f"),
    "folded": ("hit F1, 16 x 9", ".3f"),
    "similar": ("self-similarity, overlap", ".2f"),
    "auc": ("AUC, four bars", ".3f"),
    "hits": ("hits in a bar, drift", "+.2f"),
    "loud": ("velocity, drift", "+.1f"),
    **{f"fill_{bar}": (f"fills on bar {bar}, %", ".0f") for bar in ON_FILL},
    "elsewhere": ("elsewhere, %", ".0f"),
}


class Pieces:
    """Bars of a data set in their order, and their z as a model has it.

    x: z_mean, standardized, (n, latent_dim). there: int (n,), how many bars stand before each
    without a gap. fills: bool (n,). struck: bool (n, 16, 22).
    """

    def __init__(self, vae: Vae, dataset: Dataset, fills: Fills) -> None:
        self.dataset = dataset
        velocity, timing = dataset.grids()
        center, scale = vae.standard
        mean, log_var = vae.encode_bars(velocity, timing)
        self.x = ((mean - center) / scale).astype(np.float32)
        self.deviation = (np.exp(log_var / 2) / scale).astype(np.float32)
        self.fills = fills.found(dataset)
        self.struck = to_strikes(velocity, timing).count > 0
        self.there = np.zeros(len(dataset), int)
        for i in range(1, len(dataset)):
            same = dataset.file_index[i] == dataset.file_index[i - 1]
            if same and dataset.number[i] == dataset.number[i - 1] + 1:
                self.there[i] = self.there[i - 1] + 1
        styles = [style_index(str(style)) for style in dataset.styles]
        self.style = np.array(styles)[dataset.file_index]

    def drawn(self, seed: int = 0) -> np.ndarray:
        """A draw of each bar's posterior, standardized."""
        noise = np.random.default_rng(seed).standard_normal(self.x.shape)
        return self.x + self.deviation * noise

    def starts(self, seed: int, most: int) -> np.ndarray:
        """Bars, in the order of the files, before which GIVEN bars and from which ROLLED bars
        stand in one piece, where a phrase of four begins."""
        at = np.flatnonzero(self.there >= GIVEN)
        end = at + ROLLED - 1
        inside = end < len(self.x)
        at, end = at[inside], end[inside]
        whole = self.there[end] - self.there[at] == ROLLED - 1
        at = at[whole & (self.dataset.number[at] % WINDOW == 0)]
        return np.sort(np.random.default_rng(seed).permutation(at)[:most])


class Follower:
    """A way to say which bar follows. Those below differ in `log_likelihood` and `point`."""

    name = ""

    def point(self, pieces: Pieces, at: np.ndarray) -> np.ndarray:
        """The bars that are expected at these places, standardized, (n, latent_dim)."""
        raise NotImplementedError

    def probability(self, vae: Vae, pieces: Pieces, at: np.ndarray) -> np.ndarray:
        """Probabilities of 0 to 4 strikes, (n, 16, 22, 5)."""
        return _counts(vae, self.point(pieces, at)[:, : vae.pattern_dim])

    def log_likelihood(self, pieces: Pieces, at: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def roll(self, pieces: Pieces, starts: np.ndarray, seed: int) -> np.ndarray:
        """ROLLED bars from each start on, standardized, (n, ROLLED, latent_dim)."""
        raise NotImplementedError


class Baseline(Follower):
    """A point, and around it how far training bars are from theirs."""

    def __init__(
        self, name: str, follow: Callable[[Pieces, np.ndarray, np.ndarray], np.ndarray]
    ) -> None:
        self.name, self._follow = name, follow

    def fit(self, training: Pieces) -> Baseline:
        at = np.flatnonzero(training.there > 0)
        self._widths = fit_widths(training.drawn()[at] - self.point(training, at))
        return self

    def point(self, pieces: Pieces, at: np.ndarray) -> np.ndarray:
        return self._follow(pieces, pieces.x[at - 1], at)

    def log_likelihood(self, pieces: Pieces, at: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        weight, spread = self._widths
        apart = (drawn[at] - self.point(pieces, at)).astype(np.float32)
        mean = np.zeros((1, len(weight), apart.shape[1]), np.float32)
        return Mixture(np.log(weight)[None], mean, np.log(spread)[None]).log_likelihood(apart)

    def roll(self, pieces: Pieces, starts: np.ndarray, seed: int) -> np.ndarray:
        rows, last = [], pieces.x[starts - 1]
        for _ in range(ROLLED):
            last = self._follow(pieces, last, starts)
            rows.append(last)
        return np.stack(rows, 1)


class Learned(Follower):
    """The network beside a model's weights."""

    def __init__(self, vae: Vae, name: str) -> None:
        self.vae, self.sequence, self.name = vae, vae.sequence, name

    def _seen(self, pieces: Pieces, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What the network is given of played bars; whether the next is a fill it is not."""
        memory = self.sequence.memory
        past = before(pieces.x, pieces.fills, at, pieces.there[at], memory)
        open_ = np.full(len(at), UNKNOWN)
        return *past, wanted(pieces.dataset.number[at], open_, pieces.style[at])

    def point(self, pieces: Pieces, at: np.ndarray) -> np.ndarray:
        raise NotImplementedError("the network's is a distribution")

    def probability(self, vae: Vae, pieces: Pieces, at: np.ndarray) -> np.ndarray:
        likely = self.sequence.patterns(*self._seen(pieces, at))
        weight = np.exp(likely.log_weight)
        return sum(
            weight[:, i, None, None, None] * _counts(vae, likely.mean[:, i])
            for i in range(weight.shape[1])
        )

    def log_likelihood(self, pieces: Pieces, at: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        p, seen = self.sequence.pattern_dim, self._seen(pieces, at)
        pattern = drawn[at, :p].astype(np.float32)
        of_pattern = self.sequence.patterns(*seen).log_likelihood(pattern)
        return of_pattern + self.sequence.feels(*seen, pattern).log_likelihood(drawn[at, p:])

    def roll(self, pieces: Pieces, starts: np.ndarray, seed: int) -> np.ndarray:
        rng, memory = np.random.default_rng(seed), self.sequence.memory
        history, known = before(pieces.x, pieces.fills, starts, pieces.there[starts], memory)
        rows = []
        for i in range(ROLLED):
            number = pieces.dataset.number[starts] + i
            # Where fills fall is drawn, too: a bar that is not asked to be one or none.
            asked = wanted(number, np.full(len(starts), UNKNOWN), pieces.style[starts])
            x = self.sequence.draw(history, known, asked, rng)
            rows.append(x)
            history = np.concatenate([history[:, 1:], x[:, None]], 1)
            new = np.stack([np.ones(len(x)), np.zeros(len(x))], -1)[:, None]
            known = np.concatenate([known[:, 1:], new], 1).astype(np.float32)
        return np.stack(rows, 1)


def fit_widths(errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A mixture of WIDTHS normal distributions around 0, fitted to errors (n, dim) by expectation
    and maximization: weights (WIDTHS,) and standard deviations (WIDTHS, dim)."""
    size = np.square(errors).mean(1)
    edges = np.quantile(size, np.linspace(0, 1, WIDTHS + 1)[1:-1])
    share = (np.searchsorted(edges, size)[:, None] == np.arange(WIDTHS)).astype(float)
    squared = np.square(errors, dtype=np.float32)
    for _ in range(ROUNDS):
        weight = np.maximum(share.mean(0), 1e-6)
        spread = np.sqrt((share.T @ squared) / np.maximum(share.sum(0), 1e-6)[:, None] + 1e-6)
        log = np.log(weight) - np.log(spread).sum(1) - 0.5 * squared @ (spread**-2).T
        share = np.exp(log - log.max(1, keepdims=True))
        share /= share.sum(1, keepdims=True)
    return weight / weight.sum(), spread


def baselines(training: Pieces) -> list[Baseline]:
    """The last bar again, the mean of the training bars, and what followed the training bar that is
    most like the last bar."""
    from sklearn.neighbors import NearestNeighbors

    followed = np.flatnonzero(training.there > 0)
    index = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(training.x[followed - 1])

    def nearest(pieces: Pieces, last: np.ndarray, _: np.ndarray) -> np.ndarray:
        found = index.kneighbors(last, return_distance=False)
        # Of a training bar itself not the bar that followed it.
        return training.x[followed[found[:, int(pieces is training)]]]

    mean = training.x.mean(0)
    return [
        Baseline("the last bar again", lambda _, last, __: last).fit(training),
        Baseline(
            "mean of the training bars", lambda _, last, __: np.broadcast_to(mean, last.shape)
        ).fit(training),
        Baseline("nearest training continuation", nearest).fit(training),
    ]


def next_bar(vae: Vae, follower: Follower, pieces: Pieces) -> dict[str, float]:
    """Likelihood of the next bar, mean of all that have one before them, and F1 of its hits."""
    at = np.flatnonzero(pieces.there > 0)
    nats = follower.log_likelihood(pieces, at, pieces.drawn())
    counts = follower.probability(vae, pieces, at)
    struck, true = pattern_of(counts, vae.codec.threshold) > 0, pieces.struck[at]
    return {
        "nats": float(nats.mean()),
        "f1": f1(true, struck),
        "folded": f1(fold(true), fold(struck)),
    }


class Played:
    """Played stretches of ROLLED bars, and what is measured of those that are made beside them."""

    def __init__(self, pieces: Pieces, fills: Fills, starts: np.ndarray, trees: int) -> None:
        self.pieces, self._fills, self.starts, self._trees = pieces, fills, starts, trees
        # Every other stretch of a piece is compared, the others are followed: no bar is both.
        self.of_real, self.of_made = starts[::2], starts[1::2]
        self._real = self._seen(self.grids(self.of_real))

    def grids(self, starts: np.ndarray) -> Bars:
        bars = (starts[:, None] + np.arange(ROLLED)).reshape(-1)
        return Bars(*self.pieces.dataset.grids(bars))

    def measure(self, made: Bars) -> dict[str, float]:
        """made: ROLLED bars for each start of `of_made`, one after the other."""
        seen = self._seen(made)
        files = self.pieces.dataset.file_index
        real, made_of = (
            np.repeat(files[of], ROLLED // WINDOW) for of in (self.of_real, self.of_made)
        )
        curves = zip(self._real["similar"], seen["similar"], strict=True)
        numbers = self.pieces.dataset.number[self.of_made][:, None] + np.arange(ROLLED)
        filled = seen["fill"]
        on = {f"fill_{bar}": numbers % bar == bar - 1 for bar in ON_FILL}
        # A bar that ends sixteen bars ends eight and four, too; each counts for the longest alone.
        for short, long in ((4, 8), (8, 16)):
            on[f"fill_{short}"] = on[f"fill_{short}"] & ~(numbers % long == long - 1)
        on["elsewhere"] = numbers % ON_FILL[0] != ON_FILL[0] - 1
        quarter = ROLLED // 4
        return {
            "similar": float(np.mean([overlap(*pair) for pair in curves])),
            "auc": auc(self._real["features"], seen["features"], real, made_of, trees=self._trees),
            "hits": float((seen["hits"][:, -quarter:] - seen["hits"][:, :quarter]).mean()),
            "loud": 127 * float((seen["loud"][:, -quarter:] - seen["loud"][:, :quarter]).mean()),
            **{name: 100 * float(filled[where].mean()) for name, where in on.items()},
        }

    def _seen(self, bars: Bars) -> dict[str, np.ndarray]:
        strikes = to_strikes(*bars)
        struck = fold(strikes.count > 0).reshape(-1, ROLLED, 16 * 9)
        rows = features(bars)
        return {
            "features": rows.reshape(len(rows) // WINDOW, -1),
            "similar": np.stack([_similarity(struck, lag) for lag in LAGS]),
            "hits": density(strikes).reshape(-1, ROLLED),
            "loud": loudness(strikes).reshape(-1, ROLLED),
            "fill": (self._fills.probability(*bars) > SURE).reshape(-1, ROLLED),
        }


def _similarity(struck: np.ndarray, lag: int) -> np.ndarray:
    """F1 of bars so many apart, mean of each stretch, float64 (n,). struck: (n, bars, cells)."""
    a, b = struck[:, :-lag], struck[:, lag:]
    both = (a & b).sum(-1)
    return (2 * both / np.maximum(a.sum(-1) + b.sum(-1), 1)).mean(1)


def _counts(vae: Vae, pattern: np.ndarray) -> np.ndarray:
    center, scale = vae.standard
    p = vae.pattern_dim
    return vae.codec.predict_counts((center[:p] + scale[:p] * pattern).astype(np.float32))


def _heard(vae: Vae, x: np.ndarray) -> Bars:
    """The bars of z, standardized, (n, ROLLED, latent_dim), one stretch after the other."""
    center, scale = vae.standard
    z = (center + scale * x).astype(np.float32).reshape(-1, vae.latent_dim)
    return Bars(*vae.decode_bars(z))


def sections(
    networks: Sequence[Network],
    held_out: Dataset,
    training: Dataset,
    log: Log,
    effort: float = 1,
) -> Iterator[Section]:
    """One table. Raises TooFew where pieces are too few or too short."""
    fills = Fills(training)
    lines: dict[str, dict[str, list[float]]] = {}
    for network in networks:
        if not (isinstance(network, BarNetwork) and "next_pattern" in network.vae.codec.network):
            continue
        vae = network.vae
        pieces = Pieces(vae, held_out, fills)
        if len(np.unique(held_out.file_index[pieces.starts(0, MOST)])) < 2 * FOLDS:
            raise TooFew(f"{2 * FOLDS} files of {GIVEN + ROLLED} bars in a row")
        followers: list[Follower] = [Learned(vae, _title(network))]
        if not lines:
            followers = [*baselines(Pieces(vae, training, fills)), *followers]
        for seed in range(share_of(SEEDS, effort)):
            starts = pieces.starts(seed, share_of(MOST, effort))
            played = Played(pieces, fills, starts, share_of(TREES, effort))
            if "played" not in lines or seed:
                _add(lines, "played", played.measure(played.grids(played.of_made)))
            for follower in followers:
                log(f"sequence: {follower.name}")
                if not seed:
                    _add(lines, follower.name, next_bar(vae, follower, pieces))
                made = follower.roll(pieces, played.of_made, seed)
                _add(lines, follower.name, played.measure(_heard(vae, made)))
    if not lines:
        return
    count = int((pieces.there > 0).sum())
    means = {
        name: {key: float(np.mean(values)) for key, values in scores.items()}
        for name, scores in lines.items()
    }
    note = (
        f"Likelihood of {count:,} held-out bars, given up to sixteen before them, and F1 of the "
        f"hits that are expected; then {len(played.of_made)} stretches of {ROLLED} bars that are "
        f"drawn bar by bar after {GIVEN} played ones, means of {share_of(SEEDS, effort)} "
        "selections. Self-similarity: F1 of bars 1 to 8 apart, overlapping area of its histograms "
        "with those of other stretches of the same pieces. AUC of a classifier that separates "
        f"windows of {WINDOW} bars from theirs. Drift: the last four bars less the first four. "
        "Fills as a regression on GMD's fills finds them; a bar counts for the longest phrase that "
        "it ends."
    )
    yield Section("sequence", "Which bar follows", note, COLUMNS, means)


def _add(lines: dict[str, dict[str, list[float]]], name: str, scores: dict[str, float]) -> None:
    for key, value in scores.items():
        lines.setdefault(name, {}).setdefault(key, []).append(value)


def _title(network: BarNetwork) -> str:
    cell = network.vae.card["sequence"]["config"]["cell"]
    return f"{network.name}: {'GRU' if cell == 'gru' else cell}"


SEQUENCE = Measure(
    "sequence", "which bar follows, and what songs become of that, bar by bar", sections
)
