import math

import numpy as np
import pytest

from beatgen.evaluation.smoothness import PathChanges, path_changes, sections
from beatgen.groove import Groove


def path(*tabs: str) -> PathChanges:
    bars = [Groove.from_tab(tab) for tab in tabs]
    return path_changes(
        np.concatenate([b.velocity for b in bars]), np.concatenate([b.timing for b in bars])
    )


A, HALF, B = "kick |o-------o-------|", "kick |o---o---o-------|", "kick |o---o---o---o---|"


def test_the_shortest_path_has_no_detour() -> None:
    found = path(A, HALF, B)
    assert found.changes.tolist() == [1, 1] and found.apart == 2
    assert found.detour == 1 and found.dead_zone == 0 and found.jump == 0.5


def test_a_jump_and_the_dead_zones_around_it_are_seen() -> None:
    found = path(A, A, A, A, B, B)
    assert found.changes.tolist() == [0, 0, 0, 2, 0]
    assert found.jump == 1 and found.dead_zone == 3 and found.detour == 1


def test_a_dead_zone_at_the_end_counts_as_one_at_the_start_does() -> None:
    assert path(A, B, B, B, B).dead_zone == 3


def test_notes_that_come_and_go_are_a_detour() -> None:
    found = path(A, "snare |x-x-x-x---------|", B)
    assert found.changes.tolist() == [2 + 4, 4 + 4] and found.detour == 14 / 2


def test_a_feel_that_moves_changes_no_notes() -> None:
    bar = Groove.from_tab(A)
    later = np.where(bar.velocity > 0, 0.4, 0)
    found = path_changes(
        np.concatenate([bar.velocity, bar.velocity / 2]), np.concatenate([bar.timing, later])
    )
    assert found.changes.tolist() == [0]


def test_a_path_on_the_spot_has_nothing_to_measure() -> None:
    found = path(A, A, A)
    assert found.dead_zone == 0 and math.isnan(found.detour) and math.isnan(found.jump)


def test_a_cut_jumps_and_an_even_path_does_not(noise_dataset) -> None:
    held_out = noise_dataset.split("validation")
    (section,) = sections([], held_out, held_out, lambda _: None)
    cut, even = section.lines["a cut half-way"], section.lines["evenly spread"]
    assert cut["jump"] == 1 and cut["dead_zone"] == 50 and cut["detour"] == 1
    assert even["detour"] == 1 and even["jump"] < 0.1 and even["dead_zone"] < 10
    assert even["changes"] == pytest.approx(cut["changes"])
