"""Exported weights on disk, and the small runtime (LiteRT) that plays them without TensorFlow.

What the parts of a network read and give stands here, too: `beatgen.training.export` writes
networks so, and no others are taken.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from beatgen import assets, notices
from beatgen.bars.strikes import N_VOICES, PLACES
from beatgen.errors import UNREADABLE, ModelError, shown
from beatgen.groove import SIXTEENTHS, STEPS
from beatgen.stored import read_arrays, read_json

CARD = "card.json"  # the model card: config, training, data, licence, limits
NETWORK = "network.tflite"
PRIOR_NETWORK = "prior.tflite"  # the learned prior, where one was trained
SEQUENCE_NETWORK = "sequence.tflite"  # which bar follows, where that was trained
DRUMIFY_NETWORK = "drumify.tflite"  # from a tapped rhythm to drums (`beatgen.latent.drumify`)
SPACE = "space.npz"  # what the training bars look like in latent space
BATCH = 512  # bars at a time; more gain nothing and cost memory
AXES = {"mean": 1, "components": 2, "response": 3}  # of what stands in the space
LARGEST = 1e6  # of its numbers: their squares stay finite
MOST_SIZE = 2**14  # of an axis of what a network reads
# The prior is run again and again on few bars, where a second thread mostly waits for the first.
THREADS = {NETWORK: 2, PRIOR_NETWORK: 1, SEQUENCE_NETWORK: 1}
AGAIN = "These weights are of another version of beatgen: export them again with this one."


class Part(NamedTuple):
    """reads: the inputs, name -> shape of one bar. gives: the names of the outputs."""

    reads: Mapping[str, tuple[int, ...]]
    gives: frozenset[str]


Signatures = Mapping[str, Part]  # by the part's name


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


def sequence_signatures(config: Mapping[str, Any], bar: Mapping[str, Any]) -> Signatures:
    """Those of `beatgen.networks.sequence.SequenceNet` over the z of a model `bar`."""
    mixture = frozenset({"logit", "mean", "log_spread"})
    memory, pattern_dim = config["memory"], bar["pattern_dim"]
    reads = {
        "history": (memory, pattern_dim + bar["feel_dim"]),
        "known": (memory, config["known"]),
        "wanted": (config["wanted"],),
    }
    return {
        "next_pattern": Part(reads, mixture),
        "next_feel": Part(reads | {"pattern": (pattern_dim,)}, mixture),
    }


def report_signatures(latent_dim: int) -> Signatures:
    """Those of `beatgen.networks.report_2020.ReportVAE`."""
    return {
        "encode": Part({"velocity": (STEPS, N_VOICES)}, frozenset({"mean", "log_var"})),
        "decode": Part({"z": (latent_dim,)}, frozenset({"velocity"})),
    }


def drumify_signatures(styles: int) -> Signatures:
    """Those of `beatgen.networks.drumify.Drumify`, which knows so many styles."""
    return {
        "drums": Part(
            {"tap": (SIXTEENTHS, 9), "about": (styles + 1,)},
            frozenset({"hits", "voices", "velocity", "offset"}),
        )
    }


@dataclass(frozen=True)
class Format:
    """What exported weights of one kind of model hold, of the "config" in their card.

    latent_dim: the dimensions of z. signatures: of the network; prior: of its learned prior.
    space: the arrays that stand in its space. plays: whether it is played by
    `beatgen.latent.vae.Vae`, or there to be measured.
    """

    latent_dim: Callable[[Mapping[str, Any]], int]
    signatures: Callable[[Mapping[str, Any]], Signatures]
    prior: Callable[[Mapping[str, Any]], Signatures]
    space: frozenset[str]
    plays: bool


# By the kind of model, as the card has it (`beatgen.training.kinds`).
FORMATS = {
    "bar": Format(
        latent_dim=lambda c: c["pattern_dim"] + c["feel_dim"],
        signatures=lambda c: bar_signatures(c["pattern_dim"], c["feel_dim"]),
        prior=lambda c: flow_signatures(c["pattern_dim"] + c["feel_dim"]),
        space=frozenset({"mean", "components", "response"}),
        plays=True,
    ),
    "report": Format(
        latent_dim=lambda c: c["latent_dim"],
        signatures=lambda c: report_signatures(c["latent_dim"]),
        prior=lambda c: {},
        space=frozenset({"mean", "components"}),
        plays=False,
    ),
}


class OfZ(NamedTuple):
    """What learned the z of weights, and lies beside them: its file, and its signatures, of its
    "config" in their card and of theirs."""

    file: str
    signatures: Callable[[Mapping[str, Any], Mapping[str, Any]], Signatures]


# By the kind of model, as the weights' card has it
OF_Z = {"sequence": OfZ(SEQUENCE_NETWORK, sequence_signatures)}


class Network:
    """A network as `export` wrote it: `folder`, `card`, `format`, `space`, and its parts to run.

    Safe to share between threads. Raises ModelError for files that cannot be read, or that do not
    fit each other or this version.
    """

    def __init__(self, folder: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.folder = folder

        try:
            self.card = read_json(folder / CARD)
            self.space = read_arrays(folder / SPACE)
            config = self.card["config"]
            self.format = FORMATS[self.card["model"]]
            latent_dim = self.format.latent_dim(config)
            expected = {
                NETWORK: self.format.signatures(config),
                PRIOR_NETWORK: self.format.prior(config),
            }
            expected |= {
                part.file: part.signatures(self.card[name]["config"], config)
                for name, part in OF_Z.items()
                if name in self.card
            }
            _check_sizes(expected)
            files = [folder / n for n in expected if n == NETWORK or (folder / n).is_file()]
            self._interpreters = [Interpreter(str(f), num_threads=THREADS[f.name]) for f in files]
        except (*UNREADABLE, RuntimeError) as error:  # of LiteRT, for weights that cannot be
            raise ModelError(
                f"{folder}: not a model that can be loaded; {CARD}, {SPACE} or a network beside "
                "them is damaged or missing. Export it again."
            ) from error
        if missing := self.format.space - set(self.space):
            raise ModelError(f"{folder / SPACE}: {min(missing)} is not in it. {AGAIN}")
        for name, array in self.space.items():
            if array.dtype.kind != "f" or not (np.abs(array) < LARGEST).all():  # NaN neither
                raise ModelError(f"{folder / SPACE}: {name} is damaged. {AGAIN}")
            if array.shape[-1:] != (latent_dim,) or array.ndim != AXES.get(name, array.ndim):
                raise ModelError(
                    f"{folder / SPACE}: {name} has the shape {array.shape}; {CARD} beside it "
                    f"has {latent_dim} dimensions. Export both together."
                )
        self._parts: dict[str, Any] = {}
        for file, interpreter in zip(files, self._interpreters, strict=True):
            parts = {
                p: interpreter.get_signature_runner(p) for p in interpreter.get_signature_list()
            }
            _check(file, {name: _part(run) for name, run in parts.items()}, expected[file.name])
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


class Parts:
    """One file of a network, with what it reads and gives, ready to be run by several threads.

    Raises ModelError for a file that cannot be read, or is not as `wanted`.
    """

    def __init__(self, file: Path, wanted: Signatures) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            self._interpreter = Interpreter(str(file), num_threads=1)
            names = self._interpreter.get_signature_list()
            self._parts = {n: self._interpreter.get_signature_runner(n) for n in names}
        except (*UNREADABLE, RuntimeError) as error:
            raise ModelError(f"{file}: damaged or missing; export it again.") from error
        _check(file, {name: _part(run) for name, run in self._parts.items()}, wanted)
        self._lock = threading.Lock()

    def run(self, part: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Run one part on arrays with bars on the first axis."""
        ready = {name: np.ascontiguousarray(x, np.float32) for name, x in inputs.items()}
        with self._lock, notices.held_back("LiteRT"):
            return {name: np.array(out) for name, out in self._parts[part](**ready).items()}


