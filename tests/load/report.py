"""What was measured, as Markdown."""

from __future__ import annotations

import statistics
from argparse import Namespace

from musician import Ledger

MOST_ERRORS = 5  # that are listed
LOOKS = 8  # at memory that are listed, about


def report(name: str, found: dict, asked: Namespace) -> str:
    """All that was measured of one server."""
    lines = [f"## {name}", "", *table(found, asked.idle), ""]
    start, before = found["start"], found["idle before"]
    each = (found["idle after"] - before) / max(1, asked.idle)
    idle = f", {each:.2f} MB more for each of {asked.idle} idle sessions" if asked.idle else ""
    lines += [f"Memory: {start:.0f} MB at the start, {before:.0f} after one musician{idle}.", ""]
    if asked.sessions:
        lines += load(found, asked)
    return "\n".join(lines)


def table(found: dict, idle: int) -> list[str]:
    lines = [f"| processor time of one, ms | alone | beside {idle} idle |", "|---|---:|---:|"]
    for action, times in found["alone"].items():
        beside = found["beside"].get(action)
        other = f"{statistics.median(beside):.0f}" if beside else ""
        lines.append(f"| {action} | {statistics.median(times):.0f} | {other} |")
    return lines


def load(found: dict, asked: Namespace) -> list[str]:
    ledger: Ledger = found["ledger"]
    looks, seconds = found["looks"], found["seconds"]
    lines = [
        f"{asked.sessions} musicians, {asked.think:g} s of thought, {seconds / 60:.1f} minutes:",
        "",
        "| waiting, ms | times | p50 | p95 | worst | p95 until heard | kB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for action, times in ledger.times.items():
        heard = ledger.heard.get(action)
        waits = [
            statistics.median(times),
            late(times),
            max(times),
            *([late(heard)] if heard else []),
        ]
        cells = [f"{1000 * wait:.0f}" for wait in waits] + [""] * (4 - len(waits))
        size = f"{statistics.median(ledger.bytes[action]) / 1000:.0f}"
        lines.append(f"| {' | '.join([action, str(len(times)), *cells, size])} |")
    count = max(1, sum(map(len, ledger.times.values())))
    most = (max(held for _, held, _ in looks) - found["before"]) / asked.sessions
    held = [f"{held:.0f} at {at:.0f} s" for at, held, _ in looks[:: max(1, len(looks) // LOOKS)]]
    lines += [
        "",
        f"{len(ledger.errors)} errors; {ledger.checks} times it was looked whose groove it was.",
        f"{count} interactions, {1000 * found['worked'] / count:.0f} ms of processor time each, "
        f"{found['worked'] / seconds:.2f} cores.",
        f"Memory: {found['before']:.0f} MB before, {', '.join(held)}; "
        f"at most {most:.2f} MB a musician.",
    ]
    for error in sorted(set(ledger.errors))[:MOST_ERRORS]:
        lines.append(f"- {ledger.errors.count(error)} x {error}")
    return lines


def late(times: list[float]) -> float:
    """The 95th percentile."""
    return sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]
