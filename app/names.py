"""What sounds, in a word or two, as in the browser (app/player/web/state/names.js): the same name
in the bar, in the strip, on the wall and in the names of files."""

from __future__ import annotations

from math import floor

from app.language import text


def percent(place: float) -> str:
    """A place from A (0) to B (1). At the ends alone it is 0% and 100%.

    >>> percent(0.125), percent(0.999), percent(1.0)
    ('13%', '99%', '100%')
    """
    rounded = floor(100 * place + 0.5)
    return text("number.percent", number=min(99, max(1, rounded)) if 0 < place < 1 else rounded)


def blend_name(pattern: float, feel: float) -> str:
    """The blend at a place, both 0 to 1.

    >>> blend_name(0.3, 0.3), blend_name(0, 1)
    ('Blend 30%', "A's pattern, B's feel")
    """
    if {pattern, feel} == {0, 1}:
        return text("name.crossed", pattern="AB"[int(pattern)], feel="AB"[int(feel)])
    if pattern != feel:
        return text("name.apart", pattern=percent(pattern), feel=percent(feel))
    if pattern in (0, 1):
        return "AB"[int(pattern)]
    return text("name.blend", percent=percent(pattern))


def name_with(
    name: str, *, shaped: bool = False, edited: bool = False, locked: bool = False
) -> str:
    """A name with what was done to it.

    >>> name_with("A", edited=True, locked=True)
    'A, edited, with locks'
    """
    done = {"name.shaped": shaped, "name.edited": edited, "name.locked": locked}
    return ", ".join([name, *(text(key) for key, is_done in done.items() if is_done)])


def write_tempo(tempo: float) -> str:
    """A tempo in beats per minute, to two digits behind the point, as names of files have it.

    >>> write_tempo(112.125), write_tempo(119.9999)
    ('112.13', '120')
    """
    return f"{floor(100 * tempo + 0.5) / 100:g}"
