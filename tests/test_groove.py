"""Groove: what it holds, what it refuses, and drum tab in and out."""

import pickle

import numpy as np
import pytest

from beatgen.errors import BeatGenError
from beatgen.groove import Groove, join
from beatgen.kit import INDEX

KICK, SNARE, HAT = INDEX["kick"], INDEX["snare"], INDEX["hi-hat"]


def silent(bars: int = 1, steps: int = 64) -> np.ndarray:
    return np.zeros((bars, steps, 22), np.float32)


def test_tab_puts_hits_on_their_steps_with_three_loudnesses() -> None:
    groove = Groove.from_tab("snare |o---g---X-------|", tempo=90)
    assert groove.tempo == 90 and groove.bars == 1 and groove.steps == 64
    hits = np.argwhere(groove.velocity[0] > 0).tolist()
    assert hits == [[0, SNARE], [16, SNARE], [32, SNARE]]
    plain, ghost, accent = groove.velocity[0, [0, 16, 32], SNARE]
    assert 0 < ghost < plain < accent <= 1
    assert not groove.timing.any()


def test_tab_reads_bars_of_any_length_that_divides_the_steps() -> None:
    groove = Groove.from_tab("hi-hat |xxxx|x-x-x-x-x-x-|", steps=24)
    assert np.flatnonzero(groove.velocity[0, :, HAT]).tolist() == [0, 6, 12, 18]
    assert np.flatnonzero(groove.velocity[1, :, HAT]).tolist() == [0, 4, 8, 12, 16, 20]


def test_str_is_the_tab_it_was_read_from(rock) -> None:
    text = str(rock)
    assert text.splitlines()[0].split("|")[1] == "x-x-x-x-x-x-x-x-"
    assert [line.split("|")[0].strip() for line in text.splitlines()] == ["hi-hat", "snare", "kick"]
    assert Groove.from_tab(text, tempo=rock.tempo) == rock


def test_str_shows_every_step_where_sixteenths_would_hide_a_flam() -> None:
    flam = "-" * 15 + "g" + "o" + "-" * 47
    groove = Groove.from_tab(f"snare |{flam}|")
    assert str(groove).split("|")[1] == flam
    assert Groove.from_tab(str(groove)) == groove


def test_str_of_silence_is_readable() -> None:
    assert "silence" in str(Groove(silent()))


@pytest.mark.parametrize(
    ("tab", "message"),
    [
        ("", "no lines"),
        ("hi-hat x-x-", "expected 'voice |x---x---|'"),
        ("kazoo |x---|", "unknown voice 'kazoo'"),
        ("kick |o-q-|", "'q' found"),
        ("kick |o----|", "5 characters"),
        ("kick |o---||", "0 characters"),
        ("kick |o---|\nsnare |o---|o---|", "snare has 2 bars"),
    ],
)
def test_tab_that_cannot_be_read_is_explained(tab, message) -> None:
    with pytest.raises(BeatGenError, match=message.replace("|", r"\|")):
        Groove.from_tab(tab)


@pytest.mark.parametrize(
    ("velocity", "timing", "tempo", "message"),
    [
        (np.zeros((64, 22)), None, 120, "expected .bars, steps, 22."),
        (np.zeros((1, 64, 9)), None, 120, "expected .bars, steps, 22."),
        (np.zeros((0, 64, 22)), None, 120, "expected .bars, steps, 22."),
        (np.full((1, 64, 22), 100), None, 120, "divide MIDI velocities by 127"),
        (np.full((1, 64, 22), np.nan), None, 120, "velocity must lie between"),
        (np.full((1, 64, 22), -0.1), None, 120, "velocity must lie between"),
        (np.ones((1, 64, 22)), np.full((1, 64, 22), 2.1), 120, "between -2 and 2"),
        (np.ones((1, 16, 22)), np.full((1, 16, 22), np.nan), 120, "between -1 and 1"),
        (np.ones((1, 64, 22)), np.zeros((1, 32, 22)), 120, "expected the same for both"),
        (np.zeros((1, 64, 22)), None, 0, "above 0"),
        (np.zeros((1, 64, 22)), None, np.inf, "above 0"),
        (np.zeros((1, 64, 22)), None, np.nan, "above 0"),
    ],
)
@pytest.mark.filterwarnings("ignore:All-NaN")
def test_what_is_no_groove_is_refused(velocity, timing, tempo, message) -> None:
    with pytest.raises(BeatGenError, match=message):
        Groove(velocity, timing, tempo)


