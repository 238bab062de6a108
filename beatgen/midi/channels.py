"""Which notes of a MIDI file are its drums.

A part is what one channel plays, or, beside channel 10 and others that a file gives to drums, what
one track plays on it. Three kinds of file differ: the drums where General MIDI has them, on
channel 10; a kit on any other channel, beside which channel 10 may hold a click, a stray note, or a
melody that took the tenth channel of a row; and a channel or track for each voice.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np

from beatgen.errors import MidiError
from beatgen.groove import BEATS, SIXTEENTHS
from beatgen.kit import VOICES
from beatgen.midi.events import BANKS, Events
from beatgen.midi.maps import GENERAL_MIDI, INDEX_OF_PITCH, DrumMap, maps

DRUM_CHANNEL = 9  # counted from 0: "channel 10" to a musician
SECOND_CHANNEL = 10  # General MIDI 2 gives channel 11 to drums as well
DRUM_BANKS = (120, 127)  # coarse bank: General MIDI 2, Yamaha XG
DRUM_NAME = re.compile(
    r"\b(drums?|drum ?kits?|drumset|kick|snare|hi-?hats?|hats?|toms?|ride|crash|cymbals?)\b",
    re.IGNORECASE,
)
MELODIC_DRUM = re.compile(r"\b(steel|melodic|taiko)\b", re.IGNORECASE)
PERCUSSION_NAME = re.compile(
    r"\b(perc(ussions?)?|congas?|bongos?|shakers?|tamb(ourine)?s?|claps?|cow ?bells?|cabasa|"
    r"maracas?|triangles?|timbales?|claves|agogo|guiro|wood ?blocks?)\b",
    re.IGNORECASE,
)
CORE = frozenset({"kick", "snare", "hat", "ride"})  # families that carry a beat
CYMBALS = frozenset({"hat", "ride", "crash"})
# General MIDI's own kit: the notes of the 22 voices, its second kick and its low floor tom.
GENERAL_KIT = {pitch: VOICES[index].family for pitch, index in INDEX_OF_PITCH.items()}
GENERAL_KIT |= {35: "kick", 41: "tom"}
Kit = dict[int, str]  # note -> family
PERCUSSION_NOTES = frozenset({39, *range(54, 83)}) - {57, 58, 59}  # General MIDI's, beside the kit
PERCUSSIVE = 112  # from this program on, counted from 0, General MIDI has no melodies
FEWEST = 8  # hits of a kit that is believed against channel 10
FEW_VOICES = 4  # of a part that holds one or a few voices of a kit


@dataclass(frozen=True)
class Drums:
    """The notes that are read as drums.

    chosen: bool (notes,). channels: of these, counted from 1. left_out: channel, counted from 1 ->
    notes that are not read.
    """

    chosen: np.ndarray
    channels: tuple[int, ...]
    left_out: dict[int, int]


def find_drums(events: Events, name: str, wanted: DrumMap | None = None) -> Drums:
    """The drums of a file. wanted: the map that its drums follow, where it is known; else a kit may
    be one in any map.

    Raises MidiError, naming the file so, where it has none.
    """
    kits = _kits() if wanted is None else (_kit(wanted),)
    parts = _parts(events, kits)
    chosen = _choose(parts) or _as_told(parts, wanted)
    chosen += _percussion(parts, chosen)
    if not chosen:
        raise MidiError(
            f"{name}: no drums found on channel 10, and nothing like a drum loop on "
            f"{_channels(parts)}. Put the drums on channel 10."
        )
    mask = np.zeros(len(events.notes), bool)
    for part in chosen:
        mask[part.rows] = True
    channels = events.notes[:, 1] + 1
    return Drums(
        mask,
        tuple(np.unique(channels[mask]).tolist()),
        dict(sorted(Counter(channels[~mask].tolist()).items())),
    )


@cache
def _kits() -> tuple[Kit, ...]:
    """The kits of all maps, General MIDI's first."""
    others = (found for name, found in maps().items() if name != GENERAL_MIDI)
    return (GENERAL_KIT, *map(_kit, others))


def _kit(drums: DrumMap) -> Kit:
    """The notes that a map has for the voices of the kit."""
    if drums.name == GENERAL_MIDI:
        return GENERAL_KIT
    own = drums.lines[: drums.own]
    return {
        line.note: VOICES[line.number].family
        for line in own
        if line.number is not None and line.number < len(VOICES)
    }


