"""What the probes write, from bytes to facts: struct probe_event, path_windows and assoc_windows of bpf/."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address

from sctptop.kernel.host.jiffies import JiffyClock
from sctptop.model.association import ASSOCIATION_STATES, PATH_STATES
from sctptop.model.event import Detail, Event

WHO = "IIIIHHHH16s"
"""struct who of bpf/who.h, for ``who_of``."""
_EVENT = struct.Struct(f"<Q{WHO}HHIIIIIIIQ")
_EXTENT = "III"
_CHANGE = "QIIII"
_PATH = struct.Struct(f"<{WHO}II{_EXTENT * 3}IIIIIIIi4x{_CHANGE * 3}16x")
_TOLD = struct.Struct("<I")
_TIMES = struct.Struct("<I20xI20xI")
_TOLD_AT, _TIMES_AT = 44, 128
_ASSOCIATION = struct.Struct(f"<{WHO}II{_EXTENT * 2}")
_BIN = struct.Struct("<QI4x")
_WAIT = struct.Struct("<QII")

EVENT_SIZE, PATH_SIZE, ASSOCIATION_SIZE, BIN_SIZE = _EVENT.size, _PATH.size, _ASSOCIATION.size, _BIN.size
WAIT_SIZE = _WAIT.size
KEY_SIZE = 8
WAITS = ("held", "read_wait")
"""The enum of bpf/waits.c, as the model names them."""

_KINDS = ("hb_rtt", "cwnd", "rwnd", "window", "t3_rtx", "retransmit", "path", "association")
_LOWER = ("T3_RTX", "FAST_RTX", "ECNE", "INACTIVE")
_CAUSES = (*_LOWER, "RAISE", "BURST_LIMITED", "BURST_RESET", "RESET")
FREQUENT = ("RAISE", "BURST_LIMITED", "BURST_RESET")
"""Changes of cwnd that are counted in the kernel, in the order of its enum."""
_REASONS = ("T3_RTX", "FAST_RTX", "PMTUD", "T1_RTX")
"""enum sctp_retransmit_reason, include/net/sctp/structs.h."""
_RWND = ("INCREASE", "DECREASE")
_LIFE = ("NEW", "FREED")
_INET, _INET6 = 2, 10

AssociationName = tuple[int, int, int, int]
"""Namespace, own tag, local and remote port."""


@dataclass(frozen=True, slots=True)
class Who:
    """The names of an association and, where there is one, of a path."""

    netns: int
    assoc_id: int
    own_tag: int
    peer_tag: int
    local_port: int
    remote_port: int
    address: str | None

    @property
    def association(self) -> AssociationName:
        """What tells it from all others."""
        return self.netns, self.own_tag, self.local_port, self.remote_port


@dataclass(frozen=True, slots=True)
class Extent:
    """A quantity now and its extremes over the interval."""

    now: int
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Change:
    """A frequent change of cwnd: when last, how often in all, and at both ends of the interval."""

    ns: int
    times: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class PathWindows:
    """struct path_windows; times in jiffies. ``told`` is the interval in which sock_diag last asked."""

    who: Who
    told: int
    cwnd: Extent
    ssthresh: Extent
    flight: Extent
    partial_bytes_acked: int
    pathmtu: int
    srtt: int
    rto: int
    errors: int
    state: int
    hb_running: bool
    hb_due: int
    changes: Mapping[str, Change]


@dataclass(frozen=True, slots=True)
class AssociationWindows:
    """struct assoc_windows."""

    who: Who
    told: int
    peer_rwnd: Extent
    rwnd: Extent


@dataclass(frozen=True, slots=True)
class Clocks:
    """What turns the kernel's times into ours: one wall and monotonic instant, and the length of a jiffy."""

    wall: datetime
    monotonic_ns: int
    jiffies: JiffyClock

    def time(self, ns: int) -> datetime:
        """The wall clock at an instant of CLOCK_MONOTONIC."""
        return self.wall + timedelta(microseconds=(ns - self.monotonic_ns) / 1000)


def path_windows(data: bytes) -> PathWindows:
    """Raises struct.error when the size is another."""
    values = _PATH.unpack(data)
    cwnd, ssthresh, flight = values[11:14], values[14:17], values[17:20]
    partial_bytes_acked, pathmtu, srtt, rto, errors, state, hb_running, hb_due, *changes = values[20:]
    return PathWindows(
        who=who_of(values[:9]),
        told=values[10],
        cwnd=Extent(*cwnd),
        ssthresh=Extent(*ssthresh),
        flight=Extent(*flight),
        partial_bytes_acked=partial_bytes_acked,
        pathmtu=pathmtu,
        srtt=srtt,
        rto=rto,
        errors=errors,
        state=state,
        hb_running=bool(hb_running),
        hb_due=hb_due,
        changes={name: Change(*changes[5 * place : 5 * place + 4]) for place, name in enumerate(FREQUENT)},
    )


