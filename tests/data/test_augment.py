from dataclasses import replace

import numpy as np
import pytest

from beatgen.bars.metrics import VOICES_OF_CLASS
from beatgen.data.augment import (
    HATS,
    RIDES,
    Augmentation,
    augmented,
    following_bars,
    known_parts,
)
from beatgen.data.program import _swung
from beatgen.kit import CLASSES, GROUPS, INDEX, VOICES

CHANGES = ("rotate", "mix", "loudness", "jitter", "exchange", "hide", "single", "program")
NOTHING = dict.fromkeys(CHANGES, 0.0)
ALONE = np.arange(20)  # every bar is followed by itself


@pytest.fixture
def strikes() -> np.ndarray:
    """Twenty bars; the velocities show which bar a hit is from."""
    rng = np.random.default_rng(0)
    struck = rng.random((20, 16, 22, 4)) < 0.06
    velocity = struck * (0.2 + 0.01 * np.arange(20)[:, None, None, None])
    timing = struck * rng.uniform(-0.5, 0.5, struck.shape)
    return np.stack([velocity, timing], -1).astype(np.float32)


def changed(strikes: np.ndarray, seed: int = 0, **how: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return augmented(strikes, ALONE, ALONE, Augmentation(**NOTHING | how), rng)


def test_nothing_switched_on_changes_nothing(strikes) -> None:
    np.testing.assert_array_equal(changed(strikes), strikes)


def test_the_same_seed_gives_the_same_bars(strikes) -> None:
    chosen = np.array([3, 1, 4])
    first, again, other = (
        augmented(strikes, ALONE, chosen, Augmentation(jitter=0.1), np.random.default_rng(seed))
        for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == (3, 16, 22, 4, 2) and first.dtype == np.float32


def test_the_data_set_is_left_alone(strikes) -> None:
    before = strikes.copy()
    changed(strikes, rotate=1, mix=0.5, loudness=0.5, jitter=0.2, exchange=1)
    np.testing.assert_array_equal(strikes, before)


def test_rotation_is_by_beats_and_keeps_every_strike(strikes) -> None:
    rotated = changed(strikes, rotate=1)
    for bar, other in zip(strikes, rotated, strict=True):
        assert any(np.array_equal(np.roll(bar, 4 * beats, axis=0), other) for beats in (1, 2, 3))


def test_a_bar_that_starts_later_goes_on_into_the_next(strikes) -> None:
    following = (np.arange(20) + 1) % 20
    how = Augmentation(**NOTHING | {"rotate": 1.0})
    rotated = augmented(strikes, following, ALONE, how, np.random.default_rng(0))
    piece = np.concatenate([strikes, strikes[:1]]).reshape(-1, *strikes.shape[2:])
    starts = set()
    for i, bar in enumerate(rotated):
        (start,) = (b for b in (4, 8, 12) if np.array_equal(piece[16 * i + b :][:16], bar))
        starts.add(start)
    assert starts == {4, 8, 12}


def test_the_following_bar_is_of_the_same_piece_and_next_in_it() -> None:
    file_index = np.array([0, 0, 0, 1, 1, 1])
    number = np.array([0, 1, 3, 4, 5, 6])  # bar 2 of the first piece is a rest
    assert following_bars(file_index, number).tolist() == [1, 1, 2, 4, 5, 5]


def test_hiding_leaves_something_and_hides_whole_groups_or_beats() -> None:
    how = Augmentation(hide=0.5, single=0)
    known = known_parts(400, how, np.random.default_rng(0))
    assert known.shape == (400, 16, 22) and set(np.unique(known)) == {0, 1}
    hidden = known.min((1, 2)) == 0
    assert 0.4 < hidden.mean() < 0.55  # some draw no group to hide
    assert known.max((1, 2)).all()
    by_voice = by_beat = 0
    for bar in known[hidden]:
        beats = bar.reshape(4, 4, 22)
        groups = [bar[:, group] for group in GROUPS.values()]
        if (bar == bar[0]).all() and all((g == g[0, 0]).all() for g in groups):
            by_voice += 1
        else:
            assert (beats == beats[:, :1, :1]).all()
            by_beat += 1
    assert by_voice > 50 and by_beat > 50
    assert (known_parts(50, Augmentation(hide=0), np.random.default_rng(0)) == 1).all()


def test_single_classes_and_voices_are_hidden_and_some_in_some_beats_only() -> None:
    how = Augmentation(hide=1, single=1)
    hidden = known_parts(400, how, np.random.default_rng(0)) == 0
    voices = hidden.any(1)
    assert voices.any(1).all() and not hidden.all(1).all(1).any()
    classes = np.array([[row[c].any() for c in VOICES_OF_CLASS] for row in voices])
    assert classes.any(1).all() and classes.sum(1).max() == 3
    assert 0.5 < (classes.sum(1) == 1).mean() < 0.75
    whole = np.array([[row[c].all() for c in VOICES_OF_CLASS] for row in voices])
    assert 0.6 < whole[:, CLASSES.index(42)].sum() / classes[:, CLASSES.index(42)].sum() < 1
    some_beats = (hidden.any(2).reshape(400, 4, 4).any(2).sum(1) < 4).mean()
    assert 0.15 < some_beats < 0.35
    beats = hidden.reshape(400, 4, 4, 22)
    assert (beats == beats[:, :, :1]).all()


def test_programmed_bars_stand_on_a_grid_with_few_velocities(strikes) -> None:
    made = np.concatenate([changed(strikes, seed, program=1) for seed in range(20)])
    velocity, timing = made[..., 0], made[..., 1]
    struck = velocity > 0
    assert made.dtype == np.float32 and struck.any((1, 2, 3)).all()
    assert np.allclose(velocity * 127, np.rint(velocity * 127), atol=1e-4)
    assert not timing[~struck].any() and np.abs(timing).max() <= 0.5
    straight = [
        not timing[bar].any() and not struck[bar][..., [1, 3]].any() for bar in range(len(made))
    ]
    assert 0.4 < np.mean(straight) < 0.75
    levels = [np.unique(velocity[bar][struck[bar]]).size for bar in range(len(made))]
    assert np.median(levels) <= 4
    assert np.median([np.unique(bar[bar > 0]).size for bar in strikes[..., 0]]) == 1
    some = changed(strikes, program=0.5)
    same = (some == strikes).all((1, 2, 3, 4)).mean()
    assert 0.2 < same < 0.8


def test_a_swung_bar_keeps_its_pattern_but_for_what_meets(strikes) -> None:
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(60):
        at = _swung(rng)
        assert (np.diff(at) > 0).all() and at[0] == 0 and at[-1] < 63.5
        assert np.unique(np.rint(at)).size == 32  # thirty-seconds do not meet
        shares.append(at[2] / 8 if at[4] == 8 else at[4] / 16)
    assert min(shares) == 0.5 and 0.6 < max(shares) <= 0.68


def test_mixing_takes_whole_groups(strikes) -> None:
    mixed = changed(strikes, mix=0.5)
    origins = set()
    for bar, other in zip(strikes, mixed, strict=True):
        for group in GROUPS.values():
            donors = [i for i, d in enumerate(strikes) if (d[:, group] == other[:, group]).all()]
            assert donors, "a group that is from no bar"
            origins.add(np.array_equal(bar[:, group], other[:, group]))
    assert origins == {True, False}
    assert sorted(voice for group in GROUPS.values() for voice in group) == list(range(len(VOICES)))


def test_loudness_scales_a_bar_as_one_and_stays_in_range(strikes) -> None:
    scaled = changed(strikes, loudness=0.25)
    factors = []
    for bar, other in zip(strikes[..., 0], scaled[..., 0], strict=True):
        np.testing.assert_array_equal(bar > 0, other > 0)
        ratio = other[bar > 0] / bar[bar > 0]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-5)
        factors.append(ratio[0])
    assert 1 / 1.25 - 1e-6 <= min(factors) < 1 < max(factors) <= 1.25 + 1e-6
    loud = changed(np.where(strikes > 0, 1, 0).astype(np.float32), loudness=1)[..., 0]
    quiet = changed(np.where(strikes > 0, 1 / 127, 0).astype(np.float32), loudness=1)[..., 0]
    assert loud.max() == 1 and quiet[quiet > 0].min() == np.float32(1 / 127)


def test_jitter_moves_strikes_only_and_within_their_place(strikes) -> None:
    late = changed(strikes, jitter=0.3)[..., 1]
    struck = strikes[..., 0] > 0
    assert not late[~struck].any() and np.abs(late).max() <= 0.5
    assert np.abs(late - strikes[..., 1])[struck].mean() > 0.1


def test_hats_and_rides_change_places(strikes) -> None:
    swapped = changed(strikes, exchange=1)
    np.testing.assert_array_equal(swapped[:, :, HATS], strikes[:, :, RIDES])
    np.testing.assert_array_equal(swapped[:, :, RIDES], strikes[:, :, HATS])
    np.testing.assert_array_equal(swapped[:, :, INDEX["snare"]], strikes[:, :, INDEX["snare"]])


def test_eased_augmentation_mixes_and_hides_less_and_changes_nothing_else():
    how = Augmentation(rotate=0.5, mix=0.2, loudness=0.3, exchange=0.4, hide=0.4)
    assert how.eased(1.0) == how
    assert how.eased(0.5) == replace(how, mix=0.1, hide=0.2)
