"""Several trainings side by side: `ablate` trains a small network without each change of
`beatgen.data.augment`, `sweep` one with several latent dimensions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from keras import ops

from beatgen.data.augment import Augmentation
from beatgen.data.dataset import Dataset, load_dataset
from beatgen.errors import BeatGenError, check_count
from beatgen.evaluation import completion
from beatgen.evaluation.results import Scores, Section
from beatgen.files import write_whole
from beatgen.latent.decide import pattern_of_hidden
from beatgen.networks.bar_vae import BarVAE, ModelConfig
from beatgen.plot.drums import draw_sweep
from beatgen.training.batches import AT_ONCE, bar_input
from beatgen.training.config import TrainConfig, with_latent_dim
from beatgen.training.train import load_run, train

ABLATED = "bar"  # the kind of model whose training bars are changed
SMALL = ModelConfig(width=48, blocks=1)
EPOCHS = 8
JITTER = 0.1  # steps: 3 ms at 120 BPM
COLUMNS = {
    "loss": ("loss", ".2f"),
    "apart": ("±", ".2f"),
    "pattern": ("pattern", ".2f"),
    "place": ("place", ".2f"),
    "velocity": ("velocity", ".2f"),
    "timing": ("timing", ".2f"),
    "kl_pattern": ("KL, pattern", ".1f"),
    "kl_feel": ("KL, feel", ".1f"),
    "hit_f1": ("hit F1", ".3f"),
    "hidden_f1": ("hit F1, hidden", ".3f"),
}


MEASURED = COLUMNS.keys() - {"apart", "hidden_f1"}  # while a run is trained


def sweep(
    config: TrainConfig, latent_dims: Sequence[int], log: Callable[[str], None] = lambda _: None
) -> list[dict[str, float]]:
    """Train a model with several latent dimensions (the report's Fig. 2). Our network has one
    segment on each side then (`bar_vae.ModelConfig.squeezed`), however many the config says:
    the rows can be compared with each other, not with a network of several.

    Returns, and writes to sweep.json in the run folder, a row for each: latent_dim, the lowest
    val_loss, the epoch it was reached in, and the measures of that epoch. The rows are drawn in
    sweep.html. `log` is called with a line after each run.
    """
    rows: list[dict[str, float]] = []
    root = Path(config.run)
    runs = [
        replace(with_latent_dim(config, dim), run=str(root / f"latent-{dim}"))
        for dim in latent_dims
    ]
    for dim, one in zip(latent_dims, runs, strict=True):
        history = train(one)
        best = int(np.argmin(history["val_loss"]))
        row = {"latent_dim": dim, "epoch": best + 1}
        rows.append(row | {name: values[best] for name, values in history.items()})
        log(f"{dim} latent dimensions: validation loss {rows[-1]['val_loss']:.3f}")
    write_whole(root / "sweep.json", json.dumps(rows, indent=1))
    write_whole(root / "sweep.html", draw_sweep(rows).to_html(include_plotlyjs=True))
    return rows


def variants(how: Augmentation) -> dict[str, Augmentation]:
    """How bars are changed in each run: as `how` says, without each of its changes, with jitter if
    it has none, and not at all."""
    strengths = asdict(how)
    some = {"all": how}
    some |= {
        f"without {name}": replace(how, **{name: 0.0}) for name in strengths if strengths[name]
    }
    if not how.jitter:
        some["with jitter"] = replace(how, jitter=JITTER)
    return some | {"none": Augmentation(**dict.fromkeys(strengths, 0.0))}


def ablate(
    config: TrainConfig, seeds: int = 1, log: Callable[[str], None] = lambda _: None
) -> Section:
    """Train `config` for each of `variants`, from its seed and as many as there are after it; a
    line of the table is the mean of the epochs with the lowest validation loss, and how far apart
    these losses are (standard deviation). `log` is called with a sentence after
    each run.

    The runs stand below the run folder, beside the table as ablation.json, ablation.md and
    ablation.html. Runs that are there already are not trained again. Raises BeatGenError for
    another model than "bar", and for less than one seed.
    """
    check_count("seeds", seeds)
    if config.model != ABLATED:
        raise BeatGenError(f"model is {config.model!r}; only the bars of {ABLATED!r} are changed.")
    root, held_out = Path(config.run), load_dataset(config.data).split("validation")
    lines: dict[str, Scores] = {}
    for name, how in variants(config.augmentation).items():
        runs: list[Scores] = []
        for seed in range(config.seed, config.seed + seeds):
            run = root / f"{name.replace(' ', '-')}-{seed}"
            runs.append(_best(replace(config, run=str(run), augmentation=how, seed=seed), held_out))
            log(f"{name}, seed {seed}: validation loss {runs[-1]['loss']:.2f}")
        lines[name] = {column: float(np.mean([run[column] for run in runs])) for column in runs[0]}
        if seeds > 1:
            lines[name]["apart"] = float(np.std([run["loss"] for run in runs], ddof=1))
    note = _note(config, seeds)
    section = Section("ablation", "Ablation of the augmentation", note, COLUMNS, lines)
    _save(section, root)
    return section


def _best(config: TrainConfig, held_out: Dataset) -> Scores:
    """What is measured of a run in its best epoch; it is trained if it is not there."""
    history = train(config)
    best = int(np.argmin(history["val_loss"]))
    scores = {column: history[f"val_{column}"][best] for column in COLUMNS if column in MEASURED}
    model, _ = load_run(config.run)
    return scores | {"hidden_f1": hidden_f1(model, held_out)}


def hidden_f1(model: BarVAE, held_out: Dataset) -> float:
    """F1 of hidden hits (`completion`), as many of them proposed as the network expects;
    the mean of kick, snare, toms, cymbals, and one beat."""
    strikes = bar_input(held_out)

    def propose(hidden: np.ndarray) -> np.ndarray:
        parts = []
        for start in range(0, len(strikes), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            z_pattern, *_ = model.encode(strikes[part], (~hidden[part]).astype(np.float32))
            count = ops.convert_to_numpy(ops.softmax(model.decode_pattern(z_pattern)))
            parts.append(pattern_of_hidden(count, hidden[part]) > 0)
        return np.concatenate(parts)

    exact, _ = completion.score(completion.pattern(held_out), propose)
    return float(np.nanmean(list(exact.values())))


def _note(config: TrainConfig, seeds: int) -> str:
    last = config.seed + seeds - 1
    from_seeds = f"seed {last}" if seeds == 1 else f"means of the seeds {config.seed} to {last}"
    return (
        f"Networks of width {config.bar.width} and {config.bar.blocks} block, at most "
        f"{config.epochs} epochs, {from_seeds}: losses in nats per validation bar as it was played "
        "(±: their standard deviation between seeds), hit F1 on 16 x 22, and hit F1 of hidden "
        "parts (the mean of kick, snare, toms, cymbals, and one beat)."
    )


def _save(section: Section, root: Path) -> None:
    text = json.dumps(section.as_dict(), indent=1)
    write_whole(root / "ablation.json", text + "\n")
    write_whole(root / "ablation.md", section.as_markdown() + "\n")
    write_whole(root / "ablation.html", section.figure().to_html(include_plotlyjs=True))
