"""Percussion that the network does not know, in everything that it plays."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from beatgen.groove import Groove, as_kit, columns, voices_of
from beatgen.kit import INDEX, NUMBER, VOICES, VOICES_OF_FAMILY

SNARES = list(VOICES_OF_FAMILY["snare"])
CLAPS = Groove.from_tab(
    """
    shaker       |g-x-g-x-g-x-g-x-|g-x-g-x-g-x-g-x-|
    clap         |----X-------X---|----X-------X--o|
    hi-hat       |x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|
    kick         |o-------o-o-----|o-------o-o-----|
    """,
    tempo=96,
)
CONGAS = Groove.from_tab(
    """
    clap         |----o-------o---|
    high conga   |--o-----o-oo----|
    snare        |----o-------o---|
    ride         |x-x-x-x-x-x-x-x-|
    kick         |o---------o-----|
    """,
    tempo=104,
)


def of(groove: Groove, name: str) -> np.ndarray:
    """Velocities of one voice, (bars * steps,)."""
    return columns(groove, (NUMBER[name],))[0].reshape(-1)


def snares(groove: Groove) -> np.ndarray:
    return groove.velocity[:, :, SNARES].any(2).reshape(-1)


@pytest.fixture(scope="module")
def path(vae) -> list[Groove]:
    return vae.blend_path(CLAPS, CONGAS, frames=11)


def test_the_network_hears_the_fold(vae) -> None:
    assert np.array_equal(vae.encode(CLAPS), vae.encode(as_kit(CLAPS)))
    assert np.array_equal(vae.encode(CONGAS), vae.encode(as_kit(CONGAS)))


def test_at_the_ends_a_blend_is_the_grooves_with_their_extras(vae, path) -> None:
    assert path[0] == CLAPS and path[-1] == CONGAS.repeat(2)
    assert vae.blend(CLAPS, CONGAS, 0) == CLAPS
    assert vae.interpolate(CLAPS, CONGAS, steps=4)[0] == CLAPS[0]
    assert vae.interpolate(CLAPS, CONGAS, steps=4)[3] == replace(CONGAS, tempo=CLAPS.tempo)


def test_along_a_blend_extras_fade_with_their_groove(path) -> None:
    shaker = [of(groove, "shaker") for groove in path]
    loudness = [line.sum() for line in shaker]
    assert all(b < a or not b for a, b in pairwise(loudness)) and not loudness[-1]
    kept = [np.count_nonzero(line) for line in shaker]
    assert kept == sorted(kept, reverse=True) and kept[5] >= 8
    for before, after in pairwise(shaker):  # the softest go first
        gone = (before > 0) & (after == 0)
        if gone.any() and (after > 0).any():
            stay = (before > 0) & (after > 0)
            assert before[gone].max() <= before[stay].min()
    congas = [np.count_nonzero(of(groove, "high conga")) for groove in path]
    assert congas == sorted(congas) and congas[0] == 0 and congas[-1] == 8


def test_extras_of_one_name_are_one_voice_all_along(path) -> None:
    for groove in path:
        hits = np.flatnonzero(of(groove, "clap"))
        assert {16, 48, 80, 112} <= set(hits.tolist())
    loudness = [of(groove, "clap")[16] for groove in path]
    assert loudness == sorted(loudness, reverse=True)
    assert loudness[5] == pytest.approx((loudness[0] + loudness[-1]) / 2)


def test_claps_that_were_heard_as_snares_do_not_sound_twice(path) -> None:
    assert not any(snares(groove).any() for groove in path[:5])
    assert all(snares(groove)[[16, 48, 80, 112]].any() for groove in path[6:])


def test_congas_bring_no_toms(path) -> None:
    for groove in path[1:]:
        assert not groove.velocity[:, :, list(VOICES_OF_FAMILY["tom"])].any()


def test_pattern_and_feel_apart_keep_the_extras(vae) -> None:
    worn = vae.blend(CLAPS, CONGAS, 0, feel=1)
    assert worn.extras == CLAPS.extras
    assert np.count_nonzero(of(worn, "shaker")) == 16
    assert of(worn, "clap")[16] == of(CONGAS, "clap")[16]


def test_takes_keep_every_extra_and_give_no_snares_for_claps(vae) -> None:
    for take in vae.vary(CLAPS, count=4, amount=0.5, seed=3):
        assert take.extras == CLAPS.extras
        for name in CLAPS.extras:
            found, own = np.count_nonzero(of(take, name)), np.count_nonzero(of(CLAPS, name))
            assert found == own
        assert not snares(take).any()
    (same,) = vae.vary(CLAPS, count=1, amount=0)
    assert same == CLAPS


def test_a_change_of_pattern_alone_leaves_extras_as_they_are(vae) -> None:
    for take in vae.vary(CLAPS, count=2, amount=0.6, seed=1, feel=0):
        both = voices_of(CLAPS, take)[22:]
        for old, new in zip(columns(CLAPS, both), columns(take, both), strict=True):
            assert np.array_equal(old, new)


def test_humanize_moves_extras_with_the_voice_that_plays_their_part(vae) -> None:
    played, heard = vae.humanize(CLAPS, seed=7), vae.humanize(as_kit(CLAPS), seed=7)
    assert played.extras == CLAPS.extras and not snares(played).any()
    claps, snare = of(played, "clap"), heard.velocity[:, :, INDEX["snare"]].reshape(-1)
    assert np.allclose(claps, snare) and np.count_nonzero(claps) == 5
    clap, timing = NUMBER["clap"], heard.timing[:, :, INDEX["snare"]]
    assert np.allclose(columns(played, (clap,))[1][..., 0], timing, atol=1e-5)
    assert np.count_nonzero(of(played, "shaker")) == 16
    assert np.array_equal(  # the rest is what it would have been
        np.delete(played.velocity[:, :, :22], SNARES, 2), np.delete(heard.velocity, SNARES, 2)
    )


def test_a_shape_keeps_extras_and_swings_them(vae) -> None:
    swung = vae.nudge(CLAPS, _swing(vae, 2.0))
    assert swung.extras == CLAPS.extras
    assert np.count_nonzero(of(swung, "shaker")) == 16 and not snares(swung).any()
    (again,) = vae.nudge_each([CLAPS], _swing(vae, 2.0))
    assert again == swung
    assert vae.nudge(CLAPS, [0.0]) == CLAPS


def _swing(vae, amount: float) -> list[float]:
    return [amount * (direction.name == "swing") for direction in vae.directions]


def test_a_finished_beat_keeps_extras_to_the_last_bit(vae) -> None:
    hidden = np.zeros((2, 16, 22), bool)
    hidden[:, :, INDEX["snare"]] = True
    finished = vae.complete(CLAPS, hidden)
    assert finished.extras == CLAPS.extras
    own, new = columns(CLAPS, CLAPS.voices), columns(finished, CLAPS.voices)
    outside = np.arange(24) != INDEX["snare"]
    for before, after in zip(own, new, strict=True):
        assert np.array_equal(before[:, :, outside], after[:, :, outside])


def test_grooves_without_extras_are_what_they_were(vae, rock, samba) -> None:
    both = vae.blend(rock, samba, 0.4)
    beside = vae.blend(rock, CLAPS, 0.4)
    assert not both.extras and both.velocity.shape[2] == 22
    assert beside.extras == CLAPS.extras


def test_extras_are_kept_in_other_meters(vae) -> None:
    waltz = Groove.from_tab(
        "clap |----x---x---|\nshaker |x-x-x-x-x-x-|\nkick |o-----------|", meter="3/4"
    )
    plain = Groove.from_tab("snare |----o---o---|\nkick |o-----------|", meter="3/4")
    path = vae.blend_path(waltz, plain, frames=5)
    assert path[0] == waltz and path[-1] == plain
    assert [np.count_nonzero(of(groove, "clap")) for groove in path] == [2, 2, 2, 2, 0]
    (take,) = vae.vary(waltz, count=1, amount=0.5)
    assert np.count_nonzero(of(take, "shaker")) == 6 and not snares(take).any()


PERCUSSION_ALONE = Groove.from_tab(
    """
    long whistle |o---------------|----------------|
    shaker       |x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|
    low conga    |---o------oo----|---o------oo----|
    high conga   |o--o--o-o--o--oo|o--o--o-o--o--oo|
    """
)


def test_takes_of_percussion_alone_change_its_pattern_and_stay_percussion(vae) -> None:
    takes = vae.vary(PERCUSSION_ALONE, 4, 0.6, seed=3)
    for take in takes:
        assert set(take.extras) <= set(PERCUSSION_ALONE.extras) and as_kit(take) != take
        assert not take.velocity[:, :, : len(VOICES)].any(), "no drum of the kit"
        assert (of(take, "long whistle") == of(PERCUSSION_ALONE, "long whistle")).all()
        assert (of(take, "high conga") > 0).any()
    struck = [take.velocity.astype(bool) for take in (PERCUSSION_ALONE, *takes)]
    assert len({cells.tobytes() for cells in struck}) == 5, "other hits in each"
    (played,) = vae.vary(PERCUSSION_ALONE, 1, 0, seed=3, feel=0.5)
    hits = [np.count_nonzero(groove.velocity) for groove in (played, PERCUSSION_ALONE)]
    assert hits[0] == hits[1] and played != PERCUSSION_ALONE
