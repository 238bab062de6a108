"""The player's grid in a real browser: hits set, taken out and changed by hand."""

from playing import (
    TOLD,
    bounds,
    cells,
    play,
    state,
    wait_until_edited,
    wait_until_told,
)
from visiting import HARNESS, drawn, press, ready

from beatgen.kit import NAMES


def rows(page) -> list[str]:
    """Voices that the grid shows, top row first."""
    return page.locator(".heads .name").all_inner_texts()


def test_a_click_adds_a_hit_python_gets_it_and_undo_takes_it_back(page):
    page.mouse.click(*bounds(page, 20, "kick"))
    assert (20, "kick") in cells(page)
    edited = wait_until_edited(page)
    assert "kick         |O----o--o-------|O-------o-------|" in edited
    page.mouse.click(*bounds(page, 16, "snare"))
    snares = "----O-------O---|----O-------O---"
    page.wait_for_function(f"snares => {TOLD}.edited?.includes(snares) === false", arg=snares)
    assert (16, "snare") not in cells(page)
    page.keyboard.press("z")
    assert (16, "snare") in cells(page)
    page.keyboard.press("Control+z")
    wait_until_told(page, edited=None)
    assert (20, "kick") not in cells(page)
    page.keyboard.press("Shift+Z")
    assert "kick         |O----o--o-------" in wait_until_edited(page)


def test_another_groove_in_the_same_place_lets_edits_go(page):
    page.mouse.click(*bounds(page, 20, "kick"))
    wait_until_edited(page)
    page.get_by_text("Shape", exact=True).click()
    wait_until_told(page, edited=None)
    page.wait_for_function("beatgen.state.hits.some((hit) => hit.voice === 0 && hit.step === 4)")
    assert (20, "kick") not in cells(page)


def test_a_page_scrolled_by_touch_is_edited_by_taps(serve, open_page):
    page = ready(open_page(serve(HARNESS), 390, 844, has_touch=True, is_mobile=True))
    page.touchscreen.tap(*bounds(page, 20, "kick"))
    assert (20, "kick") in cells(page)
    page.touchscreen.tap(*bounds(page, 20, "kick"))
    assert (20, "kick") not in cells(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out"


def test_the_grid_is_edited_by_keyboard(page):
    page.focus("canvas.cells")
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert (4, "ride") in cells(page)
    assert "ride · bar 1, 1.2 · velocity 96" in page.inner_text(".status")
    page.keyboard.press("-")
    assert "velocity 88" in page.inner_text(".status")
    assert state(page)["position"] == 0, "arrows on the grid do not blend"
    wait_until_edited(page)


def test_dragging_a_hit_upwards_makes_it_louder(page):
    x, y = bounds(page, 32, "kick")
    before = next(h for h in state(page)["hits"] if (h["step"], h["voice"]) == (32, 0))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=5)
    page.mouse.up()
    after = next(h for h in state(page)["hits"] if (h["step"], h["voice"]) == (32, 0))
    assert (before["velocity"], after["velocity"]) == (80, 110)
    assert "|O-------O-------|O-------o-------|" in wait_until_edited(page)


def test_a_voice_that_is_not_played_yet_gets_its_row_and_a_hit(page):
    assert "crash 2" not in rows(page)
    press(page, "All voices of the kit").click()
    assert rows(page) == list(reversed(NAMES))
    page.mouse.click(*bounds(page, 0, "crash 2"))
    assert "crash 2" in wait_until_edited(page)
    press(page, "All voices of the kit").click()
    assert rows(page) == ["crash 2", "ride", "hi-hat", "snare", "kick"]


def test_hover_tells_voice_velocity_and_timing(page):
    page.mouse.move(*bounds(page, 16, "snare"))
    status = page.inner_text(".status")
    assert "snare" in status and "velocity 115" in status and "on the grid" in status


def test_a_swung_hit_at_the_end_of_the_grid_is_drawn_whole(page):
    page.mouse.click(*bounds(page, 124, "kick"))
    page.locator("[aria-label='Swing']").fill("0.66")
    drawn(page)
    first, last = page.locator("canvas.cells").evaluate(
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
