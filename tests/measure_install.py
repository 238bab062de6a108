"""How long `make run` installs, and how much, at some commits: measured in turn in fresh clones.

    python tests/measure_install.py 126e2e8 HEAD

Of each commit: seconds and processor seconds of `make .venv/run` (without the system's packages,
without pip's cache), megabytes of .venv, and seconds of the first start, in which the page loads
all that it shows its first view with.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
START = "from app import page; page.prepare()"


def main(commits: list[str]) -> None:
    print("| commit | install, s | processor, s | .venv, MB | first start, s |")
    print("|---|---|---|---|---|")
    for commit in commits:
        with tempfile.TemporaryDirectory() as folder:
            _run(ROOT, "git", "clone", "-q", "--shared", str(ROOT), folder)
            _run(Path(folder), "git", "checkout", "-q", commit)
            seconds, worked = _run(Path(folder), "make", "-s", ".venv/run")
            size = _run_text("du", "-sm", f"{folder}/.venv").split()[0]
            start, _ = _run(Path(folder), ".venv/bin/python", "-c", START)
            print(f"| {commit} | {seconds:.0f} | {worked:.0f} | {size} | {start:.1f} |", flush=True)


def _run(folder: Path, *command: str) -> tuple[float, float]:
    """Run a command there; gives its seconds, and those that the processors worked."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    environment |= {"PIP_NO_CACHE_DIR": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-2000:]}")
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds, worked


def _run_text(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(sys.argv[1:] or ["HEAD"])
