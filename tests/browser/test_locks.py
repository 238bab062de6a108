"""Locks, edits and what is listened to, in a real browser: nothing changes that must not."""

from playing import (
    LOCKED,
    TOLD,
    bounds,
    cells,
    play,
    shows_voice,
    state,
    told,
    wait_until_edited,
    wait_until_told,
)
from visiting import HARNESS, ready

from beatgen.kit import INDEX

KICK, SNARE = INDEX["kick"], INDEX["snare"]


def shown(page, voice: int) -> list[tuple]:
    """The hits of a voice in the browser, to the last bit."""
    hits = state(page)["hits"]
    return [(h["step"], h["velocity"], h["timing"]) for h in hits if h["voice"] == voice]


def known(page, voice: int) -> list[tuple]:
    """The same in Python: 32-bit floats, told exactly."""
    return [tuple(hit) for hit in told(page)["hits"] if hit[1] == voice]


def between(page) -> None:
    """Go to a place where hits stand between what the wire can say of timing."""
    page.get_by_role("button", name="Apart").click()
    page.get_by_label("Pattern from A to B").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    wait_until_told(page, position=2 / 32, feel=1 / 32)
    agreed(page)


def agreed(page) -> None:
    """Wait until the browser shows what Python sounds, but for what the wire rounds."""
    page.wait_for_function(
        f"""() => {{
            const told = {TOLD}.hits;
            const {{ hits }} = beatgen.state;
            return told?.length === hits.length && hits.every((hit, i) =>
                hit.step === told[i][0] && hit.voice === told[i][1]
                && hit.velocity === Math.round(told[i][2] * 127)
                && Math.abs(hit.timing - told[i][3]) < 0.005);
        }}"""
    )


def test_a_locked_voice_stays_bit_for_bit_wherever_the_blend_goes(page):
    between(page)
    page.click("[aria-label='Lock kick']")
    page.wait_for_function(LOCKED)
    kick, kick_known, snare = shown(page, KICK), known(page, KICK), shown(page, SNARE)
    assert [hit[2] for hit in kick] != [hit[3] for hit in kick_known], "the wire rounds"
    play(page)
    pad = page.locator(".pad").bounding_box()
    page.mouse.move(pad["x"] + 300, pad["y"] + 30)
    page.mouse.down()
    for x in (200, 700, 800):
        page.mouse.move(pad["x"] + x, pad["y"] + 60)
        assert shown(page, KICK) == kick, "while dragging"
    assert shown(page, SNARE) != snare
    page.mouse.up()
    page.wait_for_function("beatgen.state.hits.some((hit) => hit.velocity === 77)")
    agreed(page)
    assert shown(page, KICK) == kick, "settled"
    assert known(page, KICK) == kick_known, "and in Python"
    page.get_by_role("button", name="Rerun").click()
    page.get_by_text("Take", exact=True).click()
    shows_voice(page, INDEX["tom 1"])
    agreed(page)
    first = [sum(hit[0] < 64 for hit in hits) for hits in (kick, kick_known)]  # it has one bar
    assert shown(page, KICK) == kick[: first[0]], "in a take"
    assert known(page, KICK) == kick_known[: first[1]]
    page.click("[aria-label='Lock kick']")
    page.wait_for_function("beatgen.state.lock === null")
    agreed(page)
    assert shown(page, KICK) != kick, "unlocked, it is the take's own"


def sweep(page, first: int, last: int) -> None:
    """Drag along the ruler over these sixteenths."""
    box = page.locator(".ruler").bounding_box()
    x = [box["x"] + (i + 0.5) * box["width"] / 32 for i in (first, last)]
    y = box["y"] + box["height"] / 2
    page.mouse.move(x[0], y)
    page.mouse.down()
    page.mouse.move(x[1], y, steps=3)
    page.mouse.up()


