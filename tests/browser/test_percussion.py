"""Percussion beside the kit on the page: seen, heard, muted, edited, blended and taken away."""

import io
from pathlib import Path

import numpy as np
from hearing import listen
from test_page import download, upload
from visiting import file_link, open_app, press, settled, shown, titled

from beatgen.groove import Groove
from beatgen.kit import EVERY, NUMBER
from beatgen.midi import scan_midi, write_midi

CLAPS = Groove.from_tab(
    """
    note 95      |o---------------|o---------------|
    shaker       |g-x-g-x-g-x-g-x-|g-x-g-x-g-x-g-x-|
    clap         |----X-------X---|----X-------X--o|
    kick         |o-------o-o-----|o-------o-o-----|
    """,
    tempo=96,
)


def hits_of(groove: Groove) -> list[tuple[int, str, int]]:
    bar, step, column = cells = np.nonzero(groove.velocity)
    velocity = np.rint(groove.velocity[cells] * 127).astype(int)
    names = [EVERY[groove.voices[i]].name for i in column]
    return sorted(zip((bar * 64 + step).tolist(), names, velocity.tolist(), strict=True))


def rows(page) -> list[str]:
    return page.locator(".heads .name").all_inner_texts()


def test_percussion_is_seen_heard_muted_edited_and_taken_away(serve, open_page, tmp_path: Path):
    page = open_app(serve, open_page)
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    write_midi(CLAPS, tmp_path / "claps.mid")
    upload(page, "a", tmp_path / "claps.mid")
    names = page.locator(".st-key-deck-a .names span").all_inner_texts()
    assert names[:3] == ["note 95", "shaker", "clap"]

    # At A it is the file, hit for hit, on the grid and in the download.
    page.click("[aria-label='All A']")
    titled(page, "A")
    settled(page)
    assert shown(page) == hits_of(CLAPS) and rows(page)[:3] == names[:3]
    groove, _ = scan_midi(io.BytesIO(download(page, file_link(page, "MIDI"))), name="a.mid")
    assert groove == CLAPS

    # Its samples are loaded, and a mute silences it.
    press(page, "Solo clap").click()
    page.click(".play")
    page.wait_for_function("beatgen.state.contextState === 'running' && beatgen.state.beat > 0")
    assert listen(page, 2.0).sound.max() > 0.01
    assert any(name.endswith("percussion.flac") for name in fetched)
    press(page, "Mute clap").click()
    press(page, "Solo clap").click()
    page.click(".play")

    # A lock and an edit of its row are known to Python.
    press(page, "Lock clap").click()
    page.wait_for_function(f"beatgen.state.lock?.voices.includes({NUMBER['clap']})")
    page.click("[aria-label='All B']")
    titled(page, "B")
    settled(page)
    assert [hit[0] for hit in shown(page) if hit[1] == "clap"] == [16, 48, 80, 112, 124]
