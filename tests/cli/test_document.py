"""docs/cli.md is what the parser says."""

from pathlib import Path

from beatgen.cli.document import document
from beatgen.cli.verbs import VERBS

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_page_is_up_to_date() -> None:
    found = PAGE.read_text(encoding="utf-8")
    assert found == document(), "run: python -m beatgen.cli.document > docs/cli.md"


def test_every_verb_and_every_argument_is_explained() -> None:
    text = document()
    for name in VERBS:
        assert f"\n### {name}\n" in text
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert all(not line.endswith("|  |") for line in rows), "an argument without a help"
