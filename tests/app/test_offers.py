"""Links to files that are made once they are fetched."""

import gc
import io
import threading

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from streamlit_inside import component_data

from app import downloads, offers
from beatgen.errors import AudioError
from beatgen.groove import Groove


def fetch(token: str) -> Response:
    scope = {"type": "http", "path_params": {"token": token}, "headers": [], "query_string": b""}
    return offers.answer(Request(scope))


def an_offer(make) -> offers.Offer:
    made = offers.Offer(recipe=offers.Recipe(make, "application/zip"))
    offers._offers[made.token] = made
    return made


def test_a_link_keeps_its_address_and_gives_what_was_drawn_last(apptest):
    def path() -> str:
        return component_data(apptest, "stems")[0]["file"]["path"]

    before = path()
    assert isinstance(fetch(before.removeprefix("made/")), StreamingResponse)
    apptest.run()
    assert path() == before


def test_a_file_is_sent_piece_by_piece_and_closed():
    file = io.BytesIO(b"x" * (offers.PIECE + 1))
    kept = an_offer(lambda: file)
    answer = fetch(kept.token)
    assert answer.headers["content-disposition"] == "attachment"
    assert [len(piece) for piece in offers._pieces(file)] == [offers.PIECE, 1] and file.closed


def test_a_link_of_a_page_that_is_gone_says_so():
    kept = an_offer(lambda: b"zip")
    assert fetch(kept.token).body == b"zip"
    token = kept.token
    del kept
    gc.collect()
    answer = fetch(token)
    assert answer.status_code == 404 and b"reload" in answer.body


@pytest.mark.parametrize(
    ("fault", "words"),
    [(AudioError("assets/kit is missing."), b"assets/kit"), (KeyError("x"), b"server's log")],
)
def test_a_fault_of_the_server_is_its_own(fault, words):
    def fail():
        raise fault

    kept = an_offer(fail)
    answer = fetch(kept.token)
    assert answer.status_code == 500 and words in answer.body and b"Traceback" not in answer.body


def test_a_short_sound_goes_beside_a_long_one_but_two_long_ones_wait(monkeypatch):
    room, order = downloads.Room(100), []
    monkeypatch.setattr(downloads, "ROOM", 100)
    inside, leave = threading.Event(), threading.Event()

    def long() -> None:
        with room.of(80):
            inside.set()
            leave.wait(10)
            order.append("long")

    def later() -> None:
        with room.of(1e9):
            order.append("longer")

    threads = [threading.Thread(target=long), threading.Thread(target=later)]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    with room.of(20):
        order.append("short")
    leave.set()
    for thread in threads:
        thread.join(10)
    assert order == ["short", "long", "longer"]


def test_the_longest_loop_fits_the_room_alone():
    slow = Groove.from_tab("kick |o---|", tempo=30).repeat(32)
    assert downloads.AT_LEAST < downloads.needs(slow) < downloads.ROOM
