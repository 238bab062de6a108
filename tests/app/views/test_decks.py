"""What is on the decks A and B, driven without a browser."""

from itertools import count

import pytest
from compare import same_hits
from drive import choose, click, midi_of, now, open_page, part_sends, run, text, upload
from midifile import BAR, KICK, SNARE, end, hit, meter, midi
from streamlit_inside import run_with, widget_states

from app import engine
from app.session import Deck, Session, Source
from app.share import link
from beatgen.groove import Groove
from beatgen.kit import INDEX, NAMES

TURNS = count(1)  # of what is chosen on an overview


def test_an_uploaded_file_becomes_a(apptest, rock):
    upload(apptest, "a", "my rock.mid", midi_of(rock))
    assert now(apptest).a.source.name == "my rock"
    assert same_hits(now(apptest).a.groove, rock)
    assert "my rock" in text(apptest)
    assert now(apptest).heard.tempo == pytest.approx((rock.tempo + now(apptest).b.groove.tempo) / 2)


def test_a_demo_groove_is_picked_for_b(apptest):
    other = next(name for name in engine.demos() if name != now(apptest).b.source.name)
    choose(apptest, "demo-b-0", other)
    assert now(apptest).b.source is engine.demos()[other]


def test_an_upload_empties_the_demo_list_and_a_demo_can_follow(apptest, rock):
    first = now(apptest).a.source.name
    upload(apptest, "a", "rock.mid", midi_of(rock))
    assert apptest.selectbox(key="demo-a-1").value is None
    choose(apptest, "demo-a-1", first)
    assert now(apptest).a.source.name == first


def test_a_browser_that_still_shows_the_last_groove_does_not_put_it_back():
    """It sends what its widgets show whenever the player asks for a run."""
    page = open_page()
    house, samba = engine.demos()["House"], now(page).b.source
    shown = widget_states(page)
    kept = link.pack_memory(Session(Deck(house), Deck(samba)))
    part_sends(page, "browser-memory", "recalled", kept)
    run_with(page, shown)
    assert now(page).a.source.name == "House"
    shown = widget_states(page)
    click(page, "make-a")
    run_with(page, shown)
    assert now(page).a.source.name == "Blend 50%"


def begin(page, bar: int) -> None:
    """Have the loop of A begin at this bar, counted from 1."""
    part_sends(page, "overview-a-1", "chosen", [next(TURNS), bar - 1])


def test_of_a_long_file_the_bars_are_chosen(apptest, random_groove):
    long = random_groove(seed=3, bars=9)
    upload(apptest, "a", "long.mid", midi_of(long))
    assert same_hits(now(apptest).a.groove, now(apptest).a.source.groove[0:2])
    choose(apptest, "length-a-1", 4)
    begin(apptest, 4)
    assert now(apptest).a.groove == now(apptest).a.source.groove[3:7]
    assert now(apptest).heard.bars == 4
    begin(apptest, 6)
    choose(apptest, "length-a-1", 1)
    assert now(apptest).a.groove == now(apptest).a.source.groove[5]


def test_a_file_too_long_to_be_kept_says_so_before_a_reload(apptest, monkeypatch, random_groove):
    monkeypatch.setattr(link, "WHOLE", 8)
    upload(apptest, "a", "short.mid", midi_of(random_groove(bars=8)))
    assert not any("after a reload" in caption.value for caption in apptest.caption)
    upload(apptest, "a", "long.mid", midi_of(random_groove(bars=9)))
    assert any("after a reload" in caption.value for caption in apptest.caption)


def test_what_was_folded_is_reported_on_the_card(apptest):
    beat = [hit(i * 480, pitch) for i, pitch in enumerate((35, SNARE, 35, SNARE))]
    upload(apptest, "b", "old kit.mid", midi([*beat, end(BAR)]).getvalue())
    (message,) = now(apptest).b.source.messages
    assert message in text(apptest)


