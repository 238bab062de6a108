import itertools

import keras
import numpy as np
import pytest

from beatgen.bars.strikes import PLACES, to_strikes
from beatgen.errors import BeatGenError
from beatgen.kit import INDEX
from beatgen.latent.decide import Prediction
from beatgen.networks.bar_vae import (
    BarVAE,
    ModelConfig,
    expected_error,
    kl_gaussian,
    log_cosh,
    log_subset,
    velocity_error,
)

TINY = ModelConfig(pattern_dim=16, feel_dim=16, width=32, blocks=1, heads=2)


@pytest.fixture(scope="module")
def strikes() -> np.ndarray:
    """Eight bars of noise with one to four strikes per struck sixteenth."""
    rng = np.random.default_rng(0)
    velocity = rng.random((8, 16, 22, PLACES)) * (rng.random((8, 16, 22, PLACES)) < 0.04)
    timing = rng.uniform(-0.5, 0.5, velocity.shape) * (velocity > 0)
    velocity[:, 0, 0] = 0.5  # four at once
    return np.stack([velocity, timing], -1).astype(np.float32)


@pytest.fixture(scope="module")
def model() -> BarVAE:
    keras.utils.set_random_seed(1)
    model = BarVAE(TINY)
    model.compile(optimizer=keras.optimizers.Adam(5e-3), jit_compile=False)
    return model


def played_otherwise(strikes: np.ndarray) -> np.ndarray:
    """The same pattern with another feel: other places, velocities and timing."""
    other = strikes[..., ::-1, :].copy()
    struck = other[..., 0] > 0
    other[..., 0] = np.where(struck, 1 - 0.9 * other[..., 0], 0)
    other[..., 1] = -other[..., 1]
    return other


def test_the_feel_cannot_change_the_pattern(model, strikes) -> None:
    predicted, other = (model(bars) for bars in (strikes, played_otherwise(strikes)))
    np.testing.assert_array_equal(predicted["count"], other["count"])
    np.testing.assert_array_equal(predicted["kl_pattern"], other["kl_pattern"])
    for side in ("scores", "velocity", "timing", "kl_feel"):
        assert np.abs(np.array(predicted[side]) - np.array(other[side])).max() > 1e-6


