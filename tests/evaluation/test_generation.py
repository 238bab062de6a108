import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from beatgen.bars.attributes import ATTRIBUTES, OF_FEEL
from beatgen.data.dataset import Dataset, load_dataset
from beatgen.evaluation import generation
from beatgen.evaluation import humanization as humanize
from beatgen.evaluation import realism as likeness
from beatgen.evaluation.evaluate import evaluate
from beatgen.evaluation.realism import Bars
from beatgen.evaluation.section import Section, draw_section
from beatgen.groove import Groove
from beatgen.latent.vae import Vae

FILES, BARS = 5, 6  # of each split


@pytest.fixture(scope="module")
def data(random_groove, tmp_path_factory) -> str:
    """Ten files of sparse noise, the first five to train on."""
    count = 2 * FILES * BARS
    groove = random_groove(0, bars=count, density=0.01)
    path = tmp_path_factory.mktemp("generation") / "bars.npz"
    Dataset(
        np.rint(groove.velocity * 127).astype(np.uint8),
        groove.timing.astype(np.float16),
        np.repeat(np.arange(2 * FILES, dtype=np.int32), BARS),
        np.tile(np.arange(BARS, dtype=np.int32), 2 * FILES),
        np.array([f"{i}.mid" for i in range(2 * FILES)]),
        np.array(["rock"] * 2 * FILES),
        np.repeat(["train", "validation"], FILES),
        np.full(2 * FILES, 120, np.float32),
        np.array([], np.str_),
    ).save(path)
    return str(path)


