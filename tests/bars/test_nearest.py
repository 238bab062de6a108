import numpy as np
import pytest

from beatgen.bars.metrics import f1
from beatgen.bars.nearest import f1_matrix, nearest, pack


@pytest.fixture
def patterns() -> np.ndarray:
    return np.random.default_rng(0).random((300, 16, 9)) < 0.15


def test_f1_is_that_of_the_patterns_themselves(patterns) -> None:
    packed = pack(patterns)
    assert packed.shape == (300, 3) and packed.dtype == np.uint64
    fast = f1_matrix(packed[:20], packed)
    slow = [[f1(a, b) for b in patterns] for a in patterns[:20]]
    np.testing.assert_allclose(fast, slow, rtol=1e-6)


def test_the_nearest_is_found_and_is_itself_where_it_is_known(patterns) -> None:
    packed = pack(patterns)
    index, score = nearest(packed, packed)
    assert index.tolist() == list(range(300)) and (score == 1).all()
    changed = patterns.copy()
    for bar in changed:  # one hit less
        bar[tuple(np.argwhere(bar)[0])] = False
    index, score = nearest(pack(changed), packed)
    hits = patterns.sum((1, 2))
    assert index.tolist() == list(range(300))
    np.testing.assert_allclose(score, 2 * (hits - 1) / (2 * hits - 1), rtol=1e-6)


def test_silence_is_like_silence_and_like_nothing_else(patterns) -> None:
    silence = pack(np.zeros((1, 16, 9), bool))
    assert f1_matrix(silence, silence) == 1
    assert not f1_matrix(silence, pack(patterns)).any()
