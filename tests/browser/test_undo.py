"""Undo in a real browser, where what sounds changes hands between takes, the blend and edits."""

import pytest
from playing import bounds, cells
from visiting import (
    changed,
    go,
    hits,
    leave_takes,
    open_app,
    press,
    ready,
    settled,
    slider,
    sounds,
    take_button,
    title,
    titled,
    wall,
)


@pytest.fixture
def page(serve, open_page):
    return open_app(serve, open_page)


def add_hit(page) -> None:
    """Put a kick where there is none, and leave the grid, which has arrow keys of its own."""
    settled(page)  # nothing moves any more
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


def test_a_deck_that_was_filled_anew_is_given_back(page):
    before = hits(page)
    page.keyboard.press("ArrowRight")
    titled(page, "Blend 53%")
    settled(page)
    moved = hits(page)
    press(page, "Make it A").click()
    page.locator(".st-key-deck-a h2", has_text="Blend 53%, kept").wait_for()
    settled(page)
    other = hits(page)
    assert other != moved
    page.locator(".st-key-takeaway h2").click()
    page.keyboard.press("z")
    page.locator(".st-key-deck-a h2", has_text="Funk").wait_for()
    sounds(page, moved)
    page.keyboard.press("z")
    titled(page, "Blend 50%")
    sounds(page, before)
    page.keyboard.press("y")
    page.keyboard.press("y")
    page.locator(".st-key-deck-a h2", has_text="Blend 53%, kept").wait_for()
    sounds(page, other)


def test_a_take_that_was_played_gives_way_to_what_sounded_before(page):
    before = hits(page)
    go(page, "Vary")
    wall(page)
    for number in (2, 4):
        take_button(page, number).click()
        titled(page, f"Take {number}")
        settled(page)
    leave_takes(page)
    page.keyboard.press("z")
    titled(page, "Take 2")
    settled(page)
    page.keyboard.press("z")
    titled(page, "Blend 50%")
    settled(page)
    assert hits(page) == before


def test_a_slider_of_the_shape_goes_back(page):
    go(page, "Shape")
    before = hits(page)
    density = slider(page, "Density")
    for _ in range(2):
        density.press("ArrowRight")
        density.press("ArrowRight")
        settled(page)
        page.wait_for_timeout(600)
    page.locator(".st-key-takeaway h2").click()
    turned = density.input_value()
    while "shaped" in page.locator(".st-key-takeaway h2").inner_text():
        now = hits(page)
        page.keyboard.press("z")
        changed(page, now)
        settled(page)
    assert hits(page) == before
    assert float(density.input_value()) == 0 != float(turned)


def test_after_a_reload_there_is_nothing_to_undo(page):
    before = page.evaluate("localStorage.getItem('beatgen')")
    press(page, "Make it A").click()
    page.locator(".st-key-deck-a h2", has_text="Blend 50%, kept").wait_for()
    settled(page)
    page.wait_for_function("text => localStorage.getItem('beatgen') !== text", arg=before)
    page.reload()
    ready(page)
    page.locator(".st-key-deck-a h2", has_text="Blend 50%, kept").wait_for()
    assert press(page, "Undo (Z)").is_disabled()


def test_moving_away_from_a_take_that_is_longer_than_the_loop_can_be_undone(page):
    first = hits(page)
    page.keyboard.press("ArrowRight")
    titled(page, "Blend 53%")
    settled(page)
    second = hits(page)
    press(page, "A to B").click()
    page.locator(".st-key-morph-keep button").click()
    page.get_by_text("Take 1 is on the wall").wait_for()
    page.keyboard.press("Escape")
    go(page, "Vary")
    take_button(page, 1).click()
    titled(page, "Take 1")
    leave_takes(page)
    walk = hits(page)
    assert max(step for step, _ in cells(page)) > 7 * 64, "eight bars"
    page.keyboard.press("ArrowRight")
    titled(page, "Blend 56%")
    settled(page)
    moved = hits(page)
    for words, wanted in (("Take 1", walk), ("Blend 53%", second), ("Blend 50%", first)):
        page.keyboard.press("z")
        titled(page, words)
        sounds(page, wanted)
        settled(page)
    for _ in range(3):
        page.keyboard.press("y")
    titled(page, "Blend 56%")
    sounds(page, moved)


def test_a_deck_that_is_filled_right_after_an_arrow_key_is_given_back(page):
    first = hits(page)
    page.keyboard.press("ArrowRight")
    titled(page, "Blend 53%")
    settled(page)
    second = hits(page)
    make = press(page, "Make it A")
    make.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # before the arrow key counts as let go
    page.locator(".st-key-deck-a h2", has_text="Blend 56%, kept").wait_for()
    settled(page)
    page.locator(".st-key-takeaway h2").click()
    found = []
    while press(page, "Undo (Z)").is_enabled():
        page.keyboard.press("z")
        page.locator(".st-key-deck-a h2", has_text="Funk").wait_for()
        settled(page)
        found.append((title(page), hits(page)))
    # Where Python was not told of the key alone, both are one step.
    assert found[-2:] == [("Blend 53%", second), ("Blend 50%", first)]
    assert len(found) <= 3
