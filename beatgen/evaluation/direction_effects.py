"""What a turn along the directions with names really does to held-out bars: for the model card, and
as a section of an evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from beatgen.bars.attributes import ATTRIBUTES, attributes
from beatgen.bars.strikes import to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.section import Scores, Section
from beatgen.latent.vae import Vae

MEASURED = 256  # held-out bars that are turned
LEAKAGE = 0.05  # smaller side effects, in standard deviations, are not worth a line


def spread_of(training: Dataset) -> np.ndarray:
    """Standard deviation of each attribute in the training bars, float64 (10,); 1 where there is
    none, as of bars without toms: nothing turns them."""
    spread = attributes(to_strikes(*training.grids())).std(0)
    spread[spread == 0] = 1
    return spread


def some_z(vae: Vae, dataset: Dataset, count: int = MEASURED) -> np.ndarray:
    """z_mean of a sample of the bars, (`count` or a few more, latent_dim)."""
    bars = dataset.take(np.arange(0, len(dataset), max(1, len(dataset) // count)))
    return vae.encode_bars(*bars.grids())[0]


def effects(
    measure: Callable[[np.ndarray], np.ndarray],
    z: np.ndarray,
    directions: np.ndarray,
    spread: np.ndarray,
    reach: float = 2.0,
) -> np.ndarray:
    """What the directions (n, k, d) of bars z (n, d) really do: entry (i, j) is the change of
    attribute j for one unit of direction i, in standard deviations `spread` (k,).

    measure: z (n, d) -> attributes (n, k) of the decoded bars. The result is the mean over the bars
    and over moving `reach` units forward and backward.
    """
    changes = []
    for direction in directions.swapaxes(0, 1):
        forward, back = measure(z + reach * direction), measure(z - reach * direction)
        changes.append((forward - back).mean(0) / (2 * reach * spread))
    return np.stack(changes)


def table(vae: Vae, z: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """What one unit along each direction with a name does to each attribute of bars z (n,
    latent_dim), in standard deviations `spread`, (10, 10) (`effects`)."""

    def measure(points: np.ndarray) -> np.ndarray:
        return attributes(to_strikes(*vae.decode_bars(points)))

    return effects(measure, z, vae.turns(z), spread)


def measured(vae: Vae, spread: np.ndarray, held_out: Dataset) -> list[dict[str, Any]]:
    """For each direction with a name: its "effect", how far one unit moves its attribute, in
    standard deviations `spread`; its "leakage", the same of the other attributes that it moves; and
    the "strikes" that come or go in a bar, per unit."""
    names, z = list(ATTRIBUTES), some_z(vae, held_out)
    turns = vae.turns(z)

    def patterns(points: np.ndarray) -> np.ndarray:
        return vae.decoded(points)[1]

    here = patterns(z)
    told = []
    for i, (name, row) in enumerate(zip(names, table(vae, z, spread), strict=True)):
        ends = (patterns(z + way * turns[:, i]) for way in (-1, 1))
        strikes = np.mean([np.abs(end - here).sum((1, 2)).mean() for end in ends])
        leakage = {
            other: round(float(change), 2)
            for other, change in zip(names, row, strict=True)
            if other != name and abs(change) >= LEAKAGE
        }
        told.append(
            {
                "name": name,
                "effect": round(float(row[i]), 2),
                "leakage": leakage,
                "strikes": round(float(strikes), 2),
            }
        )
    return told


def section(vaes: Sequence[tuple[str, Vae]], held_out: Dataset, training: Dataset) -> Section:
    """A line for each direction of each network (its name and it)."""
    spread = spread_of(training)
    lines: dict[str, Scores] = {}
    for title, vae in vaes:
        for told in measured(vae, spread, held_out):
            others = np.sqrt(sum(change**2 for change in told["leakage"].values()))
            lines[f"{title}: {told['name']}"] = {
                "effect": told["effect"],
                "others": float(others),
                "strikes": told["strikes"],
            }
    note = (
        f"{MEASURED} bars or a few more, turned by one unit: how far the attribute goes, in "
        "standard deviations of the training bars; all others together, the root of the sum of "
        f"squares of those that move by {LEAKAGE:g} or more; the strikes that come or go in a bar."
    )
    columns = {
        "effect": ("its own", ".2f"),
        "others": ("others", ".2f"),
        "strikes": ("strikes", ".1f"),
    }
    return Section("directions", "Directions with names", note, columns, lines)
