"""Recordings of a gNB (and its AMF) that register UEs, made to be compared."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path as FilePath
from typing import Any

from sctptop.comparison.summaries.summarizing import summarise
from sctptop.comparison.summaries.summary import Summary
from sctptop.model.association import Association, Process
from sctptop.model.association import Path as AssociationPath
from sctptop.model.event import Detail, Event
from sctptop.model.sample import Sample
from sctptop.recording.writer import Writer
from tests.unit.associations import association, sample
from tests.unit.registering import (
    AUTHENTICATION,
    COMPLETE,
    INITIAL,
    MS,
    NETNS,
    PLAIN,
    SECOND,
    Step,
    came_ns,
    exchange,
)

SYSCTLS = {"net.sctp.rto_min": "1000", "net.sctp.sack_timeout": "200", "net.sctp.rto_initial": "3000"}
GNB: Mapping[str, Any] = {
    "local_port": 59058,
    "remote_port": 38412,
    "own_tag": 1,
    "peer_tag": 1001,
    "nodelay": True,
    "sack_delay_ms": 200,
    "rto_ms": 1000,
    "hb_interval_ms": 5000,
    "in_streams": 10,
    "out_streams": 10,
    "cwnd": 100_000,
    "peer_rwnd": 100_000,
    "flight": 100,
}
AMF = {**GNB, "local_port": 38412, "remote_port": 59058, "own_tag": 1001, "peer_tag": 1}
REJECTED = (INITIAL, *AUTHENTICATION, Step(False, 4, 0x44))
NAMED_BY = ("ran_ue_id", "amf_ue_id", "pdu", "procedure", "nas")
Change = Callable[[Step, random.Random, int], Step]


@dataclass(frozen=True)
class Run:
    """A set-up: how many UEs, how messages differ from PLAIN, what the ends are set to, and who is on this host.

    ``kinds``: what the UEs request in turn, None as an older version recorded it. ``starts_s``: when they begin, if not
    evenly.
    """

    ues: int = 100
    change: Change = lambda step, dice, ue: step
    gnb: Mapping[str, Any] = field(default_factory=dict)
    amf: Mapping[str, Any] = field(default_factory=dict)
    ends: Sequence[str] = ("gNB",)
    spread: float = 0.1
    seed: int = 1
    rejected: int = 0
    rtt_ms: float = 1.0
    every_ms: float = 300.0
    starts_s: Sequence[float] = ()
    comm: str = "amf"
    sack_expiries: bool = False
    probes: bool = True
    kinds: Sequence[str | None] = ("initial",)
    cause: int | None = None
    heartbeats: bool = True

    def samples(self) -> Iterator[Sample]:
        """A sample a second, until all registrations are through."""
        dice = random.Random(self.seed)
        told: dict[str, list[Event]] = {"gNB": [], "AMF": []}
        for ue in range(self.ues):
            steps = REJECTED if ue < self.rejected else PLAIN
            told_steps = [
                self.change(replace(step, think=step.think * dice.lognormvariate(0, self.spread)), dice, ue)
                for step in steps
            ]
            begun_ms = 1000 + (self.starts_s[ue] * 1000 if self.starts_s else ue * self.every_ms)
            for name, events in zip(told, exchange(told_steps, ue + 1, round(begun_ms * MS)), strict=True):
                told[name] += [self._as_read(event, ue) for event in events]
        if len(self.ends) > 1:
            numbered(told)
        waiting = sorted((event for end in self.ends for event in told[end]), key=came_ns)
        late = [came_ns(one) for one in told["gNB"] if (one.number("wait_ns") or 0) > 100 * MS]
        expired, second = 0, 0
        end_s = came_ns(waiting[-1]) // SECOND + 3 if waiting else 5
        while second < end_s:
            here = [event for event in waiting if came_ns(event) <= second * SECOND]
            del waiting[: len(here)]
            expired += sum(one <= second * SECOND for one in late)
            late = [one for one in late if one > second * SECOND]
            yield sample(
                *(self._association(end, here) for end in self.ends),
                at_s=second,
                counters={
                    "SctpDelaySackExpireds": expired if self.sack_expiries else 0,
                    "SctpT3RtxExpireds": 0,
                },
                events=(*(here if self.probes else ()), *self._heartbeats(second)),
                sources={"sock_diag": "ok", "procfs": "ok", "bpf": "ok" if self.probes else "off: --no-bpf"},
            )
            second += 1

    def summary(self, name: str) -> Summary:
        """Of its samples, without a file."""
        return summarise(self.samples(), name, facts={"sysctls": SYSCTLS})

    def written(self, path: FilePath, facts: Mapping[str, Any] | None = None) -> FilePath:
        """A recording of it."""
        writer = Writer(path, {"host": "amf-1", "sysctls": SYSCTLS, **(facts or {})})
        for one in self.samples():
            writer.add(one)
        writer.close()
        return path

    def _as_read(self, event: Event, ue: int) -> Event:
        """With what the head of its message tells beside the types."""
        more: dict[str, Detail] = {}
        if event.details["nas"] == INITIAL.nas:
            more["registration_type"] = self.kinds[ue % len(self.kinds)]
        if event.details["nas"] == REJECTED[-1].nas:
            more["nas_cause"] = self.cause
        # Those of a registration are told by another clock than the samples here.
        at = sample().time + timedelta(seconds=came_ns(event) / SECOND)
        return replace(event, time=at, details={**event.details, **more})

    def _association(self, end: str, here: Sequence[Event]) -> Association:
        facts = {**(GNB if end == "gNB" else AMF), **(self.gnb if end == "gNB" else self.amf)}
        mine = [event for event in here if event.own_tag == facts["own_tag"]] if self.probes else []
        bins: dict[str, list[tuple[int, int]]] = {"out": [], "in": []}
        for event in mine:
            bins[event.text("direction")].append((int(event.number("wait_ns") or 0), 1))
        path = AssociationPath("10.9.0.1", state="ACTIVE", primary=True, rto_ms=facts["rto_ms"])
        return association(
            1,
            **facts,
            primary="10.9.0.1",
            paths=(path,),
            send_queue=0,
            recv_queue=0,
            out_data_chunks=1000,
            rtx_chunks=0,
            held_bins=tuple(bins["out"]),
            read_wait_bins=tuple(bins["in"]),
            process=Process(1, "nr-gnb" if end == "gNB" else self.comm),
        )

    def _heartbeats(self, second: int) -> Iterator[Event]:
        if not (self.probes and self.heartbeats):
            return
        for end in self.ends:
            facts = GNB if end == "gNB" else AMF
            yield Event(
                time=sample(at_s=second).time,
                kind="hb_rtt",
                netns=NETNS,
                own_tag=facts["own_tag"],
                peer_tag=facts["peer_tag"],
                local_port=facts["local_port"],
                remote_port=facts["remote_port"],
                address="10.9.0.1",
                details={"rtt_ms": self.rtt_ms},
            )


def numbered(told: Mapping[str, list[Event]]) -> None:
    """Give the messages of either end the TSNs of their order, as the sender and the receiver see them."""

    def names(events: Sequence[Event], direction: str) -> Mapping[object, int]:
        """The place of each message that goes that way."""
        found: dict[object, int] = {}
        counts: Counter[object] = Counter()
        for place, event in enumerate(events):
            if event.text("direction") == direction:
                name = tuple(event.details[one] for one in NAMED_BY)
                counts[name] += 1
                found[name, counts[name]] = place
        return found

    for sender, receiver in (("gNB", "AMF"), ("AMF", "gNB")):
        sent, read = names(told[sender], "out"), names(told[receiver], "in")
        ordered = sorted(sent, key=lambda name: came_ns(told[sender][sent[name]]))
        for tsn, name in enumerate(ordered, 1000):
            for end, places in ((sender, sent), (receiver, read)):
                event = told[end][places[name]]
                told[end][places[name]] = replace(
                    event, details={**event.details, "tsn": tsn, "last_tsn": tsn}
                )


def stalled(every: int = 1) -> Change:
    """Nagle holds the RegistrationComplete for the peer's SACK delay, of each UE or of one in ``every``."""

    def change(step: Step, dice: random.Random, ue: int) -> Step:
        return (
            replace(step, held=203.0 + dice.random())
            if step.nas == COMPLETE.nas and ue % every == 0
            else step
        )

    return change


def slower(up: bool, factor: float) -> Change:
    """The side that sends up (the gNB) or down (the AMF) takes longer to think."""
    return lambda step, dice, ue: replace(step, think=step.think * factor) if step.up == up else step


def read_late(up: bool, wait_ms: float) -> Change:
    """What goes up waits that long until the AMF has read it."""
    return lambda step, dice, ue: replace(step, read_wait=wait_ms) if step.up == up else step


def distant(network_ms: float) -> Change:
    """One way through the network takes that long."""
    return lambda step, dice, ue: replace(step, network=network_ms)


FAST = Run()
SLOW = Run(change=stalled(), gnb={"nodelay": False}, sack_expiries=True)
