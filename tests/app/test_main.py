"""The server's opening, before the first session."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from app import main, page, serving


def test_what_is_loaded_before_the_first_session_is_no_matter_of_garbage_collection(monkeypatch):
    done, prepared = [], threading.Event()
    monkeypatch.setattr(page, "load", lambda: done.append("load"))
    monkeypatch.setattr(page, "prepare", prepared.set)
    monkeypatch.setattr(serving, "settle", lambda: done.append("settle"))

    async def serve() -> None:
        async with main.opening(main.server):
            assert done == ["load", "settle"], "before the server answers"

    with ThreadPoolExecutor() as pool:  # the browser's tests leave a loop running in this thread
        pool.submit(asyncio.run, serve()).result()
    assert prepared.wait(10), "beside the server, what a new session opens with is computed"
    assert done == ["load", "settle"], "once"
