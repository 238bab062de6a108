"""Blends of two grooves: everything on the path from A to B.

The prior turns z into noise and back (`beatgen.latent.prior`), so that mixing is done where every
point is a bar that a drummer might play. What the model misses of the two grooves is cross-faded
on top: at the ends a blend is exactly A or exactly B.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from beatgen.bars.pieces import cut
from beatgen.errors import BeatGenError, check_count, check_share
from beatgen.groove import Groove, check_grooves
from beatgen.latent.codec import Codec, fade, strikes_of
from beatgen.latent.decide import family_hits
from beatgen.latent.extras import Extras
from beatgen.latent.prior import Prior
from beatgen.meter import FOUR_FOUR, Meter
from beatgen.rebar import in_meter

PATH_FRAMES = 33
WAYPOINTS = 4  # the path is divided into so many straight pieces
CHUNK = 64  # blends at a time in `Blend.walk`
# Weight of the network, half-way, in how many sixteenths are struck (`decide.blend_hits`)
NETWORK_SHARE = 0.25


class Blend:
    """Two grooves, ready to be blended many times (`Vae.between`).

    What does not depend on the amount is computed once, here: the noise of both, what the model
    misses of each, and how many sixteenths each strikes. The shorter groove repeats; both are
    brought into one meter first, a's by default. loop: how many pieces (`beatgen.bars.pieces`) in
    a row repeat; by default the whole groove, 1 where each bar stands for itself. Raises
    BeatGenError for grooves of different steps per bar.
    """

    def __init__(
        self,
        codec: Codec,
        prior: Prior,
        a: Groove,
        b: Groove,
        meter: str | Meter | Sequence[Meter] | None = None,
        loop: int | None = None,
    ) -> None:
        check_grooves(a, b)
        if a.resolution != b.resolution:
            raise BeatGenError(
                f"grooves of {a.resolution} and {b.resolution} steps per bar do not blend."
            )
        self._codec, self._prior, self._loop = codec, prior, loop
        self._ends = in_one_meter(a, b, meter)
        bars = [cut(end) for end in self._ends]
        z = [codec.encode_bars(*of_end, loop=loop or len(of_end[0]))[0] for of_end in bars]
        self._noise = [prior.to_noise(of_end) for of_end in z]
        # From z to noise and back is not exact: the residual makes up for that loss, too.
        self._residuals = [
            codec.residual(end, prior.to_z(noise), loop)
            for end, noise in zip(self._ends, self._noise, strict=True)
        ]
        self._hits = [family_hits(strikes_of(end, loop).count) for end in self._ends]
        # The latest patterns, and where: the same path is asked for with another feel.
        self._decided: tuple[tuple[bytes, bytes], np.ndarray] = (b"", b""), np.empty(0, int)
        self._extras = Extras(*self._ends)

    def blend(self, amount: float, feel: float | None = None) -> Groove:
        """The blend at one amount, as `Vae.blend` describes."""
        return self._at([(amount, amount if feel is None else feel)])[0]

    def path(self, frames: int = PATH_FRAMES, feel: float | None = None) -> list[Groove]:
        """The blends at `frames` equal steps from 0 to 1, as `Vae.blend_path` describes."""
        check_count("frames", frames, 2)
        amounts = np.linspace(0, 1, frames).tolist()
        return self._at([(t, t if feel is None else feel) for t in amounts])

    def walk(self, steps: int) -> Iterator[Groove]:
        """The bars of `Vae.interpolate`, one after the other."""
        a, b = self._ends
        if not a.is_common:
            for i in range(steps):
                yield self.blend(i / (steps - 1))[i % a.bars]
            return
        for start in range(0, steps, CHUNK):
            at = np.arange(start, min(start + CHUNK, steps))
            # Of each blend only one bar is heard. The next one is decoded with it, because its
            # early hits stand at the end of the bar before.
            bars = np.stack([at % a.bars, (at + 1) % a.bars], 1)[:, : a.bars]
            pairs = [(t, t) for t in (at / (steps - 1)).tolist()]
            for i, blend in zip(at.tolist(), self._at(pairs, bars), strict=True):
                end = {0: a, steps - 1: b}.get(i)  # exact, to the last bit
                yield blend[0] if end is None else end[i % a.bars]

    def _at(
        self, amounts: Sequence[tuple[float, float]], bars: np.ndarray | None = None
    ) -> list[Groove]:
        """Grooves for pairs of amounts, (pattern, feel).

        bars: int (n, k), for each pair the bars of 4/4 that are decoded, one after the other. By
        default all are, and at the ends the result is the groove itself.
        """
        for pattern_amount, feel_amount in amounts:
            check_share("amount", pattern_amount)
            check_share("feel", feel_amount)
        a, b = self._ends
        chosen = np.arange(len(self._noise[0])) if bars is None else bars
        meters = a.meters if bars is None else (FOUR_FOUR,) * bars.shape[1]
        pairs = np.array(amounts, np.float32)
        z = path_z(self._prior, self._noise[0], self._noise[1], pairs, bars)
        of_pattern, of_feel = pairs.T
        p = self._codec.pattern_dim
        where, latest = (of_pattern.tobytes(), chosen.tobytes()), self._decided
        if latest[0] != where:
            self._decided = latest = where, self._decide(z[..., :p], of_pattern, chosen)
        missed = [
            _crossfaded(of_a[chosen], of_b[chosen], of_feel)
            for of_a, of_b in zip(self._residuals[0][1:], self._residuals[1][1:], strict=True)
        ]
        tempos = [(1 - t) * a.tempo + t * b.tempo for t, _ in amounts]
        blends = self._codec.play(z[..., p:], latest[1], missed, tempos, meters, self._loop)
        for i, (heard, at) in enumerate(zip(blends, amounts, strict=True)):
            extras = self._extras
            if bars is not None:
                extras = Extras(*(end.chosen(bars[i]) for end in self._ends))
            blends[i] = extras.onto(heard, *at)
        ends = {(0.0, 0.0): a, (1.0, 1.0): b} if bars is None else {}
        return [ends.get(at, groove) for at, groove in zip(amounts, blends, strict=True)]

    def _decide(self, z_pattern: np.ndarray, amounts: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """The patterns of blends, int (n, bars, 16, 22), of z_pattern (n, bars, pattern_dim)."""
        counts_a, counts_b = (residual.counts[chosen] for residual in self._residuals)
        share, (hits_a, hits_b) = amounts[:, None, None], self._hits
        hits = (1 - share) * hits_a[chosen] + share * hits_b[chosen]
        network_share = NETWORK_SHARE * 4 * share * (1 - share)
        missed = _crossfaded(counts_a, counts_b, amounts)
        return self._codec.decide(z_pattern, missed, hits, network_share)


def _crossfaded(a: np.ndarray, b: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """What is kept of two residuals (..., bars, 16, 22, k) at amounts (n,), 0 for a and 1 for b:
    float32 (n, bars, 16, 22, k)."""
    from_a, from_b = (fade(t)[:, None, None, None, None] for t in (1 - amounts, amounts))
    return a * from_a + b * from_b


def in_one_meter(
    a: Groove, b: Groove, meter: str | Meter | Sequence[Meter] | None = None
) -> list[Groove]:
    """Two grooves of as many bars, in one meter, by default a's; the shorter one repeats."""
    wanted = a.meters if meter is None else meter
    bars = max(in_meter(groove, wanted).bars for groove in (a, b))
    return [in_meter(groove, wanted, bars) for groove in (a, b)]


