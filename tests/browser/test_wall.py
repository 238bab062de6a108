"""The wall of takes in a real browser: pointed at, clicked, walked through by key, taken away."""

import re
from pathlib import Path

import pytest
from streamlit_inside import EXCEPTION
from visiting import (
    answered,
    changed,
    hits,
    leave_takes,
    open_app,
    press,
    settled,
    shown,
    sounds,
    strikes,
    take_button,
    title,
    titled,
    wall,
)

CARD = ".wall .card"
FOCUSED = """() => {
    const button = document.activeElement.shadowRoot?.activeElement;
    return [button?.closest('.card')?.ariaLabel, button?.ariaLabel ?? button?.innerText];
}"""
# Drags a card; gives what is let go of outside.
DRAG = """card => {
    const dataTransfer = new DataTransfer();
    card.dispatchEvent(new DragEvent('dragstart', { dataTransfer, bubbles: true }));
    return dataTransfer.getData('DownloadURL');
}"""
BOXES = """cards => JSON.stringify(cards.map((card) => {
    const { x, y, width, height } = card.getBoundingClientRect();
    return [x, y, width, height];
}))"""


@pytest.fixture
def vary(serve, open_page):
    """The Vary page; afterwards it must not have shown an exception."""
    page = open_app(serve, open_page, "vary")
    wall(page)
    yield page
    assert page.locator(EXCEPTION).count() == 0


def names(page) -> list[str]:
    """Of the takes, in their order."""
    return page.locator(f"{CARD} b").all_inner_texts()


def vary_again(page, newest: int) -> None:
    """Vary by its key, and wait for the take of this number."""
    page.keyboard.press("v")
    take_button(page, newest).wait_for()
    settled(page)


def test_pointing_at_a_take_sounds_it_and_leaving_gives_the_blend_back(vary):
    blend = hits(vary)
    vary.click(".play")
    vary.wait_for_function("beatgen.state.beat > 0.5")
    vary.locator(CARD).nth(4).hover()
    changed(vary, blend)
    take = hits(vary)
    pending = vary.evaluate(
        """() => { const { beat } = beatgen.state;
            return beatgen.scheduled.filter((stroke) => stroke.beat > beat).length; }"""
    )
    assert pending > 0
    vary.mouse.move(5, 5)
    sounds(vary, blend)
    assert title(vary) == "Blend 50%"  # no round trip
    take_button(vary, 5).click()
    titled(vary, "Take 5")
    assert hits(vary) == take


def test_each_card_that_is_pointed_at_on_the_way_is_heard(vary):
    blend = hits(vary)
    vary.click(".play")
    vary.wait_for_function("beatgen.state.beat > 0")
    heard = {blend}
    for i in (0, 1, 2):
        before = hits(vary)
        vary.locator(CARD).nth(i).hover()
        changed(vary, before)
        heard.add(hits(vary))
    assert len(heard) == 4


def test_pointing_is_silent_while_nothing_plays_and_a_click_starts(vary):
    blend = hits(vary)
    vary.locator(CARD).nth(2).hover()
    vary.wait_for_timeout(200)  # longer than a pointer lingers before a card is heard
    assert hits(vary) == blend
    take_button(vary, 3).click()
    vary.wait_for_function("beatgen.state.playing")
    titled(vary, "Take 3")
    changed(vary, blend)


def test_a_tap_plays_a_take(serve, open_page):
    phone = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
    page = open_app(serve, open_page, "vary", **phone)
    wall(page)
    take_button(page, 2).tap()
    page.wait_for_function("beatgen.state.playing")
    titled(page, "Take 2")


def test_an_edited_take_becomes_a(vary):
    take_button(vary, 1).click()
    titled(vary, "Take 1")
    leave_takes(vary)
    before = hits(vary)
    cells = vary.locator("canvas.cells")
    cells.focus()
    for key in ("ArrowRight", "Enter"):
        vary.keyboard.press(key)
    changed(vary, before)
    edited = hits(vary)
    settled(vary)
    vary.get_by_role("button", name="Make it A").click()
    vary.click("[aria-label='All A']")
    sounds(vary, edited)


# --- what is done on a card


def test_a_click_shows_and_sounds_at_once_and_python_agrees(vary):
    blend = hits(vary)
    card = vary.locator(CARD).nth(3)
    shown = card.evaluate(
        "card => (card.querySelector('.hear').click(), [card.className, beatgen.state.hits])"
    )
    assert shown[0] == "card plays"
    assert shown[1] != vary.evaluate("text => JSON.parse(text)", blend)
    titled(vary, "Take 4")
    answered(vary)
    assert vary.locator(".card.plays").count() == 1
    assert take_button(vary, 4).get_attribute("aria-current") == "true"
    assert take_button(vary, 3).get_attribute("aria-current") == "false"


def test_all_that_a_quick_hand_does_is_done(vary):
    """Streamlit passes on the last word of a component alone."""
    vary.locator(CARD).evaluate_all(
        """cards => {
            for (const i of [1, 2, 4]) cards[i].querySelector('.keep').click();
            cards[3].querySelector('.discard').click();
        }"""
    )
    assert names(vary) == ["Take 1", "Take 2", "Take 3", "Take 5", "Take 6"]
    answered(vary)
    assert vary.locator(".card.kept b").all_inner_texts() == ["Take 2", "Take 3", "Take 5"]
    vary_again(vary, 12)
    assert names(vary)[:4] == ["Take 2", "Take 3", "Take 5", "Take 7"]
    assert len(names(vary)) == 9


