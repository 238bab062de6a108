"""Which bar follows: what `beatgen.networks.sequence.SequenceNet` learned, played.

It gives a distribution over the z of the next bar, from up to sixteen bars before it, its place in
the phrase, whether it is a fill, and its style. z is standardized inside, and not outside.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from typing import NamedTuple

import numpy as np

from beatgen.latent.runtime import Network

# The styles that the network knows, as the Groove MIDI Dataset names them
STYLES = (
    "rock", "funk", "jazz", "latin", "hiphop", "afrocuban", "punk", "neworleans", "soul",
    "country", "pop", "gospel", "reggae", "afrobeat", "dance", "blues", "middleeastern", "highlife",
)  # fmt: skip
PHRASES = (4, 16)  # bars; where a bar stands in the shorter, and in which quarter of the longer
UNKNOWN = -1  # number, fill or style
KNOWN = 2  # of each bar before: whether there is one, whether it was a fill
WANTED = 2 * PHRASES[0] + 2 + len(STYLES)
LEAST = 0.15  # share of a component's spread that is left where the posterior is as wide as it


def wanted(number: np.ndarray, fill: np.ndarray, style: np.ndarray) -> np.ndarray:
    """What is wanted of bars, as the network reads it, float32 (n, WANTED).

    number: int (n,), of the bar in its piece, from 0. fill: 1 for a fill, 0 for none. style: index
    into STYLES. UNKNOWN for any of them leaves it open.

    >>> wanted(np.array([7]), np.array([1]), np.array([UNKNOWN]))[0, :10].tolist()
    [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]
    """
    short, long = PHRASES
    within = np.where(number < 0, UNKNOWN, number % short)
    quarter = np.where(number < 0, UNKNOWN, number % long // short)
    fills = np.where(fill < 0, UNKNOWN, 1 - fill)
    sides = ((within, short), (quarter, long // short), (fills, 2), (style, len(STYLES)))
    hot = [index[:, None] == np.arange(size) for index, size in sides]
    return np.concatenate(hot, 1).astype(np.float32)


def style_index(style: str) -> int:
    """The index of a style, such as "latin/samba", by its first word; UNKNOWN for another.

    >>> style_index("latin/samba"), style_index("polka")
    (3, -1)
    """
    name = style.split("/")[0]
    return STYLES.index(name) if name in STYLES else UNKNOWN


class Mixture(NamedTuple):
    """Mixtures of normal distributions over one side of z, standardized, a row for each bar.

    log_weight: float32 (n, components). mean, log_spread: float32 (n, components, dim).
    """

    log_weight: np.ndarray
    mean: np.ndarray
    log_spread: np.ndarray

    def log_likelihood(self, x: np.ndarray) -> np.ndarray:
        """log p(x) in nats, float64 (n,). x: (n, dim), standardized."""
        apart = (x[:, None] - self.mean) * np.exp(-self.log_spread)
        terms = np.square(apart) + 2 * self.log_spread + np.log(2 * np.pi)
        each = self.log_weight - 0.5 * terms.sum(-1, dtype=np.float64)
        most = each.max(1)
        return most + np.log(np.exp(each - most[:, None]).sum(1))

    def draw(
        self, rng: np.random.Generator, posterior: np.ndarray, heat: float = 1.0
    ) -> np.ndarray:
        """A draw from each, float32 (n, dim), of z_mean: what the posterior of a bar, of standard
        deviation `posterior` (dim,), adds to the spread is taken off. heat: 1 as it is; below,
        likely components become likelier and spreads smaller; 0 is the likeliest one's mean."""
        if heat <= 0:
            chosen = self.log_weight.argmax(1)
        else:
            gumbel = rng.gumbel(size=self.log_weight.shape)
            chosen = (self.log_weight / heat + gumbel).argmax(1)
        rows = np.arange(len(chosen))
        spread = np.exp(self.log_spread[rows, chosen])
        own = np.sqrt(np.maximum(np.square(spread) - np.square(posterior), (LEAST * spread) ** 2))
        noise = rng.standard_normal(own.shape)
        return (self.mean[rows, chosen] + heat * own * noise).astype(np.float32)


