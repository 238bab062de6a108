"""A folder of MIDI files to arrays: every bar, its split, its file; and quick the second time."""

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import mido
import numpy as np
import pytest

from beatgen.data.dataset import MANY, SPLITS, THREADED, files_below, load_dataset, prepare
from beatgen.errors import BeatGenError
from beatgen.groove import Groove, join
from beatgen.kit import INDEX
from beatgen.midi import write_midi

CHECKOUT = Path(__file__).parents[2]
WITH_CHECKOUT = os.environ | {"PYTHONPATH": str(CHECKOUT)}
TABLE = """midi_filename,style,bpm,split
brazil/samba.MID,latin/samba,116,validation
rock.mid,rock,96,train
"""


def bars_of(dataset, file: str) -> list[Groove]:
    index = dataset.files.tolist().index(file)
    return [dataset.groove(int(i)) for i in np.flatnonzero(dataset.file_index == index)]


def test_every_bar_comes_back_as_it_was(midi_folder, tmp_path, rock, samba) -> None:
    dataset = prepare(midi_folder, tmp_path / "out.npz")
    assert len(dataset) == 3
    assert dataset.velocity.shape == dataset.timing.shape == (3, 64, 22)
    assert (dataset.velocity.dtype, dataset.timing.dtype) == (np.uint8, np.float16)
    assert dataset.files.tolist() == ["brazil/samba.MID", "notes.mid", "rock.mid"]
    assert bars_of(dataset, "rock.mid") == list(rock)
    assert bars_of(dataset, "brazil/samba.MID") == [samba]
    assert dataset.number.tolist() == [0, 0, 1]
    assert dataset.styles.tolist() == ["unknown"] * 3
    assert [message.split(":")[0] for message in dataset.left_out] == ["notes.mid"]


def test_grids_are_what_grooves_hold(random_groove, tmp_path) -> None:
    (tmp_path / "in").mkdir()
    write_midi(random_groove(4), tmp_path / "in" / "played.mid")
    dataset = prepare(tmp_path / "in", tmp_path / "out.npz")
    velocity, timing = dataset.grids()
    assert velocity.dtype == timing.dtype == np.float32
    assert join(dataset.groove(i) for i in range(len(dataset))) == Groove(
        velocity, timing, dataset.groove(0).tempo
    )
    assert np.array_equal(dataset.grids(np.array([1]))[0], velocity[1:2])


def test_played_timing_is_kept_to_a_tick(tmp_path, random_groove) -> None:
    played = random_groove(4)
    (tmp_path / "in").mkdir()
    write_midi(played, tmp_path / "in" / "played.mid")
    dataset = prepare(tmp_path / "in", tmp_path / "out.npz")
    before = np.sort(played.timing[played.velocity > 0] % 1)
    after = np.sort(dataset.timing[dataset.velocity > 0].astype(np.float32) % 1)
    assert np.allclose(before, after, atol=1 / 60)


def test_the_table_gives_splits_and_styles(midi_folder, tmp_path) -> None:
    (midi_folder / "info.csv").write_text(TABLE)
    dataset = prepare(midi_folder, tmp_path / "out.npz")
    train, validation = dataset.split("train"), dataset.split("validation")
    assert (len(train), len(validation)) == (2, 1)
    assert {str(train.files[i]) for i in train.file_index} == {"rock.mid"}
    assert [str(validation.styles[i]) for i in validation.file_index] == ["latin/samba"]
    assert [float(validation.tempo[i]) for i in validation.file_index] == [116]
    for name, message in (
        ("test", "has no bars"),
        ("holdout", "expected one of train, validation"),
    ):
        with pytest.raises(BeatGenError, match=message):
            dataset.split(name)


def test_a_table_that_a_spreadsheet_wrote_is_read(midi_folder, tmp_path) -> None:
    (midi_folder / "info.csv").write_text(TABLE, encoding="utf-8-sig")
    dataset = prepare(midi_folder, tmp_path / "out.npz")
    assert len(dataset.split("train")) == 2


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.replace(",train", ",dev"), "line 3 has the split 'dev'; expected one of train, val"),
        (TABLE.replace(",validation", ""), "line 2 is too short"),
        (TABLE.replace("split", "fold"), "the columns split are missing"),
        ("", "the columns midi_filename, split, style are missing"),
    ],
)
def test_a_table_that_lacks_a_split_is_refused(midi_folder, tmp_path, table, message) -> None:
    (midi_folder / "info.csv").write_text(table)
    with pytest.raises(BeatGenError, match=f"info.csv: {message}"):
        prepare(midi_folder, tmp_path / "out.npz")


@pytest.mark.parametrize("bar", [-1, 3])
def test_a_bar_that_is_not_there_is_refused(midi_folder, tmp_path, bar) -> None:
    dataset = prepare(midi_folder, tmp_path / "out.npz")
    with pytest.raises(BeatGenError, match=f"no bar {bar}: the data have 3"):
        dataset.groove(bar)


