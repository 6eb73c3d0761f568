"""What the model costs with probes: bytecodes of sctptop for each association, which repeat exactly.

Each of them sends on NGAP's port without a PPID, and so is advised on: nothing may be done for those that rest. A
change that makes it dearer by more than a twentieth fails; one that makes it cheaper is worth a new number here.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from sctptop.model.association import Association, Path
from sctptop.model.associations.path_changes import PathChanges
from sctptop.model.event import Detail, Event
from sctptop.model.lives.lives import Lives
from sctptop.model.model import Model
from sctptop.model.sample import Sample
from sctptop.model.snapshot import Snapshot
from sctptop.model.source_state import OK
from tests.unit.associations import NETNS, START, association
from tests.unit.kernel.reading.test_work import bytecodes

COUNT = 200
WAITED = ((40_000, 1),)
TURN = 62
COMMITTED = {
    "nothing happened": (0, 20, 20.9),
    "a fifth sent": (5, 20, 1508.0),
    "generations turn": (0, TURN, 729.0),
}
"""One association in so many sends in so many readings; bytecodes for each, as CPython 3.11 has them."""


class Crowd:
    """Associations of two paths, and what follows them as the dashboard does."""

    def __init__(self) -> None:
        paths = tuple(Path(f"10.9.{way}.1", "ACTIVE", not way, 6000, 6000, 0, 0.1, 1000, 0) for way in (0, 1))
        facts = {
            "paths": paths,
            "remote_addresses": tuple(path.address for path in paths),
            "sack_delay_ms": 200,
        }
        counts = {"rtx_chunks": 0, "out_data_chunks": 0, "in_sacks": 0, "hb_interval_ms": 0.0}
        self.entries = [association(tag, **facts, **counts, **QUEUES) for tag in range(1, COUNT + 1)]
        self.model, self.changes, self.lives = Model(), PathChanges(), Lives()
        self.tick = 0

    def sample(self, one_in: int) -> Sample:
        """The next one: one association in so many sent a message, and those of the last one no more did."""
        self.tick += 1
        events = []
        for place, entry in enumerate(self.entries):
            if one_in and (place + self.tick) % one_in == 0:
                self.entries[place] = entry = sent(entry, WAITED)
                events.append(message(entry, self.tick))
            elif entry.held_bins:
                self.entries[place] = sent(entry, ())
        at = START + timedelta(seconds=self.tick)
        return Sample(
            at,
            1.0 if self.tick > 1 else None,
            0.0,
            "h",
            "",
            {"sock_diag": OK, "bpf": OK},
            associations=tuple(self.entries),
            events=tuple(events),
            monotonic_ns=self.tick * 10**9,
        )

    def take(self, sample: Sample) -> Snapshot:
        snapshot = self.model.advance(sample)
        changes = self.changes.advance(snapshot.rows, snapshot.now_s)
        self.lives.advance(snapshot.rows, changes, sample.time.timestamp(), snapshot.tick == 0)
        return snapshot


QUEUES = {"send_queue": 0, "recv_queue": 0, "peer_rwnd": 106496, "out_packets": 0, "in_packets": 0}


def sent(entry: Association, bins: tuple[tuple[int, int], ...]) -> Association:
    """One that sent a message that waited so, or none."""
    more = len(bins)
    paths = (replace(entry.paths[0], data_rtt_bins=bins), *entry.paths[1:])
    return replace(
        entry,
        paths=paths,
        held_bins=bins,
        out_data_chunks=(entry.out_data_chunks or 0) + more,
        out_packets=(entry.out_packets or 0) + more,
        in_packets=(entry.in_packets or 0) + more,
        in_sacks=(entry.in_sacks or 0) + more,
    )


def message(entry: Association, tick: int) -> Event:
    """A message of NGAP without a PPID, and its header."""
    tag, tsn = entry.own_tag or 0, entry.out_data_chunks or 0
    details: dict[str, Detail] = {
        "direction": "out",
        "at_ns": tick * 10**9,
        "wait_ns": 40_000,
        "ppid": 60,
        "ppid_unset": True,
    }
    details |= {
        "stream": 0,
        "tsn": tsn,
        "last_tsn": tsn,
        "length": 100,
        "pdu": "initiatingMessage",
        "procedure": 0,
    }
    return Event(START, "ngap", NETNS, tag, tag + 1000, 38412, 50000 + tag, details=details)


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="each version of CPython has bytecodes of its own"
)
@pytest.mark.parametrize("name", COMMITTED)
def test_a_reading_with_probes_costs_no_more_than_it_did(name: str) -> None:
    one_in, readings, committed = COMMITTED[name]
    crowd = Crowd()
    crowd.take(crowd.sample(0))
    for _ in range(5):
        crowd.take(crowd.sample(1))
    for _ in range(readings - crowd.tick - 1):
        snapshot = crowd.take(crowd.sample(one_in))
    last = crowd.sample(one_in)
    cost = bytecodes(lambda: crowd.take(last)) / COUNT
    assert {one.rule for one in snapshot.advice} >= {"no_ppid"} and len(snapshot.alarms) == COUNT
    assert cost <= committed * 1.05, f"{cost:.1f} bytecodes an association, {committed} were enough"
