"""The map of the training bars as a Plotly figure, small enough to be sent to a page."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from beatgen.latent.atlas import Atlas, style_label
from beatgen.plot.theme import Theme, finish, mix, style_of

UNITS = 10_000  # places travel as whole numbers of two bytes
PAD = 0.02  # around the map, as a share of it
NAMED = 6  # styles that have a colour of their own
OTHER = "other styles"
SIZE = 3.5  # pixels
HEIGHT = 480
# Apart from the accents of A and B, which are amber and cyan
COLOURS = {
    "dark": ("#e8697d", "#58c47c", "#8a9bff", "#d884e0", "#c4956a", "#b7cf5b"),
    "light": ("#c23b52", "#2f8f50", "#4a5bd0", "#a13fae", "#8a5a2c", "#71800f"),
}


def draw_map(atlas: Atlas, *, theme: Theme = "dark", height: int = HEIGHT) -> go.Figure:
    """Every training bar as a point, a trace for each frequent style and one for all others.

    x and y run from 0 to UNITS (`from_units` gives places back); the plot fills the figure to its
    edges, so that whatever is laid over it can be placed by `share_of`.
    """
    style = style_of(theme)
    units = np.rint(atlas.places * UNITS).astype(np.int16)
    figure = go.Figure()
    for name, colour, styles in reversed(legend(atlas, theme)):
        x, y = units[np.isin(atlas.style, styles)].T
        figure.add_trace(
            go.Scattergl(
                x=x,
                y=y,
                name=name,
                mode="markers",
                marker={"color": colour, "size": SIZE, "opacity": 0.8},
                selected={"marker": {"opacity": 1}},
                unselected={"marker": {"opacity": 0.22}},
                hovertemplate=f"{name}<extra></extra>",
                showlegend=False,
            )
        )
    finish(figure, style, "", height)
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        template="none",  # another is larger than all else here
        dragmode=False,  # a finger scrolls the page, until a tool is chosen
        hovermode="closest",
        hoverdistance=30,
        modebar={
            "orientation": "v",
            "bgcolor": "rgba(0,0,0,0)",
            "color": style.muted,
            "activecolor": style.ink,
        },
        newselection={"line": {"color": style.ink, "width": 1.5, "dash": "dot"}},
    )
    edges = (-PAD * UNITS, (1 + PAD) * UNITS)
    axis = {"range": edges, "visible": False, "automargin": False}
    axis |= {"minallowed": edges[0], "maxallowed": edges[1]}  # nothing to see beyond, zoomed or not
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def legend(atlas: Atlas, theme: Theme = "dark") -> list[tuple[str, str, np.ndarray]]:
    """Name, colour and styles (indices) of each group of points, the most frequent first."""
    style = style_of(theme)
    rare = np.arange(NAMED, len(atlas.styles))
    groups = [
        (style_label(name), colour, np.array([i]))
        for i, (name, colour) in enumerate(zip(atlas.styles, COLOURS[theme], strict=False))
    ]
    if len(rare):
        groups.append((OTHER, mix(style.ground, style.muted, 0.65), rare))
    return groups


def from_units(values: object) -> np.ndarray:
    """Coordinates of the figure as places on the map, 0 to 1."""
    return np.asarray(values, np.float32) / UNITS


def share_of(places: np.ndarray) -> np.ndarray:
    """Places (n, 2) as shares of the figure's width and height from its left and top edge."""
    shares = (np.asarray(places) + PAD) / (1 + 2 * PAD)
    return np.stack([shares[..., 0], 1 - shares[..., 1]], -1)
