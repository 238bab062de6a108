"""MIDI files to grooves: where each hit falls, tempo and meter. Every file stands in its test."""

import random
import warnings
from io import BytesIO

import mido
import numpy as np
import pytest
from midifile import (
    BAR,
    DRUMS,
    HAT,
    KICK,
    SNARE,
    again,
    end,
    hit,
    hits,
    meter,
    midi,
    off,
    raw,
    sounding,
    tempo,
    written,
)

from beatgen.errors import BeatGenError, MidiError, MidiWarning
from beatgen.groove import Groove
from beatgen.kit import INDEX
from beatgen.meter import Meter
from beatgen.midi import read_midi, scan_midi, write_midi


@pytest.mark.parametrize("division", [24, 96, 120, 480, 960, 15360, 32767])
def test_any_division_gives_the_same_groove(division) -> None:
    groove = read_midi(
        midi([hit(0, KICK), hit(division, SNARE), hit(2 * division, KICK)], division=division)
    )
    assert hits(groove) == [(0, 0, KICK, 80), (0, 16, SNARE, 80), (0, 32, KICK, 80)]
    assert groove.tempo == 120


def test_type_1_is_read_over_all_tracks_at_the_conductors_tempo() -> None:
    conductor = [tempo(0, 87), meter(0, 4, 4), end(BAR)]
    feet, hands = [hit(0, KICK), hit(960, KICK)], [hit(480, SNARE), hit(1440, SNARE)]
    melody = [hit(0, 72, channel=0), hit(100, 36, channel=3)]
    groove, report = scan_midi(midi(conductor, feet, hands, melody))
    assert groove.tempo == 87 and report.left_out == {1: 1, 4: 1}
    assert report.messages == ["Left out, as no drums: channel 1 (1 note), channel 4 (1 note)."]
    assert [h[1:3] for h in hits(groove)] == [(0, KICK), (16, SNARE), (32, KICK), (48, SNARE)]


def test_running_status_and_note_on_with_velocity_0() -> None:
    # kick on, off by velocity 0 under running status; a beat later the snare likewise
    groove = read_midi(raw("00 99 24 64  60 24 00  83 00 26 50  60 26 00  00 ff 2f 00"))
    assert hits(groove) == [(0, 0, KICK, 100), (0, 16, SNARE, 80)]


def test_drums_without_any_note_off_are_read() -> None:
    retriggered = [hit(i * 120, HAT, 40 + i) for i in range(16)]
    assert hits(read_midi(midi(retriggered))) == [(0, 4 * i, HAT, 40 + i) for i in range(16)]


def test_what_stands_between_the_notes_is_ignored() -> None:
    # track name, key signature, controller, program change, pitch bend, sysex, kick
    groove = read_midi(
        raw(
            "00 ff 03 04 44 72 75 6d  00 ff 59 02 00 00  00 b9 07 64  00 c9 08  00 e9 00 40"
            "00 f0 05 7e 7f 09 01 f7  00 99 24 64  00 ff 2f 00"
        )
    )
    assert hits(groove) == [(0, 0, KICK, 100)]


def test_a_file_object_and_a_path_are_read_alike(tmp_path, rock) -> None:
    path = tmp_path / "rock.mid"
    write_midi(rock, path)
    assert read_midi(path) == read_midi(str(path)) == rock
    with path.open("rb") as file:
        assert read_midi(file) == rock


def test_bars_begin_half_a_sixteenth_early() -> None:
    early = [hit(BAR - 40, KICK), hit(BAR - 61, SNARE), hit(0, HAT), hit(BAR + 480, HAT)]
    groove = read_midi(midi([*early, end(2 * BAR)]))
    assert hits(groove)[0] == (0, 0, HAT, 80)
    assert groove.velocity[1, 0, INDEX["kick"]] > 0  # nearest to the second downbeat
    assert groove.timing[1, 0, INDEX["kick"]] == pytest.approx(-40 / 30)
    assert groove.velocity[0, 62, INDEX["snare"]] > 0  # nearest to the sixteenth before
    assert groove.timing[0, 62, INDEX["snare"]] == pytest.approx(-1 / 30)


def test_a_straight_thirty_second_before_the_bar_line_stays_where_it_is_written() -> None:
    groove = read_midi(midi([hit(0, KICK), hit(BAR - 60, SNARE), end(BAR + 60)]))
    assert groove.bars == 1 and hits(groove)[1] == (0, 62, SNARE, 80)
    assert not groove.timing.any()


