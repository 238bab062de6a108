"""A finished training run -> the files that play: LiteRT network, latent space, model card."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from beatgen.bars.attributes import ATTRIBUTES
from beatgen.bars.metrics import f1
from beatgen.bars.strikes import to_strikes
from beatgen.bars.taps import drums_of, tap_of
from beatgen.data.dataset import Dataset, load_dataset
from beatgen.errors import ModelError
from beatgen.evaluation.direction_effects import attribute_spread, card_directions
from beatgen.evaluation.drumify import predicted, score, windows
from beatgen.files import PART, write_whole
from beatgen.latent.atlas import ATLAS, load_atlas
from beatgen.latent.drumify import CARD as DRUMIFY_CARD
from beatgen.latent.drumify import Drummer, Taps, decide
from beatgen.latent.runtime import (
    CARD,
    DRUMIFY_NETWORK,
    FORMATS,
    NETWORK,
    PRIOR_NETWORK,
    SPACE,
    Network,
    load_network,
    model_folder,
)
from beatgen.latent.vae import Vae, load_model
from beatgen.training.atlas import write_atlas
from beatgen.training.config import TrainConfig
from beatgen.training.convert import convert
from beatgen.training.fit_directions import (
    attribute_response,
    clear_response,
    order_components,
    principal_directions,
)
from beatgen.training.kinds import KINDS, Export
from beatgen.training.modelcard import fidelity, model_card
from beatgen.training.train import BEST, PRIOR, epochs_recorded, load_run, read_history

CLEARINGS = 2  # steps of `clear_response`
THRESHOLDS = np.arange(0.3, 0.461, 0.01).round(2)  # of drumify
CEILINGS = np.arange(0.9, 1.001, 0.005)


def export(run: str | Path, folder: str | Path) -> dict[str, Any]:
    """Write network.tflite (float16 weights), space.npz and card.json into `folder`, for our
    network atlas.npz, and prior.tflite (8-bit weights) where a prior was trained in the run.

    The space is what the training bars make of z: its mean, its principal components, each one
    standard deviation long (our network's in the order of what they change, `by_change`), and for
    our network the directions with names, whose effect on validation bars stands in the card (in
    standard deviations of the attribute, for one unit). The threshold that decides a hit is tuned
    on validation. Needs the TensorFlow backend; raises ModelError on another, and for the run of a
    prior. Returns the card.
    """
    need_tensorflow()
    model, config = load_run(run)
    if config.kind.beside:
        return config.kind.beside.write(model, config, Path(run), Path(folder))
    if config.kind.export is None:
        raise ModelError(f"{run}: the prior of a run; give the run itself, {config.of}.")
    dataset = load_dataset(config.data)
    training, validation = dataset.split("train"), dataset.split("validation")
    with _weights(Path(folder)) as target:
        return _export_into(target, model, config, Path(run), training, validation)


@contextmanager
def _weights(folder: Path) -> Iterator[Path]:
    """A folder to write weights into, which then take the place of those in `folder`: an export
    that is killed leaves these as they were. The card comes last."""
    folder = folder.resolve()
    part = folder.with_name(PART + folder.name)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        folder.mkdir(exist_ok=True)
        of_z = [k.beside.file for k in KINDS.values() if k.beside and k.beside.of_z]
        for name in (*of_z, PRIOR_NETWORK):  # they were of other weights
            (folder / name).unlink(missing_ok=True)
        for file in sorted(part.iterdir(), key=lambda file: file.name == CARD):
            file.replace(folder / file.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _export_into(
    target: Path,
    model: Any,
    config: TrainConfig,
    run: Path,
    training: Dataset,
    validation: Dataset,
) -> dict[str, Any]:
    how = config.kind.export
    assert how is not None
    (target / NETWORK).write_bytes(convert(model, config.kind))
    card = model_card(config, training, validation)
    card["epochs"] = epochs_recorded(run)
    dim = config.shape.latent_dim
    space = {"mean": np.zeros(dim), "components": np.eye(dim)}
    if "response" in FORMATS[config.model].space:
        space["response"] = np.zeros((0, 1, dim))
    _save(target, card, space)
    network = load_network(target)
    z = _means(network, training, how)
    space["mean"], space["components"] = principal_directions(z)
    card["threshold"] = _best_threshold(network, validation, how)
    if network.format.plays:
        _add_what_plays(target, card, space, z, training, validation)
        card["prior"] = _export_prior(run / PRIOR, target)
        card["map"] = write_atlas(target, training)
    _save(target, card, space)
    card["measures"] = fidelity(target, validation)
    _save(target, card, space)
    return card


def _add_what_plays(
    target: Path,
    card: dict[str, Any],
    space: dict[str, np.ndarray],
    z: np.ndarray,
    training: Dataset,
    validation: Dataset,
) -> None:
    """The card's ceiling and directions, and the space's components and response: each is found by
    playing what stands in `target` so far. z (bars, latent_dim): z_mean of the training bars."""
    card["directions"] = []
    _save(target, card, space)
    card["ceiling"] = _best_ceiling(load_model(target), validation)
    _save(target, card, space)
    space["components"] = order_components(load_model(target), space["components"], validation)
    spread = attribute_spread(training)
    space["response"] = attribute_response(load_model(target), z, spread)
    card["directions"] = [{"name": name} for name in ATTRIBUTES]
    _save(target, card, space)
    for _ in range(CLEARINGS):
        vae = load_model(target)
        space["response"] = clear_response(vae, space["response"], training, spread)
        _save(target, card, space)
    card["directions"] = card_directions(load_model(target), spread, validation)


def need_tensorflow() -> None:
    """Raises ModelError where Keras runs on another backend."""
    import keras

    if keras.backend.backend() != "tensorflow":
        raise ModelError("the export needs Keras on TensorFlow; set KERAS_BACKEND=tensorflow.")


def _export_prior(run: Path, folder: Path) -> dict[str, Any] | None:
    """Write the prior of a run beside its network; what it is for the card, None for none."""
    if not (run / BEST).exists():
        return None
    model, config = load_run(run)
    (folder / PRIOR_NETWORK).write_bytes(convert(model, config.kind))
    return {
        "model": config.model,
        "config": asdict(config.shape),
        "epochs": epochs_recorded(run),
        "learning_rate": config.learning_rate,
    }


def export_of_z(model: Any, config: TrainConfig, run: Path, target: Path) -> dict[str, Any]:
    """Write the network of a run that learned the z of other weights (`Beside`) into their folder,
    or into a new one with a copy of them, and what it is into their card. Raises ModelError where
    the folder holds weights that the run is not of."""
    source = model_folder(config.of)
    if not (target / NETWORK).is_file():
        shutil.copytree(source, target, dirs_exist_ok=True)
    if (target / NETWORK).read_bytes() != (source / NETWORK).read_bytes():
        raise ModelError(
            f"{target}: holds other weights than {config.of}, whose z {run} has learned; train it "
            "anew for them (--of)."
        )
    card: dict[str, Any] = json.loads((target / CARD).read_text(encoding="utf-8"))
    kind, beside = config.kind, config.kind.beside
    assert beside is not None
    write_whole(target / beside.file, convert(model, kind))
    history = read_history(run)
    card[kind.name] = {
        "config": asdict(config.shape),
        "epochs": epochs_recorded(run),
        "nats": round(min(history["val_loss"]), 2),
        "learning_rate": config.learning_rate,
        "batch_size": config.batch_size,
        "seed": config.seed,
    }
    write_whole(target / CARD, json.dumps(card, indent=1) + "\n")
    return card


def export_drumify(model: Any, config: TrainConfig, run: Path, folder: Path) -> dict[str, Any]:
    """Write what makes drums of a tapped rhythm beside weights that play: its network, the taps of
    the training bars, and a card of its own, which is returned. The threshold is that with the best
    F1 on the windows of the validation beats."""
    dataset = load_dataset(config.data)
    training, validation = dataset.split("train"), dataset.split("validation")
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / DRUMIFY_NETWORK, convert(model, config.kind))
    Taps(*tap_of(drums_of(to_strikes(*training.grids())))).save(folder)
    card = model_card(config, training, validation)
    card["epochs"] = epochs_recorded(run)
    path, atlas = folder / DRUMIFY_CARD, folder / ATLAS
    write_whole(path, json.dumps(card, indent=1) + "\n")
    drummer = Drummer(folder, load_atlas(folder) if atlas.is_file() else None)
    held_out = windows(validation)
    likely = predicted(drummer, held_out, held_out.tap)
    found = {}
    for threshold in THRESHOLDS.tolist():
        struck = decide(likely.hits, held_out.tap.struck, threshold)
        found[threshold] = score(held_out, likely.found(struck))
    card["threshold"] = max(found, key=lambda threshold: found[threshold]["f1"])
    card["measures"] = {k: round(float(v), 3) for k, v in found[card["threshold"]].items()}
    write_whole(path, json.dumps(card, indent=1) + "\n")
    return card


def _means(network: Network, dataset: Dataset, how: Export) -> np.ndarray:
    """z_mean of each bar, (bars, latent_dim)."""
    return network.run("encode", **how.encoder_input(dataset))["mean"]


def _best_threshold(network: Network, validation: Dataset, how: Export) -> float:
    """What separates hits from none with the best F1 on validation bars."""
    predicted, true = how.hits(network, _means(network, validation, how), validation)
    scores = [f1(true, predicted > threshold) for threshold in how.thresholds]
    return round(float(how.thresholds[int(np.argmax(scores))]), 3)


def _best_ceiling(vae: Vae, validation: Dataset) -> float:
    """The predicted velocity from which on 127 is the best guess: so that the mean error on the
    strikes of the validation bars is least."""
    grids = validation.grids()
    true = to_strikes(*grids)
    predicted, _ = vae.codec.predict(vae.encode_bars(*grids)[0], true.count)
    struck = true.velocity > 0
    velocity, meant = predicted.velocity[struck], true.velocity[struck]
    errors = [np.abs(np.where(velocity >= c, 1, velocity) - meant).mean() for c in CEILINGS]
    return round(float(CEILINGS[int(np.argmin(errors))]), 3)


def _save(folder: Path, card: dict[str, Any], space: dict[str, np.ndarray]) -> None:
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    arrays: dict[str, Any] = {name: part.astype(np.float32) for name, part in space.items()}
    np.savez_compressed(folder / SPACE, **arrays)
