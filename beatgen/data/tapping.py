"""Bars as they would be tapped, to learn from: some strokes are left out, some taps have no accents
or no timing of their own. What is learned is always the whole bar."""

from __future__ import annotations

from typing import Any

import numpy as np

from beatgen.bars.strikes import N_VOICES, to_strikes
from beatgen.bars.taps import Drums, Tap, about_of, drums_of, tap_features, tap_of
from beatgen.data.dataset import Dataset
from beatgen.kit import CLASSES

CLASSES_TAPPED = (  # indices into `beatgen.kit.CLASSES`: what one may tap instead of everything
    (0,),
    (1,),
    (0, 1),
    (0, 1, 3, 7),
    (2, 3, 8),
    (0, 1, 4, 5, 6),
)
FLAT, QUANTIZED, LOUDER = 0.15, 0.1, 0.2  # shares of the taps; LOUDER: by how much, at most
STYLE_SHOWN = 0.4  # share of the bars whose style is given


def tapped_bars(dataset: Dataset, styles: tuple[str, ...]) -> np.ndarray:
    """One row for each bar, a structured array: velocity, offset and voice of its `Drums`, the rows
    of the bars before and after it (itself where there is none), its style (-1 for one that is not
    among `styles`) and its tempo."""
    drums = drums_of(to_strikes(*dataset.grids()))
    n, shape = len(dataset), drums.velocity.shape[1:]
    fields: list[Any] = [(name, np.float32, shape) for name in ("velocity", "offset")]
    fields += [("voice", np.int8, shape), ("before", np.int32), ("after", np.int32)]
    bars = np.zeros(n, np.dtype([*fields, ("style", np.int32), ("tempo", np.float32)]))
    bars["velocity"], bars["offset"], bars["voice"] = drums
    follows = (np.diff(dataset.file_index) == 0) & (np.diff(dataset.number) == 1)
    bars["after"] = np.arange(n) + np.append(follows, False)
    bars["before"] = np.arange(n) - np.append(False, follows)
    number = {name: i for i, name in enumerate(styles)}
    bars["style"] = [number.get(style, -1) for style in _styles(dataset)[dataset.file_index]]
    bars["tempo"] = dataset.tempo[dataset.file_index]
    return bars


def tapped_batch(
    bars: np.ndarray, chosen: np.ndarray, styles: int, plain: float, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """What `Drumify` learns from: the chosen bars (`tapped_bars`), tapped in many ways. Around each
    stand the bars that go before and after it, or a loop of two bars, or of one."""
    n = len(chosen)
    before, after = bars["before"][chosen], bars["after"][chosen]
    loop = rng.integers(5, size=n)  # 0 and 1: as played; 2, 3: with the next, the last; 4: alone
    before = np.choose(loop, [before, before, after, before, chosen])
    after = np.choose(loop, [after, after, after, before, chosen])
    rows = np.stack([chosen, before, after], 1)
    louder = np.exp(rng.uniform(-1, 1, (n, 1, 1, 1)) * np.log1p(LOUDER)).astype(np.float32)
    velocity = np.minimum(bars["velocity"][rows] * louder, 1)  # (n, 3, 16, 9)
    offset = bars["offset"][rows]
    # Some are tapped on the lines: there the drums are as early and late as they are to the tap.
    on_line = (rng.random(n) < QUANTIZED)[:, None, None]
    offset = np.where(
        on_line[..., None], offset - _loudest(velocity, offset).offset[..., None], offset
    )
    offset = np.where(velocity > 0, offset, 0).astype(np.float32)
    taps = _tapped(velocity, offset, plain, rng)
    shown = np.where(rng.random(n) < STYLE_SHOWN, bars["style"][chosen], -1)
    true = Drums(velocity[:, 0], offset[:, 0], bars["voice"][chosen])
    about = about_of(shown, bars["tempo"][chosen], styles)
    return {"tap": tap_features(taps), "about": about} | _targets(true)


def plain_batch(bars: np.ndarray, styles: int) -> dict[str, np.ndarray]:
    """What `Drumify` is validated on: bars as played, two in a loop where there are two, without
    their style."""
    own = np.arange(len(bars))
    after = np.minimum(bars["after"], len(bars) - 1)
    other = np.where(after == own, bars["before"], after)
    rows = np.stack([own, other, other], 1)
    taps = _loudest(bars["velocity"][rows], bars["offset"][rows])
    true = Drums(bars["velocity"], bars["offset"], bars["voice"])
    about = about_of(np.full(len(bars), -1), bars["tempo"], styles)
    return {"tap": tap_features(taps), "about": about} | _targets(true)


def _targets(true: Drums) -> dict[str, np.ndarray]:
    """What is learned, as `Drumify` takes it."""
    struck = true.velocity > 0
    voice = np.zeros((*struck.shape[:2], N_VOICES), np.float32)
    at = np.nonzero(struck)
    voice[(*at[:2], true.voice[at])] = 1
    return {
        "struck": struck.astype(np.float32),
        "velocity": true.velocity.astype(np.float32),
        "offset": true.offset.astype(np.float32),
        "voice": voice,
    }


def _loudest(velocity: np.ndarray, offset: np.ndarray) -> Tap:
    """The taps of drums (n, 3, 16, 9): (n, 3, 16)."""
    return tap_of(Drums(velocity, offset, np.zeros(0)))


def _tapped(
    velocity: np.ndarray, offset: np.ndarray, plain: float, rng: np.random.Generator
) -> Tap:
    """Taps (n, 3, 16) of drums (n, 3, 16, 9), in different ways."""
    n = len(velocity)
    way = np.where(rng.random(n) < plain, 0, rng.integers(1, 4, size=n))
    heard = np.ones((n, len(CLASSES)), bool)
    for row in np.flatnonzero(way == 1):
        chosen = CLASSES_TAPPED[rng.integers(len(CLASSES_TAPPED))]
        heard[row] = np.isin(np.arange(len(CLASSES)), chosen)
    kept = np.where(heard[:, None, None], velocity, 0)
    # A bar in which nothing of that is struck is tapped as it is.
    kept = np.where(kept.any((1, 2, 3), keepdims=True), kept, velocity)
    tap = _loudest(kept, offset)
    loudest = tap.velocity.max((1, 2))
    limit = np.where(way == 2, rng.uniform(0.2, 0.95, n) * loudest, 0)
    missed = rng.random(tap.velocity.shape) < (rng.uniform(0.1, 0.6, n) * (way == 3))[:, None, None]
    struck = tap.struck & (tap.velocity >= limit[:, None, None]) & ~missed
    flat = np.where(rng.random(n) < FLAT, rng.uniform(0.5, 1, n), 0)[:, None, None]
    level = np.where(flat > 0, flat, tap.velocity)
    return Tap(
        np.where(struck, level, 0).astype(np.float32),
        np.where(struck, tap.offset, 0).astype(np.float32),
    )


def _styles(dataset: Dataset) -> np.ndarray:
    return np.char.partition(dataset.styles, "/")[:, 0]
