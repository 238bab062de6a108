"""How long from the command that serves the page to the page, and to where it can sound."""

from __future__ import annotations

import time

from playwright.sync_api import Browser
from serving import ROOT, start_server, stop_server

from measures.figure import Figure

MAIN = ROOT / "app" / "main.py"
PAINT, SOUND = 3.0, 4.0  # s

# Runs before the page's own scripts. `drawn`: the player is seen, and the page above and below it.
WATCH = """(() => {
    const opened = (window.opened = {});
    const look = () => {
        const stands = window.beatgen?.state.path && document.querySelector('.st-key-takeaway');
        if (!stands || !document.documentElement.dataset.drawn) return requestAnimationFrame(look);
        opened.drawn = performance.timeOrigin + performance.now();
        beatgen.kitReady.then(() => (opened.sound = performance.timeOrigin + performance.now()));
    };
    requestAnimationFrame(look);
})()"""
FIRST_PAINT = """performance.timeOrigin
    + performance.getEntriesByName('first-contentful-paint')[0].startTime"""


def opening(browser: Browser, times: int) -> list[Figure]:
    """Start the server as `make run` does in an installed tree, with nothing in its memory, and
    open the page as soon as it answers, with nothing in the browser's."""
    rows = [_open_cold(browser) for _ in range(times)]
    answers, paints, drawn, sounds = zip(*rows, strict=True)
    return [
        Figure("cold start: server answers", "s", answers),
        Figure("cold start: first contentful paint, the page's name", "s", paints),
        Figure("cold start: page and player drawn", "s", drawn, PAINT),
        Figure("cold start: first sound possible", "s", sounds, SOUND),
    ]


def _open_cold(browser: Browser) -> tuple[float, float, float, float]:
    """Seconds from the command to each of these."""
    began = time.time()
    url, server = start_server(MAIN)
    try:
        answers = time.time()
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(url)
        page.wait_for_function("window.opened.sound", timeout=60_000)
        paint = page.evaluate(FIRST_PAINT) / 1000
        drawn, sound = (page.evaluate(f"opened.{name}") / 1000 for name in ("drawn", "sound"))
        context.close()
    finally:
        stop_server(server)
    return answers - began, paint - began, drawn - began, sound - began
