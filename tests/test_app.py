"""The page, driven widget by widget without a browser."""

import io

import mido
import numpy as np
import pytest
from drive import APP, choose, click, go, midi_of, now, run, same_hits, tell_player, text, upload
from streamlit.testing.v1 import AppTest

from app import engine, shaping, share
from app.player import parts
from app.player.wire import pack_way
from app.state import REACH, Deck, Source
from app.swing import swing
from beatgen.errors import ModelError
from beatgen.groove import Groove
from beatgen.kit import INDEX

# --- the page as it opens


def test_it_opens_with_two_different_demo_grooves_half_way_between(page):
    session = now(page)
    assert session.a.source is not session.b.source
    assert session.heard == engine.blend(session.a.groove, session.b.groove, 0.5)
    assert session.a.source.name in text(page) and session.b.source.name in text(page)


def test_each_card_tells_how_well_the_model_holds_the_groove(page):
    deck = now(page).a
    kept = engine.reconstruct(deck.groove).velocity > 0
    struck = deck.groove.velocity > 0
    f1 = 2 * (kept & struck).sum() / (kept.sum() + struck.sum())
    assert engine.fidelity(deck.groove) == pytest.approx(f1)
    labels = [block.proto.popover.label for block in page.get("popover")]
    assert f"held at F1 {f1:.2f}".replace("0.", ".") in labels


def test_nothing_of_tensorflow_is_loaded(page):
    import subprocess
    import sys

    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(APP / 'main.py')!r}, default_timeout=60).run(); "
        "assert not page.exception; "
        "assert not {'tensorflow', 'keras', 'jax', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=APP.parent)


def test_without_weights_the_page_says_so_in_one_sentence(page, monkeypatch):
    def missing():
        raise ModelError("assets/model is missing; install beatgen again.")

    monkeypatch.setattr(engine, "model", missing)
    run(page)
    assert [error.value for error in page.error] == [
        "assets/model is missing; install beatgen again."
    ]


# --- what is on the decks


def test_an_uploaded_file_becomes_a(page, rock):
    upload(page, "a", "my rock.mid", midi_of(rock))
    assert now(page).a.source.name == "my rock"
    assert same_hits(now(page).a.groove, rock)
    assert "my rock" in text(page)
    assert now(page).heard.tempo == pytest.approx((rock.tempo + now(page).b.groove.tempo) / 2)


def test_a_demo_groove_is_picked_for_b(page):
    other = next(name for name in engine.demos() if name != now(page).b.source.name)
    choose(page, "demo-b-0", other)
    assert now(page).b.source is engine.demos()[other]


def test_an_upload_empties_the_demo_list_and_a_demo_can_follow(page, rock):
    first = now(page).a.source.name
    upload(page, "a", "rock.mid", midi_of(rock))
    assert page.selectbox(key="demo-a-1").value is None
    choose(page, "demo-a-1", first)
    assert now(page).a.source.name == first


def test_of_a_long_file_the_bars_are_chosen(page, random_groove):
    long = random_groove(seed=3, bars=9)
    upload(page, "a", "long.mid", midi_of(long))
    assert same_hits(now(page).a.groove, now(page).a.source.groove[0:2])
    choose(page, "length-a-1", 4)
    choose(page, "start-a-1", 3)
    assert now(page).a.groove == now(page).a.source.groove[3:7]
    assert now(page).heard.bars == 4
    choose(page, "start-a-1", 5)
    choose(page, "length-a-1", 1)
    assert now(page).a.groove == now(page).a.source.groove[5]


def test_what_was_folded_is_told_on_the_card(page):
    file = mido.MidiFile(ticks_per_beat=480)
    track = file.add_track()
    for pitch in (35, 38, 35, 38):
        track.append(mido.Message("note_on", channel=9, note=pitch, velocity=90, time=0))
        track.append(mido.Message("note_off", channel=9, note=pitch, time=480))
    content = io.BytesIO()
    file.save(file=content)
    upload(page, "b", "old kit.mid", content.getvalue())
    (message,) = now(page).b.source.messages
    assert message in [caption.value for caption in page.caption]


