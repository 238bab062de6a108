"""What each further open page costs the server in memory."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser
from serving import ROOT, start_server, stop_server

from measures.figure import Figure
from measures.visit import LET_GO, Visit, own_groove, visit

PAGES = {16: 6, 400: 3}  # by the bars of the files that they have loaded
EACH = 10.0  # MB


def memory(browser: Browser) -> list[Figure]:
    """Resident memory of a fresh server's process with one page open and with more, each with two
    files of its own, which no other page shares, and blended once at a place of its own. The mean
    step from page to page is what counts; the worst one holds what the allocator takes ahead."""
    figures = []
    for bars, pages in PAGES.items():
        first, *steps = _sizes(browser, bars, pages)
        each = f"memory per further page with two files of {bars} bars"
        figures += [
            Figure(f"memory of the server with one such page, {bars} bars", "MB", [first]),
            Figure(f"{each}, mean of {len(steps)}", "MB", [sum(steps) / len(steps)], EACH),
            Figure(f"{each}, each", "MB", steps),
        ]
    return figures


def _sizes(browser: Browser, bars: int, pages: int) -> list[float]:
    """MB of a server with one page open, and what each further one adds."""
    url, server = start_server(ROOT / "app" / "main.py")
    sizes, open_pages = [], []
    try:
        for i in range(pages):
            at = visit(browser, url)
            open_pages.append(at)
            _work(at, i, bars)
            sizes.append(_resident(server.pid))
    finally:
        for at in open_pages:
            at.page.context.close()
        stop_server(server)
    return [sizes[0], *(after - before for before, after in pairwise(sizes))]


def _work(at: Visit, number: int, bars: int) -> None:
    """Load two files that no other page has, and let the blend go."""
    for i, side in enumerate("ab"):
        at.load(side, f"own {number} {side}", own_groove(2 * number + i, bars))
    at.page.get_by_label("Blend from A to B").evaluate(LET_GO, round(0.13 + 0.11 * number, 2))
    at.page.wait_for_timeout(300)
    at.rest()


def _resident(process: int) -> float:
    """MB of a process that are in memory, as Linux reports."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    kilobytes = next(line for line in lines if line.startswith("VmRSS:")).split()[1]
    return int(kilobytes) / 1000