def test_the_networks_sections_stand_in_the_report(data, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(generation, "PAIRS", 2)
    monkeypatch.setattr(generation, "DEALS", 2)
    parts = ("likeness", "walk", "directions", "complete")
    told = evaluate(data, models=["silence", "bar"], folder=tmp_path, parts=parts)
    found = json.loads((tmp_path / "evaluation.json").read_text())["sections"]
    assert list(found) == [section.name for section in told.sections]
    assert list(found) == [*parts[:1], "overlap", *parts[1:], "complete-folded"]
    proposals = found["complete"]["lines"]
    assert {"most probable", "nearest training bar", "32 nearest training bars", "BeatGen"} == set(
        proposals
    )
    assert all(0 <= score <= 1 for score in proposals["BeatGen"].values())
    lines = found["likeness"]["lines"]
    kinds = ("reconstructions", "takes, vary 0.5", "half-way blends", "prior samples")
    assert {f"BeatGen: {kind}" for kind in kinds} < set(lines)
    for name, scores in lines.items():
        assert 0 <= scores["auc"] <= scores["highest"] <= 1 and 0 <= scores["overlap"] <= 1, name
    # A held-out bar of noise repeats nothing; and real bars overlap with real bars the most.
    assert lines["held-out bars, as played"]["near_copies"] == 0
    assert lines["training bars, as played"]["near_copies"] is None
    assert lines["BeatGen: prior samples"]["frechet"] > lines["held-out bars, as played"]["frechet"]
    assert f"| {lines['BeatGen: prior samples']['auc']:.3f} |" in told.as_markdown()
    turned = found["directions"]["lines"]
    assert list(turned) == [f"BeatGen: {name}" for name in ATTRIBUTES]
    for name in ATTRIBUTES:
        assert turned[f"BeatGen: {name}"]["effect"] > 0
        assert (turned[f"BeatGen: {name}"]["strikes"] == 0) == (name in OF_FEEL)
    for section in told.sections:
        assert (tmp_path / f"{section.name}.html").exists()


def test_a_cut_jumps_and_an_even_walk_does_not(data) -> None:
    held_out = load_dataset(data).split("validation")
    lines = generation.walk_section([], held_out, lambda _: None).lines
    cut, even = lines["a cut half-way"], lines["evenly spread"]
    assert cut["jump"] == 1 and cut["dead_zone"] == 50 and cut["detour"] == 1
    assert even["detour"] == 1 and even["jump"] < 0.1 and even["dead_zone"] < 10
    assert even["changes"] == pytest.approx(cut["changes"])


def test_only_networks_and_enough_files_are_measured(data, dataset_file) -> None:
    assert not evaluate(data, models=["silence"]).sections
    assert not evaluate(data, models=["bar"], parts=()).sections
    told: list[str] = []
    few = evaluate(dataset_file(4, 4), models=["bar"], told=told.append)
    assert [section.name for section in few.sections][:3] == ["walk", "directions", "humanize"]
    assert "likeness: left out; it needs bars of 4 files to train on" in " ".join(told)


def test_single_bars_are_measured_as_far_as_they_go(data, tmp_path) -> None:
    """A file a bar: no two in a row; and held-out bars that are all the same go nowhere."""
    bars = load_dataset(data)
    single = bars.take(np.arange(0, len(bars), BARS))
    single.velocity[FILES:], single.timing[FILES:] = single.velocity[0], single.timing[0]
    single.save(tmp_path / "single.npz")
    told: list[str] = []
    measured = evaluate(tmp_path / "single.npz", models=["bar"], told=told.append)
    names = [section.name for section in measured.sections]
    assert names == ["directions", "complete", "complete-folded"]
    text = " ".join(told)
    assert "likeness: left out; it needs bars of 4 files" in text
    assert "walk: left out; it needs held-out bars that differ" in text
    assert "humanize: left out; it needs files of two bars in a row" in text


class Metronome:
    """Plays every hit on its line, at one loudness, and blends nothing."""

    def humanize(self, groove: Groove, seed: int = 0, spread: float = 1.0) -> Groove:
        late = np.where(groove.velocity > 0, 0.4 * spread, 0)
        return Groove(np.where(groove.velocity > 0, 0.5, 0), late, groove.tempo)

    def blend(self, a: Groove, b: Groove, amount: float, feel: float | None = None) -> Groove:
        return a


def test_a_network_is_asked_for_the_plain_pattern(data) -> None:
    everything = load_dataset(data)
    held_out, training = everything.split("validation"), everything.split("train")
    ours = [("metronome", Metronome())]
    lines = generation.humanize_section(ours, held_out, training, lambda _: None).lines
    on_line, late = lines["metronome, predicted"], lines["metronome, drawn"]
    assert on_line["timing_mae"] == pytest.approx(lines["quantized"]["timing_mae"])
    true = humanize.windows(held_out)
    offset = true.feel.offset[true.hits]
    assert late["timing_mse"] == pytest.approx(np.square(offset - 0.1).mean(), rel=1e-4)
    half_way = lines["metronome, spread 0.5"]
    assert half_way["timing_mse"] == pytest.approx(np.square(offset - 0.05).mean(), rel=1e-4)
    assert lines["Seq2Seq (Gillick et al.)"]["timing_mae"] == 18.80
    assert set(lines["hits of the training files"]) == {"timing_kl", "velocity_kl"}


def test_a_section_says_what_it_has_and_draws_it() -> None:
    columns = {"auc": ("AUC", ".3f"), "kl": ("KL", ".1f")}
    lines = {"real": {"auc": 0.5}, "ours": {"auc": 0.625, "kl": math.nan}}
    section = Section("likeness", "Likeness", "Half is best.", columns, lines)
    assert section.as_markdown().splitlines() == [
        "Likeness. Half is best.",
        "",
        "|  | AUC | KL |",
        "| --- | ---: | ---: |",
        "| real | 0.500 | - |",
        "| ours | 0.625 | - |",
    ]
    bars = draw_section(section).data
    assert len(bars) == 2 and list(bars[0].y) == ["ours", "real"]
    assert list(bars[0].x) == [0.625, 0.5]


def takes(vae: Vae, grooves: list[Groove], seed: int) -> Bars:
    return generation.takes(vae, grooves, 0.5, seed)


def samples(vae: Vae, grooves: list[Groove], seed: int) -> Bars:
    return generation._joined(vae.sample(len(grooves), seed))


# The slack is two standard deviations between five dealings of the bars, with draws of their own.
@pytest.mark.parametrize(
    ("make", "most"),
    [(takes, 0.65 + 0.02), (generation.blends, 0.75 + 0.05), (samples, 0.75 + 0.03)],
)
def test_what_the_shipped_weights_make_passes_for_played(
    gmd_bars, vae, make: Callable[[Vae, list[Groove], int], Bars], most: float
) -> None:
    held_out = gmd_bars.split("validation")
    real, source = (held_out.take(half) for half in generation.dealt(held_out.file_index, 0))
    made = likeness.features(make(vae, [source.groove(bar) for bar in range(len(source))], 0))
    groups = -1 - np.arange(len(source)) if make is samples else source.file_index
    features = likeness.features(Bars(*real.grids()))
    with threadpool_limits(1):  # on a busy machine the classifier's threads wait for each other
        areas = [likeness.auc(features, made, real.file_index, groups, seed) for seed in range(2)]
    assert np.mean(areas) <= most
