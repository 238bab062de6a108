import json

import numpy as np
import pytest

from beatgen.bars import metrics
from beatgen.data.dataset import Dataset
from beatgen.errors import BeatGenError
from beatgen.evaluation.baselines import (
    NearestBar,
    PrincipalComponents,
    Silence,
    principal_components,
)
from beatgen.evaluation.evaluate import build, evaluate, repeats, score
from beatgen.evaluation.reconstruct import Reconstruction, network, scores
from beatgen.evaluation.results import COLUMNS
from beatgen.groove import Groove
from beatgen.midi import write_midi


def dataset_of(grooves: dict[str, Groove], split: str = "train") -> Dataset:
    """A file, of the style that is its name, for each groove."""
    bars = [groove.bars for groove in grooves.values()]
    return Dataset(
        np.concatenate([np.rint(g.velocity * 127) for g in grooves.values()]).astype(np.uint8),
        np.concatenate([g.timing for g in grooves.values()]).astype(np.float16),
        np.repeat(np.arange(len(bars), dtype=np.int32), bars),
        np.concatenate([np.arange(n, dtype=np.int32) for n in bars]),
        np.array([f"{name}.mid" for name in grooves]),
        np.array(list(grooves)),
        np.array([split] * len(bars)),
        np.array([groove.tempo for groove in grooves.values()], np.float32),
        np.array([], dtype=np.str_),
    )