def odd_meter() -> bytes:
    file = mido.MidiFile(ticks_per_beat=480)
    track = file.add_track()
    track.append(mido.MetaMessage("time_signature", numerator=7, denominator=8))
    track.append(mido.Message("note_on", channel=9, note=36, velocity=90))
    track.append(mido.Message("note_off", channel=9, note=36, time=1680))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def no_drums() -> bytes:
    file = mido.MidiFile(ticks_per_beat=480)
    track = file.add_track()
    track.append(mido.MetaMessage("track_name", name="nothing"))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"kick snare kick snare", id="text"),
        pytest.param(b"MThd" + b"\xff" * 40, id="damaged"),
        pytest.param(no_drums(), id="no drums"),
        pytest.param(odd_meter(), id="7/8 only"),
        pytest.param(b"MThd" + bytes(50_000_000), id="50 MB"),
    ],
)
def test_a_bad_file_gives_one_sentence_and_the_groove_stays(page, content):
    before = now(page).a.source
    upload(page, "a", "bad.mid", content)
    (error,) = page.error
    assert "bad.mid" in error.value and "\n" not in error.value and "Traceback" not in error.value
    assert now(page).a.source is before
    choose(page, "demo-a-1", next(name for name in engine.demos() if name != before.name))
    assert not page.error


def test_a_click_of_the_fidelity_shows_what_differs(page):
    assert not [chart for chart in page.get("plotly_chart") if "missing" in chart.proto.spec]
    page.session_state["held-a"] = True
    run(page)
    assert any("kept" in chart.proto.spec for chart in page.get("plotly_chart"))


# --- blending


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


def way_of(page) -> str:
    a, b = now(page).a.groove, now(page).b.groove
    return pack_way(engine.way(a, b), engine.feels(a, b))["id"]


@pytest.mark.parametrize("side", ["a", "b"])
def test_what_is_listened_to_is_what_is_taken_away(page, side):
    tell_player(page, position=0.5, way=way_of(page), base=None, monitor=side)
    groove = now(page).deck(side).groove
    assert now(page).heard == groove
    assert now(page).title == side.upper()
    click(page, "keep")
    assert now(page).takes[0].groove == groove
    go(page, "vary")
    click(page, f"play-{now(page).takes[-1].number}")
    assert now(page).heard == now(page).takes[-1].groove, "a take that is played is heard"


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
    click(page, f"play-{now(page).takes[-1].number}")
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


# --- variations


def test_the_wall_is_filled_and_each_click_brings_new_takes(page):
    go(page, "vary")
    first = list(now(page).takes)
    assert len(first) == 6
    choose(page, "count", 12)
    click(page, "vary")
    assert len(now(page).takes) == 12
    assert not any(take.groove == old.groove for take in now(page).takes for old in first)
    likenesses = [take.likeness for take in now(page).takes]
    assert likenesses == sorted(likenesses, reverse=True)


def test_another_song_is_farther_away_than_a_touch(page):
    go(page, "vary")
    likeness = {}
    for word in ("a touch", "another song"):
        choose(page, "amount", word)
        click(page, "vary")
        likeness[word] = np.mean([take.likeness for take in now(page).takes])
    assert likeness["a touch"] > likeness["another song"] + 0.1


def test_takes_are_made_around_the_groove_that_is_asked_for(page):
    go(page, "vary")
    choose(page, "amount", "a touch")
    for around, side in (("A", "a"), ("B", "b")):
        choose(page, "around", around)
        click(page, "vary")
        groove = now(page).deck(side).groove
        assert {take.groove.tempo for take in now(page).takes} == {groove.tempo}
        take = now(page).takes[0]
        assert take.likeness == engine.likeness(groove, take.groove)


def test_a_take_is_played_and_given_back(page):
    go(page, "vary")
    take = now(page).takes[2]
    click(page, f"play-{take.number}")
    assert now(page).heard == take.groove
    assert take.name in text(page)
    click(page, "back")
    session = now(page)
    assert session.heard == engine.blend(session.a.groove, session.b.groove, 0.5)


def test_moving_the_blend_ends_a_take(page):
    go(page, "vary")
    click(page, f"play-{now(page).takes[0].number}")
    tell_player(page, position=0.75)
    assert now(page).take is None
    assert now(page).label == "Blend 75%"


@pytest.mark.parametrize("side", ["a", "b"])
def test_a_take_becomes_a_or_b(page, side):
    go(page, "vary")
    take = now(page).takes[1]
    click(page, f"use-{take.number}-{side}")
    assert now(page).deck(side).groove == take.groove
    assert now(page).deck(side).source.name == take.name


def test_kept_takes_stay_and_discarded_ones_go(page):
    go(page, "vary")
    kept, gone = now(page).takes[3], now(page).takes[0]
    click(page, f"play-{gone.number}")
    click(page, f"discard-{gone.number}")
    assert gone not in now(page).takes and now(page).take is None
    click(page, f"keep-{kept.number}")
    click(page, "vary")
    assert now(page).takes[0] is kept
    assert len(now(page).takes) == 7


def test_takes_survive_a_change_of_page(page):
    go(page, "vary")
    choose(page, "count", 8)
    takes = list(now(page).takes)
    go(page, "blend")
    go(page, "vary")
    assert now(page).takes == takes
    assert page.slider(key="count").value == 8


