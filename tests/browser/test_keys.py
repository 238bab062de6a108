"""Space in a real browser: it plays after a click, and presses a button after the tab key."""

from playing import bounds, received, state, wait_until_received
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


def test_after_a_click_on_a_button_space_plays_and_stops(harness):
    for name in ("Metronome", "Mute kick", "Lock kick"):
        button = press(harness, name)
        button.click()
        space(harness, plays=True)
        space(harness, plays=False)
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
    """Streamlit throws away what components sent when the script switches to another page."""
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


def test_who_walks_by_the_tab_key_presses_buttons_with_space(harness):
    harness.mouse.click(640, 600)
    metronome = press(harness, "Metronome")
    harness.locator("[aria-label='Swing']").focus()
    for _ in range(5):
        harness.keyboard.press("Tab")
        if focused(harness) == "Metronome":
            break
    harness.keyboard.press("Space")
    assert metronome.get_attribute("aria-pressed") == "true"
    assert not state(harness)["playing"]


def test_space_held_down_is_pressed_once(harness):
    harness.mouse.click(640, 600)
    harness.evaluate("beatgen.kitReady.then(() => true)")
    harness.keyboard.down("Space")
    harness.wait_for_function(PLAYING, arg=True)
    for _ in range(3):
        harness.keyboard.down("Space")  # the keyboard repeats it
        drawn(harness)
        assert state(harness)["playing"]
    harness.keyboard.up("Space")
    space(harness, plays=False)


def focused(page) -> str:
    return page.evaluate("""() => {
        let on = document.activeElement;
        while (on?.shadowRoot?.activeElement) on = on.shadowRoot.activeElement;
        return on?.getAttribute('aria-label') ?? '';
    }""")


def test_the_voices_are_one_stop_of_the_tab_key_and_arrow_keys_go_on_there(harness):
    before = state(harness)["position"]
    harness.get_by_role("slider", name="Blend from A to B").focus()
    stops = []
    while "Drum grid" not in (stops or [""])[-1]:
        harness.keyboard.press("Tab")
        stops.append(focused(harness))
    voices = [stop for stop in stops if stop.startswith(("Lock ", "Hear ", "Mute ", "Solo "))]
    assert len(voices) == 1, stops
    harness.keyboard.press("Shift+Tab")
    top = focused(harness).removeprefix("Lock ")
    harness.keyboard.press("ArrowUp")
    assert focused(harness) == f"Lock {top}", "there is no row above"
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        harness.keyboard.press(key)
    name = focused(harness)
    assert name.startswith("Mute ") and not name.endswith(f" {top}")
    harness.keyboard.press("Enter")
    assert press(harness, name).get_attribute("aria-pressed") == "true"
    harness.keyboard.press("ArrowLeft")
    assert focused(harness) == name.replace("Mute", "Hear")
    assert state(harness)["position"] == before, "the arrow keys are the voices' there"
    press(harness, name).click()
    harness.keyboard.press("ArrowRight")
    assert state(harness)["position"] > before, "after a click they blend"


def test_a_key_that_is_held_is_one_move(harness):
    """The keyboard begins to repeat it after half a second; no rest in between."""
    harness.mouse.click(640, 600)
    harness.keyboard.down("ArrowRight")
    harness.wait_for_timeout(350)  # longer than keys that came up wait for others
    assert received(harness)["position"] == 0, "it is not let go"
    for _ in range(3):
        harness.keyboard.down("ArrowRight")
    harness.keyboard.up("ArrowRight")
    wait_until_received(harness, position=0.04)
    harness.keyboard.press("z")
    assert state(harness)["position"] == 0


def test_a_move_that_changes_nothing_takes_nothing_from_undo_and_redo(harness):
    harness.mouse.click(640, 600)
    harness.keyboard.press("ArrowRight")
    wait_until_received(harness, position=0.01)
    harness.keyboard.press("z")
    wait_until_received(harness, position=0)
    harness.keyboard.press("ArrowLeft")
    press(harness, "All A").click()
    assert press(harness, "Undo (Z)").is_disabled()
    harness.keyboard.press("y")
    wait_until_received(harness, position=0.01)


WITH_MODIFIER = (
    ("canvas.cells", "l", "ctrlKey"),
    ("canvas.cells", "-", "metaKey"),
    (".blend .together", "ArrowLeft", "altKey"),
    (".heads button", "ArrowDown", "altKey"),
    (".number", "ArrowUp", "ctrlKey"),
)


def test_keys_with_a_modifier_are_left_to_the_browser(harness):
    harness.locator("canvas.cells").focus()
    harness.keyboard.press("ArrowRight")  # the cursor of the grid is out
    for target, key, modifier in WITH_MODIFIER:
        free = harness.locator(target).first.evaluate(
            """(target, [key, modifier]) => {
                const how = { bubbles: true, cancelable: true, composed: true };
                const pressed = new KeyboardEvent('keydown', { key, [modifier]: true, ...how });
                return target.dispatchEvent(pressed);
            }""",
            [key, modifier],
        )
        assert free, (target, key)
        settled(harness)
        now = received(harness)
        assert (now["position"], now["tempo"], now["locked"]) == (0, None, None), (target, key)
