"""Bars tapped in many ways, to learn from."""

import numpy as np

from beatgen.data.dataset import Dataset, load_dataset
from beatgen.data.tapping import plain_batch, tapped_bars, tapped_batch


def bars_of(dataset_file) -> tuple[np.ndarray, Dataset]:
    dataset = load_dataset(dataset_file(40, 4)).split("train")
    return tapped_bars(dataset, ("rock", "jazz")), dataset


def test_a_bar_is_tapped_by_its_loudest_hits(dataset_file) -> None:
    bars, _ = bars_of(dataset_file)
    batch = plain_batch(bars, 2)
    tap = batch["tap"].reshape(len(bars), 16, 3, 3)  # of this bar, before, after
    loudest = bars["velocity"].max(2)
    assert np.array_equal(tap[:, :, 0, 1], loudest)
    assert np.array_equal(tap[:, :, 0, 0] > 0, loudest > 0)
    assert np.array_equal(batch["struck"] > 0, bars["velocity"] > 0)
    assert np.array_equal(batch["voice"].sum(2), batch["struck"].sum(2))
    assert not batch["about"][:, :2].any()


def test_what_is_learned_is_the_whole_bar_whatever_is_tapped(dataset_file) -> None:
    bars, _ = bars_of(dataset_file)
    chosen = np.arange(len(bars))
    batch = tapped_batch(bars, chosen, 2, 0.3, np.random.default_rng(1))
    assert np.array_equal(batch["struck"] > 0, bars["velocity"] > 0)
    tapped = batch["tap"][:, :, 0] > 0
    played = batch["struck"].any(2)
    assert not (tapped & ~played).any() and 0.3 < tapped.sum() / played.sum() < 0.95
    same = tapped_batch(bars, chosen, 2, 0.3, np.random.default_rng(1))
    assert all(np.array_equal(part, same[name]) for name, part in batch.items())
    whole = tapped_batch(bars, chosen, 2, 1.0, np.random.default_rng(2))
    assert np.array_equal(whole["tap"][:, :, 0] > 0, played)
