"""How the tests come to a page, and wait until it stands."""

from pathlib import Path

import numpy as np
from streamlit_inside import RESTS

from beatgen.groove import Groove
from beatgen.kit import EVERY
from beatgen.midi.maps import drum_map

MAIN = Path(__file__).with_name("visitors.py")  # app/main.py, for one visitor after another
HARNESS = Path(__file__).with_name("harness.py")
HITS = "JSON.stringify(beatgen.state.hits)"  # what the player's grid shows and sounds
PLOT = ".st-key-map-plot .js-plotly-plot"
LISTENS = f"Boolean(document.querySelector('{PLOT}')?._ev?._events.plotly_click)"
# Python knows all that was done on the player, no run of its goes on, and its answer is taken in.
SETTLED = f"window.beatgen?.state.answered && {RESTS}"
FRAME = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
LOOKS = 10  # at what is to rest, two frames each
# What a page shows stands where it stood ten frames long: styles, fonts and pictures are there.
RESTED = """() => {
    const shown = [...document.querySelectorAll('[class*=st-key], .player, .picture *')];
    const places = JSON.stringify(shown.map((it) => it.getBoundingClientRect()));
    const { before, frames } = window.rested ?? {};
    window.rested = { before: places, frames: places === before ? frames + 1 : 0 };
    return window.rested.frames >= 10;
}"""
COUNT_SENT = """() => {
    window.sent = 0;
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (...data) { window.sent++; send.apply(this, data); };
}"""

LOSE_NEXT = """() => {
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function () { WebSocket.prototype.send = send; };
}"""


def ready(page):
    """Wait until the player is shown and has something to play, and all rests; gives the page."""
    page.wait_for_function("window.beatgen?.state.path")
    page.wait_for_selector(".player .bar")
    settled(page)
    rested(page)
    return page


def settled(page) -> None:
    """Wait for the end of the run that what was done last has asked for.

    What was done elsewhere than on the player Python may not have heard of yet: wait for its
    outcome first. React hands the player what came a moment after it shows other things of the
    same run, a frame later at most.
    """
    page.wait_for_function(SETTLED)
    drawn(page)
    page.wait_for_function(SETTLED)


def rested(page) -> None:
    """Wait until nothing moves any more: what is pressed before may slip from under the pointer."""
    page.wait_for_function(RESTED)


def open_app(serve, open_page, name: str = "", *, loads: bool = False, **options):
    """Open a page of the app, by its address, as one who has never been there.

    loads: for this test it is loaded anew; else another one may have been there before.
    """
    url, options = f"{serve(MAIN)}/{name}", {"height": 1000, **options}
    page = open_page("about:blank" if loads else url, **options)
    if loads:
        page.goto(url)
    return remembered(page)


def remembered(page):
    """Wait until the whole page stands, and the browser keeps it for a reload; gives the page."""
    page.wait_for_selector(".st-key-takeaway")
    page.wait_for_function("localStorage.getItem('beatgen')")
    return ready(page)


def titled(page, words: str) -> None:
    """Wait until the strip below the player says so of what sounds, and the player has it."""
    page.locator(".st-key-takeaway h2", has_text=words).wait_for()
    page.wait_for_function("words => beatgen.state.label.includes(words)", arg=words)


def turned(page, words: str = "shaped") -> None:
    """Wait until the strip says so of a shape that was turned, and Python has decoded it."""
    titled(page, words)
    page.wait_for_selector(".grid:not(.fixed)")
    settled(page)


def title(page) -> str:
    return page.locator(".st-key-takeaway h2").inner_text()


def go(page, name: str) -> None:
    """Go to a page of the app by its link, and wait until it is there."""
    page.get_by_role("link", name=name).click()
    page.locator(".st-key-here", has_text=name).wait_for()
    settled(page)
    rested(page)


