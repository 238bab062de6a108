"""What one musician has on the page. Widgets change it in their callbacks; pages only read it.

A `Session` holds two decks, each a `Source` (a groove in full length) and the bars of it that play,
and the `Take`s on the wall of the Vary page.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple, TypedDict

import numpy as np
import streamlit as st

from app.language import text
from app.names import blend_name, name_with
from app.player import Finish
from app.player.messages import Monitor, Opening
from app.share import encoding
from beatgen.audio.kits import KITS
from beatgen.audio.mix import NO_MIX, Mix
from beatgen.groove import Groove, longest_steps
from beatgen.latent.finish import Proposal
from beatgen.lock import Lock
from beatgen.meter import Meter
from beatgen.pace import doubled, halved
from beatgen.rebar import in_meter
from beatgen.swing import STRAIGHT, swing

Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")
Pace = Literal["double", "half"]
ALL = "all"  # drum families at once
Wish = Literal["keep", "a", "b"]  # as a take, on deck A, on deck B
LOOPS = (1, 2, 4, 8, 16)  # bars that a loop may have
LOOP = 2  # bars that play of a groove that was just loaded
REACH = 3.0  # highest amount of a direction; beyond it, drum grooves are no longer likely
LONGEST_TAKE = 32  # bars
MOST_TAKES = 48  # kept ones on the wall
FRESH = 12  # new takes at once, at most, beside those
GONE = 24  # takes that went from the wall and can be brought back: the latest
STARS = 3  # that a take may be given
LONGEST_NAME = 80  # characters


class Kept(TypedDict):
    persist_state: Literal["session"]


KEPT: Kept = {"persist_state": "session"}  # for a widget that keeps its value on other pages


@dataclass(frozen=True)
class File:
    """A file of notes as it came, so that it can be read by another drum map.

    name, content: of the file. map: short name of the map that it was read by. notes: MIDI note ->
    hits. voices: MIDI note -> name of the voice it was read as. changed: note -> voice, "-" for
    none, as the musician chose.
    """

    name: str
    content: bytes
    map: str
    notes: dict[int, int]
    voices: dict[int, str]
    changed: dict[int, str] = field(default_factory=dict)

    @cached_property
    def packed(self) -> str:
        """Its content in a line of text, for a browser to keep."""
        return urlsafe_b64encode(zlib.compress(self.content, 9)).decode("ascii")


class Source:
    """A groove in full length, and where it came from.

    messages: what reading the file folded, dropped or left out. file: what was read, where it can
    be read by another drum map; too_large: it is too large for that.

    Only the cells that hold a hit are stored, 12 bytes each: the grids of 400 bars would take
    4.5 MB, and a page holds many sources, since undo goes back to them.
    """

    def __init__(
        self, name: str, groove: Groove, style: str = "", messages: Sequence[str] = ()
    ) -> None:
        self.name, self.style, self.messages = name, style, tuple(messages)
        self.tempo, self._extras = groove.tempo, groove.extras
        self.file: File | None = None
        self.too_large = False
        self._paced_from: tuple[Pace, Source] | None = None
        self._shape = groove.velocity.shape
        self._meters, self._resolution = groove.meters, groove.resolution
        self._cells = np.flatnonzero(groove.velocity).astype(np.uint32)
        self._velocity = groove.velocity.reshape(-1)[self._cells]
        self._timing = groove.timing.reshape(-1)[self._cells]

    @property
    def bars(self) -> int:
        return self._shape[0]

    @property
    def size(self) -> int:
        """Bytes that it holds, about."""
        content = len(self.file.content) if self.file else 0
        return content + sum(of.nbytes for of in (self._cells, self._velocity, self._timing))

    @property
    def groove(self) -> Groove:
        """All of it."""
        return self.loop(0, self.bars)

    def loop(self, start: int, bars: int) -> Groove:
        """`bars` bars from bar `start` on (from 0), to the last bit as they came."""
        _, steps, voices = self._shape
        bar = steps * voices
        first, end = np.searchsorted(self._cells, (start * bar, (start + bars) * bar))
        grid = np.zeros((2, bars * bar), np.float32)
        cells = self._cells[first:end] - start * bar
        grid[:, cells] = self._velocity[first:end], self._timing[first:end]
        meters = self._meters[start : start + bars]
        longest = longest_steps(meters, self._resolution)
        velocity, timing = grid.reshape(2, bars, steps, voices)[:, :, :longest]
        return Groove(velocity, timing, self.tempo, meters, self._extras)

    @property
    def meters(self) -> tuple[Meter, ...]:
        """Of each bar."""
        return self._meters

    def paced(self, pace: Pace) -> Source:
        """The same sound written at twice the tempo, or at half of it; back again it is the very
        same source."""
        if self._paced_from and self._paced_from[0] != pace:
            return self._paced_from[1]
        written = doubled(self.groove) if pace == "double" else halved(self.groove)
        source = Source(self.name, written, self.style, self.messages)
        source._paced_from = (pace, self)
        return source

    def tempo_at(self, pace: Pace) -> float:
        """What its tempo is so."""
        return self.tempo * (2 if pace == "double" else 0.5)

    @cached_property
    def busy(self) -> tuple[float, ...]:
        """How many hits each bar has, 0 to 1 of the busiest."""
        _, steps, voices = self._shape
        counts = np.bincount(self._cells // (steps * voices), minlength=self.bars)
        return tuple((counts / max(counts.max(), 1)).tolist())

    @cached_property
    def packed(self) -> str:
        """All of it in a line of text (app/share/encoding.py), made once."""
        return encoding.pack(encoding.record_of(self.groove), [self.groove])


@dataclass
class Deck:
    """A or B: a source, and the bars of it that play."""

    source: Source
    start: int = 0  # first bar of the loop, from 0
    bars: int = 1
    error: str = ""  # why the last file was refused
    renewed: int = 0  # counts up to give its widgets new keys: what the old ones send is ignored
    emptied: int = 0  # the same for its drop field; a file that is on its way to it would be lost

    _groove: tuple[tuple[Source, int, int], Groove] | None = field(
        default=None, init=False, repr=False, compare=False
    )  # of `loop`, the last that was asked for

    def __post_init__(self) -> None:
        self.load(self.source)

    def load(self, source: Source) -> None:
        """Play the source's first bars, without those before the drummer has started."""
        self.source, self.error = source, ""
        self.choose(_first_full_bar(source.groove), min(LOOP, source.bars))

    def choose(self, start: int, bars: int) -> None:
        """Play `bars` bars from `start` on, or as many as there are."""
        self.bars = min(bars, self.source.bars)
        self.start = min(max(start, 0), self.source.bars - self.bars)

    def set_pace(self, pace: Pace) -> None:
        """Write the source at twice its tempo, or at half of it; the loop stays where it is, as far
        as there is a loop of its length."""
        factor = 2.0 if pace == "double" else 0.5
        bars = round(self.bars * factor)
        self.source = self.source.paced(pace)
        self.choose(round(self.start * factor), max(n for n in LOOPS if n <= max(bars, 1)))

    @property
    def groove(self) -> Groove:
        if self._groove is None or self._groove[0] != self.loop:  # a run asks for it often
            self._groove = self.loop, self.source.loop(self.start, self.bars)
        return self._groove[1]

    @property
    def loop(self) -> tuple[Source, int, int]:
        """The source, and the first and the number of its bars that play."""
        return self.source, self.start, self.bars

    def go_back(self, loop: tuple[Source, int, int]) -> None:
        """Play what played before, the very same source."""
        source, start, bars = loop
        if self.source is source and (self.start, self.bars) == (start, bars):
            return
        self.load(source)
        self.choose(start, bars)
        self.renewed += 1  # the browser may still send what its widgets showed


