"""Humanizing a groove and finishing a beat, on the shipped weights."""

from itertools import pairwise

import numpy as np
import pytest
from compare import distance, pattern

import beatgen as bg
from beatgen.errors import BeatGenError
from beatgen.kit import INDEX, VOICES
from beatgen.latent.vae import Vae


def stiff(groove: bg.Groove) -> bg.Groove:
    """The same hits, all equally loud and on the line."""
    velocity = np.where(groove.velocity > 0, np.float32(80 / 127), 0)
    return bg.Groove(velocity, np.zeros_like(velocity), groove.tempo)


def test_humanizing_keeps_the_pattern_and_gives_it_a_feel(vae: Vae, funk: bg.Groove) -> None:
    played = vae.humanize(stiff(funk), seed=3)
    assert np.array_equal(pattern(played), pattern(funk)) and played.tempo == funk.tempo
    struck = played.velocity > 0
    assert played.velocity[struck].std() > 0.05 and np.abs(played.timing[struck]).mean() > 0.02
    assert played == vae.humanize(stiff(funk), seed=3)
    assert played != vae.humanize(stiff(funk), seed=4)


def test_humanizing_does_not_look_at_the_feel(vae: Vae, funk: bg.Groove) -> None:
    assert vae.humanize(funk, seed=1) == vae.humanize(stiff(funk), seed=1)


def test_without_spread_every_seed_gives_the_average_feel(vae: Vae, funk: bg.Groove) -> None:
    assert vae.humanize(funk, seed=1, spread=0) == vae.humanize(funk, seed=2, spread=0)
    with pytest.raises(BeatGenError, match="spread is 2"):
        vae.humanize(funk, spread=2)
    with pytest.raises(BeatGenError, match="seed is -1"):
        vae.humanize(funk, seed=-1)


def test_the_bars_of_one_humanized_groove_are_played_by_one_drummer(
    vae: Vae, funk: bg.Groove
) -> None:
    """The same bar twice is played more alike than by two drummers, but not the same."""
    twice = funk[0].repeat(2)
    pairs = [vae.humanize(twice, seed=s) for s in range(8)]
    within = [distance(pair[0], pair[1]) for pair in pairs]
    between = [distance(one[0], two[0]) for one, two in pairwise(pairs)]
    assert 0 < np.mean(within) < 0.85 * np.mean(between)


def hidden(groove: bg.Groove, family: str) -> np.ndarray:
    chosen = [voice.family == family for voice in VOICES]
    return np.broadcast_to(chosen, (groove.bars, 16, len(VOICES)))


def test_hidden_may_be_numbers_or_a_list(vae: Vae, funk: bg.Groove) -> None:
    mask = hidden(funk, "kick")
    finished = vae.complete(funk, mask)
    assert vae.complete(funk, mask.astype(int)) == vae.complete(funk, mask.tolist()) == finished


def test_a_beat_is_finished_and_what_was_there_stays(vae: Vae, funk: bg.Groove) -> None:
    kick = hidden(funk, "kick")[0, 0]
    silenced = bg.Groove(
        np.where(kick, 0, funk.velocity), np.where(kick, 0, funk.timing), funk.tempo
    )
    whole = vae.complete(silenced, hidden(funk, "kick"))
    assert np.array_equal(whole.velocity[..., ~kick], funk.velocity[..., ~kick])
    assert np.array_equal(whole.timing[..., ~kick], funk.timing[..., ~kick])
    proposed = pattern(whole)[..., kick]
    assert proposed[:, 0].all() and 2 <= proposed.sum() <= 16  # a kick on the downbeats


def test_with_nothing_hidden_it_is_the_groove(vae: Vae, random_groove) -> None:
    """Hits that share a place, and grace notes before the next bar's downbeat, stay to the bit."""
    groove = random_groove(7, bars=3, density=0.1)
    assert vae.complete(groove, np.zeros((3, 16, len(VOICES)), bool)) == groove


def test_a_grace_note_stays_where_it_is_when_a_groove_begins_to_change(
    vae: Vae, funk: bg.Groove
) -> None:
    velocity = funk.velocity.copy()
    velocity[0, 60:] = velocity[1, :2] = 0
    velocity[0, 62, INDEX["snare"]], velocity[1, 0, INDEX["snare"]] = 0.4, 0.9
    groove = bg.Groove(velocity, None, funk.tempo)
    changing = [vae.nudge(groove, [1e-6]), vae.blend(groove, funk, 1e-4)]
    for near in changing:
        struck = near.velocity[:, [0, 62], INDEX["snare"]] > 0
        assert struck.tolist() == [[False, True], [True, False]]


def test_hidden_hits_are_not_used(vae: Vae, funk: bg.Groove) -> None:
    busier = funk.velocity.copy()
    busier[:, [4, 12], INDEX["kick"]] = 0.6
    other = bg.Groove(busier, funk.timing, funk.tempo)
    assert other != funk
    one, two = (vae.complete(groove, hidden(funk, "kick")) for groove in (funk, other))
    assert one == two
    with pytest.raises(BeatGenError, match=r"expected \(2, 16, 22\)"):
        vae.complete(funk, np.zeros((1, 16, 22), bool))


def test_hats_alone_are_found_on_the_voices_of_the_kit(vae: Vae, funk: bg.Groove) -> None:
    """The other hats are silent, but that is no sign that there are none."""
    hats = [INDEX[name] for name in ("hat pedal", "hi-hat", "hi-hat edge")]
    mask = np.zeros((funk.bars, 16, len(VOICES)), bool)
    mask[..., hats] = True
    bare = funk.velocity.copy()
    bare[..., hats] = 0
    for asked in (mask, mask & (np.arange(len(VOICES)) == INDEX["hi-hat"])):
        found = pattern(vae.complete(bg.Groove(bare, None, funk.tempo), asked))
        assert (found[..., hats].any(-1).sum(1) >= 4).all()
        assert not found[..., INDEX["hi-hat edge"]].any(), "no General MIDI kit has it"
    bare[0, 0, INDEX["open hat edge"]] = 0.8  # an electronic kit, which has the edge
    found = pattern(vae.complete(bg.Groove(bare, None, funk.tempo), mask))
    assert (found[..., hats].any(-1).sum(1) >= 4).all()
