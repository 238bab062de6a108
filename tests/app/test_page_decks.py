"""What is on the decks A and B, driven without a browser."""

import pytest
from compare import same_hits
from drive import choose, click, midi_of, now, open_page, run, tell_part, text, upload
from midifile import BAR, KICK, SNARE, end, hit, meter, midi

from app import engine
from app.session import Deck, Session, Source
from app.share import link
from beatgen.groove import Groove


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


def test_a_browser_that_still_shows_the_last_groove_does_not_put_it_back():
    """It sends what its widgets show whenever the player asks for a run."""
    page = open_page()
    house, samba = engine.demos()["House"], now(page).b.source
    shown = page._tree.get_widget_states()
    kept = link.pack_memory(Session(Deck(house), Deck(samba)))
    tell_part(page, "browser-memory", "recalled", kept)
    page._run(shown)
    assert now(page).a.source.name == "House"
    shown = page._tree.get_widget_states()
    click(page, "make-a")
    page._run(shown)
    assert now(page).a.source.name == "Blend 50%"


def begin(page, bar: int) -> None:
    """Have the loop of A begin at this bar, counted from 1."""
    page.number_input(key="start-a-1").set_value(bar)
    run(page)


def test_of_a_long_file_the_bars_are_chosen(page, random_groove):
    long = random_groove(seed=3, bars=9)
    upload(page, "a", "long.mid", midi_of(long))
    assert same_hits(now(page).a.groove, now(page).a.source.groove[0:2])
    choose(page, "length-a-1", 4)
    begin(page, 4)
    assert now(page).a.groove == now(page).a.source.groove[3:7]
    assert now(page).heard.bars == 4
    begin(page, 6)
    choose(page, "length-a-1", 1)
    assert now(page).a.groove == now(page).a.source.groove[5]


def test_a_file_too_long_to_be_kept_says_so_before_a_reload(page, monkeypatch, random_groove):
    monkeypatch.setattr(link, "WHOLE", 8)
    upload(page, "a", "short.mid", midi_of(random_groove(bars=8)))
    assert not any("after a reload" in caption.value for caption in page.caption)
    upload(page, "a", "long.mid", midi_of(random_groove(bars=9)))
    assert any("after a reload" in caption.value for caption in page.caption)


def test_what_was_folded_is_told_on_the_card(page):
    beat = [hit(i * 480, pitch) for i, pitch in enumerate((35, SNARE, 35, SNARE))]
    upload(page, "b", "old kit.mid", midi([*beat, end(BAR)]).getvalue())
    (message,) = now(page).b.source.messages
    assert message in text(page)


NO_DRUMS = midi([end(BAR)])
ODD_METER = midi([meter(0, 7, 8), hit(0, KICK), end(7 * 240)])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"kick snare kick snare", id="text"),
        pytest.param(b"MThd" + b"\xff" * 40, id="damaged"),
        pytest.param(NO_DRUMS.getvalue(), id="no drums"),
        pytest.param(ODD_METER.getvalue(), id="7/8 only"),
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


def test_an_error_tells_a_files_name_as_it_is(page):
    upload(page, "a", "my_*best*_[take](http).mid", b"no MIDI")
    assert "my\\_\\*best\\*\\_\\[take\\](http).mid" in page.error[0].value


def test_a_click_of_the_fidelity_shows_what_differs(page):
    assert not [chart for chart in page.get("plotly_chart") if "missing" in chart.proto.spec]
    page.session_state["match-a"] = True
    run(page)
    assert any("kept" in chart.proto.spec for chart in page.get("plotly_chart"))


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
