import math

import numpy as np
import pytest

from beatgen.bars.strikes import Strikes, to_grid, to_strikes
from beatgen.data.dataset import Dataset
from beatgen.evaluation.humanization import (
    TIMING_EDGES,
    GrooveTransfer,
    LearnedFeel,
    LinearRegression,
    NearestWindow,
    Quantized,
    cell_kl,
    histogram_kl,
    score,
    sections,
    windows,
)
from beatgen.evaluation.reconstruct import BarNetwork
from beatgen.groove import Groove
from beatgen.latent.vae import load_model


def dataset(grooves: list[Groove], numbers: list[list[int]] | None = None) -> Dataset:
    """A file for each groove; numbers: of its bars, those that are left out were silent."""
    numbers = numbers or [list(range(groove.bars)) for groove in grooves]
    return Dataset(
        np.concatenate([np.rint(g.velocity * 127) for g in grooves]).astype(np.uint8),
        np.concatenate([g.timing for g in grooves]).astype(np.float16),
        np.repeat(np.arange(len(grooves), dtype=np.int32), [g.bars for g in grooves]),
        np.concatenate(numbers).astype(np.int32),
        np.array([f"{i}.mid" for i in range(len(grooves))]),
        np.array(["rock"] * len(grooves)),
        np.array(["train"] * len(grooves)),
        np.array([g.tempo for g in grooves], np.float32),
        np.array([], np.str_),
    )


def played(rock: Groove, late: float, velocity: float = 0.5) -> Groove:
    """Rock with every hit so many sixteenths late (up to an eighth of one) and equally loud."""
    struck = rock.velocity > 0
    return Groove(np.where(struck, velocity, 0), np.where(struck, 4 * late, 0), 125)


def test_windows_are_consecutive_bars_of_one_file_and_no_bar_stands_in_two(random_groove) -> None:
    bars = random_groove(0, bars=5)
    data = dataset([bars, bars, bars[:1]], [[0, 1, 2, 3, 4], [1, 2, 3, 5, 6], [7]])
    found = windows(data)
    np.testing.assert_array_equal(
        [w.velocity for w in found.grooves],
        [data.velocity[i : i + 2] / np.float32(127) for i in (0, 2, 6)],
    )
    assert found.tempo.tolist() == pytest.approx([bars.tempo] * 3)
    assert found.hits.shape == (3, 32, 9)


def test_a_hit_belongs_to_its_nearest_sixteenth_and_the_loudest_of_a_class_counts() -> None:
    velocity = np.zeros((2, 64, 22), np.float32)
    timing = np.zeros_like(velocity)
    velocity[0, 9, 0], timing[0, 9, 0] = 0.4, 0.5  # kick, 1.5 steps behind the third sixteenth
    velocity[0, 10, 0], timing[0, 10, 0] = 0.6, 0.25  # a louder one 1.75 before the fourth
    velocity[1, 0, 1], timing[1, 0, 1] = 0.8, -1.5  # the second bar's first beat, early
    velocity[1, 16, 1], velocity[1, 17, 2] = 0.5, 0.3  # snare; rimshot, softer, later
    found = windows(dataset([Groove(velocity, timing)]))
    assert np.argwhere(found.hits[0]).tolist() == [[2, 0], [3, 0], [16, 1], [20, 1]]
    offset, loud = found.feel.offset[found.hits], found.feel.velocity[found.hits]
    np.testing.assert_allclose(offset, [1.5 / 4, -1.75 / 4, -1.5 / 4, 0], atol=1e-3)
    np.testing.assert_allclose(127 * loud, [51, 76, 102, 64], atol=0.6)


def test_a_perfect_feel_has_no_error(random_groove) -> None:
    true = windows(dataset([random_groove(0, bars=400)]))
    assert set(score(true, true.feel).values()) == {0}


