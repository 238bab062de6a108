"""The player as the page mounts it, without a browser."""

import pytest

from app import player as mounted
from app.player import PROBE, Scene, player
from beatgen.errors import BeatGenError


@pytest.fixture
def sent(monkeypatch) -> list[dict]:
    """What the browser is sent, run by run."""
    runs: list[dict] = []
    monkeypatch.setattr(mounted, "mount", lambda key, data, **_: runs.append(data))
    monkeypatch.setattr(mounted, "_kit_component", lambda: "kit")
    monkeypatch.setattr(mounted.st, "session_state", {})
    return runs


def test_the_page_exposes_nothing_of_the_player_unless_the_server_asks_for_it(
    sent, rock, monkeypatch
):
    monkeypatch.delenv(PROBE, raising=False)
    player(Scene([rock]))
    assert "probe" not in sent[-1]
    monkeypatch.setenv(PROBE, "1")
    player(Scene([rock]))
    assert sent[-1]["probe"] is True


def test_the_frames_of_a_path_are_sent_once(sent, rock):
    scene = Scene([rock, rock])
    for _ in range(2):
        player(scene)
    assert "frames" in sent[0]["path"]
    assert sent[1]["path"] == {"id": sent[0]["path"]["id"], "felt": False}


def test_the_voices_are_sent_once_and_to_who_has_missed_them(sent, rock):
    player(Scene([rock]))
    player(Scene([rock, rock]))
    assert sent[0]["path"]["voices"] and sent[1]["path"]["voices"] is None
    mounted.st.session_state["player"] = {"played": {"turn": 1, "path": None}}
    player(Scene([rock, rock]))
    assert sent[2]["path"]["voices"]


def test_a_scene_that_cannot_be_is_refused(rock):
    with pytest.raises(BeatGenError, match="no groove"):
        Scene([])
    with pytest.raises(BeatGenError, match="bars and steps"):
        Scene([rock, rock.repeat(2 * rock.bars)])
    with pytest.raises(BeatGenError, match="position is 2"):
        Scene([rock], position=2)
    with pytest.raises(BeatGenError, match="feel has 1 frames"):
        Scene([rock, rock], feels=([rock], [rock]))


def test_what_undo_goes_back_to_is_bounded_by_what_it_holds(monkeypatch):
    monkeypatch.setattr(mounted, "MARKED", 100)
    shared = {1: 40}
    marks = {(str(n), ""): (n, {**shared, 10 + n: 20}) for n in range(6)}
    assert [mark for mark, _ in mounted._fitting(marks).values()] == [3, 4, 5]
    large = {("a", ""): ("a", {1: 10}), ("b", ""): ("b", {2: 1000})}
    assert list(mounted._fitting(large)) == [("b", "")], "the last one in any case"
