"""The examples in the docstrings of the package and the page hold."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
KERAS = {"networks", "training"}  # rooms that need Keras


def _modules():
    for path in sorted(
        path for top in ("app", "beatgen") for path in (CHECKOUT / top).rglob("*.py")
    ):
        if ">>> " in path.read_text(encoding="utf-8"):
            parts = path.relative_to(CHECKOUT).with_suffix("").parts
            marks = [pytest.mark.train] if KERAS & set(parts) else []
            name = ".".join(parts).removesuffix(".__init__")
            yield pytest.param(name, marks=marks, id=name)


@pytest.mark.parametrize("name", _modules())
def test_the_examples_hold(name: str) -> None:
    found = doctest.testmod(import_module(name))
    assert found.attempted and not found.failed
