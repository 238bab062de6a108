"""What BeatGen says when something is wrong: one clear sentence, never a traceback."""

import zipfile
import zlib

# What reading raises where an .npz, JSON or LiteRT file is damaged, or is something else
UNREADABLE = (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile, zlib.error)

MOST_BARS = 4096  # that are made or read at once: two hours; more would exhaust the memory


class BeatGenError(Exception):
    """Something the user can understand and mend.

    The message names the file or value, what was found, what was expected and what to do.
    """


class MidiError(BeatGenError):
    """A MIDI file that cannot be read as a drum groove."""


class ModelError(BeatGenError):
    """Weights that are missing, unreadable, of another version, or not of the kind asked for."""


class AudioError(BeatGenError):
    """Sound that could not be made: no synthesizer, no soundfont, or a silent result."""


class MidiWarning(UserWarning):
    """A MIDI file was read, but not all of it: something was folded, dropped or left out."""


def check_share(name: str, share: float) -> None:
    """Raises BeatGenError for what is not from 0 to 1."""
    if not 0 <= share <= 1:  # false for NaN, too
        raise BeatGenError(f"{name} is {share}; expected 0 to 1.")


def check_count(name: str, count: int, least: int = 1) -> None:
    """Raises BeatGenError for fewer than `least`, and for more than MOST_BARS."""
    if not least <= count <= MOST_BARS:
        raise BeatGenError(f"{name} is {count}; expected {least} to {MOST_BARS}.")


def check_seed(seed: int) -> None:
    """Raises BeatGenError for a seed below 0, which NumPy does not take."""
    if seed < 0:
        raise BeatGenError(f"seed is {seed}; expected 0 or more.")
