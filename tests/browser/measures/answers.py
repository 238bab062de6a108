"""How soon the page answers what a hand does, and what goes over the wire for it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser

from measures.figure import Figure
from measures.visit import Visit, visit

SETTLED, TAKES = 150, 300  # ms
PAYLOAD = 50.0  # kB
MOST_TAKES = 12
GOLDEN = 0.618  # steps that meet no place twice
PLOT = ".st-key-map-plot .js-plotly-plot"

# What a hand does, as JavaScript that gets the element.
LET_GO = """target.value = %s;
    target.dispatchEvent(new Event('input'));
    target.dispatchEvent(new Event('change'));"""
PRESS = "target.click();"


def answers(browser: Browser, url: str, times: int) -> list[Figure]:
    """The figures of the blend, the wall, the shape panel, the map and the strip of downloads."""
    waits, blend = _blend(browser, url, times)
    takes, wall, playing = _vary(browser, url, times)
    turning, shape = _shape(browser, url, times)
    return [
        Figure("release to settled page", "ms", waits, SETTLED),
        Figure("vary to twelve playable takes", "ms", takes, TAKES),
        Figure("click on a take to settled page", "ms", playing),
        Figure("shape slider let go to settled page", "ms", turning),
        Figure("payload: release of the blend", "kB", blend, PAYLOAD),
        Figure("payload: vary, twelve takes", "kB", wall, PAYLOAD),
        Figure("payload: release of a shape slider", "kB", shape, PAYLOAD),
        Figure("payload: click on the map", "kB", _map(browser, url, times), PAYLOAD),
        Figure("payload: lasso on the map", "kB", _lasso(browser, url), PAYLOAD),
        Figure("payload: MIDI taken away", "kB", _take_away(browser, url), PAYLOAD),
    ]


def _blend(browser: Browser, url: str, times: int) -> tuple[list[float], list[float]]:
    """ms and kB of each release, at places that no one asked for before."""
    at = visit(browser, url)
    slider = "input[aria-label='Blend from A to B']"
    waits, payloads = [], []
    for i in range(times):
        place = round(0.1 + (i * GOLDEN) % 0.8, 3)
        wait, payload = _measured(at, slider, LET_GO % place)
        at.page.locator(".st-key-takeaway h2", has_text=f"Blend {place:.0%}").wait_for()
        assert at.page.get_by_role("button", name="WAV loop").is_enabled()
        waits.append(wait)
        payloads.append(payload)
    at.page.context.close()
    return waits, payloads


def _vary(browser: Browser, url: str, times: int) -> tuple[list[float], list[float], list[float]]:
    """ms and kB of each click on Vary, and ms of a click on one of the takes."""
    at = visit(browser, url, "vary")
    count = at.page.get_by_role("slider", name="Takes")
    count.press("End")
    at.page.locator(".st-key-count", has_text=str(MOST_TAKES)).wait_for()
    at.rest()
    waits, payloads, plays = [], [], []
    for i in range(times):
        before = _wall(at)
        wait, payload = _measured(at, ".st-key-vary button", PRESS)
        assert len(_wall(at) - before) == MOST_TAKES
        waits.append(wait)
        payloads.append(payload)
        play = f".wall .card >> nth={i % MOST_TAKES} >> .hear"
        plays.append(at.settle(play, PRESS))
    at.page.context.close()
    return waits, payloads, plays


def _shape(browser: Browser, url: str, times: int) -> tuple[list[float], list[float]]:
    at = visit(browser, url, "shape")
    measured = [
        _measured(at, "input[aria-label='Density']", LET_GO % round((i * GOLDEN) % 2 + 0.1, 1))
        for i in range(times)
    ]
    at.page.context.close()
    waits, payloads = zip(*measured, strict=True)
    return list(waits), list(payloads)


def _map(browser: Browser, url: str, times: int) -> list[float]:
    at = visit(browser, url, "map")
    at.page.wait_for_selector(f"{PLOT} canvas")
    at.rest()
    box = at.page.locator(PLOT).bounding_box()
    payloads = []
    for i in range(times):
        at.count()
        shares = 0.4 + (i * GOLDEN) % 0.2, 0.6 - (i * GOLDEN) % 0.2
        place = [box["x"] + shares[0] * box["width"], box["y"] + shares[1] * box["height"]]
        at.page.mouse.move(*place)
        at.page.mouse.click(*place)
        at.page.wait_for_timeout(300)
        at.rest()
        if at.bytes:  # a point was met
            payloads.append(at.bytes / 1000)
    at.page.context.close()
    return payloads


def _lasso(browser: Browser, url: str) -> list[float]:
    """kB of a lasso around some thousand bars, and of each draw of takes from it."""
    at = visit(browser, url, "map")
    at.page.wait_for_selector(f"{PLOT} canvas")
    at.rest()
    box = at.page.locator(PLOT).bounding_box()
    corners = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"])
        for x, y in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2))
    ]
    at.page.locator(".st-key-map-plot [data-val=lasso]").click()
    at.count()
    at.page.mouse.move(*corners[0])
    at.page.mouse.down()
    for corner in corners[1:]:
        at.page.mouse.move(*corner, steps=20)
    at.page.mouse.up()
    draw = at.page.get_by_role("button", name="takes from here")
    draw.wait_for()
    at.rest()
    payloads = [at.bytes / 1000]
    for _ in range(3):
        at.count()
        draw.click()
        at.rest()
        payloads.append(at.bytes / 1000)
    at.page.context.close()
    return payloads


def _take_away(browser: Browser, url: str) -> list[float]:
    at = visit(browser, url)
    at.count()
    with at.page.expect_download() as waiting:
        at.page.locator(".st-key-takeaway .st-key-midi button").first.click()
    assert waiting.value.path()
    at.rest()
    at.page.context.close()
    return [at.bytes / 1000]


def _measured(at: Visit, target: str, act: str) -> tuple[float, float]:
    """ms until the page had settled after `act`, and kB of it."""
    at.count()
    wait = at.settle(target, act)
    at.page.wait_for_timeout(50)  # what was counted arrives
    return wait, at.bytes / 1000


def _wall(at: Visit) -> set[int]:
    """Numbers of the takes that can be played."""
    buttons = at.page.get_by_role("button", name="Play Take").all_inner_texts()
    return {int(re.search(r"\d+", name)[0]) for name in buttons}
