"""The command `beatgen`: `main` runs one command line. play.py has the verbs for musicians, lab.py
those for researchers, page.py the one that serves the page, verbs.py what they share."""

from beatgen.cli import lab, page, play  # noqa: F401 (each registers its verbs)
from beatgen.cli.verbs import main

__all__ = ["main"]
