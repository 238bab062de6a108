"""What decides a training run."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from beatgen import assets
from beatgen.config import TrainConfig
from beatgen.errors import BeatGenError


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"epochs": 0}, "epochs is 0; expected 1 or more"),
        ({"batch_size": -1}, "batch_size is -1; expected 1 or more"),
        ({"learning_rate": -1e-3}, "learning_rate is -0.001; expected 0 or more"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"beta": -0.1}, "beta is -0.1; expected 0 or more"),
        ({"expected_weight": -1.0}, "expected_weight is -1.0; expected 0 or more"),
    ],
)
def test_numbers_that_no_run_can_use_are_told(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(BeatGenError, match=said):
        TrainConfig(data="", run="", **wrong)


CARDS = sorted(assets.path("model").glob("*/card.json"))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.parent.name)
def test_every_shipped_card_tells_of_a_training(card: Path) -> None:
    config = TrainConfig.load(card)
    told = json.loads(card.read_text(encoding="utf-8"))["training"]
    found = asdict(config)
    for name, value in told.items():
        part = found[name]
        same = {k: part[k] for k in value} if isinstance(value, dict) else part
        assert same == value, name
    assert config.data == config.run == ""


@pytest.mark.parametrize("text", ["", "[]", "3", '"card"', "{}", '{"training": 1}', '{"bar": 1}'])
def test_what_is_no_config_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(BeatGenError, match="json: not the config of a training run"):
        TrainConfig.load(tmp_path / "config.json")
