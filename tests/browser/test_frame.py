"""The page around the player, in a real browser: themes, masthead, narrow and wide screens."""

import pytest
from streamlit_inside import APP, MENU_BUTTON, MENU_ITEM, SCROLLED, TO_THE_END, WIDTH
from visiting import (
    MAIN,
    drawn,
    file_link,
    go,
    map_is_drawn,
    middle,
    open_app,
    press,
    remembered,
    settled,
    slider,
    wall,
)

HEIGHT = 800
PHONE = {"width": 390, "height": 844}

# Streamlit and what Python draws are in the same theme, and no menu stands open.
WHOLLY = """([theme, app, menuItem]) => {
    const light = (name) => {
        const colour = getComputedStyle(document.querySelector(name)).backgroundColor;
        return Number(colour.match(/[\\d.]+/)[0]) > 128;
    };
    return document.querySelector('.st-key-takeaway')
        && light(app) === light('.st-key-takeaway') && light(app) === (theme === 'light')
        && !document.querySelector(menuItem);
}"""


FOCUSED = """() => {
    let it = document.activeElement;
    while (it.shadowRoot?.activeElement) it = it.shadowRoot.activeElement;
    const { top, bottom } = it.getBoundingClientRect();
    const name = it.ariaLabel || it.innerText;
    return { top, bottom, name, inBar: Boolean(it.closest('.bar')) };
}"""


# Whether it is what is seen in its middle
IS_SEEN = """(it) => {
    const { left, top, width, height } = it.getBoundingClientRect();
    return it.getRootNode().elementFromPoint(left + width / 2, top + height / 2) === it;
}"""


# Streamlit's menu, closed again as soon as it opens for the first time. Then each frame looks for
# it, for seconds: ten of them a second are enough. Streamlit does not find the theme that it keeps,
# whose name may be another in its next version.
CLOSES_ONCE = f"""
const {{ setItem }} = Storage.prototype;
Storage.prototype.setItem = function (name, text) {{
    if (!name.startsWith('stActiveTheme')) setItem.call(this, name, text);
}};
window.closedMenu = false;
const frame = requestAnimationFrame;
window.requestAnimationFrame = (act) => setTimeout(frame, 100, act);
const watch = new MutationObserver(() => {{
    if (!document.querySelector('{MENU_ITEM}')) return;
    watch.disconnect();
    window.closedMenu = true;
    document.querySelector('{MENU_BUTTON}').click();
}});
watch.observe(document, {{ childList: true, subtree: true }});
"""


@pytest.fixture
def phone(serve, open_page):
    return open_app(serve, open_page, **PHONE, has_touch=True, is_mobile=True)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_newcomer_sees_the_dark_theme_and_may_choose_the_light_one(serve, open_page, scheme):
    page = open_page(serve(MAIN), height=1000, color_scheme=scheme)
    wholly(page, "dark")
    page.wait_for_function("document.activeElement === document.body")  # space plays
    remembered(page)
    drawn(page)
    lane = page.locator(".grid canvas").first.evaluate(
        "it => it.getContext('2d').getImageData(2, it.height - 2, 1, 1).data[3] / 255"
    )
    rows = page.locator(".heads .head").count()
    assert lane == pytest.approx(0.07 * (1 if rows % 2 else 0.6), abs=0.003), "as dark lanes are"
    picture = page.locator("canvas.path")
    dark = picture.evaluate("it => it.toDataURL()")
    choose_light(page)
    wholly(page, "light")
    settled(page)
    drawn(page)
    assert picture.evaluate("it => it.toDataURL()") != dark, "the picture of the way"
    page.goto(serve(MAIN) + "/vary")  # Streamlit would have forgotten it at another address
    wholly(page, "light")


def test_a_theme_that_is_chosen_while_the_page_opens_stays(serve, open_page):
    page = open_page("about:blank")
    held = []
    page.route("**/theme.js", lambda route: held.append(route))  # playwright wants a function
    with page.expect_request("**/theme.js"):
        page.goto(serve(MAIN))
    page.wait_for_selector(".st-key-takeaway")
    choose_light(page)
    for route in held:
        route.continue_()
    wholly(page, "light")


# As with a Streamlit that keeps its theme elsewhere than this page says before it begins.
FORGETS_ONCE = """(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (name, value) {
        if (!name.startsWith('stActiveTheme')) return setItem.call(this, name, value);
        Storage.prototype.setItem = setItem;
    };
})()"""


def test_the_theme_is_asked_for_again_where_the_menu_closes(serve, open_page):
    page = open_app(serve, open_page, loads=True)
    wholly(page, "dark")
    choose_light(page)
    wholly(page, "light")
    page.add_init_script(FORGETS_ONCE)
    page.add_init_script(CLOSES_ONCE)
    page.goto(serve(MAIN) + "/vary")
    wholly(page, "light")
    assert page.evaluate("closedMenu")


