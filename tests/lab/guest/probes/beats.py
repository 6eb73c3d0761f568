"""Heartbeats that the probes timed, beside those on the wire."""

from __future__ import annotations

import time

from sctptop.model.event import Event
from tests.lab.witness.watching import Watch, Wire


def heartbeats(idle: Watch) -> tuple[list[tuple[str, str]], dict[tuple[str, str], list[float]]]:
    """The paths, by host and address, of which a HEARTBEAT-ACK on the wire has no event; the RTTs of each path.

    Read seldom meanwhile: a kprobe is skipped while it interrupts one of a reading.
    """
    gnb, amf = idle.hosts
    with Wire(gnb) as gnb_wire, Wire(amf) as amf_wire:
        idle.begin()
        begun = time.time()
        idle.read_for(15, interval_s=10)
        ended = time.time()
        wires = {gnb: gnb_wire.acks(), amf: amf_wire.acks()}
    idle.read()
    assert idle.lost == 0
    untold, told = [], {}
    for host, wire in wires.items():
        for address in sorted({ack.source for ack in wire}):
            arrived = [ack.at_s for ack in wire if ack.source == address and begun < ack.at_s < ended]
            # Between two of them: no clock decides on which side of an edge one lies.
            first, last = (arrived[0] + arrived[1]) / 2, (arrived[-2] + arrived[-1]) / 2
            acks = [at_s for at_s in arrived if first < at_s < last]
            beats = [
                event
                for event in idle.of(host, "hb_rtt")
                if event.address == address and first < event.time.timestamp() < last
            ]
            times = [event.time.timestamp() for event in beats]
            assert len(acks) >= 5 and len(times) <= len(acks), (address, acks, times)
            if len(times) < len(acks):
                untold.append((host.name, address))
            else:
                assert all(abs(time - ack) < 0.1 for time, ack in zip(times, acks, strict=True)), (
                    acks,
                    times,
                )
            told[host.name, address] = [number(event) for event in beats]
    return untold, told


def number(event: Event, name: str = "rtt_ms") -> float:
    """A number of an event, which must be there."""
    value = event.number(name)
    assert value is not None, event
    return value
