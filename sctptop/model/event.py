"""Something that happened between two readings, as a probe in the kernel saw it. Frozen facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sctptop.model.quick import quick

EVENT_KINDS: Mapping[str, str] = {
    "hb_rtt": "a HEARTBEAT-ACK that the kernel accepted, with its round trip",
    "cwnd": "the congestion window changed, and why",
    "rwnd": "our own receive window changed (only with --every-change)",
    "window": "the windows of a path changed, seen at a SACK (only with --every-change)",
    "t3_rtx": "the T3-rtx timer expired",
    "retransmit": "chunks were marked for retransmission, and why",
    "path": "a path went up, down or potentially failed",
    "association": "an association came into being, came up, or was freed, and why",
    "address": "an address of an association came or went, or another became its primary",
    "ngap": "a message of NGAP or S1AP: its header, its UE ids, and how long it was held or waited",
    "ngap_rtx": "a chunk of a message of NGAP or S1AP was sent again",
}
"""Every kind of event, in words."""

OF_EACH_PACKET = frozenset({"cwnd", "rwnd", "window", "ngap", "ngap_rtx"})
"""Kinds that take probes hit by each packet."""

CWND_CAUSES: Mapping[str, str] = {
    "RAISE": "acknowledged data opened it",
    "T3_RTX": "cut: the T3-rtx timer expired",
    "FAST_RTX": "cut: three SACKs reported a chunk missing",
    "ECNE": "cut: the peer reported congestion (ECN)",
    "INACTIVE": "cut: the path was idle for an RTO",
    "BURST_LIMITED": "held down to flight + Max.Burst packets",
    "BURST_RESET": "given back after a burst limit",
    "RESET": "begun anew: the association restarted",
}
"""Causes of a ``cwnd`` event; the first four cuts are named as enum sctp_lower_cwnd, include/net/sctp/constants.h."""

CUTS = ("T3_RTX", "FAST_RTX", "ECNE", "INACTIVE", "RESET")
"""The causes that mean congestion, a failure, or an idle path: always single events."""

Detail = int | float | str | bool | None


@quick
@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``details`` by kind:

    hb_rtt: ``rtt_ms`` (ns clock), ``kernel_rtt_ms`` (the kernel's own figure, whole jiffies); ``times`` in an overload:
    so many took about as long as this last one
    cwnd: ``cause`` of CWND_CAUSES, ``before``, ``after``, ``ssthresh_before``, ``ssthresh_after``,
    ``flight`` in bytes, ``times``: how many such changes this one stands for (1 for a cut); of several ``before`` is
    that of the last that came in a row
    rwnd: ``cause`` INCREASE or DECREASE, ``before``, ``after`` in bytes
    window: ``cwnd``, ``ssthresh``, ``flight``, ``peer_rwnd`` in bytes
    t3_rtx: ``rto_ms``, ``errors`` in a row before it, ``flight``; ``tsn`` and ``chunk_bytes`` (of user data) of the
    DATA chunk that had waited longest, where there is one
    retransmit: ``reason`` T3_RTX, FAST_RTX, PMTUD or T1_RTX, ``flight``
    path: ``before``, ``after`` of PATH_STATES
    association: ``change`` NEW, UP (its COOKIE ACK came) or FREED, ``state`` of ASSOCIATION_STATES as it was freed,
    ``at_ns`` as of ngap. UP: ``handshake_ms`` from INIT to COOKIE ACK, None where its INIT was not seen. FREED, where
    the reason was seen: ``reason`` and ``by`` as in model/associations/events/why_ended.py, ``before``, the state
    before it, and what there is of ``cause`` (number) and ``cause_name`` of an ABORT received, ``from``, the source
    address of it or of SHUTDOWN, ``t_bit``, ``path_state`` of that address; ``tries`` and how many were ``allowed``;
    ``pid`` and ``command`` of the process, whether it is ``exiting``, and by which ``signal`` (0: none)
    address: ``change`` ADDED or REMOVED (of the peer), OWN_ADDED or OWN_REMOVED, PRIMARY; at the time of the reading
    ngap: ``direction`` "out" or "in"; ``at_ns`` on CLOCK_MONOTONIC: handed over by the application, or arrived;
    ``wait_ns``: until first transmitted, or until the application had read it; of several chunks the last counts.
    ``blocked_ns`` (out): how long sendmsg waited for send buffer before ``at_ns``; ``order_ns`` (in): of ``wait_ns``,
    how long it waited for an earlier message of its stream. ``ppid`` as RFC 9260 orders its bytes, ``ppid_swapped`` if
    the sender did not, ``ppid_unset`` if it gave none and the port tells; ``stream``; ``tsn`` of its first chunk,
    ``last_tsn`` of its last, None where that is not known; ``length`` of the user data (of the first chunk where the
    last is not known), ``fragment`` if it has several chunks; ``pdu`` "initiatingMessage", "successfulOutcome" or
    "unsuccessfulOutcome", ``procedure`` its code,
    ``amf_ue_id`` and ``ran_ue_id`` (S1AP: of the MME and the eNB); ``nas`` the type of the 5GMM (EMM) message inside
    where it can be read, ``nas_length`` its octets, ``registration_type``, ``nas_cause``, ``cause_group``, ``cause``,
    ``ran_node`` and ``node_name`` as in sctptop/model/ngap/header.py; ``odd`` why the header could not be decoded. No
    other byte of the message is copied out of the kernel: it may be of the identity of a subscriber. What only looks
    like such a message, for it goes where they go, is one event a reading, association, direction and oddity:
    ``times`` says how many there were, the rest is that of the last.
    ngap_rtx: ``at_ns`` on CLOCK_MONOTONIC; ``tsn``, ``stream`` and ``ppid`` of a chunk that we sent again
    """

    time: datetime
    kind: str
    netns: int
    own_tag: int
    peer_tag: int
    local_port: int
    remote_port: int
    assoc_id: int | None = None
    address: str | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)

    @property
    def is_cut(self) -> bool:
        """Whether the congestion window was cut; opening and burst limits are no cuts.

        Nor is what raised it: a path that was idle gets four packets at least (sctp_transport_lower_cwnd, Linux 6.1).
        """
        if self.kind != "cwnd" or self.text("cause") not in CUTS:
            return False
        before, after = self.number("before"), self.number("after")
        return before is None or after is None or after < before

    @property
    def times(self) -> int:
        """How many it stands for."""
        return max(int(self.number("times") or 1), 1)

    def text(self, name: str) -> str:
        """A detail as text, "" when it is not there."""
        value = self.details.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> float | None:
        """A numeric detail, None when it is not there or not a number."""
        value = self.details.get(name)
        return None if isinstance(value, str | bool) or value is None else value


class _Unfrozen:
    """An event while it is made: a frozen dataclass calls a function for each attribute, and is four times as slow."""

    __slots__ = Event.__slots__

    def __init__(
        self,
        time: datetime,
        kind: str,
        netns: int,
        own_tag: int,
        peer_tag: int,
        local_port: int,
        remote_port: int,
        assoc_id: int | None,
        address: str | None,
        details: Mapping[str, Detail],
    ) -> None:
        self.time = time
        self.kind = kind
        self.netns = netns
        self.own_tag = own_tag
        self.peer_tag = peer_tag
        self.local_port = local_port
        self.remote_port = remote_port
        self.assoc_id = assoc_id
        self.address = address
        self.details = details


Names = tuple[int, int, int, int, int, int | None, str | None]
"""What an event is of: its attributes from ``netns`` to ``address``."""


def event_made(time: datetime, kind: str, names: Names, details: Mapping[str, Detail]) -> Event:
    """The same as Event(...), in a third of the time: for thousands a second."""
    made = _Unfrozen(time, kind, *names, details)
    made.__class__ = Event  # type: ignore[assignment]
    return cast(Event, made)
