"""What is fuzzed: everything that reads bytes which others made.

A target takes any bytes. What comes out of it is an answer or a BeatGenError of one short sentence;
all else is a fault, and so is an input that takes long or much memory. Where something was read,
what has to hold of it is asserted: a groove that a file gave is written, and read back.
"""

from __future__ import annotations

import io
import json
import tempfile
import warnings
import zipfile
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import numpy as np
from fuzz import corpus
from fuzz.mutate import Mutate, beside, bytes_changed, json_changed, lines_changed

from beatgen import assets
from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.latent.runtime import CARD, NETWORK, SPACE
from beatgen.midi import write_midi
from beatgen.readers import READERS, scan

LONGEST_SENTENCE = 300
MOST_HITS = 2000  # of a groove that is written and read back


@dataclass(frozen=True)
class Target:
    """run: takes any bytes; raises BeatGenError for what it refuses. seeds: inputs to begin with.
    mutate: an input made of another."""

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    mutate: Mutate = bytes_changed


def check(target: Target, data: bytes) -> bool:
    """Whether an input was taken; raises what is a fault."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            target.run(data)
    except BeatGenError as error:
        sentence = str(error).replace(str(_folder()), "")
        assert sentence.strip() and "\n" not in sentence, f"not one line: {sentence!r}"
        assert len(sentence) < LONGEST_SENTENCE, f"{len(sentence)} characters: {sentence!r}"
        return False
    return True


# Files of other programs ------------------------------------------------------------------------


def read_as(ending: str) -> Callable[[bytes], None]:
    """Reads a file whose name has this ending, as `bg.read` does, and checks what came of it."""

    def run(data: bytes) -> None:
        groove, report = scan(io.BytesIO(data), name=f"fuzzed{ending}")
        assert all(isinstance(message, str) for message in report.messages)
        json.dumps(report.as_dict())
        assert report.rows() and (ending == ".tab" or groove.velocity.any())
        kept(groove)

    return run


def kept(groove: Groove) -> None:
    """What is written of a groove and read again is the same file, and a link holds its hits."""
    if np.count_nonzero(groove.velocity) > MOST_HITS or groove.bars > 64:
        return
    if any(name.startswith("note ") for name in groove.extras):  # another map names it
        return
    once, twice = io.BytesIO(), io.BytesIO()
    write_midi(groove, once, map="gm")
    again = scan(io.BytesIO(once.getvalue()), name="written.mid", map="gm")[0]
    assert np.count_nonzero(again.velocity) == np.count_nonzero(groove.velocity), "hits are lost"
    write_midi(again, twice, map="gm")
    assert once.getvalue() == twice.getvalue(), "what is written twice differs"


def packed_scores() -> list[bytes]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        root = "<container><rootfiles><rootfile full-path='a.xml'/></rootfiles></container>"
        archive.writestr("META-INF/container.xml", root)
        archive.writestr("a.xml", corpus.musicxml()[0])
    return [packed.getvalue()]


def read_map(data: bytes) -> None:
    from beatgen.midi.maps import parse_map

    drums = parse_map(data, "fuzzed.tsv")
    write_midi(corpus.BARE, io.BytesIO(), map=drums)
    scan(io.BytesIO(corpus.midi()[0]), map=drums)


def read_rhythm(data: bytes) -> None:
    import beatgen as bg

    bg.read_rhythm(io.BytesIO(data), name="fuzzed.mid")


# What the page is told --------------------------------------------------------------------------


def open_link(data: bytes) -> None:
    from app.share import link

    session = link.unpack(data.decode("utf-8", "surrogateescape"))
    packed = link.pack_memory(session)
    again = link.unpack(packed)
    assert [take.number for take in again.takes] == [take.number for take in session.takes]
    for one, other in ((session.a, again.a), (session.b, again.b)):
        assert np.array_equal(one.groove.velocity, other.groove.velocity)


def open_unpacked_link(data: bytes) -> None:
    """What a link holds, packed: its JSON and its hits."""
    zipped = urlsafe_b64encode(zlib.compress(data, 1))
    open_link(b"2" + zipped.rstrip(b"="))


def open_download(data: bytes) -> None:
    """An address of the page's downloads; MIDI alone is made, sound takes long."""
    from starlette.requests import Request

    from app import downloads

    try:
        address = urlsplit(data.decode("latin-1"))
    except ValueError:
        return  # no browser and no server takes it
    text, _, ending = address.path.rpartition("/")[2].rpartition(".")
    params = {"text": text, "ending": ending if ending != "wav" else "mid"}
    query = address.query.encode("latin-1")
    scope = {"type": "http", "headers": [], "path_params": params, "query_string": query}
    answer = downloads.answer(Request(scope))
    assert answer.status_code in (200, 404), answer.body


