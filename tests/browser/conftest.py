"""Browser tests: the system's Chromium and a Streamlit server per page script."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pages import Pages
from serving import (
    CHROMIUM_FLAGS,
    SOUND_AT_ONCE,
    chromium_path,
    start_server,
    stop_server,
)
from streamlit_inside import EXCEPTION
from visiting import HARNESS, MAIN, open_app, ready

FAILED = Path(__file__).with_name("failed")
REPORTS = pytest.StashKey[list[pytest.TestReport]]()


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


@pytest.fixture(scope="session")
def _pages(browser, serve) -> Pages:
    return Pages(browser, lambda: serve(MAIN))


@pytest.fixture
def pages(_pages, request) -> Iterator[Pages]:
    """What opens pages. Where the test fails, a picture of each is in tests/browser/failed."""
    yield _pages
    failed = any(report.failed for report in request.node.stash.get(REPORTS, ()))
    _pages.end_test(FAILED / re.sub(r"\W+", "-", request.node.name) if failed else None)


@pytest.fixture
def open_page(pages) -> Callable:
    """Open a URL as one who was never there: open_page(url, width, height, **context options)."""
    return pages.open


@pytest.fixture
def harness(serve, open_page):
    """The harness with the player at A, ready."""
    return ready(open_page(serve(HARNESS), height=1000))


@pytest.fixture
def app_page(serve, open_page):
    """The app as it opens, ready to play; afterwards it must not have shown an exception."""
    page = open_app(serve, open_page)
    yield page
    assert page.locator(EXCEPTION).count() == 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    item.stash.setdefault(REPORTS, []).append(report)
    return report
