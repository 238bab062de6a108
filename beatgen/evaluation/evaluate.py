"""Models and baselines on held-out bars -> one report: how well each holds them, by
`beatgen.bars.metrics`, and what the networks make of them, by `beatgen.evaluation.generation`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from beatgen.bars import metrics
from beatgen.data.dataset import Dataset, load_dataset, prepare
from beatgen.errors import BeatGenError
from beatgen.evaluation.baselines import NearestBar, PrincipalComponents, Silence
from beatgen.evaluation.generation import PARTS, sections
from beatgen.evaluation.reconstruct import (
    BarNetwork,
    Reconstruction,
    Reconstructor,
    ReportNetwork,
    network,
    scores,
)
from beatgen.evaluation.results import Evaluation, Row
from beatgen.groove import STEPS, Groove
from beatgen.kit import NAMES

MODELS = ("silence", "pca-16", "pca-64", "nearest", "report", "bar-16", "bar")
TITLES = {
    "report": "the 2020 report's network",
    "bar-16": "BeatGen, 16 dimensions",
    "bar": "BeatGen",
}
MOST_COMPONENTS = 256  # of pca-N; these take twelve seconds, four times as many two minutes
PICTURED = 4  # bars in the figure of originals and reconstructions


def evaluate(
    data: str | os.PathLike[str],
    split: str = "validation",
    models: Sequence[str | Reconstructor] = MODELS,
    folder: str | os.PathLike[str] | None = None,
    told: Callable[[str], None] = lambda _: None,
    parts: Collection[str] = PARTS,
) -> Evaluation:
    """Measure models on the bars of one split.

    data: a folder of the Groove MIDI Dataset's form, or the .npz file that `beatgen prepare` made
    of one; its training bars are what the baselines know. models: names of MODELS, folders with
    exported weights or with a training run, or Reconstructors. folder: where tables and figures
    are written (`Evaluation.save`), with examples.html, bars of the last model (`draw_examples`).
    `told` is called with a line before each model. parts: which of PARTS to measure of the
    networks among the models, beside the table.

    Raises BeatGenError where data or a model are missing, or the split has no bars.
    """
    dataset = _load(data)
    held_out, training = dataset.split(split), dataset.split("train")
    repeated = repeats(held_out, training)
    rows, networks, examples = [], [], None
    for model in models:
        ready = build(model, training) if isinstance(model, str) else model
        told(f"{ready.name}: {len(held_out):,} bars")
        reconstruction = ready.reconstruct(held_out)
        row = score(ready.name, reconstruction, held_out, repeated)
        if isinstance(ready, BarNetwork | ReportNetwork):
            row.measures.update({f"decode_{bars}_ms": ready.decode_ms(bars) for bars in (1, 33)})
            networks.append(ready)
        rows.append(row)
        examples = (held_out, reconstruction, ready.name)
    more = tuple(sections(networks, held_out, training, parts, told))
    evaluation = Evaluation(str(data), split, len(held_out), int(repeated.sum()), tuple(rows), more)
    if folder is not None:
        evaluation.save(folder)
        if examples:
            page = Path(folder) / "examples.html"
            draw_examples(*examples).write_html(page, include_plotlyjs=True)
    return evaluation


def build(model: str, training: Dataset) -> Reconstructor:
    """A Reconstructor by its name in MODELS, or the folder of its weights or training run."""
    learned: dict[str, Callable[[], Reconstructor]] = {
        "silence": Silence,
        "nearest": partial(NearestBar, training),
    }
    if model in learned:
        return learned[model]()
    if model.startswith("pca-") and (count := model.removeprefix("pca-")).isdecimal():
        if not 1 <= int(count) <= MOST_COMPONENTS:
            raise BeatGenError(f"no model {model!r}; expected pca-1 to pca-{MOST_COMPONENTS}.")
        return PrincipalComponents(training, int(count))
    if (Path(model) / "config.json").exists():
        return _from_run(Path(model))
    return network(model, TITLES.get(model, Path(model).name))


def score(name: str, told: Reconstruction, dataset: Dataset, repeated: np.ndarray) -> Row:
    """All measures of one model's reconstruction of a data set; repeated: `repeats` of it."""
    measured = partial(scores, dataset, told)
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


def draw_examples(dataset: Dataset, told: Reconstruction, name: str) -> Any:
    """Plotly figure: bars above their reconstructions, from the best held to the worst.

    They stand at equal distances in the order of SSE as they sound.
    """
    from beatgen.plot.drums import draw_pairs

    velocity, _ = dataset.grids()
    error = np.square(velocity - told.velocity).sum((1, 2))
    ranks = np.linspace(0, len(error) - 1, PICTURED).astype(int)
    chosen = error.argsort(kind="stable")[ranks]
    originals = [dataset.groove(int(i)) for i in chosen]
    reconstructions = [
        Groove(told.velocity[i : i + 1], told.timing[i : i + 1], groove.tempo)
        for i, groove in zip(chosen, originals, strict=True)
    ]
    names = [f"SSE {error[i]:.2f}" for i in chosen]
    return draw_pairs(originals, reconstructions, names=names, title=name)


def _load(data: str | os.PathLike[str]) -> Dataset:
    if not Path(data).is_dir():
        return load_dataset(data, STEPS)
    with tempfile.TemporaryDirectory() as folder:
        return prepare(data, Path(folder) / "bars.npz")


def _from_run(run: Path) -> Reconstructor:
    """A run's best weights, by way of what would be shipped of it."""
    from beatgen.training.export import export

    with tempfile.TemporaryDirectory() as folder:
        export(run, folder)
        return network(folder, run.name)


def _pattern_keys(dataset: Dataset) -> list[bytes]:
    packed = np.packbits(metrics.folded(*dataset.grids()).reshape(len(dataset), -1), axis=1)
    return [row.tobytes() for row in packed]
