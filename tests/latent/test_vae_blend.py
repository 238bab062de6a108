"""Blends of two grooves, on the shipped weights."""

from itertools import pairwise

import numpy as np
import pytest
from compare import distance, pattern

import beatgen as bg
from beatgen import demo
from beatgen.errors import BeatGenError
from beatgen.groove import columns, voices_of
from beatgen.kit import INDEX
from beatgen.latent.blend import places_along
from beatgen.latent.decide import FAMILIES_OF_PART, family_hits
from beatgen.latent.vae import Vae


def test_a_blend_starts_and_ends_with_the_grooves_themselves(
    vae: Vae, funk: bg.Groove, ride: bg.Groove
) -> None:
    assert vae.blend(funk, ride, 0) == funk
    assert vae.blend(funk, ride, 1) == ride.repeat(2)
    path = vae.blend_path(funk, ride, 9)
    assert path[0] == funk
    assert path[-1] == ride.repeat(2)
    assert path[4].tempo == pytest.approx(108)
    assert path[2] == vae.blend(funk, ride, 0.25)


def test_a_blend_moves_without_jumps(vae: Vae, funk: bg.Groove, ride: bg.Groove) -> None:
    path = vae.blend_path(funk, ride, 33)
    whole = distance(path[0], path[-1])
    steps = [distance(a, b) for a, b in pairwise(path)]
    assert max(steps) < whole / 2
    from_funk = [distance(path[0], frame) for frame in path]
    to_rock = [distance(path[-1], frame) for frame in path]
    assert from_funk[4] < from_funk[16] < from_funk[28]
    assert to_rock[4] > to_rock[16] > to_rock[28]
    assert all(frame.velocity.any() for frame in path)


def test_a_blend_is_as_busy_as_the_grooves_around_it(
    vae: Vae, funk: bg.Groove, ride: bg.Groove
) -> None:
    """Every part, in every bar: no holes where the model is sure of little."""
    a, b = (by_part(groove) for groove in (funk, ride.repeat(2)))
    for amount in (0.25, 0.5, 0.7):
        found, ends = by_part(vae.blend(funk, ride, amount)), (1 - amount) * a + amount * b
        assert (found >= np.floor(0.75 * ends) - 1).all()
        assert (found <= np.ceil(np.maximum(a, b))).all()


def by_part(groove: bg.Groove) -> np.ndarray:
    """Struck sixteenths, (bars, parts)."""
    hits = family_hits(pattern(groove))
    return np.stack([hits[:, part].sum(1) for part in FAMILIES_OF_PART], 1)


def test_the_ends_stay_near_where_the_model_errs(vae: Vae, ride: bg.Groove) -> None:
    """A groove that no drummer plays is not held, but the blend leaves it gently."""
    rng = np.random.default_rng(3)
    noise = np.where(rng.random((1, 64, 22)) < 0.05, rng.uniform(0.1, 1, (1, 64, 22)), 0)
    odd = bg.Groove(noise)
    near = vae.blend(odd, ride, 0.02)
    kept = (near.velocity > 0) & (odd.velocity > 0)
    assert kept.sum() > 0.9 * (odd.velocity > 0).sum()


def test_pattern_and_feel_blend_apart(vae: Vae, funk: bg.Groove, ride: bg.Groove) -> None:
    rng = np.random.default_rng(0)
    late = np.where(funk.velocity > 0, rng.uniform(0.1, 0.4, funk.velocity.shape), 0)
    played = bg.Groove(funk.velocity * 0.8, late, funk.tempo)
    ride = ride.repeat(2)
    mixed = vae.blend(ride, played, 0, feel=1)
    assert np.array_equal(pattern(mixed), pattern(ride))
    struck = mixed.velocity > 0
    behind = (np.nonzero(struck)[1] + 2) % 4 - 2 + mixed.timing[struck]  # its sixteenth, in steps
    assert behind.mean() > 0.05  # the other is straight on the grid
    for feel in (0.25, 0.5, 0.75):
        a = vae.blend(ride, played, 0.5, feel=feel)
        assert np.array_equal(pattern(a), pattern(vae.blend(ride, played, 0.5)))


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


def test_interpolation_has_one_bar_per_step(vae: Vae, funk: bg.Groove, ride: bg.Groove) -> None:
    walk = vae.interpolate(funk, ride, steps=8)
    assert walk.bars == 8
    assert np.array_equal(walk[0].velocity, funk[0].velocity)
    assert np.array_equal(walk[7].velocity, ride[0].velocity)
    with pytest.raises(BeatGenError, match="steps is 1"):
        vae.interpolate(funk, ride, steps=1)


def test_interpolation_plays_bar_after_bar_of_its_blends(
    vae: Vae, funk: bg.Groove, samba: bg.Groove
) -> None:
    """Early hits of the next bar included, though no whole blend is made."""
    rng = np.random.default_rng(0)
    early = bg.Groove(funk.velocity, -0.4 * rng.random(funk.velocity.shape), funk.tempo)
    for a, b, steps in ((early, samba, 7), (samba, samba.repeat(3), 70)):
        frames = vae.blend_path(a, b, steps)
        expected = bg.join(frame[i % frame.bars] for i, frame in enumerate(frames))
        walked = vae.interpolate(a, b, steps)
        assert walked == expected and walked.bars == steps


@pytest.mark.parametrize("count", [0, 5000])
def test_so_many_bars_are_refused(vae: Vae, funk: bg.Groove, count: int) -> None:
    for call in (
        lambda: vae.vary(funk, count),
        lambda: vae.sample(count),
        lambda: vae.interpolate(funk, funk, count),
        lambda: vae.blend_path(funk, funk, count),
    ):
        with pytest.raises(BeatGenError, match=f"is {count}; expected . to 4096"):
            call()


