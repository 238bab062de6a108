"""All that is measured of networks, through `evaluate`, at a tenth of the effort and less."""

import json

import numpy as np
import pytest

from beatgen.bars.attributes import ATTRIBUTES, OF_FEEL
from beatgen.data.dataset import load_dataset
from beatgen.errors import BeatGenError
from beatgen.evaluation.evaluate import MEASURES, evaluate, measures

FILES, BARS = 5, 6  # of each split of the noise


def test_the_networks_sections_stand_in_the_report(noise_file, tmp_path) -> None:
    parts = ("realism", "smoothness", "directions", "completion")
    evaluation = evaluate(
        noise_file, models=["silence", "bar"], folder=tmp_path, parts=parts, effort=0.02
    )
    found = json.loads((tmp_path / "evaluation.json").read_text())["sections"]
    assert list(found) == [section.name for section in evaluation.sections]
    assert list(found) == [
        *parts[:1],
        "overlap",
        *parts[1:],
        "completion-folded",
        "completion-classes",
    ]
    proposals = found["completion"]["lines"]
    known = {"most probable", "nearest training bar", "32 nearest training bars"}
    assert known | {"BeatGen", "BeatGen, network alone"} == set(proposals)
    assert all(score is None or 0 <= score <= 1 for score in proposals["BeatGen"].values())
    lines = found["realism"]["lines"]
    kinds = ("reconstructions", "takes, vary 0.5", "half-way blends", "prior samples")
    assert {f"BeatGen: {kind}" for kind in kinds} < set(lines)
    for name, scores in lines.items():
        assert 0 <= scores["auc"] <= scores["highest"] <= 1 and 0 <= scores["overlap"] <= 1, name
    # A held-out bar of noise repeats nothing; and real bars overlap with real bars the most.
    assert lines["held-out bars, as played"]["near_copies"] == 0
    assert lines["training bars, as played"]["near_copies"] is None
    assert lines["BeatGen: prior samples"]["frechet"] > lines["held-out bars, as played"]["frechet"]
    text = (tmp_path / "evaluation.md").read_text()
    assert f"| {lines['BeatGen: prior samples']['auc']:.3f} |" in text
    effects = found["directions"]["lines"]
    assert list(effects) == [f"BeatGen: {name}" for name in ATTRIBUTES]
    for name in ATTRIBUTES:
        assert effects[f"BeatGen: {name}"]["effect"] > 0
        assert (effects[f"BeatGen: {name}"]["strikes"] == 0) == (name in OF_FEEL)
    for section in evaluation.sections:
        assert (tmp_path / f"{section.name}.html").exists()


def test_only_networks_and_enough_files_are_measured(noise_file, dataset_file) -> None:
    assert not evaluate(noise_file, models=["silence"]).sections
    assert not evaluate(noise_file, models=["bar"], parts=()).sections
    log: list[str] = []
    few = evaluate(dataset_file(4, 4), models=["bar"], log=log.append, effort=0.1)
    assert [section.name for section in few.sections][:3] == [
        "smoothness", "directions", "humanization"
    ]  # fmt: skip
    assert "realism: left out; it needs bars of 4 files to train on" in " ".join(log)


def test_single_bars_are_measured_as_far_as_they_go(noise_dataset, tmp_path) -> None:
    """A file a bar: no two in a row; and held-out bars that are all the same go nowhere."""
    single = noise_dataset.take(np.arange(0, len(noise_dataset), BARS))
    single.velocity[FILES:], single.timing[FILES:] = single.velocity[0], single.timing[0]
    single.save(tmp_path / "single.npz")
    log: list[str] = []
    found = evaluate(tmp_path / "single.npz", models=["bar"], log=log.append, effort=0.1)
    names = [section.name for section in found.sections]
    assert names == ["directions", "completion", "completion-folded", "completion-classes"]
    text = " ".join(log)
    assert "realism: left out; it needs bars of 4 files" in text
    assert "smoothness: left out; it needs held-out bars that differ" in text
    assert "humanization: left out; it needs files of two bars in a row" in text
    assert "sequence: left out; it needs 8 files of 20 bars in a row" in text


def test_a_measure_of_the_report_network_is_made_as_far_as_it_can(noise_file) -> None:
    found = evaluate(noise_file, models=["report"], parts=["directions", "smoothness"], effort=0.1)
    assert [section.name for section in found.sections] == ["smoothness"]


def test_measures_have_names_and_earlier_ones() -> None:
    names = [measure.name for measure in MEASURES]
    assert names == [
        "programmed",
        "realism",
        "smoothness",
        "directions",
        "humanization",
        "completion",
        "drumify",
        "sequence",
    ]
    earlier = ("likeness", "walk", "directions", "humanize", "complete")
    assert measures(earlier) == list(MEASURES[1 : 1 + len(earlier)])
    assert measures(["complete", "realism"]) == [MEASURES[1], MEASURES[5]]
    with pytest.raises(BeatGenError, match="no part 'beauty'; expected some of programmed, real"):
        measures(["realism", "beauty"])


@pytest.mark.parametrize("effort", [0, -1, 1.5, float("nan")])
def test_an_effort_outside_its_range_is_refused(noise_file, effort) -> None:
    with pytest.raises(BeatGenError, match=f"effort is {effort}; expected a number above 0"):
        evaluate(noise_file, models=["silence"], effort=effort)


def test_less_effort_takes_fewer_bars_and_says_so(noise_file) -> None:
    held_out = load_dataset(noise_file).split("validation")
    few = evaluate(noise_file, models=["report"], parts=["completion"], effort=0.1)
    assert few.bars == len(held_out) == 30  # the table of models is of all bars
    assert few.sections[0].note.startswith("3 bars, one voice group hidden")
