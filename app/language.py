"""The page's texts in the musician's language.

All of them stand in app/texts, a file for each language, by what they are: en.json, and the same
keys in every other one. Python and the browser (app/player/web/language.js) read the same files.

    text("deck.bars", count=2)    # "2 bars", or "2 Takte"

What `beatgen` says, in its errors and reports, is English; of its names, such as those of voices,
a language may have others (`name_of`).
"""

from __future__ import annotations

import json
import re
from functools import cache
from math import floor
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from streamlit.runtime.scriptrunner import get_script_run_ctx

from beatgen.errors import BeatGenError

FOLDER = Path(__file__).with_name("texts")
FIRST = "en"  # for who asks for a language that the page does not have
CHOSEN = "beatgen_language"  # cookie with the one chosen on the page, as language.js has it
RUN = "beatgen_language"  # attribute of a run of the page
SHOWN = "beatgen_shown"  # cookie with that of the document, so that all of the page is in one
OF_PACKAGE = "package."  # how the keys of the package's own words begin, which FIRST does not need

Text = str | dict[str, str]  # or its forms, "one" and "other", by what `count` is


def text(key: str, **values: str | float) -> str:
    """A text by its key, with `values` in their places; numbers as the language writes them.

    >>> text("deck.bars", count=1), text("deck.bars", count=1234)
    ('1 bar', '1,234 bars')
    """
    return text_in(language(), key, **values)


def text_in(spoken: str, key: str, **values: str | float) -> str:
    """The same in a language.

    >>> text_in("de", "deck.bars", count=2)
    '2 Takte'
    """
    found = texts()[spoken][key]
    if not isinstance(found, str):
        found = found["one" if values["count"] == 1 else "other"]
    written = {
        name: value if isinstance(value, str) else _number_in(spoken, value, 2)
        for name, value in values.items()
    }
    return found.format_map(written)


def name_of(word: str) -> str:
    """What the package calls `word` (a voice, a family of drums, a style), as the language has it.

    >>> name_of("open hat")
    'open hat'
    """
    own = texts()[language()]
    head, _, number = word.rpartition(" ")  # as in "note 39"
    if OF_PACKAGE + word not in own and OF_PACKAGE + head in own and number.isdigit():
        return f"{name_of(head)} {number}"
    found = own.get(OF_PACKAGE + word, word)
    assert isinstance(found, str)
    return found


def of_package(error: BeatGenError) -> str:
    """What the package says went wrong, in its English; another language says that it is."""
    return text("error.of_package", sentence=str(error))


def write_number(value: float, digits: int = 2) -> str:
    """A number as the language writes it, with up to so many digits behind the point.

    >>> write_number(1234.5), write_number(112.125), write_number(120.0)
    ('1,234.5', '112.13', '120')
    """
    return _number_in(language(), value, digits)


def language() -> str:
    """Of the musician whose page this run draws; it stays for as long as the page is open."""
    run = get_script_run_ctx(suppress_warning=True)
    if run is None:
        return FIRST
    if not hasattr(run, RUN):
        setattr(run, RUN, _language())  # it is asked for a hundred times
    found: str = getattr(run, RUN)
    return found


def _language() -> str:
    if "language" not in st.session_state:
        cookies, asked = st.context.cookies, st.context.headers.get("Accept-Language", "")
        known = cookies.get(SHOWN) or cookies.get(CHOSEN)
        st.session_state["language"] = language_for(known, asked)
    found: str = st.session_state["language"]
    return found


def language_of(request: Request) -> str:
    """The language for a browser that asks for something without a run of the page."""
    return language_for(request.cookies.get(CHOSEN), request.headers.get("accept-language", ""))


def language_for(chosen: str | None, asked: str) -> str:
    """The language for a browser: the one `chosen` on the page, else that of the page's which it
    would rather have by what it has `asked` for, in the form of the header Accept-Language.

    >>> language_for(None, "fr-CH, de;q=0.8, en;q=0.9"), language_for("de", "en")
    ('en', 'de')
    """
    if chosen in texts():
        return chosen
    wanted: list[tuple[float, str]] = []
    for each in asked.split(","):
        tag, _, quality = each.partition(";q=")
        try:
            wanted.append((float(quality or 1), tag.strip().lower().partition("-")[0]))
        except ValueError:  # it comes from a browser and may be anything
            continue
    wanted.sort(key=lambda pair: -pair[0])  # equals stay in their order
    return next((tag for quality, tag in wanted if quality > 0 and tag in texts()), FIRST)


def names() -> dict[str, str]:
    """What each of the page's languages calls itself.

    >>> names()
    {'en': 'English', 'de': 'Deutsch'}
    """
    return {name: str(own["language"]) for name, own in texts().items()}


@cache
def texts() -> dict[str, dict[str, Text]]:
    """All texts by their keys, by language; FIRST comes first."""
    paths = sorted(FOLDER.glob("*.json"), key=lambda path: (path.stem != FIRST, path.stem))
    return {path.stem: json.loads(path.read_text("utf-8")) for path in paths}


def _number_in(spoken: str, value: float, digits: int) -> str:
    marks = {",": texts()[spoken]["number.thousands"], ".": texts()[spoken]["number.point"]}
    whole = f"{floor(10**digits * value + 0.5) / 10**digits:,.{digits}f}"
    if digits:
        whole = whole.rstrip("0").rstrip(".")
    return re.sub("[,.]", lambda mark: str(marks[mark[0]]), whole)
