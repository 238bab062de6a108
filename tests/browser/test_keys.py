"""Space in a real browser: it plays after a click, and presses a button after the tab key."""

from playing import state
from visiting import drawn, open_app, press, settled, take_button, wall

CARDS = ".wall .card b"
PLAYING = "(wanted) => beatgen.state.playing === wanted"


def space(page, *, plays: bool) -> None:
    page.keyboard.press("Space")
    page.wait_for_function(PLAYING, arg=plays)


def test_after_a_click_on_a_button_space_plays_and_stops(page):
    for name in ("Metronome", "Mute kick", "Lock kick"):
        button = press(page, name)
        button.click()
        space(page, plays=True)
        space(page, plays=False)
        assert button.get_attribute("aria-pressed") == "true", "pressed once, by the click"


def test_after_a_click_on_a_take_or_a_button_of_the_page_space_plays_and_stops(serve, open_page):
    page = open_app(serve, open_page, "vary")
    wall(page)
    press(page, "Keep").first.click()
    page.wait_for_selector(".wall [aria-pressed=true]")
    space(page, plays=True)
    assert page.locator(".wall [aria-pressed=true]").count() == 1
    page.click(".st-key-vary button")
    take_button(page, 7).wait_for()
    settled(page)
    takes = page.locator(CARDS).all_inner_texts()
    space(page, plays=False)
    settled(page)
    assert page.locator(CARDS).all_inner_texts() == takes, "varied once, by the click"


def test_who_walks_by_the_tab_key_presses_buttons_with_space(page):
    page.mouse.click(640, 600)
    metronome = press(page, "Metronome")
    page.locator("[aria-label='Swing']").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert metronome.get_attribute("aria-pressed") == "true"
    assert not state(page)["playing"]


def test_space_held_down_is_pressed_once(page):
    page.mouse.click(640, 600)
    page.evaluate("beatgen.kitReady.then(() => true)")
    page.keyboard.down("Space")
    page.wait_for_function(PLAYING, arg=True)
    for _ in range(3):
        page.keyboard.down("Space")  # the keyboard repeats it
        drawn(page)
        assert state(page)["playing"]
    page.keyboard.up("Space")
    space(page, plays=False)


def focused(page) -> str:
    return page.evaluate("""() => {
        let on = document.activeElement;
        while (on?.shadowRoot?.activeElement) on = on.shadowRoot.activeElement;
        return on?.getAttribute('aria-label') ?? '';
    }""")


def test_the_voices_are_one_stop_of_the_tab_key_and_arrow_keys_go_on_there(page):
    before = state(page)["position"]
    page.get_by_role("slider", name="Blend from A to B").focus()
    stops = []
    while "Drum grid" not in (stops or [""])[-1]:
        page.keyboard.press("Tab")
        stops.append(focused(page))
    voices = [stop for stop in stops if stop.startswith(("Lock ", "Hear ", "Mute ", "Solo "))]
    assert len(voices) == 1, stops
    page.keyboard.press("Shift+Tab")
    top = focused(page).removeprefix("Lock ")
    page.keyboard.press("ArrowUp")
    assert focused(page) == f"Lock {top}", "there is no row above"
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    name = focused(page)
    assert name.startswith("Mute ") and not name.endswith(f" {top}")
    page.keyboard.press("Enter")
    assert press(page, name).get_attribute("aria-pressed") == "true"
    page.keyboard.press("ArrowLeft")
    assert focused(page) == name.replace("Mute", "Hear")
    assert state(page)["position"] == before, "the arrow keys are the voices' there"
    press(page, name).click()
    page.keyboard.press("ArrowRight")
    assert state(page)["position"] > before, "after a click they blend"