@dataclass(frozen=True, eq=False)
class _Part:
    """Some notes of a file, and what speaks for and against a kit.

    rows: of Events.notes. sixteenth: in ticks. given: the file gives the channel to drums. named:
    its track is called like drums. shakes: like percussion. melodic: an instrument that plays
    melodies is chosen. kits: that its notes may be of.
    """

    channel: int
    rows: np.ndarray
    notes: np.ndarray
    sixteenth: float
    given: bool
    named: bool
    shakes: bool
    melodic: bool
    kits: tuple[Kit, ...]

    @cached_property
    def pitches(self) -> Counter[int]:
        return Counter(self.notes[:, 2].tolist())

    @cached_property
    def views(self) -> tuple[_View, ...]:
        """The part as notes of each kit."""
        return tuple(_View.of(self.pitches, kit) for kit in self.kits)

    @property
    def view(self) -> _View:
        """The part as notes of the first kit, General MIDI's unless another is known to hold."""
        return self.views[0]

    @property
    def families(self) -> set[str]:
        return set(self.view.hits)

    @cached_property
    def together(self) -> bool:
        """Whether voices are struck together, as a bass line in the same range never does."""
        moments = np.unique(np.rint(self.notes[:, 0] / self.sixteenth))
        return len(moments) < 0.9 * len(self.notes)

    @cached_property
    def concentrated(self) -> bool:
        """Whether a few notes are struck again and again; a piano has many."""
        return sum(n for _, n in self.pitches.most_common(FEW_VOICES)) >= 0.5 * len(self.notes)

    @property
    def is_kit(self) -> bool:
        """Whether this is plainly a kit, wherever it stands."""
        known, core = (0.5, 0.4) if self.named else (0.95, 0.8) if self.melodic else (0.9, 0.5)
        return len(self.notes) >= FEWEST and self._is_beat(known, core)

    @property
    def is_only_kit(self) -> bool:
        """Whether this is a kit if there is nothing else: more than half of its notes are one's."""
        return not self.melodic and self._is_beat(0.5, 0.3)

    def _is_beat(self, known: float, core: float) -> bool:
        """Whether it has all of a beat in any kit, and so great a share of its notes is of that kit
        and of the families that carry a beat."""
        if not (self.together and self.concentrated):
            return False
        return any(
            view.backbeat
            and not CYMBALS.isdisjoint(view.hits)
            and view.known >= known
            and view.core >= core
            for view in self.views
        )

    @property
    def backbeat(self) -> bool:
        """Whether there are a kick and a snare, without which there is no beat, and much of a kit
        beside them. Any two notes, those of a click, too, are kick and snare in some map: in
        another one than the first, voices have to be struck together as well."""
        views = self.views if self.together else self.views[:1]
        return any(view.backbeat and view.known >= 0.5 for view in views)

    @property
    def is_loop(self) -> bool:
        """Whether this may be a drum loop where nothing else is: a beat of single strokes, or one
        or two voices of the core."""
        view = self.view
        if self.melodic or view.known < 0.9 or view.core < 0.5:
            return False
        if len(self.pitches) <= 2:
            return view.core == 1
        linear = "hat" in view.hits and view.core == 1
        return len(view.hits) > 1 and (self.together or linear)

    @property
    def is_no_melody(self) -> bool:
        """Whether the pitches are those of instruments, which stand side by side or alone, as
        congas and shakers do in General MIDI, and not of a scale."""
        if len(self.notes) < FEWEST or len(self.pitches) > FEW_VOICES:
            return False
        near = [{pitch - 1, pitch + 1} & set(self.pitches) for pitch in self.pitches]
        return len(self.pitches) == 1 or all(near)

    @property
    def is_voice(self) -> bool:
        """Whether this is one voice of a kit, or a few."""
        return not self.melodic and self.view.known == 1 and len(self.pitches) <= FEW_VOICES


@dataclass(frozen=True)
class _View:
    """A part as notes of one kit. hits: of each family. known, core: share of all notes that are
    the kit's, and that are of CORE."""

    hits: dict[str, int]
    known: float
    core: float

    @classmethod
    def of(cls, pitches: Counter[int], kit: Kit) -> _View:
        hits: Counter[str] = Counter()
        for pitch, n in pitches.items():
            if pitch in kit:
                hits[kit[pitch]] += n
        core = sum(hits[family] for family in CORE)
        return cls(dict(hits), hits.total() / pitches.total(), core / pitches.total())

    @property
    def backbeat(self) -> bool:
        return "kick" in self.hits and "snare" in self.hits


def _parts(events: Events, kits: tuple[Kit, ...]) -> list[_Part]:
    """All of a file's notes, part by part."""
    channel_of, track_of = events.notes[:, 1], events.tracks
    given = {DRUM_CHANNEL, *events.rhythm}
    given |= {
        c for _, c, n, value in events.controls.tolist() if n == BANKS[0] and value in DRUM_BANKS
    }
    programs = {channel: program for _, channel, program in reversed(events.programs.tolist())}
    sixteenth = events.ticks_per_beat * BEATS / SIXTEENTHS
    parts = []
    for channel in np.unique(channel_of).tolist():
        on_channel = channel_of == channel
        tracks = [None] if channel in given else np.unique(track_of[on_channel]).tolist()
        for track in tracks:
            rows = np.flatnonzero(on_channel if track is None else on_channel & (track_of == track))
            title = "" if track is None else events.names.get(track, "")
            program = programs.get(channel, 0)
            parts.append(
                _Part(
                    channel,
                    rows,
                    events.notes[rows],
                    sixteenth,
                    channel in given,
                    bool(DRUM_NAME.search(title) and not MELODIC_DRUM.search(title)),
                    bool(PERCUSSION_NAME.search(title) and not MELODIC_DRUM.search(title)),
                    channel not in given and 0 < program < PERCUSSIVE,
                    kits,
                )
            )
    return parts


