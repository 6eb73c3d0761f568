"""The result of one recording, as far as it can be compared. Frozen facts; times in ms, sizes in bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sctptop.comparison.significance import percentile
from sctptop.model.associations.distribution import Distribution
from sctptop.model.registrations.tally import PARTS
from sctptop.model.registrations.words import COMPLETED, OUTCOMES
from sctptop.quantity import Value

COUNTERS = (
    "SctpDelaySackExpireds",
    "SctpT3RtxExpireds",
    "SctpT3Retransmits",
    "SctpFastRetransmits",
    "SctpInDataChunkDiscards",
    "SctpOutOfBlues",
)
"""SNMP counters that are compared, from /proc/net/sctp/snmp."""


@dataclass(frozen=True, slots=True)
class Stalls:
    """One stage of registrations, all of its kind added up: how often it was there, and its times together."""

    n: int = 0
    sum_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Ended:
    """The registrations of one recording as one end saw them. ``times`` are of the completed ones, by PARTS, each in
    the order in which they began; ``stages`` theirs by (whose, name). ``rate`` is completed per second from the first
    beginning to the last end, ``at_once`` the most under way at a time."""

    end: str
    started: int = 0
    ended: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    times: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: dict.fromkeys(PARTS, ()))
    stages: Mapping[tuple[str, str], Stalls] = field(default_factory=dict)
    rate: float | None = None
    at_once: int = 0
    turns: float = 0.0

    @property
    def n(self) -> int:
        """How many were completed."""
        return len(self.times["total"])

    @property
    def failed(self) -> int:
        """How many ended otherwise."""
        return sum(self.ended.values()) - self.ended[COMPLETED]

    @property
    def failures(self) -> str:
        """How they ended, in words: "8 rejected, 1 released"; "" where none failed."""
        told = [f"{count} {name}" for name, count in self.ended.items() if count and name != COMPLETED]
        return ", ".join(told)

    def percentile(self, part: str, share: float) -> float | None:
        """Of one of PARTS, in ms: the least time that ``share`` do not exceed."""
        return percentile(sorted(self.times[part]), share)

    def mean(self, part: str) -> float:
        """Of one of PARTS, in ms; 0 while there is none."""
        return sum(self.times[part]) / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class End:
    """One role of the associations compared: "gNB", "AMF", or where no NGAP is spoken "client", "server".

    ``settings`` by SETTINGS: each value found, the most frequent first. Queues were read once a sample.
    """

    role: str
    associations: int = 0
    processes: tuple[str, ...] = ()
    settings: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    held: Distribution = field(default_factory=Distribution)
    read_wait: Distribution = field(default_factory=Distribution)
    send_queue: Distribution = field(default_factory=Distribution)
    recv_queue: Distribution = field(default_factory=Distribution)
    rtx_chunks: int | None = None
    out_data_chunks: int | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule of advice on one role, over the whole recording: ``lasted_s`` is for how long it was given.

    ``seen`` is its last finding; ``associations`` on how many.
    """

    rule: str
    title: str
    severity: str
    role: str
    associations: int
    lasted_s: float
    seen: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One recording. ``ngap``: associations that speak NGAP or S1AP were found, and no others are in it.

    ``counters`` are the gains of COUNTERS in the namespaces of these associations, None where never read. ``lost``:
    events no buffer had room for; ``missed``: retransmissions, ``unseen``: messages that no probe saw; ``damaged``
    parts of the file. ``probed``: in how many of the samples the probes were on. ``running`` when it ended.
    ``own_netns``: other network namespaces were not read.
    """

    name: str
    path: str
    host: str
    kernel: str
    hz: int | None
    machine: str
    began: datetime
    span_s: float
    samples: int
    probed: int
    ngap: bool
    sysctls: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, End] = field(default_factory=dict)
    registrations: Mapping[str, Ended] = field(default_factory=dict)
    procedures: Mapping[tuple[str, bool], tuple[Distribution, int, int]] = field(default_factory=dict)
    heartbeats: Distribution = field(default_factory=Distribution)
    counters: Mapping[str, int | None] = field(default_factory=dict)
    advice: tuple[Fired, ...] = ()
    running: int = 0
    unfollowed: int = 0
    lost: int = 0
    missed: int = 0
    unseen: int = 0
    damaged: int = 0
    own_netns: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    def end(self, role: str) -> End:
        """What is known of one role; an empty one where it is not on that host."""
        return self.ends.get(role) or End(role)

    def of(self, end: str | None) -> Ended:
        """The registrations as one end saw them; none where it is not on that host."""
        return self.registrations.get(end or "") or Ended(end or "")
