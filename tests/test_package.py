"""The public face: `import beatgen as bg` is quick, and each of its names is listed once."""

import subprocess
import sys
from pathlib import Path

import pytest

import beatgen as bg

HEAVY = ("numpy", "plotly", "mido", "soundfile", "tqdm", "keras", "ai_edge_litert", "streamlit")


def test_importing_loads_nothing_heavy() -> None:
    script = "import sys, beatgen; print(*set(sys.argv[1:]) & set(sys.modules))"
    command = [sys.executable, "-c", script, *HEAVY]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", dir(bg))
def test_every_name_is_there_and_explained(name) -> None:
    value = getattr(bg, name)
    assert value.__doc__ and value.__name__ == name and value.__module__.startswith("beatgen.")
    assert vars(bg)[name] is value, "found at once the second time"


def test_names_are_listed_once_and_sorted() -> None:
    stub = Path(bg.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    assert dir(bg) == sorted(bg.__all__) == bg.__all__
    assert all(stub.count(f" as {name}\n") == 1 for name in bg.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="polka"):
        bg.polka  # noqa: B018


def test_there_is_a_version() -> None:
    assert len(bg.__version__.split(".")) == 3
