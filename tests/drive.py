"""Drives the page without a browser, and reads back what is downloaded from it."""

import io
from pathlib import Path

from midifile import written
from streamlit.testing.v1 import AppTest

from app.state import Session
from beatgen.groove import Groove
from beatgen.midi import read_midi

APP = Path(__file__).parents[1] / "app"
MIDI = "audio/midi"


def open_page() -> AppTest:
    return run(AppTest.from_file(str(APP / "main.py"), default_timeout=30))


def run(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    return page


def now(page: AppTest) -> Session:
    return page.session_state["session"]


def go(page: AppTest, name: str) -> AppTest:
    page.switch_page(f"views/{name}.py")
    return run(page)


def click(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click()
    return run(page)


def choose(page: AppTest, key: str, value) -> AppTest:
    """Set a widget of any kind by its key."""
    kinds = (page.selectbox, page.slider, page.select_slider, page.segmented_control)
    (widget,) = [widget for kind in kinds for widget in kind if widget.key == key]
    widget.set_value(value)
    return run(page)


def upload(page: AppTest, side: str, name: str, content: bytes) -> AppTest:
    key = f"upload-{side}-{now(page).deck(side).uploads}"
    (uploader,) = [each for each in page.file_uploader if each.key == key]
    uploader.set_value((name, content, MIDI))
    return run(page)


def tell_player(page: AppTest, **said) -> AppTest:
    """What the player's browser side would send."""
    page.session_state["player"] = {"played": {"turn": 1, **said}}
    return run(page)


def midi_of(groove: Groove) -> bytes:
    return written(groove).getvalue()


def read_back(content: bytes) -> Groove:
    return read_midi(io.BytesIO(content))


def text(page: AppTest) -> str:
    return " ".join(element.value for element in page.html)
