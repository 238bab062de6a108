"""The page of an installed wheel, served outside the checkout, in a real browser."""

import io

import pytest

import beatgen as bg

pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
from wheel import Environment, build, visit


def test_the_installed_page_plays_blends_and_gives_midi(open_page, tmp_path):
    environment = Environment(tmp_path / "environment")
    environment.install("--no-deps", "--no-index", str(build(tmp_path)))
    environment.borrow_libraries()
    with environment.page(**environment.without(extra="page")) as url:
        groove = bg.read_midi(io.BytesIO(visit(open_page(url))))
    assert groove.bars >= 1 and groove.velocity.any()
