"""Measure the page in Chromium: `python tests/browser/measure.py [--seconds 30] [--only memory]`.

Serves app/main.py, acts on it as a hand does, and prints each figure that is to be held: the
median, the worst, and what is to be reached. Times hold for a machine that does nothing else, so
the load is shown, too.
"""

import argparse
import os
import sys
from collections.abc import Callable

from measures.answers import answers
from measures.dragging import dragging
from measures.figure import Figure, table
from measures.memory import memory
from measures.opening import opening
from measures.payloads import payloads
from playwright.sync_api import Browser, sync_playwright
from serving import CHROMIUM_FLAGS, ROOT, SOUND_AT_ONCE, chromium_path, start_server, stop_server

MAIN = ROOT / "app" / "main.py"
KINDS = ("opening", "dragging", "answers", "payloads", "memory")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30, help="how long to drag while it plays")
    parser.add_argument("--times", type=int, default=10, help="how often to repeat what is short")
    parser.add_argument("--only", choices=KINDS, action="append", help="measure these kinds alone")
    arguments = parser.parse_args()
    kinds = arguments.only or KINDS
    began = os.getloadavg()[0]
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=chromium_path(), args=[*CHROMIUM_FLAGS, SOUND_AT_ONCE]
        )
        figures = []
        for kind in kinds:
            print(f"measuring: {kind} ...", file=sys.stderr)
            figures += _measure(kind, browser, arguments.seconds, arguments.times)
        browser.close()
    print(table(figures))
    cores = len(os.sched_getaffinity(0))
    print(f"\n{cores} cores, load {began:.1f} before and {os.getloadavg()[0]:.1f} after (1 min)")


def _measure(kind: str, browser: Browser, seconds: float, times: int) -> list[Figure]:
    if kind == "opening":
        return opening(browser, min(times, 3))
    if kind == "memory":
        return memory(browser)
    if kind == "dragging":
        return _served(lambda url: dragging(browser, url, seconds, 4 * times))
    if kind == "payloads":
        return _served(lambda url: payloads(browser, url))
    return _served(lambda url: answers(browser, url, times))


def _served(measure: Callable[[str], list[Figure]]) -> list[Figure]:
    """What is measured at the page's address, while it is served."""
    url, server = start_server(MAIN)
    try:
        return measure(url)
    finally:
        stop_server(server)


if __name__ == "__main__":
    main()
