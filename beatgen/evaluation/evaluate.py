"""Models and baselines on held-out bars -> one `Evaluation`: how well each reconstructs them, and
what else is measured of the networks among them (MEASURES)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from beatgen.bars import metrics
from beatgen.data.dataset import Dataset, load_dataset, prepare
from beatgen.errors import BeatGenError, shown
from beatgen.evaluation.baselines import NearestBar, PrincipalComponents, Silence
from beatgen.evaluation.completion import COMPLETION
from beatgen.evaluation.direction_effects import DIRECTIONS
from beatgen.evaluation.drumify import DRUMIFY
from beatgen.evaluation.humanization import HUMANIZATION
from beatgen.evaluation.programmed import PROGRAMMED
from beatgen.evaluation.realism import REALISM
from beatgen.evaluation.reconstruct import (
    TIMED,
    BarNetwork,
    Reconstruction,
    Reconstructor,
    ReportNetwork,
    network,
    scores,
)
from beatgen.evaluation.results import Evaluation, Log, Measure, Row, Section, TooFew, share_of
from beatgen.evaluation.sequence import SEQUENCE
from beatgen.evaluation.smoothness import SMOOTHNESS
from beatgen.files import write_whole
from beatgen.groove import STEPS, Groove
from beatgen.kit import NAMES
from beatgen.latent.runtime import is_folder

MODELS = ("silence", "pca-16", "pca-64", "nearest", "report", "bar-16", "bar")
TITLES = {
    "report": "the 2020 report's network",
    "bar-16": "BeatGen, 16 dimensions",
    "bar": "BeatGen",
}
# What is measured of networks. To add a measure, write a module with a `Measure` and list it here.
MEASURES = (
    PROGRAMMED,
    REALISM,
    SMOOTHNESS,
    DIRECTIONS,
    HUMANIZATION,
    COMPLETION,
    DRUMIFY,
    SEQUENCE,
)
PARTS = tuple(measure.name for measure in MEASURES)
OLD_NAMES = {  # of parts, which are still understood
    "likeness": "realism",
    "walk": "smoothness",
    "humanize": "humanization",
    "complete": "completion",
}
MOST_COMPONENTS = 256  # of pca-N; these take twelve seconds, four times as many two minutes
PICTURED = 4  # bars in the figure of originals and reconstructions


def evaluate(
    data: str | os.PathLike[str],
    split: str = "validation",
    models: Sequence[str | Reconstructor] = MODELS,
    folder: str | os.PathLike[str] | None = None,
    log: Log = lambda _: None,
    parts: Collection[str] = PARTS,
    effort: float = 1.0,
) -> Evaluation:
    """Measure models on the bars of one split.

    data: a folder of the Groove MIDI Dataset's form, or the .npz file that `beatgen prepare` made
    of one; the baselines learn from its training bars. models: names of MODELS, "pca-N", folders
    with exported weights, or Reconstructors. folder: where tables and figures are written
    (`Evaluation.save`), with examples.html, bars of the last model (`draw_examples`). log: called
    with a line before each step. parts: which of PARTS to measure of the networks among the models,
    beside the table. effort: above 0 and up to 1; 1 is how the published tables were measured, 0.1
    takes about a tenth of the draws, pairs and trees for the parts and is less exact.

    Raises BeatGenError where data or a model are missing, the split has no bars, a part has another
    name, or the effort is outside its range.
    """
    chosen = measures(parts)
    if not 0 < effort <= 1:
        raise BeatGenError(f"effort is {effort}; expected a number above 0 and up to 1.")
    dataset = _load(data)
    held_out, training = dataset.split(split), dataset.split("train")
    repeated = repeats(held_out, training)
    rows, networks, examples = [], [], None
    for model in models:
        ready = build(model, training) if isinstance(model, str) else model
        log(f"{ready.name}: {len(held_out):,} bars")
        reconstruction = ready.reconstruct(held_out)
        row = score(ready.name, reconstruction, held_out, repeated)
        if isinstance(ready, BarNetwork | ReportNetwork):
            times = share_of(TIMED, effort)
            row.measures.update({f"decode_{n}_ms": ready.decode_ms(n, times) for n in (1, 33)})
            networks.append(ready)
        rows.append(row)
        examples = (held_out, reconstruction, ready.name)
    found: list[Section] = []
    for measure in chosen if networks else ():
        try:
            found += measure.run(networks, held_out, training, log, effort)
        except TooFew as needed:
            log(f"{measure.name}: left out; it needs {needed}")
    repetitions = int(repeated.sum())
    evaluation = Evaluation(str(data), split, len(held_out), repetitions, tuple(rows), tuple(found))
    if folder is not None:
        evaluation.save(folder)
        if examples:
            page = Path(folder) / "examples.html"
            write_whole(page, draw_examples(*examples).to_html(include_plotlyjs=True))
    return evaluation


def measures(parts: Collection[str]) -> list[Measure]:
    """The measures of these names, or of their earlier names, in the order of MEASURES. Raises
    BeatGenError for another name.

    >>> [measure.name for measure in measures(["walk", "realism"])]
    ['realism', 'smoothness']
    """
    names = {OLD_NAMES.get(part, part) for part in parts}
    if unknown := names - set(PARTS):
        raise BeatGenError(f"no part {shown(min(unknown))}; expected some of {', '.join(PARTS)}.")
    return [measure for measure in MEASURES if measure.name in names]


def build(model: str, training: Dataset) -> Reconstructor:
    """A Reconstructor by its name in MODELS, "pca-N", or the folder of its exported weights. Raises
    BeatGenError for a training run, which has to be exported first."""
    if model == "silence":
        return Silence()
    if model == "nearest":
        return NearestBar(training)
    if model.startswith("pca-") and (count := model.removeprefix("pca-")).isdecimal():
        if not 1 <= int(count) <= MOST_COMPONENTS:
            raise BeatGenError(f"no model {shown(model)}; expected pca-1 to pca-{MOST_COMPONENTS}.")
        return PrincipalComponents(training, int(count))
    if is_run(model):
        raise BeatGenError(
            f"{model}: a training run; export it first (`beatgen export {model} -o DIR`), then "
            "evaluate that folder."
        )
    return network(model, title_of(model))


def is_run(model: str) -> bool:
    """Whether this is the folder of a training run; a bare name is none (`runtime.is_folder`)."""
    return is_folder(model) and (Path(model) / "config.json").exists()


def title_of(model: str) -> str:
    """What the tables call a network: shipped weights by their title, others by their folder.

    >>> title_of("bar"), title_of("weights/mine")
    ('BeatGen', 'mine')
    """
    return TITLES.get(model, Path(model).name)


def score(name: str, reconstruction: Reconstruction, dataset: Dataset, repeated: np.ndarray) -> Row:
    """All measures of one model's reconstruction of a data set; repeated: `repeats` of it."""
    measured = partial(scores, dataset, reconstruction)
    everything = np.arange(len(dataset))
    styles = np.char.partition(dataset.styles, "/")[:, 0][dataset.file_index]
    return Row(
        name,
        measured(everything),
        measured(np.flatnonzero(~repeated)),
        {voice: measured(everything, voice=i) for i, voice in enumerate(NAMES)},
        {str(style): measured(np.flatnonzero(styles == style)) for style in np.unique(styles)},
    )


