"""Registrations and procedures as a view gets them: counted, the last and the slowest, and their series over time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from statistics import median

from sctptop.model.associations.distribution import NANOSECONDS
from sctptop.model.associations.identity import Key
from sctptop.model.ngap.dialect import RAN_ENDS
from sctptop.model.registrations.attempt import Registration
from sctptop.model.registrations.outcome import COMPLETED
from sctptop.model.registrations.procedures import Procedure
from sctptop.model.registrations.tally import Tally

SLOWEST = 100
"""Kept of the slowest since the reset, whenever they were, of radio nodes and of cores each."""
SERIES_KEY = ("registrations",)
"""The key of the series in the history."""

Ends = tuple[Key | None, str]
"""An association, or None for all of them, and which end of it we are."""


@dataclass(frozen=True, slots=True)
class Registered:
    """Registrations and procedures as they are now. Nothing in it changes.

    ``tallies`` count since the reset by association (None: all) and end. ``ended_now`` are all that ended in this
    sample, ``last`` the last that did, oldest first, ``slowest`` those that took longest since the reset, slowest
    first; ``oldest`` are running. ``most_running`` goes by the instants of beginning and end, so it is right between
    two samples too. ``unfollowed`` attempts found no room. ``started`` are those that began in this sample.
    ``unseen``: messages that no probe saw since the reset, by association (None: all), see ``unseen_messages``.

    Where both ends are on this host each UE is here twice, seen from either; ``running`` and ``most_running`` are of
    the side, radio nodes or cores, that has more.
    """

    messages: int = 0
    tallies: Mapping[Ends, Tally] = field(default_factory=dict)
    procedures: tuple[Procedure, ...] = ()
    started: Mapping[Ends, int] = field(default_factory=dict)
    ended_now: tuple[Registration, ...] = ()
    last: tuple[Registration, ...] = ()
    slowest: tuple[Registration, ...] = ()
    oldest: tuple[Registration, ...] = ()
    running: int = 0
    most_running: int = 0
    unfollowed: int = 0
    unseen: Mapping[Key | None, int] = field(default_factory=dict)

    @property
    def started_now(self) -> int:
        """How many began in this sample, on all associations, as the leading side saw it."""
        from_ran = self.from_ran
        return sum(
            count
            for (association, end), count in self.started.items()
            if association is None and (end in RAN_ENDS) == from_ran
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
        """The tallies of an association, or of all: one for each end that we are in it."""
        return tuple(tally for (key, _), tally in self.tallies.items() if key == association)

    def leading(self, association: Key | None) -> Tally | None:
        """The tally that saw most UEs begin: where both ends are on this host, what is shown once is its view."""
        return max(
            self.of(association),
            key=lambda tally: (tally.started, tally.completed, tally.from_ran),
            default=None,
        )

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

    def oldest_of(self, association: Key | None) -> tuple[Registration, ...]:
        """Those running of an association, or of all, oldest first."""
        return tuple(entry for entry in self.oldest if association in (None, entry.association))


def time_of(registration: Registration) -> int:
    """How long it took, ns; 0 while it is running."""
    return registration.total_ns or 0


def registration_series(registered: Registered) -> dict[Hashable, dict[str, float | None]]:
    """What is kept over time under SERIES_KEY, once there were messages: counts of each interval, its median in ms.

    As the leading side saw it: each UE once.
    """
    if not registered.tallies and not registered.running:
        return {}
    from_ran = registered.from_ran
    ended = [one for one in registered.ended_now if one.from_ran == from_ran]
    done = [time_of(one) for one in ended if one.outcome == COMPLETED]
    return {
        SERIES_KEY: {
            "started": registered.started_now,
            "completed": len(done),
            "failed": len(ended) - len(done),
            "running": registered.running,
            "median_ms": median(done) / NANOSECONDS if done else None,
        }
    }
