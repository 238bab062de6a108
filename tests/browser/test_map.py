"""The map in a real browser: a click is heard, a lasso restricts what is drawn."""

import re

import numpy as np
import pytest
from playing import Fingers
from playwright.sync_api import expect
from streamlit_inside import EXCEPTION, SCROLLED
from visiting import (
    PLOT,
    changed,
    hits,
    map_is_drawn,
    middle,
    open_app,
    press,
    settled,
    strikes,
    titled,
)

from beatgen import load_atlas
from beatgen.plot.map import PAD, UNITS, from_units

A_BAR = re.compile(r"(bar|fill) \d")  # what is heard of the map is called so, after its style
LASSO = ((0.3, 0.3), (0.6, 0.3), (0.65, 0.5), (0.45, 0.7), (0.25, 0.5))  # shares of the plot


@pytest.fixture(scope="module", autouse=True)
def atlas():
    return load_atlas()


@pytest.fixture
def map_page(serve, open_page):
    """The Map page with its chart drawn; afterwards it must not have shown an exception."""
    page = open_map(serve, open_page)
    yield page
    assert page.locator(EXCEPTION).count() == 0


def open_map(serve, open_page, **options):
    return map_is_drawn(open_app(serve, open_page, "map", **options))


def at(page, x: float, y: float) -> tuple[float, float]:
    """Pixels of a place in shares of the plot."""
    box = page.locator(PLOT).bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def draw_lasso(page) -> None:
    page.locator(".st-key-map-plot [data-val=lasso]").click()
    page.mouse.move(*at(page, *LASSO[-1]))
    page.mouse.down()
    for corner in LASSO:
        page.mouse.move(*at(page, *corner), steps=2)  # Plotly looks through all bars at each
    page.mouse.up()


def test_a_click_on_the_map_is_heard_and_pictured(map_page):
    picture = map_page.locator(".picture .roll")
    assert strikes(picture) == map_page.evaluate("beatgen.state.hits.length") > 0
    before, pictured = hits(map_page), picture.inner_html()
    map_page.click(".play")
    map_page.wait_for_function("beatgen.state.beat > 0")
    map_page.mouse.move(*at(map_page, 0.45, 0.55))
    map_page.mouse.click(*at(map_page, 0.45, 0.55))
    changed(map_page, before)
    map_page.locator(".st-key-map-side h2").nth(1).filter(has_text=A_BAR).wait_for()
    beat = map_page.evaluate("beatgen.state.beat")
    map_page.wait_for_function("beat => beatgen.state.beat > beat", arg=beat)  # it plays on
    # The mark of what sounds is where the click was; one of each bar of the blend was there before.
    settled(map_page)
    expect(map_page.locator(".bg-marks .heard")).to_have_count(1)
    mark = middle(map_page.locator(".bg-marks .heard"))
    assert mark == pytest.approx(at(map_page, 0.45, 0.55), abs=40)
    expect(picture).not_to_have_js_property("innerHTML", pictured)  # drawn a message later
    assert strikes(picture) == map_page.evaluate("beatgen.state.hits.length") > 0
    (box,) = map_page.locator(".picture").evaluate_all(
        "all => all.map((it) => [it.clientWidth, it.clientHeight])"
    )
    side = map_page.locator(".st-key-map-side .bg-head").last.evaluate("it => it.clientWidth")
    assert box[0] == side and box[1] > 100 and picture.is_visible()


def test_bars_are_heard_and_takes_drawn_by_the_keyboard_alone(map_page):
    before = hits(map_page)
    map_page.get_by_role("combobox", name="Style").focus()
    map_page.keyboard.press("ArrowDown")
    map_page.get_by_role("option", name="All styles").wait_for()
    map_page.keyboard.type("jazz")
    map_page.keyboard.press("Enter")
    map_page.locator(".st-key-map-side h2", has_text="Jazz").wait_for()
    settled(map_page)
    for _ in range(10):
        map_page.keyboard.press("Tab")
        if press(map_page, "Play one at random").evaluate("it => it === document.activeElement"):
            break
    map_page.keyboard.press("Enter")
    titled(map_page, "Jazz")
    map_page.wait_for_function("beatgen.state.beat > 0")
    first = hits(map_page)
    assert first != before
    map_page.keyboard.press("Enter")  # another one; the focus has stayed
    changed(map_page, first)
    settled(map_page)
    map_page.keyboard.press("Tab")
    map_page.keyboard.press("Enter")
    titled(map_page, "Take")


