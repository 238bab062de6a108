"""Where the shipped files are: weights, drum samples, demo grooves, the page."""

from pathlib import Path

from beatgen.errors import BeatGenError

_PACKAGE = Path(__file__).parent


def path(name: str) -> Path:
    """Path of the shipped file or folder `name`, such as "kit" or "model/bar".

    A wheel carries the files inside the package, a checkout has them beside it. Raises
    BeatGenError where there is no such file.
    """
    for root in (_PACKAGE / "assets", _PACKAGE.parent / "assets"):
        if (root / name).exists():
            return root / name
    raise BeatGenError(f"assets/{name} is missing; install beatgen again from its repository.")


def page() -> Path:
    """Path of the page's script, which Streamlit runs.

    A wheel carries the package `app` inside this one, a checkout has it beside it. Raises
    BeatGenError where there is neither.
    """
    for root in (_PACKAGE / "_page", _PACKAGE.parent):
        if (script := root / "app" / "main.py").is_file():
            return script
    raise BeatGenError("app/main.py is missing; install beatgen again from its repository.")
