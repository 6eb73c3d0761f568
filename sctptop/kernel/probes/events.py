"""Records of the probes as events of the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.program.declarations import ASSOCIATION_END, PROBE_EVENT
from sctptop.kernel.program.records import (
    CAUSES,
    ENDS,
    FREQUENT,
    HAD,
    KINDS,
    LIFE,
    LOWER,
    EndReason,
    PathWindows,
    ProbeEvent,
    Who,
)
from sctptop.model.association import ASSOCIATION_STATES, OPENING, PATH_STATES
from sctptop.model.associations.why_ended import CAUSE_NAMES, HOST, NETWORK, PEER, SHORT, THIS_END
from sctptop.model.event import Detail, Event

_CWND_CAUSES = LOWER + CAUSES
_REASONS = ("T3_RTX", "FAST_RTX", "PMTUD", "T1_RTX")
"""enum sctp_retransmit_reason, include/net/sctp/structs.h."""
_RWND = ("INCREASE", "DECREASE")
_BY = {
    "refused": PEER,
    "abort_received": PEER,
    "shutdown_by_peer": PEER,
    "stale_cookie": PEER,
    "retransmissions": NETWORK,
    "heartbeats": NETWORK,
    "no_init_ack": NETWORK,
    "no_cookie_ack": NETWORK,
    "no_shutdown_ack": NETWORK,
    "no_asconf_ack": NETWORK,
    "icmp": NETWORK,
}
"""The rest is this end's doing."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What turns the kernel's times into ours: one wall and monotonic instant, and the length of a jiffy."""

    wall: datetime
    monotonic_ns: int
    jiffies: JiffyClock

    def time(self, ns: int) -> datetime:
        """The wall clock at an instant of CLOCK_MONOTONIC."""
        return self.wall + timedelta(microseconds=(ns - self.monotonic_ns) / 1000)


def event(data: bytes, clocks: Clocks) -> Event | None:
    """One record of the perf buffer, which may be padded; None for one that is too short or of a kind not known."""
    if len(data) < PROBE_EVENT.size:
        return None
    record = PROBE_EVENT.decode(data)
    if record.kind >= len(KINDS):
        return None
    kind = KINDS[record.kind]
    details = _details(kind, record, clocks)
    # A longer record of an association has the reason of its end.
    if kind == "association" and len(data) >= ASSOCIATION_END.size:
        details |= _end(ASSOCIATION_END.decode(data).why)
    return event_of(clocks.time(record.ns), kind, record.who, details)


def change_event(windows: PathWindows, name: str, times: int, clocks: Clocks) -> Event:
    """What a frequent change of cwnd came to in this interval, as one event; ``name`` is one of FREQUENT."""
    change = windows.changes[FREQUENT.index(name)]
    details: dict[str, Detail] = {
        "cause": name,
        "before": change.before,
        "after": change.after,
        "ssthresh_before": None,
        "ssthresh_after": windows.ssthresh.now,
        "flight": windows.flight.now,
        "times": times,
    }
    return event_of(clocks.time(change.ns), "cwnd", windows.who, details)


def event_of(time: datetime, kind: str, who: Who, details: dict[str, Detail]) -> Event:
    """An event of an association, and of a path where ``who`` names one."""
    return Event(
        time=time,
        kind=kind,
        netns=who.netns,
        own_tag=who.own_tag,
        peer_tag=who.peer_tag,
        local_port=who.local_port,
        remote_port=who.remote_port,
        assoc_id=who.assoc_id or None,
        address=who.path,
        details=details,
    )


def _details(kind: str, record: ProbeEvent, clocks: Clocks) -> dict[str, Detail]:
    match kind:
        case "hb_rtt":
            kernel = clocks.jiffies.milliseconds(record.jiffies)
            return {"rtt_ms": record.rtt_ns / 1e6, "kernel_rtt_ms": kernel}
        case "cwnd":
            return {
                "cause": _named(_CWND_CAUSES, record.cause),
                "before": record.before,
                "after": record.after,
                "ssthresh_before": record.ssthresh_before,
                "ssthresh_after": record.ssthresh_after,
                "flight": record.flight,
                "times": 1,
            }
        case "rwnd":
            return {"cause": _named(_RWND, record.cause), "before": record.before, "after": record.after}
        case "window":
            return {
                "cwnd": record.after,
                "ssthresh": record.ssthresh_after,
                "flight": record.flight,
                "peer_rwnd": record.peer_rwnd,
            }
        case "t3_rtx":
            rto = clocks.jiffies.milliseconds(record.jiffies)
            details = {"rto_ms": rto, "errors": record.before, "flight": record.flight}
            # A T3 that restarts against a closed window may find nothing sent.
            oldest = {"tsn": record.tsn, "chunk_bytes": record.chunk_bytes} if record.chunk_bytes else {}
            return {**details, **oldest}
        case "retransmit":
            return {"reason": _named(_REASONS, record.cause), "flight": record.flight}
        case "path":
            return {
                "before": _named(PATH_STATES, record.before),
                "after": _named(PATH_STATES, record.after),
            }
        case _:
            state = _named(ASSOCIATION_STATES, record.after)
            change = _named(LIFE, record.cause)
            life: dict[str, Detail] = {"change": change, "state": state, "at_ns": record.ns}
            if change == "UP":
                life["handshake_ms"] = record.rtt_ns / 1e6 if record.rtt_ns else None
            return life


def _end(why: EndReason) -> dict[str, Detail]:
    """Details of the ``association`` event; none for a reason that is not known."""
    had = {name for place, name in enumerate(HAD) if why.had >> place & 1}
    state = _named(ASSOCIATION_STATES, why.state)
    reason = _reason(why, had, state)
    if reason not in SHORT:
        return {}
    path = _named(PATH_STATES, why.path_state) if "PATH" in had else None
    stranger = reason == "abort_received" and path == "UNCONFIRMED"
    details: dict[str, Detail] = {
        "reason": reason,
        "by": HOST if stranger else _BY.get(reason, THIS_END),
        "before": state,
    }
    if "CAUSE" in had:
        details |= {"cause": why.cause, "cause_name": CAUSE_NAMES.get(why.cause)}
    if why.source is not None:
        details["from"] = why.source
    if path is not None:
        details |= {"t_bit": "T_BIT" in had, "path_state": path}
    if why.tries:
        details |= {"tries": why.tries, "allowed": why.allowed}
    if "PROCESS" in had:
        command = why.comm.split(b"\0")[0].decode(errors="replace")
        details |= {"pid": why.pid, "command": command, "exiting": "EXITING" in had}
        if "EXITING" in had:
            details["signal"] = why.signal
    return details


def _reason(why: EndReason, had: set[str], state: str) -> str:
    reason = _named(ENDS, why.reason).lower()
    if reason == "abort_received" and state in OPENING:
        return "refused"
    if reason == "abort_by_application":
        if state in OPENING:
            return "given_up"
        if "LINGER" in had:
            return "linger"
        return "closed_unread" if "CLOSED" in had else reason
    return reason


def _named(names: tuple[str, ...], number: int) -> str:
    return names[number] if number < len(names) else str(number)
