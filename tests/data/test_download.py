"""Fetching the dataset from a server of our own: whole, cut, wrong, missing, dangerous."""

import hashlib
import io
import os
import socket
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from beatgen.data.dataset import prepare
from beatgen.data.download import SHA256, URL, download_groove
from beatgen.errors import BeatGenError
from beatgen.midi import read_midi, write_midi


class Server(ThreadingHTTPServer):
    """Serves `content` at /groove.zip; can hang up after some bytes and not know Range."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = b""
        self.hang_up_after: int | None = None
        self.knows_range = True
        self.asked: list[str | None] = []  # the Range of each request
        self.url = f"http://127.0.0.1:{self.server_port}/groove.zip"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.server.asked.append(wanted)
        if self.path != "/groove.zip":
            self.send_error(404)
            return
        content, start = self.server.content, 0
        if wanted and self.server.knows_range:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:][: self.server.hang_up_after])

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def server(rock, samba):
    server = Server()
    server.content = archive(
        {
            "groove/info.csv": b"midi_filename,style,split\nd1/rock.mid,rock,train\n",
            "groove/d1/rock.mid": midi_bytes(rock),
            "groove/d2/samba.mid": midi_bytes(samba),
            "groove/noise": os.urandom(300_000),
        }
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def midi_bytes(groove) -> bytes:
    data = io.BytesIO()
    write_midi(groove, data)
    return data.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return data.getvalue()


def fetch(server: Server, folder, **how):
    return download_groove(folder, **{"url": server.url, "sha256": server.sha256} | how)


def test_the_address_is_the_public_one() -> None:
    assert URL.startswith("https://storage.googleapis.com/magentadata/datasets/groove/")
    assert len(bytes.fromhex(SHA256)) == 32


def test_a_fresh_download_leaves_the_dataset_and_nothing_else(server, tmp_path, rock) -> None:
    folder = fetch(server, tmp_path / "data" / "gmd")
    assert folder == tmp_path / "data" / "gmd"
    assert os.listdir(folder.parent) == ["gmd"]
    assert sorted(os.listdir(folder)) == ["d1", "d2", "info.csv", "noise"]
    assert read_midi(folder / "d1" / "rock.mid") == rock
    assert prepare(folder, tmp_path / "out.npz").styles.tolist() == ["rock", "unknown"]


def test_what_is_there_is_not_fetched_again(server, tmp_path) -> None:
    fetch(server, tmp_path / "gmd")
    fetch(server, tmp_path / "gmd")
    assert len(server.asked) == 1


def test_a_download_that_was_cut_goes_on_from_there(server, tmp_path, rock) -> None:
    server.hang_up_after = 100_000
    with pytest.raises(BeatGenError, match=r"bytes too early. Run the same again"):
        fetch(server, tmp_path / "gmd")
    assert not (tmp_path / "gmd").exists()
    with pytest.raises(BeatGenError, match="too early"):
        fetch(server, tmp_path / "gmd")
    server.hang_up_after = None
    assert read_midi(fetch(server, tmp_path / "gmd") / "d1" / "rock.mid") == rock
    assert server.asked == [None, "bytes=100000-", "bytes=200000-"]
    assert os.listdir(tmp_path) == ["gmd"]


def test_a_server_without_range_is_read_from_the_start(server, tmp_path, rock) -> None:
    server.hang_up_after = 100_000
    with pytest.raises(BeatGenError, match="too early"):
        fetch(server, tmp_path / "gmd")
    server.hang_up_after, server.knows_range = None, False
    assert read_midi(fetch(server, tmp_path / "gmd") / "d1" / "rock.mid") == rock


def test_a_whole_file_from_before_is_only_unpacked(server, tmp_path) -> None:
    (tmp_path / "gmd.zip.part").write_bytes(server.content)
    assert (fetch(server, tmp_path / "gmd") / "info.csv").exists()


def test_a_wrong_file_is_deleted_and_the_next_call_works(server, tmp_path) -> None:
    (tmp_path / "gmd.zip.part").write_bytes(b"something else")
    with pytest.raises(BeatGenError, match="wrong checksum"):
        fetch(server, tmp_path / "gmd")
    assert os.listdir(tmp_path) == []
    fetch(server, tmp_path / "gmd")


def test_a_wrong_checksum_unpacks_nothing(server, tmp_path) -> None:
    with pytest.raises(BeatGenError, match="wrong checksum"):
        fetch(server, tmp_path / "gmd", sha256=SHA256)
    assert os.listdir(tmp_path) == []


def test_a_server_that_does_not_have_it_is_named(server, tmp_path) -> None:
    with pytest.raises(BeatGenError, match=r"none.zip: the server answers 404"):
        fetch(server, tmp_path / "gmd", url=server.url.replace("groove", "none"))
    assert os.listdir(tmp_path) == []


def test_no_server_at_all_is_named(tmp_path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/groove.zip"
        with pytest.raises(BeatGenError, match=r"could not be fetched .*refused"):
            download_groove(tmp_path / "gmd", url=url)


@pytest.mark.parametrize("name", ["../evil", "groove/../../evil", "/evil", "..\\evil", "C:/evil"])
def test_paths_that_lead_out_of_the_folder_are_refused(server, tmp_path, name) -> None:
    server.content = archive({"groove/info.csv": b"", name: b"evil"})
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(BeatGenError, match="unsafe path"):
        fetch(server, inner / "gmd")
    assert not (inner / "gmd").exists()
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]


def test_what_is_no_zip_is_refused(server, tmp_path) -> None:
    server.content = b"<html>please log in</html>"
    with pytest.raises(BeatGenError, match="not a zip archive"):
        fetch(server, tmp_path / "gmd")
    assert not (tmp_path / "gmd").exists()


def test_an_empty_folder_is_filled_and_a_full_one_is_left_alone(server, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    assert (fetch(server, tmp_path / "empty") / "info.csv").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work")
    with pytest.raises(BeatGenError, match="is not the dataset"):
        fetch(server, tmp_path / "full")
    assert os.listdir(tmp_path / "full") == ["thesis.txt"]


def test_progress_is_shown_on_request(server, tmp_path, capsys) -> None:
    fetch(server, tmp_path / "quiet")
    assert capsys.readouterr() == ("", "")
    fetch(server, tmp_path / "loud", progress=True)
    out, err = capsys.readouterr()
    assert out == "" and "fetching" in err and "100%" in err
