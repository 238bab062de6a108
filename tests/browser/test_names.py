"""What sounds is called by one name all over the page, in a real browser."""

import pytest
from visiting import (
    go,
    leave_takes,
    press,
    settled,
    slider,
    take_button,
    title,
    titled,
    turned,
    wall,
)

SWITCH = ".bar .switch"


def chosen(page) -> str:
    return page.locator(f"{SWITCH} [aria-pressed=true]").inner_text()


def test_a_take_that_sounds_is_no_blend_until_the_blend_moves(app_page):
    assert chosen(app_page) == "Blend"
    go(app_page, "Vary")
    wall(app_page)
    take_button(app_page, 2).click()
    titled(app_page, "Take 2")
    leave_takes(app_page)
    assert chosen(app_page) == "Take"
    assert app_page.locator(".blend.waits").count() == 1
    app_page.locator(".st-key-takeaway h2").click()
    app_page.keyboard.press("ArrowRight")
    assert chosen(app_page) == "Blend" and app_page.locator(".blend.waits").count() == 0


def test_a_is_called_a_while_it_is_listened_to(app_page):
    go(app_page, "Shape")
    slider(app_page, "Density").focus()
    app_page.keyboard.press("ArrowRight")
    turned(app_page, "Blend 50%, shaped")
    app_page.locator(f"{SWITCH} [data-of=a]").click()
    titled(app_page, "A")
    settled(app_page)
    assert app_page.locator(".bar .label").inner_text() == title(app_page) == "A"


def test_keep_as_take_right_after_an_arrow_key_keeps_what_sounds(app_page):
    for _ in range(8):
        app_page.keyboard.press("ArrowLeft")
    press(app_page, "Keep as take").click()  # before the keys count as let go
    app_page.get_by_text("Take 1 added").wait_for()
    titled(app_page, "Blend 42%")
    settled(app_page)
    blend = app_page.evaluate("JSON.stringify(beatgen.state.hits)")
    go(app_page, "Vary")
    app_page.get_by_role("button", name="Play Take 1").click()
    titled(app_page, "Take 1")
    assert app_page.evaluate("JSON.stringify(beatgen.state.hits)") == blend


@pytest.mark.parametrize("how", ["click", "keyboard"])
def test_make_it_b_right_after_an_arrow_key_takes_what_sounds(app_page, how):
    make = press(app_page, "Make it B")
    make.focus()
    for _ in range(8):
        app_page.keyboard.press("ArrowLeft")
    make.click() if how == "click" else app_page.keyboard.press("Enter")
    app_page.locator(".st-key-deck-b h2", has_text="Blend 42%").wait_for()
    settled(app_page)
    assert title(app_page) == "B", "what is heard stays"
