"""Training on JAX, on one device and on two that share each batch; TensorFlow then exports it.

In a process of its own, for Keras has one backend in each. The two devices are the processor's.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from beatgen.latent.runtime import load_network
from beatgen.latent.vae import load_model
from beatgen.networks.bar_vae import ModelConfig
from beatgen.networks.flow import FlowConfig
from beatgen.training.config import TrainConfig
from beatgen.training.export import export
from beatgen.training.train import PRIOR, read_history

# Where TensorFlow is not installed, too. First on the first device, as if there were no other: what
# both trainings run outside of their steps is compiled once. What is left behind: how many devices
# hold the weights, and what the networks make of some input.
TRAIN = """
import sys
sys.modules["tensorflow"] = None
import keras
import numpy as np
from beatgen.training.batches import bar_input
from beatgen.cli import main
from beatgen.data.dataset import load_dataset
from beatgen.training.train import PRIOR, load_run

data, config, *runs = sys.argv[1:]
both = keras.distribution.list_devices()
x = bar_input(load_dataset(data).split("validation"))
noise = np.random.default_rng(0).standard_normal((8, 32)).astype("float32")
for devices, run in zip((both[:1], both), runs, strict=True):
    keras.distribution.list_devices = lambda: devices
    assert main(["train", data, "-o", run, "--config", config, "--prior-epochs", "2"]) == 0
    bar, flow = load_run(run)[0], load_run(f"{run}/{PRIOR}")[0]
    np.savez(
        f"{run}/played.npz",
        devices=len(bar.beta.value.devices()),
        mean=np.concatenate(bar.encode(x)[::2], -1),
        drift=flow.drift(noise, np.full((8, 2), 0.5, "float32")),
        x=x,
        noise=noise,
    )
"""
BETA, EPOCHS = 2.0, 2


def environment(devices: int) -> dict[str, str]:
    # Compiling is most of the time, and these steps are few.
    flags = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    flags += f" --xla_force_host_platform_device_count={devices}"
    jax = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "XLA_FLAGS": flags}
    return {**os.environ, **jax}


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> Path:
    """Of a run of the smallest networks."""
    path = tmp_path_factory.mktemp("config") / "config.json"
    bar = ModelConfig(16, 16, width=16, blocks=1, heads=2, dropout=0.1)
    tiny = TrainConfig(
        data="",
        run="",
        bar=bar,
        flow=FlowConfig(16, 1, 2),
        beta=BETA,
        beta_warmup=0.9,
        epochs=EPOCHS,
        batch_size=8,
    )
    path.write_text(json.dumps(asdict(tiny)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def runs(config, dataset_file, tmp_path_factory) -> tuple[Path, Path]:
    """The same training on one device and on two."""
    folder, data = tmp_path_factory.mktemp("runs"), dataset_file(40, 8)
    found = folder / "one", folder / "two"
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, data, str(config), *map(str, found)],
        env=environment(2),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return found


def test_two_devices_share_each_batch_and_learn_what_one_does(runs) -> None:
    one, two = runs
    assert [int(np.load(run / "played.npz")["devices"]) for run in runs] == [1, 2]
    for part in (".", PRIOR):
        alone, shared = (read_history(run / part) for run in (one, two))
        assert len(alone["loss"]) == EPOCHS and alone.keys() == shared.keys()
        for name, values in alone.items():
            assert shared[name] == pytest.approx(values, rel=5e-4), f"{part}: {name}"


def test_beta_warms_up_on_jax_as_on_tensorflow(runs) -> None:
    history = {name: np.array(values) for name, values in read_history(runs[0]).items()}

    def weighed(prefix: str, beta: np.ndarray | float) -> np.ndarray:
        losses = sum(history[prefix + n] for n in ("pattern", "place", "velocity", "timing"))
        return losses + beta * sum(history[prefix + n] for n in ("kl_pattern", "kl_feel"))

    assert history["loss"] == pytest.approx(weighed("", BETA * np.array([1 / 1.8, 1])), rel=1e-4)
    assert history["val_loss"] == pytest.approx(weighed("val_", BETA), rel=1e-4)


def test_tensorboard_is_written_without_tensorflow(runs) -> None:
    history = read_history(runs[0])
    for side, prefix in (("train", ""), ("validation", "val_")):
        log = EventAccumulator(str(runs[0] / "tensorboard" / side)).Reload()
        for name in ("loss", "hit_f1"):
            events = log.Tensors(f"epoch_{name}")
            values = [event.tensor_proto.float_val[0] for event in events]
            assert values == pytest.approx(history[prefix + name], rel=1e-6)
            assert [event.step for event in events] == [0, 1]


def test_what_jax_trained_plays(runs, tmp_path) -> None:
    run, played = runs[1], np.load(runs[1] / "played.npz")
    export(run, tmp_path)
    network = load_network(tmp_path)
    mean = network.run("encode", strikes=played["x"], known=np.ones(played["x"].shape[:3], "f4"))
    assert mean["mean"] == pytest.approx(played["mean"], abs=0.02)  # weights travel as float16
    drift = network.run("drift", x=played["noise"], time=np.full((8, 2), 0.5, "f4"))
    assert drift["drift"] == pytest.approx(played["drift"], abs=0.02)
    vae = load_model(tmp_path)
    (groove,) = vae.sample(1, seed=1)
    assert vae.vary(groove, 2, 0.5, seed=1)[1].velocity.shape == (1, 64, 22)


def test_what_the_devices_cannot_share_is_refused(config, dataset_file, tmp_path) -> None:
    """A batch, the few bars that are less than one, and the held-out bars."""
    asked = [(dataset_file(16, 4), "6"), (dataset_file(6, 4), "8"), (dataset_file(16, 3), "8")]
    calls = [
        ["train", data, "-o", str(tmp_path / "run"), "--config", str(config), "--batch-size", size]
        for data, size in asked
    ]
    refuse = f"from beatgen.cli import main\nprint([main(call) for call in {calls!r}])"
    done = subprocess.run(
        [sys.executable, "-c", refuse], env=environment(4), capture_output=True, text=True
    )
    assert done.stdout.strip() == "[1, 1, 1]", done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("beatgen: ")]
    assert lines[0] == lines[1] and "batches of 6 bars do not divide between 4 devices" in lines[0]
    assert "3 validation bars are too few for 4 devices" in lines[2]
    assert not (tmp_path / "run").exists()