def path_z(
    prior: Prior,
    a: np.ndarray,
    b: np.ndarray,
    amounts: np.ndarray,
    bars: np.ndarray | None = None,
) -> np.ndarray:
    """z on the path between two bars or rows of bars, float32 (n, bars, latent_dim).

    a, b: their noise, float32 (bars, latent_dim). amounts: (n, 2), 0 to 1, of the pattern and of
    the feel. bars: int (n, k), which of the bars to compute for each pair of amounts, then z is
    (n, k, latent_dim); by default all.

    At each quarter of the path, of the pattern and of the feel, lies a waypoint: there the noise is
    mixed and turned into z. With noise mixed all along, many more strikes would come and go than
    the two ends require. Between waypoints z is interpolated, in the triangle of three in which the
    point lies (`triangles`): where pattern and feel go together, between two.
    """
    corners, weights = triangles(amounts * WAYPOINTS)
    z = np.zeros((len(amounts), len(a) if bars is None else bars.shape[1], a.shape[-1]), np.float32)
    chosen = np.broadcast_to(np.arange(len(a)), z.shape[:2]) if bars is None else bars
    # A corner without weight is not computed, and each bar of the others once, though many amounts
    # have it as a corner.
    point, corner = np.nonzero(weights)
    shape = len(point), chosen.shape[1]
    places = np.broadcast_to(corners[point, corner][:, None], (*shape, 2))
    rows = np.concatenate([places, chosen[point][..., None]], -1).reshape(-1, 3)
    waypoints, which = np.unique(rows, axis=0, return_inverse=True)
    of_pattern = np.arange(a.shape[-1]) < prior.pattern_dim
    along = np.where(of_pattern, waypoints[:, :1], waypoints[:, 1:2]) / WAYPOINTS
    bar = waypoints[:, 2].astype(int)
    found = prior.to_z(mix_noise(a[bar], b[bar], along.astype(np.float32)))
    np.add.at(z, point, weights[point, corner][:, None, None] * found[which.reshape(shape)])
    return z


def triangles(position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The corners around points in the plane, whole numbers (n, 3, 2), and the weight of each,
    float32 (n, 3): the sum of corners times weights is the point. position: (n, 2), 0 to WAYPOINTS.

    Each square is cut in two along its diagonal, where both coordinates go together: there, and on
    the sides of the square, one corner has no weight.

    >>> corners, weights = triangles(np.array([[1.5, 1.5], [0.25, 0.0]]))
    >>> corners[0].tolist(), weights[0].tolist()
    ([[1.0, 1.0], [2.0, 2.0], [2.0, 1.0]], [0.5, 0.5, 0.0])
    >>> weights[1].tolist()
    [0.75, 0.0, 0.25]
    """
    before = np.minimum(np.floor(position), WAYPOINTS - 1)
    beyond = position - before
    first, second = beyond.T
    farther = np.stack([first >= second, first < second], -1)  # the corner aside of the diagonal
    corners = np.stack([before, before + 1, before + farther], 1)
    weights = np.stack([1 - beyond.max(1), beyond.min(1), np.abs(first - second)], 1)
    return corners, weights.astype(np.float32)


def mix_noise(a: np.ndarray, b: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """A mix of two independent draws of N(0, 1) noise that is N(0, 1) itself: their plain weighted
    mean would have too small a variance."""
    return ((1 - amount) * a + amount * b) / np.sqrt((1 - amount) ** 2 + amount**2)
