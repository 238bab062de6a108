"""What the tests share: the real Groove MIDI Dataset, grooves to work on, a small folder."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from beatgen.data.dataset import Dataset, prepare
from beatgen.groove import Groove
from beatgen.kit import VOICES
from beatgen.latent.vae import Vae, load_model
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
FUNK = """
hi-hat  |x-x-x-x-x-x-x-x-|x-x-x-x-x-x-x-x-|
snare   |----O--g-g--O---|----O--g-g--O--g|
kick    |o-o---o---o-----|o-o---o---o--o--|
"""
RIDE = """
crash 1 |X---------------|
ride    |x-x-x-x-x-x-x-x-|
snare   |----O-------O---|
kick    |o-------o-o-----|
"""


@pytest.fixture(scope="session")
def gmd() -> Path:
    """The folder of the Groove MIDI Dataset: BEATGEN_GMD, or shared/groove beside the checkout."""
    folder = Path(os.environ.get("BEATGEN_GMD", CHECKOUT.parent / "shared" / "groove"))
    if not (folder / "info.csv").exists():
        pytest.skip(f"the Groove MIDI Dataset is not in {folder}; set BEATGEN_GMD to its folder")
    return folder


@pytest.fixture(scope="session")
def gmd_bars(gmd, tmp_path_factory) -> Dataset:
    """All bars of the Groove MIDI Dataset."""
    return prepare(gmd, tmp_path_factory.mktemp("gmd") / "gmd.npz")


@pytest.fixture
def rock() -> Groove:
    return Groove.from_tab(ROCK, tempo=96)


@pytest.fixture
def samba() -> Groove:
    return Groove.from_tab(SAMBA, tempo=116)


@pytest.fixture
def funk() -> Groove:
    return Groove.from_tab(FUNK, tempo=96)


@pytest.fixture
def ride() -> Groove:
    return Groove.from_tab(RIDE, tempo=120)


@pytest.fixture(scope="session")
def vae() -> Vae:
    """The shipped weights."""
    return load_model()


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


@pytest.fixture(scope="session")
def dataset_file(random_groove, tmp_path_factory) -> Callable[[int, int], str]:
    """A dataset of noise on disk: so many training bars from one file, validation from another."""

    def make(training: int, validation: int) -> str:
        bars = training + validation
        groove = random_groove(0, bars=bars, density=0.02)
        path = tmp_path_factory.mktemp("data") / "bars.npz"
        Dataset(
            velocity=np.rint(groove.velocity * 127).astype(np.uint8),
            timing=groove.timing.astype(np.float16),
            file_index=np.repeat(np.arange(2, dtype=np.int32), (training, validation)),
            number=np.arange(bars, dtype=np.int32),
            files=np.array(["a.mid", "b.mid"]),
            styles=np.array(["rock", "funk"]),
            splits=np.array(["train", "validation"]),
            tempo=np.array([100, 120], np.float32),
            left_out=np.array([], dtype=np.str_),
        ).save(path)
        return str(path)

    return make


@pytest.fixture
def downloads(monkeypatch) -> dict:
    """What each download button on the page would give: key -> (file name, bytes on demand)."""
    import streamlit as st

    found = {}
    real = st.download_button

    def record(label, data, file_name, mime, *, key, **options):
        found[key] = (file_name, data)
        return real(label, data, file_name, mime, key=key, **options)

    monkeypatch.setattr(st, "download_button", record)
    return found


@pytest.fixture
def apptest(downloads):
    """The page as it opens, to be driven without a browser."""
    from drive import open_page

    return open_page()
