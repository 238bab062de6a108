"""A session of the page without a browser, over Streamlit's websocket protocol.

It keeps the elements that the page shows by their keys, sends the state of widgets as the browser
does (all of them with every message, triggers once), uploads with the XSRF token, fetches files.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 60.0  # seconds for an answer
PLAYER = "player"  # key of the part that sounds
EVENTS = "$$STREAMLIT_INTERNAL_KEY_{}__events"  # the triggers of a component
BAD = ("exception", "alert")  # elements that say that something went wrong


class PageError(Exception):
    """What a musician would call an error: no answer, a closed connection, a refused file."""


@dataclass
class Answer:
    """How long an answer took, in seconds, and what came. heard: until the player had it."""

    whole: float
    heard: float | None
    received: int  # bytes
    sent: int


@dataclass(eq=False)
class Client:
    """One open page. Use as `async with`."""

    url: str
    elements: dict[str, Any] = field(default_factory=dict)  # by key, as protobuf
    session_id: str = ""
    received: int = 0
    sent: int = 0

    async def __aenter__(self) -> Client:
        host = urlsplit(self.url)
        self._cookie = await asyncio.to_thread(self._xsrf)
        headers = {"Cookie": f"_streamlit_xsrf={self._cookie}", "Origin": self.url}
        self._socket = await connect(
            f"ws://{host.netloc}/_stcore/stream",
            additional_headers=headers,
            subprotocols=["streamlit", self._cookie],  # type: ignore[list-item]
            max_size=None,
            compression=None,
            ping_interval=None,
            open_timeout=PATIENCE,
        )
        self._states: dict[str, WidgetState] = {}
        self._cached: dict[str, Any] = {}  # messages by hash, as the browser keeps them
        self._pages: dict[str, str] = {}  # hash of each page, by its address
        self._page = ""
        self._shown: set[str] = set()  # keys that were drawn in the run that goes on
        self._urls: dict[str, asyncio.Future] = {}
        self._files: dict[str, asyncio.Future] = {}
        self._runs = 0
        self._finished = asyncio.Condition()
        self._trouble = ""
        self._player_at = 0.0
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reader.cancel()
        await self._socket.close()

    # What a musician does

    async def open(self) -> Answer:
        """Ask for the page, and answer it what the browser has kept: nothing."""
        return await self._run()

    async def turn_to(self, page: str) -> Answer:
        """Go to a page by its address, "" for the first one."""
        self._page = self._pages[page]
        return await self._run()

    async def press(self, key: str) -> Answer:
        return await self._run(WidgetState(id=self.id_of(key), trigger_value=True))

    async def trigger(self, key: str, event: str, value: object) -> Answer:
        """What a component sends once."""
        text = json.dumps([{"event": event, "value": value}])
        return await self._run(
            WidgetState(id=EVENTS.format(self.id_of(key)), json_trigger_value=text)
        )

    async def state(self, key: str, value: Mapping[str, Any]) -> Answer:
        """What a component keeps, as the player does its message."""
        self._keep(WidgetState(id=self.id_of(key), json_value=json.dumps(value)))
        return await self._run()

    async def upload(self, key: str, name: str, content: bytes) -> Answer:
        """Drop a file on an uploader."""
        start = time.monotonic()
        message = BackMsg()
        ask = message.file_urls_request
        ask.request_id, ask.session_id = secrets.token_hex(8), self.session_id
        ask.file_names.append(name)
        self._urls[ask.request_id] = asyncio.get_running_loop().create_future()
        await self._send(message)
        urls = await self._wait(self._urls[ask.request_id], "an address to upload to")
        await asyncio.to_thread(self._put, urls.upload_url, name, content)
        uploaded = WidgetState(id=self.id_of(key))
        info = UploadedFileInfo(name=name, size=len(content), file_id=urls.file_id, file_urls=urls)
        uploaded.file_uploader_state_value.uploaded_file_info.append(info)
        self._keep(uploaded)
        answer = await self._run()
        answer.whole = time.monotonic() - start
        return answer

    async def fetch(self, path: str) -> bytes:
        """A file of the server by its path, as links on the page have it."""
        content = await asyncio.to_thread(self._get, path)
        self.received += len(content)
        return content

    async def deferred(self, key: str) -> bytes:
        """The file of a download button that makes it when it is pressed."""
        message = BackMsg()
        ask = message.backend_operation_request
        ask.request_id, ask.session_id = secrets.token_hex(8), self.session_id
        ask.deferred_file.file_id = self.elements[key].deferred_file_id
        self._files[ask.request_id] = asyncio.get_running_loop().create_future()
        await self._send(message)
        answer = await self._wait(self._files[ask.request_id], "a file")
        if answer.error_msg:
            raise PageError(f"no file: {answer.error_msg}")
        return await self.fetch(answer.deferred_file.url)

    # What the page shows

    def id_of(self, key: str) -> str:
        """The id of the widget whose key begins so: decks number theirs."""
        return self.element(key).id

    def element(self, key: str) -> Any:
        found = self.elements.get(key)
        if found is None:
            found = next((e for k, e in self.elements.items() if k.startswith(key)), None)
        if found is None:
            raise PageError(f"{key} is not on the page")
        return found

    def data(self, key: str) -> dict[str, Any]:
        """What a component was given."""
        part = self.element(key)
        data = json.loads(part.json or part.mixed.json)
        return data[0] if isinstance(data, list) else data

    # The protocol

    def _keep(self, state: WidgetState) -> None:
        self._states[state.id] = state

    async def _run(self, trigger: WidgetState | None = None) -> Answer:
        """Have the script run, and wait until it has."""
        message = BackMsg()
        ask = message.rerun_script
        ask.page_script_hash = self._page
        ask.cached_message_hashes.extend(self._cached)
        ask.widget_states.widgets.extend(self._states.values())
        if trigger is not None:
            ask.widget_states.widgets.append(trigger)
        start, runs, received, sent = time.monotonic(), self._runs, self.received, self.sent
        self._player_at = 0.0
        await self._send(message)
        async with self._finished:
            await self._wait(
                self._finished.wait_for(lambda: self._runs > runs or self._trouble), "an answer"
            )
        if self._trouble:
            trouble, self._trouble = self._trouble, ""
            raise PageError(trouble)
        return Answer(
            time.monotonic() - start,
            self._player_at - start if self._player_at else None,
            self.received - received,
            self.sent - sent,
        )

    async def _wait(self, what: Any, name: str) -> Any:
        try:
            return await asyncio.wait_for(what, PATIENCE)
        except TimeoutError:
            raise PageError(f"{name} did not come within {PATIENCE:.0f} s") from None

    async def _send(self, message: BackMsg) -> None:
        data = message.SerializeToString()
        self.sent += len(data)
        try:
            await self._socket.send(data)
        except ConnectionClosed as error:
            raise PageError(f"the connection is closed: {error}") from error

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                self.received += len(data)
                await self._take(ForwardMsg.FromString(data))
            await self._fail("the connection was closed")
        except ConnectionClosed as error:
            await self._fail(f"the connection was closed: {error}")

    async def _fail(self, why: str) -> None:
        async with self._finished:
            self._trouble = why
            self._finished.notify_all()

    async def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            new = message.new_session
            self.session_id = new.initialize.session_id or self.session_id
            self._page, self._shown = new.page_script_hash, set()
            self._pages |= {page.url_pathname: page.page_script_hash for page in new.app_pages}
        elif kind in ("delta", "ref_hash"):
            await self._draw(message)
        elif kind == "file_urls_response":
            answer = message.file_urls_response
            self._urls.pop(answer.response_id).set_result(answer.file_urls[0])
        elif kind == "backend_operation_response":
            answer = message.backend_operation_response
            self._files.pop(answer.request_id).set_result(answer)
        elif kind == "navigation":
            pages = message.navigation.app_pages
            self._pages |= {page.url_pathname: page.page_script_hash for page in pages}
            self._page = message.navigation.page_script_hash
        elif kind == "script_finished":
            await self._finish(message.script_finished)

    async def _draw(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "ref_hash":
            delta = self._cached[message.ref_hash]
        else:
            delta = message.delta
            if message.metadata.cacheable:
                self._cached[message.hash] = delta
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        element = getattr(delta.new_element, kind)
        if kind in BAD:
            await self._fail(f"the page shows: {getattr(element, 'body', '') or element}"[:200])
        if not (key := getattr(element, "id", "").split("-", 2)[2:]):
            return
        self.elements[key[0]] = element
        self._shown.add(key[0])
        if key[0] == PLAYER:
            self._player_at = time.monotonic()

    async def _finish(self, how: int) -> None:
        if how == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return
        self.elements = {key: self.elements[key] for key in self._shown}
        ids = {element.id for element in self.elements.values()}
        self._states = {name: state for name, state in self._states.items() if name in ids}
        async with self._finished:
            if how != ForwardMsg.FINISHED_SUCCESSFULLY:
                self._trouble = f"the script ended with {how}"
            self._runs += 1
            self._finished.notify_all()

    # Plain requests, each in a thread of its own

    def _xsrf(self) -> str:
        with urlopen(f"{self.url}/_stcore/health", timeout=PATIENCE) as answer:
            cookies = answer.headers.get_all("Set-Cookie") or []
        found = [
            c.split(";")[0].partition("=")[2] for c in cookies if c.startswith("_streamlit_xsrf")
        ]
        if not found:
            raise PageError("the server gave no XSRF cookie")
        return found[0].strip('"')

    def _put(self, path: str, name: str, content: bytes) -> None:
        boundary = secrets.token_hex(16)
        disposition = f'form-data; name="{name}"; filename="{name}"'
        lines = [f"--{boundary}", f"Content-Disposition: {disposition}", "Content-Type: audio/midi"]
        head = "\r\n".join([*lines, "", ""]).encode()
        body = head + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Cookie": f"_streamlit_xsrf={self._cookie}",
            "X-Xsrftoken": self._cookie,
        }
        self._ask(Request(self._address(path), body, headers, method="PUT"))
        self.sent += len(body)

    def _get(self, path: str) -> bytes:
        return self._ask(Request(self._address(path)))

    def _ask(self, request: Request) -> bytes:
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return answer.read()
        except HTTPError as error:
            raise PageError(f"{error.code}: {error.read()[:200]!r}") from error
        except OSError as error:
            raise PageError(f"no answer to {request.full_url[:60]}: {error}") from error

    def _address(self, path: str) -> str:
        return f"{self.url}/{path.removeprefix('/')}"
