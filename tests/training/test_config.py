"""What decides a training run."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from beatgen import assets
from beatgen.errors import BeatGenError
from beatgen.networks.report_2020 import ReportConfig
from beatgen.training.config import ANOTHER, TrainConfig


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs is 0; expected 1 or more"),
        ({"batch_size": -1}, "batch_size is -1; expected 1 or more"),
        ({"learning_rate": -1e-3}, "learning_rate is -0.001; expected 0 or more"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"beta": -0.1}, "beta is -0.1; expected 0 or more"),
        ({"expected_weight": -1.0}, "expected_weight is -1.0; expected 0 or more"),
        ({"ease": 5}, "ease is 5; expected 0 to 1"),
        ({"beta_warmup": 1.5}, "beta_warmup is 1.5; expected 0 to 1"),
        ({"velocity_tolerance": 0}, "velocity_tolerance is 0; expected 0.001 to 1"),
        ({"timing_tolerance": -1}, "timing_tolerance is -1; expected 0.001 to 1"),
        ({"weight_decay": float("inf")}, "weight_decay is inf; expected 0 or more"),
        ({"patience": -1}, "patience is -1; expected 1 or more"),
        ({"warmup_steps": -1}, "warmup_steps is -1; expected 0 or more"),
        ({"epochs": 2.5}, "epochs is 2.5; expected a whole number"),
        ({"seed": True}, "seed is True; expected a whole number"),
        ({"beta": "0.1"}, "beta is '0.1'; expected a number"),
        ({"start": 3}, "start is 3; expected text"),
        ({"model": "gan"}, "model is 'gan'; expected one of bar, report, flow"),
    ],
)
def test_numbers_that_no_run_can_use_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(BeatGenError, match=re.escape(message)):
        TrainConfig(**{"data": "", "run": ""} | wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('{"bar": {"dropout": 2}}', "bar: dropout is 2; expected 0 to 0.9."),
        ('{"bar": {"blocks": "2"}}', "bar: blocks is '2'; expected a whole number."),
        ('{"bar": {"blocks": 0}}', "bar: blocks is 0; expected 1 or more."),
        ('{"bar": {"pattern_dim": 0}}', "bar: pattern_dim is 0; expected 1 or more."),
        ('{"bar": {"heads": 3}}', "bar: heads is 3; expected a divisor of the width, 128."),
        ('{"bar": {"width": 130}}', "bar: heads is 4; expected a divisor of the width, 130."),
        ('{"flow": {"heads": 3}}', "flow: heads is 3; expected a divisor of the width, 128."),
        ('{"flow": {"blur": NaN}}', "flow: blur is nan; expected 0 or more."),
        ('{"report": {"kernel": null}}', "report: kernel is None; expected a whole number."),
        ('{"report": {"convolutions": 1e9}}', "report: convolutions is 1000000000.0; expected"),
        ('{"augmentation": {"mix": "a"}}', "augmentation: mix is 'a'; expected a number."),
        ('{"augmentation": {"hide": 7}}', "augmentation: hide is 7; expected 0 to 1."),
        ('{"augmentation": {"loudness": -1}}', "augmentation: loudness is -1; expected 0 or more."),
        ('{"ease": Infinity}', "ease is inf; expected 0 to 1."),
        ('{"patience": 0}', "patience is 0; expected 1 or more."),
    ],
)
def test_a_damaged_config_is_refused_by_file_and_field(
    wrong: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"data": "", "run": ""} | json.loads(wrong)))
    with pytest.raises(BeatGenError) as refused:
        TrainConfig.load(path)
    assert str(refused.value).startswith(str(path)) and message in str(refused.value)


def test_a_card_leads_back_to_what_its_training_went_on_from(tmp_path: Path) -> None:
    """Training by training, however many there were."""
    first = {"epochs": 75, "trained": 49, "best": 34}
    second = {"epochs": 10, "trained": 10, "best": 10, "begun": first}
    card = tmp_path / "card.json"
    card.write_text(json.dumps({"training": {"epochs": 5, "begun": second}}))
    found = [TrainConfig.load(card, begun) for begun in range(3)]
    assert [(config.epochs, config.start) for config in found] == [
        *((5, ANOTHER), (10, ANOTHER), (75, ""))
    ]
    with pytest.raises(BeatGenError, match=r"card.json: records no training that this one went"):
        TrainConfig.load(card, 3)
    card.write_text(json.dumps({"training": {"epochs": 5, "begun": None}}))
    assert TrainConfig.load(card).start == ANOTHER, "what it began with is not known"
    with pytest.raises(BeatGenError, match="records no training"):
        TrainConfig.load(card, 1)


def test_a_model_card_says_how_to_train_again(tmp_path: Path) -> None:
    config = TrainConfig("", "", model="report", report=ReportConfig(latent_dim=4), epochs=3)
    stored = {k: v for k, v in asdict(config).items() if k not in ("data", "run")}
    (tmp_path / "card.json").write_text(json.dumps({"model": "report", "training": stored}))
    assert TrainConfig.load(tmp_path / "card.json") == config


CARDS = sorted(assets.path("model").glob("*/card.json"))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.parent.name)
def test_every_shipped_card_records_a_training(card: Path) -> None:
    config = TrainConfig.load(card)
    stored = json.loads(card.read_text(encoding="utf-8"))["training"]
    found = asdict(config)
    assert config.start == (ANOTHER if "begun" in stored else "")
    stored.pop("begun", None)
    for name, value in stored.items():
        part = found[name]
        same = {k: part[k] for k in value} if isinstance(value, dict) else part
        assert same == value, name
    assert config.data == config.run == ""


NONE = (
    "",
    "[1]",
    "3",
    '"card"',
    "{}",
    '{"training": 1}',
    '{"bar": 1}',
    '{"bar": {"colour": "red"}}',
)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_config_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(BeatGenError, match="json: not the config of a training run"):
        TrainConfig.load(tmp_path / "config.json")