# How far what is seen has moved, and how light the page's ground was at each frame.
WATCHES_THE_START = """(() => {
    window.moved = 0;
    window.grounds = new Set();
    const add = (list) => list.getEntries().forEach(({ value }) => (window.moved += value));
    new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
    const look = () => {
        const root = document.documentElement;
        if (root) window.grounds.add(getComputedStyle(root).backgroundColor);
        if (!root?.dataset.drawn) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})()"""


@pytest.mark.parametrize(("name", "width"), [("vary", 390), ("map", 1280)])
def test_nothing_moves_and_nothing_flashes_while_a_page_comes(serve, open_page, name, width):
    page = open_page("about:blank", width, 844, color_scheme="light")
    page.add_init_script(WATCHES_THE_START)
    page.goto(f"{serve(MAIN)}/{name}")
    page.wait_for_function("document.documentElement.dataset.drawn")
    assert page.locator(".player .bar").is_visible()
    settled(page)
    assert page.evaluate("moved") < 0.05
    assert page.evaluate("[...grounds]") == ["rgb(16, 18, 21)"], "the dark one from the first frame"


def test_what_waits_for_python_looks_so_after_a_while_but_not_what_sounds(serve, open_page):
    page = open_app(serve, open_page)
    opacities = """async (wait) => {
        const names = ['.st-key-roll-a', '.st-key-player'];
        const pieces = names.map((name) => document.querySelector(name));
        for (const piece of pieces) piece.dataset.stale = wait > 0;
        await new Promise((done) => setTimeout(done, wait));
        return pieces.map((piece) => Number(getComputedStyle(piece).opacity));
    }"""
    assert page.evaluate(opacities, 100) == [1, 1], "most runs are over by then"
    assert page.evaluate(opacities, 700) == [0.4, 1]
    assert page.evaluate(opacities, 0) == [1, 1]


def test_python_is_told_of_the_theme_until_it_draws_for_it(serve, open_page):
    page = open_page("about:blank")
    lost = []

    def let_through(message) -> None:
        if not lost and isinstance(message, bytes) and b'"shown' in message:
            lost.append(message)
        else:
            server.send(message)

    def route(socket) -> None:
        nonlocal server
        server = socket.connect_to_server()
        socket.on_message(let_through)

    server = None
    page.route_web_socket("**", route)
    page.goto(serve(MAIN))
    remembered(page)  # no run goes on that Python would hear of the theme by
    choose_light(page)
    wholly(page, "light")
    assert lost


def wholly(page, theme: str) -> None:
    """Wait until the whole page is in this theme."""
    page.wait_for_function(WHOLLY, arg=[theme, APP, MENU_ITEM])


def choose_light(page) -> None:
    page.click(MENU_BUTTON)
    page.get_by_role("menuitemradio", name="Light").click()
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "columns"), [(390, 2), (1280, 6), (1920, 6)])
def test_every_page_fills_the_width_and_is_no_wider(serve, open_page, width, columns):
    page = open_app(serve, open_page, width=width, height=HEIGHT)
    is_there = {
        "Vary": lambda: wall(page),
        "Shape": lambda: slider(page, "Density").wait_for(),
        "Map": lambda: map_is_drawn(page),
        "Blend": lambda: page.wait_for_selector(".st-key-deck-b .picture .roll"),
    }
    for name, wait in is_there.items():
        go(page, name)
        wait()
        assert page.evaluate(WIDTH) <= width
        if name == "Vary":
            assert_cards_fill(page, columns)
        if width > PHONE["width"]:
            assert_files_end_the_bar(page)
    if width > PHONE["width"]:
        page.get_by_label("Volume").focus()
        assert walked(page, 2) == ["Download MIDI", "Download WAV"]


def assert_cards_fill(page, columns: int) -> None:
    """So many cards are side by side, and the last one of them ends where the page does."""
    boxes = [card.bounding_box() for card in page.locator(".wall .card").all()]
    assert len([box for box in boxes if box["y"] == boxes[0]["y"]]) == columns
    assert min(box["width"] for box in boxes) >= 165
    assert boxes[columns - 1]["x"] + boxes[columns - 1]["width"] == pytest.approx(
        page.locator(".st-key-takeaway").evaluate("it => it.getBoundingClientRect().right"), abs=1
    )


def assert_files_end_the_bar(page) -> None:
    before = page.get_by_label("Volume").bounding_box()
    for kind in ("MIDI", "WAV"):
        box = file_link(page, kind).bounding_box()
        assert before["x"] + before["width"] <= box["x"] and box["y"] + box["height"] <= HEIGHT
        before = box
    assert page.locator(".bar").bounding_box()["height"] < 80  # one line


