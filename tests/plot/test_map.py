"""The map of the training bars as a figure."""

from dataclasses import replace

import numpy as np
import pytest
from atlases import atlas_of, random_atlas

from beatgen.groove import Groove
from beatgen.latent.atlas import Atlas
from beatgen.plot.map import NAMED, OTHER, draw_map, from_units, legend, share_of


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return random_atlas()


def test_the_figure_has_every_bar_once_and_is_light(atlas) -> None:
    figure = draw_map(atlas)
    assert sum(len(trace.x) for trace in figure.data) == len(atlas)
    assert {trace.type for trace in figure.data} == {"scattergl"}
    x = np.concatenate([trace.x for trace in figure.data])
    assert np.sort(from_units(x)) == pytest.approx(np.sort(atlas.places[:, 0]), abs=1e-4)
    assert len(figure.to_json()) < 12_000 + 8 * len(atlas)


def test_rare_styles_share_a_colour(atlas) -> None:
    many = replace(atlas, styles=tuple("abcdefghij"))
    groups = legend(many)
    assert [name for name, _, _ in groups] == [*"abcdef", OTHER]
    assert len({colour for _, colour, _ in groups}) == NAMED + 1
    assert groups[-1][2].tolist() == [6, 7, 8, 9]
    assert [name for name, _, _ in legend(atlas)] == ["rock", "latin"]


def test_styles_are_spelled_as_people_write_them(atlas) -> None:
    jargon = replace(atlas, styles=("hiphop", "rock"))
    assert [name for name, _, _ in legend(jargon)] == ["hip-hop", "rock"]
    assert "hip-hop" in draw_map(jargon).data[-1].hovertemplate


def test_marks_stand_where_the_figure_draws_their_places() -> None:
    figure = draw_map(atlas_of(Groove(np.ones((5, 64, 22)))))
    low, high = figure.layout.xaxis.range
    for place in (0.0, 0.25, 1.0):
        share = (place * 10_000 - low) / (high - low)
        assert share_of(np.array([place, place])) == pytest.approx([share, 1 - share])
