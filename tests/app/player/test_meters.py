"""Meters on the page: what the browser is sent and sends, decks, links."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest

from app import engine
from app.player.wire import Edit, pack_groove, pack_lock, read_lock, with_edits
from app.session import Deck, Session, Source
from app.share import link
from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.kit import INDEX
from beatgen.lock import Lock
from beatgen.meter import Meter

SNARE = INDEX["snare"]
WALTZ = Groove.from_tab(
    "kick |o-----------|o---------o-|\nsnare |----o---o---|----o---o---|", 140, meter="3/4"
)
MIXED = Groove.from_tab("snare |o---o---o---o---|o---o---|o---|", 110, meter="4/4 2/4 1/4")


def test_the_browser_is_told_meters_where_they_are_not_all_common():
    assert "meters" not in pack_groove(Groove.from_tab("kick |o---|"))
    assert pack_groove(WALTZ)["meters"] == ["3/4"]
    assert pack_groove(MIXED)["meters"] == ["4/4", "2/4", "1/4"]
    assert pack_groove(WALTZ)["steps"] == 64
    assert pack_groove(WALTZ)["id"] != pack_groove(WALTZ[:1])["id"]


def test_edits_count_steps_through_bars_of_any_length():
    edited = with_edits(MIXED, [Edit(64, SNARE, 0, 0.0), Edit(96 + 8, SNARE, 90, 0.25)])
    assert edited.velocity[1, :, SNARE].nonzero()[0].tolist() == [16]
    assert edited.velocity[2, :, SNARE].nonzero()[0].tolist() == [0, 8]
    assert edited.meters == MIXED.meters


def test_a_lock_comes_back_with_its_meters():
    lock = Lock(MIXED, frozenset({0}), frozenset({16, 20, 24}))
    sent = pack_lock(lock)
    assert sent["meters"] == ["4/4", "2/4", "1/4"]
    edits = [[64, SNARE, 80, 0], [80, SNARE, 80, 0], [96, SNARE, 80, 0]]
    message = {**sent, "hits": edits}
    back = read_lock(message, 64, [MIXED])
    assert back.held == replace(lock.held, tempo=120.0)
    assert back.sixteenths == lock.sixteenths
    assert not back.fits(WALTZ)
    for wrong in (["waltz"], [], 7, ["3/5"], [None]):
        found = read_lock({**message, "meters": wrong}, 64)
        assert found is None or found.groove.is_common


def test_decks_of_two_meters_are_blended_in_the_one_that_is_chosen():
    session = Session(Deck(Source("waltz", WALTZ)), Deck(engine.demos()["Funk"]))
    a, b = session.pair
    assert a == WALTZ and b.meters == (Meter(3, 4),) * 2
    assert engine.blend(a, b, 0.0) == WALTZ
    session.meter = "b"
    a, b = session.pair
    assert b == session.b.groove and a.is_common
    frames = engine.path(a, b)
    assert frames[0].is_common and frames[-1] == b
    assert engine.path_places(*session.pair).shape == (2, engine.FRAMES, 2)
    mixed = Source("mixed", MIXED)
    assert mixed.loop(1, 2) == MIXED[1:] and mixed.groove == MIXED


def test_a_link_brings_back_every_meter():
    session = Session(Deck(Source("waltz", WALTZ)), Deck(Source("mixed", MIXED)), meter="b")
    for text in (link.pack(session), link.pack_memory(session)):
        back = link.unpack(text)
        assert back.meter == "b"
        assert back.a.groove == session.a.groove and back.b.groove == session.b.groove
    assert link.pack(session)[0] == "2"
    assert link.pack(Session(*(Deck(engine.demos()[name]) for name in ("Funk", "Samba"))))[0] == "1"
    head, _, hits = zlib.decompress(urlsafe_b64decode(link.pack(session)[1:] + "==")).partition(
        b"\0"
    )
    for wrong in ("2/4", "waltz", 3, "", "9/4"):
        changed = json.loads(head)
        changed["a"]["groove"]["meters"] = wrong
        packed = zlib.compress(json.dumps(changed).encode() + b"\0" + hits)
        with pytest.raises(BeatGenError, match="cut off or changed"):
            link.unpack("2" + urlsafe_b64encode(packed).decode().rstrip("="))
