"""Locks, edits and what is listened to, in a real browser: nothing changes that must not."""

from playing import (
    LOCKED,
    RECEIVED,
    bounds,
    cells,
    play,
    received,
    shows_voice,
    state,
    wait_until_edited,
    wait_until_received,
)
from visiting import HARNESS, ready

from beatgen.kit import INDEX

KICK, SNARE = INDEX["kick"], INDEX["snare"]


def shown(page, voice: int) -> list[tuple]:
    """The hits of a voice in the browser, to the last bit."""
    hits = state(page)["hits"]
    return [(h["step"], h["velocity"], h["timing"]) for h in hits if h["voice"] == voice]


def known(page, voice: int) -> list[tuple]:
    """The same in Python: 32-bit floats, to the last bit."""
    return [tuple(hit) for hit in received(page)["hits"] if hit[1] == voice]


def between(page) -> None:
    """Go to a place where hits stand between what the wire can say of timing."""
    page.get_by_role("button", name="Pattern and feel").click()
    page.get_by_label("Pattern from A to B").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    wait_until_received(page, position=0.02, feel=0.01)
    agreed(page)


def agreed(page) -> None:
    """Wait until the browser shows what Python sounds, but for what the wire rounds."""
    page.wait_for_function(
        f"""() => {{
            const received = {RECEIVED}.hits;
            const {{ hits }} = beatgen.state;
            return received?.length === hits.length && hits.every((hit, i) =>
                hit.step === received[i][0] && hit.voice === received[i][1]
                && hit.velocity === Math.round(received[i][2] * 127)
                && Math.abs(hit.timing - received[i][3]) < 0.005);
        }}"""
    )


def test_a_locked_voice_stays_bit_for_bit_wherever_the_blend_goes(harness):
    between(harness)
    harness.click("[aria-label='Lock kick']")
    harness.wait_for_function(LOCKED)
    kick, kick_known, snare = shown(harness, KICK), known(harness, KICK), shown(harness, SNARE)
    assert [hit[2] for hit in kick] != [hit[3] for hit in kick_known], "the wire rounds"
    play(harness)
    pad = harness.locator(".pad").bounding_box()
    harness.mouse.move(pad["x"] + 300, pad["y"] + 30)
    harness.mouse.down()
    for x in (200, 700, 800):
        harness.mouse.move(pad["x"] + x, pad["y"] + 60)
        assert shown(harness, KICK) == kick, "while dragging"
    assert shown(harness, SNARE) != snare
    harness.mouse.up()
    harness.wait_for_function("beatgen.state.hits.some((hit) => hit.velocity === 77)")
    agreed(harness)
    assert shown(harness, KICK) == kick, "settled"
    assert known(harness, KICK) == kick_known, "and in Python"
    harness.get_by_role("button", name="Rerun").click()
    harness.get_by_text("Take", exact=True).click()
    shows_voice(harness, INDEX["tom 1"])
    agreed(harness)
    first = [sum(hit[0] < 64 for hit in hits) for hits in (kick, kick_known)]  # it has one bar
    assert shown(harness, KICK) == kick[: first[0]], "in a take"
    assert known(harness, KICK) == kick_known[: first[1]]
    harness.click("[aria-label='Lock kick']")
    harness.wait_for_function("beatgen.state.lock === null")
    agreed(harness)
    assert shown(harness, KICK) != kick, "unlocked, it is the take's own"


def sweep(page, first: int, last: int) -> None:
    """Drag along the ruler over these sixteenths."""
    box = page.locator(".ruler").bounding_box()
    x = [box["x"] + (i + 0.5) * box["width"] / 32 for i in (first, last)]
    y = box["y"] + box["height"] / 2
    page.mouse.move(x[0], y)
    page.mouse.down()
    page.mouse.move(x[1], y, steps=3)
    page.mouse.up()


def test_steps_are_locked_along_the_ruler_and_a_click_opens_them(harness):
    sweep(harness, 2, 5)
    harness.wait_for_function(LOCKED)
    assert received(harness)["locked"] == [[], [2, 3, 4, 5]]
    held = {cell for cell in cells(harness) if 6 <= cell[0] < 22}
    assert held == {(8, "hi-hat"), (16, "hi-hat"), (16, "snare")}
    harness.click("[aria-label='All B']")
    wait_until_received(harness, position=1)
    agreed(harness)
    assert {cell for cell in cells(harness) if 6 <= cell[0] < 22} == held
    assert (0, "ride") in cells(harness) and (0, "hi-hat") not in cells(harness)
    sweep(harness, 4, 4)
    harness.wait_for_function("beatgen.state.lock === null")
    assert (16, "ride") in cells(harness) and (16, "hi-hat") not in cells(harness)
    harness.keyboard.press("z")
    assert {cell for cell in cells(harness) if 6 <= cell[0] < 22} == held, "undo locks it again"


def test_a_finger_locks_steps(serve, open_page):
    page = ready(open_page(serve(HARNESS), 390, 844, has_touch=True, is_mobile=True))
    page.locator(".ruler").scroll_into_view_if_needed()
    box = page.locator(".ruler").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 1.5 / 32, box["y"] + box["height"] / 2)
    page.wait_for_function("beatgen.state.lock?.sixteenths.join() === '0,1,2,3'")


def test_the_keyboard_locks_the_cursors_beat(harness):
    harness.focus("canvas.cells")
    for key in ("ArrowRight", "ArrowRight", "l"):
        harness.keyboard.press(key)
    harness.wait_for_function(LOCKED)
    assert received(harness)["locked"] == [[], [0, 1, 2, 3]]
    assert "locked" in harness.inner_text(".status")


def test_edits_wait_with_their_groove_and_undo_goes_back_to_them(harness):
    harness.mouse.click(*bounds(harness, 20, "kick"))
    wait_until_edited(harness)
    harness.click("[aria-label='All B']")
    wait_until_received(harness, position=1, edited=None)
    assert (20, "kick") not in cells(harness)
    harness.mouse.move(10, 10)
    assert harness.inner_text(".status") == "Edits belong to Blend. Press Z to return to it."
    harness.keyboard.press("z")
    assert (20, "kick") in cells(harness)
    assert "kick         |O----o--o-------" in wait_until_edited(harness)
    harness.get_by_text("Take", exact=True).click()
    shows_voice(harness, INDEX["tom 1"])
    wait_until_received(harness, edited=None)
    assert (20, "kick") not in cells(harness)
    harness.get_by_text("Take", exact=True).click()
    wait_until_edited(harness)
    assert (20, "kick") in cells(harness), "back on their groove they are there again"


def test_what_is_listened_to_is_what_python_sounds(harness):
    harness.click("[aria-label='All B']")
    wait_until_received(harness, position=1)
    harness.click(".switch [data-of=a]")
    wait_until_received(harness, monitor="a")
    agreed(harness)
    assert {int(voice) for _, voice, *_ in received(harness)["hits"]} == {
        INDEX[name] for name in ("hi-hat", "snare", "kick")
    }
    harness.get_by_text("Shape", exact=True).click()
    wait_until_received(harness, monitor="blend")
    agreed(harness)
    assert state(harness)["monitor"] == "blend", "what is shaped is heard"
