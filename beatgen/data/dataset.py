"""A folder of MIDI files -> arrays of bars, split by file, for training and for measuring."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal
from threading import Lock
from types import ModuleType

import numpy as np
from tqdm import tqdm

from beatgen.errors import UNREADABLE, BeatGenError, check_seed, shown
from beatgen.files import whole
from beatgen.groove import STEPS, Groove, as_kit, join
from beatgen.kit import VOICES
from beatgen.meter import FOUR_FOUR, label_of
from beatgen.readers import READERS, Report, scan
from beatgen.stored import read_arrays

SPLITS = ("train", "validation", "test")
UNKNOWN = "unknown"  # the style of a file that no table names
SHARES = (0.8, 0.1, 0.1)  # of the files, where the folder has no info.csv
COLUMNS = {"midi_filename", "split", "style"}  # of info.csv, those that are needed
FORMAT = 1  # of the .npz file; raise it when its content changes
# These run threads; a fork of a process that runs threads may crash.
THREADED = frozenset(("tensorflow", "jax", "torch", "ai_edge_litert", "sklearn"))
MANY = 64  # files: fewer are read before other processes have started
QUIET = (SIGINT, SIG_IGN)
_STARTING = Lock()


@dataclass(frozen=True)
class Dataset:
    """Bars of many files.

    velocity: uint8 (bars, steps, 22), MIDI velocity. timing: float16 (bars, steps, 22), in steps.
    file_index: int32 (bars,), index into `files`; number: int32 (bars,), the bar's place in it.
    files, styles, splits: one entry per file, in order; tempo: float32 (files,), BPM.
    left_out: one sentence for each file that could not be read.
    Bars without a hit are left out: they are rests at the ends of recordings.
    """

    velocity: np.ndarray
    timing: np.ndarray
    file_index: np.ndarray
    number: np.ndarray
    files: np.ndarray
    styles: np.ndarray
    splits: np.ndarray
    tempo: np.ndarray
    left_out: np.ndarray

    def __len__(self) -> int:
        return len(self.velocity)

    def split(self, name: str) -> Dataset:
        """The bars of one split. Raises BeatGenError where it is unknown or empty."""
        if name not in SPLITS:
            raise BeatGenError(f"split is {shown(name)}; expected one of {', '.join(SPLITS)}.")
        chosen = self.splits[self.file_index] == name
        if not chosen.any():
            raise BeatGenError(
                f"the split {shown(name)} has no bars; found bars in "
                f"{', '.join(sorted(set(self.splits[self.file_index])))}."
            )
        return self.take(np.flatnonzero(chosen))

    def take(self, bars: np.ndarray) -> Dataset:
        """The bars of these indices; the files stay."""
        return Dataset(
            self.velocity[bars],
            self.timing[bars],
            self.file_index[bars],
            self.number[bars],
            self.files,
            self.styles,
            self.splits,
            self.tempo,
            self.left_out,
        )

    def grids(self, bars: slice | np.ndarray = slice(None)) -> tuple[np.ndarray, np.ndarray]:
        """Velocity 0 to 1 and timing in steps, as `Groove` has them, of these bars (all of them,
        unless given); float32 (bars, steps, 22) each."""
        return self.velocity[bars] / np.float32(127), self.timing[bars].astype(np.float32)

    def groove(self, bar: int) -> Groove:
        """One bar, counted from 0, as a groove at its file's tempo. Raises BeatGenError where there
        is no such bar."""
        if not 0 <= bar < len(self):
            raise BeatGenError(f"no bar {bar}: the data have {len(self)}, counted from 0.")
        velocity, timing = self.grids(slice(bar, bar + 1))
        return Groove(velocity, timing, float(self.tempo[self.file_index[bar]]))

    def save(self, path: str | os.PathLike[str], fingerprint: str = "") -> None:
        """Write everything into one compressed .npz file."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as part, open(part, "wb") as file:  # whatever its name ends in
            np.savez_compressed(file, format=FORMAT, fingerprint=fingerprint, **vars(self))


def load_dataset(path: str | os.PathLike[str], steps: int | None = None) -> Dataset:
    """Read what `prepare` wrote. Raises BeatGenError for anything else, and for bars of other
    than `steps` steps, where these are given."""
    try:
        stored = read_arrays(path)
        if int(stored["format"]) != FORMAT:
            raise BeatGenError(
                f"{path}: written by another version of beatgen; run `beatgen prepare` again."
            )
        dataset = Dataset(**{name: stored[name] for name in Dataset.__dataclass_fields__})
        _check(dataset)
    except FileNotFoundError:
        raise BeatGenError(f"{path}: no such file; make it with `beatgen prepare`.") from None
    except UNREADABLE as error:
        raise BeatGenError(
            f"{path}: not a dataset; expected an .npz file written by `beatgen prepare`."
        ) from error
    found = dataset.velocity.shape[1]
    if steps not in (None, found):
        raise BeatGenError(
            f"{path}: bars of {found} steps; expected {steps}. Run `beatgen prepare` again, with "
            f"--steps {steps}."
        )
    return dataset


