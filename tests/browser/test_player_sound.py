"""The player in a real browser: what is heard is what the grid and the controls say."""

import numpy as np
import pytest
from hearing import SILENCE, beats_at, capture
from playing import SLIDER, elapse, only, play, state, wait_until_received
from visiting import COUNT_SENT

from beatgen.kit import INDEX

STEP_SECONDS = 60 * 4 / 100 / 64  # of groove A, at tempo 100


def onsets(sound: np.ndarray, rate: int, quiet: float = 0.01, rest: float = 0.06) -> np.ndarray:
    """Seconds into the sound where it rises above `quiet` after at least `rest` seconds below."""
    loud = np.abs(sound).max(axis=1) > quiet
    window = int(rest * rate)
    before = np.convolve(loud, np.ones(window), "full")[: len(loud)].round()
    starts = np.flatnonzero(loud[1:] & (before[:-1] == 0)) + 1
    return starts[starts > window] / rate


def test_the_sound_stands_where_the_grid_says_and_is_as_loud_as_struck(harness):
    harness.click("[aria-label='Solo kick']")
    play(harness)
    sound, start, rate = capture(harness, 5.0)
    tempo = state(harness)["tempo"]
    # The kick falls on beats 0 and 2 of each bar: every second beat, loud and less loud by turns.
    heard = start + onsets(sound, rate)
    beats = beats_at(harness, heard)
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


def test_before_play_and_after_stop_there_is_silence(harness):
    assert state(harness)["contextState"] in ("none", "suspended")
    play(harness)
    harness.click(".play")
    elapse(harness, 0.3)
    sound, _, _ = capture(harness, 0.5)
    assert np.abs(sound).max() < SILENCE
    assert harness.evaluate("beatgen.scheduled.length") == 0


def test_a_drag_sounds_at_the_next_step_and_sends_nothing(harness):
    only(harness, "ride")  # which A has not
    play(harness)
    harness.evaluate(COUNT_SENT)
    dragged = {}

    def drag():
        elapse(harness, 0.7)
        dragged.update(
            harness.locator(SLIDER).evaluate(
                """(slider) => {
                    const before = beatgen.state.contextTime;
                    for (const value of [0.2, 0.4, 0.6, 0.8]) {
                        slider.value = value;
                        slider.dispatchEvent(new Event('input'));
                    }
                    const after = beatgen.state.contextTime;
                    return {before, after, scheduled: beatgen.scheduled, sent: window.sent};
                }"""
            )
        )

    sound, start, rate = capture(harness, 1.2, during=drag)
    assert dragged["sent"] == 0, "dragging makes no round trip"
    strokes = [s for s in dragged["scheduled"] if s["time"] > dragged["before"]]
    soon = dragged["after"] + STEP_SECONDS + 0.03
    assert not [s for s in strokes if s["voice"] == INDEX["hi-hat"] and s["time"] > soon]
    first = min(s["time"] for s in strokes if s["voice"] == INDEX["ride"])
    assert first - dragged["after"] < 60 / 100 / 2 + 0.03, "the next eighth is a ride"
    assert start + onsets(sound, rate)[0] == pytest.approx(first, abs=0.003), "and it is heard"
    harness.locator(SLIDER).dispatch_event("change")
    wait_until_received(harness, position=0.8)
    assert harness.evaluate("window.sent") > 0, "letting go sends to Python"


def test_what_is_taken_back_is_not_heard(harness):
    only(harness, "hi-hat")  # which B has not
    play(harness)
    times = {}

    def drag():
        elapse(harness, 0.9)
        times.update(
            harness.locator(SLIDER).evaluate(
                """(slider, voice) => {
                    const hats = beatgen.scheduled.filter((s) => s.voice === voice);
                    const before = beatgen.nextStep;
                    slider.value = 1;
                    slider.dispatchEvent(new Event('input'));
                    const after = beatgen.nextStep; // a busy machine takes its time between
                    const of = (kept) => hats.filter(kept).map((s) => s.time);
                    return {kept: of((s) => s.time < before), gone: of((s) => s.time >= after)};
                }""",
                INDEX["hi-hat"],
            )
        )

    sound, start, rate = capture(harness, 1.2, during=drag)

    def attack(time: float) -> float:
        first = int((time - start) * rate)
        return float(np.abs(np.diff(sound[first : first + int(0.01 * rate)], axis=0)).max())

    heard = [attack(time) for time in times["kept"] if time > start]
    assert heard and times["gone"]
    assert max(map(attack, times["gone"])) < 0.1 * min(heard)


def test_a_closed_hat_damps_the_open_one(harness):
    harness.get_by_text("Take", exact=True).click()
    harness.wait_for_selector("[aria-label='Solo open hat']")
    only(harness, "open hat")
    play(harness)
    sound, _, rate = capture(harness, 4.6)
    level = []
    for onset in onsets(sound, rate, rest=0.2):
        tail = sound[int((onset + 0.37) * rate) : int((onset + 0.47) * rate)]
        if len(tail) > 0.09 * rate:
            level.append(np.sqrt((tail**2).mean()))
    damped, ringing = sorted(level)[0], sorted(level)[-1]
    assert ringing > SILENCE
    assert damped < 0.1 * ringing
