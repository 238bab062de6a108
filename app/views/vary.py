"""Vary: a wall of takes, variations of one groove, to play, keep, download or put on a deck."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from app import engine, look, offers
from app.language import text
from app.player import Finish
from app.player.parts import finish_panel
from app.session import FRESH, GONE, KEPT, Session, VaryRequest
from app.takeaway import chosen_early, chosen_pitches, labelled, takes_file
from app.views import wall
from beatgen.errors import BeatGenError
from beatgen.groove import Groove, as_kit
from beatgen.kit import VOICES, VOICES_OF_FAMILY
from beatgen.meter import FOUR_FOUR, label_of

AMOUNTS = {"subtle": 0.25, "little": 0.4, "lot": 0.6, "far": 0.8, "new": 1.0}
STARTS = ("now", "a", "blend", "b")
BOTH, PATTERN, FEEL = CHANGES = ("both", "pattern", "feel")
# What alone is proposed, by what a beat is finished with
ONE_FAMILY: dict[Finish, str] = {"hats": "hat", "kick": "kick"}
# What the controls show before they are touched.
START, CHANGE, AMOUNT, COUNT = "now", BOTH, "little", 6


def draw(now: Session) -> None:
    never_filled = not now.takes and not now.walls
    for _ in range(max(now.vary_asked, never_filled)):
        _ask(now)
    requests, now.varying, now.vary_asked = now.varying, [], 0
    for request in requests:
        vary(now, request)
    if now.finishing:
        finish(now, now.finishing)
    with st.container(key="vary-controls", horizontal=True):
        st.segmented_control(
            text("vary.start"),
            STARTS,
            format_func=lambda start: text(f"vary.start.{start}"),
            default=START,
            required=True,
            key="start",
            **KEPT,
        )
        st.segmented_control(
            text("vary.change"),
            CHANGES,
            format_func=lambda change: text(f"vary.change.{change}"),
            default=CHANGE,
            required=True,
            key="change",
            help=text("vary.change.help"),
            **KEPT,
        )
        st.select_slider(
            text("vary.amount"),
            list(AMOUNTS),
            AMOUNT,
            format_func=lambda amount: text(f"vary.amount.{amount}"),
            key="amount",
            width=200,
            **KEPT,
        )
        st.slider(text("vary.takes"), 6, FRESH, COUNT, key="count", width=130, **KEPT)
        with st.container(
            key="vary-actions",
            horizontal=True,
            width="content",
            gap="xsmall",
        ):
            st.button(
                text("vary.vary"),
                key="vary",
                type="primary",
                shortcut="V",
                icon=":material/casino:",
                on_click=_ask,
                args=(now,),
            )
            st.button(
                text("vary.restore"),
                key="restore",
                icon=":material/undo:",
                on_click=now.restore,
                disabled=not now.walls,
                help=text("vary.restore.help")
                if now.walls
                else text("vary.restore.nothing", most=GONE),
            )
            st.button(
                text("vary.discard"),
                key="discard-others",
                icon=":material/delete_sweep:",
                on_click=now.discard_others,
                disabled=all(take.kept for take in now.takes),
                help=text("vary.discard.help"),
            )
            offers.offer(
                text("vary.download"),
                partial(takes_file, now, labelled(now.takes), chosen_pitches(), chosen_early()),
                f"{text('vary.download.name')}.zip",
                "application/zip",
                key="all-takes",
                disabled=not now.takes,
                hint=text("vary.download.help"),
            )
    with st.container(key="vary-finish", horizontal=True, vertical_alignment="center"):
        _about(now)
        finish_panel(key="finish")
    if now.heard is not None and not now.heard.is_common:
        st.caption(_of_meters(now.heard))
    wall.draw(now, now.takes, key="wall")


def _about(now: Session) -> None:
    """What the takes are, or why there are none."""
    if now.none_locked and now.lock is None:
        st.caption(text("finish.nothing"))
    elif now.all_locked:
        st.caption(text("vary.all_locked"))
    elif any(take.fresh and take.likelihood is not None for take in now.takes):
        st.caption(text("finish.about"))
    elif now.takes:
        look.note_by_hand(text("vary.about"), text("vary.about.touch"))
    else:
        st.caption(text("vary.empty"))


def _of_meters(groove: Groove) -> str:
    """How well takes in other meters than 4/4 are played (`beatgen.evaluation.meters`)."""
    counts_eighths = any(meter.beat < FOUR_FOUR.beat for meter in groove.meters)
    key = "vary.meters.eighths" if counts_eighths else "vary.meters"
    return text(key, meters=label_of(groove.meters))


def _ask(now: Session) -> None:
    """As the controls stand now: one that was moved just before may not have been drawn yet."""
    state = st.session_state
    amount, change = AMOUNTS[state.get("amount", AMOUNT)], state.get("change", CHANGE)
    pattern, feel = (amount * (change in (BOTH, side)) for side in (PATTERN, FEEL))
    start, count = state.get("start", START), state.get("count", COUNT)
    now.ask_takes(VaryRequest(start, pattern, feel, count))


def vary(now: Session, request: VaryRequest) -> None:
    """Fill the wall with new takes; each call steps the seed."""
    now.seed += 1
    now.none_locked = False
    start, pattern, feel, count = request
    groove = _groove_at(now, start)
    varied = [now.locked(take) for take in engine.vary(groove, count, pattern, feel, now.seed)]
    varied.sort(
        key=lambda take: np.abs(as_kit(take).velocity - as_kit(groove).velocity).sum()
    )  # of equal hits
    now.all_locked = now.lock is not None and all(take == groove for take in varied)
    if now.all_locked:
        return
    now.add_takes(varied, [engine.similarity(groove, take) for take in varied])


def finish(now: Session, what: Finish) -> None:
    """Fill the wall with ways to finish the beat around what is locked, the likeliest first; each
    call steps the seed. Where nothing is locked, or everything, the page says so."""
    now.finishing, now.seed = None, now.seed + 1
    assert now.heard is not None  # the entry script sets it before it draws
    lock = now.lock if now.lock and now.lock.fits(now.heard) else None
    now.none_locked = lock is None
    if lock is None:
        return
    if what in ONE_FAMILY:
        others = set(range(len(VOICES))) - set(VOICES_OF_FAMILY[ONE_FAMILY[what]])
        lock = replace(lock, voices=lock.voices | others)
    count = st.session_state.get("count", COUNT)
    try:
        proposals = engine.finish(now.heard, lock, count, now.seed, what == "fill")
    except BeatGenError:  # the one that is left: there is nothing to propose
        now.all_locked = True
        return
    now.all_locked = False
    similarities = [engine.similarity(now.heard, groove) for groove, _ in proposals]
    now.add_proposals(proposals, similarities)


def _groove_at(now: Session, start: str) -> Groove:
    """The groove that takes start from."""
    if start in ("a", "b"):
        return now.deck("a" if start == "a" else "b").groove
    if start == "blend":
        return now.locked(engine.blend(*now.pair, *now.place))
    assert now.heard is not None  # the entry script sets it before it draws
    return now.heard
