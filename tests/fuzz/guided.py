"""One target under atheris, which looks what code an input reaches and goes on from there.

    python tests/fuzz/guided.py TARGET FOLDER [options of libFuzzer]

It ends at the first fault; libFuzzer writes the input beside the folder's corpus. tests/fuzz runs
this, again and again, for as long as it is told.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import atheris

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

OWN = ["beatgen", "app", "guitarpro"]  # whose code is watched; the rest is run as it is
LIBFUZZER = 0.4  # of the inputs are libFuzzer's own


def main() -> None:
    name, folder, *options = sys.argv[1:]
    with atheris.instrument_imports(include=OWN, enable_loader_override=False):
        from fuzz.targets import TARGETS, check

        target = TARGETS[name]
        corpus = Path(folder)
        corpus.mkdir(parents=True, exist_ok=True)
        for i, seed in enumerate(target.seeds()):
            (corpus / f"seed-{i}").write_bytes(seed)
            check(target, seed)  # what is imported when it is needed, is imported here

    def changed(data: bytes, most: int, seed: int) -> bytes:
        rng = Random(seed)
        if rng.random() < LIBFUZZER:
            return atheris.Mutate(data, most)
        return target.mutate(rng, data)[:most]

    def one(data: bytes) -> None:
        check(target, data)

    atheris.Setup([sys.argv[0], *options, str(corpus)], one, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
