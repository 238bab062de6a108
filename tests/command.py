"""Runs the command line, in this process or in one of its own."""

import subprocess
import sys

from beatgen.cli import main

COMMAND = (sys.executable, "-m", "beatgen")


def run(capsys, *argv: object) -> list[str]:
    """Lines on stdout of a command that has to succeed."""
    assert main([str(word) for word in argv]) == 0, capsys.readouterr().err
    return capsys.readouterr().out.splitlines()


def refusal(capsys, *argv: object) -> str:
    """The one line on stderr with which a command fails."""
    assert main([str(word) for word in argv]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("beatgen: ") and err.count("\n") == 1
    return err


def execute(*argv: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, so that TensorFlow stays out of the tests'."""
    done = subprocess.run([*COMMAND, *argv], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done
