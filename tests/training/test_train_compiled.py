"""Long trainings on TensorFlow are compiled, and the same seed still gives the same weights."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from beatgen.networks.bar_vae import ModelConfig
from beatgen.networks.report_2020 import ReportConfig
from beatgen.training import train as training
from beatgen.training.config import TrainConfig
from beatgen.training.train import WORTH_COMPILING, compiled_model, load_run, train

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends know themselves"
)


@pytest.fixture
def config(dataset_file, tmp_path: Path) -> TrainConfig:
    report = ReportConfig(latent_dim=4, filters=4, convolutions=1)
    run = str(tmp_path / "short")
    return TrainConfig(
        dataset_file(20, 6), run, model="report", report=report, epochs=1, batch_size=10
    )


def test_only_a_long_run_is_compiled(config) -> None:
    assert compiled_model(config, WORTH_COMPILING).jit_compile is True
    assert compiled_model(config, WORTH_COMPILING - 1).jit_compile is not True


def test_the_seed_decides_the_weights_of_a_compiled_run(config, monkeypatch) -> None:
    monkeypatch.setattr(training, "WORTH_COMPILING", 1)
    one, same = (replace(config, run=config.run + name) for name in ("one", "same"))
    assert train(one) == train(same)
    for a, b in zip(*(load_run(c.run)[0].get_weights() for c in (one, same)), strict=True):
        np.testing.assert_array_equal(a, b)


# As many threads as there are cores, and sizes that are worth sharing between them.
TRAIN = """
import sys
from beatgen.training import train
from beatgen.training.config import TrainConfig
from beatgen.networks.bar_vae import ModelConfig

train.WORTH_COMPILING = 1
data, run = sys.argv[1:]
small = ModelConfig(16, 16, width=64, blocks=1, heads=2, dropout=0.1)
train.train(TrainConfig(data, run, bar=small, epochs=2, batch_size=64))
"""


def test_threads_do_not_change_the_weights_of_our_network(dataset_file, tmp_path) -> None:
    """Both runs at once, so that their threads get in each other's way."""
    data, runs = dataset_file(192, 16), [str(tmp_path / name) for name in ("one", "same")]
    free = {name: value for name, value in os.environ.items() if not name.startswith("TF_NUM_")}
    # Compiling is most of the time, and these steps are few.
    free["XLA_FLAGS"] = (
        "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", TRAIN, data, run], env=free, stderr=subprocess.PIPE, text=True
        )
        for run in runs
    ]
    for process in started:
        _, output = process.communicate()
        assert process.returncode == 0, output[-2000:]
    one, same = (load_run(run)[0].get_weights() for run in runs)
    assert len(one) > 20
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a, b)


def test_biases_and_positions_do_not_decay(config) -> None:
    """Where nothing is to be learned, all other weights shrink, by the same part."""
    small = ModelConfig(width=8, blocks=1, heads=2)
    model = compiled_model(replace(config, model="bar", bar=small, weight_decay=0.5), 10)
    weights = model.trainable_variables
    for weight in weights:
        weight.assign(np.ones(weight.shape))
    model.optimizer.apply([np.zeros(weight.shape, np.float32) for weight in weights], weights)
    kept = {weight.path.split("/")[-1] for weight in weights if (weight.numpy() == 1).all()}
    assert kept == {"bias", "position"}
    assert sum(weight.name == "position" for weight in weights) == 4  # two encoders, two decoders
    shrunk = [w.numpy() for w in weights if w.name not in kept]
    assert len(shrunk) > 20 and all((w < 1).all() for w in shrunk)
