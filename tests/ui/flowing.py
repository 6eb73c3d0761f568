"""Samples of a host on which UEs register in flows of octets, as its probes would tell them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sctptop.model.association import Association
from sctptop.model.event import Event
from sctptop.model.sample import Sample
from tests.ui.scripted import NETNS, PROBED, START, association, sample
from tests.unit.model.registrations.flows import NGAP, PORTS, START_NS, Said, events_of
from tests.unit.registering import BOOT, MS, SECOND, came_ns


def later(flow: Iterable[Said], ms: float, **more: Any) -> list[Said]:
    """The same so much later, of another UE."""
    return [replace(said, ms=said.ms + ms, **more) for said in flow]


def samples_of(
    flow: Iterable[Said], ticks: int, from_ran: bool = True, others: Iterable[Event] = (), known: bool = True
) -> list[Sample]:
    """Samples a second apart, the flow beginning with the first; ``known``: the association has its addresses."""
    said = sorted(flow, key=lambda one: one.ms)
    events = [*events_of(said, from_ran), *others]
    entries = [end_of(on, from_ran, ppid) for on, ppid in sorted({(one.on, one.ppid) for one in said})]
    found = []
    for tick in range(ticks):
        due_ns = START_NS + tick * SECOND
        here = [event for event in events if _came_ns(event) <= due_ns]
        events = [event for event in events if _came_ns(event) > due_ns]
        found.append(
            replace(
                sample(tick, entries if known else (), sources=PROBED),
                events=tuple(_at_script(event) for event in sorted(here, key=_came_ns)),
            )
        )
    return found


def end_of(on: int, from_ran: bool = True, ppid: int = NGAP) -> Association:
    """One end of the association of that number."""
    tags, ports = (on, 1000 + on), (50_000 + on, PORTS[ppid])
    addresses = ("10.9.0.1", "10.9.0.2")
    if not from_ran:
        tags, ports, addresses = tags[::-1], ports[::-1], addresses[::-1]
    entry = association(0)
    return replace(
        entry,
        assoc_id=on,
        own_tag=tags[0],
        peer_tag=tags[1],
        local_port=ports[0],
        remote_port=ports[1],
        local_addresses=addresses[:1],
        remote_addresses=addresses[1:],
        primary=addresses[1],
        paths=tuple(replace(path, address=addresses[1]) for path in entry.paths),
    )


def sent_again(ms: float, tsn: int, on: int = 1, from_ran: bool = True) -> Event:
    """A chunk of ours was sent again."""
    (model,) = events_of([Said(ms, from_ran, 4, on=on)], from_ran)
    at_ns = START_NS + round(ms * MS)
    return replace(model, kind="ngap_rtx", details={"at_ns": at_ns, "tsn": tsn, "stream": 1, "ppid": NGAP})


def _came_ns(event: Event) -> int:
    if event.kind == "association":
        return (event.time - BOOT) // timedelta(microseconds=1) * 1000
    return came_ns(event)


def _at_script(event: Event) -> Event:
    return replace(event, netns=NETNS, time=event.time - BOOT + START - timedelta(seconds=START_NS / SECOND))
