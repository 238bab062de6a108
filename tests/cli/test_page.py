"""The verb `page`: where it serves, and what it says where it cannot."""

import socket
import sys
import webbrowser

import pytest

from beatgen.cli import main
from beatgen.cli import page as verb
from beatgen.errors import BeatGenError


@pytest.fixture
def served(monkeypatch) -> list[tuple]:
    """What would be served, without Streamlit."""
    calls: list[tuple] = []
    monkeypatch.setattr(verb, "serve", lambda *where: calls.append(where))
    return calls


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("localhost", "http://localhost:8501"),
        ("0.0.0.0", "http://localhost:8501"),
        ("192.168.1.7", "http://192.168.1.7:8501"),
        ("::", "http://localhost:8501"),
        ("::1", "http://[::1]:8501"),
    ],
)
def test_the_url_is_one_that_a_browser_here_can_open(address, url):
    assert verb.address_of(address, 8501) == url


def test_the_page_of_the_checkout_is_served_to_this_machine_alone(served, capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert main(["page", "--port", str(port), "--no-browser"]) == 0
    ((script, address, at),) = served
    assert script.parts[-2:] == ("app", "main.py") and script.is_file()
    assert (address, at) == ("localhost", port)
    assert f"http://localhost:{port}" in capsys.readouterr().err


def test_nothing_is_served_where_a_port_is_in_use(served, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["page", "--port", str(port)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert f"port {port} is in use; choose another" in line
    assert served == []


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_is_a_number_that_ports_have(port):
    with pytest.raises(BeatGenError, match="expected 1 to 65535"):
        verb.check_free("localhost", port)


@pytest.mark.parametrize("address", ["nowhere.invalid", "192.0.2.254"])
def test_an_address_is_one_of_this_machine(address):
    with pytest.raises(BeatGenError, match=address):
        verb.check_free(address, 8501)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="always with a desktop")
def test_without_a_desktop_no_browser_takes_the_terminal(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not verb.has_desktop()
    monkeypatch.setenv("DISPLAY", ":0")
    assert verb.has_desktop()


def test_the_browser_opens_once_the_page_answers(monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        verb._open_when_served(url)
    assert opened == [url]
