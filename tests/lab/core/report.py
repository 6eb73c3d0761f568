"""How the simulators sum up what they did."""

from __future__ import annotations

from collections.abc import Iterable

KEPT = 20_000
"""Registrations that a simulator remembers one by one; it may run for days."""


def spread(values: Iterable[float]) -> dict[str, float | int] | None:
    """Count, minimum, nearest-rank percentiles and maximum; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    count = len(ordered)
    ranks = {f"p{percent}": ordered[-(-count * percent // 100) - 1] for percent in (50, 90, 99)}
    return {"n": count, "min": ordered[0], **ranks, "max": ordered[-1]}


def milliseconds(nanoseconds: int) -> float:
    """To the microsecond."""
    return round(nanoseconds / 1e6, 3)
