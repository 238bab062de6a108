"""Finishing a beat: what is hidden of a groove is replaced by hits that fit the rest.

How likely each hidden sixteenth is struck is the mean of what the network predicts and of how many
of the most similar training bars strike there. `complete` takes what promises most by that.
`finish` draws several proposals: the network's z within its own uncertainty, and the training bars
with weights of their own each time, the same for all bars, as one drummer plays them. All are
judged by the probabilities before they were drawn from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np

from beatgen.bars.pieces import cut, cut_sixteenths, mend_grid
from beatgen.bars.strikes import N_VOICES, PLACES, Strikes, steps_of, to_strikes
from beatgen.errors import BeatGenError
from beatgen.groove import Groove, columns
from beatgen.latent.codec import Codec, groove_of, strikes_of
from beatgen.latent.decide import on_kit, pattern_of_hidden, rescale_counts
from beatgen.latent.neighbours import SHARE, Neighbours, Similar
from beatgen.lock import Lock

# How far draws go: the weights of training bars are multiplied by draws of an exponential
# distribution to this power. At 0 they stay; the greater, the more one bar speaks for all.
SPREAD = 2
TRIES = 8  # draws for each proposal that is asked for, since two may be the same
FARTHER = 1, 3  # by how much the first draw is scaled, and the last
FILL_SHARE = 1.0  # of the training fills where a fill is asked for; the network has the rest


class Proposal(NamedTuple):
    """A finished beat.

    likelihood: how far what was filled in is expected to agree with what a drummer would play
                there, 0 to 1 (`expected_f1`).
    """

    groove: Groove
    likelihood: float


class Asked(NamedTuple):
    """What is hidden of some bars, and what is known of it.

    z, z_spread: float32 (n, latent_dim), of the bars as far as they are known, and its standard
                 deviation. hidden: bool (n, 16, 22). similar: training bars, None without an atlas.
    share:       theirs in the probabilities. used: bool (22,), voices that the groove's kit has,
                 None for any.
    """

    z: np.ndarray
    z_spread: np.ndarray
    hidden: np.ndarray
    similar: Similar | None
    share: float
    used: np.ndarray | None


class Finisher:
    """Finishes beats with a network, and with the training bars where there is an atlas of them."""

    def __init__(self, codec: Codec, neighbours: Neighbours | None) -> None:
        self.codec, self.neighbours = codec, neighbours

    def propose(
        self,
        velocity: np.ndarray,
        timing: np.ndarray,
        hidden: np.ndarray,
        loop: int = 1,
        used: np.ndarray | None = None,
        alone: bool = False,
    ) -> tuple[np.ndarray, np.ndarray]:
        """As `Vae.propose` describes."""
        asked = self._ask(velocity, timing, hidden, loop, used, alone)
        return asked.z, self._decide(asked, asked.z, asked.similar)[0]

    def complete(self, groove: Groove, hidden: np.ndarray) -> Groove:
        """As `Vae.complete` describes."""
        hidden = np.asarray(hidden, bool)
        sixteenths = max(meter.sixteenths for meter in groove.meters)
        if np.shape(hidden) != (groove.bars, sixteenths, N_VOICES):
            raise BeatGenError(
                f"hidden has the shape {np.shape(hidden)}; expected "
                f"({groove.bars}, {sixteenths}, {N_VOICES})."
            )
        asked = self._asked_of(groove, hidden)
        return self._filled(groove, asked, self._decide(asked, asked.z, asked.similar)[0])

    def finish(
        self, groove: Groove, lock: Lock, count: int, seed: int, fill: bool
    ) -> list[Proposal]:
        """As `Vae.finish` describes."""
        kept = lock.keep(groove)
        asked = self._asked_of(kept, hidden_of(lock, kept), fill)
        first, probability = self._decide(asked, asked.z, asked.similar)
        found: dict[bytes, Proposal] = {}
        for pattern in chain([first], self._drawn(asked, seed, TRIES * count)):
            finished = lock.keep(self._filled(kept, asked, pattern))
            likelihood = expected_f1(probability, pattern > 0, asked.hidden)
            # Two patterns may give one groove: in other meters than 4/4 they may differ behind the
            # bar's end.
            found.setdefault(finished.velocity.tobytes(), Proposal(finished, likelihood))
            if len(found) == count:
                break
        return sorted(found.values(), key=lambda proposal: -proposal.likelihood)

    def _asked_of(self, groove: Groove, hidden: np.ndarray, fill: bool = False) -> Asked:
        bars = cut(groove)
        used = np.any(bars[0] > 0, axis=(0, 1))
        pieces = cut_sixteenths(hidden, groove.meters)
        return self._ask(*bars, pieces, len(pieces), used, fill=fill)

    def _ask(
        self,
        velocity: np.ndarray,
        timing: np.ndarray,
        hidden: np.ndarray,
        loop: int,
        used: np.ndarray | None,
        alone: bool = False,
        fill: bool = False,
    ) -> Asked:
        mean, log_var = self.codec.encode_bars(velocity, timing, ~self.codec.unknown(hidden), loop)
        similar = None
        if self.neighbours is not None and not alone:
            struck = to_strikes(velocity, timing, loop).count > 0
            similar = self.neighbours.similar(struck, ~hidden, fills=fill)
        share = FILL_SHARE if fill else SHARE
        return Asked(mean, np.exp(log_var / 2), hidden, similar, share, used)

    def _decide(
        self, asked: Asked, z: np.ndarray, similar: Similar | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The pattern of the hidden part, int (n, 16, 22), 0 elsewhere, and the probabilities that
        decided."""
        counts = self.codec.predict_counts(z[:, : self.codec.pattern_dim])
        probability = 1 - counts[..., 0]
        if self.neighbours is not None and similar is not None:
            probability = self.neighbours.mixed(probability, similar, asked.share)
        if asked.used is not None:
            probability = on_kit(probability, asked.hidden, asked.used)
        counts = rescale_counts(counts, probability)
        return pattern_of_hidden(counts, asked.hidden), probability

    def _drawn(self, asked: Asked, seed: int, most: int) -> Iterator[np.ndarray]:
        """Patterns of the hidden part, drawn one after the other, each a little farther out than
        the one before: where the model is sure, the first ones are all the same."""
        rng = np.random.default_rng(seed)
        for farther in np.linspace(*FARTHER, most):
            noise = rng.standard_normal(asked.z.shape[1:], dtype=np.float32)
            z = asked.z + np.float32(farther) * asked.z_spread * noise
            similar = asked.similar
            if self.neighbours is not None and similar is not None:
                chance = rng.standard_exponential(len(self.neighbours), dtype=np.float32)
                similar = similar.reweighted(np.power(chance, SPREAD * farther))
            yield self._decide(asked, z, similar)[0]

    def _filled(self, groove: Groove, asked: Asked, pattern: np.ndarray) -> Groove:
        """The groove with a pattern in its hidden part; the rest to the last bit as it is."""
        hidden = asked.hidden
        whole = np.where(hidden, pattern, strikes_of(groove).count)
        new = self.codec.predict(asked.z, whole)[0].strikes(whole)
        at = hidden[..., None]
        strikes = Strikes(np.where(at, new.velocity, 0), np.where(at, new.timing, 0))
        filled = groove_of(strikes, groove.tempo, len(hidden), groove.meters)
        own_velocity, own_timing = columns(groove, range(N_VOICES))
        own = cut(replace(groove, velocity=own_velocity, timing=own_timing, extras=()))
        kept = ~mend_grid(steps_of(hidden, *own, len(hidden)), groove.meters)
        grids = (
            (groove.velocity, np.where(kept, own_velocity, filled.velocity)),
            (groove.timing, np.where(kept, own_timing, filled.timing)),
        )
        velocity, timing = (
            np.concatenate([kit, own[:, :, N_VOICES:]], axis=2) for own, kit in grids
        )
        return replace(groove, velocity=velocity, timing=timing)


