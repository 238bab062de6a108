"""What a change on the player does to the sound itself: captured, where and how loud."""

import numpy as np
import pytest
from hearing import NEAR, SILENCE, listen
from playing import bounds, elapse, only, play, wait_until_received
from visiting import press

BEAT = 60 / 100  # s, of groove A
BAR = 4  # beats
NEAR_BEATS = NEAR / BEAT


def listen_to(page, name: str) -> None:
    page.get_by_role("group", name="Listen to").get_by_role("button", name=name, exact=True).click()


def off_grid(beats: np.ndarray, *places: float, length: float = BAR) -> float:
    """How far, at most, a beat is from the nearest of these places in the loop."""
    away = (beats[:, None] - np.array(places)[None] + length / 2) % length - length / 2
    return float(np.abs(away).min(axis=1).max())


def test_the_other_feel_is_heard_as_late_and_as_loud_as_the_pad_says(harness):
    press(harness, "Pattern and feel").click()
    press(harness, "Pattern A, feel B").click()
    wait_until_received(harness, position=0, feel=1)
    only(harness, "kick")
    play(harness)
    heard = listen(harness, 5.2)
    beats = heard.beats(harness)
    late = 1.25 / 16  # B lays back by that many steps
    assert len(beats) >= 3
    assert off_grid(beats, late, 2 + late) < NEAR_BEATS
    peaks = {0: [], 2: []}
    for beat, time in zip(beats, heard.onsets(), strict=True):
        peaks[round(beat - late) % BAR].append(heard.peak(time))
    assert np.mean(peaks[0]) / np.mean(peaks[2]) == pytest.approx((115 / 80) ** 2, rel=0.2)


def test_mute_takes_one_voice_out_of_the_sound_and_solo_leaves_one(harness):
    play(harness)
    harness.click("[aria-label='Mute kick']")
    harness.click("[aria-label='Mute snare']")
    elapse(harness, 0.6)  # what rang has died away
    heard = listen(harness, 2.6)
    assert off_grid(heard.beats(harness), 0, length=0.5) < NEAR_BEATS
    assert all(heard.leans_left(time) for time in heard.onsets()), "hi-hats stand on the left"
    assert len(heard.onsets()) >= 7
    harness.click("[aria-label='Mute hi-hat']")
    elapse(harness, 1.2)
    assert np.abs(listen(harness, 1.3).sound).max() < SILENCE, "all is muted"
    harness.click("[aria-label='Solo snare']")  # which goes before mute
    beats = listen(harness, 2.6).beats(harness)
    assert len(beats) >= 2
    assert off_grid(beats, 1, 3) < NEAR_BEATS


def test_a_family_is_turned_down_and_to_the_other_side_while_it_plays(harness):
    only(harness, "hi-hat")
    play(harness)
    heard = listen(harness, 1.3)
    before = np.mean([heard.peak(time) for time in heard.onsets()])
    assert all(heard.leans_left(time) for time in heard.onsets())
    press(harness, "Mixer").click()
    harness.get_by_label("Hats pan").fill("1")
    harness.get_by_label("Hats level").fill("-12")
    elapse(harness, 0.1)
    heard = listen(harness, 1.3)
    assert len(heard.onsets()) >= 3
    assert np.abs(heard.sound[:, 0]).max() < SILENCE, "all of it is on the right"
    after = np.mean([heard.peak(time) for time in heard.onsets()])
    kept = np.sin(1.3 * np.pi / 4)  # of the left side, where most of it was
    assert 10 ** (-12 / 20) * kept < after / before * 1.1 and after / before < 0.5
    assert harness.get_by_label("Hats pan").get_attribute("aria-valuetext") == "100% right"
    wait_until_received(harness, mix="{'hat': -12.0} {'hat': 1.0}")
    harness.get_by_label("Hats level").press("Escape")
    assert not harness.get_by_label("Hats level").is_visible()
    press(harness, "Mixer").click()
    press(harness, "Reset").click()
    wait_until_received(harness, mix="{} {}")


def test_the_metronome_clicks_higher_on_the_first_beat_and_falls_silent(harness):
    for voice in ("hi-hat", "snare", "kick", "ride"):
        harness.click(f"[aria-label='Mute {voice}']")
    only(harness, "ride")  # which A has not
    harness.click("[aria-label='Metronome']")
    play(harness)
    heard = listen(harness, 5.2)
    beats, times = heard.beats(harness), heard.onsets()
    assert len(beats) >= 7
    assert off_grid(beats, 0, length=1) < NEAR_BEATS
    peaks = {first: [] for first in (True, False)}
    for beat, time in zip(beats, times, strict=True):
        peaks[round(beat) % BAR == 0].append(heard.peak(time))
    assert min(peaks[True]) > 1.3 * max(peaks[False])
    harness.click("[aria-label='Metronome']")
    elapse(harness, 0.7)
    assert np.abs(listen(harness, 1.3).sound).max() < SILENCE


def test_a_count_in_is_four_clicks_and_then_the_groove_alone(harness):
    only(harness, "kick")
    harness.click("[aria-label='Count-in']")
    play_and_stop(harness)
    heard = listen(harness, 6.0, during=lambda: press(harness, "Play").click())
    beats = heard.beats(harness)
    assert np.abs(beats[:7] - (-4, -3, -2, -1, 0, 2, 4)[: len(beats)]).max() < NEAR_BEATS
    assert len(beats) >= 6


def play_and_stop(page) -> None:
    """Have the audio run, and silent."""
    press(page, "Play").click()
    page.wait_for_function("beatgen.state.contextState === 'running'")
    press(page, "Stop").click()
    elapse(page, 0.3)


