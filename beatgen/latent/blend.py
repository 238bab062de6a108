"""Blends of two grooves, and of up to four at the corners of a square.

The prior turns z into noise and back (`beatgen.latent.prior`), so that mixing is done where every
point is a bar that a drummer might play. What the model misses of the grooves is cross-faded on
top: where one groove has all the weight, a blend is exactly that groove.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from beatgen.bars.pieces import cut
from beatgen.errors import BeatGenError, check_count, check_share, shown
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
MOST_CORNERS = 4
# Weight of the network, half-way, in how many sixteenths are struck (`decide.blend_hits`)
NETWORK_SHARE = 0.25

# Points (n, 2) -> the weights of k grooves there, (n, k) each, in the pattern and in the feel
Weigh = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


class _Mixed:
    """Grooves, ready to be mixed many times. What does not depend on the weights is computed once:
    the noise of each, what the model misses of it, and how many sixteenths it strikes.

    weigh: which weights the grooves have at a point of the square. The rest is as for `Blend`.
    """

    def __init__(
        self,
        codec: Codec,
        prior: Prior,
        grooves: Sequence[Groove],
        weigh: Weigh,
        meter: str | Meter | Sequence[Meter] | None,
        loop: int | None,
    ) -> None:
        check_grooves(*grooves)
        steps = sorted({groove.resolution for groove in grooves})
        if len(steps) > 1:
            raise BeatGenError(f"grooves of {steps[0]} and {steps[1]} steps per bar do not blend.")
        self._codec, self._prior, self._weigh, self._loop = codec, prior, weigh, loop
        self._ends = in_one_meter(*grooves, meter=meter)
        bars = [cut(end) for end in self._ends]
        z = [codec.encode_bars(*of_end, loop=loop or len(of_end[0]))[0] for of_end in bars]
        self._noise = np.stack([prior.to_noise(of_end) for of_end in z])
        # From z to noise and back is not exact: the residual makes up for that loss, too.
        self._residuals = [
            codec.residual(end, prior.to_z(noise), loop)
            for end, noise in zip(self._ends, self._noise, strict=True)
        ]
        self._hits = [family_hits(strikes_of(end, loop).count) for end in self._ends]
        # The latest patterns, and where: the same path is asked for with another feel.
        self._decided: tuple[tuple[bytes, bytes], np.ndarray] = (b"", b""), np.empty(0, int)
        self._extras = Extras(*self._ends)

    def _at(
        self, points: Sequence[tuple[float, float]], bars: np.ndarray | None = None
    ) -> list[Groove]:
        """Grooves at points of the square.

        bars: int (n, k), for each point the bars of 4/4 that are decoded, one after the other. By
        default all are, and where one groove has all the weight the result is that groove itself.
        """
        chosen = np.arange(self._noise.shape[1]) if bars is None else bars
        meters = self._ends[0].meters if bars is None else (FOUR_FOUR,) * bars.shape[1]
        places = np.array(points, np.float32)
        z = path_z(self._prior, self._noise, places, self._weigh, bars)
        of_pattern, of_feel = self._weigh(places)
        p = self._codec.pattern_dim
        where, latest = (of_pattern.tobytes(), chosen.tobytes()), self._decided
        if latest[0] != where:
            self._decided = latest = where, self._decide(z[..., :p], of_pattern, chosen)
        missed = [
            _crossfaded([part[chosen] for part in parts], of_feel)
            for parts in list(zip(*self._residuals, strict=True))[1:]
        ]
        exact = self._weigh(np.array(points))  # in double precision, as tempos are
        tempos = [
            sum(w * end.tempo for w, end in zip(row, self._ends, strict=True))
            for row in exact[0].tolist()
        ]
        blends = self._codec.play(z[..., p:], latest[1], missed, tempos, meters, self._loop)
        for i, heard in enumerate(blends):
            extras = self._extras
            if bars is not None:
                extras = Extras(*(end.chosen(bars[i]) for end in self._ends))
            blends[i] = extras.onto(heard, exact[0][i], exact[1][i])
        if bars is not None:
            return blends
        alone = ((exact[0] == 1) & (exact[1] == 1)).tolist()
        return [
            self._ends[row.index(True)] if any(row) else groove
            for row, groove in zip(alone, blends, strict=True)
        ]

    def _walk(self, points: Sequence[tuple[float, float]]) -> Iterator[Groove]:
        """Bar i of the blend at the i-th point, one after the other."""
        first, n = self._ends[0], len(points)
        if not first.is_common:
            for i, point in enumerate(points):
                yield self._at([point])[0][i % first.bars]
            return
        of_pattern, of_feel = self._weigh(np.array(points))
        alone = ((of_pattern == 1) & (of_feel == 1)).tolist()
        for start in range(0, n, CHUNK):
            at = np.arange(start, min(start + CHUNK, n))
            # Of each blend only one bar is heard. The next one is decoded with it, because its
            # early hits stand at the end of the bar before.
            bars = np.stack([at % first.bars, (at + 1) % first.bars], 1)[:, : first.bars]
            for i, blend in zip(
                at.tolist(), self._at(points[start : at[-1] + 1], bars), strict=True
            ):
                # Where one groove has all the weight, it is its bar, exact to the last bit.
                end = self._ends[alone[i].index(True)] if any(alone[i]) else None
                yield blend[0] if end is None else end[i % first.bars]

    def _decide(self, z_pattern: np.ndarray, weights: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """The patterns of blends, int (n, bars, 16, 22), of z_pattern (n, bars, pattern_dim)."""
        columns = weights.T[:, :, None, None]
        hits = sum(w * hits[chosen] for w, hits in zip(columns, self._hits, strict=True))
        pairs = sum(
            (columns[i] * columns[j] for j in range(len(columns)) for i in range(j)),
            np.zeros_like(columns[0]),
        )
        missed = _crossfaded([of_end.counts[chosen] for of_end in self._residuals], weights)
        return self._codec.decide(z_pattern, missed, hits, NETWORK_SHARE * 4 * pairs)


class Blend(_Mixed):
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
        super().__init__(codec, prior, (a, b), apart, meter, loop)

    def blend(self, amount: float, feel: float | None = None) -> Groove:
        """The blend at one amount, as `Vae.blend` describes."""
        return self._at([_checked(amount, amount if feel is None else feel)])[0]

    def path(self, frames: int = PATH_FRAMES, feel: float | None = None) -> list[Groove]:
        """The blends at `frames` equal steps from 0 to 1, as `Vae.blend_path` describes."""
        check_count("frames", frames, 2)
        amounts = np.linspace(0, 1, frames).tolist()
        return self._at([_checked(t, t if feel is None else feel) for t in amounts])

    def walk(self, steps: int) -> Iterator[Groove]:
        """The bars of `Vae.interpolate`, one after the other."""
        return self._walk([(i / (steps - 1), i / (steps - 1)) for i in range(steps)])


class Corners(_Mixed):
    """Up to four grooves at the corners of a square, ready to be mixed many times (`Vae.corners`).

    The first is at the lower left, the second at the lower right, the third at the upper left, the
    fourth at the upper right; `corner_weights` has the weight of each inside. They are brought into
    one meter, the first one's by default; shorter ones repeat. Raises BeatGenError for another
    number of grooves, and for grooves of different steps per bar.
    """

    def __init__(
        self,
        codec: Codec,
        prior: Prior,
        grooves: Sequence[Groove],
        meter: str | Meter | Sequence[Meter] | None = None,
    ) -> None:
        count = len(grooves)
        if not 1 <= count <= MOST_CORNERS:
            raise BeatGenError(f"{count} grooves are given; expected 1 to {MOST_CORNERS}.")

        def weigh(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            weights = corner_weights(points, count)
            return weights, weights

        super().__init__(codec, prior, grooves, weigh, meter, None)

    def mix(self, across: float, up: float) -> Groove:
        """The mix at one place, as `Vae.mix` describes."""
        return self._at([_checked(across, up, "across", "up")])[0]

    def lattice(self, columns: int) -> list[Groove]:
        """The mixes at columns x columns places, evenly spaced, row by row from the lower left one,
        decoded at once."""
        check_count("columns", columns, 2)
        places = np.linspace(0, 1, columns).tolist()
        return self._at([(across, up) for up in places for across in places])

    def walk(self, places: Sequence[tuple[float, float]]) -> Iterator[Groove]:
        """The bars of `Vae.arrange`, one after the other."""
        return self._walk([_checked_place(place) for place in places])


def apart(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The weights of two grooves where the first coordinate (n, 2) blends the pattern, the second
    the feel."""
    pattern, feel = (np.stack([1 - along, along], -1) for along in points.T)
    return pattern, feel


