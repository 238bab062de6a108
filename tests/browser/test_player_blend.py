"""The player's blend in a real browser: what it shows, tells Python and is sent."""

import numpy as np
from playing import SLIDER, TOLD, cells, play, state, wait_until_told
from visiting import LOSE_NEXT, ready, settled

from beatgen.groove import Groove
from beatgen.kit import INDEX


def test_letting_go_settles_on_the_models_decoding(page):
    page.locator(SLIDER).focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight", delay=5)
    wait_until_told(page, position=0.25)
    page.wait_for_function(
        f"beatgen.state.hits.some((hit) => hit.voice === {INDEX['crash 1']} && hit.step === 32)"
    )
    crash = next(hit for hit in state(page)["hits"] if hit["voice"] == INDEX["crash 1"])
    assert crash["velocity"] == 77
    moved = page.locator(SLIDER).evaluate(
        f"""(slider) => {{
            slider.value = 0.3;
            slider.dispatchEvent(new Event('input'));
            return {{hits: beatgen.state.hits, told: {TOLD}.position}};
        }}"""
    )
    voices = {hit["voice"] for hit in moved["hits"]}
    assert INDEX["crash 1"] not in voices and INDEX["kick"] in voices, "in hand it is a mixture"
    assert moved["told"] == 0.25
    page.locator(SLIDER).dispatch_event("change")
    wait_until_told(page, position=0.3)
    page.wait_for_function(
        f"beatgen.state.hits.some((hit) => hit.voice === {INDEX['crash 1']} && hit.step === 32)"
    )


def test_what_was_lost_on_its_way_to_python_is_told_again(page):
    page.evaluate(LOSE_NEXT)
    page.locator(SLIDER).focus()
    page.keyboard.press("ArrowRight")
    wait_until_told(page, position=0.03125)


def test_the_ends_are_exactly_a_and_b(page):
    def expected(tab: str) -> list[tuple[int, int, int, float]]:
        groove = Groove.from_tab(tab)
        bars, steps, voices = np.nonzero(groove.velocity)
        velocities = np.rint(groove.velocity[bars, steps, voices] * 127).astype(int)
        return sorted(zip(bars * 64 + steps, voices, velocities, 0.0 * bars, strict=True))

    def shown() -> list[tuple[int, int, int, float]]:
        keys = ("step", "voice", "velocity", "timing")
        return sorted(tuple(hit[key] for key in keys) for hit in state(page)["hits"])

    a = "hi-hat|x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|\nsnare|----O-------O---|----O-------O---|\n"
    a += "kick|O-------o-------|O-------o-------|"
    b = "ride|x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|\nsnare|----g-------O---|----g-------O---|\n"
    b += "kick|O-----o---o-----|O-----o---o-----|"
    assert shown() == expected(a)
    page.click("[aria-label='All B']")
    wait_until_told(page, position=1)
    assert shown() == expected(b)
    assert state(page)["tempo"] == 120
    page.click("[aria-label='All A']")
    wait_until_told(page, position=0)
    assert shown() == expected(a)


def test_listening_to_a_and_b_keeps_time_and_the_blend(page):
    page.click("[aria-label='All B']")
    wait_until_told(page, position=1)
    play(page)
    page.get_by_role("button", name="A", exact=True).last.click()
    assert any(voice == "hi-hat" for _, voice in cells(page))
    assert state(page)["position"] == 1
    page.get_by_role("button", name="Blend", exact=True).click()
    assert any(voice == "ride" for _, voice in cells(page))
    assert state(page)["late"] == 0


def test_the_frames_of_a_way_travel_once(page):
    received = []
    page.on("websocket", lambda w: w.on("framereceived", lambda data: received.append(data)))
    page.reload()
    ready(page)
    opening = sum(map(len, received))
    assert any(b'"frames"' in data for data in received)
    page.click("[aria-label='All B']")
    wait_until_told(page, position=1)
    settled(page)
    received.clear()
    page.locator(SLIDER).fill("0.4")
    page.locator(SLIDER).dispatch_event("change")
    wait_until_told(page, position=0.4)
    assert not any(b'"frames"' in data for data in received)
    assert sum(map(len, received)) < min(opening, 8000)


def test_a_run_of_keys_is_undone_at_once(page):
    page.locator(SLIDER).focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    wait_until_told(page, position=4 / 32)
    page.keyboard.press("z")
    assert state(page)["position"] == 0
    page.keyboard.press("ArrowRight")
    page.keyboard.press("z")
    assert state(page)["position"] == 0, "also before it has come to rest"
    wait_until_told(page, position=0)
