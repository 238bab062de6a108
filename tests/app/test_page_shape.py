"""The Shape page and its sliders, driven without a browser."""

import zlib
from base64 import b64decode

import numpy as np
import pytest
from drive import act, click, go, now, run, scene_ids, shown_part, tell_player

from app import engine
from app.player import parts
from app.player.wire import groove_words, pack_groove, pack_words
from app.session import REACH
from app.views import shaping


def turn(page, amounts: dict[int, float]) -> None:
    """As the shape panel does it; what it says is tested in a browser."""
    now(page).amounts = amounts
    run(page)


def test_a_slider_moves_the_groove_along_its_direction(page):
    before = now(page).heard
    go(page, "shape")
    turn(page, {1: 2.0})
    assert now(page).heard == engine.model().nudge(before, [0, 2.0])
    assert now(page).heard != before
    assert now(page).label.endswith("shaped")
    turn(page, {1: 0.0})
    assert now(page).heard == before


def test_reset_and_randomize(page):
    before = now(page).heard
    go(page, "shape")
    click(page, "randomize")
    first = dict(now(page).amounts)
    assert now(page).heard != before
    assert set(first) == {i for i, d in enumerate(engine.directions()) if d.named}
    assert all(abs(amount) <= REACH for amount in first.values())
    click(page, "randomize")
    assert now(page).amounts != first
    click(page, "reset")
    assert now(page).heard == before


def test_a_take_is_shaped_and_moving_the_blend_starts_anew(page):
    go(page, "vary")
    take = now(page).takes[0]
    act(page, "play", take)
    go(page, "shape")
    turn(page, {0: -1.5})
    assert now(page).heard == engine.model().nudge(take.groove, [-1.5])
    tell_player(page, position=0.0)
    assert not now(page).shaped


def test_the_shape_stays_while_the_blend_moves_until_one_goes_back_to_the_blend(page):
    go(page, "shape")
    turn(page, {1: 2.0})
    tell_player(page, position=0.25)
    a, b = now(page).a.groove, now(page).b.groove
    assert now(page).heard == engine.nudge(engine.blend(a, b, 0.25), (0, 2.0))
    assert now(page).label == "Blend 25%, shaped"
    click(page, "back")
    assert now(page).heard == engine.blend(a, b, 0.25)


def path_of(page) -> dict:
    """The path that the player was sent."""
    return shown_part(page, "player")["path"]


def frames(path: dict) -> list[bytes]:
    """The words of each frame."""
    counts = np.array(path["frames"]["counts"])
    planes = np.frombuffer(zlib.decompress(b64decode(path["frames"]["words"])), np.uint8)
    return [words.tobytes() for words in np.split(planes.reshape(4, -1).T, counts.cumsum()[:-1])]


def test_the_way_is_shaped_as_what_settles_on_it(page):
    whole = path_of(page)
    go(page, "shape")
    turn(page, {1: 2.0})
    shaped = path_of(page)
    a, b = now(page).a.groove, now(page).b.groove
    counts = shaped["frames"]["counts"]
    places = [i / (len(counts) - 1) for i in range(len(counts))]
    settled = [engine.nudge(engine.blend(a, b, place), (0, 2.0)) for place in places]
    assert shaped["frames"] == pack_words([groove_words(groove) for groove in settled])
    assert shaped["ends"] == [pack_groove(end)["hits"] for end in (a, b)]
    tell_player(page, position=0.5, path=shaped["id"], monitor="b")
    assert now(page).heard == b, "B is listened to as it is"
    turn(page, {})
    assert path_of(page) == whole


