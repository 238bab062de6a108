"""What a folder of MIDI files holds, counted."""

import json

import mido
import numpy as np
import pytest

from beatgen.data.stats import folder_stats
from beatgen.errors import BeatGenError
from beatgen.kit import INDEX, NAMES
from beatgen.midi import write_midi
from beatgen.midi.maps import PITCHES


def foreign_loop(path) -> None:
    """Two kicks, an acoustic bass drum, a tambourine and a metronome click."""
    track = mido.MidiTrack()
    for pitch, velocity in ((36, 100), (36, 64), (35, 127), (54, 9), (33, 50)):
        track.append(mido.Message("note_on", channel=9, note=pitch, velocity=velocity, time=240))
    mido.MidiFile(type=0, tracks=[track]).save(path)


def test_files_bars_and_hits_are_counted(midi_folder, rock, samba) -> None:
    stats = folder_stats(midi_folder)
    assert (stats.files, stats.bars, stats.skipped_bars) == (2, 3, 0)
    assert stats.lengths == (1, 2) and stats.tempos == (116, 96)
    assert [message.split(":")[0] for message in stats.left_out] == ["notes.mid"]
    assert stats.meters == {"4/4": 2} and stats.styles == {}
    expected = {
        name: sum(int((g.velocity[:, :, i] > 0).sum()) for g in (rock, samba))
        for i, name in enumerate(NAMES)
    }
    assert stats.hits_per_voice == expected
    assert stats.hits == sum(expected.values())


def test_velocities_are_counted_by_midi_velocity(midi_folder, rock, samba) -> None:
    counts = np.array(folder_stats(midi_folder).velocities)
    assert len(counts) == 128
    both = np.concatenate([g.velocity[g.velocity > 0] for g in (rock, samba)])
    for velocity in (32, 80, 115):
        assert counts[velocity] == np.isclose(both * 127, velocity).sum() > 0
    assert counts.sum() == len(both)


def test_pitches_are_counted_before_folding_and_voices_after(tmp_path) -> None:
    foreign_loop(tmp_path / "loop.mid")
    stats = folder_stats(tmp_path)
    assert stats.hits_per_pitch == {33: 1, 35: 1, 36: 2, 54: 1}
    assert stats.hits == 5
    assert {n: hits for n, hits in stats.hits_per_voice.items() if hits} == {"kick": 3, "hi-hat": 1}
    assert stats.index_of_pitch[35] == stats.index_of_pitch[36] == INDEX["kick"]
    assert stats.index_of_pitch[33] is None
    assert set(PITCHES) < set(stats.index_of_pitch)
    assert sum(stats.velocities) == 4


def test_other_meters_are_counted(tmp_path, rock) -> None:
    write_midi(rock, tmp_path / "a.mid")
    file = mido.MidiFile(tmp_path / "a.mid")
    file.tracks[0].insert(-1, mido.MetaMessage("time_signature", numerator=3, denominator=4))
    file.tracks[0].insert(-1, mido.Message("note_on", channel=9, note=36, time=1440))
    file.save(tmp_path / "b.mid")
    stats = folder_stats(tmp_path)
    assert stats.meters == {"4/4": 2, "3/4": 1} and stats.skipped_bars > 0


def test_styles_come_from_the_table(midi_folder) -> None:
    (midi_folder / "info.csv").write_text(
        "midi_filename,style,split\nrock.mid,rock,train\nbrazil/samba.MID,latin/samba,train\n"
        "notes.mid,poetry,train\n"
    )
    assert folder_stats(midi_folder).styles == {"latin/samba": 1, "rock": 1}


def test_as_dict_is_json_with_everything(midi_folder) -> None:
    stats = folder_stats(midi_folder)
    back = json.loads(json.dumps(stats.as_dict()))
    assert set(back) == set(vars(stats))
    assert back["hits_per_pitch"]["36"] == stats.hits_per_pitch[36]
    assert back["velocities"] == list(stats.velocities)


def test_as_text_it_shows_the_pitch_to_index_table(tmp_path) -> None:
    foreign_loop(tmp_path / "loop.mid")
    lines = str(folder_stats(tmp_path)).splitlines()
    assert lines[0].split() == ["files", "1,", "left", "out", "0"]
    rows = {int(row.split()[0]): row.split()[1:] for row in lines if row[:5].strip().isdigit()}
    assert rows[36] == ["0", "kick", "2"] and rows[35] == ["0", "kick", "1"]
    assert rows[33] == ["-", "dropped", "1"] and rows[51] == ["15", "ride", "0"]


def test_a_folder_with_nothing_to_count_is_refused(tmp_path) -> None:
    with pytest.raises(BeatGenError, match="no MIDI files"):
        folder_stats(tmp_path)
    (tmp_path / "text.mid").write_text("text")
    with pytest.raises(BeatGenError, match=r"none of 1 files could be read; text.mid"):
        folder_stats(tmp_path)


def test_progress_is_shown_on_request(midi_folder, capsys) -> None:
    folder_stats(midi_folder)
    assert capsys.readouterr() == ("", "")
    folder_stats(midi_folder, progress=True)
    assert "reading" in capsys.readouterr().err


def test_the_statistics_can_be_drawn(midi_folder) -> None:
    from beatgen.plot.drums import draw_stats

    stats = folder_stats(midi_folder)
    bars = draw_stats(stats).data[0]
    assert sum(bars.x) == sum(stats.hits_per_voice.values())


def test_a_real_drummer(gmd) -> None:
    folder = gmd / "drummer9"
    stats = folder_stats(folder)
    assert stats.files + len(stats.left_out) == len(list(folder.rglob("*.mid")))
    assert set(stats.hits_per_pitch) <= set(PITCHES) and stats.meters == {"4/4": stats.files}
    assert max(stats.velocities) == stats.velocities[127]  # the pads saturate
