"""What the card beside the weights says of the data, the training and the code."""

import json
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from beatgen.data.dataset import Dataset, load_dataset
from beatgen.training import modelcard
from beatgen.training.config import ANOTHER, TrainConfig
from beatgen.training.modelcard import data_recorded, model_card, training_recorded

GMD_FILES = [
    "drummer1/session1/1_funk_80_beat_4-4.mid",
    "drummer2/eval_session/2_rock_90_fill_4-4.mid",
]


@pytest.fixture(scope="module")
def bars(dataset_file) -> Dataset:
    """Three training bars and one for validation, from a file each."""
    return load_dataset(dataset_file(3, 1))


def recorded_of(bars: Dataset) -> dict[str, str]:
    return data_recorded(bars.split("train"), bars.split("validation"))


def test_gmd_is_known_by_its_file_names_and_its_table(bars) -> None:
    gmd = replace(bars, files=np.array(GMD_FILES), styles=np.array(["funk/groove1", "rock"]))
    recorded = recorded_of(gmd)
    assert recorded["data"].startswith("Groove MIDI Dataset") and "CC BY 4.0" in recorded["license"]
    assert "1 of GMD's drummers" in recorded["limits"] and "funk (100%)." in recorded["limits"]
    for other in (
        {"files": np.array([GMD_FILES[0], "mine.mid"])},
        {"files": np.array([GMD_FILES[0], "drummer2/mine.mid"])},
        {"styles": np.array(["unknown", "unknown"])},  # without the table: split by us
    ):
        assert recorded_of(replace(gmd, **other)) == recorded_of(bars)


def test_data_of_ones_own_are_recorded_as_such(bars) -> None:
    card = model_card(TrainConfig("d.npz", "run"), bars.split("train"), bars.split("validation"))
    assert card["data"] == "Data of your own: 2 files that hold 4/4 bars."
    assert card["license"] == "That of the data; not known to beatgen."
    assert "GMD" not in json.dumps(card) and "CC BY" not in json.dumps(card)


def test_the_card_of_gmd_counts_the_files_that_hold_4_4_bars(gmd_bars) -> None:
    recorded = recorded_of(gmd_bars)
    assert recorded["data"].startswith("Groove MIDI Dataset")
    assert "as 10 of GMD's drummers" in recorded["limits"]
    assert "rock (33%), latin (16%), jazz (12%)" in recorded["limits"]
    split = model_card(TrainConfig("", ""), gmd_bars.split("train"), gmd_bars.split("validation"))[
        "split"
    ]
    assert (split["train"], split["validation"]) == (887, 122)


def test_the_card_records_what_a_training_went_on_from(tmp_path) -> None:
    """Its config, and that it was stopped early; and how to train it again."""
    first = TrainConfig(data="d.npz", run=str(tmp_path), epochs=75)
    (tmp_path / "config.json").write_text(json.dumps(asdict(first)))
    (tmp_path / "log.csv").write_text("epoch,loss,val_loss\n0,3,4\n1,2,2\n2,1,3\n")
    second = TrainConfig(data="d.npz", run="elsewhere", epochs=2, start=str(tmp_path))
    recorded = training_recorded(second)
    begun = recorded["begun"]
    assert recorded["epochs"] == 2 and "trained" not in recorded and "begun" not in begun
    assert (begun["epochs"], begun["trained"], begun["best"]) == (75, 3, 2)
    assert str(tmp_path) not in json.dumps(recorded)
    card = tmp_path / "card.json"
    card.write_text(json.dumps({"training": recorded}))
    nowhere = {"data": "", "run": ""}
    assert TrainConfig.load(card) == replace(second, **nowhere, start=ANOTHER)
    assert TrainConfig.load(card, begun=1) == replace(first, **nowhere)


@pytest.mark.parametrize("damage", ["gone", "config.json", "log.csv"])
def test_weights_are_recorded_of_when_what_they_went_on_from_is_gone(damage: str, tmp_path) -> None:
    run = tmp_path / "first"
    if damage != "gone":
        run.mkdir()
        (run / "config.json").write_text(json.dumps(asdict(TrainConfig("d.npz", "first"))))
        (run / "log.csv").write_text("epoch,loss,val_loss\n0,3,4\n")
        (run / damage).write_text("1,2\n3\n")
    recorded = training_recorded(TrainConfig("d.npz", "second", start=str(run)))
    assert recorded["begun"] is None


def test_a_card_tells_no_commit_of_another_repository(tmp_path, monkeypatch) -> None:
    """As where a virtual environment lies inside one."""
    room = Path("beatgen") / "training"
    installed = tmp_path / ".venv" / room
    for folder in (tmp_path / room, installed):
        folder.mkdir(parents=True)
    git = ("git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    monkeypatch.setattr(modelcard, "__file__", str(installed / "modelcard.py"))
    assert modelcard._commit() == "unknown"
    monkeypatch.setattr(modelcard, "__file__", str(tmp_path / room / "modelcard.py"))
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True).stdout
    assert len(modelcard._commit()) >= 7 and head.startswith(modelcard._commit())
    monkeypatch.setattr(modelcard, "__file__", str(Path("/") / room / "modelcard.py"))
    assert modelcard._commit() == "unknown"
