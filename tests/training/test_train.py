import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from beatgen.data.augment import Augmentation
from beatgen.errors import BeatGenError
from beatgen.files import PART, whole
from beatgen.networks.bar_vae import ModelConfig
from beatgen.networks.flow import FlowConfig, LatentFlow
from beatgen.networks.report_2020 import ReportConfig
from beatgen.training import train as training
from beatgen.training.config import ANOTHER, TrainConfig
from beatgen.training.experiments import sweep
from beatgen.training.train import (
    EpochStart,
    WarmedUpCosine,
    epochs_recorded,
    load_run,
    prior_config,
    read_history,
    train,
)

EPOCHS = 3


pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(scope="module")
def data(dataset_file) -> str:
    """Twenty training and six validation bars."""
    return dataset_file(20, 6)


def tiny(data: str, run: Path) -> TrainConfig:
    return TrainConfig(
        data,
        str(run),
        model="report",
        bar=ModelConfig(16, 16, width=16, blocks=1, heads=2, dropout=0.1),
        report=ReportConfig(latent_dim=4, filters=4),
        epochs=EPOCHS,
        batch_size=10,  # divides the bars, so that one shape is compiled
        beta=2.0,
        beta_warmup=0.9,
    )


@pytest.fixture
def config(data: str, tmp_path: Path) -> TrainConfig:
    """A run of the smallest networks, not yet begun."""
    return tiny(data, tmp_path / "run")


@pytest.fixture(scope="module")
def finished(data: str, tmp_path_factory, eager) -> TrainConfig:
    """A run that is over."""
    config = tiny(data, tmp_path_factory.mktemp("finished") / "run")
    train(config)
    return config


def weights(run: str | Path) -> list[np.ndarray]:
    model, _ = load_run(run)
    return model.get_weights()


def final_weights(run: str | Path) -> list[np.ndarray]:
    """The weights after the last epoch, not those of the best."""
    model, _ = load_run(run)
    (backup,) = (Path(run) / "backup").iterdir()
    model.load_weights(backup)
    return model.get_weights()


