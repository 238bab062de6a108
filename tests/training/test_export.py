"""A tiny run is trained and exported; what plays must be what was trained."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from beatgen.data.dataset import load_dataset
from beatgen.errors import ModelError
from beatgen.evaluation.evaluate import evaluate
from beatgen.latent.runtime import PRIOR_NETWORK, load_network
from beatgen.latent.vae import load_model
from beatgen.training.batches import bar_input, report_input
from beatgen.training.config import TrainConfig
from beatgen.training.export import export
from beatgen.training.train import PRIOR, load_run

IN_MIDI = {"velocity": (1 / 127, 1), "timing": (-0.5, 0.5)}


@pytest.fixture(params=["bar", "report"])
def exported(request, exported_run) -> tuple[str, TrainConfig, Path]:
    """The kind of model, its run's config, and the folder of its exported weights."""
    config, weights = exported_run(request.param)
    return request.param, config, weights


def encoder_input(name: str, x: np.ndarray) -> dict[str, np.ndarray]:
    if name == "report":
        return {"velocity": x}
    return {"strikes": x, "known": np.ones(x.shape[:3], np.float32)}


def test_what_plays_is_what_was_trained(exported) -> None:
    name, config, weights = exported
    model, _ = load_run(config.run)
    network = load_network(weights)
    validation = load_dataset(config.data).split("validation")
    x = bar_input(validation) if name == "bar" else report_input(validation)
    encoded = network.run("encode", **encoder_input(name, x))
    mean = np.concatenate([np.array(part) for part in model.encode(x)[::2]], -1)
    assert encoded["mean"] == pytest.approx(mean, abs=0.02)  # weights travel as float16
    if name == "bar":
        z = mean[:, : config.bar.pattern_dim]
        played = network.run("pattern", z=z)["count"]
        trained = np.array(keras.ops.softmax(model.decode_pattern(z)))
        assert played == pytest.approx(trained, abs=0.01)
        count = np.ones((len(z), 16, 22), np.float32)
        z = mean[:, config.bar.pattern_dim :]
        played = network.run("feel", z=z, count=count)
        scores, *feel = model.decode_feel(z, count)
        trained = np.array(keras.ops.softmax(scores))
        assert played["place"] == pytest.approx(trained, abs=0.01)
        for part, trained in zip(("velocity", "timing"), feel, strict=True):
            assert played[part] == pytest.approx(np.clip(trained, *IN_MIDI[part]), abs=0.05)
    else:
        played = network.run("decode", z=mean)["velocity"]
        assert played == pytest.approx(np.array(model.decode(mean)), abs=0.02)


def test_the_space_is_that_of_the_training_bars(exported) -> None:
    name, config, weights = exported
    network = load_network(weights)
    training = load_dataset(config.data).split("train")
    x = bar_input(training) if name == "bar" else report_input(training)
    mean = network.run("encode", **encoder_input(name, x))["mean"]
    components = network.space["components"]
    assert network.space["mean"] == pytest.approx(mean.mean(0), abs=1e-5)
    assert components.T @ components == pytest.approx(np.cov(mean.T), abs=1e-4)
    if name == "report":  # the widest first; ours stand in the order of what they change
        assert np.all(np.diff(np.linalg.norm(components, axis=1)) <= 1e-5)


def test_the_card_tells_what_the_weights_are(exported) -> None:
    name, config, weights = exported
    card = json.loads((weights / "card.json").read_text())
    assert card["model"] == name
    assert card["bars"] == {"train": 40, "validation": 8}
    assert card["training"]["epochs"] == config.epochs
    assert card["epochs"]["trained"] == config.epochs
    assert 1 <= card["epochs"]["best"] <= config.epochs
    assert card["data"] == "Data of your own: 2 files that hold 4/4 bars."
    assert card["license"] == "That of the data; not known to beatgen."
    assert 0 < card["threshold"] < 1
    assert card["split"].pop("by").startswith("file")
    assert card["split"] == {"train": 1, "validation": 1}
    found = evaluate(config.data, "validation", [str(weights)], parts=()).rows[0]
    measured = {name: found.measures[name] for name in card["measures"]}
    assert {"sse", "hit_f1", "note_f1"} <= measured.keys()
    assert card["measures"] == pytest.approx(measured, abs=1e-3)
    assert str(weights.parent) not in json.dumps(card), "no path of the machine that trained it"


def test_only_a_bar_model_can_be_played(exported) -> None:
    name, _, weights = exported
    if name == "bar":
        assert load_model(weights).sample(2, seed=1)[0].bars == 1
    else:
        with pytest.raises(ModelError, match="measured"):
            load_model(weights)


def test_the_prior_plays_as_it_was_trained(exported) -> None:
    name, config, weights = exported
    path = weights / PRIOR_NETWORK
    assert path.exists() == (name == "bar")
    if name == "bar":
        model, _ = load_run(Path(config.run) / PRIOR)
        rng = np.random.default_rng(0)
        x, time = (rng.random((3, n), np.float32) for n in (32, 2))
        played = load_network(weights).run("drift", x=x, time=time)["drift"]
        assert played == pytest.approx(np.array(model.drift(x, time)), abs=0.02)
        card = json.loads((weights / "card.json").read_text())
        assert card["prior"]["epochs"] == {"trained": 1, "best": 1}


def test_a_prior_is_no_run_of_its_own(exported, tmp_path) -> None:
    name, config, _ = exported
    if name == "report":
        pytest.skip("it has no prior")
    prior = Path(config.run) / PRIOR
    sentence = f"{prior}: the prior of a run; give the run itself, {config.run}."
    with pytest.raises(ModelError) as refused:
        export(prior, tmp_path / "weights")
    assert str(refused.value) == sentence
    assert not (tmp_path / "weights").exists()


def test_hiding_is_told_to_the_network_that_plays(exported) -> None:
    name, config, weights = exported
    if name == "report":
        pytest.skip("it is hidden nothing")
    x = bar_input(load_dataset(config.data).split("validation"))
    model, _ = load_run(config.run)
    known = np.ones(x.shape[:3], np.float32)
    known[:, :, 1] = 0
    encoded = load_network(weights).run("encode", strikes=x, known=known)["mean"]
    mean = np.concatenate([np.array(part) for part in model.encode(x, known)[::2]], -1)
    assert encoded == pytest.approx(mean, abs=0.02)
