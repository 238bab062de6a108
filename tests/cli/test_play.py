"""The command line: what each verb writes and prints, and how it fails."""

import io
import json
import os
import re
import resource
import signal
import subprocess
from contextlib import suppress

import mido
import numpy as np
import pytest
import soundfile
from command import COMMAND, refusal, run
from midifile import BAR, KICK, again, end, hit, midi, sounding

from beatgen import demo
from beatgen.cli import main
from beatgen.cli.verbs import VERBS
from beatgen.groove import Groove
from beatgen.latent.vae import has_kick_on_one, load_model
from beatgen.midi import read_midi, write_midi

NAMES = {
    *("stats", "prepare", "download-groove", "train", "export", "sweep", "ablate"),
    *("blend", "interpolate", "vary", "sample", "humanize", "complete", "drumify", "reconstruct"),
    *("evaluate", "info", "render", "draw", "page", "song", "finish", "mix"),
}


@pytest.fixture
def ab(tmp_path, rock, samba) -> tuple[str, str]:
    """Paths of two grooves."""
    paths = str(tmp_path / "a.mid"), str(tmp_path / "b.mid")
    write_midi(rock, paths[0])
    write_midi(samba, paths[1])
    return paths


def test_what_is_read_is_not_written_over(ab, capsys) -> None:
    before = [mido.MidiFile(path).length for path in ab]
    for verb in (["blend", *ab, "0.5"], ["humanize", ab[1]]):
        assert main([*verb, "-o", ab[1]]) == 2
        assert "b.mid is the file that is read" in capsys.readouterr().err
    assert [mido.MidiFile(path).length for path in ab] == before


# Help, usage, exit codes --------------------------------------------------------------------------


def test_every_verb_is_there_and_explained(capsys) -> None:
    assert set(VERBS) == NAMES
    for name in NAMES:
        with pytest.raises(SystemExit) as leaving:
            main([name, "--help"])
        assert leaving.value.code == 0
        assert VERBS[name].about in capsys.readouterr().out


def processor_time() -> float:
    """Seconds that processes started here have cost, the system's work for them included."""
    cost = resource.getrusage(resource.RUSAGE_CHILDREN)
    return cost.ru_utime + cost.ru_stime


def test_help_is_quick() -> None:
    """In time of the processor, whatever else the machine does."""
    times = []
    for _ in range(3):
        start = processor_time()
        done = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True)
        times.append(processor_time() - start)
    assert "interpolate" in done.stdout
    assert min(times) < 0.5


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["dance"],
        ["blend", "a.mid"],
        ["vary", "x", "--count", "y"],
        ["vary", "x", "-o", "y", "--seed", "-1"],
        ["blend", "funk", "rock", "0.5", "-o", "mix.wav"],
    ],
)
def test_a_wrong_command_line_exits_with_2(argv, capsys) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(argv)
    assert leaving.value.code == 2
    out, err = capsys.readouterr()
    assert out == "" and "usage: beatgen" in err


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["info", "none.mid"], "none.mid: no such file"),
        (["stats", "nowhere"], "nowhere: no such folder"),
        (["draw", "rock", "-o", "rock.gif"], "ends in .html or .png"),
        (["draw", "rock", "-o", "nowhere/rock.html"], "nowhere/rock.html: No such file"),
        (["blend", "funk", "rock", "1.5", "-o", "x.mid"], "amount is 1.5; expected 0 to 1"),
        (["blend", "funk", "rock", "0", "-o", "nowhere/x.mid"], "nowhere/x.mid: cannot be written"),
        (["render", "rock", "-o", "nowhere/x.wav", "--engine", "kit"], "nowhere/x.wav cannot be"),
        (["sample", "-o", "x", "--model", "none"], "no model 'none'"),
        (["prepare", "nowhere", "-o", "x.npz"], "nowhere: no such folder"),
        (["render", "none.mid", "-o", "x.wav"], "none.mid: no such file"),
        (["info", "https://a.b/groove"], "no address of a GrooveScribe groove"),
        (["render", "funk", "-o", "x.wav", "--level", "hats=1"], "'hats' is no drum family"),
        (["render", "funk", "-o", "x.wav", "--pan", "hat=2"], "pan of hat is 2; expected -1 to 1"),
    ],
)
def test_what_cannot_be_done_is_reported_in_one_line(
    argv, reason, capsys, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert reason in refusal(capsys, *argv)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["info", "rock"], "rock is a demo groove; expected a file"),
        (["render", "rock", "-o", "x.wav", "--whole"], "rock is a demo groove"),
        (["render", "a.mid", "-o", "x.wav", "--whole", "--loop"], "--whole plays once"),
        (["render", "a.mid", "-o", "x.wav", "--whole", "--engine", "kit"], "by FluidSynth"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(argv, reason, capsys) -> None:
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == "" and reason in err and f"See `beatgen {argv[0]} --help`" in err


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["--engine", "organ"], "'kit', 'brushes', 'electronic', '808'"),
        (["--level", "hat"], "'hat' is not a drum family and a number, as in hat=-3"),
    ],
)
def test_what_a_choice_may_be_is_listed(argv, reason, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["render", "funk", "-o", "x.wav", *argv])
    assert reason in capsys.readouterr().err


