"""Decks at twice their tempo or at half of it, driven without a browser."""

import numpy as np
import pytest
from drive import click, midi_of, now, text, upload

from app.session import Deck, Source
from beatgen.groove import Groove


@pytest.fixture
def half_time() -> Groove:
    return Groove.from_tab("snare |----o---|----o---|\nkick |o-------|o---o---|", tempo=70)


def test_a_groove_near_half_the_tempo_of_the_other_is_proposed_to_be_written_twice_as_fast(
    apptest, half_time
):
    upload(apptest, "a", "trap 70.mid", midi_of(half_time))
    upload(apptest, "b", "trap 140.mid", midi_of(Groove(half_time.velocity, tempo=140)))
    assert "nearly twice as fast" in text(apptest)
    before = now(apptest).a.source
    click(apptest, "meet-a")
    deck = now(apptest).a
    assert (deck.source.tempo, deck.source.bars, deck.bars) == (140, 4, 4)
    assert now(apptest).heard.tempo == 140
    assert "nearly twice as fast" not in text(apptest)
    click(apptest, "half-a")
    assert now(apptest).a.source is before, "back again it is the very same"
    assert now(apptest).a.bars == 2


def test_the_loop_stays_where_it_is(random_groove):
    deck = Deck(Source("file", random_groove(bars=12)))
    deck.choose(5, 2)
    loop = deck.groove
    deck.set_pace("double")
    assert (deck.start, deck.bars, deck.source.bars) == (10, 4, 24)
    deck.set_pace("half")
    assert deck.groove == loop


def test_bars_keep_the_numbers_that_they_have_in_the_file(apptest):
    silent = np.zeros((2, 64, 22))
    groove = Groove.from_tab("snare |----o---|----o---|\nkick |o-------|o---o---|", tempo=100)
    late = Groove(np.concatenate([silent, groove.velocity, groove.velocity]), tempo=100)
    upload(apptest, "a", "late.mid", midi_of(late))
    deck = now(apptest).a
    assert (deck.source.bars, deck.start) == (6, 2)
    assert "6 bars" in text(apptest)
