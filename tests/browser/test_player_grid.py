"""The player's grid in a real browser: hits set, taken out and changed by hand."""

from playing import (
    RECEIVED,
    bounds,
    cells,
    play,
    state,
    wait_until_edited,
    wait_until_received,
)
from visiting import HARNESS, drawn, press, ready

from beatgen.kit import NAMES


def rows(page) -> list[str]:
    """Voices that the grid shows, top row first."""
    return page.locator(".heads .name").all_inner_texts()


def test_a_click_adds_a_hit_python_gets_it_and_undo_takes_it_back(harness):
    harness.mouse.click(*bounds(harness, 20, "kick"))
    assert (20, "kick") in cells(harness)
    edited = wait_until_edited(harness)
    assert "kick         |O----o--o-------|O-------o-------|" in edited
    harness.mouse.click(*bounds(harness, 16, "snare"))
    snares = "----O-------O---|----O-------O---"
    harness.wait_for_function(
        f"snares => {RECEIVED}.edited?.includes(snares) === false", arg=snares
    )
    assert (16, "snare") not in cells(harness)
    harness.keyboard.press("z")
    assert (16, "snare") in cells(harness)
    harness.keyboard.press("Control+z")
    wait_until_received(harness, edited=None)
    assert (20, "kick") not in cells(harness)
    harness.keyboard.press("Shift+Z")
    assert "kick         |O----o--o-------" in wait_until_edited(harness)


def test_another_groove_in_the_same_place_lets_edits_go(harness):
    harness.mouse.click(*bounds(harness, 20, "kick"))
    wait_until_edited(harness)
    harness.get_by_text("Shape", exact=True).click()
    wait_until_received(harness, edited=None)
    harness.wait_for_function("beatgen.state.hits.some((hit) => hit.voice === 0 && hit.step === 4)")
    assert (20, "kick") not in cells(harness)


def test_a_page_scrolled_by_touch_is_edited_by_taps(serve, open_page):
    page = ready(open_page(serve(HARNESS), 390, 844, has_touch=True, is_mobile=True))
    page.touchscreen.tap(*bounds(page, 20, "kick"))
    assert (20, "kick") in cells(page)
    page.touchscreen.tap(*bounds(page, 20, "kick"))
    assert (20, "kick") not in cells(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out"


def test_the_grid_is_edited_by_keyboard(harness):
    harness.focus("canvas.cells")
    for key in ("ArrowRight", "Enter"):
        harness.keyboard.press(key)
    assert (4, "ride") in cells(harness)
    assert "ride · bar 1, 1.2 · velocity 96" in harness.inner_text(".status")
    harness.keyboard.press("-")
    assert "velocity 88" in harness.inner_text(".status")
    assert state(harness)["position"] == 0, "arrows on the grid do not blend"
    wait_until_edited(harness)


def test_dragging_a_hit_upwards_makes_it_louder(harness):
    x, y = bounds(harness, 32, "kick")
    before = next(h for h in state(harness)["hits"] if (h["step"], h["voice"]) == (32, 0))
    harness.mouse.move(x, y)
    harness.mouse.down()
    harness.mouse.move(x, y - 30, steps=5)
    harness.mouse.up()
    after = next(h for h in state(harness)["hits"] if (h["step"], h["voice"]) == (32, 0))
    assert (before["velocity"], after["velocity"]) == (80, 110)
    assert "|O-------O-------|O-------o-------|" in wait_until_edited(harness)


def test_a_voice_that_is_not_played_yet_gets_its_row_and_a_hit(harness):
    assert "crash 2" not in rows(harness)
    press(harness, "Show all drums").click()
    assert rows(harness) == list(reversed(NAMES))
    harness.mouse.click(*bounds(harness, 0, "crash 2"))
    assert "crash 2" in wait_until_edited(harness)
    press(harness, "Show all drums").click()
    assert rows(harness) == ["crash 2", "ride", "hi-hat", "snare", "kick"]


def test_hover_tells_voice_velocity_and_timing(harness):
    harness.mouse.move(*bounds(harness, 16, "snare"))
    status = harness.inner_text(".status")
    assert "snare" in status and "velocity 115" in status and "on the grid" in status


def test_a_swung_hit_at_the_end_of_the_grid_is_drawn_whole(harness):
    harness.mouse.click(*bounds(harness, 124, "kick"))
    harness.locator("[aria-label='Swing']").fill("0.66")
    drawn(harness)
    first, last = harness.locator("canvas.cells").evaluate(
        """(canvas) => {
            const [sixteenth, middle] = [canvas.width / 32, canvas.height - 14];
            const { data } = canvas.getContext('2d').getImageData(0, middle, canvas.width, 1);
            const drawn = data.filter((_, i) => i % 4 === 3);
            const count = (...ends) => drawn.slice(...ends).filter((alpha) => alpha > 128).length;
            return [count(0, sixteenth), count(-sixteenth)];
        }"""
    )
    assert first > 4
    assert abs(first - last) <= 1


def test_the_grid_stays_where_it_is_scrolled_while_it_plays(serve, open_page):
    page = ready(open_page(serve(HARNESS), 390, 844, has_touch=True, is_mobile=True))
    scroller = page.locator(".scroller")
    play(page)
    scroller.hover()
    page.mouse.wheel(200, 0)
    page.wait_for_function("it => it.scrollLeft === 200", arg=scroller.element_handle())
    drawn(page)
    assert scroller.evaluate("it => it.scrollLeft") == 200, "though the playhead is not there"
