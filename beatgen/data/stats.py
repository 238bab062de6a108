"""What is in a folder of MIDI files: bars, hits, pitches, velocities, tempos, meters, styles."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from beatgen.data.dataset import files_below, read_info, scan_folder
from beatgen.errors import BeatGenError
from beatgen.groove import as_kit
from beatgen.kit import NAMES
from beatgen.midi.maps import PITCHES, voice_of_pitch

MAX_VELOCITY = 127


@dataclass(frozen=True)
class Stats:
    """Counts over all files of a folder that could be read.

    files: files read; left_out: one sentence for each of the others.
    bars: 4/4 bars read; skipped_bars: bars in other meters.
    hits: drum notes found, hits_per_pitch: the same by MIDI pitch as the files have them, with
    those that are folded or not heard. hits_per_voice: hits on the grid, after folding, for all 22
    voices in the kit's order. velocities: hits on the grid by MIDI velocity, entry v counts v
    (0-127, nothing at 0).
    index_of_pitch: index of the voice that each pitch goes to, for the kit's own pitches and all
    that were found; None where a pitch is dropped.
    lengths: bars of each file; tempos: BPM of each file, in the same order.
    meters: files in which a meter occurs. styles: files of each style, from info.csv.
    """

    folder: str
    files: int
    left_out: tuple[str, ...]
    bars: int
    skipped_bars: int
    hits: int
    hits_per_pitch: dict[int, int]
    hits_per_voice: dict[str, int]
    index_of_pitch: dict[int, int | None]
    velocities: tuple[int, ...]
    lengths: tuple[int, ...]
    tempos: tuple[float, ...]
    meters: dict[str, int]
    styles: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain dicts, lists and numbers, fit for JSON."""
        return asdict(self) | {
            "left_out": list(self.left_out),
            "velocities": list(self.velocities),
            "lengths": list(self.lengths),
            "tempos": list(self.tempos),
        }

    def __str__(self) -> str:
        """A table of pitches, and the rest in a few lines."""
        middle = sorted(self.lengths)[len(self.lengths) // 2]
        rows = [
            f"files          {self.files}, left out {len(self.left_out)}",
            f"4/4 bars       {self.bars}, left out in other meters {self.skipped_bars}",
            f"hits           {self.hits}",
            f"bars per file  {min(self.lengths)} to {max(self.lengths)}, median {middle}",
            f"tempo          {min(self.tempos):g} to {max(self.tempos):g}",
            f"meters         {_counts(self.meters)}",
            *([f"styles         {_counts(self.styles)}"] if self.styles else []),
            "pitch  index  voice                hits",
        ]
        for pitch, index in self.index_of_pitch.items():
            place, name = ("-", "dropped") if index is None else (str(index), NAMES[index])
            rows.append(f"{pitch:5d}  {place:>5}  {name:<16}{self.hits_per_pitch.get(pitch, 0):9d}")
        return "\n".join(rows)


def folder_stats(folder: str | os.PathLike[str], progress: bool = False) -> Stats:
    """Read every MIDI file below `folder` and count what is in it.

    Raises BeatGenError where there is no MIDI file, or none that can be read.
    """
    root = Path(folder)
    paths = files_below(root)
    info = read_info(root)
    pitches: Counter[int] = Counter()
    voices: Counter[str] = Counter()
    meters: Counter[str] = Counter()
    styles: Counter[str] = Counter()
    velocities = np.zeros(MAX_VELOCITY + 1, np.int64)
    lengths: list[int] = []
    tempos: list[float] = []
    left_out: list[str] = []
    skipped = 0
    for path, result in zip(paths, scan_folder(root, paths, progress=progress), strict=True):
        if isinstance(result, str):
            left_out.append(result)
            continue
        groove, report = as_kit(result[0]), result[1]  # as the network hears it
        struck = groove.velocity[groove.velocity > 0]
        loudness = np.rint(struck * MAX_VELOCITY).astype(int)
        velocities += np.bincount(loudness, minlength=len(velocities))
        pitches.update(report.pitches)
        struck_voices = np.count_nonzero(groove.velocity, axis=(0, 1)).tolist()
        voices.update(dict(zip(NAMES, struck_voices, strict=True)))
        meters.update(set(report.meters))
        row = info.get(path.relative_to(root).as_posix())
        if row is not None:
            styles[row["style"]] += 1
        lengths.append(groove.bars)
        tempos.append(groove.tempo)
        skipped += len(report.skipped) + report.bars - groove.bars
    if not lengths:
        raise BeatGenError(f"{root}: none of {len(paths)} files could be read; {left_out[0]}")
    return Stats(
        folder=str(root),
        files=len(lengths),
        left_out=tuple(left_out),
        bars=sum(lengths),
        skipped_bars=skipped,
        hits=pitches.total(),
        hits_per_pitch=dict(sorted(pitches.items())),
        hits_per_voice={name: voices[name] for name in NAMES},
        index_of_pitch={p: voice_of_pitch(p) for p in sorted({*PITCHES, *pitches})},
        velocities=tuple(velocities.tolist()),
        lengths=tuple(lengths),
        tempos=tuple(tempos),
        meters=dict(meters.most_common()),
        styles=dict(styles.most_common()),
    )


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{name} ({number})" for name, number in counted.items())
