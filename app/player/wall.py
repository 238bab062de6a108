"""Cards of takes in the browser, heard there when one points at them or clicks."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import streamlit as st

from app.player.parts import part
from app.player.wire import pack_groove
from beatgen.figure import rows_of
from beatgen.groove import Groove

Act = Literal["play", "a", "b", "keep", "let go", "discard"]
ACTS: tuple[Act, ...] = get_args(Act)
MOST_ACTS = 100  # that a browser has done before it was answered


@dataclass(frozen=True)
class Card:
    """A take as the wall shows it.

    number: tells takes apart, and outlives a run.
    alike:  how near it is to what it was made from, such as "82% alike".
    near:   what it comes near among the bars learned from, such as "79%, funk"; "" for none.
    file:   name and content of its MIDI file.
    """

    number: int
    name: str
    groove: Groove
    alike: str = ""
    near: str = ""
    kept: bool = False
    file: tuple[str, bytes] | None = None


def takes_wall(
    cards: Sequence[Card],
    plays: int | None,
    on_act: Callable[[Act, int], None],
    *,
    key: str,
    small: bool = False,
) -> None:
    """The cards, all with the same rows of voices.

    plays:  the number of the take that sounds, if one does.
    on_act: called with what is done to which take, a card's number, before the next run.
    small:  name and picture alone, to play.
    """

    def acted() -> None:
        for turn, act, number in _read(st.session_state[key].get("acted")):
            if turn > heard():
                st.session_state[f"{key} heard"] = turn
                on_act(act, number)

    def heard() -> int:
        return st.session_state.get(f"{key} heard", 0)

    data = {
        "takes": [_pack(card) for card in cards],
        "rows": rows_of(*(card.groove for card in cards)),
        "plays": plays,
        "small": small,
        "heard": heard(),
    }
    part("wall", key, data, on_acted_change=acted)


def _pack(card: Card) -> dict[str, Any]:
    packed = pack_groove(card.groove)
    told: dict[str, Any] = {
        "number": card.number,
        "name": card.name,
        "bars": card.groove.bars,
        "steps": card.groove.steps,
        "tempo": packed["tempo"],
        "hits": packed["hits"],
        "kept": card.kept,
        "alike": card.alike,
        "near": card.near,
    }
    if card.file is not None:
        name, content = card.file
        told["file"] = {"name": name, "content": b64encode(content).decode("ascii")}
    return told


def _read(said: object) -> Iterator[tuple[int, Act, int]]:
    """(turn, act, number) of all that was done and not yet answered, as the browser sends it; what
    cannot be is left out, for what a browser sends may be anything."""
    for told in said[:MOST_ACTS] if isinstance(said, list) else []:
        match told:
            case [int(turn), act, int(number)] if act in ACTS:
                yield turn, act, number
