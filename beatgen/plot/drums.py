"""Plotly figures: drum grids here, charts of numbers in `chart`; their look is in `theme`.

Every function returns a `plotly.graph_objects.Figure`; its theme is "dark" or "light".
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from beatgen.errors import BeatGenError
from beatgen.groove import Groove, columns, extras_of, rows_of, voices_of
from beatgen.kit import EVERY, VOICES
from beatgen.meter import SIXTEENTHS
from beatgen.plot.charts import draw_learning_curves, draw_stats, draw_sweep
from beatgen.plot.theme import Style, Theme, finish, mix, style_of

__all__ = [
    "draw",
    "draw_difference",
    "draw_learning_curves",
    "draw_pairs",
    "draw_stats",
    "draw_sweep",
]

MANY_HITS = 2000  # from here on markers on a canvas; so many SVG bars would take seconds


def draw(
    groove: Groove,
    *,
    title: str = "",
    accent: str | None = None,
    theme: Theme = "dark",
    height: int | None = None,
    voices: Sequence[int] | None = None,
) -> go.Figure:
    """The groove as a drum grid: voices upwards from kick to cymbals, beats to the right.

    Every hit stands where it is played (step + timing) and is brighter and taller the louder it
    is; hovering shows voice, place, velocity (1-127) and timing (ms from the nearest step).

    accent: colour of the hits, "#rrggbb". height: pixels, by default as the rows need.
    voices: numbers of the rows, by default the voices in use and the basic kit. Raises BeatGenError
    for a theme, colour or voice that there is not.
    """
    style = style_of(theme)
    rows = rows_of(groove) if voices is None else tuple(voices)
    if unknown := set(rows) - set(EVERY):
        raise BeatGenError(
            f"no voice {min(unknown)}; expected 0 to {len(VOICES) - 1}, or percussion's number."
        )
    figure = go.Figure()
    figure.add_trace(_hits(groove, rows, accent or style.accents[0], style))
    _drum_axes(figure, groove, rows, style)
    return finish(figure, style, title, height or 62 + 22 * len(rows))


def draw_difference(
    original: Groove,
    other: Groove,
    *,
    title: str = "",
    accent: str | None = None,
    theme: Theme = "dark",
    height: int | None = None,
) -> go.Figure:
    """What `other` keeps of `original`, what it lacks and what it adds, cell by cell.

    Raises BeatGenError where the two have different shapes.
    """
    _same_shape(original, other)
    style = style_of(theme)
    rows = rows_of(original, other)
    voices = voices_of(original, other)
    (before, early), (after, late) = (columns(groove, voices) for groove in (original, other))
    first, second = before > 0, after > 0

    def only(cells: np.ndarray, velocity: np.ndarray, timing: np.ndarray) -> Groove:
        shown = np.where(cells, velocity, 0)
        return replace(original, velocity=shown, timing=timing, extras=extras_of(voices))

    figure = go.Figure()
    parts = (
        ("kept", only(first & second, before, early), accent or style.accents[0], False),
        ("missing", only(first & ~second, before, early), style.loss, True),
        ("added", only(second & ~first, after, late), style.muted, False),
    )
    for name, part, colour, hollow in parts:
        trace = _hits(part, rows, colour, style, flat=True)
        count = int((part.velocity > 0).sum())
        trace.update(name=f"{count} {name}", showlegend=True)
        if hollow and trace.type == "bar":
            trace.marker.update(color="rgba(0,0,0,0)", line={"color": colour, "width": 1.5})
        figure.add_trace(trace)
    _drum_axes(figure, original, rows, style)
    return finish(figure, style, title, height or 84 + 22 * len(rows))


def draw_pairs(
    originals: Sequence[Groove],
    reconstructions: Sequence[Groove],
    *,
    names: Sequence[str] = (),
    title: str = "",
    theme: Theme = "dark",
) -> go.Figure:
    """Grooves above their reconstructions, a column for each pair, all with the same rows.

    Raises BeatGenError where the two lists differ in length or are empty.
    """
    if not originals or len(originals) != len(reconstructions):
        raise BeatGenError(
            f"{len(originals)} originals and {len(reconstructions)} reconstructions do not pair; "
            "expected as many of one as of the other, one at least."
        )
    style = style_of(theme)
    rows = rows_of(*originals, *reconstructions)
    figure = make_subplots(
        rows=2,
        cols=len(originals),
        shared_xaxes=True,
        shared_yaxes=True,
        horizontal_spacing=0.02,
        vertical_spacing=0.08,
        column_titles=list(names) or None,
        row_titles=["original", "reconstruction"],
    )
    for column, pair in enumerate(zip(originals, reconstructions, strict=True), start=1):
        for row, (groove, accent) in enumerate(zip(pair, style.accents, strict=True), start=1):
            figure.add_trace(_hits(groove, rows, accent, style), row=row, col=column)
            _drum_axes(figure, groove, rows, style, row=row, col=column)
    return finish(figure, style, title, 2 * (50 + 18 * len(rows)) + 50)


def _hits(
    groove: Groove, rows: Sequence[int], accent: str, style: Style, flat: bool = False
) -> Any:
    """One trace with all hits; `flat` colours them alike instead of by velocity."""
    row = {number: i for i, number in enumerate(rows)}
    row_of = np.array([row.get(number, -1) for number in groove.voices])
    bar, step, voice = np.nonzero(groove.velocity)
    shown = row_of[voice] >= 0
    bar, step, voice = bar[shown], step[shown], voice[shown]
    velocity = groove.velocity[bar, step, voice]
    timing = groove.timing[bar, step, voice]
    beat = groove.quarters(bar, step + timing)
    late = timing * groove.step_seconds * 1000
    in_bar = step * SIXTEENTHS // groove.resolution
    named = [EVERY[number].name for number in groove.voices]
    labels = [
        (named[v], f"{b + 1}.{s // groove.meters[b].beat + 1}", round(float(x) * 127), t)
        for v, b, s, x, t in zip(voice, bar, in_bar, velocity, late, strict=True)
    ]
    common: dict[str, Any] = {
        "y": row_of[voice],
        "customdata": labels,
        "hovertemplate": (
            "<b>%{customdata[0]}</b> at %{customdata[1]}<br>"
            "velocity %{customdata[2]}, timing %{customdata[3]:+.0f} ms<extra></extra>"
        ),
        "showlegend": False,
    }
    colour = {
        "color": accent if flat else velocity,
        "colorscale": None if flat else _velocity_colours(accent, style),
        "cmin": 0,
        "cmax": 1,
    }
    if len(beat) > MANY_HITS:
        marker = {**colour, "symbol": "square", "size": 4}
        return go.Scattergl(x=beat, mode="markers", marker=marker, **common)
    return go.Bar(
        orientation="h",
        base=beat,
        x=_lengths(beat, voice),
        width=0.4 + 0.5 * velocity,
        marker={**colour, "cornerradius": 2, "line": {"width": 0}},
        **common,
    )


def _lengths(beat: np.ndarray, voice: np.ndarray) -> np.ndarray:
    """How wide each hit is drawn, in quarters: most of a sixteenth, less before the next."""
    longest = 0.8 / 4
    lengths = np.full(beat.shape, longest)
    order = np.lexsort((beat, voice))
    gap = np.diff(beat[order])
    same = np.diff(voice[order]) == 0
    lengths[order[:-1]] = np.where(same, np.clip(gap * 0.85, 0.02, longest), longest)
    return lengths


def _velocity_colours(accent: str, style: Style) -> list[tuple[float, str]]:
    return [
        (0.0, mix(style.ground, accent, 0.22)),
        (0.7, accent),
        (1.0, mix(accent, style.bright, 0.35)),
    ]


def _drum_axes(
    figure: go.Figure, groove: Groove, rows: Sequence[int], style: Style, **place: int
) -> None:
    """Bar lines, beat lines and voice names; the wheel and the rows stay still."""
    bars, starts = groove.bars, groove.starts
    every = max(1, -(-bars // 16))
    beats: dict[str, Any] = {"tick0": 0, "dtick": groove.meter.beat / 4}
    if len(set(groove.meters)) > 1:
        of_bars = zip(starts, groove.meters, strict=False)
        beats = {
            "tickvals": [t + s / 4 for t, m in of_bars for s in range(0, m.sixteenths, m.beat)]
        }
    figure.update_xaxes(
        range=(-0.12, starts[-1]),
        tickvals=starts[:-1:every],
        ticktext=[str(bar + 1) for bar in range(0, bars, every)],
        minor={
            **beats,
            "showgrid": bars <= 16,
            "griddash": "dot",
            "gridcolor": mix(style.line, style.ground, 0.45),
        },
        ticklabelposition="outside right",
        zeroline=False,
        **place,
    )
    figure.update_yaxes(
        range=(-0.6, len(rows) - 0.4),
        tickvals=np.arange(len(rows)),
        ticktext=[f"{EVERY[i].name} " for i in rows],
        fixedrange=True,
        zeroline=False,
        **place,
    )


def _same_shape(*grooves: Groove) -> None:
    shapes: Iterable[tuple[int, ...]] = {groove.velocity.shape[:2] for groove in grooves}
    if len(set(shapes)) > 1:
        raise BeatGenError(
            f"grooves of the shapes {sorted(shapes)} cannot be compared cell by cell; "
            "expected the same bars and steps."
        )
