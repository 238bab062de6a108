"""A visit to the page: opened, settled, acted on, with all that goes over its websocket counted."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from beatgen import demo
from beatgen.groove import Groove, join
from beatgen.midi import write_midi

PATIENCE = 60_000  # ms
HEIGHT = 1000  # px: the whole player is in sight

# Runs before the page's own scripts: notes when the server's last message came.
NOTE_MESSAGES = """window.WebSocket = class extends WebSocket {
    constructor(...answer) {
        super(...answer);
        this.addEventListener('message', () => (window.lastMessage = performance.now()));
    }
};"""

# Act, and tell how many ms later the page had settled: the last script run was over, and what its
# last message brought was painted. Nothing more must follow for `rest` ms. A short run may begin
# and end between two drawings, so that the page never shows that it ran.
SETTLE = """async (target, {act, rest}) => {
    const app = document.querySelector('.stApp');
    const began = performance.now();
    let settled = null;
    const look = () => {
        const runs = app.dataset.testScriptState !== 'notRunning';
        if (runs || lastMessage > (settled ?? began)) settled = null;
        if (runs || settled !== null || lastMessage < began) return;
        requestAnimationFrame(() => setTimeout(() => (settled ??= performance.now())));
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, {
        attributeFilter: ['data-test-script-state'],
        characterData: true,
        childList: true,
        subtree: true,
    });
    new Function('target', act)(target);
    while (settled === null || performance.now() - settled < rest) {
        if (performance.now() - began > 30000) throw new Error('the page did not settle');
        await new Promise((next) => setTimeout(next, 20));
    }
    observer.disconnect();
    return settled - began;
}"""
REST = 500  # ms

# Put the slider of the blend somewhere, and let it go there.
LET_GO = """(slider, place) => {
    slider.value = place;
    slider.dispatchEvent(new Event('input'));
    slider.dispatchEvent(new Event('change'));
}"""


@dataclass
class Visit:
    """One page of the app in a browser, open and at rest.

    sent, received: bytes of each websocket frame since `count` was called.
    """

    page: Page
    sent: list[int] = field(default_factory=list)
    received: list[int] = field(default_factory=list)

    def settle(self, target: str, act: str) -> float:
        """Do `act`, JavaScript that gets the element `target`; gives the ms until all stands."""
        element = self.page.locator(target).first
        return element.evaluate(SETTLE, {"act": act, "rest": REST})

    def count(self) -> None:
        """Count anew."""
        self.sent.clear()
        self.received.clear()

    @property
    def bytes(self) -> int:
        """Both ways."""
        return sum(self.sent) + sum(self.received)

    def rest(self) -> None:
        """Wait until the page asks and gets nothing any more."""
        still = "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"
        self.page.wait_for_function(still)
        while True:
            before = self.bytes
            self.page.wait_for_timeout(REST)
            if self.bytes == before and self.page.evaluate(still):
                return

    def load(self, side: str, name: str, groove: Groove) -> None:
        """Put a groove on a deck as a MIDI file."""
        file = io.BytesIO()
        write_midi(groove, file)
        files = {"name": f"{name}.mid", "mimeType": "audio/midi", "buffer": file.getvalue()}
        self.page.set_input_files(f".st-key-deck-{side} input[type=file]", files)
        self.page.locator(f".st-key-deck-{side} h2", has_text=name).wait_for()
        self.rest()

    def play(self) -> None:
        self.page.get_by_role("button", name="Play", exact=True).click()
        self.page.wait_for_function("beatgen.state.beat > 0.2")


def own_groove(seed: int, bars: int) -> Groove:
    """Bars of the demo grooves in an order and a loudness of its own."""
    rng = np.random.default_rng(seed)
    grooves = [demo.load(name) for name in demo.names()]
    chosen = [grooves[i] for i in rng.integers(len(grooves), size=bars)]
    whole = join(groove[int(rng.integers(groove.bars))] for groove in chosen)
    louder = rng.uniform(0.7, 1.2, whole.velocity.shape).astype(np.float32)
    velocity = np.clip(whole.velocity * louder, 1 / 127, 1)
    return Groove(np.where(whole.velocity > 0, velocity, 0), whole.timing, 110.0)


def visit(browser: Browser, url: str, name: str = "") -> Visit:
    """Open a page of the app, by its address, as a musician who has never been there."""
    context = browser.new_context(viewport={"width": 1280, "height": HEIGHT})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(NOTE_MESSAGES)
    found = Visit(page)
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    client.on("Network.webSocketFrameSent", lambda frame: found.sent.append(_size(frame)))
    client.on("Network.webSocketFrameReceived", lambda frame: found.received.append(_size(frame)))
    page.goto(f"{url}/{name}")
    page.wait_for_function("window.beatgen?.state.path")
    page.wait_for_selector(".st-key-takeaway")
    page.wait_for_function("localStorage.getItem('beatgen')")
    page.evaluate("beatgen.kitReady.then(() => null)")
    found.rest()
    return found


def _size(frame: dict[str, Any]) -> int:
    """Bytes of a frame's content; what is not text comes as base64."""
    response = frame["response"]
    text = response["payloadData"]
    return len(text.encode()) if response["opcode"] == 1 else len(text) * 3 // 4
