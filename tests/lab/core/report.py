"""How the simulators sum up what they did."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

KEPT = 20_000
"""Registrations that a simulator remembers one by one; it may run for days."""
RUNNING, COMPLETED, REJECTED, REFUSED = "running", "completed", "rejected", "refused by authentication"
NOT_ACCEPTED, RELEASED, SUPERSEDED = "not accepted by the UE", "released", "superseded"
ASSOCIATION_LOST, TIMED_OUT, REROUTED = "association lost", "timed out", "re-routed"
"""How a registration ends; `REROUTED` at the AMF that sends the UE to another one."""


class Ledger:
    """Registrations by kind, outcome and cause, as they begin and end: what sctptop must count too."""

    def __init__(self) -> None:
        self._started: Counter[str] = Counter()
        self._ended: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._causes: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def begin(self, kind: str) -> None:
        """One more attempt of this kind."""
        self._started[kind] += 1

    def end(self, kind: str, outcome: str, cause: str | None = None) -> None:
        """One of them is over."""
        self._ended[kind][outcome] += 1
        if cause is not None:
            self._causes[kind][cause] += 1

    def as_json(self) -> dict[str, dict[str, Any]]:
        """By kind: how many started, how many ended in each way that occurred, and with each cause."""
        return {
            kind: {"started": started, **self._ended[kind], "causes": dict(self._causes[kind])}
            for kind, started in self._started.items()
        }


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
