"""The MIDI files of takes, on their cards and all in one: as the player sounds them."""

import io
from dataclasses import replace

import mido
import pytest
from compare import same_hits
from drive import (
    act,
    choose,
    click,
    go,
    now,
    part_sends,
    player_sends,
    read_back,
    shown_part,
    unzip,
)
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from app import downloads
from app.player.wire import pack_groove
from app.session import Take
from beatgen.groove import Groove
from beatgen.swing import swing

NEARLY = 1.25  # ticks; the address of a file rounds as well


@pytest.fixture(autouse=True)
def each_voice_its_note(apptest) -> None:
    """Roland's notes in all files, so that they read back as what sounds."""
    choose(apptest, "pitches", "roland")


def file_of(page: AppTest, take: Take) -> tuple[str, bytes]:
    """Name and content of the MIDI file that the card of a take gives."""
    how = shown_part(page, "wall")["how"]
    part_sends(page, "wall", "acts", {"acts": [], "lacks": True})  # has it send all in full
    wall = shown_part(page, "wall")
    assert wall["how"] == how
    place = [each.number for each in now(page).takes].index(take.number)
    path = wall["takes"][place]["path"] + "?" + wall["how"]
    text, _, ending = path.removeprefix("file/").partition("?")[0].rpartition(".")
    scope = {"type": "http", "headers": [], "path_params": {"text": text, "ending": ending}}
    answer = downloads.answer(Request({**scope, "query_string": path.partition("?")[2].encode()}))
    assert (answer.status_code, answer.media_type) == (200, "audio/midi")
    return wall["files"][place], answer.body


def test_each_card_has_the_midi_file_of_its_take(apptest):
    go(apptest, "vary")
    assert len(now(apptest).takes) == 6
    for take in now(apptest).takes:
        name, content = file_of(apptest, take)
        assert name == f"take-{take.number}-{take.groove.tempo:.0f}.mid"
        assert same_hits(read_back(content), take.groove, NEARLY)


@pytest.mark.parametrize("setting", ["tempo", "swing", "lock", "all"])
def test_cards_and_all_takes_are_as_the_player_sounds_them(apptest, downloads, setting):
    go(apptest, "vary")
    before = now(apptest).takes[1].groove
    hits = [[step, 3, 100, 0.25] for step in range(0, 64, 16)]
    settings = {
        "tempo": {"tempo": 87.0},
        "swing": {"swing": 0.66},
        "lock": {"lock": {"bars": 1, "voices": [3], "sixteenths": [], "hits": hits}},
    }
    settings["all"] = settings["tempo"] | settings["swing"] | settings["lock"]
    player_sends(apptest, position=0.5, **settings[setting])
    take = now(apptest).takes[1]
    expected = take.groove
    if setting in ("lock", "all"):
        expected = now(apptest).lock.keep(expected)
        assert expected != take.groove
    if setting in ("swing", "all"):
        expected = swing(expected, 0.66)
    if setting in ("tempo", "all"):
        expected = replace(expected, tempo=87.0)
    assert take.groove == before and expected != before
    name, content = file_of(apptest, take)
    assert name == f"take-{take.number}-{expected.tempo:.0f}.mid"
    assert same_hits(read_back(content), expected, NEARLY)
    assert same_hits(read_back(unzip(downloads["all-takes"][1]())[name]), expected)
    card = shown_part(apptest, "wall")["takes"][1]
    assert card["hits"] == pack_groove(now(apptest).locked(take.groove))["hits"], "with the lock"
    act(apptest, "a", take)
    assert now(apptest).a.groove == now(apptest).locked(take.groove), "what is shown becomes A"


@pytest.mark.parametrize(("pitches", "expected"), [("roland", {22, 58}), ("gm", {42, 43})])
def test_cards_and_all_takes_have_the_pitches_that_are_chosen(
    apptest, downloads, pitches, expected
):
    edges = Groove.from_tab("hi-hat edge |x---|\nfloor tom rim |--x-|")
    now(apptest).takes = [Take(1, edges, 1.0)]
    go(apptest, "vary")
    choose(apptest, "pitches", pitches)
    (zipped,) = unzip(downloads["all-takes"][1]()).values()
    for content in (zipped, file_of(apptest, now(apptest).takes[0])[1]):
        file = mido.MidiFile(file=io.BytesIO(content))
        assert {message.note for message in file if message.type == "note_on"} == expected


def test_all_takes_of_the_wall_download_in_one_zip(apptest, downloads):
    go(apptest, "vary")
    kept = now(apptest).takes[2]
    act(apptest, "keep", kept)
    choose(apptest, "count", 12)
    click(apptest, "vary")
    name, data = downloads["all-takes"]
    zipped = unzip(data())
    assert name == "takes.zip"
    assert len(zipped) == len(now(apptest).takes) == 13
    for take in now(apptest).takes:
        file = zipped[f"take-{take.number}-{take.groove.tempo:.0f}.mid"]
        assert same_hits(read_back(file), take.groove)


def test_takes_of_the_same_title_are_all_in_the_zip(apptest, downloads, random_groove):
    now(apptest).takes = [Take(i, random_groove(i), 1.0, title="Blend 55%") for i in (3, 4)]
    go(apptest, "vary")
    zipped = unzip(downloads["all-takes"][1]())
    assert set(zipped) == {f"take-{i}-blend-55-{random_groove(i).tempo:.0f}.mid" for i in (3, 4)}
