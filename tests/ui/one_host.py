"""Samples of a host that has both ends of its associations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sctptop.model.association import Association, Process
from sctptop.model.sample import Endpoint, Namespace, Sample
from tests.ui.scripted import NETNS, association, sample, snmp

GNB_NETNS = NETNS + 100


def gnb_end(amf_end: Association, **changes: object) -> Association:
    """The gNB's record of an association of which the AMF's is given."""
    entry = replace(
        amf_end,
        netns=GNB_NETNS,
        netns_name="ran",
        assoc_id=(amf_end.assoc_id or 0) + 100,
        own_tag=amf_end.peer_tag,
        peer_tag=amf_end.own_tag,
        local_port=amf_end.remote_port,
        remote_port=amf_end.local_port,
        local_addresses=amf_end.remote_addresses,
        remote_addresses=amf_end.local_addresses,
        primary=amf_end.local_addresses[0],
        paths=(replace(amf_end.paths[0], address=amf_end.local_addresses[0]),),
        send_queue=amf_end.recv_queue,
        recv_queue=amf_end.send_queue,
        nodelay=False,
        inode=900 + (amf_end.assoc_id or 0),
        process=Process(812, "nr-gnb"),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def one_host(ticks: int, gnbs: int = 4) -> Iterator[Sample]:
    """gNB simulators beside their AMF, in two namespaces, and one more gNB that is elsewhere."""
    listening = (Endpoint(NETNS, 38412, ("10.9.0.1",), "LISTENING", "one-to-many"),)
    for tick in range(ticks):
        ours = [
            association(number, tick, netns_name="core", process=Process(900, "amf"))
            for number in range(gnbs + 1)
        ]
        theirs = [gnb_end(entry) for entry in ours[:gnbs]]
        counted = {**snmp(tick), GNB_NETNS: snmp(tick)[NETNS]}
        read = sample(tick, [*ours, *theirs], counters=counted, endpoints=listening)
        yield replace(read, namespaces=(Namespace(NETNS, "core"), Namespace(GNB_NETNS, "ran")))
