"""Level and place of drum families."""

import numpy as np
import pytest
from listen import loudness

from beatgen.audio import render as audio
from beatgen.audio.mix import LEVELS, MIXED, Mix, pan_stereo
from beatgen.errors import AudioError
from beatgen.groove import Groove

GROOVE = Groove.from_tab(
    "kick |o---|----|\nsnare |----|o---|\nhi-hat |x-x-|x-x-|\nclap |----|--o-|", tempo=120
)


def stems(mix: Mix) -> dict[str, np.ndarray]:
    return audio.stems(GROOVE, engine="kit", loop=True, mix=mix)


def test_levels_and_pans_are_heard_in_their_stem_alone():
    plain = stems(Mix())
    mixed = stems(Mix({"kick": -6, "percussion": 3}, {"hat": 1, "snare": -0.5}))
    assert loudness(mixed["kick"]) / loudness(plain["kick"]) == pytest.approx(10**-0.6, abs=1e-3)
    ratio = loudness(mixed["percussion"]) / loudness(plain["percussion"])
    assert ratio == pytest.approx(10**0.3, abs=1e-3)
    assert not mixed["hat"][:, 0].any() and mixed["hat"][:, 1].any()
    left, right = (loudness(mixed["snare"][:, side]) for side in (0, 1))
    assert left > 2 * right > 0
    only = stems(Mix({"kick": -6}))
    np.testing.assert_array_equal(only["hat"], plain["hat"])


@pytest.mark.parametrize("loop", [True, False])
def test_stems_of_a_mix_add_up_to_it(loop):
    mix = Mix({"kick": 2.5, "hat": -12}, {"tom": 0.3, "hat": 0.8})
    how = {"engine": "kit", "loop": loop, "mix": mix}
    np.testing.assert_allclose(
        sum(audio.stems(GROOVE, **how).values()), audio.render(GROOVE, **how), atol=1e-4
    )


def test_everything_turned_up_does_not_clip_and_everything_turned_down_is_heard():
    for level in LEVELS:
        sound = audio.render(GROOVE, engine="kit", mix=Mix(dict.fromkeys(MIXED, level)))
        assert 1e-4 < np.abs(sound).max() < 1


def test_pan_of_stereo_keeps_the_power_of_the_side_that_goes_over():
    for position in (-1.0, -0.4, 0.0, 0.7, 1.0):
        for side in (0, 1):
            sound = np.zeros((1, 2))
            sound[0, side] = 1
            assert (pan_stereo(sound, position) ** 2).sum() == pytest.approx(1)
    np.testing.assert_allclose(pan_stereo(np.array([[0.5, 0.25]]), 0.0), [[0.5, 0.25]])


def test_what_is_flat_is_left_out_and_what_cannot_be_is_refused():
    assert Mix({"kick": 0}) == Mix() and not Mix({"kick": 0}, {"hat": 0.0})
    assert hash(Mix({"kick": 1})) == hash(Mix({"kick": 1.0}))
    for arguments, message in (
        (({"hats": 1},), r"'hats' is no drum family; expected one of kick, snare, tom"),
        (({"kick": 7},), r"the level of kick is 7 dB; expected -40 to 6 dB"),
        (({}, {"kick": -1.5}), r"the pan of kick is -1.5; expected -1 to 1"),
        (({"kick": float("nan")},), r"the level of kick is nan dB"),
    ):
        with pytest.raises(AudioError, match=message):
            Mix(*arguments)
