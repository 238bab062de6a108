"""What decides a training run."""

import pytest

from beatgen.config import TrainConfig
from beatgen.errors import BeatGenError


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"epochs": 0}, "epochs is 0; expected 1 or more"),
        ({"batch_size": -1}, "batch_size is -1; expected 1 or more"),
        ({"learning_rate": -1e-3}, "learning_rate is -0.001; expected 0 or more"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"beta": -0.1}, "beta is -0.1; expected 0 or more"),
        ({"expected_weight": -1.0}, "expected_weight is -1.0; expected 0 or more"),
    ],
)
def test_numbers_that_no_run_can_use_are_told(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(BeatGenError, match=said):
        TrainConfig(data="", run="", **wrong)
