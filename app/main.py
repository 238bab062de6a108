"""BeatGen's page, as it is run and as it is served: `streamlit run app/main.py`."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@asynccontextmanager
async def opening(_server: st.App) -> AsyncIterator[None]:
    """Load libraries and model before the first session; compute what it opens with while its
    browser is still loading Streamlit."""
    await asyncio.to_thread(_load)
    threading.Thread(target=_prepare, daemon=True).start()
    yield


def _load() -> None:
    from app import page, serving

    page.load()
    serving.settle()


def _prepare() -> None:
    from app import page

    page.prepare()


def _file(request: Request) -> Response:
    """Runs in a thread of its own, as Starlette has it: no page waits for it."""
    from app import downloads

    return downloads.answer(request)


def _made(request: Request) -> Response:
    from app import offers

    return offers.answer(request)


def _maps(_request: Request) -> Response:
    from app import downloads

    return downloads.drum_maps()


if __name__ == "__main__":  # a run of the script, for one browser
    from app import page

    page.draw()
else:  # Streamlit imports what it serves
    from app.doors import ClosedDoors
    from app.first_paint import FirstPaint

    base = st.get_option("server.baseUrlPath").strip("/")
    root = f"/{base}" if base else ""
    routes = [
        Route(f"{root}/file/{{text}}.{{ending}}", _file),
        Route(f"{root}/made/{{token}}", _made),
        Route(f"{root}/drum-maps", _maps),
    ]
    around = [Middleware(ClosedDoors), Middleware(FirstPaint)]
    server = st.App(__file__, lifespan=opening, routes=routes, middleware=around)
