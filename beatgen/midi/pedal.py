"""Hi-hats that are opened by their pedal alone: one note, and controller 4 before each hit.

E-kits send 127 for a pedal that is down, and most of them other notes for open hats as well. Where
all of a file's hats stand on notes of one kind, and the pedal moves as it does under closed hats,
its position says which are open. (Roland TD-27 data list: hi-hat note border off.)
"""

from __future__ import annotations

import numpy as np

from beatgen.kit import INDEX

PEDAL = 4  # the controller
DOWN, HALF = 90, 45  # from these positions on the hats are closed, half open
FULLY_DOWN, FULLY_UP = 112, 16
PLAIN_SHARE = 0.25  # of the hits, that have to be played with the pedal fully down
FEWEST = 4  # hits
CLOSED = {INDEX["open hat"]: INDEX["hi-hat"], INDEX["open hat edge"]: INDEX["hi-hat edge"]}
OPEN = {closed: opened for opened, closed in CLOSED.items()}
ZONES = ("closed", "half open", "open")


def inverted(controls: np.ndarray) -> np.ndarray:
    """Controllers, int64 (n, 4) as in `Events`, with the pedal the other way round."""
    turned = controls.copy()
    turned[turned[:, 2] == PEDAL, 3] = 127 - turned[turned[:, 2] == PEDAL, 3]
    return turned


def by_pedal(
    notes: np.ndarray, numbers: np.ndarray, controls: np.ndarray, asked: bool = False
) -> tuple[np.ndarray, dict[str, int]]:
    """Voices with the hi-hat as its pedal has it, and hits of each of ZONES; {} where the notes say
    it. notes, controls: as in `Events`. numbers: int64 (notes,), of the voices by the notes alone.
    asked: whether the pedal counts in any case, where the hats are all open or all closed.
    """
    hats = np.flatnonzero(np.isin(numbers, [*CLOSED, *OPEN]))
    moves = controls[controls[:, 2] == PEDAL]
    if len(hats) < FEWEST or not len(moves):
        return numbers, {}
    opened = np.isin(numbers[hats], list(CLOSED))
    at = _positions(notes[hats], moves)
    if (opened.any() and not opened.all()) or (at < 0).all():
        return numbers, {}
    plain = (at >= FULLY_DOWN).mean() >= PLAIN_SHARE
    if not opened.any():  # closed hats, which would be closed without a pedal, too
        plain = plain and bool(((at >= 0) & (at <= FULLY_UP)).any())
    if not (plain or asked):
        return numbers, {}
    zones = np.where(at < 0, 2 * opened, np.where(at >= DOWN, 0, np.where(at >= HALF, 1, 2)))
    read = numbers.copy()
    for hit, zone in zip(hats.tolist(), zones.tolist(), strict=True):
        read[hit] = (OPEN if zone else CLOSED).get(int(read[hit]), int(read[hit]))
    return read, {name: int((zones == i).sum()) for i, name in enumerate(ZONES) if i in zones}


def _positions(notes: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Where the pedal of each note's channel is, 0 to 127; -1 where it has not moved yet."""
    positions = np.full(len(notes), -1, np.int64)
    for channel in np.unique(notes[:, 1]):
        on = notes[:, 1] == channel
        its = moves[moves[:, 1] == channel]
        if len(its):
            last = np.searchsorted(its[:, 0], notes[on, 0], side="right") - 1
            positions[on] = np.where(last < 0, -1, its[np.maximum(last, 0), 3])
    return positions
