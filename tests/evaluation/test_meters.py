"""Grooves of our own in every meter, and how well the model holds them."""

import numpy as np
import pytest

from beatgen.evaluation.meters import TAKE, own_grooves, reconstructed, section, windows
from beatgen.groove import Groove
from beatgen.meter import Meter, meter_of

METERS = ("2/4", "3/4", "5/4", "6/4", "6/8", "7/8", "9/8", "12/8")


def test_there_are_eight_grooves_of_each_meter() -> None:
    found = own_grooves()
    assert set(found) == set(METERS)
    for label, grooves in found.items():
        assert len(grooves) == 8
        assert all(set(groove.meters) == {meter_of(label)} for groove in grooves)
        assert all(np.count_nonzero(groove.timing) for groove in grooves)  # played by a hand


@pytest.mark.parametrize("label", METERS)
def test_the_model_holds_bars_of_every_meter(vae, label) -> None:
    scores = reconstructed(vae, own_grooves()[label])
    assert scores["hit_f1"] >= 0.95 and scores["note_f1"] >= 0.95 and scores["bars"] == 16


def test_a_table_has_a_line_for_each_meter(vae) -> None:
    waltz = own_grooves()["3/4"][:2]
    table = section("a few", "Two waltzes.", vae, {"3/4": waltz})
    assert table.lines["3/4"]["grooves"] == 2 and "| 3/4 |" in table.as_markdown()
    long = Groove(np.ones((9, 48, 22), np.float32), meters=Meter(3, 4))
    assert [window.bars for window in windows([long, *waltz])] == [TAKE] * 2
