"""Weights on disk play right; damaged ones and those of another version are refused."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

import beatgen as bg
from beatgen import assets
from beatgen.errors import BeatGenError, ModelError
from beatgen.latent.runtime import CARD, NETWORK, PRIOR_NETWORK, SPACE, load_network, model_folder
from beatgen.networks.report_2020 import ReportConfig
from beatgen.training.config import CONFIG, TrainConfig
from beatgen.training.train import BEST, build_model, load_run, train


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


# A part is asked for as many bars again and again. In a process of its own, whose memory is fresh.
AGAIN_AND_AGAIN = """
import sys
import numpy as np
from beatgen.latent.runtime import load_network, sequence_signatures

folder, part = sys.argv[1:]
rng = np.random.default_rng(0)
network = load_network(folder)
config = network.card["config"]
files = [network.format.signatures(config), network.format.prior(config)]
if "sequence" in network.card:
    files.append(sequence_signatures(network.card["sequence"]["config"], config))
(reads,) = (file[part].reads for file in files if part in file)
x = {name: rng.standard_normal((64, *shape)) for name, shape in reads.items()}
alone = [network.run(part, **{i: v[n : n + 1] for i, v in x.items()}) for n in range(64)]
for bars in (64, 24, 12) * 4:
    fresh = load_network(folder)
    for call in range(4):
        which = rng.permutation(64)[:bars]
        for name, rows in fresh.run(part, **{i: v[which] for i, v in x.items()}).items():
            right = np.concatenate([alone[n][name] for n in which])
            assert np.allclose(rows, right, atol=1e-3), (name, bars, call)
"""
PARTS = [
    *(("bar", part) for part in ("encode", "pattern", "feel", "drift")),
    *(("bar", part) for part in ("next_pattern", "next_feel")),
    *(("bar-16", part) for part in ("encode", "pattern", "feel")),
    *(("report", part) for part in ("encode", "decode")),
]
# What XNNPACK takes over from LiteRT, among what is needed here. At anything else, such as asking
# for a size, the network is cut in pieces.
TAKEN = """ADD BATCH_MATMUL CEIL CONCATENATION CONV_2D COS DEQUANTIZE EXP FULLY_CONNECTED GELU LOG
    LOGISTIC MAXIMUM MAX_POOL_2D MEAN MINIMUM MUL NEG RESHAPE RSQRT SIN SOFTMAX SPLIT
    SQUARED_DIFFERENCE STRIDED_SLICE SUM TRANSPOSE"""


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_many_bars_are_as_each_alone_however_often_they_are_asked_for(name: str, part: str) -> None:
    """LiteRT got it wrong for a network in several pieces, see `beatgen.networks.transformer`."""
    command = [sys.executable, "-c", AGAIN_AND_AGAIN, str(model_folder(name)), part]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_shipped_networks_are_in_one_piece() -> None:
    for file in assets.path("model").glob("*/*.tflite"):
        assert operators(file.read_bytes()) <= set(TAKEN.split()), file


def test_the_shipped_weights_are_small() -> None:
    files = [path for path in assets.path("model").rglob("*") if path.is_file()]
    assert len(files) >= 10 and sum(path.stat().st_size for path in files) <= 10e6


def operators(network: bytes) -> set[str]:
    names = {code: name for name, code in vars(schema.BuiltinOperator).items()}
    codes = schema.ModelT.InitFromPackedBuf(network, 0).operatorCodes
    return {names[max(code.builtinCode, code.deprecatedBuiltinCode)] for code in codes}


def test_a_run_of_another_version_is_refused_before_it_goes_on(dataset_file, tmp_path) -> None:
    config = TrainConfig(dataset_file(4, 2), str(tmp_path), model="report")
    (tmp_path / CONFIG).write_text(json.dumps(asdict(config)), encoding="utf-8")
    build_model(replace(config, report=ReportConfig(filters=8))).save_weights(tmp_path / BEST)
    for go_on in (lambda: train(config), lambda: load_run(tmp_path)):
        with pytest.raises(BeatGenError, match="another version") as refused:
            go_on()
        assert str(tmp_path / BEST) in str(refused.value)


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
    assert f"{SPACE}: mean has the shape (16,); {CARD} beside it has 192" in refusal(weights)


def test_a_space_of_another_version_is_refused(weights) -> None:
    with np.load(weights / SPACE) as space:
        np.savez(weights / SPACE, mean=space["mean"], components=space["components"])
    assert f"{SPACE}: response is not in it. These weights are of another" in refusal(weights)


@pytest.mark.parametrize("config", [{}, {"pattern_dim": 64}, None])
def test_a_card_without_the_dimensions_is_refused(weights, config) -> None:
    change_card(weights, config=config)
    assert "not a model that can be loaded" in refusal(weights)


@pytest.mark.parametrize("lack", ["threshold", "pattern_segments"])
def test_an_incomplete_card_is_refused(weights, lack) -> None:
    card = json.loads((weights / CARD).read_text(encoding="utf-8"))
    card.pop(lack, None)
    card["config"].pop(lack, None)
    (weights / CARD).write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(ModelError, match=f"incomplete .'{lack}'.*export them again"):
        bg.load_model(weights)


def test_a_damaged_space_is_refused(weights) -> None:
    with np.load(weights / SPACE) as space:
        whole = dict(space)
    np.savez(weights / SPACE, **{**whole, "mean": np.full_like(whole["mean"], np.nan)})
    assert f"{SPACE}: mean is damaged" in refusal(weights)
    np.savez(weights / SPACE, **{**whole, "mean": np.float32(0)})
    assert f"{SPACE}: mean has the shape ()" in refusal(weights)
    np.savez(weights / SPACE, **{**whole, "response": whole["response"][:3]})
    with pytest.raises(ModelError, match="names directions that are not there"):
        bg.load_model(weights)


def test_a_bare_name_means_shipped_weights(weights, tmp_path, monkeypatch) -> None:
    """Whatever the working directory holds; a folder needs a separator, or is a Path."""
    monkeypatch.chdir(tmp_path)
    change_card(weights, threshold=0.5)
    shipped = assets.path("model/bar")
    assert model_folder("bar") == shipped
    assert bg.load_model().card["threshold"] == bg.load_model("bar").card["threshold"] != 0.5
    for folder in ("./bar", str(weights), weights, Path("bar"), f"..{os.sep}{tmp_path.name}/bar"):
        assert model_folder(folder).samefile(weights)
        assert bg.load_model(folder).card["threshold"] == 0.5
    assert len(bg.load_atlas()) == len(bg.load_atlas("./bar"))
    (weights / "atlas.npz").unlink()
    assert len(bg.load_atlas("bar"))
    with pytest.raises(ModelError, match=re.escape(f"bar{os.sep}atlas.npz")):
        bg.load_atlas("./bar")


@pytest.mark.parametrize("load", [bg.load_model, bg.load_atlas, load_network])
def test_a_folder_without_a_separator_is_refused_with_how_to_write_it(
    load, weights, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    weights.rename(tmp_path / "mine")
    with pytest.raises(ModelError, match=r"called 'mine'; for the folder .* write \./mine"):
        load("mine")
    load("./mine")
    with pytest.raises(ModelError, match=r"no model 'other'; expected bar, bar-16, report, or a f"):
        load("other")
    with pytest.raises(ModelError, match="other: no model; expected a folder with network"):
        load(Path("other"))
    with pytest.raises(ModelError, match="no model ''"):
        load("")
