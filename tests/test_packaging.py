"""The wheel: what it holds, what each extra is for, and that it works outside the checkout."""

import re
import sys
import tomllib
from email.parser import HeaderParser
from itertools import chain
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
from wheel import CORE, ROOT, Environment, build

pytestmark = pytest.mark.slow
ROOMS = {  # what each extra must bring for its packages to be imported
    "": "bars midi formats audio data latent plot cli",
    "evaluate": "evaluation",
    "train": "networks training",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def held(wheel) -> set[str]:
    """Names of the files in the wheel."""
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Environment:
    """The wheel installed elsewhere, with the libraries of the tests."""
    environment = Environment(tmp_path_factory.mktemp("environment"))
    environment.install("--no-deps", "--no-index", str(wheel))
    environment.borrow_libraries()
    return environment


def test_nothing_but_beatgen_is_installed(held):
    assert {re.sub(r"-.*\.", ".", name.split("/")[0]) for name in held} == {
        "beatgen",
        "beatgen.dist-info",
    }


def test_the_wheel_holds_the_package_its_assets_and_its_page(held):
    def files(folder: str, *endings: str) -> set[str]:
        found = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*"))
        ours = (path for path in found if "node_modules" not in path.parts)
        return {path.as_posix() for path in ours if path.suffix in endings}

    assert files("beatgen", ".py", ".tsv", ".json") <= held
    shipped = files("assets", ".tab", ".flac", ".tflite", ".npz") | files("assets/model", ".json")
    assert {f"beatgen/{name}" for name in shipped} <= held
    page = files("app", ".py", ".css", ".svg") | files(".streamlit", ".toml")
    assert {f"beatgen/_page/{name}" for name in page} <= held


def test_every_script_that_the_browser_imports_is_in_the_wheel(wheel, held):
    scripts = {name for name in held if name.endswith(".js")}
    assert "beatgen/_page/app/player/web/main.js" in scripts
    with ZipFile(wheel) as archive:
        for name in scripts:
            source = re.sub(r"/\*.*?\*/", "", archive.read(name).decode(), flags=re.S)  # types
            for wanted in re.findall(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""", source):
                path = PurePosixPath(name).parent
                for part in PurePosixPath(wanted).parts:
                    path = path.parent if part == ".." else path / part
                assert str(path) in held, f"{name} imports {wanted}"


def test_no_tests_and_tools_are_in_the_wheel(held):
    tools = re.compile(r"/test/|node_modules|\.d\.ts$|/(package|tsconfig|eslint)[^/]*$")
    assert [name for name in held if tools.search(name)] == []
    assert not any("__pycache__" in name or name.endswith("make.py") for name in held)


def test_the_licences_are_in_the_wheel(wheel, held):
    (info,) = {name.split("/")[0] for name in held} - {"beatgen"}
    assert f"{info}/licenses/LICENSE" in held
    assert f"{info}/licenses/assets/kit/LICENSE.txt" in held
    with ZipFile(wheel) as archive:
        metadata = HeaderParser().parsestr(archive.read(f"{info}/METADATA").decode())
    assert metadata["License-Expression"] == "MIT"
    assert set(metadata.get_all("Provides-Extra")) == {
        "page",
        "train",
        "evaluate",
        "guitarpro",
        "audio",
    }


def test_what_is_needed_is_pinned_once():
    """requirements.txt pins what the core and the extras ask for, and nothing else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = list(chain(project["dependencies"], *project["optional-dependencies"].values()))
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = {re.match(r"[\w.-]+", line)[0].replace("_", "-").lower() for line in asked}
    pinned = [line.partition("==")[0] for line in pins if line and line[0] != "#"]
    assert sorted(name.replace("_", "-").lower() for name in pinned) == sorted(names)


def test_the_core_alone_reads_blends_writes_and_draws(environment, wheel):
    run = environment.run("python", "-c", CORE, **environment.without(extra=""))
    assert run.returncode == 0, run.stderr
    origin, modules = run.stdout.splitlines()
    file, version = origin.rsplit(" ", 1)
    assert Path(file).is_relative_to(environment.folder)
    assert wheel.name.startswith(f"beatgen-{version}-")
    heavy = {"streamlit", "starlette", "keras", "tensorflow", "tensorboard", "sklearn", "scipy"}
    assert not heavy & set(modules.split())


@pytest.mark.parametrize("extra", ROOMS)
def test_each_room_imports_what_its_extra_brings(environment, extra):
    script = """
import importlib, pkgutil, sys, beatgen
for room in sys.argv[1:]:
    package = importlib.import_module(f"beatgen.{room}")
    for module in pkgutil.iter_modules(package.__path__, f"beatgen.{room}."):
        importlib.import_module(module.name)
"""
    command = ("python", "-c", script, *ROOMS[extra].split())
    run = environment.run(*command, **environment.without(extra=extra))
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("command", "library", "extra"),
    [
        ("page", "Streamlit", "page"),
        ("train --summary", "Keras", "train"),
        ("export run -o weights", "Keras", "train"),
        ("evaluate data", "scikit-learn", "evaluate"),
    ],
)
def test_a_verb_says_which_extra_it_needs(environment, command, library, extra):
    run = environment.run("beatgen", *command.split(), **environment.without(extra=""))
    assert run.returncode == 1 and run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert f"needs {library}, which is not installed" in line
    assert line.endswith(f'-m pip install "beatgen[{extra}]"')


def test_the_page_is_served_from_anywhere_and_says_what_is_wrong(environment):
    alone = environment.without(extra="page")
    with environment.page(**alone) as url:
        port = url.rpartition(":")[2]
        run = environment.run("beatgen", "page", "--port", port, "--no-browser", **alone)
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        f"beatgen: port {port} is in use; choose another, as in --port {int(port) + 1}."
    ]
    for wrong in ("--port=70000", "--address=nowhere.invalid"):
        run = environment.run("beatgen", "page", wrong, "--no-browser", **alone)
        assert run.returncode == 1 and len(run.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX folders")
def test_python_m_beatgen_is_the_command(environment):
    alone = environment.without(extra="")
    by_name = environment.run("beatgen", "--help", **alone)
    by_module = environment.run("python", "-m", "beatgen", "--help", **alone)
    assert by_name.returncode == 0 and by_name.stdout == by_module.stdout
