"""How well networks hold programmed beats: quantized, straight or swung, with the velocities of a
machine, as no drummer of the training data plays them.

The beats are our own, seven for each style, as drum tab (assets/programmed).
"""

from __future__ import annotations

from collections.abc import Sequence

from beatgen.data.dataset import Dataset
from beatgen.evaluation.meters import performed, reconstructed, tabs
from beatgen.evaluation.reconstruct import Network, bar_networks
from beatgen.evaluation.results import Columns, Lines, Log, Measure, Section
from beatgen.groove import Groove, as_kit

ALL = "all"
MEASURED: Columns = {
    "hit_f1": ("hit F1", ".3f"),
    "velocity_mae": ("velocity MAE", ".1f"),
    "timing_mae": ("timing MAE, ms", ".1f"),
}


def beats() -> dict[str, list[Groove]]:
    """The beats by style, as the kit plays them: percussion folded into its voices.

    >>> house = beats()["house"]
    >>> len(house), house[0].tempo, house[0].extras
    (7, 124.0, ())
    """
    return {
        name.replace("-", " "): [as_kit(performed(text, name)) for text in texts]
        for name, texts in tabs("programmed").items()
    }


def sections(
    networks: Sequence[Network], held_out: Dataset, training: Dataset, log: Log, effort: float = 1
) -> list[Section]:
    """One table: a line for each style, and one for all of them."""
    by_style = beats()
    everything = [groove for grooves in by_style.values() for groove in grooves]
    measured = {ALL: everything} | by_style
    lines: Lines = {
        style: {"beats": len(grooves), "bars": sum(groove.bars for groove in grooves)}
        for style, grooves in measured.items()
    }
    columns: Columns = {"beats": ("beats", ".0f"), "bars": ("bars", ".0f")}
    for each in bar_networks(networks):
        log(f"programmed: {each.name}")
        columns |= {
            f"{each.name}, {key}": (f"{each.name}: {title}", form)
            for key, (title, form) in MEASURED.items()
        }
        for style, grooves in measured.items():
            found = reconstructed(each.vae, grooves)
            lines[style] |= {f"{each.name}, {key}": found[key] for key in MEASURED}
    note = (
        "Beats of our own (assets/programmed), quantized, straight or swung, of one velocity for "
        "each voice or with accents; encoded as z_mean and decoded. Nothing was trained on them."
    )
    return [Section("programmed", "Programmed beats", note, columns, lines)]


PROGRAMMED = Measure(
    "programmed", "how well programmed beats of eighteen styles come back", sections
)
