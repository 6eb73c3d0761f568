"""What a gNB of the bench keeps: its associations, and one record for each attempt of a UE to register."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.lab.core.loop import Line, Timer
from tests.lab.core.report import COMPLETED, RUNNING, milliseconds
from tests.lab.core.ways import Way

BY_THE_BOOK = Way()
OTHERS = ("service", "deregistration")
"""Kinds that are no registration."""


@dataclass(eq=False)
class Link:
    """An association of a gNB; `role`: the "first", its "twin" to the same AMF, or the "other" AMF's."""

    node: Node
    role: str
    line: Line
    streams: int
    up: bool = False


@dataclass(eq=False)
class Node:
    """A gNB with its UEs by RAN-UE-NGAP-ID."""

    number: int
    ident: int
    next_id: int
    ues: dict[int, Ue] = field(default_factory=dict)
    given_back: list[int] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)

    def new_id(self) -> int:
        """The one given back last, else the next one."""
        if self.given_back:
            return self.given_back.pop()
        self.next_id += 1
        return self.next_id - 1


@dataclass(slots=True, eq=False)
class Ue:
    """One attempt; `number` names the subscriber (see `nas_messages.msin`), instants are CLOCK_MONOTONIC."""

    number: int
    node: Node
    link: Link
    ran: int
    stream: int
    kind: str = "initial"
    way: Way = BY_THE_BOOK
    attempt: int = 1
    amf: int | None = None
    count: int = 0
    """Of uplink NAS messages under protection."""
    started_ns: int = 0
    ended_ns: int = 0
    read_ns: int = 0
    ran_ns: int = 0
    blocked_ns: int = 0
    outcome: str = RUNNING
    cause: str | None = None
    has_guti: bool = False
    refusals: int = 0
    """Challenges or accepts that it did not take."""
    secured: bool = False
    """It has had a SecurityModeCommand."""
    awaits_release: bool = False
    settled: bool = False
    patience: Timer | None = None

    @property
    def registers(self) -> bool:
        """Whether it is a registration at all."""
        return self.kind not in OTHERS

    def facts(self) -> dict[str, Any]:
        """For the report."""
        over = self.outcome == COMPLETED
        return {
            "ue": self.number,
            "gnb": self.node.number,
            "stream": self.stream,
            "ran_ue_id": self.ran,
            "amf_ue_id": self.amf,
            "kind": self.kind,
            "attempt": self.attempt,
            "outcome": self.outcome,
            "cause": self.cause,
            "started_ns": self.started_ns,
            "ended_ns": self.ended_ns,
            "total_ms": milliseconds(self.ended_ns - self.started_ns) if over else None,
            "ran_ms": milliseconds(self.ran_ns) if over else None,
            "blocked_ms": milliseconds(self.blocked_ns),
        }