def test_z_feel_has_no_path_into_the_pattern(model, strikes) -> None:
    """Not by any path: its gradient is nothing at all, while that of the velocity is something."""
    import tensorflow as tf

    mean_p, _, mean_f, _ = model.encode(strikes)
    count = (strikes[..., 0] > 0).sum(-1).astype(np.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([mean_p, mean_f])
        pattern = tf.reduce_sum(model.decode_pattern(mean_p)[..., 0])
        velocity = tf.reduce_sum(model.decode_feel(mean_f, count)[1])
    assert tape.gradient(pattern, mean_f) is None
    assert np.abs(tape.gradient(pattern, mean_p)).max() > 0
    assert np.abs(tape.gradient(velocity, mean_f)).max() > 0


def test_the_pattern_is_heard_by_the_feel(model, strikes) -> None:
    *_, z_feel, _ = model.encode(strikes)
    one, two = (model.decode_feel(z_feel, np.full((8, 16, 22), n, np.float32)) for n in (0, 1))
    assert np.abs(np.array(one[1]) - np.array(two[1])).max() > 1e-6


def test_what_is_predicted_has_its_shape(model, strikes) -> None:
    predicted = {name: np.array(value) for name, value in model(10 * strikes).items()}
    np.testing.assert_allclose(np.exp(predicted["count"]).sum(-1), 1, rtol=1e-5)
    assert predicted["velocity"].shape == predicted["timing"].shape == (8, 16, 22, 4)
    assert predicted["count"].shape == (8, 16, 22, 5) and predicted["scores"].shape == (
        8,
        16,
        22,
        4,
    )


def test_what_is_hidden_is_not_seen(model, strikes) -> None:
    """Another snare changes z, unless the snare is hidden; hiding it is itself seen."""
    snare, other = INDEX["snare"], strikes.copy()
    other[:, :, snare] = strikes[::-1, :, snare]
    known = np.ones((8, 16, 22), np.float32)
    known[:, :, snare] = 0
    hidden, also_hidden = (model.encode(bars, known) for bars in (strikes, other))
    for one, two in zip(hidden, also_hidden, strict=True):
        np.testing.assert_array_equal(one, two)
    for one, two, blind in zip(model.encode(strikes), model.encode(other), hidden, strict=True):
        assert np.abs(np.array(one) - two).max() > 1e-6
        assert np.abs(np.array(one) - blind).max() > 1e-6


def test_the_loss_is_of_the_whole_bar_whatever_is_hidden(model, strikes) -> None:
    """Of a bar of which nothing is known all hits are still to be predicted."""
    nothing = np.zeros((8, 16, 22), np.float32)
    blind = {"strikes": strikes, "known": nothing}
    silent = {"strikes": 0 * strikes, "known": nothing}
    predicted, silence = (
        model.evaluate(bars, verbose=0, return_dict=True) for bars in (blind, silent)
    )
    assert predicted["kl_pattern"] == pytest.approx(silence["kl_pattern"])
    assert predicted["velocity"] > 1 and silence["velocity"] == 0


@pytest.mark.parametrize("segments", [1, 4, 16])
def test_z_has_its_dimensions_however_it_is_divided(segments: int, strikes) -> None:
    config = ModelConfig(
        16, 32, pattern_segments=segments, feel_segments=segments, width=16, blocks=1, heads=2
    )
    predicted = [np.array(part).shape for part in BarVAE(config).encode(strikes)]
    assert predicted == [(8, 16), (8, 16), (8, 32), (8, 32)] and config.latent_dim == 48


@pytest.mark.parametrize("wrong", [{"pattern_segments": 3}, {"feel_dim": 20}])
def test_dimensions_that_do_not_divide_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(BeatGenError, match="divisor of 16"):
        ModelConfig(**wrong)


def test_the_loss_is_the_sum_of_what_is_reported(model, strikes) -> None:
    model.beta.assign(0.3)
    predicted = model.evaluate(strikes, verbose=0, return_dict=True)
    kl = predicted["kl_pattern"] + predicted["kl_feel"]
    parts = sum(predicted[name] for name in ("pattern", "place", "velocity", "timing"))
    assert predicted["loss"] == pytest.approx(parts + 0.3 * kl, rel=1e-5)


def test_the_expected_error_is_added_as_often_as_it_weighs(strikes) -> None:
    losses = []
    for weight in (0.0, 3.0):
        keras.utils.set_random_seed(1)
        one = BarVAE(TINY, expected_weight=weight)
        one.compile(jit_compile=False)
        losses.append(one.evaluate(strikes, verbose=0, return_dict=True)["loss"])
    error = float(np.mean(one(strikes)["expected_error"]))
    assert error > 0 and losses[1] == pytest.approx(losses[0] + 3 * error, rel=1e-5)


def test_silence_costs_no_feel(model) -> None:
    predicted = model.evaluate(np.zeros((2, 16, 22, 4, 2)), verbose=0, return_dict=True)
    assert predicted["place"] == pytest.approx(0, abs=1e-4)
    assert predicted["velocity"] == predicted["timing"] == 0 and np.isfinite(predicted["loss"])


def test_it_learns_bars_by_heart(rock, samba) -> None:
    """Eight real bars; the drawn z must carry them, not only the mean."""
    keras.utils.set_random_seed(0)
    bars = [to_strikes(g.velocity, g.timing) for g in (rock, samba)]
    known = np.concatenate([np.stack([bar.velocity, bar.timing], -1) for bar in bars])
    known = np.concatenate([known, np.roll(known, 4, axis=1), np.roll(known, 8, axis=1)])[:8]
    model = BarVAE(TINY, beta=0.01)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), jit_compile=False)
    before = model.evaluate(known, verbose=0, return_dict=True)
    model.fit(np.tile(known, (50, 1, 1, 1, 1)), epochs=7, batch_size=8, verbose=0)
    after = model.evaluate(known, verbose=0, return_dict=True)
    assert after["hit_f1"] > 0.95 > 0.5 > before["hit_f1"]
    assert after["loss"] < 0.1 * before["loss"]
    assert after["place"] < 1 and after["velocity"] < 0.1 * before["velocity"]


