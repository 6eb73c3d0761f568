"""A source that plays samples made here or captured from a kernel, at the time they carry."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path as FilePath

from sctptop.model.association import NS_PER_MS, Association, Path
from sctptop.model.associations.counter_help import COUNTER_HELP
from sctptop.model.event import Detail, Event
from sctptop.model.sample import Endpoint, Sample
from sctptop.model.source_state import SourceState
from sctptop.schema import from_json

NETNS = 4026531840
UNPROBED = {"sock_diag": "ok", "procfs": "ok"}
PROBED = {**UNPROBED, "bpf": "ok"}
START = datetime(2026, 11, 23, 12, 3, 0, tzinfo=timezone.utc)


class Scripted:
    """Plays samples one a reading; the last one goes on with the clock of the script running."""

    def __init__(self, samples: Sequence[Sample | Exception]) -> None:
        self._samples = list(samples)
        self.reads = 0
        self.closed = 0

    @classmethod
    def from_jsonl(cls, path: FilePath) -> Scripted:
        """A capture: one sample of the published JSON form a line."""
        return cls([from_json(json.loads(text)) for text in path.read_text().splitlines() if text.strip()])

    def read(self) -> Sample:
        """The next of the script; an exception in it is raised."""
        place = self.reads
        self.reads += 1
        chosen = self._samples[min(place, len(self._samples) - 1)]
        if isinstance(chosen, Exception):
            raise chosen
        beyond = place - len(self._samples) + 1
        if beyond <= 0:
            return chosen
        return replace(chosen, time=chosen.time + timedelta(seconds=beyond), events=(), events_lost=0)

    def close(self) -> None:
        """Counts how often it was called."""
        self.closed += 1


def sample(
    tick: int,
    associations: Iterable[Association] = (),
    *,
    counters: dict[int, dict[str, int]] | None = None,
    sources: dict[str, str] | None = None,
    endpoints: tuple[Endpoint, ...] = (),
    interval_s: float = 1.0,
) -> Sample:
    """One reading at second ``tick`` of the script."""
    return Sample(
        time=START + timedelta(seconds=tick),
        interval_s=interval_s if tick else None,
        read_s=0.0031,
        host="amf-1",
        kernel="6.1.0",
        hz=250,
        sources={name: SourceState.parse(text) for name, text in (sources or UNPROBED).items()},
        associations=tuple(associations),
        endpoints=endpoints,
        counters=snmp(tick) if counters is None else counters,
    )


def association(number: int, tick: int = 0, *, state: str = "ESTABLISHED", **changes: object) -> Association:
    """An association of an AMF with gNB ``number``, as it stands at second ``tick``."""
    busy = number % 3
    wave = 0.5 + 0.5 * math.sin((tick + number) / 5)
    cwnd = 4380 + (tick * 1460 if busy else 0) % 60000
    flight = int(min(cwnd, 17400 * wave)) if busy else 0
    remote = f"48.0.{70 + number // 200}.{2 + number % 200}"
    spare = f"48.1.{70 + number // 200}.{2 + number % 200}"
    paths = (
        Path(
            remote,
            "ACTIVE",
            True,
            cwnd,
            106496 if tick < 20 else 43800,
            flight,
            8.0 + 4 * (tick // 7 % 3),
            1000,
            0,
            5,
        ),
        Path(
            spare,
            "INACTIVE" if number == 1 and tick > 30 else "ACTIVE",
            False,
            rto_ms=3000,
            errors=0,
            max_retrans=5,
        ),
    )
    entry = Association(
        netns=NETNS,
        assoc_id=number + 1,
        state=state,
        local_port=38412,
        remote_port=59058 + number,
        local_addresses=("10.9.0.1",),
        remote_addresses=(remote, spare) if number % 4 == 1 else (remote,),
        primary=remote,
        send_queue=flight + 512 if busy else 0,
        recv_queue=0 if number != 4 else 2304,
        unacked=flight // 300,
        pending=0,
        flight=flight,
        cwnd=cwnd,
        ssthresh=paths[0].ssthresh,
        peer_rwnd=106496 - flight,
        local_rwnd=106496,
        srtt_ms=paths[0].srtt_ms,
        rto_ms=1000,
        sack_delay_ms=200,
        hb_interval_ms=30000.0,
        nodelay=bool(number % 2),
        in_streams=10,
        out_streams=10,
        rtx_chunks=3 * (tick // 15) if number == 2 else 0,
        in_packets=1000 + 110 * tick * busy,
        out_packets=1200 + 100 * tick * busy,
        in_sacks=50 * tick * busy,
        out_sacks=55 * tick * busy,
        in_data_chunks=80 * tick * busy,
        out_data_chunks=90 * tick * busy,
        in_dup_chunks=0,
        gap_acks=tick // 10 if number == 2 else 0,
        inode=12194,
        uid=0,
        paths=paths[: 2 if number % 4 == 1 else 1],
        own_tag=0x1000 + number,
        peer_tag=0x2000 + number,
        socket_type="one-to-many",
        sndbuf=212992,
        rcvbuf=212992,
        path_max_retrans=5,
        primary_state="ACTIVE",
        primary_errors=0,
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def snmp(tick: int) -> dict[int, dict[str, int]]:
    """Counters of one namespace that grow as those of a loaded AMF."""
    grows = {
        "SctpInSCTPPacks": 1210,
        "SctpOutSCTPPacks": 1100,
        "SctpInOrderChunks": 800,
        "SctpOutOrderChunks": 850,
        "SctpInCtrlChunks": 410,
        "SctpOutCtrlChunks": 420,
        "SctpDelaySackExpireds": 3,
        "SctpInPktSoftirq": 1190,
        "SctpInPktBacklog": 20,
    }
    values = {name: 5 * rate + rate * tick for name, rate in grows.items()}
    values |= {"SctpCurrEstab": 11, "SctpPassiveEstabs": 14, "SctpAborteds": 1, "SctpShutdowns": 2}
    values["SctpT3RtxExpireds"] = values["SctpT3Retransmits"] = tick // 15
    return {NETNS: {name: values.get(name, 0) for name in COUNTER_HELP}}


def amf(ticks: int, associations: int = 12) -> Iterator[Sample]:
    """An AMF under load: most associations up, one still starting."""
    for tick in range(ticks):
        entries = [association(number, tick) for number in range(associations - 1)]
        late = association(associations - 1, tick, state="COOKIE_WAIT", srtt_ms=None, paths=())
        yield sample(tick, [*entries, late])


def event(tick: int, kind: str, number: int = 1, address: str | None = None, **details: Detail) -> Event:
    """What a probe saw a little before second ``tick``, on the primary path of ``association(number)``."""
    entry = association(number)
    return Event(
        time=START + timedelta(seconds=tick - 1, milliseconds=123),
        kind=kind,
        netns=NETNS,
        own_tag=entry.own_tag or 0,
        peer_tag=entry.peer_tag or 0,
        local_port=entry.local_port,
        remote_port=entry.remote_port,
        assoc_id=entry.assoc_id,
        address=entry.primary if address is None else address or None,
        details=details,
    )


def heartbeat(tick: int, rtt_ms: float, number: int = 1, address: str | None = None) -> Event:
    """A heartbeat answered."""
    kernel_ms = math.ceil(rtt_ms / 4) * 4.0
    return event(tick, "hb_rtt", number, address, rtt_ms=rtt_ms, kernel_rtt_ms=kernel_ms)


def cut(tick: int, cause: str, before: int, after: int, **changes: Detail) -> Event:
    """The congestion window changed for ``cause``."""
    details: dict[str, Detail] = {
        "cause": cause,
        "before": before,
        "after": after,
        "flight": 2920,
        "times": 1,
    }
    details |= {"ssthresh_before": 106496, "ssthresh_after": max(before // 2, 4 * 1460)} | changes
    return event(tick, "cwnd", **details)  # type: ignore[arg-type]


@cache
def probed(number: int, tick: int) -> Association:
    """``association(number)`` as it is told with probes on: every path, and when its heartbeat is due."""
    entry = association(number, tick)
    primary, *others = entry.paths
    cwnd = primary.cwnd or 0
    told = [
        replace(
            primary,
            hb_due_ns=((30 - (tick + number) % 30) * 1000 - 400) * NS_PER_MS,
            cwnd_min=cwnd - 1460,
            cwnd_max=cwnd,
            flight_min=0,
            flight_max=primary.flight,
            data_rtt_bins=((9_300_000 + 100_000 * (tick % 7), 3), (203_000_000, int(tick % 9 == 0))),
        )
    ]
    told += [
        replace(path, hb_due_ns=12_400 * NS_PER_MS, cwnd=4380, ssthresh=106496, flight=0, srtt_ms=12.0)
        for path in others
    ]
    return replace(
        entry,
        paths=tuple(told),
        rwnd=106000,
        rwnd_min=99000,
        rwnd_max=106496,
        peer_rwnd_min=89000,
        peer_rwnd_max=106496,
        # Nagle holds one message in 10 until a delayed SACK; the application reads at once.
        held_bins=((37_000, 6), (52_000, 3), (199_000_000, int(tick % 3 == 0))) if number % 3 else (),
        read_wait_bins=((18_000, 5), (150_000 + 9000 * (tick % 5), 2)) if number % 3 else (),
    )


def with_probes(ticks: int, associations: int = 12) -> Iterator[Sample]:
    """The AMF of ``amf`` with probes on: heartbeats, cuts, a path that goes down, associations that come and go."""
    spare = association(1).remote_addresses[1]
    single: dict[int, tuple[Event, ...]] = {
        9: (event(9, "association", 4, "", change="NEW"),),
        12: (
            event(12, "t3_rtx", rto_ms=1000, errors=0),
            cut(12, "T3_RTX", 17520, 1460),
            event(12, "retransmit", reason="T3_RTX"),
            cut(12, "RAISE", 1460, 4380, times=2, ssthresh_after=106496),
        ),
        14: (event(14, "t3_rtx", rto_ms=2000, errors=1), cut(14, "T3_RTX", 4380, 1460)),
        24: (cut(24, "FAST_RTX", 20440, 10220), event(24, "retransmit", reason="FAST_RTX")),
        31: (event(31, "path", 1, spare, before="ACTIVE", after="INACTIVE"),),
        36: (event(36, "association", 77, "", change="FREED", state="ESTABLISHED"),),
        38: (cut(38, "INACTIVE", 30660, 15330),),
    }
    for tick in range(ticks):
        beats = [
            heartbeat(
                tick, 7.6 + 0.9 * abs(math.sin(tick * 2.3 + number)) ** 3 + (3.1 if tick == 17 else 0), number
            )
            for number in range(associations)
            if tick and (number == 1 or (tick + number) % 5 == 0)
        ]
        yield replace(
            sample(tick, [probed(number, tick) for number in range(associations)], sources=PROBED),
            events=(*beats, *single.get(tick, ())),
            events_lost=3 if tick == 20 else 0,
        )
