"""Record the kit and the percussion beside it, from FluidR3 Mono through FluidSynth.

    python assets/kit/make.py /usr/share/sounds/sf3/FluidR3Mono_GM.sf3

writes its files beside this script: kit.flac, all hits one behind the other, every voice at
several velocities, and kit.json, with the place where each begins; and the same of percussion, one
hit of each, which is loaded where a groove has some; of snare and hats more recordings, which take
turns with the kit's; and three other kits of the same voices, which are loaded where they are
chosen. A browser loads one file sooner than seventy.
The soundfont is Debian's fluidr3mono-gm-soundfont (MIT licence, see LICENSE.txt). General MIDI has
one sound where a real kit has a bow and an edge, or a head and a rim: such a voice is layered from
its neighbours.
Rides get their stick from a short second copy of themselves.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from beatgen.audio.kits import EXPONENT, FluidSynth, trim
from beatgen.audio.render import GAIN
from beatgen.kit import CHOKES, PERCUSSION

FOLDER = Path(__file__).parent
FILES = ("kit", "percussion", "turns")
OTHERS = {"brushes": 40, "electronic": 24, "808": 25}  # programs of bank 128
OWN = {"808": ("cowbell", "claves", "maracas", "mute conga", "high conga", "low conga")}
CLAP = 25  # the program with several bursts of noise; the others have one hand's
OTHER_LAYERS = (60, 108)
OTHER_BITS, OTHER_SECONDS = 12, 0.8  # at most, for a small file
RATE = 44100
LAYERS = (50, 84, 114)  # MIDI velocities
ONE_LAYER = (104,)  # of percussion
FINE_LAYERS = (40, 72, 92, 108, 122)  # where the soundfont has layers of its own
LOUD = 80  # velocity from which repeated hits take turns
BRIGHTNESS = {50: 5500.0, 84: 11000.0}  # hertz: a softer hit is duller
PEAK = 10 ** (-2 / 20)  # of the loudest hit
BLOCK = 4096  # samples of a FLAC frame; hits of other resolution do not share one
GAP = 64  # samples of silence behind every hit, for players that interpolate


@dataclass(frozen=True)
class Layer:
    """One note of the soundfont in the sound of a voice."""

    key: int
    gain: float = 0.0  # decibels
    semitones: float = 0.0
    decay: float | None = None  # seconds until it has fallen by 60 dB; None: as recorded


@dataclass(frozen=True)
class Recipe:
    """How a voice is made, how loud it stands in the kit and where: audience's view."""

    layers: tuple[Layer, ...]
    gain: float = 0.0  # decibels
    pan: float = 0.0  # -1 left to 1 right
    seconds: float = 0.9  # its longest tail
    bits: int = 13  # resolution: cymbals, noise themselves, hide 12 bits; halves their files
    fine: bool = False  # the soundfont's own layers; else softer hits are filtered
    turns: tuple[float, ...] = ()  # semitones of more recordings, where it is loud


RECIPES: dict[str, Recipe] = {
    "kick": Recipe((Layer(36),), bits=15, fine=True),
    "snare": Recipe((Layer(38),), 3.0, bits=15, fine=True, turns=(0.2,)),
    "rimshot": Recipe((Layer(40), Layer(37, 2.0, 1.0, 0.12)), 1.5, bits=15, fine=True),
    "cross-stick": Recipe((Layer(37),), 2.0, seconds=0.6),
    "floor tom": Recipe((Layer(43),), -0.5, pan=0.35, seconds=1.0),
    "floor tom rim": Recipe((Layer(43, -5.0), Layer(37, 4.0, -2.0, 0.2)), 1.0, pan=0.35),
    "tom 2": Recipe((Layer(45),), 1.0, pan=0.1),
    "tom 2 rim": Recipe((Layer(45, -4.0), Layer(37, 3.0, -1.0, 0.2)), 1.0, pan=0.1),
    "tom 1": Recipe((Layer(48),), 1.0, pan=-0.15),
    "tom 1 rim": Recipe((Layer(48, -4.0), Layer(37, 3.0, 0.0, 0.2)), 1.0, pan=-0.15),
    "hat pedal": Recipe((Layer(44),), 3.0, pan=-0.3, seconds=0.4, bits=12),
    "hi-hat": Recipe((Layer(42),), 1.0, pan=-0.3, seconds=0.4, bits=12, turns=(0.35, -0.3)),
    "hi-hat edge": Recipe(
        (Layer(42), Layer(46, -1.0, 0.0, 0.25)), -1.0, pan=-0.3, seconds=0.4, bits=12
    ),
    "open hat": Recipe((Layer(46),), 0.5, pan=-0.3, seconds=1.0, bits=12),
    "open hat edge": Recipe(
        (Layer(46, 0.0, -0.7), Layer(42, 1.0)), -2.0, pan=-0.3, seconds=1.0, bits=12
    ),
    "ride": Recipe((Layer(51, -4.0), Layer(51, 0.0, 0.0, 0.2)), pan=0.3, seconds=1.4, bits=12),
    "ride edge": Recipe((Layer(59), Layer(51, -6.0, -0.5)), pan=0.3, seconds=1.4, bits=12),
    "ride bell": Recipe(
        (Layer(53, -2.0), Layer(53, -2.0, 0.0, 0.2)), pan=0.3, seconds=1.4, bits=12
    ),
    "crash 1": Recipe((Layer(49),), -1.5, pan=-0.25, seconds=1.8, bits=12),
    "crash 1 edge": Recipe(
        (Layer(49, 0.0, 0.8), Layer(55, -3.0)), -1.5, pan=-0.25, seconds=1.8, bits=12
    ),
    "crash 2": Recipe((Layer(57),), -1.0, pan=0.4, seconds=1.8, bits=12),
    "crash 2 edge": Recipe(
        (Layer(57, 0.0, -0.8), Layer(52, -5.0)), -1.0, pan=0.4, seconds=1.8, bits=12
    ),
}


