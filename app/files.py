"""Files of what sounds, to download or to drag out of the page: made once the browser fetches them,
of their address alone. So nothing is made, and nothing sent, for what no one takes."""

from __future__ import annotations

import threading
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app import engine, text
from app.hits import whole
from app.state import LONGEST_TAKE
from beatgen.errors import BeatGenError
from beatgen.groove import Groove

MIDI, WAV = "audio/midi", "audio/wav"
TYPES = {"mid": MIDI, "wav": WAV}  # by the ending of the address
MOST_LOOPS = 64  # that a MIDI file plays its groove
LONGEST = 300  # s of sound; 32 bars at the slowest tempo take 256

_one_at_a_time = threading.Lock()  # the longest loop takes 130 MB and 0.4 s of a core


def midi_path(groove: Groove, pitches: str, loops: int) -> str:
    """Where the server, as app/main.py routes it, has the groove as a MIDI file. Its hits stand
    within 0.13 ms, at tempo 120, of where they are in the groove."""
    return _path(groove, "mid", pitches=pitches, loops=loops)


def wav_path(groove: Groove) -> str:
    """The same as a WAV loop."""
    return _path(groove, "wav")


def served(groove: Groove) -> Groove:
    """The groove as its files hold it."""
    return _read(text.pack(_head(groove), [groove]))[1]


def answer(request: Request) -> Response:
    """The file of a path."""
    ending = request.path_params["ending"]
    try:
        head, groove = _read(request.path_params["text"])
        media_type = TYPES[ending]
        with _one_at_a_time:
            content = _wav(groove) if media_type == WAV else _midi(groove, head)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, BeatGenError):
        return PlainTextResponse("This file was cut off: take it from the page again.", 404)
    return Response(content, media_type=media_type)


def _path(groove: Groove, ending: str, **how: str | int) -> str:
    return f"file/{text.pack(_head(groove) | how, [groove])}.{ending}"


def _head(groove: Groove) -> dict[str, Any]:
    return {"bars": groove.bars, "tempo": groove.tempo}


def _read(packed: str) -> tuple[dict[str, Any], Groove]:
    head, hits = text.unpack(packed, LONGEST_TAKE)
    hits.ask(head)
    (groove,) = hits.grooves()
    return head, groove


def _wav(groove: Groove) -> bytes:
    if groove.seconds > LONGEST:
        raise ValueError("none of the page's")
    return engine.wav_file(groove)


def _midi(groove: Groove, head: dict[str, Any]) -> bytes:
    return engine.midi_file(groove, head["pitches"], whole(head["loops"], 1, MOST_LOOPS))
