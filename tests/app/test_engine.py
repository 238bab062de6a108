"""What the page remembers of grooves."""

import io

import mido
import pytest
import soundfile
from midifile import BAR, KICK, end, hit, midi

import beatgen as bg
from app import engine
from app.session import Deck
from beatgen.groove import Groove
from beatgen.kit import INDEX


def test_equal_grooves_share_an_answer(rock):
    copy = Groove(rock.velocity.copy(), rock.timing.copy(), rock.tempo)
    assert engine.contents(rock) == engine.contents(copy)
    louder = rock.velocity.copy()
    louder[0, 0, INDEX["kick"]] = 1
    assert engine.contents(rock) != engine.contents(Groove(louder, rock.timing, rock.tempo))


@pytest.mark.parametrize(("bars", "sounding"), [(2, [0]), (4, [0, 1, 2]), (2, [1])])
def test_empty_bars_that_complete_a_phrase_are_on_the_deck_too(bars, sounding) -> None:
    kicks = [hit(bar * BAR, KICK) for bar in sounding]
    file = midi([*kicks, end(bars * BAR)]).getvalue()
    source = engine.read("loop.mid", file)
    assert source.bars == bars and Deck(source).groove.bars == 2
    assert source.groove == bg.read(io.BytesIO(file)) and not source.messages


def test_long_silence_is_cut_and_told_on_the_page_too() -> None:
    source = engine.read("take.mid", midi([hit(0, KICK), end(40 * BAR)]).getvalue())
    assert source.bars == 4 and source.messages == ("Cut 36 bars of silence at the end.",)


def test_a_tempo_goes_through_a_blend_to_the_microsecond() -> None:
    exact = 0, mido.MetaMessage("set_tempo", tempo=642_860)
    file = midi([exact, hit(0, KICK), hit(960, KICK), end(8 * BAR)]).getvalue()
    a = engine.read("a.mid", file).groove
    whole = engine.blend(a, engine.demos()["Funk"].groove, 0.0)
    assert (642_860).to_bytes(3, "big") in engine.midi_file(whole)
    frames = soundfile.info(io.BytesIO(engine.wav_file(a))).frames
    assert abs(frames - 907_204) <= 1