# Percussion: how long it rings where that is longer than SHORT, and where it stands.
SHORT = 0.35  # seconds
LONG = {
    "clap": 0.4,
    "tambourine": 0.45,
    "cowbell": 0.4,
    "high conga": 0.5,
    "low conga": 0.6,
    "high timbale": 0.5,
    "low timbale": 0.5,
    "high agogo": 0.5,
    "low agogo": 0.5,
    "long whistle": 0.5,
    "long guiro": 0.6,
    "open cuica": 0.5,
    "triangle": 1.2,
    "jingle bell": 0.6,
    "bell tree": 1.2,
    "surdo": 0.8,
    "china": 1.2,
    "splash": 0.9,
    "vibraslap": 0.9,
}
GAINS = {"clap": -9.0, "tambourine": 1.0, "cowbell": 3.0, "high agogo": 2.0, "low agogo": 2.0}  # dB
PLACES = {
    "tambourine": 0.25,
    "cowbell": 0.15,
    "high bongo": -0.3,
    "low bongo": -0.2,
    "mute conga": 0.2,
    "high conga": 0.2,
    "low conga": 0.3,
    "cabasa": 0.35,
    "maracas": 0.35,
    "shaker": 0.35,
    "mute triangle": -0.35,
    "triangle": -0.35,
    "china": 0.4,
    "splash": -0.1,
}
PERCUSSION_RECIPES: dict[str, Recipe] = {
    voice.name: Recipe(
        (Layer(voice.gm),),
        gain=GAINS.get(voice.name, 0.0),
        pan=PLACES.get(voice.name, 0.0),
        seconds=LONG.get(voice.name, SHORT),
        bits=12,
    )
    for voice in PERCUSSION
}


def record(synth: FluidSynth, recipe: Recipe, velocity: int, semitones: float = 0.0) -> np.ndarray:
    """One hit of a voice, tuned: mono float32 (samples,), onset at sample 0."""
    parts = []
    for layer in recipe.layers:
        sound = synth.strike(layer.key, velocity, layer.semitones + semitones).mean(axis=1)
        sound = trim(sound, RATE) * 10 ** (layer.gain / 20)
        if layer.decay is not None:
            sound = sound * 10 ** (-3 * np.arange(len(sound)) / (layer.decay * RATE))
        parts.append(sound)
    mix = np.zeros(max(map(len, parts)), np.float32)
    for part in parts:
        mix[: len(part)] += part
    if not recipe.fine and velocity in BRIGHTNESS:
        mix = duller(mix, BRIGHTNESS[velocity])
    return fade_out(mix, recipe.seconds) * 10 ** (recipe.gain / 20)


def duller(sound: np.ndarray, cutoff: float) -> np.ndarray:
    """First-order low-pass at `cutoff` hertz, at the energy the sound had before."""
    size = 2 * len(sound)
    response = 1 / (1 + 1j * np.fft.rfftfreq(size, 1 / RATE) / cutoff)
    filtered = np.fft.irfft(np.fft.rfft(sound, size) * response, size)[: len(sound)]
    return filtered * np.sqrt((sound**2).sum() / (filtered**2).sum())