def _check(dataset: Dataset) -> None:
    """Raises ValueError where the arrays are not such as the docstring of Dataset says."""
    bars, files = len(dataset.velocity), len(dataset.files)
    grid = (bars, dataset.velocity.shape[1], len(VOICES))
    expected = {
        "velocity": (grid, "u"), "timing": (grid, "f"), "file_index": ((bars,), "i"),
        "number": ((bars,), "i"), "files": ((files,), "U"), "styles": ((files,), "U"),
        "splits": ((files,), "U"), "tempo": ((files,), "f"),
    }  # fmt: skip
    for name, (shape, kind) in expected.items():
        array = getattr(dataset, name)
        if array.shape != shape or array.dtype.kind != kind:
            raise ValueError(f"{name} is {array.dtype} {array.shape}")
    if bars and not 0 <= dataset.file_index.min() <= dataset.file_index.max() < files:
        raise ValueError("bars of files that are not there")
    if not set(dataset.splits.tolist()) <= set(SPLITS):
        raise ValueError("splits that there are not")


def prepare(
    folder: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    steps: int = STEPS,
    seed: int = 0,
    progress: bool = False,
) -> Dataset:
    """Read all 4/4 bars below `folder` and store them in `output` (.npz).

    Split and style come from the folder's info.csv, as GMD has it, the tempo from each file; where
    there is no such table, the files are split 80/10/10 by `seed`. A second call with the same
    files returns what is stored. Raises BeatGenError where the folder has no MIDI file that can be
    read, and for a seed below 0.
    """
    check_seed(seed)
    root = Path(folder)
    paths = files_below(root)
    fingerprint = _fingerprint(root, paths, steps, seed)
    if _stored_fingerprint(output) == fingerprint:
        with suppress(BeatGenError):  # damaged since: made anew
            return load_dataset(output)
    dataset = _gather(root, paths, steps, seed, progress)
    dataset.save(output, fingerprint)
    return dataset


def files_below(folder: Path) -> list[Path]:
    """All files below a folder, sorted, of the formats that a data set is made of. Raises
    BeatGenError where there is none."""
    if not folder.is_dir():
        raise BeatGenError(f"{folder}: no such folder.")
    formats = [reader for reader in READERS if reader.in_folders]
    endings = tuple(ending for reader in formats for ending in reader.endings)
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in endings)
    if not paths:
        names = " or ".join(reader.name for reader in formats)
        raise BeatGenError(
            f"{folder}: no {names} files ({', '.join(endings)}) found in it or below."
        )
    return paths


