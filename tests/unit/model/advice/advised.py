"""Scripts for the rules of advice: what a kernel would tell of one association, second by second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sctptop.model.advice.given import Advice
from sctptop.model.association import Association, Path
from sctptop.model.associations.identity import Key
from sctptop.model.associations.row import Row
from sctptop.model.event import Event
from sctptop.model.model import Model
from sctptop.model.snapshot import Snapshot
from sctptop.model.thresholds import USUAL, Thresholds
from tests.unit.associations import NETNS, START, association, sample

MS = 1_000_000
NEAR, FAR = "10.9.0.1", "10.9.1.1"
PROBED = {"sock_diag": "ok", "procfs": "ok", "bpf": "ok"}
QUICK = ((40_000, 20), (60_000, 5))
"""Waits of a host at its ease, ns and times."""

Script = Callable[[int], Association | Iterable[Association]]


def calm(tick: int, tag: int = 1, **facts: Any) -> Association:
    """A gNB's association on Linux's defaults that sends and receives 25 messages a second, at ease."""
    paths = (Path(NEAR, "ACTIVE", True, 4380, 106496, 0, 0.0, 1000, 0, max_retrans=5),)
    defaults: dict[str, Any] = {
        "paths": paths,
        "nodelay": False,
        "sack_delay_ms": 200,
        "rto_ms": 1000,
        "hb_interval_ms": 30000.0,
        "cwnd": 4380,
        "flight": 0,
        "peer_rwnd": 106496,
        "send_queue": 0,
        "recv_queue": 0,
        "out_queue_chunks": 0,
        "rcvbuf": 212992,
        "out_streams": 10,
        "in_streams": 10,
        "out_data_chunks": 25 * tick,
        "in_data_chunks": 25 * tick,
        "rtx_chunks": 0,
        "rtx_marked_chunks": 0,
        "gap_acks": 0,
        "in_dup_chunks": 0,
        "held_bins": QUICK,
        "read_wait_bins": QUICK,
    }
    return association(tag, **{**defaults, **facts})


def other_end(entry: Association, **facts: Any) -> Association:
    """The same association as its other end tells it."""
    crossed = replace(
        entry,
        own_tag=entry.peer_tag,
        peer_tag=entry.own_tag,
        local_port=entry.remote_port,
        remote_port=entry.local_port,
        held_bins=QUICK,
        read_wait_bins=QUICK,
    )
    return replace(crossed, **facts)


def happening(tick: int, kind: str, address: str | None = NEAR, tag: int = 1, **details: Any) -> Event:
    """An event of ``association(tag)``."""
    return Event(START, kind, NETNS, tag, tag + 1000, 38412, 50000 + tag, address=address, details=details)


def ngap(at_ms: float, ue: int, direction: str = "in", **details: Any) -> Event:
    """An NGAP message of a UE on a stream of its own."""
    facts: dict[str, Any] = {
        "direction": direction,
        "at_ns": round(at_ms * MS),
        "wait_ns": 40_000,
        "ppid": 60,
    }
    facts |= {
        "stream": 1 + ue % 9,
        "ran_ue_id": ue,
        "pdu": "initiatingMessage",
        "procedure": 46,
        "length": 60,
    }
    return happening(0, "ngap", None, 1, **(facts | details))


def pictures(
    script: Script,
    seconds: int,
    events: Callable[[int], Iterable[Event]] = lambda tick: (),
    counters: Callable[[int], Mapping[str, int]] | None = None,
    sources: Mapping[str, str] = PROBED,
    limits: Thresholds = USUAL,
) -> list[Snapshot]:
    """Every second of a script."""
    model = Model(limits=limits)
    found = []
    for tick in range(seconds):
        told = script(tick)
        entries = (told,) if isinstance(told, Association) else tuple(told)
        values = counters(tick) if counters else {"SctpDelaySackExpireds": 5 * tick}
        found.append(
            model.advance(
                sample(*entries, at_s=tick, counters=values, sources=sources, events=tuple(events(tick)))
            )
        )
    return found


def advised(script: Script, seconds: int = 20, **more: Any) -> tuple[Advice, ...]:
    """What is said in the last second."""
    return pictures(script, seconds, **more)[-1].advice


def of(advice: Advice) -> Key:
    """The association that it is on."""
    assert advice.association is not None
    return advice.association


def rules(advice: Iterable[Advice]) -> list[str]:
    """Their ids."""
    return [entry.rule for entry in advice]


def row_of(snapshot: Snapshot, port: int) -> Row:
    """The row with that local port."""
    return next(row for row in snapshot.rows if row.association.local_port == port)