@dataclass(frozen=True)
class Feeling:
    """What was given another feel, and how much of it was taken.

    before: the groove as it was written, and its name. timing, velocity: amounts from 0 to 1, by
    drum family, and by ALL what was set for all of them last. seed: which feel.
    """

    before: Groove
    name: str
    timing: Mapping[str, float]
    velocity: Mapping[str, float]
    seed: int = 0


class FeelChange(NamedTuple):
    """What is to become of the feel that sounds: `amount` of "timing" or "velocity", for a family
    or ALL; or another one of the kind ("seed"), or of another kind or with other accents ("")."""

    what: Literal["timing", "velocity", "seed", ""]
    family: str = ""
    amount: float = 0.0


@dataclass(eq=False)
class Take:
    """A variation on the wall."""

    number: int
    groove: Groove
    similarity: float  # of its pattern to that of the groove it started from, 0 to 1
    kept: bool = False
    title: str = ""  # its name, where it was not made on the wall, or was given one
    stars: int = 0  # that the musician gave it, up to STARS
    likelihood: float | None = None  # 0 to 1, of a finished beat (`Vae.finish`)
    feeling: Feeling | None = None  # where it is another one with a new feel
    fresh: bool = True  # made last: its similarity compares with those of the others

    @property
    def name(self) -> str:
        return self.title or text("name.take", number=str(self.number))


