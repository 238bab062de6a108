"""What sounds, in a word or two, as in the browser (app/player/web/state/names.js): the same name
in the bar, in the strip, on the wall and in the names of files."""

from __future__ import annotations

from math import floor


def percent(place: float) -> str:
    """A place from A (0) to B (1). At the ends alone it is 0% and 100%.

    >>> percent(0.125), percent(0.999), percent(1.0)
    ('13%', '99%', '100%')
    """
    rounded = floor(100 * place + 0.5)
    return f"{min(99, max(1, rounded)) if 0 < place < 1 else rounded}%"


def blend_name(pattern: float, feel: float) -> str:
    """The blend at a place, both 0 to 1.

    >>> blend_name(0.3, 0.3), blend_name(0, 1)
    ('Blend 30%', "A's pattern, B's feel")
    """
    if {pattern, feel} == {0, 1}:
        return f"{'AB'[int(pattern)]}'s pattern, {'AB'[int(feel)]}'s feel"
    if pattern != feel:
        return f"Pattern {percent(pattern)}, feel {percent(feel)}"
    if pattern in (0, 1):
        return "AB"[int(pattern)]
    return f"Blend {percent(pattern)}"


def name_with(
    name: str, *, shaped: bool = False, edited: bool = False, locked: bool = False
) -> str:
    """A name with what was done to it.

    >>> name_with("A", edited=True, locked=True)
    'A, edited, with locks'
    """
    done = {"shaped": shaped, "edited": edited, "with locks": locked}
    return ", ".join([name, *(words for words, is_done in done.items() if is_done)])


def write_tempo(tempo: float) -> str:
    """A tempo in beats per minute, to two digits behind the point: as the player's field shows it,
    and files are named.

    >>> write_tempo(112.125), write_tempo(119.9999)
    ('112.13', '120')
    """
    return f"{floor(100 * tempo + 0.5) / 100:g}"
