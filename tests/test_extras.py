"""Percussion beside the kit: a groove's extra voices, read, written, drawn and heard as a kit."""

from io import BytesIO

import numpy as np
import pytest

from beatgen.audio.render import render, stems
from beatgen.errors import BeatGenError
from beatgen.groove import Groove, as_kit, columns, extras_of, join, rows_of, voices_of
from beatgen.kit import EVERY, INDEX, NUMBER, PERCUSSION, VOICES
from beatgen.midi import scan_midi, write_midi
from beatgen.plot.drums import draw, draw_difference

TAB = """
shaker       |g-x-g-x-g-x-g-x-|
clap         |----X-------x---|
snare        |------------o---|
kick         |o-------o-------|
"""
BEAT = Groove.from_tab(TAB, tempo=96)
SNARE, HAT = INDEX["snare"], INDEX["hi-hat"]


def of(*names: str, pitch_order: bool = False) -> Groove:
    """A groove with one hit of each voice, one a sixteenth."""
    lines = [f"{name} |{'-' * i}x{'-' * (63 - i)}|" for i, name in enumerate(names)]
    return Groove.from_tab("\n".join(lines))


def test_numbers_and_names_tell_every_voice_apart() -> None:
    assert len(NUMBER) == len(EVERY) == 22 + len(PERCUSSION) + 128
    assert [EVERY[i] for i in range(22)] == list(VOICES) and max(EVERY) == 255
    for voice in PERCUSSION:
        assert voice.family == "percussion" and 27 <= voice.pitch <= 87


def test_numbers_stay_what_links_have_kept() -> None:
    """A change of these needs another version of the links."""
    some = ("clap", "tambourine", "cowbell", "shaker", "surdo", "vibraslap", "note 0", "note 127")
    assert [NUMBER[name] for name in some] == [30, 31, 32, 55, 60, 63, 128, 255]


def test_tab_in_and_out_has_extras() -> None:
    assert BEAT.extras == ("clap", "shaker") and BEAT.velocity.shape == (1, 64, 24)
    assert Groove.from_tab(str(BEAT), tempo=96) == BEAT
    assert str(BEAT).splitlines()[0].startswith("shaker ")


def test_extras_stand_in_the_order_of_their_numbers_and_silent_ones_go() -> None:
    velocity = np.zeros((1, 64, 25), np.float32)
    velocity[0, 0, 22], velocity[0, 4, 24] = 0.5, 0.75  # shaker, clap; the cowbell is silent
    groove = Groove(velocity, extras=("shaker", "cowbell", "clap"))
    assert groove.extras == ("clap", "shaker") and groove.voices[22:] == (30, 55)
    assert groove.velocity[0, 4, 22] == 0.75 and groove.velocity[0, 0, 23] == 0.5
    assert Groove(np.zeros((1, 64, 23)), extras=("clap",)) == Groove(np.zeros((1, 64, 22)))


@pytest.mark.parametrize(
    ("extras", "message"),
    [(("kazoo",), "'kazoo'"), (("snare",), "'snare'"), (("clap", "clap"), "stands twice")],
)
def test_what_is_no_percussion_is_refused(extras, message) -> None:
    with pytest.raises(BeatGenError, match=message):
        Groove(np.zeros((1, 64, 22 + len(extras))), extras=extras)


def test_equal_grooves_have_the_same_extras() -> None:
    claps, snaps = of("clap"), of("slap")
    assert claps != snaps and claps.velocity.shape == snaps.velocity.shape


def test_bars_join_whatever_extras_each_has() -> None:
    whole = join([of("clap"), of("kick"), of("note 95", "shaker")])
    assert whole.extras == ("clap", "shaker", "note 95")
    assert [bar.extras for bar in whole] == [("clap",), (), ("shaker", "note 95")]
    assert join(whole) == whole and whole.repeat(6)[3:] == whole and whole[:1] == of("clap")


def test_columns_are_silent_where_a_groove_has_no_such_voice() -> None:
    voices = voices_of(of("clap"), of("shaker"))
    assert extras_of(voices) == ("clap", "shaker")
    velocity, _ = columns(of("shaker"), voices)
    assert velocity.any((0, 1)).nonzero()[0].tolist() == [23]