def association_windows(data: bytes) -> AssociationWindows:
    """Raises struct.error when the size is another."""
    values = _ASSOCIATION.unpack(data)
    return AssociationWindows(who_of(values[:9]), values[10], Extent(*values[11:14]), Extent(*values[14:17]))


def told_in(data: bytes) -> int:
    """The interval in which sock_diag last asked for it, of either struct, without decoding the rest."""
    told: int = _TOLD.unpack_from(data, _TOLD_AT)[0]
    return told


def change_times(data: bytes) -> tuple[int, ...]:
    """How often each of FREQUENT happened in all, of a path's windows, without decoding the rest."""
    return _TIMES.unpack_from(data, _TIMES_AT)


def rtt_bin(data: bytes) -> int:
    """The index of the bin, of the key of a count of data RTTs; the key of the path goes before it."""
    index: int = _BIN.unpack(data)[1]
    return index


def wait_bin(data: bytes) -> tuple[int, int]:
    """Which of WAITS, and the index of the bin, of the key of a count of waits, which the association's begins."""
    _, wait, index = _WAIT.unpack(data)
    return wait, index


def event(data: bytes, clocks: Clocks) -> Event | None:
    """One record of the perf buffer, which may be padded; None for one of a kind not known."""
    if len(data) < EVENT_SIZE:
        return None
    values = _EVENT.unpack_from(data)
    ns, who, kind = values[0], who_of(values[1:10]), values[10]
    if kind >= len(_KINDS):
        return None
    return _event(clocks.time(ns), _KINDS[kind], who, _details(_KINDS[kind], *values[11:], clocks=clocks))


def change_event(windows: PathWindows, name: str, times: int, clocks: Clocks) -> Event:
    """What a frequent change of cwnd came to in this interval, as one event."""
    change = windows.changes[name]
    details: dict[str, Detail] = {
        "cause": name,
        "before": change.before,
        "after": change.after,
        "ssthresh_before": None,
        "ssthresh_after": windows.ssthresh.now,
        "flight": windows.flight.now,
        "times": times,
    }
    return _event(clocks.time(change.ns), "cwnd", windows.who, details)


def _event(time: datetime, kind: str, who: Who, details: dict[str, Detail]) -> Event:
    return Event(
        time=time,
        kind=kind,
        netns=who.netns,
        own_tag=who.own_tag,
        peer_tag=who.peer_tag,
        local_port=who.local_port,
        remote_port=who.remote_port,
        assoc_id=who.assoc_id or None,
        address=who.address,
        details=details,
    )


def _details(
    kind: str,
    cause: int,
    before: int,
    after: int,
    ssthresh_before: int,
    ssthresh_after: int,
    flight: int,
    peer_rwnd: int,
    jiffies: int,
    rtt_ns: int,
    *,
    clocks: Clocks,
) -> dict[str, Detail]:
    match kind:
        case "hb_rtt":
            return {"rtt_ms": rtt_ns / 1e6, "kernel_rtt_ms": clocks.jiffies.milliseconds(jiffies)}
        case "cwnd":
            return {
                "cause": _named(_CAUSES, cause),
                "before": before,
                "after": after,
                "ssthresh_before": ssthresh_before,
                "ssthresh_after": ssthresh_after,
                "flight": flight,
                "times": 1,
            }
        case "rwnd":
            return {"cause": _named(_RWND, cause), "before": before, "after": after}
        case "window":
            return {"cwnd": after, "ssthresh": ssthresh_after, "flight": flight, "peer_rwnd": peer_rwnd}
        case "t3_rtx":
            return {"rto_ms": clocks.jiffies.milliseconds(jiffies), "errors": before, "flight": flight}
        case "retransmit":
            return {"reason": _named(_REASONS, cause), "flight": flight}
        case "path":
            return {"before": _named(PATH_STATES, before), "after": _named(PATH_STATES, after)}
        case _:
            return {"change": _named(_LIFE, cause), "state": _named(ASSOCIATION_STATES, after)}


def who_of(values: tuple[int | bytes, ...]) -> Who:
    """The members of struct who, unpacked."""
    netns, assoc_id, own_tag, peer_tag, local_port, remote_port, family, _, address = values
    assert isinstance(address, bytes)
    text: str | None = None
    if family == _INET:
        text = str(IPv4Address(address[:4]))
    elif family == _INET6:
        text = str(IPv6Address(address))
    return Who(netns, assoc_id, own_tag, peer_tag, local_port, remote_port, text)  # type: ignore[arg-type]


def _named(names: tuple[str, ...], number: int) -> str:
    return names[number] if number < len(names) else str(number)
