"""The ways of playing, on the shipped weights."""

import re
import subprocess
import sys
import threading
from itertools import pairwise

import numpy as np
import pytest

import beatgen as bg
from beatgen import demo
from beatgen.attributes import ATTRIBUTES
from beatgen.decoded import Decoded, family_hits, pattern_of, pattern_of_size
from beatgen.errors import BeatGenError
from beatgen.kit import VOICES
from beatgen.latent import Vae
from beatgen.strikes import to_strikes

FUNK = """
hi-hat  |x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|
snare   |----O--g-g--O---|----O--g-g--O--g|
kick    |o-o---o---o-----|o-o---o---o--o--|
"""
ROCK = """
crash 1 |X---------------|
ride    |x-x-x-x-x-x-x-x-|
snare   |----O-------O---|
kick    |o-------o-o-----|
"""


@pytest.fixture(scope="module")
def vae() -> Vae:
    return bg.load_model()


@pytest.fixture
def funk() -> bg.Groove:
    return bg.Groove.from_tab(FUNK, tempo=96)


@pytest.fixture
def rock() -> bg.Groove:
    return bg.Groove.from_tab(ROCK, tempo=120)


def pattern(groove: bg.Groove) -> np.ndarray:
    """Strikes per sixteenth and voice."""
    return to_strikes(groove.velocity, groove.timing).count


def distance(a: bg.Groove, b: bg.Groove) -> float:
    return float(np.abs(a.velocity - b.velocity).sum())


def test_a_bar_has_a_place_in_latent_space(vae: Vae, funk: bg.Groove) -> None:
    z = vae.encode(funk)
    assert z.shape == (2, vae.latent_dim)
    assert z.dtype == np.float32
    assert np.array_equal(z, vae.encode(funk))
    assert np.allclose(z[1:], vae.encode(funk[1]), atol=1e-4)  # bars do not know of each other


def test_a_plain_beat_comes_back_hit_for_hit(vae: Vae, funk: bg.Groove, rock: bg.Groove) -> None:
    for groove in (funk, rock):
        back = vae.reconstruct(groove)
        assert back.tempo == groove.tempo
        assert np.array_equal(back.velocity > 0, groove.velocity > 0)
        struck = groove.velocity > 0
        error = np.abs(back.velocity - groove.velocity)[struck]
        assert error.mean() < 0.08
        assert np.median(error) < 0.02  # a crash among even tab velocities is the odd one out
        assert np.abs(back.timing - groove.timing).max() < 0.25


def test_decode_wants_z_of_the_right_shape(vae: Vae) -> None:
    assert vae.decode(np.zeros(vae.latent_dim), tempo=77).tempo == 77
    with pytest.raises(BeatGenError, match=re.escape(f"(bars, {vae.latent_dim})")):
        vae.decode(np.zeros((2, 3)))


def test_a_blend_starts_and_ends_with_the_grooves_themselves(
    vae: Vae, funk: bg.Groove, rock: bg.Groove
) -> None:
    assert vae.blend(funk, rock, 0) == funk
    assert vae.blend(funk, rock, 1) == rock.repeat(2)
    path = vae.blend_path(funk, rock, 9)
    assert path[0] == funk
    assert path[-1] == rock.repeat(2)
    assert path[4].tempo == pytest.approx(108)
    assert path[2] == vae.blend(funk, rock, 0.25)


def test_a_blend_moves_without_jumps(vae: Vae, funk: bg.Groove, rock: bg.Groove) -> None:
    path = vae.blend_path(funk, rock, 33)
    whole = distance(path[0], path[-1])
    steps = [distance(a, b) for a, b in pairwise(path)]
    assert max(steps) < whole / 2
    from_funk = [distance(path[0], frame) for frame in path]
    to_rock = [distance(path[-1], frame) for frame in path]
    assert from_funk[4] < from_funk[16] < from_funk[28]
    assert to_rock[4] > to_rock[16] > to_rock[28]
    assert all(frame.velocity.any() for frame in path)


