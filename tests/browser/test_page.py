"""The main job in a real browser: two files in, a blend out, heard, varied and taken away."""

import io
from pathlib import Path

import numpy as np
import pytest
from hearing import listen
from visiting import (
    MAIN,
    changed,
    file_link,
    general,
    go,
    hits,
    hits_of,
    open_app,
    press,
    remembered,
    same,
    settled,
    shown,
    sounds,
    take_button,
    titled,
    turned,
    wall,
)

from beatgen.kit import NAMES
from beatgen.midi import scan_midi, write_midi

GMD_FILES = (  # of the training and validation splits: a funk and a samba
    "drummer1/session1/1_funk_80_beat_4-4.mid",
    "drummer1/session1/38_latin-samba_116_beat_4-4.mid",
)
AUDIBLE = 0.01  # full scale is 1


@pytest.fixture
def two_files(request, tmp_path, rock, samba) -> list[Path]:
    """Two drummers' recordings where the Groove MIDI Dataset is at hand, else written grooves."""
    try:
        folder = request.getfixturevalue("gmd")
    except pytest.skip.Exception:
        files = [tmp_path / "rock.mid", tmp_path / "samba.mid"]
        for groove, file in zip((rock, samba), files, strict=True):
            write_midi(groove, file)
        return files
    return [folder / file for file in GMD_FILES]


def upload(page, side: str, file: Path) -> None:
    path = page.evaluate("beatgen.state.path")
    page.set_input_files(f".st-key-deck-{side} input[type=file]", file)
    page.locator(f".st-key-deck-{side} h2", has_text=file.stem).wait_for()
    page.wait_for_function("path => beatgen.state.path !== path", arg=path)


def download(page, button) -> bytes:
    with page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path()).read_bytes()


def peak(page, seconds: float) -> float:
    """Loudest sample of what leaves the player."""
    return float(listen(page, seconds).sound.max())


def test_two_files_are_blended_heard_varied_and_taken_away(app_page, two_files):
    for side, file in zip("ab", two_files, strict=True):
        upload(app_page, side, file)
        app_page.locator(f".st-key-deck-{side} .picture .roll").wait_for()

    # Blend: the settled groove is the model's, which the label of what is heard tells.
    before = shown(app_page)
    app_page.locator(".blend .together").focus()
    for _ in range(8):
        app_page.keyboard.press("ArrowLeft")
    titled(app_page, "Blend 42%")
    assert app_page.evaluate("beatgen.state.position") == pytest.approx(0.42)
    assert shown(app_page) != before

    # Hear it, and go on hearing it while the pages change.
    app_page.click(".play")
    app_page.wait_for_function("beatgen.state.contextState === 'running' && beatgen.state.beat > 0")
    assert peak(app_page, 3.0) > AUDIBLE
    beat = app_page.evaluate("beatgen.state.beat")

    # Vary: a click on a take puts it into the player.
    go(app_page, "Vary")
    wall(app_page)
    app_page.keyboard.press("v")
    take_button(app_page, 12).wait_for()
    settled(app_page)
    assert app_page.get_by_role("button", name="Play Take").count() == 6
    blend = hits(app_page)
    take_button(app_page, 12).click()
    titled(app_page, "Take 12")
    changed(app_page, blend)
    assert peak(app_page, 2.0) > AUDIBLE
    assert app_page.evaluate("beatgen.state.beat") > beat  # the transport never stopped

    # Take it away: the file reads back as the groove that is shown.
    content = download(app_page, file_link(app_page, "MIDI"))
    groove, report = scan_midi(io.BytesIO(content), name="download.mid")
    assert same(hits_of(groove), general(shown(app_page)))
    assert groove.tempo == pytest.approx(app_page.evaluate("beatgen.state.tempo"), rel=1e-4)
    assert not report.messages


