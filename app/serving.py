"""How the server serves many musicians at once: some of what Streamlit does for each run of the
script takes the longer the more pages are open.

Streamlit has no settings for it, so its own classes are changed here, as the pinned version has
them; tests/app/test_serving.py says what is relied on.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner, ScriptRunnerEvent
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

if TYPE_CHECKING:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# Seconds after which a thread gives the next one a turn, where Python waits for 5 ms. The server's
# own thread sends some sixty messages for each run, and asks for a turn anew for each.
TURN = 0.0005
# Objects that are made until the young are looked through for garbage, and how often that is until
# the older ones are, and all. A run of the script makes some thousands, most of which are gone
# with it.
THRESHOLDS = 20_000, 10, 20
YOUNG = 1  # generation
PATIENCE = 0.02  # seconds that a message waits for others, at most while the script goes on
# Runs of the script at once. Only one of them can run Python; what the model computes, it computes
# beside that. Fifty at once would take each other's turns, and all end late.
AT_ONCE = 3
# Of the C library of Linux (malloc.h): how many heaps threads share, and the size from which on an
# array lies by itself and goes back to the system as soon as it is gone.
ARENAS, ARENA_MAX, MMAP_THRESHOLD, TRIM_THRESHOLD = 2, -8, -3, -1
LARGE = 2**17  # bytes
URGENT = "player"  # key of the part of the page that sounds: what it is given waits for nothing


def settle() -> None:
    """Serve many from here on. What is loaded by now stays for good: it is never looked through for
    garbage again.

    After each run Streamlit has all objects looked through, of all sessions: beside 60 idle ones
    that took 45 ms, more than a blend. Now it is the young ones only; of the others Python
    looks through all once they have become a quarter more.
    """
    _share_heaps()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    script_runner.gc = SimpleNamespace(collect=_collect)  # type: ignore[assignment]
    sys.setswitchinterval(TURN)
    AppSession._handle_clear_cache_request = _keep  # type: ignore[method-assign,assignment]
    AppSession._on_scriptrunner_event = _take_event  # type: ignore[method-assign,assignment]
    Runtime._enqueued_some_message = _wake  # type: ignore[method-assign,assignment]
    ScriptRunner._run_script = _in_turn(ScriptRunner._run_script)  # type: ignore[method-assign]
    app_session._populate_theme_msg = _once_each(app_session._populate_theme_msg)
    SessionState.__contains__ = _has  # type: ignore[method-assign]
    SafeSessionState.filtered_state = property(State)  # type: ignore[method-assign,assignment]


def _share_heaps() -> None:
    """Each run of the script has a thread of its own, and glibc up to eight heaps for each core,
    each of which keeps what was let go of. Elsewhere nothing is changed."""
    with suppress(AttributeError, OSError, TypeError):  # TypeError: Windows
        mallopt = ctypes.CDLL(None).mallopt
        for setting, value in (
            (ARENA_MAX, ARENAS),
            (MMAP_THRESHOLD, LARGE),
            (TRIM_THRESHOLD, LARGE),
        ):
            mallopt(setting, value)


def _keep(_session: AppSession) -> None:
    """A browser may ask the server to forget what it has computed, the model included, for all."""


def _collect(_generation: int) -> None:
    gc.collect(YOUNG)


class Turns:
    """Lets so many at a time do something; who came first is first."""

    def __init__(self, at_once: int) -> None:
        self._lock = threading.Lock()
        self._free = at_once
        self._queue: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            called = threading.Event()
            self._queue.append(called)
        called.wait()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._free += 1


def _in_turn(run: Callable[..., None]) -> Callable[..., None]:
    """`ScriptRunner._run_script`, AT_ONCE of all sessions at a time."""
    turns = Turns(AT_ONCE)

    def run_script(runner: ScriptRunner, rerun_data: Any) -> None:
        with turns:
            run(runner, rerun_data)

    return run_script


class Outbox:
    """The messages of one session on their way from its script's thread to the server's.

    Streamlit wakes the server's thread for each, some sixty times a run, and each time the script
    has to wait for its turn again. Here they go together.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Callable[[], None]] = []
        self._since = 0.0

    def add(self, deliver: Callable[[], None]) -> bool:
        """Take one more; whether it is time to send them."""
        now = time.monotonic()
        with self._lock:
            if not self._waiting:
                self._since = now
            self._waiting.append(deliver)
            return now - self._since > PATIENCE

    def send(self) -> None:
        """Deliver all, in their order. On the server's thread."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for deliver in waiting:
            deliver()


def _take_event(
    session: AppSession,
    sender: Any,
    event: ScriptRunnerEvent,
    forward_msg: ForwardMsg | None = None,
    **rest: Any,
) -> None:
    """`AppSession._on_scriptrunner_event`: on the script's thread."""

    def deliver() -> None:
        session._handle_scriptrunner_event_on_event_loop(sender, event, forward_msg, **rest)

    outbox = session.__dict__.setdefault("_outbox", Outbox())
    late = outbox.add(deliver)
    if late or event != ScriptRunnerEvent.ENQUEUE_FORWARD_MSG or _is_urgent(forward_msg):
        session._call_soon_on_event_loop(outbox.send)


def _is_urgent(message: ForwardMsg | None) -> bool:
    if message is None or not message.HasField("delta"):
        return True
    element = message.delta.new_element
    return element.HasField("bidi_component") and element.bidi_component.id.endswith(f"-{URGENT}")


def _wake(runtime: Runtime) -> None:
    """`Runtime._enqueued_some_message`: mostly on the server's thread itself, which need not wake
    itself for each."""
    waits = runtime._get_async_objs()
    try:
        here = asyncio.get_running_loop() is waits.eventloop
    except RuntimeError:
        here = False
    if here:
        waits.need_send_data.set()
    else:
        waits.eventloop.call_soon_threadsafe(waits.need_send_data.set)


def _once_each(populate: Callable[..., None]) -> Callable[..., None]:
    """`_populate_theme_msg`, which looks through hundreds of settings for each run: they stay."""
    themes: dict[str, CustomThemeConfig] = {}

    def populate_theme(message: CustomThemeConfig, section: str = "theme") -> None:
        if section not in themes:
            theme = CustomThemeConfig()
            populate(theme, section)
            themes[section] = theme
        if themes[section].ByteSize():
            message.MergeFrom(themes[section])

    return populate_theme


def _has(state: SessionState, key: str) -> bool:
    """`SessionState.__contains__`, without making what stands there: three times for each
    component, and for each of them a class of its own."""
    with suppress(KeyError):
        state._getitem(state._get_widget_id(key), state._key_id_mapper.id_key_mapping.get(key, key))
        return True
    return False


class State(Mapping[str, Any]):
    """`SafeSessionState.filtered_state`: what a session keeps, by its keys. A widget that looks
    for its own key there need not wait until all others are put together."""

    def __init__(self, of: SafeSessionState) -> None:
        self._of = of

    def __getitem__(self, key: str) -> Any:
        with self._of._lock:
            return self._of._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Any]:
        with self._of._lock:
            return self._of._state.filtered_state
