"""The verbs of the laboratory: folders, datasets, training, measuring."""

import json
import os
import shutil
import subprocess
import sys
from argparse import Namespace
from dataclasses import replace
from types import SimpleNamespace

import pytest
from command import COMMAND, execute, refusal, run

from beatgen import assets, demo
from beatgen.cli import main
from beatgen.cli.lab import _train_config
from beatgen.cli.verbs import parser
from beatgen.data.dataset import load_dataset
from beatgen.errors import BeatGenError
from beatgen.evaluation.evaluate import evaluate
from beatgen.midi import write_midi
from beatgen.notices import NOTICE
from beatgen.training import experiments
from beatgen.training.config import TrainConfig


def test_stats_counts_prints_and_draws(capsys, midi_folder, tmp_path) -> None:
    picture = tmp_path / "stats.html"
    assert main(["stats", str(midi_folder), "-o", str(picture)]) == 0
    out, err = capsys.readouterr()
    assert any(line.split()[:2] == ["4/4", "bars"] for line in out.splitlines())
    assert "left out notes.mid" in err and "reading" in err
    assert "plotly" in picture.read_text(encoding="utf-8").lower()
    found = json.loads("\n".join(run(capsys, "stats", midi_folder, "--json")))
    assert found["bars"] == 3 and found["hits_per_pitch"]["51"] == 12


def test_prepare_writes_a_dataset(capsys, midi_folder, tmp_path) -> None:
    line = run(capsys, "prepare", midi_folder, "-o", tmp_path / "d.npz", "--steps", 16)[-1]
    assert "3 bars" in line
    assert load_dataset(tmp_path / "d.npz").velocity.shape == (3, 16, 22)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> str:
    """All demo grooves four times over, as a dataset."""
    folder = tmp_path_factory.mktemp("demos")
    for name in demo.names():
        for i in range(4):
            write_midi(demo.load(name), folder / f"{name}-{i}.mid")
    assert main(["prepare", str(folder), "-o", str(folder / "demos.npz")]) == 0
    return str(folder / "demos.npz")


def no_notices(stderr: str) -> None:
    """Progress may be reported, but no library prints of its own accord."""
    lines = stderr.splitlines()
    assert [line for line in lines if NOTICE.match(line.encode()) or "Warning" in line] == []


@pytest.mark.train
def test_train_makes_a_run_export_its_weights_and_sweep_several(dataset, tmp_path) -> None:
    small = ["--model", "report", "--epochs", "1", "--batch-size", "64"]
    run_, weights, swept = (tmp_path / name for name in ("run", "weights", "sweep"))
    train, export, sweep, summary = execute(
        ["train", dataset, "-o", str(run_), *small, "--latent-dim", "4"],
        ["export", str(run_), "-o", str(weights)],
        ["sweep", dataset, "-o", str(swept), *small, "--dims", "2", "3"],
        ["train", "--model", "report", "--summary"],
    )
    out, err = train
    assert f"{run_}: validation loss" in out and "Epoch" not in out
    no_notices(err)
    assert {"config.json", "log.csv", "best.weights.h5", "curves.html"} <= set(os.listdir(run_))
    out, err = export
    assert err == "", "no library prints of its own accord"
    assert out.startswith(f"{weights}: sse ") and "hit_f1" in out
    assert {"card.json", "network.tflite", "space.npz"} == set(os.listdir(weights))
    out, err = sweep
    no_notices(err)
    assert [line.split()[0] for line in out.splitlines()] == ["2", "3"]
    assert (swept / "sweep.html").exists()
    out, _ = summary
    assert "(None, 1, 8, 256)" in out and "(None, 1, 64, 22)" in out
    assert "Total params: 313,207" in out


