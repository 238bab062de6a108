"""How much of another feel a groove takes, on the shipped weights."""

import numpy as np
import pytest

import beatgen as bg
from beatgen.bars.hits import named_hits
from beatgen.errors import BeatGenError
from beatgen.kit import INDEX, VOICES_OF_FAMILY
from beatgen.latent.vae import Vae

HATS = list(VOICES_OF_FAMILY["hat"])
# Written by hand: ghosts under accents, and a hat that is loud off the beat
WRITTEN = {
    "ghosts": "hi-hat |xgxgxgxg|xgxgxgxg|\nsnare |-gO--gOg|g-O-g-O-|\nkick |O--o-O--|O-o----o|",
    "off-beats": "hi-hat |g-X-g-X-|g-X-g-Xg|\nrimshot |----o---|----o---|\nkick |----O---|----|",
    "percussion": "shaker |xgXgxgXg|\nsnare |--O-g-O-|\nkick |O--gO---|",
    "waltz": "meter: 3/4\nride |X-xgx-|\nsnare |--O-gO|\nkick |O----g|",
}


def order_is_kept(written: bg.Groove, played: bg.Groove) -> bool:
    """Whether all that is written louder by a twelfth of the range stays louder, voice by voice."""
    own, new = (named_hits(groove, written.voices) for groove in (written, played))
    assert set(own) == set(new), "hits came or went"
    return all(
        new[one].velocity > new[two].velocity
        for one in own
        for two in own
        if one[0] == two[0] and own[one].velocity - own[two].velocity > 1 / 12
    )


@pytest.mark.parametrize("name", WRITTEN)
def test_accents_that_are_written_stay(vae: Vae, name: str) -> None:
    written = bg.Groove.from_tab(WRITTEN[name], tempo=96)
    for seed in range(6):
        for amount in (0.5, 1):
            played = vae.humanize(written, seed=seed, velocity=amount)
            assert played != written and order_is_kept(written, played)
        assert order_is_kept(written, vae.humanize(written, seed, keep_accents=True, like="jazz"))
    free = [vae.humanize(written, s, velocity=1, keep_accents=False) for s in range(6)]
    assert not all(order_is_kept(written, played) for played in free), "or nothing was kept"


def test_an_amount_of_0_is_what_is_written(vae: Vae, funk: bg.Groove) -> None:
    assert vae.humanize(funk, seed=2, timing=0, velocity=0) == funk
    moved = vae.humanize(funk, seed=2, velocity=0)
    assert not np.array_equal(moved.timing, funk.timing)
    own, new = (named_hits(groove, funk.voices) for groove in (funk, moved))
    assert all(new[name].velocity == hit.velocity for name, hit in own.items())
    louder = vae.humanize(funk, seed=2, timing=0)
    assert np.array_equal(louder.timing, funk.timing) and louder != funk


def test_each_family_has_an_amount(vae: Vae, funk: bg.Groove) -> None:
    played = vae.humanize(funk, seed=1, timing={"hat": 1}, velocity={"snare": 0.5})
    others = [i for i in range(22) if i not in HATS]
    assert np.array_equal(played.timing[..., others], funk.timing[..., others])
    assert np.array_equal(played.velocity[..., INDEX["kick"]], funk.velocity[..., INDEX["kick"]])
    assert not np.array_equal(played.timing[..., HATS], funk.timing[..., HATS])
    half = vae.humanize(funk, seed=1, timing={"hat": 0.5}, velocity=0)
    own, whole, less = (named_hits(groove, HATS) for groove in (funk, played, half))
    for name, hit in own.items():
        assert less[name].place - hit.place == pytest.approx(
            (whole[name].place - hit.place) / 2, abs=1e-4
        )


def test_what_is_struck_together_moves_together(vae: Vae) -> None:
    written = bg.Groove.from_tab("crash 1|X---|\nhi-hat|xxxx|\nsnare|--O-|\nkick|O-o-|", tempo=90)
    played = vae.humanize(written, seed=4, timing=1)
    own, new = (named_hits(groove, written.voices) for groove in (written, played))
    by = {name: new[name].place - hit.place for name, hit in own.items()}
    for sixteenth in {name[1] for name in own}:
        moves = [move for name, move in by.items() if name[1] == sixteenth]
        assert max(moves) - min(moves) < 1e-4
    assert len({round(move, 3) for move in by.values()}) > 2


def test_the_feel_of_a_groove_of_a_style_or_of_a_region(vae: Vae, rock: bg.Groove) -> None:
    late = bg.Groove(rock.velocity, np.where(rock.velocity > 0, 0.9, 0), rock.tempo)
    dragged = vae.humanize(rock, like=late)
    assert dragged.timing[dragged.velocity > 0].mean() > 0.4
    assert vae.humanize(rock, like=rock) == rock
    jazz = vae.humanize(rock, seed=3, like="jazz")
    region = bg.load_atlas().of_style("jazz")
    assert (
        jazz == vae.humanize(rock, seed=3, like=region) != vae.humanize(rock, seed=4, like="jazz")
    )
    assert jazz == vae.humanize(rock, seed=3, like="Jazz ")


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"timing": 1.5}, "timing is 1.5; expected 0 to 1"),
        ({"velocity": {"hats": 0.5}}, "velocity of 'hats': no such family; one of kick, snare"),
        ({"velocity": {"hat": float("nan")}}, "velocity of hat is nan; expected 0 to 1"),
        ({"like": "polka"}, "no style 'polka'; expected one of rock, latin"),
        ({"like": np.zeros(0, int)}, "no training bar lies in this region"),
    ],
)
def test_what_cannot_be_is_refused(vae: Vae, funk: bg.Groove, how, sentence: str) -> None:
    with pytest.raises(BeatGenError, match=sentence):
        vae.humanize(funk, **how)
