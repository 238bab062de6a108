"""What a musician of the load test does, and what must be true of what comes back.

Each has grooves that no one else has. What the player is given must begin with the groove on A and
end with that on B, a file must hold what the player was given, and nothing that one is given may
ever have been given to another.
"""

from __future__ import annotations

import asyncio
import base64
import io
import random
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from zipfile import ZipFile

import numpy as np
from client import Answer, Client, PageError

import beatgen as bg
from app.player.wire import groove_words, pack_groove
from beatgen import demo, readers
from beatgen.groove import Groove

BLENDS = 4  # in a round
SHAPED = 2
LONG = 12  # one file in so many is long


@dataclass
class Ledger:
    """What all musicians measured, and whose each thing is that was heard."""

    times: dict[str, list[float]] = field(default_factory=dict)
    heard: dict[str, list[float]] = field(default_factory=dict)
    bytes: dict[str, list[int]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    owners: dict[str, int] = field(default_factory=dict)
    checks: int = 0

    def note(self, action: str, answer: Answer) -> None:
        self.times.setdefault(action, []).append(answer.whole)
        self.bytes.setdefault(action, []).append(answer.received)
        if answer.heard is not None:
            self.heard.setdefault(action, []).append(answer.heard)

    def own(self, name: str, musician: int) -> None:
        """Something that only this musician may be given."""
        self.checks += 1
        if self.owners.setdefault(name, musician) != musician:
            raise PageError(f"{name} was given to musicians {self.owners[name]} and {musician}")


def new_file(rng: random.Random) -> tuple[bytes, Groove]:
    """A MIDI file that no one else has, and the groove that the page reads from it."""
    grooves = [groove for groove in map(demo.load, demo.names()) if groove.is_common]
    groove = rng.choice(grooves)[:2]
    if rng.randrange(LONG) == 0:
        groove = groove.repeat(64)
    velocity, timing = groove.velocity.copy(), groove.timing.copy()
    hits = np.nonzero(velocity)
    draw = np.random.default_rng(rng.getrandbits(64))
    velocity[hits] = np.clip(velocity[hits] + draw.normal(0, 0.1, len(hits[0])), 0.05, 1)
    timing[hits] = np.clip(timing[hits] + draw.normal(0, 0.1, len(hits[0])), -0.5, 0.5)
    file = io.BytesIO()
    bg.write_midi(replace(groove, velocity=velocity, timing=timing), file)
    content = file.getvalue()
    read, _ = readers.scan(io.BytesIO(content), name="x.mid")
    return content, read


def frames(packed: dict) -> list[np.ndarray]:
    """The runs of words that `pack_words` put together."""
    planes = np.frombuffer(zlib.decompress(base64.b64decode(packed["words"])), np.uint8)
    words = planes.reshape(4, -1).T.copy().view("<u4").reshape(-1)
    return np.split(words, np.cumsum(packed["counts"])[:-1])


def strikes(words: np.ndarray) -> list[tuple[int, int]]:
    """Where each hit of a groove on the wire is, in steps, and how loud: what a MIDI file keeps in
    every drum map."""
    places = np.cumsum(words & 255)
    loud = words >> 16 & 127
    return sorted((int(at), int(how)) for at, how in zip(places, loud, strict=True) if how)


class Musician:
    """One session, and what it does round after round."""

    def __init__(self, number: int, client: Client, ledger: Ledger, think: float) -> None:
        self.number, self.client, self.ledger, self.think = number, client, ledger, think
        self.rng = random.Random(number)
        self.turn = 0
        self.opened = None
        self.decks: dict[str, Groove] = {}

    async def act(self, action: str, doing: Awaitable[Answer]) -> Answer:
        answer = await doing
        self.ledger.note(action, answer)
        self.check()
        return answer

    async def pause(self) -> None:
        await asyncio.sleep(self.think * self.rng.uniform(0.5, 1.5))

    async def begin(self) -> None:
        """Open the page, and tell it that the browser has kept nothing."""
        await self.act("open", self.client.open())
        await self.act("recall", self.client.trigger("browser-memory", "recalled", ""))

    async def round(self) -> None:
        """A new pair, blends, takes, shapes, and files of what came of it."""
        steps: list[Callable[[], Awaitable[None]]] = [
            lambda: self.drop("a"),
            lambda: self.drop("b"),
            *(lambda: self.blend(self.rng.random()) for _ in range(BLENDS)),
            lambda: self.blend(0.0),
            self.midi,
            lambda: self.blend(self.rng.random()),
            self.wav,
            lambda: self.turn_to("vary"),
            self.vary,
            self.play_take,
            self.vary,
            lambda: self.turn_to("shape"),
            *(self.shape for _ in range(SHAPED)),
            self.stems,
            lambda: self.turn_to("blend"),
        ]
        for step in steps:
            await step()
            await self.pause()

    async def drop(self, side: str) -> None:
        content, groove = new_file(self.rng)
        name = f"musician {self.number} {self.rng.randrange(10**6)}.mid"
        self.decks.pop(side, None)  # until it is seen
        await self.act(
            f"drop a file on {side.upper()}", self.client.upload(f"upload-{side}", name, content)
        )
        deck = self.client.data(f"roll-{side}")["groove"]
        first = 0 if groove.bars <= 2 else self.client.data(f"overview-{side}")["start"]
        own = groove[first : first + deck["bars"]]
        if deck["hits"] != pack_groove(own)["hits"]:
            raise PageError(f"musician {self.number} does not see the groove dropped on {side}")
        self.decks[side] = own
        self.check()

    async def blend(self, position: float) -> None:
        player = self.client.data("player")
        await self.act("blend", self.send(position=position))
        player = self.client.data("player")
        if player["position"] != position:
            raise PageError("the blend is not where it was let go")
        if (
            position == 0.0
            and "a" in self.decks
            and player["settled"]["hits"] != pack_groove(self.decks["a"])["hits"]
        ):
            raise PageError(f"musician {self.number} does not hear the own groove at A")

    async def vary(self) -> None:
        await self.act("vary", self.client.press("vary"))

    async def play_take(self) -> None:
        wall = self.client.data("wall")
        take = self.rng.choice(range(len(wall["names"])))
        number = int(wall["names"][take].split()[-1])
        acts = {"acts": [[wall["answered"] + 1, "play", number]], "lacks": False}
        await self.act("play a take", self.client.trigger("wall", "acts", acts))

    async def shape(self) -> None:
        panel = self.client.data("shape-named")
        amounts = [round(self.rng.uniform(-1, 1), 1) for _ in panel["amounts"]]
        self.turn += 1
        turned = {"amounts": amounts, "turn": panel["answered"] + 1}
        await self.act("turn a shape slider", self.client.trigger("shape-named", "turned", turned))

    async def turn_to(self, page: str) -> None:
        await self.act(
            f"go to {page.capitalize()}", self.client.turn_to(page if page != "blend" else "")
        )

    async def midi(self) -> None:
        path = self.client.data("bar-files")["files"]["midi"]["path"]
        content = await self.timed("MIDI file", self.client.fetch(path))
        settled = self.client.data("player")["settled"]
        given = np.frombuffer(base64.b64decode(settled["hits"]), "<u4")
        read, _ = readers.scan(io.BytesIO(content), name="x.mid")
        if strikes(groove_words(read)) != strikes(given):
            raise PageError(f"musician {self.number} has a MIDI file of another groove")

    async def wav(self) -> None:
        content = await self.timed(
            "WAV file", self.client.fetch(self.client.data("bar-files")["files"]["wav"]["path"])
        )
        if content[:4] != b"RIFF":
            raise PageError("a WAV file that is none")

    async def stems(self) -> None:
        offered = getattr(self.client.element("stems"), "deferred_file_id", "")
        if offered:  # of commits before links to what is made
            content = await self.timed("stems", self.client.deferred("stems"))
        else:
            path = self.client.data("stems")["file"]["path"]
            content = await self.timed("stems", self.client.fetch(path))
        with ZipFile(io.BytesIO(content)) as archive:
            if not archive.namelist() or archive.testzip():
                raise PageError("stems that are no zip")

    async def timed(self, action: str, doing: Awaitable[bytes]) -> bytes:
        start = time.monotonic()
        content = await doing
        self.ledger.note(action, Answer(time.monotonic() - start, None, len(content), 0))
        return content

    async def send(self, **changed: object) -> Answer:
        """What the player sends once something is let go of."""
        data = self.client.data("player")
        self.turn += 1
        message = {
            "turn": self.turn,
            "path": data["path"]["id"],
            "felt": False,
            "position": data["position"],
            "feel": data["feel"],
            "monitor": "blend",
            "base": None,
            "back": None,
            "edits": [],
            "lock": None,
            "tempo": None,
            "swing": 0.5,
            "kit": "kit",
            "opened": self.opened,
            "varied": 0,
            "wall": [],
            **changed,
        }
        return await self.client.state("player", {"played": message})

    def check(self) -> None:
        """What the player was given is this musician's."""
        data = self.client.data("player")
        if not self.decks:
            return
        if data["settled"] and len(self.decks) == 2:
            self.ledger.own(data["settled"]["id"], self.number)
        path = data["path"]
        if "frames" not in path or path["ends"] or len(self.decks) < 2:
            return
        self.ledger.own(path["id"], self.number)
        runs = frames(path["frames"])
        bars = path["bars"]
        for run, groove in ((runs[0], self.decks["a"]), (runs[-1], self.decks["b"])):
            if not np.array_equal(run, groove_words(groove.repeat(bars))):
                raise PageError(f"musician {self.number} was sent a path between other grooves")
