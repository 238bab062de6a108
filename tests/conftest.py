"""What the tests share: the real Groove MIDI Dataset, grooves to work on, a small folder."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

# Tests run side by side: a thread for each is enough, and more of them would wait for one another.
# What counts them is read when NumPy, scikit-learn and TensorFlow are imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
# What librosa compiles when it is first imported runs for a moment: half the time will do for it.
os.environ.setdefault("NUMBA_OPT", "0")

import numpy as np
import pytest
import workers
from filelock import FileLock

from beatgen.data.dataset import Dataset, load_dataset, prepare
from beatgen.groove import Groove
from beatgen.kit import VOICES
from beatgen.latent.vae import Vae, load_model
from beatgen.midi import write_midi

if TYPE_CHECKING:
    from beatgen.training.config import TrainConfig

WORKER = os.environ.get("PYTEST_XDIST_WORKER")  # its name, one of several's
TESTS = Path(__file__).parent
CHECKOUT = TESTS.parent
# What all tests of a folder need.
MARKS = {"browser": "browser", "networks": "train", "training": "train"}

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


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Folders that `-m "not train"` leaves out are not imported either: Keras takes a while."""
    mark = MARKS.get(collection_path.name) if collection_path.parent == TESTS else None
    return True if mark and f"not {mark}" in config.option.markexpr else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder, and bring them into the order in which workers take them."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in MARKS:
            item.add_marker(MARKS[folder])
    if WORKER:
        items[:] = workers.ordered(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """How tests are shared out among workers, with `-n 4`."""
    config.option.loadscopereorder = False
    return workers.ByScope(config, log)


@pytest.fixture(scope="session")
def gmd() -> Path:
    """The folder of the Groove MIDI Dataset: BEATGEN_GMD, or shared/groove beside the checkout."""
    folder = Path(os.environ.get("BEATGEN_GMD", CHECKOUT.parent / "shared" / "groove"))
    if not (folder / "info.csv").exists():
        pytest.skip(f"the Groove MIDI Dataset is not in {folder}; set BEATGEN_GMD to its folder")
    return folder


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory) -> Path:
    """A folder of this run of the tests, the same one for all workers."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if WORKER else own


class GmdFile(NamedTuple):
    """The Groove MIDI Dataset as `prepare` wrote it, and how many seconds that took."""

    path: Path
    seconds: float


@pytest.fixture(scope="session")
def gmd_file(gmd, shared_folder) -> GmdFile:
    """The Groove MIDI Dataset, which one worker reads from its files for all."""
    path, taken = shared_folder / "gmd.npz", shared_folder / "gmd-seconds.txt"
    with FileLock(f"{path}.lock"):
        if not taken.exists():
            start = time.perf_counter()
            prepare(gmd, path)
            taken.write_text(str(time.perf_counter() - start))
    return GmdFile(path, float(taken.read_text()))


@pytest.fixture(scope="session")
def gmd_bars(gmd_file) -> Dataset:
    """All bars of the Groove MIDI Dataset."""
    return load_dataset(gmd_file.path)


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


@contextmanager
def step_by_step() -> Iterator[None]:
    """Networks train without a graph: making one takes longer than a few steps of training."""
    from beatgen.training import train as training

    whole = training.compiled_model

    def plain(config, steps_per_epoch):
        model = whole(config, steps_per_epoch)
        model.jit_compile, model.run_eagerly = False, True
        return model

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "compiled_model", plain)
        yield


@pytest.fixture(scope="module")
def eager() -> Iterator[None]:
    """`step_by_step` for a module's tests."""
    with step_by_step():
        yield


class Exported(NamedTuple):
    """A tiny run that was trained, and its exported weights."""

    config: "TrainConfig"
    weights: Path


@pytest.fixture(scope="session")
def exported_run(dataset_file, shared_folder) -> Callable[[str], Exported]:
    """The tiny run of a kind of model, ours with a prior, on forty training and eight validation
    bars without toms. One worker trains each for all; its folders are to be left as they are."""

    def make(kind: str) -> Exported:
        from beatgen.networks.bar_vae import ModelConfig
        from beatgen.networks.flow import FlowConfig
        from beatgen.networks.report_2020 import ReportConfig
        from beatgen.training.config import TrainConfig

        folder = shared_folder / f"exported {kind}"
        config = TrainConfig(
            str(folder / "bars.npz"),
            str(folder / "run"),
            model=kind,
            bar=ModelConfig(16, 16, width=16, blocks=1, heads=2),
            report=ReportConfig(latent_dim=4, filters=4),
            flow=FlowConfig(16, 1, 2),
            epochs=2,
            batch_size=20,
        )
        with FileLock(f"{folder}.lock"):
            if not (folder / "weights").exists():
                folder.mkdir(exist_ok=True)
                bars = load_dataset(dataset_file(40, 8))
                toms = [i for i, voice in enumerate(VOICES) if voice.family == "tom"]
                bars.velocity[..., toms] = 0
                bars.save(config.data)
                _train_and_export(config, folder / "weights")
        return Exported(config, folder / "weights")

    return make


def _train_and_export(config: "TrainConfig", weights: Path) -> None:
    from beatgen.training.export import export
    from beatgen.training.train import prior_config, train

    with step_by_step():
        train(config)
        if config.kind.prior:
            train(prior_config(config, epochs=1))
    export(config.run, weights)


@pytest.fixture
def downloads(monkeypatch) -> dict:
    """What each file would be that is made once it is fetched: key -> (name, bytes on demand)."""
    from app import offers

    found = {}
    real = offers.offer

    def record(label, make, name, media_type, *, key, **options):
        found[key] = (name, lambda: content(make()))
        return real(label, make, name, media_type, key=key, **options)

    def content(made):
        return made if isinstance(made, bytes) else made.read()

    monkeypatch.setattr(offers, "offer", record)
    return found


@pytest.fixture
def apptest(downloads):
    """The page as it opens, to be driven without a browser."""
    from drive import open_page

    return open_page()