def test_a_take_is_kept_and_let_go(vary):
    keep = press(vary.locator(CARD).nth(2), "Keep")
    assert keep.get_attribute("aria-pressed") == "false"
    keep.click()
    assert keep.get_attribute("aria-pressed") == "true"
    answered(vary)
    assert vary.locator(".card.kept b").all_inner_texts() == ["Take 3"]
    assert title(vary) == "Blend 50%"  # and is not played
    vary_again(vary, 12)
    assert names(vary)[0] == "Take 3"
    press(vary.locator(CARD).first, "Keep").click()
    answered(vary)
    vary_again(vary, 18)
    assert "Take 3" not in names(vary)


def test_a_take_that_plays_is_discarded_and_the_blend_comes_back(vary):
    blend = hits(vary)
    take_button(vary, 2).click()
    titled(vary, "Take 2")
    press(vary.locator(CARD).nth(1), "Discard").click()
    leave_takes(vary)  # the next card is under the pointer, and sounds
    titled(vary, "Blend 50%")
    sounds(vary, blend)
    assert names(vary) == [f"Take {number}" for number in (1, 3, 4, 5, 6)]


def test_the_focus_stays_where_it_is_and_nothing_moves(vary):
    take_button(vary, 1).click()
    titled(vary, "Take 1")
    leave_takes(vary)
    answered(vary)
    before = vary.locator(CARD).evaluate_all(BOXES)
    keep = press(vary.locator(CARD).nth(4), "Keep")
    keep.focus()
    vary.keyboard.press("Enter")
    vary.locator(".card.kept").wait_for()
    answered(vary)
    assert vary.evaluate(FOCUSED) == ["Take 5", "Keep"]
    assert vary.locator(CARD).evaluate_all(BOXES) == before
    take_button(vary, 5).focus()
    vary.keyboard.press("Enter")
    titled(vary, "Take 5")
    answered(vary)
    assert vary.evaluate(FOCUSED) == ["Take 5", "Play Take 5"]
    assert vary.locator(CARD).evaluate_all(BOXES) == before


def test_the_focus_goes_on_to_the_next_card_where_its_own_is_discarded(vary):
    for number, after in ((3, 4), (4, 5)):
        focused = press(vary.get_by_role("group", name=f"Take {number}"), "Discard")
        focused.focus()
        vary.keyboard.press("Enter")
        focused.wait_for(state="detached")
        answered(vary)
        assert vary.evaluate(FOCUSED) == [f"Take {after}", "Discard"]


def test_cards_are_walked_through_by_key_and_heard(vary):
    blend = hits(vary)
    vary.click(".play")
    vary.wait_for_function("beatgen.state.beat > 0")
    take_button(vary, 1).focus()
    order = [vary.evaluate(FOCUSED)]
    stops = ("Name", "A", "B", "MIDI", "0 of 3 stars", "Keep", "Discard")
    for _ in stops:
        vary.keyboard.press("Tab")
        order.append(vary.evaluate(FOCUSED))
    changed(vary, blend)
    first = hits(vary)
    vary.keyboard.press("Tab")
    order.append(vary.evaluate(FOCUSED))
    assert order == [
        ["Take 1", "Play Take 1"],
        *(["Take 1", name] for name in stops),
        ["Take 2", "Play Take 2"],
    ]
    changed(vary, first)
    take = hits(vary)
    vary.keyboard.press("Enter")
    titled(vary, "Take 2")
    sounds(vary, take)


def test_a_kept_card_stays_the_same_element_while_others_come(vary):
    vary.locator(CARD).nth(2).evaluate("card => (card.marked = true)")
    press(vary.locator(CARD).nth(2), "Keep").click()
    answered(vary)
    vary_again(vary, 12)
    assert vary.locator(CARD).evaluate_all(
        "cards => cards.map((card) => Boolean(card.marked))"
    ) == [
        True,
        *[False] * 6,
    ]


def test_a_card_is_dragged_out_as_the_file_that_its_button_downloads(vary):
    card = vary.locator(CARD).nth(1)
    assert card.get_attribute("draggable") == "true"
    kind, name, address = card.evaluate(DRAG).split(":", 2)
    with vary.expect_download() as waiting:
        press(card, "MIDI").click()
    assert kind == "audio/midi"
    assert name == waiting.value.suggested_filename
    assert name.startswith("take-2-") and name.endswith(".mid")
    assert vary.request.get(address).body() == Path(waiting.value.path()).read_bytes()


def test_pictures_have_the_same_rows_and_as_many_hits_as_are_heard(vary):
    boxes = vary.locator(".roll").evaluate_all(
        "rolls => rolls.map((it) => it.getAttribute('viewBox'))"
    )
    assert len(set(boxes)) == 1
    take_button(vary, 2).click()
    titled(vary, "Take 2")
    drawn = strikes(vary.locator(CARD).nth(1).locator(".roll"))
    assert drawn == vary.evaluate("beatgen.state.hits.length") > 0


def test_a_beat_is_finished_with_what_a_button_names(vary):
    old = [hit for hit in shown(vary) if "hat" not in hit[1]]
    press(vary, "Hats for this kick and snare").click()
    vary.locator(f"{CARD} :text-is('Take 7')").wait_for()
    settled(vary)
    likely = vary.locator(CARD).get_by_text(re.compile(r"^\d+% likely$"))
    shares = [int(share.split("%")[0]) for share in likely.all_inner_texts()]
    assert len(shares) == 6 and shares == sorted(shares, reverse=True)
    take_button(vary, 9).click()
    titled(vary, "Take 9, with locks")
    settled(vary)
    finished = shown(vary)
    assert [hit for hit in finished if "hat" not in hit[1]] == old
    vary.keyboard.press("Escape")
    press(vary, "Unlock all").click()
    settled(vary)
    press(vary, "Finish this beat").click()
    vary.get_by_text("Nothing is locked").wait_for()
    assert shown(vary) == finished, "the take stays"
