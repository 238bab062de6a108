"""The Shape page and its sliders, driven without a browser."""

import zlib
from base64 import b64decode

import numpy as np
import pytest
from drive import act, click, go, now, player_sends, run, scene_ids, shown_part

from app import engine
from app.player import parts
from app.player.wire import groove_words, pack_groove, pack_words
from app.session import REACH
from app.views import shape


def turn(page, amounts: dict[int, float]) -> None:
    """As the shape panel does it; what it sends is tested in a browser."""
    now(page).amounts = amounts
    run(page)


def test_a_slider_moves_the_groove_along_its_direction(apptest):
    before = now(apptest).heard
    go(apptest, "shape")
    turn(apptest, {1: 2.0})
    assert now(apptest).heard == engine.model().nudge(before, [0, 2.0])
    assert now(apptest).heard != before
    assert now(apptest).label.endswith("shaped")
    turn(apptest, {1: 0.0})
    assert now(apptest).heard == before


def test_reset_and_randomize(apptest):
    before = now(apptest).heard
    go(apptest, "shape")
    click(apptest, "randomize")
    first = dict(now(apptest).amounts)
    assert now(apptest).heard != before
    assert set(first) == {i for i, d in enumerate(engine.directions()) if d.named}
    assert all(abs(amount) <= REACH for amount in first.values())
    click(apptest, "randomize")
    assert now(apptest).amounts != first
    click(apptest, "reset")
    assert now(apptest).heard == before


def test_a_take_is_shaped_and_moving_the_blend_starts_anew(apptest):
    go(apptest, "vary")
    take = now(apptest).takes[0]
    act(apptest, "play", take)
    go(apptest, "shape")
    turn(apptest, {0: -1.5})
    assert now(apptest).heard == engine.model().nudge(take.groove, [-1.5])
    player_sends(apptest, position=0.0)
    assert not now(apptest).shaped


def test_the_shape_stays_while_the_blend_moves_until_one_goes_back_to_the_blend(apptest):
    go(apptest, "shape")
    turn(apptest, {1: 2.0})
    player_sends(apptest, position=0.25)
    a, b = now(apptest).a.groove, now(apptest).b.groove
    assert now(apptest).heard == engine.nudge(engine.blend(a, b, 0.25), (0, 2.0))
    assert now(apptest).label == "Blend 25%, shaped"
    click(apptest, "back")
    assert now(apptest).heard == engine.blend(a, b, 0.25)


def path_of(page) -> dict:
    """The path that the player was sent."""
    return shown_part(page, "player")["path"]


def frames(path: dict) -> list[bytes]:
    """The words of each frame."""
    counts = np.array(path["frames"]["counts"])
    planes = np.frombuffer(zlib.decompress(b64decode(path["frames"]["words"])), np.uint8)
    return [words.tobytes() for words in np.split(planes.reshape(4, -1).T, counts.cumsum()[:-1])]


def test_the_way_is_shaped_as_what_settles_on_it(apptest):
    whole = path_of(apptest)
    go(apptest, "shape")
    turn(apptest, {1: 2.0})
    shaped = path_of(apptest)
    a, b = now(apptest).a.groove, now(apptest).b.groove
    counts = shaped["frames"]["counts"]
    places = [i / (len(counts) - 1) for i in range(len(counts))]
    settled = [engine.nudge(engine.blend(a, b, place), (0, 2.0)) for place in places]
    assert shaped["frames"] == pack_words([groove_words(groove) for groove in settled])
    assert shaped["ends"] == [pack_groove(end)["hits"] for end in (a, b)]
    player_sends(apptest, position=0.5, path=shaped["id"], monitor="b")
    assert now(apptest).heard == b, "B is listened to as it is"
    turn(apptest, {})
    assert path_of(apptest)["id"] == whole["id"]