def test_the_quantized_error_is_the_one_worked_out_by_hand(rock) -> None:
    """A tenth of a sixteenth late at 125 BPM, where a sixteenth is 120 ms; half as loud."""
    true = windows(dataset([played(rock, 0.1)]))
    found = score(true, Quantized(windows(dataset([played(rock, 0, 1.0)]))).humanize(true))
    assert found["timing_mae"] == pytest.approx(12, rel=1e-3)
    assert found["timing_mse"] == pytest.approx(0.01, rel=2e-3)
    assert found["velocity_mae"] == pytest.approx(127 - 64)
    # Every hit in another bin than all the true ones: the mass of 27 hits and half a hit a bin
    bins = len(TIMING_EDGES) - 1
    hits = int(true.hits.sum())
    p, q = (hits + 0.5) / (hits + bins / 2), 0.5 / (hits + bins / 2)
    assert found["timing_kl"] == pytest.approx((p - q) * math.log(p / q))


def test_the_pattern_has_every_strike_and_nothing_of_the_feel(random_groove) -> None:
    true = windows(dataset([random_groove(1, bars=6)]))
    plain = true.patterns()
    again = windows(dataset(plain))
    np.testing.assert_array_equal(again.hits, true.hits)
    np.testing.assert_array_equal(again.count, true.count)
    for groove, count in zip(plain, true.count, strict=True):
        strikes = to_strikes(groove.velocity, groove.timing)
        np.testing.assert_array_equal(strikes.count.reshape(32, 22), count)
        assert len(np.unique(groove.velocity)) == 2 and not groove.timing.any()
    assert true.count.max() > 1


def test_the_network_does_not_see_how_a_window_was_played(random_groove) -> None:
    """Other velocities and other timing within the sixteenth: the same answer, to the bit."""
    played = random_groove(2, bars=6, density=0.03)
    rng = np.random.default_rng(0)
    true = to_strikes(played.velocity, played.timing, 6)
    places = np.argsort(rng.random(true.velocity.shape), -1)
    struck = np.take_along_axis(true.velocity > 0, places, -1)
    struck[:, [0, 15]] = (true.velocity > 0)[:, [0, 15]]  # where a bar ends, places run over
    late = np.where(struck, rng.uniform(-0.1, 0.3, struck.shape), 0)
    other = Groove(*to_grid(Strikes(struck * rng.uniform(0.1, 1, struck.shape), late), 6))
    assert (other.velocity > 0).sum() == (played.velocity > 0).sum()
    vae = load_model("bar")
    for spread in (0.0, 1.0):
        one, two = (vae.humanize(groove, seed=1, spread=spread) for groove in (played, other))
        np.testing.assert_array_equal(one.velocity, two.velocity)
        np.testing.assert_array_equal(one.timing, two.timing)
    louder = np.where(played.velocity > 0, 1, 0)
    one, two = (
        LearnedFeel(vae, "ours", 1.0).humanize(windows(dataset([groove])))
        for groove in (played, Groove(louder, played.timing / 2, played.tempo))
    )
    np.testing.assert_array_equal(one, two)


def test_histograms_differ_by_their_divergence() -> None:
    rng = np.random.default_rng(0)
    edges = np.linspace(-6, 6, 61)
    a, b = rng.normal(size=100_000), rng.normal(size=100_000)
    assert histogram_kl(a, a, edges) == 0
    assert histogram_kl(a, b, edges) < 0.001
    # Of normal distributions that lie d apart: d^2 / 2; beyond the edges nothing is lost
    assert histogram_kl(a, b + 1, edges) == pytest.approx(0.5, rel=0.03)
    assert histogram_kl(np.full(9, 99.0), np.full(9, 6.0), edges) == 0


def test_cells_differ_by_the_divergence_of_their_normal_distributions() -> None:
    rng = np.random.default_rng(0)
    hits = np.zeros((5000, 32, 9), bool)
    hits[:, [0, 16], 1] = True  # both bars' first beat is one cell
    hits[:, 4, 0] = True
    hits[:10, 6, 2] = True  # too few to count
    real, other = rng.normal(size=hits.shape), 0.5 * rng.normal(size=hits.shape)
    other[:, 4, 0] = rng.normal(size=len(hits)) + 1
    other[:10, 6, 2] = 99
    assert cell_kl(hits, real, real) == 0
    # Half as wide: log(1 / 2) + 4 / 2 - 1 / 2; one apart: 1 / 2
    assert cell_kl(hits, real, other) == pytest.approx((np.log(0.5) + 1.5 + 0.5) / 2, rel=0.03)
    other[:, 4, 0] = 0.3
    assert math.isnan(cell_kl(hits, real, other))
    assert math.isnan(cell_kl(hits[:9], real[:9], other[:9]))
    assert math.isnan(cell_kl(hits, other, real)), "a cell that is always played alike"


