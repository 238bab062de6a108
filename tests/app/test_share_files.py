"""The files on the decks, that a browser keeps beside what changes."""

import pytest

from app.session import Deck, Session, Source, Take
from app.share import encoding, link
from beatgen.errors import BeatGenError


@pytest.fixture
def session(random_groove) -> Session:
    """Two files of five bars on the decks, and two takes."""
    a, b = (Source(f"own {i}", random_groove(i, bars=5)) for i in (1, 2))
    session = Session(Deck(a), Deck(b), position=0.3, numbered=7)
    session.a.choose(1, 2)
    session.takes = [Take(i, random_groove(i, bars=i - 5), 0.5) for i in (6, 7)]
    return session


def test_whole_files_stand_apart_from_what_changes(session, random_groove):
    first, *files = link.pack_memory(session).split(" ")
    session.position, session.takes = 0.7, session.takes[:1]
    session.a.choose(2, 1)
    second, *same = link.pack_memory(session).split(" ")
    assert second != first and len(files) == 2 and same == files
    session.b.load(session.a.source)
    assert link.pack_memory(session).split(" ")[1:] == files[:1], "one file on both decks is one"
    assert link.unpack(link.pack_memory(session)).b.source.groove == session.a.source.groove
    session.a.load(Source("long", random_groove(bars=400, density=0.03)))
    assert (
        len(link.pack_memory(session).split(" ")[0]) < 2000 < 20_000 < len(session.a.source.packed)
    )


def test_a_page_of_before_files_stood_apart_is_read(session):
    """They were among the hits of what changes."""
    head, _ = encoding.unpack(link.pack_memory(session).split(" ")[0], 100)
    takes = [take.groove for take in session.takes]
    sources = [session.deck(side).source.groove for side in "ab"]
    for side, groove in zip("ab", sources, strict=True):
        del head[side]["file"]
        head[side]["groove"] = {"bars": groove.bars, "tempo": groove.tempo}
    back = link.unpack(encoding.pack(head, [*sources, *takes]))
    assert [back.deck(side).source.groove for side in "ab"] == sources
    assert back.a.groove == session.a.groove


@pytest.mark.parametrize("left", [0, 1])
def test_a_page_that_lacks_a_file_or_has_another_in_its_place_is_refused(session, left):
    first, *files = link.pack_memory(session).split(" ")
    for cut in ([first, *files[:left]], [first, *files[:left], first], [first, *files, *files]):
        with pytest.raises(BeatGenError, match="cut off or changed"):
            link.unpack(" ".join(cut))