def walked(page, times: int) -> list[str]:
    """What the focus comes to by the Tab key, pressed so often."""
    names = []
    for _ in range(times):
        page.keyboard.press("Tab")
        names.append(page.evaluate(FOCUSED)["name"])
    return names


def test_on_a_phone_a_whole_bar_is_seen_and_what_is_pressed_is_as_high_as_a_finger(phone):
    scroller, field = (phone.locator(name).bounding_box() for name in (".scroller", ".field"))
    assert field["width"] == pytest.approx(2 * scroller["width"], abs=2)  # two bars
    assert scroller["width"] > 250
    assert not press(phone, "Mute kick").is_visible()
    phone.get_by_label("More controls").tap()
    phone.locator(".bar .toggle").first.wait_for()
    phone.locator(".st-key-match-b").wait_for()
    pressed = phone.locator(":is(button, summary):visible").evaluate_all(
        """all => all.filter((it) => !it.closest('header, [role=combobox] + *'))
            .map((it) => [it.getBoundingClientRect().height, it.ariaLabel || it.innerText])"""
    )
    assert len(pressed) > 40
    low = [(height, name) for height, name in pressed if height < 39.5]
    assert not low
    drawn(phone)
    phone.evaluate(TO_THE_END)
    last, bar = (phone.locator(name).bounding_box() for name in (".st-key-language-choice", ".bar"))
    assert last["y"] + last["height"] < bar["y"], "the end of the page is under the bar"
    press(phone, "Mute, solo").tap()
    for name in ("Mute kick", "Lock kick"):
        assert press(phone, name).bounding_box()["width"] >= 32, "a tap away"


def test_a_phone_says_what_sounds_and_has_tap_files_and_share(phone):
    assert "Blend 50%" in phone.locator(".bar").aria_snapshot(), "for those who do not see"
    words = phone.locator(".share span")
    is_hidden = f"(it) => !({IS_SEEN})(it)"
    phone.wait_for_function(is_hidden, arg=words.element_handle())  # once the page is as narrow
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(phone, "Share").tap()
    phone.get_by_text("Link copied").wait_for()
    box = words.bounding_box()
    right = box["x"] + box["width"]
    assert words.evaluate(IS_SEEN) and box["x"] >= 0 and right <= PHONE["width"]
    phone.get_by_text("Link copied").wait_for(state="detached")
    phone.wait_for_function(is_hidden, arg=words.element_handle())

    tap, midi = press(phone, "Tap"), file_link(phone, "MIDI")
    assert not tap.is_visible() and not midi.is_visible()
    phone.get_by_label("More controls").tap()
    assert all(it.bounding_box()["height"] >= 40 for it in (tap, midi, file_link(phone, "WAV")))
    with phone.expect_download() as waiting:
        midi.tap()
    assert waiting.value.suggested_filename == "blend-50-105.mid"
    phone.get_by_label("Volume").focus()
    assert walked(phone, 3) == ["Tap", "Download MIDI", "Download WAV"]
    phone.set_viewport_size({"width": 800, "height": PHONE["height"]})  # turned
    phone.locator(".tempo .tap").wait_for()
    midi.wait_for()


def test_what_has_the_focus_is_seen_between_masthead_and_bar(serve, open_page):
    page = open_app(serve, open_page, height=700)
    middle(page.locator(".st-key-masthead"))  # rests: it is higher until its letters are there
    head, bar = (page.locator(name).bounding_box() for name in (".st-key-masthead", ".bar"))
    press(page, "Share").focus()
    for key, last in (("Tab", "Stems"), ("Shift+Tab", "Demo groove for A")):
        focused = {"name": ""}
        for _ in range(100):
            page.keyboard.press(key)
            focused = page.evaluate(FOCUSED)
            between = head["height"] <= focused["top"] and focused["bottom"] <= bar["y"]
            assert focused["inBar"] or between, focused
            if last in focused["name"]:
                break
        assert last in focused["name"]


def test_the_masthead_stays_and_streamlits_menu_covers_nothing_else(serve, open_page):
    page = open_app(serve, open_page, width=390, height=844)
    page.evaluate(TO_THE_END)  # to its end
    page.wait_for_function(f"{SCROLLED} > 300")
    head = page.locator(".st-key-masthead").bounding_box()
    menu = page.locator(MENU_BUTTON).bounding_box()
    assert head["y"] == pytest.approx(0, abs=1)
    assert menu["y"] + menu["height"] <= head["height"] + 1
    last = page.locator(".st-key-share").bounding_box()
    assert last["x"] + last["width"] <= menu["x"] + 1