def take_message(data: bytes) -> None:
    """What the player in the browser sends, and what the other parts of the page do: any JSON."""
    message = _json(data)
    if not isinstance(message, dict):
        message = {"turn": message}
    _play(message)
    _do(message)


def _json(data: bytes) -> Any:
    """As Streamlit reads it of the websocket."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


@cache
def _scenes() -> tuple[Any, ...]:
    from app.player import Scene

    _, funk, _, mixed, clap, *_ = corpus.grooves()
    return tuple(
        Scene([groove, groove], 0.25, settled=groove, feel=0.5) for groove in (funk, clap, mixed)
    )


def _play(message: dict[str, Any]) -> None:
    import app.player as page
    from app.player import parts
    from app.player.messages import Opening
    from app.player.wire import pack_groove

    for scene in _scenes():
        with _state(page) as state, patch.object(page, "mount"):
            page.player(scene, Opening("x"))
            ids = page._memory("player").packed["id"], pack_groove(scene.settled)["id"]
            own = {"PATH": ids[0], "BASE": ids[1]}
            named = {k: own.get(v, v) if isinstance(v, str) else v for k, v in message.items()}
            state["player"] = {"played": named}
            page.returned()
            page.presses()
            page.finish_asked()
            page.wall_acts()
            place = page.released(0.5, None)
            assert 0 <= place[0] <= 1
            played = page.player(scene, Opening("y"))
            pack_groove(played.sounding)
            assert played.tempo is None or 10 <= played.tempo <= 1000
            assert 0.5 <= played.swing <= 0.75
    parts.read_taps(message.get("bars"), message.get("tempo"), message.get("taps"))


def _do(message: dict[str, Any]) -> None:
    """What is done on the other parts of the page."""
    from functools import partial

    from app.player import parts, wall
    from app.session import STARS
    from app.views.map import selection
    from app.views.wall import act

    page = corpus.sessions()[1]
    events = ("acts", "turned", "tapped", "region", "chosen")
    with _state(parts) as state, patch.object(wall, "st", parts.st), _mounted() as called:
        state["part"] = {event: message.get(event) for event in events}
        turn = parts.Turn("a", "b", "c", 0.0, [corpus.BARE])
        wall.takes_wall([], None, partial(act, page), key="part")
        parts.shape_panel([turn, turn], 2.0, lambda amounts: None, key="part")
        selection(_atlas(), parts.chart_region("chart", lambda x, y: None, key="part"))
        parts.tap_pad(kept, key="part")
        parts.file_overview([0.5], 0, 1, "", lambda first: page.a.choose(first, 1), key="part")
        for callback in called:
            callback()
    assert all(isinstance(take.title, str) and 0 <= take.stars <= STARS for take in page.takes)


@cache
def _atlas() -> Any:
    from app import engine

    return engine.atlas()


@contextmanager
def _state(module: Any) -> Iterator[dict[str, Any]]:
    """A musician's session as a plain dictionary."""
    state: dict[str, Any] = {}
    with patch.object(module, "st", SimpleNamespace(session_state=state)):
        yield state


@contextmanager
def _mounted() -> Iterator[list[Callable[[], None]]]:
    """What the parts that are shown meanwhile call when the browser sends something."""
    from app.player import parts, wall

    called: list[Callable[[], None]] = []

    def mount(name: str, key: str, data: Any, width: str = "", **callbacks: Any) -> Mapping:
        called.extend(callbacks.values())
        return parts.st.session_state.get(key, {})

    with patch.object(parts, "part", mount), patch.object(wall, "part", mount):
        yield called


# Files of the program ---------------------------------------------------------------------------


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="beatgen-fuzz-"))


