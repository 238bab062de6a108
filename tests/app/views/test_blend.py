"""Blending, locks, and what is heard, driven without a browser."""

from dataclasses import replace

import numpy as np
import pytest
from drive import act, bar_file, choose, click, go, midi_of, now, player_sends, run, text, upload

from app import downloads, engine
from app.player.wire import pack_path
from app.share import link
from beatgen.audio.mix import NO_MIX, Mix
from beatgen.groove import Groove
from beatgen.kit import INDEX


@pytest.mark.parametrize(("position", "side"), [(0.0, "a"), (1.0, "b")])
def test_the_ends_of_the_blend_are_the_grooves(apptest, position, side):
    player_sends(apptest, position=position)
    groove = now(apptest).deck(side).groove
    assert now(apptest).heard == groove.repeat(now(apptest).heard.bars)
    assert f">{side.upper()}<" in text(apptest)


def test_where_the_player_lets_go_is_decoded_by_the_model(apptest):
    player_sends(apptest, position=0.25)
    session = now(apptest)
    assert session.position == 0.25
    blended = engine.model().blend(session.a.groove, session.b.groove, 0.25)
    assert blended.tempo == 104.5
    assert session.heard == replace(blended, tempo=105), "a whole tempo"


def test_grooves_of_other_lengths_blend(apptest, samba, random_groove):
    upload(apptest, "a", "one bar.mid", midi_of(samba))
    upload(apptest, "b", "four bars.mid", midi_of(random_groove(bars=4)))
    choose(apptest, "length-b-1", 4)
    assert now(apptest).heard.bars == 4


def test_pattern_and_feel_move_apart(apptest):
    player_sends(apptest, position=0.0, feel=1.0)
    session = now(apptest)
    assert session.heard == engine.model().blend(session.a.groove, session.b.groove, 0.0, 1.0)
    assert session.label == "A's pattern, B's feel"
    player_sends(apptest, position=0.0, feel=None, turn=2)
    assert now(apptest).heard == session.a.groove


def path_of(page) -> str:
    a, b = now(page).a.groove, now(page).b.groove
    return pack_path(engine.path(a, b), engine.path_feels(a, b))["id"]


def test_a_deck_takes_any_format_that_is_read(apptest, rock):
    upload(apptest, "a", "my rock.tab", f"tempo: 96\n\n{rock}".encode())
    deck = now(apptest).a
    assert (deck.groove, deck.source.name, deck.error) == (rock, "my rock", "")
    upload(apptest, "a", "song.tab", b"gong |o---|")
    assert "unknown voice 'gong'" in now(apptest).a.error


@pytest.mark.parametrize("side", ["a", "b"])
def test_what_is_listened_to_is_what_is_taken_away(apptest, side):
    player_sends(apptest, position=0.5, path=path_of(apptest), base=None, monitor=side)
    groove, name = now(apptest).deck(side).groove, now(apptest).deck(side).source.name
    assert now(apptest).heard == groove
    assert now(apptest).title == side.upper()
    click(apptest, "keep")
    assert now(apptest).takes[0].groove == groove
    click(apptest, "make-b")
    assert now(apptest).b.source.name == name
    go(apptest, "vary")
    act(apptest, "play", now(apptest).takes[-1])
    assert now(apptest).heard == now(apptest).takes[-1].groove, "a take that is played is heard"


# Locks --------------------------------------------------------------------------------------------


def test_a_lock_holds_through_blending_varying_and_shaping(apptest):
    heard, kick = now(apptest).heard, INDEX["kick"]
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

    go(apptest, "vary")
    player_sends(apptest, position=0.5, lock=lock)
    player_sends(apptest, position=0.9, lock=lock, turn=2)
    assert held(now(apptest).heard)
    assert not held(engine.blend(now(apptest).a.groove, now(apptest).b.groove, 0.9))
    click(apptest, "vary")
    assert all(held(take.groove) for take in now(apptest).takes)
    act(apptest, "play", now(apptest).takes[-1])
    now(apptest).amounts = {0: 2.0}
    run(apptest)
    assert held(now(apptest).heard)
    player_sends(apptest, position=0.9, lock=None, turn=3)
    assert not held(now(apptest).heard)


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
def test_a_broken_lock_does_no_harm(apptest, lock):
    heard = now(apptest).heard
    player_sends(apptest, position=0.5, lock=lock)
    others = np.arange(22) != INDEX["kick"]
    assert np.array_equal(now(apptest).heard.velocity[..., others], heard.velocity[..., others])


# What is heard ------------------------------------------------------------------------------------


def test_what_is_heard_is_kept_and_put_on_a_deck(apptest):
    heard = now(apptest).heard
    click(apptest, "keep")
    assert [take.groove for take in now(apptest).takes if take.kept] == [heard]
    click(apptest, "make-b")
    assert now(apptest).b.groove == heard


def test_what_is_kept_is_what_is_heard_by_then_and_a_toast_says_so(apptest):
    """The player may report where the blend was released together with the press of the button."""
    apptest.session_state["player"] = {"played": {"turn": 1, "position": 0.25}}
    click(apptest, "keep")
    assert now(apptest).label == "Blend 25%"
    assert now(apptest).takes[0].groove == now(apptest).heard
    assert [toast.value for toast in apptest.toast] == ["Take 1 added to the Vary page."]


def test_the_detailed_roll_is_drawn_when_it_is_opened(apptest):
    before = len(apptest.get("plotly_chart"))
    apptest.session_state["detail"] = True
    run(apptest)
    assert len(apptest.get("plotly_chart")) == before + 1


def test_the_kit_that_is_chosen_plays_in_files_and_comes_along_in_links(apptest):
    player_sends(apptest, kit="808")
    assert now(apptest).kit == "808"
    _, wav = bar_file(apptest, "wav")
    assert wav == engine.wav_file(downloads.served(now(apptest).heard), "808")
    assert wav != engine.wav_file(downloads.served(now(apptest).heard))
    back = link.unpack(link.pack(now(apptest)))
    assert (back.kit, back.opening.kit) == ("808", "808")
    player_sends(apptest, kit=["?"], turn=2)
    assert now(apptest).kit == "kit"


def test_levels_and_pans_are_in_files_and_come_along_in_links(apptest):
    mix = Mix({"kick": -6, "hat": -40}, {"hat": 0.5})
    sent = {"kick": [-6, 0], "hat": [-90, 0.5], "?": [1, 1], "tom": "loud", "ride": [None, 1]}
    player_sends(apptest, mix=sent)
    assert now(apptest).mix == mix
    groove = downloads.served(now(apptest).heard)
    _, wav = bar_file(apptest, "wav")
    assert wav == engine.wav_file(groove, mix=mix) != engine.wav_file(groove)
    mixed, plain = (list(engine.stem_files(groove, mix=each)) for each in (mix, NO_MIX))
    assert mixed != plain and dict(mixed).keys() == dict(plain).keys()
    back = link.unpack(link.pack(now(apptest)))
    assert (back.mix, back.opening.mix) == (mix, mix)
    player_sends(apptest, mix=["?"], turn=2)
    assert not now(apptest).mix
