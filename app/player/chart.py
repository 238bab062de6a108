"""A chart of many points in the browser: a Plotly figure whose points travel packed.

The points of each trace are cells of a grid over the axes' ranges, GRID each way. A cell is named
by a number, the bits of its column and its row in turn (Morton's order), so near cells mostly have
near numbers. They travel sorted, each cell once, as gaps to the one before: seven bits a byte, the
lowest first, the eighth bit says that more follow. The gaps of all traces are zipped together: 10
bits a point on the map, base64 included, where two bytes each way took 43.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.language import text
from app.player.component import WEB, serve, show

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

GRID = 1024  # cells each way; on a laptop one is half a pixel of the map high, .75 wide


def pack_chart(figure: Figure, config: Mapping[str, Any], label: str) -> dict[str, Any]:
    """`figure`, whose traces are points, for `point_chart`.

    config: of Plotly's own, such as its tools. label: what it shows, for screen readers.
    """
    import plotly

    drawn = json.loads(figure.to_json(engine="json"))
    ranges = [np.array(axis.range, float) for axis in (figure.layout.xaxis, figure.layout.yaxis)]
    shares = []
    for trace, sent in zip(figure.data, drawn["data"], strict=True):
        del sent["x"], sent["y"]
        sides = zip((trace.x, trace.y), ranges, strict=True)
        shares.append(np.stack([(at - low) / (high - low) for at, (low, high) in sides], -1))
    packed = {
        "plotly": serve("plotly", Path(plotly.__file__).with_name("package_data")),
        "figure": drawn,
        "points": pack_points(shares),
        "config": dict(config),
        "label": label,
        "trouble": text("map.not_loaded"),
    }
    return {"id": blake2b(repr(packed).encode(), digest_size=8).hexdigest(), **packed}


def point_chart(packed: Mapping[str, Any], *, key: str) -> None:
    """Show the chart that `pack_chart` gave."""
    show(serve("chart", WEB), "chart.js", key, packed)


def pack_points(traces: Sequence[np.ndarray]) -> dict[str, Any]:
    """Points of traces, each (n, 2) shares of the axes, as {"counts": cells of each trace, "cells":
    base64 of zlib, "grid"}, as the module's docstring says."""
    cells = [np.unique(_cells(shares)) for shares in traces]
    gaps = np.concatenate([np.diff(own, prepend=0) for own in cells])
    return {
        "counts": [len(own) for own in cells],
        "cells": b64encode(zlib.compress(_sevens(gaps), 9)).decode("ascii"),
        "grid": GRID,
    }


def _cells(shares: np.ndarray) -> np.ndarray:
    """The numbers of the cells that points (n, 2) stand in, int64 (n,)."""
    column, row = np.rint(np.clip(shares, 0, 1) * (GRID - 1)).astype(np.int64).T
    bits = range((GRID - 1).bit_length())
    return sum((column >> bit & 1) << 2 * bit | (row >> bit & 1) << 2 * bit + 1 for bit in bits)


def _sevens(numbers: np.ndarray) -> bytes:
    """Numbers below 2**28, seven bits a byte, as the module's docstring says."""
    sevens = numbers[:, None] >> np.arange(0, 28, 7) & 0x7F
    length = np.where(sevens.any(1), 4 - (sevens[:, ::-1] > 0).argmax(1), 1)[:, None]
    place = np.arange(4)
    return (sevens | (place < length - 1) << 7)[place < length].astype(np.uint8).tobytes()
