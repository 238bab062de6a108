"""What was found in a MIDI file, and what became of it."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import asdict, dataclass, field
from typing import Any

from beatgen.groove import TEMPO_RANGE
from beatgen.midi.channels import DRUM_CHANNEL
from beatgen.midi.events import TICKS
from beatgen.midi.maps import GENERAL_MIDI

SHOWN = 8  # notes that a sentence names


@dataclass
class MidiReport:
    """What was found in a file, and what became of it.

    pitches: pitch -> drum hits found, before anything else. hits: per voice name, as read.
    channels: those that are read, counted from 1; left_out: of the others, channel -> notes. map:
    short name of the map that was followed, map_title: its name for people, map_why: how it was
    found, "" for General MIDI by default. pedal: hits of hi-hats that are closed, half open and
    open by their pedal, where that says it. voices: pitch -> name of the voice it was read as.
    moved: pitch -> hits that another map than General MIDI sends to another voice than that would.
    folded: pitch -> hits that went to a voice of the kit which has another note. dropped: pitch ->
    hits that became no voice. chokes: pitch -> cymbals held by hand, which is not kept.
    meters: of the file, each once; strange_meters: those that cannot be, and are ignored. skipped:
    bar number (from 1) -> its meter, for the bars of meters that are not played. lead_in, silent:
    bars without a hit that were cut off at the start and at the end. collisions: hits that found no
    cell of their own.
    tempos: BPM in order of appearance; named_tempo: the one that is kept; tempo: the same, or the
    nearest that can be played; performed: whether it is the median of tempos that follow a
    performance. remarks: sentences of the reader of another format than MIDI.
    """

    name: str
    channels: list[int] = field(default_factory=lambda: [DRUM_CHANNEL + 1])
    left_out: dict[int, int] = field(default_factory=dict)
    ticks_per_beat: int = TICKS
    tempos: list[float] = field(default_factory=list)
    meters: list[str] = field(default_factory=list)
    strange_meters: list[str] = field(default_factory=list)
    bars: int = 0
    tempo: float = 0.0
    named_tempo: float = 0.0
    performed: bool = False
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
    chokes: dict[int, int] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)
    lead_in: int = 0
    silent: int = 0
    collisions: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def channel(self) -> int:
        """The first channel that is read, counted from 1."""
        return self.channels[0]

    @property
    def messages(self) -> list[str]:
        """One sentence for everything a listener of the original would miss."""
        found = [*self._of_channels(), *self._of_bars()]
        if self.map_why:
            found.append(self._map_sentence())
        if self.pedal:
            hats = ", ".join(f"{n} {zone}" for zone, n in self.pedal.items())
            found.append(f"The hi-hat's pedal (controller 4) opens it: {hats}.")
        if self.folded:
            pairs = [f"{p} ({n}) as {self.voices[p]}" for p, n in _most(self.folded)]
            found.append(f"Other notes play as drums of the kit: {_listed(pairs, self.folded)}.")
        if self.dropped:
            pairs = [f"{p} ({n})" for p, n in _most(self.dropped)]
            found.append(
                f"Dropped notes that are no drum of the kit: {_listed(pairs, self.dropped)}."
            )
        if self.collisions:
            hits = _counted(self.collisions, "hit")
            found.append(f"{hits} dropped: a louder one of the same voice is on the same step.")
        if self.chokes:
            pairs = [f"{p} ({n})" for p, n in _most(self.chokes)]
            found.append(f"Choked cymbals ring on: {_listed(pairs, self.chokes)}.")
        return [*found, *self._of_tempo(), *self.remarks]

    def _of_channels(self) -> list[str]:
        found = []
        if DRUM_CHANNEL + 1 not in self.channels:
            found.append(f"No kit on channel 10; read the drum loop on {_named(self.channels)}.")
        elif len(self.channels) > 1:
            found.append(f"Read the drums on {_named(self.channels)}.")
        if self.left_out:
            pairs = [f"channel {c} ({_counted(n, 'note')})" for c, n in _most(self.left_out)]
            found.append(f"Left out, as no drums: {_listed(pairs, self.left_out)}.")
        return found

    def _of_bars(self) -> list[str]:
        found = []
        if self.skipped:
            meters = list(dict.fromkeys(self.skipped.values()))
            found.append(
                f"Left out {_counted(len(self.skipped), 'bar')} in "
                f"{_listed(meters[:SHOWN], meters)}; no such meter is played."
            )
        if self.strange_meters:
            found.append(f"Ignored the meter {self.strange_meters[0]}, which cannot be.")
        if self.lead_in:
            found.append(f"Cut {_counted(self.lead_in, 'bar')} of silence at the start.")
        if self.silent:
            found.append(f"Cut {_counted(self.silent, 'bar')} of silence at the end.")
        return found

    def _of_tempo(self) -> list[str]:
        found = []
        if len(self.tempos) > 1:
            low, high, kept = (
                f"{round(at, 2):g}" for at in (min(self.tempos), max(self.tempos), self.named_tempo)
            )
            if self.performed:
                found.append(
                    f"The tempo follows a performance, between {low} and {high}; the median, "
                    f"{kept}, is kept, the timing within bars is exact."
                )
            else:
                found.append(
                    f"The tempo changes {_counted(len(self.tempos) - 1, 'time')} between {low} and "
                    f"{high}; {kept} is kept, the timing within bars is exact."
                )
        if self.named_tempo != self.tempo:
            found.append(
                f"A tempo of {f'{self.named_tempo:,.2f}'.rstrip('0').rstrip('.')} BPM is read as "
                f"{self.tempo:g}; {TEMPO_RANGE[0]:g} to {TEMPO_RANGE[1]:g} can be played."
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
            ("tempo", f"{round(self.tempo, 2):g}"),
            ("channel", ", ".join(map(str, self.channels))),
            *([("map", self.map_title)] if self.map_title else []),
            ("ticks", f"{self.ticks_per_beat} per beat"),
            ("hits", str(sum(self.hits.values()))),
            *((f"  {voice}", str(hits)) for voice, hits in self.hits.items()),
        ]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _most(counts: dict[int, int]) -> list[tuple[int, int]]:
    """The SHOWN largest counts, in order of what is counted."""
    return sorted(sorted(counts.items(), key=lambda pair: -pair[1])[:SHOWN])


def _listed(shown: list[str], every: Sized) -> str:
    """Some of all, for people."""
    more = len(every) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _named(channels: list[int]) -> str:
    """Such as "channel 1" and "channels 1, 2 and 3"."""
    *others, last = map(str, channels)
    return f"channels {', '.join(others)} and {last}" if others else f"channel {last}"
