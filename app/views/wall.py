"""The wall of takes: their cards, and what is done on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app import downloads, engine
from app.language import name_of, text
from app.names import percent
from app.player.wall import Act, Card, takes_wall
from app.session import LONGEST_NAME, STARS, Session, Take, is_full
from app.takeaway import chosen_early, chosen_pitches, file_name, full, make_source
from beatgen.latent.atlas import Nearest, style_label


def draw(now: Session, takes: Sequence[Take], *, key: str, small: bool = False) -> None:
    """A card for each of the takes: pointed at, it sounds; its buttons keep it, download it, or put
    it on a deck. small: cards that can only be played."""
    cards = [_small_card(now, take) if small else _card(now, take) for take in takes]
    plays = now.take.number if now.take else None
    query = downloads.midi_query(
        chosen_pitches(), tempo=now.tempo, share=now.swing, early=chosen_early()
    )
    takes_wall(cards, plays, partial(act, now), key=key, how=query, small=small, swept=now.swept)


def act(now: Session, what: Act, number: int, value: object = None) -> None:
    """Do to a take what was done on its card; where it is gone by now, nothing."""
    if what == "put back":
        now.put_back(number)
        return
    take = next((take for take in now.takes if take.number == number), None)
    if take is None:
        return
    match what:
        case "play":
            now.play(take)
        case "a" | "b":
            make_source(now, what, now.locked(take.groove), take.name)
        case "keep" if is_full(now.takes):
            st.toast(full())
        case "keep" | "let go":
            take.kept = what == "keep"
        case "discard":
            now.discard(take)
        case "name" if isinstance(value, str):
            take.title = value.strip()[:LONGEST_NAME]
        case "stars" if isinstance(value, int):
            take.stars = min(STARS, max(0, value))


def _small_card(now: Session, take: Take) -> Card:
    return Card(take.number, take.name, now.locked(take.groove), stars=take.stars)


def _card(now: Session, take: Take) -> Card:
    groove = now.locked(take.groove)
    nearest = engine.nearest(groove)
    return Card(
        take.number,
        take.name,
        groove,
        alike=_alike(take),
        near=_near(nearest) if nearest else "",
        kept=take.kept,
        stars=take.stars,
        file=(file_name(take.name, now.in_tempo(groove), "mid"), downloads.midi_path(groove)),
    )


def _alike(take: Take) -> str:
    """How likely a finished beat is; how similar another take is to what it was made from."""
    if take.likelihood is not None:
        return text("wall.likely", percent=percent(take.likelihood))
    if take.fresh and not take.kept:
        return text("wall.similar", percent=percent(take.similarity))
    return ""


def _near(nearest: Nearest) -> str:
    style, share = name_of(style_label(nearest.style)), percent(nearest.similarity)
    return text("wall.near.style", style=style, percent=share)
