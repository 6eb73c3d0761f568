"""What was advised and when: each piece of advice as an alarm that is raised, cleared and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Protocol

from sctptop.model.association import Association
from sctptop.model.associations.identity import Key
from sctptop.model.associations.moved import moved
from sctptop.model.attributes import making, names_of
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


_Name = tuple[object, ...]
_of = attrgetter("rule", "association", "peer", "address", "part")
_alarm = attrgetter("alarm")
_WORSE: Callable[[Alarm, Advised], Alarm] = making(
    Alarm,
    ["before", "one"],
    {name: f"before.{name}" for name in names_of(Alarm)}
    | {"worst": "one.seen", "cost": "one.cost", "severity": "one.severity"},
)


@dataclass(slots=True, eq=False)
class _Kept:
    """An alarm as it is now, and the piece of advice that it was made of last, if that is given."""

    alarm: Alarm
    piece: Advised | None = None


class Alarms:
    """Follows the advice from sample to sample. Only what of it is new is looked at."""

    def __init__(self, limits: Thresholds = USUAL) -> None:
        """Beyond ``alarms_kept`` those cleared first give way."""
        self._severities = _FROM[limits.alarm_severity]
        self._most = limits.alarms_kept
        self._alarms: dict[_Name, _Kept] = {}
        self._lasting: set[_Name] = set()
        self._order: Sequence[_Kept] = ()
        self._told: tuple[Alarm, ...] = ()
        self._advised: Sequence[Advised] | None = None
        """What was advised last, where each piece of it is an alarm."""
        self._before: dict[_Name, Alarm] = {}
        """Those cleared that the last reset forgot."""

    def advance(
        self, advice: Sequence[Advised], entry_of: Callable[[Key], Association | None], now: datetime
    ) -> tuple[Alarm, ...]:
        """Update with what is advised now; returns all alarms, the last raised first. Unchanged, it is the same."""
        before, self._advised = self._advised, advice
        if advice is before:
            return self._told
        pairs = moved(advice, before) if before is not None else None
        fresh = [one for one, _ in pairs or ()]
        names = [*map(self._name, fresh)]
        if pairs is None or names != [self._name(old) for _, old in pairs]:
            names = [*map(self._name, advice)]
            changed = self._raise_all(names, advice, entry_of, now)
            for name in self._lasting.difference(names):
                kept, changed = self._alarms[name], True
                kept.alarm, kept.piece = replace(kept.alarm, cleared=now), None
                self._lasting.discard(name)
        else:
            changed = self._raise_all(names, fresh, entry_of, now)
        if changed:
            self._publish()
        return self._told

    def reset(self) -> None:
        """Forget what is over."""
        self._advised = None
        cleared = self._alarms.keys() - self._lasting
        self._before = {name: self._alarms[name].alarm for name in self._alarms if name in cleared}
        self._alarms = {name: kept for name, kept in self._alarms.items() if name not in cleared}
        self._publish(anew=True)

    def undo_reset(self) -> tuple[Alarm, ...]:
        """Remember again what the last reset forgot; returns all alarms."""
        before, self._before = self._before, {}
        self._advised = None
        for name, alarm in before.items():
            since = self._alarms.get(name)
            self._alarms[name] = _Kept(alarm if since is None else _later(alarm, since.alarm))
        for kept in self._alarms.values():
            kept.piece = None
        self._publish(anew=True)
        return self._told

    def _name(self, one: Advised) -> _Name:
        """What it is called as an alarm; nothing where it is none."""
        return _of(one) if one.severity in self._severities else ()

    def _raise_all(
        self,
        names: Iterable[_Name],
        advice: Iterable[Advised],
        entry_of: Callable[[Key], Association | None],
        now: datetime,
    ) -> bool:
        """Whether any alarm is another by these."""
        changed = False
        for name, one in zip(names, advice, strict=True):
            kept = self._alarms.get(name) if name else None
            if not name or (kept is not None and kept.piece is one):
                continue
            if kept is None:
                entry = entry_of(one.association) if one.association is not None else None
                if entry is None and one.peer is None:
                    self._advised = None
                    continue
                whose = (one.association, one.peer, entry, one.address)
                seen = (one.seen, one.cost, one.part, one.from_start)
                kept, changed = _Kept(Alarm(one.rule, one.severity, *whose, now, None, 1, *seen)), True
                self._alarms[name] = kept
                self._order = ()
            elif (after := _raised(kept.alarm, one)) is not kept.alarm:
                kept.alarm, changed = after, True
            if kept.piece is None:
                self._lasting.add(name)
            kept.piece = one
        return changed

    def _publish(self, anew: bool = False) -> None:
        if len(self._alarms) > self._most:
            self._forget()
            anew = True
        if anew or not self._order:
            self._order = sorted(self._alarms.values(), key=attrgetter("alarm.raised"), reverse=True)
        self._told = tuple(map(_alarm, self._order))

    def _forget(self) -> None:
        alarms = [(kept.alarm, name) for name, kept in self._alarms.items()]
        over = [(alarm.cleared, name) for alarm, name in alarms if alarm.cleared is not None]
        over.sort(key=lambda pair: pair[0])
        for _, name in over[: len(self._alarms) - self._most]:
            del self._alarms[name]


def _raised(before: Alarm, one: Advised) -> Alarm:
    if before.cleared is not None:
        before = replace(before, cleared=None, count=before.count + 1)
    if one.cost > before.cost or (one.cost == before.cost and one.seen != before.worst):
        # Of what has no measure the last says most: it has lasted longest.
        return _WORSE(before, one)
    return before


def _later(before: Alarm, since: Alarm) -> Alarm:
    """Both as one: raised first and cleared last, with the worst of both."""
    worst = before if before.cost > since.cost else since
    return replace(
        since, raised=before.raised, count=before.count + since.count, worst=worst.worst, cost=worst.cost
    )


_FROM = {"problem": ("problem",), "warning": ("problem", "warning")}
"""What raises alarms, by the least severity that does."""
