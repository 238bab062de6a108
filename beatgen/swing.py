"""Swing, as the player applies it: for what is downloaded to be what was heard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from beatgen.groove import Groove, reach

STRAIGHT = 0.5
EIGHTHS = 8  # in a bar of 4/4


def swing(groove: Groove, share: float) -> Groove:
    """The groove with the first sixteenth of each eighth taking `share` of it, 0.5 to 0.75, in
    every meter.

    Whatever lies within the eighth is stretched along. Hits stand on the step nearest to where
    they then sound, or where another hit of the voice stands there, on the free step before.

    >>> straight = Groove.from_tab("hi-hat |xxxx------------|")
    >>> swing(straight, 0.75).velocity.nonzero()[1].tolist()
    [0, 6, 8, 14]
    """
    if share == STRAIGHT:
        return groove
    velocity, timing = np.zeros_like(groove.velocity), np.zeros_like(groove.timing)
    steps, most = groove.bar_steps, reach(groove.resolution)
    per_eighth = groove.resolution / EIGHTHS
    into = groove.first_steps % per_eighth  # how far into an eighth a bar begins: 0 but after 7/16
    # From the last step to the first, so that what is squeezed together moves into free steps.
    for bar, step, voice in np.argwhere(groove.velocity > 0)[::-1]:
        place = step + groove.timing[bar, step, voice] + into[bar]
        at = warp(place, share, per_eighth) - into[bar]
        to = min(max(round(at), 0), steps[bar] - 1)
        while velocity[bar, to, voice] and to > 0:
            to -= 1
        velocity[bar, to, voice] = groove.velocity[bar, step, voice]
        timing[bar, to, voice] = np.clip(at - to, -most, most)
    return replace(groove, velocity=velocity, timing=timing)


def warp(at: float, share: float, pair: float) -> float:
    """A place, moved as each pair of the length `pair` is divided: its first half takes `share` of
    it.

    >>> warp(1, 0.75, 2), warp(3, 0.75, 4)
    (1.5, 3.5)
    """
    pairs, phase = divmod(at / pair, 1)
    moved = phase * 2 * share if phase < 0.5 else share + (phase - 0.5) * 2 * (1 - share)
    return (pairs + moved) * pair
