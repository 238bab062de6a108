"""What the directions with names, such as "density" or "swing", really do to held-out bars: for the
model card, and as a table of an evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from beatgen.bars.attributes import ATTRIBUTES, attributes
from beatgen.bars.strikes import to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.reconstruct import Network, bar_networks
from beatgen.evaluation.results import Columns, Lines, Log, Measure, Section, share_of
from beatgen.latent.vae import Vae

BARS = 256  # held-out bars that are moved
LEAKAGE = 0.05  # smaller side effects, in standard deviations, are not reported
REACH = 2.0  # units: how far a bar is moved there and back
COLUMNS: Columns = {
    "effect": ("its own", ".2f"),
    "others": ("others", ".2f"),
    "strikes": ("strikes", ".1f"),
}


def attribute_spread(training: Dataset) -> np.ndarray:
    """Standard deviation of each attribute over the training bars, float64 (10,); 1 where it is 0,
    as the toms' is in bars without toms: no direction moves such an attribute."""
    spread = attributes(to_strikes(*training.grids())).std(0)
    spread[spread == 0] = 1
    return spread


def sample_z(vae: Vae, dataset: Dataset, count: int = BARS) -> np.ndarray:
    """z_mean of every n-th bar, `count` or a few more of them: float32 (n, latent_dim)."""
    bars = dataset.take(np.arange(0, len(dataset), max(1, len(dataset) // count)))
    return vae.encode_bars(*bars.grids())[0]


def effects(
    measure: Callable[[np.ndarray], np.ndarray],
    z: np.ndarray,
    directions: np.ndarray,
    spread: np.ndarray,
    reach: float = REACH,
) -> np.ndarray:
    """What the directions (n, k, d) of bars z (n, d) really do: float64 (k, k), entry (i, j) is the
    change of attribute j for one unit of direction i, in standard deviations `spread` (k,).

    measure: z (n, d) -> attributes (n, k) of the decoded bars. The central difference
    (m(z + r d) - m(z - r d)) / 2r with r = `reach`, mean over the bars.

    >>> import numpy as np
    >>> doubled = lambda z: 2 * z
    >>> effects(doubled, np.zeros((5, 2)), np.tile(np.eye(2), (5, 1, 1)), np.ones(2)).tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """
    changes = []
    for direction in directions.swapaxes(0, 1):
        there, back = measure(z + reach * direction), measure(z - reach * direction)
        changes.append((there - back).mean(0) / (2 * reach * spread))
    return np.stack(changes)


def effect_table(vae: Vae, z: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """`effects` of the directions with names on bars z (n, latent_dim), float64 (10, 10)."""

    def measure(points: np.ndarray) -> np.ndarray:
        return attributes(to_strikes(*vae.decode_bars(points)))

    return effects(measure, z, vae.turns(z), spread)


def card_directions(
    vae: Vae, spread: np.ndarray, held_out: Dataset, count: int = BARS
) -> list[dict[str, Any]]:
    """An entry of the model card for each direction with a name, measured on `count` held-out bars
    or a few more.

    "effect": how far one unit moves the direction's own attribute, in standard deviations `spread`
    (10,); "leakage": the same for the other attributes that it moves by LEAKAGE or more; "strikes":
    how many strikes come or go in a bar, per unit.
    """
    names, z = list(ATTRIBUTES), sample_z(vae, held_out, count)
    directions = vae.turns(z)

    def patterns(points: np.ndarray) -> np.ndarray:
        return vae.codec.predict(points)[1]

    here = patterns(z)
    entries = []
    for i, (name, row) in enumerate(zip(names, effect_table(vae, z, spread), strict=True)):
        ends = (patterns(z + sign * directions[:, i]) for sign in (-1, 1))
        strikes = np.mean([np.abs(end - here).sum((1, 2)).mean() for end in ends])
        leakage = {
            other: round(float(change), 2)
            for other, change in zip(names, row, strict=True)
            if other != name and abs(change) >= LEAKAGE
        }
        entries.append(
            {
                "name": name,
                "effect": round(float(row[i]), 2),
                "leakage": leakage,
                "strikes": round(float(strikes), 2),
            }
        )
    return entries


def sections(
    networks: Sequence[Network],
    held_out: Dataset,
    training: Dataset,
    log: Log,
    effort: float = 1,
) -> list[Section]:
    """A line for each direction of each of our networks; no table where there is none."""
    if not (ours := bar_networks(networks)):
        return []
    spread, count = attribute_spread(training), share_of(BARS, effort)
    lines: Lines = {}
    for network in ours:
        log(f"directions: {network.name}")
        for entry in card_directions(network.vae, spread, held_out, count):
            others = np.sqrt(sum(change**2 for change in entry["leakage"].values()))
            lines[f"{network.name}: {entry['name']}"] = {
                "effect": entry["effect"],
                "others": float(others),
                "strikes": entry["strikes"],
            }
    note = (
        f"{count} bars or a few more, moved by one unit: how far the direction's own attribute "
        "goes, in standard deviations of the training bars; all others together, the root of the "
        f"sum of squares of those that move by {LEAKAGE:g} or more; the strikes that come or go in "
        "a bar."
    )
    return [Section("directions", "Effects of the directions with names", note, COLUMNS, lines)]


DIRECTIONS = Measure(
    "directions", "what the directions with names do to their own attribute and to others", sections
)