def expected_f1(probability: np.ndarray, struck: np.ndarray, hidden: np.ndarray) -> float:
    """How far a pattern is expected to agree with what is played, 0 to 1: with p the probability
    that a hidden cell is struck,

        2 sum(p of the struck cells) / (number of struck cells + sum(p of all hidden cells)),

    which is F1, 2 TP / (struck + true), with the expected numbers of true hits in their places
    (Jansche 2007, "A maximum expected utility framework for binary sequence labeling"). 1 where
    nothing is struck and nothing expected.

    Of the measures tried it best tells what drummers played from the same part shifted, exchanged,
    moved, thinned out or silenced; the mean log-probability of the cells prefers silence
    (docs/model.md).

    probability, struck, hidden: (n, 16, 22).

    >>> hidden = np.ones(4, bool)
    >>> expected_f1(np.array([1, 1, 0, 0]), np.array([1, 0, 0, 0]) > 0, hidden)  # one of two
    0.6666666666666666
    """
    p = np.where(hidden, probability, 0).astype(float)
    struck = struck & hidden
    total = struck.sum() + p.sum()
    return float(2 * p[struck].sum() / total) if total else 1.0


def hidden_of(lock: Lock, groove: Groove) -> np.ndarray:
    """The sixteenths and voices of the kit that are not locked in a groove, bool (bars,
    sixteenths, 22), as for `Vae.complete`. Raises BeatGenError where nothing is locked, or all."""
    if not (lock.voices or lock.sixteenths or lock.cells):
        raise BeatGenError(
            "nothing is locked: lock the voices or steps that shall stay; the rest is proposed."
        )
    hidden = ~lock.mask_in(groove)[:, ::PLACES, :N_VOICES]
    inside = np.arange(hidden.shape[1]) < [[meter.sixteenths] for meter in groove.meters]
    hidden &= inside[..., None]
    if not hidden.any():
        raise BeatGenError(
            "everything is locked: unlock the voices or steps that shall be proposed."
        )
    return hidden
