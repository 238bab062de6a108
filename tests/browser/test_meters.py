"""Every meter on the page: shown, played, edited, blended in the meter that is chosen, written."""

from io import BytesIO
from itertools import pairwise

import pytest
from playing import play
from visiting import file_link, open_app, settled, slider

from beatgen.groove import Groove
from beatgen.kit import INDEX
from beatgen.midi import scan_midi, write_midi

CLICK = -1
# name, meter, kicks and hats of each bar, quarters in the loop, quarters between the clicks
LOOPS = [
    ("waltz", "3/4", "o-----|o-----", "x-x-x-|x-x-x-", 6, {1}),
    ("jig", "6/8", "o-----|o-----", "x-xx-x|x-xx-x", 6, {1.5}),
    ("seven", "7/8", "o------|o--o---", "xxxxxxx|xxxxxxx", 7, {0.5}),
    ("turn", "4/4 2/4", "o-------|o---", "x-x-x-x-|x-x-", 6, {1}),
]
HEARD = """(length) => {
    const { scheduled, state } = beatgen;
    const far = scheduled.at(-1)?.beat ?? 0;
    return state.playing && state.beat > length + .2 && far > length + .2;
}"""
COLLECT = """() => {
    window.found = new Map();
    window.collect = setInterval(() => {
        for (const { beat, voice, velocity } of beatgen.scheduled)
            window.found.set(`${voice} ${beat.toFixed(3)}`, { beat, voice, velocity });
    }, 50);
}"""


@pytest.fixture
def page(serve, open_page):
    return open_app(serve, open_page)


def load(page, side: str, folder, name: str, groove: Groove) -> None:
    path = folder / f"{name}.mid"
    with path.open("wb") as file:
        write_midi(groove, file)
    page.set_input_files(f".st-key-deck-{side} input[type=file]", path)
    page.locator(f".st-key-deck-{side} h2", has_text=name).wait_for()
    settled(page)


def written(page) -> Groove:
    with page.expect_download() as waiting:
        file_link(page, "MIDI").click()
    return scan_midi(BytesIO(waiting.value.path().read_bytes()), name="taken.mid")[0]


def test_each_meter_is_played_shown_edited_and_written(page, tmp_path):
    for name, meter, kicks, hats, quarters, apart in LOOPS:
        tab = f"hi-hat |{hats}|\nkick |{kicks}|"
        groove = Groove.from_tab(tab, tempo=240, meter=meter)
        load(page, "a", tmp_path, name, groove)
        load(page, "b", tmp_path, name, groove)
        slider(page, "Blend from A to B").press("Home")
        page.wait_for_function("beatgen.state.position === 0 && beatgen.state.answered")
        settled(page)
        label = page.locator("canvas[aria-label^='Drum grid']").get_attribute("aria-label")
        assert f"2 bars in {', '.join(meter.split())}" in label
        page.evaluate(COLLECT)
        page.click("[aria-label='Metronome']")
        play(page)
        page.wait_for_function(HEARD, arg=quarters)
        found = page.evaluate("[...window.found.values()]")
        page.evaluate("clearInterval(window.collect)")
        page.keyboard.press("Space")
        page.click("[aria-label='Metronome']")
        of = {
            voice: sorted(s["beat"] for s in found if s["voice"] == voice and s["beat"] < quarters)
            for voice in (CLICK, INDEX["kick"], INDEX["hi-hat"])
        }
        bar, step, voice = groove.velocity.nonzero()
        for wanted in (INDEX["kick"], INDEX["hi-hat"]):
            at = sorted(groove.quarters(bar, step)[voice == wanted])
            assert of[wanted] == pytest.approx(at)
        again = [s["beat"] - quarters for s in found if s["voice"] == INDEX["kick"]]
        assert min(again, key=abs) == pytest.approx(0, abs=1e-6), "the loop comes round"
        clicks = of[CLICK]
        assert {b - a for a, b in pairwise(clicks)} == apart
        accents = {s["beat"] for s in found if s["voice"] == CLICK and s["velocity"] > 100}
        assert accents >= set(groove.starts[:-1].tolist())
        assert accents <= {*groove.starts.tolist(), *(groove.starts + quarters).tolist()}
        settled(page)
        taken = written(page)
        assert str(taken) == str(groove)
        assert taken == groove


def test_two_meters_are_blended_in_the_one_that_is_chosen(page, tmp_path):
    waltz = Groove.from_tab("kick |o-----|o-----|\nsnare |--o-o-|--o-o-|", 120, meter="3/4")
    load(page, "a", tmp_path, "waltz", waltz)
    note = page.locator(".st-key-meter-choice")
    note.get_by_text("A is in 3/4, B in 4/4").wait_for()
    assert str(written(page).meter) == "3/4"
    note.get_by_text("4/4", exact=True).click()
    page.wait_for_function("beatgen.state.hits.some(({ step }) => step >= 96)")
    settled(page)
    assert written(page).is_common
    page.reload()
    page.locator(".st-key-deck-a h2", has_text="waltz").wait_for()
    page.wait_for_function("window.beatgen?.state.hits.some(({ step }) => step >= 96)")
