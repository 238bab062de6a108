"""What is taken away from the page by hand: every file is read back, as a DAW would."""

import io
from zipfile import ZipFile

import numpy as np
import pytest
import soundfile
from streamlit_inside import RESTS
from visiting import file_link, general, go, hits_of, press, same, settled, shown, titled, wall

from app import engine
from beatgen.midi import scan_midi
from beatgen.midi.maps import drum_map

LSB = 2**-15  # of a 16-bit file; full scale is 1


def taken(page, what: str) -> bytes:
    """The file that a link of the bar gives, "MIDI" or "WAV", or another link, by its key."""
    link = page.locator(f".st-key-{what} a").first
    source = file_link(page, what) if what in ("MIDI", "WAV") else link
    with page.expect_download() as waiting:
        source.click()
    return waiting.value.path().read_bytes()


def unzip(content: bytes) -> list[bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def groove_of(content: bytes):
    groove, report = scan_midi(io.BytesIO(content), name="taken.mid")
    assert not report.messages
    return groove


def sound_of(content: bytes) -> np.ndarray:
    return soundfile.read(io.BytesIO(content))[0]


def number(page, key: str, value: int) -> None:
    """Type a number into a field."""
    field = page.locator(f".st-key-{key} input")
    field.fill(str(value))
    field.press("Enter")


def taken_with(page, key: str, bars: int) -> bytes:
    """The MIDI file of so many bars, once Python has heard that it is to be as long."""
    found = 0
    for _ in range(100):
        page.wait_for_function(RESTS)
        content = taken(page, key)
        found = groove_of(content).bars
        if found == bars:
            return content
    raise AssertionError(f"{found} bars, not {bars}")


def test_the_stems_are_the_loop_taken_apart(app_page):
    stems = [sound_of(stem) for stem in unzip(taken(app_page, "stems"))]
    loop = sound_of(taken(app_page, "WAV"))
    assert len(stems) > 2 and all(np.abs(stem).max() > 0.01 for stem in stems)
    assert np.abs(sum(stems) - loop).max() <= LSB * len(stems)


def test_the_midi_file_repeats_in_the_pitches_that_are_chosen(app_page):
    once = groove_of(taken(app_page, "MIDI"))
    assert same(hits_of(once), general(shown(app_page)))
    press(app_page, "MIDI options").click()
    number(app_page, "loops", 3)
    app_page.keyboard.press("Escape")
    content = taken_with(app_page, "MIDI", 3 * once.bars)
    _, report = scan_midi(io.BytesIO(content), name="taken.mid")
    assert report.pitches.keys() <= set(drum_map("gm").written)
    app_page.locator(".st-key-takeaway h2").click()
    app_page.keyboard.press("v")  # the script switches to the page with the wall
    wall(app_page)
    assert groove_of(taken(app_page, "MIDI")).bars == 3 * once.bars, "as the options still say"


@pytest.mark.parametrize("how", ["click", "keyboard", "screen reader"])
def test_a_file_asked_for_before_python_has_heard_of_a_move_is_what_sounds_then(app_page, how):
    app_page.click(".play")
    app_page.wait_for_function("beatgen.state.beat > 0")
    link = file_link(app_page, "MIDI")
    link.focus()
    for _ in range(8):
        app_page.keyboard.press("ArrowLeft")
    with app_page.expect_download() as waiting:
        if how == "keyboard":
            app_page.keyboard.press("Enter")
        else:
            link.click() if how == "click" else link.evaluate("it => it.click()")
    assert waiting.value.suggested_filename.startswith("blend-42-")
    titled(app_page, "Blend 42%")
    settled(app_page)
    taken_at = hits_of(groove_of(waiting.value.path().read_bytes()))
    assert same(taken_at, general(shown(app_page)))
    beat = app_page.evaluate("beatgen.state.beat")
    app_page.wait_for_function("beat => beatgen.state.beat > beat", arg=beat)  # it plays on


def test_the_morph_from_a_to_b_begins_with_a_and_ends_with_b(app_page):
    press(app_page, "Morph").click()
    number(app_page, "morph-bars", 5)
    walk = groove_of(taken_with(app_page, "morph-midi", 5))
    a, b = (engine.demos()[name].groove for name in ("Funk", "Samba"))
    assert same(hits_of(walk[0]), general(hits_of(a[0])))
    assert same(hits_of(walk[4]), general(hits_of(b[4 % 2])))


def test_all_takes_come_in_one_file(app_page):
    go(app_page, "Vary")
    wall(app_page)
    takes = [groove_of(take) for take in unzip(taken(app_page, "all-takes"))]
    assert len(takes) == 6
    assert len({take.velocity.tobytes() for take in takes}) == 6


def test_another_demo_and_another_length_sound(app_page):
    deck = app_page.locator(".st-key-deck-a")
    app_page.locator("[class*=st-key-demo-a] [role=combobox]").click()
    app_page.get_by_role("option", name="Bossa nova").click()
    deck.locator("h2", has_text="Bossa nova").wait_for()
    settled(app_page)
    deck.locator("[class*=st-key-length-a]").get_by_text("1", exact=True).click()
    app_page.wait_for_function(
        "document.querySelectorAll('.st-key-deck-a .numbers span').length === 1"
        " || [...document.querySelectorAll('.st-key-deck-a *')].some((e) =>"
        " e.shadowRoot?.querySelectorAll('.numbers span').length === 1)"
    )
    settled(app_page)
    press(app_page, "All A").click()
    settled(app_page)
    bar = engine.demos()["Bossa nova"].groove[:1]
    assert same(shown(app_page), hits_of(bar.repeat(2)))


def test_what_the_model_misses_is_shown(app_page):
    app_page.locator(".st-key-match-a button").click()
    app_page.locator(".st-key-difference-a").wait_for()
    app_page.locator(".st-key-difference-a .js-plotly-plot").wait_for()
