"""What each change of `beatgen.augment` brings: the same small network, trained without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from keras import ops

from beatgen import completion
from beatgen.augment import Augmentation
from beatgen.batches import AT_ONCE, bar_input
from beatgen.config import TrainConfig
from beatgen.dataset import Dataset, load_dataset
from beatgen.decoded import pattern_of_hidden
from beatgen.errors import BeatGenError
from beatgen.model import BarVAE, ModelConfig
from beatgen.section import Scores, Section, draw_section
from beatgen.train import load_run, train

SMALL = ModelConfig(width=48, blocks=1)
EPOCHS = 8
JITTER = 0.1  # steps: 3 ms at 120 BPM
COLUMNS = {
    "loss": ("loss", ".2f"),
    "pattern": ("pattern", ".2f"),
    "place": ("place", ".2f"),
    "velocity": ("velocity", ".2f"),
    "timing": ("timing", ".2f"),
    "kl_pattern": ("KL, pattern", ".1f"),
    "kl_feel": ("KL, feel", ".1f"),
    "hit_f1": ("hit F1", ".3f"),
    "hidden_f1": ("hit F1, hidden", ".3f"),
}


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


def ablate(config: TrainConfig, told: Callable[[str], None] = lambda _: None) -> Section:
    """Train `config` once for each of `variants`, all from the same seed; a line of the table tells
    the epoch with the lowest validation loss. `told` is called with a sentence after each run.

    The runs stand below the run folder, beside the table as ablation.json, ablation.md and
    ablation.html. Runs that are there already are not trained again. Raises BeatGenError for
    another model than "bar".
    """
    if config.model != "bar":
        raise BeatGenError(f"model is {config.model!r}; only the bars of 'bar' are changed.")
    root, held_out = Path(config.run), load_dataset(config.data).split("validation")
    lines: dict[str, Scores] = {}
    for name, how in variants(config.augmentation).items():
        run = root / name.replace(" ", "-")
        history = train(replace(config, run=str(run), augmentation=how))
        best = int(np.argmin(history["val_loss"]))
        lines[name] = {
            column: history[f"val_{column}"][best] for column in COLUMNS if column != "hidden_f1"
        }
        model, _ = load_run(run)
        assert isinstance(model, BarVAE)
        lines[name]["hidden_f1"] = hidden_f1(model, held_out)
        told(f"{name}: validation loss {lines[name]['loss']:.2f} in epoch {best + 1}")
    section = Section("ablation", "Ablation of the augmentation", _note(config), COLUMNS, lines)
    _save(section, root)
    return section


def hidden_f1(model: BarVAE, held_out: Dataset) -> float:
    """F1 of hidden hits (`beatgen.completion`), as many of them proposed as the network expects;
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


def _note(config: TrainConfig) -> str:
    return (
        f"Networks of width {config.bar.width} and {config.bar.blocks} block, at most "
        f"{config.epochs} epochs, seed {config.seed}: losses in nats per validation bar as it was "
        "played, hit F1 on 16 x 22, and hit F1 of hidden parts (the mean of kick, snare, toms, "
        "cymbals, and one beat)."
    )


def _save(section: Section, root: Path) -> None:
    text = json.dumps(section.as_dict(), indent=1)
    (root / "ablation.json").write_text(text + "\n", encoding="utf-8")
    (root / "ablation.md").write_text(section.as_markdown() + "\n", encoding="utf-8")
    draw_section(section).write_html(root / "ablation.html", include_plotlyjs=True)