def test_arrays_are_copies_and_read_only() -> None:
    mine = silent()
    groove = Groove(mine)
    mine[0, 0, KICK] = 1
    assert not groove.velocity.any()
    with pytest.raises(ValueError, match="read-only"):
        groove.velocity[0, 0, KICK] = 1
    assert groove.velocity.dtype == groove.timing.dtype == np.float32


def test_silence_has_no_timing() -> None:
    velocity = silent()
    velocity[0, 4, KICK] = 0.5
    groove = Groove(velocity, np.full((1, 64, 22), 0.25))
    assert np.argwhere(groove.timing).tolist() == [[0, 4, KICK]]


def test_equality_looks_at_velocity_timing_and_tempo(rock) -> None:
    late = np.where(rock.velocity > 0, 0.25, 0)
    assert rock == Groove(rock.velocity, rock.timing, rock.tempo)
    assert rock != Groove(rock.velocity, late, rock.tempo)
    assert rock != Groove(rock.velocity * 0.5, rock.timing, rock.tempo)
    assert rock != Groove(rock.velocity, rock.timing, 97)
    assert rock != "a groove"
    assert pickle.loads(pickle.dumps(rock)) == rock


def test_lengths_in_bars_and_seconds(rock) -> None:
    assert len(rock) == rock.bars == 2
    assert rock.seconds == pytest.approx(2 * 4 * 60 / 96)
    assert rock.step_seconds * rock.steps * rock.bars == pytest.approx(rock.seconds)


def test_bars_are_taken_by_index_slice_and_loop(rock) -> None:
    assert rock[1] == rock[-1] == rock[1:] == rock[np.int64(1)]
    assert rock[0].bars == 1 and rock[0] != rock[1]
    assert [bar == rock[i] for i, bar in enumerate(rock)] == [True, True]
    for nothing in (2, -3, slice(2, 5), slice(1, 1)):
        with pytest.raises(BeatGenError, match="has 2"):
            rock[nothing]


def test_silence_is_written_and_read() -> None:
    rest = Groove(silent(2), tempo=96)
    assert str(rest).count("|") == 3 and Groove.from_tab(str(rest), tempo=96) == rest
    with pytest.raises(BeatGenError, match=r"\(silence\), bar 1: 'x' found; expected one of -"):
        Groove.from_tab("(silence)|x---|")


def test_a_tab_of_no_steps_is_refused() -> None:
    with pytest.raises(BeatGenError, match="steps is 0; expected 1 or more"):
        Groove.from_tab("kick |o---|", steps=0)


def test_repeat_goes_round(rock) -> None:
    longer = rock.repeat(5)
    assert longer.bars == 5 and longer[4] == rock[0] and longer[3] == rock[1]
    assert rock.repeat(1) == rock[0]


def test_trim_keeps_rests_inside_only(rock) -> None:
    rest = Groove(silent(), tempo=96)
    assert join([rest, rock, rest, rock, rest]).trim() == join([rock, rest, rock])
    assert join([rest, rest]).trim() == rest


def test_join_takes_the_first_tempo_and_refuses_mixed_grids(rock, samba) -> None:
    both = join([rock, samba])
    assert both.bars == 3 and both.tempo == 96
    assert np.array_equal(both.velocity[2], samba.velocity[0])
    with pytest.raises(BeatGenError, match=r"\[16, 64\]"):
        join([rock, Groove(silent(steps=16))])
    with pytest.raises(BeatGenError, match="nothing to join"):
        join([])
