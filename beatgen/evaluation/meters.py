"""How well the model holds bars of other meters than 4/4, and how its takes of them sound.

    python -m beatgen.evaluation.meters [FOLDER]

measures grooves of our own, eight for each meter (assets/meters), and with the folder of the Groove
MIDI Dataset its files in other meters than 4/4, beside as many bars in 4/4. The model was trained
on 4/4 alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from beatgen import assets, tab
from beatgen.bars import metrics
from beatgen.bars.pieces import cut
from beatgen.data.dataset import files_below
from beatgen.errors import BeatGenError
from beatgen.evaluation.realism import Bars, auc, features
from beatgen.evaluation.results import Columns, Lines, Section
from beatgen.groove import Groove, as_kit, join
from beatgen.latent.vae import Vae, load_model
from beatgen.readers import scan

COLUMNS: Columns = {
    "grooves": ("grooves", ".0f"),
    "bars": ("bars", ".0f"),
    "hits": ("hits", ".0f"),
    "hit_f1": ("hit F1", ".3f"),
    "note_f1": ("note F1, 25 ms", ".3f"),
    "velocity_mae": ("velocity MAE", ".1f"),
    "timing_mae": ("timing MAE, ms", ".1f"),
    "auc": ("takes, AUC", ".3f"),
    "played": ("played, AUC", ".3f"),
}
TAKE = 4  # bars varied together
AMOUNT = 0.5  # of `Vae.vary`
ENOUGH = 25  # windows of TAKE bars from which AUC is measured
HALVINGS = 5  # random ones
IN_44 = 150  # windows of 4/4, for comparison


def own_grooves() -> dict[str, list[Groove]]:
    """The grooves of assets/meters by the label of their meter, as they are played.

    >>> grooves = own_grooves()["12/8"]
    >>> len(grooves), str(grooves[0].meter)
    (8, '12/8')
    """
    return {
        label: [performed(f"meter: {label}\n{text}", name) for text in texts]
        for name, texts in tabs("meters").items()
        for label in [name.replace("-", "/")]
    }


def tabs(folder: str) -> dict[str, list[str]]:
    """The drum tabs (`beatgen.tab`) in a folder of assets, by the names of their files. A file
    holds several, with empty lines between them."""
    return {
        path.stem: path.read_text(encoding="utf-8").strip().split("\n\n")
        for path in sorted(assets.path(folder).glob("*.tab"))
    }


def performed(text: str, name: str) -> Groove:
    """The groove of a drum tab, as it is played; `name` is what messages call it."""
    sheet = tab.parse(text, name)
    return tab.perform(sheet, sheet.style)


def recorded(folder: Path) -> dict[str, list[Groove]]:
    """The grooves of a folder of MIDI files by the label of their meter, those of one meter."""
    found: dict[str, list[Groove]] = {}
    for path in files_below(folder):
        try:
            groove = as_kit(scan(path)[0])
        except BeatGenError:
            continue
        if len(set(groove.meters)) == 1:
            found.setdefault(str(groove.meter), []).append(groove)
    return found


def reconstructed(vae: Vae, grooves: Sequence[Groove]) -> dict[str, float]:
    """How well grooves of one meter come back: the measures of `beatgen.bars.metrics`, over all
    their hits."""
    again = [vae.reconstruct(groove) for groove in grooves]
    true, made = (
        Bars(
            np.concatenate([groove.velocity for groove in each]),
            np.concatenate([groove.timing for groove in each]),
        )
        for each in (grooves, again)
    )
    # The measures count a bar as 4/4; the tempo that makes its steps as long as they are:
    tempo = np.concatenate(
        [np.full(groove.bars, groove.tempo * 64 / groove.steps) for groove in grooves]
    )
    return {
        "grooves": len(grooves),
        "bars": len(true.velocity),
        "hits": int(np.count_nonzero(true.velocity)),
        "hit_f1": metrics.hit_f1(true.velocity, made.velocity),
        "note_f1": metrics.note_f1(*true, *made, tempo),
        "velocity_mae": metrics.velocity_mae(true.velocity, made.velocity),
        "timing_mae": metrics.timing_mae(*true, *made, tempo),
    }


def windows(grooves: Sequence[Groove], seed: int = 0, most: int | None = None) -> list[Groove]:
    """Windows of TAKE bars with hits in each, in random order."""
    found = [
        groove[start : start + TAKE]
        for groove in grooves
        for start in range(0, groove.bars - TAKE + 1, TAKE)
        if groove.velocity[start : start + TAKE].any((1, 2)).all()
    ]
    order = np.random.default_rng(seed).permutation(len(found))[:most]
    return [found[i] for i in order]


def realism(vae: Vae, found: Sequence[Groove]) -> dict[str, float]:
    """AUC of a classifier that tells takes of windows from other windows as they were played, and
    of one that tells played ones from played ones; .5 is not at all. Mean over random halves."""
    scores = []
    for seed in range(HALVINGS):
        order = np.random.default_rng(seed).permutation(len(found))
        first, second = (list(half) for half in np.array_split(order, 2))
        takes = [vae.vary(found[i], 1, AMOUNT, seed=int(i))[0] for i in second]
        real = _features([found[i] for i in first])
        groups = np.repeat(np.arange(len(found)), len(real) // len(first))
        for made in (takes, [found[i] for i in second]):
            own = _features(made)
            scores.append(auc(real, own, groups[: len(real)], groups[-len(own) :], seed))
    return {"auc": float(np.mean(scores[::2])), "played": float(np.mean(scores[1::2]))}


def section(title: str, note: str, vae: Vae, sets: dict[str, list[Groove]]) -> Section:
    """A table with a line for each meter."""
    lines: Lines = {}
    for label, grooves in sets.items():
        if label == "4/4":
            grooves = windows(grooves, most=IN_44)
        lines[label] = reconstructed(vae, grooves)
        found = windows(grooves)
        if len(found) >= ENOUGH:
            lines[label] |= realism(vae, found)
    return Section(title.replace(" ", "-"), title, note, COLUMNS, lines)


def main(arguments: Sequence[str]) -> Iterator[str]:
    """The tables in Markdown, one after the other."""
    vae = load_model()
    note = f"Takes: `vary` of {TAKE} bars at amount {AMOUNT}."
    yield section("own grooves", note, vae, own_grooves()).as_markdown()
    for folder in arguments:
        yield section("recorded", note, vae, recorded(Path(folder))).as_markdown()


def _features(grooves: Sequence[Groove]) -> np.ndarray:
    return features(Bars(*cut(join(grooves))))


if __name__ == "__main__":
    for table in main(sys.argv[1:]):
        print(table, end="\n\n", flush=True)
