import json
import math
import os
from dataclasses import asdict, replace
from pathlib import Path

os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import pytest

from beatgen.data.augment import Augmentation
from beatgen.errors import BeatGenError
from beatgen.networks.bar_vae import BarVAE, ModelConfig
from beatgen.training import train as training
from beatgen.training.config import TrainConfig
from beatgen.training.experiments import COLUMNS, ablate, variants


def uncompiled(config: TrainConfig, steps_per_epoch: int) -> BarVAE:
    """Step by step, without a graph: compiling takes longer than these few steps of training."""
    model = training.build_model(config)
    model.compile(optimizer="adam", run_eagerly=True, jit_compile=False)
    return model


def test_an_ablation_changes_one_thing_at_a_time(dataset_file, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(training, "compiled_model", uncompiled)
    tiny = ModelConfig(16, 16, width=16, blocks=1, heads=2)
    config = TrainConfig(dataset_file(20, 6), str(tmp_path / "run"), bar=tiny, batch_size=10)
    lines: list[str] = []
    only_mixed = Augmentation(rotate=0, mix=0.5, loudness=0, exchange=0, hide=0)
    table = ablate(replace(config, epochs=1, augmentation=only_mixed), log=lines.append)
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


def test_seeds_are_averaged(dataset_file, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(training, "compiled_model", uncompiled)
    tiny = ModelConfig(16, 16, width=16, blocks=1, heads=2)
    nothing = Augmentation(rotate=0, mix=0, loudness=0, exchange=0, hide=0)
    config = TrainConfig(
        dataset_file(20, 6), "", bar=tiny, batch_size=10, epochs=1, augmentation=nothing
    )
    one, other = (
        ablate(replace(config, run=str(tmp_path / str(seed)), seed=seed)).lines["none"]
        for seed in (3, 4)
    )
    both = ablate(replace(config, run=str(tmp_path / "both"), seed=3), seeds=2)
    found = both.lines["none"]
    assert found["loss"] == pytest.approx((one["loss"] + other["loss"]) / 2)
    assert found["apart"] == pytest.approx(abs(one["loss"] - other["loss"]) / math.sqrt(2))
    assert "means of the seeds 3 to 4" in both.note
    with pytest.raises(BeatGenError, match="seeds"):
        ablate(config, seeds=0)


def test_every_change_that_is_on_is_left_out_once() -> None:
    how = Augmentation()
    some = variants(how)
    for name in ("rotate", "mix", "loudness", "exchange", "hide"):
        assert some[f"without {name}"] == replace(how, **{name: 0})
    assert some["with jitter"].jitter > 0 and not any(asdict(some["none"]).values())
    assert len(some) == 8 and "with jitter" not in variants(some["with jitter"])
