"""Files are written whole or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

import beatgen as bg
from beatgen import files
from beatgen.cli.verbs import save_figure
from beatgen.data.dataset import Dataset, load_dataset, prepare
from beatgen.files import PART, whole, write_whole

BEFORE = b"what was there before"


def test_what_fails_leaves_what_was_there(tmp_path):
    target = tmp_path / "take.txt"
    target.write_bytes(BEFORE)
    with pytest.raises(KeyError), whole(target) as part:
        part.write_text("half of it")
        raise KeyError
    assert target.read_bytes() == BEFORE
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_one_and_a_file_keeps_its_rights(tmp_path):
    target, link = tmp_path / "take.txt", tmp_path / "link.txt"
    target.write_text("")
    target.chmod(0o640)
    link.symlink_to(target)
    write_whole(link, "o---")
    assert link.is_symlink() and target.read_text() == "o---"
    assert target.stat().st_mode & 0o777 == 0o640
    write_whole(os.devnull, "o---")
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no names for what is open")
def test_a_pipe_is_written_to(tmp_path):
    """As by `beatgen mix -o /dev/stdout | ...`, whose name leads to no file."""
    reading, writing = os.pipe()
    write_whole(f"/dev/fd/{writing}", "o---")
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "o---"


def test_an_error_names_the_file_that_was_asked_for(tmp_path):
    target = tmp_path / "none" / "take.txt"
    with pytest.raises(FileNotFoundError) as error:
        write_whole(target, "")
    assert error.value.filename == str(target)


def midi(target, rock):
    bg.write_midi(rock, target)


def wav(target, rock):
    bg.write_wav(rock, target)


def figure(target, rock):
    save_figure(go.Figure(), str(target))


def dataset(target, rock):
    grid = np.ones((1, 64, 22), np.uint8)
    names = np.array(["a.mid"])
    Dataset(
        grid, grid.astype(np.float16), *np.zeros((2, 1), np.int32), names, names, names,
        np.array([120.0], np.float32), names[:0],
    ).save(target)  # fmt: skip


@pytest.mark.parametrize(
    ("write", "name"),
    [(midi, "a.mid"), (wav, "a.wav"), (figure, "a.html"), (dataset, "a.npz"), (dataset, "a")],
)
def test_each_kind_of_file_takes_its_place_in_one_go(write, name, tmp_path, rock, monkeypatch):
    target = tmp_path / name
    target.write_bytes(BEFORE)
    moved = []

    def move(part: Path, place: Path) -> None:
        moved.append((part.stat().st_size, place.read_bytes()))
        os.replace(part, place)

    monkeypatch.setattr(files.Path, "replace", move)
    write(target, rock)
    ((size, before),) = moved
    assert before == BEFORE and target.stat().st_size == size > 100
    assert list(tmp_path.iterdir()) == [target]


KILLED = """
import os, signal, sys
import numpy as np
from beatgen.data.dataset import prepare

def save(file, **arrays):
    file.write(b"half of it")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

np.savez_compressed = save
prepare(*sys.argv[1:])
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_preparation_that_was_killed_goes_on_with_the_same_result(tmp_path, rock):
    (tmp_path / "midi").mkdir()
    for number in range(6):
        bg.write_midi(rock, tmp_path / "midi" / f"{number}.mid")
    unbroken = prepare(tmp_path / "midi", tmp_path / "unbroken.npz")
    output = tmp_path / "bars.npz"
    script = [sys.executable, "-c", KILLED, tmp_path / "midi", output]
    assert subprocess.run(script).returncode == -9
    assert not output.exists() and (tmp_path / f"{PART}bars.npz").read_bytes() == b"half of it"
    again = prepare(tmp_path / "midi", output)
    stored = load_dataset(output)
    for name, array in vars(unbroken).items():
        np.testing.assert_array_equal(getattr(again, name), array)
        np.testing.assert_array_equal(getattr(stored, name), array)
    assert not (tmp_path / f"{PART}bars.npz").exists()
