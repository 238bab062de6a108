"""Takes, driven without a browser."""

import numpy as np
import pytest
from drive import choose, click, go, now, tell_player, text

from app import engine


def test_the_wall_is_filled_and_each_click_brings_new_takes(page):
    go(page, "vary")
    first = list(now(page).takes)
    assert len(first) == 6
    choose(page, "count", 12)
    click(page, "vary")
    assert len(now(page).takes) == 12
    assert not any(take.groove == old.groove for take in now(page).takes for old in first)
    likenesses = [take.likeness for take in now(page).takes]
    assert likenesses == sorted(likenesses, reverse=True)


def test_another_song_is_farther_away_than_a_touch(page):
    go(page, "vary")
    likeness = {}
    for word in ("a touch", "another song"):
        choose(page, "amount", word)
        click(page, "vary")
        likeness[word] = np.mean([take.likeness for take in now(page).takes])
    assert likeness["a touch"] > likeness["another song"] + 0.1


def test_takes_are_made_around_the_groove_that_is_asked_for(page):
    go(page, "vary")
    choose(page, "amount", "a touch")
    for around, side in (("A", "a"), ("B", "b")):
        choose(page, "around", around)
        click(page, "vary")
        groove = now(page).deck(side).groove
        assert {take.groove.tempo for take in now(page).takes} == {groove.tempo}
        take = now(page).takes[0]
        assert take.likeness == engine.likeness(groove, take.groove)


def test_a_take_is_played_and_given_back(page):
    go(page, "vary")
    take = now(page).takes[2]
    click(page, f"play-{take.number}")
    assert now(page).heard == take.groove
    assert take.name in text(page)
    click(page, "back")
    session = now(page)
    assert session.heard == engine.blend(session.a.groove, session.b.groove, 0.5)


def test_moving_the_blend_ends_a_take(page):
    go(page, "vary")
    click(page, f"play-{now(page).takes[0].number}")
    tell_player(page, position=0.75)
    assert now(page).take is None
    assert now(page).label == "Blend 75%"


@pytest.mark.parametrize("side", ["a", "b"])
def test_a_take_becomes_a_or_b(page, side):
    go(page, "vary")
    take = now(page).takes[1]
    click(page, f"use-{take.number}-{side}")
    assert now(page).deck(side).groove == take.groove
    assert now(page).deck(side).source.name == take.name


def test_kept_takes_stay_and_discarded_ones_go(page):
    go(page, "vary")
    kept, gone = now(page).takes[3], now(page).takes[0]
    click(page, f"play-{gone.number}")
    click(page, f"discard-{gone.number}")
    assert gone not in now(page).takes and now(page).take is None
    click(page, f"keep-{kept.number}")
    click(page, "vary")
    assert now(page).takes[0] is kept
    assert len(now(page).takes) == 7


def test_takes_survive_a_change_of_page(page):
    go(page, "vary")
    choose(page, "count", 8)
    takes = list(now(page).takes)
    go(page, "blend")
    go(page, "vary")
    assert now(page).takes == takes
    assert page.slider(key="count").value == 8
