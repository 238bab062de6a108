"""Several ways to finish a beat, and how likely each is."""

import numpy as np
import pytest

from beatgen.bars.strikes import to_strikes
from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.kit import INDEX, VOICES_OF_FAMILY
from beatgen.latent.finish import expected_f1, hidden_of
from beatgen.latent.neighbours import DRUMS
from beatgen.lock import Lock

HATS = set(VOICES_OF_FAMILY["hat"])
KIT = set(range(22))


def all_but(groove: Groove, voices: set[int]) -> Lock:
    return Lock(groove, voices=frozenset(KIT - voices))


def last_beat(groove: Groove) -> Lock:
    return Lock(groove, sixteenths=frozenset(range(groove.sixteenths - 4)))


def test_what_is_locked_stays_bit_for_bit_and_the_rest_is_new(vae, funk) -> None:
    cell = Lock(funk, frozenset({INDEX["kick"]}), frozenset({3}), frozenset({(8, INDEX["hi-hat"])}))
    for lock in (all_but(funk, HATS), last_beat(funk), cell):
        proposals = vae.finish(funk, lock, count=4, seed=3)
        mask = lock.mask
        for groove, _ in proposals:
            for new, old in ((groove.velocity, funk.velocity), (groove.timing, funk.timing)):
                assert new[mask].tobytes() == old[mask].tobytes()
            assert lock.keep(groove) == groove and groove.tempo == funk.tempo
        patterns = {(groove.velocity > 0).tobytes() for groove, _ in proposals}
        assert len(patterns) == len(proposals) == 4


def test_hits_that_are_not_locked_are_not_used(vae, funk) -> None:
    lock = all_but(funk, HATS)
    silent = funk.velocity.copy()
    silent[..., sorted(HATS)] = 0
    bare = Groove(silent, funk.timing, funk.tempo)
    assert vae.finish(bare, lock, seed=1) == vae.finish(funk, lock, seed=1)


def test_proposals_are_sorted_and_depend_on_the_seed_alone(vae, funk) -> None:
    lock = all_but(funk, HATS)
    proposals = vae.finish(funk, lock, seed=1)
    assert proposals == vae.finish(funk, lock, seed=1) != vae.finish(funk, lock, seed=2)
    likelihoods = [proposal.likelihood for proposal in proposals]
    assert likelihoods == sorted(likelihoods, reverse=True) and 0 < likelihoods[0] <= 1
    completed = vae.complete(funk, hidden_of(lock, funk))
    assert any(proposal.groove == completed for proposal in proposals)


def test_a_fill_has_more_strokes_of_drums_than_the_beat_goes_on_with(vae, funk) -> None:
    def strokes(fill: bool) -> float:
        proposals = vae.finish(funk, last_beat(funk), seed=1, fill=fill)
        return np.mean([(groove.velocity[-1, 46:][:, DRUMS] > 0).sum() for groove, _ in proposals])

    assert strokes(fill=True) >= 3 and strokes(fill=True) > strokes(fill=False)


def test_a_lock_of_another_length_repeats(vae, funk) -> None:
    lock, twice = all_but(funk, HATS), funk.repeat(2 * funk.bars)
    for groove, _ in vae.finish(twice, lock, count=2):
        assert groove.bars == twice.bars and lock.keep(groove) == groove


def test_extras_stay_and_other_meters_are_finished(vae) -> None:
    waltz = Groove.from_tab(
        "meter: 3/4\nshaker |x-x-x-x-x-x-|\nsnare  |----o---o---|\nkick   |o-----------|", tempo=150
    )
    lock = Lock(waltz, voices=frozenset({INDEX["kick"], INDEX["snare"]}))
    for groove, _ in vae.finish(waltz, lock, count=3):
        assert groove.extras == waltz.extras and groove.meters == waltz.meters
        assert np.array_equal(groove.velocity[..., 22:], waltz.velocity[..., 22:])
        assert (groove.velocity[..., 2:22] > 0).any()


@pytest.mark.parametrize(
    ("lock", "named"), [({}, "nothing is locked"), ({"voices": frozenset(KIT)}, "everything is")]
)
def test_what_cannot_be_finished_is_said_in_a_sentence(vae, funk, lock, named) -> None:
    with pytest.raises(BeatGenError, match=named):
        vae.finish(funk, Lock(funk, **lock))


@pytest.mark.parametrize("wrong", [{"count": 0}, {"seed": -1}])
def test_counts_and_seeds_are_checked(vae, funk, wrong) -> None:
    with pytest.raises(BeatGenError):
        vae.finish(funk, all_but(funk, HATS), **wrong)


def test_the_likelihood_is_the_expected_f1() -> None:
    p, hidden = np.array([0.9, 0.5, 0.1, 1.0]), np.array([1, 1, 1, 0], bool)
    assert expected_f1(p, np.array([1, 1, 0, 0], bool), hidden) == pytest.approx(2.8 / 3.5)
    assert expected_f1(p, np.array([0, 0, 1, 1], bool), hidden) == pytest.approx(0.2 / 2.5)
    assert expected_f1(p, np.zeros(4, bool), hidden) == 0
    assert expected_f1(p * 0, np.zeros(4, bool), hidden) == 1


@pytest.mark.slow
def test_what_was_played_is_likelier_than_the_same_part_shifted(vae, gmd_bars) -> None:
    held = gmd_bars.split("validation")
    grids = held.grids(slice(0, 2000, 20))
    struck = to_strikes(*grids).count > 0
    hidden = np.zeros(struck.shape, bool)
    hidden[..., sorted(HATS)] = True
    finisher = vae._finisher
    asked = finisher._ask(*grids, hidden, 1, None)
    _, probability = finisher._decide(asked, asked.z, asked.similar)
    shifted = np.roll(struck, 1, axis=1)
    wins = [
        expected_f1(p, played, of) > expected_f1(p, other, of)
        for p, played, other, of in zip(probability, struck, shifted, hidden, strict=True)
        if (played & of).any()
    ]
    assert len(wins) > 50 and np.mean(wins) > 0.85
