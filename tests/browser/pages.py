"""Pages for the tests of one worker: fresh ones, and ones that are kept for the next test.

A fresh page starts a process and compiles Streamlit's scripts. A page that is there already loads
in half the time, and on the harness a new player takes the place of the last one in a tenth of it.
Who gets a kept page finds it as one who has never been there: nothing is stored, no pointer is on
it, nothing listens to it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page
from serving import PATIENCE
from streamlit_inside import EMPTY_PAGE, MAIN
from visiting import ready, settled

TRACED = bool(os.environ.get("BEATGEN_TRACE"))  # a tenth more work; `playwright show-trace FILE`
AWAY = (-1, -1)  # a pointer there is on nothing
BLANK = "about:blank"
FORGET = "localStorage.clear(); sessionStorage.clear();"
# What would outlast a test that does one of these: its page is not kept.
TRACES = ("add_init_script", "expose_function", "on", "route", "route_web_socket")
TRACES_OF_CONTEXT = ("grant_permissions", "new_cdp_session", "new_page")
# On a light system the page first goes to Streamlit's menu, and takes the focus there.
SYSTEM = {"color_scheme": "dark"}
PLAYERS = 10  # that follow one another on a page; each keeps the samples it has decoded
NOTE = """window.plainSend = WebSocket.prototype.send;
window.contexts = [];
window.AudioContext = class extends AudioContext {
    constructor(...how) { super(...how); window.contexts.push(this); }
};"""
STOP = """() => {
    WebSocket.prototype.send = window.plainSend;
    if (beatgen.state.playing) document.dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }));
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab' })); // no pointer was here
}"""
# The player is gone with its sound, and the next one finds the focus on nothing.
LEAVE_PLAYER = """async (main) => {
    await Promise.all(window.contexts.splice(0).map((context) => context.close()));
    document.activeElement.blur();
    document.querySelector(main).scrollTo(0, 0);
    delete window.beatgen;
    document.querySelector('.st-key-next button').click();
}"""


class Pages:
    """Opens pages in a browser; after each test `end_test` closes them, or keeps them clean."""

    def __init__(self, browser: Browser) -> None:
        self.opened: list[Page] = []
        self._browser = browser
        self._kept: dict[tuple, list[Page]] = {}
        self._to_keep: dict[Page, tuple[tuple, Callable[[Page], bool]]] = {}
        self._players = 0

    def open(self, url: str, width: int = 1280, height: int = 800, **options) -> Page:
        """Open an address as one who has never been there; options: of the context.

        An empty page, which is to be prepared before it goes anywhere, is always a fresh one.
        """
        viewport = {"width": width, "height": height}
        if url == BLANK:
            return self._fresh(viewport, options)
        key = urlsplit(url).netloc, repr(sorted(options.items()))
        page = self._take(key, viewport, options, _empty)
        page.goto(url)
        return page

    def harness(self, url: str) -> Page:
        """The harness with its player at A."""
        viewport = {"width": 1280, "height": 1000}
        page = self._take(("harness",), viewport, {}, self._next_player)
        if page.url == BLANK:
            page.context.add_init_script(NOTE)
            page.goto(url)
            self._players = 0
        return ready(page)

    def end_test(self, failed: Path | None) -> None:
        """Close what was opened, or keep it. Of a test that failed no page is kept, and the folder
        `failed` gets a picture of each, and with BEATGEN_TRACE=1 what was done on it."""
        for i, page in enumerate(self.opened):
            key, clean = self._to_keep.pop(page, (None, None))
            try:
                if TRACED:
                    trace = failed and failed / f"{i + 1}.zip"
                    page.context.tracing.stop_chunk(path=trace)
                if failed:
                    page.screenshot(path=failed / f"{i + 1}.png")
                elif clean and clean(page):
                    self._kept.setdefault(key, []).append(page)
                    continue
            except Error:
                pass  # such a page is of no use to the next test
            page.context.close()
        self.opened.clear()

    def _take(self, key: tuple, viewport: dict, options: dict, clean: Callable) -> Page:
        """A page that was kept, or a fresh one that is to be kept if it is left as it is."""
        if not self._kept.get(key):
            page = self._fresh(viewport, options)
            self._watch(page, page, TRACES)
            self._watch(page, page.context, TRACES_OF_CONTEXT)
        else:
            page = self._kept[key].pop()
            page.set_viewport_size(viewport)
            self.opened.append(page)
            if TRACED:
                page.context.tracing.start_chunk()
        self._to_keep[page] = key, clean
        return page

    def _fresh(self, viewport: dict, options: dict) -> Page:
        context = self._browser.new_context(viewport=viewport, **{**SYSTEM, **options})
        context.set_default_timeout(PATIENCE)
        if TRACED:
            context.tracing.start(snapshots=True)
        page = context.new_page()
        self.opened.append(page)
        return page

    def _watch(self, page: Page, owner: Page | BrowserContext, names: tuple[str, ...]) -> None:
        """Keep a page no longer once one of these methods was called."""

        def watched(method: Callable) -> Callable:
            def call(*arguments, **options):
                self._to_keep.pop(page, None)
                return method(*arguments, **options)

            return call

        for name in names:
            setattr(owner, name, watched(getattr(owner, name)))

    def _next_player(self, page: Page) -> bool:
        """Put a new player in place of the last; False where that is enough for one page."""
        self._players += 1
        if self._players == PLAYERS:
            return False
        last = page.locator(".player").element_handle()
        page.mouse.move(*AWAY)
        page.evaluate(STOP)
        settled(page)  # else it would go on telling Python what was done
        page.evaluate(LEAVE_PLAYER, MAIN)
        page.wait_for_function("last => !last.parentNode", arg=last)
        ready(page)
        page.evaluate(FORGET)
        return True


def _empty(page: Page) -> bool:
    page.mouse.move(*AWAY)
    address = urlsplit(page.url)
    page.goto(f"{address.scheme}://{address.netloc}{EMPTY_PAGE}")
    page.evaluate(FORGET)
    page.context.clear_cookies()
    return True
