"""A groove in full length, as a deck holds it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from app.share import encoding as text
from beatgen.groove import Groove


class Source:
    """A groove in full length, and where it came from.

    messages: what reading the file folded, dropped or left out.

    Of the grid only the cells that are struck are held, 12 bytes each: all of 400 bars take 4.5 MB,
    and a page keeps many sources, for undo goes back to them.
    """

    def __init__(
        self, name: str, groove: Groove, style: str = "", messages: Sequence[str] = ()
    ) -> None:
        self.name, self.style, self.messages = name, style, tuple(messages)
        self.tempo = groove.tempo
        self._shape = groove.velocity.shape
        self._cells = np.flatnonzero(groove.velocity).astype(np.uint32)
        self._velocity = groove.velocity.reshape(-1)[self._cells]
        self._timing = groove.timing.reshape(-1)[self._cells]

    @property
    def bars(self) -> int:
        return self._shape[0]

    @property
    def groove(self) -> Groove:
        """All of it."""
        return self.loop(0, self.bars)

    def loop(self, start: int, bars: int) -> Groove:
        """`bars` bars from bar `start` on, to the last bit as they came."""
        _, steps, voices = self._shape
        bar = steps * voices
        first, end = np.searchsorted(self._cells, (start * bar, (start + bars) * bar))
        grid = np.zeros((2, bars * bar), np.float32)
        cells = self._cells[first:end] - start * bar
        grid[:, cells] = self._velocity[first:end], self._timing[first:end]
        velocity, timing = grid.reshape(2, bars, steps, voices)
        return Groove(velocity, timing, self.tempo)

    @cached_property
    def packed(self) -> str:
        """All of it in a line of text (app/share/encoding.py), made once."""
        return text.pack({"bars": self.bars, "tempo": self.tempo}, [self.groove])
