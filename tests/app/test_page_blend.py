"""Blending, locks, and what is heard, driven without a browser."""

import numpy as np
import pytest
from drive import act, choose, click, go, midi_of, now, run, tell_player, text, upload

from app import engine
from app.player.wire import pack_path
from beatgen.groove import Groove
from beatgen.kit import INDEX


@pytest.mark.parametrize(("position", "side"), [(0.0, "a"), (1.0, "b")])
def test_the_ends_of_the_blend_are_the_grooves(page, position, side):
    tell_player(page, position=position)
    groove = now(page).deck(side).groove
    assert now(page).heard == groove.repeat(now(page).heard.bars)
    assert f">{side.upper()}<" in text(page)


def test_where_the_player_lets_go_is_decoded_by_the_model(page):
    tell_player(page, position=0.25)
    session = now(page)
    assert session.position == 0.25
    assert session.heard == engine.model().blend(session.a.groove, session.b.groove, 0.25)


def test_grooves_of_other_lengths_blend(page, samba, random_groove):
    upload(page, "a", "one bar.mid", midi_of(samba))
    upload(page, "b", "four bars.mid", midi_of(random_groove(bars=4)))
    choose(page, "length-b-1", 4)
    assert now(page).heard.bars == 4


def test_pattern_and_feel_move_apart(page):
    tell_player(page, position=0.0, feel=1.0)
    session = now(page)
    assert session.heard == engine.model().blend(session.a.groove, session.b.groove, 0.0, 1.0)
    assert session.label == "A's pattern, B's feel"
    tell_player(page, position=0.0, feel=None, turn=2)
    assert now(page).heard == session.a.groove


def path_of(page) -> str:
    a, b = now(page).a.groove, now(page).b.groove
    return pack_path(engine.way(a, b), engine.feels(a, b))["id"]


@pytest.mark.parametrize("side", ["a", "b"])
def test_what_is_listened_to_is_what_is_taken_away(page, side):
    tell_player(page, position=0.5, path=path_of(page), base=None, monitor=side)
    groove, name = now(page).deck(side).groove, now(page).deck(side).source.name
    assert now(page).heard == groove
    assert now(page).title == side.upper()
    click(page, "keep")
    assert now(page).takes[0].groove == groove
    click(page, "make-b")
    assert now(page).b.source.name == name
    go(page, "vary")
    act(page, "play", now(page).takes[-1])
    assert now(page).heard == now(page).takes[-1].groove, "a take that is played is heard"


# Locks --------------------------------------------------------------------------------------------


def test_a_lock_holds_through_blending_varying_and_shaping(page):
    heard, kick = now(page).heard, INDEX["kick"]
    bar, step = np.nonzero(heard.velocity[..., kick])
    hits = [
        [
            int(64 * b + s),
            kick,
            round(float(heard.velocity[b, s, kick]) * 127),
            round(float(heard.timing[b, s, kick]) / 2 * 255) * 2 / 255,  # as the wire rounds it
        ]
        for b, s in zip(bar, step, strict=True)
    ]
    lock = {"bars": 2, "voices": [kick], "sixteenths": [], "hits": hits}

    def held(groove: Groove) -> bool:
        return all(
            np.array_equal(one[..., kick].view(np.uint32), other[..., kick].view(np.uint32))
            for one, other in ((groove.velocity, heard.velocity), (groove.timing, heard.timing))
        )

    go(page, "vary")
    tell_player(page, position=0.5, lock=lock)
    tell_player(page, position=0.9, lock=lock, turn=2)
    assert held(now(page).heard)
    assert not held(engine.blend(now(page).a.groove, now(page).b.groove, 0.9))
    click(page, "vary")
    assert all(held(take.groove) for take in now(page).takes)
    act(page, "play", now(page).takes[-1])
    now(page).amounts = {0: 2.0}
    run(page)
    assert held(now(page).heard)
    tell_player(page, position=0.9, lock=None, turn=3)
    assert not held(now(page).heard)


@pytest.mark.parametrize(
    "lock",
    [
        "kick",
        {"bars": 10**9, "voices": [0]},
        {"bars": True, "voices": [0], "hits": None},
        {"bars": 2, "voices": [99, -1, "kick", None], "sixteenths": {}},
        {"bars": 2, "voices": [0], "sixteenths": [1e300], "hits": [[0, 0, 999, 1e300], 7]},
    ],
)
def test_a_broken_lock_does_no_harm(page, lock):
    heard = now(page).heard
    tell_player(page, position=0.5, lock=lock)
    others = np.arange(22) != INDEX["kick"]
    assert np.array_equal(now(page).heard.velocity[..., others], heard.velocity[..., others])


# What is heard ------------------------------------------------------------------------------------


def test_what_is_heard_is_kept_and_put_on_a_deck(page):
    heard = now(page).heard
    click(page, "keep")
    assert [take.groove for take in now(page).takes if take.kept] == [heard]
    click(page, "make-b")
    assert now(page).b.groove == heard


def test_what_is_kept_is_what_is_heard_by_then_and_is_told(page):
    """The player may say where the blend was let go together with the press of the button."""
    page.session_state["player"] = {"played": {"turn": 1, "position": 0.25}}
    click(page, "keep")
    assert now(page).label == "Blend 25%"
    assert now(page).takes[0].groove == now(page).heard
    assert [toast.value for toast in page.toast] == ["Take 1 is on the wall of the Vary page."]


def test_the_detailed_roll_is_drawn_when_it_is_opened(page):
    before = len(page.get("plotly_chart"))
    page.session_state["detail"] = True
    run(page)
    assert len(page.get("plotly_chart")) == before + 1
