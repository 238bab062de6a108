"""The player's blend in a real browser: what it shows, sends to Python and is sent."""

import numpy as np
from playing import RECEIVED, SLIDER, cells, play, state, wait_until_received
from visiting import LOSE_NEXT, ready, settled

from beatgen.groove import Groove
from beatgen.kit import INDEX


def test_letting_go_settles_on_the_models_decoding(harness):
    harness.locator(SLIDER).focus()
    for _ in range(8):
        harness.keyboard.press("ArrowRight", delay=5)
    wait_until_received(harness, position=0.08)
    harness.wait_for_function(
        f"beatgen.state.hits.some((hit) => hit.voice === {INDEX['crash 1']} && hit.step === 32)"
    )
    crash = next(hit for hit in state(harness)["hits"] if hit["voice"] == INDEX["crash 1"])
    assert crash["velocity"] == 77
    moved = harness.locator(SLIDER).evaluate(
        f"""(slider) => {{
            slider.value = 0.3;
            slider.dispatchEvent(new Event('input'));
            return {{hits: beatgen.state.hits, received: {RECEIVED}.position}};
        }}"""
    )
    voices = {hit["voice"] for hit in moved["hits"]}
    assert INDEX["crash 1"] not in voices and INDEX["kick"] in voices, "in hand it is a mixture"
    assert moved["received"] == 0.08
    harness.locator(SLIDER).dispatch_event("change")
    wait_until_received(harness, position=0.3)
    harness.wait_for_function(
        f"beatgen.state.hits.some((hit) => hit.voice === {INDEX['crash 1']} && hit.step === 32)"
    )


def test_what_was_lost_on_its_way_to_python_is_told_again(harness):
    harness.evaluate(LOSE_NEXT)
    harness.locator(SLIDER).focus()
    harness.keyboard.press("ArrowRight")
    wait_until_received(harness, position=0.01)


def test_the_ends_are_exactly_a_and_b(harness):
    def expected(tab: str) -> list[tuple[int, int, int, float]]:
        groove = Groove.from_tab(tab)
        bars, steps, voices = np.nonzero(groove.velocity)
        velocities = np.rint(groove.velocity[bars, steps, voices] * 127).astype(int)
        return sorted(zip(bars * 64 + steps, voices, velocities, 0.0 * bars, strict=True))

    def shown() -> list[tuple[int, int, int, float]]:
        keys = ("step", "voice", "velocity", "timing")
        return sorted(tuple(hit[key] for key in keys) for hit in state(harness)["hits"])

    a = "hi-hat|x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|\nsnare|----O-------O---|----O-------O---|\n"
    a += "kick|O-------o-------|O-------o-------|"
    b = "ride|x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|\nsnare|----g-------O---|----g-------O---|\n"
    b += "kick|O-----o---o-----|O-----o---o-----|"
    assert shown() == expected(a)
    harness.click("[aria-label='All B']")
    wait_until_received(harness, position=1)
    assert shown() == expected(b)
    assert state(harness)["tempo"] == 120
    harness.click("[aria-label='All A']")
    wait_until_received(harness, position=0)
    assert shown() == expected(a)


def test_listening_to_a_and_b_keeps_time_and_the_blend(harness):
    harness.click("[aria-label='All B']")
    wait_until_received(harness, position=1)
    play(harness)
    harness.get_by_role("button", name="A", exact=True).last.click()
    assert any(voice == "hi-hat" for _, voice in cells(harness))
    assert state(harness)["position"] == 1
    harness.get_by_role("button", name="Blend", exact=True).click()
    assert any(voice == "ride" for _, voice in cells(harness))
    assert state(harness)["late"] == 0


def test_the_frames_of_a_way_travel_once(harness):
    received = []
    harness.on("websocket", lambda w: w.on("framereceived", lambda data: received.append(data)))
    harness.reload()
    ready(harness)
    opening = sum(map(len, received))
    assert any(b'"frames"' in data for data in received)
    harness.click("[aria-label='All B']")
    wait_until_received(harness, position=1)
    settled(harness)
    received.clear()
    harness.locator(SLIDER).fill("0.4")
    harness.locator(SLIDER).dispatch_event("change")
    wait_until_received(harness, position=0.4)
    assert not any(b'"frames"' in data for data in received)
    assert sum(map(len, received)) < min(opening, 8000)
