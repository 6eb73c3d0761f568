"""What the C of bpf/ writes, described once: the words of its enums, and the members of its structs in their order.

sctptop/kernel/program/declarations.py says where each is declared; records_check.py has the C compared with it when the
probes are loaded.
"""

from __future__ import annotations

from ipaddress import IPv6Address
from socket import inet_ntop
from typing import Annotated, NamedTuple

from sctptop.kernel.layout import U8, U16, U32, U64, CType, Times

INET, INET6 = 2, 10

AssociationName = tuple[int, int, int, int]
"""Namespace, own tag, local and remote port."""

# Words of the enums, in their order.
KINDS = ("hb_rtt", "cwnd", "rwnd", "window", "t3_rtx", "retransmit", "path", "association")
LOWER = ("T3_RTX", "FAST_RTX", "ECNE", "INACTIVE")
"""enum sctp_lower_cwnd, include/net/sctp/constants.h: the first causes of a cwnd event."""
CAUSES = ("RAISE", "BURST_LIMITED", "BURST_RESET", "RESET")
"""The causes after them."""
FREQUENT = ("RAISE", "BURST_LIMITED", "BURST_RESET")
"""Changes of cwnd that are counted in the kernel."""
LIFE = ("NEW", "FREED", "UP")
ENDS = (
    *("UNKNOWN", "ABORT_RECEIVED", "ABORT_BY_APPLICATION", "GIVEN_UP"),
    *("SHUTDOWN_HERE", "SHUTDOWN_BY_PEER", "AUTOCLOSE", "RETRANSMISSIONS", "HEARTBEATS"),
    *("NO_INIT_ACK", "NO_COOKIE_ACK", "NO_SHUTDOWN_ACK", "NO_ASCONF_ACK", "SHUTDOWN_GUARD"),
    *("ICMP", "STALE_COOKIE", "VIOLATION", "NO_USER_DATA", "ABORT_SENT"),
)
"""Why an association ended, as the state machine was called for it."""
HAD = ("CAUSE", "T_BIT", "PATH", "PROCESS", "EXITING", "CLOSED", "LINGER")
"""Bits of what is known of an end, from the lowest."""
WAITS = ("HELD", "UNREAD")
NO_ROOM = (
    *("PATHS", "ASSOCIATIONS", "ENDS", "BEATS", "CALLS", "DATA_RTTS", "HANDED_OVER", "UNREAD", "WAITS"),
    *("BLOCKED", "NGAP_ARRIVED", "NGAP_BEGUN", "NGAP_DELIVERED"),
)
"""Tables that count what found no room in them."""
SEEN = ("SEEN", "PASSED")
"""Chunks that came by while their messages could be followed, and those that were passed over."""
DIRECTIONS = ("OUT", "IN", "AGAIN")
"""What an ngap_event is of: our message, the peer's, or a chunk of ours sent again."""


class Who(NamedTuple):
    """The names of an association and, where ``family`` is not 0, of a path."""

    netns: U32
    assoc_id: U32
    own_tag: U32
    peer_tag: U32
    local_port: U16
    remote_port: U16
    family: U16
    unused: U16
    address: Annotated[bytes, CType("u8", "s", 16)]

    @property
    def association(self) -> AssociationName:
        """What identifies it."""
        return self.netns, self.own_tag, self.local_port, self.remote_port

    @property
    def path(self) -> str | None:
        """The path's address as text."""
        return _address(self.family, self.address)


def _address(family: int, address: bytes) -> str | None:
    if family == INET:
        return inet_ntop(INET, address[:4])
    return str(IPv6Address(address)) if family == INET6 else None


class Extent(NamedTuple):
    """A quantity now and its extremes over the interval."""

    now: U32
    min: U32
    max: U32


class Change(NamedTuple):
    """A frequent change of cwnd: when last, how often in all, and at both ends of the interval."""

    ns: U64
    times: U32
    before: U32
    after: U32
    interval: U32


