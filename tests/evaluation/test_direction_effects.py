"""What directions really do, on data whose answer is known."""

import numpy as np
import pytest

from beatgen.evaluation.direction_effects import effects


def test_effects_are_measured_per_unit_in_deviations() -> None:
    z = np.random.default_rng(0).standard_normal((50, 3))
    spread, each = np.array([2.0, 4.0]), np.tile(np.eye(3)[:2], (50, 1, 1))
    table = effects(lambda points: points[:, :2] ** 1, z, each, spread)
    assert table == pytest.approx(np.diag(1 / spread))
