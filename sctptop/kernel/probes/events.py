"""Records of the probes as events of the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.kernel.probes.records import (
    CAUSES,
    FREQUENT,
    KINDS,
    LIFE,
    LOWER,
    PROBE_EVENT,
    PathWindows,
    ProbeEvent,
    Who,
)
from sctptop.model.association import ASSOCIATION_STATES, PATH_STATES
from sctptop.model.event import Detail, Event

_CWND_CAUSES = LOWER + CAUSES
_REASONS = ("T3_RTX", "FAST_RTX", "PMTUD", "T1_RTX")
"""enum sctp_retransmit_reason, include/net/sctp/structs.h."""
_RWND = ("INCREASE", "DECREASE")


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
    return event_of(clocks.time(record.ns), kind, record.who, _details(kind, record, clocks))


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
            return {"change": _named(LIFE, record.cause), "state": state, "at_ns": record.ns}


def _named(names: tuple[str, ...], number: int) -> str:
    return names[number] if number < len(names) else str(number)
