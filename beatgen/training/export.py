"""A finished training run -> the files that play: LiteRT network, latent space, model card."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops

from beatgen.bars.attributes import ATTRIBUTES, OF_FEEL, attributes
from beatgen.bars.metrics import f1
from beatgen.bars.strikes import expected_grid, to_strikes
from beatgen.data.dataset import Dataset, load_dataset
from beatgen.errors import ModelError
from beatgen.evaluation.direction_effects import (
    attribute_spread,
    card_directions,
    effect_table,
    sample_z,
)
from beatgen.latent.runtime import CARD, NETWORK, PRIOR_NETWORK, SPACE, Network, load_network
from beatgen.latent.signatures import Signatures, bar_signatures, flow_signatures, report_signatures
from beatgen.latent.vae import Vae, load_model
from beatgen.networks.bar_vae import BarVAE
from beatgen.networks.flow import LatentFlow
from beatgen.networks.report_2020 import ReportVAE
from beatgen.training.atlas import write_atlas
from beatgen.training.batches import bar_input, report_input
from beatgen.training.config import TrainConfig
from beatgen.training.fit_directions import by_change, cleared, principal_directions, response
from beatgen.training.modelcard import fidelity, model_card
from beatgen.training.train import BEST, PRIOR, epochs_told, load_run

Parts = list[Callable[..., dict[str, Any]]]  # named as their signatures

PROBABILITIES = np.arange(0.2, 0.81, 0.02)
CLEARINGS, CLEARED = 2, 1000  # steps of `cleared`, each measured on so many training bars
CEILINGS = np.arange(0.9, 1.001, 0.005)
VELOCITIES = np.arange(0.02, 0.51, 0.02)


def export(run: str | Path, folder: str | Path) -> dict[str, Any]:
    """Write network.tflite (float16 weights), space.npz and card.json into `folder`, for our
    network atlas.npz, and prior.tflite where a prior was trained in the run.

    The space is what the training bars make of z: its mean, its principal components, each one
    standard deviation long (our network's in the order of what they change, `by_change`), and for
    our network the directions with names, whose effect on validation bars stands in the card (in
    standard deviations of the attribute, for one unit). The threshold that decides a hit is tuned
    on validation. Needs the TensorFlow backend; raises ModelError on another, and for the run of a
    prior. Returns the card.
    """
    need_tensorflow()
    model, config = load_run(run)
    if isinstance(model, LatentFlow):
        raise ModelError(f"{run}: the prior of a run; give the run itself, {config.of}.")
    dataset = load_dataset(config.data)
    training, validation = dataset.split("train"), dataset.split("validation")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / NETWORK).write_bytes(convert(model))
    card = model_card(config, training, validation)
    card["epochs"] = epochs_told(Path(run))
    space = {"mean": np.zeros(config.latent_dim), "components": np.eye(config.latent_dim)}
    if config.model == "bar":
        space["response"] = np.zeros((0, 1, config.latent_dim))
    _save(target, card, space)
    network = load_network(target)
    z = _means(network, training, config)
    space["mean"], space["components"] = principal_directions(z)
    card["threshold"] = _best_threshold(network, validation, config)
    if config.model == "bar":
        card["directions"] = []
        _save(target, card, space)
        card["ceiling"] = _best_ceiling(load_model(target), validation)
        _save(target, card, space)
        space["components"] = _by_change(load_model(target), space["components"], validation)
        spread = attribute_spread(training)
        space["response"] = _response(load_model(target), z, spread)
        card["directions"] = [{"name": name} for name in ATTRIBUTES]
        _save(target, card, space)
        for _ in range(CLEARINGS):
            space["response"] = _cleared(load_model(target), space["response"], training, spread)
            _save(target, card, space)
        card["directions"] = card_directions(load_model(target), spread, validation)
        card["prior"] = _export_prior(Path(run) / PRIOR, target)
        card["map"] = write_atlas(target, training)
    _save(target, card, space)
    card["measures"] = fidelity(target, validation)
    _save(target, card, space)
    return card


def need_tensorflow() -> None:
    """Raises ModelError where Keras runs on another backend."""
    import keras

    if keras.backend.backend() != "tensorflow":
        raise ModelError("the export needs Keras on TensorFlow; set KERAS_BACKEND=tensorflow.")


def _export_prior(run: Path, folder: Path) -> dict[str, Any] | None:
    """Write the prior of a run beside its network; what it is for the card, None for none."""
    (folder / PRIOR_NETWORK).unlink(missing_ok=True)
    if not (run / BEST).exists():
        return None
    model, config = load_run(run)
    (folder / PRIOR_NETWORK).write_bytes(convert(model))
    return {
        "model": config.model,
        "config": asdict(config.flow),
        "epochs": epochs_told(run),
        "learning_rate": config.learning_rate,
    }


def convert(model: BarVAE | ReportVAE | LatentFlow) -> bytes:
    """The network as a LiteRT flatbuffer with a signature for each of its parts."""
    import keras
    import tensorflow as tf

    archive = keras.export.ExportArchive()
    archive.track(model)
    of_kind = {BarVAE: _bar_parts, ReportVAE: _report_parts, LatentFlow: _flow_parts}
    parts, signatures = of_kind[type(model)](model)
    for part in parts:
        inputs = signatures[part.__name__].reads.items()
        specs = [tf.TensorSpec([None, *shape], tf.float32, name) for name, shape in inputs]
        archive.add_endpoint(part.__name__, part, specs)
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, list(signatures))
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
        return bytes(converter.convert())


def _bar_parts(model: BarVAE) -> tuple[Parts, Signatures]:
    def encode(strikes: Any, known: Any) -> dict[str, Any]:
        mean_p, log_var_p, mean_f, log_var_f = model.encode(strikes, known)
        mean, log_var = [mean_p, mean_f], [log_var_p, log_var_f]
        return {"mean": ops.concatenate(mean, -1), "log_var": ops.concatenate(log_var, -1)}

    def pattern(z: Any) -> dict[str, Any]:
        return {"count": ops.softmax(model.decode_pattern(z))}

    def feel(z: Any, count: Any) -> dict[str, Any]:
        scores, velocity, timing = model.decode_feel(z, count)
        return {
            "place": ops.softmax(scores),
            "velocity": ops.clip(velocity, 1 / 127, 1.0),
            "timing": ops.clip(timing, -0.5, 0.5),
        }

    signatures = bar_signatures(model.config.pattern_dim, model.config.feel_dim)
    return [encode, pattern, feel], signatures


def _flow_parts(model: LatentFlow) -> tuple[Parts, Signatures]:
    def drift(x: Any, time: Any) -> dict[str, Any]:
        return {"drift": model.drift(x, time)}

    return [drift], flow_signatures(sum(model.dims))


def _report_parts(model: ReportVAE) -> tuple[Parts, Signatures]:
    def encode(velocity: Any) -> dict[str, Any]:
        mean, log_var = model.encode(velocity)
        return {"mean": mean, "log_var": log_var}

    def decode(z: Any) -> dict[str, Any]:
        return {"velocity": model.decode(z)}

    return [encode, decode], report_signatures(model.config.latent_dim)


def _means(network: Network, dataset: Dataset, config: TrainConfig) -> np.ndarray:
    """z_mean of each bar, (bars, latent_dim)."""
    if config.model == "report":
        return network.run("encode", velocity=report_input(dataset))["mean"]
    strikes = bar_input(dataset)
    known = np.ones(strikes.shape[:3], np.float32)
    return network.run("encode", strikes=strikes, known=known)["mean"]


def _cleared(vae: Vae, told: np.ndarray, training: Dataset, spread: np.ndarray) -> np.ndarray:
    """A step on which the directions of the pattern leave more of the other attributes alone; those
    of the feel would need some of the pattern for it."""
    of_pattern = np.array([name not in OF_FEEL for name in ATTRIBUTES])
    return cleared(told, effect_table(vae, sample_z(vae, training, CLEARED), spread), of_pattern)


def _response(vae: Vae, z: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """How the attributes, in their standard deviations, answer to z moved at random."""

    def measure(points: np.ndarray) -> np.ndarray:
        return attributes(to_strikes(*vae.decode_bars(points))) / spread

    return response(measure, z, vae.sides)


def _by_change(vae: Vae, components: np.ndarray, validation: Dataset) -> np.ndarray:
    """The components in the order of how much of the expected velocity they change."""

    def decode(z: np.ndarray) -> np.ndarray:
        return expected_grid(vae.decoded(z.astype(np.float32))[0].expected())

    return by_change(decode, sample_z(vae, validation), components)


def _best_threshold(network: Network, validation: Dataset, config: TrainConfig) -> float:
    """What tells a hit from none with the best F1 on validation: our network's probability that a
    sixteenth is struck, the report's velocity of a step."""
    z = _means(network, validation, config)
    if config.model == "bar":
        count = network.run("pattern", z=z[:, : config.bar.pattern_dim])["count"]
        told, thresholds = 1 - count[..., 0], PROBABILITIES
        true = np.any(bar_input(validation)[..., 0] > 0, axis=-1)
    else:
        told, thresholds = network.run("decode", z=z)["velocity"], VELOCITIES
        true = validation.velocity > 0
    scores = [f1(true, told > threshold) for threshold in thresholds]
    return round(float(thresholds[int(np.argmax(scores))]), 3)


def _best_ceiling(vae: Vae, validation: Dataset) -> float:
    """The told velocity from which on 127 is the best guess: so that the mean error on the strikes
    of the validation bars is least."""
    grids = validation.grids()
    true = to_strikes(*grids)
    told, _ = vae.decoded(vae.encode_bars(*grids)[0], true.count)
    struck = true.velocity > 0
    velocity, meant = told.velocity[struck], true.velocity[struck]
    errors = [np.abs(np.where(velocity >= c, 1, velocity) - meant).mean() for c in CEILINGS]
    return round(float(CEILINGS[int(np.argmin(errors))]), 3)


def _save(folder: Path, card: dict[str, Any], space: dict[str, np.ndarray]) -> None:
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    arrays: dict[str, Any] = {name: part.astype(np.float32) for name, part in space.items()}
    np.savez_compressed(folder / SPACE, **arrays)
