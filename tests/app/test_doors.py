"""What comes from others does no harm: names, links, messages, and other sites."""

import asyncio
import re

import pytest
from drive import APP, act, click, go, midi_of, now, open_page, player_sends, run, upload
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from app import doors
from app.player.parts import CORNERS, OUTLINES, _is_outline
from app.session import Source
from app.share import link

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>[now](http://evil.example)'
FILES = [f"{HOSTILE}.mid", "../../etc/passwd\n.mid", "\u202egnp.mid", "a" * 500 + ".mid"]
MARKDOWN = ("markdown", "caption", "toast", "error", "warning", "info", "success")


def answered(headers: dict[str, str]) -> dict[str, str]:
    async def page(_request):
        return PlainTextResponse("page", headers=headers)

    sent = []

    async def send(message):
        sent.append(message)

    async def ask():
        served = doors.ClosedDoors(Starlette(routes=[Route("/", page)]))
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
        await served(scope, None, send)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(ask())
    loop.close()
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_every_answer_keeps_other_sites_out_and_is_what_its_type_says():
    found = answered({})
    assert found.items() >= doors.HEADERS.items()
    assert "frame-ancestors 'self'" in found["content-security-policy"]
    assert answered({"Referrer-Policy": "no-referrer"})["referrer-policy"] == "no-referrer"


def html(page: AppTest) -> list[str]:
    """All that the page has the browser read as HTML, but for its style sheets."""
    bodies = [element.proto.body for element in page.get("html")]
    return [body for body in bodies if not body.startswith("<style>")]


def is_harmless(page: AppTest) -> bool:
    marked = [str(element.value) for kind in MARKDOWN for element in page.get(kind)]
    tags = any(re.search(r"<img src=x|<script", body) for body in html(page))
    return not tags and not any(re.search(r"(?<!\\)\[now\]", words) for words in marked)


@pytest.mark.parametrize("name", FILES)
def test_the_name_of_a_file_is_shown_as_it_is(samba, name):
    page = open_page()
    upload(page, "a", name, midi_of(samba))
    assert now(page).a.source.name == name.rpartition(".")[0].rpartition("/")[2]
    click(page, "keep")
    assert is_harmless(page)
    now(page).takes[0].title = HOSTILE[:80]
    act(go(page, "vary"), "keep", now(page).takes[0])
    assert is_harmless(go(page, "map"))


def test_a_link_with_hostile_names_is_shown_as_it_is(samba):
    session = now(open_page())
    session.load("a", Source(HOSTILE[:80], samba, HOSTILE[:80], [HOSTILE]))
    page = AppTest.from_file(str(APP / "main.py"), default_timeout=30)
    page.session_state["session"] = link.unpack(link.pack_memory(session))
    run(page)
    assert now(page).a.source.messages == (HOSTILE,)
    assert is_harmless(page) and any("&lt;img" in body for body in html(page))


def test_what_is_lassoed_is_bounded():
    corner = [0.0, 1.0]
    assert _is_outline([corner] * CORNERS) and not _is_outline([corner] * (CORNERS + 1))
    assert not _is_outline([[0.0, float("inf")]] * 3) and OUTLINES <= 20


def test_a_message_of_any_size_and_kind_leaves_the_page_as_it_is():
    page = open_page()
    before = now(page).heard
    deep: list = []
    for _ in range(300):
        deep = [deep]
    player_sends(page, position={"x": 1}, feel="A", edits=[deep] * 1000, lock=deep, wall=deep)
    assert now(page).heard == before