def test_a_blend_is_as_busy_as_the_grooves_around_it(
    vae: Vae, funk: bg.Groove, rock: bg.Groove
) -> None:
    """Every family of the kit, in every bar: no holes where the model is sure of little."""
    a, b = (family_hits(pattern(groove)) for groove in (funk, rock.repeat(2)))
    for amount in (0.25, 0.5, 0.7):
        found = family_hits(pattern(vae.blend(funk, rock, amount)))
        assert np.array_equal(found, np.rint((1 - amount) * a + amount * b))


def test_the_ends_stay_near_where_the_model_errs(vae: Vae) -> None:
    """A groove that no drummer plays is not held, but the blend leaves it gently."""
    rng = np.random.default_rng(3)
    noise = np.where(rng.random((1, 64, 22)) < 0.05, rng.uniform(0.1, 1, (1, 64, 22)), 0)
    odd = bg.Groove(noise)
    rock = bg.Groove.from_tab(ROCK)
    near = vae.blend(odd, rock, 0.02)
    kept = (near.velocity > 0) & (odd.velocity > 0)
    assert kept.sum() > 0.9 * (odd.velocity > 0).sum()


def test_pattern_and_feel_blend_apart(vae: Vae, funk: bg.Groove) -> None:
    rng = np.random.default_rng(0)
    late = np.where(funk.velocity > 0, rng.uniform(0.1, 0.4, funk.velocity.shape), 0)
    played = bg.Groove(funk.velocity * 0.8, late, funk.tempo)
    rock = bg.Groove.from_tab(ROCK, tempo=120).repeat(2)
    mixed = vae.blend(rock, played, 0, feel=1)
    assert np.array_equal(pattern(mixed), pattern(rock))
    struck = mixed.velocity > 0
    assert mixed.timing[struck].mean() > 0.05  # rock itself is straight on the grid
    for feel in (0.25, 0.5, 0.75):
        a = vae.blend(rock, played, 0.5, feel=feel)
        assert np.array_equal(pattern(a), pattern(vae.blend(rock, played, 0.5)))


@pytest.mark.parametrize(("a", "b"), [("funk", "samba"), ("jazz-swing", "breakbeat")])
def test_the_corners_of_the_pad_strike_exactly_what_their_pattern_strikes(vae, a, b) -> None:
    a, b = (demo.load(name)[:2] for name in (a, b))
    assert np.array_equal(pattern(vae.blend(a, b, 0, feel=1)), pattern(a))
    assert np.array_equal(pattern(vae.blend(a, b, 1, feel=0)), pattern(b))
    assert vae.blend(a, b, 0, feel=1) != a
    for amount in (0.0, 1.0):
        ends = [vae.blend(a, b, amount, feel=feel) for feel in (0.0, 0.5, 1.0)]
        assert all(np.array_equal(pattern(ends[0]), pattern(other)) for other in ends[1:])


@pytest.mark.parametrize("amount", [-0.1, 1.1, float("nan")])
def test_amounts_lie_between_0_and_1(vae: Vae, funk: bg.Groove, amount: float) -> None:
    for call in (
        lambda: vae.blend(funk, funk, amount),
        lambda: vae.blend(funk, funk, 0.5, feel=amount),
        lambda: vae.vary(funk, amount=amount),
    ):
        with pytest.raises(BeatGenError, match="expected 0 to 1"):
            call()


def test_interpolation_has_one_bar_per_step(vae: Vae, funk: bg.Groove, rock: bg.Groove) -> None:
    way = vae.interpolate(funk, rock, steps=8)
    assert way.bars == 8
    assert np.array_equal(way[0].velocity, funk[0].velocity)
    assert np.array_equal(way[7].velocity, rock[0].velocity)
    with pytest.raises(BeatGenError, match="steps is 1"):
        vae.interpolate(funk, rock, steps=1)