def corner_weights(points: np.ndarray, count: int) -> np.ndarray:
    """The weights (n, count) of so many grooves at the corners of a square, at points (n, 2) of it,
    (across, up), 0 to 1 each. They are bilinear, so that each is 1 at its corner and their sum is 1
    everywhere; of three grooves, the third one has the whole upper edge.

    >>> corner_weights(np.array([[0.5, 0.5], [1.0, 0.0]]), 4).tolist()
    [[0.25, 0.25, 0.25, 0.25], [0.0, 1.0, 0.0, 0.0]]
    >>> corner_weights(np.array([[0.5, 0.5], [0.2, 1.0]]), 3).tolist()
    [[0.25, 0.25, 0.5], [0.0, 0.0, 1.0]]
    """
    across, up = points.T
    if count == 1:
        return np.ones((len(points), 1), points.dtype)
    if count == 2:
        return np.stack([1 - across, across], -1)
    lower = [(1 - across) * (1 - up), across * (1 - up)]
    upper = [up] if count == 3 else [(1 - across) * up, across * up]
    return np.stack([*lower, *upper], -1)


def places_along(line: Sequence[tuple[float, float]], bars: int) -> list[tuple[float, float]]:
    """So many places along a line through points, evenly spaced, its ends included: for
    `Vae.arrange`. Raises BeatGenError for a line without a point, and for less than one bar.

    >>> places_along([(0, 0), (1, 0), (1, 1)], 3)
    [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
    """
    check_count("bars", bars)
    if not len(line):
        raise BeatGenError("this line has no point; expected one place or more.")
    points = np.array(line, float)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    gone = np.concatenate([[0], lengths.cumsum()])
    wanted = np.linspace(0, gone[-1], bars)
    across, up = (np.interp(wanted, gone, of_points).tolist() for of_points in points.T)
    return list(zip(across, up, strict=True))


