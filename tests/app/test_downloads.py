"""What the server answers when a file is asked for by its address."""

from io import BytesIO

import pytest
from starlette.requests import Request
from starlette.responses import Response

from app import downloads, engine
from app.share import encoding
from beatgen.errors import AudioError
from beatgen.groove import Groove
from beatgen.midi import read_midi

QUERY = downloads.midi_query("gmd")


def answer(path: str, query: str = "") -> Response:
    """To a request for an address that `downloads` gave."""
    text, _, ending = path.removeprefix("file/").rpartition(".")
    scope = {"type": "http", "headers": [], "path_params": {"text": text, "ending": ending}}
    return downloads.answer(Request({**scope, "query_string": query.encode()}))


def test_a_groove_is_served_as_midi_and_as_wav(rock):
    midi, wav = answer(downloads.midi_path(rock), QUERY), answer(downloads.wav_path(rock))
    assert (midi.status_code, midi.media_type, midi.body[:4]) == (200, "audio/midi", b"MThd")
    assert (wav.status_code, wav.media_type, wav.body[:4]) == (200, "audio/wav", b"RIFF")


@pytest.mark.parametrize(
    "how",
    [
        "",
        "pitches=gmd&loops=1",
        "pitches=polka&loops=1&swing=0.5",
        "pitches=gmd&loops=0&swing=0.5",
        "pitches=gmd&loops=1.5&swing=0.5",
        "pitches=gmd&loops=1&swing=nan",
        "pitches=gmd&loops=1&swing=0.9",
        "pitches=gmd&loops=1&swing=0.5&tempo=1e9",
        "pitches=gmd&loops=1&swing=0.5&tempo=slow",
    ],
)
def test_a_file_that_is_asked_for_as_cannot_be_is_refused(rock, how):
    text, _, ending = downloads.midi_path(rock).removeprefix("file/").rpartition(".")
    scope = {"type": "http", "headers": [], "path_params": {"text": text, "ending": ending}}
    answer = downloads.answer(Request({**scope, "query_string": how.encode()}))
    assert answer.status_code == 404 and b"again" in answer.body


def test_an_address_that_was_cut_off_says_so(rock):
    path = downloads.midi_path(rock)
    for broken in (path[:40] + ".mid", path.replace(".mid", ".mp3"), "file/.mid", "file/x.wav"):
        response = answer(broken, QUERY)
        assert response.status_code == 404 and b"cut off" in response.body


def test_a_loop_longer_than_any_of_the_page_is_not_rendered(random_groove):
    slow = random_groove(bars=32)
    packed = encoding.pack({"bars": 32, "tempo": 10.0}, [slow])
    assert answer(f"file/{packed}.wav").status_code == 404


@pytest.mark.parametrize("kind", ["midi", "wav"])
def test_a_fault_of_the_server_is_not_put_down_to_the_address(monkeypatch, rock, kind, caplog):
    path = getattr(downloads, f"{kind}_path")(rock)
    faults = {
        AudioError("assets/kit is missing; install beatgen again."): b"assets/kit is missing",
        KeyError("sample"): b"the server's log says why",
    }
    for fault, words in faults.items():

        def fail(*_, fault=fault):
            raise fault

        monkeypatch.setattr(engine, f"{kind}_file", fail)
        response = answer(path, QUERY)
        assert response.status_code == 500 and words in response.body
        assert b"Traceback" not in response.body and b"cut off" not in response.body
    assert "could not be made" in caplog.text


@pytest.mark.parametrize("meter", ["3/4", "12/8", "4/4 2/4"])
def test_a_file_is_in_the_meter_of_its_groove(meter):
    groove = Groove.from_tab("kick |o---|oo--|", tempo=90, meter=meter)
    midi, wav = answer(downloads.midi_path(groove), QUERY), answer(downloads.wav_path(groove))
    assert read_midi(BytesIO(midi.body)) == groove == downloads.served(groove)
    assert len(wav.body) == pytest.approx(groove.seconds * 44100 * 4, abs=200)
