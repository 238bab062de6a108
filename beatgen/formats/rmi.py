"""MIDI files in a RIFF wrapper (.rmi), as Windows has them."""

from __future__ import annotations

from beatgen.errors import BeatGenError


def is_rmi(content: bytes) -> bool:
    """Whether a file is such.

    >>> is_rmi(b"RIFF....RMIDdata"), is_rmi(b"RIFF....WAVEfmt ")
    (True, False)
    """
    return content[:4] == b"RIFF" and content[8:12] == b"RMID"


def midi_of(content: bytes, name: str) -> bytes:
    """The MIDI file in it. Raises BeatGenError where there is none."""
    at = 12
    while at + 8 <= len(content):
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        if content[at : at + 4] == b"data":
            return content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise BeatGenError(f"{name}: no MIDI data in its RIFF wrapper; export it as .mid.")