@pytest.mark.parametrize("grace", [40, 100], ids=["softer", "louder"])
def test_a_grace_note_before_a_taken_downbeat_stays_in_the_bar_before(grace) -> None:
    flam = [hit(0, KICK), hit(BAR - 25, SNARE, grace), hit(BAR, SNARE, 80), end(2 * BAR)]
    groove, report = scan_midi(midi(flam))
    assert hits(groove)[1:] == [(0, 63, SNARE, grace), (1, 0, SNARE, 80)]
    assert groove.timing[0, 63, INDEX["snare"]] == pytest.approx(5 / 30)
    assert not report.messages


def test_two_hits_nearer_than_a_step_are_both_kept() -> None:
    groove, report = scan_midi(midi([hit(0, SNARE, 40), hit(5, SNARE, 90)]))
    assert hits(groove) == [(0, 0, SNARE, 90), (0, 1, SNARE, 40)] and not report.messages
    assert groove.timing[0, :2, INDEX["snare"]] == pytest.approx([5 / 30, -1])


def test_of_two_hits_at_the_same_moment_the_louder_is_kept_and_the_other_told() -> None:
    with pytest.warns(MidiWarning, match="1 hit dropped: a louder one of the same voice"):
        groove = read_midi(midi([hit(0, SNARE, 40), hit(0, SNARE, 90)]))
    assert hits(groove) == [(0, 0, SNARE, 90)]


@pytest.mark.parametrize("tempo_", [60, 72, 90, 120, 160])
@pytest.mark.parametrize("apart", [15, 22, 34], ids="{} ms".format)
@pytest.mark.parametrize("beat", [0, 1], ids=["downbeat", "second beat"])
def test_flams_and_drags_are_kept_and_written_and_read_the_same(tempo_, apart, beat) -> None:
    ticks = round(apart / 1000 * tempo_ / 60 * 480)
    at = BAR + beat * 480
    strokes = [hit(at - 2 * ticks, SNARE, 30), hit(at - ticks, SNARE, 40), hit(at, SNARE, 110)]
    groove, report = scan_midi(midi([tempo(0, tempo_), hit(0, KICK), *strokes, end(2 * BAR)]))
    assert report.hits == {"kick": 1, "snare": 3} and not report.messages
    first = written(groove)
    assert [t for t, pitch, _ in sounding(first) if pitch == SNARE] == [t for t, _ in strokes]
    first.seek(0)
    again_, _ = scan_midi(first)
    assert again_ == groove and written(again_).getvalue() == first.getvalue()


def test_a_hit_makes_room_for_another_that_reaches_no_free_cell() -> None:
    # The strokes before the start of a loop have no bar to go back to.
    groove = np.zeros((2, 1, 64, 22))
    snare = INDEX["snare"]
    groove[0, 0, :3, snare] = 0.5, 0.25, 1
    groove[1, 0, :3, snare] = -2, -1.9, -1.5
    assert again(Groove(*groove.round(2))).timing[0, :3, snare] == pytest.approx([-2, -1.9, -1.5])


def test_the_last_note_of_a_clip_is_not_a_bar_of_its_own() -> None:
    groove = read_midi(midi([hit(0, KICK), hit(BAR - 10, KICK), end(BAR)]))
    assert [h[:2] for h in hits(groove)] == [(0, 0), (0, 63)]


def test_a_clip_is_as_long_as_its_track_says() -> None:
    assert read_midi(midi([hit(0, KICK), end(4 * BAR)])).bars == 4
    assert read_midi(midi([hit(0, KICK), end(4 * BAR - 1)])).bars == 4
    assert read_midi(midi([hit(0, KICK), end(4 * BAR - 100)])).bars == 3
    assert read_midi(midi([hit(0, KICK), hit(3 * BAR + 1, KICK)])).bars == 4


