"""What the tests do on the player, and read of it and of what Python knows (harness.py)."""

import json

from visiting import rested

from beatgen.kit import NAMES

SLIDER = ".blend .together"
RECEIVED = "JSON.parse(document.querySelector('#received')?.textContent ?? '{}')"
LOCKED = f"{RECEIVED}.locked"


class Fingers:
    """Fingers of one hand; all that are down are reported at once."""

    def __init__(self, page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.down: list[tuple[float, float]] = []

    def _tell(self, kind: str) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(self.down)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def press(self, *place: float) -> None:
        self.down.append(place)
        self._tell("touchStart")

    def move(self, *places: tuple[float, float]) -> None:
        self.down = list(places)
        self._tell("touchMove")

    def lift(self) -> None:
        self.down = []
        self._tell("touchEnd")


def state(page) -> dict:
    return page.evaluate("({...beatgen.state})")


def cells(page) -> set[tuple[int, str]]:
    """(step, voice name) of the hits that sound."""
    return {(hit["step"], NAMES[hit["voice"]]) for hit in state(page)["hits"]}


def shows_voice(page, voice: int) -> None:
    """Wait until a voice is among what sounds."""
    page.wait_for_function(
        "voice => beatgen.state.hits.some((hit) => hit.voice === voice)", arg=voice
    )


def received(page) -> dict:
    return json.loads(page.inner_text("#received"))


def wait_until_received(page, **expected) -> dict:
    """What Python knows, once it knows what is expected."""
    page.wait_for_function(
        f"""(expected) => {{
            const received = {RECEIVED};
            return Object.entries(expected).every(([name, value]) =>
                typeof value === 'number' ? Math.abs(received[name] - value) < 1e-6
                                          : received[name] === value);
        }}""",
        arg=expected,
    )
    return received(page)


def wait_until_edited(page) -> str:
    page.wait_for_function(f"{RECEIVED}.edited")
    return received(page)["edited"]


def play(page) -> None:
    page.click(".play")
    page.wait_for_function("beatgen.state.beat > 0.1")


def only(page, *voices: str) -> None:
    for voice in voices:
        page.click(f"[aria-label='Solo {voice}']")


def elapse(page, seconds: float) -> None:
    """Wait on the audio clock, which all that sounds goes by."""
    end = page.evaluate("beatgen.state.contextTime") + seconds
    page.wait_for_function("end => beatgen.state.contextTime >= end", arg=end)


def bounds(page, step: float, voice: str) -> tuple[float, float]:
    """Where on the screen the middle of a cell is, once nothing moves any more."""
    rested(page)
    names = page.locator(".heads .name").all_inner_texts()
    return tuple(
        page.locator("canvas.cells").evaluate(
            """(canvas, [step, row, rows]) => {
                const box = canvas.getBoundingClientRect();
                const top = canvas.parentNode.querySelector('.ruler').clientHeight;
                return [box.left + (step / 4 + 0.5) * box.width / 32,
                        box.top + top + (row + 0.5) * (box.height - top) / rows];
            }""",
            [step, names.index(voice), len(names)],
        )
    )
