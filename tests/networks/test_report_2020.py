import keras
import numpy as np
import pytest

from beatgen.errors import BeatGenError
from beatgen.networks.report_2020 import ReportConfig, ReportVAE

TINY = ReportConfig(latent_dim=8, filters=8)


@pytest.fixture(scope="module")
def bars() -> np.ndarray:
    """Eight bars of noise, as thin as drums are."""
    rng = np.random.default_rng(0)
    velocity = rng.random((8, 64, 22)) * (rng.random((8, 64, 22)) < 0.02)
    return velocity.astype(np.float32)


def learner(seed: int = 0) -> ReportVAE:
    keras.utils.set_random_seed(0)
    model = ReportVAE(TINY, beta=0.5, seed=seed)
    model.compile(optimizer=keras.optimizers.Adam(5e-3), jit_compile=False)
    return model


def test_it_has_the_shape_of_the_report() -> None:
    model = ReportVAE(ReportConfig())
    assert [x.filters for x in model.convolutions] == [32, 64, 128, 256]
    assert [x.filters for x in model.mirrored] == [128, 64, 32, 22]
    assert {x.kernel_size for x in (*model.convolutions, *model.mirrored)} == {(1, 3)}
    assert model.inner == (1, 4, 256)
    assert model.mean.units == model.log_var.units == 16
    assert model.decode(np.zeros((2, 16), np.float32)).shape == (2, 64, 22)


def test_each_inner_step_becomes_sixteen_steps_of_its_own() -> None:
    model = ReportVAE(ReportConfig())
    kernel = np.array(model.spread.kernel)
    kernel[:, 256:] = 0  # z reaches the first of the four inner steps alone
    model.spread.kernel.assign(kernel)
    silent, predicted = np.array(model.decode(np.float32([[0] * 16, [9] * 16])))
    changed = np.abs(predicted - silent).max(-1) > 0
    seen = 8 + 4 + 2 + 1  # steps beyond its own, one of each convolution's
    assert changed[:16].all() and not changed[16 + seen :].any()


def test_silence_is_cheap_and_velocities_stay_in_range(bars) -> None:
    predicted = np.array(learner()(100 * bars)["velocity"])
    assert predicted.shape == (8, 64, 22) and 0 <= predicted.min() <= predicted.max() <= 1


def test_the_loss_is_per_bar(bars) -> None:
    model = learner()
    predicted = model.evaluate(bars, verbose=0, return_dict=True)
    squares = np.square(np.array(model(bars)["velocity"]) - bars).sum((1, 2)).mean()
    assert predicted["reconstruction"] == pytest.approx(squares, rel=1e-5)
    assert predicted["loss"] == pytest.approx(
        predicted["reconstruction"] + 0.5 * predicted["kl"], rel=1e-5
    )


def test_it_learns_bars_by_heart(rock, samba) -> None:
    bars = np.concatenate([rock.velocity, samba.velocity])
    model = learner()
    model.beta.assign(0.01)
    silence = np.square(bars).sum((1, 2)).mean()
    model.fit(np.tile(bars, (128, 1, 1)), epochs=15, batch_size=6, verbose=0)
    predicted = model.evaluate(bars, verbose=0, return_dict=True)
    assert predicted["reconstruction"] < 0.2 * silence


def test_noise_is_drawn_in_training_only_and_by_the_seed(bars) -> None:
    one, same, other = (np.array(learner(s)(bars, training=True)["velocity"]) for s in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0
    model = learner()
    np.testing.assert_array_equal(model(bars)["velocity"], model(bars)["velocity"])


def test_weights_come_back(bars, tmp_path) -> None:
    model = learner()
    model.fit(bars, epochs=1, verbose=0)
    model.save_weights(tmp_path / "it.weights.h5")
    again = ReportVAE(TINY, seed=5)
    again.load_weights(tmp_path / "it.weights.h5")
    np.testing.assert_array_equal(again(bars)["velocity"], model(bars)["velocity"])


@pytest.mark.parametrize("convolutions", [0, 7])
def test_too_much_pooling_is_refused(convolutions: int) -> None:
    with pytest.raises(BeatGenError, match=f"convolutions is {convolutions}; expected 1 to 6"):
        ReportConfig(convolutions=convolutions)


def test_a_latent_space_without_dimensions_is_refused() -> None:
    with pytest.raises(BeatGenError, match="latent_dim is 0"):
        ReportConfig(latent_dim=0)
