"""What the verbs of the command line share: arguments, exit codes, and how errors are told."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beatgen.errors import BeatGenError

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Options = argparse.Namespace
Verb = Callable[[Options], None]
Argument = tuple[tuple[str, ...], dict[str, Any]]

VERBS: dict[str, tuple[Verb, tuple[Argument, ...]]] = {}
# What a verb may need beside the core: module -> the library's name, and the extra that brings it
EXTRAS = {
    "keras": ("Keras", "train"),
    "sklearn": ("scikit-learn", "evaluate"),
    "streamlit": ("Streamlit", "page"),
    "tensorboard": ("TensorBoard", "train"),
    "tensorflow": ("TensorFlow", "train"),
}
INTERRUPTED = 130  # 128 + SIGINT, as shells count
CLOSED_PIPE = 141  # 128 + SIGPIPE


class UsageError(Exception):
    """A command line that fits the arguments and still asks for nothing that can be done."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    options = parser().parse_args(argv)
    try:
        VERBS[options.verb][0](options)
        sys.stdout.flush()
    except UsageError as error:
        tell(f"{error} See `beatgen {options.verb} --help`.")
        return 2
    except BeatGenError as error:
        tell(str(error))
        return 1
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        tell(_missing(options.verb, error.name))
        return 1
    except BrokenPipeError:  # the reader has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except OSError as error:
        tell(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of all verbs."""
    top = argparse.ArgumentParser(
        prog="beatgen", description="Drum grooves, blended and varied in a latent space."
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (run, arguments) in VERBS.items():
        about = (run.__doc__ or "").strip()
        sub = verbs.add_parser(
            name,
            help=about.split("\n")[0].rstrip("."),
            description=about,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        for flags, how in arguments:
            sub.add_argument(*flags, **how)
    return top


def verb(*arguments: Argument) -> Callable[[Verb], Verb]:
    """Make a function a verb of the command line; its docstring is the help."""

    def register(run: Verb) -> Verb:
        VERBS[run.__name__.replace("_", "-")] = run, arguments
        return run

    return register


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


def arg(*flags: str, **how: Any) -> Argument:
    """An argument, as `ArgumentParser.add_argument` takes it."""
    return flags, how


def number(flag: str, kind: type, default: Any, about: str) -> Argument:
    """An option that takes a number; `kind` reads it, and its name stands in the help."""
    shown = "" if default is None else f" (default {default})"
    return arg(flag, type=kind, default=default, metavar=kind.__name__.upper(), help=about + shown)


def tell(message: str) -> None:
    """One line on stderr."""
    print(f"beatgen: {' '.join(message.split())}", file=sys.stderr, flush=True)


def output(what: str, required: bool = True) -> Argument:
    """The option -o."""
    return arg("-o", "--output", required=required, metavar="FILE", help=what)


def _natural(text: str) -> int:
    """A whole number from 0 on; argparse tells what else was found."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} found; expected a whole number from 0 on")
    return int(text)


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
        figure.write_html(target, include_plotlyjs=True)
    elif kind in (".png", ".svg", ".pdf"):
        try:
            figure.write_image(target)
        except (ImportError, ValueError, RuntimeError) as error:
            raise BeatGenError(
                f"{target}: pictures need kaleido and a browser; write .html instead, or see "
                "`pip install kaleido`."
            ) from error
    else:
        raise BeatGenError(f"{target}: expected a name that ends in .html or .png.")
