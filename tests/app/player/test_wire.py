"""What the player is sent is small, and percussion goes there and back by its numbers."""

import json
from base64 import b64decode

import numpy as np
import pytest

from app.player.wire import (
    Edit,
    pack_groove,
    pack_lock,
    pack_path,
    read_edits,
    read_lock,
    with_edits,
)
from beatgen.groove import Groove
from beatgen.kit import NUMBER
from beatgen.lock import Lock


@pytest.mark.parametrize("per_bar", [16, 45])
def test_a_way_of_two_bars_fits_into_50_kilobytes(per_bar):
    rng = np.random.default_rng(7)
    path, of_a, of_b = rows = [], [], []
    for i in range(99):
        velocity = np.zeros((2, 64 * 22), np.float32)
        for bar in velocity:
            bar[rng.choice(bar.size, per_bar, replace=False)] = rng.random(per_bar) * 0.9 + 0.1
        rows[i % 3].append(Groove(velocity.reshape(2, 64, 22)))
    assert len(json.dumps(pack_path(path, (of_a, of_b)))) <= 50_000


CLAPS = Groove.from_tab("note 95 |o-------|\nclap |----x---|\nkick |o-o-|")
CLAP, NOTE = NUMBER["clap"], NUMBER["note 95"]


def test_words_hold_the_numbers_of_voices():
    words = np.frombuffer(b64decode(pack_groove(CLAPS)["hits"]), "<u4")
    steps, voices = np.cumsum(words & 255).tolist(), (words >> 8 & 255).tolist()
    assert list(zip(steps, voices, strict=True)) == [(0, 0), (0, NOTE), (32, 0), (32, CLAP)]


def test_edits_bring_percussion_and_take_it_out():
    cells = [[32, CLAP, 0, 0], [8, NUMBER["shaker"], 70, 0.25], [4, 64, 90, 0], [4, 300, 90, 0]]
    edits = read_edits(cells, CLAPS)
    assert edits == [Edit(32, CLAP, 0, 0), Edit(8, NUMBER["shaker"], 70, 0.25)]
    edited = with_edits(CLAPS, edits)
    assert edited.extras == ("shaker", "note 95")


def test_a_lock_of_percussion_comes_back_to_the_last_bit():
    lock = Lock(CLAPS, frozenset({CLAP}), frozenset(), frozenset({(0, NOTE)}))
    packed = pack_lock(lock)
    assert packed["voices"] == [CLAP] and packed["cells"] == [NOTE]
    hits = [[32, CLAP, 80, 0], [0, NOTE, 80, 0]]
    sent = {"bars": 1, "voices": packed["voices"], "sixteenths": [], "cells": packed["cells"]}
    back = read_lock({**sent, "hits": hits}, 64, [CLAPS])
    assert back.held == lock.held and back.voices == lock.voices and back.cells == lock.cells
    assert back.keep(Groove.from_tab("snare |o---|")).extras == CLAPS.extras