def test_takes_differ_from_each_other_and_more_with_the_amount(vae: Vae, funk: bg.Groove) -> None:
    far = []
    for amount in (0.0, 0.2, 0.6, 1.0):
        takes = vae.vary(funk, count=8, amount=amount, seed=7)
        assert len(takes) == 8
        assert takes == vae.vary(funk, count=8, amount=amount, seed=7)
        far.append(np.mean([distance(funk, take) for take in takes]))
    assert far[0] == 0
    assert far[0] < far[1] < far[2] < far[3]
    half = vae.vary(funk, count=8, amount=0.6, seed=7)
    assert len({take.velocity.tobytes() for take in half}) == 8
    assert half != vae.vary(funk, count=8, amount=0.6, seed=8)


def test_samples_are_bars_with_hits(vae: Vae) -> None:
    bars = vae.sample(count=16, seed=7)
    assert [bar.bars for bar in bars] == [1] * 16
    assert bars == vae.sample(count=16, seed=7)
    hits = [np.count_nonzero(bar.velocity) for bar in bars]
    assert 5 < np.mean(hits) < 45


def test_directions_move_a_groove_and_nothing_is_lost_at_zero(vae: Vae, funk: bg.Groove) -> None:
    directions = vae.directions
    assert [d.name for d in directions[: len(ATTRIBUTES)]] == list(ATTRIBUTES)
    principal = [d for d in directions if not d.named]
    lengths = [np.linalg.norm(d.vector) for d in principal]
    assert len(principal) == vae.latent_dim
    assert lengths == sorted(lengths, reverse=True)
    assert vae.nudge(funk, []) == funk
    assert vae.nudge(funk, [0.0] * 8) == funk
    assert distance(vae.nudge(funk, [2.0]), funk) > distance(vae.nudge(funk, [0.2]), funk)
    with pytest.raises(BeatGenError, match="amounts"):
        vae.nudge(funk, [float("inf")])
    with pytest.raises(BeatGenError, match="amounts"):
        vae.nudge(funk, [0.0] * (len(directions) + 1))


@pytest.mark.parametrize("index", range(len(ATTRIBUTES)), ids=list(ATTRIBUTES))
def test_a_named_direction_does_what_its_name_says(vae: Vae, index: int) -> None:
    """On average over bars; the shipped card tells by how much."""
    z = np.concatenate([vae.encode(bar) for bar in vae.sample(64, seed=5)])
    vector = vae.directions[index].vector
    less, more = (
        list(ATTRIBUTES.values())[index](to_strikes(*vae.decode_bars(z + amount * vector)))
        for amount in (-2, 2)
    )
    assert more.mean() > less.mean()
    assert vae.card["directions"][index]["effect"] > 0


def test_grids_of_other_steps_are_refused_with_advice(vae: Vae) -> None:
    with pytest.raises(BeatGenError, match="steps=64"):
        vae.encode(bg.Groove.from_tab("kick |o---|", steps=16))


