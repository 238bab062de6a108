"""BeatGen's page, as it is run and as it is served: `streamlit run app/main.py`."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st


@asynccontextmanager
async def opening(_server: st.App) -> AsyncIterator[None]:
    """Load the page while the first browser is still loading Streamlit."""
    threading.Thread(target=_prepare, daemon=True).start()
    yield


def _prepare() -> None:
    from app import page

    page.prepare()


if __name__ == "__main__":  # a run of the script, for one browser
    from app import page

    page.draw()
else:  # Streamlit imports what it serves
    server = st.App(__file__, lifespan=opening)
