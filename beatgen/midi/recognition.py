"""Which map a file's drums follow, and the voice of each note.

A map that was asked for holds. Else a file may say it plainly (Yamaha XG by its bank, the orchestra
set by its program); else it is General MIDI.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beatgen.midi.events import Events
from beatgen.midi.maps import GENERAL_MIDI, DrumMap, Wanted, drum_map, heard, numbers_of

XG_DRUMS = 127  # bank (controller 0) of Yamaha's drum kits
ORCHESTRA = 48  # program of the orchestra set, General MIDI 2 and GS
TOLD = "as you chose"  # why a map is read that was asked for


@dataclass(frozen=True)
class Reading:
    """How the notes of a drum part become voices.

    map: that is followed. numbers: int64 (notes,), of the voices; -1 for what is no hit, -2 for a
    note that the map does not know. voices: the same, as the kit alone is heard. why: how the map
    was found, "" for General MIDI by default.
    """

    map: DrumMap
    numbers: np.ndarray
    why: str = ""

    @property
    def voices(self) -> np.ndarray:
        return heard(self.numbers)


def read_voices(events: Events, notes: np.ndarray, wanted: Wanted = None) -> Reading:
    """The map of a drum part, and the voice of each of its notes.

    events: of the whole file. notes: int64 (notes, 4), those of the drum part. wanted: a map that
    was asked for, as `drum_map` takes it; by default it is recognised. Raises BeatGenError for an
    unknown map.
    """
    if wanted is not None:
        drums, why = drum_map(wanted), TOLD
    else:
        drums, why = _said(events, notes) or (drum_map(GENERAL_MIDI), "")
    return Reading(drums, numbers_of(notes, drums, events.controls), why)


def _said(events: Events, notes: np.ndarray) -> tuple[DrumMap, str] | None:
    """The map that the file names for the channels of these notes, and how, if it does."""
    channels = np.unique(notes[:, 1])
    banks = events.controls[np.isin(events.controls[:, 1], channels)]
    if ((banks[:, 2] == 0) & (banks[:, 3] == XG_DRUMS)).any():
        return drum_map("xg"), f"by its bank {XG_DRUMS}"
    programs = events.programs[np.isin(events.programs[:, 1], channels)]
    if len(programs) and (programs[:, 2] == ORCHESTRA).all():
        return drum_map("orchestra"), f"by its program {ORCHESTRA}"
    return None
