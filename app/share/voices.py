"""The voices' numbers in links and in what browsers keep.

A link has numbers where a voice is meant, and lives for years. They are the places in the list
voices.json, whatever the voice's number in `beatgen.kit` is by now: a voice that is put into the
kit's table, or moved in it, changes no link. New voices go to the end of the list; none is ever
taken out.
"""

from __future__ import annotations

import json
from pathlib import Path

from beatgen.kit import NUMBER

WRITTEN: tuple[str, ...] = tuple(json.loads(Path(__file__).with_suffix(".json").read_text("utf-8")))
NOTE = 128  # and on: the MIDI notes that are no known instrument, "note 0" to "note 127"

_NAMES = dict(enumerate(WRITTEN)) | {NOTE + note: f"note {note}" for note in range(128)}
# Number in a link -> number in the kit, and the other way round.
READ: dict[int, int] = {number: NUMBER[name] for number, name in _NAMES.items() if name in NUMBER}
WRITE: dict[int, int] = {number: written for written, number in READ.items()}
