"""Reading any file: the format is found by content, then by the name's ending."""

import io
import json
import warnings
from pathlib import PurePath

import pytest
from midifile import KICK, hit, midi, written

import beatgen as bg
from beatgen import assets, demo, readers
from beatgen.errors import BeatGenError, MidiError, ReadWarning
from beatgen.groove import Groove
from beatgen.readers import ENDINGS, READERS, Reader, scan


@pytest.mark.parametrize("name", ["rock.mid", "rock.MIDI", "rock.tab", "rock", "rock.wav"])
def test_a_midi_file_is_read_by_its_content_whatever_its_name(tmp_path, rock, name) -> None:
    path = tmp_path / name
    path.write_bytes(written(rock).getvalue())
    assert bg.read(path) == bg.read(str(path)) == bg.read_midi(path) == rock
    assert bg.scan(path)[1] == bg.scan_midi(path)[1]
    with path.open("rb") as file:
        assert bg.read(file) == rock


@pytest.mark.parametrize("name", ["rock.tab", "rock.TXT", "rock", "rock.mid"])
def test_a_tab_is_read_by_its_content_whatever_its_name(tmp_path, rock, name) -> None:
    (tmp_path / name).write_text(f"tempo: {rock.tempo}\n\n{rock}")
    assert bg.read(tmp_path / name) == rock


@pytest.mark.parametrize("name", demo.names())
def test_a_demo_file_is_read_as_the_demo(name) -> None:
    assert bg.read(assets.path(f"grooves/{name}.tab")) == demo.load(name)


def test_steps_are_those_asked_for(rock, tmp_path) -> None:
    (tmp_path / "rock.tab").write_text(str(rock))
    assert scan(tmp_path / "rock.tab", steps=16)[0].steps == 16
    assert scan(written(rock), steps=32)[0].steps == 32


def test_what_is_not_kept_is_warned_of_and_reported() -> None:
    data = midi([hit(0, KICK), hit(480, 60, channel=2)])
    with pytest.warns(ReadWarning, match=r"the file: Left out, as no drums: channel 3 \(1 note"):
        bg.read(data)
    data.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, report = bg.scan(data, name="a.mid")
    assert report.name == "a.mid" and report.messages[0].startswith("Left out")


def test_every_format_reports_the_same_things(rock, tmp_path) -> None:
    (tmp_path / "rock.tab").write_text(f"tempo: {rock.tempo}\n{rock}")
    _, of_tab = scan(tmp_path / "rock.tab")
    _, of_midi = scan(written(rock), name="rock.mid")
    for name in ("bars", "tempo", "hits", "pitches", "meters", "skipped", "messages"):
        assert getattr(of_tab, name) == getattr(of_midi, name), name
    for report in (of_tab, of_midi):
        assert json.loads(json.dumps(report.as_dict()))["hits"] == report.hits
        assert ("tempo", "96") in report.rows()


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("song.wav", b"RIFF....WAVE", BeatGenError, "a file that begins with 'RIFF' found; exp"),
        (
            "song",
            b"",
            BeatGenError,
            "an empty file found; expected MIDI (.mid), MIDI in ",
        ),
        ("song.mid", b"not music", MidiError, "not a MIDI file. Export the drums"),
        ("song.MID", b"", MidiError, "not a MIDI file. Export the drums"),
        ("song.mid", b"MThd\0", MidiError, "not a MIDI file that can be read"),
        ("song.tab", b"not music", BeatGenError, "'not music' found; expected a line such as"),
        ("song.tab", b"", BeatGenError, "drum tab: no lines found"),
        ("read.md", b"| a | table |\n|---|---|\n| gong | 1 |", BeatGenError, "drum tab"),
        ("song.txt", b"gong |o---|", BeatGenError, "drum tab: unknown voice 'gong'"),
    ],
)
def test_what_cannot_be_read_is_explained_in_one_sentence(name, content, error, message) -> None:
    with pytest.raises(error) as refused:
        scan(io.BytesIO(content), name=name)
    sentence = str(refused.value)
    assert sentence.startswith(f"{name}: ") and message in sentence and "\n" not in sentence
    assert len(sentence) < 300


def test_what_is_no_file_is_named(tmp_path) -> None:
    with pytest.raises(BeatGenError, match=r"^none\.mid: no such file\.$"):
        bg.read(tmp_path / "none.mid")
    with pytest.raises(BeatGenError, match=rf"^{tmp_path.name}: cannot be read \(Is a directory"):
        bg.read(tmp_path)
    with pytest.raises(BeatGenError, match="open the file in binary mode"):
        bg.read(io.StringIO("kick |o---|"))


def test_a_format_is_added_in_one_place(rock, tmp_path, monkeypatch) -> None:
    """A Reader in READERS is all that reading, and reading folders, ask for."""
    numbers = Reader(
        "numbers",
        (".num",),
        recognises=lambda content: content.startswith(b"NUM"),
        scan=lambda content, steps, name: scan(written(rock), steps, name),
        in_folders=True,
    )
    monkeypatch.setattr(readers, "READERS", (*READERS, numbers))
    monkeypatch.setattr("beatgen.data.dataset.READERS", (*READERS, numbers))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.num").write_bytes(b"NUM 1 2 3")
    assert bg.read(tmp_path / "in" / "a.num") == rock
    assert bg.prepare(tmp_path / "in", tmp_path / "out.npz").files.tolist() == ["a.num"]


def test_endings_are_of_one_format_each() -> None:
    assert len(set(ENDINGS)) == len(ENDINGS)
    assert all(PurePath(f"a{ending}").suffix == ending == ending.lower() for ending in ENDINGS)


def test_grooves_of_any_size_survive_as_tab(random_groove) -> None:
    """But for their loudness, which tab has in three steps, and their timing."""
    for seed in range(20):
        groove = random_groove(seed, bars=1 + seed % 4)
        read, report = scan(io.BytesIO(str(groove).encode()), name="noise.txt")
        assert ((read.velocity > 0) == (groove.velocity > 0)).all()
        assert (
            report.hits == {name: n for name, n in report.hits.items() if n}
            and sum(report.hits.values()) == (groove.velocity > 0).sum()
        )
        assert Groove.from_tab(str(read)) == read
