import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from beatgen.data.augment import Augmentation
from beatgen.errors import BeatGenError
from beatgen.networks.bar_vae import ModelConfig
from beatgen.training import experiments
from beatgen.training.config import TrainConfig
from beatgen.training.experiments import COLUMNS, ablate, variants
from beatgen.training.train import EpochStart

pytestmark = pytest.mark.usefixtures("eager")
NOTHING = dict.fromkeys(asdict(Augmentation()), 0.0)
TINY = ModelConfig(16, 16, width=16, blocks=1, heads=2)


@pytest.fixture
def config(dataset_file, tmp_path) -> TrainConfig:
    """An epoch of one step."""
    run = str(tmp_path / "run")
    return TrainConfig(dataset_file(20, 6), run, bar=TINY, batch_size=20, epochs=1)


def test_an_ablation_changes_one_thing_at_a_time(config) -> None:
    lines: list[str] = []
    only_mixed = Augmentation(**NOTHING | {"mix": 0.5})
    table = ablate(replace(config, augmentation=only_mixed), log=lines.append)
    assert list(table.lines) == ["all", "without mix", "with jitter", "none"]
    # Without mixing nothing is left that changes bars: the same run, from the same seed.
    assert table.lines["without mix"] == table.lines["none"] != table.lines["all"]
    assert table.lines["with jitter"] != table.lines["all"]
    for scores in table.lines.values():
        assert scores.keys() == COLUMNS.keys() - {"apart"} and 0 <= scores["hidden_f1"] <= 1
    assert len(lines) == 4 and lines[0].startswith("all, seed 0: validation loss")
    found = json.loads((Path(config.run) / "ablation.json").read_text())
    assert found["lines"] == table.lines
    assert table.as_markdown() in (Path(config.run) / "ablation.md").read_text()
    assert (Path(config.run) / "ablation.html").exists()
    with pytest.raises(BeatGenError, match="report"):
        ablate(replace(config, model="report"))


def test_seeds_are_averaged(config, monkeypatch) -> None:
    """Over the runs of each seed, which are not trained again where they are there."""
    nothing = {"none": Augmentation(**NOTHING)}
    monkeypatch.setattr(experiments, "variants", lambda _: nothing)
    one, other = (ablate(replace(config, seed=seed)).lines["none"] for seed in (3, 4))
    monkeypatch.setattr(EpochStart, "on_train_batch_end", lambda *_: pytest.fail("it trains"))
    both = ablate(replace(config, seed=3), seeds=2)
    found = both.lines["none"]
    assert found["loss"] == pytest.approx((one["loss"] + other["loss"]) / 2)
    assert found["apart"] == pytest.approx(abs(one["loss"] - other["loss"]) / math.sqrt(2))
    assert "means of the seeds 3 to 4" in both.note
    with pytest.raises(BeatGenError, match="seeds"):
        ablate(config, seeds=0)


def test_every_change_that_is_on_is_left_out_once() -> None:
    how = Augmentation(single=0.5, program=0.2)
    some = variants(how)
    for name in ("rotate", "mix", "loudness", "exchange", "hide", "single", "program"):
        assert some[f"without {name}"] == replace(how, **{name: 0})
    assert some["with jitter"].jitter > 0 and not any(asdict(some["none"]).values())
    assert len(some) == 10 and "with jitter" not in variants(some["with jitter"])
