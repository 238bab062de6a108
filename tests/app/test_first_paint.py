"""What the browser is given before Streamlit has begun."""

import asyncio
import tomllib
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from app.first_paint import GROUNDS, FirstPaint, piece

PAGE = '<!DOCTYPE html><html lang="en"><head><title>x</title></head></html>'
ROUTES = [
    Route("/vary", lambda _: HTMLResponse(PAGE, headers={"etag": "1"})),
    Route("/file", lambda _: PlainTextResponse("<head>")),
]


def asked(path: str, accept: bytes, **headers: str) -> tuple[dict[bytes, bytes], bytes]:
    """Headers and body of the answer."""
    sent: list[dict] = []
    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"accept", accept)]}
    for name, value in headers.items():
        scope["headers"].append((name.replace("_", "-").encode(), value.encode()))
    scope |= {"query_string": b"", "root_path": "", "http_version": "1.1", "scheme": "http"}

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(FirstPaint(Starlette(routes=ROUTES))(scope, receive, send))
    start, *bodies = sent
    return dict(start["headers"]), b"".join(message.get("body", b"") for message in bodies)


def test_pages_have_their_ground_and_theme_before_anything_else():
    headers, body = asked("/vary", b"text/html,*/*")
    assert body == PAGE.replace("<head>", f"<head>{piece('').decode()}").encode()
    assert int(headers[b"content-length"]) == len(body)
    assert b"etag" not in headers, "the page is not what the server's file is"
    assert piece("/music").endswith(b'+ "/music/" };\n})();\n</script>')


def test_other_files_are_as_they_are():
    assert asked("/file", b"*/*")[1] == b"<head>"


def test_the_grounds_are_those_of_the_themes():
    config = Path(__file__).parents[2] / ".streamlit" / "config.toml"
    themes = tomllib.loads(config.read_text("utf-8"))["theme"]
    assert {
        name.capitalize(): themes[name]["backgroundColor"] for name in ("dark", "light")
    } == GROUNDS


def test_the_document_says_in_which_language_it_is():
    def spoken(**headers: str) -> bytes:
        sent, body = asked("/vary", b"text/html", **headers)
        assert sent[b"vary"] == b"Accept-Language, Cookie", "no cache may mix them up"
        language = body.partition(b'lang="')[2][:2]
        assert sent[b"set-cookie"].startswith(b"beatgen_shown=%s;" % language), "for Python"
        return language

    assert spoken() == b"en"
    assert spoken(accept_language="de-AT,de;q=0.9") == b"de"
    assert spoken(accept_language="de", cookie="beatgen_language=en; x=y") == b"en"
    assert spoken(accept_language="fr", cookie="beatgen_language=xx") == b"en"
