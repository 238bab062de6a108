"""Between bars and z: the network as an encoder and a decoder, and what it misses of a groove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from beatgen.bars.pieces import cut, mend
from beatgen.bars.strikes import PLACES, Strikes, expected_grid, to_grid, to_strikes
from beatgen.errors import BeatGenError, ModelError, shown
from beatgen.groove import Groove
from beatgen.kit import GROUPS, VOICES
from beatgen.latent.decide import (
    Prediction,
    blend_hits,
    family_hits,
    pattern_of,
    pattern_with_hits,
)
from beatgen.latent.runtime import AGAIN, Network
from beatgen.meter import FOUR_FOUR, Meter

OFTEN = ("hat", "ride")  # families of a group that are played in nearly every bar


class Codec:
    """Encodes bars to z and decodes z to bars, with a trained BarVAE.

    The first `pattern_dim` of the `latent_dim` dimensions of z hold the pattern, the others the
    feel.

    card:      the model card.
    sides:     (dimensions, segments) of the pattern and of the feel: each side's dimensions are
               divided evenly among so many equal segments of the bar.
    threshold: the probability above which a sixteenth is struck.
    ceiling:   predicted velocities from here on become 1, MIDI's 127: drummers often reach the end
               of MIDI's range, where the network predicts a little less.

    Raises ModelError for a network that is no BarVAE, and for an incomplete card.
    """

    def __init__(self, network: Network) -> None:
        self.card = network.card
        if not network.format.plays:
            raise ModelError(
                f"the model {shown(self.card.get('model'))} is there to be measured; blending and "
                "varying needs one trained with --model bar."
            )
        try:
            config = self.card["config"]
            self.sides = tuple(
                (int(config[f"{side}_dim"]), int(config[f"{side}_segments"]))
                for side in ("pattern", "feel")
            )
            self.threshold = float(self.card["threshold"])
            self.ceiling = float(self.card.get("ceiling", 1.0))
            learned = self.card.get("training", {}).get("augmentation", {})
            self._hid_single = bool(learned.get("single", 0))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ModelError(
                f"the model card is incomplete ({str(error)[:60]}). {AGAIN}"
            ) from error
        even = all(segments > 0 and dim % segments == 0 for dim, segments in self.sides)
        if not (even and 0 <= self.threshold <= 1 and 0 <= self.ceiling <= 1):
            raise ModelError(f"the model card has numbers that cannot be. {AGAIN}")
        self.pattern_dim = self.sides[0][0]
        self.latent_dim = sum(dim for dim, _ in self.sides)
        self.network = network

    # --- bars as arrays -------------------------------------------------------------------------

    def encode_bars(
        self,
        velocity: np.ndarray,
        timing: np.ndarray,
        known: np.ndarray | None = None,
        loop: int = 1,
    ) -> tuple[np.ndarray, np.ndarray]:
        """z_mean and z_log_var, float32 (n, latent_dim) each, of grids (n, 64, 22).

        known: (n, 16, 22), 0 for sixteenths and voices that the encoder must not see, 1 elsewhere;
        by default it sees all, and z is corrected by what decoding misses of the velocities. loop:
        how many bars in a row follow one another and repeat, so that an early downbeat stands at
        the end of the bar before it; n for a whole groove, 1 for independent bars. Raises
        BeatGenError for bars of other than 64 steps.
        """
        strikes = to_strikes(velocity, timing, loop)
        if known is not None:
            out = self._encoded(strikes, known)
            return out["mean"], out["log_var"]
        known = np.ones(strikes.velocity.shape[:3], np.float32)
        out = self._encoded(strikes, known)
        return self._corrected(strikes, out["mean"], known), out["log_var"]

    def decode_bars(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Velocity and timing, float32 (n, 64, 22) each, of z (n, latent_dim). Raises BeatGenError
        for another shape."""
        prediction, pattern = self.predict(self.check_z(z))
        return to_grid(prediction.strikes(pattern))

    def reconstruct_bars(
        self, velocity: np.ndarray, timing: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Grids (n, 64, 22), encoded and decoded: the expected velocity (probability of a hit x its
        velocity), then velocity and timing as they sound; float32 (n, 64, 22) each."""
        prediction, pattern = self.predict(self.encode_bars(velocity, timing)[0])
        return (expected_grid(prediction.expected()), *to_grid(prediction.strikes(pattern)))

    def check_z(self, z: np.ndarray) -> np.ndarray:
        """z as float32 (bars, latent_dim). Raises BeatGenError for another shape, and for what is
        not finite."""
        try:
            z = np.atleast_2d(np.asarray(z, np.float32))
        except (TypeError, ValueError):
            raise BeatGenError(
                f"z is {shown(z)}; expected numbers, (bars, {self.latent_dim})."
            ) from None
        if z.ndim != 2 or z.shape[1] != self.latent_dim or not len(z) or not np.isfinite(z).all():
            raise BeatGenError(
                f"z has the shape {np.shape(z)}; expected (bars, {self.latent_dim}), all finite."
            )
        return z

    def _encoded(self, strikes: Strikes, known: np.ndarray) -> dict[str, np.ndarray]:
        both = np.stack([strikes.velocity, strikes.timing], -1)
        return self.network.run("encode", strikes=both, known=known)

    def _corrected(self, strikes: Strikes, z: np.ndarray, known: np.ndarray) -> np.ndarray:
        """z (n, latent_dim) of strikes with a feel that decodes nearer to theirs.

        An encoder learned to do well by all bars at once, which is not best for any one of them
        (the amortization gap, Cremer et al. 2018, "Inference Suboptimality in Variational
        Autoencoders"). So it is shown the strikes a second time, louder or softer by what decoding
        z misses. A segment of the bar keeps its first z_feel where the second would move a strike
        to another place. (Earlier or later by what it misses, too, halved the error of the timing,
        but the places were less certain: SSE .33 instead of .31.)
        """
        z_feel = z[:, self.pattern_dim :]
        struck, pattern = strikes.velocity > 0, strikes.count
        first = self._feel(z_feel, pattern)
        louder = np.clip(2 * strikes.velocity - first[1], 1 / 127, 1)
        overstated = Strikes(np.where(struck, louder, 0), strikes.timing)
        again = self._encoded(overstated, known)["mean"][:, self.pattern_dim :]
        second = self._feel(again, pattern)
        moved = [
            (Prediction(np.empty(0), *feel).strikes(pattern).velocity > 0) != struck
            for feel in (first, second)
        ]
        dim, segments = self.sides[1]
        worse = [part.reshape(len(z), segments, -1).sum(-1) for part in moved]
        kept = np.repeat(worse[1] > worse[0], dim // segments, axis=1)
        return np.concatenate([z[:, : self.pattern_dim], np.where(kept, z_feel, again)], axis=1)

    def unknown(self, hidden: np.ndarray) -> np.ndarray:
        """What the encoder must be told is unknown where something is hidden, bool (..., 22) each.

        An encoder that learned with whole groups hidden alone takes what it sees of a group to be
        all of it: where one voice is hidden, the others are unknown to it, too. One that learned
        with single voices hidden is told of hats and rides just what is hidden. But toms and
        crashes are played so seldom that it would leave them out wherever it sees the others.
        """
        unknown = hidden.copy()
        for group in GROUPS.values():
            seldom = [i for i in group if VOICES[i].family not in OFTEN] or group
            asked = hidden[..., seldom if self._hid_single else group]
            unknown[..., group] |= asked.any(-1, keepdims=True)
        return unknown

    # --- predictions ----------------------------------------------------------------------------

    def predict(
        self, z: np.ndarray, pattern: np.ndarray | None = None
    ) -> tuple[Prediction, np.ndarray]:
        """What the network predicts for z (n, latent_dim), and the pattern, int (n, 16, 22), that
        the feel is predicted for: the given one, or by default the network's own."""
        counts = self.predict_counts(z[:, : self.pattern_dim])
        if pattern is None:
            pattern = pattern_of(counts, self.threshold)
        return Prediction(counts, *self._feel(z[:, self.pattern_dim :], pattern)), pattern

    def predict_counts(self, z_pattern: np.ndarray) -> np.ndarray:
        """Probabilities of 0 to 4 strikes, float32 (n, 16, 22, 5), for z_pattern (n,
        pattern_dim)."""
        return self.network.run("pattern", z=z_pattern)["count"]

    def predict_feel(self, z_feel: np.ndarray, pattern: np.ndarray) -> Prediction:
        """What the network predicts for z_feel (n, feel_dim) and a pattern (n, 16, 22) that is
        certain: its counts have probability 1."""
        return Prediction(_certain(pattern), *self._feel(z_feel, pattern))

    def _feel(
        self, z_feel: np.ndarray, pattern: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Place, velocity and timing of a `Prediction`, for a pattern (n, 16, 22)."""
        out = self.network.run("feel", z=z_feel, count=pattern)
        velocity = np.where(out["velocity"] >= self.ceiling, np.float32(1), out["velocity"])
        return out["place"], velocity, out["timing"]

    # --- grooves --------------------------------------------------------------------------------

    def residual(self, groove: Groove, z: np.ndarray, loop: int | None = None) -> Prediction:
        """What the network misses of a groove: added to its prediction for z (pieces, latent_dim),
        it gives the groove again. loop: as for `strikes_of`."""
        true = strikes_of(groove, loop)
        struck = true.velocity > 0
        predicted, _ = self.predict(z, true.count)
        share = struck / np.maximum(struck.sum(-1, keepdims=True), 1)
        return Prediction(
            _certain(true.count) - predicted.counts,
            np.where(struck.any(-1, keepdims=True), share - predicted.place, 0),
            np.where(struck, true.velocity - predicted.velocity, 0),
            np.where(struck, true.timing - predicted.timing, 0),
        )

    def decide(
        self,
        z_pattern: np.ndarray,
        missed: np.ndarray,
        hits: np.ndarray | None = None,
        network_share: np.ndarray | float = 0.0,
    ) -> np.ndarray:
        """The patterns, int (n, bars, 16, 22), of z_pattern (n, bars, pattern_dim).

        missed: the residual's counts, (n, bars, 16, 22, 5), which are added to the prediction.
        hits: struck sixteenths that are wanted, (n, bars, families), and network_share, the weight
        of the network's own number against them (`blend_hits`); by default the threshold decides.
        """
        counts = self.predict_counts(z_pattern.reshape(-1, z_pattern.shape[-1]))
        counts = counts.reshape(missed.shape) + missed
        pattern = pattern_of(counts, self.threshold)
        if hits is None:
            return pattern
        hits = blend_hits(hits, family_hits(pattern), network_share)
        return pattern_with_hits(counts, hits)

    def play(
        self,
        z_feel: np.ndarray,
        pattern: np.ndarray,
        missed: Sequence[np.ndarray],
        tempos: Sequence[float],
        meters: tuple[Meter, ...],
        loop: int | None = None,
    ) -> list[Groove]:
        """A groove for each pattern, int (n, pieces, 16, 22), played with z_feel (n, pieces,
        feel_dim).

        missed: the residual's place, velocity and timing, (n, pieces, 16, 22, 4) each, which are
        added to the prediction. tempos: BPM of each groove. meters: of the bars of each. loop: as
        for `strikes_of`.
        """
        n, bars = pattern.shape[:2]
        flat = pattern.reshape(n * bars, *pattern.shape[2:])
        feel = self._feel(z_feel.reshape(n * bars, -1), flat)
        summed = (
            part + residual.reshape(part.shape) for part, residual in zip(feel, missed, strict=True)
        )
        strikes = Prediction(np.empty(0), *summed).strikes(flat)
        velocity, timing = _grids(strikes, bars if loop is None else loop)
        each = (slice(i * bars, (i + 1) * bars) for i in range(n))
        return [
            mend(velocity[part], timing[part], tempo, meters)
            for part, tempo in zip(each, tempos, strict=True)
        ]

    def decode_grooves(
        self,
        z: np.ndarray,
        residual: Prediction,
        tempos: Sequence[float],
        meters: tuple[Meter, ...],
    ) -> list[Groove]:
        """A groove for each of z (n, pieces, latent_dim), with a residual added to its prediction.

        meters: of the bars of each groove; z has a row for each of their pieces
        (`beatgen.bars.pieces`), which in 4/4 are the bars. residual: arrays as in `Prediction`, but
        (n, pieces, 16, 22, ...). tempos: BPM of each groove.
        """
        pattern = self.decide(z[..., : self.pattern_dim], residual.counts)
        return self.play(z[..., self.pattern_dim :], pattern, residual[1:], tempos, meters)


def fade(remaining: Any) -> Any:
    """The share of a groove's residual that is kept at a distance from the groove. remaining: how
    near it still is, 1 for the groove itself, 0 for the far end.

    >>> fade(0.5)
    0.25
    """
    return remaining**2


def strikes_of(groove: Groove, loop: int | None = None) -> Strikes:
    """The strikes of a groove's pieces (`beatgen.bars.pieces`), which in 4/4 are its bars, as the
    network reads them; extras are folded into the kit. loop: how many pieces in a row repeat as a
    circle; by default the whole groove. Raises BeatGenError for other than 64 steps per bar of 4/4.
    """
    velocity, timing = cut(groove)
    return to_strikes(velocity, timing, len(velocity) if loop is None else loop)


def groove_of(
    strikes: Strikes, tempo: float, loop: int = 1, meters: tuple[Meter, ...] | None = None
) -> Groove:
    """A groove of strikes, velocities rounded to MIDI's 127. loop: as for `strikes_of`; by default
    each bar is independent of the others. meters: of its bars, all 4/4 by default."""
    velocity, timing = _grids(strikes, loop)
    return mend(velocity, timing, tempo, meters or (FOUR_FOUR,) * len(velocity))


def _grids(strikes: Strikes, loop: int) -> tuple[np.ndarray, np.ndarray]:
    velocity, timing = to_grid(strikes, loop)
    return np.rint(velocity * 127) / 127, timing


def _certain(pattern: np.ndarray) -> np.ndarray:
    """Counts, float32 (..., 5), with probability 1 for the pattern's number of strikes."""
    return np.eye(PLACES + 1, dtype=np.float32)[pattern]
