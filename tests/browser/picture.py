"""Take the README's picture of the page: `python tests/browser/picture.py assets/page.png`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from serving import CHROMIUM_FLAGS, ROOT, chromium_path, start_server, stop_server

SIZE = {"width": 1280, "height": 960}
POSITION = 0.35


def take(target: Path) -> None:
    """The Blend page in its dark theme, playing, with the slider on its way from A to B."""
    url, server = start_server(ROOT / "app" / "main.py")
    try:
        with sync_playwright() as started:
            flags = list(CHROMIUM_FLAGS)
            browser = started.chromium.launch(executable_path=chromium_path(), args=flags)
            page = browser.new_page(viewport=SIZE, color_scheme="dark")
            page.goto(url)
            page.wait_for_function("window.beatgen?.state.path")
            page.evaluate("beatgen.kitReady")
            slider = page.locator(".blend .together")
            slider.evaluate(
                f"it => {{ it.value = {POSITION}; it.dispatchEvent(new Event('input')); }}"
            )
            slider.evaluate("it => it.dispatchEvent(new Event('change'))")
            page.click(".play")
            page.wait_for_function("beatgen.state.beat > 2.5")
            page.screenshot(path=target)
            browser.close()
    finally:
        stop_server(server)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
