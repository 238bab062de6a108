"""Colours between two others."""

import pytest

from app.look import mix_oklch


def test_the_ends_are_the_colours_themselves():
    for colour in ("#ffb224", "#35d3e6", "#000000", "#ffffff"):
        assert mix_oklch(colour, "#3366cc", 0) == colour
        assert mix_oklch("#3366cc", colour, 1) == colour


@pytest.mark.parametrize(
    ("first", "second", "amount", "expected"),
    [  # as Chromium paints color-mix(in oklch, ...)
        ("#ffb224", "#35d3e6", 0.5, "#88d77d"),
        ("#c27700", "#00838f", 0.5, "#5d8f45"),
        ("#ffb224", "#35d3e6", 0.25, "#cac93e"),
    ],
)
def test_between_them_it_is_what_the_browser_paints(first, second, amount, expected):
    painted, made = (
        [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        for colour in (expected, mix_oklch(first, second, amount))
    )
    assert painted == pytest.approx(made, abs=2)
