"""Takes, driven without a browser."""

import numpy as np
import pytest
from drive import (
    act,
    choose,
    click,
    go,
    now,
    run,
    scene_ids,
    shown_part,
    tell_part,
    tell_player,
    text,
)

from app import engine, player
from app.player.wire import pack_groove
from app.take import MOST_TAKES, Take
from beatgen.latent.atlas import written


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


def test_takes_are_made_around_what_plays_when_they_are_asked_for(page):
    go(page, "vary")
    choose(page, "amount", "a touch")
    page.session_state["player"] = {"played": {"turn": 5, "position": 0.125}}
    click(page, "vary")
    assert now(page).position == 0.125
    take = now(page).takes[0]
    assert take.likeness == engine.likeness(now(page).heard, take.groove)
    assert take.groove.tempo == now(page).heard.tempo


def test_a_take_is_played_and_given_back(page):
    go(page, "vary")
    take = now(page).takes[2]
    act(page, "play", take)
    assert now(page).heard == take.groove
    assert take.name in text(page)
    click(page, "back")
    session = now(page)
    assert session.heard == engine.blend(session.a.groove, session.b.groove, 0.5)


def test_takes_that_went_from_the_wall_are_brought_back(page):
    go(page, "vary")
    first = list(now(page).takes)
    click(page, "vary")
    fresh = list(now(page).takes)
    act(page, "keep", fresh[0])
    click(page, "bring-back")
    assert now(page).takes == [fresh[0], *first], "what was kept stays"
    click(page, "bring-back")
    assert now(page).takes == fresh
    act(page, "discard", fresh[2])
    assert fresh[2] not in now(page).takes
    click(page, "bring-back")
    assert now(page).takes == fresh


def test_takes_that_were_discarded_come_back_one_after_another(page):
    go(page, "vary")
    first = list(now(page).takes)
    for take in (first[0], first[3], first[5]):
        act(page, "discard", take)
    for gone in ([first[0], first[3]], [first[0]], []):
        click(page, "bring-back")
        assert now(page).takes == [take for take in first if take not in gone]
    click(page, "bring-back")
    assert now(page).takes == [first[1], first[2], first[4]], "and then it is as it is now"
    click(page, "vary")
    click(page, "bring-back")
    assert now(page).takes == [first[1], first[2], first[4]]


def test_no_kept_take_goes_for_a_fresh_one(page, random_groove):
    hung = [Take(i + 1, random_groove(i, bars=1), 1.0, kept=True) for i in range(MOST_TAKES)]
    now(page).takes = [Take(99, random_groove(99), 1.0), *hung]
    now(page).numbered = 99
    go(page, "vary")
    click(page, "vary")
    assert now(page).takes[:MOST_TAKES] == hung and len(now(page).takes) == MOST_TAKES + 6
    for act_on in (lambda: click(page, "keep"), lambda: act(page, "keep", now(page).takes[-1])):
        act_on()
        assert [take for take in now(page).takes if take.kept] == hung
        assert f"{MOST_TAKES} takes are kept" in page.toast[-1].value
    act(page, "let go", hung[7])
    click(page, "keep")
    kept = [take for take in now(page).takes if take.kept]
    assert kept[1:] == [take for take in hung if take is not hung[7]]
    assert kept[0].groove == now(page).heard


def test_nothing_is_brought_back_to_a_new_wall(page):
    go(page, "vary")
    assert page.button(key="bring-back").disabled


def test_going_back_brings_back_the_deck_that_a_take_was_put_on(page):
    go(page, "vary")
    choose(page, "count", 7)
    before, source = now(page).heard, now(page).a.source
    ids, renewed = scene_ids(page), now(page).a.renewed
    act(page, "a", now(page).takes[1])
    assert now(page).a.source is not source
    tell_player(page, position=0.5, turn=2, back=[1, *ids])
    assert now(page).a.source is source
    assert now(page).a.renewed > renewed + 1, "what its widgets still send counts no more"
    assert now(page).heard == before


def test_moving_the_blend_ends_a_take(page):
    go(page, "vary")
    act(page, "play", now(page).takes[0])
    tell_player(page, position=0.75)
    assert now(page).take is None
    assert now(page).label == "Blend 75%"


@pytest.mark.parametrize("side", ["a", "b"])
def test_a_take_becomes_a_or_b(page, side):
    go(page, "vary")
    take = now(page).takes[1]
    act(page, side, take)
    assert now(page).deck(side).groove == take.groove
    assert now(page).deck(side).source.name == take.name


def test_kept_takes_stay_and_discarded_ones_go(page):
    go(page, "vary")
    kept, gone = now(page).takes[3], now(page).takes[0]
    act(page, "play", gone)
    act(page, "discard", gone)
    assert gone not in now(page).takes and now(page).take is None
    act(page, "keep", kept)
    click(page, "vary")
    assert now(page).takes[0] is kept
    assert len(now(page).takes) == 7
    act(page, "let go", kept)
    click(page, "vary")
    assert kept not in now(page).takes


