"""The plan of the house: imports point down, the heavy libraries stay in their rooms, and every
file can be read in one go."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
PACKAGE = CHECKOUT / "beatgen"
FLOORS = (  # from the top; a module may import from the floors below its own, and from its own
    {"cli", "labverbs", "commands", "__init__"},
    {
        "train",
        "batches",
        "callbacks",
        "config",
        "evaluate",
        "export",
        "modelcard",
        "cartography",
        "baselines",
        "reconstruct",
        "scoreboard",
        "generation",
        "humanize",
        "humanizers",
        "completion",
        "turning",
        "ablation",
        "sweep",
    },
    {
        "dataset",
        "latent",
        "between",
        "stats",
        "download",
        "demo",
        "augment",
        "atlas",
        "mapfigure",
        "recall",
    },
    {
        "midi",
        "smf",
        "midireport",
        "drumchannel",
        "audio",
        "synth",
        "soundfont",
        "figure",
        "chart",
        "theme",
        "metrics",
        "likeness",
        "walk",
        "section",
        "model",
        "report",
        "flow",
        "transformer",
        "losses",
        "runtime",
        "codec",
        "prior",
        "way",
    },
    {
        "strikes",
        "signatures",
        "decoded",
        "dressing",
        "attributes",
        "directions",
        "compass",
        "lock",
        "nearest",
    },
    {"groove"},
    {"kit", "errors", "assets"},
)
FLOOR = {module: i for i, floor in enumerate(FLOORS) for module in floor}
KERAS = {
    "model",
    "report",
    "flow",
    "transformer",
    "losses",
    "batches",
    "callbacks",
    "train",
    "export",
    "ablation",
}
LONGEST = 300  # lines


def imports(path: Path) -> Iterator[str]:
    """Dotted names of everything a file imports when it runs, wherever in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_imports_point_down(path: Path) -> None:
    assert path.stem in FLOOR, "give this module a floor"
    found = [name.split(".") for name in imports(path)]
    for _, *below in (name for name in found if name[0] == "beatgen"):
        module = below[0] if below else "__init__"
        if module in FLOOR:
            assert FLOOR[module] >= FLOOR[path.stem], f"{path.stem} imports {module}"
    libraries = {name[0] for name in found}
    assert "streamlit" not in libraries and "app" not in libraries
    assert path.stem in KERAS or not libraries & {"keras", "tensorflow", "jax", "torch"}


@pytest.mark.parametrize("folder", ["beatgen", "app", "tests"])
def test_every_file_is_short(folder: str) -> None:
    files = [f for f in (CHECKOUT / folder).rglob("*") if f.suffix in (".py", ".js", ".css")]
    lines = {f.name: len(f.read_text(encoding="utf-8").splitlines()) for f in files}
    assert len(files) > 10 and {name: n for name, n in lines.items() if n > LONGEST} == {}
