"""Two-bar grooves, of our own, in the notes of ten instruments: how well is the map recognised?

`python tests/grooves_in_maps.py [FOLDER]` prints, for each instrument, the share of hits that are
read as the right voice: with no word about the map, with General MIDI alone, and with the map
given. Of a folder of MIDI files (the Groove MIDI Dataset, say), how many are not read as General
MIDI.
"""

import csv
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from midifile import hit, midi

from beatgen.errors import BeatGenError
from beatgen.kit import NAMES
from beatgen.midi import scan_midi
from beatgen.midi.events import read_events
from beatgen.midi.recognition import read_voices

SIXTEENTH = 120  # ticks
# What ten instruments call their notes, and the voices that are right for each.
ARTICULATIONS = Path(__file__).parent / "cases" / "maps.tsv"

# A sixteenth is one character: x, X an accent, g a ghost note. Upper lines are kept where an
# instrument has no such note.
GROOVES = {
    "rock": """
        crash  |X---------------|----------------|
        closed |x-X-x-X-x-X-x---|x-X-x-X-x-X-x---|
        open   |--------------x-|--------------x-|
        snare  |----X-------X---|----X-------X---|
        kick   |X-------x-x-----|X-------x-x---x-|""",
    "funk": """
        closed |X-xxX-xxX-xxX-x-|X-xxX-xxX-xxX-xx|
        open   |---------------x|----------------|
        snare  |----X--g-g--X--g|----X--g-g-gX---|
        kick   |X-x-------x--x--|X-x-------x-----|""",
    "half-time": """
        crash  |X---------------|----------------|
        closed |--X-x-X-x-X-x-X-|x-X-x-X-x-X-x-X-|
        snare  |--------X-------|--------X-----g-|
        kick   |X-----x-----x---|X--x------x-----|""",
    "ride": """
        bell   |----------------|------------x---|
        ride   |x-x-x-x-x-x-x-x-|x-x-x-x-x-x---x-|
        pedal  |----x-------x---|----x-------x---|
        snare  |----X-------X--g|----X-------X---|
        kick   |X-----x-x-------|X-----x-x-----x-|""",
    "metal": """
        crash  |X---X---X---X---|X---X---X---X---|
        snare  |----X-------X---|----X-------X---|
        kick   |xxxxxxxxxxxxxxxx|xxxxxxxxxxxxxxxx|""",
    "a fill": """
        closed |x-x-x-x-x-x-x-x-|x-x-x-x---------|
        snare  |----X-------X---|----X---xx------|
        tom    |----------------|----------xx----|
        floor  |----------------|------------xxxx|
        kick   |X-------x-------|X-------x-------|""",
}

# Articulations by which the ten instruments play a part: the first two that there are take turns,
# the accent first.
PARTS: dict[str, tuple[str, ...]] = {
    "kick": ("kick", "kick R"),
    "snare": ("snare", "snare L"),
    "closed": (
        *("hat tight tip", "hat closed1 tip", "hat shank closed", "hat closed tip"),
        *(
            "hat closed2 tip",
            "hat tip closed",
            "hat tip tight",
            "hat closed bow",
            "hat closed edge",
        ),
        *("hat tip closed2", "hat closed", "hat closed shank"),
    ),
    "open": (
        *("hat open max", "hat open A", "hat open tip", "hat open1", "hat open full"),
        *("hat open shank", "hat open bow", "hat open"),
    ),
    "pedal": ("hat foot chick", "hat foot", "hat pedal"),
    "ride": ("ride bow", "ride tip", "ride"),
    "bell": ("ride bell",),
    "crash": ("crash 2", "crash1", "crash1 edge", "crash L", "crash hi edge", "crash3", "crash"),
    "tom": ("tom1", "high tom", "tom1 R", "tom hi"),
    "floor": ("ftom1", "tom3", "tom4", "floor", "floor1", "floor R", "floor tom", "tom lo"),
}
VELOCITY = {"X": 112, "x": 84, "g": 38}


