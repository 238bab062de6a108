"""What the tests share: the real Groove MIDI Dataset, grooves to work on, a small folder."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from beatgen.groove import Groove
from beatgen.kit import VOICES
from beatgen.midi import write_midi

CHECKOUT = Path(__file__).parents[1]

ROCK = """
hi-hat |x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|
snare  |----O-------O---|----O-------O-gg|
kick   |O-------o-o-----|O--o----o-o-----|
"""
SAMBA = """
ride      |x-xxx-xxx-xxx-xx|
hat pedal |----x-------x---|
rimshot   |o--o--o---o-o---|
kick      |o--oo--oo--oo--o|
"""


@pytest.fixture(scope="session")
def gmd() -> Path:
    """The folder of the Groove MIDI Dataset: BEATGEN_GMD, or shared/groove beside the checkout."""
    folder = Path(os.environ.get("BEATGEN_GMD", CHECKOUT.parent / "shared" / "groove"))
    if not (folder / "info.csv").exists():
        pytest.skip(f"the Groove MIDI Dataset is not in {folder}; set BEATGEN_GMD to its folder")
    return folder


@pytest.fixture
def rock() -> Groove:
    return Groove.from_tab(ROCK, tempo=96)


@pytest.fixture
def samba() -> Groove:
    return Groove.from_tab(SAMBA, tempo=116)


@pytest.fixture
def midi_folder(tmp_path: Path, rock: Groove, samba: Groove) -> Path:
    """A folder with two grooves, one of them in a folder below, and a text named .mid."""
    folder = tmp_path / "grooves"
    (folder / "brazil").mkdir(parents=True)
    write_midi(rock, folder / "rock.mid")
    write_midi(samba, folder / "brazil" / "samba.MID")
    (folder / "notes.mid").write_text("not music")
    return folder


@pytest.fixture(scope="session")
def random_groove() -> Callable[..., Groove]:
    """Bars of noise as a file can hold them: MIDI velocities, timing in whole ticks of 480."""

    def make(seed: int = 0, bars: int = 2, steps: int = 64, density: float = 0.05) -> Groove:
        rng = np.random.default_rng(seed)
        shape = (bars, steps, len(VOICES))
        velocity = rng.integers(1, 128, shape) * (rng.random(shape) < density)
        ticks = 4 * 480 // steps
        timing = rng.integers(-ticks // 2 + 1, ticks // 2, shape) / ticks
        return Groove(velocity / 127, timing, tempo=float(rng.integers(60, 180)))

    return make
