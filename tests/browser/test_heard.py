"""What a change on the player does to the sound itself: captured, where and how loud."""

import numpy as np
import pytest
from hearing import NEAR, SILENCE, listen
from playing import bounds, elapse, only, play, wait_until_told
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


def test_the_other_feel_is_heard_as_late_and_as_loud_as_the_pad_says(page):
    press(page, "Apart").click()
    press(page, "A's pattern, B's feel").click()
    wait_until_told(page, position=0, feel=1)
    only(page, "kick")
    play(page)
    heard = listen(page, 5.2)
    beats = heard.beats(page)
    late = 1.25 / 16  # B lays back by that many steps
    assert len(beats) >= 3
    assert off_grid(beats, late, 2 + late) < NEAR_BEATS
    peaks = {0: [], 2: []}
    for beat, time in zip(beats, heard.onsets(), strict=True):
        peaks[round(beat - late) % BAR].append(heard.peak(time))
    assert np.mean(peaks[0]) / np.mean(peaks[2]) == pytest.approx((115 / 80) ** 2, rel=0.2)


def test_mute_takes_one_voice_out_of_the_sound_and_solo_leaves_one(page):
    play(page)
    page.click("[aria-label='Mute kick']")
    page.click("[aria-label='Mute snare']")
    elapse(page, 0.6)  # what rang has died away
    heard = listen(page, 2.6)
    assert off_grid(heard.beats(page), 0, length=0.5) < NEAR_BEATS
    assert all(heard.leans_left(time) for time in heard.onsets()), "hi-hats stand on the left"
    assert len(heard.onsets()) >= 7
    page.click("[aria-label='Solo snare']")  # which goes before mute
    elapse(page, 0.6)
    beats = listen(page, 2.6).beats(page)
    assert len(beats) >= 2
    assert off_grid(beats, 1, 3) < NEAR_BEATS


def test_the_metronome_clicks_higher_on_the_first_beat_and_falls_silent(page):
    only(page, "ride")  # which A has not
    page.click("[aria-label='Metronome']")
    play(page)
    heard = listen(page, 5.2)
    beats, times = heard.beats(page), heard.onsets()
    assert len(beats) >= 7
    assert off_grid(beats, 0, length=1) < NEAR_BEATS
    peaks = {first: [] for first in (True, False)}
    for beat, time in zip(beats, times, strict=True):
        peaks[round(beat) % BAR == 0].append(heard.peak(time))
    assert min(peaks[True]) > 1.3 * max(peaks[False])
    page.click("[aria-label='Metronome']")
    elapse(page, 0.7)
    assert np.abs(listen(page, 1.3).sound).max() < SILENCE


def test_a_count_in_is_four_clicks_and_then_the_groove_alone(page):
    only(page, "kick")
    page.click("[aria-label='Count-in']")
    play_and_stop(page)
    heard = listen(page, 6.0, during=lambda: press(page, "Play").click())
    beats = heard.beats(page)
    assert np.abs(beats[:7] - (-4, -3, -2, -1, 0, 2, 4)[: len(beats)]).max() < NEAR_BEATS
    assert len(beats) >= 6


def play_and_stop(page) -> None:
    """Have the audio run, and silent."""
    press(page, "Play").click()
    page.wait_for_function("beatgen.state.contextState === 'running'")
    press(page, "Stop").click()
    elapse(page, 0.3)


def test_swing_is_heard_on_the_second_sixteenth_only(page):
    page.mouse.click(*bounds(page, 4, "kick"))
    page.get_by_label("Swing").fill("0.66")
    page.get_by_label("Swing").dispatch_event("change")
    wait_until_told(page, swing=0.66)
    only(page, "kick")
    play(page)
    beats = listen(page, 5.4).beats(page)
    places = (0, 0.33, 2, 4, 6)
    assert off_grid(beats, *places, length=2 * BAR) < NEAR_BEATS
    assert off_grid(np.array([0.33]), *(beats % (2 * BAR)), length=2 * BAR) < NEAR_BEATS


