"""What was advised and when: each piece of advice as an alarm that is raised, cleared and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sctptop.model.association import Association
from sctptop.model.associations.identity import Key
from sctptop.model.peers.peer import PeerKey
from sctptop.model.thresholds import USUAL, Thresholds


class Advised(Protocol):
    """What an alarm is made of: a piece of advice that is given now."""

    @property
    def rule(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def association(self) -> Key | None: ...
    @property
    def peer(self) -> PeerKey | None: ...
    @property
    def address(self) -> str | None: ...
    @property
    def part(self) -> str: ...
    @property
    def seen(self) -> str: ...
    @property
    def cost(self) -> float: ...
    @property
    def from_start(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Alarm:
    """One rule on one association (or path), or on a peer: ``raised`` first, ``cleared`` last, None while it lasts.

    ``count``: how often it was raised; ``worst``: what was seen when it cost most. ``entry`` is the association as it
    was then, None of a peer. ``part`` as of the advice; ``from_start``: it may have begun before it was raised. Notes
    are no alarms.
    """

    rule: str
    severity: str
    association: Key | None
    peer: PeerKey | None
    entry: Association | None
    address: str | None
    raised: datetime
    cleared: datetime | None
    count: int
    worst: str
    cost: float
    part: str = ""
    from_start: bool = False

    @property
    def netns(self) -> int:
        """Where it was raised."""
        if self.entry is not None:
            return self.entry.netns
        return self.peer[0] if self.peer is not None else 0


class Alarms:
    """Follows the advice from sample to sample."""

    def __init__(self, limits: Thresholds = USUAL) -> None:
        """Beyond ``alarms_kept`` those cleared first give way."""
        self._severities = _FROM[limits.alarm_severity]
        self._most = limits.alarms_kept
        self._alarms: dict[tuple[object, ...], Alarm] = {}
        self._told: tuple[Alarm, ...] = ()
        self._advised: Iterable[Advised] | None = None
        """What was advised last, where each piece of it is an alarm."""
        self._names: dict[int, tuple[Advised, tuple[object, ...]]] = {}
        """The names of its pieces that are alarms, by their ids: each is kept here, so that no other has its id."""
        self._before: dict[tuple[object, ...], Alarm] = {}
        """Those that the last reset forgot."""

    def advance(
        self, advice: Iterable[Advised], entry_of: Callable[[Key], Association | None], now: datetime
    ) -> tuple[Alarm, ...]:
        """Update with what is advised now; returns all alarms, the last raised first. Unchanged, it is the same."""
        if advice is self._advised:
            return self._told
        self._advised = advice
        given: set[tuple[object, ...]] = set()
        changed = False
        before_names, self._names = self._names, {}
        for one in advice:
            known = before_names.get(id(one))
            if known is not None:
                self._names[id(one)] = known
                given.add(known[1])
                continue
            if one.severity not in self._severities:
                continue
            name: tuple[object, ...] = (one.rule, one.association, one.peer, one.address, one.part)
            given.add(name)
            before = self._alarms.get(name)
            entry = entry_of(one.association) if one.association is not None else None
            after = _raised(before, one, entry, now)
            if after is None:
                self._advised = None
                continue
            self._names[id(one)] = one, name
            if after is not before:
                self._alarms[name], changed = after, True
        for name, alarm in self._alarms.items():
            if alarm.cleared is None and name not in given:
                self._alarms[name], changed = replace(alarm, cleared=now), True
        if changed:
            self._publish()
        return self._told

    def reset(self) -> None:
        """Forget what is over."""
        self._advised, self._names = None, {}
        self._before, self._alarms = (
            self._alarms,
            {name: alarm for name, alarm in self._alarms.items() if alarm.cleared is None},
        )
        self._told = tuple(alarm for alarm in self._told if alarm.cleared is None)

    def undo_reset(self) -> tuple[Alarm, ...]:
        """Remember again what the last reset forgot; returns all alarms."""
        before, self._before = self._before, {}
        self._advised, self._names = None, {}
        for name, alarm in before.items():
            if alarm.cleared is not None:
                since = self._alarms.get(name)
                self._alarms[name] = alarm if since is None else _later(alarm, since)
        self._publish()
        return self._told

    def _publish(self) -> None:
        self._forget()
        self._told = tuple(sorted(self._alarms.values(), key=lambda alarm: alarm.raised, reverse=True))

    def _forget(self) -> None:
        over = [(alarm.cleared, name) for name, alarm in self._alarms.items() if alarm.cleared is not None]
        over.sort(key=lambda pair: pair[0])
        for _, name in over[: max(len(self._alarms) - self._most, 0)]:
            del self._alarms[name]


def _raised(before: Alarm | None, one: Advised, entry: Association | None, now: datetime) -> Alarm | None:
    if before is None:
        if entry is None and one.peer is None:
            return None
        whose = (one.association, one.peer, entry, one.address)
        return Alarm(
            one.rule, one.severity, *whose, now, None, 1, one.seen, one.cost, one.part, one.from_start
        )
    if before.cleared is not None:
        before = replace(before, cleared=None, count=before.count + 1)
    if one.cost > before.cost or (one.cost == before.cost and one.seen != before.worst):
        # Of what has no measure the last says most: it has lasted longest.
        return replace(before, worst=one.seen, cost=one.cost, severity=one.severity)
    return before


def _later(before: Alarm, since: Alarm) -> Alarm:
    """Both as one: raised first and cleared last, with the worst of both."""
    worst = before if before.cost > since.cost else since
    return replace(
        since, raised=before.raised, count=before.count + since.count, worst=worst.worst, cost=worst.cost
    )


_FROM = {"problem": ("problem",), "warning": ("problem", "warning")}
"""What raises alarms, by the least severity that does."""
