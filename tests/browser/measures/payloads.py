"""What goes over the wire for what is done more seldom: other grooves, long ones, another page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser

from measures.figure import Figure
from measures.visit import LET_GO, Visit, own_groove, visit

PAYLOAD = 50.0  # kB
DEMOS = ("House", "Rock", "Bossa nova")
LONG = 400  # bars
SHORT = 16
WALKS = (8, 32)


def payloads(browser: Browser, url: str) -> list[Figure]:
    """The figures of the decks, of long takes, of the way to the Map, and of two long files."""
    at = visit(browser, url)
    decks = [_of(at, lambda name=name: _choose(at, name)) for name in DEMOS]
    for i, side in enumerate("ab"):
        at.load(side, f"short {side}", own_groove(i, SHORT))
    four = [_of(at, lambda side=side: _lengthen(at, side)) for side in "ab"]
    at.page.context.close()
    at = visit(browser, url)
    for bars in WALKS:
        _keep_morph(at, bars)
    at.page.get_by_role("link", name="Vary").click()
    at.page.get_by_role("button", name="Play Take").nth(len(WALKS) - 1).wait_for()
    at.rest()
    takes = {bars: [_of(at, lambda i=i: _play(at, i + 1))] for i, bars in enumerate(WALKS)}
    at.page.context.close()
    at = visit(browser, url)
    opened = [_of(at, lambda: _open_map(at))]
    opened_again = [_of(at, lambda: _go_and_come_back(at))]
    at.page.context.close()
    at = visit(browser, url)
    loaded = [
        _of(at, lambda i=i, side=side: at.load(side, f"long {side}", own_groove(i, LONG)))
        for i, side in enumerate("ab")
    ]
    released = [_of(at, lambda place=place: _release(at, place)) for place in (0.3, 0.62, 0.81)]
    at.page.context.close()
    return [
        Figure("payload: another demo on a deck", "kB", decks, PAYLOAD),
        Figure("payload: a loop of four bars", "kB", four, PAYLOAD),
        *(
            Figure(f"payload: a take of {bars} bars played", "kB", kilobytes, PAYLOAD)
            for bars, kilobytes in takes.items()
        ),
        Figure("payload: the Map opened", "kB", opened, PAYLOAD),
        Figure("payload: the Map left and opened again", "kB", opened_again, PAYLOAD),
        Figure(f"payload: a file of {LONG} bars loaded", "kB", loaded, PAYLOAD),
        Figure("payload: release of the blend of two of these", "kB", released, PAYLOAD),
    ]


def _of(at: Visit, act: Callable[[], None]) -> float:
    """kB of what is done, and of all that comes of it."""
    at.count()
    act()
    at.page.wait_for_timeout(300)
    at.rest()
    return at.bytes / 1000


def _choose(at: Visit, name: str) -> None:
    at.page.locator("[class*=st-key-demo-a] [role=combobox]").click()
    at.page.get_by_role("option", name=name).click()
    at.page.locator(".st-key-deck-a h2", has_text=name).wait_for()


def _lengthen(at: Visit, side: str) -> None:
    at.page.locator(f"[class*=st-key-length-{side}]").get_by_text("4", exact=True).click()


def _keep_morph(at: Visit, bars: int) -> None:
    """Keep a morph from A to B, as a take."""
    at.page.get_by_role("button", name="Morph", exact=True).click()
    field = at.page.locator(".st-key-morph-bars input")
    field.fill(str(bars))
    field.press("Enter")
    at.rest()
    at.page.locator(".st-key-morph-keep button").click()
    at.rest()
    at.page.keyboard.press("Escape")


def _play(at: Visit, take: int) -> None:
    at.page.get_by_role("button", name=f"Play Take {take}", exact=True).click()
    at.page.locator(".st-key-takeaway h2", has_text=f"Take {take}").wait_for()


def _open_map(at: Visit) -> None:
    at.page.get_by_role("link", name="Map").click()
    at.page.wait_for_selector(".st-key-map-plot .js-plotly-plot canvas")


def _go_and_come_back(at: Visit) -> None:
    at.page.get_by_role("link", name="Blend").click()
    at.page.locator(".st-key-deck-a").wait_for()
    at.rest()
    _open_map(at)


def _release(at: Visit, place: float) -> None:
    at.page.get_by_label("Blend from A to B").evaluate(LET_GO, place)
