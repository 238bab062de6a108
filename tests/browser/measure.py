"""Measure the player in Chromium: `python tests/browser/measure.py [--seconds 30] [--url URL]`.

Without a URL it measures the test harness, which it starts and stops. Prints JSON.
"""

import argparse
import json
import statistics
from pathlib import Path

from conftest import CHROMIUM_FLAGS, chromium_path, start_server, stop_server
from playwright.sync_api import Page, sync_playwright

HARNESS = Path(__file__).with_name("harness.py")
SLIDER = ".blend input[type=range]"
DRAGS = 40

# Drags at every animation frame, as a hand does.
DRAG_ON = """async (slider, seconds) => {
    const gaps = [];
    const draws = [];
    const began = performance.now();
    let last = 0;
    while (performance.now() - began < seconds * 1000) {
        const now = await new Promise(requestAnimationFrame);
        if (last) gaps.push(now - last);
        last = now;
        slider.value = 0.5 - 0.5 * Math.cos((now - began) / 1500);
        const before = performance.now();
        slider.dispatchEvent(new Event('input'));
        draws.push(performance.now() - before);
    }
    slider.dispatchEvent(new Event('change'));
    return {gaps, draws, late: beatgen.state.late, dropped: beatgen.state.dropped};
}"""

# How long until all that is scheduled is the new groove's.
JUMP = """(slider) => {
    const {contextTime, position} = beatgen.state;
    slider.value = position < 0.5 ? 1 : 0;
    slider.dispatchEvent(new Event('input'));
    return beatgen.nextStep - contextTime;
}"""


def measure(page: Page, url: str, seconds: float) -> dict[str, object]:
    received: list[int] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda data: received.append(len(data))),
    )
    page.goto(url)
    page.wait_for_function("window.beatgen?.state.way")
    ready = page.evaluate("beatgen.kitReady.then(() => performance.now())")
    opening = sum(received)
    page.click(".play")
    page.wait_for_function("beatgen.state.beat > 0.2")
    slider = page.locator(SLIDER)
    waits = []
    for _ in range(DRAGS):
        page.wait_for_timeout(113)
        waits.append(slider.evaluate(JUMP))
    slider.dispatch_event("change")
    page.wait_for_timeout(500)
    run = slider.evaluate(DRAG_ON, seconds)
    received.clear()
    slider.evaluate("(slider) => { slider.value = 0.4; slider.dispatchEvent(new Event('input')); }")
    slider.dispatch_event("change")
    page.wait_for_timeout(1000)
    gaps = sorted(run["gaps"])
    return {
        "page start to kit decoded, ms": round(ready),
        "received at opening, bytes": opening,
        "received after a release, bytes": sum(received),
        "drag to first step of the new groove, ms": {
            "median": round(1000 * statistics.median(waits), 1),
            "most": round(1000 * max(waits), 1),
        },
        "dragging, s": seconds,
        "frames per second": round(1000 / statistics.mean(gaps), 1),
        "frame gap at 99 %, ms": round(gaps[int(0.99 * len(gaps))], 1),
        "script per drag, ms": round(statistics.mean(run["draws"]), 2),
        "late": run["late"],
        "dropped": run["dropped"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30, help="how long to drag")
    parser.add_argument("--url", help="a running page with the player on it")
    arguments = parser.parse_args()
    url, server = (arguments.url, None) if arguments.url else start_server(HARNESS)
    try:
        with sync_playwright() as started:
            browser = started.chromium.launch(
                executable_path=chromium_path(), args=list(CHROMIUM_FLAGS)
            )
            print(json.dumps(measure(browser.new_page(), url, arguments.seconds), indent=2))
            browser.close()
    finally:
        if server:
            stop_server(server)


if __name__ == "__main__":
    main()
