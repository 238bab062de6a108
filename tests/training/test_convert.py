"""Weights back out of the files that play."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from beatgen.errors import BeatGenError
from beatgen.latent.runtime import NETWORK, PRIOR_NETWORK
from beatgen.training.convert import convert, weights_in
from beatgen.training.modelcard import training_recorded
from beatgen.training.train import build_model, load_run, prior_config, train

pytestmark = pytest.mark.usefixtures("eager")


def test_a_training_goes_on_from_exported_weights(exported_run, tmp_path: Path) -> None:
    """With nothing to learn it stays there, its prior does so, too, and a card says what it began
    with."""
    config, exported = exported_run("bar")
    folder = tmp_path / "weights"
    shutil.copytree(exported, folder)
    again = replace(config, run=str(tmp_path / "again"), start=str(folder), epochs=1)
    again = replace(again, learning_rate=0.0, weight_decay=0.0)
    prior = prior_config(again, 1, learning_rate=0.0)
    assert prior.start == again.start and prior.learning_rate == 0
    rng = np.random.default_rng(1)
    for of, file in ((again, NETWORK), (prior, PRIOR_NETWORK)):
        network = build_model(of)
        for weight in network.trainable_variables:
            weight.assign(rng.normal(0, 0.2, weight.shape))
        (folder / file).write_bytes(convert(network, of.kind))
        train(of)
        found, _ = load_run(of.run)
        for one, other in zip(network.trainable_variables, found.trainable_variables, strict=True):
            one, other = np.array(one), np.array(other)
            # Halves as 16-bit floats, or of a 127th of the largest
            assert np.abs(one - other).max() <= 0.005 * np.abs(one).max() + 1e-6, one.shape
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert training_recorded(again)["begun"] == card["training"] | card["epochs"]


def test_the_file_of_another_network_is_refused(exported_run, tmp_path: Path) -> None:
    config, weights = exported_run("bar")
    with pytest.raises(BeatGenError, match="weights of another network"):
        weights_in((weights / PRIOR_NETWORK).read_bytes(), build_model(config), config.kind)
    lost = replace(config, run=str(tmp_path / "run"), start=str(tmp_path))
    (tmp_path / "card.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BeatGenError, match=re.escape("no such file; start from a run instead")):
        train(lost)
