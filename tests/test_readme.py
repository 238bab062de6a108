"""What the README says can be done, is done."""

import re
from pathlib import Path

import beatgen as bg
import beatgen.cli  # registers the verbs
from beatgen import demo
from beatgen.cli.verbs import VERBS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("funk", "rock"):
        bg.write_midi(demo.load(name), f"{name}.mid")
    names: dict = {}
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, names)
    funk = bg.read_midi("funk.mid")
    assert names["z"].shape == (funk.bars, names["vae"].latent_dim)
    assert names["way"].bars == 8
    assert len(names["takes"]) == 6
    assert len(names["fresh"]) == 4
    assert bg.read_midi("mix.mid").bars == names["mix"].bars
    assert Path("mix.wav").stat().st_size > 100_000


def test_the_measures_of_the_readme_are_what_the_commands_wrote() -> None:
    """assets/model/evaluation.md is the output of `beatgen evaluate`, ablation.md of `ablate`."""
    written = {
        line
        for name in ("evaluation.md", "ablation.md")
        for line in (ROOT / "assets" / "model" / name).read_text(encoding="utf-8").splitlines()
    }
    model = README[README.index("## The model") : README.index("## Data")]
    told = [line for line in model.splitlines() if line.startswith("|")]
    assert len(told) > 60
    assert [line for line in told if line not in written] == []


def test_every_command_is_in_the_readme_and_nothing_else() -> None:
    told = set(re.findall(r"^\| `beatgen ([a-z-]+)", README, re.M))
    assert told == set(VERBS)


def test_every_file_of_the_package_has_its_place_in_the_readme() -> None:
    map_ = README[README.index("## Where to look") :]
    package = Path(bg.__file__).parent
    for path in package.glob("*.py"):
        if path.stem not in ("__init__", "errors"):
            assert re.search(rf"\b{path.stem}\b", map_), f"{path.stem} is not in the README's map"
