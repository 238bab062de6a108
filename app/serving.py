"""How the server serves many musicians at once: some of what Streamlit does for each run of the
script takes the longer the more pages are open."""

from __future__ import annotations

import gc
import sys
from types import SimpleNamespace

from streamlit.runtime.scriptrunner import script_runner

# Seconds after which a thread gives the next one a turn, where Python waits for 5 ms. The server's
# own thread sends some sixty messages for each run, and asks for a turn anew for each.
TURN = 0.0005
# Objects that are made until the young are looked through for garbage, and how often that is until
# the older ones are, and all. A run of the script makes some thousands, most of which are gone
# with it.
THRESHOLDS = 20_000, 10, 20
YOUNG = 1  # generation


def settle() -> None:
    """Serve many from here on. What is loaded by now stays for good: it is never looked through for
    garbage again.

    After each run Streamlit has all objects looked through, of all sessions: beside 60 idle ones
    that took 45 ms, more than a blend. Now it is the young ones only; of the others Python
    looks through all once they have become a quarter more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    script_runner.gc = SimpleNamespace(collect=_collect)  # type: ignore[assignment]
    sys.setswitchinterval(TURN)


def _collect(_generation: int) -> None:
    gc.collect(YOUNG)
