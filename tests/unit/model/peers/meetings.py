"""Events of associations that begin, come up and end, as probes tell them; each association by a number."""

from __future__ import annotations

from typing import Any

from sctptop.model.event import Event
from tests.unit.associations import NETNS, START

AMF, GNB = "10.9.0.2", "10.9.0.1"
REFUSED: dict[str, Any] = {"reason": "refused", "by": "peer", "before": "COOKIE_WAIT", "from": AMF}
ABORTED: dict[str, Any] = {
    "reason": "abort_received",
    "by": "peer",
    "before": "ESTABLISHED",
    "from": AMF,
    "cause": 12,
}
SHUT_BY_PEER: dict[str, Any] = {"reason": "shutdown_by_peer", "by": "peer", "before": "SHUTDOWN_ACK_SENT"}
SHUT_HERE: dict[str, Any] = {"reason": "shutdown_here", "by": "this end", "before": "SHUTDOWN_SENT"}


def called(number: int, change: str, address: str = AMF, **details: Any) -> Event:
    """Of an association that this host asked for."""
    return _event(number, change, address, 50_000 + number, 38412, details)


def taken(number: int, change: str, address: str = GNB, **details: Any) -> Event:
    """Of one that a peer asked for."""
    return _event(number, change, address, 38412, 50_000 + number, details)


def tried(number: int, **end: Any) -> list[Event]:
    """One that never came up."""
    return [called(number, "NEW", state="COOKIE_WAIT"), called(number, "FREED", state="CLOSED", **end)]


def came_up(number: int, handshake_ms: float = 1.5) -> list[Event]:
    """One of ours that did."""
    return [called(number, "NEW", state="COOKIE_WAIT"), called(number, "UP", handshake_ms=handshake_ms)]


def setup(number: int, pdu: str, **details: Any) -> Event:
    """A message of NGSetup on an association that this host asked for."""
    facts = {"pdu": pdu, "procedure": 21, "ppid": 60, "direction": "in", **details}
    return Event(START, "ngap", NETNS, number, number + 1000, 50_000 + number, 38412, details=facts)


def _event(number: int, change: str, address: str, local: int, remote: int, details: dict[str, Any]) -> Event:
    facts = {"change": change, "state": "ESTABLISHED", **details}
    return Event(START, "association", NETNS, number, number + 1000, local, remote, None, address, facts)
