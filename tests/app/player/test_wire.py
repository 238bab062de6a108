"""What the player is sent is small."""

import json

import numpy as np
import pytest

from app.player.wire import pack_path
from beatgen.groove import Groove


@pytest.mark.parametrize("per_bar", [16, 45])
def test_a_way_of_two_bars_fits_into_50_kilobytes(per_bar):
    rng = np.random.default_rng(7)
    path, of_a, of_b = rows = [], [], []
    for i in range(99):
        velocity = np.zeros((2, 64 * 22), np.float32)
        for bar in velocity:
            bar[rng.choice(bar.size, per_bar, replace=False)] = rng.random(per_bar) * 0.9 + 0.1
        rows[i % 3].append(Groove(velocity.reshape(2, 64, 22)))
    assert len(json.dumps(pack_path(path, (of_a, of_b)))) <= 50_000
