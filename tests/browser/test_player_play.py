"""Play in a real browser: it goes on and keeps time, whatever is done meanwhile."""

import pytest
from playing import bounds, elapse, play, shows_voice, state, wait_until_received
from visiting import HARNESS, drawn, ready

from beatgen.kit import INDEX

CLICK = -1  # the metronome among the voices
BLOCK = "() => { const end = performance.now() + 300; while (performance.now() < end); }"
KICKS = """(voice) => {
    const kicks = beatgen.scheduled.filter((stroke) => stroke.voice === voice);
    return kicks.length >= 2 && kicks.map(({ beat }) => beat);
}"""
# The player as it is once it plays.
BEGIN = """() => {
    const look = () => {
        const { playing, beat } = beatgen.state;
        if (!playing) return setTimeout(look);
        window.began = { beat, voices: beatgen.scheduled.map(({ voice }) => voice) };
    };
    look();
}"""


def test_play_goes_on_through_reruns_blocked_pages_and_other_scenes(harness):
    play(harness)
    began = harness.evaluate("beatgen.timeAt(0)")
    for _ in range(3):
        harness.get_by_role("button", name="Rerun").click()
        harness.evaluate(BLOCK)
    harness.get_by_text("Take", exact=True).click()
    shows_voice(harness, INDEX["tom 1"])
    elapse(harness, 0.5)
    now = state(harness)
    assert now["playing"]
    assert (now["late"], now["dropped"]) == (0, 0)
    assert now["tempo"] == 110
    assert harness.evaluate("beatgen.timeAt(0)") == pytest.approx(began, abs=1e-6), (
        "never restarted"
    )
    strokes = harness.evaluate("beatgen.scheduled")
    places = [(round(s["beat"], 4), s["voice"]) for s in strokes]
    assert len(places) == len(set(places)), "no stroke is scheduled twice"
    toms = [s["beat"] % 4 for s in strokes if s["voice"] == INDEX["tom 1"]]
    assert set(toms) <= {0, 1, 2, 3}, "the place in the bar is kept"


def test_the_keyboard_plays_blends_and_leaves_typing_alone(harness):
    harness.mouse.click(640, 600)
    harness.keyboard.press("Space")
    harness.wait_for_function("beatgen.state.playing")
    harness.keyboard.press("ArrowRight")
    harness.keyboard.press("ArrowRight")
    wait_until_received(harness, position=0.02)
    harness.click(".number")
    harness.keyboard.type("90")
    harness.keyboard.press("Space")
    assert state(harness)["playing"], "a space typed into a field does not stop play"
    harness.keyboard.press("Enter")
    wait_until_received(harness, tempo=90)
    assert state(harness)["tempo"] == 90
    harness.keyboard.press("Space")
    harness.wait_for_function("!beatgen.state.playing")


def test_the_tempo_changes_without_losing_the_beat(harness):
    play(harness)
    before = state(harness)
    harness.locator(".number").press("ArrowUp")
    harness.fill(".number", "140")
    harness.keyboard.press("Enter")
    after = state(harness)
    passed = after["contextTime"] - before["contextTime"]
    assert before["beat"] < after["beat"] < before["beat"] + passed * 140 / 60 + 0.1
    assert after["tempo"] == 140
    elapse(harness, 0.5)
    assert state(harness)["dropped"] == 0


@pytest.mark.parametrize("file", ["kit.json", "kit.flac"])
def test_without_samples_the_page_says_so(serve, open_page, file):
    page = open_page("about:blank")
    page.route(f"**/{file}", lambda route: route.abort())
    page.goto(serve(HARNESS))
    page.click(".play")
    page.wait_for_function("beatgen.state.trouble")
    assert "samples could not be loaded" in page.inner_text(".label.trouble")
    assert not state(page)["playing"]


def test_a_count_in_is_a_bar_of_clicks(harness):
    harness.click("[aria-label='Count-in']")
    harness.evaluate(BEGIN)
    harness.click(".play")
    began = harness.wait_for_function("window.began").json_value()
    assert began["beat"] < -3
    assert set(began["voices"]) == {CLICK}


def test_swing_moves_the_second_sixteenth_only(harness):
    harness.mouse.click(*bounds(harness, 4, "kick"))
    harness.locator("[aria-label='Swing']").fill("0.66")
    harness.locator("[aria-label='Swing']").dispatch_event("change")
    wait_until_received(harness, swing=0.66)
    harness.click(".play")
    kicks = harness.wait_for_function(KICKS, arg=INDEX["kick"]).json_value()
    assert kicks[:2] == [0, pytest.approx(0.33)]


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_the_playhead_leaps_from_beat_to_beat_for_those_who_want_no_motion(serve, open_page, wish):
    page = ready(open_page(serve(HARNESS), height=1000, reduced_motion=wish))
    play(page)
    first = state(page)["beat"]
    seen = set()
    for _ in range(12):
        elapse(page, 0.1)
        drawn(page)
        seen.add(page.locator(".playhead").evaluate("line => line.style.transform"))
    beats = int(state(page)["beat"]) - int(first) + 1
    assert len(seen) <= beats + 1 if wish == "reduce" else len(seen) == 12
