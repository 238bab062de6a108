"""The Vary page and its wall of takes, driven without a browser."""

import numpy as np
import pytest
from drive import (
    act,
    choose,
    click,
    go,
    now,
    part_sends,
    player_sends,
    run,
    scene_ids,
    shown_part,
)

from app import engine, player
from app.player.wire import pack_groove
from app.session import MOST_TAKES, Take
from app.share import link
from beatgen.kit import VOICES_OF_FAMILY
from beatgen.latent.atlas import style_label
from beatgen.latent.codec import strikes_of


def test_the_wall_is_filled_and_each_click_brings_new_takes(apptest):
    go(apptest, "vary")
    first = list(now(apptest).takes)
    assert len(first) == 6
    choose(apptest, "count", 12)
    click(apptest, "vary")
    assert len(now(apptest).takes) == 12
    assert not any(take.groove == old.groove for take in now(apptest).takes for old in first)
    similarities = [take.similarity for take in now(apptest).takes]
    assert similarities == sorted(similarities, reverse=True)


def test_takes_start_from_the_groove_that_is_asked_for(apptest):
    go(apptest, "vary")
    choose(apptest, "amount", "subtle")
    for side in ("a", "b"):
        choose(apptest, "start", side)
        click(apptest, "vary")
        groove = now(apptest).deck(side).groove
        assert {take.groove.tempo for take in now(apptest).takes} == {groove.tempo}
        take = now(apptest).takes[0]
        assert take.similarity == engine.similarity(groove, take.groove)


def test_takes_start_from_what_plays_when_they_are_asked_for(apptest):
    go(apptest, "vary")
    choose(apptest, "amount", "subtle")
    apptest.session_state["player"] = {"played": {"turn": 5, "position": 0.125}}
    click(apptest, "vary")
    assert now(apptest).position == 0.125
    take = now(apptest).takes[0]
    assert take.similarity == engine.similarity(now(apptest).heard, take.groove)
    assert take.groove.tempo == now(apptest).heard.tempo


def test_a_take_is_played_and_given_back(apptest):
    go(apptest, "vary")
    take = now(apptest).takes[2]
    act(apptest, "play", take)
    assert now(apptest).heard == take.groove
    assert take.name in now(apptest).title
    click(apptest, "back")
    session = now(apptest)
    assert session.heard == engine.blend(session.a.groove, session.b.groove, 0.5)


def test_takes_that_went_from_the_wall_are_restored(apptest):
    go(apptest, "vary")
    first = list(now(apptest).takes)
    click(apptest, "vary")
    fresh = list(now(apptest).takes)
    act(apptest, "keep", fresh[0])
    click(apptest, "restore")
    assert now(apptest).takes == [*fresh, *first], "nothing goes for them"
    assert apptest.button(key="restore").disabled
    act(apptest, "discard", fresh[2])
    assert fresh[2] not in now(apptest).takes
    click(apptest, "restore")
    assert now(apptest).takes == [*fresh, *first]


def test_takes_that_were_discarded_come_back_one_after_another(apptest):
    go(apptest, "vary")
    first = list(now(apptest).takes)
    for take in (first[0], first[3], first[5]):
        act(apptest, "discard", take)
    for gone in ([first[0], first[3]], [first[0]], []):
        click(apptest, "restore")
        assert now(apptest).takes == [take for take in first if take not in gone]
    assert apptest.button(key="restore").disabled, "there are no more"


def test_ten_presses_of_v_make_ten_sets_of_takes(apptest):
    go(apptest, "vary")
    before = now(apptest).numbered
    player_sends(apptest, varied=10)
    assert now(apptest).numbered == before + 60
    player_sends(apptest, varied=10)
    assert now(apptest).numbered == before + 60, "each counts once"


