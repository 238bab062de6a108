"""What the page asks of `beatgen`, each answer computed once for all sessions.

Grooves are immutable, so one cached answer serves every session. Caches are keyed by what the
groove contains and hold a bounded number of answers.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from math import isnan
from pathlib import PurePath
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import streamlit as st

import beatgen as bg
from app.session import Source
from beatgen import demo, readers
from beatgen.audio import render as audio
from beatgen.bars import metrics
from beatgen.errors import ModelError
from beatgen.groove import Groove, join
from beatgen.latent.atlas import Atlas, Nearest, load_atlas
from beatgen.latent.blend import Blend
from beatgen.latent.vae import Vae

FRAMES = 33  # of the way from A to B that the player blends between
# Of those frames, where a shape is set, one in so many, with the pattern alone and with feels: what
# is sent stays small.
SHAPED, SHAPED_APART = 2, 4
CURVES: dict[str, Callable[[float], float]] = {  # where on a way one is after a share of the time
    "straight": lambda t: t,
    "ease in": lambda t: t**2,
    "ease out": lambda t: 1 - (1 - t) ** 2,
    "S": lambda t: t**2 * (3 - 2 * t),
}
FOR_ALL = {"show_spinner": False, "max_entries": 128}
FEW = {"show_spinner": False, "max_entries": 16}  # of many grooves each: a bar takes 11 kB


def contents(groove: Groove) -> bytes:
    """A digest that two grooves share only where they are equal."""
    digest = blake2b(repr((groove.velocity.shape, groove.tempo)).encode(), digest_size=16)
    digest.update(groove.velocity.tobytes())
    digest.update(groove.timing.tobytes())
    return digest.digest()


BY_CONTENTS = {Groove: contents}


@st.cache_resource(show_spinner=False)
def model() -> Vae:
    """The shipped model. Raises ModelError where it is missing."""
    return bg.load_model()


def read(name: str, content: bytes) -> Source:
    """An uploaded file. Raises BeatGenError with one sentence where it is not a drum groove."""
    # Not remembered: 16 kB may hold 45 MB of bars, and a file is read but once.
    groove, report = readers.scan(io.BytesIO(content), name=name)
    return Source(PurePath(name).stem, groove.trim(), messages=tuple(report.messages))


@st.cache_resource(show_spinner=False)
def demos() -> dict[str, Source]:
    """The demo grooves by title."""
    sources = {}
    for name in demo.names():
        title = name.replace("-", " ").capitalize()
        sources[title] = Source(title, demo.load(name), style=demo.read(name).style)
    return sources


@st.cache_resource(hash_funcs=BY_CONTENTS, **FEW)
def between(a: Groove, b: Groove) -> Blend:
    """What all blends of two grooves have in common."""
    return model().between(a, b)


@st.cache_resource(hash_funcs=BY_CONTENTS, **FEW)
def way(a: Groove, b: Groove) -> list[Groove]:
    """The frames from `a` to `b`."""
    return between(a, b).path(FRAMES)


@st.cache_resource(hash_funcs=BY_CONTENTS, **FEW)
def feels(a: Groove, b: Groove) -> tuple[list[Groove], list[Groove]]:
    """The same frames with the feel of `a`, and with that of `b`."""
    with_a, with_b = (between(a, b).path(FRAMES, feel) for feel in (0.0, 1.0))
    return with_a, with_b


@st.cache_resource(hash_funcs=BY_CONTENTS, **FEW)
def shaped_way(a: Groove, b: Groove, amounts: tuple[float, ...], every: int) -> list[Groove]:
    """One in `every` of the frames from `a` to `b`, all nudged by the same amounts."""
    return model().nudge_each(way(a, b)[::every], amounts)


@st.cache_resource(hash_funcs=BY_CONTENTS, **FEW)
def shaped_feels(
    a: Groove, b: Groove, amounts: tuple[float, ...], every: int
) -> tuple[list[Groove], list[Groove]]:
    """Those frames with the feel of `a`, and with that of `b`."""
    with_a, with_b = (model().nudge_each(row[::every], amounts) for row in feels(a, b))
    return with_a, with_b


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def blend(a: Groove, b: Groove, position: float, feel: float | None = None) -> Groove:
    return between(a, b).blend(position, feel)


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def walk(
    a: Groove,
    b: Groove,
    bars: int,
    tempo: float,
    curve: str = "straight",
    pattern: float | None = None,
    feel: float | None = None,
) -> Groove:
    """From `a` to `b` in so many bars (2 or more) along a curve of CURVES, at one tempo.

    Bar i is bar i of the blend there, the grooves going round. pattern, feel: where one of them
    stays, 0 to 1; by default both go all the way, and the ends are bars of `a` and `b` themselves.
    """
    along = [CURVES[curve](i / (bars - 1)) for i in range(bars)]
    blends = [
        blend(a, b, t if pattern is None else pattern, t if feel is None else feel) for t in along
    ]
    return replace(join(frame[i % frame.bars] for i, frame in enumerate(blends)), tempo=tempo)


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def nudge(groove: Groove, amounts: tuple[float, ...]) -> Groove:
    return model().nudge(groove, amounts)


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def reconstruct(groove: Groove) -> Groove:
    """The groove as the model holds it."""
    return model().reconstruct(groove)


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def fidelity(groove: Groove) -> float:
    """How well the model holds the groove, 0 to 1: hit F1 of `reconstruct`, exact to the step."""
    held = reconstruct(groove)
    return _or_silence(metrics.hit_f1(groove.velocity, held.velocity))


def likeness(first: Groove, second: Groove) -> float:
    """How much of their patterns two grooves share, 0 to 1: F1 of the struck sixteenths."""
    # To remember it would take longer than to compute it.
    return _or_silence(
        metrics.pattern_f1(first.velocity, first.timing, second.velocity, second.timing)
    )


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def vary(groove: Groove, count: int, pattern: float, feel: float, seed: int) -> list[Groove]:
    return model().vary(groove, count=count, amount=pattern, feel=feel, seed=seed)


@st.cache_resource(show_spinner=False)
def atlas() -> Atlas:
    """The training bars on their map. Raises ModelError where it is missing."""
    return load_atlas()


def nearest(groove: Groove) -> Nearest | None:
    """How near the groove comes to the training bars; None in an installation without atlas."""
    try:
        return _nearest(groove)
    except ModelError:  # is not remembered: the atlas may come
        return None


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def places(groove: Groove) -> np.ndarray:
    """Where each bar of the groove stands on the map, (bars, 2)."""
    return atlas().place(model().encode(groove))


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def way_places(a: Groove, b: Groove) -> np.ndarray:
    """Where the way from `a` to `b` leads on the map, bar by bar: (bars, FRAMES, 2)."""
    frames = way(a, b)
    whole, bars = join(frames), frames[0].bars
    z, _ = model().encode_bars(whole.velocity, whole.timing, loop=bars)
    return atlas().place(z).reshape(FRAMES, bars, 2).swapaxes(0, 1)


def hear(bar: int, tempo: float) -> Groove:
    """A training bar as the model holds it."""
    return model().decode(atlas().z(np.array([bar])), tempo)


def sample(among: np.ndarray, count: int, seed: int, tempo: float) -> list[Groove]:
    """New bars among these training bars (indices) and around them.

    Of twice as many draws those that have fewer hits than the sparsest tenth of these bars come
    last: halfway between two bars there may be next to nothing.
    """
    drawn = model().decode_each(atlas().sample(among, 2 * count, seed), tempo)
    fewest = np.quantile(np.unpackbits(atlas().patterns[among], axis=1).sum(1), 0.1)
    return sorted(drawn, key=lambda bar: strikes(bar) < fewest)[:count]


def strikes(groove: Groove) -> int:
    """How many sixteenths of how many families are struck: hits, as the atlas counts them."""
    return int(metrics.folded(groove.velocity, groove.timing).sum())


def directions() -> Sequence:
    """The model's directions, those with names first."""
    return model().directions


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def midi_file(groove: Groove, pitches: str = "gmd", loops: int = 1) -> bytes:
    """A MIDI file of the groove played `loops` times."""
    file = io.BytesIO()
    bg.write_midi(groove.repeat(groove.bars * loops), file, pitches=pitches)
    return file.getvalue()


def wav_file(groove: Groove) -> bytes:
    """A WAV loop exactly as long as the groove, its tails folded into its start.

    Played by the shipped kit, as the player does: what is downloaded is what was heard.
    """
    file = io.BytesIO()
    bg.write_wav(groove, file, loop=True, engine="kit")
    return file.getvalue()


def stem_files(groove: Groove) -> dict[str, bytes]:
    """A WAV loop for each family that plays, by its name; together they are `wav_file`."""
    files = {}
    for family, sound in audio.stems(groove, engine="kit", loop=True).items():
        file = io.BytesIO()
        audio.save_wav(sound, file)
        files[family] = file.getvalue()
    return files


def zip_file(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by their names."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


@st.cache_resource(hash_funcs=BY_CONTENTS, **FOR_ALL)
def _nearest(groove: Groove) -> Nearest:
    return atlas().nearest(groove)


def _or_silence(f1: float) -> float:
    """F1 is undefined between two silent grooves; they are alike."""
    return 1.0 if isnan(f1) else f1
