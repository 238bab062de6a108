"""What the page asks of `beatgen`, each answer computed once for all sessions.

Grooves are immutable, so one cached answer serves every session. Caches are keyed by what the
grooves contain and hold a bounded number of answers.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from math import floor, isnan
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import IO, Any, ParamSpec, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import streamlit as st

import beatgen as bg
from app.player import Feels, Frames
from app.session import File, Source
from beatgen import demo, readers
from beatgen.audio import render as audio
from beatgen.audio.kits import KITS, open_kit
from beatgen.audio.mix import NO_MIX, Mix
from beatgen.bars import metrics
from beatgen.bars.pieces import cut
from beatgen.errors import ModelError
from beatgen.groove import Groove, as_kit, join
from beatgen.latent.atlas import Atlas, Nearest, load_atlas
from beatgen.latent.blend import Blend, in_one_meter
from beatgen.latent.directions import Direction
from beatgen.latent.finish import Proposal
from beatgen.latent.vae import Vae, has_kick_on_one
from beatgen.lock import Lock
from beatgen.midi import MidiReport
from beatgen.midi.maps import drum_map

FRAMES = 33  # grooves on the path from A to B; the player blends between them
# Where a shape is set, one in so many of these frames is sent, so that it is not too much: without
# and with feels.
SHAPED, SHAPED_APART = 2, 4
CURVES: dict[str, Callable[[float], float]] = {  # share of the time -> place on the path, 0 to 1
    "straight": lambda t: t,
    "ease in": lambda t: t**2,
    "ease out": lambda t: 1 - (1 - t) ** 2,
    "ease in-out": lambda t: t**2 * (3 - 2 * t),
}
LARGEST_KEPT = 2**18  # bytes of a file that can be read again by another drum map
IN_MEMORY = 2**22  # bytes of a zip that is being made
PASTED = "GrooveScribe"  # the name of a groove from an address
MANY = 128  # answers that a cache holds
FEW = 4  # where each is of many grooves; a bar takes 11 kB
PAIRS = 64
SMALL = 2048  # where each is a number or two

P = ParamSpec("P")
R = TypeVar("R")


def contents(groove: Groove) -> bytes:
    """A digest that two grooves share only where they are equal."""
    digest = blake2b(
        repr((groove.velocity.shape, groove.meters, groove.tempo, groove.extras)).encode(),
        digest_size=16,
    )
    digest.update(groove.velocity.tobytes())
    digest.update(groove.timing.tobytes())
    return digest.digest()


def cached(held: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compute each answer of a function once for all sessions; `held` of them are held."""
    return st.cache_resource(show_spinner=False, max_entries=held, hash_funcs={Groove: contents})


@st.cache_resource(show_spinner=False)
def model() -> Vae:
    """The shipped model. Raises ModelError where it is missing."""
    return bg.load_model()


def read(
    name: str, content: bytes, map: str | None = None, changed: Mapping[int, str] | None = None
) -> Source:
    """An uploaded file, or an address that was PASTED.

    map: name of the drum map to read it by; None recognises it. changed: notes that mean other
    voices. Raises BeatGenError with one sentence where it is not a drum groove.
    """
    # Not cached: 16 kB may hold 45 MB of bars, and a file is read only once.
    wanted = drum_map(map).changed(changed or {}) if map else None
    groove, report = readers.scan(io.BytesIO(content), name=name, map=wanted)
    source = Source(PurePath(name).stem, groove, messages=tuple(report.messages))
    if not (readers.reader_of(content, name).mapped and isinstance(report, MidiReport)):
        return source
    if len(content) > LARGEST_KEPT:
        source.too_large = True
    else:
        read_as = report.pitches, report.voices, dict(changed or {})
        source.file = File(name, content, report.map, *read_as)
    return source


def read_rhythm(name: str, content: bytes) -> Source:
    """The rhythm of an uploaded file: MIDI of any instrument, or sound. Raises BeatGenError with
    one sentence where there is none in it."""
    return Source(PurePath(name).stem, bg.read_rhythm(io.BytesIO(content), name=name))


@st.cache_resource(show_spinner=False)
def demos() -> dict[str, Source]:
    """The demo grooves by title."""
    sources = {}
    for name in demo.names():
        title = name.replace("-", " ").capitalize()
        sources[title] = Source(title, demo.load(name), style=demo.read(name).style)
    return sources


@cached(PAIRS)
def _pair(a: Groove, b: Groove) -> Blend:
    """What all blends of two grooves have in common."""
    return model().between(a, b)


@cached(FEW)
def path(a: Groove, b: Groove) -> list[Groove]:
    """The frames from `a` to `b`."""
    return _pair(a, b).path(FRAMES)


def frames(a: Groove, b: Groove) -> Frames[Sequence[Groove]]:
    """The path from `a` to `b`, for the player."""
    return _frames(a, b, path, a, b)


