"""Files of what sounds, to download or to drag out of the page.

The server makes a file when the browser asks for it, from its address alone, which holds the
groove. So nothing is made, and nothing sent, that no one takes.
"""

from __future__ import annotations

import json
import logging
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app import engine
from app.language import language_of, text_in
from app.limits import SWING_RANGE, TEMPO_RANGE, number, whole
from app.player.wire import pack_mix, read_mix
from app.session import LONGEST_TAKE
from app.share import encoding
from beatgen.audio.kits import KITS
from beatgen.audio.mix import NO_MIX, Mix
from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.kit import PERCUSSION, VOICES
from beatgen.midi.maps import maps
from beatgen.swing import STRAIGHT, swing

MIDI, WAV = "audio/midi", "audio/wav"
TYPES = {"mid": MIDI, "wav": WAV}  # by the ending of the address
EARLY = ("loop", "pickup")  # where hits before the first beat go: its end, or a bar before
MOST_LOOPS = 64  # repetitions of its groove that a MIDI file holds
NO_VOICE = 255  # of a note that means none
LONGEST = 300  # s of sound; 32 bars at the slowest tempo take 256

ROOM = 256e6  # bytes that all sound takes which is being made: of more, the next one waits
PER_SECOND = 750e3  # bytes of a loop: 190 MB, and 0.4 s of a core, for the longest
AT_LEAST = 4e6


class Room:
    """Lets so much be made at once as there is room for: a short loop goes beside a long one."""

    def __init__(self, size: float) -> None:
        self._free = size
        self._changed = threading.Condition()

    @contextmanager
    def of(self, size: float) -> Iterator[None]:
        """While so much of it is taken; waits until it is free."""
        size = min(size, ROOM)
        with self._changed:
            self._changed.wait_for(lambda: size <= self._free)
            self._free -= size
        try:
            yield
        finally:
            with self._changed:
                self._free += size
                self._changed.notify_all()


room = Room(ROOM)


def needs(groove: Groove) -> float:
    """Bytes that the sound of a groove takes while it is made."""
    return max(AT_LEAST, PER_SECOND * groove.seconds)


def midi_path(groove: Groove) -> str:
    """The address of the groove's MIDI file, as app/main.py routes it; the query is `midi_query`.
    Its hits stand within 0.13 ms, at tempo 120, of where they are in the groove."""
    return _path(groove, "mid")


def midi_query(
    pitches: str,
    loops: int = 1,
    tempo: float | None = None,
    share: float = STRAIGHT,
    early: str = "loop",
) -> str:
    """What a MIDI file is to be like, for its address.

    pitches: a drum map that ships, by its name. loops: repetitions of the groove. tempo: None is
    the groove's own. share: as in `swing`. early: one of EARLY.
    """
    query = {"pitches": pitches, "loops": loops, "swing": share, "early": early}
    return urlencode(query if tempo is None else {**query, "tempo": tempo})


def wav_path(groove: Groove, kit: str = KITS[0], mix: Mix = NO_MIX) -> str:
    """The address of the groove as a WAV loop, played by one of KITS and mixed."""
    query = {} if kit == KITS[0] else {"kit": kit}
    if mix:
        query["mix"] = json.dumps(pack_mix(mix), separators=(",", ":"))
    path = _path(groove, "wav")
    return f"{path}?{urlencode(query)}" if query else path


def served(groove: Groove) -> Groove:
    """The groove as its files hold it."""
    return _groove(_packed(groove))


def answer(request: Request) -> Response:
    """The file of an address; else one sentence, with status 404 where the address is not one of
    the page's, and 500 where the file cannot be made."""
    ending = request.path_params["ending"]
    try:
        groove = _groove(request.path_params["text"])
        media_type = TYPES[ending]
        loops, pitches, early = 1, "", "loop"
        kit = request.query_params.get("kit", KITS[0])
        if kit not in KITS:
            raise ValueError(f"{kit!r} is no kit")
        mix = read_mix(json.loads(request.query_params.get("mix", "{}")))
        if media_type == MIDI:
            groove, pitches, loops, early = _asked_for(groove, request.query_params)
        elif groove.seconds > LONGEST:
            raise ValueError("longer than any loop of the page")
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, BeatGenError):
        return PlainTextResponse(text_in(language_of(request), "error.file_cut"), 404)
    try:
        with room.of(AT_LEAST if media_type == MIDI else needs(groove)):
            if media_type == MIDI:
                content = engine.midi_file(groove, pitches, loops, early)
            else:
                content = engine.wav_file(groove, kit, mix)
    except BeatGenError as error:  # an installation without its kit, say
        return PlainTextResponse(str(error), 500)
    except Exception:
        logging.getLogger(__name__).exception("a file could not be made")
        return PlainTextResponse(text_in(language_of(request), "error.file_not_made"), 500)
    return Response(content, media_type=media_type)


def _path(groove: Groove, ending: str) -> str:
    return f"file/{_packed(groove)}.{ending}"


def _packed(groove: Groove) -> str:
    return encoding.pack(encoding.record_of(groove), [groove])


def _groove(packed: str) -> Groove:
    head, hits = encoding.unpack(packed, LONGEST_TAKE)
    hits.expect(head)
    (groove,) = hits.grooves()
    return groove


def _asked_for(groove: Groove, query: Mapping[str, str]) -> tuple[Groove, str, int, str]:
    """The groove that a MIDI file is to hold, its pitches, loops and `early`. Raises
    ValueError or KeyError where `midi_query` did not make the query."""
    groove = swing(groove, number(float(query["swing"]), *SWING_RANGE))
    if "tempo" in query:
        groove = replace(groove, tempo=number(float(query["tempo"]), *TEMPO_RANGE))
    pitches = query["pitches"]
    if pitches not in maps() and pitches != "gmd":  # as addresses of earlier pages have it
        raise ValueError(f"{pitches!r} is not one of {list(maps())}")
    early = query.get("early", "loop")  # addresses of earlier pages have none
    if early not in EARLY:
        raise ValueError(f"{early!r} is not one of {EARLY}")
    return groove, pitches, whole(int(query["loops"]), 1, MOST_LOOPS), early


@cache
def drum_maps() -> Response:
    """All drum maps, for MIDI ports in the browser, as JSON: {"voices": names, "maps": [[name,
    title, written, read]]}. written: the note of each voice, read: the place among the voices that
    each note means, NO_VOICE for none; both are bytes in base64."""
    voices = [*VOICES, *PERCUSSION]
    tables = []
    for drum_map in maps().values():
        written = bytes(drum_map.note_for(number)[0] for number in range(len(voices)))
        read = bytes(n if 0 <= n < len(voices) else NO_VOICE for n in drum_map.table.tolist())
        texts = [b64encode(table).decode("ascii") for table in (written, read)]
        tables.append([drum_map.name, drum_map.title, *texts])
    return JSONResponse({"voices": [voice.name for voice in voices], "maps": tables})
