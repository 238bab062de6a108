"""What outlives a page: a share link opened elsewhere, and a reload."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from streamlit_inside import ALERT
from visiting import (
    MAIN,
    answered,
    go,
    leave_takes,
    open_app,
    press,
    ready,
    remembered,
    settled,
    slider,
    take_button,
    titled,
    turned,
    wall,
)

from app.session import Session
from app.share import link

# What the player's grid shows and sounds, and when; a link is as fine as a hundredth of a step.
HITS = """JSON.stringify(beatgen.state.hits.map(({ step, voice, velocity }) =>
    [step, voice, velocity]))"""
TIMING = "beatgen.state.hits.map(({ timing }) => timing)"


def kept(page) -> str:
    return page.evaluate("localStorage.getItem('beatgen')")


def wait_until_kept(page, holds: Callable[[Session], bool]) -> None:
    """Wait until the browser keeps a page of which this holds."""
    text = kept(page)
    while not holds(link.unpack(text)):
        page.wait_for_function("text => localStorage.getItem('beatgen') !== text", arg=text)
        text = kept(page)


def keep(page, number: int) -> None:
    """Keep the take in this place of the wall, counted from 0."""
    press(page, "Keep").nth(number).click()
    page.locator(".card.kept").wait_for()


def blend_at(page, position: float) -> None:
    slider = page.locator(".blend input[type=range]").first
    slider.evaluate(
        "(it, to) => { it.value = to; it.dispatchEvent(new Event('input')); }", position
    )
    slider.evaluate("it => it.dispatchEvent(new Event('change'))")
    page.wait_for_function("to => Math.abs(beatgen.state.position - to) < 1e-6", arg=position)
    titled(page, f"Blend {position:.0%}")


def type_tempo(page, tempo: int) -> None:
    page.get_by_label("Tempo in beats per minute").fill(str(tempo))
    page.keyboard.press("Enter")
    page.wait_for_function("tempo => beatgen.state.tempo === tempo", arg=tempo)
    page.locator(".st-key-takeaway .facts", has_text=f"{tempo} BPM").wait_for()


def share_link(page) -> str:
    """Press Share and give the link."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Share").click()
    page.get_by_text("Link copied").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def test_a_link_opens_the_same_groove_at_the_same_tempo_elsewhere(serve, open_page):
    page = open_app(serve, open_page)
    blend_at(page, 0.25)
    type_tempo(page, 97)
    wait_until_kept(page, lambda kept: (kept.position, kept.opening.tempo) == (0.25, 97))
    hits, timing = page.evaluate(HITS), page.evaluate(TIMING)
    link = share_link(page)
    assert len(link) < 1000

    other = remembered(open_page(link))  # a context of its own: nothing is kept there
    titled(other, "Blend 25%")
    other.wait_for_function("beatgen.state.tempo === 97")
    assert other.evaluate(HITS) == hits and other.evaluate(TIMING) == timing
    assert urlsplit(other.url).query == ""  # a reload shall go on from there


def test_a_take_that_plays_is_in_the_link(serve, open_page):
    page = open_app(serve, open_page, "vary")
    wall(page)
    take_button(page, 3).click()
    titled(page, "Take 3")
    leave_takes(page)
    wait_until_kept(page, lambda kept: kept.take is not None and kept.take.number == 3)
    hits, timing = page.evaluate(HITS), page.evaluate(TIMING)
    other = remembered(open_page(share_link(page)))
    titled(other, "Take 3")
    assert other.evaluate(HITS) == hits
    assert other.evaluate(TIMING) == pytest.approx(timing, abs=0.01)


