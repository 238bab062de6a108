"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART = "part-"  # begins the name of a file while it is written


@contextmanager
def whole(target: str | os.PathLike[str]) -> Iterator[Path]:
    """The path of a file to write, which then takes the place of `target` in one go: who is killed
    meanwhile, or runs out of room, leaves what was there before.

    It lies beside `target` and ends as that does. A link is followed; what is no plain file, such
    as /dev/stdout, is written to itself, as is a file in a folder that takes no new ones. Raises
    OSError as `open` does, with the name of `target`.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> target = Path(folder.name) / "take.txt"
    >>> with whole(target) as part:
    ...     _ = part.write_text("o---")
    ...     target.exists()
    False
    >>> target.read_text()
    'o---'
    >>> folder.cleanup()
    """
    place = Path(os.path.realpath(target))
    named = Path(target)  # /dev/stdout leads to a pipe by a name that is none
    if named.exists() and not (named.is_file() and os.access(place.parent, os.W_OK)):
        yield named
        return
    part = place.with_name(PART + place.name)
    try:
        yield part
        if place.exists():
            shutil.copymode(place, part)
        part.replace(place)
    except OSError as error:
        if error.filename in (str(part), part):
            error.filename = os.fspath(target)
        raise
    finally:
        with suppress(OSError):  # where it was not moved
            part.unlink()


def write_whole(target: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file, text as UTF-8, as `whole` does."""
    with whole(target) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
