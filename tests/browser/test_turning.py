"""Takes heard by pointing at them, and the shape sliders heard while they are turned."""

from pathlib import Path

import pytest

MAIN = Path(__file__).parents[2] / "app" / "main.py"
HITS = "JSON.stringify(beatgen.state.hits)"  # what the player's grid shows and sounds
PAYLOAD = 50_000  # bytes, at most, for one interaction


def open_at(serve, open_page, name: str):
    page = open_page(f"{serve(MAIN)}/{name}", height=1000)
    page.set_default_timeout(60_000)
    page.wait_for_function("window.beatgen?.state.way")
    page.wait_for_selector(".st-key-takeaway")
    page.wait_for_function("localStorage.getItem('beatgen')")
    page.wait_for_timeout(500)
    return page


def hits(page) -> str:
    return page.evaluate(HITS)


def sounds(page, wanted: str, same: bool = True) -> None:
    page.wait_for_function(
        f"([hits, same]) => ({HITS} === hits) === same", arg=[wanted, same], timeout=15_000
    )


@pytest.fixture
def vary(serve, open_page):
    page = open_at(serve, open_page, "vary")
    page.locator("[class*=st-key-take-]").nth(5).wait_for()
    return page


@pytest.fixture
def shape(serve, open_page):
    page = open_at(serve, open_page, "shape")
    slider(page, "Density").wait_for()
    return page


def slider(page, name: str):
    return page.get_by_role("slider", name=name, exact=True)


def told(page, words: str) -> None:
    page.locator(".st-key-takeaway h2", has_text=words).wait_for()


# --- the wall


def test_pointing_at_a_take_sounds_it_and_leaving_gives_the_blend_back(vary):
    blend = hits(vary)
    vary.click(".play")
    vary.wait_for_function("beatgen.state.beat > 0.5")
    vary.locator("[class*=st-key-take-]").nth(4).hover()
    sounds(vary, blend, same=False)
    take = hits(vary)
    pending = vary.evaluate(
        """() => { const { beat } = beatgen.state;
            return beatgen.scheduled.filter((stroke) => stroke.beat > beat).length; }"""
    )
    assert pending > 0
    vary.mouse.move(5, 5)
    sounds(vary, blend)
    assert vary.locator(".st-key-takeaway h2").inner_text() == "Blend 50%"  # no round trip
    vary.locator("[class*=st-key-play-]").nth(4).click()
    told(vary, "Take 5")
    assert hits(vary) == take


def test_pointing_is_silent_while_nothing_plays_and_a_click_starts(vary):
    blend = hits(vary)
    vary.locator("[class*=st-key-take-]").nth(2).hover()
    vary.wait_for_timeout(400)
    assert hits(vary) == blend
    vary.locator("[class*=st-key-play-]").nth(2).click()
    vary.wait_for_function("beatgen.state.playing")
    told(vary, "Take 3")
    sounds(vary, blend, same=False)


def test_a_tap_plays_a_take(serve, open_page):
    page = open_page(f"{serve(MAIN)}/vary", width=390, height=844, has_touch=True, is_mobile=True)
    page.set_default_timeout(60_000)
    page.wait_for_function("window.beatgen?.state.way")
    card = page.locator("[class*=st-key-play-]").nth(1)
    card.wait_for()
    card.tap()
    page.wait_for_function("beatgen.state.playing")
    told(page, "Take 2")


def test_an_edited_take_becomes_a(vary):
    vary.locator("[class*=st-key-play-]").nth(0).click()
    told(vary, "Take 1")
    vary.mouse.move(5, 5)
    vary.wait_for_timeout(400)
    before = hits(vary)
    cells = vary.locator("canvas.cells")
    cells.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        vary.keyboard.press(key)
    sounds(vary, before, same=False)
    edited = hits(vary)
    vary.wait_for_timeout(1000)
    vary.get_by_role("button", name="Make it A").click()
    vary.click("[aria-label='All A']")
    sounds(vary, edited)


# --- the shape panel


def test_a_slider_is_heard_while_it_is_dragged_without_a_word_to_python(shape):
    before = hits(shape)
    box = slider(shape, "Density").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    shape.mouse.move(*middle)
    shape.mouse.down()
    shape.wait_for_timeout(300)
    shape.evaluate(
        """() => { window.sent = 0; const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (...a) { window.sent++; send.apply(this, a); }; }"""
    )
    heard = set()
    for i in range(1, 9):
        shape.mouse.move(middle[0] + i * box["width"] / 20, middle[1])
        shape.wait_for_timeout(60)
        heard.add(hits(shape))
    assert len(heard) > 5 and before not in heard
    assert shape.evaluate("window.sent") == 0
    shape.mouse.up()
    told(shape, "shaped")
    assert float(slider(shape, "Density").input_value()) > 1


def test_what_is_heard_at_the_end_of_a_turn_is_what_python_decodes(shape):
    before = hits(shape)
    slider(shape, "Loudness").focus()
    for _ in range(15):  # 1.5 units, where Python has sent a groove
        shape.keyboard.press("ArrowRight")
    sounds(shape, before, same=False)
    turned = hits(shape)
    told(shape, "shaped")
    shape.wait_for_timeout(1000)
    assert hits(shape) == turned


def test_a_double_click_puts_a_slider_back_and_reset_all_of_them(shape):
    before = hits(shape)
    box = slider(shape, "Syncopation").bounding_box()
    shape.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    told(shape, "shaped")
    slider(shape, "Syncopation").dblclick(position={"x": box["width"] * 0.9, "y": 10})
    sounds(shape, before)
    shape.locator(".st-key-takeaway h2", has_not_text="shaped").wait_for()
    assert slider(shape, "Syncopation").input_value() == "0"
    shape.get_by_role("button", name="Randomize").click()
    told(shape, "shaped")
    sounds(shape, before, same=False)
    shape.get_by_role("button", name="Reset").click()
    sounds(shape, before)


def test_each_slider_says_what_it_does_and_both_its_ends(shape):
    loudness = slider(shape, "Loudness")
    assert loudness.get_attribute("aria-valuetext") == "as it is"
    loudness.focus()
    shape.keyboard.press("ArrowLeft")
    assert loudness.get_attribute("aria-valuetext") == "0.1 towards soft"
    assert shape.locator(".turn", has_text="Loudness").inner_text().split("\n")[-2:] == [
        "soft",
        "loud",
    ]


def test_the_principal_sliders_are_heard_too(shape):
    before = hits(shape)
    shape.get_by_text("Principal directions").click()
    first = slider(shape, "Principal 1")
    first.focus()
    for _ in range(10):
        shape.keyboard.press("ArrowRight")
    sounds(shape, before, same=False)
    told(shape, "shaped")


def test_a_turn_is_a_small_message(shape):
    received = []
    slider(shape, "Density").focus()
    client = shape.context.new_cdp_session(shape)
    client.send("Network.enable")
    client.on(
        "Network.webSocketFrameReceived",
        lambda frame: received.append(len(frame["response"]["payloadData"]) * 3 // 4),
    )
    shape.keyboard.press("ArrowRight")
    told(shape, "shaped")
    shape.wait_for_timeout(1500)
    assert 0 < sum(received) < PAYLOAD