def test_a_take_is_downloaded_from_its_card_and_becomes_a(app_page):
    go(app_page, "Vary")
    wall(app_page)
    card = app_page.locator(".wall .card").nth(1)
    content = download(app_page, press(card, "MIDI"))
    take, _ = scan_midi(io.BytesIO(content), name="take.mid")
    path = app_page.evaluate("beatgen.state.path")
    press(card, "A").click()
    app_page.wait_for_function("path => beatgen.state.path !== path", arg=path)
    go(app_page, "Blend")
    app_page.locator(".st-key-deck-a h2", has_text="Take").wait_for()
    app_page.click("[aria-label='All A']")
    app_page.wait_for_function("beatgen.state.position === 0")
    titled(app_page, "A")
    assert same(hits_of(take), general(shown(app_page)))


def test_sliders_shape_what_sounds_and_reset_gives_it_back(app_page):
    go(app_page, "Shape")
    press(app_page, "Randomize").wait_for()
    before = hits(app_page)
    press(app_page, "Randomize").click()
    turned(app_page)
    changed(app_page, before)
    press(app_page, "Reset").click()
    sounds(app_page, before)


def test_a_wav_loop_is_downloaded(app_page):
    import soundfile

    content = download(app_page, file_link(app_page, "WAV"))
    sound, rate = soundfile.read(io.BytesIO(content))
    beats = 4 * 2  # two bars
    seconds = beats * 60 / app_page.evaluate("beatgen.state.tempo")
    assert len(sound) == pytest.approx(seconds * rate, abs=2)
    assert np.abs(sound).max() > AUDIBLE


def test_a_bad_file_gives_a_sentence_and_the_music_plays_on(app_page, tmp_path):
    bad = tmp_path / "shopping list.mid"
    bad.write_text("milk, bread, sticks")
    before = shown(app_page)
    app_page.click(".play")
    app_page.wait_for_function("beatgen.state.beat > 0")
    app_page.set_input_files(".st-key-deck-a input[type=file]", bad)
    alert = app_page.locator(".st-key-deck-a [role=alert]")
    alert.wait_for()
    assert "shopping list.mid" in alert.inner_text()
    assert shown(app_page) == before
    assert peak(app_page, 2.0) > AUDIBLE


def test_a_file_that_is_too_large_is_refused_in_words(app_page, tmp_path):
    large = tmp_path / "symphony.mid"
    large.write_bytes(b"MThd" + bytes(3_000_000))
    app_page.set_input_files(".st-key-deck-a input[type=file]", large)
    alert = app_page.locator(".st-key-deck-a [role=alert]")
    alert.wait_for()
    assert "1.0MB or smaller" in alert.inner_text()
    assert alert.bounding_box()["width"] > 100  # and not for screen readers only


def test_a_page_opened_by_its_address_has_the_whole_page_around_it(serve, open_page):
    page = open_app(serve, open_page, "vary")
    wall(page)
    assert page.locator(".st-key-masthead").count() == 1


def test_the_grid_keeps_its_rows_while_takes_are_pointed_at(app_page):
    go(app_page, "Vary")
    wall(app_page)
    app_page.click(".play")
    app_page.wait_for_function("beatgen.state.beat > 0")
    rows = app_page.locator(".heads .name").all_inner_texts()
    before = hits(app_page)
    for number in range(1, 7):
        take_button(app_page, number).hover()
        changed(app_page, before)
        before = hits(app_page)
        voices = {NAMES[hit["voice"]] for hit in app_page.evaluate("beatgen.state.hits")}
        assert voices <= set(rows)
        assert app_page.locator(".heads .name").all_inner_texts() == rows


def test_no_request_leaves_the_machine(serve, open_page):
    url = serve(MAIN)
    page = open_page("about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    page.wait_for_selector(".st-key-deck-b .picture .roll")
    remembered(page).evaluate("beatgen.kitReady.then(() => null)")
    inside = (url, url.replace("http", "ws"), "data:", "blob:")
    assert [address for address in asked if not address.startswith(inside)] == []
