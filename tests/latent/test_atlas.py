"""The map of the training bars: one of random bars, and the one that ships."""

import time

import numpy as np
import pytest
from atlases import BARS, DIMS, atlas_of, pattern, random_atlas

import beatgen as bg
from beatgen.bars.metrics import f1, folded_f1
from beatgen.data.dataset import read_info
from beatgen.errors import BeatGenError, ModelError
from beatgen.groove import Groove
from beatgen.latent.atlas import ATLAS, Atlas
from beatgen.latent.runtime import NETWORK, model_folder
from beatgen.midi import scan_midi

SQUARE = [(0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5)]


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return random_atlas()


@pytest.fixture(scope="module")
def shipped() -> Atlas:
    return bg.load_atlas()


# --- the map and z


def test_a_training_bar_stands_on_its_own_place(atlas) -> None:
    rng = np.random.default_rng(1)
    bars = np.arange(0, BARS, 7)
    # What encoding gives lies anywhere in the step that it was rounded to.
    z = atlas.z(bars) + rng.uniform(-0.5, 0.5, (len(bars), DIMS)) * atlas.step
    assert np.median(np.abs(atlas.place(z) - atlas.places[bars]).max(1)) < 0.02
    assert atlas.place(z).dtype == np.float32


def test_a_new_point_stands_among_its_neighbours(atlas) -> None:
    x = atlas.place(atlas.z(np.arange(BARS)).reshape(2, -1, DIMS).mean(1))[:, 0]
    assert (x >= 0).all() and (x <= 1).all()
    first, second = (atlas.z(np.flatnonzero(atlas.style == i)).mean(0) for i in (0, 1))
    (left, _), (right, _) = atlas.place(np.stack([first, second]))
    assert left <= 0.4 and right >= 0.6


def test_what_is_heard_at_a_place_is_the_nearest_bar(atlas) -> None:
    x, y = atlas.places[17] + [1e-5, -1e-5]
    assert atlas.bar_at(x, y) == 17
    assert np.array_equal(atlas.at(x, y), atlas.z(np.array([17]))[0])


def test_z_of_another_size_is_refused(atlas) -> None:
    with pytest.raises(BeatGenError, match=r"expected \(points, 6\)"):
        atlas.place(np.zeros((2, DIMS + 1)))


# --- regions


def test_bars_inside_a_polygon(atlas) -> None:
    x, y = atlas.places.T
    assert np.array_equal(atlas.inside(SQUARE), np.flatnonzero((x < 0.5) & (y < 0.5)))
    # A U has an inside and a mouth that is outside.
    mouth = [(0, 0), (1, 0), (1, 1), (0.7, 1), (0.7, 0.3), (0.3, 0.3), (0.3, 1), (0, 1)]
    expected = ~((x > 0.3) & (x < 0.7) & (y > 0.3))
    assert np.array_equal(atlas.inside(mouth), np.flatnonzero(expected))
    with pytest.raises(BeatGenError, match="three corners"):
        atlas.inside(SQUARE[:2])


def test_draws_stay_in_their_region_and_follow_the_seed(atlas) -> None:
    among = np.flatnonzero(atlas.style == 1)
    z = atlas.sample(among, 20, seed=3)
    assert z.shape == (20, DIMS)
    assert np.array_equal(z, atlas.sample(among, 20, seed=3))
    assert not np.array_equal(z, atlas.sample(among, 20, seed=4))
    steps = (z - atlas.center) / atlas.step
    assert steps.mean() == pytest.approx(20, abs=2)
    nearest = np.abs(steps[:, None] - atlas.codes[among][None]).max(-1).min(1)
    assert 0.1 < nearest.mean() < 6, "new points, but around the bars"


def test_a_region_of_one_bar_gives_draws_around_it_and_none_gives_a_sentence(atlas) -> None:
    z = atlas.sample(np.array([5]), 40, seed=0)
    assert ((z - atlas.z(np.array([5]))) / atlas.step).std() == pytest.approx(1, abs=0.15)
    with pytest.raises(BeatGenError, match="no training bar"):
        atlas.sample(np.array([], int), 3)
    with pytest.raises(BeatGenError, match="count is 0"):
        atlas.sample(np.array([5]), 0)


