"""``--probes``: every attach point, whether we are there, and what it costs."""

from __future__ import annotations

import sys

from sctptop.errors import FAILED, OK
from sctptop.model.probe_costs import ProbeCosts


def report(costs: ProbeCosts) -> int:
    """List the attach points. Returns the exit code."""
    sys.stdout.write(_table(costs))
    return OK if all(point.on for point in costs.points) else FAILED


def _table(costs: ProbeCosts) -> str:
    lines = [f"{'ATTACH POINT':<35} {'HOW':<14} {'STATE':<5} {'RUNS':>8} {'NS/RUN':>7} {'US/S':>8}  GIVES"]
    counted: set[str] = set()
    total = 0
    for point in costs.points:
        numbers = f"{'':>8} {'':>7} {'':>8}"
        if point.runs is None or point.nanoseconds is None or not costs.timed:
            pass
        elif point.function not in counted:
            counted.add(point.function)
            total += point.nanoseconds
            each = point.nanoseconds / point.runs if point.runs else 0
            numbers = f"{point.runs:>8} {each:>7.0f} {point.nanoseconds / 1000 / costs.watched_s:>8.1f}"
        else:
            numbers = f"{'above':>8} {'':>7} {'':>8}"
        state, why = "on" if point.on else "off", point.refused
        lines.append(
            f"{point.target:<35} {point.how:<14} {state:<5} {numbers}  {point.gives}"
            + (f"  ({why})" if why else "")
        )
    on = sum(point.on for point in costs.points)
    lines.append(f"{on} of {len(costs.points)} attached; read and compiled in {costs.compile_s:.2f} s")
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
