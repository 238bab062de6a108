"""The form of a song: which parts follow one another, how long each is, and where its fills are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from beatgen.errors import BeatGenError, shown

INTRO, BRIDGE, ENDING = "intro", "bridge", "ending"
SPECIAL = (INTRO, BRIDGE, ENDING)
OTHER_NAMES = {"outro": ENDING, "end": ENDING, "coda": ENDING, "middle": BRIDGE}
# To choose from; anything like them can be typed.
FORMS = ("AABA", "ABAB", "intro A A B A ending", "intro A B A B bridge B ending", "A")
MOST_BARS = 128  # of a song
MOST_PARTS = 32
LETTERS = re.compile(r"[A-Z]{2,}")
TOKEN = re.compile(r"([A-Za-z]{1,16})(\d{1,3})?")
UNITS = (4, 2, 1)  # bars that a part's length is a multiple of, where there is room


@dataclass(frozen=True)
class Part:
    """name: such as "A" or "intro". first: its first bar, from 0. bars: how many."""

    name: str
    first: int
    bars: int

    @property
    def end(self) -> int:
        """The bar behind its last one."""
        return self.first + self.bars


def parts_of(form: str, bars: int) -> tuple[Part, ...]:
    """The parts that a form names, of so many bars together.

    form: names with spaces between, or capitals alone ("AABA"). intro, bridge and ending are what
    they say, each other name is a section, which is the same wherever it returns. A number behind a
    name is how many bars that part has ("intro4 A8 A8 ending1"); the others share what is left
    evenly, in whole fours or twos where there is room. Raises BeatGenError for what is no form,
    for more than 32 parts, and where the bars do not suffice or are left over.

    >>> [(part.name, part.first, part.bars) for part in parts_of("AABA", 16)]
    [('A', 0, 4), ('A', 4, 4), ('B', 8, 4), ('A', 12, 4)]
    >>> [part.bars for part in parts_of("intro4 A A ending2", 22)]
    [4, 8, 8, 2]
    """
    if isinstance(bars, bool) or not 1 <= bars <= MOST_BARS:
        raise BeatGenError(f"a song of {bars} bars was asked for; expected 1 to {MOST_BARS}.")
    named = _names(form)
    given = sum(count for _, count in named)
    free = [i for i, (_, count) in enumerate(named) if not count]
    if given + len(free) > bars or (not free and given != bars):
        needed = f"{given + len(free)} bars or more" if free else f"{given} bars"
        raise BeatGenError(f"the form {shown(form)} takes {needed}; {bars} were asked for.")
    lengths = [count for _, count in named]
    for i, length in zip(free, _shared(bars - given, len(free)), strict=True):
        lengths[i] = length
    parts, first = [], 0
    for (name, _), length in zip(named, lengths, strict=True):
        parts.append(Part(name, first, length))
        first += length
    return tuple(parts)


def fill_bars(parts: Iterable[Part], fills: int | Collection[int]) -> tuple[int, ...]:
    """The bars that are fills, from 0.

    fills: every so many bars of a part its last one is a fill, and so is the last bar of each part
    of two bars or more; 0 is none. Or the bars themselves, counted from 1. Raises BeatGenError for
    a number below 0, and for a bar that the song does not have.

    >>> fill_bars(parts_of("AB", 16), 4), fill_bars(parts_of("AB", 16), [8])
    ((3, 7, 11, 15), (7,))
    """
    of_song = list(parts)
    if not isinstance(fills, int):
        if outside := [bar for bar in fills if not 1 <= bar <= of_song[-1].end]:
            raise BeatGenError(
                f"a fill in bar {outside[0]} was asked for; the song has bars 1 to "
                f"{of_song[-1].end}."
            )
        return tuple(sorted({int(bar) - 1 for bar in fills}))
    if fills < 0 or isinstance(fills, bool):
        raise BeatGenError(
            f"fills is {fills}; expected how many bars from fill to fill, or 0 for none."
        )
    if not fills:
        return ()
    found = set()
    for part, following in zip(of_song, [*of_song[1:], None], strict=True):
        if part.name == ENDING and part.bars < 2:
            continue
        found |= {part.first + i for i in range(fills - 1, part.bars, fills)}
        if part.bars > 1 and (following or part.name == ENDING):
            found.add(part.end - 1)
    # The last bar of an ending is the last stroke; what leads into it is the bar before.
    last = of_song[-1]
    if last.name == ENDING and last.bars > 1:
        found = {bar for bar in found if bar < last.end - 1} | {last.end - 2}
    return tuple(sorted(found))


def _names(form: str) -> list[tuple[str, int]]:
    """The names of a form's parts, and how many bars they ask for, 0 where that is open."""
    text = form.strip()
    words = list(text) if LETTERS.fullmatch(text) else re.split(r"[\s,;|/-]+", text)
    named = []
    for word in words:
        match = TOKEN.fullmatch(word)
        if match is None or match[2] == "0":
            raise BeatGenError(
                f"{form[:60]!r} is no form; expected names of parts, such as 'AABA' or "
                "'intro A8 B8 ending'."
            )
        name = match[1] if len(match[1]) > 1 else match[1].upper()
        known = OTHER_NAMES.get(name.lower(), name.lower())
        named.append((known if known in SPECIAL else name, int(match[2] or 0)))
    if len(named) > MOST_PARTS:
        raise BeatGenError(f"a form of {len(named)} parts found; expected {MOST_PARTS} at most.")
    return named


def _shared(bars: int, parts: int) -> list[int]:
    """So many bars shared evenly: those that are left over go to the first ones."""
    if not parts:
        return []
    unit = next(unit for unit in UNITS if bars // unit >= parts)
    each, more = divmod(bars // unit, parts)
    lengths = [unit * (each + (i < more)) for i in range(parts)]
    lengths[-1] += bars % unit
    return lengths
