"""The decks' pictures, which the page opens with."""

import io

import pytest
from streamlit_inside import ALERT
from visiting import open_app, settled, strikes

from app import engine
from beatgen.groove import rows_of
from beatgen.kit import NAMES
from beatgen.midi import write_midi


def picture(page, side: str):
    """The picture of a deck, once its style sheet is there and so it is shown."""
    shown = page.locator(f".st-key-deck-{side} .picture")
    shown.locator(".roll").wait_for()
    return shown


@pytest.mark.parametrize("side, name, bars", [("a", "Funk", 2), ("b", "Samba", 2)])
def test_a_deck_shows_its_groove_with_voices_and_bars(app_page, side, name, bars):
    groove = engine.demos()[name].groove[:bars]
    shown = picture(app_page, side)
    assert shown.get_attribute("aria-label") == f"Drum grid of {name}"
    voices = [NAMES[voice] for voice in reversed(rows_of(groove))]
    assert shown.locator(".names span").all_inner_texts() == voices
    assert shown.locator(".numbers span").all_inner_texts() == [str(i + 1) for i in range(bars)]
    assert strikes(shown.locator(".roll")) == (groove.velocity > 0).sum()


def test_a_hit_stands_beside_its_voice_and_below_its_bar(app_page):
    """The kick of the first beat: at the left, in the last row; its name is level with it."""
    shown = picture(app_page, "a")
    places = shown.evaluate(
        """root => {
            const middle = (box) => box.y + box.height / 2;
            const roll = root.querySelector('.roll').getBoundingClientRect();
            const kick = [...root.querySelectorAll('.names span')].at(-1);
            const rows = root.querySelectorAll('.names span').length;
            const [one, two] = [...root.querySelectorAll('.numbers span')].map(
                (number) => (number.getBoundingClientRect().x - roll.x) / roll.width);
            return {
                name: kick.textContent,
                off: middle(kick.getBoundingClientRect()) - (roll.bottom - roll.height / rows / 2),
                one, two,
            };
        }"""
    )
    assert places["name"] == "kick" and abs(places["off"]) < 2
    assert places["one"] == pytest.approx(2 / 132, abs=0.01)
    assert places["two"] == pytest.approx(66 / 132, abs=0.01)


def test_the_page_opens_without_plotly(serve, open_page):
    """Which is 4.7 MB to fetch and to run before anything can sound."""
    page = open_app(serve, open_page, loads=True)
    picture(page, "b")
    fetched = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert len(fetched) > 20 and not [name for name in fetched if "plotly" in name.lower()]


def test_of_files_that_follow_one_another_at_once_the_last_one_stays(serve, open_page):
    page = open_app(serve, open_page)
    slow = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    for name, demo in zip(("first", "second"), engine.demos().values(), strict=False):
        content = io.BytesIO()
        write_midi(demo.groove, content)
        file = {"name": f"{name}.mid", "mimeType": "audio/midi", "buffer": content.getvalue()}
        with page.expect_response("**/upload_file/**"):  # it is there, but not yet on the deck
            page.set_input_files(".st-key-deck-a input[type=file]", file)
    page.locator(".st-key-deck-a h2", has_text="second").wait_for()


def test_why_a_file_was_refused_goes_when_the_next_one_is_refused(serve, open_page, tmp_path):
    page = open_app(serve, open_page)
    bad, large = tmp_path / "list.mid", tmp_path / "symphony.mid"
    bad.write_text("milk, bread, sticks")
    large.write_bytes(b"MThd" + bytes(3_000_000))
    page.set_input_files(".st-key-deck-a input[type=file]", bad)
    first = page.locator(ALERT, has_text="list.mid")
    first.wait_for()
    settled(page)
    page.set_input_files(".st-key-deck-a input[type=file]", large)
    page.get_by_text("1.0MB or smaller").wait_for()
    first.wait_for(state="hidden")
