"""Learn how drummers play (`beatgen.midi.drumming`) from a folder of MIDI files.

`python -m beatgen.midi.learn_drumming path/to/groove > beatgen/midi/drumming.json`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from beatgen.errors import MidiError
from beatgen.groove import SIXTEENTHS
from beatgen.kit import VOICES
from beatgen.midi.drumming import (
    HAND_OF_PART,
    HANDS,
    OTHER,
    PART_OF_VOICE,
    PARTS,
    UNKNOWN,
    Drumming,
    sixteenths_of,
)
from beatgen.midi.events import read_events


def learn(folder: Path) -> Drumming:
    """The table of all MIDI files below a folder, their notes read as the dataset's are. Files that
    cannot be read are left out."""
    place = np.ones((len(PARTS), SIXTEENTHS))
    hits, again = np.ones(len(PARTS)), np.ones(len(PARTS))
    busy = np.zeros((len(HANDS), len(HANDS)))
    moments = 0
    part_of_pitch = {voice.pitch: PART_OF_VOICE[i] for i, voice in enumerate(VOICES)}
    table = np.array([part_of_pitch.get(pitch, UNKNOWN) for pitch in range(128)])
    for path in sorted(folder.rglob("*.mid")):
        try:
            events = read_events(path, path.name)
        except MidiError:
            continue
        parts = table[events.notes[:, 2]]
        sixteenths = sixteenths_of(events, events.notes)[parts >= 0]
        parts = parts[parts >= 0]
        found, moment = np.unique(sixteenths, return_inverse=True)
        count = np.zeros((len(found), len(PARTS) + 1))
        np.add.at(count, (moment, parts), 1)
        for part in range(len(PARTS)):
            np.add.at(place[part], found % SIXTEENTHS, count[:, part] > 0)
        hits += count[:, :OTHER].sum(0)
        again += np.maximum(count[:, :OTHER] - 1, 0).sum(0)
        hands = np.stack([count[:, i == HAND_OF_PART].any(1) for i in range(len(HANDS))], 1)
        hands = hands[hands.any(1)].astype(float)
        busy += hands.T @ hands
        moments += len(hands)
    chance = np.outer(np.diag(busy), np.diag(busy)) / max(moments, 1)
    return Drumming(place / place.sum(0), again / hits, np.log((busy + 1) / (chance + 1)))


if __name__ == "__main__":
    learned = learn(Path(sys.argv[1]))
    print(json.dumps({name: np.round(rows, 5).tolist() for name, rows in vars(learned).items()}))
