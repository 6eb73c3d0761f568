"""What was read at one instant: frozen facts, no rates, no formatting.

Attribute names are the published JSON names. A value that could not be read is None, never 0.
Milliseconds are real milliseconds; sizes are bytes unless the name says chunks or packets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sctptop.model.association import Association
from sctptop.model.event import Event
from sctptop.model.source_state import OFF, OK, UNREAD, SourceState, not_ok


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A bound socket, listening or not; its associations are listed apart.

    ``waiting``: associations that came up and that the application has not accepted; beyond ``backlog`` of them more
    are refused. Both only of one that listens, one-to-one.
    """

    netns: int
    local_port: int
    local_addresses: tuple[str, ...] = ()
    state: str | None = None
    socket_type: str | None = None
    inode: int | None = None
    uid: int | None = None
    waiting: int | None = None
    backlog: int | None = None


@dataclass(frozen=True, slots=True)
class Namespace:
    """A network namespace that was read. ``netns`` is the inode by which the kernel identifies it.

    ``name`` is that of a mount (``ip netns``), ``pid`` the oldest process in it with its ``comm`` and ``container``;
    each None where there is none, or it is not known. ``own``: that of sctptop itself.
    """

    netns: int
    name: str | None = None
    pid: int | None = None
    comm: str | None = None
    container: str | None = None
    own: bool = False

    @property
    def label(self) -> str:
        """What to call it in few characters."""
        held_by = self.comm and f"{self.comm}/{self.pid}"
        return self.name or self.container or ("self" if self.own else None) or held_by or str(self.netns)


@dataclass(frozen=True, slots=True)
class Sample:
    """All that one reading found.

    ``interval_s`` is the monotonic time since the reading before, None on the first.
    ``read_s`` is what the reading itself took. ``sources`` says whether each was read, or why not.
    ``counters`` holds /proc/net/sctp/snmp by network namespace, ``namespaces`` those that were read and in which
    something is or was. ``events`` are those since the sample before, oldest first; ``events_lost`` says how many
    more there were that no buffer had room for, ``events_left_out``, by kind, how many there was no time for.
    ``followed`` is the share of messages whose waits were measured, None without probes; ``no_room`` how many entries
    found no room in a table of theirs, by its name. ``monotonic_ns`` is ``time`` on CLOCK_MONOTONIC;
    None in recordings that have no times of that clock, only times from the sample on.
    """

    time: datetime
    interval_s: float | None
    read_s: float
    host: str
    kernel: str
    sources: Mapping[str, SourceState]
    hz: int | None = None
    associations: tuple[Association, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    counters: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    events_lost: int = 0
    events_left_out: Mapping[str, int] = field(default_factory=dict)
    namespaces: tuple[Namespace, ...] = ()
    followed: float | None = None
    no_room: Mapping[str, int] = field(default_factory=dict)
    monotonic_ns: int | None = None

    @property
    def watchable(self) -> bool:
        """Whether any source of associations could be read."""
        return any(self.sources.get(name) == OK for name in ("sock_diag", "procfs"))

    @property
    def trouble(self) -> SourceState | None:
        """Why nothing can be watched, with the remedy; None while something can."""
        return None if self.watchable else not_ok(self.sources.values(), UNREAD)

    @property
    def probes(self) -> SourceState:
        """That of the probes."""
        return self.sources.get("bpf", OFF)

    @property
    def own_netns_only(self) -> bool:
        """Whether other network namespaces were not read."""
        return self.sources.get("netns", OK).off
