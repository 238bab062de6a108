"""Groove to sound: one mixer over the sounds of single hits, and MIDI files through FluidSynth.

Every hit stands at its exact sample, timing included. With `loop` the result is one turn of an
endless loop: exactly `round(groove.seconds * sample_rate)` samples, with what rings over the end
folded into the start, and with a hit that comes early to the first bar standing at the end. Without
it the groove is played once and rings out; a first hit before the bar line then makes the sound
begin that much earlier, so that nothing is lost or moved.

Loudness follows velocity and is never normalized: the same groove always sounds equally loud. Only
what would exceed -1 dBFS is turned down, as a whole.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from beatgen.audio.kits import LONGEST_HIT, Kit, check_rate, open_kit
from beatgen.audio.mix import MIXED, NO_MIX, Mix
from beatgen.audio.soundfont import need_soundfont
from beatgen.errors import AudioError, shown
from beatgen.files import whole
from beatgen.groove import Groove, check_grooves
from beatgen.kit import CHOKES, EVERY, NUMBER
from beatgen.midi.events import read_file
from beatgen.midi.general import for_general_midi

CEILING = 10 ** (-1 / 20)  # -1 dBFS: the highest peak
GAIN = 1.4  # leaves a lively groove about 2 dB of headroom
SILENCE = 1e-7  # -140 dBFS: a peak below it is no sound
CHOKE_FADE = 0.012  # seconds from the choking hit until the choked one is gone
LONGEST = 30 * 60  # seconds, 0.6 GB of samples: far more than anyone plays in one go
MIDI_TIMEOUT = 600  # seconds that FluidSynth may take over a MIDI file

Hit = tuple[int, int, int, int]  # sample, number of the voice, MIDI velocity, turn


def render(
    groove: Groove,
    *,
    engine: str = "auto",
    soundfont: str | os.PathLike[str] | None = None,
    sample_rate: int = 44100,
    loop: bool = False,
    mix: Mix = NO_MIX,
) -> np.ndarray:
    """The groove as sound: float32 (samples, 2), peak below 1.

    engine:      "fluidsynth", shipped recordings ("kit", "brushes", "electronic", "808") or "auto":
                 FluidSynth where it and a soundfont are installed, else the recordings "kit".
                 `open_kit(engine).name` says which.
    soundfont:   file to play instead of the one found on the machine; asks for FluidSynth.
    sample_rate: hertz, 8000 to 96000.
    loop:        one seamless turn of exact length, instead of once with the end ringing out.
    mix:         level and place of each drum family.

    Raises AudioError where FluidSynth or the soundfont was asked for and is missing, where a groove
    with hits comes out silent, and where it lasts over half an hour.

    >>> groove = Groove.from_tab("kick |o---o---|", tempo=120)
    >>> render(groove, engine="kit", loop=True).shape
    (88200, 2)
    """
    kit = open_kit(engine, soundfont, sample_rate)
    score = _score(groove, kit, loop, mix)
    track = score.track()
    track *= _level(track, kit, len(score.hits))
    return track


def stems(
    groove: Groove,
    *,
    engine: str = "auto",
    soundfont: str | os.PathLike[str] | None = None,
    sample_rate: int = 44100,
    loop: bool = False,
    mix: Mix = NO_MIX,
) -> dict[str, np.ndarray]:
    """The groove by families: name of each family that plays -> float32 (samples, 2).

    All are as long as what `render` returns, and their sum is what it returns. Arguments and errors
    are those of `render`.

    >>> list(stems(Groove.from_tab("kick |o---|\\nride |x-x-|"), engine="kit"))
    ['kick', 'ride']
    """
    kit = open_kit(engine, soundfont, sample_rate)
    return dict(each_stem(groove, kit, loop=loop, mix=mix))


def each_stem(
    groove: Groove, kit: Kit, *, loop: bool = False, mix: Mix = NO_MIX
) -> Iterator[tuple[str, np.ndarray]]:
    """What `stems` gives, one after the other: of long grooves each takes 20 MB a minute."""
    score = _score(groove, kit, loop, mix)
    level = _level(score.track(), kit, len(score.hits))
    played = {EVERY[hit[1]].family for hit in score.hits}
    for family in MIXED:
        if family in played:
            track = score.track(family)
            track *= level
            yield family, track
            del track


def write_wav(
    groove: Groove,
    path_or_file: str | os.PathLike[str] | IO[bytes],
    *,
    engine: str = "auto",
    soundfont: str | os.PathLike[str] | None = None,
    sample_rate: int = 44100,
    loop: bool = False,
    bits: int = 16,
    mix: Mix = NO_MIX,
) -> None:
    """Write the groove as a stereo WAV of 16 or 24 `bits`; the rest is as for `render`.

    Raises AudioError as `render` does, and where the file cannot be written.
    """
    sound = render(
        groove, engine=engine, soundfont=soundfont, sample_rate=sample_rate, loop=loop, mix=mix
    )
    save_wav(sound, path_or_file, sample_rate, bits)


def save_wav(
    sound: np.ndarray,
    path_or_file: str | os.PathLike[str] | IO[bytes],
    sample_rate: int = 44100,
    bits: int = 16,
) -> None:
    """Write samples (samples, channels), -1 to 1, as a PCM WAV of 16 or 24 `bits`."""
    import soundfile

    if bits not in (16, 24):
        raise AudioError(f"{bits} bits per sample; expected 16 or 24.")
    target = os.fspath(path_or_file) if isinstance(path_or_file, (str, os.PathLike)) else None
    if target is None and not hasattr(path_or_file, "write"):
        raise AudioError(f"{shown(path_or_file)} given; expected a path or an open file.")
    try:
        # Opened here: of a missing folder, libsndfile reports only "System error".
        with ExitStack() as stack:
            file: Any = path_or_file
            if target is not None:
                file = stack.enter_context(open(stack.enter_context(whole(target)), "wb"))
            soundfile.write(file, sound, sample_rate, subtype=f"PCM_{bits}", format="WAV")
    except (OSError, soundfile.LibsndfileError) as error:
        reason = str(getattr(error, "strerror", None) or getattr(error, "error_string", error))
        raise AudioError(f"{target or 'WAV'} cannot be written: {reason.rstrip('.')}.") from None


def render_midi(
    midi_path: str | os.PathLike[str],
    wav_path: str | os.PathLike[str],
    *,
    soundfont: str | os.PathLike[str] | None = None,
    sample_rate: int = 44100,
) -> None:
    """Play a whole MIDI file, all its instruments, through FluidSynth into a WAV (16 bit, stereo).

    midi2audio does the work. But it ignores FluidSynth's exit code, lets FluidSynth print on
    stdout and fall back to another soundfont, and leaves 20 dB of level unused. So it runs as a
    process of its own, its result is checked, and the peak is brought to -1 dBFS. Drums on notes
    that a General MIDI soundfont does not have, as an e-kit's 22, sound on the nearest that it has.

    Raises MidiError where the file cannot be read, and AudioError where FluidSynth or the soundfont
    is missing, where FluidSynth did not read one of them, where the file lasts over half an hour,
    for a sample rate that FluidSynth cannot do, and where the sound is silent or ends before the
    file does.
    """
    import soundfile

    font = need_soundfont(soundfont)
    check_rate(sample_rate)
    seconds = read_file(midi_path, str(midi_path)).seconds  # when its last event is due
    _check_length(str(midi_path), seconds)
    if shutil.which("fluidsynth") is None:
        raise AudioError(
            "the command fluidsynth is not installed; install it (Debian: apt install fluidsynth, "
            "macOS: brew install fluid-synth)."
        )
    with tempfile.TemporaryDirectory() as folder:
        made, copy = Path(folder, "made.wav"), Path(folder, "general.mid")
        played = copy if for_general_midi(Path(midi_path), copy) else Path(midi_path)
        output = _midi2audio(font, played, made, sample_rate)
        if "Failed to load" in output or "not a SoundFont" in output:
            raise AudioError(f"{font}: FluidSynth cannot read this soundfont; choose another.")
        try:
            sound, rate = soundfile.read(made, dtype="float32")
        except (OSError, soundfile.LibsndfileError):
            last = output.strip().splitlines()[-1:] or ["it printed nothing"]
            raise AudioError(f"{midi_path}: FluidSynth made no sound file: {last[0]}.") from None
    if len(sound) < seconds * rate:
        raise AudioError(
            f"{midi_path}: FluidSynth stopped after {len(sound) / rate:.1f} of {seconds:.1f} s; "
            "is the file damaged?"
        )
    peak = float(np.abs(sound).max(initial=0))
    if peak < 1e-3:  # FluidSynth's own dither stays below
        raise AudioError(
            f"{midi_path} is silent with {font.name}; does it have notes, and the soundfont "
            "their instruments?"
        )
    save_wav(sound * (CEILING / peak), wav_path, rate)


class _Score(NamedTuple):
    """What is to sound when, and how. length: samples of the result; room: with what rings on."""

    hits: list[Hit]
    chokes: dict[int, np.ndarray]
    length: int
    room: int
    kit: Kit
    mix: Mix

    def track(self, family: str | None = None) -> np.ndarray:
        """The sound of one family, or of all, float32 (samples, 2), not yet at its level."""
        track = np.zeros((self.room, 2), np.float32)
        for hit in self.hits:
            if family in (None, EVERY[hit[1]].family):
                _add(track, self.sound(hit), hit[0])
        return track[: self.length]

    def sound(self, hit: Hit) -> np.ndarray:
        sample, voice, velocity, turn = hit
        sound = self.mix.of(EVERY[voice].family, self.kit.hit(voice, velocity, turn))
        return _cut(sound, sample, self.chokes.get(voice), self.kit.sample_rate)


def _score(groove: Groove, kit: Kit, loop: bool, mix: Mix) -> _Score:
    check_grooves(groove)
    _check_length(f"a groove of {groove.bars} bars at {groove.tempo:g} BPM", groove.seconds)
    hits = _hits(groove, kit.sample_rate)
    room = length = max(1, round(groove.seconds * kit.sample_rate))
    if loop:
        hits = sorted((at % length, voice, velocity, turn) for at, voice, velocity, turn in hits)
    elif hits:
        lead = max(0, -hits[0][0])
        hits = [(at + lead, voice, velocity, turn) for at, voice, velocity, turn in hits]
        length += lead
        room = max(length, hits[-1][0] + round(LONGEST_HIT * kit.sample_rate))
    chokes = choke_times(((at, voice) for at, voice, *_ in hits), length if loop else None)
    score = _Score(hits, chokes, length, room, kit, mix)
    if loop:
        return score
    return score._replace(length=max([length, *(hit[0] + len(score.sound(hit)) for hit in hits)]))


def _check_length(what: str, seconds: float) -> None:
    if seconds > LONGEST:
        raise AudioError(
            f"{what}: lasts {seconds / 60:.0f} minutes; expected {LONGEST // 60} at most. Render a "
            "part of it."
        )


def _level(mix: np.ndarray, kit: Kit, hits: int) -> np.float32:
    """What a sound, of all that plays, is multiplied by to be as loud as it is heard."""
    if not hits:
        return np.float32(1)
    peak = float(max(mix.max(), -mix.min()))
    if peak < SILENCE:
        raise AudioError(
            f"{kit.name} made no sound for {hits} hits; choose a soundfont with drums, or the "
            "engine 'kit'."
        )
    return np.float32(min(GAIN, CEILING / peak))


def _hits(groove: Groove, sample_rate: int) -> list[Hit]:
    """All hits in the order they sound; the sample counts from the first bar line."""
    bars, steps, column = np.nonzero(groove.velocity)
    at = groove.quarters(bars, steps + groove.timing[bars, steps, column].astype(float))
    samples = np.rint(at * (60 / groove.tempo * sample_rate)).astype(int)
    velocities = np.rint(groove.velocity[bars, steps, column] * 127).astype(int).clip(1, 127)
    voices = np.array(groove.voices)[column]
    turns = turns_of(bars, voices, at)
    columns = (numbers.tolist() for numbers in (samples, voices, velocities, turns))
    return sorted(zip(*columns, strict=True))


def turns_of(bars: np.ndarray, voices: np.ndarray, at: np.ndarray) -> np.ndarray:
    """For each hit, how many of its voice sound before it in its bar, so that a bar always sounds
    alike; of two at once, the first of the arrays.

    bars, voices, at: of each hit the bar, the number of its voice, and when it sounds.

    >>> turns_of(np.array([0, 0, 0, 1]), np.array([1, 1, 1, 1]), np.array([0, 2, 1, 5])).tolist()
    [0, 2, 1, 0]
    """
    order = np.lexsort((at, voices, bars))
    own = (bars * (max(EVERY) + 1) + voices)[order]
    turns = np.empty(len(order), int)
    turns[order] = np.arange(len(order)) - np.searchsorted(own, own)
    return turns


def choke_times(
    strokes: Iterable[tuple[int, int]], period: int | None = None
) -> dict[int, np.ndarray]:
    """For each voice that is choked, the times at which that happens, in order.

    strokes: time and voice of each, in order of time. period: length of the loop, whose first
    strokes choke what rings on from the turn before.
    """
    chokes: dict[int, list[int]] = {}
    for time, voice in strokes:
        for choked in CHOKES.get(EVERY[voice].name, ()):
            chokes.setdefault(NUMBER[choked], []).append(time)
    if period is not None:
        for times in chokes.values():
            times += [time + period for time in times]
    return {voice: np.array(times) for voice, times in chokes.items()}


def first_after(times: np.ndarray | None, start: int) -> int | None:
    """The first of the times, in order, that is later than `start`; None where there is none."""
    if times is None or times[-1] <= start:
        return None
    return int(times[np.searchsorted(times, start, side="right")])


def _cut(sound: np.ndarray, start: int, chokes: np.ndarray | None, sample_rate: int) -> np.ndarray:
    """The sound that starts at sample `start`, faded out from the first choke after it on."""
    choke = first_after(chokes, start)
    if choke is None or choke - start >= len(sound):
        return sound
    end = choke - start
    fade = min(round(CHOKE_FADE * sample_rate), len(sound) - end)
    sound = sound[: end + fade].copy()
    sound[end:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return sound


def _add(track: np.ndarray, sound: np.ndarray, start: int) -> None:
    """Add sound to the track from `start` on, folding what passes the end back into the start."""
    while len(sound):
        room = min(len(sound), len(track) - start)
        track[start : start + room] += sound[:room]
        sound, start = sound[room:], 0


def _midi2audio(soundfont: Path, midi_path: Path, wav_path: Path, sample_rate: int) -> str:
    """Run midi2audio and return what it and FluidSynth printed."""
    command = [sys.executable, "-m", "midi2audio", "-s", str(soundfont.resolve())]
    command += ["-r", str(sample_rate), str(midi_path.resolve()), str(wav_path)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=MIDI_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise AudioError(f"{midi_path}: FluidSynth took over {MIDI_TIMEOUT} s.") from None
    return done.stdout
