"""Registrations and procedures as a view gets them: counted, the last and the slowest, and their series over time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from statistics import median

from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.associations.identity import Key
from sctptop.model.ngap.dialect import RAN_ENDS
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.procedures import Procedure
from sctptop.model.registrations.tally import Tally
from sctptop.model.registrations.words import COMPLETED

SLOWEST = 100
"""Kept of the slowest since the reset, whenever they were, of radio nodes and of cores each."""
SERIES_KEY = ("registrations",)
"""The key of the series in the history."""

Ends = tuple[Key | None, str, str | None]
"""An association, or None for all of them, which end of it we are, and the kind of registration."""


@dataclass(frozen=True, slots=True)
class Registered:
    """Registrations and procedures as they are now. Nothing in it changes.

    ``tallies`` count since the reset by association (None: all), end and kind. ``ended_now`` are all that ended in this
    sample; ``told_now`` those of which no more will be known, a PDU session behind them among it. Of these ``last`` are
    the last, oldest first, ``slowest`` those completed that took longest since the reset, slowest first, ``failed`` the
    last that were not completed. ``oldest`` are running. ``most_running`` goes by the instants of beginning and end,
    so it is right between two samples too. ``unfollowed`` attempts found no room. ``started`` are those that began in
    this sample. ``unseen``: messages that no probe saw since the reset, ``strange``: messages that only look like NGAP
    or S1AP, both by association (None: all).

    Where both ends are on this host each UE is here twice, seen from either; ``running`` and ``most_running`` are of
    the side, radio nodes or cores, that has more.
    """

    messages: int = 0
    tallies: Mapping[Ends, Tally] = field(default_factory=dict)
    procedures: tuple[Procedure, ...] = ()
    started: Mapping[Ends, int] = field(default_factory=dict)
    ended_now: tuple[Registration, ...] = ()
    told_now: tuple[Registration, ...] = ()
    last: tuple[Registration, ...] = ()
    failed: tuple[Registration, ...] = ()
    slowest: tuple[Registration, ...] = ()
    oldest: tuple[Registration, ...] = ()
    running: int = 0
    most_running: int = 0
    unfollowed: int = 0
    unseen: Mapping[Key | None, int] = field(default_factory=dict)
    strange: Mapping[Key | None, int] = field(default_factory=dict)

    @property
    def started_now(self) -> int:
        """How many began in this sample, on all associations, as the leading side saw it."""
        return self.started_of(None, self.from_ran)

    def started_of(self, association: Key | None, from_ran: bool) -> int:
        """How many began in this sample on an association, or on all of them, as the radio's or the core's side saw
        it."""
        return sum(
            count
            for (key, end, _), count in self.started.items()
            if key == association and (end in RAN_ENDS) == from_ran
        )

    @property
    def from_ran(self) -> bool:
        """Whether the leading side of all is the radio's."""
        leading = self.leading(None)
        return leading is None or leading.from_ran

    @property
    def seen(self) -> bool:
        """Whether there was anything to follow since the reset."""
        return bool(self.messages or self.tallies or self.procedures or self.running)

    def of(self, association: Key | None) -> tuple[Tally, ...]:
        """The tallies of an association, or of all: one for each end that we are in it and kind of registration."""
        return tuple(tally for (key, _, _), tally in self.tallies.items() if key == association)

    def leading(self, association: Key | None) -> Tally | None:
        """The most frequent kind at the end that saw most UEs begin: where both ends are here, what is shown once."""
        sides = {
            side: [one for one in self.of(association) if one.from_ran is side] for side in (True, False)
        }
        most = max(sides, key=lambda side: (*_weight(sides[side]), side))
        return max(sides[most], key=lambda tally: _weight([tally]), default=None)

    def procedures_of(self, association: Key | None) -> tuple[Procedure, ...]:
        """The procedures of an association, or of all together, the most frequent first."""
        found = (entry for entry in self.procedures if entry.kind.association == association)
        return tuple(sorted(found, key=lambda entry: (-entry.latency.n, entry.kind.name)))

    def slowest_of(self, association: Key | None) -> tuple[Registration, ...]:
        """The slowest of an association, or of all, slowest first."""
        if association is None:
            return self.slowest
        ours = {id(entry): entry for entry in (*self.slowest, *self.last) if entry.association == association}
        return tuple(nlargest(SLOWEST, ours.values(), key=time_of))

    def failed_of(self, association: Key | None) -> tuple[Registration, ...]:
        """The last of an association, or of all, that were not completed, the latest first."""
        return tuple(entry for entry in reversed(self.failed) if association in (None, entry.association))

    def oldest_of(self, association: Key | None) -> tuple[Registration, ...]:
        """Those running of an association, or of all, oldest first."""
        return tuple(entry for entry in self.oldest if association in (None, entry.association))


def _weight(tallies: Sequence[Tally]) -> tuple[int, int]:
    return sum(one.started for one in tallies), sum(one.completed for one in tallies)


def time_of(registration: Registration) -> int:
    """How long it took, ns; 0 while it is running."""
    return registration.total_ns or 0


def registration_series(registered: Registered) -> dict[Hashable, dict[str, float | None]]:
    """What is kept over time under SERIES_KEY, once there were messages: counts of each interval, and the median of the
    most frequent kind in ms.

    As the leading side saw it: each UE once.
    """
    if not registered.tallies and not registered.running:
        return {}
    leading = registered.leading(None)
    from_ran = leading is None or leading.from_ran
    ended = [one for one in registered.ended_now if one.from_ran == from_ran]
    done = [one for one in ended if one.outcome == COMPLETED]
    times = [time_of(one) for one in done if leading is not None and one.kind == leading.kind]
    return {
        SERIES_KEY: {
            "started": registered.started_of(None, from_ran),
            "completed": len(done),
            "failed": len(ended) - len(done),
            "running": registered.running,
            "median_ms": median(times) / NANOSECONDS if times else None,
        }
    }