@pytest.mark.parametrize(
    "argv",
    [
        ["train", "d.npz", "-o", "run"],
        ["train", "--summary"],
        ["export", "run", "-o", "weights"],
        ["sweep", "d.npz", "-o", "run"],
        ["ablate", "d.npz", "-o", "run"],
    ],
    ids=" ".join,
)
def test_a_verb_that_trains_loads_keras_quietly_first(argv, monkeypatch) -> None:
    """By `load_keras`, before anything else imports it."""

    def loaded() -> None:
        raise Loaded

    monkeypatch.setattr("beatgen.cli.lab.load_keras", loaded)
    for name in ("train", "export", "experiments"):
        monkeypatch.setitem(sys.modules, f"beatgen.training.{name}", None)
    with pytest.raises(Loaded):
        main(argv)


class Loaded(Exception):
    """Keras was asked for."""


def test_evaluate_measures_models_and_writes_tables(capsys, dataset, tmp_path) -> None:
    models = ["silence", "pca-2", "bar"]
    argv = ["evaluate", dataset, "--effort", "0.01", "--models", *models]
    argv += ["-o", str(tmp_path / "found")]
    text = "\n".join(run(capsys, *argv))
    found = json.loads("\n".join(run(capsys, *argv, "--parts", "--json")))
    silence, _, ours = (row["measures"] for row in found["rows"])
    assert silence["hit_f1"] == 0 < ours["hit_f1"] <= 1 and silence["sse"] > 0
    assert f"| {silence['sse']:.2f} |" in text
    assert {"evaluation.json", "evaluation.md"} <= set(os.listdir(tmp_path / "found"))
    other = tmp_path / "32.npz"
    whole = load_dataset(dataset)
    replace(whole, velocity=whole.velocity[:, ::2], timing=whole.timing[:, ::2]).save(other)
    reason = "32.npz: bars of 32 steps; expected 64. Run `beatgen prepare` again, with --steps 64"
    assert reason in refusal(capsys, "evaluate", other)
    assert reason in refusal(capsys, "train", other, "-o", tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert "has no bars" in refusal(
        capsys, "evaluate", one_split(dataset, tmp_path), "--split", "validation"
    )


def test_a_run_is_exported_and_measured_under_its_name(
    capsys, dataset, tmp_path, monkeypatch
) -> None:
    """Without TensorFlow: what the export writes are the shipped weights here."""
    run_folder = tmp_path / "mine"
    run_folder.mkdir()
    (run_folder / "config.json").write_text("{}")
    exported = []

    def export(model: str, folder: str) -> None:
        exported.append(model)
        shutil.copytree(assets.path("model/bar-16"), folder, dirs_exist_ok=True)

    monkeypatch.setitem(sys.modules, "beatgen.training.export", SimpleNamespace(export=export))
    argv = ["evaluate", dataset, "--models", "silence", str(run_folder), "--parts", "--json"]
    rows = json.loads("\n".join(run(capsys, *argv)))["rows"]
    assert exported == [str(run_folder)] and [row["name"] for row in rows] == ["silence", "mine"]
    assert rows[1]["measures"]["decode_33_ms"] > 0
    with pytest.raises(BeatGenError, match="mine: a training run; export it first"):
        evaluate(dataset, models=[str(run_folder)])


@pytest.mark.parametrize(
    ("argv", "code", "reason"),
    [
        (["--parts", "beauty"], 2, "no part 'beauty'; expected some of programmed, realism"),
        (["--effort", "0"], 1, "effort is 0.0; expected a number above 0 and up to 1"),
        (["--models", "gan"], 1, "no model 'gan'"),
    ],
)
def test_what_cannot_be_measured_is_refused(argv, code, reason, capsys, dataset) -> None:
    assert main(["evaluate", dataset, *argv]) == code
    assert reason in capsys.readouterr().err


def test_earlier_names_of_parts_are_understood(capsys, dataset) -> None:
    argv = ["evaluate", dataset, "--models", "report", "--effort", "0.01", "--json"]
    found = json.loads("\n".join(run(capsys, *argv, "--parts", "walk", "complete")))
    assert list(found["sections"]) == [
        "smoothness",
        "completion",
        "completion-folded",
        "completion-classes",
    ]


def one_split(dataset: str, tmp_path) -> str:
    """The path of a dataset with training bars alone."""
    everything = load_dataset(dataset)
    everything.split("train").save(tmp_path / "train.npz")
    return str(tmp_path / "train.npz")


def test_train_without_data_says_what_it_needs() -> None:
    done = subprocess.run([*COMMAND, "train"], capture_output=True, text=True)
    assert done.returncode == 2 and "train needs DATA and -o RUN" in done.stderr


def options(*argv: str) -> Namespace:
    return parser().parse_args(["train", "d.npz", "-o", "run", *argv])


def test_the_command_line_overrides_a_config() -> None:
    card = str(assets.path("model/bar/card.json"))
    config = _train_config(options("--config", card))
    assert (config.model, config.seed, config.epochs, config.data) == ("bar", 0, 24, "d.npz")
    own = ("--seed", "7", "--model", "report", "--epochs", "2", "--latent-dim", "3")
    config = _train_config(options("--config", card, *own))
    assert (config.model, config.seed, config.epochs) == ("report", 7, 2)
    assert config.report.latent_dim == 3 and config.batch_size == 128
    small = str(assets.path("model/bar-16/card.json"))
    squeezed = _train_config(options("--config", small, "--latent-dim", "8")).bar
    assert (squeezed.latent_dim, squeezed.width) == (8, 64)
    assert _train_config(options()) == TrainConfig("d.npz", "run")


@pytest.mark.parametrize(
    ("argv", "code", "reason"),
    [
        (["--prior-epochs", "-1"], 1, "epochs is -1; expected 1 or more"),
        (["--prior-epochs", "2", "--model", "report"], 2, "for our network alone"),
        (["--latent-dim", "1"], 1, "latent_dim is 1; expected 2 or more"),
        (["--export", "weights"], 1, "needs Keras on TensorFlow"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_it_is(argv, code, reason, capsys, monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    monkeypatch.setattr("beatgen.training.train.train", lambda *_, **__: pytest.fail("it trains"))
    assert main(["train", "d.npz", "-o", "run", *argv]) == code
    assert reason in capsys.readouterr().err


def test_what_went_on_is_trained_again_in_two_commands(tmp_path, capsys) -> None:
    card = tmp_path / "card.json"
    card.write_text(json.dumps({"training": {"epochs": 5, "begun": {"epochs": 75, "best": 34}}}))
    config = _train_config(options("--config", str(card), "--begun"))
    assert (config.epochs, config.start) == (75, "")
    config = _train_config(options("--config", str(card), "--start", "runs/first"))
    assert (config.epochs, config.start) == (5, "runs/first")
    reason = refusal(capsys, "train", "d.npz", "-o", tmp_path / "run", "--config", card)
    assert "--begun" in reason and "--start" in reason
    assert main(["train", "d.npz", "-o", "run", "--begun"]) == 2
    assert "--begun needs --config" in capsys.readouterr().err


@pytest.mark.parametrize("damage", [{"dropout": 2}, {"blocks": "2"}])
def test_a_damaged_config_is_refused_in_a_sentence(damage, tmp_path, capsys) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"data": "", "run": "", "bar": damage}))
    reason = refusal(capsys, "train", "--summary", "--config", path)
    assert f"{path}, bar: {next(iter(damage))} is" in reason


def test_an_ablation_of_no_epochs_is_refused(capsys, tmp_path) -> None:
    assert "epochs is 0" in refusal(capsys, "ablate", "d.npz", "-o", tmp_path, "--epochs", "0")


def test_what_cannot_be_exported_is_refused(capsys, monkeypatch, tmp_path) -> None:
    weights = tmp_path / "weights"
    assert "no such file" in refusal(capsys, "export", tmp_path / "none", "-o", weights)
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    assert "set KERAS_BACKEND" in refusal(capsys, "export", tmp_path, "-o", weights)
    assert not weights.exists()


def test_a_sweep_is_refused_before_its_first_run(monkeypatch) -> None:
    monkeypatch.setattr(experiments, "train", lambda *_, **__: pytest.fail("it trains"))
    with pytest.raises(BeatGenError, match="latent_dim is 1"):
        experiments.sweep(TrainConfig("d.npz", "run"), [64, 1])
