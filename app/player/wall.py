"""Cards of takes in the browser, heard there when one points at them or clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal, get_args

import streamlit as st

from app.player.parts import part
from app.player.wire import pack_groove
from beatgen.groove import Groove, rows_of

Act = Literal["play", "a", "b", "keep", "let go", "discard", "put back", "name", "stars"]
ACTS: tuple[Act, ...] = get_args(Act)
MOST_ACTS = 100  # that a browser has done before it was answered


@dataclass(frozen=True)
class Card:
    """A take as the wall shows it.

    number: tells takes apart, and outlives a run.
    alike:  how near it is to what it was made from, such as "82% similar".
    near:   what it comes near among the bars learned from, such as "79%, funk"; "" for none.
    file:   name of its MIDI file, and where the server has it, from where the page lies.
    """

    number: int
    name: str
    groove: Groove
    alike: str = ""
    near: str = ""
    kept: bool = False
    stars: int = 0
    file: tuple[str, str] | None = None


def takes_wall(
    cards: Sequence[Card],
    plays: int | None,
    on_act: Callable[[Act, int, object], None],
    *,
    key: str,
    how: str = "",
    small: bool = False,
    swept: tuple[int, Sequence[int]] = (0, ()),
) -> None:
    """The cards, all with the same rows of voices.

    A card travels once: while it hangs there, later runs send its id, its file's name and whether
    it is kept. A browser that lacks one asks, and is sent all of them.

    plays:  the number of the take that sounds, if one does.
    on_act: called with what is done to which take, a card's number, before the next run; and with
            the name or stars that it is given, which come from a browser and may be anything.
    how:    what the server is asked for with all files, the query of their addresses.
    small:  name and picture alone, to play.
    swept:  how often all takes but the kept ones went at once, and the numbers of those that went
            last: undo puts them back.
    """
    answered, sent = f"{key} answered", f"{key} sent"
    state = st.session_state

    def acted() -> None:
        message = state[key].get("acts")
        if not isinstance(message, Mapping):
            return  # it comes from a browser and may be anything
        if message.get("lacks"):
            state[sent] = frozenset()
        for turn, act, number, value in _read(message.get("acts")):
            if turn > state.get(answered, 0):
                state[answered] = turn
                on_act(act, number, value)

    known = state.get(sent, frozenset())
    takes = [_pack(card) for card in cards]
    data = {
        "wall": key,
        "takes": [take["id"] if take["id"] in known else take for take in takes],
        "files": [card.file and card.file[0] for card in cards],
        "how": how,
        "kept": [card.number for card in cards if card.kept],
        "stars": [card.stars for card in cards],
        "names": [card.name for card in cards],
        "alike": [card.alike for card in cards],
        "rows": rows_of(*(card.groove for card in cards)),
        "plays": plays,
        "small": small,
        "swept": [swept[0], list(swept[1])],
        "answered": state.get(answered, 0),
    }
    part("wall", key, data, on_acts_change=acted)
    state[sent] = frozenset(take["id"] for take in takes)


def _pack(card: Card) -> dict[str, Any]:
    """A card but for its name, stars and likeness, whether it is kept and what its file is called,
    with an id that differs between such cards."""
    packed: dict[str, Any] = {
        "number": card.number,
        **pack_groove(card.groove),
        "near": card.near,
    }
    if card.file is not None:
        packed["path"] = card.file[1]
    packed["id"] = blake2b(repr(packed).encode(), digest_size=8).hexdigest()
    return packed


def _read(acts: object) -> Iterator[tuple[int, Act, int, object]]:
    """(turn, act, number, value) of all that was done and not yet answered, as the browser sends
    it; what cannot be is left out."""
    for act_sent in acts[:MOST_ACTS] if isinstance(acts, list) else []:
        match act_sent:
            case [int(turn), act, int(number), *value] if act in ACTS and len(value) < 2:
                yield turn, act, number, value[0] if value else None
