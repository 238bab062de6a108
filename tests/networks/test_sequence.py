"""The network that says which bar follows, on pieces whose answer is known."""

import keras
import numpy as np
import pytest

from beatgen.latent.sequence import KNOWN, UNKNOWN, WANTED, Mixture, before, wanted
from beatgen.networks.bar_vae import ModelConfig
from beatgen.networks.sequence import CELLS, SequenceConfig, SequenceNet, log_likelihood

BAR = ModelConfig(4, 4, pattern_segments=1, feel_segments=1)
DIM = BAR.latent_dim


def batch(n: int, seed: int) -> dict[str, np.ndarray]:
    """Two bars in turn, others in each piece, and something new where a fill is asked for."""
    rng = np.random.default_rng(seed)
    pair = rng.standard_normal((n, 2, DIM))
    history = np.tile(pair, (1, 2, 1))
    fill = rng.integers(0, 2, n)
    target = np.where(fill[:, None] == 1, 3.0, history[:, 0]) + 0.1 * rng.standard_normal((n, DIM))
    parts = {
        "history": history,
        "known": np.tile([1.0, 0.0], (n, 4, 1)),
        "wanted": wanted(np.zeros(n, int), fill, np.full(n, UNKNOWN)),
        "target": target,
    }
    return {name: part.astype(np.float32) for name, part in parts.items()}


@pytest.mark.parametrize("cell", CELLS)
def test_it_learns_what_returns_and_when_something_new_is_wanted(cell) -> None:
    keras.utils.set_random_seed(0)
    config = SequenceConfig(cell, width=16, blocks=1, heads=2, dropout=0.0, memory=4, components=8)
    assert (config.known, config.wanted) == (KNOWN, WANTED)
    model = SequenceNet(config, BAR)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), jit_compile=False)
    model.fit(batch(3000, 0), batch_size=100, verbose=0)
    held = batch(200, 1)
    found = model(held)
    nats = -(np.array(found["pattern"]) + np.array(found["feel"])).mean()
    again = 0.5 * np.square(held["target"] - held["history"][:, -1]).sum(1).mean()
    assert nats < min(5.0, again)  # the last bar is the wrong one
    likely = Mixture(
        *map(np.array, model.next_pattern(held["history"], held["known"], held["wanted"]))
    )
    mean = likely.mean[np.arange(200), likely.log_weight.argmax(1)]
    assert np.abs(mean - held["target"][:, :4]).mean() < 0.4


def test_the_likelihood_is_that_of_the_mixture() -> None:
    rng = np.random.default_rng(0)
    weight = np.log(np.array([[0.25, 0.75]], np.float32))
    mean, spread = rng.standard_normal((2, 1, 2, 3)).astype(np.float32)
    z = rng.standard_normal((1, 3)).astype(np.float32)
    normal = np.exp(-0.5 * np.square((z[:, None] - mean) / np.exp(spread))) / np.exp(spread)
    expected = np.log(np.exp(weight) @ (normal / np.sqrt(2 * np.pi)).prod(-1)[0])
    assert np.allclose(log_likelihood(z, weight, mean, spread), expected, atol=1e-5)
    assert np.allclose(Mixture(weight, mean, spread).log_likelihood(z), expected, atol=1e-5)


def test_draws_are_as_wide_as_z_mean_and_narrower_when_it_is_cold() -> None:
    n, rng = 20_000, np.random.default_rng(0)
    likely = Mixture(
        np.tile(np.log(np.float32([0.9, 0.1])), (n, 1)),
        np.tile(np.float32([[[0.0], [9.0]]]), (n, 1, 1)),
        np.zeros((n, 2, 1), np.float32),
    )
    drawn = likely.draw(rng, np.float32([0.8]))
    assert abs((drawn > 5).mean() - 0.1) < 0.01 and abs(drawn[drawn < 5].std() - 0.6) < 0.02
    assert (likely.draw(rng, np.float32([0.8]), heat=0.3) > 5).mean() < 0.005
    assert not likely.draw(rng, np.float32([0.8]), heat=0).any()


def test_what_was_before_a_piece_is_not_there() -> None:
    history, known = before(np.arange(1.0, 7)[:, None], np.eye(6)[4], [2, 5], np.array([2, 1]), 4)
    assert history[..., 0].tolist() == [[0, 0, 1, 2], [0, 0, 0, 5]]
    assert known[..., 0].tolist() == [[0, 0, 1, 1], [0, 0, 0, 1]]
    assert known[..., 1].tolist() == [[0, 0, 0, 0], [0, 0, 0, 1]]
