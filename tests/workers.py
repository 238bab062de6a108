"""How tests are shared out among pytest-xdist's workers, and in which order."""

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

BROWSER = "tests/browser/"
LONG = ("tests/training/", "tests/networks/", "tests/evaluation/", "tests/cli/")  # these first


def scope(nodeid: str) -> str:
    """What is done by one worker: what a file tests, for what it prepares serves all of it; or a
    single test in the browser, whose pages serve all files."""
    return nodeid if nodeid.startswith(BROWSER) else nodeid.split("::")[0]


def ordered(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files that take long first: none of them shall be the last, alone."""
    return sorted(items, key=lambda item: not item.nodeid.startswith(LONG))


class ByScope(LoadScopeScheduling):
    """Stands in for `--dist loadgroup`, whose groups pytest-xdist 3.8 loses with pytest 9.2.

    Every other worker goes through the tests in the browser, and the rest through the others: so
    few servers and browsers are started and few have Keras to load, and while a browser waits,
    as it does most of its time, there is something for the processor to do. Who has no more of
    its own helps the others.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        browses = int(node.gateway.id.removeprefix("gw")) % 2 == 0
        own = (each for each in self.workqueue if each.startswith(BROWSER) == browses)
        if first := next(own, None):
            self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)
