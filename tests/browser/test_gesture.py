"""The first sound in a browser that lets none begin before the page was clicked, as they all do.

The other tests switch that off. Playwright's own looks into a page count as clicks on it, so this
page is driven by the browser's protocol alone.
"""

import time

import pytest
from serving import CHROMIUM_FLAGS, chromium_path
from streamlit_inside import RESTS
from visiting import LISTENS, MAIN

LOUD = 0.01  # full scale is 1
PLAY = "button.play"
CHART = ".st-key-map-plot .js-plotly-plot .nsewdrag"
DEEP = """((selector) => {
    const find = (root) => {
        const found = root.querySelector(selector);
        if (found) return found;
        for (const { shadowRoot } of root.querySelectorAll('*')) {
            const inside = shadowRoot && find(shadowRoot);
            if (inside) return inside;
        }
        return null;
    };
    const box = find(document)?.getBoundingClientRect();
    return box?.width ? [box.left, box.top, box.width, box.height] : null;
})"""
PEAK = """beatgen.listen().then((listened) => listened(3)).then(({ left }) =>
    left.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0))"""
SUSPENDED = """new Promise((resolve) => {
    const context = new AudioContext();
    setTimeout(() => resolve(context.state), 300);
})"""

# What is sent to Python waits until `sendHeld()`.
HOLD = """{
    const held = [];
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (...data) { held.push(() => send.apply(this, data)); };
    window.sendHeld = () => {
        WebSocket.prototype.send = send;
        for (const go of held) go();
    };
}"""


class Untouched:
    """A page that no one has clicked yet."""

    def __init__(self, page) -> None:
        self._session = page.context.new_cdp_session(page)

    def ask(self, expression: str):
        answer = self._session.send(
            "Runtime.evaluate",
            {"expression": expression, "awaitPromise": True, "returnByValue": True},
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, expression: str):
        """The first value of it that is none of false, 0 and null."""
        until = time.monotonic() + 60
        while not (value := self.ask(expression)):
            assert time.monotonic() < until, expression
            time.sleep(0.1)
        return value

    def click(self, selector: str, x: float = 0.5, y: float = 0.5) -> None:
        """Click an element, by default in its middle."""
        left, top, width, height = self.wait(f"{DEEP}({selector!r})")
        place = {"x": left + x * width, "y": top + y * height}
        for kind, button, held in (
            ("mouseMoved", "none", 0),
            ("mousePressed", "left", 1),
            ("mouseReleased", "left", 0),
        ):
            answer = {"type": kind, **place, "button": button, "buttons": held, "clickCount": 1}
            self._session.send("Input.dispatchMouseEvent", answer)


@pytest.fixture(scope="module")
def strict(browser):
    """A Chromium that lets no sound begin by itself."""
    chromium = browser.browser_type.launch(
        executable_path=chromium_path(), args=list(CHROMIUM_FLAGS)
    )
    yield chromium
    chromium.close()


@pytest.fixture
def untouched(strict, serve):
    """Open a page of the app; gives it once it stands, unclicked."""
    context = strict.new_context(viewport={"width": 1280, "height": 1000}, color_scheme="dark")

    def open_one(name: str) -> Untouched:
        page = context.new_page()
        page.goto(f"{serve(MAIN)}/{name}")
        found = Untouched(page)
        found.wait("Boolean(window.beatgen?.state.path && localStorage.getItem('beatgen'))")
        found.wait(RESTS)
        assert found.ask("navigator.userActivation.hasBeenActive") is False
        assert found.ask(SUSPENDED) == "suspended", "this browser lets sound begin by itself"
        return found

    yield open_one
    context.close()


def test_the_first_click_on_play_sounds(untouched):
    page = untouched("")
    page.click(PLAY)
    page.wait("beatgen.state.beat > 0.2")
    assert page.ask("beatgen.state.contextState") == "running"
    assert page.ask(PEAK) > LOUD


def test_a_first_click_on_the_map_opens_the_sound_before_python_has_play_started(untouched):
    """Safari lets sound begin within the gesture alone, and not a round trip later."""
    chart = untouched("map")
    chart.wait(f"{DEEP}({CHART!r})")
    chart.wait(LISTENS)
    chart.ask(HOLD)
    chart.click(CHART, 0.45, 0.55)
    chart.wait("beatgen.state.contextState === 'running'")
    assert chart.ask("beatgen.state.playing") is False
    chart.ask("sendHeld()")
    chart.wait("beatgen.state.beat > 0.2")
    assert chart.ask("beatgen.state.contextState") == "running"
    assert chart.ask(PEAK) > LOUD
