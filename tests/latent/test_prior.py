"""Noise to z and back, on distributions whose answer is known."""

import numpy as np
import pytest

from beatgen.latent import prior as prior_module
from beatgen.latent.prior import STEPS, FlowPrior, GaussianPrior

PATTERN, DIM = 2, 5


@pytest.fixture
def z() -> np.ndarray:
    """Correlated points, float32 (20000, 5)."""
    rng = np.random.default_rng(0)
    mix = rng.standard_normal((DIM, DIM))
    return (rng.standard_normal((20_000, DIM)) @ mix + np.arange(DIM)).astype(np.float32)


@pytest.fixture
def gaussian(z: np.ndarray) -> GaussianPrior:
    return GaussianPrior(z.mean(0), np.cov(z.T), PATTERN)


class Straight:
    """A network whose flow is known: noise to a normal distribution with mean `to` and deviation
    `scale`, along straight lines."""

    def __init__(self, to: np.ndarray, scale: float) -> None:
        self.to, self.scale = to, scale

    def run(self, part: str, x: np.ndarray, time: np.ndarray) -> dict[str, np.ndarray]:
        assert part == "drift" and time.shape == (len(x), 2)
        assert ((time[:, 0] == 1) | (time[:, 1] == 0)).all(), "one side at a time"
        pattern_moves = time[0, 0] < 1
        assert not pattern_moves or not x[:, PATTERN:].any(), "the pattern knows no feel"
        t = np.repeat(time, (PATTERN, DIM - PATTERN), axis=1)
        # x = (1 - t) e + t (to + scale e), so e = (x - t to) / (1 - t + t scale)
        noise = (x - t * self.to) / (1 - t + t * self.scale)
        return {"drift": (self.to + self.scale * noise - noise).astype(np.float32)}


@pytest.fixture
def flow() -> FlowPrior:
    to = np.linspace(-1, 1, DIM).astype(np.float32)
    center, scale = np.full(DIM, 3, np.float32), np.full(DIM, 2, np.float32)
    return FlowPrior(Straight(to, 0.5), center, scale, PATTERN)


def test_gaussian_noise_is_white_and_comes_back(z, gaussian) -> None:
    noise = gaussian.to_noise(z)
    assert np.cov(noise.T) == pytest.approx(np.eye(DIM), abs=1e-3)
    assert gaussian.to_z(noise) == pytest.approx(z, abs=1e-3)


@pytest.mark.parametrize("kind", ["gaussian", "flow"])
def test_the_pattern_comes_from_its_own_noise_alone(request, kind: str) -> None:
    prior = request.getfixturevalue(kind)
    one, two = np.random.default_rng(1).standard_normal((2, 20, DIM)).astype(np.float32)
    two[:, :PATTERN] = one[:, :PATTERN]
    first, second = prior.to_z(one), prior.to_z(two)
    np.testing.assert_array_equal(first[:, :PATTERN], second[:, :PATTERN])
    assert (first[:, PATTERN:] != second[:, PATTERN:]).all()


def test_a_gaussian_feel_follows_the_pattern_as_in_the_data(z, gaussian) -> None:
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((len(z), DIM - PATTERN))
    drawn = np.concatenate([z[:, :PATTERN], gaussian.feel(z[:, :PATTERN], noise)], 1)
    assert np.cov(drawn.T) == pytest.approx(np.cov(z.T), abs=0.3)
    assert drawn.mean(0) == pytest.approx(z.mean(0), abs=0.05)
    middle = gaussian.feel(z[:, :PATTERN], np.zeros_like(noise))
    error = np.square(middle - z[:, PATTERN:]).mean()
    assert error < np.square(drawn[:, PATTERN:] - z[:, PATTERN:]).mean() * 0.6
    assert error < z[:, PATTERN:].var(0).mean()


def test_a_flow_moves_noise_along_its_drift(flow) -> None:
    noise = np.random.default_rng(0).standard_normal((50, DIM)).astype(np.float32)
    expected = 3 + 2 * (flow.network.to + 0.5 * noise)
    assert flow.to_z(noise) == pytest.approx(expected, abs=2e-3)
    assert flow.to_noise(expected) == pytest.approx(noise, abs=5e-3)


def test_the_pattern_stands_still_while_the_feel_is_drawn(flow) -> None:
    rng = np.random.default_rng(0)
    z_pattern = rng.standard_normal((50, PATTERN)).astype(np.float32)
    noise = rng.standard_normal((50, DIM - PATTERN)).astype(np.float32)
    expected = 3 + 2 * (flow.network.to[PATTERN:] + 0.5 * noise)
    feel = flow.feel(z_pattern, noise)
    assert feel.shape == (50, DIM - PATTERN) and feel.dtype == np.float32
    assert feel == pytest.approx(expected, abs=2e-3)


def test_results_of_the_flow_are_remembered(flow, monkeypatch) -> None:
    noise = np.random.default_rng(0).standard_normal((4, DIM)).astype(np.float32)
    first = flow.to_z(noise)
    expected = first.copy()
    first += 1  # each caller gets an array of its own
    monkeypatch.setattr(flow.network, "run", None)  # the network is not run again
    np.testing.assert_array_equal(flow.to_z(noise), expected)


def test_each_bar_is_remembered_for_itself(flow, monkeypatch) -> None:
    noise = np.random.default_rng(0).standard_normal((4, DIM)).astype(np.float32)
    expected = flow.to_z(noise)
    flow.to_z(noise[::-1])[:] = 0  # what a caller does with a result changes no other
    run, asked = flow.network.run, []

    def counted(part: str, x: np.ndarray, time: np.ndarray) -> dict[str, np.ndarray]:
        asked.append(len(x))
        return run(part, x, time)

    monkeypatch.setattr(flow.network, "run", counted)
    new = np.random.default_rng(1).standard_normal((1, DIM)).astype(np.float32)
    new[:, :PATTERN] = noise[0, :PATTERN]
    found = flow.to_z(np.concatenate([noise[[2, 2, 0]], new, new]))
    assert asked == [1] * STEPS, "once, and of its feel alone: the pattern is another bar's"
    np.testing.assert_array_equal(found[:3], expected[[2, 2, 0]])
    np.testing.assert_array_equal(found[3], found[4])


def test_only_the_latest_are_remembered(flow, monkeypatch) -> None:
    monkeypatch.setattr(prior_module, "REMEMBERED", 6)
    noise = np.random.default_rng(0).standard_normal((5, DIM)).astype(np.float32)
    for bar in range(5):  # two results each, of pattern and feel
        flow.to_z(noise[[0, bar]])
    assert len(flow._remembered) == 6
    monkeypatch.setattr(flow.network, "run", None)
    flow.to_z(noise[[0, 4, 3]])
    with pytest.raises(TypeError):
        flow.to_z(noise[1:2])
    for result in (
        flow.to_z(noise[:1]),
        flow.to_z(noise[:1])[:, :PATTERN],
    ):
        assert result.flags.writeable
