"""MIDI to Groove and back. Every file stands in its test."""

import random
import warnings
from io import BytesIO
from pathlib import Path

import mido
import numpy as np
import pretty_midi
import pytest
import symusic
from hypothesis import given, settings
from hypothesis import strategies as st

from beatgen.errors import BeatGenError, MidiError, MidiWarning
from beatgen.groove import Groove
from beatgen.kit import INDEX, VOICES
from beatgen.midi import read_midi, scan_midi, write_midi

DRUMS = 9  # channel 10
KICK, SNARE, HAT = 36, 38, 42
BAR = 4 * 480


def tempo(tick: int, beats_per_minute: float) -> tuple[int, mido.MetaMessage]:
    return tick, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(beats_per_minute))


def meter(tick: int, numerator: int, denominator: int) -> tuple[int, mido.MetaMessage]:
    return tick, mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)


def hit(tick: int, pitch: int, velocity: int = 80, channel: int = DRUMS):
    return tick, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)


def end(tick: int) -> tuple[int, mido.MetaMessage]:
    return tick, mido.MetaMessage("end_of_track")


def midi(*tracks: list, division: int = 480, kind: int | None = None) -> BytesIO:
    """A file from tracks of (absolute tick, message)."""
    kind = (len(tracks) > 1) if kind is None else kind
    file = mido.MidiFile(type=int(kind), ticks_per_beat=division)
    for events in tracks:
        track = mido.MidiTrack()
        now = 0
        for tick, message in sorted(events, key=lambda event: event[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    return saved(file)


def saved(file: mido.MidiFile) -> BytesIO:
    data = BytesIO()
    file.save(file=data)
    data.seek(0)
    return data


def raw(track: str, kind: int = 0, tracks: int = 1, division: int = 480) -> BytesIO:
    """A file with one track of bytes written in hex."""
    body = bytes.fromhex(track)
    head = b"MThd" + b"".join(n.to_bytes(2, "big") for n in (0, 6, kind, tracks, division))
    return BytesIO(head + b"MTrk" + len(body).to_bytes(4, "big") + body)


def again(groove: Groove, **how) -> Groove:
    """The groove, written and read."""
    return read_midi(written(groove, **how), groove.steps)


def written(groove: Groove, **how) -> BytesIO:
    data = BytesIO()
    write_midi(groove, data, **how)
    data.seek(0)
    return data


def hits(groove: Groove) -> list[tuple[int, int, int, int]]:
    """(bar, step, pitch, MIDI velocity) of every hit."""
    return [
        (int(b), int(s), VOICES[v].pitch, round(float(groove.velocity[b, s, v]) * 127))
        for b, s, v in np.argwhere(groove.velocity > 0)
    ]


def sounding(file: BytesIO) -> list[tuple[int, int, int]]:
    """(tick, pitch, velocity) of every note-on, in order."""
    tick, notes = 0, []
    for message in mido.MidiFile(file=file).merged_track:
        tick += message.time
        if message.type == "note_on" and message.velocity:
            notes.append((tick, message.note, message.velocity))
    return sorted(notes)


# Reading ----------------------------------------------------------------------------------------


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
    groove = read_midi(midi(conductor, feet, hands, melody))
    assert groove.tempo == 87
    assert [h[1:3] for h in hits(groove)] == [(0, KICK), (16, SNARE), (32, KICK), (48, SNARE)]


def test_running_status_and_note_on_with_velocity_0() -> None:
    # kick on, off by velocity 0 under running status; a beat later the snare, the same way
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


def test_two_hits_on_one_step_leave_the_louder_and_are_reported() -> None:
    with pytest.warns(MidiWarning, match="1 hit fell on a step already taken"):
        groove = read_midi(midi([hit(0, SNARE, 40), hit(5, SNARE, 90)]))
    assert hits(groove) == [(0, 0, SNARE, 90)]
    assert groove.timing[0, 0, INDEX["snare"]] == pytest.approx(5 / 30)


def test_the_last_note_of_a_clip_is_not_a_bar_of_its_own() -> None:
    groove = read_midi(midi([hit(0, KICK), hit(BAR - 10, KICK), end(BAR)]))
    assert [h[:2] for h in hits(groove)] == [(0, 0), (0, 63)]


def test_a_clip_is_as_long_as_its_track_says() -> None:
    assert read_midi(midi([hit(0, KICK), end(4 * BAR)])).bars == 4
    assert read_midi(midi([hit(0, KICK), end(4 * BAR - 1)])).bars == 3
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


# Tempo and meter --------------------------------------------------------------------------------


def test_the_tempo_of_most_bars_is_kept_and_the_change_is_told() -> None:
    file = [tempo(0, 100), tempo(BAR, 150), *(hit(i * BAR, KICK) for i in range(4)), end(4 * BAR)]
    groove, report = scan_midi(midi(file))
    assert groove.tempo == 150 and report.tempos == [100, 150]
    assert "changes 1 time between 100 and 150" in report.messages[0]


def test_of_two_tempos_or_meters_at_one_tick_the_last_holds() -> None:
    twice = [tempo(0, 60), tempo(0, 140), meter(0, 4, 4), meter(0, 3, 4), meter(0, 4, 4)]
    groove, report = scan_midi(midi([*twice, hit(0, KICK)]))
    assert groove.tempo == 140
    assert report.meters == ["4/4"] and not report.messages


def test_other_meters_are_left_out_and_told() -> None:
    file = [
        *(meter(0, 4, 4), hit(0, KICK)),
        *(meter(BAR, 7, 8), hit(BAR, SNARE), hit(BAR + 7 * 240 - 20, HAT)),
        *(meter(BAR + 7 * 240, 4, 4), hit(BAR + 7 * 240, KICK), end(2 * BAR + 7 * 240)),
    ]
    with pytest.warns(MidiWarning, match="Left out 1 bar in 7/8"):
        groove = read_midi(midi(file))
    # The early hat belongs to the bar after the odd one.
    assert hits(groove) == [(0, 0, KICK, 80), (1, 0, KICK, 80), (1, 0, HAT, 80)]
    assert scan_midi(midi(file))[1].skipped == {2: "7/8"}


def test_a_meter_that_comes_too_soon_cuts_the_bar_before() -> None:
    file = [hit(0, KICK), meter(960, 4, 4), hit(960, SNARE), end(960 + BAR)]
    groove, report = scan_midi(midi(file))
    assert hits(groove) == [(0, 0, SNARE, 80)]
    assert report.skipped == {1: "a cut bar"}


@pytest.mark.parametrize(("numerator", "denominator"), [(2, 2), (8, 8)])
def test_four_quarters_by_another_name_are_read(numerator, denominator) -> None:
    assert read_midi(midi([meter(0, numerator, denominator), hit(0, KICK)])).bars == 1


def test_a_file_without_a_44_bar_is_refused() -> None:
    with pytest.raises(MidiError, match="only 3/4; only 4/4 is read"):
        read_midi(midi([meter(0, 3, 4), hit(0, KICK), end(3 * 480)]))


# Channels and pitches ---------------------------------------------------------------------------


def test_a_drum_loop_on_another_channel_is_read_and_told() -> None:
    beat = [hit(i * 240, HAT, channel=0) for i in range(8)]
    beat += [hit(0, KICK, channel=0), hit(480, SNARE, channel=0), hit(1440, SNARE, channel=0)]
    chords = [hit(i * 480, pitch, channel=4) for i in range(4) for pitch in (60, 64, 67)]
    with pytest.warns(MidiWarning, match="read the drum loop on channel 1"):
        groove = read_midi(midi(beat, chords))
    assert len(hits(groove)) == len(beat)


@pytest.mark.parametrize(
    "pitches",
    [
        (HAT,) * 8,
        (KICK, HAT, SNARE, HAT, KICK, HAT, SNARE, HAT),
        (36, 38, 36, 38),
    ],
    ids=["hats alone", "a linear beat", "kick and snare"],
)
def test_small_loops_on_channel_1_are_drums(pitches) -> None:
    loop = [hit(i * 240, pitch, channel=0) for i, pitch in enumerate(pitches)]
    groove, report = scan_midi(midi(loop))
    assert report.channel == 1 and len(hits(groove)) == len(loop)


@pytest.mark.parametrize(
    "pitches",
    [
        (60, 62, 64, 65, 67, 69, 71, 72),
        (36, 38, 40, 41, 43, 45, 47, 48),
        (40, 40, 43, 38, 36, 38, 40, 43),
        (84, 86, 88, 91, 93, 96, 98, 100),
    ],
    ids=["a scale", "a low scale", "a bass line", "a high melody"],
)
def test_a_melody_is_no_drum_loop(pitches) -> None:
    melody = [hit(i * 240, pitch, channel=2) for i, pitch in enumerate(pitches)]
    with pytest.raises(MidiError, match=r"channel 3 \(pitches .* Put the drums on channel 10"):
        read_midi(midi(melody))


def test_channel_10_wins_over_anything_that_looks_like_drums() -> None:
    bass = [hit(i * 240, pitch, channel=0) for i, pitch in enumerate((36, 42, 38, 42))]
    groove, report = scan_midi(midi([hit(480, SNARE)], bass))
    assert hits(groove) == [(0, 16, SNARE, 80)] and report.channel == 10


def test_foreign_pitches_are_folded_dropped_and_counted() -> None:
    file = [hit(0, 35), hit(240, 69), hit(480, 39), hit(720, 69), hit(960, 33), hit(1200, 100)]
    groove, report = scan_midi(midi(file))
    assert report.pitches == {33: 1, 35: 1, 39: 1, 69: 2, 100: 1}
    assert report.folded == {35: 1, 39: 1, 69: 2} and report.dropped == {33: 1, 100: 1}
    assert report.hits == {"kick": 1, "snare": 1, "hi-hat": 2}
    said = " ".join(report.messages)
    assert "35 (1) to kick" in said and "69 (2) to hi-hat" in said
    assert "33 (1), 100 (1)" in said
    assert [h[1] for h in hits(groove)] == [0, 8, 16, 24]


def test_a_clean_file_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, report = scan_midi(midi([hit(0, KICK), end(BAR)]), name="beat.mid")
        read_midi(midi([hit(0, KICK), end(BAR)]))
    assert report.messages == []
    assert (report.name, report.bars, report.tempo, report.meters) == ("beat.mid", 1, 120, ["4/4"])


# Writing ----------------------------------------------------------------------------------------


def test_a_written_file_is_type_0_with_everything_a_daw_needs(rock) -> None:
    file = mido.MidiFile(file=written(rock, name="Rück 🥁"))
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (0, 480, 1)
    meta = {m.type: m for m in file.tracks[0] if m.is_meta}
    assert meta["track_name"].name == "Rück ?"
    assert mido.tempo2bpm(meta["set_tempo"].tempo) == rock.tempo
    assert (meta["time_signature"].numerator, meta["time_signature"].denominator) == (4, 4)
    assert sum(m.time for m in file.tracks[0]) == rock.bars * BAR
    notes = [m for m in file.tracks[0] if not m.is_meta]
    assert {m.channel for m in notes} == {DRUMS}
    on = [m.note for m in notes if m.type == "note_on"]
    assert len(on) == len(hits(rock)) and min(m.velocity for m in notes if m.type == "note_on") > 0
    assert sorted(on) == sorted(m.note for m in notes if m.type == "note_off")


def test_a_note_ends_before_its_drum_is_struck_again() -> None:
    roll = Groove.from_tab("snare |" + "o" * 64 + "|", tempo=100)
    playing: set[int] = set()
    for message in mido.MidiFile(file=written(roll)).tracks[0]:
        if message.type == "note_on":
            assert message.note not in playing
            playing.add(message.note)
        elif message.type == "note_off":
            playing.remove(message.note)
    assert not playing


@pytest.mark.parametrize("pitches", ["gmd", "gm"])
def test_pitches_are_the_kits_or_general_midi(pitches) -> None:
    all_voices = Groove(np.full((1, 1, 22), 0.5), tempo=100)
    notes = {pitch for _, pitch, _ in sounding(written(all_voices, pitches=pitches))}
    assert notes == {v.pitch if pitches == "gmd" else v.gm for v in VOICES}
    assert pitches == "gmd" or min(notes) >= 35


def test_two_voices_with_one_general_midi_pitch_sound_once_and_louder() -> None:
    both = Groove.from_tab("hi-hat |g---|\nhi-hat edge |X---|")
    assert sounding(written(both, pitches="gm")) == [(0, 42, 115)]
    assert len(sounding(written(both))) == 2


def test_unknown_pitches_and_unwritable_places_are_refused(rock, tmp_path) -> None:
    with pytest.raises(BeatGenError, match="'gmd' or 'gm'"):
        write_midi(rock, BytesIO(), pitches="gm2")
    with pytest.raises(MidiError, match=r"out.mid: cannot be written \(No such file"):
        write_midi(rock, tmp_path / "nowhere" / "out.mid")


def test_an_early_hit_of_the_first_bar_is_written_and_restored() -> None:
    velocity = np.zeros((2, 64, 22), np.float32)
    timing = np.zeros_like(velocity)
    velocity[0, 0, [INDEX["kick"], INDEX["hi-hat"], INDEX["ride"]]] = 0.5, 0.75, 1
    timing[0, 0, INDEX["kick"]], timing[0, 0, INDEX["hi-hat"]] = -0.4, -1.5
    groove = again(Groove(np.rint(velocity * 127) / 127, timing))
    assert np.array_equal(groove.velocity, np.float32(np.rint(velocity * 127) / 127))
    assert np.allclose(groove.timing, timing, atol=1e-6)
    assert [tick for tick, *_ in sounding(written(groove))] == [0, 0, 0]
    assert again(groove) == groove


@pytest.mark.parametrize("text", ["beatgen early 36:-99999", "beatgen early 36:9 x :- 36:-", "36"])
def test_a_strange_early_mark_does_no_harm(text) -> None:
    mark = (0, mido.MetaMessage("text", text=text))
    for division in (1, 4, 480):
        groove = read_midi(midi([mark, hit(0, KICK)], division=division))
        assert hits(groove) == [(0, 0, KICK, 80)]
        assert -2 < groove.timing.min() <= 0


@pytest.mark.parametrize("steps", [16, 32, 64])
def test_tab_to_midi_and_back_is_equal(steps) -> None:
    tab = """
    crash 1 |X---------------|----------------|
    hi-hat  |x-x-x-xxx-x-x-x-|x-x-x-x-x-x-x-xx|
    snare   |----O--g-g--O--g|----O--g-o--O-oo|
    kick    |o------o--o-----|o------o--o----o|
    """
    groove = Groove.from_tab(tab, tempo=93.5, steps=steps)
    assert again(groove) == groove


@settings(max_examples=40, deadline=None, database=None)
@given(seed=st.integers(0, 2**32 - 1), steps=st.sampled_from([12, 16, 24, 32, 48, 64, 96]))
def test_any_groove_survives_as_it_sounds(random_groove, seed, steps) -> None:
    played = random_groove(seed, steps=steps)
    file = written(played)
    groove = read_midi(file, steps)
    # Not a note is lost, moved or changed, and from the second time on every cell stays, too.
    file.seek(0)
    assert sounding(written(groove)) == sounding(file)
    assert again(groove) == groove


# Witnesses --------------------------------------------------------------------------------------


def test_other_readers_hear_the_same_file(rock, tmp_path) -> None:
    path = tmp_path / "rock.mid"
    write_midi(rock, path)
    expected = sounding(BytesIO(path.read_bytes()))
    drums = [i for i in pretty_midi.PrettyMIDI(str(path)).instruments if i.is_drum]
    tick = 60 / rock.tempo / 480
    heard = sorted((round(n.start / tick), n.pitch, n.velocity) for n in drums[0].notes)
    assert len(drums) == 1 and heard == expected
    score = symusic.Score(str(path))
    assert sorted((n.time, n.pitch, n.velocity) for n in score.tracks[0].notes) == expected
    assert score.tempos[0].qpm == rock.tempo and score.tracks[0].is_drum


# The Groove MIDI Dataset ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def some_of_gmd(gmd: Path) -> list[Path]:
    return random.Random(3).sample(sorted(gmd.rglob("*_4-4.mid")), 150)


def test_real_files_survive_to_within_a_tick(some_of_gmd) -> None:
    for path in some_of_gmd:
        groove, report = scan_midi(path)
        back, back_report = scan_midi(written(groove), name=path.name)
        assert not report.folded and not report.dropped and not back_report.messages, path
        assert np.array_equal(back.velocity, groove.velocity), path
        assert np.abs(back.timing - groove.timing).max() <= 1 / 30 + 1e-6, path
        assert back.tempo == groove.tempo


def test_real_files_hold_the_notes_that_symusic_finds(some_of_gmd) -> None:
    for path in some_of_gmd:
        groove, report = scan_midi(path)
        notes = [n for track in symusic.Score(str(path)).tracks for n in track.notes]
        assert sum(report.pitches.values()) == len(notes), path
        assert np.count_nonzero(groove.velocity) + report.collisions == len(notes), path
