"""What the network tells of a bar, and what of it is struck."""

import numpy as np
import pytest

from beatgen.latent.decide import (
    Decoded,
    as_likely,
    family_hits,
    hits_between,
    pattern_of,
    pattern_of_size,
)


def test_expected_velocity_sums_over_how_many_strikes_fall() -> None:
    """Against counting all sets of places by hand."""
    rng = np.random.default_rng(1)
    w = rng.dirichlet(np.ones(4))
    count = rng.dirichlet(np.ones(5))
    by_hand = np.zeros(4)
    for k in range(1, 5):
        sets = [s for s in range(16) if bin(s).count("1") == k]
        weight = np.array([np.prod([w[i] for i in range(4) if s >> i & 1]) for s in sets])
        for s, p in zip(sets, count[k] * weight / weight.sum(), strict=True):
            by_hand += [p if s >> i & 1 else 0 for i in range(4)]

    def everywhere(x: np.ndarray) -> np.ndarray:
        return np.broadcast_to(x.astype(np.float32), (1, 16, 22, len(x)))

    ones = np.ones(4)
    decoded = Decoded(everywhere(count), everywhere(w), everywhere(0.5 * ones), everywhere(ones))
    assert decoded.expected()[0, 3, 5] == pytest.approx(by_hand * 0.5, abs=1e-5)


def test_the_pattern_is_the_likeliest_count_above_the_threshold() -> None:
    count = np.array([[0.55, 0.30, 0.15, 0, 0], [0.45, 0.20, 0.35, 0, 0]])
    assert pattern_of(count, 0.5).tolist() == [0, 2]
    assert pattern_of(count, 0.4).tolist() == [1, 2]


def test_a_pattern_of_a_size_takes_the_likeliest_of_each_family() -> None:
    count = np.zeros((1, 16, 22, 5))
    count[..., 0] = 1
    for sixteenth, voice, likely in ((0, 0, 0.9), (4, 0, 0.2), (8, 0, 0.3), (4, 1, 0.4)):
        count[0, sixteenth, voice] = [1 - likely, likely / 4, 3 * likely / 4, 0, 0]
    hits = np.array([[2, 0, 0, 0, 0, 0]])  # two kicks, and nothing else
    chosen = pattern_of_size(count, hits)
    assert np.argwhere(chosen).tolist() == [[0, 0, 0], [0, 8, 0]]
    assert chosen[0, 0, 0] == 2  # struck twice is likelier than once
    assert np.array_equal(family_hits(chosen), hits)


def test_strikes_are_made_as_likely_as_is_said() -> None:
    count = np.array([[0.5, 0.3, 0.2, 0, 0], [1, 0, 0, 0, 0]])
    made = as_likely(count, np.array([0.8, 0]))
    assert made[0] == pytest.approx([0.2, 0.48, 0.32, 0, 0])
    assert made[1] == pytest.approx([1, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("say", "wanted"),
    [
        (0, [4, 3, 3, 4, 4, 0]),  # as busy as asked; toms take over half of what the snare had
        (0.5, [3, 2.5, 2.5, 2, 7, 0]),
        (1, [2, 2, 2, 0, 10, 0]),
    ],
)
def test_the_network_says_how_much_is_on_the_toms(say: float, wanted: list[float]) -> None:
    asked, own = np.array([[4, 6, 0, 4, 4, 0]]), np.array([[2, 2, 2, 0, 10, 0]])
    assert hits_between(asked, own, np.array([say]))[0] == pytest.approx(wanted)


def test_a_part_that_is_not_asked_for_rests() -> None:
    asked, own = np.array([[4, 0, 0, 8, 0, 0]]), np.array([[4, 3, 1, 0, 8, 0]])
    assert hits_between(asked, own, 0.5)[0] == pytest.approx([4, 0, 0, 4, 0, 0])