def test_the_feels_of_a_shaped_way_come_once_they_are_apart(page):
    go(page, "shape")
    turn(page, {1: 2.0})
    shaped = path_of(page)
    assert shaped["feels"] is None
    tell_player(page, position=0.5, feel=0.5, path=shaped["id"], felt=False)
    felt = path_of(page)
    assert frames(felt) == frames(shaped)[::2], "no more is sent than before"
    hits = [2 * count for count in felt["frames"]["counts"]]
    assert felt["feels"]["counts"] == hits, "two words for each hit"
    tell_player(page, position=0.5, feel=0.25, path=felt["id"], felt=True, turn=2)
    assert path_of(page) == {"id": felt["id"], "felt": True}


def test_beside_a_shaped_take_the_way_is_what_the_blend_will_be(page):
    go(page, "vary")
    whole = path_of(page)["id"]
    act(page, "play", now(page).takes[0])
    go(page, "shape")
    turn(page, {1: 2.0})
    assert now(page).label == "Take 1, shaped" and path_of(page)["id"] == whole


@pytest.mark.parametrize(
    "back", [None, 5, [1], ["1", "x", "x"], [1, 2, 3], [1, "x", "unknown"], {"1": "x"}]
)
def test_going_back_to_what_cannot_be_changes_nothing(page, back):
    go(page, "shape")
    turn(page, {1: 2.0})
    heard = now(page).heard
    tell_player(page, position=0.5, back=back)
    assert now(page).heard == heard


def test_going_back_to_a_shaped_take_brings_back_take_and_shape(page):
    go(page, "vary")
    act(page, "play", now(page).takes[0])
    go(page, "shape")
    turn(page, {1: 2.0})
    shaped, label, ids = now(page).heard, now(page).label, scene_ids(page)
    tell_player(page, position=0.25)
    assert now(page).take is None and not now(page).shaped
    tell_player(page, position=0.5, turn=2, back=[1, *ids])
    assert (now(page).heard, now(page).label) == (shaped, label)
    go(page, "vary")
    act(page, "play", now(page).takes[1])
    tell_player(page, position=0.5, turn=3, back=[1, *ids])
    assert now(page).take is now(page).takes[1], "what was gone back to before stays left"


def test_along_a_slider_lies_what_the_model_says_with_the_others_where_they_are(page):
    groove = now(page).heard
    path, other = shaping.ways(groove, (0.5, 1.0, 0.0, 2.0), (1, 4), (5, 3))
    assert other == [engine.nudge(groove, (0.5, 1.0, 0.0, 2.0, turn)) for turn in (-3, 0, 3)]
    assert path == [engine.nudge(groove, (0.5, turn, 0.0, 2.0)) for turn in (-3, -1.5, 0, 1.5, 3)]


def test_random_turns_are_as_likely_as_the_bars_along_their_direction(page):
    principal = next(i for i, d in enumerate(engine.directions()) if not d.named)
    turns = [shaping.likely_turns([principal], seed)[principal] for seed in range(400)]
    assert np.std(turns) == pytest.approx(shaping.LIKELY, rel=0.15)
    assert shaping.likely_turns([0, 1], 5) == shaping.likely_turns([0, 1], 5)


def test_every_direction_has_words_for_both_ends(page):
    for i in range(30):
        name, low, high = shaping.words(i)
        assert name and low and high and low != high


@pytest.mark.parametrize(
    "said", [None, 3, {}, {"turn": 1, "amounts": [1, "x"]}, {"turn": 1, "amounts": [1, 99]}]
)
def test_what_cannot_be_turned_is_passed_over(monkeypatch, rock, said):
    mounted, heard = {}, []
    monkeypatch.setattr(parts, "part", lambda *_, **callbacks: mounted.update(callbacks))
    monkeypatch.setattr(parts.st, "session_state", {"panel": {"turned": said}})
    turns = [parts.Turn(name, "less", "more", 0, [rock, rock]) for name in "ab"]
    parts.shape_panel(turns, 3, heard.append, key="panel")
    mounted["on_turned_change"]()
    assert heard == []
    parts.st.session_state["panel"]["turned"] = {"turn": 2, "amounts": [1, -2.5]}
    mounted["on_turned_change"]()
    assert heard == [[1, -2.5]]
