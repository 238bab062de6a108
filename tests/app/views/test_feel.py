"""Humanize on the Shape page, driven without a browser."""

import numpy as np
import pytest
from drive import act, choose, click, go, now, player_sends, run, text

import beatgen as bg
from app import engine
from beatgen.kit import VOICES_OF_FAMILY


def opened(page):
    """The panel on the Shape page, opened."""
    go(page, "shape")
    page.session_state["feel"] = page.session_state["feel-families"] = True
    return run(page)


@pytest.fixture
def panel(apptest):
    return opened(apptest)


def keep(page, on: bool):
    (toggle,) = [each for each in page.toggle if each.key == "feel-keep"]
    toggle.set_value(on)
    return run(page)


def value(page, key: str) -> int:
    (slider,) = [each for each in page.slider if each.key == key]
    return slider.value


def moved(before, after, family: str) -> bool:
    voices = VOICES_OF_FAMILY[family]
    return not np.array_equal(before.timing[:, :, voices], after.timing[:, :, voices])


def test_timing_and_velocity_are_turned_apart_and_side_by_side_with_what_was(panel):
    before, name = now(panel).heard, now(panel).title
    assert "<table" not in text(panel)
    choose(panel, "feel-timing-all", 60)
    after = now(panel).heard
    assert now(panel).title == f"{name}, humanized"
    assert after == engine.model().humanize(before, 0, timing=0.6, velocity=0, keep_accents=True)
    assert moved(before, after, "hat") and after.velocity.sum() == before.velocity.sum()
    number = now(panel).take.number
    choose(panel, "feel-velocity-all", 40)
    both = now(panel).heard
    assert both == engine.model().humanize(before, 0, timing=0.6, velocity=0.4, keep_accents=True)
    assert now(panel).take.number == number, "it is the same take"
    assert now(panel).title == f"{name}, humanized"
    hat = next(each for each in bg.compare(before, both) if each.voice == "hi-hat")
    shown = text(panel)
    loud = [f"{of.velocity:.0f}, {of.softest}–{of.loudest}" for of in (hat.before, hat.after)]
    assert 'scope="row">hi-hat' in shown and all(f"<td>{cell}</td>" in shown for cell in loud)


def test_a_family_is_turned_alone_and_all_are_turned_at_once(panel):
    before = now(panel).heard
    choose(panel, "feel-timing-hat", 100)
    after = now(panel).heard
    assert moved(before, after, "hat") and not moved(before, after, "kick")
    assert (value(panel, "feel-timing-hat"), value(panel, "feel-timing-kick")) == (100, 0)
    choose(panel, "feel-timing-all", 50)
    assert moved(before, now(panel).heard, "kick")
    assert value(panel, "feel-timing-hat") == 50


def test_accents_another_feel_and_whose_it_is(panel):
    before = now(panel).heard
    choose(panel, "feel-like", "jazz")
    assert now(panel).take is None, "nothing was turned yet"
    choose(panel, "feel-velocity-all", 100)
    how = {"timing": 0, "velocity": 1, "like": "jazz"}
    humanize = engine.model().humanize
    assert now(panel).heard == humanize(before, 0, keep_accents=True, **how)
    click(panel, "feel-another")
    assert now(panel).heard == humanize(before, 1, keep_accents=True, **how)
    keep(panel, False)
    assert now(panel).heard == humanize(before, 1, keep_accents=False, **how)
    choose(panel, "feel-like", "b")
    how["like"] = now(panel).b.groove
    assert now(panel).heard == humanize(before, 1, keep_accents=False, **how)


def test_the_sliders_are_those_of_what_sounds(panel):
    choose(panel, "feel-timing-all", 60)
    humanized = now(panel).take
    click(panel, "back")
    assert now(panel).take is None and value(panel, "feel-timing-all") == 0
    assert panel.button(key="feel-another").disabled
    now(panel).play(humanized)  # as undo does
    run(panel)
    assert value(panel, "feel-timing-all") == 60
    go(panel, "vary")
    take = now(panel).takes[0]
    act(panel, "play", take)
    opened(panel)
    choose(panel, "feel-timing-all", 30)
    assert now(panel).take.feeling.before == take.groove
    assert now(panel).take.number != take.number and take in now(panel).takes


def test_what_is_listened_to_is_humanized(panel):
    ids = {"path": None}
    player_sends(panel, position=0.0, **ids)
    choose(panel, "feel-timing-all", 60)
    assert now(panel).take.feeling.before == now(panel).a.groove
    assert now(panel).take.name == "A, humanized"
