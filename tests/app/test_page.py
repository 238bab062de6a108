"""The page as it opens: of itself, and from a link."""

import pytest
import streamlit as st
from drive import APP, choose, click, go, now, part_sends, player_sends, run, shown_part, text
from streamlit.testing.v1 import AppTest

from app import engine, language, page
from app.session import Deck, Session, Take
from app.share import link
from beatgen.errors import ModelError
from beatgen.lock import Lock


def test_it_opens_with_two_different_demo_grooves_half_way_between(apptest):
    session = now(apptest)
    assert session.a.source is not session.b.source
    assert session.heard == engine.blend(session.a.groove, session.b.groove, 0.5)
    assert session.a.source.name in text(apptest) and session.b.source.name in text(apptest)


def test_each_card_says_how_closely_the_model_matches_the_groove(apptest):
    deck = now(apptest).a
    kept = engine.reconstruct(deck.groove).velocity > 0
    struck = deck.groove.velocity > 0
    f1 = 2 * (kept & struck).sum() / (kept.sum() + struck.sum())
    assert engine.match(deck.groove) == pytest.approx(f1)
    labels = [block.proto.popover.label for block in apptest.get("popover")]
    assert f"Match {int(100 * f1)}%" in labels


def test_a_page_is_added_by_one_entry(apptest, monkeypatch):
    def draw(session: Session) -> None:
        st.html(f"<p>at {session.place}</p>")

    monkeypatch.setattr(page, "VIEWS", (*page.VIEWS, page.View("plain", draw)))
    monkeypatch.setitem(language.texts()[language.FIRST], "page.plain", "A plain page")
    run(apptest)
    go(apptest, "plain")
    assert "<p>at (0.5, 0.5)</p>" in text(apptest)
    assert [link.proto.label for link in apptest.get("page_link")][-1] == "A plain page"
    click(apptest, "keep")
    assert len(now(apptest).takes) == 1, "with the player, and what is below it"


def test_nothing_of_tensorflow_is_loaded(apptest):
    import subprocess
    import sys

    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        f"page = AppTest.from_file({str(APP / 'main.py')!r}, default_timeout=60).run(); "
        "assert not page.exception; "
        "assert not {'tensorflow', 'keras', 'jax', 'torch', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=APP.parent)


def test_without_weights_the_page_says_so_in_one_sentence(apptest, monkeypatch):
    def missing():
        raise ModelError("assets/model is missing; install beatgen again.")

    monkeypatch.setattr(engine, "model", missing)
    run(apptest)
    assert [error.value for error in apptest.error] == [
        "assets/model is missing; install beatgen again."
    ]


# What comes from a link ---------------------------------------------------------------------------


def open_link(text: str) -> AppTest:
    page = AppTest.from_file(str(APP / "main.py"), default_timeout=30)
    page.query_params["groove"] = text
    return run(page)


def test_a_link_opens_the_page_that_it_was_made_of(apptest):
    choose(apptest, "demo-a-0", "Bossa nova" if "Bossa nova" in engine.demos() else "Rock")
    player_sends(apptest, position=0.25)
    other = open_link(link.pack(now(apptest)))
    assert now(other).a.source is now(apptest).a.source
    assert now(other).heard == now(apptest).heard
    assert "groove" not in other.query_params


def test_tempo_swing_and_lock_hold_before_the_browser_has_taken_them_up(apptest, random_groove):
    """A reload right after a reload loses nothing."""
    before = Session(now(apptest).a, now(apptest).b, tempo=97.0, swing=0.6)
    before.lock = Lock(random_groove(3), frozenset({0}), frozenset())
    other = run(AppTest.from_file(str(APP / "main.py"), default_timeout=30))
    part_sends(other, "browser-memory", "recalled", link.pack_memory(before))
    kept = link.unpack(shown_part(other, "browser-memory")["page"]).opening
    assert (kept.tempo, kept.swing, kept.lock.voices) == (97.0, 0.6, {0})
    assert now(other).heard.tempo == 97
    player_sends(other, position=0.5, tempo=98.0, swing=0.5, opened=now(other).opening.name)
    assert (now(other).tempo, now(other).swing, now(other).lock) == (98.0, 0.5, None)


def test_a_bad_link_is_reported_until_something_else_plays(apptest):
    other = open_link("1cut")
    (error,) = other.error
    assert "cut off" in error.value
    assert now(other).heard == now(apptest).heard
    player_sends(other, position=0.25)
    assert not other.error


def test_the_title_of_a_take_in_a_link_is_no_markdown(apptest):
    now(apptest).take = Take(1, now(apptest).heard, 1.0, title="[win](https://example.org) <b>")
    other = click(open_link(link.pack(now(apptest))), "make-a")
    assert ">[win](https://example.org) &lt;b&gt;</h2>" in text(other)
    assert not any("example.org" in each.value for each in [*other.caption, *other.markdown])


def test_a_bad_link_leaves_what_the_browser_kept(apptest):
    house = engine.demos()["House"]
    other = open_link("1cut")
    part_sends(
        other, "browser-memory", "recalled", link.pack_memory(Session(Deck(house), Deck(house)))
    )
    assert now(other).a.source is house
    assert "cut off" in other.error[0].value
