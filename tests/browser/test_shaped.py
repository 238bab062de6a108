"""A shape stays on what sounds while the blend is dragged, in a real browser."""

from statistics import median

import pytest
from visiting import (
    COUNT_SENT,
    go,
    hits,
    hits_of,
    open_app,
    press,
    same,
    settled,
    shown,
    slider,
    sounds,
    titled,
    turned,
)

from app import engine
from app.page import OPENING
from app.session import Deck

DENSE = (3.0,)
# As a hand does it, without letting go of the slider.
DRAG = """(slider, place) => {
    slider.value = place;
    slider.dispatchEvent(new Event('input'));
}"""
LET_GO = "slider => slider.dispatchEvent(new Event('change'))"


@pytest.fixture
def shaped_page(serve, open_page):
    """The Blend page, with density turned all the way up."""
    page = open_app(serve, open_page, "shape")
    slider(page, "Density").press("End")
    turned(page, "Blend 50%, shaped")
    go(page, "Blend")
    return page


def on_deck(title: str):
    return Deck(engine.demos()[title]).groove


def shaped(place: float, feel: float | None = None) -> list[tuple[float, str, int]]:
    """The hits that Python settles on."""
    blend = engine.blend(*map(on_deck, OPENING), place, feel)
    return hits_of(engine.nudge(blend, DENSE))


def struck(found) -> set[tuple[int, str]]:
    """The voices in their sixteenths."""
    return {(round(at / 4), voice) for at, voice, _ in found}


def alike(one, other) -> float:
    """F1 of what is struck."""
    one, other = struck(one), struck(other)
    return 2 * len(one & other) / (len(one) + len(other))


def test_while_the_slider_is_dragged_what_sounds_is_shaped(shaped_page):
    blend = slider(shaped_page, "Blend from A to B")
    shaped_page.evaluate(COUNT_SENT)
    for place in (0.25, 0.75, 0.375):  # where Python has sent a frame
        blend.evaluate(DRAG, place)
        assert same(shown(shaped_page), shaped(place)), place
    moved, near = set(), []
    for i in range(33):
        place = 0.1 + i / 40
        blend.evaluate(DRAG, place)
        now = shown(shaped_page)
        moved.add(tuple(now))
        plain = hits_of(engine.blend(*map(on_deck, OPENING), place))
        near.append(alike(now, shaped(place)))
        assert near[-1] > alike(now, plain) + 0.05, place
    assert sum(near) / len(near) > 0.9
    assert len(moved) == 33, "it moves all the time"
    assert shaped_page.evaluate("window.sent") == 0
    blend.evaluate(DRAG, 0.25)
    dragged = hits(shaped_page)
    blend.evaluate(LET_GO)
    titled(shaped_page, "Blend 25%, shaped")
    settled(shaped_page)
    assert hits(shaped_page) == dragged, "nothing jumps"


def test_on_the_pad_pattern_and_feel_are_shaped(shaped_page):
    press(shaped_page, "Pattern and feel").click()
    settled(shaped_page)
    pattern, feel = (
        slider(shaped_page, "Pattern from A to B"),
        slider(shaped_page, "Feel from A to B"),
    )
    pattern.evaluate(DRAG, 0.25)
    feel.evaluate(DRAG, 1)
    dragged, wanted = shown(shaped_page), shaped(0.25, 1.0)
    assert alike(dragged, wanted) > 0.9
    assert distance(dragged, wanted) < 0.5 * distance(dragged, shaped(0.25)), "B's feel is heard"
    feel.evaluate(LET_GO)
    titled(shaped_page, "Pattern 25%, feel 100%, shaped")
    settled(shaped_page)
    assert same(shown(shaped_page), wanted)


def distance(one, other) -> float:
    """How far hits of the same voice and sixteenth are from each other: median, in steps."""
    at = {(round(place / 4), voice): place for place, voice, _ in other}
    named = [((round(place / 4), voice), place) for place, voice, _ in one]
    gaps = [abs(place - at[name]) for name, place in named if name in at]
    return median(gaps)


def test_a_and_b_are_heard_as_they_are(shaped_page):
    for end, title in zip("ab", OPENING, strict=True):
        shaped_page.locator(f".bar .switch [data-of={end}]").click()
        titled(shaped_page, end.upper())
        settled(shaped_page)
        assert same(shown(shaped_page), hits_of(on_deck(title)))


def test_without_a_shape_the_way_is_as_before(shaped_page):
    blend = slider(shaped_page, "Blend from A to B")
    shaped_now = hits(shaped_page)
    press(shaped_page, "Back to the blend").click()
    shaped_page.wait_for_function("!beatgen.state.label.includes('shaped')")
    settled(shaped_page)
    blend.evaluate(DRAG, 0.25)
    assert same(shown(shaped_page), hits_of(engine.blend(*map(on_deck, OPENING), 0.25)))
    blend.evaluate(LET_GO)
    titled(shaped_page, "Blend 25%")
    shaped_page.keyboard.press("z")
    titled(shaped_page, "Blend 50%")
    shaped_page.keyboard.press("z")
    titled(shaped_page, "Blend 50%, shaped")
    sounds(shaped_page, shaped_now)
    blend.evaluate(DRAG, 0.25)
    assert same(shown(shaped_page), shaped(0.25)), "the shape that was brought back is dragged, too"
