"""How long procedures take: each request paired with what answered it, by association, code and ids of the UE.

The time is that from the first instant of the request to the last of its answer on this host: where we asked, from the
hand-over until the answer was read; where we were asked, from the arrival until our answer was transmitted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from itertools import count, repeat

from sctptop.model.associations.distribution import Distribution
from sctptop.model.associations.identity import Key
from sctptop.model.bounded import count_in
from sctptop.model.ngap.dialect import INITIATING, UNSUCCESSFUL
from sctptop.model.ngap.message import Message
from sctptop.model.ngap.procedure_names import is_answered, procedure_name
from sctptop.model.quick import quick
from sctptop.model.registrations.words import cause_of, nas_cause_of

MOST_OPEN = 20_000
"""Requests that wait for an answer; beyond, the oldest counts as unanswered."""
PATIENCE_NS = 30_000_000_000
"""A request older than this is not going to be answered."""
MOST_CAUSES = 64
MOST_KINDS = 4096
"""Different procedures kept, over all associations."""


@dataclass(frozen=True, slots=True)
class ProcedureKind:
    """``asked``: we sent the request. ``association`` is None for all of them together."""

    association: Key | None
    protocol: str
    name: str
    asked: bool


@quick
@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure since the reset; nothing in it changes. ``latency`` is of ``failures`` too, not of ``unanswered``.
    ``causes``: how often a failure had one of them, where it was told."""

    kind: ProcedureKind
    latency: Distribution = field(default_factory=Distribution)
    failures: int = 0
    unanswered: int = 0
    causes: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: Procedure) -> Procedure:
        """Both together, of the same kind."""
        return Procedure(
            self.kind,
            self.latency.plus(other.latency),
            self.failures + other.failures,
            self.unanswered + other.unanswered,
            Counter(self.causes) + Counter(other.causes),
        )


_Kind = tuple[Key | None, str, str, bool]
"""Of a ProcedureKind its parts: names of which thousands are looked up."""


@dataclass(slots=True)
class _Open:
    request: Message
    association: Key
    name: str
    aliases: tuple[Hashable, ...]


@dataclass(slots=True)
class _Gained:
    times_ns: list[int] = field(default_factory=list)
    failures: int = 0
    unanswered: int = 0
    causes: dict[str, int] = field(default_factory=dict)


