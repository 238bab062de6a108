"""Notes on the grid, and the names of what sounds, in a real browser."""

from playing import bounds, cells, state, wait_until_received
from visiting import press, settled, title, wall


def test_hits_are_moved_selected_and_multiplied(harness):
    x, y = bounds(harness, 32, "kick")
    sixteenth = (bounds(harness, 36, "kick")[0] - x) / 1
    harness.mouse.move(x, y)
    harness.mouse.down()
    harness.mouse.move(x + 2.1 * sixteenth, y + 3, steps=4)
    assert {(40, "kick")} <= cells(harness) and (32, "kick") not in cells(harness)
    harness.mouse.up()
    wait_until_received(harness, position=0)
    harness.keyboard.press("z")
    assert (32, "kick") in cells(harness) and (40, "kick") not in cells(harness)

    before = len(state(harness)["hits"])
    left, snare = bounds(harness, 10, "snare")
    right, _ = bounds(harness, 54, "snare")
    harness.keyboard.down("Control")
    harness.mouse.move(left, snare)
    harness.mouse.down()
    harness.mouse.move(right, snare + 2, steps=4)
    harness.mouse.up()
    harness.keyboard.up("Control")
    assert harness.inner_text(".status") == "2 hits selected"
    harness.keyboard.press("f")
    hits = state(harness)["hits"]
    assert len(hits) == before + 2, "a grace note before each"
    graces = [hit for hit in hits if hit["voice"] == 1 and hit["velocity"] < 60]
    assert len(graces) == 2
    press(harness, "Edit notes: move, flam, roll, copy").click()
    press(harness, "Delete").click()
    assert (16, "snare") not in cells(harness)
    for _ in range(2):
        harness.keyboard.press("z")
    assert len(state(harness)["hits"]) == before

    # Kept, edits go along with the blend.
    harness.mouse.click(*bounds(harness, 20, "kick"))
    press(harness, "Keep my edits while I blend").click()
    harness.click("[aria-label='All B']")
    wait_until_received(harness, position=1)
    assert (20, "kick") in cells(harness)
    assert state(harness)["label"] == "Blend, edited"


def test_what_sounds_is_called_the_same_everywhere_at_every_moment(serve, open_page):
    from visiting import open_app

    page = open_app(serve, open_page, "vary")
    wall(page)
    page.click(".play")
    page.wait_for_function("beatgen.state.playing")
    page.locator(".wall .card").nth(3).hover()
    page.wait_for_function("beatgen.state.label === 'Take 4'")
    assert title(page) == page.inner_text(".bar .label") == "Take 4"
    assert page.locator(".wall .card.plays b").all_inner_texts() == ["Take 4"]
    page.mouse.move(5, 5)
    page.wait_for_function("beatgen.state.label === 'Blend 50%'")
    box = page.locator(".blend .together").bounding_box()
    at = lambda share: (box["x"] + 17 + share * (box["width"] - 34), box["y"] + box["height"] / 2)  # noqa: E731
    page.mouse.move(*at(0.5))
    page.mouse.down()
    page.mouse.move(*at(0.37), steps=3)
    name = f"Blend {page.locator('.percent').first.input_value()}"
    assert name != "Blend 50%"
    assert title(page) == page.inner_text(".bar .label") == name
    page.mouse.up()
    settled(page)
    assert title(page) == page.inner_text(".bar .label") == name
    # The percentage is typed; discards are undone.
    page.locator(".percent").first.fill("30")
    page.keyboard.press("Enter")
    page.wait_for_function("beatgen.state.label === 'Blend 30%'")
    press(page, "Discard").nth(1).click()
    page.locator(".wall .card b", has_text="Take 2").wait_for(state="detached")
    page.locator(".st-key-takeaway h2").click()
    page.keyboard.press("z")
    page.locator(".wall .card b", has_text="Take 2").wait_for()
    grid = page.locator(".grid").bounding_box()
    assert grid["y"] < 700, "the grid is in view"