class Sequence:
    """The network beside a model's weights, and what it needs to know of their z.

    center, scale: float32 (latent_dim,), mean and standard deviation of the training bars' z.
    posterior: float32 (latent_dim,), the mean standard deviation of the encoder's posterior.
    memory: how many bars it looks back.
    """

    def __init__(
        self,
        network: Network,
        center: np.ndarray,
        scale: np.ndarray,
        posterior: np.ndarray,
        pattern_dim: int,
    ) -> None:
        self._network, self.center, self.pattern_dim = network, center, pattern_dim
        self.scale = np.maximum(scale, 1e-6)
        self.posterior = posterior / self.scale
        self.memory = int(network.card["sequence"]["config"]["memory"])

    def standardized(self, z: np.ndarray) -> np.ndarray:
        return ((z - self.center) / self.scale).astype(np.float32)

    def plain(self, x: np.ndarray) -> np.ndarray:
        """The z of what is standardized."""
        return (self.center + self.scale * x).astype(np.float32)

    def patterns(self, history: np.ndarray, known: np.ndarray, asked: np.ndarray) -> Mixture:
        """The next bars' z_pattern. history: (n, memory, latent_dim), standardized; known: (n,
        memory, KNOWN); asked: `wanted`."""
        found = self._network.run("next_pattern", history=history, known=known, wanted=asked)
        return _mixture(found)

    def feels(
        self, history: np.ndarray, known: np.ndarray, asked: np.ndarray, pattern: np.ndarray
    ) -> Mixture:
        """The next bars' z_feel, for their z_pattern (n, pattern_dim), standardized."""
        found = self._network.run(
            "next_feel", history=history, known=known, wanted=asked, pattern=pattern
        )
        return _mixture(found)

    def draw(
        self,
        history: np.ndarray,
        known: np.ndarray,
        asked: np.ndarray,
        rng: np.random.Generator,
        heat: float = 1.0,
    ) -> np.ndarray:
        """The next bars, standardized, float32 (n, latent_dim): first a pattern, then its feel."""
        p = self.pattern_dim
        pattern = self.patterns(history, known, asked).draw(rng, self.posterior[:p], heat)
        feel = self.feels(history, known, asked, pattern).draw(rng, self.posterior[p:], heat)
        return np.concatenate([pattern, feel], 1)


def _mixture(found: dict[str, np.ndarray]) -> Mixture:
    shifted = found["logit"] - found["logit"].max(1, keepdims=True)
    log_weight = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return Mixture(log_weight, found["mean"], found["log_spread"])


def before(
    bars: np.ndarray, fills: np.ndarray, at: Many[int] | np.ndarray, there: np.ndarray, memory: int
) -> tuple[np.ndarray, np.ndarray]:
    """The bars before some bars, as the network reads them: history, float32 (n, memory, dim), and
    known, (n, memory, KNOWN).

    bars: (m, dim), in their order. fills: (m,), 1 for fills. at: index of each bar that is next.
    there: int (n,), how many bars before it there are.

    >>> history, known = before(np.arange(3.0)[:, None], np.zeros(3), [2], np.array([1]), 2)
    >>> history[0, :, 0].tolist(), known[0, :, 0].tolist()
    ([0.0, 1.0], [0.0, 1.0])
    """
    ago = np.arange(memory, 0, -1)
    seen = (ago <= np.asarray(there)[:, None]).astype(np.float32)
    index = np.clip(np.asarray(at)[:, None] - ago, 0, max(0, len(bars) - 1))
    history = bars[index] * seen[..., None]
    known = np.stack([seen, fills[index] * seen], -1)
    return history.astype(np.float32), known.astype(np.float32)
