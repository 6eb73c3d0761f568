"""What each rule of advice finds, in few words: for a row, for a sentence on the host; and the view that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Brief(NamedTuple):
    """``reason`` of a row, with {address} of its path and {lasted} in it; ``short`` where there is little room.

    ``one`` of it and ``several``, where that is not just an s more, are counted in a sentence. ``view``: the id of the
    view that shows it.
    """

    reason: str
    short: str
    one: str
    view: str
    several: str = ""

    def counted(self, count: int) -> str:
        """``1 dead path``, ``3 refused peers``."""
        return f"{count} {self.one if count == 1 else self.several or f'{self.one}s'}"


BRIEF: Mapping[str, Brief] = {
    "refused_setup": Brief("its set-up is refused", "set-up refused", "refused set-up", "events"),
    "failing_peer": Brief("connects fail {lasted}", "fails", "failing peer", "events"),
    "aborting_peer": Brief("aborted again and again", "aborted", "aborting peer", "events"),
    "stopped_process": Brief(
        "its process is stopped", "stopped", "stopped process", "queue", "stopped processes"
    ),
    "no_route": Brief("no way to {address} {lasted}", "no route", "unreachable path", "paths"),
    "dead_path": Brief("path {address} dead {lasted}", "dead", "dead path", "paths"),
    "after_outage": Brief(
        "waits after an outage", "waits", "wait after an outage", "paths", "waits after outages"
    ),
    "unread_data": Brief("reads nothing {lasted}", "unread", "hanging reader", "queue"),
    "silent_application": Brief("peer is silent {lasted}", "silent", "silent application", "queue"),
    "closed_window": Brief("peer's window closed {lasted}", "window 0", "closed window", "queue"),
    "path_mtu": Brief(
        "large packets are lost", "path MTU", "path MTU too small", "cwnd", "path MTUs too small"
    ),
    "filtered_chunks": Brief(
        "data is filtered on the way", "filtered", "path filtered", "cwnd", "paths filtered"
    ),
    "saturated": Brief("reads too slowly", "slow reader", "slow reader", "queue"),
    "nagle": Brief("Nagle holds messages", "Nagle holds", "Nagle stall", "queue"),
    "small_rcvbuf": Brief("receive buffer too small", "small rcvbuf", "small receive buffer", "queue"),
    "lossy_path": Brief("packets are lost", "packets lost", "lossy path", "cwnd"),
    "reordered_packets": Brief("packets out of order", "reorder", "reordering path", "cwnd"),
    "late_sacks": Brief(
        "SACKs late or lost", "late SACKs", "path with late SACKs", "cwnd", "paths with late SACKs"
    ),
    "spurious_rtx": Brief("resends for nothing", "resends", "spurious retransmitter", "cwnd"),
    "delayed_sack": Brief("delays its SACKs", "SACK delay", "delayed SACK", "queue"),
    "slow_core": Brief("the core is slow", "slow core", "slow core", "registration"),
    "slow_ran": Brief("the RAN is slow", "slow RAN", "slow RAN", "registration"),
    "failed_registrations": Brief("registrations fail", "reg fails", "failing registration", "registration"),
    "flapping_peer": Brief("comes and goes", "flaps", "flapping peer", "events"),
    "full_backlog": Brief("nobody accepts it", "not accepted", "full backlog", "queue"),
    "storm": Brief("connect storm", "storm", "connect storm", "events"),
    "flapping_path": Brief("path {address} comes and goes", "path flaps", "flapping path", "paths"),
    "untried_path": Brief("path {address} untried {lasted}", "untried", "untried path", "paths"),
    "slow_primary": Brief("primary path is slow", "slow path", "slow primary path", "rtt"),
    "small_sndbuf": Brief("send buffer is full", "sndbuf full", "full send buffer", "queue"),
    "abandoned": Brief("gives up messages", "gives up", "sender giving up", "queue", "senders giving up"),
    "slow_shutdown": Brief("shuts down {lasted}", "shuts down", "slow shutdown", "events"),
    "ppid_order": Brief("PPID in wrong byte order", "PPID", "wrong PPID", "events"),
    "no_ppid": Brief("NGAP without a PPID", "no PPID", "missing PPID", "events"),
    "one_stream": Brief("all UEs on one stream", "1 stream", "single stream", "events"),
    "no_heartbeat": Brief("no heartbeat was timed", "no HB", "path without HB", "rtt", "paths without HB"),
}
UNANSWERED = Brief("no answer to INIT {lasted}", "no answer", "unanswered connect", "events")
REFUSED = Brief("refused {lasted}", "refused", "refused peer", "events")
CONNECTING, NOT_UP = "failing_peer", ("failing_peer", "dead_path")


def brief_of(rule: str, *, opening: bool = False, why: str = "") -> Brief:
    """That of a rule; ``opening``: the association is not up yet; ``why`` connects of the peer mostly failed."""
    if rule == CONNECTING and why.startswith("refused"):
        return REFUSED
    if rule in NOT_UP and (opening or why.startswith("no answer")):
        return UNANSWERED
    return BRIEF[rule]
