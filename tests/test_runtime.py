"""Weights on disk: what is damaged, or of another version, is told in one sentence."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import beatgen as bg
from beatgen import assets
from beatgen.errors import ModelError
from beatgen.runtime import CARD, NETWORK, PRIOR_NETWORK, SPACE, load_network


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A copy of the shipped weights, to be spoiled."""
    return Path(shutil.copytree(assets.path("model/bar"), tmp_path / "bar"))


def refusal(folder: Path) -> str:
    """The sentences with which weights are refused."""
    with pytest.raises(ModelError) as refused:
        load_network(folder)
    message = str(refused.value)
    assert str(folder) in message and "\n" not in message
    return message


def change_card(folder: Path, **changes: object) -> None:
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    (folder / CARD).write_text(json.dumps(card | changes), encoding="utf-8")


def test_unknown_weights_are_a_sentence(tmp_path) -> None:
    with pytest.raises(ModelError, match="no model 'nothing'"):
        bg.load_model("nothing")
    (tmp_path / "card.json").write_text("{}")
    with pytest.raises(ModelError, match="not a model"):
        bg.load_model(tmp_path)


@pytest.mark.parametrize("file", [CARD, SPACE, NETWORK])
@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut", "overwritten"])
def test_damaged_weights_are_a_sentence(weights, file, damage) -> None:
    path = weights / file
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        half = len(content) // 2
        path.write_bytes(
            {
                "empty": b"",
                "text": b"drums",
                "cut": content[:half],
                "overwritten": b"\xff" * half + content[half:],
            }[damage]
        )
    assert "not a model that can be loaded" in refusal(weights)


def test_a_network_that_reads_something_else_is_refused(weights) -> None:
    shutil.copy(assets.path(f"model/report/{NETWORK}"), weights / NETWORK)
    assert re.search(
        rf"{NETWORK}: encode reads velocity 64 x 22 and gives log_var, mean; expected one that "
        r"reads known 16 x 22, strikes 16 x 22 x 4 x 2 and gives log_var, mean\. "
        r".*another version of beatgen: export them again",
        refusal(weights),
    )


def test_a_network_of_other_dimensions_is_refused(weights) -> None:
    shutil.copy(assets.path(f"model/bar-16/{NETWORK}"), weights / NETWORK)
    message = refusal(weights)
    assert f"{NETWORK}: pattern reads z 10 and gives count; expected one that reads z 64" in message


def test_a_prior_without_its_part_is_refused(weights) -> None:
    shutil.copy(weights / NETWORK, weights / PRIOR_NETWORK)
    message = refusal(weights)
    assert f"{PRIOR_NETWORK}: drift is not in it; expected one that reads time 2, x 192" in message


def test_a_space_of_other_dimensions_is_refused(weights) -> None:
    with np.load(weights / SPACE) as space:
        np.savez(weights / SPACE, **{**space, "mean": np.zeros(16)})
    assert f"{SPACE}: mean has 16 dimensions; {CARD} beside it tells of 192" in refusal(weights)


def test_a_space_of_another_version_is_refused(weights) -> None:
    with np.load(weights / SPACE) as space:
        np.savez(weights / SPACE, mean=space["mean"], components=space["components"])
    assert f"{SPACE}: response is not in it. These weights are of another" in refusal(weights)


@pytest.mark.parametrize("config", [{}, {"pattern_dim": 64}, None])
def test_a_card_that_does_not_tell_the_dimensions_is_refused(weights, config) -> None:
    change_card(weights, config=config)
    assert "not a model that can be loaded" in refusal(weights)
