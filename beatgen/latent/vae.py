"""Playing in latent space: encode, decode, blend, vary, sample, nudge. Numpy in, numpy out.

The network runs in LiteRT, TensorFlow's small runtime: no TensorFlow is imported here.

What the model misses of a groove is not lost. Every way of playing starts from the groove itself
and adds what the model says of the change, so that an amount of 0 is exactly the groove, hit for
hit, and the part that the model cannot hold fades out along the way (`fade`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from beatgen.bars.strikes import N_VOICES, Strikes, steps_of, to_grid, to_strikes
from beatgen.errors import BeatGenError, check_count, check_seed, check_share
from beatgen.groove import SIXTEENTHS, Groove, join
from beatgen.latent.atlas import ATLAS, load_atlas
from beatgen.latent.blend import PATH_FRAMES, Between
from beatgen.latent.codec import Codec, fade, groove_of, strikes_of
from beatgen.latent.decide import Decoded, as_likely, pattern_of_hidden
from beatgen.latent.directions import Direction, Directions
from beatgen.latent.feel import dress
from beatgen.latent.neighbours import Recall
from beatgen.latent.prior import FlowPrior, GaussianPrior, Prior
from beatgen.latent.runtime import Network, load_network


def load_model(name: str | Path = "bar") -> Vae:
    """Load shipped weights by name ("bar" is ours, "bar-16" ours with 16 latent dimensions), or
    those in a folder that `beatgen train` exported.

    Raises ModelError where they are missing, or are not those of a BarVAE.
    """
    return Vae(load_network(name))


class Vae(Codec):
    """A trained BarVAE, and the prior that says where in its latent space the bars are."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        center, components = network.space["mean"], network.space["components"]
        covariance = components.T @ components
        self.prior: Prior = GaussianPrior(center, covariance, self.pattern_dim)
        if "drift" in network:
            scale = np.sqrt(np.diag(covariance))
            self.prior = FlowPrior(network, center, scale, self.pattern_dim)
        names = [told["name"] for told in self.card.get("directions", ())]
        self._directions = Directions(names, network.space, self.sides)

    # --- Groove <-> z ---------------------------------------------------------------------------

    def encode(self, groove: Groove) -> np.ndarray:
        """z_mean of each bar, float32 (bars, latent_dim). Raises BeatGenError for bars of other
        than 64 steps."""
        return self.encode_bars(groove.velocity, groove.timing, loop=groove.bars)[0]

    def decode(self, z: np.ndarray, tempo: float = 120.0) -> Groove:
        """One bar for each row of z, (latent_dim,) or (bars, latent_dim), one after the other.

        Raises BeatGenError for another shape.
        """
        decoded, pattern = self.decoded(self.checked(z))
        return groove_of(decoded.strikes(pattern), tempo, len(pattern))

    def decode_each(self, z: np.ndarray, tempo: float = 120.0) -> list[Groove]:
        """`decode`, but each bar stands for itself: a groove for each row of z."""
        decoded, pattern = self.decoded(self.checked(z))
        bars = groove_of(decoded.strikes(pattern), tempo)
        return [bars[i] for i in range(bars.bars)]

    def reconstruct(self, groove: Groove) -> Groove:
        """The groove as the model holds it: encoded and decoded."""
        return self.decode(self.encode(groove), groove.tempo)

    # --- the ways of playing --------------------------------------------------------------------

    def blend(self, a: Groove, b: Groove, amount: float, feel: float | None = None) -> Groove:
        """Between two grooves: 0 is exactly `a`, 1 exactly `b`.

        feel: the same for the feel alone, the amount then moves the pattern only: amount 0 and
        feel 1 is a's pattern with b's feel. What is mixed is the noise that the prior makes the two
        of, so the way leads through bars that a drummer might play; kick, drums, hats, ride and
        crashes are each about as busy in between as in the two. Bar by bar, the shorter groove
        repeating; the tempo blends with the amount. Raises BeatGenError for amounts outside 0 to 1.
        """
        return self.between(a, b).blend(amount, feel)

    def blend_path(
        self, a: Groove, b: Groove, frames: int = PATH_FRAMES, feel: float | None = None
    ) -> list[Groove]:
        """`blend` at `frames` (2 or more) equal steps from 0 to 1, decoded at once."""
        return self.between(a, b).path(frames, feel)

    def between(self, a: Groove, b: Groove) -> Between:
        """Two grooves to be blended many times: what each blend would work out anew is done."""
        return Between(self, self.prior, a, b)

    def interpolate(self, a: Groove, b: Groove, steps: int = 8) -> Groove:
        """A walk from `a` to `b`, one bar per step, both ends included.

        Where the grooves have several bars, the walk goes through them in turn: step i plays bar
        i of the blend (the shorter groove repeating). The tempo is a's. Raises BeatGenError for
        less than 2 steps.
        """
        check_count("steps", steps, 2)
        return join(self.between(a, b).walk(steps))

    def vary(
        self,
        groove: Groove,
        count: int = 6,
        amount: float = 0.5,
        seed: int = 0,
        feel: float | None = None,
    ) -> list[Groove]:
        """Takes around a groove: amount 0 is the groove itself, 1 another one from the prior.

        feel: the same for the feel alone, the amount then moves the pattern only: with amount 0 all
        takes are the groove's hits, played otherwise. In between, the noise that the prior makes
        the groove of moves along a circle towards other noise, so that a take is about as likely a
        bar as the groove is. All bars of a take move the same way. Raises BeatGenError for amounts
        outside 0 to 1, a count below 1, a seed below 0.
        """
        amounts = amount, amount if feel is None else feel
        check_share("amount", amount)
        check_share("feel", amounts[1])
        check_count("count", count)
        own, other = self.prior.to_noise(self.encode(groove)), self._noise(count, seed)[:, None]
        far = np.repeat(np.array(amounts, np.float32), [dim for dim, _ in self.sides])
        takes = np.sqrt(1 - far**2) * own + far * other
        if not any(amounts):
            return [groove] * count
        left = [np.full(count, 1 - of_side, np.float32) for of_side in amounts]
        return self._around(groove, self.prior.to_z(own), self._to_z(takes), *left)

    def sample(self, count: int = 4, seed: int = 0, tempo: float = 120.0) -> list[Groove]:
        """New bars from the prior. Raises BeatGenError for a count below 1, a seed below 0."""
        check_count("count", count)
        return self.decode_each(self.prior.to_z(self._noise(count, seed)), tempo)

    def humanize(self, groove: Groove, seed: int = 0, spread: float = 1.0) -> Groove:
        """The groove's pattern, played by another drummer: its own feel is not looked at.

        spread: 1 draws a feel as probable as any that was played, 0 gives the average one, the same
        for every seed; the training bars most like the pattern add theirs to that. The bars share
        most of a draw: it is one drummer who plays them. Raises BeatGenError for a spread below 0
        or above 1, and for a seed below 0.
        """
        check_share("spread", spread)
        check_seed(seed)
        pattern = strikes_of(groove).count
        z_pattern = self.encode(groove)[:, : self.pattern_dim]

        def decode(noise: np.ndarray) -> Decoded:
            many = len(noise) // len(pattern), 1
            z_feel = self.prior.feel(np.tile(z_pattern, many), noise)
            return self.dressed(z_feel, np.tile(pattern, (*many, 1)))

        recall, feel_dim = self._recall, self.latent_dim - self.pattern_dim
        better = None if recall is None else lambda told: recall.feel(told, pattern, self.dressed)
        strikes = dress(decode, pattern, feel_dim, seed, spread, better)
        return groove_of(strikes, groove.tempo, groove.bars)

    def complete(self, groove: Groove, hidden: np.ndarray) -> Groove:
        """Finish a beat: what is hidden is proposed from the rest, which stays as it is. There are
        as many hits as are to be expected, the likeliest of them (`propose`).

        hidden: bool (bars, 16, 22), the sixteenths and voices whose hits are not looked at. Raises
        BeatGenError for another shape.
        """
        hidden = np.asarray(hidden, bool)
        if np.shape(hidden) != (groove.bars, SIXTEENTHS, N_VOICES):
            raise BeatGenError(
                f"hidden has the shape {np.shape(hidden)}; expected "
                f"({groove.bars}, {SIXTEENTHS}, {N_VOICES})."
            )
        z, proposed = self.propose(groove.velocity, groove.timing, hidden, groove.bars)
        true = strikes_of(groove)
        pattern = np.where(hidden, proposed, true.count)
        told = self.decoded(z, pattern)[0].strikes(pattern)
        at = hidden[..., None]
        velocity, timing = to_grid(
            Strikes(np.where(at, told.velocity, 0), np.where(at, told.timing, 0)), groove.bars
        )
        kept = ~steps_of(hidden, groove.velocity, groove.timing, groove.bars)  # to the bit
        return Groove(
            np.where(kept, groove.velocity, np.rint(velocity * 127) / 127),
            np.where(kept, groove.timing, timing),
            groove.tempo,
        )

    def propose(
        self, velocity: np.ndarray, timing: np.ndarray, hidden: np.ndarray, loop: int = 1
    ) -> tuple[np.ndarray, np.ndarray]:
        """z of the bars as far as they are not hidden, and how often each hidden sixteenth is to be
        struck, int (n, 16, 22), 0 elsewhere; of grids (n, 64, 22), as for `encode_bars`.

        As likely as the network has it and the training bars most like what is seen, half and half.
        """
        z, _ = self.encode_bars(velocity, timing, ~hidden, loop)
        count = self._counts(z[:, : self.pattern_dim])
        if self._recall is not None:
            struck = to_strikes(velocity, timing, loop).count > 0
            count = as_likely(count, self._recall.likely(1 - count[..., 0], struck, ~hidden))
        return z, pattern_of_hidden(count, hidden)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """First those with names, such as "density" or "swing" (`attributes`), then the
        principal ones, those first that change a bar most."""
        return self._directions.all

    def turns(self, z: np.ndarray) -> np.ndarray:
        """The directions with names as they are for bars z (n, latent_dim), float32 (n, k,
        latent_dim): along each its attribute grows, and the others stay as they are. Loudness,
        dynamics, swing and drag are feel: they leave z_pattern alone, so no hit comes or goes."""
        return self._directions.named_at(z)

    def nudge(self, groove: Groove, amounts: Sequence[float]) -> Groove:
        """Move a groove along `directions`, by as many units as `amounts` says.

        Amounts that are left out are 0; all 0 is exactly the groove. Raises BeatGenError where
        there are more amounts than directions, or one is not a number.
        """
        return self.nudges(groove, np.atleast_2d(amounts))[0]

    def nudges(self, groove: Groove, amounts: np.ndarray) -> list[Groove]:
        """`nudge` by each row of amounts (n, directions), decoded at once."""
        moves = self._directions.check(amounts)
        z = self.encode(groove)
        nudged = self._around(
            groove, z, self._directions.move(z, moves), *self._directions.remaining(moves)
        )
        # With nothing turned it is the groove, down to the last bit.
        return [new if move.any() else groove for new, move in zip(nudged, moves, strict=True)]

    def nudge_each(self, grooves: Sequence[Groove], amounts: Sequence[float]) -> list[Groove]:
        """`nudge` of several grooves by the same amounts, decoded at once. Raises BeatGenError
        where they are not all of as many bars."""
        moves = self._directions.check(np.atleast_2d(amounts))
        whole, n, bars = join(grooves), len(grooves), grooves[0].bars
        if any(groove.bars != bars for groove in grooves):
            found = sorted({groove.bars for groove in grooves})
            raise BeatGenError(f"grooves of {found} bars; expected as many in each.")
        if not moves.any():
            return list(grooves)
        z, _ = self.encode_bars(whole.velocity, whole.timing, loop=bars)
        pattern, feel = (fade(of_side) for of_side in self._directions.remaining(moves))
        counts, *rest = self.missed(whole, z, bars)
        missed = counts * pattern, *(part * feel for part in rest)
        return self.tell(
            self._directions.move(z, moves).reshape(n, bars, -1),
            Decoded(*(part.reshape(n, bars, *part.shape[1:]) for part in missed)),
            [groove.tempo for groove in grooves],
        )

    # --- inside ---------------------------------------------------------------------------------

    @cached_property
    def _recall(self) -> Recall | None:
        """None where no atlas lies beside the weights."""
        folder = self.network.folder
        if not (folder / ATLAS).is_file():
            return None
        return Recall(load_atlas(folder), self.pattern_dim)

    def _noise(self, count: int, seed: int) -> np.ndarray:
        check_seed(seed)
        noise = np.random.default_rng(seed).standard_normal((count, self.latent_dim))
        return noise.astype(np.float32)

    def _to_z(self, noise: np.ndarray) -> np.ndarray:
        """`prior.to_z` for any shape (..., latent_dim)."""
        flat = noise.reshape(-1, self.latent_dim).astype(np.float32)
        return self.prior.to_z(flat).reshape(noise.shape)

    def _around(
        self,
        groove: Groove,
        z: np.ndarray,
        takes: np.ndarray,
        pattern_left: np.ndarray,
        feel_left: np.ndarray,
    ) -> list[Groove]:
        """Grooves for `takes` (n, bars, latent_dim), which started at the groove's own z. What is
        left, float32 (n,): how much of what the model misses of pattern and feel is kept, 1 for all
        of it."""
        left = [fade(of_side)[:, None, None, None, None] for of_side in (pattern_left, feel_left)]
        counts, *feel = self.missed(groove, z)
        missed = Decoded(counts * left[0], *(part * left[1] for part in feel))
        return self.tell(takes, missed, [groove.tempo] * len(takes))
