"""Takes on a page: their cards, and what is done on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app import engine
from app.player.wall import Act, Card, takes_wall
from app.state import Session, Take
from app.takeaway import file_name, make_source
from beatgen.atlas import written


def wall(now: Session, takes: Sequence[Take], *, key: str, small: bool = False) -> None:
    """A card for each of the takes; small ones can only be played."""
    cards = [_small_card(take) if small else _card(take) for take in takes]
    plays = now.take.number if now.take else None
    takes_wall(cards, plays, partial(act, now), key=key, small=small)


def act(now: Session, what: Act, number: int) -> None:
    """Do to a take what was done on its card; one that is gone is passed over."""
    take = next((take for take in now.takes if take.number == number), None)
    if take is None:
        return
    match what:
        case "play":
            now.play(take)
        case "a" | "b":
            make_source(now, what, take.groove, take.name)
        case "keep" | "let go":
            take.kept = what == "keep"
        case "discard":
            now.discard(take)


def _small_card(take: Take) -> Card:
    return Card(take.number, take.name, take.groove)


def _card(take: Take) -> Card:
    nearest = engine.nearest(take.groove)
    return Card(
        take.number,
        take.name,
        take.groove,
        alike=f"{take.likeness:.0%} alike",
        near=f"{nearest.likeness:.0%}, {written(nearest.style)}" if nearest else "",
        kept=take.kept,
        file=(file_name(take.name, take.groove, "mid"), engine.midi_file(take.groove)),
    )
