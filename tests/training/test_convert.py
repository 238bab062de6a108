"""Weights back out of the files that play."""

import numpy as np
import pytest

from beatgen.errors import BeatGenError
from beatgen.latent.runtime import PRIOR_NETWORK
from beatgen.training.convert import convert, weights_in
from beatgen.training.train import build_model, prior_config

pytestmark = pytest.mark.usefixtures("eager")


@pytest.mark.parametrize("prior", [False, True])
def test_the_weights_in_a_file_are_those_that_were_converted(exported_run, prior: bool) -> None:
    config, _ = exported_run("bar")
    of = prior_config(config, 1) if prior else config
    network, found = build_model(of), build_model(of)
    rng = np.random.default_rng(1)
    for weight in network.trainable_variables:
        weight.assign(rng.normal(0, 0.2, weight.shape))
    weights_in(convert(network, of.kind), found, of.kind)
    for one, other in zip(network.trainable_variables, found.trainable_variables, strict=True):
        one, other = np.array(one), np.array(other)
        # Halves as 16-bit floats, or of a 127th of the largest
        assert np.abs(one - other).max() <= 0.005 * np.abs(one).max() + 1e-6, one.shape


def test_the_file_of_another_network_is_refused(exported_run) -> None:
    config, weights = exported_run("bar")
    model = build_model(config)
    with pytest.raises(BeatGenError, match="weights of another network"):
        weights_in((weights / PRIOR_NETWORK).read_bytes(), model, config.kind)