class Played(NamedTuple):
    """A groove in an instrument's notes. right: sixteenth and note -> the voices that are right."""

    map: str
    groove: str
    channel: int
    file: BytesIO
    right: dict[tuple[int, int], set[str]]


def articulations() -> dict[str, dict[str, tuple[int, set[str]]]]:
    """Of each instrument: what it calls its notes -> note, and the voices that are right."""
    found: dict[str, dict[str, tuple[int, set[str]]]] = {}
    with ARTICULATIONS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            right = set(row["right"].split(" or "))
            found.setdefault(row["map"], {})[row["articulation"]] = int(row["note"]), right
    return found


def played(channels: tuple[int, ...] = (9, 0)) -> Iterator[Played]:
    """Every groove in every instrument's notes, on channels (from 0)."""
    for name, known in articulations().items():
        for groove, tab in GROOVES.items():
            notes, right = _notes(tab, known)
            for channel in channels:
                hits = [hit(s * SIXTEENTH, n, v, channel=channel) for s, n, v in notes]
                yield Played(name, groove, channel, midi(hits), right)


def _notes(tab: str, known: dict[str, tuple[int, set[str]]]):
    notes, right = [], {}
    for line in tab.strip().splitlines():
        part, *bars = line.strip().split("|")
        choice = [known[name] for name in PARTS[part.strip()] if name in known][:2]
        for step, symbol in enumerate("".join(bars)):
            if choice and symbol != "-":
                note, voices = choice[0 if symbol == "X" else -1]
                notes.append((step, note, VELOCITY[symbol]))
                right[step, note] = voices
    return notes, right


def share_right(one: Played, map: str | None = None) -> tuple[int, int]:
    """Hits of a groove that are read as the right voice, and all; a refused file has none."""
    try:
        groove, _ = scan_midi(BytesIO(one.file.getvalue()), map=map)
    except BeatGenError:
        return 0, len(one.right)
    steps = groove.steps // 16
    found: dict[int, list[str]] = {}
    for bar, step, voice in np.argwhere(groove.velocity > 0).tolist():
        names = (*NAMES, *getattr(groove, "extras", ()))
        found.setdefault(bar * 16 + step // steps, []).append(names[voice])
    right = 0
    for (step, _), voices in one.right.items():
        match = next((voice for voice in found.get(step, []) if voice in voices), None)
        if match is not None:
            found[step].remove(match)
            right += 1
    return right, len(one.right)


def table() -> dict[str, tuple[float, float, float]]:
    """Per instrument the share of hits that are right: map recognised, General MIDI alone, map
    given."""
    shares: dict[str, list[np.ndarray]] = {}
    for one in played():
        counts = [share_right(one, map) for map in (None, "gm", one.map)]
        shares.setdefault(one.map, []).append(np.array(counts))
    return {
        name: tuple((total := sum(counts))[:, 0] / total[:, 1]) for name, counts in shares.items()
    }


def read_otherwise(path: Path) -> bool:
    """Whether a file is read by a map that gives other voices than General MIDI."""
    events = read_events(path, path.name)
    reading = read_voices(events, events.notes)
    return (reading.numbers != read_voices(events, events.notes, "gm").numbers).any()


if __name__ == "__main__":
    print(f"{'instrument':<20}recognised  General MIDI  given")
    rows = table()
    for name, row in rows.items():
        print(f"{name:<20}" + "  ".join(f"{share:>10.1%}" for share in row))
    print(
        f"{'mean':<20}" + "  ".join(f"{share:>10.1%}" for share in np.mean(list(rows.values()), 0))
    )
    if len(sys.argv) > 1:
        files = sorted(Path(sys.argv[1]).rglob("*.mid"))
        others = [path for path in files if read_otherwise(path)]
        print(f"{len(others)} of {len(files)} files are not read as General MIDI", *others)
