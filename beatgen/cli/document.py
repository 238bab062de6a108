"""docs/cli.md, made from the parser: `python -m beatgen.cli.document > docs/cli.md`."""

from __future__ import annotations

import argparse

from beatgen.cli import main  # noqa: F401 (registers all verbs)
from beatgen.cli.verbs import VERBS, groups, parser

HEAD = """\
# The command line

Made from the parser by `python -m beatgen.cli.document > docs/cli.md`; `beatgen VERB --help` shows
the same. Results go to stdout, messages and progress to stderr. The exit code is 0, or 1 where
something could not be done (one line says why), or 2 for a wrong command line. `python -m beatgen`
does the same as `beatgen`.

Every verb takes `-v` (`--verbose`): show the libraries' own notices and warnings, too.
`beatgen --version` prints the version.
"""


def document() -> str:
    """The page, as Markdown."""
    parsers = _parsers()
    parts = [HEAD]
    for group, names in groups().items():
        parts.append(f"## {group}\n")
        for name in names:
            actions = [a for a in parsers[name]._actions if a.dest not in ("help", "verbose")]
            actions.sort(key=lambda action: (bool(action.option_strings), not action.required))
            usage = " ".join([f"beatgen {name}", *map(_usage, actions)])
            parts.append(f"### {name}\n\n{VERBS[name].about}\n\n    {usage}\n")
            rows = [f"| `{_name(action)}` | {_about(action)} |" for action in actions]
            parts.append("\n".join(["| argument | what it is |", "| --- | --- |", *rows]) + "\n")
    return "\n".join(parts)


def _parsers() -> dict[str, argparse.ArgumentParser]:
    (verbs,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(verbs.choices)


def _values(action: argparse.Action) -> str:
    """What stands behind an option, or for an argument without one."""
    if action.nargs == 0:
        return ""
    name = str(action.metavar or action.dest.upper())
    if action.choices is not None:
        name = "{" + ",".join(map(str, action.choices)) + "}"
    return f"{name} ..." if action.nargs in ("+", "*") else name


def _name(action: argparse.Action) -> str:
    """All its names, as in `-o`, `--output FILE`."""
    return f"{', '.join(action.option_strings)} {_values(action)}".strip()


def _usage(action: argparse.Action) -> str:
    first = action.option_strings[0] if action.option_strings else ""
    word = f"{first} {_values(action)}".strip()
    return word if action.required else f"[{word}]"


def _about(action: argparse.Action) -> str:
    about = str(action.help or "").replace("|", "\\|")
    return about[:1].upper() + about[1:]


if __name__ == "__main__":
    print(document(), end="")