@pytest.mark.parametrize("steps", [4, 8, 12, 16, 24, 32, 48, 64, 96, 192])
def test_steps_per_bar_are_free(steps) -> None:
    straight = Groove.from_tab("kick |o-o-|oo--|\nhi-hat |xxxx|----|", steps=steps, tempo=99)
    assert again(straight) == straight
    # Any note at all finds a step, however coarse the grid, and keeps its exact time.
    played = [hit(tick, KICK, 1 + i) for i, tick in enumerate(range(0, 4 * BAR, 487))]
    played.append(hit(4 * BAR - 7, SNARE))
    groove = read_midi(midi([*played, end(4 * BAR)]), steps)
    bar, step, voice = np.nonzero(groove.velocity)
    ticks = (bar * steps + step + groove.timing[bar, step, voice]) * BAR / steps
    assert sorted(np.rint(ticks).astype(int)) == [tick for tick, _ in played]


def test_coarse_grids_put_an_early_triplet_downbeat_on_the_downbeat() -> None:
    groove = read_midi(midi([hit(0, HAT), hit(BAR - 70, KICK), end(2 * BAR)]), steps=12)
    assert (1, 0, KICK, 80) in hits(groove)
    assert groove.timing[1, 0, INDEX["kick"]] == pytest.approx(-70 / 160)


@pytest.mark.parametrize("steps", [0, -16, 10**6])
def test_senseless_steps_are_refused(steps) -> None:
    with pytest.raises(BeatGenError, match=f"steps is {steps}"):
        read_midi(midi([hit(0, KICK)]), steps)


def test_a_clean_file_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, report = scan_midi(midi([hit(0, KICK), end(BAR)]), name="beat.mid")
        read_midi(midi([hit(0, KICK), end(BAR)]))
    assert report.messages == []
    assert (report.name, report.bars, report.tempo, report.meters) == ("beat.mid", 1, 120, ["4/4"])


@pytest.mark.parametrize("bars", [1, 2, 4])
@pytest.mark.parametrize("push", [10, 48])
def test_what_ends_beyond_the_bar_line_makes_no_bar(bars, push) -> None:
    last = bars * BAR - push
    tail = [hit(last, HAT), off(last + 150, HAT), end(last + 150)]
    beats = [hit(tick, KICK) for tick in range(0, bars * BAR, 480)]
    groove, report = scan_midi(midi([*beats, *tail]))
    assert groove.bars == bars and report.hits == {"kick": 4 * bars, "hi-hat": 1}
    bar, step, pitch, _ = hits(groove)[-1]
    assert (bar, pitch) == (bars - 1, HAT) and 62 <= step <= 63
    # In a take, which was played, it is the downbeat that it ends on.
    played = [(tick + 13, message) for tick, message in beats]
    assert scan_midi(midi([*played, *tail]))[0].bars == bars + 1


def test_a_loop_that_a_daw_made_sound_played_has_no_bar_for_its_last_hit() -> None:
    for seed in range(5):
        moved = random.Random(seed)
        beats = [hit(max(0, at + moved.randint(-10, 10)), HAT) for at in range(0, 2 * BAR, 240)]
        last = 2 * BAR - moved.randint(3, 40)
        tail = [hit(last, KICK), off(last + 150, KICK), end(last + 150)]
        assert scan_midi(midi([*beats, *tail]))[0].bars == 2


def test_an_empty_bar_that_completes_a_phrase_is_kept() -> None:
    for bars, sounding_ in ((2, [0]), (4, [0, 1, 2]), (2, [1]), (12, range(11))):
        groove, report = scan_midi(
            midi([*(hit(b * BAR, KICK) for b in sounding_), end(bars * BAR)])
        )
        assert groove.bars == bars and not report.messages


def test_long_silence_after_a_take_is_cut_to_the_phrase_and_told() -> None:
    groove, report = scan_midi(midi([*(hit(b * BAR, KICK) for b in range(105)), end(170 * BAR)]))
    assert groove.bars == report.bars == 108 and report.silent == 62
    assert report.messages == ["Cut 62 bars of silence at the end."]


# Tempo and meter ----------------------------------------------------------------------------------


def test_the_tempo_of_most_bars_is_kept_and_the_change_is_reported() -> None:
    file = [tempo(0, 100), tempo(BAR, 150), *(hit(i * BAR, KICK) for i in range(4)), end(4 * BAR)]
    groove, report = scan_midi(midi(file))
    assert groove.tempo == 150 and report.tempos == [100, 150]
    assert "changes 1 time between 100 and 150" in report.messages[0]


def tempo_of(*events) -> float:
    return scan_midi(midi(events))[0].tempo