def _choose(parts: list[_Part]) -> list[_Part]:
    """The parts that are drums; none where there are none."""
    given = [part for part in parts if part.given]
    free = [part for part in parts if not part.given]
    voices = [part for part in free if part.is_voice]
    kits = [part for part in free if part.is_kit]
    if not kits and _is_beat(voices) and (not given or _outweigh(voices, given)):
        kits = voices
    if kits:  # beside which channel 10 has to be a kit, too
        beats = [part for part in given if part.backbeat]
        return [*beats, *kits, *_more_voices(kits, free)]
    if given:
        return [*given, *_missing_voices(given, voices)]
    whole = _joined(free)
    if whole is not None and (whole.is_loop or whole.is_only_kit):
        return free
    loops = [part for part in free if part.is_loop and {"kick", "snare", "hat"} <= part.families]
    return [max(loops, key=lambda part: len(part.notes))] if loops else []


def _as_told(parts: list[_Part], wanted: DrumMap | None) -> list[_Part]:
    """What nothing but the musician's word makes a kit: the parts that are of the map, be it one
    hit of each of its notes."""
    if wanted is None:
        return []

    def share(part: _Part) -> float:
        known = sum(n for pitch, n in part.pitches.items() if wanted.knows(pitch))
        return known / len(part.notes)

    of_the_map = [part for part in parts if not part.melodic and share(part) > 0.5]
    best = max((share(part) for part in of_the_map), default=0.0)
    return [part for part in of_the_map if share(part) >= min(best, 0.9)]


def _percussion(parts: list[_Part], chosen: list[_Part]) -> list[_Part]:
    """Percussion on channels of its own beside a kit: what its track's name says, or what channel
    11 plays that is no melody."""
    if not chosen:
        return []
    there = {pitch for part in chosen for pitch in part.pitches}
    return [
        part
        for part in parts
        if part not in chosen
        and not part.melodic
        and all(pitch in PERCUSSION_NOTES for pitch in part.pitches)
        and (part.shakes or (part.channel == SECOND_CHANNEL and part.is_no_melody))
        and not there & set(part.pitches)
    ]


def _is_beat(voices: list[_Part]) -> bool:
    """Whether parts of one or a few voices each make a kit together."""
    families = {family for part in voices for family in part.families}
    return {"kick", "snare"} <= families and bool(CYMBALS & families)


def _outweigh(voices: list[_Part], given: list[_Part]) -> bool:
    """Whether voices on channels of their own are the beat, and channel 10 is something beside."""
    hits = sum(len(part.notes) for part in voices)
    return hits >= max(FEWEST, 4 * sum(len(part.notes) for part in given))


def _more_voices(kits: list[_Part], free: list[_Part]) -> list[_Part]:
    """Tracks with more of the kit, such as its cymbals, on a channel that a kit plays on."""
    channels = {part.channel for part in kits}
    pitches = {pitch for part in kits for pitch in part.pitches}
    return [
        part
        for part in free
        if part not in kits
        and part.channel in channels
        and part.is_voice
        and not pitches & set(part.pitches)
        and (part.named or part.families <= CYMBALS)
    ]


def _missing_voices(given: list[_Part], voices: list[_Part]) -> list[_Part]:
    """Parts that hold what channel 10 is without: of a kit whose kick alone is there, the rest."""
    there = {family for part in given for family in part.families}
    missing = ({"kick", "snare"} - there) | (set() if there & CYMBALS else CYMBALS)
    found = [
        part
        for part in voices
        if not there & part.families and (missing & part.families or part.channel == SECOND_CHANNEL)
    ]
    return found if _is_beat([*given, *found]) else []


def _joined(parts: list[_Part]) -> _Part | None:
    """The parts as one, where all are on the same channel."""
    if len({part.channel for part in parts}) != 1:
        return None
    first = parts[0]
    notes = np.concatenate([part.notes for part in parts])
    rows = np.concatenate([part.rows for part in parts])
    named = any(part.named for part in parts)
    return replace(first, rows=rows, notes=notes, named=named)


def _channels(parts: list[_Part]) -> str:
    """Channels, and the range of their pitches, for people."""
    by_channel: dict[int, list[int]] = {}
    for part in parts:
        by_channel.setdefault(part.channel, []).extend(part.pitches)
    shown = [
        f"channel {channel + 1} (pitches {min(pitches)} to {max(pitches)})"
        for channel, pitches in by_channel.items()
    ]
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return ", ".join(shown[:3]) + more
