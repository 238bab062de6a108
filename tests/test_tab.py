"""Drum tab files: what their head says is played, and what cannot be is explained."""

import numpy as np
import pytest

from beatgen.errors import BeatGenError
from beatgen.groove import Groove
from beatgen.tab import MAX_BYTES, is_tab, scan_tab

TAB = "snare |----O-------g-gO|\nkick  |o---------oo---o|"


def groove_of(text: str, name: str = "mine.tab") -> Groove:
    return scan_tab(text.encode(), name=name)[0]


@pytest.mark.parametrize("head", ["", "\n\n", "style: rock\n", "style: rock\n\n", "tempo: 120\n\n"])
def test_all_of_the_head_may_be_left_out(head) -> None:
    assert groove_of(head + TAB) == Groove.from_tab(TAB, tempo=120)


def test_a_tempo_that_is_not_named_is_reported() -> None:
    assert scan_tab(TAB.encode())[1].messages == ["No tempo stands above the tab; 120 is taken."]
    assert scan_tab(f"tempo: 90\n{TAB}".encode())[1].messages == []


def test_text_comes_with_any_ends_of_line_and_a_byte_order_mark() -> None:
    text = f"tempo: 90\n\n{TAB}\n"
    for content in (text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()):
        assert is_tab(content)
        assert scan_tab(content)[0] == groove_of(text)


def test_the_name_is_the_seed() -> None:
    loose = f"tempo: 100\nloose: 4\n\n{TAB}"
    assert groove_of(loose, "a.tab") == groove_of(loose, "a.txt")
    assert groove_of(loose, "a.tab") != groove_of(loose, "b.tab")


def test_hits_on_every_step_of_a_plain_tab_stay_there() -> None:
    roll = f"snare |{'o' * 64}|"
    assert groove_of(roll) == Groove.from_tab(roll)
    assert not groove_of(roll).timing.any()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"tempo: nan\n{TAB}", "'tempo: nan' found; expected a line such as 'tempo: 104'"),
        (f"tempo: -3\n{TAB}", r"tempo is -3\.0; expected beats per minute above 0"),
        (f"loose: -1\n{TAB}", "'loose: -1' found"),
        (f"dynamics: inf\n{TAB}", "'dynamics: inf' found"),
        (f"swing: 120 eighths\n{TAB}", "'swing: 120 eighths' found"),
        (f"swing: 60\n{TAB}", "'swing: 60' found"),
        (f"late: snare inf\n{TAB}", "'late: snare inf' found"),
        (f"My song\n{TAB}", "'My song' found; expected a line such as"),
        (f"swing: 75 sixteenths\nsnare |{'o' * 64}|", "two hits of snare meet; swing them less"),
        ("kick |" + "o|" * 5000, "5000 bars found; expected 4096 at most"),
        (TAB + " " * MAX_BYTES, "larger than 64 kB; no drum tab is"),
        ("", "no lines found"),
    ],
)
def test_what_cannot_be_played_is_explained(text, message) -> None:
    with pytest.raises(BeatGenError, match=rf"^mine\.tab: (drum tab: |bar \d+: )?{message}"):
        groove_of(text)


def test_a_text_that_is_not_utf_8_is_explained() -> None:
    with pytest.raises(BeatGenError, match=r"mine\.tab: not a text in UTF-8"):
        scan_tab("Grüße".encode("latin-1") + TAB.encode(), name="mine.tab")


@pytest.mark.parametrize(
    "content",
    [b"", b"MThd\0\0", b"a | b", b"| a | b |", b"kick |o-q-|", b"kick |o---|\0"],
)
def test_other_files_are_not_taken_for_tab(content) -> None:
    assert not is_tab(content)


def test_counts_are_those_of_the_groove() -> None:
    groove, report = scan_tab(TAB.encode())
    assert report.hits == {"kick": 4, "snare": 4} and report.pitches == {36: 4, 38: 4}
    assert sum(report.hits.values()) == np.count_nonzero(groove.velocity)
