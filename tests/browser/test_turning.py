"""Takes heard by pointing at them, and the shape sliders heard while they are turned."""

import pytest
from visiting import (
    COUNT_SENT,
    LOSE_NEXT,
    changed,
    drawn,
    hits,
    open_app,
    press,
    settled,
    slider,
    sounds,
    take_button,
    title,
    titled,
    turned,
    wall,
)

PAYLOAD = 50_000  # bytes, at most, for one interaction


@pytest.fixture
def shape(serve, open_page):
    page = open_app(serve, open_page, "shape")
    slider(page, "Density").wait_for()
    settled(page)
    return page


def settles(page, wanted: str) -> None:
    """Wait until what is turned sounds as Python decodes it: these hits."""
    page.wait_for_selector(".grid:not(.fixed)")
    sounds(page, wanted)


def test_a_slider_is_heard_while_it_is_dragged_without_a_word_to_python(shape):
    before = hits(shape)
    box = slider(shape, "Density").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    shape.mouse.move(*middle)
    shape.mouse.down()
    shape.evaluate(COUNT_SENT)
    heard = set()
    for i in range(1, 9):
        shape.mouse.move(middle[0] + i * box["width"] / 20, middle[1])
        if i == 1:
            changed(shape, before)  # its grooves have arrived
        drawn(shape)
        heard.add(hits(shape))
        assert title(shape) == "Blend 50%, shaped"
        assert shape.locator(".status").inner_text().startswith("Click"), "it is not A or B"
    assert len(heard) > 5 and before not in heard
    assert shape.evaluate("window.sent") == 0
    shape.mouse.up()
    turned(shape)
    assert float(slider(shape, "Density").input_value()) > 1


def test_what_is_heard_at_the_end_of_a_turn_is_what_python_decodes(shape):
    before = hits(shape)
    slider(shape, "Loudness").focus()
    for _ in range(15):  # 1.5 units, where Python has sent a groove
        shape.keyboard.press("ArrowRight")
    changed(shape, before)
    drawn(shape)
    at_the_end = hits(shape)
    turned(shape)
    settles(shape, at_the_end)


def test_a_double_click_puts_a_slider_back_and_reset_all_of_them(shape):
    before = hits(shape)
    box = slider(shape, "Syncopation").bounding_box()
    shape.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    turned(shape)
    slider(shape, "Syncopation").dblclick(position={"x": box["width"] * 0.9, "y": 10})
    sounds(shape, before)
    shape.locator(".st-key-takeaway h2", has_not_text="shaped").wait_for()
    assert slider(shape, "Syncopation").input_value() == "0"
    shape.get_by_role("button", name="Randomize").click()
    turned(shape)
    changed(shape, before)
    shape.get_by_role("button", name="Reset").click()
    sounds(shape, before)


def test_each_slider_says_what_it_does_and_both_its_ends(shape):
    loudness = slider(shape, "Loudness")
    assert loudness.get_attribute("aria-valuetext") == "as it is"
    loudness.focus()
    shape.keyboard.press("ArrowLeft")
    assert loudness.get_attribute("aria-valuetext") == "0.1 towards soft"
    settled(shape)  # while it is drawn anew it has no lines
    assert shape.locator(".turn", has_text="Loudness").inner_text().split("\n")[-2:] == [
        "soft",
        "loud",
    ]


def test_the_principal_sliders_are_heard_too(shape):
    before = hits(shape)
    shape.get_by_text("Model directions").click()
    first = slider(shape, "Direction 1")
    first.focus()
    for _ in range(10):
        shape.keyboard.press("ArrowRight")
    changed(shape, before)
    turned(shape)


@pytest.mark.parametrize("key", ["ArrowRight", "End"])
def test_a_turn_is_a_small_message(shape, key):
    received = []
    slider(shape, "Density").focus()
    client = shape.context.new_cdp_session(shape)
    client.send("Network.enable")
    client.on(
        "Network.webSocketFrameReceived",
        lambda frame: received.append(len(frame["response"]["payloadData"]) * 3 // 4),
    )
    shape.keyboard.press(key)
    turned(shape)
    settled(shape)
    assert 0 < sum(received) < PAYLOAD


def test_a_pointer_that_rests_on_a_take_gives_way_to_what_comes_after(serve, open_page):
    page = open_app(serve, open_page, "vary")
    wall(page)
    take_button(page, 2).click()
    titled(page, "Take 2")
    take = hits(page)
    page.wait_for_function("beatgen.state.playing")
    page.keyboard.press("ArrowRight")
    titled(page, "Blend 51%")
    page.wait_for_selector(".grid:not(.fixed)")
    settled(page)
    blend = hits(page)
    assert blend != take
    page.mouse.move(5, 5)  # nothing is pointed at: what sounds is what Python has
    drawn(page)
    assert hits(page) == blend
    take_button(page, 2).hover()
    sounds(page, take)
    press(page, "A").last.click()
    changed(page, take)


def test_a_turn_that_got_lost_is_told_again(shape):
    shape.evaluate(LOSE_NEXT)
    slider(shape, "Density").press("ArrowRight")
    turned(shape)
