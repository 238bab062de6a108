import time

import numpy as np
import pytest

from beatgen.bars import metrics
from beatgen.groove import Groove
from beatgen.kit import INDEX

KICK, SNARE, RIM = INDEX["kick"], INDEX["snare"], INDEX["rimshot"]
TEMPO = np.array([120.0])  # a step lasts 31.25 ms
STEP_MS = 31.25
Hits = dict[tuple[int, int], tuple[float, float]]  # (step, voice) -> (velocity, timing)


def bar(hits: Hits) -> tuple[np.ndarray, np.ndarray]:
    velocity, timing = np.zeros((2, 1, 64, 22), np.float32)
    for (step, voice), (loud, late) in hits.items():
        velocity[0, step, voice], timing[0, step, voice] = loud, late
    return velocity, timing


TRUE = bar({(0, KICK): (0.8, 0.0), (16, SNARE): (0.5, 0.2), (32, KICK): (1.0, -0.4)})
PREDICTED = bar({(0, KICK): (0.6, 0.1), (17, SNARE): (0.5, -0.3), (48, KICK): (0.1, 0.0)})
SILENT = bar({})


def test_sse_by_hand() -> None:
    by_hand = 0.2**2 + 0.5**2 + 0.5**2 + 1.0 + 0.1**2
    assert metrics.sse(TRUE[0], PREDICTED[0]) == pytest.approx(by_hand)
    twice = np.concatenate([TRUE[0], TRUE[0]]), np.concatenate([PREDICTED[0], TRUE[0]])
    assert metrics.sse(*twice) == pytest.approx(by_hand / 2), "per bar, not in all"


def test_hit_f1_by_hand() -> None:
    assert metrics.hit_f1(TRUE[0], PREDICTED[0]) == pytest.approx(2 * 1 / (3 + 3))


def test_pattern_f1_forgives_the_step_and_not_the_sixteenth() -> None:
    # step 17 is of step 16's sixteenth, 48 is not of 32's
    assert metrics.pattern_f1(*TRUE, *PREDICTED) == pytest.approx(2 * 2 / (3 + 3))
    early, late = bar({(0, KICK): (1, -1.5)}), bar({(1, KICK): (1, 0)})
    assert metrics.pattern_f1(*early, *late) == 1


def test_folded_f1_forgives_the_articulation() -> None:
    snare, rim = bar({(8, SNARE): (1, 0)}), bar({(8, RIM): (1, 0)})
    assert metrics.pattern_f1(*snare, *rim) == 0
    assert metrics.folded_f1(*snare, *rim) == 1
    both = bar({(8, SNARE): (1, 0), (8, RIM): (1, 0), (8, KICK): (1, 0)})
    assert metrics.folded_f1(*both, *rim) == pytest.approx(2 * 1 / (2 + 1))


@pytest.mark.parametrize("tempo, score", [(120.0, 1.0), (60.0, 0.0)])
def test_note_f1_is_in_seconds_at_the_tempo(tempo: float, score: float) -> None:
    first, second = bar({(16, SNARE): (1, 0.0)}), bar({(17, SNARE): (1, -0.4)})  # 0.6 steps apart
    assert metrics.note_f1(*first, *second, np.array([tempo])) == score


def test_note_f1_matches_one_to_one() -> None:
    near = bar({(16, SNARE): (1, 0.0)})
    two = bar({(16, SNARE): (1, -0.3), (17, SNARE): (1, -0.4)})  # both within 25 ms of it
    assert metrics.note_f1(*near, *two, TEMPO) == pytest.approx(2 * 1 / (1 + 2))
    # The first of two could pair with either, the second with one alone: both must find theirs.
    chain = bar({(16, SNARE): (1, 0.4), (17, SNARE): (1, 0.1)})
    assert metrics.note_f1(*chain, *two, TEMPO) == 1


def test_note_f1_keeps_bars_and_voices_apart() -> None:
    kick, snare = bar({(16, KICK): (1, 0)}), bar({(16, SNARE): (1, 0)})
    assert metrics.note_f1(*kick, *snare, TEMPO) == 0
    first = [np.concatenate(pair) for pair in zip(kick, SILENT, strict=True)]
    second = [np.concatenate(pair) for pair in zip(SILENT, kick, strict=True)]
    assert metrics.note_f1(*first, *second, TEMPO.repeat(2)) == 0