def test_a_network_hears_the_voices_that_play_the_parts() -> None:
    heard = as_kit(BEAT)
    assert heard.velocity.shape == (1, 64, 22) and not heard.extras and heard.tempo == 96
    assert heard.velocity[0, :, HAT].nonzero()[0].tolist() == list(range(0, 64, 8))
    snare = heard.velocity[0, :, SNARE]
    assert snare.nonzero()[0].tolist() == [16, 48]
    assert snare[16] == BEAT.velocity[0, 16, 22]  # the clap alone
    assert snare[48] == BEAT.velocity[0, 48, SNARE]  # the snare, which a clap doubles
    assert as_kit(heard) is heard


def test_a_clap_beside_a_snare_of_the_same_sixteenth_is_not_heard() -> None:
    """Two steps late, one step early: they are one note of the backbeat."""
    velocity = np.zeros((1, 64, 23), np.float32)
    velocity[0, 16, INDEX["cross-stick"]], velocity[0, 15, 22], velocity[0, 18, 22] = 0.7, 1, 0.9
    heard = as_kit(Groove(velocity, extras=("clap",))).velocity[0]
    assert heard[:, SNARE].nonzero()[0].tolist() == [18]  # which belongs to the next sixteenth


def test_whistles_and_unknown_notes_are_not_heard() -> None:
    assert not as_kit(of("short whistle", "note 95", "metronome click")).velocity.any()


def test_rows_and_pictures_have_the_extras_on_top() -> None:
    assert rows_of(BEAT)[-2:] == (NUMBER["clap"], NUMBER["shaker"])
    figure = draw(BEAT)
    assert figure.layout.yaxis.ticktext[-1].strip() == "shaker"
    assert len(figure.data[0].x) == np.count_nonzero(BEAT.velocity)
    other = of("kick", "cowbell")
    names = [trace.name for trace in draw_difference(BEAT, other).data]
    assert names == ["1 kept", f"{np.count_nonzero(BEAT.velocity) - 1} missing", "1 added"]


@pytest.mark.parametrize("pitches", ["gmd", "gm"])
def test_every_extra_comes_back_from_its_own_note(pitches) -> None:
    own = [voice.name for voice in PERCUSSION if voice.pitch not in (52, 55, 58)]
    groove = of("kick", *own, "note 0", "note 95", "note 127")
    rng = np.random.default_rng(7)
    velocity = np.where(groove.velocity, rng.integers(1, 128, groove.velocity.shape), 0) / 127
    groove = Groove(velocity, rng.integers(-7, 7, velocity.shape) / 30, 97, extras=groove.extras)
    file = BytesIO()
    write_midi(groove, file, pitches=pitches)
    back, report = scan_midi(BytesIO(file.getvalue()))
    assert back.extras == groove.extras and np.array_equal(back.velocity, groove.velocity)
    assert np.abs(back.timing - groove.timing).max() < 0.02
    assert report.hits == dict.fromkeys(["kick", *groove.extras], 1)
    assert not report.messages and sum(report.pitches.values()) == len(groove.extras) + 1


def test_percussion_is_mixed_and_has_a_stem_of_its_own() -> None:
    parts = stems(BEAT, engine="kit", loop=True)
    assert list(parts) == ["kick", "snare", "percussion"]
    mix = render(BEAT, engine="kit", loop=True)
    assert np.allclose(sum(parts.values()), mix, atol=1e-6)
    at = round(BEAT.seconds / 4 * 44100)  # the clap on two, alone but for the shaker
    assert np.abs(parts["percussion"][at : at + 2205]).max() > 0.1


def test_a_mute_triangle_ends_the_open_one() -> None:
    rings = Groove.from_tab("triangle |x-------|", tempo=60)
    damped = Groove.from_tab("triangle |x-------|\nmute triangle |-g------|", tempo=60)
    late = slice(
        round(0.8 * 44100), None
    )  # the mute stroke falls after half a second, and is short
    quiet, loud = (np.abs(render(beat, engine="kit")[late]).max() for beat in (damped, rings))
    assert loud > 0.005 and quiet < loud / 20