def test_without_a_table_files_are_split_by_seed(tmp_path, samba) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(40):
        write_midi(samba, folder / f"{i}.mid")
    first = prepare(folder, tmp_path / "1.npz", seed=1).splits
    assert [int((first == split).sum()) for split in SPLITS] == [32, 4, 4]
    assert (prepare(folder, tmp_path / "2.npz", seed=1).splits == first).all()
    assert (prepare(folder, tmp_path / "3.npz", seed=2).splits != first).any()


@pytest.mark.parametrize("library", sorted(THREADED))
def test_a_process_that_runs_threads_is_not_forked(midi_folder, tmp_path, monkeypatch, library):
    """That it does not crash would prove nothing, so the test looks at how workers start."""
    started = []
    context = multiprocessing.get_context
    monkeypatch.setitem(sys.modules, library, object())
    monkeypatch.setattr("beatgen.data.dataset.MANY", 3)
    monkeypatch.setattr(
        "beatgen.data.dataset.get_context", lambda name: started.append(name) or context(name)
    )
    assert len(prepare(midi_folder, tmp_path / "out.npz")) > 0
    assert started == ["spawn"]


PLAIN_SCRIPT = """
import sys
import beatgen as bg
from beatgen.data.stats import folder_stats
print("begins")
bg.load_model()
print(len(bg.prepare(sys.argv[1], sys.argv[2])), folder_stats(sys.argv[1]).hits)
"""


def test_a_plain_script_with_the_model_loaded_reads_many_files(tmp_path, rock, samba) -> None:
    """The other processes that read do not run the script again, and read the same."""
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(MANY):
        write_midi((rock, samba)[i % 2], folder / f"{i}.mid")
    (folder / "bad.mid").write_text("not music")
    (tmp_path / "plain.py").write_text(PLAIN_SCRIPT)
    argv = [sys.executable, tmp_path / "plain.py", folder, tmp_path / "theirs.npz"]
    done = subprocess.run(argv, cwd=CHECKOUT, env=WITH_CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    bars, hits = (
        MANY // 2 * (count(rock) + count(samba))
        for count in (len, lambda groove: np.count_nonzero(groove.velocity))
    )
    assert done.stdout.splitlines() == ["begins", f"{bars} {hits}"]
    assert "Traceback" not in done.stderr
    ours, theirs = prepare(folder, tmp_path / "ours.npz"), load_dataset(tmp_path / "theirs.npz")
    for name, stored in vars(ours).items():
        assert np.array_equal(stored, getattr(theirs, name)), name


def test_few_files_are_read_without_other_processes(midi_folder, tmp_path, monkeypatch) -> None:
    monkeypatch.delattr("beatgen.data.dataset.ProcessPoolExecutor")
    assert len(prepare(midi_folder, tmp_path / "out.npz")) == 3


def test_a_reading_process_that_is_ended_is_explained(midi_folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("beatgen.data.dataset.MANY", 3)
    monkeypatch.setattr("beatgen.data.dataset.QUIET", (-1, None))  # no signal: they end at once
    with pytest.raises(BeatGenError, match="ended from outside; see that there is memory enough"):
        prepare(midi_folder, tmp_path / "out.npz")


def test_rests_are_left_out_but_counted(tmp_path, rock) -> None:
    rest = Groove(np.zeros((1, 64, 22)), tempo=96)
    write_midi(join([rest, rock[0], rest, rock[1]]), tmp_path / "rests.mid")
    dataset = prepare(tmp_path, tmp_path / "out.npz")
    assert dataset.number.tolist() == [1, 3]


def test_bars_in_other_meters_are_left_out(tmp_path, rock) -> None:
    write_midi(rock, tmp_path / "four.mid")
    file = mido.MidiFile(tmp_path / "four.mid")
    meter = next(i for i, m in enumerate(file.tracks[0]) if m.type == "time_signature")
    file.tracks[0][meter] = file.tracks[0][meter].copy(numerator=5)
    file.save(tmp_path / "five.mid")
    dataset = prepare(tmp_path, tmp_path / "out.npz")
    assert len(dataset) == rock.bars
    assert dataset.left_out.tolist()[0].startswith("five.mid: no 4/4 bar found, only 5/4")


def test_a_second_call_reads_the_file_and_a_change_reads_the_folder(midi_folder, tmp_path) -> None:
    output = tmp_path / "new" / "out.npz"
    prepare(midi_folder, output)
    written = output.stat().st_mtime_ns
    prepare(midi_folder, output)
    assert output.stat().st_mtime_ns == written
    assert prepare(midi_folder, output, steps=16).velocity.shape == (3, 16, 22)
    (midi_folder / "info.csv").write_text(TABLE)
    assert "latin/samba" in prepare(midi_folder, output).styles
    os.utime(midi_folder / "rock.mid", ns=(1, 1))
    written = output.stat().st_mtime_ns
    prepare(midi_folder, output)
    assert output.stat().st_mtime_ns > written
    assert os.listdir(output.parent) == ["out.npz"]


def test_what_is_saved_is_what_is_loaded(midi_folder, tmp_path) -> None:
    dataset = prepare(midi_folder, tmp_path / "out.npz")
    loaded = load_dataset(tmp_path / "out.npz")
    for name, stored in vars(dataset).items():
        assert np.array_equal(stored, getattr(loaded, name)), name
        assert stored.dtype == getattr(loaded, name).dtype


def test_taking_bars_keeps_their_files(midi_folder, tmp_path) -> None:
    last = prepare(midi_folder, tmp_path / "out.npz").take(np.array([2]))
    assert len(last) == 1 and str(last.files[last.file_index[0]]) == "rock.mid"
    assert last.groove(0).velocity[0, 0, INDEX["kick"]] == np.float32(115 / 127)


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "bytes", "array", "other", "old"])
def test_what_is_no_dataset_is_refused_and_made_anew(midi_folder, tmp_path, damage) -> None:
    path = tmp_path / "out.npz"
    prepare(midi_folder, path)
    good = path.read_bytes()
    if damage == "array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif damage == "other":
        np.savez(path, velocity=np.zeros(3))
    elif damage == "old":
        np.savez(path, format=0, fingerprint="")
    else:
        middle = len(good) // 2
        spoilt = good[:middle] + bytes(b ^ 0xFF for b in good[middle : middle + 40])
        path.write_bytes(
            {
                "empty": b"",
                "text": b"velocity",
                "cut": good[:middle],
                "bytes": spoilt + good[middle + 40 :],
            }[damage]
        )
    with pytest.raises(BeatGenError, match="beatgen prepare"):
        load_dataset(path)
    assert len(prepare(midi_folder, path)) == 3
    assert len(load_dataset(path)) == 3


