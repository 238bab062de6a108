"""What outlives a page: a share link opened elsewhere, and a reload."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

MAIN = Path(__file__).parents[2] / "app" / "main.py"
# What the player's grid shows and sounds, and when; a link is as fine as a hundredth of a step.
HITS = """JSON.stringify(beatgen.state.hits.map(({ step, voice, velocity }) =>
    [step, voice, velocity]))"""
TIMING = "beatgen.state.hits.map(({ timing }) => timing)"


@pytest.fixture
def url(serve) -> str:
    return serve(MAIN)


def ready(page):
    page.set_default_timeout(60_000)
    page.wait_for_function("window.beatgen?.state.way")
    page.wait_for_selector(".st-key-takeaway")
    page.wait_for_function("localStorage.getItem('beatgen')")
    return page


def told(page, words: str) -> None:
    """Wait until the strip below the player says what sounds."""
    page.locator(".st-key-takeaway h2", has_text=words).wait_for()


def go(page, name: str) -> None:
    page.get_by_role("link", name=name).click()


def kept(page) -> str:
    return page.evaluate("localStorage.getItem('beatgen')")


def changed(page, before: str) -> None:
    """Wait until the browser keeps something else."""
    page.wait_for_function("before => localStorage.getItem('beatgen') !== before", arg=before)


def blend_at(page, position: float) -> None:
    slider = page.locator(".blend input[type=range]").first
    slider.evaluate(
        "(it, to) => { it.value = to; it.dispatchEvent(new Event('input')); }", position
    )
    slider.evaluate("it => it.dispatchEvent(new Event('change'))")
    page.wait_for_function("to => Math.abs(beatgen.state.position - to) < 1e-6", arg=position)
    told(page, f"Blend {position:.0%}")


def type_tempo(page, tempo: int) -> None:
    page.get_by_label("Tempo in beats per minute").fill(str(tempo))
    page.keyboard.press("Enter")
    page.wait_for_function("tempo => beatgen.state.tempo === tempo", arg=tempo)
    page.locator(".st-key-takeaway .bg-facts", has_text=f"{tempo} BPM").wait_for()


def share(page) -> str:
    """Press Share and give the link."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Share").click()
    page.get_by_text("Link copied").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def test_a_link_opens_the_same_groove_at_the_same_tempo_elsewhere(url, open_page):
    page = ready(open_page(url))
    before = kept(page)
    blend_at(page, 0.25)
    type_tempo(page, 97)
    changed(page, before)
    hits, timing = page.evaluate(HITS), page.evaluate(TIMING)
    link = share(page)
    assert len(link) < 1000

    other = ready(open_page(link))  # a context of its own: nothing is kept there
    told(other, "Blend 25%")
    other.wait_for_function("beatgen.state.tempo === 97")
    assert other.evaluate(HITS) == hits and other.evaluate(TIMING) == timing
    assert urlsplit(other.url).query == ""  # a reload shall go on from there


def test_a_take_that_plays_is_in_the_link(url, open_page):
    page = ready(open_page(f"{url}/vary"))
    page.locator("[class*=st-key-play-]").nth(2).click()
    told(page, "Take 3")
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)
    hits, timing = page.evaluate(HITS), page.evaluate(TIMING)
    other = ready(open_page(share(page)))
    told(other, "Take 3")
    assert other.evaluate(HITS) == hits
    assert other.evaluate(TIMING) == pytest.approx(timing, abs=0.01)


@pytest.mark.parametrize("text", ["1eNqrVkrOz0nVMdAxAAI", "hello", "9eNq"])
def test_a_bad_link_is_told_in_one_sentence_and_the_page_opens(url, open_page, text):
    page = ready(open_page(f"{url}/?groove={text}"))
    (alert,) = page.locator("[data-testid=stAlertContainer]").all_inner_texts()
    assert "his link" in alert and "Traceback" not in alert
    told(page, "Blend 50%")


def test_a_reload_brings_back_decks_blend_tempo_and_the_wall(url, open_page):
    page = ready(open_page(url))
    before = kept(page)
    page.click("[aria-label='All A']")
    told(page, "A")
    blend_at(page, 0.75)
    type_tempo(page, 97)
    go(page, "Vary")
    page.locator("[class*=st-key-keep-]").nth(1).wait_for()
    page.wait_for_timeout(1000)  # a card that is drawn anew under the pointer loses the click
    page.locator("[class*=st-key-keep-]").nth(1).click()
    page.locator("[class*=-kept]").first.wait_for()
    changed(page, before)
    page.wait_for_timeout(1000)
    takes = page.locator(".bg-take b").all_inner_texts()
    likeness = page.locator(".bg-take span:last-child").all_inner_texts()
    hits = page.evaluate(HITS)

    page.reload()
    ready(page)
    page.locator("[class*=-kept]").first.wait_for()
    told(page, "Blend 75%")
    page.wait_for_function("beatgen.state.tempo === 97")
    page.wait_for_function(f"before => {HITS} === before", arg=hits)
    assert page.locator(".bg-take b").all_inner_texts() == takes
    assert page.locator(".bg-take span:last-child").all_inner_texts() == likeness
    assert page.locator("[class*=-kept]").count() == 1


def test_a_lock_and_the_sliders_of_shape_survive_a_reload(url, open_page):
    page = ready(open_page(f"{url}/shape"))
    page.get_by_role("button", name="Lock kick").click()
    page.get_by_role("slider", name="Density").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    told(page, "shaped")
    page.wait_for_timeout(1500)
    hits = page.evaluate(HITS)
    page.reload()
    ready(page)
    told(page, "shaped")
    assert page.get_by_role("slider", name="Density").input_value() == "0.5"
    page.wait_for_function(f"before => {HITS} === before", arg=hits)
    assert page.get_by_role("button", name="Lock kick").get_attribute("aria-pressed") == "true"


def test_what_was_kept_and_damaged_is_passed_over(url, open_page):
    page = ready(open_page(url))
    page.evaluate("localStorage.setItem('beatgen', '1nonsense')")
    page.reload()
    ready(page)
    told(page, "Blend 50%")
    assert page.locator("[data-testid=stAlertContainer]").count() == 0


def test_without_storage_the_page_works(url, browser):
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(url)
    page.wait_for_function("window.beatgen?.state.way")
    told(page, "Blend 50%")
    go(page, "Shape")
    page.get_by_role("slider", name="Density").wait_for()
    context.close()


def test_a_link_adds_to_the_takes_that_were_kept_before(url, open_page):
    page = ready(open_page(f"{url}/vary"))
    page.locator("[class*=st-key-play-]").nth(0).click()
    told(page, "Take 1")
    link = share(page)
    page.locator("[class*=st-key-keep-]").nth(3).click()
    page.locator("[class*=-kept]").first.wait_for()
    page.wait_for_timeout(1000)
    page.goto(link)
    ready(page)
    told(page, "Take 7")  # Take 1 of the link, numbered after the six that were there
    assert page.locator(".bg-take b").all_inner_texts()[0] == "Take 7"
    assert page.locator("[class*=st-key-take-]").count() == 7
