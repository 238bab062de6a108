"""What was found in a MIDI file, and what became of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from beatgen.midi.channels import DRUM_CHANNEL
from beatgen.midi.events import TICKS
from beatgen.midi.maps import ARTICULATIONS


@dataclass
class MidiReport:
    """What was found in a file, and what became of it.

    pitches: pitch -> hits found, before anything else. hits: per voice name, as read. folded:
    pitch -> hits that went to a voice of the kit which has another note. dropped: pitch -> hits
    that became no voice. skipped: bar number (from 1) -> its meter, for the bars that are not four
    quarters long. collisions: hits that fell into a taken cell. channel is counted from 1; tempos
    are BPM in order of appearance.
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
            found.append(f"Left out {_counted(len(self.skipped), 'bar')} in {meters}; 4/4 is read.")
        if self.folded:
            pairs = (f"{p} ({n}) to {ARTICULATIONS[p]}" for p, n in sorted(self.folded.items()))
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

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and numbers, fit for JSON; each folded pitch with the
        voice that it went to."""
        folded = {p: {"voice": ARTICULATIONS[p], "hits": n} for p, n in sorted(self.folded.items())}
        return asdict(self) | {"folded": folded, "messages": self.messages}

    def rows(self) -> list[tuple[str, str]]:
        """The report as a table of two columns."""
        return [
            ("bars", f"{self.bars} in 4/4"),
            ("tempo", f"{self.tempo:g}"),
            ("channel", str(self.channel)),
            ("ticks", f"{self.ticks_per_beat} per beat"),
            ("hits", str(sum(self.hits.values()))),
            *((f"  {voice}", str(hits)) for voice, hits in self.hits.items()),
        ]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
