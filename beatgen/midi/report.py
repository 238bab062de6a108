"""What was found in a MIDI file, and what became of it."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import asdict, dataclass, field
from typing import Any

from beatgen.groove import TEMPO_RANGE
from beatgen.midi.channels import DRUM_CHANNEL
from beatgen.midi.events import TICKS
from beatgen.midi.maps import FOLD

MOST_LISTED = 6  # of a kind, in one sentence


@dataclass
class MidiReport:
    """What was found in a file, and what became of it.

    pitches: pitch -> drum hits found, before anything else. hits: per voice name, as read.
    channels: those that are read, counted from 1; left_out: of the others, channel -> notes.
    folded: pitch -> hits that went to another voice's row. dropped: pitch -> hits that no voice is
    near. chokes: pitch -> cymbals held by hand, which is not kept. meters: each once;
    strange_meters: those that cannot be, and are ignored. skipped: bar number (from 1) -> its
    meter, for the bars that are not four quarters long. silent: bars without a hit that were cut
    off at the end. collisions: hits that found no cell of their own. tempos: BPM in order of
    appearance; named_tempo: the one that is kept; tempo: the same, or the nearest that can be
    played; performed: whether it is the median of tempos that follow a performance.
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
    folded: dict[int, int] = field(default_factory=dict)
    dropped: dict[int, int] = field(default_factory=dict)
    chokes: dict[int, int] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)
    silent: int = 0
    collisions: int = 0

    @property
    def channel(self) -> int:
        """The first channel that is read, counted from 1."""
        return self.channels[0]

    @property
    def messages(self) -> list[str]:
        """One sentence for everything a listener of the original would miss."""
        found = [*self._of_channels(), *self._of_bars()]
        if self.folded:
            pairs = [f"{p} ({n}) to {FOLD[p]}" for p, n in _most(self.folded)]
            found.append(f"Folded other pitches into the kit: {_listed(pairs, self.folded)}.")
        if self.dropped:
            pairs = [f"{p} ({n})" for p, n in _most(self.dropped)]
            found.append(
                f"Dropped pitches that are no drum of the kit: {_listed(pairs, self.dropped)}."
            )
        if self.collisions:
            found.append(
                f"{_counted(self.collisions, 'hit')} fell on others of the same voice; the louder "
                "ones are kept."
            )
        if self.chokes:
            pairs = [f"{p} ({n})" for p, n in _most(self.chokes)]
            found.append(f"Choked cymbals ring on: {_listed(pairs, self.chokes)}.")
        return [*found, *self._of_tempo()]

    def _of_channels(self) -> list[str]:
        found = []
        if DRUM_CHANNEL + 1 not in self.channels:
            found.append(f"No kit on channel 10; read the drum loop on {_channels(self.channels)}.")
        elif len(self.channels) > 1:
            found.append(f"Read the drums on {_channels(self.channels)}.")
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
                f"{_listed(meters[:MOST_LISTED], meters)}; 4/4 is read."
            )
        if self.strange_meters:
            found.append(f"Ignored the meter {self.strange_meters[0]}, which cannot be.")
        if self.silent:
            found.append(f"Cut {_counted(self.silent, 'bar')} of silence at the end.")
        return found

    def _of_tempo(self) -> list[str]:
        found = []
        if len(self.tempos) > 1:
            low, high = f"{min(self.tempos):g}", f"{max(self.tempos):g}"
            if self.performed:
                found.append(
                    f"The tempo follows a performance, between {low} and {high}; the median, "
                    f"{self.named_tempo:g}, is kept, the timing within bars is exact."
                )
            else:
                found.append(
                    f"The tempo changes {_counted(len(self.tempos) - 1, 'time')} between {low} and "
                    f"{high}; {self.named_tempo:g} is kept, the timing within bars is exact."
                )
        if self.named_tempo != self.tempo:
            found.append(
                f"A tempo of {self.named_tempo:,g} BPM is read as {self.tempo:g}; "
                f"{TEMPO_RANGE[0]:g} to {TEMPO_RANGE[1]:g} can be played."
            )
        return found

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and numbers, fit for JSON; each folded pitch with the
        voice that it went to."""
        folded = {p: {"voice": FOLD[p], "hits": n} for p, n in sorted(self.folded.items())}
        return asdict(self) | {"folded": folded, "messages": self.messages}

    def rows(self) -> list[tuple[str, str]]:
        """The report as a table of two columns."""
        return [
            ("bars", f"{self.bars} in 4/4"),
            ("tempo", f"{self.tempo:g}"),
            ("channel", ", ".join(map(str, self.channels))),
            ("ticks", f"{self.ticks_per_beat} per beat"),
            ("hits", str(sum(self.hits.values()))),
            *((f"  {voice}", str(hits)) for voice, hits in self.hits.items()),
        ]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _most(counts: dict[int, int]) -> list[tuple[int, int]]:
    """The MOST_LISTED largest counts, in order of what is counted."""
    return sorted(sorted(counts.items(), key=lambda pair: -pair[1])[:MOST_LISTED])


def _listed(shown: list[str], every: Sized) -> str:
    """Some of all, for people."""
    more = len(every) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _channels(channels: list[int]) -> str:
    """Such as "channel 1" and "channels 1, 2 and 3"."""
    *others, last = map(str, channels)
    return f"channels {', '.join(others)} and {last}" if others else f"channel {last}"
