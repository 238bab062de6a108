"""Data for the evaluation's tests."""

import numpy as np
import pytest

from beatgen.data.dataset import Dataset

FILES, BARS = 5, 6  # of each split


@pytest.fixture(scope="session")
def noise_dataset(random_groove) -> Dataset:
    """Ten files of sparse noise, six bars each, the first five to train on, the others held out."""
    groove = random_groove(0, bars=2 * FILES * BARS, density=0.01)
    return Dataset(
        np.rint(groove.velocity * 127).astype(np.uint8),
        groove.timing.astype(np.float16),
        np.repeat(np.arange(2 * FILES, dtype=np.int32), BARS),
        np.tile(np.arange(BARS, dtype=np.int32), 2 * FILES),
        np.array([f"{i}.mid" for i in range(2 * FILES)]),
        np.array(["rock"] * 2 * FILES),
        np.repeat(["train", "validation"], FILES),
        np.full(2 * FILES, 120, np.float32),
        np.array([], np.str_),
    )


@pytest.fixture(scope="session")
def noise_file(noise_dataset, tmp_path_factory) -> str:
    """The same on disk."""
    path = tmp_path_factory.mktemp("noise") / "bars.npz"
    noise_dataset.save(path)
    return str(path)
