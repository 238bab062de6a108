"""What the server does for many musicians at once."""

import gc
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from drive import go, midi_of, now, open_page, upload
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import Runtime, app_session, caching
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from app import serving


@pytest.fixture
def settled(monkeypatch):
    monkeypatch.setattr(script_runner, "gc", script_runner.gc)
    for changed, name in (
        (AppSession, "_on_scriptrunner_event"),
        (AppSession, "_handle_clear_cache_request"),
        (Runtime, "_enqueued_some_message"),
        (ScriptRunner, "_run_script"),
        (app_session, "_populate_theme_msg"),
        (SessionState, "__contains__"),
        (SafeSessionState, "filtered_state"),
    ):
        monkeypatch.setattr(changed, name, getattr(changed, name))
    before = gc.get_threshold(), sys.getswitchinterval()
    gc.freeze()  # what other tests have left: to look through it takes long
    serving.settle()
    yield
    gc.unfreeze()
    gc.set_threshold(*before[0])
    sys.setswitchinterval(before[1])


class Part:
    other: "Part"


def a_cycle() -> None:
    one, two = Part(), Part()
    one.other, two.other = two, one


def test_a_run_looks_through_what_is_young_only(settled, monkeypatch):
    seen = []
    watch = lambda phase, info: seen.append((phase, info))  # noqa: E731
    gc.callbacks.append(watch)
    try:
        a_cycle()
        script_runner.gc.collect(2)  # as Streamlit calls it after each run
    finally:
        gc.callbacks.remove(watch)
    assert [info["generation"] for phase, info in seen if phase == "stop"] == [1]
    assert seen[-1][1]["collected"] >= 2, "what the run left behind is gone"


def test_all_that_is_loaded_is_left_alone(request):
    gc.freeze()
    loaded = [[] for _ in range(10_000)]
    before = gc.get_freeze_count()
    request.getfixturevalue("settled")
    assert gc.get_freeze_count() >= before + len(loaded)
    assert gc.isenabled(), "Python still looks through the rest by itself"
    assert sys.getswitchinterval() == pytest.approx(serving.TURN)


def test_no_browser_has_the_server_forget_what_it_computed_for_all(settled, monkeypatch):
    forgotten = []
    monkeypatch.setattr(caching.cache_resource, "clear", lambda: forgotten.append(True))
    AppSession._handle_clear_cache_request(SimpleNamespace())
    assert not forgotten


def test_so_many_run_at_once_and_who_came_first_is_first():
    turns, order = serving.Turns(2), []
    threads = []

    def wait(number: int) -> None:
        with turns:
            order.append(number)

    with turns, turns:
        for number in range(5):
            threads.append(threading.Thread(target=wait, args=(number,)))
            threads[-1].start()
            while len(turns._queue) <= number:
                time.sleep(0.001)
        assert not order
        turns.__exit__()
        for thread in threads:
            thread.join(5)
        turns.__enter__()
    assert order == [0, 1, 2, 3, 4]
    with turns, turns:
        assert turns._free == 0
    assert turns._free == 2


def test_a_turn_is_given_on_where_a_run_fails():
    turns = serving.Turns(1)
    with pytest.raises(KeyError), turns:
        raise KeyError
    assert turns._free == 1


def test_messages_go_together_in_their_order():
    outbox, got = serving.Outbox(), []
    assert not outbox.add(lambda: got.append(1))
    outbox.add(lambda: got.append(2))
    outbox.send()
    outbox.send()
    assert got == [1, 2]
    outbox.add(lambda: got.append(3))
    time.sleep(serving.PATIENCE * 1.5)
    assert outbox.add(lambda: got.append(4)), "one that has waited long enough"


SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar")


plain = app_session._populate_theme_msg


def test_the_theme_is_what_streamlit_would_send(settled):
    for once in (app_session._populate_theme_msg, app_session._populate_theme_msg):
        for section in SECTIONS:
            found, meant = CustomThemeConfig(), CustomThemeConfig()
            once(found, section)
            plain(meant, section)
            assert found == meant


def test_what_a_session_keeps_is_found_as_before(settled, samba):
    page = open_page()
    upload(page, "a", "samba.mid", midi_of(samba))
    go(page, "shape")
    safe = page.session_state._state
    whole = safe._state.filtered_state
    quick = safe.filtered_state
    assert dict(quick).keys() == whole.keys() and len(quick) == len(whole)
    assert quick["session"] is whole["session"] is now(page)
    keys = [*safe._state._keys(), *whole, "no such key", "$$ID-of-nothing"]
    for key in keys:
        try:
            there = safe._state[key] is not safe
        except KeyError:
            there = False
        assert (key in safe._state) == there, key
    assert "no such key" not in quick and quick.get("no such key") is None


def test_threads_share_their_heaps_where_the_c_library_has_them(monkeypatch):
    asked = []
    monkeypatch.setattr(
        serving.ctypes, "CDLL", lambda name: SimpleNamespace(mallopt=lambda *of: asked.append(of))
    )
    serving._share_heaps()
    assert dict(asked)[serving.ARENA_MAX] == serving.ARENAS and len(asked) == 3
    monkeypatch.setattr(serving.ctypes, "CDLL", lambda name: SimpleNamespace())
    serving._share_heaps()  # another C library: nothing is changed, and nothing fails
