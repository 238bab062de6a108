"""Files that take a moment to make, such as stems: each is made once it is fetched, of what the
page was drawn with last; so one that no one takes is never made.

Its address stays the same while the page is open, whatever is drawn anew. What makes a file belongs
to the session and is forgotten with it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from weakref import WeakValueDictionary

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from app.language import language_of, text_in
from app.player.parts import download_link
from beatgen.errors import BeatGenError

PIECE = 2**16  # bytes that are sent at once

Made = bytes | IO[bytes]


class Recipe(NamedTuple):
    """How a file is made, and its media type."""

    make: Callable[[], Made]
    media_type: str


@dataclass(eq=False)
class Offer:
    """One link on one page."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    recipe: Recipe | None = None


_offers: WeakValueDictionary[str, Offer] = WeakValueDictionary()


def offer(
    label: str,
    make: Callable[[], Made],
    name: str,
    media_type: str,
    *,
    key: str,
    hint: str = "",
    disabled: bool = False,
) -> None:
    """A link to a file of this name.

    make: called in a thread of the server when the file is fetched, without a session around it; a
    file that it gives is sent piece by piece, and closed.
    """
    kept: Offer = st.session_state.setdefault(f"offer {key}", Offer())
    kept.recipe = None if disabled else Recipe(make, media_type)
    _offers[kept.token] = kept
    path = None if disabled else f"made/{kept.token}"
    download_link(label, name, media_type, path, hint, key=key)


def answer(request: Request) -> Response:
    """The file of a link; else one sentence, with status 404 where its page is gone, and 500 where
    it cannot be made."""
    found, spoken = _offers.get(request.path_params["token"]), language_of(request)
    if found is None or found.recipe is None:
        return PlainTextResponse(text_in(spoken, "error.page_gone"), 404)
    make, media_type = found.recipe
    try:
        made = make()
    except BeatGenError as error:  # an installation without its kit, say
        return PlainTextResponse(str(error), 500)
    except Exception:
        logging.getLogger(__name__).exception("a file could not be made")
        return PlainTextResponse(text_in(spoken, "error.file_not_made"), 500)
    headers = {"Content-Disposition": "attachment", "Cache-Control": "no-store"}
    if isinstance(made, bytes):
        return Response(made, media_type=media_type, headers=headers)
    return StreamingResponse(_pieces(made), media_type=media_type, headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