def repeats(dataset: Dataset, training: Dataset) -> np.ndarray:
    """Which bars repeat a training bar: the same pattern on 16 steps x 9 classes; bool (bars,)."""
    known = set(_pattern_keys(training))
    return np.array([key in known for key in _pattern_keys(dataset)], bool)


def draw_examples(dataset: Dataset, reconstruction: Reconstruction, name: str) -> Any:
    """Plotly figure: bars above their reconstructions, from the best to the worst.

    They stand at equal distances in the order of SSE as they sound.
    """
    from beatgen.plot.drums import draw_pairs

    velocity, _ = dataset.grids()
    error = np.square(velocity - reconstruction.velocity).sum((1, 2))
    ranks = np.linspace(0, len(error) - 1, PICTURED).astype(int)
    chosen = error.argsort(kind="stable")[ranks]
    originals = [dataset.groove(int(i)) for i in chosen]
    reconstructed = [
        Groove(reconstruction.velocity[i : i + 1], reconstruction.timing[i : i + 1], groove.tempo)
        for i, groove in zip(chosen, originals, strict=True)
    ]
    names = [f"SSE {error[i]:.2f}" for i in chosen]
    return draw_pairs(originals, reconstructed, names=names, title=name)


def _load(data: str | os.PathLike[str]) -> Dataset:
    if not Path(data).is_dir():
        return load_dataset(data, STEPS)
    with tempfile.TemporaryDirectory() as folder:
        return prepare(data, Path(folder) / "bars.npz")


def _pattern_keys(dataset: Dataset) -> list[bytes]:
    packed = np.packbits(metrics.folded(*dataset.grids()).reshape(len(dataset), -1), axis=1)
    return [row.tobytes() for row in packed]
