"""A rhythm that is tapped in a real browser becomes drums that sound, and these are humanized."""

import pytest
from playing import state
from streamlit_inside import EXCEPTION, WIDTH
from visiting import go, open_app, press, settled, strikes, titled

TAPPED = [(0.02, " "), (1.5, " "), (2, "Enter"), (3.25, " ")]  # beats and keys
# Presses keys at some beats, as the browser says that they were heard.
TAP = """(taps) => {
    const { contextTime, performanceTime } = beatgen.clocks;
    for (const [beat, key] of taps) {
        const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
        const value = performanceTime + (beatgen.timeAt(beat) - contextTime) * 1000;
        Object.defineProperty(event, 'timeStamp', { value });
        document.body.dispatchEvent(event);
    }
}"""
MARKS = """marks => marks.map(({ style }) =>
    ['--place', '--loud'].map((name) => Number(style.getPropertyValue(name))))"""


def test_taps_on_a_phone_become_drums_that_are_turned_and_humanized(serve, open_page):
    page = open_app(serve, open_page, "drumify", width=390, height=844)
    assert page.evaluate(WIDTH) <= 390
    before = state(page)["hits"]
    pad = page.get_by_role("button", name="Tap a rhythm")
    pad.click()
    page.wait_for_function("beatgen.state.beat < 0")
    assert state(page)["hits"] == [], "the metronome alone"
    page.wait_for_function("beatgen.state.beat > 0.3")
    page.evaluate(TAP, TAPPED)
    box = page.locator(".tap-pad").bounding_box()
    page.mouse.click(box["x"] + 50, box["y"] + 6)
    marks = page.locator(".tap-rhythm .marks i").evaluate_all(MARKS)
    assert [place for place, _ in marks[:4]] == pytest.approx(
        [beat / 4 for beat, _ in TAPPED], abs=0.01
    )
    assert marks[2][1] > marks[1][1], "Enter is an accent"
    assert marks[4][1] > 0.9, "the pad is loud at its upper edge"
    titled(page, "Drums to My taps")
    page.wait_for_function("beatgen.state.playing && beatgen.state.beat > 0.1")
    settled(page)
    drums = state(page)["hits"]
    assert drums and drums != before
    assert strikes(page.locator(".st-key-rhythm .roll")) == 5
    page.keyboard.press("Space")
    page.wait_for_function("!beatgen.state.playing")  # no longer a tap
    page.get_by_role("slider", name="Busy").press("End")
    page.wait_for_function("count => beatgen.state.hits.length > count", arg=len(drums))
    press(page, "Make it B").click()
    titled(page, "B")
    assert page.evaluate(WIDTH) <= 390

    go(page, "Shape")
    stiff = state(page)["hits"]
    page.get_by_text("Humanize", exact=True).click()
    page.get_by_role("slider", name="Timing").press("End")
    titled(page, "B, humanized")
    settled(page)
    loose = state(page)["hits"]
    assert sorted(hit["voice"] for hit in stiff) == sorted(hit["voice"] for hit in loose)
    assert loose != stiff, "the same hits, elsewhere"
    table = page.get_by_role("table")
    assert table.get_by_role("rowheader").count() == len({hit["voice"] for hit in loose})
    assert page.evaluate(WIDTH) <= 390, "a wide table is moved sideways in its place"
    assert page.locator(EXCEPTION).count() == 0
