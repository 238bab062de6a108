"""Where the shipped files are: weights, drum samples, demo grooves."""

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
