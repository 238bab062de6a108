"""Encoding, decoding, takes, samples and directions, on the shipped weights."""

import re
import subprocess
import sys
import threading

import numpy as np
import pytest
from compare import distance

import beatgen as bg
from beatgen.bars.attributes import ATTRIBUTES, OF_FEEL
from beatgen.bars.metrics import f1
from beatgen.bars.strikes import to_strikes
from beatgen.errors import BeatGenError
from beatgen.latent.codec import strikes_of
from beatgen.latent.vae import Vae


def test_each_bar_is_encoded_to_its_own_z(vae: Vae, funk: bg.Groove) -> None:
    z = vae.encode(funk)
    assert z.shape == (2, vae.latent_dim)
    assert z.dtype == np.float32
    assert np.array_equal(z, vae.encode(funk))
    assert np.allclose(z[1:], vae.encode(funk[1]), atol=1e-4)  # bars do not know of each other


def test_a_plain_beat_comes_back_hit_for_hit(vae: Vae, funk: bg.Groove, ride: bg.Groove) -> None:
    for groove in (funk, ride):
        back = vae.reconstruct(groove)
        assert back.tempo == groove.tempo
        assert np.array_equal(back.velocity > 0, groove.velocity > 0)
        struck = groove.velocity > 0
        error = np.abs(back.velocity - groove.velocity)[struck]
        assert error.mean() < 0.08
        assert np.median(error) < 0.04  # a crash among even tab velocities is the odd one out
        assert np.abs(back.timing - groove.timing).max() < 0.25


def test_even_velocities_come_back_even(vae: Vae, funk: bg.Groove, ride: bg.Groove) -> None:
    """A crash among the velocities of a tab is the odd one out."""
    for groove in (funk, ride):
        error = np.abs(vae.reconstruct(groove).velocity - groove.velocity)[groove.velocity > 0]
        assert np.median(error) < 0.02


def test_decode_wants_z_of_the_right_shape(vae: Vae) -> None:
    assert vae.decode(np.zeros(vae.latent_dim), tempo=77).tempo == 77
    with pytest.raises(BeatGenError, match=re.escape(f"(bars, {vae.latent_dim})")):
        vae.decode(np.zeros((2, 3)))


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


def test_independent_bars_are_decoded_as_if_alone(vae: Vae) -> None:
    """In a row, a grace note before a downbeat would end the bar before it."""
    z = vae.prior.to_z(np.random.default_rng(3).standard_normal((200, vae.latent_dim)))
    each = vae.decode_each(z, tempo=97)
    assert [bar.bars for bar in each] == [1] * 200 and {bar.tempo for bar in each} == {97}
    alone = [vae.decode(row, 97) for row in z]
    assert all(
        np.array_equal(a.velocity > 0, b.velocity > 0) for a, b in zip(each, alone, strict=True)
    )
    row = vae.decode(z, 97)
    assert any(not np.array_equal(row[i].velocity > 0, each[i].velocity > 0) for i in range(200))


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
    assert len(principal) == vae.latent_dim
    assert vae.nudge(funk, []) == funk
    assert vae.nudge(funk, [0.0] * 8) == funk
    assert distance(vae.nudge(funk, [2.0]), funk) > distance(vae.nudge(funk, [0.2]), funk)
    with pytest.raises(BeatGenError, match="amounts"):
        vae.nudge(funk, [float("inf")])
    with pytest.raises(BeatGenError, match="amounts"):
        vae.nudge(funk, [0.0] * (len(directions) + 1))


@pytest.mark.parametrize("index", range(len(ATTRIBUTES)), ids=list(ATTRIBUTES))
def test_a_named_direction_does_what_its_name_says(vae: Vae, index: int) -> None:
    """On average over bars; the shipped card records by how much."""
    z = np.concatenate([vae.encode(bar) for bar in vae.sample(64, seed=5)])
    direction = vae.turns(z)[:, index]
    less, more = (
        list(ATTRIBUTES.values())[index](to_strikes(*vae.decode_bars(z + amount * direction)))
        for amount in (-2, 2)
    )
    assert more.mean() > less.mean()
    assert vae.card["directions"][index]["effect"] > 0


def test_the_first_principal_directions_change_a_bar_most(vae: Vae) -> None:
    bars = vae.sample(32, seed=5)
    z = np.concatenate([vae.encode(bar) for bar in bars])

    def change(direction) -> float:
        there, back = (vae.decode_bars(z + end * direction.vector)[0] for end in (1, -1))
        return float(((there - back) ** 2).sum((1, 2)).mean())

    changes = [change(direction) for direction in vae.directions if not direction.named]
    assert np.mean(changes[:4]) > 1.5 * np.mean(changes[4:12]) > 2 * np.mean(changes[12:48])
    assert np.mean(changes[12:48]) > np.mean(changes[96:])


@pytest.mark.parametrize("name", sorted(OF_FEEL))
def test_directions_of_feel_add_and_remove_no_hit(vae: Vae, funk: bg.Groove, name) -> None:
    index = list(ATTRIBUTES).index(name)
    for groove in (funk, *vae.sample(8, seed=3)):
        amounts = np.zeros((4, index + 1))
        amounts[:, index] = (-3, -1, 1, 3)
        for nudged in vae.nudges(groove, amounts):
            assert np.array_equal(strikes_of(nudged).count, strikes_of(groove).count)
            assert nudged != groove


