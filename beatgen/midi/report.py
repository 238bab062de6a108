"""What was found in a MIDI file, and what became of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from beatgen.midi.channels import DRUM_CHANNEL
from beatgen.midi.events import TICKS
from beatgen.midi.maps import GENERAL_MIDI

SHOWN = 8  # notes that a sentence names


@dataclass
class MidiReport:
    """What was found in a file, and what became of it.

    pitches: pitch -> hits found, before anything else. hits: per voice name, as read. map: short
    name of the map that was followed, map_title: its name for people, map_why: how it was found, ""
    for General MIDI by default. pedal: hits of hi-hats that are closed, half open and open by their
    pedal, where that says it. voices: pitch -> name of the voice it was read as. moved: pitch ->
    hits that another map than General MIDI sends to another voice than that would. folded: pitch ->
    hits that went to a voice of the kit which has another note. dropped: pitch -> hits that became
    no voice. meters: as they stand in the file, in order of appearance. skipped: bar number (from
    1) -> its meter, for the bars of meters that are not played.
    collisions: hits that fell into a taken cell. channel is counted from 1; tempos are BPM in
    order of appearance.
    """

    name: str
    channel: int = DRUM_CHANNEL + 1
    ticks_per_beat: int = TICKS
    tempos: list[float] = field(default_factory=list)
    meters: list[str] = field(default_factory=list)
    bars: int = 0
    tempo: float = 0.0
    pitches: dict[int, int] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    map: str = GENERAL_MIDI
    map_title: str = ""
    map_why: str = ""
    pedal: dict[str, int] = field(default_factory=dict)
    voices: dict[int, str] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    folded: dict[int, int] = field(default_factory=dict)
    dropped: dict[int, int] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)
    collisions: int = 0

    @property
    def messages(self) -> list[str]:
        """One sentence for everything a listener of the original would miss."""
        found = []
        if self.channel != DRUM_CHANNEL + 1:
            found.append(f"No drums on channel 10; read the drum loop on channel {self.channel}.")
        if self.skipped:
            meters = ", ".join(sorted(set(self.skipped.values())))
            left_out = _counted(len(self.skipped), "bar")
            found.append(f"Left out {left_out} in {meters}; no such meter is played.")
        if self.map_why:
            found.append(self._map_sentence())
        if self.pedal:
            hats = ", ".join(f"{n} {zone}" for zone, n in self.pedal.items())
            found.append(f"The hi-hat's pedal (controller 4) opens it: {hats}.")
        if self.folded:
            pairs = (f"{p} ({n}) to {self.voices[p]}" for p, n in sorted(self.folded.items()))
            found.append(f"Folded other pitches into the kit: {', '.join(pairs)}.")
        if self.dropped:
            pairs = (f"{p} ({n})" for p, n in sorted(self.dropped.items()))
            found.append(f"Dropped pitches that are no drum of the kit: {', '.join(pairs)}.")
        if self.collisions:
            found.append(
                f"{_counted(self.collisions, 'hit')} fell on a step already taken by a louder one."
            )
        if len(self.tempos) > 1:
            found.append(
                f"The tempo changes {_counted(len(self.tempos) - 1, 'time')} between "
                f"{min(self.tempos):g} and {max(self.tempos):g}; {self.tempo:g} is kept, the "
                "timing within bars is exact."
            )
        return found

    def _map_sentence(self) -> str:
        """Which map was followed and why, and what differs from General MIDI; the notes with most
        hits where there are many."""
        sentence = f"Read as {self.map_title}, {self.map_why}"
        most = sorted(self.moved, key=lambda pitch: (-self.moved[pitch], pitch))[:SHOWN]
        pairs = [f"{p} ({self.moved[p]}) is {self.voices[p]}" for p in sorted(most)]
        if len(self.moved) > SHOWN:
            pairs.append(f"{len(self.moved) - SHOWN} more notes differ")
        return f"{sentence}: {', '.join(pairs)}." if pairs else f"{sentence}."

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and numbers, fit for JSON; each folded pitch with the
        voice that it went to."""
        folded, moved = (
            {p: {"voice": self.voices[p], "hits": n} for p, n in sorted(notes.items())}
            for notes in (self.folded, self.moved)
        )
        return asdict(self) | {"folded": folded, "moved": moved, "messages": self.messages}

    def rows(self) -> list[tuple[str, str]]:
        """The report as a table of two columns."""
        return [
            ("bars", f"{self.bars} in {', '.join(dict.fromkeys(self.meters))}"),
            ("tempo", f"{self.tempo:g}"),
            ("channel", str(self.channel)),
            *([("map", self.map_title)] if self.map_title else []),
            ("ticks", f"{self.ticks_per_beat} per beat"),
            ("hits", str(sum(self.hits.values()))),
            *((f"  {voice}", str(hits)) for voice, hits in self.hits.items()),
        ]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