def test_where_all_is_locked_vary_says_so_and_leaves_the_takes(apptest):
    go(apptest, "vary")
    takes = list(now(apptest).takes)
    groove = now(apptest).heard
    cells = bar, step, voice = np.nonzero(groove.velocity)
    velocity = np.rint(groove.velocity[cells] * 127)
    hits = np.stack([bar * groove.steps + step, voice, velocity, groove.timing[cells]], 1).tolist()
    lock = {"bars": 2, "voices": list(range(22)), "sixteenths": [], "hits": hits}
    player_sends(apptest, position=0.5, lock=lock)
    click(apptest, "vary")
    assert now(apptest).takes == takes
    assert any("is locked" in caption.value for caption in apptest.caption)
    player_sends(apptest, position=0.5, lock=None, turn=2)
    click(apptest, "vary")
    assert now(apptest).takes != takes


def test_a_discard_is_undone_on_the_grid(apptest):
    go(apptest, "vary")
    takes = list(now(apptest).takes)
    act(apptest, "discard", takes[1])
    player_sends(apptest, wall=[[1, "put back", takes[1].number]])
    assert now(apptest).takes == takes
    player_sends(apptest, wall=[[1, "put back", takes[1].number], [2, "discard", takes[1].number]])
    assert takes[1] not in now(apptest).takes
    player_sends(apptest, wall=[["x"], [2, "discard", takes[0].number], None])
    assert takes[0] in now(apptest).takes, "what was done before is not done again"


def test_all_but_the_kept_are_undone_at_once(apptest):
    go(apptest, "vary")
    takes = list(now(apptest).takes)
    takes[2].kept = True
    click(apptest, "discard-others")
    assert now(apptest).takes == [takes[2]]
    count, numbers = now(apptest).swept
    assert (count, numbers) == (1, tuple(take.number for take in takes if take is not takes[2]))
    back = [[turn, "put back", number] for turn, number in enumerate(numbers, 1)]
    player_sends(apptest, wall=back)
    assert now(apptest).takes == takes


def test_a_wall_from_which_the_last_take_was_discarded_stays_empty(apptest):
    go(apptest, "vary")
    *others, last = list(now(apptest).takes)
    for take in [*others, last]:
        act(apptest, "discard", take)
    assert now(apptest).takes == [] and shown_part(apptest, "wall")["takes"] == []
    assert any("No takes" in caption.value for caption in apptest.caption)
    go(apptest, "blend")
    go(apptest, "vary")
    assert now(apptest).takes == [], "nor does it fill itself later"
    click(apptest, "restore")
    assert now(apptest).takes == [last]
    act(apptest, "discard", last)
    click(apptest, "vary")
    assert len(now(apptest).takes) == 6


def test_no_kept_take_goes_for_a_fresh_one(apptest, random_groove):
    hung = [Take(i + 1, random_groove(i, bars=1), 1.0, kept=True) for i in range(MOST_TAKES)]
    now(apptest).takes = [Take(99, random_groove(99), 1.0), *hung]
    now(apptest).numbered = 99
    go(apptest, "vary")
    click(apptest, "vary")
    assert now(apptest).takes[:MOST_TAKES] == hung and len(now(apptest).takes) == MOST_TAKES + 6
    for act_on in (
        lambda: click(apptest, "keep"),
        lambda: act(apptest, "keep", now(apptest).takes[-1]),
    ):
        act_on()
        assert [take for take in now(apptest).takes if take.kept] == hung
        assert f"{MOST_TAKES} takes are kept" in apptest.toast[-1].value
    act(apptest, "let go", hung[7])
    click(apptest, "keep")
    kept = [take for take in now(apptest).takes if take.kept]
    assert kept[1:] == [take for take in hung if take is not hung[7]]
    assert kept[0].groove == now(apptest).heard


def test_a_new_wall_has_nothing_to_restore(apptest):
    go(apptest, "vary")
    assert apptest.button(key="restore").disabled