# --- latent sliders


def turn(page, amounts: dict[int, float]) -> None:
    """As the shape panel does it; what it says is tested in a browser."""
    now(page).amounts = amounts
    run(page)


def test_a_slider_moves_the_groove_along_its_direction(page):
    before = now(page).heard
    go(page, "shape")
    turn(page, {1: 2.0})
    assert now(page).heard == engine.model().nudge(before, [0, 2.0])
    assert now(page).heard != before
    assert now(page).label.endswith("shaped")
    turn(page, {1: 0.0})
    assert now(page).heard == before


def test_reset_and_randomize(page):
    before = now(page).heard
    go(page, "shape")
    click(page, "randomize")
    first = dict(now(page).amounts)
    assert now(page).heard != before
    assert set(first) == {i for i, d in enumerate(engine.directions()) if d.named}
    assert all(abs(amount) <= REACH for amount in first.values())
    click(page, "randomize")
    assert now(page).amounts != first
    click(page, "reset")
    assert now(page).heard == before


def test_a_take_is_shaped_and_moving_the_blend_starts_anew(page):
    go(page, "vary")
    take = now(page).takes[0]
    click(page, f"play-{take.number}")
    go(page, "shape")
    turn(page, {0: -1.5})
    assert now(page).heard == engine.model().nudge(take.groove, [-1.5])
    tell_player(page, position=0.0)
    assert not now(page).shaped


def test_along_a_slider_lies_what_the_model_says_with_the_others_where_they_are(page):
    groove = now(page).heard
    (way,) = shaping.ways(groove, (0.5, 1.0, 0.0, 2.0), (1,), 5)
    assert way == [engine.nudge(groove, (0.5, turn, 0.0, 2.0)) for turn in (-3, -1.5, 0, 1.5, 3)]


def test_random_turns_are_as_likely_as_the_bars_along_their_direction(page):
    principal = next(i for i, d in enumerate(engine.directions()) if not d.named)
    turns = [shaping.likely_turns([principal], seed)[principal] for seed in range(400)]
    assert np.std(turns) == pytest.approx(shaping.LIKELY, rel=0.15)
    assert shaping.likely_turns([0, 1], 5) == shaping.likely_turns([0, 1], 5)


def test_every_direction_has_words_for_both_ends(page):
    for i in range(30):
        name, low, high = shaping.words(i)
        assert name and low and high and low != high


@pytest.mark.parametrize(
    "said", [None, 3, {}, {"turn": 1, "amounts": [1, "x"]}, {"turn": 1, "amounts": [1, 99]}]
)
def test_what_cannot_be_turned_is_passed_over(monkeypatch, rock, said):
    mounted, heard = {}, []
    monkeypatch.setattr(parts, "_part", lambda *_, **callbacks: mounted.update(callbacks))
    monkeypatch.setattr(parts.st, "session_state", {"panel": {"turned": said}})
    turns = [parts.Turn(name, "less", "more", 0, [rock, rock]) for name in "ab"]
    parts.shape_panel(turns, 3, heard.append, key="panel")
    mounted["on_turned_change"]()
    assert heard == []
    parts.st.session_state["panel"]["turned"] = {"turn": 2, "amounts": [1, -2.5]}
    mounted["on_turned_change"]()
    assert heard == [[1, -2.5]]


# --- what comes from a link, and from the browser


def open_link(text: str) -> AppTest:
    page = AppTest.from_file(str(APP / "main.py"), default_timeout=30)
    page.query_params["groove"] = text
    return run(page)


def test_a_link_opens_the_page_that_it_was_made_of(page):
    choose(page, "demo-a-0", "Bossa nova" if "Bossa nova" in engine.demos() else "Rock")
    tell_player(page, position=0.25)
    other = open_link(share.link(now(page)))
    assert now(other).a.source is now(page).a.source
    assert now(other).heard == now(page).heard
    assert "groove" not in other.query_params


def test_a_bad_link_is_told_until_something_else_plays(page):
    other = open_link("1cut")
    (error,) = other.error
    assert "cut off" in error.value
    assert now(other).heard == now(page).heard
    tell_player(other, position=0.25)
    assert not other.error


# --- the map


LASSO = {"x": [2000, 7000, 7000, 2000], "y": [2000, 2000, 7000, 7000]}  # in units of the chart


@pytest.fixture
def chosen(monkeypatch) -> dict:
    """What is selected on the map's chart, as Streamlit would tell it."""
    import streamlit as st

    selection = {"points": [], "box": [], "lasso": []}
    real = st.plotly_chart

    def chart(figure, *, key, **options):
        told = real(figure, key=key, **options)
        return {"selection": selection} if key == "map" else told

    monkeypatch.setattr(st, "plotly_chart", chart)
    return selection


