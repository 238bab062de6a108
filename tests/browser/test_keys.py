"""Space in a real browser: it plays after a click, and presses a button after the tab key."""

import pytest
from playing import bounds, state, told, wait_until_told
from visiting import (
    drawn,
    go,
    hits_of,
    open_app,
    press,
    same,
    settled,
    shown,
    slider,
    take_button,
    titled,
    wall,
)

from app import engine
from app.page import OPENING
from app.player.wire import Edit, with_edits
from app.session import Deck
from beatgen.kit import INDEX

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


def first_take(place: float, edits: list[Edit] = ()) -> list:
    """The hits of the first take that the Vary page makes of a new session's blend."""
    a, b = (Deck(engine.demos()[title]).groove for title in OPENING)
    blend = with_edits(engine.blend(a, b, place), edits)
    takes = engine.vary(blend, 6, 0.4, 0.4, 1)
    return hits_of(max(takes, key=lambda take: engine.similarity(blend, take)))


def test_v_varies_on_every_page_right_after_a_drag_and_play_goes_on(serve, open_page):
    page = open_app(serve, open_page)
    page.click(".play")
    page.wait_for_function("beatgen.state.beat > 0.1")
    page.evaluate("window.same = document.querySelector('.st-key-player')")
    slider(page, "Blend from A to B").click(position={"x": 200, "y": 10})  # it has the focus now
    page.keyboard.press("v")
    page.locator(".st-key-here", has_text="Vary").wait_for()
    wall(page)
    take_button(page, 1).click()
    titled(page, "Take 1")
    settled(page)
    place = state(page)["position"]
    assert place < 0.4 and same(shown(page), first_take(place)), "it is of what was dragged to"
    page.get_by_role("slider", name="Takes").press("ArrowRight")
    page.locator(".st-key-count", has_text="7").wait_for()
    settled(page)
    page.keyboard.press("v")
    take_button(page, 13).wait_for()
    go(page, "Map")
    page.locator(".st-key-takeaway h2").click()
    page.keyboard.press("v")
    take_button(page, 20).wait_for()
    assert page.locator(CARDS).count() == 7, "as the wall's settings say"
    assert page.locator(".st-key-here", has_text="Vary").is_visible()
    assert state(page)["playing"]
    assert page.evaluate("window.same.isConnected"), "the player never left the page"


LET_GO_AND_VARY = """slider => {
    slider.value = 0.171;
    for (const type of ['input', 'change']) slider.dispatchEvent(new Event(type));
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'v', bubbles: true }));
}"""


def test_v_in_the_moment_of_letting_go_varies_what_was_let_go_of(serve, open_page):
    """Streamlit throws away what components said when the script switches to another page."""
    page = open_app(serve, open_page)
    slider(page, "Blend from A to B").evaluate(LET_GO_AND_VARY)
    wall(page)
    take_button(page, 1).click()
    titled(page, "Take 1")
    settled(page)
    assert same(shown(page), first_take(0.171))


def test_v_on_another_page_knows_of_edits(serve, open_page):
    page = open_app(serve, open_page)
    before = shown(page)
    page.mouse.click(*bounds(page, 20, "kick"))
    settled(page)
    assert len(shown(page)) == len(before) + 1
    edit = next(h for h in state(page)["hits"] if (h["step"], h["voice"]) == (20, INDEX["kick"]))
    page.keyboard.press("v")
    wall(page)
    take_button(page, 1).click()
    titled(page, "Take 1")
    settled(page)
    assert same(shown(page), first_take(0.5, [Edit(**edit)]))


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


def test_a_key_that_is_held_is_one_move(page):
    """The keyboard begins to repeat it after half a second; no rest in between."""
    page.mouse.click(640, 600)
    page.keyboard.down("ArrowRight")
    page.wait_for_timeout(500)
    assert told(page)["position"] == 0, "it is not let go"
    for _ in range(3):
        page.keyboard.down("ArrowRight")
    page.keyboard.up("ArrowRight")
    wait_until_told(page, position=4 / 32)
    page.keyboard.press("z")
    assert state(page)["position"] == 0


def test_a_move_that_changes_nothing_takes_nothing_from_undo_and_redo(page):
    page.mouse.click(640, 600)
    page.keyboard.press("ArrowRight")
    wait_until_told(page, position=1 / 32)
    page.keyboard.press("z")
    wait_until_told(page, position=0)
    page.keyboard.press("ArrowLeft")
    press(page, "All A").click()
    assert press(page, "Undo (Z)").is_disabled()
    page.keyboard.press("y")
    wait_until_told(page, position=1 / 32)


@pytest.mark.parametrize(
    ("target", "key", "modifier"),
    [
        ("canvas.cells", "l", "ctrlKey"),
        ("canvas.cells", "-", "metaKey"),
        (".blend .together", "ArrowLeft", "altKey"),
        (".heads button", "ArrowDown", "altKey"),
        (".number", "ArrowUp", "ctrlKey"),
    ],
)
def test_keys_with_a_modifier_are_left_to_the_browser(page, target, key, modifier):
    page.locator("canvas.cells").focus()
    page.keyboard.press("ArrowRight")  # the cursor of the grid is out
    free = page.locator(target).first.evaluate(
        """(target, [key, modifier]) => {
            const how = { key, [modifier]: true, bubbles: true, cancelable: true, composed: true };
            return target.dispatchEvent(new KeyboardEvent('keydown', how));
        }""",
        [key, modifier],
    )
    assert free
    settled(page)
    now = told(page)
    assert (now["position"], now["tempo"], now["locked"]) == (0, None, None)
