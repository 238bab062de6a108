"""What is long is sent once, or not at all: the path beside a long take, and whole files."""

import io
import json

from test_kept import blend_at, kept, wait_until_kept
from visiting import (
    MAIN,
    hits_of,
    ready,
    remembered,
    same,
    settled,
    shown,
    take_button,
    titled,
    wall,
)

from app import engine
from app.session import Deck, Session, Source, Take
from app.share import link
from beatgen.groove import Groove
from beatgen.midi import write_midi

SMALL = 50_000  # bytes of a run; a busy machine takes more than one
LONG = 400  # bars
KEEP = "text => localStorage.getItem('beatgen') ?? localStorage.setItem('beatgen', text)"


def come_back(serve, open_page, session: Session, name: str = ""):
    """Open a page of the app in a browser that keeps this one; gives it, and what it is sent."""
    page = open_page("about:blank", height=1000)
    page.add_init_script(f"({KEEP})({json.dumps(link.pack_memory(session))})")
    received: list[bytes] = []

    def hear(content: bytes) -> None:
        received.append(content)

    page.on("websocket", lambda socket: socket.on("framereceived", hear))
    page.goto(f"{serve(MAIN)}/{name}")
    return remembered(page), received


def of_a_run(received: list[bytes]) -> float:
    """Bytes for each run of the page: one begins by telling which script it is."""
    runs = sum(str(MAIN).encode() in content for content in received)
    assert runs, "no run"
    return sum(map(len, received)) / runs


def demo_decks() -> tuple[Deck, Deck]:
    a, b = (Deck(engine.demos()[name]) for name in ("Funk", "Samba"))
    return a, b


def test_a_long_take_sounds_in_full_and_the_way_is_not_sent_again(serve, open_page):
    session = Session(*demo_decks(), numbered=1)
    walk = engine.morph(session.a.groove, session.b.groove, 32, 104.0)
    session.takes = [Take(1, walk, 1.0, kept=True)]
    page, received = come_back(serve, open_page, session, "vary")
    wall(page, 1)
    assert any(b'"frames"' in content for content in received), "this is how a path comes"
    received.clear()
    take_button(page, 1).click()
    titled(page, "Take 1")
    settled(page)
    page.mouse.move(5, 5)
    page.wait_for_function("beatgen.state.hits.some(({ step }) => step > 31 * 64)")
    assert same(shown(page), hits_of(walk))
    listening = page.get_by_role("group", name="Listen to")
    listening.get_by_role("button", name="A", exact=True).click()
    settled(page)
    assert same(shown(page), hits_of(session.a.groove.repeat(32)))
    assert not any(b'"frames"' in content for content in received)
    assert of_a_run(received) < SMALL


def test_whole_files_are_sent_once_and_come_back_after_a_reload(serve, open_page, random_groove):
    sources = [Source(f"long {i}", random_groove(i, bars=LONG, density=0.02)) for i in range(2)]
    beat = io.BytesIO()
    write_midi(Groove.from_tab("kick |o---|\nsnare |--o-|\nhi-hat |xxxx|"), beat, map="toontrack")
    sources[0].file = engine.read("beat.mid", beat.getvalue(), "toontrack").file
    session = Session(*map(Deck, sources))
    session.b.choose(299, 2)
    page, received = come_back(serve, open_page, session)
    page.locator(".st-key-deck-b h2", has_text="long 1").wait_for()  # Python knows it again
    settled(page)
    files = [source.packed.encode()[:500] for source in sources]
    assert all(any(file in content for content in received) for file in files)
    for place in (0.25, 0.75):
        received.clear()
        blend_at(page, place)
        wait_until_kept(page, lambda found, place=place: found.position == place)
        settled(page)
        assert of_a_run(received) < SMALL
        assert not any(file in content for content in received for file in files)
    page.reload()
    titled(ready(page), "Blend 75%")
    found = link.unpack(kept(page))
    assert [found.deck(side).source.groove for side in "ab"] == [s.groove for s in sources]
    assert found.b.start == 299
    assert found.a.source.file == sources[0].file
    page.locator(".st-key-read-as-a", has_text="Toontrack").wait_for()  # and can be read anew
