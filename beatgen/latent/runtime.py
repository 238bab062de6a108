"""Exported weights on disk, and the small runtime (LiteRT) that plays them without TensorFlow."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np

from beatgen import assets
from beatgen.errors import UNREADABLE, BeatGenError, ModelError
from beatgen.latent import signatures

CARD = "card.json"  # the model card: config, training, data, licence, limits
NETWORK = "network.tflite"
PRIOR_NETWORK = "prior.tflite"  # the learned prior, where one was trained
SPACE = "space.npz"  # what the training bars look like in latent space
BATCH = 512  # bars at a time; more gain nothing and cost memory
THREADS = 2


class Network:
    """A network as `export` wrote it: `folder`, `card`, `space`, and its parts to run.

    Safe to share between threads. Raises ModelError for files that cannot be read, or that do not
    fit each other or this version.
    """

    def __init__(self, folder: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.folder = folder

        try:
            self.card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
            with np.load(folder / SPACE) as space:
                self.space: dict[str, np.ndarray] = dict(space)
            latent_dim, *expected = signatures.of_card(self.card)
            files = [folder / NETWORK, *folder.glob(PRIOR_NETWORK)]
            self._interpreters = [Interpreter(str(f), num_threads=THREADS) for f in files]
        except UNREADABLE as error:
            raise ModelError(f"{folder}: not a model that can be loaded ({error}).") from error
        if missing := signatures.SPACES.get(self.card["model"], frozenset()) - set(self.space):
            raise ModelError(f"{folder / SPACE}: {min(missing)} is not in it. {signatures.AGAIN}")
        for name, array in self.space.items():
            if not np.isfinite(array).all():
                raise ModelError(f"{folder / SPACE}: {name} is damaged. {signatures.AGAIN}")
            if array.shape[-1:] != (latent_dim,):
                raise ModelError(
                    f"{folder / SPACE}: {name} has the shape {array.shape}; {CARD} beside it "
                    f"tells of {latent_dim} dimensions. Export both together."
                )
        self._parts: dict[str, Any] = {}
        for file, interpreter, wanted in zip(files, self._interpreters, expected, strict=False):
            parts = {
                p: interpreter.get_signature_runner(p) for p in interpreter.get_signature_list()
            }
            signatures.check(file, {name: _part(run) for name, run in parts.items()}, wanted)
            self._parts |= parts
        self._lock = threading.Lock()  # many pages may share one model, interpreters may not

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def run(self, part: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Run one part, such as "encode", on arrays with bars on the first axis."""
        ready = {name: np.ascontiguousarray(x, np.float32) for name, x in inputs.items()}
        bars = len(next(iter(ready.values())))
        outputs = []
        for start in range(0, bars, BATCH):
            batch = {name: x[start : start + BATCH] for name, x in ready.items()}
            with self._lock:
                outputs.append(self._parts[part](**batch))
        if len(outputs) == 1:  # one bar is decoded in half a millisecond: nothing is copied
            return outputs[0]
        return {name: np.concatenate([out[name] for out in outputs]) for name in outputs[0]}


def _part(runner: Any) -> signatures.Part:
    """What a signature runner reads and gives."""
    details = runner.get_input_details().items()
    reads = {name: tuple(map(int, told["shape_signature"][1:])) for name, told in details}
    return signatures.Part(reads, frozenset(runner.get_output_details()))


def load_network(name: str | Path) -> Network:
    """Shipped weights by name, or a folder that the export wrote. Raises ModelError where there
    are none, and where they do not fit this version."""
    return Network(model_folder(name))


def model_folder(name: str | Path) -> Path:
    """Where the shipped weights of this name are, or the folder that is named. Raises ModelError
    for neither."""
    folder = Path(name)
    # A folder that happens to be called so hides no weights.
    if any((folder / file).is_file() for file in (NETWORK, SPACE, CARD)):
        return folder
    try:
        return assets.path(f"model/{name}")
    except BeatGenError:
        raise ModelError(
            f"no model {str(name)!r}; expected the name of shipped weights or a folder with "
            f"{NETWORK}, {SPACE} and {CARD}."
        ) from None
