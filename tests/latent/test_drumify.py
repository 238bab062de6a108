"""Drums for a tapped rhythm, on the shipped weights."""

from dataclasses import replace

import numpy as np
import pytest

import beatgen as bg
from beatgen.bars.taps import Tap
from beatgen.errors import BeatGenError, ModelError
from beatgen.kit import EVERY, INDEX
from beatgen.latent.codec import strikes_of
from beatgen.latent.drumify import Drummer, decide, rhythm_of, tap_vote
from beatgen.latent.vae import Vae

TAP = "clap |X--x--X-X--x-x--|X--x--X-X-x-x---|"


def struck(groove: bg.Groove) -> np.ndarray:
    """In which sixteenths anything sounds, bool (bars, 16)."""
    return np.any(strikes_of(groove).count > 0, axis=2)


def test_the_drums_follow_the_tap(vae: Vae) -> None:
    tap = bg.Groove.from_tab(TAP, tempo=96)
    drums = vae.drumify(tap)
    assert (drums.bars, drums.tempo, drums.extras) == (2, 96, ())
    tapped = rhythm_of(tap).struck
    assert struck(drums)[tapped].all() and struck(drums)[~tapped].mean() < 0.5
    assert drums == vae.drumify(tap) and drums != vae.drumify(tap, seed=1)
    assert vae.drumify(tap, seed=1) == vae.drumify(tap, seed=1) != vae.drumify(tap, seed=2)
    families = {EVERY[i].family for i in np.flatnonzero(drums.velocity.any((0, 1)))}
    assert {"kick", "snare"} < families


def test_it_can_be_busier_and_of_a_style(vae: Vae) -> None:
    tap = bg.Groove.from_tab(TAP, tempo=96)
    hits = [np.count_nonzero(vae.drumify(tap, busy).velocity) for busy in (0, 0.25, 0.5, 0.75, 1)]
    assert hits == sorted(hits) and hits[-1] > 2 * hits[0]
    rock, jazz = (vae.drumify(tap, style=style) for style in ("rock", "Jazz"))
    assert rock != jazz != vae.drumify(tap)
    assert vae.drumify(tap, style="hip-hop") == vae.drumify(tap, style="hiphop")


def offset_of(groove: bg.Groove) -> float:
    """The mean distance of the hits from their sixteenths, in sixteenths."""
    heard = rhythm_of(groove)
    return float(heard.offset[heard.struck].mean())


def test_its_timing_and_its_accents_are_the_taps(vae: Vae) -> None:
    tap = bg.Groove.from_tab(TAP, tempo=96)
    late = replace(tap, timing=np.where(tap.velocity > 0, 0.9, 0))
    early = replace(tap, timing=np.where(tap.velocity > 0, -0.9, 0))
    means = [offset_of(vae.drumify(rhythm)) for rhythm in (early, tap, late)]
    assert means[0] < -0.08 < 0.08 < means[2] and abs(means[1]) < 0.05  # sixteenths
    played = strikes_of(vae.drumify(tap)).velocity.max((2, 3))
    tapped = rhythm_of(tap)
    loud, soft = tapped.velocity > 0.8, (tapped.velocity > 0) & (tapped.velocity < 0.8)
    assert played[loud].mean() > played[soft].mean() + 0.05


def test_all_voices_are_the_tap(vae: Vae) -> None:
    """The loudest hit of each sixteenth, of percussion and of notes of no drum, too."""
    tap = bg.Groove.from_tab("note 95 |x---|\nclap |--X-|\nkick |--o-|", tempo=100)
    same = bg.Groove.from_tab("snare |x-X-|", tempo=100)
    assert vae.drumify(tap) == vae.drumify(same)


def test_any_meter_is_drummed(vae: Vae) -> None:
    waltz = vae.drumify(bg.Groove.from_tab("meter: 3/4\nclap |X---x-x-x---|", tempo=150))
    assert str(waltz.meter) == "3/4" and struck_at(waltz, 0)
    long = vae.drumify(bg.Groove.from_tab("meter: 5/4\nclap |X---x---x-x-x---x---|", tempo=150))
    assert str(long.meter) == "5/4" and struck_at(long, 0) and struck_at(long, 64)


def struck_at(groove: bg.Groove, step: int) -> bool:
    return bool(groove.velocity[0, step].any())


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"busy": 2}, "busy is 2; expected 0 to 1"),
        ({"style": "polka"}, "no style 'polka'; expected one of rock, latin"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_cannot_be_is_refused(vae: Vae, how: dict, sentence: str) -> None:
    with pytest.raises(BeatGenError, match=sentence):
        vae.drumify(bg.Groove.from_tab(TAP), **how)
    with pytest.raises(BeatGenError, match="nothing is tapped"):
        vae.drumify(bg.Groove.from_tab("kick |----|"))


def test_weights_without_it_say_so(tmp_path) -> None:
    with pytest.raises(ModelError, match="nothing there that makes drums of a tapped rhythm"):
        Drummer(tmp_path)
    with pytest.raises(ModelError, match="nothing there"):
        bg.load_model("bar-16").drumify(bg.Groove.from_tab(TAP))


def test_the_neighbours_vote_by_rhythm_accents_and_timing() -> None:
    """Two bars of one rhythm: the one with the same accents counts, or the one that is as late."""
    velocity = np.zeros((2, 16))
    velocity[:, [0, 4]] = [[1, 0.4], [0.4, 1]]
    known = Tap(velocity, np.zeros((2, 16)))
    struck = np.zeros((2, 16, 9), bool)
    struck[0, 0, 0] = struck[1, 0, 1] = True
    asked = Tap(velocity[:1] * 0.95, np.zeros((1, 16)))
    votes = tap_vote(asked, known, struck)
    assert votes[0, 0, 0] > 0.95 > 0.05 > votes[0, 0, 1]
    even = Tap(np.where(velocity[:1] > 0, 0.7, 0), np.zeros((1, 16)))
    assert tap_vote(even, known, struck)[0, 0, :2].tolist() == pytest.approx([0.5, 0.5])


def test_how_many_are_struck() -> None:
    probability = np.zeros((1, 16, 9))
    probability[0, 0, :4] = 0.9, 0.6, 0.5, 0.2
    probability[0, 5, INDEX["kick"]] = 0.1
    tapped = np.zeros((1, 16), bool)
    tapped[0, 5] = True
    counts = [decide(probability, tapped, 0.45, busy).sum() for busy in (0, 0.5, 1)]
    assert counts == [2 + 1, 3 + 1, 6]
    assert decide(probability, tapped, 0.45)[0, 5].tolist() == [True, *[False] * 8]