# --- similarity


def test_the_nearest_bar_has_the_highest_f1(random_groove) -> None:
    known = random_groove(seed=1, bars=40)
    atlas = atlas_of(known)
    asked = random_groove(seed=2, bars=5)
    similarity, index = atlas.nearest_bars(asked.velocity, asked.timing)
    for bar in range(5):
        scores = [
            folded_f1(asked[bar].velocity, asked[bar].timing, other.velocity, other.timing)
            for other in known
        ]
        assert similarity[bar] == pytest.approx(max(scores))
        assert scores[index[bar]] == pytest.approx(max(scores))


def test_a_groove_is_as_near_as_its_bars_are_on_average(random_groove, rock) -> None:
    known = random_groove(seed=1, bars=9)
    atlas = atlas_of(known)
    both = bg.join([known[4], rock[0]])
    of_rock = atlas.nearest(rock[0]).similarity
    found = atlas.nearest(both)
    assert found.similarity == pytest.approx((1 + of_rock) / 2)
    assert (found.index, found.style) == (4, "funk")
    silence = Groove(np.zeros((1, 64, 22)))
    assert atlas.nearest(silence).similarity == 0


# --- on disk


def test_it_comes_back_from_its_file(atlas, tmp_path) -> None:
    (tmp_path / NETWORK).write_bytes(b"weights")
    atlas.save(tmp_path)
    again = bg.load_atlas(tmp_path)
    for name in Atlas.__dataclass_fields__:
        assert np.array_equal(getattr(again, name), getattr(atlas, name)), name
        assert np.asarray(getattr(again, name)).dtype == np.asarray(getattr(atlas, name)).dtype


def test_an_atlas_of_other_weights_is_refused(atlas, tmp_path) -> None:
    (tmp_path / NETWORK).write_bytes(b"weights")
    with pytest.raises(ModelError, match="no such file"):
        bg.load_atlas(tmp_path)
    atlas.save(tmp_path)
    (tmp_path / NETWORK).write_bytes(b"other weights")
    with pytest.raises(ModelError, match="other weights"):
        bg.load_atlas(tmp_path)
    (tmp_path / ATLAS).write_bytes(b"PK\x03\x04 damaged")
    with pytest.raises(ModelError, match="not an atlas"):
        bg.load_atlas(tmp_path)


# --- the one that ships


def test_the_shipped_file_is_small_and_quick_to_ask(shipped, random_groove) -> None:
    assert (model_folder("bar") / ATLAS).stat().st_size < 2_000_000
    takes = [random_groove(seed=seed, bars=2) for seed in range(12)]
    shipped.nearest(takes[0])
    began = time.process_time()
    for take in takes:
        shipped.nearest(take)
    assert time.process_time() - began < 0.5, "some 20 ms on a machine with nothing else to do"


def test_bars_decoded_from_it_keep_their_patterns(shipped) -> None:
    bars = np.random.default_rng(0).choice(len(shipped), 64, replace=False)
    velocity, timing = bg.load_model().decode_bars(shipped.z(bars))
    assert f1(shipped.struck[bars], pattern(velocity, timing)) > 0.95


def test_held_out_bars_land_near_bars_of_their_style(shipped, gmd) -> None:
    """Far more often than by chance, which is the share of the style among all bars."""
    vae = bg.load_model()
    files = [
        (name, row["style"].split("/")[0])
        for name, row in read_info(gmd).items()
        if row["split"] == "validation" and row["time_signature"] == "4-4"
    ][::4]
    hits, chance = [], []
    for name, style in files:
        if style not in shipped.styles:
            continue
        of_style = shipped.style == shipped.styles.index(style)
        places = shipped.place(vae.encode(scan_midi(gmd / name)[0][:8]))
        distance = np.linalg.norm(shipped.places - places[:, None], axis=-1)
        near = distance.argpartition(10, axis=1)[:, :10]
        hits.append(of_style[near].mean())
        chance.append(of_style.mean())
    assert len(hits) > 10
    assert np.mean(hits) > 1.3 * np.mean(chance)


def test_a_seed_below_0_is_refused(atlas) -> None:
    with pytest.raises(BeatGenError, match="seed is -1"):
        atlas.sample(np.arange(3), seed=-1)
