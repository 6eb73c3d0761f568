"""Records of the probes as events of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.layout import Layout
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
    Who,
)
from sctptop.model.association import ASSOCIATION_STATES, OPENING, PATH_STATES
from sctptop.model.associations.events.why_ended import CAUSE_NAMES, HOST, NETWORK, PEER, SHORT, THIS_END
from sctptop.model.event import Detail, Event, Names, event_made

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
        return self.wall + timedelta(0, 0, round((ns - self.monotonic_ns) / 1000))


_WHO = Layout(Who)
_WHO_AT = next(member.offset for member in PROBE_EVENT.members if member.name == "who")
_WHO_END = _WHO_AT + _WHO.size
_numbers = PROBE_EVENT.picker(*(member.name for member in PROBE_EVENT.members if member.name != "who"))
MOST_NAMES = 1 << 14
"""Of associations and paths whose names are kept, so that they are not decoded with each event."""


def event(data: bytes, clocks: Clocks) -> Event | None:
    """One record of the perf buffer, which may be padded; None for one that is too short or of a kind not known."""
    if len(data) < PROBE_EVENT.size:
        return None
    numbers = _numbers(data)
    if numbers[1] >= len(KINDS):
        return None
    kind = KINDS[numbers[1]]
    details = _DETAILS[kind](numbers, clocks)
    # A longer record of an association has the reason of its end.
    if kind == "association" and len(data) >= ASSOCIATION_END.size:
        details |= _end(ASSOCIATION_END.decode(data).why)
    return event_made(clocks.time(numbers[0]), kind, names_in(data[_WHO_AT:_WHO_END]), details)


@lru_cache(MOST_NAMES)
def names_in(who: bytes) -> Names:
    """The names in a struct who."""
    return names_of(_WHO.decode(who))


def names_of(who: Who) -> Names:
    """The same of one that is decoded."""
    return (
        who.netns,
        who.own_tag,
        who.peer_tag,
        who.local_port,
        who.remote_port,
        who.assoc_id or None,
        who.path,
    )


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
    return event_made(clocks.time(change.ns), "cwnd", names_of(windows.who), details)


Numbers = tuple[int, ...]
"""A record without its names: ns, kind, cause, before, after, ssthresh before and after, flight, peer_rwnd, jiffies,
tsn, chunk_bytes, rtt_ns."""


def _heartbeat(numbers: Numbers, clocks: Clocks) -> dict[str, Detail]:
    return {"rtt_ms": numbers[12] / 1e6, "kernel_rtt_ms": clocks.jiffies.milliseconds(numbers[9])}


def _cwnd(numbers: Numbers, _: Clocks) -> dict[str, Detail]:
    return {
        "cause": _named(_CWND_CAUSES, numbers[2]),
        "before": numbers[3],
        "after": numbers[4],
        "ssthresh_before": numbers[5],
        "ssthresh_after": numbers[6],
        "flight": numbers[7],
        "times": 1,
    }


def _rwnd(numbers: Numbers, _: Clocks) -> dict[str, Detail]:
    return {"cause": _named(_RWND, numbers[2]), "before": numbers[3], "after": numbers[4]}


def _window(numbers: Numbers, _: Clocks) -> dict[str, Detail]:
    return {"cwnd": numbers[4], "ssthresh": numbers[6], "flight": numbers[7], "peer_rwnd": numbers[8]}


def _t3_rtx(numbers: Numbers, clocks: Clocks) -> dict[str, Detail]:
    rto = clocks.jiffies.milliseconds(numbers[9])
    details: dict[str, Detail] = {"rto_ms": rto, "errors": numbers[3], "flight": numbers[7]}
    # A T3 that restarts against a closed window may find nothing sent.
    oldest: dict[str, Detail] = {"tsn": numbers[10], "chunk_bytes": numbers[11]} if numbers[11] else {}
    return {**details, **oldest}


def _retransmit(numbers: Numbers, _: Clocks) -> dict[str, Detail]:
    return {"reason": _named(_REASONS, numbers[2]), "flight": numbers[7]}


def _path(numbers: Numbers, _: Clocks) -> dict[str, Detail]:
    return {"before": _named(PATH_STATES, numbers[3]), "after": _named(PATH_STATES, numbers[4])}


def _association(numbers: Numbers, _: Clocks) -> dict[str, Detail]:
    change = _named(LIFE, numbers[2])
    life: dict[str, Detail] = {
        "change": change,
        "state": _named(ASSOCIATION_STATES, numbers[4]),
        "at_ns": numbers[0],
    }
    if change == "UP":
        life["handshake_ms"] = numbers[12] / 1e6 if numbers[12] else None
    return life


_DETAILS: Mapping[str, Callable[[Numbers, Clocks], dict[str, Detail]]] = {
    "hb_rtt": _heartbeat,
    "cwnd": _cwnd,
    "rwnd": _rwnd,
    "window": _window,
    "t3_rtx": _t3_rtx,
    "retransmit": _retransmit,
    "path": _path,
    "association": _association,
}


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
