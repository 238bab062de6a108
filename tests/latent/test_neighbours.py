"""Similar training bars and what they add, on training bars made for these tests."""

import shutil

import numpy as np
import pytest

from beatgen.bars.nearest import pack
from beatgen.kit import GROUPS, INDEX
from beatgen.latent.atlas import ATLAS, Atlas
from beatgen.latent.codec import Codec
from beatgen.latent.decide import Prediction
from beatgen.latent.feel import ExpectedStrike
from beatgen.latent.neighbours import POWER, SHARE, Neighbours, Similar, most_similar, struck_share
from beatgen.latent.runtime import load_network, model_folder
from beatgen.latent.vae import Vae, load_model

KICK, SNARE, HAT = (INDEX[name] for name in ("kick", "snare", "hi-hat"))


def bar(**sixteenths: list[int]) -> np.ndarray:
    """A pattern, bool (16, 22), of the sixteenths of each voice."""
    struck = np.zeros((16, 22), bool)
    for voice, places in sixteenths.items():
        struck[places, INDEX[voice]] = True
    return struck


TRAINING = np.stack(
    [
        bar(kick=[0, 8], snare=[4, 12]),
        bar(kick=[0, 8], snare=[2, 14]),
        bar(kick=[0, 3, 6, 10], snare=[8]),
    ]
)
ASKED = bar(kick=[0, 8], snare=[5])[None]
BUT_SNARE = np.ones((1, 16, 22), bool)
BUT_SNARE[..., SNARE] = False


def test_only_what_is_known_is_compared() -> None:
    found = most_similar(ASKED, BUT_SNARE, pack(TRAINING), count=2)
    assert sorted(found.indices[0]) == [0, 1]
    assert found.weight[0] == pytest.approx([0.5, 0.5]), "both have the kick, whatever the snare"
    all_known = most_similar(ASKED, np.ones_like(BUT_SNARE), pack(TRAINING), count=3)
    f1 = {0: 2 * 2 / 7, 1: 2 * 2 / 7, 2: 2 * 1 / 8}
    weight = np.array([f1[i] ** POWER for i in all_known.indices[0]])
    assert all_known.weight[0] == pytest.approx(weight / weight.sum())


def test_bars_with_different_parts_hidden_are_compared_at_once() -> None:
    known = np.repeat(BUT_SNARE, 2, axis=0)
    known[1] = True
    known[1, :, KICK] = False
    asked = np.stack([ASKED[0], bar(kick=[1], snare=[8])])
    found = most_similar(asked, known, pack(TRAINING), count=1)
    assert found.indices[0, 0] in (0, 1) and found.indices[1, 0] == 2


def test_where_nothing_is_known_neighbours_do_not_count() -> None:
    nothing = most_similar(ASKED, np.zeros_like(BUT_SNARE), pack(TRAINING))
    assert not nothing.weight.any() and not nothing.share.any()
    assert most_similar(ASKED, BUT_SNARE, pack(TRAINING)).share.reshape(-1) == pytest.approx(
        [SHARE]
    )
    assert most_similar(ASKED, BUT_SNARE, pack(TRAINING)).indices.shape == (1, 3), (
        "there are no more"
    )


def test_each_similar_bar_counts_by_its_weight() -> None:
    found = most_similar(ASKED, BUT_SNARE, pack(TRAINING), count=2)
    shares = struck_share(found, TRAINING)
    assert shares[0, [0, 8], KICK] == pytest.approx([1, 1])
    assert shares[0, [2, 4, 12, 14], SNARE] == pytest.approx([0.5] * 4)
    assert shares.sum() == pytest.approx(4)


def neighbours() -> Neighbours:
    """The training bars, each with a z_feel of its own: its number."""
    n = len(TRAINING)
    atlas = Atlas(
        places=np.zeros((n, 2), np.float32),
        codes=np.stack([np.full(n, 99), np.arange(n)], 1).astype(np.int8),
        center=np.zeros(2, np.float32),
        step=np.ones(2, np.float32),
        styles=("rock",),
        style=np.zeros(n, np.uint8),
        fill=np.zeros(n, bool),
        patterns=np.packbits(TRAINING.reshape(n, -1), axis=1),
    )
    return Neighbours(atlas, pattern_dim=1)


