"""What the browser is given before Streamlit has begun: the page's ground, so that nothing flashes,
and the theme, so that nothing changes its colours; the language, for screen readers and for what
the browser's side shows (app/player/web/language.js); and where the server is, so that it need not
be looked for below the address of a page.

The page itself is shown once it has come together, by app/player/web/page/reveal.js, so that
nothing moves; until then its name stands there.

Streamlit serves one index.html for all pages; a piece is put into its head on the way out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.requests import Request

from app.language import FIRST, SHOWN, language_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

GROUNDS = {"Dark": "#101215", "Light": "#f4f1ea"}  # as .streamlit/config.toml has them
LATEST = 20_000  # ms after which the page is shown as far as it has come
HEAD = b"<head>"
HTML = b'<html lang="%s">'
# The names of the items are those of app/player/web/page/theme.js; a first visitor sees the dark
# theme, and whoever chose one, that one.
SCRIPT = """<style>
html:not([data-drawn]) .stMainBlockContainer:not(:has(.stAlert)),
html:not([data-drawn]) .stMainBlockContainer:not(:has(.stAlert)) * {
  visibility: hidden !important;
}
html:not([data-drawn]) body::before {
  content: "BeatGen";
  position: fixed;
  z-index: 1;
  top: 12px;
  left: calc(clamp(12px, 2.4vw, 40px) + 39px);
  font: 700 20px/28px system-ui, sans-serif;
  color: gray;
}
</style>
<script>
(() => {
  const grounds = %s;
  let theme = "Dark";
  try {
    const item = `stActiveTheme-${location.pathname}-v2`;
    const kept = localStorage.getItem("beatgen theme");
    const own = JSON.parse(localStorage.getItem(item) ?? "null");
    theme = kept in grounds ? kept : own in grounds ? own : theme;
    localStorage.setItem(item, JSON.stringify(theme));
  } catch {}
  document.documentElement.style.background = grounds[theme];
  document.documentElement.style.colorScheme = theme.toLowerCase();
  setTimeout(() => (document.documentElement.dataset.drawn ??= "late"), %s);
  window.__streamlit = { ...window.__streamlit, BACKEND_BASE_URL: location.origin + %s };
})();
</script>"""


def piece(base: str) -> bytes:
    """What is put into the head. base: the path that the page is served under, "" or "/music"."""
    return (SCRIPT % (json.dumps(GROUNDS), LATEST, json.dumps(f"{base}/"))).encode()


class FirstPaint:
    """Middleware that puts `piece` into every page of HTML."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        base = st.get_option("server.baseUrlPath").strip("/")
        self._piece = piece(f"/{base}" if base else "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _wants_page(scope):
            await self._app(scope, receive, send)
            return
        spoken = language_of(Request(scope))
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        start: dict[str, Any] = {}
        body = bytearray()

        async def pass_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            whole = bytes(body).replace(HEAD, HEAD + self._piece, 1)
            whole = whole.replace(HTML % FIRST.encode(), HTML % spoken.encode(), 1)
            dropped = (b"content-length", b"etag", b"last-modified")
            headers = [pair for pair in start["headers"] if pair[0].lower() not in dropped]
            length = (b"content-length", str(len(whole)).encode())
            cookie = f"{SHOWN}={spoken}; Path=/; SameSite=Lax"
            own = [(b"vary", b"Accept-Language, Cookie"), (b"set-cookie", cookie.encode())]
            start["headers"] = [*headers, length, *own]
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        await self._app({**scope, "headers": plain}, receive, pass_on)


def _wants_page(scope: Scope) -> bool:
    accepted = dict(scope["headers"]).get(b"accept", b"")
    return scope["method"] == "GET" and b"text/html" in accepted
