"""``--probes``: every attach point, whether we are there, and what it costs."""

from __future__ import annotations

import sys
from collections import Counter

from sctptop.errors import FAILED, OK
from sctptop.model.probe_costs import ProbeCosts


def report(costs: ProbeCosts) -> int:
    """List the attach points. Returns the exit code."""
    sys.stdout.write(_table(costs))
    return OK if all(point.on for point in costs.points) else FAILED


def _table(costs: ProbeCosts) -> str:
    lines = [
        f"{'ATTACH POINT':<35} {'HOW':<10} {'STATE':<5} {'HITS':>8} {'MISSED':>6} {'NS/HIT':>7} {'US/S':>8}  GIVES"
    ]
    counted: set[tuple[str, str]] = set()
    total = 0
    for point in costs.points:
        numbers = f"{'':>8} {'':>6} {'':>7} {'':>8}"
        # A trampoline is a program of its own; a kprobe's function is one program at all its points.
        one = (point.function, point.target if point.how in ("fentry", "fexit") else "")
        if point.runs is None or point.nanoseconds is None or not costs.timed:
            pass
        elif one not in counted:
            counted.add(one)
            total += point.nanoseconds
            each = point.nanoseconds / point.runs if point.runs else 0
            missed = "-" if point.missed is None else str(point.missed)
            rate = point.nanoseconds / 1000 / costs.watched_s
            numbers = f"{point.runs:>8} {missed:>6} {each:>7.0f} {rate:>8.1f}"
        else:
            numbers = f"{'above':>8} {'':>6} {'':>7} {'':>8}"
        state, refused = "on" if point.on else "off", point.refused
        lines.append(
            f"{point.target:<35} {point.how:<10} {state:<5} {numbers}  {point.gives}"
            + (f"  ({refused})" if refused else "")
        )
    on = sum(point.on for point in costs.points)
    made = "read, and compiled by an earlier start," if costs.from_kept else "read and compiled"
    lines.append(f"{on} of {len(costs.points)} attached; {made} in {costs.compile_s:.2f} s")
    lines += _ways(costs)
    if costs.cramped:
        lines.append(costs.cramped)
    if costs.timed:
        share = total / 1e7 / costs.watched_s
        lines.append(
            f"over {costs.watched_s:.1f} s the programs took {share:.3f} % of one CPU (BPF statistics)"
        )
    else:
        lines.append("the kernel does not time BPF programs (before Linux 5.8, or not permitted)")
    return "\n".join(lines) + "\n"


def _ways(costs: ProbeCosts) -> list[str]:
    """How many points are reached how, and why no better, a line a reason."""
    how = Counter(point.how for point in costs.points if point.on)
    lines = ["reached by " + ", ".join(f"{way} {times}" for way, times in how.most_common())] if how else []
    reasons: dict[str, dict[str, None]] = {}
    for point in costs.points:
        if point.why:
            reasons.setdefault(point.why, {})[point.target] = None
    for why, targets in reasons.items():
        some = ", ".join(list(targets)[:3]) + (f" and {len(targets) - 3} more" if len(targets) > 3 else "")
        lines.append(f"no trampoline: {why} ({some})")
    return lines