NO_DRUMS = midi([end(BAR)])
ODD_METER = midi([meter(0, 17, 4), hit(0, KICK), end(17 * 480)])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"kick snare kick snare", id="text"),
        pytest.param(b"MThd" + b"\xff" * 40, id="damaged"),
        pytest.param(NO_DRUMS.getvalue(), id="no drums"),
        pytest.param(ODD_METER.getvalue(), id="17/4 only"),
        pytest.param(b"MThd" + bytes(50_000_000), id="50 MB"),
    ],
)
def test_a_bad_file_gives_one_sentence_and_the_groove_stays(apptest, content):
    before = now(apptest).a.source
    upload(apptest, "a", "bad.mid", content)
    (error,) = apptest.error
    assert "bad.mid" in error.value and "\n" not in error.value and "Traceback" not in error.value
    assert now(apptest).a.source is before
    choose(apptest, "demo-a-1", next(name for name in engine.demos() if name != before.name))
    assert not apptest.error


def test_an_error_shows_a_files_name_as_it_is(apptest):
    upload(apptest, "a", "my_*best*_[take](http).mid", b"no MIDI")
    assert "my\\_\\*best\\*\\_\\[take\\](http).mid" in apptest.error[0].value


def test_a_click_on_the_match_shows_what_differs(apptest):
    assert not [chart for chart in apptest.get("plotly_chart") if "missing" in chart.proto.spec]
    apptest.session_state["match-a"] = True
    run(apptest)
    assert any("kept" in chart.proto.spec for chart in apptest.get("plotly_chart"))


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


# --- drum maps


def in_toontracks_notes() -> bytes:
    """Two bars of rock: closed hats on 61 and 63, one note that no map knows."""
    hats = [hit(i * 240, (63, 61)[i % 2]) for i in range(16)]
    kicks = [hit(tick, KICK) for tick in (0, 1200, BAR, BAR + 1200)]
    snares = [hit(tick, SNARE) for tick in (480, 1440, BAR + 480, BAR + 1440)]
    return midi([*hats, *kicks, *snares, hit(960, 100), hit(BAR + 960, 100)]).getvalue()


def hats_of(page) -> int:
    names = dict(enumerate(NAMES))
    struck = now(page).a.groove.velocity.any((0, 1))
    return sum(names.get(i) == "hi-hat" for i in struck.nonzero()[0])


def test_a_deck_shows_the_map_that_was_recognised_and_one_choice_changes_it(apptest):
    upload(apptest, "a", "rock.mid", in_toontracks_notes())
    assert apptest.selectbox(key="map-a-1").value == "toontrack" and hats_of(apptest) == 1
    assert "Read as Toontrack" in text(apptest)
    choose(apptest, "map-a-1", "gm")
    assert now(apptest).a.source.file.map == "gm" and hats_of(apptest) == 0
    assert apptest.selectbox(key="map-a-2").value == "gm"


def test_a_note_that_no_map_knows_is_given_a_voice(apptest):
    upload(apptest, "a", "rock.mid", in_toontracks_notes())
    note = apptest.selectbox(key="note-100-a-1")
    assert note.label == "100 (2 hits)" and note.value == "note 100"
    choose(apptest, "note-100-a-1", "crash 1")
    assert now(apptest).a.groove.velocity[:, :, INDEX["crash 1"]].astype(bool).sum() == 2
    assert apptest.selectbox(key="note-100-a-2").value == "crash 1"
    choose(apptest, "note-100-a-2", "-")
    assert not now(apptest).a.groove.velocity[:, :, INDEX["crash 1"]].any()
    assert now(apptest).a.source.file.map == "toontrack"


def test_a_demo_groove_has_no_map(apptest):
    assert not [each for each in apptest.selectbox if str(each.key).startswith("map-")]


def test_an_address_of_groovescribe_is_pasted_where_demos_are_chosen(apptest) -> None:
    def paste(address: str) -> None:
        box = apptest.selectbox(key=f"demo-a-{now(apptest).a.renewed}")
        states = widget_states(apptest)
        (state,) = [each for each in states.widgets if each.id == box.id]
        state.string_value = address
        run_with(apptest, states)

    paste("https://a.b/gscribe?TimeSig=4/4&Div=8&Tempo=77&H=|xxxxxxxx|&K=|o---o---|")
    source = now(apptest).a.source
    assert (source.name, source.tempo) == ("GrooveScribe", 77)
    assert (source.groove.velocity > 0).sum() == 10
    paste("https://a.b/?nothing")
    assert now(apptest).a.source is source
    assert now(apptest).a.error.startswith("GrooveScribe: a file that begins")
