"""Between two grooves: what both are made of, worked out once for all their blends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from beatgen.errors import BeatGenError, check_count, check_share
from beatgen.groove import Groove
from beatgen.latent.codec import Codec, fade, strikes_of
from beatgen.latent.decide import Decoded, family_hits
from beatgen.latent.prior import Prior
from beatgen.latent.way import way

PATH_FRAMES = 33
CHUNK = 64  # blends at a time on a walk
SAY = 0.25  # of the network, half-way, in how many strikes there are (`beatgen.latent.decide`)


class Between:
    """All blends of two grooves, as `Vae.blend` tells of them.

    What does not depend on the place is computed here: the noise that the prior makes the grooves
    of, what the model misses of each, how busy they are. Raises BeatGenError for grooves of
    different steps per bar.
    """

    def __init__(self, codec: Codec, prior: Prior, a: Groove, b: Groove) -> None:
        if a.steps != b.steps:
            raise BeatGenError(f"grooves of {a.steps} and {b.steps} steps per bar do not blend.")
        self._codec, self._prior = codec, prior
        bars = max(a.bars, b.bars)
        self._ends = [groove.repeat(bars) for groove in (a, b)]
        z = [codec.encode_bars(end.velocity, end.timing, loop=bars)[0] for end in self._ends]
        self._noise = [prior.to_noise(of_end) for of_end in z]
        # Of the z that the noise leads back to: what gets lost on that way is missed, too.
        self._missed = [
            codec.missed(end, prior.to_z(noise))
            for end, noise in zip(self._ends, self._noise, strict=True)
        ]
        self._hits = [family_hits(strikes_of(end).count) for end in self._ends]

    def blend(self, amount: float, feel: float | None = None) -> Groove:
        """As `Vae.blend`."""
        return self._at([(amount, amount if feel is None else feel)])[0]

    def path(self, frames: int = PATH_FRAMES, feel: float | None = None) -> list[Groove]:
        """As `Vae.blend_path`."""
        check_count("frames", frames, 2)
        amounts = np.linspace(0, 1, frames).tolist()
        return self._at([(t, t if feel is None else feel) for t in amounts])

    def walk(self, steps: int) -> Iterator[Groove]:
        """The bars of `Vae.interpolate`. Of each blend but one bar is made, and the next one, whose
        early hits stand in it."""
        a, b = self._ends
        for start in range(0, steps, CHUNK):
            at = np.arange(start, min(start + CHUNK, steps))
            bars = np.stack([at % a.bars, (at + 1) % a.bars], 1)[:, : a.bars]
            pairs = [(t, t) for t in (at / (steps - 1)).tolist()]
            for i, blend in zip(at.tolist(), self._at(pairs, bars), strict=True):
                whole = {0: a, steps - 1: b}.get(i)  # hit for hit, down to the last bit
                yield blend[0] if whole is None else whole[i % a.bars]

    def _at(
        self, amounts: Sequence[tuple[float, float]], bars: np.ndarray | None = None
    ) -> list[Groove]:
        """Grooves for pairs of amounts, one for the pattern and one for the feel.

        bars: for each of them the bars of it that are made, one after the other; int (n, k).
        Without it they are all made, and the ends are the grooves themselves.
        """
        for t, f in amounts:
            check_share("amount", t)
            check_share("feel", f)
        a, b = self._ends
        chosen = np.arange(a.bars) if bars is None else bars
        z = way(self._prior, self._noise[0], self._noise[1], np.array(amounts, np.float32), bars)
        pattern, feel = np.array(amounts, np.float32).T
        left = [(fade(1 - t), fade(t)) for t in (pattern, feel, feel, feel)]
        missed = Decoded(
            *(
                of_a[chosen] * to_a[:, None, None, None, None]
                + of_b[chosen] * to_b[:, None, None, None, None]
                for of_a, of_b, (to_a, to_b) in zip(*self._missed, left, strict=True)
            )
        )
        tempos = [(1 - t) * a.tempo + t * b.tempo for t, _ in amounts]
        share, (hits_a, hits_b) = pattern[:, None, None], self._hits
        hits = (1 - share) * hits_a[chosen] + share * hits_b[chosen]
        told = self._codec.tell(z, missed, tempos, hits, SAY * 4 * share * (1 - share))
        ends = {(0.0, 0.0): a, (1.0, 1.0): b} if bars is None else {}
        return [ends.get(at, groove) for at, groove in zip(amounts, told, strict=True)]
