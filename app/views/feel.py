"""Humanize: another timing and other velocities for what sounds, and both side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Literal

import numpy as np
import streamlit as st

import beatgen as bg
from app import engine, look
from app.language import name_of, of_package, text, write_number
from app.session import ALL, KEPT, SIDES, FeelChange, Feeling, Session
from beatgen.bars.comparison import Change
from beatgen.bars.comparison import Feel as Played
from beatgen.errors import BeatGenError, ModelError
from beatgen.groove import Groove
from beatgen.kit import EVERY, EXTRA_FAMILY, FAMILIES
from beatgen.latent.atlas import style_label

Part = Literal["timing", "velocity"]
PARTS: tuple[Part, Part] = ("timing", "velocity")
EVERY_FAMILY = (*FAMILIES, EXTRA_FAMILY)
UNCHANGED = dict.fromkeys((ALL, *EVERY_FAMILY), 0.0)
DRAWN = "drawn"  # a feel that is like no other, but like a drummer's
STEP = 5  # per cent


def draw(now: Session) -> None:
    panel = st.expander(text("feel"), key="feel", on_change="rerun")
    if panel.open:
        with panel:
            _panel(now)


def _panel(now: Session) -> None:
    assert now.heard is not None  # the entry script sets it before it draws
    feeling = now.feeling
    look.note(text("feel.about"))
    with st.container(key="feel-controls", horizontal=True, vertical_alignment="bottom"):
        for part in PARTS:
            _amount(now, feeling, part, ALL, text(f"feel.{part}"))
        st.selectbox(
            text("feel.like"),
            [DRAWN, *SIDES, *_styles()],
            format_func=_like_name,
            key="feel-like",
            on_change=_change,
            args=(now, ""),
            width=180,
            **KEPT,
        )
        st.toggle(
            text("feel.keep"),
            True,
            key="feel-keep",
            help=text("feel.keep.help"),
            on_change=_change,
            args=(now, ""),
            **KEPT,
        )
        st.button(
            text("feel.another"),
            key="feel-another",
            icon=":material/casino:",
            on_click=_change,
            args=(now, "seed"),
            disabled=feeling is None,
        )
    families = st.expander(text("feel.families"), key="feel-families", on_change="rerun")
    if families.open:
        with families:
            for family in _families(feeling.before if feeling else now.heard):
                with st.container(key=f"feel-of-{family}", horizontal=True):
                    for part in PARTS:
                        label = text(f"feel.{part}.of", family=text(f"mixer.{family}"))
                        _amount(now, feeling, part, family, label)
    if now.feel_error:
        look.closable_error(now.feel_error, now.forget_feel_error, key="feel")
    if feeling and now.take:
        both = (now.in_tempo(groove) for groove in (feeling.before, now.locked(now.take.groove)))
        st.html(_table(bg.compare(*both).voices, feeling.name))


def fulfil(now: Session) -> None:
    """Change the feel of what is heard as the controls have asked for."""
    changes, now.feel_changes = now.feel_changes, []
    assert now.heard is not None  # the entry script sets it before
    feeling = now.feeling
    if feeling is None:
        if all(change.what == "" for change in changes):
            return  # there is no other feel yet whose kind it would be
        feeling = Feeling(now.heard, now.lasting_title, UNCHANGED, UNCHANGED)
    for change in changes:
        feeling = _changed(feeling, change)
    timing, velocity = (
        {family: amounts[family] for family in EVERY_FAMILY}
        for amounts in (feeling.timing, feeling.velocity)
    )
    keep = bool(st.session_state.get("feel-keep", True))
    try:
        how = timing, velocity, keep, _like(now)
        groove = engine.humanize(feeling.before, *how, feeling.seed)
    except BeatGenError as error:
        now.feel_error = of_package(error)
        return
    now.feel_error = ""
    now.play_feeling(groove, feeling, text("feel.name", name=feeling.name))
    st.rerun()


def _changed(feeling: Feeling, change: FeelChange) -> Feeling:
    if change.what == "seed":
        return replace(feeling, seed=feeling.seed + 1)
    turned = UNCHANGED if change.family == ALL else (change.family,)
    new = dict.fromkeys(turned, change.amount)
    match change.what:
        case "timing":
            return replace(feeling, timing={**feeling.timing, **new})
        case "velocity":
            return replace(feeling, velocity={**feeling.velocity, **new})
    return feeling


def _amount(now: Session, feeling: Feeling | None, part: Part, family: str, label: str) -> None:
    key = f"feel-{part}-{family}"
    amounts: Mapping[str, float] = getattr(feeling, part) if feeling else UNCHANGED

    def change() -> None:
        now.feel_changes.append(FeelChange(part, family, st.session_state[key] / 100))

    st.session_state[key] = round(100 * amounts[family])
    st.slider(label, 0, 100, step=STEP, format="%d %%", key=key, on_change=change, width=200)


def _change(now: Session, what: Literal["seed", ""]) -> None:
    now.feel_changes.append(FeelChange(what))


def _styles() -> Sequence[str]:
    """Whose feel may be taken; none in an installation without atlas."""
    try:
        return engine.atlas().styles
    except ModelError:
        return ()


def _like_name(like: str) -> str:
    if like in (DRAWN, *SIDES):
        return text(f"feel.like.{like}")
    return name_of(style_label(like))


def _like(now: Session) -> Groove | str | None:
    like = st.session_state.get("feel-like", DRAWN)
    if like in SIDES:
        return now.deck("a" if like == "a" else "b").groove
    return None if like == DRAWN else like


def _families(groove: Groove) -> list[str]:
    """Those that play, in the kit's order."""
    struck = np.flatnonzero(groove.velocity.sum((0, 1)))
    playing = {EVERY[groove.voices[column]].family for column in struck}
    return [family for family in EVERY_FAMILY if family in playing]


def _table(changes: Sequence[Change], name: str) -> str:
    """Velocities and timing of each voice before and after, as HTML."""
    before, after = (
        f'<th scope="col">{escape(text(f"feel.{k}"))}</th>' for k in ("before", "after")
    )

    def head(key: str, span: str) -> str:
        return f'<th scope="col" {span}>{escape(text(key))}</th>'

    rows = "".join(
        f'<tr><th scope="row">{escape(name_of(change.voice))}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(change))
        + "</tr>"
        for change in changes
    )
    return (
        f'<div class="bg-compare"><table><caption>{escape(text("feel.compared", name=name))}'
        f"</caption><thead><tr>{head('feel.voice', 'rowspan=2')}{head('feel.hits', 'rowspan=2')}"
        f"{head('feel.velocities', 'colspan=2')}{head('feel.times', 'colspan=2')}"
        f"{head('feel.moved', 'rowspan=2')}</tr><tr>{before}{after}{before}{after}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cells(change: Change) -> list[str]:
    both = change.before, change.after
    loud = [_loudness(of) for of in both]
    late = [f"{_signed(of.late)} ± {write_number(of.spread, 1)}" for of in both]
    return [str(change.after.hits), *loud, *late, write_number(change.moved, 1)]


def _loudness(of: Played) -> str:
    return f"{of.velocity:.0f}, {of.softest}–{of.loudest}"


def _signed(ms: float) -> str:
    sign = "+" if round(ms, 1) > 0 else "−" if round(ms, 1) < 0 else ""
    return sign + write_number(abs(ms), 1)
