"""A network with several latent dimensions, side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from beatgen.plot.drums import draw_sweep
from beatgen.training.config import TrainConfig, with_latent_dim
from beatgen.training.train import train


def sweep(
    config: TrainConfig, latent_dims: Sequence[int], told: Callable[[str], None] = lambda _: None
) -> list[dict[str, float]]:
    """Train a model with several latent dimensions (the report's Fig. 2). Our network has one
    segment on each side then (`bar_vae.ModelConfig.squeezed`), however many the config says:
    the rows can be compared with each other, not with a network of several.

    Returns, and writes to sweep.json in the run folder, a row for each: latent_dim, the lowest
    val_loss, the epoch it was reached in, and the measures of that epoch. The rows are drawn in
    sweep.html. `told` is called with a line after each run.
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
        told(f"{dim} latent dimensions: validation loss {rows[-1]['val_loss']:.3f}")
    (root / "sweep.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    draw_sweep(rows).write_html(root / "sweep.html", include_plotlyjs=True)
    return rows
