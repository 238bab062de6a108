"""How tests are shared out among pytest-xdist's workers, and in which order."""

from itertools import groupby, islice

import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"
LONG = ("tests/training/", "tests/networks/", "tests/evaluation/", "tests/cli/")  # these first
BETWEEN = 2  # tests in the browser from file to file


def scope(nodeid: str) -> str:
    """What is done by one worker: what a file tests, for what it prepares serves all of it; or a
    single test in the browser."""
    return nodeid if nodeid.startswith(BROWSER) else nodeid.split("::")[0]


def ordered(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files that take long first, and between them tests in the browser: those wait most of their
    time, and the processor is busy all along."""
    browser = iter([item for item in items if item.nodeid.startswith(BROWSER)])
    others = [item for item in items if not item.nodeid.startswith(BROWSER)]
    others.sort(key=lambda item: not item.nodeid.startswith(LONG))
    mixed: list[pytest.Item] = []
    for _, file in groupby(others, lambda item: scope(item.nodeid)):
        mixed += [*file, *islice(browser, BETWEEN)]
    return mixed + list(browser)


class ByScope(LoadScopeScheduling):
    """Stands in for `--dist loadgroup`, whose groups pytest-xdist 3.8 loses with pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)