def test_the_map_shows_a_and_b_and_what_sounds(page):
    go(page, "map")
    (marks,) = [each.value for each in page.html if each.value.startswith('<div class="bg-marks')]
    bars = len(np.unique(engine.places(now(page).a.groove).round(2), axis=0))
    assert marks.count(">A</b>") >= bars and ">B</b>" in marks
    assert marks.count("<img") == now(page).heard.bars, "a path for each bar"
    assert 'class="heard"' in marks
    assert page.get("plotly_chart")


def test_the_way_on_the_map_leads_from_a_to_b(page):
    a, b = now(page).a.groove, now(page).b.groove
    way = engine.way_places(a, b)
    assert way[:, 0] == pytest.approx(engine.places(a), abs=1e-4)
    assert way[:, -1] == pytest.approx(engine.places(b), abs=1e-4)


def test_a_region_of_the_map_gives_takes(page, chosen):
    go(page, "map")
    assert not [button for button in page.button if button.key == "map-draw"]
    chosen["lasso"] = [LASSO]
    run(page)
    click(page, "map-draw")
    first = [take.groove for take in now(page).takes]
    assert len(first) == 12
    assert now(page).take is now(page).takes[0], "one of them sounds"
    assert {groove.tempo for groove in first} == {now(page).heard.tempo}
    click(page, "map-draw")
    assert not any(take.groove == old for take in now(page).takes for old in first)
    click(page, f"play-{now(page).takes[5].number}")
    assert now(page).take is now(page).takes[5]


def test_a_box_is_a_region_and_an_empty_one_teaches(page, chosen):
    go(page, "map")
    chosen["box"] = [{"x": [-100, 10_100], "y": [10_100, -100]}]
    run(page)
    assert f"{len(engine.atlas()):,} bars" in text(page)
    chosen["box"] = [{"x": [-10, -5], "y": [-10, -5]}]
    run(page)
    assert any("lasso" in caption.value for caption in page.caption)


def test_without_an_atlas_the_map_says_what_to_do_and_the_page_lives(page, monkeypatch):
    def missing():
        raise ModelError("atlas.npz: no such file; export the weights again.")

    monkeypatch.setattr(engine, "atlas", missing)
    go(page, "map")
    assert [error.value for error in page.error] == [
        "atlas.npz: no such file; export the weights again."
    ]
    go(page, "vary")
    assert now(page).takes


# --- what is heard


def test_what_is_heard_is_kept_and_put_on_a_deck(page):
    heard = now(page).heard
    click(page, "keep")
    assert [take.groove for take in now(page).takes if take.kept] == [heard]
    click(page, "make-b")
    assert now(page).b.groove == heard


def test_the_detailed_roll_is_drawn_when_it_is_opened(page):
    before = len(page.get("plotly_chart"))
    page.session_state["detail"] = True
    run(page)
    assert len(page.get("plotly_chart")) == before + 1


# --- parts


def test_a_deck_keeps_its_loop_within_the_groove(random_groove):
    deck = Deck(Source("five", random_groove(bars=5)))
    deck.choose(4, 4)
    assert (deck.start, deck.bars) == (1, 4)
    deck.load(Source("one", random_groove(bars=1)))
    assert (deck.start, deck.bars) == (0, 1)


def test_a_loop_starts_where_the_drummer_has_started():
    count_in = "hi-hat |--------------x-|"
    groove = Groove.from_tab(count_in + "x-x-x-x-x-x-x-x-|" * 4)
    assert Deck(Source("recording", groove)).start == 1


def test_swing_moves_only_what_stands_off_the_eighth():
    straight = Groove.from_tab("hi-hat |xxxx------------|")
    swung = swing(straight, 2 / 3)
    at = [
        float(step + swung.timing[bar, step, voice])
        for bar, step, voice in np.argwhere(swung.velocity > 0)
    ]
    assert at == pytest.approx([0, 16 / 3, 8, 8 + 16 / 3], abs=1e-5)
    assert swing(straight, 0.5) is straight


def test_swing_loses_no_hit(random_groove):
    dense = random_groove(density=0.6)
    assert np.count_nonzero(swing(dense, 0.75).velocity) == np.count_nonzero(dense.velocity)


def test_equal_grooves_share_an_answer(rock):
    copy = Groove(rock.velocity.copy(), rock.timing.copy(), rock.tempo)
    assert engine.contents(rock) == engine.contents(copy)
    louder = rock.velocity.copy()
    louder[0, 0, INDEX["kick"]] = 1
    assert engine.contents(rock) != engine.contents(Groove(louder, rock.timing, rock.tempo))
