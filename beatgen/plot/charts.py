"""Charts of numbers: learning curves, sweeps, the statistics of a folder, tables of measures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from beatgen.errors import BeatGenError
from beatgen.kit import NAMES
from beatgen.plot.theme import Theme, finish, style_of

if TYPE_CHECKING:
    from beatgen.data.stats import Stats

# One for each model of `draw_shares`: baselines grey to brown, networks in the project's colours
MODEL_COLOURS = ("#9aa1ab", "#c9b458", "#8a6d3b", "#6c8ebf", "#b85450", "#35d3e6", "#ffb224")


def draw_learning_curves(
    history: Mapping[str, Sequence[float]], *, title: str = "", theme: Theme = "dark"
) -> go.Figure:
    """A panel for each quantity of a training run, training solid, validation dotted, by epoch.

    history: as Keras keeps it, lists of one number per epoch: loss, val_loss, kl, val_kl ...
    Raises BeatGenError where nothing was recorded.
    """
    names = [name for name in history if not name.startswith("val_") and len(history[name])]
    if not names:
        raise BeatGenError("the training history is empty; expected one number per epoch.")
    style = style_of(theme)
    columns = min(3, len(names))
    figure = make_subplots(
        rows=-(-len(names) // columns),
        cols=columns,
        subplot_titles=[name.replace("_", " ") for name in names],
        horizontal_spacing=0.07,
    )
    kinds = (
        ("", "training", style.accents[0], "solid"),
        ("val_", "validation", style.accents[1], "dot"),
    )
    for i, name in enumerate(names):
        for prefix, label, colour, dash in kinds:
            values = history.get(prefix + name, ())
            if len(values):
                figure.add_trace(
                    go.Scatter(
                        x=np.arange(1, len(values) + 1),
                        y=np.asarray(values, float),
                        name=label,
                        legendgroup=label,
                        showlegend=i == 0,
                        line={"color": colour, "width": 2, "dash": dash},
                    ),
                    row=i // columns + 1,
                    col=i % columns + 1,
                )
    figure.update_xaxes(title_text="epoch", title_font_size=11)
    finish(figure, style, title, 90 + 260 * -(-len(names) // columns))
    return figure.update_layout(legend={"y": -0.2, "yanchor": "top"}, margin_b=60)


def draw_sweep(
    rows: Sequence[Mapping[str, Any]], *, title: str = "", theme: Theme = "dark"
) -> go.Figure:
    """Loss against latent dimensions; rows: {"latent_dim": 2, "loss": 9.1, "val_loss": 9.4} each.

    Any other number in the rows whose name ends in "loss" or is "sse" is drawn, too. Raises
    BeatGenError where there is none.
    """
    measures = [
        name for name in (rows[0] if rows else ()) if name.endswith("loss") or name == "sse"
    ]
    if not measures:
        raise BeatGenError("the sweep holds no losses; expected rows with latent_dim and loss.")
    style = style_of(theme)
    ordered = sorted(rows, key=lambda row: row["latent_dim"])
    colours = (*style.accents, style.muted, style.ink)
    figure = go.Figure()
    for i, name in enumerate(measures):
        figure.add_trace(
            go.Scatter(
                x=[row["latent_dim"] for row in ordered],
                y=[row[name] for row in ordered],
                name=name.replace("_", " "),
                mode="lines+markers",
                line={"color": colours[i % len(colours)], "width": 2},
                marker={"size": 8},
            )
        )
    sizes = [row["latent_dim"] for row in ordered]
    figure.update_xaxes(title_text="latent dimensions", type="log", tickvals=sizes, ticktext=sizes)
    figure.update_yaxes(title_text="loss per bar", rangemode="tozero")
    return finish(figure, style, title, 380)


def draw_stats(stats: "Stats", *, title: str = "", theme: Theme = "dark") -> go.Figure:
    """A folder of MIDI files at a glance: hits per voice, velocities, tempos, bars per file."""
    style = style_of(theme)
    figure = make_subplots(
        rows=2,
        cols=3,
        specs=[[{"rowspan": 2}, {}, {}], [None, {"colspan": 2}, None]],
        subplot_titles=("hits per voice", "velocities", "tempos", "bars per file"),
        column_widths=[0.4, 0.3, 0.3],
        horizontal_spacing=0.07,
        vertical_spacing=0.16,
    )
    hits = [stats.hits_per_voice.get(name, 0) for name in NAMES]
    first, second = style.accents
    figure.add_trace(
        go.Bar(x=hits, y=list(NAMES), orientation="h", marker_color=first), row=1, col=1
    )
    loudness = np.arange(len(stats.velocities))
    figure.add_trace(go.Bar(x=loudness, y=stats.velocities, marker_color=second), row=1, col=2)
    figure.add_trace(go.Histogram(x=stats.tempos, marker_color=second), row=1, col=3)
    figure.add_trace(go.Histogram(x=stats.lengths, marker_color=second), row=2, col=2)
    figure.update_traces(showlegend=False)
    figure.update_layout(bargap=0.12)
    return finish(figure, style, title, 560)


def draw_measures(
    lines: Mapping[str, Mapping[str, float]], titles: Mapping[str, str], *, title: str = ""
) -> go.Figure:
    """A table of numbers as bars: a panel for each measure, in it a bar for each line.

    lines: name -> measure -> number, NaN or left out for none. titles: measure -> what stands above
    its panel; measures without a title are not drawn.

    >>> figure = draw_measures({"ours": {"f1": 0.9}, "theirs": {"f1": 0.5}}, {"f1": "hit F1"})
    >>> figure.data[0].x
    (0.5, 0.9)
    """
    figure = make_subplots(1, len(titles), subplot_titles=list(titles.values()), shared_yaxes=True)
    names = list(lines)[::-1]  # a bar chart begins at the bottom
    for column, measure in enumerate(titles, start=1):
        values = [lines[name].get(measure) for name in names]
        figure.add_bar(x=values, y=names, orientation="h", row=1, col=column)
    height = 160 + 28 * len(names)
    return figure.update_layout(
        template="plotly_white", title=title, showlegend=False, height=height
    )


def draw_shares(panels: Mapping[str, Mapping[str, Mapping[str, float]]]) -> go.Figure:
    """Numbers from 0 to 1, such as F1, of several models side by side.

    panels: what stands above each panel -> model -> group (a voice, a style) -> number.

    >>> figure = draw_shares({"hit F1 per voice": {"ours": {"kick": 0.9, "snare": 0.8}}})
    >>> figure.data[0].name, figure.data[0].x
    ('ours', (0.9, 0.8))
    """
    figure = make_subplots(1, max(1, len(panels)), subplot_titles=list(panels))
    for column, models in enumerate(panels.values(), start=1):
        for i, (model, groups) in enumerate(models.items()):
            figure.add_bar(
                x=list(groups.values()),
                y=list(groups),
                name=model,
                orientation="h",
                legendgroup=model,
                showlegend=column == 1,
                marker_color=MODEL_COLOURS[i % len(MODEL_COLOURS)],
                row=1,
                col=column,
            )
    most = max((len(models) for models in panels.values()), default=0)
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.04}
    figure.update_xaxes(range=(0, 1))
    return figure.update_layout(
        template="plotly_white", legend=legend, height=200 + 8 * most * len(NAMES)
    )
