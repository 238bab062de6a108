"""The atlas made from weights and training bars."""

import numpy as np
import pytest

import beatgen as bg
from beatgen.training.atlas import build_atlas, lay_out, measure


def test_points_that_are_near_are_laid_out_near() -> None:
    rng = np.random.default_rng(0)
    cloud = np.arange(120) % 3
    points = rng.normal(0, 1, (120, 8)) + 30 * np.eye(8)[cloud]
    places = lay_out(points)
    assert places.min(0) == pytest.approx(0) and places.max(0) == pytest.approx(1)
    distance = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(distance, np.inf)
    assert np.array_equal(cloud[distance.argmin(1)], cloud)
    assert np.array_equal(places, lay_out(points))


def test_an_atlas_is_made_from_weights_and_bars(dataset_file) -> None:
    training = bg.load_dataset(dataset_file(40, 8)).split("train")
    vae = bg.load_model()
    atlas = build_atlas(vae, training)
    assert len(atlas) == 40 and atlas.styles == ("rock",)
    mean, log_var = vae.encode_bars(
        training.velocity / np.float32(127), training.timing.astype(np.float32)
    )
    off = np.abs(atlas.z(np.arange(40)) - mean) / np.sqrt(np.exp(log_var).mean(0))
    assert off.max() <= 0.51
    assert atlas.nearest(training.groove(7)).similarity == 1
    assert 0 <= measure(atlas)["t-SNE"] <= 1