def test_samples_stand_alone_as_a_groove(vae: Vae) -> None:
    def on_the_one(bars: list[bg.Groove]) -> float:
        return float(np.mean([pattern(bar)[0, 0, INDEX["kick"]] > 0 for bar in bars]))

    some, whole = vae.sample(200, seed=3), vae.sample(250, seed=3, whole=True)
    assert on_the_one(some) > on_the_one(whole) + 0.1
    assert min((pattern(bar) > 0).sum() for bar in some) >= 4
    assert [bar for bar in whole if bar in some] == some, "in the order in which they were drawn"
    assert len(vae.sample(1, seed=3)) == 1


@pytest.fixture(scope="module")
def four(vae: Vae) -> list[bg.Groove]:
    """Of several lengths, meters and kits, at several tempos."""
    clapped = bg.Groove.from_tab("clap |----o---|o-------|\nkick |o-------|----o---|", tempo=90)
    in_three = bg.in_meter(demo.load("jazz-swing"), "3/4", 2)
    return [demo.load("funk")[:2], demo.load("samba")[:1], in_three, clapped]


def test_each_corner_is_its_groove_to_the_last_bit(vae: Vae, four) -> None:
    for count in (1, 2, 3, 4):
        some = four[:count]
        for i, place in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)][:count]):
            expected = bg.in_meter(some[i], "4/4", 2)
            assert vae.mix(some, *place) == expected, (count, place)
    assert vae.mix(four[:3], 1, 1) == vae.mix(four[:3], 0.4, 1) == bg.in_meter(four[2], "4/4", 2)
    assert unlike(vae.mix(four[:2], 0.3, 0.9), vae.blend(*four[:2], 0.3)) < 1e-3


def unlike(a: bg.Groove, b: bg.Groove) -> float:
    """`distance`, percussion included."""
    (one, _), (other, _) = (columns(groove, voices_of(a, b)) for groove in (a, b))
    return float(np.abs(one - other).sum())


def test_an_edge_of_four_grooves_is_the_blend_of_its_ends(vae: Vae, four) -> None:
    a, b, c, d = (bg.in_meter(groove, "4/4", 2) for groove in four)
    edges = {(0.3, 0): (a, b, 0.3), (0, 0.6): (a, c, 0.6), (1, 0.6): (b, d, 0.6)}
    for place, pair in edges.items():
        on_edge, blended = vae.mix(four, *place), vae.blend(*pair)
        assert unlike(on_edge, blended) < 1e-3
        assert on_edge.tempo == pytest.approx(blended.tempo)
        assert on_edge.extras == blended.extras


def test_the_middle_of_four_grooves_is_none_of_them(vae: Vae, four) -> None:
    middle = vae.mix(four, 0.5, 0.5)
    whole = [bg.in_meter(groove, "4/4", 2) for groove in four]
    assert middle.tempo == pytest.approx(np.mean([groove.tempo for groove in four]))
    assert all(unlike(middle, groove) > 1 for groove in whole)
    hits = [(groove.velocity > 0).sum() for groove in whole]
    assert min(hits) <= (middle.velocity > 0).sum() <= max(hits)
    lattice = vae.corners(four).lattice(3)
    assert lattice[4] == middle and lattice[8] == whole[3] and lattice[2] == whole[1]


def test_an_arrangement_has_a_bar_for_each_place(vae: Vae, four) -> None:
    places = [(0, 0), (0.25, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 0.5)]
    song = vae.arrange(four, places)
    mixes = [vae.mix(four, *place) for place in places]
    assert song.tempo == four[0].tempo
    for i, mix in enumerate(mixes):
        assert unlike(song[i], mix[i % 2]) < 1e-3
    assert song[0] == four[0][0]
    in_three = vae.arrange(four[:3], places, meter="3/4")
    assert in_three.bars == 6 and {str(meter) for meter in in_three.meters} == {"3/4"}


def test_a_line_is_divided_into_equal_parts() -> None:
    assert places_along([(0, 0), (1, 0), (1, 1)], 5) == [(0, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1)]
    assert places_along([(0.2, 0.3)], 3) == places_along([(0.2, 0.3)] * 2, 3) == [(0.2, 0.3)] * 3
    assert places_along([(0, 0), (1, 0)], 1) == [(0, 0)]
    with pytest.raises(BeatGenError, match="line has no point"):
        places_along([], 3)


@pytest.mark.parametrize("place", [(-0.1, 0), (0, 1.5), (float("nan"), 0)])
def test_a_place_lies_on_the_square(vae: Vae, funk: bg.Groove, place) -> None:
    with pytest.raises(BeatGenError, match="expected 0 to 1"):
        vae.mix([funk, funk], *place)
    with pytest.raises(BeatGenError, match="expected 0 to 1"):
        vae.arrange([funk, funk], [(0, 0), place])
    with pytest.raises(BeatGenError, match=r"a place is \(0,\); expected \(across, up\)"):
        vae.arrange([funk, funk], [(0,)])


def test_there_are_as_many_grooves_as_corners(vae: Vae, funk: bg.Groove) -> None:
    for grooves in ([], [funk] * 5):
        with pytest.raises(BeatGenError, match=f"{len(grooves)} grooves are given; expected 1 to"):
            vae.mix(grooves, 0, 0)
    with pytest.raises(BeatGenError, match="places is 0"):
        vae.arrange([funk], [])
