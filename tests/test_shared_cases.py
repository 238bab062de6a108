"""What Python and the browser both compute, held together by one file of cases that both run:
tests/cases/shared.json, whose first entry says what its cases hold."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.names import blend_name, name_with
from app.player.wire import Edit, with_edits
from beatgen.audio.kits import layer_for
from beatgen.audio.mix import gain_of
from beatgen.audio.render import choke_times, first_after, turns_of
from beatgen.groove import BEATS, Groove
from beatgen.kit import VOICES
from beatgen.lock import Lock
from beatgen.meter import meter_of
from beatgen.swing import swing

CASES = json.loads((Path(__file__).parent / "cases" / "shared.json").read_text(encoding="utf-8"))
FUNCTIONS = tuple(name for name in CASES if name != "about")
NEAR = 2e-6  # steps or beats: what 32-bit floats and six digits lose


def groove_of(
    bars: int, steps: int, hits: list, tempo: float = 120.0, meters: list | None = None
) -> Groove:
    labels = meters or ["4/4"]
    of_bars = [meter_of(labels[bar % len(labels)]) for bar in range(bars)]
    longest = max(meter.steps(steps) for meter in of_bars)
    groove = Groove(np.zeros((bars, longest, len(VOICES))), tempo=tempo, meters=tuple(of_bars))
    return with_edits(groove, [Edit(*hit) for hit in hits])


def hits_of(groove: Groove) -> list[list[float]]:
    bar, step, voice = cells = np.nonzero(groove.velocity)
    velocity = np.rint(groove.velocity[cells] * 127)
    places = groove.first_steps[bar] + step
    numbers = np.array(groove.voices)[voice]
    return np.stack([places, numbers, velocity, groove.timing[cells]], 1).tolist()


def mix(a: dict, b: dict, amount: float) -> dict[str, Any]:
    """The browser alone mixes frames; this is its rule in other words. Hits of both move over, a
    hit of one alone stays on its nearer side."""
    hits_a, hits_b = ({tuple(hit[:2]): hit[2:] for hit in groove["hits"]} for groove in (a, b))
    hits = []
    for cell in sorted(hits_a.keys() | hits_b.keys()):
        if cell in hits_a and cell in hits_b:
            velocity, timing = (
                one + (other - one) * amount
                for one, other in zip(hits_a[cell], hits_b[cell], strict=True)
            )
            hits.append([*cell, math.floor(velocity + 0.5), timing])
        elif (cell in hits_a) == (amount < 0.5):
            hits.append([*cell, *(hits_a.get(cell) or hits_b[cell])])
    return {"tempo": a["tempo"] + (b["tempo"] - a["tempo"]) * amount, "hits": hits}


def swung(groove: dict, share: float) -> list[list[float]]:
    played = swing(groove_of(**groove), share)
    beats = [
        [voice, (step + timing) * BEATS / played.resolution, velocity]
        for step, voice, velocity, timing in hits_of(played)
    ]
    return sorted(beats)


def locked(lock: dict, groove: dict) -> list[list[float]]:
    held = groove_of(lock["bars"], lock["steps"], lock["hits"], meters=lock.get("meters"))
    cells = frozenset((at, voice) for at, voice in lock.get("cells", []))
    places = frozenset(lock["voices"]), frozenset(lock["sixteenths"]), cells
    return hits_of(Lock(held, *places).keep(groove_of(**groove)))


def edited(groove: dict, edits: list) -> list[list[float]]:
    return hits_of(with_edits(groove_of(**groove), [Edit(*edit) for edit in edits]))


def beats(bars: int, meters: list) -> list[list[int]]:
    """Bar, number in it and place in sixteenths of every beat."""
    of_bars = groove_of(bars, 64, [], meters=meters).meters
    firsts = np.cumsum([0, *(meter.sixteenths for meter in of_bars)]).tolist()
    return [
        [bar, i + 1, firsts[bar] + at]
        for bar, meter in enumerate(of_bars)
        for i, at in enumerate(range(0, meter.sixteenths, meter.beat))
    ]


def choked(strokes: list) -> list[int | None]:
    times = choke_times(sorted((time, voice) for time, voice in strokes))
    return [first_after(times.get(voice), time) for time, voice in strokes]


def sample(layers: list[int], velocity: int, turn: int = 0) -> dict[str, float]:
    layer, gain = layer_for(velocity, layers, turn)
    return {"layer": layer, "gain": gain}


def turns(groove: dict) -> list[list[int]]:
    places, voices, _, timing = np.array(hits_of(groove_of(**groove))).reshape(-1, 4).T
    bars = places // groove["steps"]
    return np.stack([places, voices, turns_of(bars, voices, places + timing)], 1).tolist()


COMPUTED = {
    "mix": lambda case: mix(**case),
    "swing": lambda case: swung(case["groove"], case["swing"]),
    "lock": lambda case: locked(**case),
    "edits": lambda case: edited(**case),
    "beats": lambda case: beats(**case),
    "chokes": lambda case: choked(**case),
    "name": lambda case: name_with(blend_name(case["pattern"], case["feel"]), **case["done"]),
    "velocity": lambda case: sample(**case),
    "level": lambda case: gain_of(case["level"]),
    "turns": lambda case: turns(case["groove"]),
}


def assert_near(found: Any, expected: Any, name: str) -> None:
    """Equal but for what rounding loses, down to the numbers."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), name
        found, expected = (list(value.values()) for value in (found, expected))
    if isinstance(expected, list):
        assert len(found) == len(expected), name
        for one, other in zip(found, expected, strict=True):
            assert_near(one, other, name)
    else:
        same = expected is None or isinstance(expected, str)
        assert found == (expected if same else pytest.approx(expected, abs=NEAR)), name


def test_every_function_has_200_cases_with_names_of_their_own():
    assert set(CASES) == {"about", *FUNCTIONS} == {"about", *COMPUTED}
    for function in FUNCTIONS:
        names = [case["name"] for case in CASES[function]]
        assert len(names) == len(set(names)) >= 200


@pytest.mark.parametrize("function", FUNCTIONS)
def test_python_computes_what_the_cases_say(function):
    for case in CASES[function]:
        found = COMPUTED[function](case["input"])
        assert_near(found, case["expected"], f"{function}: {case['name']}")
