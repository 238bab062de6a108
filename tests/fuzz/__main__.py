"""Fuzz everything that reads what others made, for as long as you like.

    python tests/fuzz --seconds 3600
    python tests/fuzz --seconds 600 --only mid --only link-inside

The targets (tests/fuzz/targets.py) take turns, each in a process of its own under atheris, with the
corpus that it has found so far in `.fuzz/`. What fails is written to `.fuzz/found/`: an input that
raises anything but a BeatGenError of one short sentence, takes longer than 10 s (1 s at its usual
speed), or more than 1.5 GB with all that the page has loaded. Each kind of fault is listed once.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE.parent)]

TURN = 120.0  # seconds that a target runs before the next one does, at most
SLOWEST, LARGEST = 10, 1500  # seconds and MB of an input, watched as it is
STARTS = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit)\b.*", re.MULTILINE)
DONE = re.compile(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)", re.MULTILINE)
RSS = re.compile(r"rss: (\d+)Mb")


def main() -> None:
    from fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3600, help="how long in all")
    parser.add_argument("--only", choices=list(TARGETS), action="append", help="this target alone")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")
    arguments = parser.parse_args()
    names = arguments.only or list(TARGETS)
    folder = ROOT / ".fuzz"
    (folder / "found").mkdir(parents=True, exist_ok=True)
    each = arguments.seconds / len(names)
    faults: dict[str, str] = {}
    rows = []
    for name in names:
        end = time.monotonic() + each
        inputs = reached = corpus = most = 0
        seed = arguments.seed
        while (left := end - time.monotonic()) > 1:
            log, failed = turn(name, folder, min(TURN, left), seed)
            seed += 1
            if counts := DONE.findall(log):
                inputs += int(counts[-1][0])
                reached = max(reached, int(counts[-1][1]))
                corpus = int(counts[-1][3])
            most = max([most, *map(int, RSS.findall(log))])
            if failed:
                kind = fault(log)
                if kind in faults:
                    failed.unlink()
                else:
                    faults[kind] = f"{name}: {kind}\n    {failed}"
                    print(faults[kind], flush=True)
        rows.append((name, inputs, reached, corpus, most))
        print("{:14}{:9} inputs {:6} branches {:5} in the corpus {:5} MB".format(*rows[-1]))
    print(f"\n{sum(row[1] for row in rows)} inputs, {len(faults)} kinds of faults")
    sys.exit(bool(faults))


def turn(name: str, folder: Path, seconds: float, seed: int) -> tuple[str, Path | None]:
    """What a target says that runs for so long, and the input that it ended at, if any."""
    beside = folder / "found" / f"{name}-"
    before = set(folder.glob("found/*"))
    command = [
        *(sys.executable, str(HERE / "guided.py"), name, str(folder / name)),
        *(f"-max_total_time={max(1, int(seconds))}", f"-seed={seed}", f"-timeout={SLOWEST}"),
        *(f"-rss_limit_mb={LARGEST}", "-reload=0", f"-artifact_prefix={beside}"),
    ]
    quiet = {**os.environ, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, env=quiet, cwd=ROOT, check=False)
    log = (done.stdout + done.stderr).decode("utf-8", "replace")
    found = sorted(set(folder.glob("found/*")) - before)
    if done.returncode and not found:
        beside = folder / "found" / f"{name}-{hashlib.sha1(log.encode()).hexdigest()}.log"
        beside.write_text(log, "utf-8")
        found = [beside]
    return log, found[0] if found else None


def fault(log: str) -> str:
    """The kind of a fault: the error and the line of our code where it was raised."""
    if "libFuzzer: timeout" in log:
        kind = "takes too long"
    elif "out-of-memory" in log:
        kind = "takes too much memory"
    else:
        named = STARTS.findall(log)
        kind = re.sub(r"\d+", "0", named[-1])[:60] if named else "the process ended"
    lines = re.findall(r'File "([^"]+)", line (\d+), in (\w+)', log)
    own = [f"{Path(file).name}:{line}" for file, line, _ in lines if str(HERE) not in file]
    return f"{kind} at {own[-1] if own else '?'}"


if __name__ == "__main__":
    main()