def test_missing_things_are_named(tmp_path, midi_folder) -> None:
    with pytest.raises(BeatGenError, match=r"nothing: no such folder"):
        prepare(tmp_path / "nothing", tmp_path / "out.npz")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BeatGenError, match=r"empty: no MIDI files \(.mid, .midi\)"):
        prepare(tmp_path / "empty", tmp_path / "out.npz")
    with pytest.raises(BeatGenError, match=r"none.npz: no such file"):
        load_dataset(tmp_path / "none.npz")
    (tmp_path / "empty" / "text.mid").write_text("text")
    with pytest.raises(BeatGenError, match=r"none of 1 files could be read; text.mid: not a MIDI"):
        prepare(tmp_path / "empty", tmp_path / "out.npz")


@pytest.mark.parametrize("table", [b"", b"name,split\na,train\n", b"\xff\xfe\x00bad"])
def test_a_table_that_is_not_gmds_is_refused(midi_folder, tmp_path, table) -> None:
    (midi_folder / "info.csv").write_bytes(table)
    with pytest.raises(BeatGenError, match=r"info.csv: .*expected GMD's table"):
        prepare(midi_folder, tmp_path / "out.npz")


def test_files_are_found_in_folders_below_and_sorted(midi_folder) -> None:
    names = [path.relative_to(midi_folder).as_posix() for path in files_below(midi_folder)]
    assert names == ["brazil/samba.MID", "notes.mid", "rock.mid"]


@pytest.mark.slow
def test_the_real_dataset_in_time(gmd, gmd_file) -> None:
    start = time.perf_counter()
    dataset = prepare(gmd, gmd_file.path)
    again = time.perf_counter() - start
    train, validation = dataset.split("train"), dataset.split("validation")
    assert (len(train), len(validation)) == (17_406, 2_175)
    # The error of predicting silence: every score has to be read beside it.
    silence = (np.square(validation.velocity / 127).sum((1, 2))).mean()
    assert silence == pytest.approx(7.76, abs=0.005)
    assert all("no 4/4 bar found" in message for message in dataset.left_out)
    # 12 s on two idle cores; the limit here leaves room for a busy machine.
    assert gmd_file.seconds < 40 and again < 1


def test_a_file_that_is_left_out_is_named_by_its_path(tmp_path, rock) -> None:
    """Those of a folder may all have the same name; and a link may lead nowhere."""
    folder = tmp_path / "in"
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
        (folder / name / "1.mid").write_text("not music")
    (folder / "gone.mid").symlink_to(tmp_path / "nothing")
    write_midi(rock, folder / "rock.mid")
    left_out = prepare(folder, tmp_path / "out.npz").left_out
    assert [message.split(":")[0] for message in left_out] == ["a/1.mid", "b/1.mid", "gone.mid"]


def test_a_seed_below_0_is_refused(midi_folder, tmp_path) -> None:
    with pytest.raises(BeatGenError, match="seed is -1"):
        prepare(midi_folder, tmp_path / "out.npz", seed=-1)
