import math

import numpy as np

from beatgen.evaluation.smoothness import Walk, walk
from beatgen.groove import Groove


def frames(*tabs: str) -> Walk:
    bars = [Groove.from_tab(tab) for tab in tabs]
    return walk(
        np.concatenate([b.velocity for b in bars]), np.concatenate([b.timing for b in bars])
    )


A, HALF, B = "kick |o-------o-------|", "kick |o---o---o-------|", "kick |o---o---o---o---|"


def test_the_shortest_way_has_no_detour() -> None:
    told = frames(A, HALF, B)
    assert told.changes.tolist() == [1, 1] and told.apart == 2
    assert told.detour == 1 and told.dead_zone == 0 and told.jump == 0.5


def test_a_jump_and_the_dead_zones_around_it_are_seen() -> None:
    told = frames(A, A, A, A, B, B)
    assert told.changes.tolist() == [0, 0, 0, 2, 0]
    assert told.jump == 1 and told.dead_zone == 3 and told.detour == 1


def test_a_dead_zone_at_the_end_counts_as_one_at_the_start_does() -> None:
    assert frames(A, B, B, B, B).dead_zone == 3


def test_notes_that_come_and_go_are_a_detour() -> None:
    told = frames(A, "snare |x-x-x-x---------|", B)
    assert told.changes.tolist() == [2 + 4, 4 + 4] and told.detour == 14 / 2


def test_a_feel_that_moves_changes_no_notes() -> None:
    bar = Groove.from_tab(A)
    later = np.where(bar.velocity > 0, 0.4, 0)
    told = walk(
        np.concatenate([bar.velocity, bar.velocity / 2]), np.concatenate([bar.timing, later])
    )
    assert told.changes.tolist() == [0]


def test_a_walk_on_the_spot_has_nothing_to_measure() -> None:
    told = frames(A, A, A)
    assert told.dead_zone == 0 and math.isnan(told.detour) and math.isnan(told.jump)
