"""Fingers on the player's grid, as a phone reports them, and what a phone shows of it."""

import pytest
from playing import Fingers, bounds, cells, play, state
from visiting import HARNESS, press, ready

SET = "beatgen.state.hits.some((hit) => hit.step === 20 && hit.voice === 0)"  # it has its hit


@pytest.fixture
def phone(serve, open_page):
    """The harness on a phone; afterwards no script must have failed."""
    page = ready(open_page(serve(HARNESS), 390, 844, has_touch=True, is_mobile=True))
    failed = []
    page.on("pageerror", lambda error: failed.append(error))  # playwright wants a function
    yield page
    assert failed == []


def test_two_fingers_on_the_grid_change_nothing(phone):
    before = state(phone)["hits"]
    fingers = Fingers(phone)
    (x, y), (other, _) = bounds(phone, 16, "snare"), bounds(phone, 24, "snare")
    fingers.press(x, y)
    fingers.press(other, y)
    fingers.lift()
    assert state(phone)["hits"] == before
    touch = phone.locator("canvas.cells").evaluate("(it) => getComputedStyle(it).touchAction")
    assert touch == "manipulation", "so the page scrolls and zooms"


def test_a_second_finger_ends_what_the_first_does(phone):
    fingers = Fingers(phone)
    x, y = bounds(phone, 20, "kick")
    fingers.press(x, y)
    phone.wait_for_function(SET)
    assert (20, "kick") in cells(phone)
    after = state(phone)["hits"]
    fingers.press(x + 60, y)
    fingers.move((x, y - 30), (x + 60, y - 30))
    fingers.lift()
    assert state(phone)["hits"] == after


def test_a_finger_selects_several_hits_to_flam_them(phone):
    fingers = Fingers(phone)

    def draw(*places: tuple[float, float]) -> None:
        fingers.press(*places[0])
        for place in places[1:]:
            fingers.move(place)
        fingers.lift()

    before = len(state(phone)["hits"])
    press(phone, "Edit notes: move, flam, roll, copy").tap()
    press(phone, "Select").tap()
    (x, y), (end, _) = bounds(phone, 0, "kick"), bounds(phone, 40, "kick")
    draw(*[(end + (x - 8 - end) * i / 8, y + i) for i in range(9)])  # from an empty cell
    own = [hit for hit in state(phone)["hits"] if hit["voice"] == 0 and hit["step"] <= 40]
    assert len(own) == 2
    press(phone, "Flam").tap()
    phone.wait_for_function(f"beatgen.state.hits.length === {before + len(own)}")


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_the_grid_follows_the_playhead(serve, open_page, wish):
    """Half of it is in sight; the beats meant are those in the other half."""
    page = open_page(serve(HARNESS), 390, 844, has_touch=True, is_mobile=True, reduced_motion=wish)
    play(ready(page))
    page.wait_for_function("beatgen.state.beat > 5.3 && beatgen.state.beat < 7.8")
    line, seen = (page.locator(name).bounding_box() for name in (".playhead", ".scroller"))
    assert seen["x"] <= line["x"] <= seen["x"] + seen["width"]
