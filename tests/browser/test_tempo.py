"""The tempo in a real browser: dragged on its number, and tapped."""

import pytest
from playing import state
from visiting import press


def tempo(page) -> float:
    return state(page)["tempo"]


def test_a_drag_on_the_number_ends_wherever_it_is_let_go(page):
    box = page.locator(".number").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y, steps=4)
    page.mouse.up()
    page.mouse.move(x, y, steps=4)
    page.mouse.move(x, y - 15, steps=3)
    assert tempo(page) == 100, "no button is pressed"
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y - 40, steps=4)
    assert tempo(page) == 120, "a drag may leave the number"
    page.mouse.up()
    page.mouse.move(x, y)
    assert tempo(page) == 120


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_tempo_is_tapped_by_key(page, key):
    page.get_by_role("button", name="Count-in").focus()
    press(page, "Tap").focus()
    for _ in range(2):
        page.keyboard.press(key)
    assert tempo(page) != 100
    assert not state(page)["playing"]


def test_the_tempo_is_tapped_without_a_pointer(page):
    press(page, "Tap").evaluate("button => { button.click(); button.click(); }")
    assert tempo(page) == 300, "faster than can be played"


def test_a_tap_by_hand_counts_once(page):
    press(page, "Tap").click()
    assert tempo(page) == 100
