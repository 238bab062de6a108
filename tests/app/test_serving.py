"""What the server does for many musicians at once."""

import gc
import sys

import pytest
from streamlit.runtime.scriptrunner import script_runner

from app import serving


@pytest.fixture
def settled(monkeypatch):
    monkeypatch.setattr(script_runner, "gc", script_runner.gc)
    before = gc.get_threshold(), sys.getswitchinterval()
    serving.settle()
    yield
    gc.unfreeze()
    gc.set_threshold(*before[0])
    sys.setswitchinterval(before[1])


class Part:
    other: "Part"


def a_cycle() -> None:
    one, two = Part(), Part()
    one.other, two.other = two, one


def test_a_run_looks_through_what_is_young_only(settled, monkeypatch):
    seen = []
    watch = lambda phase, info: seen.append((phase, info))  # noqa: E731
    gc.callbacks.append(watch)
    try:
        a_cycle()
        script_runner.gc.collect(2)  # as Streamlit calls it after each run
    finally:
        gc.callbacks.remove(watch)
    assert [info["generation"] for phase, info in seen if phase == "stop"] == [1]
    assert seen[-1][1]["collected"] >= 2, "what the run left behind is gone"


def test_all_that_is_loaded_is_left_alone(settled):
    assert gc.get_freeze_count() > 10_000
    assert gc.isenabled(), "Python still looks through the rest by itself"
    assert sys.getswitchinterval() == pytest.approx(serving.TURN)
