"""Weights back out of the files that play."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from beatgen.errors import BeatGenError
from beatgen.latent.runtime import NETWORK, PRIOR_NETWORK
from beatgen.training.convert import weights_in
from beatgen.training.modelcard import training_recorded
from beatgen.training.train import BEST, build_model, load_run, prior_config, train

pytestmark = pytest.mark.usefixtures("eager")


@pytest.mark.parametrize("file", [NETWORK, PRIOR_NETWORK])
def test_the_weights_in_a_file_are_those_that_were_converted(exported_run, file: str) -> None:
    config, weights = exported_run("bar")
    run = config.run if file == NETWORK else prior_config(config, 1).run
    trained, of = load_run(run)
    found = build_model(of)
    weights_in((weights / file).read_bytes(), found, of.kind)
    for one, other in zip(trained.trainable_variables, found.trainable_variables, strict=True):
        one, other = np.array(one), np.array(other)
        # Halves as 16-bit floats, or of a 127th of the largest
        assert np.abs(one - other).max() <= 0.005 * np.abs(one).max() + 1e-6, one.shape


def test_the_file_of_another_network_is_refused(exported_run) -> None:
    config, weights = exported_run("bar")
    model = build_model(config)
    with pytest.raises(BeatGenError, match="weights of another network"):
        weights_in((weights / PRIOR_NETWORK).read_bytes(), model, config.kind)


def test_a_training_goes_on_from_exported_weights(exported_run, tmp_path: Path) -> None:
    """With nothing to learn it stays there, its prior does so, too, and a card says what it began
    with."""
    config, weights = exported_run("bar")
    again = replace(config, run=str(tmp_path / "again"), start=str(weights), epochs=1)
    again = replace(again, learning_rate=0.0, weight_decay=0.0)
    train(again)
    prior = prior_config(again, 1, learning_rate=0.0)
    assert prior.start == again.start and prior.learning_rate == 0
    train(prior)
    for run, old in ((again.run, config.run), (prior.run, prior_config(config, 1).run)):
        assert (Path(run) / BEST).exists()
        for one, other in zip(
            load_run(run)[0].trainable_variables,
            load_run(old)[0].trainable_variables,
            strict=True,
        ):
            assert np.array(one) == pytest.approx(np.array(other), rel=0.02, abs=0.01)
    card = json.loads((weights / "card.json").read_text(encoding="utf-8"))
    assert training_recorded(again)["begun"] == card["training"] | card["epochs"]
    with pytest.raises(BeatGenError, match=re.escape("another shape")):
        wider = replace(again.bar, width=32)
        train(replace(again, run=str(tmp_path / "wider"), bar=wider))
