"""Exported weights on disk, and the small runtime (LiteRT) that plays them without TensorFlow.

What the parts of a network read and give stands here, too: `beatgen.training.export` writes
networks so, and no others are taken.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from beatgen import assets, notices
from beatgen.bars.strikes import N_VOICES, PLACES
from beatgen.errors import UNREADABLE, ModelError
from beatgen.groove import SIXTEENTHS, STEPS

CARD = "card.json"  # the model card: config, training, data, licence, limits
NETWORK = "network.tflite"
PRIOR_NETWORK = "prior.tflite"  # the learned prior, where one was trained
SPACE = "space.npz"  # what the training bars look like in latent space
BATCH = 512  # bars at a time; more gain nothing and cost memory
THREADS = 2
AGAIN = "These weights are of another version of beatgen: export them again with this one."


class Part(NamedTuple):
    """reads: the inputs, name -> shape of one bar. gives: the names of the outputs."""

    reads: Mapping[str, tuple[int, ...]]
    gives: frozenset[str]


Signatures = Mapping[str, Part]  # by the part's name

# What stands in the space of a model, by its kind.
SPACES = {
    "bar": frozenset({"mean", "components", "response"}),
    "report": frozenset({"mean", "components"}),
}


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
            latent_dim, *expected = signatures_of(self.card)
            files = [folder / NETWORK, *folder.glob(PRIOR_NETWORK)]
            self._interpreters = [Interpreter(str(f), num_threads=THREADS) for f in files]
        except UNREADABLE as error:
            raise ModelError(f"{folder}: not a model that can be loaded ({error}).") from error
        if missing := SPACES.get(self.card["model"], frozenset()) - set(self.space):
            raise ModelError(f"{folder / SPACE}: {min(missing)} is not in it. {AGAIN}")
        for name, array in self.space.items():
            if not np.isfinite(array).all():
                raise ModelError(f"{folder / SPACE}: {name} is damaged. {AGAIN}")
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
            _check(file, {name: _part(run) for name, run in parts.items()}, wanted)
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
            with self._lock, notices.held_back("LiteRT"):
                outputs.append(self._parts[part](**batch))
        if len(outputs) == 1:  # one bar is decoded in half a millisecond: nothing is copied
            return outputs[0]
        return {name: np.concatenate([out[name] for out in outputs]) for name in outputs[0]}


def _part(runner: Any) -> Part:
    """What a signature runner reads and gives."""
    details = runner.get_input_details().items()
    reads = {name: tuple(map(int, told["shape_signature"][1:])) for name, told in details}
    return Part(reads, frozenset(runner.get_output_details()))


def bar_signatures(pattern_dim: int, feel_dim: int) -> Signatures:
    """Those of `beatgen.networks.bar_vae.BarVAE`."""
    return {
        "encode": Part(
            {
                "strikes": (SIXTEENTHS, N_VOICES, PLACES, 2),
                "known": (SIXTEENTHS, N_VOICES),
            },
            frozenset({"mean", "log_var"}),
        ),
        "pattern": Part({"z": (pattern_dim,)}, frozenset({"count"})),
        "feel": Part(
            {"z": (feel_dim,), "count": (SIXTEENTHS, N_VOICES)},
            frozenset({"place", "velocity", "timing"}),
        ),
    }


def flow_signatures(latent_dim: int) -> Signatures:
    """Those of `flow.LatentFlow`; the two times are the pattern's and the feel's."""
    return {"drift": Part({"x": (latent_dim,), "time": (2,)}, frozenset({"drift"}))}


def report_signatures(latent_dim: int) -> Signatures:
    """Those of `beatgen.networks.report_2020.ReportVAE`."""
    return {
        "encode": Part({"velocity": (STEPS, N_VOICES)}, frozenset({"mean", "log_var"})),
        "decode": Part({"z": (latent_dim,)}, frozenset({"velocity"})),
    }


def signatures_of(card: Mapping[str, Any]) -> tuple[int, Signatures, Signatures]:
    """Of the network that a model card tells of: latent_dim, its signatures and those of its
    prior. Raises KeyError where the card does not tell."""
    config = card["config"]
    if card["model"] == "report":
        latent_dim = config["latent_dim"]
        return latent_dim, report_signatures(latent_dim), {}
    dims = config["pattern_dim"], config["feel_dim"]
    return sum(dims), bar_signatures(*dims), flow_signatures(sum(dims))


def _check(file: object, found: Signatures, expected: Signatures) -> None:
    """Raises ModelError where a part that is expected is not found, or is another."""
    for name, part in expected.items():
        if found.get(name) != part:
            raise ModelError(
                f"{file}: {name} {_told(found.get(name))}; expected one that {_told(part)}. {AGAIN}"
            )


def _told(part: Part | None) -> str:
    if part is None:
        return "is not in it"
    shapes = (f"{name} {' x '.join(map(str, shape))}" for name, shape in sorted(part.reads.items()))
    return f"reads {', '.join(shapes)} and gives {', '.join(sorted(part.gives))}"


def load_network(name: str | os.PathLike[str]) -> Network:
    """Shipped weights by name, such as "bar", or a folder that the export wrote (`model_folder`).
    Raises ModelError where there are none, and where they do not fit this version."""
    return Network(model_folder(name))


def shipped() -> list[str]:
    """The names of the shipped weights.

    >>> shipped()
    ['bar', 'bar-16', 'report']
    """
    return sorted(card.parent.name for card in assets.path("model").glob(f"*/{CARD}"))


def is_folder(name: str | os.PathLike[str]) -> bool:
    """Whether a model's name means a folder: a Path, or text with a separator in it. A bare name
    means shipped weights, whatever the working directory holds.

    >>> is_folder("bar"), is_folder("./bar"), is_folder(Path("bar"))
    (False, True, True)
    """
    if not isinstance(name, str):
        return True
    return name in (".", "..") or any(sign in name for sign in ("/", os.sep))


def model_folder(name: str | os.PathLike[str]) -> Path:
    """Where the shipped weights of this name are, or the folder that is named (`is_folder`). Raises
    ModelError for neither."""
    if is_folder(name):
        folder = Path(name)
        if any((folder / file).is_file() for file in (NETWORK, SPACE, CARD)):
            return folder
        raise ModelError(f"{folder}: no model; expected a folder with {NETWORK}, {SPACE}, {CARD}.")
    if (known := shipped()) and name in known:
        return assets.path("model") / name
    if name and Path(name).is_dir():
        raise ModelError(
            f"no shipped weights are called {name!r}; for the folder of that name write ./{name}"
        )
    raise ModelError(
        f"no model {name!r}; expected {', '.join(known)}, or a folder with {NETWORK}, {SPACE} and "
        f"{CARD}, such as ./weights."
    )
