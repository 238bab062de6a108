"""Files of what sounds, to download or to drag out of the page: made once the browser fetches them,
of their address alone. So nothing is made, and nothing sent, for what no one takes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app import engine
from app.player.messages import SWING_RANGE, TEMPO_RANGE
from app.session import LONGEST_TAKE
from app.share import encoding
from app.share.encoding import number, whole
from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.swing import STRAIGHT, swing

MIDI, WAV = "audio/midi", "audio/wav"
TYPES = {"mid": MIDI, "wav": WAV}  # by the ending of the address
MOST_LOOPS = 64  # that a MIDI file plays its groove
LONGEST = 300  # s of sound; 32 bars at the slowest tempo take 256

_one_at_a_time = threading.Lock()  # the longest loop takes 130 MB and 0.4 s of a core


def midi_path(groove: Groove) -> str:
    """Where the server, as app/main.py routes it, has the groove as a MIDI file; after a question
    mark stands how, as `midi_how` says it. Its hits stand within 0.13 ms, at tempo 120, of where
    they are in the groove."""
    return _path(groove, "mid")


def midi_how(
    pitches: str, loops: int = 1, tempo: float | None = None, share: float = STRAIGHT
) -> str:
    """How a groove is put into its MIDI file; share: as in `swing`. tempo: None is its own."""
    how = {"pitches": pitches, "loops": loops, "swing": share}
    return urlencode(how if tempo is None else {**how, "tempo": tempo})


def wav_path(groove: Groove) -> str:
    """The same as a WAV loop."""
    return _path(groove, "wav")


def served(groove: Groove) -> Groove:
    """The groove as its files hold it."""
    return _read(_packed(groove))


def answer(request: Request) -> Response:
    """The file of a path."""
    ending = request.path_params["ending"]
    try:
        groove = _read(request.path_params["text"])
        media_type = TYPES[ending]
        with _one_at_a_time:
            content = _wav(groove) if media_type == WAV else _midi(groove, request.query_params)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, BeatGenError):
        return PlainTextResponse("This file was cut off: take it from the page again.", 404)
    return Response(content, media_type=media_type)


def _path(groove: Groove, ending: str) -> str:
    return f"file/{_packed(groove)}.{ending}"


def _packed(groove: Groove) -> str:
    return encoding.pack({"bars": groove.bars, "tempo": groove.tempo}, [groove])


def _read(packed: str) -> Groove:
    head, hits = encoding.unpack(packed, LONGEST_TAKE)
    hits.ask(head)
    (groove,) = hits.grooves()
    return groove


def _wav(groove: Groove) -> bytes:
    if groove.seconds > LONGEST:
        raise ValueError("none of the page's")
    return engine.wav_file(groove)


def _midi(groove: Groove, how: Mapping[str, str]) -> bytes:
    groove = swing(groove, number(float(how["swing"]), *SWING_RANGE))
    if "tempo" in how:
        groove = replace(groove, tempo=number(float(how["tempo"]), *TEMPO_RANGE))
    return engine.midi_file(groove, how["pitches"], whole(int(how["loops"]), 1, MOST_LOOPS))