def grids(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    return dataset.velocity / np.float32(127), dataset.timing.astype(np.float32)


class Echo:
    """Gives every bar back, or only some of its voices."""

    name = "echo"

    def __init__(self, voices: slice = slice(None)) -> None:
        self.voices = voices

    def reconstruct(self, dataset: Dataset) -> Reconstruction:
        velocity, timing = grids(dataset)
        heard = np.zeros_like(velocity)
        heard[..., self.voices] = velocity[..., self.voices]
        mean = np.random.default_rng(0).standard_normal((len(velocity), 3)) * [1, 1, 0]
        return Reconstruction(heard, heard, timing * (heard > 0), mean, np.zeros_like(mean))


@pytest.fixture
def training(rock, samba, random_groove) -> Dataset:
    return dataset_of({"rock": rock, "samba/fast": samba, "noise": random_groove(0, bars=30)})


@pytest.fixture
def held_out(rock, random_groove) -> Dataset:
    """Two bars that are in training, too, and four that are not."""
    return dataset_of({"rock": rock, "noise": random_groove(9, bars=4)}, "validation")


@pytest.fixture
def data(training, held_out, tmp_path) -> str:
    both = {
        name: np.concatenate([getattr(training, name), getattr(held_out, name)])
        for name in Dataset.__dataclass_fields__
    }
    both["file_index"][len(training) :] += len(training.files)
    Dataset(**both).save(tmp_path / "bars.npz")
    return str(tmp_path / "bars.npz")


def test_silence_is_silent(held_out) -> None:
    found = Silence().reconstruct(held_out)
    assert not found.expected.any() and not found.velocity.any()
    assert found.velocity.shape == held_out.velocity.shape


def test_the_nearest_training_bar_is_the_bar_itself_where_it_is_known(training, held_out) -> None:
    found = NearestBar(training).reconstruct(held_out)
    velocity, timing = grids(held_out)
    np.testing.assert_array_equal(found.velocity[:2], velocity[:2])
    np.testing.assert_array_equal(found.timing[:2], timing[:2])
    known, _ = grids(training)
    for bar, nearest in zip(velocity, found.velocity, strict=True):
        assert np.square(bar - nearest).sum() == pytest.approx(
            np.square(bar - known).sum((1, 2)).min(), rel=1e-5
        )


def test_components_are_those_of_the_singular_value_decomposition() -> None:
    rows = np.random.default_rng(0).standard_normal((200, 40)) * 0.8 ** np.arange(40)
    rows = (rows - rows.mean(0)).astype(np.float32)
    found = principal_components(rows, 5)
    exact = np.linalg.svd(rows, full_matrices=False)[2][:5].T
    np.testing.assert_allclose(found.T @ found, np.eye(5), atol=1e-5)
    np.testing.assert_allclose(np.abs(found.T @ exact), np.eye(5), atol=1e-2)


def test_more_components_hold_more(training) -> None:
    velocity, _ = grids(training)
    found = [PrincipalComponents(training, n).reconstruct(training) for n in (1, 8, 33)]
    errors = [metrics.sse(velocity, each.expected) for each in found]
    assert errors[0] > errors[1] > errors[2]
    assert metrics.hit_f1(velocity, found[2].velocity) > 0.95, "as many as there are bars"
    assert metrics.velocity_mae(velocity, found[2].velocity) < 3


def test_a_perfect_model_is_perfect(training, held_out) -> None:
    row = score("echo", Echo().reconstruct(held_out), held_out, repeats(held_out, training))
    for measures in (row.measures, row.unseen, *row.per_style.values()):
        assert measures["sse"] == measures["sse_sounding"] == 0
        assert measures["hit_f1"] == measures["pattern_f1"] == measures["folded_f1"] == 1
        assert measures["note_f1"] == 1
        assert measures["velocity_mae"] == measures["timing_mae"] == 0
    assert row.measures["active_units"] == 2 and row.measures["kl"] > 0


def test_voices_styles_and_repeats_are_scored_apart(training, held_out) -> None:
    """A model that hears the kick alone."""
    known = repeats(held_out, training)
    assert known.tolist() == [True, True, False, False, False, False]
    row = score("kick", Echo(slice(0, 1)).reconstruct(held_out), held_out, known)
    assert row.per_voice["kick"]["hit_f1"] == 1 and row.per_voice["snare"]["hit_f1"] == 0
    hits = (held_out.velocity > 0).sum((0, 1))
    assert [scores["hits"] for scores in row.per_voice.values()] == hits.tolist()
    assert set(row.per_style) == {"rock", "noise"}
    kicks, all_hits = hits_of(held_out, slice(2, 6))
    assert row.per_style["noise"]["hit_f1"] == pytest.approx(2 * kicks / (kicks + all_hits))
    assert row.unseen["hit_f1"] == row.per_style["noise"]["hit_f1"]
    assert row.measures["hit_f1"] != row.unseen["hit_f1"]


def hits_of(dataset: Dataset, bars: slice) -> tuple[int, int]:
    struck = dataset.velocity[bars] > 0
    return int(struck[..., 0].sum()), int(struck.sum())


def test_a_bar_repeats_another_whatever_its_feel_and_articulation(training, rock) -> None:
    softer = Groove(rock.velocity / 2, rock.timing + 0.3 * (rock.velocity > 0), 80)
    on_the_rim = Groove(np.roll(rock.velocity, 1, axis=2))  # another voice, another class: kick
    assert repeats(dataset_of({"softer": softer}), training).all()
    assert not repeats(dataset_of({"other": on_the_rim}), training).any()


def test_the_table_holds_what_was_measured(data) -> None:
    log: list[str] = []
    evaluation = evaluate(data, models=["silence", "pca-2", "nearest", Echo()], log=log.append)
    assert [row.name for row in evaluation.rows] == [
        "silence", "PCA, 2 components", "nearest training bar", "echo"
    ]  # fmt: skip
    assert len(log) == 4 and evaluation.bars == 6 and evaluation.repeated == 2
    silence, _, nearest, echo = (row.measures for row in evaluation.rows)
    assert silence["hit_f1"] == 0 < nearest["hit_f1"] < echo["hit_f1"] == 1
    table = evaluation.as_markdown()
    lines = [line.split(" | ") for line in table.splitlines() if line.startswith("| silence")]
    assert len(lines) == 2 and len(lines[0]) == len(COLUMNS) + 1
    assert lines[0][1] == f"{silence['sse']:.2f}" and "nan" not in table
    assert "33.3 % of them repeat" in table and "| kick | 0.000 |" in table


def test_tables_and_figures_are_written_to_a_folder(data, tmp_path) -> None:
    folder = tmp_path / "found"
    evaluation = evaluate(data, models=["silence", Echo()], folder=folder)
    found = evaluation.as_dict()
    assert found["rows"][0]["measures"]["velocity_mae"] is None
    assert found["rows"][1]["per_voice"]["snare"]["hit_f1"] == 1
    assert json.loads((folder / "evaluation.json").read_text()) == json.loads(json.dumps(found))
    assert (folder / "evaluation.md").read_text() == evaluation.as_markdown()
    for page in ("scores.html", "examples.html"):
        assert "plotly" in (folder / page).read_text(encoding="utf-8").lower()


def test_a_folder_of_files_is_measured_by_its_table(tmp_path, rock, samba) -> None:
    table = ["midi_filename,split,style"]
    for name, split, groove in (("a", "train", rock), ("b", "test", samba), ("c", "test", rock)):
        write_midi(groove, tmp_path / f"{name}.mid")
        table.append(f"{name}.mid,{split},funk/fast")
    (tmp_path / "info.csv").write_text("\n".join(table))
    evaluation = evaluate(tmp_path, "test", ["nearest"])
    assert evaluation.bars == 3 and evaluation.repeated == 2
    assert set(evaluation.rows[0].per_style) == {"funk"}
    assert evaluation.rows[0].unseen["hit_f1"] < evaluation.rows[0].measures["hit_f1"] < 1
    with pytest.raises(BeatGenError, match="'validation' has no bars"):
        evaluate(tmp_path, "validation", ["silence"])


def test_the_shipped_model_beats_the_baselines_on_a_bar_that_it_knows(training, held_out) -> None:
    ours = build("bar", training)
    found = ours.reconstruct(held_out.take(np.arange(2)))  # two bars of plain rock
    velocity, _ = grids(held_out)
    assert metrics.hit_f1(velocity[:2], found.velocity) > 0.8
    assert (
        metrics.sse(velocity[:2], found.expected) < 0.5 * np.square(velocity[:2]).sum((1, 2)).mean()
    )
    assert found.mean is not None and found.mean.shape == (2, ours.vae.latent_dim)
    assert 0 < ours.decode_ms(1) < 1000


def test_an_unknown_model_is_refused(training) -> None:
    with pytest.raises(BeatGenError, match="no model 'gan'"):
        build("gan", training)
    for model in ("pca-0", "pca-99999"):
        with pytest.raises(BeatGenError, match=f"no model '{model}'; expected pca-1 to pca-256"):
            build(model, training)


def test_both_networks_stand_in_the_table(training) -> None:
    ours, reports = network("bar", "ours"), network("report", "theirs")
    for ready in (ours, reports):
        found = ready.reconstruct(training)
        assert found.expected.shape == training.velocity.shape
        assert found.mean.shape == found.log_var.shape == (len(training), found.mean.shape[1])
        assert ready.decode_ms(1) > 0
    # The report's network reads no timing, and thresholds what it predicts.
    found = reports.reconstruct(training)
    assert not found.timing.any()
    struck = found.velocity > 0
    assert np.array_equal(found.velocity[struck], found.expected[struck])
    assert found.expected[~struck].max() <= reports.network.card["threshold"]


@pytest.mark.parametrize(
    ("model", "error", "f1"), [("bar", 1.0, 0.94), ("bar-16", 4.0, 0.58)], ids=["bar", "bar-16"]
)
def test_the_shipped_weights_hold_what_the_table_says(gmd_bars, model, error, f1) -> None:
    held_out = gmd_bars.split("validation")
    found = build(model, held_out).reconstruct(held_out)
    measures = scores(held_out, found, np.arange(len(held_out)))
    assert measures["sse"] < error and measures["hit_f1"] > f1
    if model == "bar":
        assert measures["pattern_f1"] > 0.98 < measures["folded_f1"] and measures["note_f1"] > 0.95
        assert measures["velocity_mae"] < 6 and measures["timing_mae"] < 4


@pytest.mark.parametrize(("bars", "most"), [(1, 4 * 0.5), (33, 4 * 10)])
def test_decoding_is_not_grossly_slower_than_it_was_meant_to_be(bars, most) -> None:
    """In ms, with slack for slow machines; the best of five, for others may be at work on them."""
    ours = network("bar", "ours")
    assert min(ours.decode_ms(bars) for _ in range(5)) < most


def test_a_bare_name_is_no_folder(training, tmp_path, monkeypatch) -> None:
    """Neither one with weights nor a training run; a folder needs a separator."""
    monkeypatch.chdir(tmp_path)
    for name in ("bar", "mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
    assert build("bar", training).name == "BeatGen"
    with pytest.raises(BeatGenError, match=r"for the folder of that name write \./mine"):
        build("mine", training)
    for folder in ("./mine", str(tmp_path / "mine")):
        with pytest.raises(BeatGenError, match="a training run; export it first"):
            build(folder, training)
