"""Drums for taps, measured."""

import numpy as np
import pytest

from beatgen.bars.taps import Tap
from beatgen.data.dataset import Dataset
from beatgen.evaluation.drumify import (
    Found,
    drumified,
    neighbours,
    plain,
    score,
    windows,
)
from beatgen.evaluation.results import TooFew
from beatgen.latent.vae import Vae


def dataset(files: list[str], bars: list[int]) -> Dataset:
    """Bars with a kick on the one, a softer hat with it, and a late snare on the two."""
    n = len(bars)
    velocity, timing = np.zeros((n, 64, 22), np.uint8), np.zeros((n, 64, 22), np.float16)
    velocity[:, 0, 0], velocity[:, 0, 11], velocity[:, 16, 1] = 100, 60, 80
    timing[:, 16, 1] = 0.4
    number = np.concatenate([np.arange(bars.count(i)) for i in range(len(files))])
    return Dataset(
        velocity,
        timing,
        np.array(bars, np.int32),
        number.astype(np.int32),
        np.array(files),
        np.array(["rock/halftime"] * len(files)),
        np.array(["train"] * len(files)),
        np.full(len(files), 120, np.float32),
        np.array([], np.str_),
    )


def test_windows_are_pairs_of_bars_of_beats() -> None:
    files = ["d/1_rock_120_beat_4-4.mid", "d/2_rock_120_fill_4-4.mid", "d/3_rock_120_beat_4-4.mid"]
    found = windows(dataset(files, [0, 0, 0, 1, 1, 2, 2, 2, 2]))
    assert len(found.tempo) == 2 + 4 and set(found.styles.tolist()) == {"rock"}
    tap = found.tap
    assert tap.velocity[0, [0, 4]].tolist() == pytest.approx([100 / 127, 80 / 127])
    assert tap.offset[0, [0, 4]].tolist() == pytest.approx([0, 0.1], abs=1e-3)
    assert found.struck[0].sum() == 3 and tap.struck[0].sum() == 2
    assert len(windows(dataset(["a.mid"], [0, 0]), 1).tempo) == 2
    with pytest.raises(TooFew):
        windows(dataset(["a.mid"], [0]))


def test_scores_are_those_of_the_cells() -> None:
    true = windows(dataset(["a.mid"], [0, 0]))
    own = Found(true.struck, true.drums.velocity, true.drums.offset)
    assert score(true, own) == {"f1": 1, "precision": 1, "recall": 1, "velocity": 0, "timing": 0}
    less = true.struck.copy()
    less[:, 0, 2] = False  # the hat
    off = Found(less, own.velocity + 0.1, own.offset + 0.2)
    found = score(true, off)
    assert found["f1"] == pytest.approx(2 * 4 / (4 + 6))
    assert found["velocity"] == pytest.approx(12.7, abs=1e-3)
    assert found["timing"] == pytest.approx(25, abs=1e-3)  # a fifth of 125 ms


def test_neighbours_know_a_bar_again() -> None:
    known = dataset(["a.mid"], [0, 0])
    asked = windows(known)
    assert score(asked, neighbours(known, accents=True)(asked))["recall"] == 1
    even = plain(Tap(asked.tap.velocity, asked.tap.offset))
    assert not even.offset.any() and len(np.unique(even.velocity)) == 2


def test_the_shipped_weights_reach_what_is_stated(vae: Vae, gmd_bars: Dataset) -> None:
    """A tenth of the windows of docs/model.md."""
    asked = windows(gmd_bars.split("validation"), 100)
    found = score(asked, drumified(vae.drummer, asked, asked.tap))
    assert found["f1"] > 0.58 and found["velocity"] < 14 and found["timing"] < 10
