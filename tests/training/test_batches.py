"""Batches: what a network sees, drawn from seed and epoch."""

from dataclasses import replace

import numpy as np
import pytest

from beatgen.data.augment import Augmentation
from beatgen.data.dataset import Dataset, load_dataset
from beatgen.training.batches import Bars, bar_input, report_input
from beatgen.training.config import TrainConfig

BARS = 200


@pytest.fixture(scope="module")
def dataset(dataset_file) -> Dataset:
    return load_dataset(dataset_file(BARS, 6)).split("train")


@pytest.fixture
def config() -> TrainConfig:
    return TrainConfig("data", "run", batch_size=20)


def test_another_seed_gives_other_batches(config, dataset) -> None:
    inputs = {"bar": bar_input(dataset), "report": report_input(dataset)}
    inputs["flow"] = np.random.default_rng(0).standard_normal((BARS, 32))
    for model, x in inputs.items():
        one, same, other = (
            Bars(x, dataset, replace(config, model=model, seed=seed))[1][0] for seed in (1, 1, 2)
        )
        if model == "report":
            one, same, other = ({"bars": batch} for batch in (one, same, other))
        for part in one:
            np.testing.assert_array_equal(one[part], same[part])
            assert not np.array_equal(one[part], other[part])


def test_every_bar_is_seen_once_an_epoch_in_an_order_of_its_own(config, dataset) -> None:
    bars = Bars(report_input(dataset), dataset, replace(config, model="report"))

    def epoch(number: int) -> np.ndarray:
        bars.epoch = number
        return np.concatenate([bars[i][0] for i in range(len(bars))])

    first, second = epoch(0), epoch(1)
    assert len(first) == BARS and not np.array_equal(first, second)
    by_content = [np.unique(part.reshape(BARS, -1), axis=0) for part in (first, second)]
    np.testing.assert_array_equal(*by_content)
    np.testing.assert_array_equal(epoch(0), first)


def test_bars_are_hidden_for_half_of_the_epochs_and_then_less_and_less(config, dataset) -> None:
    how = replace(config, epochs=5, ease=0.0, augmentation=Augmentation(hide=1.0))
    bars = Bars(bar_input(dataset), dataset, how)
    shares = []
    for bars.epoch in range(5):
        known = np.concatenate([bars[i][0]["known"] for i in range(len(bars))])
        shares.append((known == 0).any((1, 2)).mean())
    assert min(shares[:3]) > 0.7 and 0.2 < shares[3] < 0.6 and shares[4] == 0