def test_swing_is_heard_on_the_second_sixteenth_only(harness):
    harness.mouse.click(*bounds(harness, 4, "kick"))
    harness.get_by_label("Swing").fill("0.66")
    harness.get_by_label("Swing").dispatch_event("change")
    wait_until_received(harness, swing=0.66)
    only(harness, "kick")
    play(harness)
    beats = listen(harness, 5.4).beats(harness)
    places = (0, 0.33, 2, 4, 6)
    assert off_grid(beats, *places, length=2 * BAR) < NEAR_BEATS
    assert off_grid(np.array([0.33]), *(beats % (2 * BAR)), length=2 * BAR) < NEAR_BEATS


def test_a_change_of_tempo_is_heard_and_no_stroke_is_lost(harness):
    only(harness, "hi-hat")
    play(harness)

    def change() -> None:
        elapse(harness, 1.3)
        harness.get_by_label("Tempo in beats per minute").fill("150")
        harness.keyboard.press("Enter")

    heard = listen(harness, 4.0, during=change)
    gaps = np.diff(heard.onsets())
    assert gaps[0] == pytest.approx(0.3, abs=NEAR), "eighths at tempo 100"
    assert gaps[-1] == pytest.approx(0.2, abs=NEAR), "eighths at tempo 150"
    turn = np.flatnonzero(gaps < 0.3 - NEAR)[0]
    assert np.abs(gaps[:turn] - 0.3).max() < NEAR
    assert np.abs(gaps[turn + 1 :] - 0.2).max() < NEAR
    assert 0.2 - NEAR < gaps[turn] < 0.3 + NEAR, "the change falls within one eighth"


def test_a_locked_voice_sounds_on_where_the_other_groove_has_none(harness):
    only(harness, "hi-hat")  # which B has not
    harness.click("[aria-label='Lock hi-hat']")
    harness.wait_for_function("beatgen.state.lock?.voices.length === 1")
    press(harness, "All B").click()
    wait_until_received(harness, position=1)
    play(harness)
    beats = listen(harness, 2.4).beats(harness)
    assert len(beats) >= 8
    assert off_grid(beats, 0, length=0.5) < NEAR / 0.5  # B goes at tempo 120
    harness.click("[aria-label='Lock hi-hat']")
    elapse(harness, 0.7)
    assert np.abs(listen(harness, 1.2).sound).max() < SILENCE


def test_an_edited_hit_is_heard_once_in_the_loop_and_undo_takes_it_back(harness):
    harness.mouse.click(*bounds(harness, 20, "kick"))
    only(harness, "kick")
    play(harness)
    heard = listen(harness, 5.6)
    beats = heard.beats(harness)
    added = np.abs((beats % (2 * BAR)) - 1.25) < NEAR_BEATS
    assert off_grid(beats, 0, 1.25, 2, 4, 6, length=2 * BAR) < NEAR_BEATS
    assert added.any() and not added.all()
    peaks = [heard.peak(time) for time in heard.onsets()]
    soft = [peak for peak, beat in zip(peaks, beats, strict=True) if round(beat) % BAR == 2]
    louder = np.mean([peak for peak, new in zip(peaks, added, strict=True) if new]) / np.mean(soft)
    assert louder == pytest.approx((96 / 80) ** 2, rel=0.25), "velocity 96 against 80"
    harness.keyboard.press("z")
    elapse(harness, 0.6)
    assert off_grid(listen(harness, 5.0).beats(harness), 0, 2) < NEAR_BEATS


def test_switching_between_a_and_b_changes_the_drum_and_misses_no_stroke(harness):
    press(harness, "All B").click()
    wait_until_received(harness, position=1)
    listen_to(harness, "B")
    only(harness, "hi-hat", "ride")
    play(harness)

    def switch() -> None:
        for name in ("A", "B"):
            elapse(harness, 1.3)
            listen_to(harness, name)

    heard = listen(harness, 4.2, during=switch)
    times = heard.onsets()
    hats = np.array([heard.leans_left(time) for time in times])  # the ride is on the right
    gaps = np.diff(times)
    assert np.abs(np.minimum(abs(gaps - 0.3), abs(gaps - 0.25)))[hats[1:] == hats[:-1]].max() < NEAR
    assert ((gaps > 0.25 - NEAR) & (gaps < 0.3 + NEAR)).all(), "eighths all along"
    assert np.flatnonzero(np.diff(hats)).size == 2, "ride, then hi-hat, then ride"
    assert not hats[0] and hats.any() and not hats[-1]


def test_the_volume_is_heard(harness):
    only(harness, "kick")
    play(harness)
    levels = []
    for volume in (1, 0.5):
        harness.get_by_label("Volume").fill(str(volume))
        elapse(harness, 0.6)
        levels.append(listen(harness, 2 * BAR * BEAT).level)
    assert levels[1] / levels[0] == pytest.approx(0.5**2, rel=0.15), "as loud as its square"


def test_an_auditioned_closed_hat_damps_an_open_one(harness):
    press(harness, "Show all drums").click()

    def rings(*voices: str) -> float:
        def strike() -> None:
            for voice in voices:
                press(harness, f"Hear {voice}").click()
                elapse(harness, 0.15)

        elapse(harness, 1.5)  # what rang before has died away
        heard = listen(harness, 1.0, during=strike)
        tail = heard.sound[-int(0.6 * heard.rate) :]
        return float(np.sqrt((tail**2).mean()))

    press(harness, "Hear kick").click()  # opens the sound
    elapse(harness, 0.5)
    assert rings("open hat", "hi-hat") < 0.5 * rings("open hat")
