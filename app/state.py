"""What one musician has on the page. Widgets change it in their callbacks; pages only read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import streamlit as st

from app.swing import STRAIGHT, swing
from beatgen.groove import Groove

Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")
LOOPS = (1, 2, 4)  # bars that a loop may have
LOOP = 2  # bars that play of a groove just loaded
MOST_TAKES = 48  # on the wall, kept ones included


@dataclass(frozen=True)
class Source:
    """A groove in full length, and where it came from."""

    name: str
    groove: Groove
    style: str = ""
    messages: tuple[str, ...] = ()  # what reading the file folded, dropped or left out


@dataclass
class Deck:
    """A or B: a source, and the bars of it that play."""

    source: Source
    start: int = 0  # first bar of the loop, from 0
    bars: int = 1
    error: str = ""  # why the last file was refused
    uploads: int = 0  # so far; numbers the uploader, which starts empty after each

    def __post_init__(self) -> None:
        self.load(self.source)

    def load(self, source: Source) -> None:
        """Play the source's first bars, those that are yet to start up left aside."""
        self.source, self.error = source, ""
        self.choose(_first_full_bar(source.groove), min(LOOP, source.groove.bars))

    def choose(self, start: int, bars: int) -> None:
        """Play `bars` bars from `start` on, as far as there are."""
        self.bars = min(bars, self.source.groove.bars)
        self.start = min(max(start, 0), self.source.groove.bars - self.bars)

    @property
    def groove(self) -> Groove:
        return self.source.groove[self.start : self.start + self.bars]


@dataclass
class Take:
    """A variation on the wall."""

    number: int
    groove: Groove
    likeness: float  # share of its pattern with the groove that was varied, 0 to 1
    kept: bool = False

    @property
    def name(self) -> str:
        return f"Take {self.number}"


@dataclass
class Session:
    """Two decks, where the blend stands between them, and what was made of it."""

    a: Deck
    b: Deck
    position: float = 0.5
    take: Take | None = None  # sounds in place of the blend
    amounts: dict[int, float] = field(default_factory=dict)  # direction -> standard deviations
    takes: list[Take] = field(default_factory=list)
    seed: int = 0
    numbered: int = 0  # takes so far
    heard: Groove | None = None  # what the player sounded in the last run, before its swing
    swing: float = STRAIGHT  # the player's, in the last run

    def deck(self, side: Side) -> Deck:
        return self.a if side == "a" else self.b

    def load(self, side: Side, source: Source) -> None:
        """Put a source on a deck; the blend sounds."""
        self.deck(side).load(source)
        self.play(None)

    def play(self, take: Take | None) -> None:
        """Let a take sound, or the blend; unshaped."""
        self.take = take
        self.reset_shape()

    def reset_shape(self) -> None:
        self.amounts = {}

    def move(self, position: float) -> None:
        """Blend at `position`; a take gives way to the blend."""
        if position != self.position:
            self.position = position
            self.play(None)

    def add_takes(self, grooves: Sequence[Groove], likenesses: Sequence[float]) -> None:
        """Replace the takes that were not kept, most alike first."""
        ranked = sorted(zip(likenesses, range(len(grooves)), strict=True), reverse=True)
        fresh = [self._numbered(grooves[i], likeness) for likeness, i in ranked]
        self.takes = [take for take in self.takes if take.kept] + fresh

    def keep(self, groove: Groove) -> Take:
        """Put a groove on the wall, kept."""
        take = self._numbered(groove, 1.0)
        take.kept = True
        self.takes = [take, *self.takes][:MOST_TAKES]
        return take

    def discard(self, take: Take) -> None:
        self.takes = [other for other in self.takes if other is not take]
        if self.take is take:
            self.play(None)

    @property
    def swung(self) -> Groove:
        """What was heard, swing and all: for what leaves the page. What stays on it, to be played
        again, is `heard`, for the player swings it anew."""
        assert self.heard is not None  # the entry script sets it before any page is drawn
        return swing(self.heard, self.swing)

    @property
    def shape(self) -> tuple[float, ...]:
        """Standard deviations along each direction, up to the last one that is turned."""
        return tuple(self.amounts.get(i, 0.0) for i in range(max(self.amounts, default=-1) + 1))

    @property
    def shaped(self) -> bool:
        return any(self.shape)

    @property
    def label(self) -> str:
        """What sounds, in a word or two."""
        name = self.take.name if self.take else _blend_name(self.position)
        return f"{name}, shaped" if self.shaped else name

    def _numbered(self, groove: Groove, likeness: float) -> Take:
        self.numbered += 1
        return Take(self.numbered, groove, likeness)


def session() -> Session:
    """This musician's session; the entry script has opened it."""
    return st.session_state["session"]


def _first_full_bar(groove: Groove) -> int:
    """The first bar with half as many hits as the groove usually has: recordings start up."""
    hits = np.count_nonzero(groove.velocity, axis=(1, 2))
    return int(np.argmax(hits >= np.median(hits) / 2))


def _blend_name(position: float) -> str:
    if position in (0, 1):
        return "AB"[int(position)]
    return f"Blend {position:.0%}"
