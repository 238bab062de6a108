"""What sounds is called by one name all over the page, in a real browser."""

import pytest
from visiting import (
    go,
    leave_takes,
    open_app,
    press,
    settled,
    slider,
    take_button,
    title,
    titled,
    wall,
)

SWITCH = ".bar .switch"


@pytest.fixture
def page(serve, open_page):
    return open_app(serve, open_page)


def chosen(page) -> str:
    return page.locator(f"{SWITCH} [aria-pressed=true]").inner_text()


def test_a_take_that_sounds_is_no_blend_until_the_blend_moves(page):
    assert chosen(page) == "Blend"
    go(page, "Vary")
    wall(page)
    take_button(page, 2).click()
    titled(page, "Take 2")
    leave_takes(page)
    assert chosen(page) == "Take"
    assert page.locator(".blend.waits").count() == 1
    page.locator(".st-key-takeaway h2").click()
    page.keyboard.press("ArrowRight")
    assert chosen(page) == "Blend" and page.locator(".blend.waits").count() == 0


def test_a_is_called_a_while_it_is_listened_to(page):
    go(page, "Shape")
    slider(page, "Density").focus()
    page.keyboard.press("ArrowRight")
    titled(page, "Blend 50%, shaped")
    page.locator(f"{SWITCH} [data-of=a]").click()
    titled(page, "A")
    settled(page)
    assert page.locator(".bar .label").inner_text() == title(page) == "A"


def test_keep_as_take_right_after_an_arrow_key_keeps_what_sounds(page):
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    press(page, "Keep as take").click()  # before the keys count as let go
    page.get_by_text("Take 1 is on the wall").wait_for()
    titled(page, "Blend 25%")
    settled(page)
    blend = page.evaluate("JSON.stringify(beatgen.state.hits)")
    go(page, "Vary")
    page.get_by_role("button", name="Play Take 1").click()
    titled(page, "Take 1")
    assert page.evaluate("JSON.stringify(beatgen.state.hits)") == blend


@pytest.mark.parametrize("how", ["click", "keyboard"])
def test_make_it_b_right_after_an_arrow_key_takes_what_sounds(page, how):
    make = press(page, "Make it B")
    make.focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    make.click() if how == "click" else page.keyboard.press("Enter")
    page.locator(".st-key-deck-b h2", has_text="Blend 25%, kept").wait_for()
    settled(page)
    assert title(page) == "Blend 25%"
