"""Take the README's moving picture: `python tests/browser/picture.py assets/drag.webp`.

It is a screen recording, frame by frame with the times at which Chromium drew them: the Blend page
plays while a mouse drags its slider from A to B.
"""

import base64
import io
import math
import sys
from itertools import pairwise
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from serving import CHROMIUM_FLAGS, ROOT, SOUND_AT_ONCE, chromium_path, start_server, stop_server

SIZE = {"width": 1180, "height": 800}
WIDTH = 960  # pixels of the picture
SECONDS = 8.0  # of the drag
START, END = 0.08, 0.92  # of the slider's length
SHORTEST = 0.08  # s between two frames of the picture
HOLD = 1.2  # s that the last frame stays
QUALITY = 75
Frame = tuple[float, bytes]  # when it was drawn, in seconds, and its PNG


def take(target: Path) -> None:
    """Record the drag on the page in its dark theme, and write it as an animated WebP."""
    url, server = start_server(ROOT / "app" / "main.py")
    try:
        with sync_playwright() as started:
            flags = [*CHROMIUM_FLAGS, SOUND_AT_ONCE]
            browser = started.chromium.launch(executable_path=chromium_path(), args=flags)
            page = browser.new_page(viewport=SIZE, color_scheme="dark")
            page.goto(url)
            page.wait_for_function("window.beatgen?.state.answered")
            page.evaluate("beatgen.kitReady.then(() => null)")
            frames = record(page)
            browser.close()
    finally:
        stop_server(server)
    save(frames, target)


def record(page: Page) -> list[Frame]:
    """Play, and drag the slider from A to B."""
    frames: list[Frame] = []
    chromium = page.context.new_cdp_session(page)

    def keep(frame: dict) -> None:
        drawn = frame["metadata"]["timestamp"], base64.b64decode(frame["data"])
        frames.append(drawn)
        chromium.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    chromium.on("Page.screencastFrame", keep)
    box = page.locator(".blend .together").bounding_box()
    y = box["y"] + box["height"] / 2

    def at(share: float) -> float:
        return box["x"] + share * box["width"]

    page.mouse.move(at(0.5), y)
    page.mouse.down()
    page.mouse.move(at(START), y)
    page.mouse.up()
    page.click(".play")
    page.wait_for_function("beatgen.state.beat > 0.5")
    chromium.send("Page.startScreencast", {"format": "png"})
    page.mouse.move(at(START), y)
    page.mouse.down()
    began = page.evaluate("performance.now()")
    while (gone := (page.evaluate("performance.now()") - began) / 1000) < SECONDS:
        eased = (1 - math.cos(math.pi * gone / SECONDS)) / 2
        page.mouse.move(at(START + eased * (END - START)), y)
        page.wait_for_timeout(15)
    page.mouse.up()
    chromium.send("Page.stopScreencast")
    return frames


def save(frames: list[Frame], target: Path) -> None:
    """An animated WebP of frames that lie at least SHORTEST apart, each shown as long as it was."""
    chosen = [frames[0]]
    for frame in frames[1:]:
        if frame[0] - chosen[-1][0] >= SHORTEST:
            chosen.append(frame)
    times = [time for time, _ in chosen]
    shown = [later - time for time, later in pairwise(times)] + [HOLD]
    pictures = [Image.open(io.BytesIO(png)).convert("RGB") for _, png in chosen]
    small = [p.resize((WIDTH, round(WIDTH * p.height / p.width))) for p in pictures]
    small[0].save(
        target,
        save_all=True,
        append_images=small[1:],
        duration=[round(1000 * seconds) for seconds in shown],
        loop=0,
        quality=QUALITY,
        method=6,
    )


if __name__ == "__main__":
    take(Path(sys.argv[1]))
