"""What a deck holds of a file: all of it, in little room."""

import numpy as np

from app.session import Source


def test_every_loop_is_that_of_the_whole_groove_to_the_last_bit(random_groove):
    groove = random_groove(bars=7, density=0.05)
    source = Source("seven", groove)
    assert (source.bars, source.tempo, source.groove) == (7, groove.tempo, groove)
    for start in range(7):
        for bars in range(1, 8 - start):
            assert source.loop(start, bars) == groove[start : start + bars]


def test_silence_is_held(random_groove):
    silence = random_groove(bars=3, density=0)
    assert Source("rest", silence).groove == silence


def test_a_long_file_takes_no_more_than_its_hits(random_groove):
    groove = random_groove(bars=400, density=0.015)
    held = [value for value in vars(Source("long", groove)).values() if hasattr(value, "nbytes")]
    assert sum(array.nbytes for array in held) == 12 * np.count_nonzero(groove.velocity)
    assert all(array.base is None for array in held), "a view would keep all of the groove alive"
