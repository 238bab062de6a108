"""The pad in a real browser: pattern and feel, moved apart."""

import numpy as np
import pytest
from playing import cells, play, received, state, wait_until_received
from streamlit_inside import SCROLLED
from visiting import COUNT_SENT, HARNESS, press, ready, settled

from beatgen.kit import INDEX, NAMES

MARGIN = 17  # px between the pad's edge and its field


@pytest.fixture
def pad_page(harness):
    """The harness with the player at A, pattern and feel apart."""
    return apart(harness)


def apart(page):
    page.get_by_role("button", name="Pattern and feel").click()
    wait_until_received(page, feel=0)
    settled(page)
    return page


def point(page, pattern: float, feel: float) -> tuple[float, float]:
    """Where on the screen a place of the pad is."""
    page.locator(".pad").scroll_into_view_if_needed()
    box = page.locator(".pad").bounding_box()
    x = box["x"] + MARGIN + pattern * (box["width"] - 2 * MARGIN)
    y = box["y"] + MARGIN + (1 - feel) * (box["height"] - 2 * MARGIN)
    return x, y


def places(page) -> set[tuple[float, int]]:
    return {(round(hit["step"] + hit["timing"], 2), hit["voice"]) for hit in state(page)["hits"]}


def laid_back(pattern, steps: float) -> set[tuple[float, int]]:
    return {(round(at + steps, 2), voice) for at, voice in pattern}


def test_the_other_feel_is_heard_while_dragging_and_nothing_is_sent(pad_page):
    pattern = places(pad_page)
    play(pad_page)
    pad_page.evaluate(COUNT_SENT)
    pad_page.mouse.move(*point(pad_page, 0, 0))
    pad_page.mouse.down()
    pad_page.mouse.move(*point(pad_page, -0.1, 0.5), steps=3)
    half = places(pad_page)
    pad_page.mouse.move(*point(pad_page, -0.1, 1.1), steps=3)
    now, soon, strokes = pad_page.evaluate("[beatgen.state, beatgen.nextStep, beatgen.scheduled]")
    assert pad_page.evaluate("window.sent") == 0
    assert (now["position"], now["feel"]) == (0, 1)
    assert half == laid_back(pattern, 0.63), "half-way to B's feel, A's hits are half as late"
    assert places(pad_page) == laid_back(pattern, 1.25)
    coming = [stroke for stroke in strokes if stroke["time"] > soon]
    assert {round(stroke["beat"] % 0.5, 3) for stroke in coming} == {round(1.25 / 16, 3)}
    pad_page.mouse.up()
    wait_until_received(pad_page, position=0, feel=1)
    assert pad_page.evaluate("window.sent") > 0
    assert {(round(s + t, 2), v) for s, v, _, t in received(pad_page)["hits"]} == places(pad_page)


def test_letting_go_settles_on_the_models_decoding_of_that_place(pad_page):
    pad_page.mouse.click(*point(pad_page, 0.25, 0.75))
    pad_page.wait_for_function("beatgen.state.hits.some((hit) => hit.velocity === 77)")
    at = state(pad_page)
    assert at["position"] == pytest.approx(0.25, abs=0.002)
    assert at["feel"] == pytest.approx(0.75, abs=0.01)
    wait_until_received(pad_page, position=at["position"], feel=at["feel"])
    assert cells(pad_page) == {
        (s, NAMES[int(voice)]) for s, voice, _, _ in received(pad_page)["hits"]
    }


def test_arrows_move_pattern_and_feel_each_on_its_own(pad_page):
    pad_page.get_by_label("Pattern from A to B").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowUp"):
        pad_page.keyboard.press(key)
    wait_until_received(pad_page, position=0.02, feel=0.11)
    feel = pad_page.get_by_label("Feel from A to B")
    assert feel.get_attribute("aria-valuetext") == "feel 11% B"
    pad_page.mouse.click(640, 950)
    pad_page.keyboard.press("ArrowRight")
    wait_until_received(pad_page, position=0.03, feel=0.11)


def test_the_corners_are_reached_by_a_press_and_together_is_the_diagonal_again(pad_page):
    pad_page.get_by_role("button", name="Pattern B, feel A").click()
    wait_until_received(pad_page, position=1, feel=0)
    assert {name for _, name in cells(pad_page)} == {"ride", "snare", "kick"}
    pad_page.get_by_role("button", name="Linked").click()
    wait_until_received(pad_page, position=1, feel=None)
    assert (
        pad_page.locator(".blend .together").is_visible() and pad_page.locator(".pad").is_hidden()
    )
    pad_page.keyboard.press("z")
    wait_until_received(pad_page, position=1, feel=0)
    assert pad_page.locator(".pad").is_visible()


def test_a_finger_moves_it(serve, open_page):
    page = ready(open_page(serve(HARNESS), 390, 844, has_touch=True, is_mobile=True))
    apart(page)
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    start = point(page, 0.2, 0.2)
    scrolled = page.evaluate(SCROLLED)
    touch("touchStart", *start)
    for i in range(1, 6):
        touch("touchMove", *point_between(start, point(page, 0.5, 0.9), i / 5))
    touch("touchEnd")
    page.wait_for_function("beatgen.state.feel > 0.85 && beatgen.state.position > 0.45")
    assert page.evaluate(SCROLLED) == scrolled
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out"


def point_between(one, other, amount: float) -> tuple[float, float]:
    return tuple(a + (b - a) * amount for a, b in zip(one, other, strict=True))


def test_a_run_of_keys_on_the_pad_is_undone_at_once(pad_page):
    pad_page.get_by_label("Pattern from A to B").focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowRight"):
        pad_page.keyboard.press(key)
    wait_until_received(pad_page, position=0.02, feel=0.01)
    pad_page.keyboard.press("z")
    assert (state(pad_page)["position"], state(pad_page)["feel"]) == (0, 0)


def test_a_leap_of_the_feel_doubles_no_stroke_and_loses_none(pad_page):
    """At any moment, also between where a stroke stood and where it stands now."""
    corners = [press(pad_page, name) for name in ("Pattern A, feel B", "All A")]
    play(pad_page)
    hats = set()
    for i in range(40):
        corners[i % 2].click()
        pad_page.wait_for_timeout(10 * (i % 7))
        scheduled = pad_page.evaluate("beatgen.scheduled")
        hats |= {s["beat"] for s in scheduled if s["voice"] == INDEX["hi-hat"]}
        beats = sorted(s["beat"] for s in scheduled if s["voice"] == INDEX["hi-hat"])
        gaps = np.diff(beats)  # eighths, and each stroke at most 1.25 steps late
        assert np.all(np.abs(gaps - 0.5) < 1.3 / 16), (i, beats)
    assert len(hats) > 20
