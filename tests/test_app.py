"""The page, driven widget by widget without a browser."""

import io

import mido
import numpy as np
import pytest
from drive import APP, choose, click, go, midi_of, now, run, same_hits, tell_player, text, upload

from app import engine
from app.state import Deck, Source
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


def test_a_slider_moves_the_groove_along_its_direction(page):
    before = now(page).heard
    go(page, "shape")
    choose(page, "shape-1", 2.0)
    assert now(page).heard == engine.model().nudge(before, [0, 2.0])
    assert now(page).heard != before
    assert now(page).label.endswith("shaped")
    choose(page, "shape-1", 0.0)
    assert now(page).heard == before


def test_reset_and_randomize(page):
    before = now(page).heard
    go(page, "shape")
    click(page, "randomize")
    first = dict(now(page).amounts)
    assert now(page).heard != before
    assert page.slider(key="shape-0").value == first[0]
    assert all(abs(amount) <= 3 for amount in first.values())
    click(page, "randomize")
    assert now(page).amounts != first
    click(page, "reset")
    assert now(page).heard == before
    assert page.slider(key="shape-0").value == 0


def test_a_take_is_shaped_and_moving_the_blend_starts_anew(page):
    go(page, "vary")
    take = now(page).takes[0]
    click(page, f"play-{take.number}")
    go(page, "shape")
    choose(page, "shape-0", -1.5)
    assert now(page).heard == engine.model().nudge(take.groove, [-1.5])
    tell_player(page, position=0.0)
    assert not now(page).shaped


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