def test_the_probability_is_the_mean_of_the_network_and_the_neighbours() -> None:
    predicted = np.full((1, 16, 22), 0.2, np.float32)
    known = neighbours().similar(ASKED, BUT_SNARE)
    probability = neighbours().mixed(predicted, known)
    kicks = probability[0, [0, 8], KICK]
    assert kicks == pytest.approx([0.6, 0.6], abs=1e-3), "the third bar hardly counts"
    assert probability[0, 0, HAT] == pytest.approx(0.1)
    nothing = neighbours().similar(ASKED, BUT_SNARE & False)
    assert neighbours().mixed(predicted, nothing) == pytest.approx(predicted)


def test_bars_are_weighted_anew_with_the_same_sum() -> None:
    similar = Similar(np.array([[2, 0], [1, 0]]), np.array([[0.25, 0.75], [0, 0]], np.float32))
    again = similar.reweighted(np.array([1, 5, 9], np.float32))
    assert again.weight == pytest.approx(np.array([[0.75, 0.25], [0, 0]]))


def test_the_feel_is_the_mean_of_the_network_and_the_neighbours() -> None:
    def predict_feel(z_feel: np.ndarray, pattern: np.ndarray) -> Prediction:
        """The velocity is z in tenths; always on the second place."""
        assert z_feel.shape == (len(pattern), 1)
        shape = (*pattern.shape, 4)
        velocity = np.broadcast_to(0.1 * z_feel[:, 0, None, None, None], shape)
        place = np.broadcast_to([0, 1, 0, 0], shape)
        return Prediction(np.zeros((*pattern.shape, 5)), place, velocity, np.zeros(shape))

    pattern = bar(kick=[0, 8], snare=[2, 14])[None].astype(int)
    own = ExpectedStrike(*np.full((2, 1, 16, 22), 0.3))
    feel = neighbours().feel(own, pattern, predict_feel)
    assert feel.velocity == pytest.approx((0.3 + 0.1) / 2, abs=1e-3), "bar 1 is the very pattern"
    assert feel.offset == pytest.approx((0.3 - 1) / 2, abs=1e-6)


def test_weights_without_an_atlas_predict_alone(rock, tmp_path) -> None:
    folder = tmp_path / "alone"
    shutil.copytree(model_folder("bar"), folder, ignore=shutil.ignore_patterns(ATLAS))
    hidden = np.zeros((rock.bars, 16, 22), bool)
    hidden[..., SNARE] = True
    ours, alone = load_model(), load_model(folder)
    assert alone.complete(rock, hidden) != ours.complete(rock, hidden)
    assert alone.humanize(rock, spread=0) != ours.humanize(rock, spread=0)
    assert alone.humanize(rock, spread=1) == ours.humanize(rock, spread=1), "a draw needs no mean"
    assert isinstance(alone, Vae)


def test_an_encoder_is_told_what_it_learned_to_be_told() -> None:
    """Where single voices were hidden in training, of hats and rides just what is hidden; otherwise
    the whole group."""
    hidden = np.zeros((3, 22), bool)
    hidden[0, INDEX["hi-hat"]] = hidden[1, INDEX["crash 1"]] = hidden[2, INDEX["tom 1"]] = True
    cymbals, toms = len(GROUPS["cymbals"]), len(GROUPS["toms"])
    for single, expected in ((0.0, [cymbals, cymbals, toms]), (0.5, [1, cymbals, toms])):
        network = load_network("bar")
        network.card["training"]["augmentation"]["single"] = single
        unknown = Codec(network).unknown(hidden)
        assert (unknown >= hidden).all() and unknown.sum(1).tolist() == expected
