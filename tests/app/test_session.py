"""What a session holds: the wall of takes and the walls before it, after a reload too; sources."""

import numpy as np
import pytest

from app import engine
from app.session import FRESH, GONE, MOST_TAKES, Deck, Session, Source, Take, fitting
from app.share import link


@pytest.fixture
def session(random_groove) -> Session:
    """Two demo grooves and a wall of two takes, the first of them kept."""
    session = Session(*(Deck(engine.demos()[name]) for name in ("Funk", "Samba")), numbered=7)
    kept = Take(6, random_groove(6), 0.5, kept=True)
    session.takes = [kept, Take(7, random_groove(7, bars=3), 0.25)]
    return session


def numbers(takes) -> list[int]:
    return [take.number for take in takes]


def test_what_went_last_comes_back_first_and_nothing_goes_for_it(session, random_groove):
    session.add_takes([random_groove(i) for i in range(12)], [1 - i / 100 for i in range(12)])
    first = list(session.takes)
    kept, *others = session.takes[1:5]
    kept.kept = True
    for take in others:
        session.discard(take)
    for take in reversed(others):
        session.restore()
        assert take in session.takes
    assert session.takes == first, "where they were"
    session.restore()
    assert numbers(session.takes) == [6, 7, *numbers(first[1:])], "those before the last Vary"
    assert session.walls == [], "and there are no more"
    session.restore()
    assert len(session.takes) == 14


def test_the_last_24_takes_that_went_come_back(session, random_groove):
    session.takes = session.takes[:1]
    groove = random_groove(bars=1)
    for _ in range(4):
        session.add_takes([groove] * 9, [0.5] * 9)
    assert session.numbered == 7 + 36
    while session.walls:
        session.restore()
    oldest, went, there = range(8, 17), range(17, 35), range(35, 44)
    assert sorted(numbers(session.takes)) == [6, *oldest[:6], *went, *there]


def test_all_but_kept_ones_are_discarded_and_come_back_together(session, random_groove):
    session.add_takes([random_groove(i) for i in range(3)], [0.5] * 3)
    before = list(session.takes)
    session.discard_others()
    assert numbers(session.takes) == [6]
    session.restore()
    assert session.takes == before


def test_one_discard_is_undone_by_itself(session, random_groove):
    session.add_takes([random_groove(i) for i in range(4)], [0.5] * 4)
    before = list(session.takes)
    session.discard(before[2])
    session.discard(before[3])
    session.put_back(before[2].number)
    assert session.takes == [take for take in before if take is not before[3]]
    session.put_back(before[2].number)
    session.put_back(999)
    assert len(session.takes) == len(before) - 1
    session.restore()
    assert session.takes == before


def test_what_does_not_fit_on_the_wall_is_what_is_not_kept(random_groove):
    groove = random_groove()
    takes = [Take(i, groove, 0.5, kept=i % 2 == 0) for i in range(2 * MOST_TAKES)]
    hung = fitting(takes)
    assert [take for take in hung if take.kept] == takes[::2]
    assert [take for take in hung if not take.kept] == takes[1 : 2 * (FRESH + GONE) : 2]
    assert numbers(hung) == sorted(numbers(hung))


def test_a_link_opened_over_a_full_wall_drops_no_kept_take(session, random_groove):
    groove = random_groove(bars=1)
    before = Session(session.a, session.b, numbered=MOST_TAKES)
    before.takes = [Take(i + 1, groove, 0.5, kept=True) for i in range(MOST_TAKES)]
    before.add_takes([groove] * FRESH, [0.5] * FRESH)
    kept = numbers(take for take in before.takes if take.kept)
    session.take = session.takes[0]
    session.add_wall(before)
    assert numbers(take for take in session.takes if take.kept) == [session.take.number, *kept]
    session.restore()
    assert numbers(take for take in session.takes if take.kept) == [session.take.number, *kept]


# --- a reload


def test_takes_that_went_from_the_wall_can_be_brought_back_after_a_reload(session, random_groove):
    for seed in range(20, 24):
        session.add_takes([random_groove(seed + i) for i in range(0, 12, 4)], [0.3, 0.2, 0.1])
    session.takes[0].stars, session.takes[1].title = 2, "The one"
    back = link.unpack(link.pack_memory(session))
    assert [(t.stars, t.name) for t in back.takes] == [(t.stars, t.name) for t in session.takes]
    for _ in range(5):
        assert numbers(back.takes) == numbers(session.takes)
        assert [len(wall) for wall in back.walls] == [len(wall) for wall in session.walls]
        for take, other in zip(back.takes, session.takes, strict=True):
            assert (take.groove, take.fresh) == (other.groove, other.fresh)
        back.restore()
        session.restore()


def test_no_kept_take_goes_for_a_fresh_one_by_a_reload(session, random_groove):
    grooves = [random_groove(i, bars=1, density=0.01) for i in range(MOST_TAKES + 20)]
    session.takes = [Take(i + 1, groove, 0.5) for i, groove in enumerate(grooves)]
    for take in session.takes[20:]:
        take.kept = True
    back = link.unpack(link.pack_memory(session))
    kept = [take.number for take in session.takes if take.kept]
    assert [take.number for take in back.takes if take.kept] == kept
    assert [take.number for take in back.takes] == [*range(1, 21), *kept]


def test_an_edited_groove_comes_along_while_a_is_listened_to(session, random_groove):
    session.heard, session.monitor, session.edited = session.a.groove, "a", random_groove(9)
    for text in (link.pack(session), link.pack_memory(session)):
        back = link.unpack(text)
        assert back.take.groove == session.edited
        assert back.take.name == f"{session.label}, edited"


# --- sources


def test_every_loop_is_that_of_the_whole_groove_to_the_last_bit(random_groove):
    groove = random_groove(bars=7, density=0.05)
    source = Source("seven", groove)
    assert (source.bars, source.tempo, source.groove) == (7, groove.tempo, groove)
    for start in range(7):
        for bars in range(1, 8 - start):
            assert source.loop(start, bars) == groove[start : start + bars]


def test_silence_is_held(random_groove):
    silence = random_groove(bars=3, density=0)
    assert Source("rest", silence).groove == silence


def test_a_long_file_takes_no_more_than_its_hits(random_groove):
    groove = random_groove(bars=400, density=0.015)
    held = [value for value in vars(Source("long", groove)).values() if hasattr(value, "nbytes")]
    assert sum(array.nbytes for array in held) == 12 * np.count_nonzero(groove.velocity)
    assert all(array.base is None for array in held), "a view would keep all of the groove alive"
