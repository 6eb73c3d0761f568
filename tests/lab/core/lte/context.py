"""A UE of LTE, as its eNB or the MME keeps it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.lab.core.loop import Timer
from tests.lab.core.report import COMPLETED, RUNNING, Ledger, milliseconds
from tests.lab.core.ways import Way

KINDS: Mapping[str, str] = {
    "attach": "attach",
    "emergency-attach": "emergency attach",
    "tau": "tracking area update",
    "periodic-tau": "periodic tracking area update",
    "service": "service",
    "extended-service": "extended service",
    "detach": "detach",
}
"""By the words of --kinds; the first four are registrations."""
REGISTRATIONS = tuple(KINDS.values())[:4]


@dataclass(slots=True, eq=False)
class Ue:
    """`mme` and `enb` are its ids, `number` the subscriber's; instants are CLOCK_MONOTONIC."""

    number: int
    enb: int
    kind: str
    way: Way
    stream: int = 1
    mme: int | None = None
    began_ns: int = 0
    ended_ns: int = 0
    outcome: str = RUNNING
    cause: str | None = None
    count: int = 0
    """Of NAS messages that this end has protected."""
    settled: bool = False
    patience: Timer | None = None

    def facts(self) -> dict[str, Any]:
        """For the report."""
        over = self.outcome == COMPLETED
        return {
            "ue": self.number,
            "ran_ue_id": self.enb,
            "amf_ue_id": self.mme,
            "kind": self.kind,
            "outcome": self.outcome,
            "cause": self.cause,
            "total_ms": milliseconds(self.ended_ns - self.began_ns) if over else None,
        }


@dataclass
class Book:
    """What an end reports."""

    counts: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    ledger: Ledger = field(default_factory=Ledger)
    past: list[Ue] = field(default_factory=list)

    def begin(self, ue: Ue) -> None:
        """A UE has come."""
        if ue.kind in REGISTRATIONS:
            self.counts["started"] += 1
            self.ledger.begin(ue.kind)
        else:
            self.others[ue.kind] += 1

    def end(self, ue: Ue, outcome: str, cause: str | None = None, at_ns: int = 0) -> None:
        """The first call says what became of it."""
        if ue.outcome != RUNNING:
            return
        ue.outcome, ue.cause, ue.ended_ns = outcome, cause, at_ns or time.monotonic_ns()
        if ue.kind in REGISTRATIONS:
            self.counts[outcome] += 1
            self.ledger.end(ue.kind, outcome, cause)
            self.past.append(ue)

    def as_json(self) -> dict[str, Any]:
        """For the orders `report` and `finish`."""
        names = ("started", "completed", "sessions", "released", "unknown")
        counts = {name: self.counts[name] for name in names}
        return {**counts, "kinds": self.ledger.as_json(), "others": dict(self.others)}
