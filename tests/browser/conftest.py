"""Browser tests: the system's Chromium and a Streamlit server per page script."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from visiting import HARNESS, ready

ROOT = Path(__file__).parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SOUND_AT_ONCE = "--autoplay-policy=no-user-gesture-required"
START_SECONDS = 60
PATIENCE = 60_000  # ms; a first page on a busy machine takes its time


def chromium_path() -> str | None:
    """Where the system's Chromium is, None where there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


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
def page(serve, open_page):
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


def start_server(script: Path) -> tuple[str, subprocess.Popen]:
    """Serve a Streamlit script on a free port; gives its URL and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    options = ["--server.address=127.0.0.1", "--server.headless=true"]
    options += ["--server.fileWatcherType=none", "--browser.gatherUsageStats=false"]
    server = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    _wait_until_healthy(url, server)
    return url, server


def stop_server(server: subprocess.Popen) -> None:
    server.terminate()
    server.wait(timeout=10)


def _wait_until_healthy(url: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    server.kill()
    pytest.fail(f"streamlit did not start within {START_SECONDS} s")
