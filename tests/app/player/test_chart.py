"""The points of a chart on their way to the browser."""

import zlib
from base64 import b64decode

import numpy as np
import pytest

from app.player.chart import GRID, pack_points


def unpacked(packed: dict) -> list[np.ndarray]:
    """The cells (n, 2) of each trace, read bit by bit as the module says."""
    content = iter(zlib.decompress(b64decode(packed["cells"])))
    traces = []
    for count in packed["counts"]:
        number, cells = 0, []
        for _ in range(count):
            shift = 0
            for byte in content:
                number += (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            bits = f"{number:032b}"
            cells.append((int(bits[1::2], 2), int(bits[::2], 2)))
        traces.append(np.array(cells).reshape(-1, 2))
    assert next(content, None) is None, "nothing is left"
    return traces


@pytest.mark.parametrize("count", [0, 1, 5000])
def test_points_arrive_in_their_cells(count):
    rng = np.random.default_rng(3)
    sent = [rng.random((count, 2)), rng.beta(2, 5, (300, 2))]
    for shares, cells in zip(sent, unpacked(pack_points(sent)), strict=True):
        wanted = np.rint(shares * (GRID - 1)).astype(int)
        assert {*map(tuple, cells)} == {*map(tuple, wanted)}


def test_corners_and_neighbours_arrive_and_what_is_beyond_lies_at_the_edge():
    last = GRID - 1
    wanted = [(0, 0), (0, last), (last, 0), (last, last), (1, 0), (0, 1)]
    shares = np.array([*wanted, (2 * last, -last)]) / last
    (cells,) = unpacked(pack_points([shares]))
    assert sorted(map(tuple, cells.tolist())) == sorted(wanted)


def test_points_of_one_cell_travel_once():
    assert pack_points([np.full((1000, 2), 0.5)])["counts"] == [1]