def test_a_click_and_takes_from_a_lasso_start_play(map_page):
    before = hits(map_page)
    map_page.mouse.click(*at(map_page, 0.45, 0.55))
    map_page.wait_for_function("beatgen.state.beat > 0")
    assert hits(map_page) != before, "it starts with the bar, not with what was there before"
    map_page.click(".play")
    map_page.wait_for_function("!beatgen.state.playing")
    settled(map_page)
    draw = map_page.get_by_role("button", name="takes from here")
    assert draw.count() == 0
    draw_lasso(map_page)
    before = hits(map_page)
    draw.click()
    map_page.wait_for_function("beatgen.state.beat > 0")
    map_page.locator(".st-key-map-takes").wait_for()
    changed(map_page, before)
    plays = map_page.locator(".st-key-map-takes").get_by_role("button", name="Play Take")
    plays.last.wait_for()  # all are drawn at once
    assert plays.count() == 12
    first = hits(map_page)
    plays.nth(11).click()
    changed(map_page, first)


def test_a_region_stays_while_bars_in_it_and_beside_it_are_heard_until_a_double_click(map_page):
    draw_lasso(map_page)
    draw = map_page.get_by_role("button", name="takes from here")
    draw.wait_for()
    settled(map_page)
    for place in ((0.45, 0.5), (0.6, 0.55)):  # in it, beside it
        before = hits(map_page)
        map_page.mouse.move(*at(map_page, *place))
        map_page.mouse.click(*at(map_page, *place))
        changed(map_page, before)
        map_page.locator(".st-key-map-side h2").nth(1).filter(has_text=A_BAR).wait_for()
        settled(map_page)
        assert draw.is_visible()
        map_page.wait_for_timeout(350)  # to Plotly, two clicks within 300 ms are a double click
    map_page.mouse.dblclick(*at(map_page, 0.02, 0.02))
    draw.wait_for(state="detached")


def region_told(page) -> int:
    """How many bars Python found in the region."""
    page.get_by_role("button", name="takes from here").wait_for()
    settled(page)
    fact = page.locator(".st-key-map-side .bg-head", has_text="selection").locator(".bg-facts")
    return int(fact.inner_text().split()[0].replace(",", ""))


def test_a_lasso_around_a_part_that_is_looked_at_holds_what_lies_there(map_page, atlas):
    for _ in range(2):
        map_page.locator(".st-key-map-plot [data-val=in]").click()
    draw_lasso(map_page)
    left, right, bottom, top = map_page.evaluate(
        f"""() => {{
            const {{ xaxis, yaxis }} = document.querySelector('{PLOT}').layout;
            return [...xaxis.range, ...yaxis.range];
        }}"""
    )
    assert (right - left) * 3 < (1 + 2 * PAD) * UNITS, "a part"
    x, y = np.array(LASSO).T
    corners = np.stack([left + x * (right - left), top - y * (top - bottom)], 1)
    assert region_told(map_page) == pytest.approx(len(atlas.inside(from_units(corners))), rel=0.05)


def test_a_part_of_the_map_is_looked_at_and_all_goes_with_it(map_page):
    mark = map_page.locator(".bg-marks .a").first
    before = middle(mark)
    map_page.locator(".st-key-map-plot [data-val=pan]").click()
    for _ in range(2):
        map_page.locator(".st-key-map-plot [data-val=in]").click()
    centre = at(map_page, 0.5, 0.5)
    for now, was, still in zip(middle(mark), before, centre, strict=True):
        assert now - still == pytest.approx(4 * (was - still), abs=3)
    map_page.mouse.move(*at(map_page, 0.2, 0.5))
    map_page.mouse.down()
    map_page.mouse.move(*at(map_page, 0.4, 0.5), steps=5)
    map_page.mouse.up()
    sounding = hits(map_page)
    map_page.mouse.move(*at(map_page, 0.45, 0.55))
    map_page.mouse.click(*at(map_page, 0.45, 0.55))
    changed(map_page, sounding)
    settled(map_page)
    there = middle(map_page.locator(".bg-marks .heard").first)
    assert there == pytest.approx(at(map_page, 0.45, 0.55), abs=40)
    map_page.locator(".st-key-map-plot [data-val=reset]").click()
    assert middle(mark) == pytest.approx(before, abs=1)


def test_on_a_phone_the_page_is_scrolled_by_the_map_and_a_tap_is_heard(serve, open_page):
    page = open_map(serve, open_page, width=390, height=844, has_touch=True, is_mobile=True)
    fingers = Fingers(page)
    x, y = at(page, 0.5, 0.5)
    fingers.press(x, y)
    for i in range(1, 11):
        fingers.move((x, y - 15 * i))
    fingers.lift()
    page.wait_for_function(f"{SCROLLED} > 50")
    before = hits(page)
    page.touchscreen.tap(*at(page, 0.45, 0.55))
    changed(page, before)


def test_marks_of_a_and_b_lie_over_the_chart_and_let_clicks_through(map_page):
    box = map_page.locator(PLOT).bounding_box()
    for side in "ab":
        mark = map_page.locator(f".bg-marks .{side}").first.bounding_box()
        assert box["x"] <= mark["x"] <= box["x"] + box["width"]
        assert box["y"] <= mark["y"] <= box["y"] + box["height"]
    over = map_page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('.bg-marks') === null",
        [mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2],
    )
    assert over, "a mark is in the way of the click"
