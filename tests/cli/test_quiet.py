"""What is printed where: results on stdout, messages on stderr, and nothing that a library says of
its own accord, unless -v asks for it."""

import re
import subprocess

import pytest
from command import COMMAND

from beatgen import demo
from beatgen.midi import write_midi

MODEL_VERBS = {
    "blend": ["funk", "rock", "0.5", "-o", "x.mid"],
    "interpolate": ["funk", "rock", "--steps", "2", "-o", "x.mid"],
    "vary": ["funk", "--count", "1", "-o", "takes"],
    "sample": ["--count", "1", "-o", "new"],
    "humanize": ["funk", "-o", "x.mid"],
    "complete": ["funk", "--voices", "snare", "-o", "x.mid"],
    "reconstruct": ["funk", "-o", "x.mid"],
}
OTHERS = {
    "info": ["a.mid"],
    "render": ["funk", "--engine", "kit", "-o", "x.wav"],
    "draw": ["funk", "-o", "x.html"],
}


def execute(folder, *argv: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*COMMAND, *argv], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done


# What General MIDI has no note for is written as its nearest, and the command says so.
WRITTEN_AS = re.compile(r"beatgen: \S+: Written as General MIDI, General MIDI 2: [\w ()+,-]+\.")


@pytest.mark.parametrize("name", [*MODEL_VERBS, *OTHERS])
def test_verbs_for_musicians_print_results_alone(name, tmp_path) -> None:
    write_midi(demo.load("funk"), tmp_path / "a.mid")
    done = execute(tmp_path, name, *(MODEL_VERBS | OTHERS)[name])
    assert [line for line in done.stderr.splitlines() if not WRITTEN_AS.fullmatch(line)] == []
    assert done.stdout.count("\n") >= 1


def test_verbs_for_researchers_print_their_own_messages_alone(midi_folder) -> None:
    data = str(midi_folder.parent / "d.npz")
    lines = execute(midi_folder, "prepare", ".", "-o", data).stderr.strip().split("\n")
    assert all("reading" in line or line.startswith("beatgen: ") for line in lines)
    argv = ["evaluate", data, "--split", "train", "--models", "bar", "report", "--parts"]
    ours, report = execute(midi_folder, *argv).stderr.splitlines()
    assert ours.startswith("beatgen: BeatGen: ") and report.startswith("beatgen: the 2020 report's")


@pytest.mark.parametrize("argv", [["-v", "sample"], ["sample", "--verbose"]])
def test_libraries_are_heard_where_it_is_asked_for(argv, tmp_path) -> None:
    done = execute(tmp_path, *argv, "--count", "1", "-o", "new")
    assert "XNNPACK" in done.stderr and done.stdout == "new/sample-1.mid\n"


def test_the_version_is_printed(tmp_path) -> None:
    done = execute(tmp_path, "--version")
    assert done.stdout.split()[0] == "beatgen" and done.stdout.count(".") >= 2