def test_a_take_may_change_only_the_feel_or_only_the_pattern(vae: Vae, funk) -> None:
    count = strikes_of(funk).count
    takes = vae.vary(funk, count=8, amount=0, feel=0.8, seed=7)
    assert all(np.array_equal(strikes_of(take).count, count) for take in takes)
    assert len({take.velocity.tobytes() for take in takes}) == 8 and funk not in takes
    more = vae.vary(funk, count=8, amount=0, feel=1.0, seed=7)
    nearer = vae.vary(funk, count=8, amount=0, feel=0.2, seed=7)
    far = [np.mean([distance(funk, take) for take in row]) for row in (nearer, takes, more)]
    assert far == sorted(far)
    others = vae.vary(funk, count=8, amount=0.8, feel=0, seed=7)
    assert not any(np.array_equal(strikes_of(take).count, count) for take in others)
    assert vae.vary(funk, count=2, amount=0, feel=0) == [funk, funk]
    assert vae.vary(funk, count=2, amount=0.5, seed=7) == vae.vary(
        funk, count=2, amount=0.5, feel=0.5, seed=7
    )
    with pytest.raises(BeatGenError, match="feel is"):
        vae.vary(funk, feel=1.5)


def test_noise_and_back_is_the_same_bar(vae: Vae, gmd_bars) -> None:
    """With three steps of each half of the flow, F1 had been .96."""
    bars = gmd_bars.split("validation").take(np.arange(0, 2048, 16))
    z, _ = vae.encode_bars(*bars.grids())
    back = vae.prior.to_z(vae.prior.to_noise(z))
    patterns = [strikes_of(vae.decode(of, 120)).count > 0 for of in (z, back)]
    assert f1(*patterns) > 0.98


def test_dynamics_make_loud_louder_and_soft_softer(vae: Vae) -> None:
    """So the direction depends on the bar; no single shift of z does that."""
    z = np.concatenate([vae.encode(bar) for bar in vae.sample(64, seed=5)])
    direction = vae.turns(z)[:, list(ATTRIBUTES).index("dynamics")]
    assert direction.std(0).max() > 0.5 * np.abs(direction.mean(0)).max()
    pattern = vae.codec.predict(z)[1]
    less, now, more = (
        vae.codec.predict(z + amount * direction, pattern)[0].strikes(pattern).velocity
        for amount in (-1, 0, 1)
    )
    struck = now > 0
    mean = now.sum((1, 2, 3), keepdims=True) / struck.sum((1, 2, 3), keepdims=True)
    change = more - less
    assert change[struck & (now < mean)].mean() < -0.02
    assert change[struck & (now > mean)].mean() > 0.02


def test_grids_of_other_steps_are_refused_with_advice(vae: Vae) -> None:
    with pytest.raises(BeatGenError, match="steps=64"):
        vae.encode(bg.Groove.from_tab("kick |o---|", steps=16))


def test_one_model_serves_many_threads(vae: Vae, funk: bg.Groove, ride: bg.Groove) -> None:
    amounts = np.linspace(0.1, 0.9, 12)
    alone = [vae.blend(funk, ride, a) for a in amounts]
    together: list[bg.Groove | None] = [None] * len(amounts)

    def work(i: int) -> None:
        together[i] = vae.blend(funk, ride, amounts[i])

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


def test_the_loudest_hits_reach_midis_127(vae: Vae) -> None:
    """Between the ceiling and 127 there is nothing: drummers hit the end of the range."""
    velocity = np.concatenate([bar.velocity for bar in vae.sample(64, seed=2)])
    assert (velocity == 1).sum() > 0.03 * (velocity > 0).sum()
    assert not ((velocity > vae.codec.ceiling + 0.005) & (velocity < 1)).any()


def test_bad_numbers_and_seeds_are_refused(vae: Vae, funk: bg.Groove) -> None:
    for call, message in (
        (lambda: vae.sample(seed=-1), "seed is -1; expected 0 or more"),
        (lambda: vae.vary(funk, seed=-1), "seed is -1"),
        (lambda: vae.nudge(funk, ["a"]), "finite numbers"),
        (lambda: vae.decode(np.full(vae.latent_dim, np.nan)), "all finite"),
    ):
        with pytest.raises(BeatGenError, match=message):
            call()


def test_half_way_a_quarter_of_the_residual_is_kept(vae: Vae, funk, monkeypatch) -> None:
    passed = []
    decode_grooves = lambda _, residual, *__: passed.append(residual) or [funk]  # noqa: E731
    monkeypatch.setattr(vae.codec, "decode_grooves", decode_grooves)
    vae.vary(funk, count=1, amount=0.5)
    residual = vae.codec.residual(funk, vae.prior.to_z(vae.prior.to_noise(vae.encode(funk))))
    for kept, whole in zip(passed[0], residual, strict=True):
        np.testing.assert_allclose(kept[0], whole / 4, atol=1e-6)
        assert whole.any()


def test_several_grooves_are_nudged_at_once_as_each_alone(vae: Vae, funk, ride) -> None:
    path = vae.blend_path(funk, ride, 5)
    for amounts in ([2.0], [0.5, 0, -1.0], [0.0]):
        assert vae.nudge_each(path, amounts) == [vae.nudge(groove, amounts) for groove in path]
    with pytest.raises(BeatGenError, match=r"\[1, 2\] bars"):
        vae.nudge_each([funk.repeat(1), funk.repeat(2)], [1.0])