def test_the_tempo_that_holds_longest_is_kept() -> None:
    # Three bars of 150 last shorter than two of 60.
    kicks = [hit(i * BAR, KICK) for i in range(5)]
    assert tempo_of(tempo(0, 150), tempo(3 * BAR, 60), *kicks, end(5 * BAR)) == 60
    # A tempo that the file names a tick too late, or holds for a moment, is not its tempo.
    groove, report = scan_midi(midi([tempo(1, 90), hit(0, KICK), end(BAR)]))
    assert groove.tempo == 90 and not report.messages
    slowing = [tempo(0, 100), *(tempo(7 * BAR + i * 240, 95 - 5 * i) for i in range(8))]
    assert tempo_of(*slowing, hit(0, KICK), hit(7 * BAR, KICK), end(8 * BAR)) == 100


def test_of_a_tempo_that_follows_a_performance_the_median_is_kept_and_told() -> None:
    played = [120, 97.2, 98.4, 96.7, 97.9, 96.2, 97.4, 98.5, 96.9, 98, 96.3, 97.5, 98.7, 97, 98.2]
    tempos = [tempo(bar * BAR, at) for bar, at in enumerate(played)]
    kicks = [hit(bar * BAR, KICK) for bar in range(15)]
    groove, report = scan_midi(midi([*tempos, *kicks, end(15 * BAR)]))
    assert groove.tempo == pytest.approx(97.5, abs=0.01)
    (message,) = report.messages
    assert "follows a performance, between 96.2 and 120; the median, 97.5" in message


@pytest.mark.parametrize("microseconds", [642_860, 500_000, 434_783, 333_333])
def test_a_tempo_is_kept_to_the_microsecond(microseconds) -> None:
    exact = 0, mido.MetaMessage("set_tempo", tempo=microseconds)
    groove = read_midi(midi([exact, hit(0, KICK)]))
    assert written(groove).getvalue().count(microseconds.to_bytes(3, "big")) == 1
    assert groove.seconds == pytest.approx(4 * microseconds / 1e6, abs=2e-6)


def test_of_two_tempos_or_meters_at_one_tick_the_last_holds() -> None:
    twice = [tempo(0, 60), tempo(0, 140), meter(0, 4, 4), meter(0, 3, 4), meter(0, 4, 4)]
    groove, report = scan_midi(midi([*twice, hit(0, KICK)]))
    assert groove.tempo == 140
    assert report.meters == ["4/4"] and not report.messages


def test_a_bar_of_another_meter_stands_between_its_neighbours() -> None:
    file = [
        *(meter(0, 4, 4), hit(0, KICK)),
        *(meter(BAR, 7, 8), hit(BAR, SNARE), hit(BAR + 7 * 240 - 20, HAT)),
        *(meter(BAR + 7 * 240, 4, 4), hit(BAR + 7 * 240, KICK), end(2 * BAR + 7 * 240)),
    ]
    groove, report = scan_midi(midi(file))
    # The early hat belongs to the bar after the odd one.
    notes = [(0, 0, KICK, 80), (1, 0, SNARE, 80), (2, 0, KICK, 80), (2, 0, HAT, 80)]
    assert hits(groove) == notes and not report.messages
    assert groove.meters == (Meter(4, 4), Meter(7, 8), Meter(4, 4))
    assert groove.seconds == pytest.approx((4 + 3.5 + 4) / 2)


@pytest.mark.parametrize(
    ("numerator", "denominator", "length"), [(17, 4, 17 * 480), (9, 32, 540), (1, 64, 30)]
)
def test_bars_of_meters_that_are_not_played_are_left_out_and_reported(
    numerator, denominator, length
) -> None:
    odd = [meter(BAR, numerator, denominator), hit(BAR, SNARE), end(BAR + length)]
    with pytest.warns(MidiWarning, match=f"Left out 1 bar in {numerator}/{denominator}"):
        groove = read_midi(midi([hit(0, KICK), *odd]))
    assert hits(groove) == [(0, 0, KICK, 80)]
    found = f"only bars of {numerator}/{denominator} found; expected meters such as 4/4"
    with pytest.raises(MidiError, match=found):
        read_midi(midi([meter(0, numerator, denominator), hit(0, KICK), end(length)]))


