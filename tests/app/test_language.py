"""The page's texts (app/texts): every language has all of them, nothing else is shown, and the
musician's is chosen."""

import json
import re
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
OTHERS = [name for name in texts() if name != FIRST]
PLACE = re.compile(r"\{(\w+)\}")


@pytest.fixture
def german(monkeypatch):
    monkeypatch.setattr(language, "language", lambda: "de")


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
