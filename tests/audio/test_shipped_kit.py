"""The drum samples in assets/kit."""

import json

import numpy as np
import pytest
import soundfile
from listen import groove_of, loudness, onset

from beatgen import assets
from beatgen.audio import kits
from beatgen.audio import render as audio
from beatgen.kit import CHOKES, INDEX, NAMES, NUMBER, PERCUSSION


@pytest.fixture(scope="module")
def manifest():
    return json.loads((assets.path("kit") / "kit.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def row(manifest):
    """All recordings one behind the other, float64 (samples,)."""
    sound, rate = soundfile.read(assets.path("kit") / manifest["file"], always_2d=True)
    assert (rate, sound.shape[1]) == (manifest["sample_rate"], 1)
    return sound[:, 0]


def test_the_kit_has_every_voice_at_three_velocities(manifest):
    assert list(manifest["voices"]) == list(NAMES)
    assert set(manifest["pan"]) == set(NAMES)
    for layers in manifest["voices"].values():
        velocities = [layer["velocity"] for layer in layers]
        assert len(velocities) >= 3
        assert velocities == sorted(set(velocities))


def test_the_kit_carries_its_licence_and_no_stray_files(manifest):
    folder = assets.path("kit")
    assert "Permission is hereby granted" in (folder / "LICENSE.txt").read_text(encoding="utf-8")
    files = {manifest["file"]: 1_200_000, "percussion.flac": 700_000, "turns.flac": 100_000}
    others = {f"{name}.flac": 650_000 for name in kits.KITS[1:]}
    assert sum((folder / file).stat().st_size for file in others) <= 2_000_000
    files |= others
    assert {path.name for path in folder.glob("*.flac")} == set(files)
    for file, most in files.items():
        assert (folder / file).stat().st_size <= most


def test_recordings_stand_apart_with_silence_behind_each(manifest, row):
    layers = [layer for layers in manifest["voices"].values() for layer in layers]
    ends = [layer["start"] + layer["samples"] for layer in layers]
    following = [layer["start"] for layer in layers[1:]] + [len(row)]
    assert layers[0]["start"] == 0
    for end, start in zip(ends, following, strict=True):
        assert end + 64 <= start and not row[end:start].any()


def test_players_of_the_kit_have_the_rules_of_the_mixer(manifest):
    assert manifest["gain"] == audio.GAIN
    more = json.loads((assets.path("kit") / "percussion.json").read_text(encoding="utf-8"))
    chokes = manifest["chokes"] | more["chokes"]
    assert {name: tuple(voices) for name, voices in chokes.items()} == CHOKES
    assert list(more["voices"]) == list(more["pan"]) == [voice.name for voice in PERCUSSION]
    assert more["gain"] == audio.GAIN


def test_percussion_sounds_at_once_as_itself_and_as_loud_as_a_kit():
    kit = kits.open_kit("kit")
    sounds = [kit.hit(NUMBER[voice.name], 104) for voice in PERCUSSION]
    for i, sound in enumerate(sounds):
        peak = np.abs(sound).max()
        assert 0.05 < peak < 0.9 and onset(sound) < 44, PERCUSSION[i].name
        assert np.abs(sound[-1]).max() < 0.01
        for other in sounds[:i]:
            assert other.shape != sound.shape or not np.allclose(other, sound)
    clap, snare = kit.hit(NUMBER["clap"], 104), kit.hit(INDEX["snare"], 104)
    assert 0.25 < loudness(clap) / loudness(snare) < 1.2


def test_a_clap_is_several_bursts_of_noise_and_a_tail_that_dies_away():
    clap = kits.open_kit("kit").hit(NUMBER["clap"], 104)[:, 0]
    block = 88  # 2 ms
    level = np.sqrt((clap[: len(clap) // block * block].reshape(-1, block) ** 2).mean(axis=1))
    level = 20 * np.log10(level / level.max() + 1e-9)
    strong = level[:22] > -7
    bursts = 1 + np.count_nonzero(np.diff(np.flatnonzero(strong)) > 1)
    assert strong[0] and 3 <= bursts <= 5, level[:22]
    assert level[60:].max() < -12 < level[25:40].max(), "after 50 to 80 ms it rings, later it fades"
    power = np.abs(np.fft.rfft(clap)) ** 2
    middle = power[(at := np.fft.rfftfreq(len(clap), 1 / 44100)) < 500].sum() / power.sum()
    assert middle < 0.1 and power[at > 8000].sum() / power.sum() < 0.2


def test_repeated_hits_take_turns_and_are_alike():
    kit = kits.open_kit("kit")
    for name, count in (("snare", 2), ("hi-hat", 3), ("kick", 1)):
        sounds = [kit.hit(INDEX[name], 104, turn) for turn in range(2 * count)]
        for i, sound in enumerate(sounds):
            for j, other in enumerate(sounds[:i]):
                same = sound.shape == other.shape and np.array_equal(sound, other)
                assert same == (i % count == j % count), (name, i, j)
        levels = [loudness(sound) for sound in sounds]
        assert max(levels) < 1.2 * min(levels), name
    groove = groove_of(("hi-hat", 0, 0.8), ("hi-hat", 16, 0.8), ("hi-hat", 48, 0.8))
    loop = audio.render(groove, engine="kit", loop=True)
    beat = len(loop) // 4
    first, second, third = (loop[at * beat :][: beat // 2] for at in (0, 1, 3))
    assert not np.allclose(first, second) and not np.allclose(second, third)
    np.testing.assert_array_equal(loop, audio.render(groove, engine="kit", loop=True))


def test_a_note_of_no_known_instrument_is_heard():
    kit = kits.open_kit("kit")
    assert np.array_equal(kit.hit(NUMBER["note 95"], 90), kit.hit(INDEX["cross-stick"], 90))


@pytest.mark.parametrize("name", NAMES)
def test_recordings_start_at_once_do_not_clip_and_end_quietly(manifest, row, name):
    sounds = []
    for layer in manifest["voices"][name]:
        sound = recording(row, layer)[:, None]
        assert onset(sound) < manifest["sample_rate"] / 1000
        assert np.abs(sound).max() * (127 / layer["velocity"]) ** 2 < 1.25  # 16 bits unspent
        assert np.abs(sound).max() < 0.999
        assert np.abs(sound[-10:]).max() < 2e-3
        sounds.append(sound)
    assert all(np.diff([loudness(sound) for sound in sounds]) > 0)


def test_pan_keeps_power_and_takes_sides(manifest):
    mono = np.ones(4, np.float32)
    for position in (-1.0, -0.3, 0.0, 0.4, 1.0):
        left, right = kits.pan(mono, position)[0]
        assert left**2 + right**2 == pytest.approx(1, abs=1e-6)
        assert np.sign(round(float(right - left), 6)) == np.sign(position)
    hit = kits.open_kit("kit").hit(INDEX["floor tom"], 100)
    assert (loudness(hit[:, 1]) > loudness(hit[:, 0])) == (manifest["pan"]["floor tom"] > 0)


def test_articulations_are_different_sounds(manifest, row):
    def loudest(name):
        sound = recording(row, manifest["voices"][name][-1])
        return np.abs(np.fft.rfft(sound, 1 << 17))

    for one, other in (
        ("snare", "rimshot"),
        ("snare", "cross-stick"),
        ("hi-hat", "hi-hat edge"),
        ("hi-hat", "hat pedal"),
        ("open hat", "open hat edge"),
        ("floor tom", "floor tom rim"),
        ("tom 1", "tom 1 rim"),
        ("ride", "ride edge"),
        ("ride", "ride bell"),
        ("crash 1", "crash 1 edge"),
        ("crash 1", "crash 2"),
        ("crash 2", "crash 2 edge"),
    ):
        a, b = loudest(one), loudest(other)
        similarity = (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())
        assert similarity < 0.97, (one, other, similarity)


def recording(row, layer):
    return row[layer["start"] : layer["start"] + layer["samples"]]


@pytest.mark.parametrize("name", kits.KITS[1:])
def test_each_kit_has_every_voice_with_a_sound_of_its_own(name):
    kit, standard = kits.open_kit(name), kits.open_kit("kit")
    assert name in kit.name
    different = 0
    for voice in NAMES:
        sound, other = (each.hit(INDEX[voice], 108) for each in (kit, standard))
        peak = np.abs(sound).max()
        assert 0.02 < peak < 1 and onset(sound) < 44, voice
        assert np.abs(sound[-1]).max() < 0.01
        different += sound.shape != other.shape or not np.allclose(sound, other)
    assert different >= 15, "cymbals may be shared"
    loud, soft = (loudness(kit.hit(INDEX["snare"], velocity)) for velocity in (120, 40))
    assert loud > 2 * soft