def test_a_meter_that_comes_too_soon_cuts_the_bar_before() -> None:
    groove, report = scan_midi(
        midi([hit(0, KICK), meter(960, 8, 8), hit(960, SNARE), end(960 + BAR)])
    )
    assert hits(groove) == [(0, 0, KICK, 80), (1, 0, SNARE, 80)]
    assert groove.meters == (Meter(2, 4), Meter(4, 4)) and not report.skipped
    groove, report = scan_midi(
        midi([hit(0, KICK), meter(950, 8, 8), hit(950, SNARE), end(950 + BAR)])
    )
    assert hits(groove) == [(0, 0, SNARE, 80)]
    assert report.skipped == {1: "a cut bar"}  # of no whole number of sixteenths


def test_a_meter_that_is_repeated_cuts_no_bar() -> None:
    again = [meter(0, 4, 4), meter(960, 4, 4), meter(BAR + 480, 4, 4)]
    groove, report = scan_midi(midi([*again, hit(0, KICK), hit(960, SNARE), end(2 * BAR)]))
    assert hits(groove) == [(0, 0, KICK, 80), (0, 32, SNARE, 80)]
    assert groove.bars == 2 and not report.messages


@pytest.mark.parametrize(("numerator", "denominator"), [(2, 2), (8, 8)])
def test_four_quarters_by_another_name_are_read(numerator, denominator) -> None:
    assert read_midi(midi([meter(0, numerator, denominator), hit(0, KICK)])).bars == 1


def test_a_file_without_a_hit_in_the_bars_that_are_read_is_refused() -> None:
    odd = [meter(BAR, 17, 4), hit(BAR + 10, KICK), end(BAR + 17 * 480)]
    with pytest.raises(
        MidiError, match="no hit in the bars that are read; all are in bars of 17/4"
    ):
        read_midi(midi([meter(0, 4, 4), *odd]))


def test_a_choke_by_aftertouch_is_told() -> None:
    held = [(240, mido.Message("polytouch", channel=DRUMS, note=49, value=127))]
    freed = [(250, mido.Message("polytouch", channel=DRUMS, note=49, value=0))]
    _, report = scan_midi(midi([hit(0, 49), hit(480, SNARE), *held, *freed, end(BAR)]))
    assert report.chokes == {49: 1} and report.messages == ["Choked cymbals ring on: 49 (1)."]


@pytest.mark.parametrize("late", [1, 10, -1])
def test_a_meter_that_is_written_beside_a_bar_line_holds_from_it(late) -> None:
    at_start = [meter(max(0, late), 3, 4), *(hit(at, HAT) for at in range(0, 1440, 240)), end(1440)]
    groove, report = scan_midi(midi(at_start))
    assert (groove.meters, report.messages) == ((Meter(3, 4),), [])
    later = [meter(0, 4, 4), meter(BAR + late, 3, 4), hit(0, KICK), hit(BAR, KICK), end(BAR + 1440)]
    groove, report = scan_midi(midi(later))
    assert (groove.meters, report.messages) == ((Meter(4, 4), Meter(3, 4)), [])


def test_long_silence_before_a_part_is_cut_and_told() -> None:
    """As DAWs write a clip where it stands in the song."""
    beat = [hit((32 + bar) * BAR, KICK) for bar in range(2)]
    groove, report = scan_midi(midi([*beat, end(34 * BAR)]))
    assert groove.bars == 2 and report.messages == ["Cut 32 bars of silence at the start."]
    far = (60 * BAR, mido.MetaMessage("marker", text="end"))
    _, report = scan_midi(midi([*beat, far]))
    assert report.messages[0] == "Cut 32 bars of silence at the start." and report.bars == 4
    later = [hit((3 + bar) * BAR, KICK) for bar in range(8)]
    assert scan_midi(midi([*later, end(11 * BAR)]))[0].bars == 11


def test_what_belongs_on_a_cable_and_type_2_of_one_track_are_read() -> None:
    body = "00 99 24 50 10 F8 50 FE 00 99 26 50 00 FF 2F 00"
    data = raw(body).getvalue()
    assert [pitch for _, _, pitch, _ in hits(read_midi(BytesIO(data)))] == [KICK, SNARE]
    type_2 = data[:9] + b"\2" + data[10:]
    assert read_midi(BytesIO(type_2)) == read_midi(BytesIO(data))
