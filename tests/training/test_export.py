"""A tiny run is trained and exported; what plays must be what was trained."""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import keras
import numpy as np
import pytest

from beatgen.data.dataset import load_dataset
from beatgen.errors import ModelError
from beatgen.evaluation.evaluate import evaluate
from beatgen.kit import VOICES
from beatgen.latent.runtime import PRIOR_NETWORK, load_network
from beatgen.latent.vae import load_model
from beatgen.networks.bar_vae import ModelConfig
from beatgen.networks.report_2020 import ReportConfig
from beatgen.training.batches import bar_input, report_input
from beatgen.training.config import TrainConfig
from beatgen.training.export import export
from beatgen.training.train import PRIOR, load_run, prior_config, train

IN_MIDI = {"velocity": (1 / 127, 1), "timing": (-0.5, 0.5)}


@pytest.fixture(scope="module")
def data(dataset_file) -> str:
    """Forty training and eight validation bars, without toms."""
    path = dataset_file(40, 8)
    bars = load_dataset(path)
    bars.velocity[..., [i for i, voice in enumerate(VOICES) if voice.family == "tom"]] = 0
    bars.save(path)
    return path


@pytest.fixture(scope="module", params=["bar", "report"])
def exported(request, data, tmp_path_factory) -> tuple[str, TrainConfig, Path]:
    folder = tmp_path_factory.mktemp(request.param)
    config = TrainConfig(
        data,
        str(folder / "run"),
        model=request.param,
        bar=ModelConfig(16, 16, width=16, blocks=1, heads=2),
        report=ReportConfig(latent_dim=4, filters=4),
        epochs=2,
        batch_size=8,
    )
    train(config)
    if request.param == "bar":
        train(prior_config(config, epochs=1))
    export(folder / "run", folder / "weights")
    return request.param, config, folder


def encoder_input(name: str, x: np.ndarray) -> dict[str, np.ndarray]:
    if name == "report":
        return {"velocity": x}
    return {"strikes": x, "known": np.ones(x.shape[:3], np.float32)}


def test_what_plays_is_what_was_trained(exported) -> None:
    name, config, folder = exported
    model, _ = load_run(folder / "run")
    network = load_network(folder / "weights")
    validation = load_dataset(config.data).split("validation")
    x = bar_input(validation) if name == "bar" else report_input(validation)
    told = network.run("encode", **encoder_input(name, x))
    mean = np.concatenate([np.array(part) for part in model.encode(x)[::2]], -1)
    assert told["mean"] == pytest.approx(mean, abs=0.02)  # weights travel as float16
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
    name, config, folder = exported
    network = load_network(folder / "weights")
    training = load_dataset(config.data).split("train")
    x = bar_input(training) if name == "bar" else report_input(training)
    mean = network.run("encode", **encoder_input(name, x))["mean"]
    components = network.space["components"]
    assert network.space["mean"] == pytest.approx(mean.mean(0), abs=1e-5)
    assert components.T @ components == pytest.approx(np.cov(mean.T), abs=1e-4)
    if name == "report":  # the widest first; ours stand in the order of what they change
        assert np.all(np.diff(np.linalg.norm(components, axis=1)) <= 1e-5)


def test_the_card_tells_what_the_weights_are(exported) -> None:
    name, config, folder = exported
    card = json.loads((folder / "weights" / "card.json").read_text())
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
    found = evaluate(config.data, "validation", [str(folder / "weights")], parts=()).rows[0]
    told = {name: found.measures[name] for name in card["measures"]}
    assert {"sse", "hit_f1", "note_f1"} <= told.keys()
    assert card["measures"] == pytest.approx(told, abs=1e-3)
    assert str(folder) not in json.dumps(card), "no path of the machine that trained it"


def test_only_a_bar_model_can_be_played(exported) -> None:
    name, _, folder = exported
    if name == "bar":
        assert load_model(folder / "weights").sample(2, seed=1)[0].bars == 1
    else:
        with pytest.raises(ModelError, match="measured"):
            load_model(folder / "weights")


def test_the_prior_plays_as_it_was_trained(exported) -> None:
    name, _, folder = exported
    path = folder / "weights" / PRIOR_NETWORK
    assert path.exists() == (name == "bar")
    if name == "bar":
        model, _ = load_run(folder / "run" / PRIOR)
        rng = np.random.default_rng(0)
        x, time = (rng.random((3, n), np.float32) for n in (32, 2))
        played = load_network(folder / "weights").run("drift", x=x, time=time)["drift"]
        assert played == pytest.approx(np.array(model.drift(x, time)), abs=0.02)
        card = json.loads((folder / "weights" / "card.json").read_text())
        assert card["prior"]["epochs"] == {"trained": 1, "best": 1}


def test_a_prior_is_no_run_of_its_own(exported, tmp_path) -> None:
    name, config, folder = exported
    if name == "report":
        pytest.skip("it has no prior")
    prior = folder / "run" / PRIOR
    said = f"{prior}: the prior of a run; give the run itself, {config.run}."
    with pytest.raises(ModelError) as refused:
        export(prior, tmp_path / "weights")
    assert str(refused.value) == said
    assert not (tmp_path / "weights").exists()


def test_hiding_is_told_to_the_network_that_plays(exported) -> None:
    name, config, folder = exported
    if name == "report":
        pytest.skip("it is hidden nothing")
    x = bar_input(load_dataset(config.data).split("validation"))
    model, _ = load_run(folder / "run")
    known = np.ones(x.shape[:3], np.float32)
    known[:, :, 1] = 0
    told = load_network(folder / "weights").run("encode", strikes=x, known=known)["mean"]
    mean = np.concatenate([np.array(part) for part in model.encode(x, known)[::2]], -1)
    assert told == pytest.approx(mean, abs=0.02)
