"""Hits by their names, and grooves of one pattern side by side."""

from dataclasses import replace

import numpy as np
import pytest

import beatgen as bg
from beatgen.bars.hits import cells_of, grid_of, named_hits


def test_hits_go_back_to_their_cells(random_groove) -> None:
    groove = random_groove(3, bars=3, density=0.1)
    hits, cells = named_hits(groove, groove.voices), cells_of(groove, groove.voices)
    assert len(hits) == np.count_nonzero(groove.velocity) == len(set(cells.values()))
    inside = {name: hit for name, hit in hits.items() if hit.place >= 0}
    velocity, _ = grid_of(inside, groove, groove.voices)
    assert np.count_nonzero(velocity) == len(inside)


def test_two_grooves_of_one_pattern_are_compared() -> None:
    stiff = bg.Groove.from_tab("hi-hat |x-x-|\nkick |O-o-|", tempo=60)
    kick = np.arange(22) == 0
    late = replace(
        stiff,
        velocity=np.where(kick, stiff.velocity / 2, stiff.velocity),
        timing=np.where(kick & (stiff.velocity > 0), 0.4, 0),
    )
    hat, kick = bg.compare(stiff, late)
    assert (hat.voice, hat.moved, hat.louder) == ("hi-hat", 0, 0)
    assert kick.moved == pytest.approx(25) and kick.after.late == pytest.approx(25)  # 62.5 a step
    assert (kick.before.softest, kick.before.loudest) == (80, 115)
    assert kick.after.velocity == pytest.approx(97.5 / 2)
    assert str(bg.compare(stiff, late)).splitlines()[3].split()[:2] == ["kick", "2"]
