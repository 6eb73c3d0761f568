"""Collects the registrations that one end saw, as they come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate

from sctptop.comparison.summary import Ended, Stalls
from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.passages.passage import CORE, RAN
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.tally import PARTS
from sctptop.model.registrations.words import COMPLETED

MOST_STAGES = 256
MOST_NS = 3_600_000_000_000
"""No registration takes an hour: such a record is damaged or made up."""


@dataclass(slots=True)
class EndBook:
    """Registrations of one end as they come. ``spans``: began and ended, ns."""

    counts: Counter[str] = field(default_factory=Counter)
    spans: list[tuple[int, int]] = field(default_factory=list)
    done: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    stages: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    turns: int = 0

    def take(self, one: Registration) -> None:
        """Count one that ended."""
        self.counts[one.outcome] += 1
        if (one.total_ns or 0) > MOST_NS:
            return
        self.spans.append((one.began_ns, one.began_ns + (one.total_ns or 0)))
        if one.outcome != COMPLETED:
            return
        self.done.append((one.began_ns, tuple(getattr(one, f"{name}_ns") or 0 for name in PARTS)))
        theirs = CORE if one.from_ran else RAN
        for stage in one.stages:
            self.turns += stage.whose == theirs
            name = (stage.whose, stage.name)
            if stage.unseen:
                # Whose time it was is not known: a mean with it would compare probes.
                continue
            if name in self.stages or len(self.stages) < MOST_STAGES:
                n, total_ns = self.stages.get(name, (0, 0))
                self.stages[name] = (n + 1, total_ns + stage.length_ns)

    def ended(self, end: str, started: int) -> Ended:
        """All of them."""
        done = sorted(self.done)
        took_ns = max((end for _, end in self.spans), default=0) - min(
            (begin for begin, _ in self.spans), default=0
        )
        steps = sorted(step for begin, end in self.spans for step in ((begin, 1), (end, -1)))
        return Ended(
            end=end,
            started=started,
            ended={**Ended(end).ended, **self.counts},
            times={
                name: tuple(parts[place] / NANOSECONDS for _, parts in done)
                for place, name in enumerate(PARTS)
            },
            stages={name: Stalls(n, total / NANOSECONDS) for name, (n, total) in self.stages.items()},
            rate=len(done) * 1e9 / took_ns if len(done) > 1 and took_ns > 0 else None,
            at_once=max(accumulate(step for _, step in steps), default=0),
            turns=self.turns / len(done) if done else 0.0,
        )
