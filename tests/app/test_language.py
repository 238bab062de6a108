"""The page's texts (app/texts): every language has all of them, nothing else is shown, and the
musician's is chosen."""

import ast
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from app import language
from app.language import (
    FIRST,
    OF_PACKAGE,
    language_for,
    name_of,
    text,
    texts,
    write_number,
)
from beatgen.kit import EVERY

APP = Path(language.__file__).parent
SOURCES = sorted(APP.rglob("*.py"))
SCRIPTS = [
    path for path in (APP / "player" / "web").rglob("*.js") if "test" not in path.parent.name
]
WORDS = re.compile(r"[A-Za-z]{2,}[,.;:!?]? [A-Za-z]{2,}|^[A-Z][a-z]+$")  # as in eslint.texts.js
TAG = re.compile(r"<(script|style).*</\1>|<[^>]*>?|^[^<]*>", re.S)
NAMES = {  # that no one reads: of demos, themes, curves, directions, acts, and in Plotly
    *("Funk", "Samba", "Dark", "Light", "BeatGen"),
    *("ease in", "ease out", "ease in-out", "ghost notes", "open hats"),
    *("put back", "let go", "wall acts"),
    *("Pan", "Lasso Select", "Box Select", "Zoom in", "Zoom out", "Reset axes"),
    "a file could not be made",  # for the log
}
LABELLED = {"label", "help", "placeholder"}  # what Streamlit shows of a widget
OTHERS = [name for name in texts() if name != FIRST]
PLACE = re.compile(r"\{(\w+)\}")


@pytest.fixture
def german(monkeypatch):
    monkeypatch.setattr(language, "language", lambda: "de")


def shown_strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Strings that are no docstrings, and do not say to a developer what went wrong."""
    unseen: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            unseen |= set(ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            unseen.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in unseen:
            yield node


def templates(path: Path) -> Iterator[str]:
    """All strings of a Python file, with * for what is put into them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                getattr(part, "value", "") if isinstance(part, ast.Constant) else "*"
                for part in node.values
            )


def without_tags(html: str) -> str:
    """What is read of a piece of HTML, which may begin or end within a tag."""
    return TAG.sub("", html)


def forms(found: str | dict[str, str]) -> list[str]:
    return [found] if isinstance(found, str) else list(found.values())


def places(found: str | dict[str, str]) -> set[str]:
    return {name for form in forms(found) for name in PLACE.findall(form)}


@pytest.mark.parametrize("other", OTHERS)
def test_every_language_has_the_same_texts_with_the_same_places(other):
    def own(name: str) -> dict:
        return {k: v for k, v in texts()[name].items() if not k.startswith(OF_PACKAGE)}

    first, found = own(FIRST), own(other)
    assert list(found) == list(first), "the same keys in the same order"
    for key, value in first.items():
        assert places(found[key]) == places(value), key
        assert isinstance(found[key], str) == isinstance(value, str), key


@pytest.mark.parametrize("name", texts())
def test_a_file_of_texts_names_each_once_and_leaves_none_empty(name):
    def once(pairs: list) -> dict:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), "a key stands there twice"
        return dict(pairs)

    content = json.loads(
        (language.FOLDER / f"{name}.json").read_text("utf-8"), object_pairs_hook=once
    )
    for key, value in content.items():
        assert isinstance(value, str) or list(value) == ["one", "other"], key
        assert all(form.strip() == form != "" for form in forms(value)), key


@pytest.mark.parametrize("other", OTHERS)
def test_every_language_has_names_for_what_the_package_names(other):
    words = {voice.name for voice in EVERY.values() if not voice.name.startswith("note ")}
    words |= {voice.family for voice in EVERY.values()}
    own = {k.removeprefix(OF_PACKAGE) for k in texts()[other] if k.startswith(OF_PACKAGE)}
    assert words <= own
    assert not [key for key in texts()[FIRST] if key.startswith(OF_PACKAGE)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(APP).as_posix())
def test_no_words_that_are_shown_stand_in_the_code(path):
    """eslint.texts.js sees to the browser's side."""
    tree = ast.parse(path.read_text("utf-8"))
    found = {node.value for node in shown_strings(tree) if WORDS.search(without_tags(node.value))}
    assert {words.strip() for words in found} <= NAMES
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            labels = [word.value for word in node.keywords if word.arg in LABELLED]
            for label in labels:
                assert not isinstance(label, ast.Constant | ast.JoinedStr), ast.unparse(label)


def test_every_text_is_used_and_every_text_that_is_used_is_there():
    """A key may be put together, as by "vary.start.{start}", in JavaScript with a $."""
    keys = set(texts()[FIRST])
    written = {template for path in SOURCES for template in templates(path)}
    for path in SCRIPTS:
        script = path.read_text("utf-8")
        written |= {key for key in keys if f'"{key}"' in script}
        written |= {
            f"{key}*{end}" for key, end in re.findall(r"`([a-z._]+)\$\{[^`}]*\}(.*?)`", script)
        }
    put_together = [each for each in written if re.match(r"[a-z]+\..*\*", each)]
    unused = {key for key in keys - written if not any(fnmatchcase(key, t) for t in put_together)}
    assert unused == set()
    asked = {
        node.args[0].value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "text"
        if isinstance(node.args[0], ast.Constant)
    }
    assert len(asked) > 50 and asked <= keys, "tsc looks at the browser's"


@pytest.mark.parametrize(
    ("chosen", "asked", "expected"),
    [
        (None, "", "en"),
        (None, "de-DE,de;q=0.9,en;q=0.8", "de"),
        (None, "en-GB,de;q=0.5", "en"),
        (None, "fr, de;q=0.2", "de"),
        (None, "de;q=0, en;q=0.1", "en"),
        (None, "DE", "de"),
        (None, "de;q=much,;;,*;q=0.5", "en"),
        ("de", "en", "de"),
        ("../de", "en", "en"),
        (None, "ja,zh-Hant;q=0.9", "en"),
    ],
)
def test_the_language_is_the_one_chosen_else_what_the_browser_would_rather_have(
    chosen, asked, expected
):
    assert language_for(chosen, asked) == expected


def test_numbers_and_plurals_are_those_of_the_language(german):
    assert write_number(1234.5) == "1.234,5"
    assert write_number(112.125) == "112,13"
    assert text("deck.bars", count=1) == "1 Takt"
    assert text("deck.bars", count=1234) == "1.234 Takte"


def test_the_packages_names_are_those_of_the_language(german):
    assert name_of("open hat") == "Hi-Hat offen"
    assert name_of("note 39") == "Note 39"
    assert name_of("mine") == "mine"