def test_a_card_tells_what_its_take_is(page):
    go(page, "vary")
    wall = shown_part(page, "wall")
    takes = now(page).takes
    assert [card["number"] for card in wall["takes"]] == [take.number for take in takes]
    for card, take in zip(wall["takes"], takes, strict=True):
        nearest = engine.nearest(take.groove)
        assert card["name"] == take.name
        assert card["alike"] == f"{take.likeness:.0%} alike"
        assert card["near"] == f"{nearest.likeness:.0%}, {written(nearest.style)}"
        assert card["hits"] == pack_groove(take.groove)["hits"]
    used = np.any([take.groove.velocity.any((0, 1)) for take in takes], 0)
    assert set(np.flatnonzero(used)) <= set(wall["rows"]), "all cards have the same rows"


def test_the_wall_tells_which_takes_are_kept_and_which_plays(page):
    go(page, "vary")
    takes = now(page).takes
    assert shown_part(page, "wall")["plays"] is None and shown_part(page, "wall")["kept"] == []
    act(page, "play", takes[1])
    act(page, "keep", takes[2])
    assert shown_part(page, "wall")["plays"] == takes[1].number
    assert shown_part(page, "wall")["kept"] == [takes[2].number]


def test_a_take_is_sent_once_and_all_again_to_a_browser_that_lacks_one(page):
    go(page, "vary")
    first = shown_part(page, "wall")["takes"]
    kept = now(page).takes[4]
    act(page, "keep", kept)
    assert shown_part(page, "wall")["takes"] == [card["id"] for card in first]
    click(page, "vary")
    again, *fresh = shown_part(page, "wall")["takes"]
    assert again == first[4]["id"]
    assert [card["number"] for card in fresh] == [take.number for take in now(page).takes[1:]]
    tell_part(page, "wall", "told", {"acts": [], "lacks": True})
    assert shown_part(page, "wall")["takes"] == [first[4], *fresh]
    go(page, "blend")
    go(page, "vary")
    assert shown_part(page, "wall")["takes"] == [again, *(card["id"] for card in fresh)]


def test_another_take_under_the_same_number_is_sent(page):
    go(page, "vary")
    first = shown_part(page, "wall")["takes"]
    now(page).takes[0].groove = now(page).takes[1].groove
    act(page, "keep", now(page).takes[5])
    sent = shown_part(page, "wall")["takes"]
    assert sent[0]["number"] == first[0]["number"] and sent[0]["hits"] == first[1]["hits"]
    assert sent[1:] == [card["id"] for card in first[1:]]


def test_what_was_done_before_an_answer_is_done_once_and_in_order(page):
    go(page, "vary")
    first, second, third = now(page).takes[:3]
    told = [[1, "keep", first.number], [2, "play", second.number], [3, "discard", third.number]]
    tell_part(page, "wall", "told", {"acts": told[:2]})
    tell_part(page, "wall", "told", {"acts": told})
    assert first.kept and now(page).take is second
    assert third not in now(page).takes and len(now(page).takes) == 5
    assert shown_part(page, "wall")["heard"] == 3
    answered = {"acts": [[3, "discard", first.number]]}
    tell_part(page, "wall", "told", answered)
    assert first in now(page).takes


@pytest.mark.parametrize(
    "told",
    [
        None,
        "discard",
        [],
        {"acts": {"turn": 1}},
        {"lacks": 7},
        {"acts": [7]},
        {"acts": [[1, "discard"]]},
        {"acts": [["1", "discard", 1]]},
        {"acts": [[1, "explode", 1]]},
        {"acts": [[1, ["discard"], 1]]},
        {"acts": [[1, "discard", None]]},
        {"acts": [[1, "discard", 10**30]]},
        {"acts": [[1, "discard", -1]]},
    ],
)
def test_nonsense_from_the_wall_is_passed_over(page, told):
    go(page, "vary")
    takes = list(now(page).takes)
    tell_part(page, "wall", "told", told)
    assert now(page).takes == takes and now(page).take is None
    act(page, "discard", takes[0])
    assert now(page).takes == takes[1:], "what comes after is heard"


def test_takes_survive_a_change_of_page(page):
    go(page, "vary")
    choose(page, "count", 8)
    takes = list(now(page).takes)
    go(page, "blend")
    go(page, "vary")
    assert now(page).takes == takes
    assert page.slider(key="count").value == 8


def test_a_long_take_packs_and_sends_no_way(page, monkeypatch, random_groove):
    packed = []
    pack = player.pack_path
    monkeypatch.setattr(player, "pack_path", lambda *path: packed.append(path) or pack(*path))
    now(page).play(Take(1, random_groove(bars=8), 1.0))
    for _ in range(3):
        run(page)
    shown = shown_part(page, "player")
    assert not packed and "frames" not in shown["path"]
    assert (shown["bars"], shown["settled"]["bars"]) == (8, 8)