def test_one_model_serves_many_threads(vae: Vae, funk: bg.Groove, rock: bg.Groove) -> None:
    amounts = np.linspace(0.1, 0.9, 12)
    alone = [vae.blend(funk, rock, a) for a in amounts]
    together: list[bg.Groove | None] = [None] * len(amounts)

    def work(i: int) -> None:
        together[i] = vae.blend(funk, rock, amounts[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(amounts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_playing_needs_neither_tensorflow_nor_streamlit() -> None:
    code = """
import sys, beatgen as bg
vae = bg.load_model()
vae.blend(*vae.sample(2), 0.5)
heavy = {"tensorflow", "keras", "streamlit", "plotly"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_expected_velocity_sums_over_how_many_strikes_fall() -> None:
    """Against counting all sets of places by hand."""
    rng = np.random.default_rng(1)
    w = rng.dirichlet(np.ones(4))
    count = rng.dirichlet(np.ones(5))
    by_hand = np.zeros(4)
    for k in range(1, 5):
        sets = [s for s in range(16) if bin(s).count("1") == k]
        weight = np.array([np.prod([w[i] for i in range(4) if s >> i & 1]) for s in sets])
        for s, p in zip(sets, count[k] * weight / weight.sum(), strict=True):
            by_hand += [p if s >> i & 1 else 0 for i in range(4)]

    def everywhere(x: np.ndarray) -> np.ndarray:
        return np.broadcast_to(x.astype(np.float32), (1, 16, 22, len(x)))

    ones = np.ones(4)
    decoded = Decoded(everywhere(count), everywhere(w), everywhere(0.5 * ones), everywhere(ones))
    assert decoded.expected()[0, 3, 5] == pytest.approx(by_hand * 0.5, abs=1e-5)


def test_the_pattern_is_the_likeliest_count_above_the_threshold() -> None:
    count = np.array([[0.55, 0.30, 0.15, 0, 0], [0.45, 0.20, 0.35, 0, 0]])
    assert pattern_of(count, 0.5).tolist() == [0, 2]
    assert pattern_of(count, 0.4).tolist() == [1, 2]


def test_a_pattern_of_a_size_takes_the_likeliest_of_each_family() -> None:
    count = np.zeros((1, 16, 22, 5))
    count[..., 0] = 1
    for sixteenth, voice, likely in ((0, 0, 0.9), (4, 0, 0.2), (8, 0, 0.3), (4, 1, 0.4)):
        count[0, sixteenth, voice] = [1 - likely, likely / 4, 3 * likely / 4, 0, 0]
    hits = np.array([[2, 0, 0, 0, 0, 0]])  # two kicks, and nothing else
    chosen = pattern_of_size(count, hits)
    assert np.argwhere(chosen).tolist() == [[0, 0, 0], [0, 8, 0]]
    assert chosen[0, 0, 0] == 2  # struck twice is likelier than once
    assert np.array_equal(family_hits(chosen), hits)


# Humanizing and finishing a beat ------------------------------------------------------------------


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


def test_without_spread_everybody_plays_alike(vae: Vae, funk: bg.Groove) -> None:
    assert vae.humanize(funk, seed=1, spread=0) == vae.humanize(funk, seed=2, spread=0)
    with pytest.raises(BeatGenError, match="spread is 2"):
        vae.humanize(funk, spread=2)


def test_the_bars_of_one_humanized_groove_are_played_by_one_drummer(vae: Vae) -> None:
    """The same bar twice is played more alike than by two drummers, but not the same."""
    bar = bg.Groove.from_tab(FUNK, tempo=96)[0]
    pairs = [vae.humanize(bar.repeat(2), seed=s) for s in range(8)]
    within = [distance(pair[0], pair[1]) for pair in pairs]
    between = [distance(one[0], two[0]) for one, two in pairwise(pairs)]
    assert 0 < np.mean(within) < 0.85 * np.mean(between)


def hidden(groove: bg.Groove, family: str) -> np.ndarray:
    chosen = [voice.family == family for voice in VOICES]
    return np.broadcast_to(chosen, (groove.bars, 16, len(VOICES)))


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


def test_what_is_hidden_has_no_say(vae: Vae, funk: bg.Groove, rock: bg.Groove) -> None:
    other = bg.Groove.from_tab(FUNK.replace("kick    |o-o---o", "kick    |oooo--o"), tempo=96)
    assert other != funk
    one, two = (vae.complete(groove, hidden(funk, "kick")) for groove in (funk, other))
    assert one == two
    with pytest.raises(BeatGenError, match=r"expected \(2, 16, 22\)"):
        vae.complete(funk, np.zeros((1, 16, 22), bool))


def test_the_loudest_are_as_loud_as_midi_can_say(vae: Vae, rock: bg.Groove) -> None:
    """Between the ceiling and 127 there is nothing: drummers hit the end of the range."""
    velocity = np.concatenate([bar.velocity for bar in vae.sample(64, seed=2)])
    assert (velocity == 1).sum() > 0.03 * (velocity > 0).sum()
    assert not ((velocity > vae.ceiling + 0.005) & (velocity < 1)).any()
