"""Runs the command line, in this process or in one of its own."""

import json
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


# One verb after the other; a line on both streams between them.
SEVERAL = """
import json, sys
from beatgen.cli import main

for argv in json.loads(sys.argv[1]):
    assert main(argv) == 0
    for stream in (sys.stdout, sys.stderr):
        print("---", file=stream, flush=True)
"""


def execute(*calls: list[str]) -> list[tuple[str, str]]:
    """Commands in one process of their own, so that TensorFlow stays out of the tests', and is
    imported once for all of them: stdout and stderr of each."""
    argv = [sys.executable, "-c", SEVERAL, json.dumps(calls)]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    parts = (text.split("---\n") for text in (done.stdout, done.stderr))
    return list(zip(*parts, strict=True))[: len(calls)]
