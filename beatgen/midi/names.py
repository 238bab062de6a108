"""Drums by what they are called: instruments of a drum machine, tracks of a DAW."""

from __future__ import annotations

import re

# What an instrument is called -> its General MIDI note; the first that is found holds.
NAMES: tuple[tuple[str, int], ...] = (
    (r"clap", 39),
    (r"tamb", 54),
    (r"cow ?bell|campana", 56),
    (r"shaker|maraca", 70),
    (r"cabasa", 69),
    (r"conga", 63),
    (r"bongo", 60),
    (r"timbal", 65),
    (r"triang", 81),
    (r"claves?\b", 75),
    (r"rim ?shot", 40),
    (r"stick|\brim", 37),
    (r"kick|bass ?drum|grosse caisse|bombo|\bbd\b", 36),
    (r"snare|caisse claire|\bcaja\b|\bsd\b|\bsn(r|are)?\b", 38),
    (r"(hat|\bhh).*(pedal|foot)|(pedal|foot).*(hat|\bhh)", 44),
    (r"(hat|\bhh).*(open|half|offen)|(open|half|offen).*(hat|\bhh)|\boh\b|\bohh\b|\bhho\b", 46),
    (r"\b(hi[ -]?)?hats?\b|\bhh|\bchh?\b|\bcharley", 42),
    (r"floor|low ?tom|tom ?(3|low)|\bft\b|\blt\b", 43),
    (r"\bmid ?tom|tom ?(2|mid)|\bmt\b", 47),
    (r"\btoms?\b|\btom ?1|\bht\b", 50),
    (r"splash", 55),
    (r"china", 52),
    (r"ride.*bell|bell.*ride|\bcup\b", 53),
    (r"ride.*rock|ride ?2", 59),
    (r"\bride|\brd\b", 51),
    (r"crash.*(jazz|2|right)", 57),
    (r"crash|cymbal|becken|\bcc\b", 49),
)


def note_of(name: str) -> int | None:
    """The General MIDI note of an instrument or track by its name, None for one that is no drum's.

    >>> note_of("Hat Pedal"), note_of("Tom 2"), note_of("Kick Stereo"), note_of("Zap")
    (44, 47, 36, None)
    """
    return next((note for pattern, note in NAMES if re.search(pattern, name, re.I)), None)