def press(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def file_link(page, kind: str):
    """What gives the file of what sounds, in the bar: "MIDI" or "WAV"."""
    return page.get_by_role("link", name=f"Download {kind}", exact=True)


def slider(page, name: str):
    return page.get_by_role("slider", name=name, exact=True)


def drawn(page) -> None:
    """Wait until what was done is drawn, and so is heard."""
    page.evaluate(FRAME)


def middle(element) -> tuple[float, float]:
    """Where the middle of an element is, once it rests: what comes to the page last may move it."""
    boxes: list[dict] = []
    while len(boxes) < LOOKS or any(box != boxes[-1] for box in boxes[-LOOKS:]):
        boxes.append(element.bounding_box())
        drawn(element.page)
    box = boxes[-1]
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def hits(page) -> str:
    return page.evaluate(HITS)


def changed(page, before: str) -> None:
    """Wait until other hits sound."""
    page.wait_for_function(f"before => {HITS} !== before", arg=before)


def sounds(page, wanted: str) -> None:
    """Wait until these hits sound."""
    page.wait_for_function(f"wanted => {HITS} === wanted", arg=wanted)


def strikes(roll) -> int:
    """How many hits a small drum grid shows."""
    return roll.locator("path[opacity]").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('d')).join('').split('M').length - 1"
    )


def wall(page, count: int = 6, discard: str = "Discard") -> None:
    """Wait until the takes of the Vary page are there, and are heard when pointed at. discard: what
    the button is called."""
    press(page, discard).nth(count - 1).wait_for()
    settled(page)


def map_is_drawn(page):
    """Wait until the chart of the map is there, and is heard; gives the page."""
    page.wait_for_selector(f"{PLOT} canvas")
    page.wait_for_function(LISTENS)  # which it does only once it is drawn
    page.wait_for_selector(".bg-marks .heard")
    return page


def answered(page) -> None:
    """Wait until Python has done all that was done on the wall, where it shows at once."""
    page.wait_for_selector(".wall[aria-busy=false]")
    settled(page)


def take_button(page, number: int):
    """What plays a take."""
    return press(page, f"Play Take {number}")


def leave_takes(page) -> None:
    """Point elsewhere: what sounds is no take that is pointed at, and can be edited."""
    page.mouse.move(5, 5)
    page.wait_for_selector(".grid:not(.fixed)")


def shown(page) -> list[tuple[float, str, int]]:
    """What the player's grid shows and sounds: place in steps, voice, MIDI velocity."""
    hits = page.evaluate("beatgen.state.hits")
    return sorted((h["step"] + h["timing"], EVERY[h["voice"]].name, h["velocity"]) for h in hits)


def hits_of(groove: Groove) -> list[tuple[float, str, int]]:
    cells = bar, step, voice = np.nonzero(groove.velocity)
    at = bar * groove.steps + step + groove.timing[cells]
    velocity = np.rint(groove.velocity[cells] * 127).astype(int)
    names = [EVERY[groove.voices[v]].name for v in voice]
    return sorted(zip(at.tolist(), names, velocity.tolist(), strict=True))


def general(hits: list[tuple[float, str, int]]) -> list[tuple[float, str, int]]:
    """Hits as a General MIDI file holds them: of two voices on one note, the louder."""
    folded = drum_map("gm").folded
    loudest: dict[tuple[float, str], tuple[float, str, int]] = {}
    for at, voice, velocity in hits:
        hit = at, folded.get(voice, voice), velocity
        key = round(at, 1), hit[1]
        loudest[key] = max(hit, loudest.get(key, hit), key=lambda found: found[2])
    return sorted(loudest.values())


def same(first: list, second: list) -> bool:
    """Hits alike but for the rounding of a tick, a thirtieth of a step."""

    def by_voice(hits):
        return sorted(hits, key=lambda hit: (hit[1], round(hit[0], 1), hit[2]))

    one, two = by_voice(first), by_voice(second)
    return len(one) == len(two) and all(
        a[1:] == b[1:] and abs(a[0] - b[0]) < 0.05 for a, b in zip(one, two, strict=True)
    )
