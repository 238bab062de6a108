"""Many musicians on one server, each with grooves of its own.

    python tests/load --sessions 50 --think 2 --idle 200 --minutes 10
    python tests/load 732fa60 HEAD --sessions 20 --minutes 2

Of each commit given, and of the working tree where none is, in turn in one run: a fresh server;
one musician alone, for the processor time of each interaction; then `--idle` sessions that only
stay open, the one musician again beside them; then `--sessions` musicians at once.

Processor time is what the server took from the interaction until it rested: it hardly depends on
what else the machine does. Waiting times do: they count on idle cores only.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from client import PATIENCE, Answer, Client, PageError  # noqa: E402
from musician import Ledger, Musician  # noqa: E402
from report import report  # noqa: E402

PAGE = os.sysconf("SC_PAGE_SIZE")
REST = 0.05  # seconds without work after which the server rests
EVERY = 5.0  # seconds between two looks at its memory


class Watched(Musician):
    """A musician who is alone: each interaction is charged with the server's processor time."""

    def __init__(self, *given: object, server: int) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.server, self.work = server, {}

    async def act(self, action: str, doing) -> Answer:
        return await self.charged(action, super().act(action, doing))

    async def timed(self, action: str, doing) -> bytes:
        return await self.charged(action, super().timed(action, doing))

    async def charged(self, action: str, doing):
        before = worked(self.server)
        found = await doing
        after = worked(self.server)
        while True:
            await asyncio.sleep(REST)
            if worked(self.server) - after < REST / 20:
                break
            after = worked(self.server)
        self.work.setdefault(action, []).append(1000 * (worked(self.server) - before))
        return found

    async def pause(self) -> None:
        pass


def processes(server: int) -> list[int]:
    """A process and its children."""
    found = [server]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def worked(server: int) -> float:
    """Processor seconds of a process and its children, to the microsecond: Linux has a clock for
    each process, whose number is made of the process's."""
    total = 0.0
    for each in processes(server):
        with suppress(OSError):
            total += time.clock_gettime((~each << 3) | 2)
    return total


def memory(server: int) -> float:
    """Megabytes that it holds, its children with it."""
    pages = 0
    for each in processes(server):
        with suppress(OSError):
            pages += int(Path(f"/proc/{each}/statm").read_text().split()[1])
    return pages * PAGE / 1e6


async def measure(url: str, server: int, asked: argparse.Namespace) -> dict:
    found: dict = {"start": memory(server)}
    async with AsyncExitStack() as stack:
        found["alone"] = await alone(url, server, 0, asked.rounds)
        found["idle before"] = memory(server)
        idle = [await stack.enter_async_context(Client(url)) for _ in range(asked.idle)]
        for at in range(0, len(idle), 10):
            ledger = Ledger()
            await asyncio.gather(*(Musician(-1, c, ledger, 0).begin() for c in idle[at : at + 10]))
        found["idle after"] = memory(server)
        found["beside"] = await alone(url, server, 1, asked.rounds) if idle else {}
        if asked.sessions:
            found |= await together(url, server, asked)
    return found


async def alone(url: str, server: int, number: int, rounds: int) -> dict[str, list[float]]:
    async with Client(url) as client:
        one = Watched(10**6 + number, client, Ledger(), 0, server=server)
        await one.begin()
        for _ in range(rounds):
            await one.round()
        return one.work


async def together(url: str, server: int, asked: argparse.Namespace) -> dict:
    ledger, looks = Ledger(), []
    before, start = memory(server), time.monotonic()
    end = start + 60 * asked.minutes
    worked_before = worked(server)

    async def play(number: int) -> None:
        await asyncio.sleep(number * asked.think / asked.sessions * 2)
        while time.monotonic() < end:
            try:
                async with Client(url) as client:
                    one = Musician(number, client, ledger, asked.think)
                    one.rng.seed(time.monotonic_ns() + number)
                    await one.begin()
                    await one.pause()
                    while time.monotonic() < end:
                        await one.round()
            except (PageError, OSError) as error:
                ledger.errors.append(str(error))
                await asyncio.sleep(asked.think)

    async def watch() -> None:
        while True:
            looks.append((time.monotonic() - start, memory(server), worked(server)))
            await asyncio.sleep(EVERY)

    watching = asyncio.create_task(watch())
    playing = [asyncio.create_task(play(number)) for number in range(asked.sessions)]
    await asyncio.wait(playing, timeout=60 * asked.minutes + PATIENCE)
    for task in (*playing, watching):
        task.cancel()
    seconds = time.monotonic() - start
    used = worked(server) - worked_before
    return {"ledger": ledger, "looks": looks, "before": before, "seconds": seconds, "worked": used}


def serve(folder: Path) -> tuple[str, subprocess.Popen]:
    """Serve the page of a folder; its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "beatgen",
        "page",
        "--port",
        str(port),
        "--address",
        "127.0.0.1",
    ]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    server = subprocess.Popen(
        [*command, "--no-browser"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    url, until = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            time.sleep(5)  # it computes what the first session opens with
            return url, server
        time.sleep(0.2)
    server.kill()
    sys.exit("the page was not served")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "commits", nargs="*", help="each is measured; without one, the working tree"
    )
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument(
        "--think", type=float, default=2.0, help="seconds between two interactions, in the mean"
    )
    parser.add_argument("--idle", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=4, help="of one musician alone")
    parser.add_argument("--url", help="of a server that runs already, with --pid")
    parser.add_argument("--pid", type=int)
    asked = parser.parse_args()
    if asked.url:
        found = asyncio.run(measure(asked.url, asked.pid, asked))
        print(report(asked.url, found, asked))
        return
    with tempfile.TemporaryDirectory() as root:
        folders = {"the working tree": ROOT} if not asked.commits else {}
        for number, commit in enumerate(asked.commits):
            folders[commit] = Path(root) / str(number)
            subprocess.run(["git", "clone", "-q", "--shared", ROOT, folders[commit]], check=True)
            subprocess.run(["git", "-C", folders[commit], "checkout", "-q", commit], check=True)
        for name, folder in folders.items():
            url, server = serve(folder)
            try:
                found = asyncio.run(measure(url, server.pid, asked))
                print(report(name, found, asked), flush=True)
            finally:
                server.terminate()
                server.wait(timeout=20)


if __name__ == "__main__":
    main()
