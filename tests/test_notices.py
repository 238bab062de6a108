"""What libraries print of their own accord is kept back on request, and nothing else is."""

import os
import subprocess
import sys

import pytest

from beatgen import notices

NOTICES = """\
INFO: Created TensorFlow Lite XNNPACK delegate for CPU.
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795886455.900621   18613 port.cc:153] oneDNN custom operations are on. You may see
W0000 00:00:1795886455.900621   18613 tf_tfl_flatbuffer_helpers.cc:365] Ignored output_format.
E0000 00:00:1795886441.238898   17432 cuda_platform.cc:52] failed call to cuInit: INTERNAL
2025-03-01 10:00:00.123456: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.
2025-03-01 10:00:00.123456: E external/local_xla/cuda_dnn.cc:9261] Unable to register cuDNN factory
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.
"""
ERRORS = """\
E0000 00:00:1795886441.238898   17432 saved_model.cc:52] the file is damaged
F0000 00:00:1795886441.238898   17432 cpu_feature_guard.cc:38] compiled to use AVX instructions
ERROR: Node number 3 (CONV_2D) failed to prepare.
Information is no notice
"""


@pytest.fixture
def held(monkeypatch) -> None:
    monkeypatch.setattr(notices, "_holding", True)
    monkeypatch.setattr(notices, "_done", set())


def write(text: str) -> None:
    """As C++ does, past Python."""
    os.write(2, text.encode())


def test_notices_are_dropped_and_errors_are_passed_on(held, capfd) -> None:
    with notices.held_back("lib"):
        write(NOTICES + ERRORS)
    write("behind\n")
    assert capfd.readouterr().err == ERRORS + "behind\n"


def test_errors_are_passed_on_where_it_raises(held, capfd) -> None:
    with pytest.raises(ImportError), notices.held_back("lib"):
        write(NOTICES + ERRORS)
        raise ImportError
    assert capfd.readouterr().err == ERRORS


def test_only_the_first_time_of_a_library_is_watched(held, capfd) -> None:
    for _ in range(2):
        with notices.held_back("lib"):
            write(NOTICES)
    assert capfd.readouterr().err == NOTICES


def test_nothing_is_held_back_unless_it_is_asked_for(monkeypatch, capfd) -> None:
    monkeypatch.setattr(notices, "_holding", False)  # as before a command asked for it
    with notices.held_back("lib"):
        write(NOTICES)
    assert capfd.readouterr().err == NOTICES


PLAY = """
import beatgen as bg
from beatgen import demo, notices

notices.hold_back()
bg.load_model().reconstruct(demo.load("rock"))
"""


def test_a_network_plays_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", PLAY], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
