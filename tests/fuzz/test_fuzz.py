"""The short part of fuzzing: up to two hundred inputs of each kind, in the same order each time,
and every input that was found to fail (found/). `python tests/fuzz` goes on for hours."""

import time
import zlib
from pathlib import Path
from random import Random

import pytest
from fuzz.targets import TARGETS, Target, check

FOUND = Path(__file__).parent / "found"
SECONDS = 0.15  # of processor time for each target; those that load weights have a few inputs
LEAST, MOST = 6, 200  # inputs
SLOWEST = 3.0  # seconds of processor time for one input


def timed(target: Target, data: bytes) -> bool:
    start = time.process_time()
    taken = check(target, data)
    assert time.process_time() - start < SLOWEST
    return taken


@pytest.mark.parametrize("name", [name for name in TARGETS if name != "config"])
def test_any_input_is_taken_or_refused_in_one_sentence(name) -> None:
    target = TARGETS[name]
    seeds = target.seeds()
    assert sum(timed(target, seed) for seed in seeds)
    rng = Random(name)
    start = time.process_time()
    for i in range(MOST):
        if i >= LEAST and time.process_time() - start > SECONDS:
            break
        timed(target, target.mutate(rng, rng.choice(seeds)))


@pytest.mark.train
def test_any_config_is_taken_or_refused_in_one_sentence() -> None:
    import beatgen.training.config  # noqa: F401 (which takes a while)

    test_any_input_is_taken_or_refused_in_one_sentence("config")


@pytest.mark.parametrize("path", sorted(FOUND.iterdir()), ids=lambda path: path.name)
def test_what_failed_once_does_not_fail_again(path) -> None:
    """Each input is packed, and named by its target and what went wrong."""
    timed(TARGETS[path.name.partition(".")[0]], zlib.decompress(path.read_bytes()))