def test_a_closed_pipe_is_no_error(midi_folder) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "info", midi_folder / "rock.mid"], stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    assert done.stderr == b"" and done.returncode == 141


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_an_interrupt_is_quiet(tmp_path, rock) -> None:
    write_midi(rock, tmp_path / "0.mid")
    for i in range(1, 10_000):  # so many that none can be done before the interrupt comes
        os.link(tmp_path / "0.mid", tmp_path / f"{i}.mid")
    with subprocess.Popen(
        [*COMMAND, "stats", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # A shell starts what it runs in the background deaf to interrupts, and so these tests.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        seen = running.stderr.read(60)  # the first of the progress bar: the workers are at it
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert b"reading" in seen
    assert (running.returncode, out) == (130, b"")
    assert b"Traceback" not in err and b"Interrupt" not in err


# One file -----------------------------------------------------------------------------------------


def test_info_shows_what_became_of_a_file(capsys, ab, tmp_path) -> None:
    data = bytearray((tmp_path / "a.mid").read_bytes())
    found = json.loads(run(capsys, "info", ab[0], "--json")[0])
    assert (found["bars"], found["tempo"], found["meters"]) == (2, 96, ["4/4"])
    assert found["hits"]["hi-hat"] == 16 and found["folded"] == found["dropped"] == {}
    for old, new in ((36, 35), (42, 33)):  # the kick as an acoustic one, the hat as a click
        data = data.replace(bytes([0x99, old]), bytes([0x99, new]))
    (tmp_path / "odd.mid").write_bytes(data)
    found = json.loads(run(capsys, "info", tmp_path / "odd.mid", "--json")[0])
    assert found["folded"] == {"35": {"voice": "kick", "hits": found["pitches"]["35"]}}
    assert found["hits"]["metronome click"] == found["pitches"]["33"]
    assert found["dropped"] == found["skipped"] == {}
    text = "\n".join(run(capsys, "info", tmp_path / "odd.mid"))
    assert "35 (" in text and "2 in 4/4" in text and "snare" in text


def test_render_makes_sound_of_exact_length(capsys, ab, tmp_path, rock) -> None:
    wav = tmp_path / "loop.wav"
    assert run(capsys, "render", ab[0], "-o", wav, "--loop", "--engine", "kit") == [str(wav)]
    sound, rate = soundfile.read(wav)
    assert len(sound) == round(rock.seconds * rate) and np.abs(sound).max() > 0.05
    mixed = ["--level", "kick=-40", "--level", "snare=-40", "--pan", "hat=-1"]
    run(capsys, "render", ab[0], "-o", wav, "--loop", "--engine", "kit", *mixed)
    left, right = np.abs(soundfile.read(wav)[0]).max(axis=0)
    assert left > 0.05 > right, "the hats alone, on the left"


def test_draw_writes_a_page_and_demo_grooves_have_names(capsys, tmp_path) -> None:
    page = tmp_path / "funk.html"
    assert run(capsys, "draw", demo.names()[0], "-o", page, "--theme", "light") == [str(page)]
    assert "hi-hat" in page.read_text(encoding="utf-8")


# The model ----------------------------------------------------------------------------------------


def test_blend_goes_from_a_to_b(capsys, ab, tmp_path, rock, samba) -> None:
    mix = tmp_path / "mix.mid"
    assert run(capsys, "blend", *ab, 0, "-o", mix) == [str(mix)]
    assert read_midi(mix) == rock
    run(capsys, "blend", *ab, 1, "-o", mix)
    assert read_midi(mix) == samba.repeat(2)
    run(capsys, "blend", *ab, 0.4, "-o", mix, "--feel", 0.9)
    assert again(read_midi(mix)) == again(load_model().blend(rock, samba, 0.4, feel=0.9))


def test_blend_writes_the_pitches_that_are_asked_for(capsys, tmp_path) -> None:
    """A hat's edge and a tom's rim are the Roland's own."""
    write_midi(Groove.from_tab("hi-hat edge |x---|\nfloor tom rim |--x-|"), tmp_path / "edge.mid")
    for how, expected in (
        ([], {42, 43}),
        (["--pitches", "gmd"], {22, 58}),
        (["--map-out", "toontrack"], {22, 75}),
    ):
        both = tmp_path / "edge.mid", tmp_path / "edge.mid"
        run(capsys, "blend", *both, 1, "-o", tmp_path / "out.mid", *how)
        notes = {m.note for m in mido.MidiFile(tmp_path / "out.mid") if m.type == "note_on"}
        assert notes == expected


def test_interpolate_writes_a_bar_per_step(capsys, ab, tmp_path, rock) -> None:
    run(capsys, "interpolate", *ab, "--steps", 5, "-o", tmp_path / "path.mid")
    path = read_midi(tmp_path / "path.mid")
    assert path.bars == 5 and np.array_equal(path.velocity[0], rock.velocity[0])


def test_mix_writes_a_place_or_a_path_between_up_to_four_grooves(capsys, ab, tmp_path) -> None:
    roland = ["--map-out", "roland"]  # has a note for each voice
    run(capsys, "mix", *ab, "funk", "--at", "0,1", *roland, "-o", tmp_path / "corner.mid")
    struck, funk = read_midi(tmp_path / "corner.mid").velocity, demo.load("funk").velocity
    assert struck.sum((1, 2)) == pytest.approx(funk.sum((1, 2)), abs=1e-3)
    path = ["--at", "0,0", "1,0", "1,1", "--length", 9]
    run(capsys, "mix", *ab, "funk", "house", *path, "-o", tmp_path / "path.mid")
    assert read_midi(tmp_path / "path.mid").bars == 9
    for words in (["a", "--at", "0.5", "-o", "x.mid"], ["--at", "0,0", "-o", "x.mid"]):
        with pytest.raises(SystemExit):
            main(["mix", *words])
    assert "'0.5' is no place; expected two numbers, as in 0.3,0.5" in capsys.readouterr().err


def test_vary_numbers_its_takes_and_repeats_them_by_seed(capsys, ab, tmp_path) -> None:
    def takes(folder: str, seed: int) -> list[bytes]:
        lines = run(capsys, "vary", ab[0], "--count", 3, "--seed", seed, "-o", tmp_path / folder)
        assert lines == [str(tmp_path / folder / f"take-{i}.mid") for i in (1, 2, 3)]
        return [(tmp_path / folder / f"take-{i}.mid").read_bytes() for i in (1, 2, 3)]

    first = takes("first", 1)
    assert takes("second", 1) == first and takes("third", 2) != first
    assert len(set(first)) == 3


def test_sample_takes_a_name_for_its_files(capsys, tmp_path) -> None:
    name = tmp_path / "new" / "beat.mid"
    lines = run(capsys, "sample", "--count", 10, "--tempo", 87, "-o", name)
    assert [line.rsplit("-")[-1] for line in lines][::9] == ["01.mid", "10.mid"]
    groove = read_midi(lines[0])
    assert groove.bars == 1 and groove.tempo == 87
    kicks = [has_kick_on_one(read_midi(line)) for line in lines]
    whole = run(capsys, "sample", "--count", 10, "--tempo", 87, "--whole", "-o", tmp_path / "all")
    assert sum(kicks) > sum(has_kick_on_one(read_midi(line)) for line in whole)


def test_reconstruct_writes_what_the_model_makes_of_a_groove(capsys, ab, tmp_path, rock) -> None:
    run(capsys, "reconstruct", ab[0], "-o", tmp_path / "held.mid")
    held = load_model().reconstruct(rock)
    assert again(read_midi(tmp_path / "held.mid")) == again(held)


def test_a_folder_that_is_called_like_a_demo_hides_nothing(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert main(["vary", "funk", "-o", "funk", "--count", "1"]) == 0
    assert capsys.readouterr().out.split() == ["funk/take-1.mid"] * 2


def test_sound_is_written_as_what_its_name_says(tmp_path, capsys) -> None:
    assert main(["render", "funk", "--engine", "kit", "-o", str(tmp_path / "a.mp3")]) == 2
    assert "a.mp3: WAV is written" in capsys.readouterr().err
    assert not (tmp_path / "a.mp3").exists()


def test_a_drum_tab_is_read_as_any_file(capsys, tmp_path, rock) -> None:
    (tmp_path / "rock.tab").write_text(f"tempo: 96\n\n{rock}")
    lines = run(capsys, "info", tmp_path / "rock.tab")
    assert lines[0] == "rock.tab" and "2 in 4/4" in lines[1]
    (report,) = run(capsys, "info", tmp_path / "rock.tab", "--json")
    assert json.loads(report)["hits"]["kick"] == int((rock.velocity[..., 0] > 0).sum())
    run(capsys, "reconstruct", tmp_path / "rock.tab", "-o", tmp_path / "rock.mid")
    assert read_midi(tmp_path / "rock.mid").bars == 2


def test_a_count_in_is_left_out_and_early_hits_stand_where_one_wants_them(tmp_path) -> None:
    sticks = [hit(beat * 480, 31) for beat in range(4)]
    early = [hit(BAR - 20, KICK), hit(BAR + 480, 38), hit(2 * BAR, KICK), end(3 * BAR)]
    (tmp_path / "counted.mid").write_bytes(midi([*sticks, *early]).getvalue())
    counted, out = str(tmp_path / "counted.mid"), tmp_path / "out.mid"
    for bars, found in (("2-3", 2), ("2-", 2), ("3", 1), ("1-3", 3)):
        words = ["blend", counted, counted, "0", "--bars", bars, "--bars", "3", "-o", str(out)]
        assert main(words) == 0
        assert read_midi(out).bars == found
    for early_, tick in (("loop", 2 * BAR - 20), ("pickup", BAR - 20)):
        words = ["blend", counted, counted, "0", "--bars", "2-3", "--early", early_, "-o", str(out)]
        assert main(words) == 0
        assert (tick, KICK, 80) in sounding(io.BytesIO(out.read_bytes()))
        assert read_midi(out).timing.min() == pytest.approx(-20 / 30)


@pytest.mark.parametrize(
    ("bars", "sentence"),
    [
        ("0-2", "expected bars such as 2-3"),
        ("3-2", "expected bars such as 2-3"),
        ("two", "expected bars such as 2-3"),
        ("2-9", "bars 2 to 9 asked for; it has 1"),
    ],
)
def test_bars_that_are_not_there_are_refused(bars, sentence, tmp_path, capsys) -> None:
    (tmp_path / "a.mid").write_bytes(midi([hit(0, KICK), end(BAR)]).getvalue())
    with suppress(SystemExit):
        assert main(["info", str(tmp_path / "a.mid"), "--bars", bars]) == 1
    assert sentence in capsys.readouterr().err


def test_a_song_is_written_with_markers_and_sound(tmp_path, capsys) -> None:
    song, sound = tmp_path / "song.mid", tmp_path / "song.wav"
    asked = ["--length", 8, "--form", "intro A ending", "--other", "samba", "--wav", sound]
    run(capsys, "song", "funk", "-o", song, *asked)
    markers = [m.text for m in mido.MidiFile(song).tracks[0] if m.type == "marker"]
    assert markers == ["intro", "A", "ending"] and read_midi(song).bars == 8
    assert soundfile.info(sound).duration > 8 * 4 * 60 / 104
    assert "form" in refusal(capsys, "song", "funk", "-o", song, "--form", "A8 B1")


def test_a_feel_is_taken_in_part_and_shown(tmp_path, capsys) -> None:
    out = str(tmp_path / "loose.mid")
    argv = ["humanize", "funk", "-o", out, "--timing", "0.5", "hat=0.2", "--velocity", "0"]
    assert main([*argv, "--compare", "--seed", "3"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == out and printed[2].split()[:3] == ["voice", "hits", "before"]
    asked = load_model().humanize(
        demo.load("funk"),
        seed=3,
        timing=dict.fromkeys(("kick", "snare", "tom", "ride", "crash", "percussion"), 0.5)
        | {"hat": 0.2},
        velocity=0,
    )
    write_midi(asked, tmp_path / "asked.mid", name="BeatGen")
    assert (tmp_path / "asked.mid").read_bytes() == (tmp_path / "loose.mid").read_bytes()
    assert main(["humanize", "funk", "-o", out, "--like", "samba"]) == 0
    assert main(["humanize", "funk", "-o", out, "--like", "hip-hop"]) == 0
    assert main(["humanize", "funk", "-o", out, "--like", "polka"]) == 1
    assert "no style 'polka'" in capsys.readouterr().err
    assert main(["humanize", "funk", "-o", out, "--timing", "loose"]) == 2
    assert "--timing loose: expected 0 to 1, as in 0.5 or hat=0.3" in capsys.readouterr().err


def test_drums_are_made_for_a_bass_line(tmp_path, capsys) -> None:
    bass, out = tmp_path / "bass.mid", str(tmp_path / "drums.mid")
    notes = [hit(tick, 40, 90, channel=1) for tick in (0, 360, 720, 960, 1440)]
    bass.write_bytes(midi([*notes, end(BAR)]).read())
    assert main(["drumify", str(bass), "-o", out]) == 0
    drums = read_midi(out)
    assert drums.bars == 1 and drums.velocity[0, 0].any() and drums.velocity[0, 24].any()
    argv = ["drumify", str(bass), "-o", out, "--busy", "1", "--style", "funk", "--seed", "3"]
    assert main(argv) == 0
    busier = read_midi(out)
    assert np.count_nonzero(busier.velocity) > np.count_nonzero(drums.velocity)
    assert main(["drumify", "samba", "--bars", "1-2", "-o", out]) == 0
    assert read_midi(out).bars == 2
    assert main(["drumify", str(bass), "-o", out, "--channel", "4"]) == 1
    assert "no note on channel 4; notes found on 2." in capsys.readouterr().err


def test_finish_writes_proposals_that_keep_what_is_kept(ab, tmp_path, capsys) -> None:
    *paths, said = run(
        capsys,
        "finish",
        ab[0],
        "--keep",
        "kick",
        "snare",
        "--count",
        "2",
        "-o",
        str(tmp_path / "f"),
    )
    assert len(paths) == 2 and re.fullmatch(r"\d+% \d+%", said)
    old = read_midi(ab[0])
    for path in paths:
        assert np.array_equal(read_midi(path).velocity[..., :4], old.velocity[..., :4])
    *paths, _ = run(capsys, "finish", ab[0], "--fill", "--count", "1", "-o", str(tmp_path / "g"))
    filled = read_midi(paths[0])
    assert np.array_equal(filled.velocity[-1, :46], old.velocity[-1, :46])
    assert "nothing is locked" in refusal(capsys, "finish", ab[0], "-o", str(tmp_path / "h"))