class VaryRequest(NamedTuple):
    """Takes that are asked for. start: what from, one of STARTS (app/views/vary.py)."""

    start: str
    pattern: float  # amount of change, 0 to 1
    feel: float
    takes: int  # how many


class Mark(NamedTuple):
    """What sounds, apart from the place of the blend, for undo to go back to."""

    take: Take | None
    amounts: dict[int, float]
    a: tuple[Source, int, int]  # `Deck.loop`
    b: tuple[Source, int, int]

    @property
    def weights(self) -> dict[int, int]:
        """Bytes of the sources and of the take, by their ids."""
        found = {id(source): source.size for source, *_ in (self.a, self.b)}
        if self.take:
            found[id(self.take)] = 2 * self.take.groove.velocity.nbytes
        return found


@dataclass
class Session:
    """Two decks, where the blend stands between them, and what was made of it."""

    a: Deck
    b: Deck
    position: float = 0.5
    feel: float | None = None  # where it is apart from the pattern, which is at `position`
    take: Take | None = None  # sounds in place of the blend
    amounts: dict[int, float] = field(default_factory=dict)  # of the shape, by direction
    takes: list[Take] = field(default_factory=list)
    walls: list[list[Take]] = field(default_factory=list)  # earlier ones, the latest last
    swept: tuple[int, tuple[int, ...]] = (0, ())  # how often all but the kept went, and which last
    seed: int = 0
    numbered: int = 0  # the highest number of a take so far
    heard: Groove | None = None  # what the player sounded in the last run, before its swing
    swing: float = STRAIGHT  # the player's, in the last run
    kit: str = KITS[0]  # that plays, one of KITS
    mix: Mix = NO_MIX  # level and place of each drum family
    monitor: Monitor = "blend"  # what was listened to in the last run
    lock: Lock | None = None  # the player's, in the last run
    tempo: float | None = None  # set by the musician; None: the groove's own
    starts: int = 0  # counts up to have the player start
    edited: Groove | None = None  # on the grid, in the last run; heard unless A or B is
    wish: Wish | None = None  # what to do with what is heard next
    varying: list[VaryRequest] = field(default_factory=list)  # takes to be made in the next run
    vary_asked: int = 0  # how often by the key V, since the Vary page was drawn last
    all_locked: bool = False  # so that there were no other takes
    finishing: Finish | None = None  # what the beat is to be finished with, in the next run
    none_locked: bool = False  # so that there was no beat to be finished
    feel_changes: list[FeelChange] = field(default_factory=list)  # to be made in the next run
    feel_error: str = ""  # why the last one could not be
    rhythm: Deck | None = None  # what drums are made for
    rhythms: int = 0  # counts up to give its file's field a new key
    rhythm_error: str = ""  # why the last file was refused
    drums: Take | None = None  # made for it last
    proposal: int = 0  # which of them; 0 is the most probable one
    opening: Opening | None = None  # what the player is to be set to
    map_out: str = "gm"  # drum map of the MIDI files
    meter: Side = "a"  # whose meter the blend is in, where they differ
    linked: bool = False  # opened from a share link
    recalled: bool = False  # the browser has sent what it kept
    trouble: str = ""  # one sentence, where a link could not be opened

    def deck(self, side: Side) -> Deck:
        return self.a if side == "a" else self.b

    @property
    def pair(self) -> tuple[Groove, Groove]:
        """The grooves of both decks, in the meter that they are blended in."""
        a, b = self.a.groove, self.b.groove
        wanted = self.deck(self.meter).groove.meters
        return in_meter(a, wanted), in_meter(b, wanted)

    def load(self, side: Side, source: Source) -> None:
        """Put a source on a deck; the blend sounds."""
        self.deck(side).load(source)
        self.play(None)

    def play(self, take: Take | None) -> None:
        """Let a take sound, or the blend; unshaped."""
        self.take, self.trouble = take, ""
        self.reset_shape()

    def forget_trouble(self) -> None:
        self.trouble = ""

    def start_drums(self, groove: Groove, name: str) -> None:
        """Let drums for the rhythm sound. They are one take, however often they are made anew."""
        if self.drums is None:
            self.drums = self._numbered(groove, 1.0)
        self.drums = replace(self.drums, groove=groove, title=name[:LONGEST_NAME])
        self.start(self.drums)

    @property
    def feeling(self) -> Feeling | None:
        """Of what sounds, as it was given its feel; None where that is its own, or was changed
        since."""
        as_it_was = self.monitor == "blend" and self.edited is None and not self.shaped
        return self.take.feeling if self.take and as_it_was else None

    def play_feeling(self, groove: Groove, feeling: Feeling, name: str) -> None:
        """Let what was given another feel sound; changed again, it stays the same take."""
        take = self.take if self.take and self.feeling else self._numbered(groove, 1.0)
        self.play(replace(take, groove=groove, title=name[:LONGEST_NAME], feeling=feeling))

    def forget_feel_error(self) -> None:
        self.feel_error = ""

    def start(self, take: Take) -> None:
        """Let a take sound, and start play where it is stopped."""
        self.play(take)
        self.starts += 1

    def reset_shape(self) -> None:
        self.amounts = {}

    @property
    def place(self) -> tuple[float, float]:
        """Where pattern and feel are between A and B."""
        return self.position, self.position if self.feel is None else self.feel

    def move(self, position: float, feel: float | None = None) -> None:
        """Blend at `position`; feel as in the field of this name. Where the place changes, the
        blend sounds again instead of a take; the shape of the blend stays."""
        before = self.place
        self.position, self.feel = position, feel
        if self.place == before:
            return
        self.trouble = ""
        if self.take:
            self.play(None)

    @property
    def mark(self) -> Mark:
        return Mark(self.take, self.amounts, *(self.deck(side).loop for side in SIDES))

    def go_back(self, mark: Mark) -> None:
        self.take, self.amounts = mark.take, mark.amounts
        for side, loop in zip(SIDES, (mark.a, mark.b), strict=True):
            self.deck(side).go_back(loop)

    def locked(self, groove: Groove) -> Groove:
        """`groove` with the locked cells in place of its own."""
        return self.lock.keep(groove) if self.lock and self.lock.fits(groove) else groove

    def add_takes(self, grooves: Sequence[Groove], similarities: Sequence[float]) -> None:
        """Replace the takes that are not kept, most similar first; equals stay in their order."""
        pairs = zip(grooves, similarities, strict=True)
        ranked = sorted(pairs, key=lambda pair: pair[1], reverse=True)
        self._hang([self._numbered(*pair) for pair in ranked])

    def add_proposals(self, proposals: Sequence[Proposal], similarities: Sequence[float]) -> None:
        """Replace the takes that are not kept by finished beats, in their order; those that are
        kept already are left out."""
        kept = [take.groove for take in self.takes if take.kept]
        fresh = []
        for (groove, likelihood), similarity in zip(proposals, similarities, strict=True):
            if groove not in kept:
                fresh.append(self._numbered(groove, similarity))
                fresh[-1].likelihood = likelihood
        self._hang(fresh)

    def _hang(self, fresh: Sequence[Take]) -> None:
        before = list(self.takes)
        for take in before:
            take.fresh = False
        self.takes = fitting([*(take for take in before if take.kept), *fresh])
        self._remember(before)

    def keep(self, groove: Groove) -> Take | None:
        """Put a groove on the wall, kept; None where it is full."""
        if is_full(self.takes):
            return None
        take = self._numbered(groove, 1.0)
        take.kept = True
        self.takes = fitting([take, *self.takes])
        return take

    def add_wall(self, before: Session) -> None:
        """Put the takes of an earlier session on the wall. Of this one's only those stay that are
        kept or play; they get new numbers."""
        self.numbered, self.walls = max(self.numbered, before.numbered), before.walls
        stay = [take for take in self.takes if take.kept or take is self.take]
        for take in stay:
            self.numbered += 1
            take.number = self.numbered
        self.takes = fitting([*stay, *before.takes])

    def discard(self, *takes: Take) -> None:
        """Take these from the wall."""
        before = list(self.takes)
        self.takes = [take for take in before if take not in takes]
        self._remember(before)
        if self.take in takes:
            self.play(None)

    def discard_others(self) -> None:
        """Take all that are not kept from the wall."""
        gone = [take for take in self.takes if not take.kept]
        self.swept = self.swept[0] + 1, tuple(take.number for take in gone)
        self.discard(*gone)

    def restore(self) -> None:
        """Bring the takes back that went from the wall last, to where they were; called again,
        those that went before. Nothing goes for them."""
        if not self.walls:
            return
        *self.walls, wall = self.walls
        self._bring_back(wall, [take for take in wall if take not in self.takes])

    def put_back(self, number: int) -> None:
        """Bring back one take that went, to where it was."""
        for wall in reversed(self.walls):
            gone = [take for take in wall if take.number == number and take not in self.takes]
            if gone:
                self._bring_back(wall, gone)
                return

    def _bring_back(self, wall: Sequence[Take], gone: Sequence[Take]) -> None:
        """Put takes that went from a wall where they were: before what followed them there, or
        after what they followed."""
        takes = list(self.takes)
        for take in reversed(gone):
            place = wall.index(take)
            later = [takes.index(other) for other in wall[place:] if other in takes]
            earlier = [takes.index(other) + 1 for other in wall[:place] if other in takes]
            takes.insert([len(takes), *earlier[-1:], *later[:1]][-1], take)
        self.takes = fitting(takes)
        self._remember()

    def _remember(self, before: Sequence[Take] = ()) -> None:
        """Remember the wall as it was before takes went from it. Of all that went, the latest GONE
        are remembered."""
        walls = [*self.walls, list(before)]
        gone: list[Take] = []
        for wall in reversed(walls):
            gone += [take for take in wall if take not in self.takes and take not in gone]
        here = [*self.takes, *gone[:GONE]]
        kept: list[list[Take]] = []
        after = self.takes
        for wall in reversed([[take for take in wall if take in here] for wall in walls]):
            if any(take not in after for take in wall):  # else nothing would come back
                kept.insert(0, wall)
            after = [*after, *wall]
        self.walls = kept

    def sounding(self, groove: Groove) -> Groove:
        """`groove` with locks, swing and tempo, as the player sounds it: for files."""
        return self.in_tempo(swing(self.locked(groove), self.swing))

    def in_tempo(self, groove: Groove) -> Groove:
        """`groove` at the tempo that the musician set, if any."""
        return groove if self.tempo is None else replace(groove, tempo=self.tempo)

    @property
    def swung(self) -> Groove:
        """What was heard, with its swing: for files. What stays on the page is `heard`, because
        the player adds the swing when it plays it again."""
        assert self.heard is not None  # the entry script sets it before any page is drawn
        return swing(self.heard, self.swing)

    @property
    def shape(self) -> tuple[float, ...]:
        """The amount of each direction, in its units, up to the last one that is not 0."""
        return tuple(self.amounts.get(i, 0.0) for i in range(max(self.amounts, default=-1) + 1))

    @property
    def shaped(self) -> bool:
        return any(self.shape)

    @property
    def stand_in(self) -> Literal["take", "bar"] | None:
        """What sounds in place of the blend: a take, or a training bar."""
        if self.take is None:
            return None
        return "take" if self.take.number else "bar"

    @property
    def name(self) -> str:
        """The take or the blend that sounds, in a word or two, whatever its shape."""
        return self.take.name if self.take else blend_name(*self.place)

    @property
    def label(self) -> str:
        """What the player was given to sound, in a word or two."""
        return name_with(self.name, shaped=self.shaped)

    @property
    def title(self) -> str:
        """What was heard, in a word or two, as the player says it: `label` with what was done to it
        there, or A or B where one was listened to."""
        if self.monitor != "blend":
            return self.monitor.upper()
        lock = self.lock
        return name_with(
            self.label,
            edited=self.edited is not None or bool(lock and lock.cells),
            locked=bool(lock and (lock.voices or lock.sixteenths)),
        )

    @property
    def lasting_title(self) -> str:
        """The name of what was heard for a deck, where it stays while the blend moves on."""
        return self.title if self.monitor == "blend" else self.deck(self.monitor).source.name

    def ask(self, wish: Wish) -> None:
        """Ask for something to be done with what is heard. It is done in the next run, which knows
        what that is: the blend may have moved since the page was drawn."""
        self.wish = wish

    def ask_takes(self, request: VaryRequest) -> None:
        """Ask for takes. They are made in the next run, which knows what is heard."""
        self.varying.append(request)

    def _numbered(self, groove: Groove, similarity: float) -> Take:
        self.numbered += 1
        return Take(self.numbered, groove, similarity)


def current() -> Session:
    """This musician's session; the entry script has opened it."""
    return st.session_state["session"]


def _first_full_bar(groove: Groove) -> int:
    """The first bar with half as many hits as the groove usually has: a recording may begin with a
    count-in."""
    hits = np.count_nonzero(groove.velocity, axis=(1, 2))
    usual = np.median(hits[hits > 0]) if hits.any() else 0
    return int(np.argmax(hits >= usual / 2))


def is_full(takes: Iterable[Take]) -> bool:
    """Whether as many of them are kept as the wall has room for."""
    return sum(take.kept for take in takes) >= MOST_TAKES


def fitting(takes: Iterable[Take]) -> list[Take]:
    """Those that the wall has room for, in their order; kept ones have precedence."""
    takes = list(takes)
    stay = set(sorted(takes, key=lambda take: not take.kept)[: MOST_TAKES + FRESH + GONE])
    return [take for take in takes if take in stay]
