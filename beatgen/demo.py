"""Demo grooves of our own: drum tab in assets/grooves, played as a drummer would."""

from __future__ import annotations

from beatgen import assets, tab
from beatgen.errors import BeatGenError, shown
from beatgen.groove import STEPS, Groove


def names() -> list[str]:
    """The names of all demo grooves, in alphabetical order.

    >>> names()[:3]
    ['afrobeat', 'boom-bap', 'bossa-nova']
    """
    return sorted(path.stem for path in assets.path("grooves").glob("*.tab"))


def load(name: str, steps: int = STEPS) -> Groove:
    """The demo groove `name` as it is played. Raises BeatGenError for a name that is not there.

    >>> load("funk")
    <Groove: 4 x 64 steps, 74 hits, 104 BPM>
    """
    return tab.perform(read(name), name, steps)


def read(name: str) -> tab.Sheet:
    """The demo groove `name` as it is written: style, tempo, tab and how to play it.

    >>> read("funk").style
    'funk'
    """
    if name not in names():
        raise BeatGenError(f"no demo groove {shown(name)}; one of {', '.join(names())}.")
    path = assets.path(f"grooves/{name}.tab")
    sheet = tab.parse(path.read_text(encoding="utf-8"), path.name)
    if not sheet.style or sheet.tempo is None:
        raise BeatGenError(f"{path.name}: style or tempo is missing; name both above the tab.")
    return sheet
