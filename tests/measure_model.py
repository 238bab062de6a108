"""Processor time of what a page asks of the model, at some commits: measured in turn, in one run.

    python tests/measure_model.py ef6357f HEAD

Milliseconds of all threads, medians over the demo grooves, two bars each; no groove, pair or seed
is asked for twice, so nothing is remembered. Each commit is measured several times in turn: other
work on the machine meets them alike.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 3  # of each commit
FRAMES = 33
CHILD = "--here"


def main(commits: list[str]) -> None:
    with tempfile.TemporaryDirectory() as root:
        folders = {commit: f"{root}/{i}" for i, commit in enumerate(commits)}
        for commit, folder in folders.items():
            _run(ROOT, "git", "clone", "-q", "--shared", str(ROOT), folder)
            _run(Path(folder), "git", "checkout", "-q", commit)
        rounds = [
            [
                json.loads(_run(Path(folder), sys.executable, __file__, CHILD))
                for folder in folders.values()
            ]
            for _ in range(ROUNDS)
        ]
    print("\n".join([f"| | {' | '.join(commits)} |", "|---" + "|---:" * len(commits) + "|"]))
    for action in rounds[0][0]:
        times = zip(*([found[action] for found in each] for each in rounds), strict=True)
        print(f"| {action} | {' | '.join(f'{statistics.median(t):.0f}' for t in times)} |")


def measure() -> dict[str, float]:
    """Milliseconds of each action by the `beatgen` that is imported."""
    import numpy as np

    import beatgen as bg
    from beatgen import demo

    vae = bg.load_model()
    grooves = [demo.load(name)[:2] for name in demo.names()]
    seeds = iter(range(10_000))
    hats = np.zeros((2, 16, 22), bool)
    hats[..., bg.kit.INDEX["hi-hat"]] = True

    def pairs(apart: int) -> list[tuple]:
        return [(a, grooves[(i + apart) % len(grooves)]) for i, a in enumerate(grooves)]

    def decks(a: bg.Groove, b: bg.Groove, feels: bool) -> None:
        between = vae.between(a, b)
        between.path(FRAMES)
        if feels:
            between.path(FRAMES, 0.0)
            between.path(FRAMES, 1.0)
        between.blend(0.5)

    actions: dict[str, tuple[Callable, Sequence[tuple]]] = {
        "new pair: path, both feels, a blend": (
            lambda *ends: decks(*ends, feels=True),
            pairs(1),
        ),
        "new pair: path and a blend": (lambda *ends: decks(*ends, feels=False), pairs(2)),
        "a blend of a known pair": (
            lambda between: between.blend(0.37),
            [(vae.between(*ends),) for ends in pairs(3)],
        ),
        "six takes": (lambda groove: vae.vary(groove, 6, 0.5, next(seeds)), pairs(0)),
        "twelve takes": (lambda groove: vae.vary(groove, 12, 0.5, next(seeds)), pairs(0)),
        "twelve samples": (lambda _: vae.sample(12, next(seeds)), pairs(0)),
        "a groove humanized": (lambda groove: vae.humanize(groove, next(seeds)), pairs(0)),
        "hats completed": (lambda groove: vae.complete(groove, hats), pairs(0)),
    }
    return {name: _median(action, asked) for name, (action, asked) in actions.items()}


def _median(action: Callable, asked: Sequence[tuple]) -> float:
    times = []
    for given in asked:
        start = time.process_time()
        action(*given[: action.__code__.co_argcount or len(given)])
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times[1:])  # the first one also loads what it needs


def _run(folder: Path, *command: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    if sys.argv[1:] == [CHILD]:
        print(json.dumps(measure()))
    else:
        main(sys.argv[1:] or ["HEAD"])
