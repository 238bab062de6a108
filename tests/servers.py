"""Two servers of the page behind nginx, as deploy/nginx.conf has them: one is killed while a
musician plays, and the other one restarted.

    python tests/servers.py

Needs Chromium and nginx (on Debian `apt-get install nginx-light`). The loop must go on without a
stroke that is late or missing, and within WHOLE seconds the page must stand on the other server
with all that the musician had: decks, blend, takes, shape, lock, tempo.
"""

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

from playwright.sync_api import Page, sync_playwright  # noqa: E402
from serving import CHROMIUM_FLAGS, SOUND_AT_ONCE, chromium_path  # noqa: E402
from streamlit_inside import RESTS  # noqa: E402

import beatgen as bg  # noqa: E402
from app.session import Session  # noqa: E402
from app.share import link  # noqa: E402
from beatgen import demo  # noqa: E402

WHOLE = 5.0  # seconds
PATIENCE = 60.0
GAP = 0.4  # seconds that the loop may not be seen to move, as the page's own clock sees it
WATCH = """() => {
    window.opened = 0;
    const Socket = window.WebSocket;
    window.WebSocket = class extends Socket {
        constructor(...given) {
            super(...given);
            this.addEventListener("open", () => window.opened++);
        }
    };
    window.stood = 0;
    window.labels = [];
    let beat = null, since = performance.now();
    setInterval(() => {
        const now = window.beatgen?.state;
        if (!now?.playing) { beat = null; since = performance.now(); return; }
        if (!window.labels.includes(now.label)) window.labels.push(now.label);
        if (now.beat !== beat) { beat = now.beat; since = performance.now(); }
        window.stood = Math.max(window.stood, (performance.now() - since) / 1000);
    }, 50);
}"""
STATE = """() => {
    const { playing, late, dropped } = beatgen.state, { stood, labels, opened } = window;
    return { playing, late, dropped, stood, labels, opened };
}"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def serve(port: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "beatgen", "page", "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "BEATGEN_PROBE": "1"}
    options = ["--address", "127.0.0.1", "--no-browser"]
    server = subprocess.Popen(
        [*command, *options], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    wait(port, "/_stcore/health")
    return server


def wait(port: int, path: str = "/") -> None:
    """Until there is an answer: the page's port is open some seconds before it can give one."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
            return
        time.sleep(0.1)
    sys.exit(f"nothing answers at port {port}")


