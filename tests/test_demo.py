"""The demo grooves: all of them load, differ, keep their tab and sound played."""

import itertools

import numpy as np
import pytest

from beatgen import assets, demo
from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.kit import INDEX

NAMES = demo.names()


def write_demo(folder, monkeypatch, text):
    (folder / "mine.tab").write_text(text, encoding="utf-8")
    monkeypatch.setattr(demo, "names", lambda: ["mine"])
    monkeypatch.setattr(assets, "path", lambda name: folder / "mine.tab")
    return demo.load("mine")


def milliseconds(groove):
    """Where each hit is played, in ms from the first bar line, by voice."""
    bars, steps, voices = np.nonzero(groove.velocity)
    at = bars * groove.steps + steps + groove.timing[bars, steps, voices]
    return {
        int(voice): np.sort(at[voices == voice]) * groove.step_seconds * 1000
        for voice in np.unique(voices)
    }


def test_there_are_eight_demos_of_seven_styles_at_least():
    assert len(NAMES) >= 8
    assert len({demo.read(name).style for name in NAMES}) >= 7


@pytest.mark.parametrize("name", NAMES)
def test_a_demo_is_bars_at_its_tempo_with_the_hits_of_its_tab(name):
    sheet, groove = demo.read(name), demo.load(name)
    written = Groove.from_tab(sheet.tab)
    assert groove.tempo == sheet.tempo
    assert groove.bars == written.bars in (1, 2, 4)
    np.testing.assert_array_equal(
        (groove.velocity > 0).sum(axis=1), (written.velocity > 0).sum(axis=1)
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_demo_survives_as_tab(name):
    groove = demo.load(name)
    again = Groove.from_tab(str(groove), groove.tempo)
    np.testing.assert_array_equal(again.velocity > 0, groove.velocity > 0)


@pytest.mark.parametrize("name", NAMES)
def test_a_demo_sounds_played_not_programmed(name):
    groove = demo.load(name)
    struck = groove.velocity > 0
    assert len(np.unique(groove.velocity[struck])) >= 10
    assert np.unique(groove.timing[struck]).size > struck.sum() / 2
    assert np.abs(groove.timing[:, 1:]).max() <= 0.5


def test_demos_differ_from_each_other():
    grooves = [demo.load(name).repeat(4).velocity > 0 for name in NAMES]
    for one, other in itertools.combinations(grooves, 2):
        assert 2 * (one & other).sum() / (one.sum() + other.sum()) < 0.8


def test_a_demo_is_the_same_groove_every_time():
    assert demo.load("funk") == demo.load("funk")


@pytest.mark.parametrize("name", NAMES)
def test_accents_are_louder_than_hits_and_those_than_ghosts(name):
    sheet, groove = demo.read(name), demo.load(name)
    written = Groove.from_tab(sheet.tab)
    for voice in np.unique(np.nonzero(written.velocity)[2]):
        asked, played = written.velocity[..., voice], groove.velocity[..., voice]
        asked, played = asked[asked > 0], played[played > 0]  # both in the order of time
        means = [played[asked == level].mean() for level in np.unique(asked)]
        assert all(np.diff(means) > 0)


HEAD = "style: test\ntempo: 120\n"


def test_swing_lateness_and_levels_are_played_as_written(tmp_path, monkeypatch):
    head = HEAD + "swing: 66 eighths\nlate: snare 10, tom 1 -5\nlevels: tom 1 50 70 100\n\n"
    tab = "hi-hat |xxx-------------|\nsnare |----o-----------|\ntom 1 |--------gOo-----|"
    groove = write_demo(tmp_path, monkeypatch, head + tab)
    played = milliseconds(groove)
    np.testing.assert_allclose(played[INDEX["hi-hat"]], [0, 165, 330], atol=0.1)  # triplets
    np.testing.assert_allclose(played[INDEX["snare"]], [510], atol=0.1)
    np.testing.assert_allclose(played[INDEX["tom 1"]], [995, 1160, 1325], atol=0.1)
    toms = groove.velocity[0, :, INDEX["tom 1"]]
    np.testing.assert_allclose(toms[toms > 0] * 127, [50, 100, 70], atol=1e-3)


def test_without_directions_a_demo_is_its_tab(tmp_path, monkeypatch):
    tab = "snare |----O--g--------|\nkick |o---------oo----|"
    groove = write_demo(tmp_path, monkeypatch, HEAD + "\n" + tab)
    assert groove == Groove.from_tab(tab, 120)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("style: a\nspeed: 100\n\nkick |o---|", r"mine\.tab: 'speed: 100' found.*one of style"),
        ("style: a\ntempo: fast\n\nkick |o---|", r"mine\.tab: 'tempo: fast' found"),
        ("style: a\n\nkick |o---|", r"mine\.tab: style or tempo is missing"),
        (HEAD + "late: gong 4\n\nkick |o---|", r"'late: gong 4' found"),
        (HEAD + "swing: 66\n\nkick |o---|", r"'swing: 66' found"),
        (HEAD + "\ngong |o---|", "unknown voice 'gong'"),
    ],
)
def test_a_demo_file_that_is_wrong_is_explained(text, message, tmp_path, monkeypatch):
    with pytest.raises(BeatGenError, match=message):
        write_demo(tmp_path, monkeypatch, text)


def test_an_unknown_demo_is_explained():
    with pytest.raises(BeatGenError, match=r"no demo groove 'polka'; one of afrobeat, "):
        demo.load("polka")