def test_going_back_brings_back_the_deck_that_a_take_was_put_on(apptest):
    go(apptest, "vary")
    choose(apptest, "count", 7)
    before, source = now(apptest).heard, now(apptest).a.source
    ids, renewed = scene_ids(apptest), now(apptest).a.renewed
    act(apptest, "a", now(apptest).takes[1])
    assert now(apptest).a.source is not source
    player_sends(apptest, position=0.5, turn=2, back=[1, *ids])
    assert now(apptest).a.source is source
    assert now(apptest).a.renewed > renewed + 1, "what its widgets still send counts no more"
    assert now(apptest).heard == before


def test_moving_the_blend_ends_a_take(apptest):
    go(apptest, "vary")
    act(apptest, "play", now(apptest).takes[0])
    player_sends(apptest, position=0.75)
    assert now(apptest).take is None
    assert now(apptest).label == "Blend 75%"


@pytest.mark.parametrize("side", ["a", "b"])
def test_a_take_becomes_a_or_b(apptest, side):
    go(apptest, "vary")
    take = now(apptest).takes[1]
    act(apptest, side, take)
    assert now(apptest).deck(side).groove == take.groove
    assert now(apptest).deck(side).source.name == take.name


def test_kept_takes_stay_and_discarded_ones_go(apptest):
    go(apptest, "vary")
    kept, gone = now(apptest).takes[3], now(apptest).takes[0]
    act(apptest, "play", gone)
    act(apptest, "discard", gone)
    assert gone not in now(apptest).takes and now(apptest).take is None
    act(apptest, "keep", kept)
    click(apptest, "vary")
    assert now(apptest).takes[0] is kept
    assert len(now(apptest).takes) == 7
    act(apptest, "let go", kept)
    click(apptest, "vary")
    assert kept not in now(apptest).takes


def test_a_card_says_what_its_take_is(apptest):
    go(apptest, "vary")
    wall = shown_part(apptest, "wall")
    takes = now(apptest).takes
    assert [card["number"] for card in wall["takes"]] == [take.number for take in takes]
    assert wall["names"] == [take.name for take in takes]
    assert wall["alike"] == [f"{take.similarity:.0%} similar" for take in takes]
    for card, take in zip(wall["takes"], takes, strict=True):
        nearest = engine.nearest(take.groove)
        assert card["near"] == f"{style_label(nearest.style)}, {nearest.similarity:.0%}"
        assert card["hits"] == pack_groove(take.groove)["hits"]
    used = np.any([take.groove.velocity.any((0, 1)) for take in takes], 0)
    assert set(np.flatnonzero(used)) <= set(wall["rows"]), "all cards have the same rows"


def test_the_wall_shows_which_takes_are_kept_and_which_plays(apptest):
    go(apptest, "vary")
    takes = now(apptest).takes
    assert (
        shown_part(apptest, "wall")["plays"] is None and shown_part(apptest, "wall")["kept"] == []
    )
    act(apptest, "play", takes[1])
    act(apptest, "keep", takes[2])
    assert shown_part(apptest, "wall")["plays"] == takes[1].number
    assert shown_part(apptest, "wall")["kept"] == [takes[2].number]


def test_a_take_is_sent_once_and_all_again_to_a_browser_that_lacks_one(apptest):
    go(apptest, "vary")
    first = shown_part(apptest, "wall")["takes"]
    kept = now(apptest).takes[4]
    act(apptest, "keep", kept)
    assert shown_part(apptest, "wall")["takes"] == [card["id"] for card in first]
    click(apptest, "vary")
    again, *fresh = shown_part(apptest, "wall")["takes"]
    assert again == first[4]["id"]
    assert [card["number"] for card in fresh] == [take.number for take in now(apptest).takes[1:]]
    part_sends(apptest, "wall", "acts", {"acts": [], "lacks": True})
    assert shown_part(apptest, "wall")["takes"] == [first[4], *fresh]
    go(apptest, "blend")
    go(apptest, "vary")
    assert shown_part(apptest, "wall")["takes"] == [again, *(card["id"] for card in fresh)]


