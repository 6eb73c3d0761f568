"""Which attempt a message belongs to: one context a UE and pair of radio node and core, over all associations between
them.

A message is looked for under its ids on its own association first, then on the others between the same two nodes. There
the ids must leave one attempt alone, and not contradict: behind one address there may be several radio nodes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import TypeVar

from sctptop.model.associations.identity import Key
from sctptop.model.bounded import keep
from sctptop.model.ngap.dialect import INITIATING
from sctptop.model.ngap.message import Message, Wire
from sctptop.model.passages.tnl_associations import TnlAssociation, TnlAssociations
from sctptop.model.registrations.attempt import Attempt
from sctptop.model.registrations.outcome import REROUTE_NS, begins, first_of_ue
from sctptop.model.registrations.words import COMPLETED, RUNNING

Name = TypeVar("Name", bound=Hashable)

LINKED_NS = 60_000_000_000
"""A further try under the same ids within this time is the same UE's: T3511 is 10 s (TS 24.501 table 10.2.1)."""
MOST_NAMES = 64
"""Of one attempt; it has two or three on each association that carries it."""
MOST_PAST = 4096
"""Attempts that ended, remembered for a further try, and ids that are of no attempt."""


class Contexts:
    """All UEs that are followed, by their names."""

    def __init__(self, associations: TnlAssociations) -> None:
        self._associations = associations
        self._by_name: dict[Hashable, Attempt] = {}
        self._of_wire: dict[Wire, dict[int, Attempt]] = {}
        self._together: dict[Hashable, dict[int, Attempt]] = {}
        self._past: dict[Hashable, Attempt] = {}
        self._others: dict[Hashable, int] = {}
        self._rerouted: dict[Hashable, Attempt] = {}

    def begin(
        self, message: Message, line: TnlAssociation, association: Key, time: datetime, room: bool
    ) -> tuple[Attempt | None, list[Attempt]]:
        """A UE's first message, or a further request: its attempt if it begins one, and those that it closes.

        ``room``: a new attempt may be followed.
        """
        if message.ran_ue_id is None:
            return None, []
        fresh = Attempt(message, association, time) if room and begins(message) else None
        closed: list[Attempt] = []
        before = self._before(message, line)
        if before is not None and before.first.at_ns > message.at_ns:
            # Its event came late: a younger one has the id already.
            if fresh is not None:
                fresh.closed_ns = before.first.at_ns
                before.before = fresh
            return fresh, closed
        if before is not None:
            before.closed_ns, before.before = message.at_ns, None
            closed.append(before)
        if fresh is None:
            keep(self._others, (message.wire, message.ran_ue_id), message.at_ns, MOST_PAST)
            return None, closed
        self._others.pop((message.wire, message.ran_ue_id), None)
        same_ue = None if first_of_ue(message) else before or self._past.get(_name(message))
        self._link(fresh, same_ue, message)
        fresh.before = before
        self._name(fresh, message, line)
        return fresh, closed

    def carry_on(self, message: Message, line: TnlAssociation, association: Key) -> Attempt | None:
        """The attempt that a core sent on to another one, if this InitialUEMessage takes it there."""
        found = self._rerouted.get(_reroute(line, message))
        if found is None or message.wire == found.rerouted_from or not begins(message):
            return None
        if None not in (line.node, found.rerouted_by) and line.node != found.rerouted_by:
            return None
        waited_ns = message.at_ns - (found.rerouted_ns or 0)
        if found.verdict.outcome != RUNNING or not -REROUTE_NS < waited_ns < REROUTE_NS:
            return None
        del self._rerouted[_reroute(line, message)]
        found.amf_ue_id = None
        found.association = association
        self._name(found, message, line)
        return found

    def find(self, message: Message, line: TnlAssociation) -> Attempt | None:
        """The attempt that a message belongs to; None where there is none, or it cannot be told which."""
        if message.ran_ue_id is None and message.amf_ue_id is None:
            return None
        found = self._on(message.wire, message)
        if found is None and (line.node is not None or (message.wire, message.ran_ue_id) not in self._others):
            found = self._beside(line, message)
        while found is not None and message.at_ns < found.first.begin_ns:
            found = found.before
        if found is None or message.wire in found.left:
            return None
        if None not in (message.amf_ue_id, found.amf_ue_id) and message.amf_ue_id != found.amf_ue_id:
            if message.wire != found.first.wire:
                return None
            if found.lent:
                found.disown(message.wire)
        return found

    def take(self, attempt: Attempt, message: Message, line: TnlAssociation) -> None:
        """The message is of this attempt: remember by which names it goes."""
        attempt.add(message)
        if attempt.amf_ue_id is None:
            attempt.amf_ue_id = message.amf_ue_id
            attempt.lent = message.amf_ue_id is not None and message.wire != attempt.first.wire
        self._name(attempt, message, line)
        if message.procedure == message.dialect.reroute and message.pdu == INITIATING:
            attempt.rerouted_ns, attempt.rerouted_from = message.at_ns, message.wire
            attempt.rerouted_by = line.node
            attempt.left.add(message.wire)
            self._rerouted[_reroute(line, message)] = attempt
            attempt.names.add(_reroute(line, message))

    def on(self, wire: Wire) -> list[Attempt]:
        """Those that an association carried."""
        return list(self._of_wire.get(wire, {}).values())

    def forget(self, attempt: Attempt) -> None:
        """Its ids may be another's now; a further try under them is remembered for some time."""
        for known in (self._by_name, self._rerouted):
            for name in attempt.names:
                if known.get(name) is attempt:
                    del known[name]
        _drop(self._of_wire, attempt.wires, attempt)
        _drop(self._together, attempt.shared, attempt)
        if attempt.verdict.outcome != COMPLETED:
            name = attempt.wires[-1], attempt.first.ran_ue_id, attempt.amf_ue_id
            keep(self._past, name, attempt, MOST_PAST)

    def clear(self) -> None:
        """Nothing is known any more."""
        for known in (
            self._by_name,
            self._of_wire,
            self._together,
            self._past,
            self._others,
            self._rerouted,
        ):
            known.clear()

    def _before(self, message: Message, line: TnlAssociation) -> Attempt | None:
        """Who has this RAN id until now, on this association or another of the same named radio node."""
        found = self._by_name.get((message.wire, "RAN", message.ran_ue_id))
        if found is None and line.named is not None:
            others = self._together.get((line.named, "RAN", message.ran_ue_id), {})
            found = next(reversed(others.values()), None)
        return found

    def _on(self, wire: Wire, message: Message) -> Attempt | None:
        if message.ran_ue_id is not None:
            return self._by_name.get((wire, "RAN", message.ran_ue_id))
        if message.amf_ue_id is not None:
            return self._by_name.get((wire, "core", message.amf_ue_id))
        return None

    def _beside(self, line: TnlAssociation, message: Message) -> Attempt | None:
        """On another association between the same nodes: the one attempt that it can be."""
        ids = ("RAN", message.ran_ue_id) if message.ran_ue_id is not None else ("core", message.amf_ue_id)
        groups = (group for group in (line.named, line.between) if group is not None)
        found = {
            place: one for group in groups for place, one in self._together.get((group, *ids), {}).items()
        }
        fits = [one for one in found.values() if self._may_be(line, message, one)]
        return fits[0] if len(fits) == 1 else None

    def _may_be(self, line: TnlAssociation, message: Message, attempt: Attempt) -> bool:
        """Whether neither the id at the core nor the names of the radio nodes contradict, as far as they are known."""
        other = self._associations.get(attempt.first.wire)
        nodes = {line.node, None if other is None else other.node} - {None}
        ids = {message.amf_ue_id, attempt.amf_ue_id} - {None}
        return len(nodes) < 2 and len(ids) < 2

    def _name(self, attempt: Attempt, message: Message, line: TnlAssociation) -> None:
        known = self._by_name
        for side, number in (("RAN", message.ran_ue_id), ("core", message.amf_ue_id)):
            if number is None:
                continue
            name = (message.wire, side, number)
            if name not in attempt.names:
                if len(attempt.names) >= MOST_NAMES:
                    continue
                attempt.names.add(name)
            known[name] = attempt
            for group in (line.named, line.between):
                if group is not None and (shared := (group, side, number)) not in attempt.shared:
                    self._together.setdefault(shared, {})[id(attempt)] = attempt
                    attempt.shared.add(shared)
        self._of_wire.setdefault(message.wire, {})[id(attempt)] = attempt

    def _link(self, fresh: Attempt, before: Attempt | None, message: Message) -> None:
        """The same UE tries again."""
        if before is None:
            return
        if before.ended_ns is None:
            before.judge(message.at_ns)
        last_ns = before.ended_ns or message.at_ns
        if (
            before.verdict.outcome != COMPLETED
            and message.at_ns - last_ns <= LINKED_NS
            and before.first.dialect is fresh.first.dialect
        ):
            fresh.number, fresh.first_ns = before.number + 1, before.first_ns


def _drop(known: dict[Name, dict[int, Attempt]], names: Iterable[Name], attempt: Attempt) -> None:
    for name in names:
        of_name = known.get(name, {})
        of_name.pop(id(attempt), None)
        if not of_name:
            known.pop(name, None)


def _name(message: Message) -> Hashable:
    return message.wire, message.ran_ue_id, message.amf_ue_id


def _reroute(line: TnlAssociation, message: Message) -> Hashable:
    """Under which a radio node takes a UE to another core: its side, and the RAN id."""
    return line.from_ran, line.radio, message.ran_ue_id