def _checked(
    first: float, second: float, name: str = "amount", other: str = "feel"
) -> tuple[float, float]:
    """Two shares. Raises BeatGenError where one is none."""
    check_share(name, first)
    check_share(other, second)
    return first, second


def _checked_place(place: tuple[float, float]) -> tuple[float, float]:
    """A place on the square. Raises BeatGenError where it is none."""
    try:
        across, up = place
    except (TypeError, ValueError) as error:
        raise BeatGenError(f"a place is {shown(place)}; expected (across, up).") from error
    return _checked(across, up, "across", "up")


def _crossfaded(parts: Sequence[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """What is kept of residuals (..., bars, 16, 22, k) where they have these weights (n, count):
    float32 (n, bars, 16, 22, k)."""
    return sum(
        part * fade(w)[:, None, None, None, None] for part, w in zip(parts, weights.T, strict=True)
    )


def in_one_meter(
    *grooves: Groove, meter: str | Meter | Sequence[Meter] | None = None
) -> list[Groove]:
    """Grooves of as many bars, in one meter, by default the first one's; shorter ones repeat."""
    wanted = grooves[0].meters if meter is None else meter
    bars = max(in_meter(groove, wanted).bars for groove in grooves)
    return [in_meter(groove, wanted, bars) for groove in grooves]


def path_z(
    prior: Prior,
    noise: np.ndarray,
    points: np.ndarray,
    weigh: Weigh,
    bars: np.ndarray | None = None,
) -> np.ndarray:
    """z at points between bars or rows of bars, float32 (n, bars, latent_dim).

    noise: of each groove, float32 (count, bars, latent_dim). points: (n, 2), 0 to 1. weigh: the
    weights of the grooves there. bars: int (n, k), which of the bars to compute for each point,
    then z is (n, k, latent_dim); by default all.

    At each quarter of the square's sides lies a waypoint: there the noise is mixed and turned into
    z. With noise mixed all along, many more strikes would come and go than the ends require.
    Between waypoints z is interpolated, in the triangle of three in which the point lies
    (`triangles`): on the diagonal and on the sides, between two.
    """
    corners, weights = triangles(points * WAYPOINTS)
    rows_of_bars = noise.shape[1] if bars is None else bars.shape[1]
    z = np.zeros((len(points), rows_of_bars, noise.shape[-1]), np.float32)
    chosen = np.broadcast_to(np.arange(noise.shape[1]), z.shape[:2]) if bars is None else bars
    # A corner without weight is not computed, and each bar of the others once, though many points
    # have it as a corner.
    point, corner = np.nonzero(weights)
    shape = len(point), chosen.shape[1]
    places = np.broadcast_to(corners[point, corner][:, None], (*shape, 2))
    rows = np.concatenate([places, chosen[point][..., None]], -1).reshape(-1, 3)
    waypoints, which = np.unique(rows, axis=0, return_inverse=True)
    of_pattern = np.arange(noise.shape[-1]) < prior.pattern_dim
    bar = waypoints[:, 2].astype(int)
    shares = [
        np.where(of_pattern, pattern[:, None], feel[:, None]).astype(np.float32)
        for pattern, feel in zip(
            *(side.T for side in weigh(waypoints[:, :2] / WAYPOINTS)), strict=True
        )
    ]
    found = prior.to_z(mix_noise([of_groove[bar] for of_groove in noise], shares))
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


def mix_noise(noise: Sequence[np.ndarray], weights: Sequence[np.ndarray]) -> np.ndarray:
    """A mix of independent draws of N(0, 1) noise that is N(0, 1) itself: their plain weighted mean
    would have too small a variance. weights: of each, with the sum 1."""
    mixed = sum(w * of_one for w, of_one in zip(weights, noise, strict=True))
    return mixed / np.sqrt(sum(w**2 for w in weights))