def test_regression_learns_a_feel_that_follows_from_the_pattern(rock, samba) -> None:
    """Rock is always played late and soft, samba early and loud."""
    samba = samba.repeat(2)
    known = windows(dataset([played(rock, 0.1, 0.3), played(samba, -0.1, 0.9)] * 400))
    asked = windows(dataset([played(rock, 0.1, 0.3)]))
    found = score(asked, LinearRegression(known).humanize(asked))
    assert found["timing_mae"] < 3 and found["velocity_mae"] < 10
    assert score(asked, Quantized(known).humanize(asked))["timing_mae"] == pytest.approx(12, 0.01)


def test_the_nearest_window_lends_its_feel_and_others_what_it_lacks(rock, samba) -> None:
    known = windows(dataset([played(rock, 0.1, 0.3), played(samba.repeat(2), -0.1, 0.9)]))
    asked = windows(dataset([rock]))
    feel = NearestWindow(known).humanize(asked)
    np.testing.assert_allclose(feel.offset[asked.hits], 0.1, atol=1e-3)
    # A rimshot where only samba has one, and a crash where neither has
    more = rock.velocity.copy()
    more[0, 40, 2] = more[0, 60, 18] = 0.5
    asked = windows(dataset([Groove(more)]))
    feel = NearestWindow(known).humanize(asked)
    np.testing.assert_allclose(feel.offset[0, 10, 1], -0.1, atol=1e-3)
    assert feel.offset[0, 15, 7] == pytest.approx(known.feel.offset[known.hits].mean(), abs=1e-6)


def test_groove_transfer_takes_the_feel_of_another(rock) -> None:
    late, early = played(rock, 0.1, 0.3), played(rock, -0.1, 0.9)
    true = windows(dataset([late, early]))
    feel = GrooveTransfer(load_model("bar"), "ours", seed=3).humanize(true)  # exchanges the two
    offsets = [feel.offset[i][true.hits[i]].mean() for i in range(2)]
    assert offsets[0] < -0.05 and offsets[1] > 0.05


class Metronome:
    """Plays every hit on its line, at one loudness, and blends nothing."""

    def humanize(self, groove: Groove, seed: int = 0, spread: float = 1.0) -> Groove:
        late = np.where(groove.velocity > 0, 0.4 * spread, 0)
        return Groove(np.where(groove.velocity > 0, 0.5, 0), late, groove.tempo)

    def blend(self, a: Groove, b: Groove, amount: float, feel: float | None = None) -> Groove:
        return a


def test_a_network_is_asked_for_the_plain_pattern(noise_dataset) -> None:
    held_out, training = noise_dataset.split("validation"), noise_dataset.split("train")
    ours = [BarNetwork(Metronome(), "metronome")]
    (section,) = sections(ours, held_out, training, lambda _: None)
    lines = section.lines
    on_line, late = lines["metronome, predicted"], lines["metronome, drawn"]
    assert on_line["timing_mae"] == pytest.approx(lines["quantized"]["timing_mae"])
    true = windows(held_out)
    offset = true.feel.offset[true.hits]
    assert late["timing_mse"] == pytest.approx(np.square(offset - 0.1).mean(), rel=1e-4)
    half_way = lines["metronome, spread 0.5"]
    assert half_way["timing_mse"] == pytest.approx(np.square(offset - 0.05).mean(), rel=1e-4)
    assert lines["Seq2Seq (Gillick et al.)"]["timing_mae"] == 18.80
    assert set(lines["hits of the training files"]) == {"timing_kl", "velocity_kl"}


def test_the_quantized_row_is_near_the_published_one(gmd_bars) -> None:
    """Published for the test files, 22.6 ms and .041; these are the validation files."""
    true = windows(gmd_bars.split("validation"))
    found = score(true, Quantized(true).humanize(true))
    assert found["timing_mae"] == pytest.approx(22.6, abs=1)
    assert found["timing_mse"] == pytest.approx(0.041, abs=0.005)
