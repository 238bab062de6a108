"""Files that are dragged out of the page: what a DAW gets is what sounds."""

import io

import numpy as np
import pytest
import soundfile
from visiting import (
    LOSE_NEXT,
    file_link,
    general,
    hits_of,
    press,
    same,
    settled,
    shown,
    titled,
)

from app import engine
from beatgen.midi import scan_midi

DRAG = """(handle) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.setData('text/uri-list', handle.href); // as a browser does for a link
    handle.dispatchEvent(new DragEvent('dragstart', { dataTransfer, bubbles: true }));
    return dataTransfer.types.length === 1 ? dataTransfer.getData('DownloadURL') : '';
}"""
IS_REFUSED = """(handle) => {
    const dataTransfer = new DataTransfer();
    const event = new DragEvent('dragstart', { dataTransfer, cancelable: true });
    return !handle.dispatchEvent(event) && !dataTransfer.getData('DownloadURL');
}"""


def dragged_from(page, kind: str, name: str) -> str:
    """The address of the file that its link gives to a drag; the link is waited for."""
    handle = page.locator(f".bar .file[draggable=true][title*='{name}']")
    handle.wait_for()
    settled(page)
    *head, address = handle.evaluate(DRAG).split(":", 2)
    assert head == [kind, name]
    return address


def test_what_sounds_is_dragged_out_as_a_midi_file(app_page):
    """Edits, locks, swing and tempo included."""
    press(app_page, "Lock kick").click()
    app_page.locator(".blend .together").focus()
    app_page.keyboard.press("ArrowLeft")
    titled(app_page, "Blend 49%")
    app_page.locator("canvas.cells").click(position={"x": 90, "y": 60})
    for label, value in (("Swing", 0.6), ("Tempo in beats per minute", 91)):
        app_page.get_by_label(label).fill(str(value))
    app_page.keyboard.press("Enter")
    name = "blend-49-edited-with-locks-91.mid"
    address = dragged_from(app_page, "audio/midi", name)
    answer = app_page.request.get(address)
    assert answer.headers["content-type"] == "audio/midi"
    dragged, report = scan_midi(io.BytesIO(answer.body()), name=name)
    assert not report.messages
    assert dragged.tempo == pytest.approx(91, rel=1e-4)
    steps = dragged.steps
    swung = [
        (float(swung_step(at, steps, 0.6)), voice, velocity)
        for at, voice, velocity in shown(app_page)
    ]
    assert same(hits_of(dragged), general(swung))


def test_the_loop_is_dragged_out_as_the_wav_that_is_downloaded(app_page):
    app_page.get_by_label("Tempo in beats per minute").fill("91")
    app_page.keyboard.press("Enter")
    answer = app_page.request.get(dragged_from(app_page, "audio/wav", "blend-50-91.wav"))
    assert answer.headers["content-type"] == "audio/wav"
    dragged, _ = soundfile.read(io.BytesIO(answer.body()))
    with app_page.expect_download() as waiting:
        file_link(app_page, "WAV").click()
    downloaded, _ = soundfile.read(waiting.value.path())
    assert waiting.value.suggested_filename == "blend-50-91.wav"
    assert dragged.shape == downloaded.shape == (round(8 * 60 / 91 * 44100), 2)
    assert np.array_equal(dragged, downloaded)
    with app_page.expect_download() as waiting:
        file_link(app_page, "MIDI").click()
    played = engine.wav_file(scan_midi(waiting.value.path())[0])
    sounding, _ = soundfile.read(io.BytesIO(played))
    # A tick of the MIDI file is 60 samples: its strokes are as loud, and as near as that.
    assert similarity(dragged, sounding) > 0.97
    assert similarity(dragged, np.roll(sounding, 2000, axis=0)) < 0.5


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of how loud two sounds are, from one hundredth of a second to the next."""
    length = len(one) // 441 * 441
    first, second = (np.abs(sound[:length]).reshape(-1, 2 * 441).mean(1) for sound in (one, other))
    return float(np.corrcoef(first, second)[0, 1])


def test_what_no_longer_sounds_is_not_dragged_out(app_page):
    link = file_link(app_page, "MIDI")
    link.wait_for()
    settled(app_page)
    link.hover()
    app_page.keyboard.press("ArrowLeft")
    app_page.evaluate(LOSE_NEXT)  # Python does not hear of it
    app_page.mouse.down()
    assert link.evaluate(IS_REFUSED)
    app_page.mouse.up()
    titled(app_page, "Blend 49%")
    settled(app_page)
    assert not link.evaluate(IS_REFUSED)


def test_a_sound_that_was_cut_off_is_no_sound(app_page):
    address = dragged_from(app_page, "audio/wav", "blend-50-105.wav")
    answer = app_page.request.get(address.replace(".wav", "").removesuffix("A")[:-3] + ".wav")
    assert answer.status == 404
    assert "take it from the page again" in answer.text()


def swung_step(at: float, steps: int, share: float) -> float:
    """Where a hit at a place, in steps, sounds with swing."""
    per_eighth = steps / 8
    eighth, phase = divmod(at / per_eighth, 1)
    moved = phase * 2 * share if phase < 0.5 else share + (phase - 0.5) * 2 * (1 - share)
    return (eighth + moved) * per_eighth
