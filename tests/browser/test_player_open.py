"""How the player comes to sound in a real browser: the kit arrives late, or the browser or the
system gives no sound."""

import pytest
from playing import bounds, play, state
from visiting import FRAME, HARNESS, press, ready

# What sounds and by how many samplers, and the audio context, which the player keeps to itself.
WATCH = """
window.struck = window.samplers = 0;
const { start } = AudioBufferSourceNode.prototype;
AudioBufferSourceNode.prototype.start = function (...when) {
    window.struck++;
    return start.apply(this, when);
};
window.WaveShaperNode = class extends WaveShaperNode {
    constructor(...how) { super(...how); window.samplers++; }
};
window.AudioContext = class extends AudioContext {
    constructor(...how) { super(...how); window.context = this; }
};
"""
BUSY = ".play[aria-busy=true]"


@pytest.fixture
def visit(serve, open_page):
    """Open the harness after a script has run there: visit(script, prepare=None)."""

    def visit_it(script: str = "", prepare=None):
        page = open_page("about:blank")
        page.add_init_script(WATCH + script)
        if prepare:
            prepare(page)
        page.goto(serve(HARNESS))
        return ready(page)

    return visit_it


@pytest.fixture
def slow(visit):
    """The harness with a kit on its way, and what lets it arrive."""
    held = []
    page = visit(prepare=lambda page: page.route("**/kit.flac", lambda route: held.append(route)))

    def arrive() -> None:
        held.pop().continue_()
        page.evaluate("beatgen.kitReady.then(() => true)")
        page.evaluate(FRAME)

    return page, arrive


def playhead(page) -> str:
    """Where the playhead is."""
    return page.locator(".playhead").evaluate("line => line.style.transform")


def test_play_is_taken_back_while_the_kit_is_on_its_way(slow):
    page, arrive = slow
    press(page, "Play").click()
    page.wait_for_selector(BUSY)
    press(page, "Stop").click()
    page.wait_for_selector(".play[aria-busy=false]")
    arrive()
    assert not state(page)["playing"]


def test_play_begins_once_however_often_it_was_pressed(slow):
    page, arrive = slow
    for pressed in ("Play", "Stop", "Play"):
        press(page, pressed).click()
    page.wait_for_selector(BUSY)
    arrive()
    page.wait_for_function("beatgen.state.beat > 0.1")
    page.wait_for_selector(".play[aria-busy=false]")
    assert page.evaluate("samplers") == 1


def test_a_voice_is_heard_before_the_first_play(visit):
    page = visit()
    press(page, "Hear kick").click()
    page.wait_for_function("struck === 1")
    page.mouse.click(*bounds(page, 20, "kick"))
    page.wait_for_function("struck === 2")
    assert state(page)["contextState"] == "running"


def test_of_voices_asked_for_while_the_kit_is_on_its_way_the_last_is_heard(slow):
    page, arrive = slow
    for voice in ("kick", "snare", "kick"):
        press(page, f"Hear {voice}").click()
    arrive()
    page.wait_for_function("struck > 0")
    assert page.evaluate("struck") == 1


@pytest.mark.parametrize(
    ("script", "kit", "sentence"),
    [
        ("delete window.AudioContext; delete window.OfflineAudioContext;", None, "make sound"),
        ("", b"no sound", "decode the drum samples"),
    ],
    ids=["no Web Audio", "not to be decoded"],
)
def test_a_browser_that_cannot_play_says_so(visit, script, kit, sentence):
    def prepare(page) -> None:
        if kit:
            page.route("**/kit.flac", lambda route: route.fulfill(body=kit))

    page = visit(script, prepare)
    press(page, "Play").click()
    page.wait_for_function("beatgen.state.trouble")
    found = page.inner_text(".label.trouble")
    assert found.startswith(f"This browser cannot {sentence} (")
    assert "Reload" not in found, "which would not help"
    press(page, "Play").wait_for()


def test_play_waits_where_the_system_takes_the_sound_away(visit):
    page = visit()
    play(page)
    gestures = (
        lambda: page.keyboard.press("Space"),
        lambda: press(page, "Play").click(),
        lambda: page.mouse.click(640, 700),  # elsewhere
    )
    for go_on in gestures:
        page.evaluate("context.suspend()")
        page.wait_for_selector(".label.trouble")
        assert "interrupted" in page.inner_text(".label.trouble")
        press(page, "Play").wait_for()
        page.evaluate(FRAME)
        stands = playhead(page)
        page.evaluate(FRAME)
        assert playhead(page) == stands
        beat = state(page)["beat"]
        go_on()
        page.wait_for_function("beat => beatgen.state.beat > beat", arg=beat)
        press(page, "Stop").wait_for()
        assert page.locator(".label.trouble").count() == 0
