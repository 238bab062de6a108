#!/usr/bin/env bash
# librosa finds no onset with numba's compiler turned off, unless that compiler ran before on the same installation.
#
# Versions:  librosa 0.11.0 with numba 0.68.1, Python 3.11
# Seen:      2026-11-29
#
#   onset_detect on eight clicks, numba's cache                          outcome
#   empty, NUMBA_DISABLE_JIT=1                                           AttributeError when librosa.onset is imported:
#                                                                        'function' object has no attribute 'get_call_template'
#   empty, compiler on                                                   8 onsets; the import compiles for many seconds
#   filled by that run, NUMBA_DISABLE_JIT=1                              8 onsets
#
# NUMBA_DISABLE_JIT=1 is documented to run the decorated functions as plain Python. librosa has functions with fixed
# types (guvectorize) that call jitted ones; those are compiled on import in spite of the variable, and find plain
# functions where they expect compiled ones. With a filled cache nothing is compiled, and the import passes.
# Why a groove maker cares: whoever wants to spare musicians the wait at the first clap that is dropped (or a small
# server the compiler) finds that this works on their own machine, and fails on each new one.
#
# Fails if any of this changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q librosa==0.11.0 numba==0.68.1

cat > clicks.py <<'PYTHON'
import numpy as np

rate = 22050
sound = np.zeros(rate * 5, np.float32)
for click in range(8):
    sound[round((0.5 + click * 0.5) * rate)] = 1
try:
    import librosa.onset
    frames = librosa.onset.onset_detect(y=sound, sr=rate)
    print(len(frames), "onsets")
except AttributeError as error:
    print("AttributeError:", error)
PYTHON

refused="AttributeError: 'function' object has no attribute 'get_call_template'"
expect() { [ "$2" = "$3" ] && echo "$1: $2" || { echo "$1: $2; it was: $3"; exit 1; }; }
run() { NUMBA_CACHE_DIR=$folder/cache venv/bin/python clicks.py; }
expect "cache empty, compiler off" "$(NUMBA_DISABLE_JIT=1 run)" "$refused"
rm -rf cache
expect "cache empty, compiler on" "$(run)" "8 onsets"
expect "cache filled, compiler off" "$(NUMBA_DISABLE_JIT=1 run)" "8 onsets"
