"""Arrays and JSON from disk: whatever a file holds, it is read, or refused with OSError or
ValueError. What reads them knows what has to be in them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np


def read_arrays(
    path: str | os.PathLike[str], names: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """The arrays of an .npz file by their names: these, all unless given. Raises ValueError where
    it is none or lacks one of them, and OSError as `open` does."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            if not isinstance(stored, np.lib.npyio.NpzFile):
                raise ValueError("one array, not several by name")
            arrays = {name: stored[name] for name in names or stored.files}
    except (OSError, MemoryError):
        raise
    except Exception as error:  # of zip, its compressions, or NumPy's parser of the head
        raise ValueError(f"damaged ({error})") from error
    if strange := [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]:
        raise ValueError(f"{strange[0]} is no array")
    return arrays


def read_json(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The object in a JSON file. Raises ValueError where there is none, and OSError as `open`
    does.

    >>> from beatgen import assets
    >>> read_json(assets.path("model/bar/card.json"))["model"]
    'bar'
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(found, dict):
        raise ValueError(f"{type(found).__name__} found; expected an object")
    return found