class Procedures:
    """Pairs messages in the order of their instants."""

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}
        self._by_name: dict[Hashable, int] = {}
        self._places = count()
        self._known: dict[_Kind, Procedure] = {}
        self._gained: dict[_Kind, _Gained] = {}
        self._published: tuple[Procedure, ...] = ()
        self._before: Mapping[_Kind, Procedure] = {}
        """Those before the last reset."""

    def take(self, association: Key, message: Message) -> bool:
        """Update with a message; False for an answer whose request is not known (yet)."""
        dialect = message.dialect
        if is_answered(dialect.ppid, message.procedure):
            if message.pdu == INITIATING:
                name = procedure_name(dialect.ppid, message.procedure)
                self._ask(association, message, name, message.procedure)
                return True
            # A PDU session may be refused in a response that succeeds.
            failed = message.pdu == UNSUCCESSFUL or message.cause is not None
            return self._answer(message, message.procedure, failed)
        if message.procedure == dialect.downlink_nas and message.nas is not None:
            pair = dialect.nas_pairs.get(message.nas)
            if pair is not None:
                self._ask(association, message, pair.name, "nas")
        elif message.procedure == dialect.uplink_nas:
            self._answer_nas(message)
        return True

    def advance(self, now_ns: int) -> tuple[Procedure, ...]:
        """All procedures since the reset, those of all associations and those of each; give up on old requests."""
        while self._open:
            place, oldest = next(iter(self._open.items()))
            if len(self._open) <= MOST_OPEN and now_ns - oldest.request.at_ns <= PATIENCE_NS:
                break
            self._close(place)
            self._count(oldest)
        if self._gained:
            for kind, gained in self._gained.items():
                self._add(kind, gained)
            self._gained = {}
            self._published = tuple(self._known.values())
        return self._published

    def reset(self) -> None:
        """Begin all distributions anew; requests that wait still do."""
        self._before, self._known, self._gained, self._published = self._known, {}, {}, ()

    def undo_reset(self) -> None:
        """Those before the last reset, and what came since."""
        before, self._before = self._before, {}
        since, self._known = self._known, dict(before)
        for kind, procedure in since.items():
            known = before.get(kind)
            self._known[kind] = procedure if known is None else known.plus(procedure)
        self._published = tuple(self._known.values())

    def _ask(self, association: Key, message: Message, name: str, code: Hashable) -> None:
        aliases = _aliases(message, code, message.out)
        for alias in aliases[:1]:
            repeated = self._open.get(self._by_name.get(alias, -1))
            if repeated is not None:
                self._close(self._by_name[alias])
                self._count(repeated)
        place = next(self._places)
        self._open[place] = _Open(message, association, name, aliases)
        for alias in aliases:
            self._by_name[alias] = place

    def _answer(self, message: Message, code: Hashable, failed: bool) -> bool:
        for alias in _aliases(message, code, not message.out):
            place = self._by_name.get(alias)
            request = self._open[place].request if place is not None else None
            if place is not None and request is not None and request.at_ns <= message.at_ns:
                asked = self._close(place)
                cause = cause_of(message) or nas_cause_of(message) if failed else None
                self._count(asked, max(message.done_ns - asked.request.at_ns, 0), failed, cause)
                return True
        return False

    def _answer_nas(self, message: Message) -> None:
        """An uplink NAS message answers the request before it, if its type does or cannot be read."""
        for alias in _aliases(message, "nas", not message.out):
            asked = self._open.get(self._by_name.get(alias, -1))
            if asked is not None and asked.request.nas is not None:
                pair = message.dialect.nas_pairs[asked.request.nas]
                if message.nas is None or message.nas in pair.answers or message.nas in pair.failures:
                    self._answer(message, "nas", message.nas in pair.failures)
                return

    def _close(self, place: int) -> _Open:
        asked = self._open.pop(place)
        for alias in asked.aliases:
            if self._by_name.get(alias) == place:
                del self._by_name[alias]
        return asked

    def _count(
        self, asked: _Open, took_ns: int | None = None, failed: bool = False, cause: str | None = None
    ) -> None:
        """For all associations together, and for its own."""
        for association in (None, asked.association):
            kind = (association, asked.request.dialect.name, asked.name, asked.request.out)
            gained = self._gained.get(kind)
            if gained is None:
                gained = self._gained[kind] = _Gained()
            if took_ns is None:
                gained.unanswered += 1
            else:
                gained.times_ns.append(took_ns)
                gained.failures += failed
                if cause is not None:
                    gained.causes[cause] = gained.causes.get(cause, 0) + 1

    def _add(self, kind: _Kind, gained: _Gained) -> None:
        before = self._known.get(kind)
        if before is None and len(self._known) >= MOST_KINDS:
            return
        before = before or Procedure(ProcedureKind(*kind))
        self._known[kind] = Procedure(
            before.kind,
            before.latency.merged(zip(gained.times_ns, repeat(1))) if gained.times_ns else before.latency,
            before.failures + gained.failures,
            before.unanswered + gained.unanswered,
            _added(before.causes, gained.causes) if gained.causes else before.causes,
        )


def _added(before: Mapping[str, int], gained: Mapping[str, int]) -> Mapping[str, int]:
    found = dict(before)
    for cause, times in gained.items():
        count_in(found, cause, times, MOST_CAUSES)
    return found


def _aliases(message: Message, code: Hashable, asked: bool) -> tuple[Hashable, ...]:
    """The names of a request, surest first: by the core's id of the UE, by the radio node's, else the association's."""
    wire, core, radio = message.wire, message.amf_ue_id, message.ran_ue_id
    if core is None:
        return ((wire, code, asked, "all") if radio is None else (wire, code, asked, "RAN", radio),)
    if radio is None:
        return ((wire, code, asked, "core", core),)
    return (wire, code, asked, "core", core), (wire, code, asked, "RAN", radio)
