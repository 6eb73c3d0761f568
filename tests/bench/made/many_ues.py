"""Recordings of as many UEs as wanted, of every kind and outcome, as the probes of a gNB's host or an AMF's tell them.

python -m tests.bench.made.many_ues FILE [REGISTRATIONS] [SEED]      # default 100000, at 100 a second
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from heapq import heappop, heappush
from pathlib import Path

from sctptop.model.association import Association
from sctptop.model.event import Detail, Event
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.recording.writer import Writer
from tests.ui.flowing import end_of
from tests.ui.many_kinds import (
    INITIAL,
    LOSSY,
    NO_PLMN,
    NO_STATUS,
    NO_UE,
    PDU_SESSION,
    PERIODIC_UPDATE,
    RADIO_LOST,
    SILENT,
    UPDATE,
    released,
)
from tests.ui.scripted import NETNS, PROBED, START, sample, snmp
from tests.unit.model.registrations.flows import Said, event_of
from tests.unit.registering import MS, SECOND

RATE = 100
"""Registrations a second: what a core of a city does after an outage."""
BOOT_NS = 10 * SECOND
ASSOCIATIONS = (1, 2)
HEARTBEAT_S = 5
SHARES: tuple[tuple[int, tuple[Said, ...]], ...] = (
    (60, (*INITIAL, *PDU_SESSION, *released(400))),
    (15, UPDATE),
    (10, PERIODIC_UPDATE),
    (4, INITIAL),
    (3, LOSSY),
    (2, NO_PLMN),
    (2, NO_UE),
    (1, RADIO_LOST),
    (1, NO_STATUS),
    (2, SILENT),
)
"""What UEs do, and how many of a hundred."""


@dataclass(frozen=True)
class Load:
    """``held``: Nagle keeps the last message of one registration in so many (0: of none). ``slow``: factor of times."""

    registrations: int
    seed: int = 1
    slow: float = 1.0
    held: int = 0
    from_ran: bool = True
    rate: int = RATE

    def samples(self) -> Iterator[Sample]:
        """A second apart, until the last UE has long ended."""
        dice = random.Random(self.seed)
        tsns: Counter[tuple[int, bool]] = Counter()
        begun: list[tuple[int, int, Event, tuple[int, bool]]] = []
        unread: list[tuple[int, int, Event]] = []
        ue = place = 0
        for tick in range(-(-self.registrations // self.rate) + 30):
            # All of an interval, in the order in which it was sent, and then in that in which it was told.
            while begun and begun[0][0] < tick * SECOND:
                at_ns, which, event, way = heappop(begun)
                tsns[way] += 1
                numbers: dict[str, Detail] = dict.fromkeys(
                    ("tsn", "last_tsn"), 1_000_000 * way[0] + tsns[way]
                )
                event = replace(event, details={**event.details, **numbers})
                heappush(unread, (at_ns + int(event.number("wait_ns") or 0), which, event))
            here = []
            while unread and unread[0][0] < tick * SECOND:
                here.append(heappop(unread)[2])
            entries = [self._association(on, here) for on in ASSOCIATIONS]
            yield replace(
                sample(tick, entries, sources=PROBED, counters={NETNS: snmp(0)[NETNS]}),
                events=(*here, *self._heartbeats(tick, dice)),
            )
            for _ in range(min(self.rate, self.registrations - ue)):
                on = ASSOCIATIONS[ue % len(ASSOCIATIONS)]
                for at_ns, up, event in self._of_ue(ue, on, tick * SECOND + dice.randrange(SECOND), dice):
                    heappush(begun, (at_ns, place, event, (on, up)))
                    place += 1
                ue += 1

    def written(self, path: Path) -> Path:
        """A recording of it."""
        writer = Writer(path, {"host": "amf-1", "sysctls": {"net.sctp.rto_min": "1000"}})
        model = Model(running=False)
        for one in self.samples():
            writer.add(one)
            writer.conclude(model.advance(one))
        writer.rest(model.rest())
        writer.close()
        return path

    def _of_ue(
        self, ue: int, on: int, begin_ns: int, dice: random.Random
    ) -> Iterator[tuple[int, bool, Event]]:
        """Its messages: when each was handed over or arrived, and whether it goes up."""
        (flow,) = dice.choices([flow for _, flow in SHARES], [share for share, _ in SHARES])
        pace = self.slow * dice.lognormvariate(0, 0.15)
        for said in flow:
            model = _model(replace(said, on=on), self.from_ran)
            at_ns = begin_ns + round((said.ms * pace + dice.random() / 10) * MS)
            wait_ns = int(model.number("wait_ns") or 0) + dice.randrange(20_000, 400_000)
            if self.held and ue % self.held == 0 and said.up and said.size == 10:
                wait_ns = (190 + ue % 20) * MS
            details: dict[str, Detail] = {**model.details, "at_ns": BOOT_NS + at_ns, "wait_ns": wait_ns}
            for name, number in (("ran_ue_id", ue + 1), ("amf_ue_id", ue + 1_000_001)):
                if details[name] is not None:
                    details[name] = number
            time = START + timedelta(microseconds=at_ns // 1000)
            yield at_ns, said.up, replace(model, time=time, details=details)

    def _association(self, on: int, here: list[Event]) -> Association:
        entry = end_of(on, self.from_ran)
        bins: dict[str, Counter[int]] = {"out": Counter(), "in": Counter()}
        for event in here:
            if event.own_tag == entry.own_tag:
                # In the middles of bins of a sixteenth of a power of two, about as the probes count.
                wait_ns = int(event.number("wait_ns") or 0)
                shift = max(wait_ns.bit_length() - 5, 0)
                bins[event.text("direction")][(wait_ns >> shift) << shift] += 1
        return replace(
            entry,
            held_bins=tuple(sorted(bins["out"].items())),
            read_wait_bins=tuple(sorted(bins["in"].items())),
            out_data_chunks=sum(bins["out"].values()),
            nodelay=not self.held,
        )

    def _heartbeats(self, second: int, dice: random.Random) -> Iterator[Event]:
        for on in ASSOCIATIONS:
            if second % HEARTBEAT_S == on:
                entry = end_of(on, self.from_ran)
                yield Event(
                    START + timedelta(seconds=second),
                    "hb_rtt",
                    NETNS,
                    entry.own_tag or 0,
                    entry.peer_tag or 0,
                    entry.local_port,
                    entry.remote_port,
                    address=entry.primary,
                    details={"rtt_ms": 1 + dice.random() / 10, "kernel_rtt_ms": 0.0},
                )


@cache
def _model(said: Said, from_ran: bool) -> Event:
    return event_of(said, from_ran, 0, NETNS)


def main() -> int:
    """Write one."""
    path = Path(sys.argv[1])
    registrations, seed = [*map(int, sys.argv[2:4]), *(100_000, 1)[len(sys.argv[2:4]) :]]
    Load(registrations, seed, held=9 if seed % 2 else 0).written(path)
    print(f"{path}: {registrations} registrations, {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
