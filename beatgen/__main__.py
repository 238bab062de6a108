"""`python -m beatgen` is the command `beatgen`."""

import sys

from beatgen.cli import main

if __name__ == "__main__":
    sys.exit(main())