def proxy(folder: Path, ports: list[int]) -> tuple[str, subprocess.Popen]:
    """nginx with deploy/nginx.conf, in front of these ports."""
    port = free_port()
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for number, page in enumerate(ports, 1):
        text = text.replace(f"page{number}:8501", f"127.0.0.1:{page}")
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    (folder / "nginx.conf").write_text(f"pid {folder}/pid;\nerror_log {folder}/log;\n{text}")
    command = ["nginx", "-c", folder / "nginx.conf", "-g", "daemon off;"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    wait(port)
    return f"http://127.0.0.1:{port}", server


def connections(port: int) -> int:
    """How many the server of a port holds."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(
        line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "01" for line in lines
    )


def kept(page: Page) -> Session:
    return link.unpack(page.evaluate("sessionStorage.getItem('beatgen')"))


def all_of(session: Session) -> dict:
    """What a musician must not lose."""
    decks = {
        f"deck {side}": (deck.source.name, deck.start, deck.bars, deck.groove.velocity.tobytes())
        for side in ("a", "b")
        for deck in [session.deck(side)]
    }
    opening, lock = session.opening, session.opening and session.opening.lock
    return decks | {
        "blend": session.place,
        "takes": [
            (take.number, take.kept, take.groove.velocity.tobytes()) for take in session.takes
        ],
        "shape": session.amounts,
        "tempo": opening and opening.tempo,
        "lock": lock and (sorted(lock.voices), lock.groove.velocity.tobytes()),
    }


def rests(page: Page) -> None:
    page.wait_for_function(f"window.beatgen?.state.answered && {RESTS}", timeout=1000 * PATIENCE)


def prepare(page: Page) -> None:
    """Something of everything."""
    file = io.BytesIO()
    bg.write_midi(
        demo.load("waltz" if "waltz" in demo.names() else demo.names()[3]).repeat(8), file
    )
    mine = {"name": "mine.mid", "mimeType": "audio/midi", "buffer": file.getvalue()}
    page.locator(".st-key-deck-a input[type=file]").set_input_files(mine)
    page.get_by_role("heading", name="mine").first.wait_for()
    rests(page)
    page.get_by_label("Tempo in beats per minute").fill("97")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Lock kick").click()
    rests(page)
    page.get_by_role("link", name="Vary").click()
    page.locator(".card").nth(5).wait_for()
    rests(page)
    page.get_by_role("button", name="Keep", exact=True).nth(1).click()
    page.locator(".card.kept").wait_for()
    rests(page)
    page.get_by_role("link", name="Shape").click()
    slider = page.locator(".st-key-shape-named input[type=range]").first
    slider.wait_for()
    rests(page)
    slider.evaluate("it => { it.value = 1; it.dispatchEvent(new Event('input')); }")
    slider.evaluate("it => it.dispatchEvent(new Event('change'))")
    page.wait_for_timeout(500)
    rests(page)
    page.wait_for_timeout(500)


def lose(page: Page, server: subprocess.Popen, how: str) -> float:
    """End a server; seconds until the page is whole again."""
    before, state = all_of(kept(page)), page.evaluate(STATE)
    start = time.monotonic()
    server.kill() if how == "killed" else server.terminate()
    page.wait_for_function(
        "before => window.opened > before", arg=state["opened"], timeout=1000 * PATIENCE
    )
    rests(page)
    text = page.evaluate("sessionStorage.getItem('beatgen')")
    while page.evaluate("sessionStorage.getItem('beatgen')") == text:
        page.get_by_role("button", name="Keep as take").click()  # Python does what it is asked to
        page.wait_for_timeout(500)
    seconds = time.monotonic() - start
    rests(page)
    after, now = all_of(kept(page)), page.evaluate(STATE)
    after["takes"] = after["takes"][-len(before["takes"]) :]  # but for what was kept just now
    other = set(now["labels"]) - set(state["labels"])
    lost = [name for name in before if before[name] != after[name]]
    late = now["late"] - state["late"] + now["dropped"] - state["dropped"]
    print(
        f"{how}: whole again after {seconds:.1f} s; lost: {', '.join(lost) or 'nothing'}; "
        f"strokes late or dropped: {late}; "
        f"the loop was seen to stand for {now['stood']:.2f} s at most; heard meanwhile: "
        f"{', '.join(other) or 'nothing else'}",
        flush=True,
    )
    if lost or late or other or not now["playing"] or now["stood"] > GAP or seconds > WHOLE:
        page.screenshot(path=Path(tempfile.gettempdir()) / "servers.png")
        sys.exit("the musician has noticed")
    return seconds


def main() -> None:
    if not (shutil.which("nginx") and chromium_path()):
        sys.exit("nginx and Chromium are needed: apt-get install nginx-light chromium")
    ports = [free_port(), free_port()]
    servers = dict(zip(ports, map(serve, ports), strict=True))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url, front = proxy(Path(folder), ports)
        try:
            flags = [*CHROMIUM_FLAGS, SOUND_AT_ONCE]
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=flags)
            page = browser.new_page()
            page.add_init_script(f"({WATCH})()")
            page.goto(url)
            page.locator(".player .bar").wait_for(timeout=1000 * PATIENCE)
            rests(page)
            prepare(page)
            page.keyboard.press("Space")
            page.wait_for_function("beatgen.state.playing")
            for how in ("killed", "restarted"):
                port = max(ports, key=connections)
                lose(page, servers[port], how)
                servers[port].wait(timeout=20)
                servers[port] = serve(port)
            browser.close()
        finally:
            for server in (front, *servers.values()):
                server.terminate()


if __name__ == "__main__":
    main()
