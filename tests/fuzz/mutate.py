"""Inputs made of others: what a changed byte, value or line makes of a file, a link, a message.

Each is a function of random numbers and the input, so that a run with one seed is always the same.
Coverage-guided runs mix them with libFuzzer's own (tests/fuzz/guided.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

Mutate = Callable[[Random, bytes], bytes]

NUMBERS = (0, 1, -1, 2, 3, 127, 128, 255, 256, 2**15, 2**16 - 1, 2**31, 2**53, 2**63, 10**400)
ODD: tuple[Any, ...] = (
    *NUMBERS, 0.5, -0.0, 1e-320, 1e9, 1e308, float("nan"), float("inf"), float("-inf"),
    None, True, False, "", "4/4", "0/4", "nan", "\x00", "\ud800", "9" * 5000, [], {}, [[]],
    [0] * 70,
)  # fmt: skip
BYTES = (0, 1, 9, 10, 13, 32, 47, 60, 124, 127, 128, 254, 255)
SWELL = 2**14  # bytes that an input grows to at most, beside those that it begins with
SEVERAL = 4  # changes at once, at most


def bytes_changed(rng: Random, data: bytes) -> bytes:
    """Bytes set, flipped, cut out, repeated, put in or brought to another place."""
    longest = max(SWELL, len(data))
    for _ in range(rng.randint(1, SEVERAL)):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice((1, 1, 2, 4, 16, 256)))
        data = data[:at] + _part_changed(rng, data, at, end)
    return data[:longest]


def _part_changed(rng: Random, data: bytes, at: int, end: int) -> bytes:
    """What stands in an input from a place on, where the bytes up to `end` are changed."""
    part, rest = data[at:end], data[end:]
    match rng.randrange(8):
        case 0:
            return bytes([rng.choice(BYTES)]) + data[at + 1 :]
        case 1:
            return rng.randbytes(len(part)) + rest
        case 2:
            return bytes(byte ^ 1 << rng.randrange(8) for byte in part) + rest
        case 3:
            return rest
        case 4:
            return b""
        case 5:
            return part * rng.choice((2, 3, 51)) + rest
        case 6:
            return bytes(rng.choice((1, 4, 100))) + data[at:]
    other = rng.randrange(len(data) + 1)
    return data[other : other + 64] + data[at:]


def lines_changed(rng: Random, data: bytes) -> bytes:
    """The same with lines, and with numbers that stand in a text."""
    text = data.decode("latin-1")
    if rng.random() < 0.3:
        return bytes_changed(rng, data)
    if rng.random() < 0.5:
        lines = text.splitlines(keepends=True) or [""]
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        rng.choice(
            (
                lambda: lines.insert(at, lines[other]),
                lambda: lines.pop(at),
                lambda: lines.__setitem__(at, lines[other]),
                lambda: lines.__setitem__(at, lines[at] * rng.choice((2, 30))),
            )
        )()
        return "".join(lines).encode("latin-1")[:SWELL]
    digits = [i for i, letter in enumerate(text) if letter.isdecimal()]
    if not digits:
        return bytes_changed(rng, data)
    at = rng.choice(digits)
    odd = str(rng.choice((*NUMBERS, "nan", "inf", "1e400", "-5", "0.001", "x", "", "9" * 5000)))
    return (text[:at] + odd + text[at + 1 :]).encode("latin-1")[:SWELL]


def json_changed(rng: Random, data: bytes) -> bytes:
    """Values of JSON replaced by odd ones or by others of it, left out, or doubled; bytes where it
    is none."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return bytes_changed(rng, data)
    try:
        for _ in range(rng.randint(1, SEVERAL)):
            value = value_changed(rng, value)
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (ValueError, OverflowError, RecursionError):
        return data


def value_changed(rng: Random, value: Any) -> Any:
    """The same of one value, deep inside."""
    places = _places(value)
    if not places or rng.random() < 0.02:
        return deepcopy(rng.choice(ODD))
    inside, key = rng.choice(places)
    found, other = inside[key], rng.choice(places)
    act = rng.random()
    if act < 0.5:
        inside[key] = deepcopy(rng.choice(ODD))
    elif act < 0.6 and isinstance(found, int | float):
        inside[key] = found + rng.choice((-1, 1, 0.5, -found, 10**6))
    elif act < 0.7:
        inside[key] = json.loads(json.dumps(other[0][other[1]]))
    elif act < 0.8:
        inside[key] = _nested(found, rng.choice((1, 3, 60)))
    elif act < 0.9 and isinstance(inside, list):
        inside[key:key] = [found] * rng.choice((1, 2, 200))
    else:
        del inside[key]
    return value


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every list or object in a value with each of its keys."""
    found, todo = [], [value]
    while todo and len(found) < 5000:
        inside = todo.pop()
        if isinstance(inside, dict | list):
            keys = list(inside) if isinstance(inside, dict) else range(len(inside))
            for key in keys:
                found.append((inside, key))
                todo.append(inside[key])
    return found


def _nested(value: Any, deep: int) -> Any:
    for _ in range(deep):
        value = [value]
    return value


def beside(mark: bytes, first: Mutate, rest: Mutate) -> Mutate:
    """Of what has two parts with a mark between, one or the other."""

    def changed(rng: Random, data: bytes) -> bytes:
        head, found, tail = data.partition(mark)
        if not found or rng.random() < 0.05:
            return bytes_changed(rng, data)
        if rng.random() < 0.6:
            return first(rng, head) + mark + tail
        return head + mark + rest(rng, tail)

    return changed
