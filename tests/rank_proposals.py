"""Does a proposal's likelihood tell what drummers played from what they did not?

`python tests/rank_proposals.py gmd.npz > assets/model/proposals.md`, of a data set that `beatgen
prepare` made, hides parts of 400 validation bars and prints how near the expected F1 of what
`Vae.complete` proposes comes to the F1 that it reaches. Then it spoils the parts in six ways, and
prints how often the played part is ranked above the spoiled one, by three measures.
"""

import sys
from collections.abc import Callable

import numpy as np

from beatgen import load_dataset, load_model
from beatgen.bars.metrics import f1
from beatgen.bars.strikes import to_strikes
from beatgen.kit import VOICES_OF_FAMILY
from beatgen.latent.finish import Finisher, expected_f1
from beatgen.latent.vae import Vae

BARS = 400
LEAST = 1e-3  # probability, for its logarithm
VELOCITY = 0.6  # of hits where a pattern alone is encoded
KEPT = ("kick", "snare")
Spoil = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]


def parts(bars: int) -> dict[str, np.ndarray]:
    """What is hidden: bool (bars, 16, 22) each."""
    masks = {}
    for name in ("kick", "snare", "hat", "all but kick and snare"):
        mask = np.zeros((bars, 16, 22), bool)
        families = [name] if name in VOICES_OF_FAMILY else set(VOICES_OF_FAMILY) - set(KEPT)
        mask[..., [voice for family in families for voice in VOICES_OF_FAMILY[family]]] = True
        masks[name] = mask
    beat = np.zeros((bars, 16, 22), bool)
    beat[:, 12:] = True
    return masks | {"last beat": beat}


def moved(part: np.ndarray, places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A quarter of the hits, one at least, elsewhere on their voices."""
    spoiled = part.copy()
    for bar in spoiled:
        at = np.argwhere(bar)
        for sixteenth, voice in rng.permutation(at)[: max(1, len(at) // 4)]:
            bar[sixteenth, voice] = False
            bar[rng.choice(places), voice] = True
    return spoiled


def added(part: np.ndarray, places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A third more hits, one at least."""
    spoiled = part.copy()
    for bar in spoiled:
        at = np.argwhere(bar)
        for _, voice in rng.permutation(at)[: max(1, len(at) // 3)]:
            bar[rng.choice(places), voice] = True
    return spoiled


def shifted(part: np.ndarray, places: np.ndarray, _rng: np.random.Generator) -> np.ndarray:
    """A sixteenth later, round in what is hidden."""
    spoiled = part.copy()
    spoiled[:, places] = np.roll(part[:, places], 1, axis=1)
    return spoiled


SPOILS: dict[str, Spoil] = {
    "shifted": shifted,
    "another bar's": lambda part, _, rng: part[rng.permutation(len(part))],
    "a quarter moved": moved,
    "a third more": added,
    "a third less": lambda part, _, rng: part & (rng.random(part.shape) > 1 / 3),
    "silent": lambda part, *_: part & False,
}


def log_probability(p: np.ndarray, struck: np.ndarray, hidden: np.ndarray) -> float:
    """Mean log-probability of the hidden cells, in nats."""
    p = np.clip(p, LEAST, 1 - LEAST)
    return float(np.where(struck, np.log(p), np.log(1 - p))[hidden].mean())


def prior_density(vae: Vae, struck: np.ndarray) -> np.ndarray:
    """Log density of the noise of bars with these patterns, up to a constant, (bars,)."""
    velocity = np.zeros((len(struck), 64, 22), np.float32)
    velocity[:, ::4] = VELOCITY * struck
    z, _ = vae.encode_bars(velocity, np.zeros_like(velocity))
    return -np.square(vae.prior.to_noise(z)[:, : vae.pattern_dim]).sum(1) / 2


def main(path: str) -> None:
    vae, rng = load_model(), np.random.default_rng(0)
    bars = load_dataset(path).split("validation")
    bars = bars.take(np.sort(rng.choice(len(bars), BARS, replace=False)))
    struck = to_strikes(*bars.grids()).count > 0
    wins: dict[str, dict[str, list[float]]] = {}
    print("|  | F1 expected | F1 reached |\n| --- | ---: | ---: |")
    finisher = Finisher(vae.codec, vae._neighbours)
    for name, hidden in parts(BARS).items():
        asked = finisher._ask(*bars.grids(), hidden, 1, None)
        proposed, p = finisher._decide(asked, asked.z, asked.similar)
        measures = {
            "expected F1": lambda x, p=p, h=hidden: np.array(
                [expected_f1(*each) for each in zip(p, x, h, strict=True)]
            ),
            "mean log-probability": lambda x, p=p, h=hidden: np.array(
                [log_probability(*each) for each in zip(p, x, h, strict=True)]
            ),
            "the prior's density": lambda x: prior_density(vae, x),
        }
        expected = expected_f1(p, proposed > 0, hidden)
        reached = f1(struck & hidden, proposed > 0)
        print(f"| {name} | {expected:.3f} | {reached:.3f} |")
        part, places = struck & hidden, np.flatnonzero(hidden.any((0, 2)))
        for how, spoil in SPOILS.items():
            spoiled = np.where(hidden, spoil(part, places, rng), struck)
            differ = part.any((1, 2)) & (spoiled != struck).any((1, 2))
            for measure, score in measures.items():
                own, other = score(struck)[differ], score(spoiled)[differ]
                share = float(np.mean((own > other) + (own == other) / 2))
                wins.setdefault(measure, {}).setdefault(how, []).append(share)
    print(f"\n|  | {' | '.join(SPOILS)} |")
    print("| --- |" + " ---: |" * len(SPOILS))
    for measure, found in wins.items():
        means = (f"{np.mean(found[how]):.3f}" for how in SPOILS)
        print(f"| {measure} | {' | '.join(means)} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
