"""What is given to the public face and is none of it: one short sentence, whatever it is."""

from io import BytesIO

import numpy as np
import pytest

import beatgen as bg
from beatgen import demo

OBJECTS = (None, np.zeros(3), {}, object())
WRONG = {
    "groove": (*OBJECTS, "x", 3.5),
    "number": (*OBJECTS[1:], "x", -1.5),
    "meter": (*OBJECTS[1:], "x", 3.5),
    "array": (*OBJECTS[1:], "x", 3.5),
    "file": (*OBJECTS, 3.5),
}


@pytest.fixture(scope="module")
def calls() -> dict:
    """What takes a groove, and what takes something else; by what is wrong."""
    vae, funk = bg.load_model(), demo.load("funk")
    z = vae.encode(funk)
    return {
        "groove": [
            vae.encode,
            vae.reconstruct,
            vae.vary,
            vae.humanize,
            bg.draw,
            bg.render,
            bg.stems,
            lambda it: vae.blend(it, funk, 0.5),
            lambda it: vae.blend(funk, it, 0.5),
            lambda it: vae.nudge(it, [1]),
            lambda it: vae.nudge_each([it], [1]),
            lambda it: bg.compare(funk, it),
            lambda it: bg.in_meter(it, "3/4"),
            lambda it: bg.join([funk, it]),
            lambda it: bg.write_midi(it, BytesIO()),
            lambda it: bg.write_wav(it, BytesIO()),
        ],
        "number": [
            lambda it: vae.blend(funk, funk, it),
            lambda it: vae.vary(funk, it),
            lambda it: vae.vary(funk, 1, it),
            lambda it: vae.vary(funk, 1, 0.5, it),
            lambda it: vae.sample(1, 0, it),
            lambda it: vae.interpolate(funk, funk, it),
            lambda it: vae.blend_path(funk, funk, it),
            lambda it: vae.humanize(funk, it),
            lambda it: vae.humanize(funk, spread=it),
            lambda it: bg.render(funk, sample_rate=it),
            lambda it: bg.Meter(it, 4),
            lambda it: bg.Meter(4, it),
            lambda it: bg.Groove.from_tab("kick |o---|", steps=it),
            funk.repeat,
        ],
        "meter": [
            lambda it: bg.in_meter(funk, it),
            lambda it: bg.Groove(funk.velocity, meters=it),
            lambda it: vae.decode(z, meter=it),
            lambda it: vae.blend(funk, funk, 0.5, meter=it),
        ],
        "array": [
            bg.Groove,
            lambda it: bg.Groove(funk.velocity, it),
            vae.decode,
            vae.turns,
            lambda it: vae.nudges(funk, it),
            lambda it: vae.humanize(funk, like=it),
        ],
        "file": [
            bg.read,
            bg.read_midi,
            lambda it: bg.write_midi(funk, it),
            lambda it: bg.write_wav(funk, it, engine="kit"),
            lambda it: bg.write_midi(funk, BytesIO(), map=it),
        ],
    }


@pytest.mark.parametrize("kind", WRONG)
def test_what_does_not_fit_is_one_short_sentence(calls, kind) -> None:
    for call in calls[kind]:
        for wrong in WRONG[kind]:
            with pytest.raises(bg.BeatGenError) as refused:
                call(wrong)
            assert len(str(refused.value)) < 300 and "\n" not in str(refused.value)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -1, 0])
def test_a_number_that_cannot_be_is_refused(wrong) -> None:
    funk = demo.load("funk")
    for call in (
        lambda: funk.repeat(wrong),
        lambda: bg.Groove(funk.velocity, tempo=wrong),
        lambda: bg.load_model().vary(funk, wrong),
        lambda: bg.render(funk, sample_rate=wrong),
    ):
        with pytest.raises(bg.BeatGenError):
            call()