def test_an_edit_is_in_the_link_and_survives_a_reload_while_a_is_listened_to(serve, open_page):
    page = open_app(serve, open_page)
    page.locator("canvas.cells").focus()
    before = page.evaluate(HITS)
    for key in ("ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.wait_for_function(f"before => {HITS} !== before", arg=before)
    edited = page.evaluate(HITS)
    wait_until_kept(page, lambda kept: kept.take is not None)
    listen_to = page.get_by_role("group", name="Listen to")
    listen_to.get_by_role("button", name="A", exact=True).click()
    page.locator(".st-key-takeaway h2", has_text="A").wait_for()
    page.wait_for_function(f"edited => {HITS} !== edited", arg=edited)
    settled(page)
    link = share_link(page)
    page.reload()
    for each in (ready(page), remembered(open_page(link))):
        titled(each, "Blend 50%, edited")
        each.wait_for_function(f"edited => {HITS} === edited", arg=edited)


@pytest.mark.parametrize("text", ["1eNqrVkrOz0nVMdAxAAI", "hello", "9eNq"])
def test_a_bad_link_is_told_in_one_sentence_and_the_page_opens(serve, open_page, text):
    page = open_app(serve, open_page, f"?groove={text}")
    alert = page.locator(ALERT).inner_text()
    assert "his link" in alert and "Traceback" not in alert
    titled(page, "Blend 50%")


def test_a_reload_brings_back_decks_blend_tempo_and_the_wall(serve, open_page):
    page = open_app(serve, open_page)
    page.click("[aria-label='All A']")
    titled(page, "A")
    blend_at(page, 0.75)
    type_tempo(page, 97)
    go(page, "Vary")
    wall(page)
    keep(page, 1)
    wait_until_kept(page, lambda kept: any(take.kept for take in kept.takes))
    takes = page.locator(".card b").all_inner_texts()
    likeness = page.locator(".line span:last-child").all_inner_texts()
    hits = page.evaluate(HITS)

    page.reload()
    titled(ready(page), "Blend 75%")
    page.wait_for_function("beatgen.state.tempo === 97")
    wall(page)
    page.wait_for_function(f"before => {HITS} === before", arg=hits)
    assert page.locator(".card b").all_inner_texts() == takes
    assert page.locator(".line span:last-child").all_inner_texts() == likeness
    assert page.locator(".card.kept").count() == 1


def test_a_lock_and_the_sliders_of_shape_survive_a_reload(serve, open_page):
    page = open_app(serve, open_page, "shape")
    press(page, "Lock kick").click()
    slider(page, "Density").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    turned(page)
    wait_until_kept(page, lambda kept: kept.opening.lock and list(kept.amounts.values()) == [0.5])
    page.wait_for_selector(".grid:not(.fixed)")
    hits = page.evaluate(HITS)
    page.reload()
    titled(ready(page), "shaped")
    assert slider(page, "Density").input_value() == "0.5"
    page.wait_for_function(f"before => {HITS} === before", arg=hits)
    assert press(page, "Lock kick").get_attribute("aria-pressed") == "true"


def test_what_was_kept_and_damaged_is_passed_over(serve, open_page):
    page = open_app(serve, open_page)
    page.evaluate("localStorage.setItem('beatgen', '1nonsense'); sessionStorage.clear()")
    page.reload()
    ready(page)
    page.wait_for_function("localStorage.getItem('beatgen') !== '1nonsense'")
    titled(page, "Blend 50%")
    assert page.locator(ALERT).count() == 0


def test_each_tab_keeps_its_own_page_and_a_new_one_goes_on_from_the_last(serve, open_page):
    first = open_app(serve, open_page)
    blend_at(first, 0.25)
    wait_until_kept(first, lambda kept: kept.position == 0.25)
    second = first.context.new_page()
    second.goto(serve(MAIN))
    titled(ready(second), "Blend 25%")
    blend_at(second, 0.75)
    wait_until_kept(second, lambda kept: kept.position == 0.75)
    first.reload()
    titled(ready(first), "Blend 25%")


def test_without_storage_the_page_works(serve, open_page):
    page = open_page("about:blank")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    page.goto(serve(MAIN))
    titled(ready(page), "Blend 50%")
    go(page, "Shape")
    slider(page, "Density").wait_for()


def test_a_link_adds_to_the_takes_that_were_kept_before(serve, open_page):
    page = open_app(serve, open_page, "vary")
    wall(page)
    take_button(page, 1).click()
    titled(page, "Take 1")
    wait_until_kept(page, lambda kept: kept.take is not None)
    link = share_link(page)
    keep(page, 3)
    wait_until_kept(page, lambda kept: any(take.kept for take in kept.takes))
    page.goto(link)
    titled(ready(page), "Take 7")  # Take 1 of the link, numbered after the six that were there
    wall(page, 7)
    assert page.locator(".card b").all_inner_texts()[0] == "Take 7"
    assert page.locator(".wall .card").count() == 7


def test_discarded_takes_are_brought_back_one_after_another_after_a_reload_too(serve, open_page):
    page = open_app(serve, open_page, "vary")
    wall(page)
    for number in (1, 4, 5):
        press(page.get_by_role("group", name=f"Take {number}"), "Discard").click()
        answered(page)
    left = ["Take 2", "Take 3", "Take 6"]
    assert page.locator(".card b").all_inner_texts() == left
    bring_back(page, 5)
    wait_until_kept(page, lambda kept: len(kept.takes) == 4)
    assert page.locator(".card b").all_inner_texts() == [*left[:2], "Take 5", left[2]]
    page.reload()
    remembered(page)
    wall(page, 4)
    bring_back(page, 4)
    bring_back(page, 1)
    assert page.locator(".card b").all_inner_texts() == [f"Take {number}" for number in range(1, 7)]


def bring_back(page, number: int) -> None:
    """Bring takes back, and wait for the one of this number."""
    press(page, "Restore").click()
    take_button(page, number).wait_for()
    answered(page)
