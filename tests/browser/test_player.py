"""The player in a real browser: what is heard, shown and told to Python."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.player.wire import pack_way
from beatgen.groove import Groove
from beatgen.kit import INDEX, NAMES

HARNESS = Path(__file__).with_name("harness.py")
SLIDER = ".blend .together"
STEP_SECONDS = 60 * 4 / 100 / 64  # of groove A, at tempo 100
SAMPLE_NOISE = 1e-4
CLICK = -1  # the metronome among the voices
BLOCK = "() => { const end = performance.now() + 300; while (performance.now() < end); }"


@pytest.fixture
def page(serve, open_page):
    """The harness with the player at A, ready."""
    page = open_page(serve(HARNESS))
    page.wait_for_selector(".player .bar")
    page.wait_for_function("window.beatgen?.state.way")
    return page


def state(page) -> dict:
    return page.evaluate("({...beatgen.state})")


def cells(page) -> set[tuple[int, str]]:
    """(step, voice name) of the hits that sound."""
    return {(hit["step"], NAMES[hit["voice"]]) for hit in state(page)["hits"]}


def told(page) -> dict:
    return json.loads(page.inner_text("#told"))


def wait_until_told(page, **expected) -> dict:
    """What Python knows, once it knows what is expected."""
    page.wait_for_function(
        """(expected) => {
            const told = JSON.parse(document.querySelector('#told').textContent);
            return Object.entries(expected).every(([name, value]) =>
                typeof value === 'number' ? Math.abs(told[name] - value) < 1e-6
                                          : told[name] === value);
        }""",
        arg=expected,
        timeout=5000,
    )
    return told(page)


def play(page) -> None:
    page.click(".play")
    page.wait_for_function("beatgen.state.beat > 0.1", timeout=5000)


def capture(
    page, seconds: float, during: Callable[[], None] = lambda: None
) -> tuple[np.ndarray, float, int]:
    """Sound as (samples, 2), the audio time of its first sample, and the sample rate."""
    page.evaluate("(seconds) => { window.sound = beatgen.capture(seconds); }", seconds)
    during()
    sound = page.evaluate(
        """async () => {
            const sound = await window.sound;
            const text = (side) => {
                const bytes = new Uint8Array(side.buffer);
                let letters = '';
                for (let i = 0; i < bytes.length; i += 32768) {
                    letters += String.fromCharCode(...bytes.subarray(i, i + 32768));
                }
                return btoa(letters);
            };
            return {...sound, left: text(sound.left), right: text(sound.right)};
        }"""
    )
    sides = [np.frombuffer(base64.b64decode(sound[s]), np.float32) for s in ("left", "right")]
    return np.stack(sides, axis=1), sound["start"], sound["sampleRate"]


def only(page, *voices: str) -> None:
    for voice in voices:
        page.click(f"[aria-label='Solo {voice}']")
    page.wait_for_timeout(100)


def bounds(page, step: float, voice: str) -> tuple[float, float]:
    """Where on the screen the middle of a cell is."""
    return tuple(
        page.evaluate(
            """([step, voice]) => {
                const host = [...document.querySelectorAll('*')].find(
                    (e) => e.shadowRoot?.querySelector('canvas.cells'));
                const root = host ? host.shadowRoot : document;
                const box = root.querySelector('canvas.cells').getBoundingClientRect();
                const names = [...root.querySelectorAll('.name')].map((e) => e.textContent);
                const row = names.indexOf(voice);
                return [box.left + (step / 4 + 0.5) * box.width / 32,
                        box.top + (row + 0.5) * box.height / names.length];
            }""",
            [step, voice],
        )
    )


def onsets(sound: np.ndarray, rate: int, quiet: float = 0.01, rest: float = 0.06) -> np.ndarray:
    """Seconds into the sound where it rises above `quiet` after at least `rest` seconds below."""
    loud = np.abs(sound).max(axis=1) > quiet
    window = int(rest * rate)
    before = np.convolve(loud, np.ones(window), "full")[: len(loud)].round()
    starts = np.flatnonzero(loud[1:] & (before[:-1] == 0)) + 1
    return starts[starts > window] / rate


def test_the_sound_stands_where_the_grid_says_and_is_as_loud_as_struck(page):
    page.click("[aria-label='Solo kick']")
    play(page)
    sound, start, rate = capture(page, 5.0)
    strokes = [s for s in page.evaluate("beatgen.scheduled") if s["voice"] == INDEX["kick"]]
    tempo = state(page)["tempo"]
    one = next(s for s in strokes)
    # The kick falls on beats 0 and 2 of each bar: every second beat, loud and less loud by turns.
    heard = start + onsets(sound, rate)
    beats = one["beat"] + (heard - one["time"]) * tempo / 60
    assert len(heard) >= 3
    assert np.abs(beats / 2 - np.round(beats / 2)).max() * 2 * 60 / tempo < 0.003
    assert len(set(np.round(beats))) == len(beats), "no stroke sounds twice"
    peaks = {}
    for time, beat in zip(heard - start, np.round(beats).astype(int), strict=True):
        first = int(time * rate)
        peaks.setdefault(beat % 4, []).append(np.abs(sound[first : first + int(0.2 * rate)]).max())
    louder = np.mean(peaks[0]) / np.mean(peaks[2])
    assert louder == pytest.approx((115 / 80) ** 2, rel=0.2), "velocity 115 against 80"
    assert max(peaks[0]) / min(peaks[0]) < 1.05, "the same stroke is as loud each time"


def test_before_play_and_after_stop_there_is_silence(page):
    assert state(page)["contextState"] in ("none", "suspended")
    play(page)
    page.click(".play")
    page.wait_for_timeout(300)
    sound, _, _ = capture(page, 0.5)
    assert np.abs(sound).max() < SAMPLE_NOISE
    assert page.evaluate("beatgen.scheduled.length") == 0


def test_a_drag_sounds_at_the_next_step_and_sends_nothing(page):
    only(page, "ride")  # which A has not
    play(page)
    page.evaluate(
        """() => {
            window.sent = 0;
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (data) { window.sent++; send.call(this, data); };
        }"""
    )
    dragged = {}

    def drag():
        page.wait_for_timeout(700)
        dragged.update(
            page.locator(SLIDER).evaluate(
                """(slider) => {
                    const {contextTime, beat} = beatgen.state;
                    for (const value of [0.2, 0.4, 0.6, 0.8]) {
                        slider.value = value;
                        slider.dispatchEvent(new Event('input'));
                    }
                    return {contextTime, beat, scheduled: beatgen.scheduled, sent: window.sent};
                }"""
            )
        )

    sound, start, rate = capture(page, 2.0, during=drag)
    assert dragged["sent"] == 0, "dragging makes no round trip"
    strokes = [s for s in dragged["scheduled"] if s["time"] > dragged["contextTime"]]
    soon = dragged["contextTime"] + STEP_SECONDS + 0.03
    assert not [s for s in strokes if s["voice"] == INDEX["hi-hat"] and s["time"] > soon]
    first = min(s["time"] for s in strokes if s["voice"] == INDEX["ride"])
    assert first - dragged["contextTime"] < 60 / 100 / 2 + 0.03, "the next eighth is a ride"
    assert start + onsets(sound, rate)[0] == pytest.approx(first, abs=0.003), "and it is heard"
    page.locator(SLIDER).dispatch_event("change")
    wait_until_told(page, position=0.8)
    assert page.evaluate("window.sent") > 0, "letting go tells Python"


def test_what_is_taken_back_is_not_heard(page):
    only(page, "hi-hat")  # which B has not
    play(page)
    times = {}

    def drag():
        page.wait_for_timeout(900)
        times.update(
            page.locator(SLIDER).evaluate(
                """(slider, voice) => {
                    const hats = beatgen.scheduled.filter((s) => s.voice === voice);
                    const soon = beatgen.nextStep;
                    slider.value = 1;
                    slider.dispatchEvent(new Event('input'));
                    const of = (kept) => hats.filter(kept).map((s) => s.time);
                    return {kept: of((s) => s.time < soon), gone: of((s) => s.time >= soon)};
                }""",
                INDEX["hi-hat"],
            )
        )

    sound, start, rate = capture(page, 2.0, during=drag)

    def attack(time: float) -> float:
        first = int((time - start) * rate)
        return float(np.abs(np.diff(sound[first : first + int(0.01 * rate)], axis=0)).max())

    heard = [attack(time) for time in times["kept"] if time > start]
    assert heard and times["gone"]
    assert max(map(attack, times["gone"])) < 0.1 * min(heard)


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
    page.keyboard.press("ArrowRight")
    assert told(page)["position"] in (0.25, 0.28125)


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


def test_play_goes_on_through_reruns_blocked_pages_and_other_scenes(page):
    play(page)
    began = page.evaluate("beatgen.timeAt(0)")
    for _ in range(3):
        page.get_by_role("button", name="Rerun").click()
        page.evaluate(
            "() => { const end = performance.now() + 300; while (performance.now() < end); }"
        )
    page.get_by_text("Take", exact=True).click()
    page.wait_for_function(f"beatgen.state.hits.some((hit) => hit.voice === {INDEX['tom 1']})")
    page.wait_for_timeout(500)
    now = state(page)
    assert now["playing"]
    assert (now["late"], now["dropped"]) == (0, 0)
    assert now["tempo"] == 110
    assert page.evaluate("beatgen.timeAt(0)") == pytest.approx(began, abs=1e-6), "never restarted"
    strokes = page.evaluate("beatgen.scheduled")
    places = [(round(s["beat"], 4), s["voice"]) for s in strokes]
    assert len(places) == len(set(places)), "no stroke is scheduled twice"
    toms = [s["beat"] % 4 for s in strokes if s["voice"] == INDEX["tom 1"]]
    assert set(toms) <= {0, 1, 2, 3}, "the place in the bar is kept"


def test_a_click_adds_a_hit_python_gets_it_and_undo_takes_it_back(page):
    page.mouse.click(*bounds(page, 20, "kick"))
    assert (20, "kick") in cells(page)
    edited = wait_until_edited(page)
    assert "kick         |O----o--o-------|O-------o-------|" in edited
    page.mouse.click(*bounds(page, 16, "snare"))
    page.wait_for_function(
        "!JSON.parse(document.querySelector('#told').textContent).edited.includes('----O-------O---|----O-------O---')"
    )
    assert (16, "snare") not in cells(page)
    page.keyboard.press("z")
    assert (16, "snare") in cells(page)
    page.keyboard.press("Control+z")
    wait_until_told(page, edited=None)
    assert (20, "kick") not in cells(page)
    page.keyboard.press("Shift+Z")
    assert "kick         |O----o--o-------" in wait_until_edited(page)


def wait_until_edited(page) -> str:
    page.wait_for_function("JSON.parse(document.querySelector('#told').textContent).edited")
    return told(page)["edited"]


def test_another_groove_in_the_same_place_lets_edits_go(page):
    page.mouse.click(*bounds(page, 20, "kick"))
    wait_until_edited(page)
    page.get_by_text("Shape", exact=True).click()
    wait_until_told(page, edited=None)
    page.wait_for_function("beatgen.state.hits.some((hit) => hit.voice === 0 && hit.step === 4)")
    assert (20, "kick") not in cells(page)


def test_a_page_scrolled_by_touch_is_edited_by_taps(serve, open_page):
    page = open_page(serve(HARNESS), 390, 844, has_touch=True, is_mobile=True)
    page.wait_for_function("window.beatgen?.state.way")
    page.wait_for_selector("canvas.cells")
    page.touchscreen.tap(*bounds(page, 20, "kick"))
    assert (20, "kick") in cells(page)
    page.touchscreen.tap(*bounds(page, 20, "kick"))
    assert (20, "kick") not in cells(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out"


def test_the_grid_is_edited_by_keyboard(page):
    page.focus("canvas.cells")
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert (4, "ride") in cells(page)
    assert "ride · bar 1, 1.2 · velocity 96" in page.inner_text(".status")
    page.keyboard.press("-")
    assert "velocity 88" in page.inner_text(".status")
    assert state(page)["position"] == 0, "arrows on the grid do not blend"
    wait_until_edited(page)


def test_the_frames_of_a_way_travel_once(page):
    received = []
    page.on("websocket", lambda w: w.on("framereceived", lambda data: received.append(data)))
    page.reload()
    page.wait_for_function("window.beatgen?.state.way")
    page.wait_for_timeout(500)
    opening = sum(map(len, received))
    assert any(b'"frames"' in data for data in received)
    page.click("[aria-label='All B']")
    wait_until_told(page, position=1)
    received.clear()
    page.locator(SLIDER).fill("0.4")
    page.locator(SLIDER).dispatch_event("change")
    wait_until_told(page, position=0.4)
    assert not any(b'"frames"' in data for data in received)
    assert sum(map(len, received)) < min(opening, 8000)


def test_dragging_a_hit_upwards_makes_it_louder(page):
    x, y = bounds(page, 32, "kick")
    before = next(h for h in state(page)["hits"] if (h["step"], h["voice"]) == (32, 0))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=5)
    page.mouse.up()
    after = next(h for h in state(page)["hits"] if (h["step"], h["voice"]) == (32, 0))
    assert (before["velocity"], after["velocity"]) == (80, 110)
    assert "|O-------O-------|O-------o-------|" in wait_until_edited(page)


def test_hover_tells_voice_velocity_and_timing(page):
    page.mouse.move(*bounds(page, 16, "snare"))
    status = page.inner_text(".status")
    assert "snare" in status and "velocity 115" in status and "on the grid" in status


def test_mute_and_solo(page):
    play(page)
    for voice in ("hi-hat", "snare", "kick"):
        page.click(f"[aria-label='Mute {voice}']")
    page.wait_for_timeout(1200)
    sound, _, _ = capture(page, 1.3)
    assert np.abs(sound).max() < SAMPLE_NOISE, "all is muted"
    page.click("[aria-label='Solo snare']")
    sound, start, rate = capture(page, 2.6)
    beats = [
        page.evaluate("(t) => beatgen.state.beat + (t - beatgen.state.contextTime) * 100 / 60", t)
        for t in start + onsets(sound, rate)
    ]
    assert len(beats) >= 2
    assert {round(beat) % 4 for beat in beats} <= {1, 3}, "only the snare on two and four is left"


def test_the_keyboard_plays_blends_and_leaves_typing_alone(page):
    page.mouse.click(640, 600)
    page.keyboard.press("Space")
    page.wait_for_function("beatgen.state.playing")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait_until_told(page, position=2 / 32)
    page.click(".number")
    page.keyboard.type("90")
    page.keyboard.press("Space")
    assert state(page)["playing"], "a space typed into a field does not stop play"
    page.keyboard.press("Enter")
    wait_until_told(page, tempo=90)
    assert state(page)["tempo"] == 90
    page.keyboard.press("Space")
    page.wait_for_function("!beatgen.state.playing")


def test_the_tempo_changes_without_losing_the_beat(page):
    play(page)
    before = state(page)
    page.locator(".number").press("ArrowUp")
    page.fill(".number", "140")
    page.keyboard.press("Enter")
    after = state(page)
    passed = after["contextTime"] - before["contextTime"]
    assert before["beat"] < after["beat"] < before["beat"] + passed * 140 / 60 + 0.1
    assert after["tempo"] == 140
    page.wait_for_timeout(500)
    assert state(page)["dropped"] == 0


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


def test_without_samples_the_page_says_so(serve, open_page):
    page = open_page("about:blank")
    page.route("**/kit.json", lambda route: route.abort())
    page.goto(serve(HARNESS))
    page.click(".play")
    page.wait_for_function("beatgen.state.trouble")
    assert "samples could not be loaded" in page.inner_text(".label.trouble")
    assert not state(page)["playing"]


def test_a_count_in_is_a_bar_of_clicks(page):
    page.click("[aria-label='Count-in']")
    page.click(".play")
    page.wait_for_function("beatgen.state.playing")
    assert state(page)["beat"] < -3
    assert {s["voice"] for s in page.evaluate("beatgen.scheduled")} == {CLICK}


def test_the_metronome_clicks_on_every_beat(page):
    for voice in ("hi-hat", "snare", "kick", "ride"):
        page.click(f"[aria-label='Mute {voice}']")
    page.click("[aria-label='Metronome']")
    play(page)
    sound, start, rate = capture(page, 2.0)
    click = next(s for s in page.evaluate("beatgen.scheduled") if s["voice"] == CLICK)
    beats = click["beat"] + (start + onsets(sound, rate) - click["time"]) * 100 / 60
    assert len(beats) >= 3
    assert np.abs(beats - np.round(beats)).max() < 0.01


def test_swing_moves_the_second_sixteenth_only(page):
    page.mouse.click(*bounds(page, 4, "kick"))
    page.locator("[aria-label='Swing']").fill("0.66")
    page.locator("[aria-label='Swing']").dispatch_event("change")
    wait_until_told(page, swing=0.66)
    play(page)
    page.wait_for_function("beatgen.state.beat > 0.5")
    kicks = [s["beat"] for s in page.evaluate("beatgen.scheduled") if s["voice"] == INDEX["kick"]]
    assert kicks[:2] == [0, pytest.approx(0.33)]


def test_a_closed_hat_damps_the_open_one(page):
    page.get_by_text("Take", exact=True).click()
    page.wait_for_selector("[aria-label='Solo open hat']")
    only(page, "open hat")
    play(page)
    sound, _, rate = capture(page, 4.6)
    level = []
    for onset in onsets(sound, rate, rest=0.2):
        tail = sound[int((onset + 0.37) * rate) : int((onset + 0.47) * rate)]
        if len(tail) > 0.09 * rate:
            level.append(np.sqrt((tail**2).mean()))
    damped, ringing = sorted(level)[0], sorted(level)[-1]
    assert ringing > SAMPLE_NOISE
    assert damped < 0.1 * ringing


@pytest.mark.parametrize("per_bar", [16, 45])
def test_a_way_of_two_bars_fits_into_50_kilobytes(per_bar):
    rng = np.random.default_rng(7)
    way, of_a, of_b = rows = [], [], []
    for i in range(99):
        velocity = np.zeros((2, 64 * 22), np.float32)
        for bar in velocity:
            bar[rng.choice(bar.size, per_bar, replace=False)] = rng.random(per_bar) * 0.9 + 0.1
        rows[i % 3].append(Groove(velocity.reshape(2, 64, 22)))
    assert len(json.dumps(pack_way(way, (of_a, of_b)))) <= 50_000
