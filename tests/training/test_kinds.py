"""The registry of the kinds of models."""

import subprocess
import sys
from dataclasses import fields

import pytest

from beatgen.cli.verbs import parser
from beatgen.errors import BeatGenError
from beatgen.latent.runtime import FORMATS, OF_Z
from beatgen.training.config import TrainConfig, with_latent_dim
from beatgen.training.kinds import KINDS, OWN


def test_each_kind_has_all_that_is_asked_of_it() -> None:
    """A shape in the config; and where it is exported, weights that are known to what plays."""
    known = {"bar", "report", "flow", "drumify", "sequence"}
    assert known == set(KINDS) <= {field.name for field in fields(TrainConfig)}
    assert set(FORMATS) == {name for name, kind in KINDS.items() if kind.export}
    assert set(OWN) - set(FORMATS) == {name for name, kind in KINDS.items() if kind.beside}
    assert {
        name: kind.beside.file for name, kind in KINDS.items() if kind.beside and kind.beside.of_z
    } == {name: part.file for name, part in OF_Z.items()}
    for name, kind in KINDS.items():
        assert kind.name == name and TrainConfig("", "", model=name).kind is kind
        assert kind.prior is None or KINDS[kind.prior].export is None


@pytest.mark.parametrize("name", FORMATS)
def test_a_network_has_the_parts_that_are_looked_for_in_its_weights(name: str) -> None:
    config = with_latent_dim(TrainConfig("", "", model=name), 4)
    parts, signatures = config.kind.parts(config.kind.build(config))
    card = vars(config.shape)
    assert signatures == FORMATS[name].signatures(card)
    assert [part.__name__ for part in parts] == list(signatures)
    assert FORMATS[name].latent_dim(card) == config.shape.latent_dim == 4


def test_a_prior_has_the_dimensions_of_its_run() -> None:
    with pytest.raises(BeatGenError, match="flow has the dimensions of the run that it is for"):
        with_latent_dim(TrainConfig("", "", model="flow"), 4)


def test_the_command_line_offers_the_kinds_that_are_trained_on_their_own(capsys) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["train", "--model", "flow"])
    error = capsys.readouterr().err
    assert all(name in error for name in OWN)


def test_help_comes_without_keras() -> None:
    check = "import sys, beatgen.cli, beatgen.training.kinds; assert 'keras' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True)
