"""BeatGen's wheel: built, installed where nothing else of the project is, served and visited.

`python tests/wheel.py` (after `make test`) is the whole check, some minutes long: it installs the
wheel with its libraries from the package index into empty environments, uses the core alone, and
opens the page in Chromium. test_packaging.py does the same in seconds with the libraries at hand.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path
from urllib.request import urlopen
from venv import EnvBuilder

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PATIENCE = 90  # seconds until the page must answer
GROUND = "rgb(16, 18, 21)"  # the dark background that the page's config.toml sets
ABSENT = "BEATGEN_TEST_ABSENT"  # modules that an environment does without, by their names
# Run by Python at its start: those modules are not found.
SITE = f"""
import os, sys
from importlib.machinery import PathFinder

class Finder(PathFinder):
    absent = set(os.environ.get("{ABSENT}", "").split())

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in cls.absent else PathFinder.find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Finder
"""
CORE = """
import sys
import beatgen as bg
from beatgen import demo
bg.write_midi(demo.load("funk"), "a.mid")
a, b = bg.read_midi("a.mid"), demo.load("rock")
mix = bg.load_model().blend(a, b, 0.5)
bg.write_midi(mix, "mix.mid")
bg.write_wav(mix, "mix.wav", engine="kit")
bg.draw(mix).write_html("mix.html")
assert bg.read_midi("mix.mid").bars == mix.bars
print(bg.__file__, bg.__version__)
print(*sorted(name for name in sys.modules if "." not in name))
"""


def build(folder: Path) -> Path:
    """Build the wheel of the checkout."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("beatgen-*.whl")
    return wheel


class Environment:
    """A virtual environment, and what is run there: in a folder of its own, not the checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "work"
        EnvBuilder(symlinks=os.name != "nt").create(folder)
        self.work.mkdir()
        self.scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        (self.site,) = folder.glob(
            "Lib/site-packages" if os.name == "nt" else "lib/*/site-packages"
        )

    def install(self, *arguments: str) -> None:
        self.pip("install", "-q", "--no-compile", *arguments)

    def pip(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "pip", "--python", str(self.folder)]
        subprocess.run([*command, *arguments], check=True)

    def borrow_libraries(self) -> None:
        """Use what is installed for the tests, but for the modules that a run does without."""
        theirs = {path for path in sys.path if path.endswith("site-packages")}
        (self.site / "libraries.pth").write_text("\n".join(sorted(theirs)))
        (self.site / "sitecustomize.py").write_text(SITE)

    def without(self, extra: str) -> dict[str, str]:
        """The environment in which only what the core and an extra bring is found."""
        brought = _closure(self._beatgen(), extra)
        absent = [
            module
            for module, owners in packages_distributions().items()
            if not brought & {_plain(owner) for owner in owners}
        ]
        return {ABSENT: " ".join(set(absent) - {"beatgen", "sitecustomize"})}

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        """Run a command of the environment ("python", "beatgen") there."""
        return subprocess.run(
            [str(self.scripts / command[0]), *command[1:]],
            cwd=self.work,
            env=_clean(environment),
            capture_output=True,
            text=True,
        )

    @contextmanager
    def page(self, **environment: str) -> Iterator[str]:
        """Serve the page as a user does; gives its URL. It must end with Ctrl-C, and well."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = self.folder / "page.log"
        with log.open("w") as file:
            server = subprocess.Popen(
                [str(self.scripts / "beatgen"), "page", f"--port={port}", "--no-browser"],
                cwd=self.work,
                env=_clean({"BEATGEN_PROBE": "1", **environment}),
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        url = f"http://localhost:{port}"
        try:
            _wait_until_healthy(url, server, log)
            yield url
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=20) in (0, 130), log.read_text()
            assert "Traceback" not in log.read_text(), log.read_text()
        finally:
            server.kill()
            server.wait()

    def _beatgen(self) -> Distribution:
        (found,) = Distribution.discover(name="beatgen", path=[str(self.site)])
        return found


def visit(page) -> bytes:
    """Play, drag the blend, and download the MIDI file of what then sounds, on an open page."""
    page.wait_for_function("window.beatgen?.state.path && beatgen.state.answered")
    page.wait_for_selector(".st-key-takeaway")
    page.click(".play")
    page.wait_for_function("beatgen.state.contextState === 'running' && beatgen.state.beat > 1")
    before = page.evaluate("JSON.stringify(beatgen.state.hits)")
    box = page.locator(".blend .together").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.5 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], y, steps=10)
    page.mouse.up()
    page.wait_for_function(
        "before => JSON.stringify(beatgen.state.hits) !== before && beatgen.state.answered",
        arg=before,
    )
    assert not page.evaluate("beatgen.state.trouble")
    ground = page.locator(".stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    assert ground == GROUND, "the page has its own settings"
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download MIDI", exact=True).click()
    assert page.locator("[data-testid=stException]").count() == 0
    return Path(waiting.value.path()).read_bytes()


def _closure(beatgen: Distribution, extra: str) -> set[str]:
    """Names of the distributions that installing beatgen[extra] brings; "" is the core alone."""
    brought: set[str] = set()
    waiting = [(beatgen, extra)]
    while waiting:
        owner, extra = waiting.pop()
        for line in owner.requires or ():
            wanted = Requirement(line)
            name = _plain(wanted.name)
            if name in brought or (wanted.marker and not wanted.marker.evaluate({"extra": extra})):
                continue
            brought.add(name)
            waiting += [(distribution(name), own) for own in wanted.extras or {""}]
    return brought


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _clean(environment: dict[str, str]) -> dict[str, str]:
    """Without what leads to the checkout."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return own | environment


def _wait_until_healthy(url: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the page does not answer:\n{log.read_text()}")


def _megabytes(folder: Path) -> float:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir()) / 1e6


def _full_check() -> None:
    """Install the wheel as a stranger does, and use it."""
    sys.path.insert(0, str(Path(__file__).parent / "browser"))
    from playwright.sync_api import sync_playwright
    from serving import CHROMIUM_FLAGS, SOUND_AT_ONCE, chromium_path

    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder))
        for extra in ("", "page"):
            start = time.monotonic()
            environment = Environment(Path(folder, extra or "core"))
            environment.install(f"{wheel}[{extra}]" if extra else str(wheel))
            seconds, size = time.monotonic() - start, _megabytes(environment.folder)
            print(f"beatgen[{extra}]: {seconds:.0f} s, {size:.0f} MB")
            environment.pip("check")
            used = environment.run("python", "-c", CORE)
            assert used.returncode == 0, used.stderr
            for verb in ("page", "evaluate nowhere", "train --summary"):
                if verb != extra:
                    print(environment.run("beatgen", *verb.split()).stderr.strip())
        with environment.page() as url, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=chromium_path(), args=[*CHROMIUM_FLAGS, SOUND_AT_ONCE]
            )
            page = chromium.new_page(color_scheme="dark")
            page.goto(url)
            midi = visit(page)
            chromium.close()
        print(f"the page plays, blends, and gave a MIDI file of {len(midi)} bytes")


if __name__ == "__main__":
    _full_check()
