"""Locks: what is locked stays to the last bit, and nothing else does."""

import numpy as np
import pytest

from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.kit import INDEX
from beatgen.lock import Lock

KICK, SNARE = INDEX["kick"], INDEX["snare"]


def bits(array: np.ndarray) -> np.ndarray:
    return array.view(np.uint32)


def test_a_locked_voice_is_kept_bit_for_bit_and_the_others_change(random_groove):
    old, new = random_groove(seed=1, bars=2), random_groove(seed=2, bars=2)
    kept = Lock(old, voices=frozenset({KICK})).keep(new)
    for part in ("velocity", "timing"):
        was, now, other = (getattr(groove, part) for groove in (old, kept, new))
        assert (bits(now)[..., KICK] == bits(was)[..., KICK]).all()
        others = np.arange(now.shape[2]) != KICK
        assert (bits(now)[..., others] == bits(other)[..., others]).all()
    assert kept.tempo == new.tempo
    assert not np.array_equal(old.velocity[..., KICK], new.velocity[..., KICK])


def test_locked_silence_stays_silent(random_groove):
    silence = Groove(np.zeros((1, 64, 22)))
    new = random_groove(seed=2)
    kept = Lock(silence, voices=frozenset({SNARE})).keep(new)
    assert new.velocity[..., SNARE].any()
    assert not kept.velocity[..., SNARE].any() and not kept.timing[..., SNARE].any()


def test_a_sixteenth_reaches_from_two_steps_before_its_line_to_one_after():
    lock = Lock(Groove(np.zeros((2, 64, 22))), sixteenths=frozenset({0, 17}))
    steps = np.flatnonzero(lock.mask.reshape(128, 22).all(axis=1))
    assert steps.tolist() == [0, 1, 66, 67, 68, 69, 126, 127]
    assert not np.delete(lock.mask.reshape(128, 22), steps, axis=0).any()


def test_voices_and_sixteenths_are_locked_together(random_groove):
    old, new = random_groove(seed=1), random_groove(seed=2)
    lock = Lock(old, frozenset({KICK}), frozenset({4}))
    kept = lock.keep(new)
    assert lock.mask.sum() == 2 * 64 + 4 * 21
    both = np.where(lock.mask, bits(old.velocity), bits(new.velocity))
    assert (bits(kept.velocity) == both).all()


@pytest.mark.parametrize("bars", [1, 4])
def test_a_lock_repeats_and_ends_with_the_groove(random_groove, bars):
    old, new = random_groove(seed=1, bars=2), random_groove(seed=2, bars=bars)
    kept = Lock(old, voices=frozenset({KICK})).keep(new)
    assert kept.bars == bars
    for bar in range(bars):
        assert (kept.velocity[bar, :, KICK] == old.velocity[bar % 2, :, KICK]).all()


def test_other_steps_per_bar_are_refused():
    with pytest.raises(BeatGenError, match="64 steps does not fit a groove of 16"):
        Lock(Groove(np.zeros((1, 64, 22)))).keep(Groove(np.zeros((1, 16, 22))))


def test_a_shorter_loop_ends_with_its_own_first_sixteenth() -> None:
    """Its last two steps belong to its first sixteenth, and there nothing was held."""
    old = Groove.from_tab("snare |O---------------|O---------------|")
    grace = np.zeros((1, 64, 22))
    grace[0, [0, 62], SNARE] = 0.5
    kept = Lock(old, sixteenths=frozenset({0, 1, 2, 3, 17})).keep(Groove(grace))
    assert np.argwhere(kept.velocity).tolist() == [[0, 0, SNARE]]
    assert kept.velocity[0, 0, SNARE] == old.velocity[0, 0, SNARE]
