"""What the pages put into the player, captured as sound: takes, the shape sliders, the map."""

import io
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from hearing import LOOP, NEAR, REST, distance, listen, strike_times
from playing import elapse
from test_dragged import swung_step
from test_map import at, open_map
from visiting import (
    COUNT_SENT,
    changed,
    drawn,
    hits,
    hits_of,
    open_app,
    press,
    same,
    settled,
    shown,
    slider,
    take_button,
    title,
    titled,
    wall,
)

from beatgen.groove import Groove
from beatgen.kit import INDEX, NAMES
from beatgen.midi import scan_midi
from beatgen.midi.maps import drum_map

FIRM = 40  # velocity from which a stroke is sure to stand out
PLACES = ((0.45, 0.55), (0.3, 0.4), (0.6, 0.6), (0.5, 0.3))  # of the map; a bar may be all cymbals
CLEAR = (INDEX["kick"], INDEX["snare"])  # each sounds for itself; hi-hats damp one another


def struck(page) -> Counter:
    """How many firm strokes each voice has that sounds for itself."""
    hits = page.evaluate("beatgen.state.hits")
    return Counter(h["voice"] for h in hits if h["voice"] in CLEAR and h["velocity"] >= FIRM)


def heard_alone(page, seconds: float):
    """One voice of what sounds: captured sound of it alone, and its index."""
    voice = struck(page).most_common(1)[0][0]
    page.get_by_role("button", name=f"Solo {NAMES[voice]}", exact=True).click()
    elapse(page, 0.6)  # what rang of the others has died away
    return listen(page, seconds), voice


def apart(times: np.ndarray) -> np.ndarray:
    """Those that no other one comes before too soon to be told apart."""
    return times[np.diff(times, prepend=-np.inf) > 2 * REST]


def assert_sounds_as_shown(page, seconds: float) -> None:
    """Every firm stroke on the grid is heard in its place, and nothing is heard elsewhere."""
    heard, voice = heard_alone(page, seconds)
    shown, onsets = strike_times(page, heard, voice), heard.onsets()
    firm = np.intersect1d(apart(shown), strike_times(page, heard, voice, FIRM))
    inside = onsets[(onsets > heard.start + 0.1) & (onsets < heard.end - 0.1)]
    assert len(firm) and len(inside)
    assert distance(inside, strike_times(page, heard, voice, margin=-1.0)).max() < NEAR
    loud = firm[[heard.peak(time) > 0.05 for time in firm]]
    assert len(loud) and distance(loud, onsets).max() < NEAR


def test_a_take_is_heard_by_a_click_as_its_file_says(serve, open_page):
    page = open_app(serve, open_page, "vary")
    wall(page)
    take, _ = scan_midi(io.BytesIO(card_file(page, 3)[1]), name="take.mid")
    before = hits(page)
    take_button(page, 4).click()
    page.wait_for_function("beatgen.state.playing")
    changed(page, before)
    titled(page, "Take 4")
    settled(page)
    heard, voice = heard_alone(page, 5.5)
    beats = heard.beats(page) % LOOP
    written = beats_of(take, voice)
    assert len(beats)
    near = NEAR * take.tempo / 60 + 0.01  # a beat's worth of that, and a tick
    assert around_loop(beats, written).max() < near
    assert around_loop(firm_beats(take, voice), beats).max() < near