def zipped(data: bytes) -> bytes:
    """An .npz of what `corpus.arrays` packed: the arrays may be damaged, the sums are right."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        names = set()
        while data:
            head, _, data = data.partition(b"\n")
            name, _, length = head.decode("latin-1").partition(" ")
            size = int(length) if length.isdecimal() and len(length) < 9 else len(data)
            if name not in names and name.isidentifier():
                archive.writestr(f"{name}.npy", data[:size])
            names.add(name)
            data = data[size:]
    return packed.getvalue()


def load_bars(data: bytes) -> None:
    from beatgen.data.dataset import SPLITS, load_dataset

    path = _folder() / "bars.npz"
    path.write_bytes(data)
    dataset = load_dataset(path)
    dataset.groove(len(dataset) - 1)
    for split in SPLITS:
        with suppress(BeatGenError):
            dataset.split(split).grids()


def load_space(data: bytes) -> None:
    """An .npz beside the weights: what the training bars look like in latent space."""
    _play_weights(_weights(SPACE, zipped(data)))


def load_card(data: bytes) -> None:
    _play_weights(_weights(CARD, data))


def load_network(data: bytes) -> None:
    _play_weights(_weights(NETWORK, data))


def load_atlas(data: bytes) -> None:
    from beatgen.latent.atlas import ATLAS, load_atlas

    atlas = load_atlas(_weights(ATLAS, zipped(data)))
    atlas.nearest(corpus.BARE)
    atlas.sample(np.arange(min(3, len(atlas))), 2, 0)


def load_drumify(data: bytes) -> None:
    from beatgen.latent.drumify import CARD, Drummer

    _drum(Drummer(_weights(CARD, data)))


def load_taps(data: bytes) -> None:
    from beatgen.latent.drumify import TAPS, Drummer

    _drum(Drummer(_weights(TAPS, zipped(data)), _atlas()))


def _drum(drummer: Any) -> None:
    from beatgen.latent.drumify import rhythm_of

    drummer.play(rhythm_of(corpus.BARE), 100.0)


def _play_weights(folder: Path) -> None:
    from beatgen.latent.vae import load_model

    vae = load_model(folder)
    z = vae.encode(corpus.BARE)
    vae.decode(z)
    vae.nudge(corpus.BARE, [0.5])


def _weights(name: str, data: bytes) -> Path:
    """The shipped weights with one file replaced."""
    folder = _folder() / name
    shipped = assets.path("model") / "bar"
    if not folder.exists():
        folder.mkdir()
        for file in shipped.iterdir():
            if file.name != name:
                (folder / file.name).symlink_to(file)
    (folder / name).write_bytes(data)
    return folder


def read_table(data: bytes) -> None:
    """GMD's info.csv."""
    from beatgen.data.dataset import read_info

    folder = _folder() / "table"
    folder.mkdir(exist_ok=True)
    (folder / "info.csv").write_bytes(data)
    read_info(folder)


def read_config(data: bytes) -> None:
    from beatgen.training.config import TrainConfig

    path = _folder() / "config.json"
    path.write_bytes(data)
    TrainConfig.load(path)


FILES = {  # by the reader's name in READERS
    "MIDI": (corpus.midi, bytes_changed),
    "MIDI in RIFF": (corpus.rmi, bytes_changed),
    "Hydrogen": (corpus.hydrogen, lines_changed),
    "MusicXML": (corpus.musicxml, lines_changed),
    "Guitar Pro": (corpus.guitarpro, bytes_changed),
    "GrooveScribe address": (corpus.groovescribe, lines_changed),
    "drum tab": (corpus.tab, lines_changed),
}
TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *(
            Target(reader.endings[0][1:], read_as(reader.endings[0]), *FILES[reader.name])
            for reader in READERS
        ),
        Target("mxl", read_as(".mxl"), packed_scores),
        Target("map", read_map, corpus.drum_map, lines_changed),
        Target("rhythm", read_rhythm, corpus.midi),
        Target("link", open_link, corpus.links),
        Target(
            "link-inside",
            open_unpacked_link,
            corpus.unpacked_links,
            beside(b"\0", json_changed, bytes_changed),
        ),
        Target("message", take_message, corpus.messages, json_changed),
        Target("download", open_download, corpus.addresses, lines_changed),
        Target("dataset", lambda data: load_bars(zipped(data)), corpus.datasets),
        Target("dataset-raw", load_bars, lambda: [zipped(data) for data in corpus.datasets()]),
        Target("info", read_table, corpus.info, lines_changed),
        Target("card", load_card, corpus.cards, json_changed),
        Target("space", load_space, corpus.spaces),
        Target("network", load_network, corpus.networks),
        Target("atlas", load_atlas, corpus.atlases),
        Target("drumify", load_drumify, corpus.drumify_cards, json_changed),
        Target("taps", load_taps, corpus.taps),
        Target("config", read_config, corpus.configs, json_changed),
    )
}