def as_loud(sound: np.ndarray, other: np.ndarray) -> np.ndarray:
    """At the energy of another sound."""
    return sound * np.sqrt((other**2).sum() / (sound**2).sum())


def fade_out(sound: np.ndarray, seconds: float) -> np.ndarray:
    """Cut to `seconds`; the last third of what is cut fades."""
    length = round(seconds * RATE)
    if len(sound) <= length:
        return sound
    sound = sound[:length].copy()
    fade = length // 3
    sound[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return sound


def main(soundfont: str) -> None:
    """Record the kit and percussion, at one level: the loudest hit of the kit has PEAK."""
    synth = FluidSynth(Path(soundfont), RATE)
    kit = {
        (name, velocity): record(synth, recipe, velocity)
        for name, recipe in RECIPES.items()
        for velocity in (FINE_LAYERS if recipe.fine else LAYERS)
    }
    percussion = {
        (name, velocity): record(synth, recipe, velocity)
        for name, recipe in PERCUSSION_RECIPES.items()
        for velocity in ONE_LAYER
    }
    clapping = FluidSynth(Path(soundfont), RATE, CLAP)
    for velocity in ONE_LAYER:
        percussion["clap", velocity] = record(clapping, PERCUSSION_RECIPES["clap"], velocity)
    turns = {
        (name, velocity, semitones): as_loud(
            record(synth, RECIPES[name], velocity, semitones), kit[name, velocity]
        )
        for name, velocity in kit
        for semitones in (RECIPES[name].turns if velocity >= LOUD else ())
    }
    level = PEAK / max(np.abs(sound).max() for sound in kit.values())
    write(FILES[0], kit, RECIPES, level)
    write(FILES[1], percussion, PERCUSSION_RECIPES, level)
    turning = {name: recipe for name, recipe in RECIPES.items() if recipe.turns}
    write(FILES[2], turns, turning, level)
    for name, program in OTHERS.items():
        other = FluidSynth(Path(soundfont), RATE, program)
        recipes = {
            voice: replace(
                recipe,
                bits=min(recipe.bits, OTHER_BITS),
                seconds=min(recipe.seconds, OTHER_SECONDS),
                fine=True,  # its softer hits are its own
            )
            for voice, recipe in RECIPES.items()
        }
        recipes |= {voice: PERCUSSION_RECIPES[voice] for voice in OWN.get(name, ())}
        hits = {
            (voice, velocity): record(other, recipe, velocity)
            for voice, recipe in recipes.items()
            for velocity in (OTHER_LAYERS if voice in RECIPES else ONE_LAYER)
        }
        write(name, hits, recipes, PEAK / max(np.abs(sound).max() for sound in hits.values()))


def write(
    name: str,
    hits: Mapping[tuple[Any, ...], np.ndarray],
    recipes: dict[str, Recipe],
    level: float,
) -> None:
    """Write hits, the voice and velocity of each first, turned to `level`, with their manifest."""
    voices: dict[str, list[dict[str, object]]] = {voice: [] for voice in recipes}
    row: list[np.ndarray] = []
    start = 0
    for (voice, velocity, *_), sound in hits.items():
        steps = 2 ** (recipes[voice].bits - 1)
        coarse = np.rint(trim(sound * level, RATE) * steps) / steps
        row.append(np.pad(coarse, (0, GAP + -(len(coarse) + GAP) % BLOCK)))
        voices[voice].append({"velocity": velocity, "start": start, "samples": len(coarse)})
        start += len(row[-1])
    file = f"{name}.flac"
    soundfile.write(
        FOLDER / file, np.concatenate(row), RATE, subtype="PCM_16", compression_level=1.0
    )
    manifest = {
        "name": f"FluidR3 Mono, {'standard kit' if name == FILES[0] else name}",
        "source": "FluidR3Mono_GM.sf3 (Debian fluidr3mono-gm-soundfont), recorded by make.py",
        "licence": "MIT, see LICENSE.txt",
        "file": file,
        "sample_rate": RATE,
        "velocity": f"gain = (velocity / layer velocity) ** {EXPONENT:g}, nearest layer by ratio",
        "gain": GAIN,  # of every recording when it is mixed
        "pan": {voice: recipe.pan for voice, recipe in recipes.items()},
        "chokes": {voice: list(choked) for voice, choked in CHOKES.items() if voice in recipes},
        "voices": voices,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