def feels(a: Groove, b: Groove) -> Frames[Feels]:
    """The same with the feel of `a`, and with that of `b`."""
    return _frames(a, b, path_feels, a, b)


def shaped_frames(
    a: Groove, b: Groove, amounts: tuple[float, ...], every: int
) -> Frames[Sequence[Groove]]:
    """One in `every` of the frames from `a` to `b`, all nudged by the same amounts."""
    return _frames(a, b, shaped_path, a, b, amounts, every)


def shaped_feels(a: Groove, b: Groove, amounts: tuple[float, ...], every: int) -> Frames[Feels]:
    """Those with the feel of `a`, and with that of `b`."""
    return _frames(a, b, shaped_path_feels, a, b, amounts, every)


def _frames(a: Groove, b: Groove, make: Callable[..., R], *given: Any) -> Frames[R]:
    name = b"".join([contents(a), contents(b), repr(given[2:]).encode()])
    first, last = in_one_meter(a, b)
    return Frames(name, (first, last), partial(make, *given))


@cached(FEW)
def path_feels(a: Groove, b: Groove) -> tuple[list[Groove], list[Groove]]:
    """The same frames with the feel of `a`, and with that of `b`."""
    with_a, with_b = (_pair(a, b).path(FRAMES, feel) for feel in (0.0, 1.0))
    return with_a, with_b


@cached(FEW)
def shaped_path(a: Groove, b: Groove, amounts: tuple[float, ...], every: int) -> list[Groove]:
    """One in `every` of the frames from `a` to `b`, all nudged by the same amounts."""
    return model().nudge_each(path(a, b)[::every], amounts)


@cached(FEW)
def shaped_path_feels(
    a: Groove, b: Groove, amounts: tuple[float, ...], every: int
) -> tuple[list[Groove], list[Groove]]:
    """Those frames with the feel of `a`, and with that of `b`."""
    with_a, with_b = (model().nudge_each(row[::every], amounts) for row in path_feels(a, b))
    return with_a, with_b


@cached(MANY)
def blend(a: Groove, b: Groove, position: float, feel: float | None = None) -> Groove:
    """The blend, at a whole tempo; at its ends, and where A and B have one tempo, at theirs. The
    player in the browser does the same."""
    blended = _pair(a, b).blend(position, feel)
    if position in (0, 1) or a.tempo == b.tempo:
        return blended
    return replace(blended, tempo=float(floor(blended.tempo + 0.5)))


@cached(FEW)
def morph(
    a: Groove,
    b: Groove,
    bars: int,
    tempo: float,
    curve: str = "straight",
    pattern: float | None = None,
    feel: float | None = None,
) -> Groove:
    """From `a` to `b` in so many bars (2 or more) along a curve of CURVES, at one tempo.

    Bar i is bar i of the blend there; grooves with fewer bars repeat. pattern, feel: where one of
    them stays, 0 to 1; by default both go from A to B, and the ends are bars of `a` and `b`.
    """
    places = [CURVES[curve](i / (bars - 1)) for i in range(bars)]
    blends = [
        blend(a, b, place if pattern is None else pattern, place if feel is None else feel)
        for place in places
    ]
    return replace(join(frame[i % frame.bars] for i, frame in enumerate(blends)), tempo=tempo)


@cached(MANY)
def nudge(groove: Groove, amounts: tuple[float, ...]) -> Groove:
    return model().nudge(groove, amounts)


@cached(MANY)
def reconstruct(groove: Groove) -> Groove:
    """The groove as the model reproduces it."""
    return model().reconstruct(groove)


@cached(SMALL)
def match(groove: Groove) -> float:
    """How closely the model reproduces the groove, 0 to 1: hit F1 of `reconstruct`, exact to the
    step."""
    return _or_silence(metrics.hit_f1(as_kit(groove).velocity, reconstruct(groove).velocity))


def similarity(first: Groove, second: Groove) -> float:
    """How much of their patterns two grooves share, 0 to 1: F1 of the struck sixteenths."""
    # Not cached: the key takes longer to compute than the answer.
    return _or_silence(metrics.pattern_f1(*cut(first), *cut(second)))


@cached(FEW)
def vary(groove: Groove, count: int, pattern: float, feel: float, seed: int) -> list[Groove]:
    return model().vary(groove, count=count, amount=pattern, feel=feel, seed=seed)


@cached(FEW)
def humanize(
    groove: Groove,
    timing: Mapping[str, float],
    velocity: Mapping[str, float],
    keep_accents: bool,
    like: Groove | str | None,
    seed: int,
) -> Groove:
    """The groove with as much of another feel, by drum family, as the amounts say. Raises
    BeatGenError where there is no such feel."""
    return model().humanize(
        groove,
        seed,
        timing=timing,
        velocity=velocity,
        keep_accents=keep_accents,
        like=like,
    )