def _part(runner: Any) -> Part:
    """What a signature runner reads and gives."""
    details = runner.get_input_details().items()
    reads = {name: tuple(map(int, detail["shape_signature"][1:])) for name, detail in details}
    return Part(reads, frozenset(runner.get_output_details()))


def _check_sizes(expected: Mapping[str, Signatures]) -> None:
    """Raises ValueError where a card has no sizes of arrays: text, lists, huge numbers."""
    parts = (part for signatures in expected.values() for part in signatures.values())
    for shape in (shape for part in parts for shape in part.reads.values()):
        if not all(isinstance(size, int) and 0 < size < MOST_SIZE for size in shape):
            raise ValueError(f"an array of {shape}")


def _check(file: object, found: Signatures, expected: Signatures) -> None:
    """Raises ModelError where a part that is expected is not found, or is another."""
    for name, part in expected.items():
        own = found.get(name)
        if own != part:
            same = {n for n, shape in part.reads.items() if own and own.reads.get(n) == shape}
            raise ModelError(
                f"{file}: {name} {_described(own, same)}; expected one that "
                f"{_described(part, same)}. {AGAIN}"
            )


def _described(part: Part | None, same: Set[str]) -> str:
    """What a part reads, but for what is the same in another one, and what it gives."""
    if part is None:
        return "is not in it"
    reads = sorted(part.reads.keys() - same) or sorted(part.reads)
    shapes = (f"{name} {' x '.join(map(str, part.reads[name]))}" for name in reads)
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
            f"no shipped weights are called {shown(name)}; for the folder of that name write "
            f"./{name}"
        )
    raise ModelError(
        f"no model {shown(name)}; expected {', '.join(known)}, or a folder with {NETWORK}, {SPACE} "
        f"and {CARD}, such as ./weights."
    )
