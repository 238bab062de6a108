"""Drives the page without a browser, and reads back what is downloaded from it."""

import gc
import io
from pathlib import Path
from zipfile import ZipFile

from midifile import written
from starlette.requests import Request
from streamlit.testing.v1 import AppTest
from streamlit_inside import component_data, open_address, trigger

from app import downloads, engine
from app.player.wire import pack_groove, pack_path
from app.session import Session, Take
from beatgen.groove import Groove
from beatgen.midi import read_midi

APP = Path(__file__).parents[1] / "app"
MIDI = "audio/midi"


def open_page() -> AppTest:
    """The page as it opens. Streamlit collects garbage after each run: that need not walk through
    all that other tests have loaded, such as Keras."""
    gc.freeze()
    return run(AppTest.from_file(str(APP / "main.py"), default_timeout=30))


def run(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    return page


def now(page: AppTest) -> Session:
    return page.session_state["session"]


def go(page: AppTest, name: str) -> AppTest:
    """Open a page by its path in the address."""
    open_address(page, name)
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
    key = f"upload-{side}-{now(page).deck(side).emptied}"
    (uploader,) = [each for each in page.file_uploader if each.key == key]
    uploader.set_value((name, content, MIDI))
    return run(page)


def player_sends(page: AppTest, **message) -> AppTest:
    """What the player's browser side would send."""
    page.session_state["player"] = {"played": {"turn": 1, **message}}
    return run(page)


def scene_ids(page: AppTest) -> list[str]:
    """Names of the path and of the settled groove that sounds, as the player sends them back."""
    session = now(page)
    ends = session.a.groove, session.b.groove
    path = pack_path(engine.path(*ends), engine.path_feels(*ends))
    return [path["id"], pack_groove(session.heard)["id"]]


def part_sends(page: AppTest, key: str, event: str, value) -> AppTest:
    """Have a part of the page that runs in the browser send an event, once."""
    trigger(page, key, event, value)
    assert not page.exception
    return page


def shown_part(page: AppTest, key: str) -> dict:
    """The data that such a part was given."""
    (data,) = component_data(page, key)
    return data


def bar_file(page: AppTest, kind: str) -> tuple[str, bytes]:
    """Name and content of the file that a link in the player's bar gives: "midi" or "wav"."""
    file = shown_part(page, "bar-files")["files"][kind]
    address, _, how = file["path"].removeprefix("file/").partition("?")
    packed, ending = address.split(".")
    scope = {"type": "http", "headers": [], "path_params": {"text": packed, "ending": ending}}
    answer = downloads.answer(Request({**scope, "query_string": how.encode()}))
    assert answer.status_code == 200 and answer.media_type == file["type"]
    return file["name"], answer.body


def act(page: AppTest, what: str, take: Take, wall: str = "wall") -> AppTest:
    """Do something on the card of a take."""
    turn = shown_part(page, wall)["answered"] + 1
    return part_sends(page, wall, "acts", {"acts": [[turn, what, take.number]]})


def midi_of(groove: Groove) -> bytes:
    return written(groove).getvalue()


def read_back(content: bytes) -> Groove:
    return read_midi(io.BytesIO(content))


def unzip(content: bytes) -> dict[str, bytes]:
    """The files in a zip by their names."""
    with ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert len(set(names)) == len(names)
        return {name: archive.read(name) for name in names}


def text(page: AppTest) -> str:
    return " ".join(element.value for element in page.html)
