"""Share links and browser memories that earlier versions made open as they were.

links.json holds what versions up to 0.2.0 packed, and what was on the page when they did. Nothing
in it may be changed: such links are in mails and bookmarks, such memories in browsers. A new form
of links adds cases.
"""

import json
import os
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import engine
from app.session import Deck, Session, Take
from app.share import encoding, link, voices
from beatgen.groove import Groove
from beatgen.kit import EVERY
from beatgen.lock import Lock

CASES = json.loads(Path(__file__).with_name("links.json").read_text("utf-8"))


def digest(groove: Groove) -> str:
    """Of the hits as a link holds them: MIDI velocities, timing in 1/120 of a step."""
    velocity = np.rint(groove.velocity * 127).astype(np.uint8)
    timing = np.rint(groove.timing * 120).astype("<i2")
    return blake2b(velocity.tobytes() + timing.tobytes(), digest_size=8).hexdigest()


def hits(groove: Groove) -> dict[str, Any]:
    return {
        "bars": groove.bars,
        "hits": np.count_nonzero(groove.velocity),
        "digest": digest(groove),
    }


def groove_facts(groove: Groove) -> dict[str, Any]:
    return {**hits(groove), "tempo": groove.tempo}


def deck_facts(deck: Deck) -> dict[str, Any]:
    return {
        "name": deck.source.name,
        "style": deck.source.style,
        "demo": engine.demos().get(deck.source.name) is deck.source,
        "start": deck.start,
        "loop": groove_facts(deck.groove),
        "source": groove_facts(deck.source.groove),
    }


def take_facts(take: Take) -> dict[str, Any]:
    return {
        "number": take.number,
        "name": take.name,
        "kept": take.kept,
        "similarity": take.similarity,
        **groove_facts(take.groove),
    }


def lock_facts(lock: Lock | None) -> dict[str, Any] | None:
    if lock is None:
        return None
    held = lock.keep(Groove(np.zeros_like(lock.groove.velocity)))
    return {
        "voices": sorted(lock.voices),
        "sixteenths": sorted(lock.sixteenths),
        **hits(held),
    }


def page_facts(session: Session) -> dict[str, Any]:
    """All that a link or memory may hold."""
    opening = session.opening
    assert opening is not None
    names = [direction.name for direction in engine.directions()]
    return {
        "a": deck_facts(session.a),
        "b": deck_facts(session.b),
        "position": session.position,
        "feel": session.feel,
        "tempo": opening.tempo,
        "swing": opening.swing,
        "amounts": {names[i]: amount for i, amount in session.amounts.items()},
        "seed": session.seed,
        "takes": [take_facts(take) for take in session.takes],
        "plays": None if session.take is None else session.takes.index(session.take),
        "lock": lock_facts(opening.lock),
        "walls": [[take.number for take in wall] for wall in session.walls],
    }


@pytest.mark.parametrize("name", CASES)
def test_it_opens_as_it_was(name):
    assert page_facts(link.unpack(CASES[name]["text"])) == CASES[name]["holds"]


@pytest.mark.parametrize("name", CASES)
def test_what_is_packed_again_opens_alike(name):
    session = link.unpack(CASES[name]["text"])
    opening = session.opening
    session.tempo, session.swing, session.lock = opening.tempo, opening.swing, opening.lock
    assert page_facts(link.unpack(link.pack_memory(session))) == CASES[name]["holds"]


INSERTED = """
import json, sys
from pathlib import Path
from types import ModuleType

kit = sys.modules["beatgen.kit"] = ModuleType("beatgen.kit")
import beatgen
source = Path(beatgen.__file__).with_name("kit.py").read_text("utf-8")
table = "_PERCUSSION: tuple[tuple[int, str, str], ...] = (\\n"
assert table in source
exec(source.replace(table, table + '    (90, "gong", "crash 1"),\\n'), vars(kit))
from app.share import encoding
head, hits = encoding.unpack(sys.argv[1], 64)
hits.expect(head)
(groove,) = hits.grooves()
print(json.dumps([kit.EVERY[22].name, sorted(kit.EVERY[n].name for n in groove.voices[22:])]))
"""


def test_a_voice_that_is_put_into_the_kit_shifts_no_link():
    """A link of before, opened where the kit's table has one voice more in its midst."""
    every = Groove.from_tab("kick |o---|\nclap |--o-|\nshaker |oooo|")
    packed = encoding.pack(encoding.record_of(every), [every])
    root = Path(__file__).parents[3]
    run = subprocess.run(
        [sys.executable, "-c", INSERTED, packed],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == ["gong", ["clap", "shaker"]]


def test_each_voice_has_a_number_in_links_and_keeps_it():
    assert set(voices.WRITE) == set(EVERY), "add the new voice at the end of WRITTEN"
    first = json.dumps(voices.WRITTEN[:64]).encode()
    assert blake2b(first, digest_size=8).hexdigest() == "0b97a73ae9299c21"
