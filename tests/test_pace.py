"""The same sound at twice the tempo, and at half of it."""

import numpy as np
import pytest

from beatgen.groove import Groove
from beatgen.pace import doubled, halved


def random_groove(seed: int, bars: int = 4, steps: int = 64) -> Groove:
    rng = np.random.default_rng(seed)
    velocity = (
        rng.integers(1, 128, (bars, steps, 22)) / 127 * (rng.random((bars, steps, 22)) < 0.05)
    )
    timing = rng.uniform(-0.5, 0.5, velocity.shape) * (velocity > 0)
    return Groove(velocity, timing, tempo=87.0)


def seconds(groove: Groove) -> list[tuple[int, float, float]]:
    """Voice, time and velocity of every hit."""
    bar, step, voice = cells = np.nonzero(groove.velocity)
    at = (bar * groove.steps + step + groove.timing[cells]) * groove.step_seconds
    return sorted(zip(voice.tolist(), at.tolist(), groove.velocity[cells].tolist(), strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_twice_as_fast_it_sounds_the_same_and_back_again(seed):
    groove = random_groove(seed)
    fast = doubled(groove)
    assert (fast.tempo, fast.bars) == (174.0, 8)
    np.testing.assert_allclose(seconds(fast), seconds(groove), atol=1e-5)
    slow = halved(fast)
    assert (slow.tempo, slow.bars) == (87.0, 4)
    np.testing.assert_allclose(seconds(slow), seconds(groove), atol=1e-5)


def test_half_as_fast_every_hit_that_has_room_sounds_when_it_did():
    groove = random_groove(7, bars=3)
    slow = halved(groove)
    assert (slow.tempo, slow.bars) == (43.5, 2)
    before, after = seconds(groove), seconds(slow)
    assert len(after) > 0.97 * len(before)
    nearest = [min(abs(at - t) for v, t, _ in before if v == voice) for voice, at, _ in after]
    assert max(nearest) < 1e-5


def test_an_early_first_hit_stays_the_first():
    velocity = np.zeros((1, 64, 22))
    velocity[0, 0, 0] = 1
    fast = doubled(Groove(velocity, np.where(velocity, -1.9, 0)))
    assert fast.velocity[0, 0, 0] == 1
    assert fast.timing[0, 0, 0] == -2
