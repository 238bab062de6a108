"""A song: which parts it has, what stays as it is, where fills are, and what is refused."""

from io import BytesIO

import mido
import numpy as np
import pytest

from beatgen.errors import BeatGenError, ModelError
from beatgen.groove import Groove
from beatgen.kit import INDEX, VOICES
from beatgen.latent.decide import ELECTRONIC
from beatgen.latent.form import FORMS, fill_bars, parts_of
from beatgen.latent.song import TIME
from beatgen.latent.vae import load_model
from beatgen.midi import read_midi, write_midi

WHOLE = "intro A A bridge B ending"


def hits(groove: Groove) -> np.ndarray:
    return groove.velocity > 0


@pytest.fixture(scope="module")
def funk_():
    from beatgen import demo

    return demo.load("funk")[:2]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("bars", [1, 5, 16, 31, 64, 128])
def test_the_parts_of_a_form_fill_its_bars(form, bars):
    if bars < len(form.split()) or (form.isupper() and bars < len(form)):
        with pytest.raises(BeatGenError, match="bars or more"):
            parts_of(form, bars)
        return
    parts = parts_of(form, bars)
    assert [part.first for part in parts] == [0, *(part.end for part in parts[:-1])]
    assert parts[-1].end == bars and min(part.bars for part in parts) >= 1


@pytest.mark.parametrize("form", ["", "A--?", "A0", "A*2", "A" * 40, "A8 B8", "A20"])
def test_what_is_no_form_or_does_not_fit_is_refused_in_a_sentence(form):
    with pytest.raises(BeatGenError) as refused:
        parts_of(form, 12)
    assert len(str(refused.value)) < 300 and str(refused.value).endswith(".")


def test_fills_lead_into_what_follows():
    parts = parts_of("A8 B6 ending2", 16)
    assert fill_bars(parts, 4) == (3, 7, 11, 13, 14)
    assert fill_bars(parts, 0) == ()
    assert fill_bars(parts, [8, 2]) == (1, 7)
    for asked in ([17], [0], -1):
        with pytest.raises(BeatGenError, match="fill"):
            fill_bars(parts, asked)


@pytest.mark.parametrize("heat", [0.0, 0.5, 1.0])
def test_the_groove_is_heard_as_it_is_and_fills_stand_where_asked(vae, funk_, heat):
    song = vae.song(funk_, bars=16, form="AABA", fills=4, heat=heat, seed=5)
    groove = song.groove
    assert groove.bars == 16 and groove.tempo == funk_.tempo
    assert groove[:2] == funk_  # to the last bit, at every heat
    assert song.fills == (3, 7, 11, 15)
    for bar in (3, 7, 15):  # bar 11 is B's
        assert (hits(groove[bar]) != hits(funk_[bar % 2])).any()
        assert (hits(groove[bar])[:, :14] == hits(funk_[bar % 2])[:, :14]).all()
    again = vae.song(funk_, bars=16, form="AABA", fills=4, heat=heat, seed=5)
    assert again.groove == groove
    assert vae.song(funk_, bars=16, heat=heat, seed=6).groove != groove


def test_at_heat_0_repeats_have_the_same_hits_played_anew(vae, funk_):
    groove = vae.song(funk_, bars=8, form="AA", fills=0, heat=0).groove
    assert groove[:2] == funk_ and groove != funk_.repeat(8)
    struck = [np.any(hits(groove[bar])[0].reshape(16, 4, -1), axis=1) for bar in range(8)]
    for bar in range(2, 8):
        assert (struck[bar] != struck[bar % 2]).sum() <= 4  # a hit may cross to a neighbour
    roams = vae.song(funk_, bars=8, form="AA", fills=0, heat=1).groove
    moved = (hits(roams) != hits(funk_.repeat(8))).sum()
    assert moved > (hits(groove) != hits(funk_.repeat(8))).sum()


def test_every_part_is_what_its_name_says(vae, funk_, samba):
    song = vae.song(funk_, bars=24, form=WHOLE, heat=0.5, seed=2, other=samba)
    assert [part.name for part in song.parts] == WHOLE.split()
    intro, first, _, _, second, ending = song.parts
    opening = hits(song.groove[intro.first])[0]
    assert opening.any() and not opening[:, [i for i in range(len(VOICES)) if i not in TIME]].any()
    assert song.groove[first.first : first.first + 2] == funk_
    own, given = song.groove[second.first], samba[0]
    assert (hits(own) == hits(given)).mean() > 0.99  # behind a fill a crash may come to it
    last = hits(song.groove[ending.end - 1])[0]
    assert last[0, INDEX["kick"]] and last.sum() == 2
    assert song.markers[0] == (0, "intro") and song.markers[-1] == (ending.first, "ending")


def test_a_song_keeps_to_the_kit_and_to_the_percussion_of_its_grooves(vae):
    groove = Groove.from_tab("hi-hat |x-x-x-x-|\nclap |--x---x-|\nkick |o---o---|", tempo=124)
    song = vae.song(groove, bars=16, form="AB", heat=0.7, seed=1)
    assert "clap" in song.groove.extras
    assert not song.groove.velocity[:, :, list(ELECTRONIC)].any()


def test_one_bar_and_all_bars(vae, funk_):
    assert vae.song(funk_, bars=1, form="A", fills=0).groove == funk_[0]
    assert vae.song(funk_[0], bars=128, form="intro A B A ending").groove.bars == 128


@pytest.mark.parametrize(
    "asked",
    [{"bars": 0}, {"bars": 129}, {"heat": 1.1}, {"seed": -1}, {"form": "?"}, {"fills": [99]}],
)
def test_what_no_song_can_be_is_refused_in_a_sentence(vae, funk_, asked):
    with pytest.raises(BeatGenError) as refused:
        vae.song(funk_, **asked)
    assert len(str(refused.value)) < 300


def test_other_meters_and_other_weights_are_refused(vae, funk_):
    waltz = Groove.from_tab("kick |o-----|", meter="3/4")
    with pytest.raises(BeatGenError, match="4/4"):
        vae.song(waltz)
    with pytest.raises(BeatGenError, match="4/4"):
        vae.song(funk_, other=waltz)
    with pytest.raises(ModelError, match=r"sequence\.tflite"):
        load_model("bar-16").song(funk_)


def test_a_song_as_midi_has_a_marker_for_each_part_and_reads_as_it_was(vae, funk_):
    song = vae.song(funk_, bars=16, form="intro A B ending", seed=3)
    for early in ("loop", "pickup"):
        file = BytesIO()
        write_midi(song.groove, file, map="roland", early=early, markers=song.markers)
        track = mido.MidiFile(file=BytesIO(file.getvalue())).tracks[0]
        at, found = 0, []
        for message in track:
            at += message.time
            if message.type == "marker":
                found.append((at / 1920, message.text))
        before = found[0][0]
        assert before in (0, 1)
        assert [(bar - before, name) for bar, name in found] == list(song.markers)
        if early == "loop":
            read = read_midi(BytesIO(file.getvalue()))
            assert read.bars == 16 and (hits(read) == hits(song.groove)).mean() > 0.999
