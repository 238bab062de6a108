"""Between grids and z: what the network makes of bars, and bars of what it tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from beatgen.bars.strikes import PLACES, Strikes, expected_grid, to_grid, to_strikes
from beatgen.errors import BeatGenError, ModelError
from beatgen.groove import Groove
from beatgen.latent.decide import Decoded, family_hits, hits_between, pattern_of, pattern_of_size
from beatgen.latent.runtime import AGAIN, Network


class Codec:
    """A trained BarVAE's network. z has `pattern_dim` dimensions for the pattern, then those for
    the feel; sides: the dimensions of each, and the segments of the bar that share them out.

    card: the model card. threshold: the probability above which a sixteenth is struck. ceiling:
    the velocity above which a strike is one of the many that stand at the end of MIDI's range.
    """

    def __init__(self, network: Network) -> None:
        self.card = network.card
        if not network.format.plays:
            raise ModelError(
                f"the model {self.card.get('model')!r} is there to be measured; blending and "
                "varying needs one trained with --model bar."
            )
        try:
            config = self.card["config"]
            self.sides = tuple(
                (int(config[f"{side}_dim"]), int(config[f"{side}_segments"]))
                for side in ("pattern", "feel")
            )
            self.threshold = float(self.card["threshold"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"the model card is incomplete ({error}). {AGAIN}") from error
        self.pattern_dim = self.sides[0][0]
        self.latent_dim = sum(dim for dim, _ in self.sides)
        self.ceiling = float(self.card.get("ceiling", 1.0))
        self.network = network

    def encode_bars(
        self,
        velocity: np.ndarray,
        timing: np.ndarray,
        known: np.ndarray | None = None,
        loop: int = 1,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and log variance of z, float32 (n, latent_dim) each, of grids (n, 64, 22).

        known: (n, 16, 22), 0 for what of each sixteenth and voice is not to be looked at, 1
        elsewhere; without it all is known. loop: bars that follow one another, n of a groove.
        Raises BeatGenError for bars of other than 64 steps.
        """
        strikes = to_strikes(velocity, timing, loop)
        if known is None:
            known = np.ones(strikes.velocity.shape[:3], np.float32)
        both = np.stack([strikes.velocity, strikes.timing], -1)
        out = self.network.run("encode", strikes=both, known=known)
        return out["mean"], out["log_var"]

    def decode_bars(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Velocity and timing, float32 (n, 64, 22) each, of z (n, latent_dim)."""
        decoded, pattern = self.decoded(self.checked(z))
        return to_grid(decoded.strikes(pattern))

    def reconstruct_bars(
        self, velocity: np.ndarray, timing: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Expected velocity (probability of a hit x its velocity), then velocity and timing as
        they sound; float32 (n, 64, 22) each."""
        decoded, pattern = self.decoded(self.encode_bars(velocity, timing)[0])
        return (expected_grid(decoded.expected()), *to_grid(decoded.strikes(pattern)))

    def checked(self, z: np.ndarray) -> np.ndarray:
        """z as float32 (bars, latent_dim). Raises BeatGenError for another shape."""
        z = np.atleast_2d(np.asarray(z, np.float32))
        if z.ndim != 2 or z.shape[1] != self.latent_dim or not len(z) or not np.isfinite(z).all():
            raise BeatGenError(
                f"z has the shape {np.shape(z)}; expected (bars, {self.latent_dim}), all finite."
            )
        return z

    def decoded(
        self, z: np.ndarray, pattern: np.ndarray | None = None
    ) -> tuple[Decoded, np.ndarray]:
        """What the network tells of z, and the pattern (n, 16, 22) that it is dressed for: the
        given one, or its own."""
        count = self._counts(z[:, : self.pattern_dim])
        if pattern is None:
            pattern = pattern_of(count, self.threshold)
        return Decoded(count, *self._dress(z[:, self.pattern_dim :], pattern)), pattern

    def dressed(self, z_feel: np.ndarray, pattern: np.ndarray) -> Decoded:
        """What the network tells of z_feel (n, feel_dim) for a pattern (n, 16, 22) that is sure."""
        return Decoded(_certain(pattern), *self._dress(z_feel, pattern))

    def missed(self, groove: Groove, z: np.ndarray, loop: int | None = None) -> Decoded:
        """What has to be added to the decoded z so that it is the groove, per bar; loop: as for
        `strikes_of`."""
        true = strikes_of(groove, loop)
        struck = true.velocity > 0
        told, _ = self.decoded(z, true.count)
        share = struck / np.maximum(struck.sum(-1, keepdims=True), 1)
        return Decoded(
            _certain(true.count) - told.counts,
            np.where(struck.any(-1, keepdims=True), share - told.place, 0),
            np.where(struck, true.velocity - told.velocity, 0),
            np.where(struck, true.timing - told.timing, 0),
        )

    def tell(
        self,
        z: np.ndarray,
        missed: Decoded,
        tempos: Sequence[float],
        hits: np.ndarray | None = None,
        say: np.ndarray | float = 0.0,
    ) -> list[Groove]:
        """A groove for each of z (n, bars, latent_dim), with what is missed added to it.

        hits (n, bars, families): how many sixteenths are asked for, and how much say the network
        has in that (`hits_between`); the threshold decides without.
        """
        n, bars, _ = z.shape
        flat = z.reshape(n * bars, -1)
        count = self._counts(flat[:, : self.pattern_dim])
        count = count.reshape(n, bars, *count.shape[1:]) + missed.counts
        pattern = pattern_of(count, self.threshold)
        if hits is not None:
            pattern = pattern_of_size(count, hits_between(hits, family_hits(pattern), say))
        pattern = pattern.reshape(n * bars, *pattern.shape[2:])
        feel = (
            part.reshape(n, bars, *part.shape[1:]) + more
            for part, more in zip(
                self._dress(flat[:, self.pattern_dim :], pattern), list(missed)[1:], strict=True
            )
        )
        decoded = Decoded(*(part.reshape(n * bars, *part.shape[2:]) for part in (count, *feel)))
        whole = groove_of(decoded.strikes(pattern), 1.0, bars)
        return [
            replace(whole[i * bars : (i + 1) * bars], tempo=tempo) for i, tempo in enumerate(tempos)
        ]

    def _counts(self, z_pattern: np.ndarray) -> np.ndarray:
        return self.network.run("pattern", z=z_pattern)["count"]

    def _dress(
        self, z_feel: np.ndarray, pattern: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Place probabilities, velocity and timing for a pattern (n, 16, 22)."""
        out = self.network.run("feel", z=z_feel, count=pattern)
        velocity = np.where(out["velocity"] >= self.ceiling, np.float32(1), out["velocity"])
        return out["place"], velocity, out["timing"]


def fade(left: Any) -> Any:
    """How much of what the model misses of a groove is kept where so much of the way is left, 1 to
    0: half-way it is a quarter."""
    return left**2


def strikes_of(groove: Groove, loop: int | None = None) -> Strikes:
    """The groove as the network sees it, its bars in a circle; loop: so many of them in each."""
    return to_strikes(groove.velocity, groove.timing, groove.bars if loop is None else loop)


def groove_of(strikes: Strikes, tempo: float, loop: int = 1) -> Groove:
    """Strikes in the velocities that MIDI has; loop: bars that follow one another."""
    velocity, timing = to_grid(strikes, loop)
    return Groove(np.rint(velocity * 127) / 127, timing, tempo)


def _certain(pattern: np.ndarray) -> np.ndarray:
    """Probabilities of 0 to 4 strikes, float32 (..., 5): all of it for the pattern's number."""
    return np.eye(PLACES + 1, dtype=np.float32)[pattern]
