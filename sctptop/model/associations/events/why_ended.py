"""Why an association ended: as the kernel's state machine told it, or else as far as its last state and the SNMP
counters of that interval show. Words as RFC 9260 has them.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sctptop.model.association import Association
from sctptop.model.event import Event

CAUSE_NAMES: Mapping[int, str] = {
    1: "Invalid Stream Identifier",
    2: "Missing Mandatory Parameter",
    3: "Stale Cookie",
    4: "Out of Resource",
    5: "Unresolvable Address",
    6: "Unrecognized Chunk Type",
    7: "Invalid Mandatory Parameter",
    8: "Unrecognized Parameters",
    9: "No User Data",
    10: "Cookie Received While Shutting Down",
    11: "Restart of an Association with New Addresses",
    12: "User-Initiated Abort",
    13: "Protocol Violation",
    160: "Request to Delete Last Remaining IP Address",
    161: "Operation Refused Due to Resource Shortage",
    162: "Request to Delete Source IP Address",
    163: "Association Aborted Due to Illegal ASCONF-ACK",
    164: "Request Refused - No Authorization",
}
"""Causes of an ABORT: RFC 9260 section 3.3.10, from 160 on RFC 5061 section 3.3."""

RESTARTED = "restarted"
THIS_END, PEER, NETWORK, HOST = "this end", "peer", "network", "host"

SHORT: Mapping[str, str] = {
    "refused": "refused",
    "abort_received": "ABORT received",
    "abort_by_application": "ABORT sent",
    "closed_unread": "ABORT: unread",
    "linger": "ABORT: linger",
    "given_up": "given up",
    "shutdown_here": "shut down here",
    "shutdown_by_peer": "peer shut down",
    "autoclose": "autoclose",
    "retransmissions": "peer lost",
    "heartbeats": "peer lost",
    "no_init_ack": "no INIT ACK",
    "no_cookie_ack": "no COOKIE ACK",
    "no_shutdown_ack": "SHUTDOWN lost",
    "no_asconf_ack": "no ASCONF ACK",
    "shutdown_guard": "T5 expired",
    "icmp": "no SCTP there",
    "stale_cookie": "stale cookie",
    "violation": "violation",
    "no_user_data": "empty DATA",
    "abort_sent": "ABORT sent",
}
"""Every reason in 14 characters at most: what the column has room for."""


@dataclass(frozen=True, slots=True)
class WhyEnded:
    """Why an association ended.

    ``reason`` is one of SHORT. ``by`` says whose doing it was: this end's, the peer's, the network's, or that of
    another host, which answered for an address that never answered as the peer's. ``cause`` is that of an ABORT
    received, ``address`` where it or a SHUTDOWN came from, ``t_bit`` that its sender knows no such association.
    ``state`` is the one before. ``tries`` of ``allowed`` came before a limit ended it. ``pid`` and ``command`` name the
    process that ended it; ``exiting`` while it ended itself, by ``signal`` where that is not 0.
    """

    reason: str
    by: str
    state: str | None = None
    cause: int | None = None
    address: str | None = None
    t_bit: bool = False
    tries: int | None = None
    allowed: int | None = None
    pid: int | None = None
    command: str | None = None
    exiting: bool = False
    signal: int = 0
    peer: str | None = None

    @property
    def short(self) -> str:
        """In at most 14 characters."""
        return SHORT[self.reason]

    @property
    def text(self) -> str:
        """In one plain sentence, without a stop."""
        return self.what + self._process()

    @property
    def what(self) -> str:
        """The same without the process that did it."""
        match self.reason:
            case "refused":
                chunk = "COOKIE ECHO" if self.state == "COOKIE_ECHOED" else "INIT"
                cause = "" if self.cause is None else f": {cause_text(self.cause)}"
                return f"refused by {self.address or self.peer or 'the peer'} (ABORT to {chunk}{cause})"
            case "abort_received":
                return f"ABORT from {self.address or 'the peer'}{self._why_aborted()}"
            case "icmp":
                return f"no SCTP at {self.peer or 'the peer'} (ICMP protocol unreachable)"
            case "retransmissions":
                return f"too many retransmissions{self._tries('{tries} of {allowed}')}"
            case "heartbeats":
                return f"too many heartbeats without an answer{self._tries('{tries} of {allowed}')}"
            case "no_init_ack":
                return f"no answer to INIT{self._tries('{tries} tries')}"
            case "no_cookie_ack":
                return f"no answer to COOKIE ECHO{self._tries('{tries} tries')}"
            case "no_shutdown_ack":
                chunk = "SHUTDOWN ACK" if self.state == "SHUTDOWN_ACK_SENT" else "SHUTDOWN"
                return f"no answer to {chunk}{self._tries('{tries} of {allowed}')}"
            case "no_asconf_ack":
                return f"no answer to ASCONF{self._tries('{tries} of {allowed}')}"
            case _:
                return _TEXTS[self.reason]

    def _why_aborted(self) -> str:
        why = "" if self.cause is None else f": {cause_text(self.cause)}"
        if self.by == HOST:
            return f", which never answered as the peer{why}"
        return f"{why}, which has no such association" if self.t_bit else why

    def _tries(self, words: str) -> str:
        return "" if self.tries is None else f" ({words.format(tries=self.tries, allowed=self.allowed)})"

    def _process(self) -> str:
        if self.pid is None:
            return ""
        name = f", {self.command or 'process'}[{self.pid}]"
        if not self.exiting:
            return name
        return f"{name} killed by {signal_name(self.signal)}" if self.signal else f"{name} exited"


_TEXTS: Mapping[str, str] = {
    "abort_by_application": "ABORT sent by the application",
    "closed_unread": "ABORT sent: closed with data unread",
    "linger": "ABORT sent: closed with SO_LINGER 0",
    "given_up": "given up while connecting",
    "shutdown_here": "shut down here",
    "shutdown_by_peer": "shut down by the peer",
    "autoclose": "shut down here by autoclose",
    "shutdown_guard": "ABORT sent: shutting down took too long (T5-shutdown-guard)",
    "stale_cookie": "the peer calls our cookies stale",
    "violation": "ABORT sent: the peer violated the protocol",
    "no_user_data": "ABORT sent: DATA without user data came",
    "abort_sent": "ABORT sent",
}


def end_of(event: Event) -> WhyEnded | None:
    """The end that an ``association`` event tells; None where it tells none, or no reason."""
    details = event.details
    reason = event.text("reason")
    if event.kind != "association" or event.text("change") != "FREED" or reason not in SHORT:
        return None
    return WhyEnded(
        reason=reason,
        by=event.text("by") or THIS_END,
        state=event.text("before") or None,
        cause=_whole(event, "cause"),
        address=event.text("from") or None,
        t_bit=details.get("t_bit") is True,
        tries=_whole(event, "tries"),
        allowed=_whole(event, "allowed"),
        pid=_whole(event, "pid"),
        command=event.text("command") or None,
        exiting=details.get("exiting") is True,
        signal=_whole(event, "signal") or 0,
        peer=event.address,
    )


def reason(last: Association, born: Iterable[Association], gone: int, gained: Mapping[str, int]) -> str:
    """In words; ``born`` and ``gone`` are of the same interval and namespace, ``gained`` what its counters
    gained there. Nothing but "ended" where those may be of others that went.
    """
    ends = (last.netns, last.local_port, last.remote_port)
    for new in born:
        # A restart (RFC 9260 section 5.2) keeps the association and its id; a reconnect has a new one.
        same_ends = (new.netns, new.local_port, new.remote_port) == ends
        if same_ends and new.assoc_id is not None and new.assoc_id == last.assoc_id:
            return RESTARTED
    came_up = gained.get("SctpActiveEstabs", 0) + gained.get("SctpPassiveEstabs", 0)
    if last.state and last.state.startswith("COOKIE") and not came_up:
        return "never came up"
    shutdowns, aborts = gained.get("SctpShutdowns", 0), gained.get("SctpAborteds", 0)
    if last.state and last.state.startswith("SHUTDOWN") and not aborts:
        return "shut down"
    if shutdowns >= gone and not aborts:
        return "shut down"
    if aborts >= gone and not shutdowns:
        return "aborted"
    return "ended"


def cause_text(cause: int) -> str:
    """``User-Initiated Abort (12)``."""
    return f"{CAUSE_NAMES[cause]} ({cause})" if cause in CAUSE_NAMES else f"cause {cause}"


def signal_name(number: int) -> str:
    """``SIGKILL``."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _whole(event: Event, name: str) -> int | None:
    value = event.details.get(name)
    return value if type(value) is int else None
