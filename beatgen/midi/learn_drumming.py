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
    BEAT,
    HAND_OF_PART,
    HANDS,
    OTHER,
    PART_OF_VOICE,
    PARTS,
    UNKNOWN,
    Drumming,
    before,
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
    struck, every = np.ones((2, 2, len(HANDS), len(HANDS)))
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
        now_struck, now_every = _after(HAND_OF_PART[parts], sixteenths)
        struck, every = struck + now_struck, every + now_every
    chance = np.outer(np.diag(busy), np.diag(busy)) / max(moments, 1)
    together = np.log((busy + 1) / (chance + 1))
    goes_on = np.log(struck / every) - np.log(struck.sum(0) / every.sum(0))
    return Drumming(place / place.sum(0), again / hits, together, goes_on)


def _after(hands: np.ndarray, sixteenths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hits of the second hand, and of all, at moments where the first struck nothing in the beat
    before, and where it did: float (2, hands, hands). Hands that are not in use say nothing."""
    struck, every = np.zeros((2, 2, len(HANDS), len(HANDS)))
    later = sixteenths - sixteenths.min(initial=0) >= BEAT
    used = [hand for hand in range(len(HANDS)) if (hands == hand).any()]
    for first in used:
        was = before(hands, sixteenths, first)
        for i, here in enumerate((later & ~was, later & was)):
            for second in used:
                struck[i, first, second] = np.count_nonzero(here & (hands == second))
                every[i, first, second] = np.count_nonzero(here)
    return struck, every


if __name__ == "__main__":
    learned = learn(Path(sys.argv[1]))
    print(json.dumps({name: np.round(rows, 5).tolist() for name, rows in vars(learned).items()}))