def scan_folder(
    root: Path, paths: list[Path], steps: int = STEPS, progress: bool = False
) -> Iterator[tuple[Groove, Report] | str]:
    """Read the 4/4 bars of files below `root`, in order: groove and report of each, or the sentence
    why not.

    Many files are read by several processes. A script that calls this needs no
    `if __name__ == "__main__"`: they do not import it.
    """
    read = partial(_scan, root, steps=steps)
    with ExitStack() as stack:
        results: Iterator[tuple[Groove, Report] | str] = map(read, paths)
        if len(paths) >= MANY:
            # An interrupt is the parent's to handle; from the workers it would print tracebacks.
            pool = ProcessPoolExecutor(
                mp_context=get_context(_start_method()), initializer=signal, initargs=QUIET
            )
            # At an interrupt, what has not begun is given up: to wait for it took minutes.
            stack.callback(pool.shutdown, cancel_futures=True)
            with _without_script():
                results = pool.map(read, paths, chunksize=max(1, min(16, len(paths) // 8)))
        try:
            yield from tqdm(results, "reading", len(paths), unit="file", disable=not progress)
        except BrokenProcessPool:
            raise BeatGenError(
                f"{root}: one of the processes that read the files was ended from outside; see "
                "that there is memory enough, and run it again."
            ) from None


def _start_method() -> str | None:
    """How worker processes start: None is the system's default."""
    return None if THREADED.isdisjoint(sys.modules) else "spawn"


@contextmanager
def _without_script() -> Iterator[None]:
    """Processes that are started herein do not import the script that runs.

    A spawned process imports it, for functions that it may define, and so runs all of it again, up
    to the same call. The functions that are called here are in this package.
    """
    with _STARTING:
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = script


def read_info(root: Path) -> dict[str, dict[str, str]]:
    """GMD's info.csv: file name -> its row; nothing where the folder has none.

    Raises BeatGenError where the table lacks the columns midi_filename, split or style, and where
    a row is without one of them or names another split than those of SPLITS.
    """
    table = root / "info.csv"
    if not table.exists():
        return {}
    info: dict[str, dict[str, str]] = {}
    # Spreadsheets begin a table in UTF-8 with a byte order mark, which -sig leaves out.
    with table.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        rows = csv.DictReader(file)
        if missing := COLUMNS - set(rows.fieldnames or ()):
            raise BeatGenError(
                f"{table}: the columns {', '.join(sorted(missing))} are missing; expected GMD's "
                "table."
            )
        for row in rows:
            if any(row[name] is None for name in COLUMNS):
                raise BeatGenError(f"{table}: line {rows.line_num} is too short; complete it.")
            if row["split"] not in SPLITS:
                raise BeatGenError(
                    f"{table}: line {rows.line_num} has the split {shown(row['split'])}; expected "
                    f"one of {', '.join(SPLITS)}."
                )
            info[row["midi_filename"]] = row
    return info


def _scan(root: Path, path: Path, steps: int) -> tuple[Groove, Report] | str:
    name = path.relative_to(root).as_posix()  # a file's bare name may be that of many
    try:
        groove, report = scan(path, steps, name=name)
    except BeatGenError as error:
        return str(error)
    in_44 = [bar for bar, meter in enumerate(groove.meters) if meter == FOUR_FOUR]
    if not in_44:
        return f"{name}: no 4/4 bar found, only {label_of(groove.meters)}; models learn from 4/4."
    if len(in_44) < groove.bars:
        groove = join(groove[bar] for bar in in_44)
    return groove, report


def _gather(root: Path, paths: list[Path], steps: int, seed: int, progress: bool) -> Dataset:
    info = read_info(root)
    splits = _splits(root, paths, info, seed)
    velocity, timing, file, number, tempo, left_out = [], [], [], [], [], []
    for index, result in enumerate(scan_folder(root, paths, steps, progress)):
        if isinstance(result, str):
            left_out.append(result)
            tempo.append(0.0)
            continue
        groove = as_kit(result[0])  # as the network hears it
        sounding = np.flatnonzero(groove.velocity.any(axis=(1, 2)))
        velocity.append(np.rint(groove.velocity[sounding] * 127).astype(np.uint8))
        timing.append(groove.timing[sounding].astype(np.float16))
        file.append(np.full(len(sounding), index, np.int32))
        number.append(sounding.astype(np.int32))
        tempo.append(groove.tempo)
    if not velocity:
        raise BeatGenError(f"{root}: none of {len(paths)} files could be read; {left_out[0]}")
    names = [path.relative_to(root).as_posix() for path in paths]
    return Dataset(
        np.concatenate(velocity),
        np.concatenate(timing),
        np.concatenate(file),
        np.concatenate(number),
        np.array(names),
        np.array([info.get(name, {}).get("style", UNKNOWN) for name in names]),
        splits,
        np.array(tempo, np.float32),
        np.array(left_out, dtype=np.str_),
    )


def _splits(
    root: Path, paths: list[Path], info: dict[str, dict[str, str]], seed: int
) -> np.ndarray:
    """A split for each file: as in the table, else drawn by `seed`."""
    drawn = np.repeat(SPLITS, np.diff(np.rint(np.cumsum((0, *SHARES)) * len(paths)).astype(int)))
    drawn = np.random.default_rng(seed).permutation(drawn)
    if not info:
        return drawn.astype(np.str_)
    names = [path.relative_to(root).as_posix() for path in paths]
    # A file that is not in the table trains: it was never set aside for testing.
    return np.array([info.get(name, {}).get("split", "train") for name in names])


def _fingerprint(root: Path, paths: list[Path], steps: int, seed: int) -> str:
    """Changes when any file, the table, or how they are read changes."""
    table = root / "info.csv"
    stats = [
        (path.relative_to(root).as_posix(), *_state(path))
        for path in [*paths, *([table] if table.exists() else [])]
    ]
    key = json.dumps([FORMAT, len(VOICES), steps, seed, stats])
    return hashlib.sha256(key.encode()).hexdigest()


def _state(path: Path) -> tuple[int, int]:
    """Size and time of a file; -1 where it cannot be looked at, as a link to nothing cannot."""
    try:
        stat = path.stat()
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns


def _stored_fingerprint(path: str | os.PathLike[str]) -> str | None:
    try:
        return str(read_arrays(path, ["fingerprint"])["fingerprint"])
    except UNREADABLE:
        return None
