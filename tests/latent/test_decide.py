"""From predicted probabilities to what is struck."""

import numpy as np
import pytest

from beatgen.latent.decide import (
    Prediction,
    blend_hits,
    family_hits,
    pattern_of,
    pattern_with_hits,
    rescale_counts,
)


def test_expected_velocity_sums_over_the_number_of_strikes() -> None:
    """Against counting all sets of places by hand."""
    rng = np.random.default_rng(1)
    w = rng.dirichlet(np.ones(4))
    counts = rng.dirichlet(np.ones(5))
    by_hand = np.zeros(4)
    for k in range(1, 5):
        sets = [s for s in range(16) if bin(s).count("1") == k]
        weight = np.array([np.prod([w[i] for i in range(4) if s >> i & 1]) for s in sets])
        for s, p in zip(sets, counts[k] * weight / weight.sum(), strict=True):
            by_hand += [p if s >> i & 1 else 0 for i in range(4)]

    def everywhere(x: np.ndarray) -> np.ndarray:
        return np.broadcast_to(x.astype(np.float32), (1, 16, 22, len(x)))

    ones = np.ones(4)
    prediction = Prediction(
        everywhere(counts), everywhere(w), everywhere(0.5 * ones), everywhere(ones)
    )
    assert prediction.expected()[0, 3, 5] == pytest.approx(by_hand * 0.5, abs=1e-5)


def test_the_pattern_is_the_most_probable_count_above_the_threshold() -> None:
    counts = np.array([[0.55, 0.30, 0.15, 0, 0], [0.45, 0.20, 0.35, 0, 0]])
    assert pattern_of(counts, 0.5).tolist() == [0, 2]
    assert pattern_of(counts, 0.4).tolist() == [1, 2]


def test_a_number_of_hits_takes_the_most_probable_of_each_family() -> None:
    counts = np.zeros((1, 16, 22, 5))
    counts[..., 0] = 1
    for sixteenth, voice, probability in ((0, 0, 0.9), (4, 0, 0.2), (8, 0, 0.3), (4, 1, 0.4)):
        counts[0, sixteenth, voice] = [1 - probability, probability / 4, 3 * probability / 4, 0, 0]
    hits = np.array([[2, 0, 0, 0, 0, 0]])  # two kicks, and nothing else
    chosen = pattern_with_hits(counts, hits)
    assert np.argwhere(chosen).tolist() == [[0, 0, 0], [0, 8, 0]]
    assert chosen[0, 0, 0] == 2  # struck twice is more probable than once
    assert np.array_equal(family_hits(chosen), hits)


def test_counts_are_rescaled_to_a_probability_of_any_strike() -> None:
    counts = np.array([[0.5, 0.3, 0.2, 0, 0], [1, 0, 0, 0, 0]])
    rescaled = rescale_counts(counts, np.array([0.8, 0]))
    assert rescaled[0] == pytest.approx([0.2, 0.48, 0.32, 0, 0])
    assert rescaled[1] == pytest.approx([1, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("share", "wanted"),
    [
        (0, [4, 3, 3, 4, 4, 0]),  # as busy as the ends; half of the snare's hits go to the toms
        (0.5, [3, 2.5, 2.5, 2, 7, 0]),
        (1, [2, 2, 2, 0, 10, 0]),
    ],
)
def test_the_network_divides_hits_between_snare_and_toms(share: float, wanted: list[float]) -> None:
    ends, predicted = np.array([[4, 6, 0, 4, 4, 0]]), np.array([[2, 2, 2, 0, 10, 0]])
    assert blend_hits(ends, predicted, np.array([share]))[0] == pytest.approx(wanted)


def test_a_part_that_neither_end_plays_stays_silent() -> None:
    ends, predicted = np.array([[4, 0, 0, 8, 0, 0]]), np.array([[4, 3, 1, 0, 8, 0]])
    assert blend_hits(ends, predicted, 0.5)[0] == pytest.approx([4, 0, 0, 4, 0, 0])
