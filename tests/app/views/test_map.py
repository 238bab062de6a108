"""The Map page, driven without a browser."""

import numpy as np
import pytest
from drive import act, choose, click, go, now, part_sends, run, shown_part, text

from app import engine
from app.player.parts import CORNERS
from app.player.wire import pack_groove
from beatgen.errors import ModelError
from beatgen.plot.map import UNITS, from_units

LASSO = [[2000, 2000], [7000, 2000], [7000, 7000], [2000, 7000]]  # in units of the chart
BOX = [[-100, 10_100], [10_100, 10_100], [10_100, -100], [-100, -100]]
NOWHERE = [[-10, -10], [-5, -10], [-5, -5]]


def select(page, *outlines) -> None:
    """What the map's browser side would send."""
    page.session_state["map-region"] = {"region": [*outlines]}
    run(page)


def test_the_map_shows_a_and_b_and_what_sounds(apptest):
    go(apptest, "map")
    (marks,) = [
        each.value for each in apptest.html if each.value.startswith('<div class="bg-marks')
    ]
    bars = len(np.unique(engine.places(now(apptest).a.groove).round(2), axis=0))
    assert marks.count(">A</b>") >= bars and ">B</b>" in marks
    assert marks.count("<img") == now(apptest).heard.bars, "a path for each bar"
    assert 'class="heard"' in marks
    counts = shown_part(apptest, "map")["points"]["counts"]
    assert 10_000 < sum(counts) <= len(engine.atlas())


def test_the_path_on_the_map_leads_from_a_to_b(apptest):
    a, b = now(apptest).a.groove, now(apptest).b.groove
    path = engine.path_places(a, b)
    assert path[:, 0] == pytest.approx(engine.places(a), abs=1e-4)
    assert path[:, -1] == pytest.approx(engine.places(b), abs=1e-4)


def test_a_point_that_is_clicked_is_heard_in_a_selection_too(apptest):
    go(apptest, "map")
    atlas = engine.atlas()
    for near in (7, 700):
        place = np.rint(atlas.places[near] * UNITS).tolist()
        part_sends(apptest, "map-region", "chosen", place)
        bar = atlas.bar_at(*from_units(place))
        assert now(apptest).take.groove == engine.training_bar(bar, now(apptest).heard.tempo)
        assert f"{bar + 1:,}" in now(apptest).take.name
        select(apptest, LASSO)


def test_one_bar_of_a_style_is_heard_and_takes_are_drawn_from_it(apptest, monkeypatch):
    go(apptest, "map")
    atlas = engine.atlas()
    heard, drawn = [], []
    hear, sample = engine.training_bar, engine.sample
    monkeypatch.setattr(
        engine, "training_bar", lambda bar, *how: heard.append(bar) or hear(bar, *how)
    )
    monkeypatch.setattr(engine, "sample", lambda *how: drawn.append(how[0]) or sample(*how))
    click(apptest, "map-hear")
    choose(apptest, "map-style", "jazz")
    for _ in range(3):
        click(apptest, "map-hear")
        assert now(apptest).take.groove == hear(heard[-1], now(apptest).heard.tempo)
        assert now(apptest).take.name.startswith("Jazz") and now(apptest).starts == len(heard)
    assert len(set(heard)) == 4, "other ones each time"
    assert "Jazz</h2>" in text(apptest)
    jazz = np.flatnonzero(atlas.style == atlas.styles.index("jazz"))
    assert set(heard[1:]) <= set(jazz)
    click(apptest, "map-draw")
    assert np.array_equal(drawn[0], jazz)
    select(apptest, LASSO)
    click(apptest, "map-draw")
    inside = atlas.inside(from_units(LASSO))
    assert np.array_equal(drawn[1], np.intersect1d(jazz, inside)) and len(drawn[1])


