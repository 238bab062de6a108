"""The tempo in a real browser: dragged on its number, and tapped."""

import pytest
from playing import state
from visiting import press

# Taps by hand at these times, in ms.
TAP_AT = """(button, times) => {
    for (const timeStamp of times) {
        const tap = new PointerEvent('pointerdown', { bubbles: true, button: 0 });
        Object.defineProperty(tap, 'timeStamp', { value: timeStamp });
        button.dispatchEvent(tap);
    }
}"""

NOTE_CLICKS = """(button) => {
    window.taps = [];
    button.addEventListener('click', ({ timeStamp }) => window.taps.push(timeStamp));
}"""


def tempo(page) -> float:
    return state(page)["tempo"]


def test_a_drag_on_the_number_ends_wherever_it_is_let_go(harness):
    box = harness.locator(".number").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    harness.mouse.move(x, y)
    harness.mouse.down()
    harness.mouse.move(x - 200, y, steps=4)
    harness.mouse.up()
    harness.mouse.move(x, y, steps=4)
    harness.mouse.move(x, y - 15, steps=3)
    assert tempo(harness) == 100, "no button is pressed"
    harness.mouse.move(x, y)
    harness.mouse.down()
    harness.mouse.move(x - 200, y - 40, steps=4)
    assert tempo(harness) == 120, "a drag may leave the number"
    harness.mouse.up()
    harness.mouse.move(x, y)
    assert tempo(harness) == 120


def test_the_tempo_is_that_of_the_taps(harness):
    press(harness, "Tap").evaluate(TAP_AT, [1000, 1750, 2500])
    assert tempo(harness) == pytest.approx(80)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_tempo_is_tapped_by_key(harness, key):
    harness.get_by_role("button", name="Count-in").focus()
    tap = press(harness, "Tap")
    tap.evaluate(NOTE_CLICKS)
    tap.focus()
    for _ in range(2):
        harness.keyboard.press(key)
        harness.wait_for_timeout(300)  # from tap to tap
    first, second = harness.evaluate("window.taps")
    assert tempo(harness) == pytest.approx(60_000 / (second - first), abs=0.06)
    assert not state(harness)["playing"]


def test_the_tempo_is_tapped_without_a_pointer(harness):
    press(harness, "Tap").evaluate("button => { button.click(); button.click(); }")
    assert tempo(harness) == 300, "faster than can be played"


def test_a_tap_by_hand_counts_once(harness):
    press(harness, "Tap").click()
    assert tempo(harness) == 100
