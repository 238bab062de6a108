"""Grooves and what is told of them in a line of text that an address can hold.

A text is its version, one character, and then base64url of zlib of two parts, a zero byte between
them. The first is JSON, the second the hits of all grooves, as app/share/hits.py has them.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from app.share.hits import Hits, columns
from beatgen.groove import Groove

VERSION = "1"
LONGEST = 500_000  # characters that are read
LARGEST = 2_000_000  # bytes that they may hold, unpacked


def pack(head: dict[str, Any], grooves: Sequence[Groove]) -> str:
    """A text of `head`, for JSON, and the hits of `grooves`."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    packed = zlib.compress(text.encode() + b"\0" + columns(grooves), 9)
    return VERSION + urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def unpack(text: str, room: int) -> tuple[dict[str, Any], Hits]:
    """The two parts of a text, the hits for `room` bars. Raises ValueError where it has none."""
    if text[:1] != VERSION or len(text) > LONGEST:
        raise ValueError("no text of ours")
    encoded = text[1:].encode("ascii")
    inflating = zlib.decompressobj()
    try:
        whole = inflating.decompress(
            urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4)), LARGEST
        )
    except zlib.error as error:
        raise ValueError("changed on its way") from error
    if not inflating.eof:
        raise ValueError("cut off, or too much")
    head, _, hits = whole.partition(b"\0")
    return json.loads(head.decode()), Hits(hits, room)
