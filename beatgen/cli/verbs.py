"""What the verbs of the command line share: arguments, exit codes, and how errors are reported.

Results go to stdout, messages and progress to stderr. The exit code is 0; 1 where something could
not be done, for which one line says why; 2 for a wrong command line. Nothing heavy is imported
before a verb needs it, and libraries' own notices are kept back unless -v asks for them.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beatgen import notices
from beatgen.errors import BeatGenError
from beatgen.files import whole

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Options = argparse.Namespace
Argument = tuple[tuple[str, ...], dict[str, Any]]

MUSICIANS, RESEARCHERS = "For musicians", "For researchers"
# What a verb may need beside the core: module -> the library's name, and the extra that brings it
EXTRAS = {
    "keras": ("Keras", "train"),
    "librosa": ("librosa", "audio"),
    "sklearn": ("scikit-learn", "evaluate"),
    "streamlit": ("Streamlit", "page"),
    "tensorboard": ("TensorBoard", "train"),
    "tensorflow": ("TensorFlow", "train"),
}
INTERRUPTED = 130  # 128 + SIGINT, as shells count
CLOSED_PIPE = 141  # 128 + SIGPIPE


@dataclass(frozen=True)
class Verb:
    """A verb of the command line. about: its help, the first line of which stands in the list of
    all verbs. group: MUSICIANS or RESEARCHERS."""

    run: Callable[[Options], None]
    about: str
    arguments: tuple[Argument, ...]
    group: str


VERBS: dict[str, Verb] = {}


class UsageError(Exception):
    """A command line that fits the arguments and still asks for nothing that can be done."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    options = parser(_first_word(words)).parse_args(words)
    verbose = getattr(options, "verbose", False)
    if not verbose:
        notices.hold_back()
    try:
        with warnings.catch_warnings():
            if not verbose:
                warnings.simplefilter("ignore")
            VERBS[options.verb].run(options)
        sys.stdout.flush()
    except UsageError as error:
        log(f"{error} See `beatgen {options.verb} --help`.")
        return 2
    except BeatGenError as error:
        log(str(error))
        return 1
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        log(_missing(options.verb, error.name))
        return 1
    except BrokenPipeError:  # the reader has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except OSError as error:
        log(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def parser(chosen: str = "") -> argparse.ArgumentParser:
    """The parser of all verbs; only the chosen one has its arguments, where one is chosen, for some
    take long to describe."""
    top = argparse.ArgumentParser(
        prog="beatgen",
        description="Drum grooves, blended and varied in the latent space of a neural network.",
        epilog=_list_of_verbs(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    _add_verbose(top)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB", help="see below")
    for name, verb in VERBS.items():
        sub = verbs.add_parser(
            name, description=verb.about, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if chosen in ("", name):
            for flags, how in verb.arguments:
                about = how.get("help")
                sub.add_argument(*flags, **how | {"help": about() if callable(about) else about})
            _add_verbose(sub)
    return top


def verb(
    *arguments: Argument, group: str = MUSICIANS
) -> Callable[[Callable[[Options], None]], Callable[[Options], None]]:
    """Make a function a verb of the command line; its docstring is the help."""

    def register(run: Callable[[Options], None]) -> Callable[[Options], None]:
        about = cleandoc(run.__doc__ or "")
        VERBS[run.__name__.replace("_", "-")] = Verb(run, about, arguments, group)
        return run

    return register


def groups() -> dict[str, list[str]]:
    """The names of the verbs of each group, in the order in which they are defined."""
    return {
        group: [name for name, verb in VERBS.items() if verb.group == group]
        for group in (MUSICIANS, RESEARCHERS)
    }


def log(message: str) -> None:
    """One line on stderr."""
    print(f"beatgen: {' '.join(message.split())}", file=sys.stderr, flush=True)


def need(verb: str, *modules: str) -> None:
    """Raises BeatGenError where one of these, of EXTRAS, is not installed: for a verb that would
    come to it only after long work."""
    for module in modules:
        if find_spec(module) is None:
            raise BeatGenError(_missing(verb, module))


def _missing(verb: str, module: str) -> str:
    """What to do where a verb needs a module that is not installed."""
    library, extra = EXTRAS[module]
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return (
        f"{verb} needs {library}, which is not installed; install it with "
        f'{python} -m pip install "beatgen[{extra}]"'
    )


# Arguments ----------------------------------------------------------------------------------------


def arg(*flags: str, **how: Any) -> Argument:
    """An argument, as `ArgumentParser.add_argument` takes it; help may also be a function that
    gives the text, called when it is needed."""
    return flags, how


def number(flag: str, kind: type, default: Any, about: str) -> Argument:
    """An option that takes a number; `kind` reads it, and its name stands in the help."""
    shown = "" if default is None else f" (default {default})"
    return arg(flag, type=kind, default=default, metavar=kind.__name__.upper(), help=about + shown)


def output(what: str, name: str = "FILE", required: bool = True, **how: Any) -> Argument:
    """The option -o; name: with the ending that the file has, such as "OUT.mid". how: more, as for
    `arg`."""
    return arg("-o", "--output", required=required, metavar=name, help=what, **how)


def _natural(text: str) -> int:
    """A whole number from 0 on; argparse reports what else was found."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} found; expected a whole number from 0 on")
    return int(text)


def bars(text: str) -> tuple[int, int | None]:
    """The first and the last bar that a text such as "2-3", "5" or "2-" names, counted from 1; None
    is the last of the file."""
    first, dash, last = text.partition("-")
    span = int(first) if first.isdecimal() else 0, int(last) if last.isdecimal() else None
    if not span[0] or (last and (span[1] is None or span[1] < span[0])):
        raise argparse.ArgumentTypeError(f"{text!r} found; expected bars such as 2-3, 5 or 2-")
    return span if dash else (span[0], span[0])


def midi_name(text: str) -> str:
    """The name of a MIDI file to write: with no other ending, which would hide what is in it."""
    if Path(text).suffix.lower() not in ("", ".mid", ".midi"):
        raise argparse.ArgumentTypeError(f"{text!r} found; expected a name that ends in .mid")
    return text


JSON = arg("--json", action="store_true", help="print JSON")
SEED = arg(
    "--seed",
    type=_natural,
    default=0,
    metavar="INT",
    help="the same seed gives the same result (default 0)",
)


def save_figure(figure: Figure, target: str) -> None:
    """Write a picture of the kind that its name ends in. Raises BeatGenError for another ending,
    and where what draws pictures is not installed."""
    kind = Path(target).suffix.lower()
    if kind in (".html", ".htm"):
        with whole(target) as part:
            figure.write_html(part, include_plotlyjs=True)
    elif kind in (".png", ".svg", ".pdf"):
        try:
            with whole(target) as part:
                figure.write_image(part)
        except (ImportError, ValueError, RuntimeError) as error:
            raise BeatGenError(
                f"{target}: pictures need kaleido and a browser; write .html instead, or see "
                "`pip install kaleido`."
            ) from error
    else:
        raise BeatGenError(f"{target}: expected a name that ends in .html or .png.")


# The parser ---------------------------------------------------------------------------------------


class _Version(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        from importlib.metadata import version

        print(f"beatgen {version('beatgen')}")
        parser.exit()


def _add_verbose(parser: argparse.ArgumentParser) -> None:
    """-v, before or behind the verb; so neither has a default, which would hide the other."""
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        default=argparse.SUPPRESS,
        help="show the libraries' own notices and warnings, too",
    )


def _first_word(words: Sequence[str]) -> str:
    """The verb of a command line; a word that is none where there is no verb."""
    return next((word for word in words if not word.startswith("-")), "-")


def _list_of_verbs() -> str:
    lines = []
    width = max(map(len, VERBS), default=0)
    for group, names in groups().items():
        lines += ["", f"{group}:"]
        for name in names:
            lines.append(f"  {name:<{width}}  {VERBS[name].about.splitlines()[0].rstrip('.')}")
    return "\n".join(["`beatgen VERB --help` explains a verb and its arguments.", *lines])
