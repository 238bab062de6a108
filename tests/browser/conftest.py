"""Browser tests: the system's Chromium and a Streamlit server per page script."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from serving import (
    CHROMIUM_FLAGS,
    PATIENCE,
    SOUND_AT_ONCE,
    chromium_path,
    start_server,
    stop_server,
)
from visiting import HARNESS, ready


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium of the system's own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    executable = chromium_path()
    if executable is None:
        pytest.skip("no Chromium found; install it (Debian: apt install chromium)")
    with playwright.sync_playwright() as started:
        flags = [*CHROMIUM_FLAGS, SOUND_AT_ONCE]
        chromium = started.chromium.launch(executable_path=executable, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serve a Streamlit script, once per session however often it is asked for; gives its URL."""
    running: dict[Path, tuple[str, subprocess.Popen]] = {}

    def url_of(script: Path) -> str:
        if script not in running:
            running[script] = start_server(script)
        return running[script][0]

    yield url_of
    for _, server in running.values():
        stop_server(server)


@pytest.fixture
def open_page(browser) -> Iterator[Callable]:
    """Open a URL in a fresh context: open_page(url, width=1280, height=800, **context options)."""
    with _contexts(browser) as open_one:
        yield open_one


@pytest.fixture
def harness(serve, open_page):
    """The harness with the player at A, ready."""
    return ready(open_page(serve(HARNESS), height=1000))


@contextmanager
def _contexts(browser):
    contexts = []

    def open_one(url: str, width: int = 1280, height: int = 800, **options):
        # On a light system the page first goes to Streamlit's menu, and takes the focus there.
        options = {"color_scheme": "dark", **options}
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
