"""Fetch the Groove MIDI Dataset: one zip over HTTP, resumed where it was cut, checked, unpacked.

By hand, for pooch (1.9) checks what it fetched but begins a download that was cut from the start.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from http.client import HTTPException, HTTPResponse
from pathlib import Path, PurePosixPath
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tqdm import tqdm

from beatgen.errors import BeatGenError, shown

# Gillick et al. 2019, CC BY 4.0, https://magenta.tensorflow.org/datasets/groove: the archive
# without audio, 3.1 MB. The checksum is the one that TensorFlow Datasets keeps for it.
URL = "https://storage.googleapis.com/magentadata/datasets/groove/groove-v1.0.0-midionly.zip"
SHA256 = "651cbc524ffb891be1a3e46d89dc82a1cecb09a57c748c7b45b844c4841dcc1e"

CHUNK = 64 * 1024  # bytes
TIMEOUT = 30  # seconds without an answer


def download_groove(
    folder: str | os.PathLike[str],
    *,
    url: str = URL,
    sha256: str = SHA256,
    progress: bool = False,
) -> Path:
    """Fetch the Groove MIDI Dataset into `folder` and return its path; at once if it is there.

    The folder appears whole or not at all. A download that was cut is resumed by the next call.
    Raises BeatGenError where the folder holds something else, the server cannot be reached,
    the connection breaks, or the file that was fetched does not have this `sha256` (hex).
    """
    target = Path(folder).resolve()
    if (target / "info.csv").exists():
        return target
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise BeatGenError(f"{folder}: is there already and is not the dataset; choose another.")
    target.parent.mkdir(parents=True, exist_ok=True)
    archive = target.with_name(target.name + ".zip.part")
    _fetch(url, archive, progress)
    if _sha256(archive) != sha256:
        archive.unlink()
        raise BeatGenError(
            f"{url}: the file that came has the wrong checksum; it was deleted. Try again."
        )
    _unpack(archive, target, url)
    archive.unlink()
    return target


def _fetch(url: str, archive: Path, progress: bool) -> None:
    """Complete the file `archive` from `url`."""
    have = archive.stat().st_size if archive.exists() else 0
    request = Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urlopen(request, timeout=TIMEOUT) as response:
            if response.status != 206:  # the server begins from the start
                have = 0
            missing = _receive(response, archive, have, progress)
    except HTTPError as error:
        if error.code == 416 and have:  # nothing is left to send
            return
        raise BeatGenError(f"{url}: the server answers {error.code} {error.reason}.") from error
    except (OSError, HTTPException) as error:
        why = getattr(error, "reason", None) or error
        raise BeatGenError(
            f"{url}: could not be fetched ({why}). Run the same again to go on from there."
        ) from error
    if missing:
        raise BeatGenError(
            f"{url}: the connection ended {missing} bytes too early. Run the same again to go on "
            "from there."
        )


def _receive(response: HTTPResponse, archive: Path, have: int, progress: bool) -> int:
    """Append what is sent to the first `have` bytes; returns how many bytes are missing."""
    missing = int(response.headers.get("Content-Length", 0))
    with (
        archive.open("ab") as file,
        tqdm(
            desc="fetching",
            initial=have,
            total=have + missing or None,
            unit="B",
            unit_scale=True,
            disable=not progress,
        ) as bar,
    ):
        file.truncate(have)
        while chunk := response.read(CHUNK):
            file.write(chunk)
            bar.update(len(chunk))
            missing -= len(chunk)
    return max(0, missing)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(archive: Path, target: Path, url: str) -> None:
    """Unpack to the place beside `target`, then move there; a single top folder is `target`."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as beside:
        try:
            with zipfile.ZipFile(archive) as packed:
                for name in packed.namelist():
                    path = PurePosixPath(name.replace("\\", "/"))
                    if path.is_absolute() or ".." in path.parts or ":" in name:
                        raise BeatGenError(
                            f"{url}: the archive holds the unsafe path {shown(name)}."
                        )
                packed.extractall(Path(beside) / "all")
        except zipfile.BadZipFile as error:
            raise BeatGenError(f"{url}: not a zip archive ({error}).") from error
        root = Path(beside) / "all"
        inside = list(root.iterdir())
        if len(inside) == 1 and inside[0].is_dir():
            root = inside[0]
        if target.exists():  # empty, as was seen before
            target.rmdir()
        root.rename(target)
