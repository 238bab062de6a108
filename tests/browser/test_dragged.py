"""Files that are dragged out of the page: what a DAW gets is what sounds."""

import io

import numpy as np
import pytest
import soundfile
from visiting import hits_of, open_app, press, same, settled, shown, titled

from beatgen.midi import scan_midi

DRAG = """(handle) => {
    const dataTransfer = new DataTransfer();
    handle.dispatchEvent(new DragEvent('dragstart', { dataTransfer, bubbles: true }));
    return dataTransfer.getData('DownloadURL');
}"""


@pytest.fixture
def page(serve, open_page):
    return open_app(serve, open_page)


def dragged_from(page, kind: str, name: str) -> str:
    """The address of the file that its handle gives away; the handle is waited for."""
    handle = page.locator(f".drag[title*='{name}']")
    handle.wait_for()
    settled(page)
    *told, address = handle.evaluate(DRAG).split(":", 2)
    assert told == [kind, name]
    return address


def test_what_sounds_is_dragged_out_as_a_midi_file(page):
    """Edits, locks, swing and tempo included."""
    press(page, "Lock kick").click()
    page.locator(".blend .together").focus()
    page.keyboard.press("ArrowLeft")
    titled(page, "Blend 47%")
    page.locator("canvas.cells").click(position={"x": 90, "y": 60})
    for label, value in (("Swing", 0.6), ("Tempo in beats per minute", 91)):
        page.get_by_label(label).fill(str(value))
    page.keyboard.press("Enter")
    name = "blend-47-91.mid"
    address = dragged_from(page, "audio/midi", name)
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "audio/midi"
    dragged, report = scan_midi(io.BytesIO(answer.body()), name=name)
    assert not report.messages
    assert dragged.tempo == pytest.approx(91, rel=1e-4)
    steps = dragged.steps
    swung = [
        (float(swung_step(at, steps, 0.6)), voice, velocity) for at, voice, velocity in shown(page)
    ]
    assert same(hits_of(dragged), sorted(swung))


def test_the_loop_is_dragged_out_as_the_wav_that_is_downloaded(page):
    page.get_by_label("Tempo in beats per minute").fill("91")
    page.keyboard.press("Enter")
    answer = page.request.get(dragged_from(page, "audio/wav", "blend-50-91.wav"))
    assert answer.headers["content-type"] == "audio/wav"
    dragged, _ = soundfile.read(io.BytesIO(answer.body()))
    with page.expect_download() as waiting:
        press(page, "WAV loop").click()
    downloaded, _ = soundfile.read(waiting.value.path())
    assert dragged.shape == downloaded.shape == (round(8 * 60 / 91 * 44100), 2)
    # Onsets are a few samples away at most, which the brightest sounds tell.
    assert similarity(dragged, downloaded) > 0.9
    assert similarity(dragged, np.roll(downloaded, 2000, axis=0)) < 0.5


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """Cosine between two sounds."""
    return float((one * other).sum() / np.linalg.norm(one) / np.linalg.norm(other))


def test_a_sound_that_was_cut_off_is_no_sound(page):
    address = dragged_from(page, "audio/wav", "blend-50-105.wav")
    answer = page.request.get(address.replace(".wav", "").removesuffix("A")[:-3] + ".wav")
    assert answer.status == 404
    assert "drag it out of the page again" in answer.text()


def swung_step(at: float, steps: int, share: float) -> float:
    """Where a hit at a place, in steps, sounds with swing."""
    per_eighth = steps / 8
    eighth, phase = divmod(at / per_eighth, 1)
    moved = phase * 2 * share if phase < 0.5 else share + (phase - 0.5) * 2 * (1 - share)
    return (eighth + moved) * per_eighth