def test_a_take_is_heard_as_its_files_say_with_another_tempo_swing_pitches_and_a_lock(
    serve, open_page
):
    page = open_app(serve, open_page, "vary")
    wall(page)
    _, before = card_file(page, 3)
    for name in ("Lock kick", "MIDI options"):
        press(page, name).click()
    page.keyboard.press("Escape")
    for label, value in (("Swing", 0.62), ("Tempo in beats per minute", 91)):
        page.get_by_label(label).fill(str(value))
    page.keyboard.press("Enter")
    page.locator(".st-key-takeaway .facts", has_text="91 BPM").wait_for()
    settled(page)
    name, content = card_file(page, 3)
    take, report = scan_midi(io.BytesIO(content), name=name)
    assert name == "take-4-91.mid" and take.tempo == pytest.approx(91, rel=1e-4)
    assert report.pitches.keys() <= set(drum_map("gm").written)
    with page.expect_download() as waiting:
        page.locator(".st-key-all-takes a").first.click()
    with ZipFile(waiting.value.path()) as archive:
        zipped, _ = scan_midi(io.BytesIO(archive.read(name)), name=name)
    assert same(hits_of(zipped), hits_of(take))

    was = hits(page)
    take_button(page, 4).click()
    page.wait_for_function("beatgen.state.playing")
    changed(page, was)
    titled(page, "Take 4")
    settled(page)
    swung = [(swung_step(at, take.steps, 0.62), *rest) for at, *rest in shown(page)]
    for voice in ("kick", "snare"):
        assert same(*([hit for hit in all_ if hit[1] == voice] for all_ in (swung, hits_of(take))))
    old, _ = scan_midi(io.BytesIO(before), name=name)
    assert (old.velocity[..., INDEX["kick"]] != take.velocity[..., INDEX["kick"]]).any()
    heard, voice = heard_alone(page, 6.5)
    beats = heard.beats(page) % LOOP
    assert len(beats)
    near = NEAR * take.tempo / 60 + 0.01
    assert around_loop(beats, beats_of(take, voice)).max() < near
    assert around_loop(firm_beats(take, voice), beats).max() < near


def card_file(page, place: int) -> tuple[str, bytes]:
    """Name and content of what the MIDI button of a card gives."""
    with page.expect_download() as waiting:
        page.locator(".wall .card").nth(place).get_by_role("button", name="MIDI").click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def beats_of(groove: Groove, voice: int, least: float = 0.0) -> np.ndarray:
    """Beats from the groove's start at which a voice is struck harder than `least`, 0 to 1."""
    velocity = groove.velocity[..., voice]
    bar, step = np.nonzero(velocity > least)
    steps = bar * groove.steps + step + groove.timing[bar, step, voice]
    return steps * 4 / groove.steps


def firm_beats(groove: Groove, voice: int) -> np.ndarray:
    """Those of strokes that are sure to be heard: loud, and none shortly before."""
    beats = np.sort(beats_of(groove, voice))
    free = beats[np.diff(beats, prepend=beats[-1] - LOOP) > 0.4]
    return np.intersect1d(free, beats_of(groove, voice, 0.6))


def around_loop(beats: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far each is from the nearest of the others, in beats of an endless loop."""
    away = (beats[:, None] - others[None] + LOOP / 2) % LOOP - LOOP / 2
    return np.abs(away).min(axis=1)


def test_loudness_is_heard_while_it_is_turned_before_python_knows(serve, open_page):
    page = open_app(serve, open_page, "shape")
    loudness = slider(page, "Loudness")
    loudness.wait_for()
    settled(page)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("beatgen.state.beat > 0.1")
    bar = 4 * 60 / page.evaluate("beatgen.state.tempo")
    label = title(page)
    box = loudness.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.5 * box["width"], middle)
    page.mouse.down()
    page.evaluate(COUNT_SENT)
    level = {}
    for end, share in (("soft", 0.02), ("loud", 0.98)):
        before = hits(page)
        page.mouse.move(box["x"] + share * box["width"], middle, steps=5)
        changed(page, before)
        drawn(page)
        elapse(page, 0.5)
        level[end] = listen(page, bar).level
    assert page.evaluate("sent") == 0, "not let go yet"
    assert title(page) == f"{label}, shaped"
    page.mouse.up()
    assert level["loud"] > 1.5 * level["soft"] > 0


def test_a_place_on_the_map_is_heard_as_the_grid_shows_it(serve, open_page):
    page = open_map(serve, open_page)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("beatgen.state.beat > 0.1")
    for place in PLACES:
        before = hits(page)
        page.mouse.move(*at(page, *place))
        page.mouse.click(*at(page, *place))
        changed(page, before)
        settled(page)
        if struck(page):
            break
    elapse(page, 0.5)
    assert_sounds_as_shown(page, 5.0)
