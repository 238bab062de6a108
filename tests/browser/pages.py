"""Pages for the tests of one worker: fresh ones, and ones that are kept for the next test.

A fresh page starts a process and compiles Streamlit's scripts. A page that is there already loads
in two thirds of the time; a new visitor of the app takes a quarter of it, and a new player of the
harness a tenth. Who gets a kept page finds it as one who has never been there: nothing is stored,
no pointer is on it, nothing listens to it.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page
from serving import PATIENCE
from streamlit_inside import EMPTY_PAGE, MAIN, RESTS
from visiting import ready, settled

TRACED = bool(os.environ.get("BEATGEN_TRACE"))  # a tenth more work; `playwright show-trace FILE`
AWAY = (-1, -1)  # a pointer there is on nothing
BLANK = "about:blank"
FORGET = "localStorage.clear(); sessionStorage.clear();"
# What a test does to a page with these would outlast it, and cannot be undone: it is not kept.
TRACES = ("expose_function", "route_web_socket")
# This can: how, given what was given and what came of it.
UNDONE: dict[str, Callable] = {
    "on": lambda page, _, event, act: page.remove_listener(event, act),
    "route": lambda page, _, url, *rest: page.unroute(url),
}
UNDONE_OF_CONTEXT: dict[str, Callable] = {
    "grant_permissions": lambda context, *_: context.clear_permissions(),
    "new_cdp_session": lambda _, session, *rest: session.detach(),
    "new_page": lambda _, page: page.close(),
}
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
}"""
NEXT_PLAYER = "() => document.querySelector('.st-key-next button').click()"
# As the browser's own buttons Back and Forward do.
GO = """(address) => {
    history.pushState(null, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
}"""
IN_HARNESS = "Boolean(window.beatgen && document.querySelector('.st-key-next'))"
# The app, in the theme that it opens with: another one would outlast a visitor.
IN_APP = """Boolean(window.beatgen && document.querySelector('.st-key-takeaway')
    && localStorage.getItem('beatgen theme') === 'Dark')"""
LEFT = "/?leave"  # visitors.py


class Pages:
    """Opens pages in a browser; after each test `end_test` closes them, or keeps them clean."""

    def __init__(self, browser: Browser, app: Callable[[], str]) -> None:
        """app: where it is that visitors come to."""
        self._app = app
        self.opened: list[Page] = []
        self._browser = browser
        self._kept: dict[tuple, list[Page]] = {}
        self._to_keep: dict[Page, tuple] = {}
        self._to_undo: dict[Page, list[Callable[[], None]]] = {}
        self._players: dict[Page, int] = {}  # that a page has had

    def open(self, url: str, width: int = 1280, height: int = 800, **options) -> Page:
        """Open an address as one who has never been there; options: of the context.

        An empty page is to be prepared before it goes anywhere: what it goes to then is loaded. On
        a system of another theme the page is a fresh one, since Streamlit looks at that once.
        """
        viewport = {"width": width, "height": height}
        motion = options.pop("reduced_motion", "null")
        if "color_scheme" in options:
            page = self._fresh(viewport, options)
            page.goto(url)
            return page
        key = urlsplit(url).netloc, repr(sorted(options.items()))
        page = self._take(key, viewport, options)
        page.emulate_media(reduced_motion=motion)
        if page.url.endswith(LEFT) and url != BLANK:
            page.evaluate(GO, url)
        elif page.url != f"{url}/":  # the harness has its next player
            self._players[page] = 1
            page.goto(url)
        return page

    def end_test(self, failed: Path | None) -> None:
        """Close what was opened, or keep it. Of a test that failed no page is kept, and the folder
        `failed` gets a picture of each, and with BEATGEN_TRACE=1 what was done on it."""
        for i, page in enumerate(self.opened):
            key = self._to_keep.pop(page, None)
            try:
                if TRACED:
                    trace = failed and failed / f"{i + 1}.zip"
                    page.context.tracing.stop_chunk(path=trace)
                if failed:
                    page.screenshot(path=failed / f"{i + 1}.png")
                elif key:
                    self._clean(page)
                    self._kept.setdefault(key, []).append(page)
                    continue
            except Error:
                pass  # such a page is of no use to the next test
            page.context.close()
        self.opened.clear()

    def _take(self, key: tuple, viewport: dict, options: dict) -> Page:
        """A page that was kept, or a fresh one that is to be kept if it is left as it is."""
        if not self._kept.get(key):
            page = self._fresh(viewport, options)
            page.context.add_init_script(NOTE)
            self._watch(page)
        else:
            page = self._kept[key].pop()
            page.set_viewport_size(viewport)
            self.opened.append(page)
            if TRACED:
                page.context.tracing.start_chunk()
        self._to_keep[page] = key
        return page

    def _fresh(self, viewport: dict, options: dict) -> Page:
        context = self._browser.new_context(viewport=viewport, **{**SYSTEM, **options})
        context.set_default_timeout(PATIENCE)
        if TRACED:
            context.tracing.start(snapshots=True)
        page = context.new_page()
        self.opened.append(page)
        return page

    def _watch(self, page: Page) -> None:
        """Keep a page no longer once something is done to it that cannot be undone; what can be is
        undone when the test ends."""

        def watched(owner: Page | BrowserContext, name: str, undo: Callable | None) -> Callable:
            method = getattr(owner, name)

            def call(*given, **options):
                outcome = method(*given, **options)
                if undo:
                    self._to_undo.setdefault(page, []).append(partial(undo, owner, outcome, *given))
                else:
                    self._to_keep.pop(page, None)
                return outcome

            return call

        for owner, undone in ((page, UNDONE), (page.context, UNDONE_OF_CONTEXT)):
            for name, undo in undone.items():
                setattr(owner, name, watched(owner, name, undo))
        for name in TRACES:
            setattr(page, name, watched(page, name, None))
        page.add_init_script = partial(self._begin_with, page)

    def _begin_with(self, page: Page, script: str) -> None:
        """Playwright's own way cannot be undone. What it did to this document can neither."""
        session = page.context.new_cdp_session(page)
        session.send("Page.enable")
        session.send("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        self._players[page] = PLAYERS

    def _clean(self, page: Page) -> None:
        """Undo what a test did. On the harness the next player comes, and from the app the visitor
        goes. Other pages are left for an empty one; so are these once in a while, where a script
        began them, and the app where it was given a theme, which would outlast a visitor."""
        for undo in self._to_undo.pop(page, ()):
            undo()
        may_stay = self._players[page] < PLAYERS
        if may_stay and page.evaluate(IN_HARNESS):
            self._leave(page, NEXT_PLAYER)
            ready(page)
        elif may_stay and page.evaluate(IN_APP) and page.url.startswith(self._app()):
            self._leave(page, GO, LEFT)
            page.wait_for_function(RESTS)
        else:
            page.mouse.move(*AWAY)
            address = urlsplit(page.url)
            page.goto(f"{address.scheme}://{address.netloc}{EMPTY_PAGE}")
            page.context.clear_cookies()
        page.evaluate(FORGET)

    def _leave(self, page: Page, how: str, address: str | None = None) -> None:
        """Have the player go, as this script has it."""
        self._players[page] += 1
        player = page.locator("section[aria-label=Player]").element_handle()
        page.mouse.move(*AWAY)
        page.evaluate(STOP)
        settled(page)  # else it would go on telling Python what was done
        page.evaluate(LEAVE_PLAYER, MAIN)
        page.evaluate(how, address)
        page.wait_for_function("player => !player.parentNode", arg=player)
