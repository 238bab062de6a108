"""The flow that learns where bars lie, on a distribution whose answer is known."""

import keras
import numpy as np
import pytest

from beatgen.networks.bar_vae import ModelConfig
from beatgen.networks.flow import FlowConfig, LatentFlow, flow_batch

BAR = ModelConfig(4, 16, pattern_segments=4, feel_segments=16)
PATTERN = BAR.pattern_dim


def clusters(n: int, rng: np.random.Generator) -> np.ndarray:
    """Two kinds of bars, whose feel has the sign of their pattern; standardized, (n, 20)."""
    side = rng.choice([-1.0, 1.0], (n, 1))
    return side + 0.1 * rng.standard_normal((n, BAR.latent_dim))


@pytest.fixture(scope="module")
def model() -> LatentFlow:
    keras.utils.set_random_seed(0)
    model = LatentFlow(FlowConfig(32, 1, 2, dropout=0.0), BAR)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), jit_compile=False)
    rng = np.random.default_rng(0)
    model.fit(flow_batch(clusters(24_000, rng), PATTERN, 0.0, rng), batch_size=64, verbose=0)
    return model


def carried(model: LatentFlow, x: np.ndarray, side: int) -> np.ndarray:
    """One side, 0 the pattern and 1 the feel, from its time 0 to 1, by Euler's rule."""
    steps, x = 20, x.astype(np.float32)
    part = slice(PATTERN) if side == 0 else slice(PATTERN, None)
    for i in range(steps):
        time = np.tile(np.array([i / steps, 0] if side == 0 else [1, i / steps]), (len(x), 1))
        x[:, part] += np.array(model.drift(x, time.astype(np.float32)))[:, part] / steps
    return x


def test_the_pattern_that_is_drawn_is_of_one_kind_or_the_other(model) -> None:
    noise = np.random.default_rng(1).standard_normal((300, BAR.latent_dim))
    noise[:, PATTERN:] = 0
    drawn = carried(model, noise, 0)[:, :PATTERN]
    sides = np.sign(drawn.mean(1))
    assert 0.3 < (sides > 0).mean() < 0.7
    assert np.abs(drawn - sides[:, None]).mean() < 0.4, "between the two there is nothing"


def test_the_feel_that_is_drawn_suits_the_pattern(model) -> None:
    rng = np.random.default_rng(2)
    known, noise = clusters(300, rng), rng.standard_normal((300, BAR.latent_dim))
    noise[:, :PATTERN] = known[:, :PATTERN]
    drawn = carried(model, noise, 1)
    assert np.array_equal(drawn[:, :PATTERN], noise[:, :PATTERN].astype(np.float32))
    same = np.sign(drawn[:, PATTERN:].mean(1)) == np.sign(known[:, 0])
    assert same.mean() > 0.97


def test_a_batch_lies_on_the_path_from_noise_to_z() -> None:
    z = np.random.default_rng(3).standard_normal((4000, BAR.latent_dim))
    batch = flow_batch(z, PATTERN, 0.0, np.random.default_rng(4))
    x, time, target = (batch[name] for name in ("x", "time", "target"))
    assert {part.dtype for part in batch.values()} == {np.dtype("float32")}
    assert ((time >= 0) & (time <= 1)).all()
    feel = time[:, 0] == 1
    assert feel.mean() == pytest.approx(0.5, abs=0.03) and (time[~feel, 1] == 0).all()
    for moves, part, t in ((~feel, slice(PATTERN), 0), (feel, slice(PATTERN, None), 1)):
        rest = (1 - time[moves, t, None]) * target[moves, part]
        np.testing.assert_allclose(x[moves, part] + rest, z[moves, part], atol=1e-5)
    assert not x[~feel, PATTERN:].any(), "no feel yet"
    np.testing.assert_allclose(x[feel, :PATTERN], z[feel, :PATTERN], atol=1e-6)


def test_the_path_of_a_blurred_batch_leads_to_the_blurred_z() -> None:
    z, blur = np.zeros((4000, BAR.latent_dim)), 0.5
    batch = flow_batch(z, PATTERN, blur, np.random.default_rng(4))
    feel = batch["time"][:, 0] == 1
    ends = batch["x"] + (1 - batch["time"][:, 1:]) * batch["target"]
    assert ends[feel, PATTERN:].std() == pytest.approx(blur, rel=0.02)


def test_what_stands_still_costs_nothing(model) -> None:
    """Only the feel moves: an error in the pattern's drift is not counted."""
    rng = np.random.default_rng(5)
    batch = {
        "x": rng.standard_normal((8, BAR.latent_dim)).astype(np.float32),
        "time": np.tile(np.array([1, 0.5], np.float32), (8, 1)),
    }
    target = np.array(model.drift(batch["x"], batch["time"]))
    target[:, :PATTERN] += 100
    assert model.evaluate(batch | {"target": target}, verbose=0) == pytest.approx(0, abs=1e-6)
    target[:, PATTERN:] += 2
    assert model.evaluate(batch | {"target": target}, verbose=0) == pytest.approx(4, rel=1e-3)
