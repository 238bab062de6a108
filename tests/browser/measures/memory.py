"""What each further open page costs the server in memory."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from conftest import ROOT, start_server, stop_server
from playwright.sync_api import Browser

from measures.figure import Figure
from measures.visit import visit

PAGES = 6
EACH = 10.0  # MB
LET_GO = """(slider, place) => {
    slider.value = place;
    slider.dispatchEvent(new Event('input'));
    slider.dispatchEvent(new Event('change'));
}"""


def memory(browser: Browser) -> list[Figure]:
    """Resident memory of a fresh server's process with one page open and with more, each of which
    has been blended once, at a place of its own. The mean step from page to page is what counts;
    the worst one holds what the allocator takes ahead."""
    url, server = start_server(ROOT / "app" / "main.py")
    sizes, open_pages = [], []
    try:
        for i in range(PAGES):
            at = visit(browser, url)
            open_pages.append(at)
            slider = at.page.get_by_label("Blend from A to B")
            slider.evaluate(LET_GO, round(0.13 + 0.11 * i, 2))
            at.page.wait_for_timeout(300)
            at.rest()
            sizes.append(_resident(server.pid))
    finally:
        for at in open_pages:
            at.page.context.close()
        stop_server(server)
    each = (sizes[-1] - sizes[0]) / (PAGES - 1)
    steps = [after - before for before, after in pairwise(sizes)]
    return [
        Figure("memory of the server with one page", "MB", [sizes[0]]),
        Figure(f"memory per further page, mean of {PAGES - 1}", "MB", [each], EACH),
        Figure("memory per further page, each", "MB", steps),
    ]


def _resident(process: int) -> float:
    """MB of a process that are in memory, as Linux tells."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    kilobytes = next(line for line in lines if line.startswith("VmRSS:")).split()[1]
    return int(kilobytes) / 1000
