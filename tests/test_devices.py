"""Several devices share a training's batches."""

import keras
import pytest

from beatgen import train
from beatgen.errors import BeatGenError


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_batch_is_shared_between_the_devices_that_jax_sees(monkeypatch, count) -> None:
    shared = []
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    monkeypatch.setattr(
        keras.distribution, "list_devices", lambda: [f"gpu:{i}" for i in range(count)]
    )
    monkeypatch.setattr(keras.distribution, "DataParallel", lambda devices, **_: devices)
    monkeypatch.setattr(keras.distribution, "set_distribution", shared.append)
    assert train._share_out(10) == count
    assert [len(devices) for devices in shared] == ([] if count == 1 else [count])
    if count > 1:
        with pytest.raises(BeatGenError, match=f"batches of 9 bars do not divide between {count}"):
            train._share_out(9)
