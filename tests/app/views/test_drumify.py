"""The page that makes drums of a rhythm, driven without a browser."""

import io
import tomllib

import numpy as np
import pytest
import soundfile
from drive import APP, choose, click, go, midi_of, now, part_sends
from mido import Message, MidiFile, MidiTrack

from app import engine
from app.limits import LARGEST_SOUND
from app.player.parts import read_taps
from app.share import link
from beatgen.audio import taps
from beatgen.groove import Groove
from beatgen.kit import INDEX

TAPS = [[0.02, 120], [1, 60], [1.75, 70], [3, 110]]


def heard(page) -> Groove:
    """What sounds, as long as the rhythm: a short one repeats while the decks play two bars."""
    return now(page).heard[: now(page).rhythm.bars]


def tap(page, turn=1, bars=1, tempo=100, strokes=TAPS):
    return part_sends(page, "tap-pad", "tapped", [turn, bars, tempo, strokes])


def drop(page, name: str, content: bytes):
    key = f"upload-rhythm-{now(page).rhythms}"
    (field,) = [each for each in page.file_uploader if each.key == key]
    field.set_value((name, content, "application/octet-stream"))
    page.run()
    assert not page.exception


def errors(page) -> str:
    return " ".join(each.value for each in page.error)


def riff() -> bytes:
    """A bass line on channel 2."""
    file, track = MidiFile(), MidiTrack()
    file.tracks.append(track)
    for note, at in ((40, 0), (43, 480), (40, 240), (45, 720)):
        track.append(Message("note_on", channel=1, note=note, velocity=90, time=at))
        track.append(Message("note_off", channel=1, note=note, time=0))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def clicks() -> bytes:
    """Two bars of clicks at 120 BPM as a WAV file."""
    sound = np.zeros(4 * 22050, np.float32)
    burst = np.random.default_rng(0).normal(0, 0.3, 800) * np.exp(-np.arange(800) / 150)
    for beat in range(8):
        sound[beat * 11025 : beat * 11025 + 800] += burst.astype(np.float32)
    content = io.BytesIO()
    soundfile.write(content, sound, 22050, format="WAV")
    return content.getvalue()


def test_taps_become_drums_that_sound_at_once_and_follow_the_controls(apptest):
    go(apptest, "drumify")
    assert apptest.button(key="another").disabled
    starts = now(apptest).starts
    tap(apptest)
    session = now(apptest)
    rhythm = session.rhythm.groove
    assert (rhythm.bars, rhythm.tempo) == (1, 100)
    assert heard(apptest) == engine.drumify(rhythm, 0.5, None, 0) == session.take.groove
    assert session.starts == starts + 1 and session.stand_in == "take"
    choose(apptest, "busy", 100)
    usual = engine.drumify(rhythm, 0.5, None, 0)
    assert np.count_nonzero(heard(apptest).velocity) > np.count_nonzero(usual.velocity)
    choose(apptest, "drum-style", "jazz")
    click(apptest, "another")
    assert heard(apptest) == engine.drumify(rhythm, 1.0, "jazz", 1)
    assert now(apptest).take.number == session.take.number, "one take, however often it is changed"
    kept = link.unpack(link.pack_memory(now(apptest)))
    assert np.array_equal(kept.take.groove.velocity > 0, heard(apptest).velocity > 0)
    click(apptest, "keep")
    assert now(apptest).takes[0].groove == now(apptest).heard
    click(apptest, "make-b")
    assert now(apptest).b.groove == now(apptest).heard
    tap(apptest)
    assert now(apptest).heard == now(apptest).b.groove, "a message that came twice is read once"


def test_a_file_of_any_instrument_or_sound_becomes_drums(apptest):
    go(apptest, "drumify")
    drop(apptest, "bass.mid", riff())
    session = now(apptest)
    assert session.rhythm.source.name == "bass" and "bass" in session.take.name
    assert heard(apptest) == engine.drumify(session.rhythm.groove, 0.5, None, 0)
    drop(apptest, "song.mid", midi_of(Groove.from_tab("kick |o---o---|" + "o-o-o---|" * 19)))
    assert now(apptest).rhythm.bars == 2
    choose(apptest, f"rhythm-bars-{id(now(apptest).rhythm.source)}-0", 4)
    assert now(apptest).heard.bars == 4
    click(apptest, "double-rhythm")
    assert now(apptest).heard.tempo == 240
    drop(apptest, "broken.mid", b"MThd")
    assert "broken.mid" in errors(apptest) and now(apptest).rhythm.source.name == "song"
    click(apptest, "close-rhythm")
    assert not apptest.error


def test_sound_becomes_drums_and_without_librosa_one_sentence_says_what_to_do(apptest, monkeypatch):
    go(apptest, "drumify")
    monkeypatch.setattr(taps, "find_spec", lambda _: None)
    drop(apptest, "claps.wav", clicks())
    assert "librosa" in errors(apptest) and now(apptest).rhythm is None
    monkeypatch.undo()
    # What librosa hears is tested where it is read; it takes seconds to load.
    monkeypatch.setattr(taps, "find_spec", lambda name: name)
    monkeypatch.setattr(taps, "onsets", lambda *_: (np.arange(8) / 2, np.ones(8)))
    drop(apptest, "claps.wav", clicks())
    assert not apptest.error
    assert now(apptest).rhythm.source.tempo == pytest.approx(120, abs=1)
    assert heard(apptest) == engine.drumify(now(apptest).rhythm.groove, 0.5, None, 0)


def test_the_server_takes_the_largest_file_that_the_page_asks_for():
    """Streamlit's server knows its own limit alone, whatever a field says."""
    config = tomllib.loads((APP.parent / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["maxUploadSize"] == LARGEST_SOUND
    nginx = (APP.parent / "deploy" / "nginx.conf").read_text("utf-8")
    assert f"client_max_body_size {LARGEST_SOUND + 1}m;" in nginx


def test_taps_stand_where_they_were_tapped_and_nonsense_is_none():
    groove = read_taps(2, 120, [[-0.05, 127], [1.5, 40], [3.95, 90], [7.5, 60], [7.51, 64]])
    snare = groove.velocity[:, :, INDEX["snare"]]
    places = [tuple(place) for place in np.argwhere(snare)]
    assert places == [(0, 0), (0, 24), (1, 0), (1, 56)], "early downbeats belong to their bar"
    assert np.rint(snare[snare > 0] * 127).tolist() == [127, 40, 90, 64]
    late = groove.timing[:, :, INDEX["snare"]]
    assert late[0, 0] == pytest.approx(-0.8) and late[1, 0] == pytest.approx(-0.8)
    for bars, tempo, strokes in (
        (3, 120, TAPS),
        (1, "fast", TAPS),
        (1, float("nan"), TAPS),
        (1, 120, []),
        (1, 120, [[0]]),
        (1, 120, [[0, None]]),
        (1, 120, [0]),
        (None, None, None),
    ):
        assert read_taps(bars, tempo, strokes) is None