class PathWindows(NamedTuple):
    """Times in jiffies; ``hb_expires`` is 0 where that timer does not run.

    ``told`` is the interval in which sock_diag last asked; ``changes`` are those of FREQUENT.
    """

    who: Who
    interval: U32
    told: U32
    cwnd: Extent
    ssthresh: Extent
    flight: Extent
    partial_bytes_acked: U32
    pathmtu: U32
    srtt: U32
    rto: U32
    errors: U32
    state: U32
    param_flags: U32
    hb_expires: U64
    encap_port: U32
    gone: U32
    timed_ns: U64
    timed_jiffies: U64
    hb_acknowledged: U32
    state_before: U32
    changes: Annotated[tuple[Change, ...], Times(len(FREQUENT))]
    shown_cwnd: U32
    shown_ssthresh: U32
    shown_flight: U32
    shown_rwnd: U32


class AssociationWindows(NamedTuple):
    """``told``: the interval in which sock_diag last asked, with the time; ``peer_dups``, ``skipped``: since the entry
    was made.
    """

    who: Who
    interval: U32
    told: U32
    peer_rwnd: Extent
    rwnd: Extent
    peer_dups: U32
    param_flags: U32
    more: U32
    forwarded: U32
    skipped: U32
    sackfreq: U32
    abandoned_unsent: U64
    abandoned_sent: U64
    told_ns: U64
    told_jiffies: U64


class ProbeEvent(NamedTuple):
    """``ns`` on CLOCK_MONOTONIC; what the rest means depends on ``kind``, a place in KINDS."""

    ns: U64
    who: Who
    kind: U16
    cause: U16
    before: U32
    after: U32
    ssthresh_before: U32
    ssthresh_after: U32
    flight: U32
    peer_rwnd: U32
    jiffies: U32
    tsn: U32
    chunk_bytes: U32
    rtt_ns: U64


class EndReason(NamedTuple):
    """``reason`` is a place in ENDS; ``had`` has the bits of HAD: what of the rest is there. ``state`` before it."""

    ns: U64
    reason: U16
    had: U16
    cause: U16
    path_state: U8
    signal: U8
    tries: U32
    allowed: U32
    pid: U32
    family: U16
    state: U16
    address: Annotated[bytes, CType("u8", "s", 16)]
    comm: Annotated[bytes, CType("u8", "s", 16)]

    @property
    def source(self) -> str | None:
        """Where the ABORT or SHUTDOWN came from."""
        return _address(self.family, self.address)


class AssociationEnd(NamedTuple):
    """An event of an association that was freed, and why, in the same buffer."""

    event: ProbeEvent
    why: EndReason


class NgapHead(NamedTuple):
    """So many octets of a message: its start, and those IEs that are wanted."""

    captured: U32
    unused: U32
    octets: Annotated[bytes, CType("u8", "s", 64)]


class NgapEvent(NamedTuple):
    """A message: handed over and first transmitted, or arrived and read; CLOCK_MONOTONIC.

    Of several chunks the last counts where ``whole`` is set: for the instants, ``last_tsn`` and ``length``.
    ``blocked_ns`` lies before ``at_ns``, ``order_ns`` behind it. ``gap``: a chunk was missing as it arrived.
    """

    at_ns: U64
    done_ns: U64
    blocked_ns: U64
    order_ns: U64
    who: Who
    tsn: U32
    last_tsn: U32
    ppid: U32
    length: U32
    stream: U16
    direction: U8
    fragment: U8
    whole: U8
    gap: U8
    unused: U16
    head: NgapHead


class RttBin(NamedTuple):
    """The key of a count of data RTTs; ``turn``: the reading that it is for."""

    transport: U64
    bin: U32
    turn: U32


class WaitBin(NamedTuple):
    """The key of a count of waits; ``wait`` is a place in WAITS, ``turn`` the reading that it is for."""

    asoc: U64
    wait: U16
    bin: U16
    turn: U32


class WaitBegun(NamedTuple):
    """A message that waits to be sent or read since ``ns``, 0 where how long it waits is not known."""

    asoc: U64
    ns: U64
    blocked_ns: U64
    turn: U32
    ngap: U8
    more: U8
    unused: Annotated[bytes, CType("u8", "s", 2)]


class Followed(NamedTuple):
    """Which messages are followed: ``all``, in this ``turn``; or ``ngap`` alone; ``epoch`` counts how often it was
    none meanwhile, ``look`` our looks at their rate.
    """

    all: U32
    ngap: U32
    turn: U32
    epoch: U32
    look: U32
    unused: U32
