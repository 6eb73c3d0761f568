"""Registrations of the bench seen by sctptop: one source over all namespaces, so both ends at once."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sctptop.kernel.live import LiveSource
from sctptop.kernel.probes.session import Probes
from sctptop.model.model import Model
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.tally import Tally
from sctptop.model.registrations.words import OUTCOMES
from sctptop.model.sample import Sample
from sctptop.model.snapshot import Snapshot
from sctptop.output.registrations.as_json import registrations_to_json
from tests.lab.core.scene import CoreScene
from tests.lab.witness.patience import load_s

SETTLE_S = 4.0
"""Longer than the model waits for a message that may still come."""


@dataclass
class Seen:
    """What sctptop saw of one scene, and what the simulators themselves report of it."""

    snapshot: Snapshot
    truth: dict[str, Any]
    ended: list[Registration] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    advice: set[tuple[str, str]] = field(default_factory=set)
    """Rules that spoke and were no note, with the end whose association it was about."""
    lost: int = 0
    delayed_sacks: dict[str, int] = field(default_factory=dict)
    """How often the timer had to send a SACK, by the name of the namespace."""

    def tally(self, end: str) -> Tally:
        """Of all registrations seen from the "gNB" or the "AMF"."""
        return next(one for one in self.snapshot.registrations.of(None) if one.end == end)

    def counted(self, end: str) -> dict[str, dict[str, Any]]:
        """The published counts of one end by kind, as simulators report them: without what did not occur."""
        published = registrations_to_json(self.snapshot.registrations)
        found = {}
        for entry in published["ends"]:
            if entry["end"] == end:
                outcomes = {outcome: entry[outcome.replace(" ", "_")] for outcome in OUTCOMES}
                occurred = {outcome: count for outcome, count in outcomes.items() if count}
                found[entry["kind"]] = {"started": entry["started"], **occurred, "causes": entry["causes"]}
        return found

    def alone(self, namespace: str) -> Seen:
        """What the same samples show to somebody who sees one namespace only."""
        snapshots = list(_alone(self, namespace))
        ended = [one for snapshot in snapshots for one in snapshot.registrations.ended_now]
        return Seen(snapshots[-1], self.truth, ended)

    def of(self, end: str) -> list[Registration]:
        """Those that ended, seen from one end."""
        return [one for one in self.ended if one.end == end]

    def mean_ms(self, end: str, part: str) -> float:
        """The mean of a part of the time of those completed."""
        mean = self.tally(end).parts[part].mean_ms
        assert mean is not None
        return mean

    def median_ms(self, end: str, part: str) -> float:
        """The same of the one in the middle."""
        times: list[int] = [getattr(one, f"{part}_ns") for one in self.of(end) if one.outcome == "completed"]
        return statistics.median(times) / 1e6


class Bench:
    """Probes are loaded once; each scene has a model of its own."""

    def __init__(self) -> None:
        self.probes = Probes()
        self.source = LiveSource(self.probes)
        self.probes.start()
        self.probes.settle(load_s())
        assert self.probes.state.ok, self.probes.state
        assert self.probes.ngap.ok

    def close(self) -> None:
        """Detach the probes."""
        self.source.close()

    def watch(
        self,
        scene: CoreScene,
        seconds: float = 120.0,
        settle_s: float = SETTLE_S,
        play: Callable[[], dict[str, Any]] | None = None,
    ) -> Seen:
        """Reads once a second from before the first UE (`on_order`) until all is over.

        `play` does what is to happen meanwhile, and returns the truth about it; by default all UEs do their rounds.
        """
        # What the scene before left, of another file perhaps, is none of this model's business.
        self.source.read()
        model = Model()
        samples: list[Sample] = []

        def read() -> Snapshot:
            samples.append(self.source.read())
            return model.advance(samples[-1])

        read()
        first = _after(1, read)
        before = _sack_timeouts(first)
        truth: dict[str, Any] = {}

        def through() -> dict[str, Any]:
            scene.go()
            return scene.finish(seconds)

        finishing = threading.Thread(target=lambda: truth.update((play or through)()))
        finishing.start()
        seen = Seen(first, truth, samples=samples)
        end = float("inf")
        while time.monotonic() < end:
            seen.snapshot = _after(1, read)
            seen.ended += seen.snapshot.registrations.ended_now
            seen.advice |= _advice(seen.snapshot)
            sample = seen.snapshot.sample
            seen.lost += sample.events_lost + sample.events_left_out.get("ngap", 0)
            if not finishing.is_alive() and end == float("inf"):
                end = time.monotonic() + settle_s
        after = _sack_timeouts(seen.snapshot)
        seen.delayed_sacks = {name: after[name] - before.get(name, 0) for name in after}
        return seen


def _after(seconds: float, read: Callable[[], Snapshot]) -> Snapshot:
    time.sleep(seconds)
    return read()


def _sack_timeouts(snapshot: Snapshot) -> dict[str, int]:
    return {
        snapshot.namespace_label(netns): values.get("SctpDelaySackExpireds", 0)
        for netns, values in snapshot.sample.counters.items()
    }


def _advice(snapshot: Snapshot) -> set[tuple[str, str]]:
    found = set()
    for entry in snapshot.advice:
        row = snapshot.row(entry.association)
        if row is not None and entry.severity != "note":
            found.add((entry.rule, "AMF" if row.association.local_port == 38412 else "gNB"))
    return found


def seen_alone(seen: Seen, namespace: str) -> set[tuple[str, str]]:
    """The advice that the same samples give to somebody who sees one namespace only."""
    found = set()
    for snapshot in _alone(seen, namespace):
        found |= _advice(snapshot)
    return found


def _alone(seen: Seen, namespace: str) -> Iterator[Snapshot]:
    both, alone = Model(), Model()
    for sample in seen.samples:
        snapshot = both.advance(sample)
        netns = next(netns for netns in sample.counters if snapshot.namespace_label(netns) == namespace)
        yield alone.advance(snapshot.within(netns).sample)
