"""Which map a file's drums follow, and the voice of each note.

A map that was asked for holds. Else a file may say it plainly: Yamaha XG by its bank, the orchestra
set by its program, an instrument by the name of a track. Else the right map is the one by which the
notes look like drumming (`beatgen.midi.drumming`): read as General MIDI, a groove made for another
instrument has congas where the hi-hat should be, or no kick. General MIDI has a lead that grows
with the number of hits that another map reads otherwise, and without a kick and a snare no map is
believed. Where all notes are those of Roland's kits and General MIDI, only a hi-hat that moves
between several notes outweighs it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from beatgen.kit import NUMBER, VOICES
from beatgen.midi import drumming, pedal
from beatgen.midi.drumming import OTHER, PART_OF_VOICE, PARTS, SNARES, sixteenths_of
from beatgen.midi.events import Events
from beatgen.midi.maps import (
    GENERAL_MIDI,
    INDEX_OF_PITCH,
    DrumMap,
    Wanted,
    drum_map,
    heard,
    maps,
    numbers_of,
)

XG_DRUMS = 127  # bank (controller 0) of Yamaha's drum kits
ORCHESTRA = 48  # program of the orchestra set, General MIDI 2 and GS
TOLD = "as you chose"  # why a map is read that was asked for
PLAYED = "recognised by what is played"
SAID_ALONE = ("xg", "orchestra")  # maps that only a plain sign leads to
# How far ahead in nats another map has to be of General MIDI: at once, and for each hit that it
# reads otherwise. The second pair where there is no note that Roland's kits do not have.
LEAD, LEAD_PER_HIT = 3.0, 0.1
WIDE_LEAD, WIDE_LEAD_PER_HIT = 20.0, 1.4
RARE = 3.0  # nats: cost of a hit on a note that a map reads, but does not write
# Percussion that is usual beside a General MIDI kit, and what that is worth.
USUAL = ("sticks", "clap", "tambourine", "cowbell", "maracas", "shaker", "metronome click")
USUAL_GAIN = 1.5
# What a track may be called that plays an instrument -> the map's short name.
INSTRUMENTS = (
    *(("toontrack", name) for name in ("toontrack", "superior drummer", "sd3", "ezdrummer")),
    *(("toontrack", name) for name in ("ez drummer", "ezdrummer 2", "ezdrummer 3", "ezd2", "ezd3")),
    *(("addictive", name) for name in ("addictive drums", "ad2", "xln")),
    *(("ssd", name) for name in ("steven slate drums", "ssd5", "ssd 5", "slate drums")),
    *(("studiodrummer", name) for name in ("studio drummer",)),
    *(("modo", name) for name in ("modo drum", "mododrum")),
    *(("ggd", name) for name in ("ggd", "getgood drums", "getgooddrums")),
    *(("bfd", name) for name in ("bfd3", "bfd 3", "bfd2", "fxpansion")),
)
KNOWN = 0.9  # share of the notes that such a map has to know
FEWEST = 8  # hits; fewer are no evidence
MOST = 4096  # hits that are looked at
KICK = PARTS.index("kick")
HATS = [PARTS.index(part) for part in ("hi-hat", "open hat")]


@dataclass(frozen=True)
class Reading:
    """How the notes of a drum part become voices.

    map: that is followed. numbers: int64 (notes,), of the voices; -1 for what is no hit, -2 for a
    note that the map does not know. voices: the same, as the kit alone is heard. why: how the map
    was found, "" for General MIDI by default. pedal: hits of hi-hats that are closed, half open and
    open by their pedal, where that says it.
    """

    map: DrumMap
    numbers: np.ndarray
    why: str = ""
    pedal: dict[str, int] = field(default_factory=dict)

    @property
    def voices(self) -> np.ndarray:
        return heard(self.numbers)


def read_voices(
    events: Events, notes: np.ndarray, wanted: Wanted = None, inverted_pedal: bool = False
) -> Reading:
    """The map of a drum part, and the voice of each of its notes.

    events: of the whole file. notes: int64 (notes, 4), those of the drum part. wanted: a map that
    was asked for, as `drum_map` takes it; by default it is recognised. inverted_pedal: controller 4
    is 0, not 127, where the hi-hat's pedal is down. Raises BeatGenError for an unknown map.
    """
    controls = pedal.inverted(events.controls) if inverted_pedal else events.controls
    if wanted is not None:
        drums, why = drum_map(wanted), TOLD
    else:
        drums, why = _said(events, notes) or _played(events, notes)
    numbers = numbers_of(notes, drums, controls)
    numbers, zones = pedal.by_pedal(notes, numbers, controls, inverted_pedal)
    return Reading(drums, numbers, why, zones)


def _said(events: Events, notes: np.ndarray) -> tuple[DrumMap, str] | None:
    """The map that the file names for the channels of these notes, and how, if it does."""
    channels = np.unique(notes[:, 1])
    banks = events.controls[np.isin(events.controls[:, 1], channels)]
    if ((banks[:, 2] == 0) & (banks[:, 3] == XG_DRUMS)).any():
        return drum_map("xg"), f"by its bank {XG_DRUMS}"
    programs = events.programs[np.isin(events.programs[:, 1], channels)]
    if len(programs) and (programs[:, 2] == ORCHESTRA).all():
        return drum_map("orchestra"), f"by its program {ORCHESTRA}"
    return _named(events, notes)


def _named(events: Events, notes: np.ndarray) -> tuple[DrumMap, str] | None:
    """The map of the one instrument that a track is named after, where its notes make a beat."""
    titles = [re.sub(r"[\s_-]+", " ", title).lower() for title in events.names.values()]
    named = {
        name
        for name, called in INSTRUMENTS
        if any(re.search(rf"\b{re.escape(called)}\b", title) for title in titles)
    }
    if len(named) != 1:
        return None
    drums = drum_map(named.pop())
    parts = _parts(drums)[notes[:, 2]]
    known = (parts >= 0).mean()
    if known < KNOWN or not ((parts == KICK).any() and np.isin(parts, SNARES).any()):
        return None
    return drums, "by the name of its track"


def _played(events: Events, notes: np.ndarray) -> tuple[DrumMap, str]:
    """The map by which the notes look like drumming, and how it was found."""
    general = drum_map(GENERAL_MIDI)
    if len(notes) < FEWEST:
        return general, ""
    notes = notes[:MOST]
    pitches = notes[:, 2]
    at = sixteenths_of(events, notes)
    plain = bool(np.isin(pitches, list(INDEX_OF_PITCH)).all())
    if plain and np.isin(_parts(general)[pitches], HATS).any():
        return general, ""
    base, best, found = _likelihood(general, pitches, at), 0.0, None
    for drums in maps().values():
        changed = np.count_nonzero(drums.table[pitches] != general.table[pitches])
        if drums.name in SAID_ALONE or not changed:
            continue
        parts = _parts(drums)[pitches]
        if not ((parts == KICK).any() and np.isin(parts, SNARES).any()):
            continue
        if plain and len(np.unique(pitches[np.isin(parts, HATS)])) < 2:
            continue
        at_once, per_hit = (WIDE_LEAD, WIDE_LEAD_PER_HIT) if plain else (LEAD, LEAD_PER_HIT)
        ahead = _likelihood(drums, pitches, at) - base - at_once - per_hit * changed
        if ahead > best:
            best, found = ahead, drums
    return (general, "") if found is None else (found, PLAYED)


def _likelihood(drums: DrumMap, pitches: np.ndarray, sixteenths: np.ndarray) -> float:
    """How much notes look like drumming, read by a map."""
    if drums.name == GENERAL_MIDI:
        parts = _parts(drums)[pitches]
        if (parts == KICK).any() and np.isin(parts, SNARES).any():
            usual = [NUMBER[name] for name in USUAL]
            gain = USUAL_GAIN * np.count_nonzero(np.isin(drums.table[pitches], usual))
        else:
            own = np.isin(pitches, list(INDEX_OF_PITCH)) | (parts == OTHER)
            gain = -RARE * np.count_nonzero(_rare(drums)[pitches] & ~own)
    else:
        gain = -RARE * np.count_nonzero(_rare(drums)[pitches])
    return drumming.drumming().likelihood(_parts(drums)[pitches], sixteenths) + gain


def _parts(drums: DrumMap) -> np.ndarray:
    """The part that each note plays, int64 (128,), as `Drumming.likelihood` takes it."""
    table = drums.table
    kit = PART_OF_VOICE[np.clip(table, 0, len(VOICES) - 1)]
    return np.where(table < 0, table, np.where(table < len(VOICES), kit, OTHER))


def _rare(drums: DrumMap) -> np.ndarray:
    """Whether a map reads each note without writing it, bool (128,)."""
    written = {line.note for line in drums.lines if line.written}
    return np.array([drums.knows(note) and note not in written for note in range(128)])