def most_pairs(near: np.ndarray) -> int:
    """Size of the largest one-to-one matching, by augmenting paths (Kuhn)."""
    partner: dict[int, int] = {}

    def pair(i: int, seen: set[int]) -> bool:
        for j in set(np.flatnonzero(near[i]).tolist()) - seen:
            seen.add(j)
            if j not in partner or pair(partner[j], seen):
                partner[j] = i
                return True
        return False

    return sum(pair(i, set()) for i in range(len(near)))


def test_note_f1_finds_the_most_pairs(random_groove) -> None:
    a, b = (random_groove(seed, bars=1, density=0.3) for seed in (1, 2))
    pairs = 0
    for voice in range(22):
        first, second = (
            STEP_MS * (np.arange(64) + g.timing[0, :, voice])[g.velocity[0, :, voice] > 0]
            for g in (a, b)
        )
        pairs += most_pairs(np.abs(first[:, None] - second) <= 25)
    hits = (a.velocity > 0).sum() + (b.velocity > 0).sum()
    score = metrics.note_f1(a.velocity, a.timing, b.velocity, b.timing, TEMPO)
    assert score == pytest.approx(2 * pairs / hits) and 0.1 < score < 0.9


def test_errors_are_of_matched_hits_in_midi_units_and_ms() -> None:
    assert metrics.velocity_mae(TRUE[0], PREDICTED[0]) == pytest.approx(0.2 * 127, rel=1e-5)
    assert metrics.timing_mae(*TRUE, *PREDICTED, TEMPO) == pytest.approx(0.1 * STEP_MS, rel=1e-5)
    assert metrics.timing_mae(*TRUE, *PREDICTED, TEMPO / 2) == pytest.approx(
        0.2 * STEP_MS, rel=1e-5
    )


def test_the_same_bars_are_perfect(random_groove) -> None:
    groove: Groove = random_groove(3, bars=6)
    bars, tempo = (groove.velocity, groove.timing), np.full(6, 97.0)
    assert metrics.sse(bars[0], bars[0]) == 0 and metrics.hit_f1(bars[0], bars[0]) == 1
    assert metrics.pattern_f1(*bars, *bars) == metrics.folded_f1(*bars, *bars) == 1
    assert metrics.note_f1(*bars, *bars, tempo) == 1
    assert metrics.velocity_mae(bars[0], bars[0]) == metrics.timing_mae(*bars, *bars, tempo) == 0


def test_silence_scores_nothing() -> None:
    assert metrics.sse(TRUE[0], SILENT[0]) == pytest.approx(0.64 + 0.25 + 1)
    assert metrics.hit_f1(TRUE[0], SILENT[0]) == metrics.note_f1(*TRUE, *SILENT, TEMPO) == 0
    assert metrics.pattern_f1(*TRUE, *SILENT) == metrics.folded_f1(*TRUE, *SILENT) == 0
    assert np.isnan(metrics.velocity_mae(TRUE[0], SILENT[0]))
    assert np.isnan(metrics.timing_mae(*TRUE, *SILENT, TEMPO))


def test_nothing_to_measure_is_nan() -> None:
    assert metrics.sse(SILENT[0], SILENT[0]) == 0
    assert np.isnan(metrics.hit_f1(SILENT[0], SILENT[0]))
    assert np.isnan(metrics.note_f1(*SILENT, *SILENT, TEMPO))
    none = np.zeros((0, 64, 22), np.float32)
    assert np.isnan(metrics.sse(none, none)) and np.isnan(metrics.pattern_f1(*[none] * 4))
    assert np.isnan(metrics.timing_mae(*[none] * 4, np.zeros(0)))


def test_kl_by_hand() -> None:
    mean, log_var = np.array([[1.0, 0.0], [0.0, 0.0]]), np.log([[1.0, 4.0], [1.0, 1.0]])
    assert metrics.kl(mean, log_var) == pytest.approx((0.5 + (3 - np.log(4)) / 2) / 2)


def test_active_units_are_those_whose_mean_varies() -> None:
    mean = np.random.default_rng(0).standard_normal((500, 3)) * [1, 0.2, 0.05]
    assert metrics.active_units(mean + np.array([0, 0, 7])) == 2


def test_a_validation_split_takes_seconds(random_groove) -> None:
    a, b = (random_groove(seed, bars=2000, density=0.015) for seed in (1, 2))
    start = time.process_time()
    metrics.note_f1(a.velocity, a.timing, b.velocity, b.timing, np.full(2000, 120.0))
    metrics.folded_f1(a.velocity, a.timing, b.velocity, b.timing)
    assert time.process_time() - start < 5
