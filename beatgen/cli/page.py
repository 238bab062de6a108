"""The verb `page`: serve the page from wherever BeatGen is installed."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import time
import webbrowser
from contextlib import suppress
from pathlib import Path

from beatgen import assets
from beatgen.cli.verbs import Options, arg, log, need, number, verb
from beatgen.errors import BeatGenError

EVERYWHERE = ("0.0.0.0", "::")  # addresses that stand for all of the machine's
PATIENCE = 60.0  # seconds until the page must answer for a browser to be opened


@verb(
    number("--port", int, 8501, "where the page answers"),
    arg(
        "--address",
        default="localhost",
        metavar="NAME",
        help="host name or IP address it answers at (default localhost: this machine alone; "
        "0.0.0.0: to all that reach it)",
    ),
    arg("--no-browser", action="store_true", help="do not open a browser"),
)
def page(options: Options) -> None:
    """Serve the page, and open it in the browser.

    Stop it with Ctrl-C."""
    need("page", "streamlit")
    script = assets.page()
    check_free(options.address, options.port)
    url = address_of(options.address, options.port)
    log(f"the page is at {url} (Ctrl-C stops it)")
    if not options.no_browser and has_desktop():
        threading.Thread(target=_open_when_served, args=(url,), daemon=True).start()
    serve(script, options.address, options.port)


def serve(script: Path, address: str, port: int) -> None:
    """Run Streamlit in this process until Ctrl-C, as `streamlit run` does.

    So a signal reaches it directly, on Windows, too. It runs in the folder that holds the package
    `app` and the page's settings, .streamlit/config.toml: Streamlit looks for them there.
    """
    from click.exceptions import Abort
    from streamlit.web.cli import main as streamlit

    from beatgen.audio.soundfont import VARIABLE

    root = script.parents[1]
    sys.path.insert(0, str(root))
    if VARIABLE in os.environ:  # a path of the folder that the command was given in
        os.environ[VARIABLE] = os.path.abspath(os.environ[VARIABLE])
    os.chdir(root)
    options = [f"--server.port={port}", f"--server.address={address}"]
    options += ["--logger.hideWelcomeMessage=true"]  # for it asks a server elsewhere who we are
    with suppress(Abort):  # Ctrl-C, after the server has ended
        streamlit(["run", str(script), *options], prog_name="streamlit", standalone_mode=False)


def check_free(address: str, port: int) -> None:
    """Raises BeatGenError where nothing can be served at this address and port."""
    if not 1 <= port <= 65535:
        raise BeatGenError(f"port {port} found; expected 1 to 65535.")
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        if os.name != "nt":  # there the option would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                found = f"port {port} is in use; choose another, as in --port {port % 65535 + 1}."
            elif isinstance(error, socket.gaierror):
                found = f"{address} is no host name or IP address; expected one of this machine's."
            else:
                found = f"{address}, port {port}, cannot be served at: {error.strerror}."
            raise BeatGenError(found) from None


def address_of(address: str, port: int) -> str:
    """The URL at which this machine's browser finds the page."""
    host = "localhost" if address in EVERYWHERE else address
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def has_desktop() -> bool:
    """Whether a browser would open in a window, and not in the terminal."""
    return (
        os.name == "nt"
        or sys.platform == "darwin"
        or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )


def _open_when_served(url: str) -> None:
    host, _, port = url.removeprefix("http://").rpartition(":")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            webbrowser.open(url)
            return
