"""Playing in latent space: encode, decode, blend, vary, sample, nudge. Numpy in, numpy out.

The network runs in LiteRT, TensorFlow's small runtime: no TensorFlow is imported here.

What the model misses of a groove is not lost. Every way of playing starts from the groove itself
and adds what the model says of the change, so that an amount of 0 is exactly the groove, hit for
hit, and the part that the model cannot hold fades out along the way (`_fade`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from beatgen.decoded import Decoded, family_hits, pattern_of, pattern_of_size
from beatgen.errors import BeatGenError, ModelError
from beatgen.groove import STEPS, Groove, join
from beatgen.runtime import Network, load_network
from beatgen.strikes import N_VOICES, PLACES, expected_grid, to_grid, to_strikes

PATH_FRAMES = 33
FADE = 2.0  # the missed part shrinks with this power of the way left: half-way a quarter is left


@dataclass(frozen=True)
class Direction:
    """A direction in latent space, float32 (latent_dim,): one standard deviation of the training
    bars long, or as long as its attribute needs to grow by about one."""

    name: str
    vector: np.ndarray
    named: bool  # after an attribute, or a principal direction


def load_model(name: str | Path = "bar") -> Vae:
    """Load shipped weights by name ("bar" is ours, "bar-16" ours with 16 latent dimensions), or
    those in a folder that `beatgen train` exported.

    Raises ModelError where they are missing, or are not those of a BarVAE.
    """
    return Vae(load_network(name))


class Vae:
    """A trained BarVAE. z has `pattern_dim` dimensions for the pattern, then those for the feel.

    card: the model card. threshold: the probability above which a sixteenth is struck.
    """

    def __init__(self, network: Network) -> None:
        self.card = network.card
        if self.card.get("model") != "bar":
            raise ModelError(
                f"the model {self.card.get('model')!r} is there to be measured; blending and "
                "varying needs one trained with --model bar."
            )
        self.pattern_dim = int(self.card["config"]["pattern_dim"])
        self.latent_dim = self.pattern_dim + int(self.card["config"]["feel_dim"])
        self.threshold = float(self.card["threshold"])
        self._network = network
        self._center = network.space["mean"]
        self._components = network.space["components"]
        self._named = network.space["directions"]

    # --- Groove <-> z ---------------------------------------------------------------------------

    def encode(self, groove: Groove) -> np.ndarray:
        """z_mean of each bar, float32 (bars, latent_dim)."""
        return self.encode_bars(groove.velocity, groove.timing)[0]

    def decode(self, z: np.ndarray, tempo: float = 120.0) -> Groove:
        """One bar for each row of z, (latent_dim,) or (bars, latent_dim).

        Raises BeatGenError for another shape.
        """
        return self._groove(*self._decode(self._checked(z)), tempo)

    def reconstruct(self, groove: Groove) -> Groove:
        """The groove as the model holds it: encoded and decoded."""
        return self.decode(self.encode(groove), groove.tempo)

    # --- the ways of playing --------------------------------------------------------------------

    def blend(self, a: Groove, b: Groove, amount: float, feel: float | None = None) -> Groove:
        """Between two grooves: 0 is exactly `a`, 1 exactly `b`.

        feel: the same for the feel alone, the amount then moves the pattern only: amount 0 and
        feel 1 is a's pattern with b's feel. Bar by bar, the shorter groove repeating; the tempo
        blends with the amount. Raises BeatGenError for amounts outside 0 to 1.
        """
        return self._blends(a, b, [(amount, amount if feel is None else feel)])[0]

    def blend_path(
        self, a: Groove, b: Groove, frames: int = PATH_FRAMES, feel: float | None = None
    ) -> list[Groove]:
        """`blend` at `frames` equal steps from 0 to 1, decoded at once."""
        if frames < 2:
            raise BeatGenError(f"frames is {frames}; expected 2 or more.")
        amounts = np.linspace(0, 1, frames).tolist()
        return self._blends(a, b, [(t, t if feel is None else feel) for t in amounts])

    def interpolate(self, a: Groove, b: Groove, steps: int = 8) -> Groove:
        """A walk from `a` to `b`, one bar per step, both ends included.

        Where the grooves have several bars, the walk goes through them in turn: step i plays bar
        i of the blend (the shorter groove repeating). The tempo is a's.
        """
        if steps < 2:
            raise BeatGenError(f"steps is {steps}; expected 2 or more.")
        frames = self.blend_path(a, b, steps)
        return join(frame[i % frame.bars] for i, frame in enumerate(frames))

    def vary(
        self, groove: Groove, count: int = 6, amount: float = 0.5, seed: int = 0
    ) -> list[Groove]:
        """Takes around a groove: amount 0 is the groove itself, 1 another one from the prior.

        In between, z moves along a circle from the groove towards a draw from the prior, so that a
        take is as likely a bar as the groove is. All bars of a take move the same way.
        """
        _check_amount("amount", amount)
        if count < 1:
            raise BeatGenError(f"count is {count}; expected 1 or more.")
        z = self.encode(groove)
        drawn = self._draws(count, seed)
        keep = np.sqrt(1 - amount**2)
        takes = self._center + keep * (z - self._center)[None] + amount * drawn[:, None]
        return self._around(groove, z, takes, 1 - amount)

    def sample(self, count: int = 4, seed: int = 0, tempo: float = 120.0) -> list[Groove]:
        """New bars from the prior: the normal distribution that the training bars have in z."""
        if count < 1:
            raise BeatGenError(f"count is {count}; expected 1 or more.")
        decoded = self.decode(self._center + self._draws(count, seed), tempo)
        return [decoded[i] for i in range(count)]

    @property
    def directions(self) -> list[Direction]:
        """First those with names, such as "density" or "swing" (`beatgen.attributes`), then the
        principal ones, the widest first."""
        names = [told["name"] for told in self.card["directions"]]
        named = [Direction(name, v, True) for name, v in zip(names, self._named, strict=True)]
        principal = enumerate(self._components, start=1)
        return named + [Direction(f"principal {i}", v, False) for i, v in principal]

    def nudge(self, groove: Groove, amounts: Sequence[float]) -> Groove:
        """Move a groove along `directions`, by as many units as `amounts` says.

        Amounts that are left out are 0; all 0 is exactly the groove. Raises BeatGenError where
        there are more amounts than directions, or one is not a number.
        """
        vectors = np.concatenate([self._named, self._components])
        moves = np.asarray(amounts, np.float32)
        if moves.ndim != 1 or len(moves) > len(vectors) or not np.isfinite(moves).all():
            raise BeatGenError(
                f"amounts must be up to {len(vectors)} finite numbers; found {amounts!r}."
            )
        z = self.encode(groove)
        shift = moves @ vectors[: len(moves)]
        left = float(np.exp(-0.5 * (moves**2).sum()))  # how much of the groove itself is kept
        return self._around(groove, z, (z + shift)[None], left)[0]

    # --- arrays, for measuring ------------------------------------------------------------------

    def encode_bars(
        self, velocity: np.ndarray, timing: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and log variance of z, float32 (n, latent_dim) each, of grids (n, 64, 22)."""
        if velocity.shape[1:] != (STEPS, N_VOICES):
            raise BeatGenError(
                f"the model reads bars of {STEPS} steps; found {velocity.shape[1]}. Read the file "
                f"with steps={STEPS}."
            )
        strikes = to_strikes(velocity, timing)
        out = self._network.run("encode", strikes=np.stack([strikes.velocity, strikes.timing], -1))
        return out["mean"], out["log_var"]

    def reconstruct_bars(
        self, velocity: np.ndarray, timing: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Expected velocity (probability of a hit x its velocity), then velocity and timing as
        they sound; float32 (n, 64, 22) each."""
        decoded, pattern = self._decode(self.encode_bars(velocity, timing)[0])
        return (expected_grid(decoded.expected()), *to_grid(decoded.strikes(pattern)))

    def decode_bars(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Velocity and timing, float32 (n, 64, 22) each, of z (n, latent_dim)."""
        decoded, pattern = self._decode(self._checked(z))
        return to_grid(decoded.strikes(pattern))

    # --- inside ---------------------------------------------------------------------------------

    def _checked(self, z: np.ndarray) -> np.ndarray:
        z = np.atleast_2d(np.asarray(z, np.float32))
        if z.ndim != 2 or z.shape[1] != self.latent_dim or not len(z):
            raise BeatGenError(
                f"z has the shape {np.shape(z)}; expected (bars, {self.latent_dim})."
            )
        return z

    def _draws(self, count: int, seed: int) -> np.ndarray:
        """Draws from the prior around its mean, (count, latent_dim)."""
        noise = np.random.default_rng(seed).standard_normal((count, len(self._components)))
        return (noise @ self._components).astype(np.float32)

    def _decode(
        self, z: np.ndarray, pattern: np.ndarray | None = None
    ) -> tuple[Decoded, np.ndarray]:
        """What the network says of z, and the pattern (n, 16, 22) that it is dressed for: the
        given one, or its own."""
        count = self._counts(z[:, : self.pattern_dim])
        if pattern is None:
            pattern = pattern_of(count, self.threshold)
        return Decoded(count, *self._dress(z[:, self.pattern_dim :], pattern)), pattern

    def _counts(self, z_pattern: np.ndarray) -> np.ndarray:
        return np.exp(self._network.run("pattern", z=z_pattern)["log_count"])

    def _dress(
        self, z_feel: np.ndarray, pattern: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Place probabilities, velocity and timing for a pattern (n, 16, 22)."""
        out = self._network.run("feel", z=z_feel, count=pattern)
        scores = np.exp(out["scores"] - out["scores"].max(-1, keepdims=True))
        return scores / scores.sum(-1, keepdims=True), out["velocity"], out["timing"]

    def _missed(self, groove: Groove, z: np.ndarray) -> Decoded:
        """What has to be added to the decoded z so that it is the groove, per bar."""
        true = to_strikes(groove.velocity, groove.timing)
        struck = true.velocity > 0
        told, _ = self._decode(z, true.count)
        share = struck / np.maximum(struck.sum(-1, keepdims=True), 1)
        return Decoded(
            np.eye(PLACES + 1, dtype=np.float32)[true.count] - told.counts,
            np.where(struck.any(-1, keepdims=True), share - told.place, 0),
            np.where(struck, true.velocity - told.velocity, 0),
            np.where(struck, true.timing - told.timing, 0),
        )

    def _blends(self, a: Groove, b: Groove, amounts: Sequence[tuple[float, float]]) -> list[Groove]:
        """Grooves for pairs of amounts, one for the pattern and one for the feel."""
        if a.steps != b.steps:
            raise BeatGenError(f"grooves of {a.steps} and {b.steps} steps per bar do not blend.")
        for t, f in amounts:
            _check_amount("amount", t)
            _check_amount("feel", f)
        bars = max(a.bars, b.bars)
        a, b = a.repeat(bars), b.repeat(bars)
        z_a, z_b = self.encode(a), self.encode(b)
        missed_a, missed_b = self._missed(a, z_a), self._missed(b, z_b)
        pattern, feel = np.array(amounts, np.float32).T
        along = np.where(
            np.arange(self.latent_dim) < self.pattern_dim, pattern[:, None], feel[:, None]
        )
        z = _mix(z_a, z_b, along[:, None])
        left = [(_fade(1 - t), _fade(t)) for t in (pattern, feel, feel, feel)]
        missed = Decoded(
            *(
                of_a * to_a[:, None, None, None, None] + of_b * to_b[:, None, None, None, None]
                for of_a, of_b, (to_a, to_b) in zip(missed_a, missed_b, left, strict=True)
            )
        )
        hits_a, hits_b = (
            family_hits(to_strikes(groove.velocity, groove.timing).count) for groove in (a, b)
        )
        hits = _mix(hits_a, hits_b, pattern[:, None, None])
        tempos = [_mix(a.tempo, b.tempo, t) for t, _ in amounts]
        told = self._tell(z, missed, tempos, hits)
        ends = {(0.0, 0.0): a, (1.0, 1.0): b}  # hit for hit, down to the last bit
        return [ends.get(at, groove) for at, groove in zip(amounts, told, strict=True)]

    def _around(
        self, groove: Groove, z: np.ndarray, takes: np.ndarray, left: float
    ) -> list[Groove]:
        """Grooves for `takes` (n, bars, latent_dim), which started at the groove's own z; `left`
        is how much of what the model misses is kept, 1 for all of it."""
        if left == 1:
            return [groove] * len(takes)
        missed = Decoded(*(part * _fade(left) for part in self._missed(groove, z)))
        return self._tell(takes, missed, [groove.tempo] * len(takes))

    def _tell(
        self,
        z: np.ndarray,
        missed: Decoded,
        tempos: Sequence[float],
        hits: np.ndarray | None = None,
    ) -> list[Groove]:
        """A groove for each of z (n, bars, latent_dim), with what is missed added to it.

        hits (n, bars, families): how many sixteenths are struck; the threshold decides without.
        """
        n, bars, _ = z.shape
        flat = z.reshape(n * bars, -1)
        count = self._counts(flat[:, : self.pattern_dim])
        count = count.reshape(n, bars, *count.shape[1:]) + missed.counts
        if hits is None:
            pattern = pattern_of(count, self.threshold)
        else:
            pattern = pattern_of_size(count, hits)
        pattern = pattern.reshape(n * bars, *pattern.shape[2:])
        feel = (
            part.reshape(n, bars, *part.shape[1:]) + more
            for part, more in zip(
                self._dress(flat[:, self.pattern_dim :], pattern), list(missed)[1:], strict=True
            )
        )
        decoded = Decoded(*(part.reshape(n * bars, *part.shape[2:]) for part in (count, *feel)))
        whole = self._groove(decoded, pattern, 1.0)
        return [
            replace(whole[i * bars : (i + 1) * bars], tempo=tempo) for i, tempo in enumerate(tempos)
        ]

    def _groove(self, decoded: Decoded, pattern: np.ndarray, tempo: float) -> Groove:
        velocity, timing = to_grid(decoded.strikes(pattern))
        return Groove(np.rint(velocity * 127) / 127, timing, tempo)


def _fade(left: Any) -> Any:
    return left**FADE


def _mix(a: Any, b: Any, amount: float) -> Any:
    return (1 - amount) * a + amount * b


def _check_amount(name: str, amount: float) -> None:
    if not 0 <= amount <= 1:  # false for NaN, too
        raise BeatGenError(f"{name} is {amount}; expected 0 to 1.")