def test_log_subset_is_a_distribution_over_subsets_of_each_size() -> None:
    scores = np.random.default_rng(0).normal(0, 3, (5, PLACES)).astype(np.float32)
    for k in range(PLACES + 1):
        subsets = [
            np.isin(np.arange(PLACES), chosen)
            for chosen in itertools.combinations(range(PLACES), k)
        ]
        predicted = np.stack([_log_subset(scores, subset) for subset in subsets])
        np.testing.assert_allclose(np.exp(predicted).sum(0), 1, rtol=1e-5)
        weights = np.stack([np.exp(scores[:, subset].sum(1)) for subset in subsets])
        np.testing.assert_allclose(np.exp(predicted), weights / weights.sum(0), rtol=1e-4)


def test_log_subset_of_one_strike_is_the_softmax() -> None:
    scores = np.array([[1.0, -2.0, 0.5, 3.0]], np.float32)
    softmax = np.exp(scores) / np.exp(scores).sum()
    for place in range(PLACES):
        predicted = _log_subset(scores, np.arange(PLACES) == place)
        assert predicted[0] == pytest.approx(np.log(softmax[0, place]), rel=1e-5)


def test_log_subset_stays_finite_for_hopeless_scores() -> None:
    scores = np.array([[500.0, -500.0, -500.0, -500.0]], np.float32)
    predicted = _log_subset(scores, np.array([False, True, True, False]))
    assert np.isfinite(predicted).all()


def _log_subset(scores: np.ndarray, subset: np.ndarray) -> np.ndarray:
    struck = np.broadcast_to(subset, scores.shape).astype(np.float32)
    return np.array(log_subset(scores, struck, struck.sum(-1)))


def test_the_expected_error_is_of_what_is_played_where_one_strike_falls() -> None:
    """As `Prediction.expected`, which is exact for any number of strikes, has it."""
    rng = np.random.default_rng(0)
    count = np.zeros((2, 16, 22, PLACES + 1), np.float32)
    count[..., 1] = rng.random((2, 16, 22))
    count[..., 0] = 1 - count[..., 1]
    scores, velocity, true = rng.random((3, 2, 16, 22, PLACES)).astype(np.float32)
    place = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    played = Prediction(count, place, velocity, np.zeros_like(velocity)).expected()
    with np.errstate(divide="ignore"):
        predicted = expected_error(np.log(count), scores, velocity, true)
    assert np.array(predicted) == pytest.approx(((played - true) ** 2).sum((1, 2, 3)), rel=1e-4)


def test_kl_gaussian_agrees_with_the_integral() -> None:
    mean, log_var = np.array([[0.7, -1.0]], np.float32), np.array([[-1.2, 0.5]], np.float32)
    x = np.linspace(-12, 12, 20001)
    expected = 0.0
    for m, v in zip(mean[0], np.exp(log_var[0]), strict=True):
        log_q = -0.5 * (np.log(2 * np.pi * v) + (x - m) ** 2 / v)
        log_p = -0.5 * (np.log(2 * np.pi) + x**2)
        expected += np.trapezoid(np.exp(log_q) * (log_q - log_p), x)
    assert float(kl_gaussian(mean, log_var)[0]) == pytest.approx(expected, rel=1e-4)
    assert float(kl_gaussian(np.zeros((1, 3)), np.zeros((1, 3)))[0]) == 0


def test_a_strike_at_the_end_of_the_range_is_not_missed_by_a_louder_one() -> None:
    true = np.array([1.0, 1.0, 0.5, 0.5], np.float32)
    predicted = np.array([1.3, 0.9, 0.7, 0.4], np.float32)
    np.testing.assert_allclose(velocity_error(predicted, true), [0, -0.1, 0.2, -0.1], atol=1e-6)


def test_log_cosh_is_what_it_says_and_does_not_overflow() -> None:
    x = np.array([-3.0, -0.1, 0.0, 0.5, 4.0], np.float32)
    np.testing.assert_allclose(log_cosh(x), np.log(np.cosh(x)), atol=1e-6)
    assert float(log_cosh(np.float32(1000))) == pytest.approx(1000 - np.log(2))
