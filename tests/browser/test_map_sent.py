"""The chart of the map in a real browser: all its points come, once and small, and it leaves."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from test_map import at, open_map
from visiting import LISTENS, PLOT, changed, go, hits, map_is_drawn, open_app, press, settled

from app.player.chart import GRID
from beatgen import load_atlas
from beatgen.plot.map import draw_map


@pytest.fixture
def map_page(serve, open_page):
    return open_map(serve, open_page)


def count_received(page) -> list[float]:
    """Bytes of all messages from now on."""
    received = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.webSocketFrameReceived",
        lambda event: received.append(len(event["response"]["payloadData"]) * 3 / 4),
    )
    return received


def test_every_bar_is_a_point_where_it_belongs_in_the_colour_of_its_style(map_page):
    shown = map_page.evaluate(
        f"""() => {{
            const {{ data, layout }} = document.querySelector('{PLOT}');
            const traces = data.map(({{ x, y, marker }}) => [marker.color, x, y]);
            return [traces, layout.xaxis.range, layout.yaxis.range];
        }}"""
    )
    traces, *ranges = shown
    assert len(traces) > 3
    half = np.ptp(ranges[0]) / (GRID - 1) / 2  # of a cell
    assert ranges[0] == ranges[1]
    for (colour, *places), wanted in zip(traces, draw_map(load_atlas()).data, strict=True):
        assert colour == wanted.marker.color
        points, bars = np.stack(places, 1), np.stack([wanted.x, wanted.y], 1)
        for one, other in ((points, bars), (bars, points)):
            far, _ = NearestNeighbors(n_neighbors=1, metric="chebyshev").fit(one).kneighbors(other)
            assert far.max() <= half + 1e-6, colour


ARE_LOST = """canvases => canvases.length > 0
    && canvases.every((it) => it.getContext('webgl').isContextLost())"""


def test_the_map_left_and_opened_again_lets_the_graphics_card_go(map_page):
    """A browser has 16 WebGL contexts for a page, then takes the oldest away."""
    for _ in range(2):
        canvases = map_page.evaluate_handle(f"[...document.querySelectorAll('{PLOT} canvas')]")
        assert canvases.evaluate(ARE_LOST) is False
        go(map_page, "Vary")
        map_page.wait_for_function(ARE_LOST, arg=canvases)
        go(map_page, "Map")
        map_is_drawn(map_page)


def test_a_chart_that_cannot_be_loaded_says_so_and_is_there_when_it_can(serve, open_page):
    page = open_app(serve, open_page, loads=True)
    page.route("**/plotly.min.js", lambda route: route.abort())
    go(page, "Map")
    page.get_by_text("The chart could not be loaded. Reload the page.").wait_for()
    press(page, "Play one at random").click()  # all else goes on
    page.wait_for_function("beatgen.state.beat > 0")
    page.unroute("**/plotly.min.js")
    go(page, "Vary")
    go(page, "Map")
    page.wait_for_function(LISTENS)


def test_the_map_is_small_when_it_is_opened(serve, open_page):
    page = open_app(serve, open_page, loads=True)
    received = count_received(page)
    go(page, "Map")
    page.wait_for_function(LISTENS)
    page.wait_for_selector(".bg-marks .heard")
    settled(page)
    assert 10_000 < sum(received) < 50_000


def test_the_map_is_sent_once(map_page):
    received = count_received(map_page)
    before = hits(map_page)
    map_page.mouse.move(*at(map_page, 0.5, 0.5))
    map_page.mouse.click(*at(map_page, 0.5, 0.5))
    changed(map_page, before)
    settled(map_page)
    assert 0 < sum(received) < 20_000
