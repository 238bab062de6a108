"""What README and docs/ say can be done, is done; their tables are what the commands wrote."""

import re
from pathlib import Path

import pytest

import beatgen as bg
import beatgen.cli  # registers the verbs
from beatgen import demo
from beatgen.cli.verbs import VERBS

ROOT = Path(__file__).parents[1]
LONGEST_README = 130  # lines: what does not fit belongs into docs/


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


README = read("README.md")
PAPERS = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]


def python_of(name: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", read(name), re.S)


def tables(text: str) -> list[list[list[str]]]:
    """The tables of a Markdown text: rows of cells, the first row is the head."""
    found = re.findall(r"(?:^\|.*\n)+", text, re.M)
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        for table in found
    ]


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= LONGEST_README


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("funk", "rock"):
        bg.write_midi(demo.load(name), f"{name}.mid")
    names: dict = {}
    (block,) = python_of("README.md")
    exec(block, names)
    assert names["path"].bars == 8
    assert len(names["takes"]) == 6
    assert names["worn"].bars == names["played"].bars == names["funk"].bars
    assert bg.read_midi("mix.mid").bars == names["mix"].bars
    assert Path("mix.wav").stat().st_size > 100_000


def test_the_python_of_the_model_page_runs() -> None:
    names: dict = {}
    (block,) = python_of("docs/model.md")
    exec(block, names)
    assert names["z"].shape == (names["rock"].bars, names["vae"].latent_dim)
    assert names["same"].tempo == 112
    assert len(names["fresh"]) == 4
    assert names["denser"] != names["rock"]


def test_the_tables_of_the_model_page_are_what_the_commands_wrote() -> None:
    """assets/model/evaluation.md is the output of `beatgen evaluate`, ablation.md of `ablate`,
    meters.md of `python -m beatgen.evaluation.meters`, sound.md of `... .sound_taps`,
    proposals.md of `tests/rank_proposals.py`."""
    written = {
        line
        for name in ("evaluation.md", "ablation.md", "meters.md", "sound.md", "proposals.md")
        for line in read(f"assets/model/{name}").splitlines()
    }
    shown = [line for line in read("docs/model.md").splitlines() if line.startswith("|")]
    assert len(shown) > 60
    assert [line for line in shown if line not in written] == []


def test_the_short_table_of_the_readme_is_a_part_of_what_the_command_wrote() -> None:
    wide = tables(read("assets/model/evaluation.md"))[0]
    column = {name: i for i, name in enumerate(wide[0])}
    rows = {row[0]: row for row in wide}
    short = next(table for table in tables(README) if table[0][0] == "model")
    assert len(short) >= 5
    for name, *cells in short[2:]:
        assert cells == [rows[name][column[head]] for head in short[0][1:]]


@pytest.mark.parametrize("name", PAPERS)
def test_commands_files_and_links_that_are_named_exist(name: str) -> None:
    text = read(name)
    verbs = set(re.findall(r"`beatgen ([a-z][a-z-]+)", text))
    verbs |= set(re.findall(r"^    beatgen ([a-z-]+)", text, re.M))
    assert verbs <= set(VERBS), name
    here = (ROOT / name).parent
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("http") or (here / link).exists(), link
    for file in re.findall(r"`((?:beatgen|app|assets|tests|docs)/[\w./-]+\.\w+)`", text):
        assert "NAME" in file or (ROOT / file).exists(), file


def test_the_readme_names_six_verbs() -> None:
    assert len(set(re.findall(r"^\| `beatgen ([a-z-]+)", README, re.M))) == 6