def test_a_style_that_is_not_in_the_selection_gives_nothing(apptest):
    go(apptest, "map")
    atlas = engine.atlas()
    rarest = atlas.styles[-1]
    first = np.flatnonzero(atlas.style == 0)
    x, y = np.rint(atlas.places[first[0]] * UNITS).tolist()
    choose(apptest, "map-style", rarest)
    select(apptest, [[x - 1, y - 1], [x + 1, y - 1], [x + 1, y + 1], [x - 1, y + 1]])
    assert not [button for button in apptest.button if button.key == "map-draw"]
    assert apptest.button(key="map-hear").disabled


def test_beside_the_map_is_a_picture_of_what_sounds(apptest):
    go(apptest, "map")
    part_sends(apptest, "map-region", "chosen", [5000, 5000])
    heard = now(apptest).heard
    picture = shown_part(apptest, "map-picture")
    assert picture["groove"] == pack_groove(heard)
    assert set(np.flatnonzero(heard.velocity.any((0, 1)))) <= set(picture["rows"])


@pytest.mark.parametrize(
    "message", [None, 5, [1], [1, "2"], [1, None], [1e12, 0], {"x": 1, "y": 2}]
)
def test_nonsense_in_place_of_a_point_is_ignored(apptest, message):
    go(apptest, "map")
    part_sends(apptest, "map-region", "chosen", message)
    assert now(apptest).take is None


def test_a_selection_on_the_map_gives_takes(apptest):
    go(apptest, "map")
    assert not [button for button in apptest.button if button.key == "map-draw"]
    select(apptest, LASSO)
    click(apptest, "map-draw")
    first = [take.groove for take in now(apptest).takes]
    assert len(first) == 12
    assert now(apptest).take is now(apptest).takes[0], "one of them sounds"
    assert {groove.tempo for groove in first} == {now(apptest).heard.tempo}
    click(apptest, "map-draw")
    assert not any(take.groove == old for take in now(apptest).takes for old in first)
    act(apptest, "play", now(apptest).takes[5], "map-takes")
    assert now(apptest).take is now(apptest).takes[5]


def test_takes_from_a_selection_are_hardly_ever_emptier_than_its_bars(apptest):
    atlas = engine.atlas()
    for seed, middle in enumerate(range(0, len(atlas), len(atlas) // 8)):
        squared = np.square(atlas.places - atlas.places[middle]).sum(1)
        among = np.flatnonzero(squared < 0.05**2)
        hits = np.unpackbits(atlas.patterns[among], axis=1).sum(1)
        drawn = engine.sample(among, 12, seed, 120)
        assert len(drawn) == 12 and drawn == engine.sample(among, 12, seed, 120)
        assert min(map(engine.hit_count, drawn)) >= np.quantile(hits, 0.1)


def test_a_box_selects_and_an_empty_one_explains_how(apptest):
    go(apptest, "map")
    select(apptest, BOX)
    assert f"{len(engine.atlas()):,} bars" in text(apptest)
    select(apptest, NOWHERE)
    assert any("lasso" in caption.value for caption in apptest.caption)


@pytest.mark.parametrize(
    "message",
    [None, 7, [7], [LASSO[:2]], [[*LASSO, ["x", 0]]], [[[1e99, 0]] * 3], [LASSO * (CORNERS // 2)]],
)
def test_what_is_no_outline_selects_nothing(apptest, message):
    go(apptest, "map")
    apptest.session_state["map-region"] = {"region": message}
    run(apptest)
    assert not [button for button in apptest.button if button.key == "map-draw"]


def test_without_an_atlas_the_map_says_what_to_do_and_the_page_lives(apptest, monkeypatch):
    def missing():
        raise ModelError("atlas.npz: no such file; export the weights again.")

    monkeypatch.setattr(engine, "atlas", missing)
    go(apptest, "map")
    assert [error.value for error in apptest.error] == [
        "atlas.npz: no such file; export the weights again."
    ]
    go(apptest, "vary")
    assert now(apptest).takes