def test_a_change_of_tempo_is_heard_and_no_stroke_is_lost(page):
    only(page, "hi-hat")
    play(page)

    def change() -> None:
        elapse(page, 1.3)
        page.get_by_label("Tempo in beats per minute").fill("150")
        page.keyboard.press("Enter")

    heard = listen(page, 4.0, during=change)
    gaps = np.diff(heard.onsets())
    assert gaps[0] == pytest.approx(0.3, abs=NEAR), "eighths at tempo 100"
    assert gaps[-1] == pytest.approx(0.2, abs=NEAR), "eighths at tempo 150"
    turn = np.flatnonzero(gaps < 0.3 - NEAR)[0]
    assert np.abs(gaps[:turn] - 0.3).max() < NEAR
    assert np.abs(gaps[turn + 1 :] - 0.2).max() < NEAR
    assert 0.2 - NEAR < gaps[turn] < 0.3 + NEAR, "the change falls within one eighth"


def test_a_locked_voice_sounds_on_where_the_other_groove_has_none(page):
    only(page, "hi-hat")  # which B has not
    page.click("[aria-label='Lock hi-hat']")
    page.wait_for_function("beatgen.state.lock?.voices.length === 1")
    press(page, "All B").click()
    wait_until_told(page, position=1)
    play(page)
    beats = listen(page, 2.4).beats(page)
    assert len(beats) >= 8
    assert off_grid(beats, 0, length=0.5) < NEAR / 0.5  # B goes at tempo 120
    page.click("[aria-label='Lock hi-hat']")
    elapse(page, 0.7)
    assert np.abs(listen(page, 1.2).sound).max() < SILENCE


def test_an_edited_hit_is_heard_once_in_the_loop_and_undo_takes_it_back(page):
    page.mouse.click(*bounds(page, 20, "kick"))
    only(page, "kick")
    play(page)
    heard = listen(page, 5.6)
    beats = heard.beats(page)
    added = np.abs((beats % (2 * BAR)) - 1.25) < NEAR_BEATS
    assert off_grid(beats, 0, 1.25, 2, 4, 6, length=2 * BAR) < NEAR_BEATS
    assert added.any() and not added.all()
    peaks = [heard.peak(time) for time in heard.onsets()]
    soft = [peak for peak, beat in zip(peaks, beats, strict=True) if round(beat) % BAR == 2]
    louder = np.mean([peak for peak, new in zip(peaks, added, strict=True) if new]) / np.mean(soft)
    assert louder == pytest.approx((96 / 80) ** 2, rel=0.25), "velocity 96 against 80"
    page.keyboard.press("z")
    elapse(page, 0.6)
    assert off_grid(listen(page, 5.0).beats(page), 0, 2) < NEAR_BEATS


def test_switching_between_a_and_b_changes_the_drum_and_misses_no_stroke(page):
    press(page, "All B").click()
    wait_until_told(page, position=1)
    listen_to(page, "B")
    only(page, "hi-hat", "ride")
    play(page)

    def switch() -> None:
        for name in ("A", "B"):
            elapse(page, 1.3)
            listen_to(page, name)

    heard = listen(page, 4.2, during=switch)
    times = heard.onsets()
    hats = np.array([heard.leans_left(time) for time in times])  # the ride is on the right
    gaps = np.diff(times)
    assert np.abs(np.minimum(abs(gaps - 0.3), abs(gaps - 0.25)))[hats[1:] == hats[:-1]].max() < NEAR
    assert ((gaps > 0.25 - NEAR) & (gaps < 0.3 + NEAR)).all(), "eighths all along"
    assert np.flatnonzero(np.diff(hats)).size == 2, "ride, then hi-hat, then ride"
    assert not hats[0] and hats.any() and not hats[-1]


def test_the_volume_is_heard(page):
    only(page, "kick")
    play(page)
    levels = []
    for volume in (1, 0.5):
        page.get_by_label("Volume").fill(str(volume))
        elapse(page, 0.6)
        levels.append(listen(page, 2 * BAR * BEAT).level)
    assert levels[1] / levels[0] == pytest.approx(0.5**2, rel=0.15), "as loud as its square"


def test_an_auditioned_closed_hat_damps_an_open_one(page):
    press(page, "All voices of the kit").click()

    def rings(*voices: str) -> float:
        def strike() -> None:
            for voice in voices:
                press(page, f"Hear {voice}").click()
                elapse(page, 0.15)

        elapse(page, 1.5)  # what rang before has died away
        heard = listen(page, 1.0, during=strike)
        tail = heard.sound[-int(0.6 * heard.rate) :]
        return float(np.sqrt((tail**2).mean()))

    press(page, "Hear kick").click()  # opens the sound
    elapse(page, 0.5)
    assert rings("open hat", "hi-hat") < 0.5 * rings("open hat")