def test_another_take_under_the_same_number_is_sent(apptest):
    go(apptest, "vary")
    first = shown_part(apptest, "wall")["takes"]
    now(apptest).takes[0].groove = now(apptest).takes[1].groove
    act(apptest, "keep", now(apptest).takes[5])
    sent = shown_part(apptest, "wall")["takes"]
    assert sent[0]["number"] == first[0]["number"] and sent[0]["hits"] == first[1]["hits"]
    assert sent[1:] == [card["id"] for card in first[1:]]


def test_what_was_done_before_an_answer_is_done_once_and_in_order(apptest):
    go(apptest, "vary")
    first, second, third = now(apptest).takes[:3]
    acts = [[1, "keep", first.number], [2, "play", second.number], [3, "discard", third.number]]
    part_sends(apptest, "wall", "acts", {"acts": acts[:2]})
    part_sends(apptest, "wall", "acts", {"acts": acts})
    assert first.kept and now(apptest).take is second
    assert third not in now(apptest).takes and len(now(apptest).takes) == 5
    assert shown_part(apptest, "wall")["answered"] == 3
    answered = {"acts": [[3, "discard", first.number]]}
    part_sends(apptest, "wall", "acts", answered)
    assert first in now(apptest).takes


@pytest.mark.parametrize(
    "message",
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
def test_nonsense_from_the_wall_is_ignored(apptest, message):
    go(apptest, "vary")
    takes = list(now(apptest).takes)
    part_sends(apptest, "wall", "acts", message)
    assert now(apptest).takes == takes and now(apptest).take is None
    act(apptest, "discard", takes[0])
    assert now(apptest).takes == takes[1:], "what comes after is heard"


def test_takes_survive_a_change_of_page(apptest):
    go(apptest, "vary")
    choose(apptest, "count", 8)
    takes = list(now(apptest).takes)
    go(apptest, "blend")
    go(apptest, "vary")
    assert now(apptest).takes == takes
    assert apptest.slider(key="count").value == 8


def test_a_long_take_packs_and_sends_no_path(apptest, monkeypatch, random_groove):
    packed = []
    pack = player.pack_path
    monkeypatch.setattr(player, "pack_path", lambda *path: packed.append(path) or pack(*path))
    now(apptest).play(Take(1, random_groove(bars=8), 1.0))
    for _ in range(3):
        run(apptest)
    shown = shown_part(apptest, "player")
    assert not packed and "frames" not in shown["path"]
    assert (shown["bars"], shown["settled"]["bars"]) == (8, 8)


# What takes are made of ---------------------------------------------------------------------------


def test_takes_change_the_pattern_or_the_feel_or_both(apptest):
    go(apptest, "vary")
    heard = strikes_of(now(apptest).heard).count
    choose(apptest, "change", "feel")
    click(apptest, "vary")
    played = [take.groove for take in now(apptest).takes]
    assert all(np.array_equal(strikes_of(groove).count, heard) for groove in played)
    away = [np.abs(groove.velocity - now(apptest).heard.velocity).sum() for groove in played]
    assert away == sorted(away) and away[0] > 0
    choose(apptest, "change", "pattern")
    choose(apptest, "amount", "lot")
    click(apptest, "vary")
    assert not any(np.array_equal(strikes_of(t.groove).count, heard) for t in now(apptest).takes)


def test_a_new_groove_is_farther_away_than_a_subtle_change(apptest):
    go(apptest, "vary")
    similarity = {}
    for word in ("subtle", "new"):
        choose(apptest, "amount", word)
        click(apptest, "vary")
        similarity[word] = np.mean([take.similarity for take in now(apptest).takes])
    assert similarity["subtle"] > similarity["new"] + 0.1


def test_v_on_another_page_makes_takes_as_the_wall_is_set_and_shows_it(apptest):
    go(apptest, "vary")
    choose(apptest, "count", 8)
    act(apptest, "keep", now(apptest).takes[0])
    kept = now(apptest).takes[0]
    go(apptest, "blend")
    player_sends(apptest, varied=1)
    assert [take["number"] for take in shown_part(apptest, "wall")["takes"][1:]] == list(
        range(7, 15)
    )
    assert now(apptest).takes[0] is kept and len(now(apptest).takes) == 9
    run(apptest)
    assert len(now(apptest).takes) == 9 and now(apptest).numbered == 14, "once"


# Finishing a beat ---------------------------------------------------------------------------------


def lock_of(groove, voices) -> dict:
    """A lock of these voices, as the player sends it."""
    cells = bar, step, voice = np.nonzero(groove.velocity * np.isin(groove.voices, voices))
    velocity = np.rint(groove.velocity[cells] * 127)
    hits = np.stack([bar * groove.steps + step, voice, velocity, groove.timing[cells]], 1).tolist()
    return {"bars": groove.bars, "voices": voices, "sixteenths": [], "hits": hits}


def test_a_beat_is_finished_around_what_is_locked(apptest):
    go(apptest, "vary")
    kept = now(apptest).takes[0]
    act(apptest, "keep", kept)
    groove = now(apptest).heard
    player_sends(apptest, position=0.5, lock=lock_of(groove, [0, 1, 2, 3]), finished=[1, "rest"])
    first, *fresh = now(apptest).takes
    assert first is kept and len(fresh) == 6 and first.likelihood is None
    for take in fresh:
        for new, old in zip(
            (take.groove.velocity, take.groove.timing),
            (groove.velocity, groove.timing),
            strict=True,
        ):
            assert new[..., :4].tobytes() == old[..., :4].tobytes()
    likelihoods = [take.likelihood for take in fresh]
    assert likelihoods == sorted(likelihoods, reverse=True)
    shown = shown_part(apptest, "wall")["alike"]
    assert shown == ["", *(f"{likelihood:.0%} likely" for likelihood in likelihoods)]
    assert any("Likeliest first" in caption.value for caption in apptest.caption)
    run(apptest)
    assert now(apptest).takes == [kept, *fresh], "once"
    back = link.unpack(link.pack_memory(now(apptest)))
    assert [take.likelihood for take in back.takes] == pytest.approx([None, *likelihoods], abs=1e-4)
    click(apptest, "restore")
    assert len(now(apptest).takes) == 12
    click(apptest, "vary")
    assert all(take.likelihood is None for take in now(apptest).takes)


def test_where_nothing_is_locked_finishing_says_so_and_leaves_the_takes(apptest):
    go(apptest, "vary")
    takes = list(now(apptest).takes)
    player_sends(apptest, position=0.5, finished=[1, "rest"])
    assert now(apptest).takes == takes
    assert any("Nothing is locked" in caption.value for caption in apptest.caption)
    every = lock_of(now(apptest).heard, list(range(22)))
    player_sends(apptest, position=0.5, lock=every, finished=[2, "rest"], turn=2)
    assert now(apptest).takes == takes
    assert any("is locked" in caption.value for caption in apptest.caption)


@pytest.mark.parametrize(("what", "family"), [("hats", "hat"), ("kick", "kick")])
def test_where_one_family_is_asked_for_nothing_else_is_proposed(apptest, what, family):
    go(apptest, "vary")
    groove, own = now(apptest).heard, list(VOICES_OF_FAMILY[family])
    others = [
        voice for voice in range(22) if voice not in own and groove.velocity[..., voice].any()
    ]
    player_sends(apptest, position=0.5, lock=lock_of(groove, others), finished=[1, what])
    assert any((take.groove.velocity[..., own] > 0).any() for take in now(apptest).takes)
    for take in now(apptest).takes:
        assert take.likelihood is not None
        silent = np.delete(take.groove.velocity, own, axis=2)
        assert np.array_equal(silent, np.delete(groove.velocity, own, axis=2))


@pytest.mark.parametrize("finished", [7, [], [1], ["1", "rest"], [1, "all"], [0, "rest"], [1, {}]])
def test_nonsense_about_finishing_is_ignored(apptest, finished):
    go(apptest, "vary")
    takes = list(now(apptest).takes)
    player_sends(apptest, position=0.5, finished=finished)
    assert now(apptest).takes == takes and not now(apptest).none_locked