def test_steps_are_locked_along_the_ruler_and_a_click_opens_them(page):
    sweep(page, 2, 5)
    page.wait_for_function(LOCKED)
    assert told(page)["locked"] == [[], [2, 3, 4, 5]]
    held = {cell for cell in cells(page) if 6 <= cell[0] < 22}
    assert held == {(8, "hi-hat"), (16, "hi-hat"), (16, "snare")}
    page.click("[aria-label='All B']")
    wait_until_told(page, position=1)
    agreed(page)
    assert {cell for cell in cells(page) if 6 <= cell[0] < 22} == held
    assert (0, "ride") in cells(page) and (0, "hi-hat") not in cells(page)
    sweep(page, 4, 4)
    page.wait_for_function("beatgen.state.lock === null")
    assert (16, "ride") in cells(page) and (16, "hi-hat") not in cells(page)
    page.keyboard.press("z")
    assert {cell for cell in cells(page) if 6 <= cell[0] < 22} == held, "undo locks it again"


def test_a_finger_locks_steps(serve, open_page):
    page = ready(open_page(serve(HARNESS), 390, 844, has_touch=True, is_mobile=True))
    page.locator(".ruler").scroll_into_view_if_needed()
    box = page.locator(".ruler").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 1.5 / 32, box["y"] + box["height"] / 2)
    page.wait_for_function("beatgen.state.lock?.sixteenths.join() === '0,1,2,3'")


def test_the_keyboard_locks_the_cursors_beat(page):
    page.focus("canvas.cells")
    for key in ("ArrowRight", "ArrowRight", "l"):
        page.keyboard.press(key)
    page.wait_for_function(LOCKED)
    assert told(page)["locked"] == [[], [0, 1, 2, 3]]
    assert "locked" in page.inner_text(".status")


def test_an_edit_in_a_locked_voice_is_held_by_the_lock(page):
    page.click("[aria-label='Lock kick']")
    page.wait_for_function(LOCKED)
    page.mouse.click(*bounds(page, 20, "kick"))
    page.click("[aria-label='All B']")
    wait_until_told(page, position=1)
    agreed(page)
    assert (20, "kick") in cells(page)
    assert 20 in [step for step, *_ in known(page, KICK)]
    page.keyboard.press("z")
    page.keyboard.press("z")
    wait_until_told(page, position=0)
    assert (20, "kick") not in cells(page)


def test_edits_wait_with_their_groove_and_undo_goes_back_to_them(page):
    page.mouse.click(*bounds(page, 20, "kick"))
    wait_until_edited(page)
    page.click("[aria-label='All B']")
    wait_until_told(page, position=1, edited=None)
    assert (20, "kick") not in cells(page)
    page.mouse.move(10, 10)
    assert "undo" in page.inner_text(".status")
    page.keyboard.press("z")
    assert (20, "kick") in cells(page)
    assert "kick         |O----o--o-------" in wait_until_edited(page)
    page.get_by_text("Take", exact=True).click()
    shows_voice(page, INDEX["tom 1"])
    wait_until_told(page, edited=None)
    assert (20, "kick") not in cells(page)
    page.get_by_text("Take", exact=True).click()
    wait_until_edited(page)
    assert (20, "kick") in cells(page), "back on their groove they are there again"


def test_what_is_listened_to_is_what_python_sounds(page):
    page.click("[aria-label='All B']")
    wait_until_told(page, position=1)
    page.click(".switch [data-of=a]")
    wait_until_told(page, monitor="a")
    agreed(page)
    assert {int(voice) for _, voice, *_ in told(page)["hits"]} == {
        INDEX[name] for name in ("hi-hat", "snare", "kick")
    }
    page.get_by_text("Shape", exact=True).click()
    wait_until_told(page, monitor="blend")
    agreed(page)
    assert state(page)["monitor"] == "blend", "what is shaped is heard"


def test_a_lock_takes_from_a_what_the_blend_then_keeps(page):
    page.click("[aria-label='All B']")
    wait_until_told(page, position=1)
    page.click(".switch [data-of=a]")
    wait_until_told(page, monitor="a")
    page.click("[aria-label='Lock hi-hat']")
    page.wait_for_function(LOCKED)
    page.click(".switch [data-of=blend]")
    wait_until_told(page, monitor="blend")
    agreed(page)
    hats = sorted(step for step, name in cells(page) if name == "hi-hat")
    assert hats == list(range(0, 128, 8)) and (0, "ride") in cells(page)