@cached(FEW)
def drumify(rhythm: Groove, busy: float, style: str | None, seed: int) -> Groove:
    """Drums for a rhythm. Raises BeatGenError for one without a hit."""
    return model().drumify(rhythm, busy, style, seed)


def finish(groove: Groove, lock: Lock, count: int, seed: int, fill: bool) -> list[Proposal]:
    # Not cached: nobody asks twice with one seed.
    return model().finish(groove, lock, count, seed, fill)


@st.cache_resource(show_spinner=False)
def atlas() -> Atlas:
    """The training bars on their map. Raises ModelError where it is missing."""
    return load_atlas()


def nearest(groove: Groove) -> Nearest | None:
    """The training bar that is most similar to a bar of the groove; None in an installation without
    atlas."""
    try:
        return _nearest(groove)
    except ModelError:  # an error is not cached: the atlas may be installed later
        return None


@cached(MANY)
def places(groove: Groove) -> np.ndarray:
    """Where each bar of the groove stands on the map, (bars, 2)."""
    return atlas().place(model().encode(groove))


@cached(PAIRS)
def path_places(a: Groove, b: Groove) -> np.ndarray:
    """The path from `a` to `b` on the map, bar by bar: (bars, FRAMES, 2)."""
    frames = path(a, b)
    whole = join(frames)
    velocity, timing = cut(whole)  # a bar longer than 4/4 has a place for each of its pieces
    pieces = len(velocity) // FRAMES
    z, _ = model().encode_bars(velocity, timing, loop=pieces)
    return atlas().place(z).reshape(FRAMES, pieces, 2).swapaxes(0, 1)


def training_bar(bar: int, tempo: float) -> Groove:
    """A training bar (its index) as the model reproduces it."""
    return model().decode(atlas().z(np.array([bar])), tempo)


def sample(among: np.ndarray, count: int, seed: int, tempo: float) -> list[Groove]:
    """New bars that resemble these training bars (indices).

    Twice as many are drawn, and those with fewer hits than the sparsest tenth of the training bars
    are used last: halfway between two bars there may be hardly any. Of the others, those with a
    kick on the one come first.
    """
    drawn = model().decode_each(atlas().sample(among, 2 * count, seed), tempo)
    fewest = np.quantile(np.unpackbits(atlas().patterns[among], axis=1).sum(1), 0.1)
    return sorted(
        drawn, key=lambda bar: 2 * (hit_count(bar) < fewest) + (not has_kick_on_one(bar))
    )[:count]


def hit_count(groove: Groove) -> int:
    """Hits of the groove as the atlas counts them: one per drum family and sixteenth."""
    heard = as_kit(groove)
    return int(metrics.folded(heard.velocity, heard.timing).sum())


def directions() -> Sequence[Direction]:
    """The model's directions, those with names first."""
    return model().directions


@cached(MANY)
def midi_file(groove: Groove, pitches: str = "gm", loops: int = 1, early: str = "loop") -> bytes:
    """A MIDI file of the groove played `loops` times. early: as in `write_midi`."""
    file = io.BytesIO()
    bg.write_midi(groove.repeat(groove.bars * loops), file, pitches=pitches, early=early)
    return file.getvalue()


def wav_file(groove: Groove, kit: str = KITS[0], mix: Mix = NO_MIX) -> bytes:
    """A WAV loop exactly as long as the groove; what rings on past its end is at its start.

    It is played by a shipped kit, like the player: what is downloaded is what was heard.
    """
    file = io.BytesIO()
    bg.write_wav(groove, file, loop=True, engine=kit, mix=mix)
    return file.getvalue()


def stem_files(
    groove: Groove, kit: str = KITS[0], mix: Mix = NO_MIX
) -> Iterator[tuple[str, bytes | memoryview]]:
    """A WAV loop of each drum family that plays, after its name; their sum is `wav_file`."""
    for family, sound in audio.each_stem(groove, open_kit(kit), loop=True, mix=mix):
        file = io.BytesIO()
        audio.save_wav(sound, file)
        del sound  # it is large: gone before the next one is made
        yield family, file.getbuffer()


def zip_file(files: Iterable[tuple[str, bytes | memoryview]]) -> IO[bytes]:
    """A zip of files after their names, ready to be read; it lies on the disk where it is long."""
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (who reads it closes it)
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files:
            archive.writestr(name, content)
    file.seek(0)
    return file


@cached(SMALL)
def _nearest(groove: Groove) -> Nearest:
    return atlas().nearest(groove)


def _or_silence(f1: float) -> float:
    """F1 is undefined between two silent grooves; they are the same."""
    return 1.0 if isnan(f1) else f1
