"""Undo in a real browser, where what sounds changes hands between takes, the blend and edits."""

import pytest
from playing import bounds, cells
from visiting import go, hits, leave_takes, open_app, settled, sounds, take_button, titled, wall


@pytest.fixture
def page(serve, open_page):
    return open_app(serve, open_page)


def add_hit(page) -> None:
    """Put a kick where there is none, and leave the grid, which has arrow keys of its own."""
    taken = {step // 4 for step, voice in cells(page) if voice == "kick"}
    free = next(i for i in range(1, 32) if not {i - 1, i, i + 1} & taken)
    page.mouse.click(*bounds(page, free * 4, "kick"))
    assert (free * 4, "kick") in cells(page)
    page.locator(".st-key-takeaway h2").click()


def test_undoing_a_move_of_the_blend_brings_back_the_take_and_its_edits(page):
    go(page, "Vary")
    wall(page)
    take_button(page, 3).click()
    titled(page, "Take 3")
    leave_takes(page)
    take = hits(page)
    add_hit(page)
    settled(page)
    edited = hits(page)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    titled(page, "Blend 59%")
    settled(page)
    blend = hits(page)
    page.keyboard.press("z")
    titled(page, "Take 3")
    settled(page)
    assert hits(page) == edited
    page.keyboard.press("z")
    settled(page)
    assert hits(page) == take
    page.keyboard.press("y")
    page.keyboard.press("y")
    titled(page, "Blend 59%")
    sounds(page, blend)


def test_an_edit_that_is_undone_at_once_stays_undone(page):
    before = hits(page)
    add_hit(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("z")
    page.keyboard.press("z")
    assert hits(page) == before
    page.keyboard.press("ArrowRight")  # when it is let go, all that was before is
    titled(page, "Blend 53%")
    page.keyboard.press("z")
    titled(page, "Blend 50%")
    settled(page)
    assert hits(page) == before
