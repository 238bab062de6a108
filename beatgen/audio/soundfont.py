"""Soundfonts on this machine: where they are, and whether a file is one."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from beatgen.errors import AudioError

VARIABLE = "BEATGEN_SOUNDFONT"

# Where systems keep soundfonts: Debian, Fedora and Arch, Homebrew, MacPorts, then the user's own.
FOLDERS = (
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/usr/share/soundfonts",
    "/opt/homebrew/share/soundfonts",
    "/usr/local/share/soundfonts",
    "/opt/local/share/sounds/sf2",
    "~/.local/share/soundfonts",
    "~/.fluidsynth",
)
# Best drums first; any other soundfont of those folders after them.
NAMES = (
    "FluidR3_GM.sf2",
    "FluidR3Mono_GM.sf3",
    "MuseScore_General.sf3",
    "default-GM.sf2",
    "default.sf2",
)


def find_soundfont() -> Path | None:
    """The soundfont of $BEATGEN_SOUNDFONT, of the system, or the small one pretty_midi carries."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    folders = [Path(folder).expanduser() for folder in FOLDERS]
    for name in NAMES:
        for folder in folders:
            if (folder / name).is_file():
                return folder / name
    for folder in folders:
        for path in sorted(folder.glob("*.sf[23]")):
            return path
    package = importlib.util.find_spec("pretty_midi")
    for location in (package and package.submodule_search_locations) or ():
        if (path := Path(location) / "TimGM6mb.sf2").is_file():
            return path
    return None


def need_soundfont(soundfont: str | os.PathLike[str] | None) -> Path:
    """The soundfont that was named, else the one found. Raises AudioError where there is none."""
    path = find_soundfont() if soundfont is None else Path(soundfont)
    if path is None:
        raise AudioError(
            "no soundfont found; install one (Debian: fluidr3mono-gm-soundfont, elsewhere "
            f"FluidR3_GM.sf2) or name one in {VARIABLE}."
        )
    check_soundfont(path)
    return path


def check_soundfont(path: Path) -> None:
    """Raise AudioError unless the file is there and begins as a soundfont does."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise AudioError(
            f"{path}: the soundfont cannot be read ({error.strerror}); "
            f"give another, or correct {VARIABLE}."
        ) from None
    if head[:4] != b"RIFF" or head[8:] != b"sfbk":
        raise AudioError(f"{path} is not a soundfont; expected an .sf2 or .sf3 file.")
