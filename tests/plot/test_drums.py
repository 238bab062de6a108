"""Figures: what is drawn is what the grooves and numbers say."""

import numpy as np
import pytest

from beatgen.data.stats import Stats
from beatgen.errors import BeatGenError
from beatgen.groove import Groove, rows_of
from beatgen.kit import INDEX
from beatgen.plot import drums as figure

BEAT = Groove.from_tab(
    """
    crash 1 |X---------------|----------------|
    hi-hat  |x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|
    snare   |----O--g----O---|----O-------O---|
    kick    |o-------o-o-----|o-------o-------|
    """,
    tempo=120,
)


def hits(trace):
    """(voice name, beat, velocity, ms) of each hit in a drum grid's trace."""
    at = trace.base if trace.type == "bar" else trace.x
    return {
        (name, round(float(beat), 4), velocity, round(float(ms), 3))
        for (name, _, velocity, ms), beat in zip(trace.customdata, at, strict=True)
    }


def test_every_hit_is_drawn_once_with_its_velocity():
    (trace,) = figure.draw(BEAT).data
    assert len(trace.base) == np.count_nonzero(BEAT.velocity)
    assert ("crash 1", 0.0, 115, 0.0) in hits(trace)
    assert ("snare", 1.75, 32, 0.0) in hits(trace)
    np.testing.assert_allclose(sorted(set(trace.marker.color)), np.array([32, 80, 115]) / 127)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"theme": "blue"}, "theme is 'blue'; expected one of dark, light"),
        ({"accent": "red"}, "'red' is no colour; expected one such as '#ffb224'"),
        ({"voices": [0, 99]}, "no voice 99; expected 0 to 21"),
        ({"voices": [-1]}, "no voice -1"),
    ],
)
def test_what_cannot_be_drawn_is_refused(how, reason):
    with pytest.raises(BeatGenError, match=reason):
        figure.draw(BEAT, **how)


def test_rows_are_low_drums_first_cymbals_on_top_and_no_others():
    chart = figure.draw(BEAT)
    assert [name.strip() for name in chart.layout.yaxis.ticktext] == [
        "kick",
        "snare",
        "hi-hat",
        "crash 1",
    ]


def test_silence_still_shows_the_basic_kit():
    silence = Groove(np.zeros((1, 64, 22)))
    assert rows_of(silence) == tuple(INDEX[name] for name in ("kick", "snare", "hi-hat"))
    assert len(figure.draw(silence).data[0].base) == 0


def test_hits_stand_where_they_are_played():
    velocity, timing = np.zeros((1, 64, 22)), np.zeros((1, 64, 22))
    velocity[0, 16, INDEX["snare"]], timing[0, 16, INDEX["snare"]] = 1, 0.4
    (trace,) = figure.draw(Groove(velocity, timing, tempo=120)).data
    # A step at 120 BPM lasts 31.25 ms and is a sixteenth of a beat.
    assert hits(trace) == {("snare", 1.025, 127, 12.5)}
    assert "timing %{customdata[3]:+.0f} ms" in trace.hovertemplate


def test_flams_do_not_overlap():
    velocity = np.zeros((1, 64, 22))
    velocity[0, [0, 1], INDEX["snare"]] = 1
    (trace,) = figure.draw(Groove(velocity)).data
    assert trace.base[0] + trace.x[0] < trace.base[1]


def test_bar_lines_stand_on_bars_and_beat_lines_between():
    axis = figure.draw(BEAT).layout.xaxis
    assert list(axis.tickvals) == [0, 4]
    assert axis.minor.dtick == 1
    assert axis.range[1] == 8


def test_a_long_groove_is_drawn_on_a_canvas():
    chart = figure.draw(BEAT.repeat(200))
    assert [trace.type for trace in chart.data] == ["scattergl"]
    assert len(chart.data[0].x) == np.count_nonzero(BEAT.velocity) * 100
    assert len(chart.layout.xaxis.tickvals) <= 16


def test_themes_differ_and_accents_are_taken():
    dark, light = (figure.draw(BEAT, theme=theme) for theme in ("dark", "light"))
    assert dark.layout.font.color != light.layout.font.color
    blue = figure.draw(BEAT, accent="#3355ff").data[0]
    assert "#3355ff" in {colour for _, colour in blue.marker.colorscale}


def test_a_difference_tells_kept_missing_and_added_apart():
    other = BEAT.velocity.copy()
    other[0, 0, INDEX["crash 1"]] = 0
    other[0, 4, INDEX["ride"]] = 0.5
    kept, missing, added = figure.draw_difference(BEAT, Groove(other)).data
    assert [(trace.name, len(trace.base)) for trace in (missing, added)] == [
        ("1 missing", 1),
        ("1 added", 1),
    ]
    assert hits(missing) == {("crash 1", 0.0, 115, 0.0)}
    assert len(kept.base) == np.count_nonzero(BEAT.velocity) - 1


def test_a_difference_wants_equal_shapes():
    with pytest.raises(BeatGenError, match="cell by cell"):
        figure.draw_difference(BEAT, BEAT[0])


def test_pairs_stand_above_each_other():
    quiet = Groove(BEAT.velocity * 0.5)
    chart = figure.draw_pairs([BEAT[0], BEAT[1]], [quiet[0], quiet[1]], names=["one", "two"])
    assert [trace.yaxis for trace in chart.data] == ["y", "y3", "y2", "y4"]
    assert len(chart.data[0].base) == len(chart.data[1].base)
    with pytest.raises(BeatGenError, match="do not pair"):
        figure.draw_pairs([BEAT], [])


def test_learning_curves_count_epochs_from_one():
    history = {"loss": [3, 2], "val_loss": [3.5, 2.5], "kl": [1, 2], "val_kl": [1, 1]}
    chart = figure.draw_learning_curves(history)
    assert [(list(t.x), list(t.y)) for t in chart.data] == [
        ([1, 2], values) for values in history.values()
    ]
    with pytest.raises(BeatGenError, match="empty"):
        figure.draw_learning_curves({})


def test_a_sweep_is_ordered_by_dimensions():
    rows = [{"latent_dim": 16, "loss": 5}, {"latent_dim": 2, "loss": 9}]
    (trace,) = figure.draw_sweep(rows).data
    assert (list(trace.x), list(trace.y)) == ([2, 16], [9, 5])
    with pytest.raises(BeatGenError, match="no losses"):
        figure.draw_sweep([])


def test_statistics_show_every_voice():
    stats = Stats(
        folder="grooves",
        files=2,
        left_out=(),
        bars=3,
        skipped_bars=0,
        hits=7,
        hits_per_pitch={36: 7},
        hits_per_voice={"kick": 7},
        index_of_pitch={36: 0},
        velocities=tuple(7 if v == 100 else 0 for v in range(128)),
        lengths=(1, 2),
        tempos=(100.0, 120.0),
        meters={"4/4": 2},
        styles={},
    )
    voices, velocities, tempos, lengths = figure.draw_stats(stats).data
    assert dict(zip(voices.y, voices.x, strict=True))["kick"] == 7
    assert len(voices.y) == 22
    assert velocities.y[100] == 7
    assert (list(tempos.x), list(lengths.x)) == ([100, 120], [1, 2])
