"""Training which bar follows: what it is given, that a run goes on, and where it is exported to."""

import json

import numpy as np
import pytest

from beatgen.data.dataset import load_dataset
from beatgen.errors import ModelError
from beatgen.evaluation.fills import Fills
from beatgen.latent.runtime import CARD, SEQUENCE_NETWORK
from beatgen.latent.vae import load_model
from beatgen.networks.sequence import SequenceConfig
from beatgen.training.config import TrainConfig
from beatgen.training.export import export
from beatgen.training.train import sequence_config, train
from beatgen.training.windows import FACTS, rows_of, runs, windows


def test_a_run_is_trained_goes_on_and_is_exported_beside_its_weights(
    exported_run, tmp_path, eager
) -> None:
    of = exported_run("bar")
    small = SequenceConfig(width=16, blocks=1, heads=2, components=4)
    asked = TrainConfig(
        of.config.data, str(tmp_path / "run"), sequence=small, epochs=1, batch_size=20
    )
    config = sequence_config(asked, f"{of.weights}/", "gru")
    assert config.sequence.cell == "gru"
    first = train(config)["val_loss"]
    assert train(config)["val_loss"] == first  # there is nothing left to train
    target = tmp_path / "weights"
    card = export(config.run, target)
    assert card["sequence"]["nats"] == round(first[0], 2)
    vae = load_model(target)
    z = vae.encode_bars(np.zeros((1, 64, 22)), np.zeros((1, 64, 22)))[0]
    x = np.tile(vae.sequence.standardized(z), (1, 16, 1))
    known, asked_ = np.ones((1, 16, 2)), np.zeros((1, 28))
    drawn = vae.sequence.draw(x, known, asked_, np.random.default_rng(0))
    assert drawn.shape == (1, vae.latent_dim) and np.isfinite(drawn).all()
    # Weights that it was not trained for do not take it; those that were exported anew lose it.
    (tmp_path / "other").mkdir()
    for file in of.weights.iterdir():
        (tmp_path / "other" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "other" / "network.tflite").write_bytes(b"another")
    with pytest.raises(ModelError, match="other weights"):
        export(config.run, tmp_path / "other")
    card = json.loads((target / CARD).read_text())
    assert "sequence" in card and (target / SEQUENCE_NETWORK).stat().st_size < 2_000_000


def test_windows_hold_the_bars_before_and_nothing_of_another_piece(exported_run, vae) -> None:
    bars = load_dataset(exported_run("bar").config.data).split("train")
    holes = bars.take(np.r_[0:5, 6:12])  # a bar of rest is left out
    assert runs(holes).tolist() == [0, 5]
    rows = rows_of(vae, holes, Fills(holes))
    dim = vae.latent_dim
    assert rows.shape == (11, 2 * dim + len(FACTS))
    rng = np.random.default_rng(0)
    found = windows(rows, np.array([4, 5, 7]), 4, rng, train=False)
    assert found["known"][..., 0].tolist() == [[1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 1, 1]]
    assert (found["history"][2, -1] == rows[6, :dim]).all()
    apart = (found["target"] - rows[[4, 5, 7], :dim]) / rows[[4, 5, 7], dim : 2 * dim]
    assert 0.8 < apart.std() < 1.2  # draws of the posterior
    open_ = windows(rows, np.zeros(500, int), 4, rng, train=True)["wanted"]
    assert 0.8 < open_[:, :4].any(1).mean() < 0.97