def kill_in_epoch(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next training dies in the middle of that epoch (from 0)."""

    def die(callback: EpochStart, batch: int, logs: object = None) -> None:
        if callback.bars.epoch == number and batch == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(EpochStart, "on_train_batch_end", die)


@pytest.mark.parametrize(("warmup", "steps"), [(200, 9000), (3, 30), (0, 5)])
def test_the_learning_rate_is_that_of_keras(warmup: int, steps: int) -> None:
    ours = WarmedUpCosine(1e-3, warmup, steps)
    theirs = keras.optimizers.schedules.CosineDecay(
        1e-5, steps - warmup, alpha=0.02, warmup_target=1e-3, warmup_steps=warmup
    )
    asked = [0, 1, 2, warmup - 1, warmup, warmup + 1, steps // 2, steps - 1, steps, steps + 9]
    rates = [
        [float(rate(np.int32(step))) for step in asked if step >= 0] for rate in (ours, theirs)
    ]
    assert rates[0] == rates[1]
    assert max(rates[0]) == pytest.approx(1e-3, rel=0.02)
    assert rates[0][-1] == pytest.approx(2e-5, rel=1e-3)


def test_a_killed_run_ends_as_an_unbroken_one(config, tmp_path, monkeypatch) -> None:
    """Weights and history, down to the last bit: so the seed decides them, too."""
    unbroken = replace(config, model="bar", epochs=2, run=str(tmp_path / "unbroken"))
    killed = replace(unbroken, run=str(tmp_path / "killed"))
    history = train(unbroken)
    with monkeypatch.context() as patch:
        kill_in_epoch(1, patch)
        with pytest.raises(KeyboardInterrupt):
            train(killed)
    assert len(read_history(Path(killed.run))["loss"]) == 1
    assert train(killed) == history
    for kind in (weights, final_weights):
        for one, other in zip(kind(unbroken.run), kind(killed.run), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_run_that_was_killed_while_it_wrote_goes_on(config, tmp_path, monkeypatch) -> None:
    """At each of the moments in turn: half a file lies there then, under another name."""
    unbroken = replace(config, run=str(tmp_path / "unbroken"))
    killed = replace(unbroken, run=str(tmp_path / "killed"))
    history = train(unbroken)
    for moment in (0, 1, 2, 3):  # the best weights or a backup, as they come
        written: list[Path] = []

        @contextmanager
        def write(target: Path, moment: int = moment, written: list = written) -> Iterator[Path]:
            written.append(target)
            if len(written) <= moment:
                with whole(target) as part:
                    yield part
                return
            part = target.with_name(PART + target.name)
            yield part
            part.write_bytes(part.read_bytes()[:100])
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(training, "whole", write)
            with pytest.raises(KeyboardInterrupt):
                train(killed)
    assert train(killed) == history
    for kind in (weights, final_weights):
        for one, other in zip(kind(unbroken.run), kind(killed.run), strict=True):
            np.testing.assert_array_equal(one, other)
    assert not list(Path(killed.run).rglob(f"{PART}*"))


def test_a_run_leaves_its_papers(finished) -> None:
    run = Path(finished.run)
    history = read_history(run)
    assert {"loss", "val_loss", "reconstruction", "kl", "val_kl"} <= history.keys()
    assert len(history["loss"]) == EPOCHS and np.isfinite(history["val_loss"]).all()
    with open(run / "log.csv", newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["0", "1", "2"]
    assert "plotly" in (run / "curves.html").read_text(encoding="utf-8").lower()
    assert list((run / "tensorboard").rglob("events*"))
    model, stored = load_run(run)
    assert stored == finished and float(model.beta) == finished.beta


def test_a_run_that_is_over_is_left_alone(finished) -> None:
    before, history = final_weights(finished.run), read_history(Path(finished.run))
    assert train(finished) == history
    for one, other in zip(before, final_weights(finished.run), strict=True):
        np.testing.assert_array_equal(one, other)


def test_validation_weighs_the_kl_in_full_from_the_first_epoch(finished) -> None:
    history = read_history(Path(finished.run))
    values = np.array([history[name] for name in ("val_loss", "val_reconstruction", "val_kl")])
    np.testing.assert_allclose(values[0], values[1] + 2.0 * values[2], rtol=1e-4)
    warming = np.array([history[name] for name in ("loss", "reconstruction", "kl")])
    assert warming[0, 0] < warming[1, 0] + 1.5 * warming[2, 0], "beta was not warmed up"


def test_training_stops_when_validation_does_not_improve(config, monkeypatch) -> None:
    config = replace(config, epochs=8, patience=2, learning_rate=0.0, weight_decay=0.0)
    with monkeypatch.context() as patch:
        kill_in_epoch(2, patch)
        with pytest.raises(KeyboardInterrupt):
            train(config)
    history = train(config)  # remembers that one epoch has passed in vain
    assert len(history["val_loss"]) == 3
    assert train(config) == history, "a run that has stopped early does not start again"


def test_resuming_does_not_forget_the_best_epoch(config, monkeypatch) -> None:
    """Weights of a worse epoch after the break must not take the place of better ones before."""
    config = replace(config, epochs=2)
    with monkeypatch.context() as patch:
        kill_in_epoch(1, patch)
        with pytest.raises(KeyboardInterrupt):
            train(config)
    best = Path(config.run) / "best.weights.h5"
    log = Path(config.run) / "log.csv"
    names, row = list(csv.reader(log.read_text().splitlines()))
    row[names.index("val_loss")] = "-1.0"  # better than any epoch will be
    log.write_text(f"{','.join(names)}\n{','.join(row)}\n")
    before = best.read_bytes()
    train(config)
    assert best.read_bytes() == before


def test_an_epoch_that_was_logged_twice_counts_once(tmp_path) -> None:
    (tmp_path / "log.csv").write_text("epoch,loss,val_loss\n0,3,4\n1,2,3\n1,2,3\n2,1,2\n")
    assert read_history(tmp_path) == {"loss": [3, 2, 1], "val_loss": [4, 3, 2]}


def test_a_prior_is_learned_from_a_finished_run(config, tmp_path, monkeypatch) -> None:
    """And it, too, can be killed and goes on as if nothing had been."""
    bar = replace(config, model="bar", epochs=1)
    train(bar)
    unbroken = replace(prior_config(bar, epochs=2), flow=FlowConfig(16, 1, 2))
    history = train(unbroken)
    model, stored = load_run(unbroken.run)
    assert isinstance(model, LatentFlow) and stored == unbroken
    killed = replace(unbroken, run=str(tmp_path / "killed"))
    with monkeypatch.context() as patch:
        kill_in_epoch(1, patch)
        with pytest.raises(KeyboardInterrupt):
            train(killed)
    assert train(killed) == history
    for one, other in zip(weights(unbroken.run), weights(killed.run), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_prior_wants_the_run_that_it_is_for(config) -> None:
    bar = replace(config, model="bar")
    with pytest.raises(BeatGenError, match="no such file"):
        train(prior_config(bar, epochs=1))
    train(replace(config, epochs=1))  # the report's network
    with pytest.raises(BeatGenError, match="no run of the bar model"):
        train(prior_config(bar, epochs=1))
    with pytest.raises(BeatGenError, match="no prior can be learned of a run of 'report'"):
        prior_config(config, epochs=1)


def test_a_folder_of_another_config_is_refused(finished) -> None:
    with pytest.raises(BeatGenError, match="another config"):
        train(replace(finished, beta=0.7))


def test_a_run_is_the_same_however_its_paths_are_written(finished, monkeypatch) -> None:
    run, data = Path(finished.run), Path(finished.data)
    history = read_history(run)
    monkeypatch.chdir(run.parent)
    for written in (f"{run}/", run.name, f"./{run.name}/"):
        assert train(replace(finished, run=written)) == history
    monkeypatch.chdir(data.parent)
    assert train(replace(finished, data=data.name)) == history
    with pytest.raises(BeatGenError, match="another config"):
        train(replace(finished, start=finished.run))


def test_epochs_are_recorded_as_they_were_trained_not_as_they_were_meant(tmp_path) -> None:
    assert epochs_recorded(tmp_path) == {}
    (tmp_path / "log.csv").write_text("epoch,loss,val_loss\n0,3,4\n1,2,2\n2,1,3\n")
    assert epochs_recorded(tmp_path) == {"trained": 3, "best": 2}


def test_what_went_on_from_another_training_does_not_begin_with_nothing(config) -> None:
    with pytest.raises(BeatGenError, match="train that one first"):
        train(replace(config, start=ANOTHER))
    assert not Path(config.run).exists()


def test_an_unknown_model_is_refused(config) -> None:
    with pytest.raises(BeatGenError, match="bar, report, flow"):
        train(replace(config, model="gan"))
    assert not Path(config.run).exists()


def test_the_config_comes_back_from_its_file(config, tmp_path) -> None:
    changed = replace(
        config,
        augmentation=Augmentation(mix=0.3),
        bar=ModelConfig(32, 48),
        flow=FlowConfig(blur=0.2),
        patience=4,
    )
    training._claim(Path(changed.run), changed)
    assert TrainConfig.load(Path(changed.run) / "config.json") == changed


def test_a_run_can_begin_where_another_ended(finished, tmp_path) -> None:
    """With nothing to learn it stays there."""
    again = replace(finished, run=str(tmp_path / "again"), start=finished.run, epochs=1)
    train(replace(again, learning_rate=0.0, weight_decay=0.0))
    for one, other in zip(weights(finished.run), weights(again.run), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(BeatGenError, match="no such file"):
        train(replace(again, run=str(tmp_path / "lost"), start=str(tmp_path)))


def test_a_run_that_is_not_there_is_refused(config, tmp_path) -> None:
    with pytest.raises(BeatGenError, match="no such file"):
        load_run(tmp_path / "nowhere")
    training._claim(Path(config.run), config)
    with pytest.raises(BeatGenError, match="first epoch"):
        load_run(config.run)


def test_a_sweep_reports_the_best_epoch_of_each_size(config, tmp_path) -> None:
    lines: list[str] = []
    rows = sweep(replace(config, epochs=1), [2, 4], lines.append)
    assert [row["latent_dim"] for row in rows] == [2, 4] and len(lines) == 2
    assert json.loads((Path(config.run) / "sweep.json").read_text()) == rows
    assert (Path(config.run) / "sweep.html").exists()
    for row in rows:
        model, _ = load_run(Path(config.run) / f"latent-{row['latent_dim']}")
        assert model.mean.units == row["latent_dim"]


def test_a_run_that_was_killed_in_its_first_epoch_begins_anew(config, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        kill_in_epoch(0, patch)
        with pytest.raises(KeyboardInterrupt):
            train(config)
    assert len(train(config)["loss"]) == EPOCHS


def test_a_run_that_is_refused_leaves_its_folder_free(config, finished) -> None:
    """With a start that is not there, or that of another network."""
    other = replace(config, report=ReportConfig(latent_dim=8, filters=4), start=finished.run)
    for start, message in (("nowhere", "no such file"), (other.start, "another shape")):
        with pytest.raises(BeatGenError, match=message):
            train(replace(other, start=start))
        assert not Path(other.run).exists()
    with pytest.raises(BeatGenError, match="seed is 4294967296; expected 0 to"):
        replace(config, seed=2**32)


def test_a_prior_begins_with_that_of_what_its_run_began_with(finished, tmp_path) -> None:
    """Or with nothing, where there is none."""
    bar = replace(finished, model="bar", start=str(tmp_path))
    assert prior_config(bar, epochs=1).start == ""
    (tmp_path / "prior").mkdir()
    (tmp_path / "prior" / "best.weights.h5").touch()
    assert prior_config(bar, epochs=1).start == str(tmp_path / "prior")
    assert prior_config(replace(bar, start=""), epochs=1).start == ""
