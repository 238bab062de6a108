"""The network that drums to a tap: it learns, and is exported as it plays."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from beatgen.data.dataset import load_dataset
from beatgen.data.tapping import plain_batch, tapped_bars
from beatgen.networks.drumify import Drumify, DrumifyConfig
from beatgen.training.export import convert
from beatgen.training.kinds import KINDS

SMALL = DrumifyConfig(width=16, blocks=1, heads=2, dropout=0.0, styles=("rock",))


def test_it_learns_bars_and_plays_what_it_learned(dataset_file) -> None:
    bars = tapped_bars(load_dataset(dataset_file(16, 4)).split("train"), SMALL.styles)
    batch, model = plain_batch(bars, 1), Drumify(SMALL)
    model.compile("adam", run_eagerly=True)
    losses = [float(model.train_on_batch(batch)[0]) for _ in range(12)]
    assert losses[-1] < 0.9 * losses[0]
    network = Interpreter(model_content=convert(model, KINDS["drumify"]))
    out = network.get_signature_runner("drums")(tap=batch["tap"], about=batch["about"])
    hits, _, velocity, offset = map(np.array, model.drums(batch["tap"], batch["about"]))
    assert np.allclose(out["hits"], 1 / (1 + np.exp(-hits)), atol=0.05)
    assert np.allclose(out["velocity"], velocity.clip(1 / 127, 1), atol=0.1)
    assert np.allclose(out["offset"], offset.clip(-0.5, 0.5), atol=0.1)
