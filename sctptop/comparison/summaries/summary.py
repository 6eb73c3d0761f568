"""The result of one recording, as far as it can be compared. Frozen facts; times in ms, sizes in bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sctptop.comparison.summaries.ended import Ended
from sctptop.model.associations.distribution import Distribution
from sctptop.model.registrations.standard import counters_of
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
class End:
    """One role of the associations compared: "gNB", "AMF", or where no NGAP is spoken "client", "server".

    ``settings`` by SETTINGS: each value found, the most frequent first. Queues were read once a sample.
    ``peer_window``: what the peer had room for at most, of the peer with least; ``cwnd``: the widest.
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
    peer_window: int | None = None
    cwnd: int | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule of advice on one role, over the whole recording: ``lasted_s`` is for how long it was given.

    ``seen`` is its last finding; ``associations`` on how many, or of how many peers. ``runs`` of ``of_runs`` had it.
    """

    rule: str
    title: str
    severity: str
    role: str
    associations: int
    lasted_s: float
    seen: str
    remedy: str
    runs: int = 1
    of_runs: int = 1

    @property
    def usual(self) -> bool:
        """Whether it was given in half of the runs or more."""
        return 2 * self.runs >= self.of_runs


@dataclass(frozen=True, slots=True)
class Summary:
    """One recording, or a side of several, its ``runs``. ``ngap``: associations that speak NGAP or S1AP were found, and
    no others are in it.

    ``registrations`` by the end that saw them and their kind.
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
    registrations: Mapping[tuple[str, str], Ended] = field(default_factory=dict)
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
    runs: tuple[Summary, ...] = ()

    @property
    def each(self) -> tuple[Summary, ...]:
        """Its runs: itself where it is of one recording."""
        return self.runs or (self,)

    def end(self, role: str) -> End:
        """What is known of one role; an empty one where it is not on that host."""
        return self.ends.get(role) or End(role)

    def of(self, end: str, kind: str) -> Ended:
        """The registrations of a kind as one end saw them; none where it is not on that host."""
        return self.registrations.get((end, kind)) or Ended(end, kind)

    def kinds(self, end: str) -> Mapping[str, int]:
        """How many of each kind one end saw end."""
        return {
            kind: total
            for (role, kind), one in self.registrations.items()
            if role == end and (total := sum(one.ended.values()))
        }

    @property
    def standard(self) -> Mapping[str, int]:
        """Registrations as an AMF counts them, under the names of 3GPP; none where no AMF was recorded."""
        found: dict[str, int] = {}
        for (end, kind), one in self.registrations.items():
            found |= counters_of(end, kind, one.started, one.accepted.n, one.ended, one.causes)
        return found

    def completed(self, end: str) -> int:
        """How many one end saw completed, of all kinds."""
        return sum(one.n for (role, _), one in self.registrations.items() if role == end)
