"""Sound judged as sound: where it starts, how loud it is; and what is needed to make it."""

import shutil

import numpy as np
import pytest

from beatgen.audio import kits as synth
from beatgen.audio import soundfont
from beatgen.groove import Groove
from beatgen.kit import INDEX

RATE = 44100
needs_fluidsynth = pytest.mark.skipif(
    not (synth.has_fluidsynth() and soundfont.find_soundfont()),
    reason="FluidSynth or a soundfont is not installed",
)
needs_command = pytest.mark.skipif(
    shutil.which("fluidsynth") is None, reason="the command fluidsynth is not installed"
)


def groove_of(*hits, tempo=120.0, bars=1):
    """Groove of (voice, step, velocity, timing), the last two optional."""
    velocity, timing = np.zeros((2, bars, 64, 22), np.float32)
    for name, step, *rest in hits:
        velocity[0, step, INDEX[name]] = rest[0] if rest else 0.8
        timing[0, step, INDEX[name]] = rest[1] if len(rest) > 1 else 0.0
    return Groove(velocity, timing, tempo)


def onset(sound, start=0):
    """First sample from `start` on that is louder than 1 % of the peak."""
    level = np.abs(sound[start:]).max(axis=1)
    return start + int(np.argmax(level > 0.01 * level.max()))


def loudness(sound):
    return float((sound.astype(float) ** 2).sum())
