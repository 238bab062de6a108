"""Keeps back what libraries print of their own accord, where the command line asks for it.

LiteRT and TensorFlow write notices ("INFO: Created TensorFlow Lite XNNPACK delegate", "oneDNN
custom operations are on", "Could not find cuda drivers") from C++ straight to file descriptor 2,
some of them before any of their own switches is read. So at the moments when they do, `held_back`
lets the descriptor lead into a file, and then passes on all but the notices.

Other threads would write into that file, too, and what a process writes just before it dies there
would be lost. So nothing is held back unless `hold_back` was called, which the command line does
without -v, and a server, with its threads, does not.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# Lines that say nothing of what is being done: notices and warnings as LiteRT, absl and TensorFlow
# write them, and errors of a GPU that is not there.
NOTICE = re.compile(
    rb"INFO: |WARNING: All log messages before absl|To enable the following instructions: "
    rb"|(\d{4}-\d\d-\d\d [\d:.]+: )?([IW]|E(?=.*\bcu(da|dnn|blas|fft)\w*\.cc:))(\d{4})? "
)

_holding = False
_done: set[str] = set()


def hold_back() -> None:
    """Keep notices back in this process, from now on."""
    global _holding
    _holding = True
    # Read by TensorFlow once it is loaded: no notices (1) and no warnings (2), but errors.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@contextmanager
def held_back(library: str) -> Iterator[None]:
    """While `library` does for the first time what makes it print notices: they are dropped, if
    `hold_back` was called, and what else is written to stderr comes afterwards."""
    if not _holding or library in _done:
        yield
        return
    _done.add(library)
    sys.stderr.flush()
    own = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(own, 2)
            os.close(own)
            written.seek(0)
            for line in written:
                if not NOTICE.match(line):
                    os.write(2, line)