def test_the_feels_of_a_shaped_way_come_once_they_are_apart(apptest):
    go(apptest, "shape")
    turn(apptest, {1: 2.0})
    shaped = path_of(apptest)
    assert shaped["feels"] is None
    player_sends(apptest, position=0.5, feel=0.5, path=shaped["id"], felt=False)
    felt = path_of(apptest)
    assert frames(felt) == frames(shaped)[::2], "no more is sent than before"
    hits = [2 * count for count in felt["frames"]["counts"]]
    assert felt["feels"]["counts"] == hits, "two words for each hit"
    player_sends(apptest, position=0.5, feel=0.25, path=felt["id"], felt=True, turn=2)
    assert path_of(apptest) == {"id": felt["id"], "felt": True}


def test_beside_a_shaped_take_the_way_is_what_the_blend_will_be(apptest):
    go(apptest, "vary")
    whole = path_of(apptest)["id"]
    act(apptest, "play", now(apptest).takes[0])
    go(apptest, "shape")
    turn(apptest, {1: 2.0})
    assert now(apptest).label == "Take 1, shaped" and path_of(apptest)["id"] == whole


@pytest.mark.parametrize(
    "back", [None, 5, [1], ["1", "x", "x"], [1, 2, 3], [1, "x", "unknown"], {"1": "x"}]
)
def test_going_back_to_what_cannot_be_changes_nothing(apptest, back):
    go(apptest, "shape")
    turn(apptest, {1: 2.0})
    heard = now(apptest).heard
    player_sends(apptest, position=0.5, back=back)
    assert now(apptest).heard == heard


def test_going_back_to_a_shaped_take_brings_back_take_and_shape(apptest):
    go(apptest, "vary")
    act(apptest, "play", now(apptest).takes[0])
    go(apptest, "shape")
    turn(apptest, {1: 2.0})
    shaped, label, ids = now(apptest).heard, now(apptest).label, scene_ids(apptest)
    player_sends(apptest, position=0.25)
    assert now(apptest).take is None and not now(apptest).shaped
    player_sends(apptest, position=0.5, turn=2, back=[1, *ids])
    assert (now(apptest).heard, now(apptest).label) == (shaped, label)
    go(apptest, "vary")
    act(apptest, "play", now(apptest).takes[1])
    player_sends(apptest, position=0.5, turn=3, back=[1, *ids])
    assert now(apptest).take is now(apptest).takes[1], "what was gone back to before stays left"


def test_along_a_slider_lies_what_the_model_says_with_the_others_where_they_are(apptest):
    groove = now(apptest).heard
    path, other = shape.slider_paths(groove, (0.5, 1.0, 0.0, 2.0), (1, 4), (5, 3))
    assert other == [engine.nudge(groove, (0.5, 1.0, 0.0, 2.0, turn)) for turn in (-3, 0, 3)]
    assert path == [engine.nudge(groove, (0.5, turn, 0.0, 2.0)) for turn in (-3, -1.5, 0, 1.5, 3)]


def test_random_amounts_are_as_likely_as_the_bars_along_their_direction(apptest):
    principal = next(i for i, d in enumerate(engine.directions()) if not d.named)
    amounts = [shape.likely_amounts([principal], seed)[principal] for seed in range(400)]
    assert np.std(amounts) == pytest.approx(shape.LIKELY, rel=0.15)
    assert shape.likely_amounts([0, 1], 5) == shape.likely_amounts([0, 1], 5)


def test_every_direction_has_words_for_both_ends(apptest):
    for i in range(30):
        name, low, high = shape.words(i)
        assert name and low and high and low != high


@pytest.mark.parametrize(
    "message", [None, 3, {}, {"turn": 1, "amounts": [1, "x"]}, {"turn": 1, "amounts": [1, 99]}]
)
def test_amounts_that_are_not_possible_are_ignored(monkeypatch, rock, message):
    mounted, heard = {}, []
    monkeypatch.setattr(parts, "part", lambda *_, **callbacks: mounted.update(callbacks))
    monkeypatch.setattr(parts.st, "session_state", {"panel": {"turned": message}})
    turns = [parts.Turn(name, "less", "more", 0, [rock, rock]) for name in "ab"]
    parts.shape_panel(turns, 3, heard.append, key="panel")
    mounted["on_turned_change"]()
    assert heard == []
    parts.st.session_state["panel"]["turned"] = {"turn": 2, "amounts": [1, -2.5]}
    mounted["on_turned_change"]()
    assert heard == [[1, -2.5]]
