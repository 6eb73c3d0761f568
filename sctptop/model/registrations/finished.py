"""Registrations that ended, in columns: what a comparison and a table of them need, without their messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import accumulate, pairwise
from typing import NamedTuple

from sctptop.model.associations.identity import Key
from sctptop.model.ngap.message import Wire
from sctptop.model.passages.stages import PIECES, Stage
from sctptop.model.quick import quick
from sctptop.model.registrations.attempt import WHOSE, Registration

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class StageKind(NamedTuple):
    """A stage but for its time. ``sent``: whether a message of that name was ours, None where none had it."""

    name: str
    whose: str
    unseen: bool
    sent: bool | None


@quick
@dataclass(frozen=True, slots=True)
class FinishedOne:
    """One of them, as ``Registration`` has it."""

    association: Key
    wire: Wire
    end: str
    kind: str | None
    ran_ue_id: int | None
    amf_ue_id: int | None
    began: datetime
    began_ns: int
    outcome: str
    inferred: bool
    cause: str | None
    total_ns: int
    sctp_ns: int
    held_ns: int
    blocked_ns: int
    lost_ns: int
    order_ns: int
    unread_ns: int
    network_ns: int | None
    core_ns: int
    ran_ns: int
    pdu_session_ns: int | None
    attempt: int
    since_first_ns: int
    costliest: Stage | None


Ended = Registration | FinishedOne
"""What one registration came to."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Columns of equal length, in the order in which they ended; the first is number ``first`` of its recording.

    ``sample``: with which sample each ended. ``apart``: the network is told from the far end. ``began_us``: since 1970.
    ``since_ns``: from the beginning of the UE's first attempt to that of this one. ``accepted_ns``: until the accept
    was through. Stages are in ``codes``, places in ``kinds``, and ``lengths``, ns: those of one from ``stages`` of it
    to that of the next.
    """

    first: int = 0
    sample: list[int] = field(default_factory=list)
    association: list[Key] = field(default_factory=list)
    wire: list[Wire] = field(default_factory=list)
    end: list[str] = field(default_factory=list)
    kind: list[str | None] = field(default_factory=list)
    outcome: list[str] = field(default_factory=list)
    cause: list[str | None] = field(default_factory=list)
    inferred: list[bool] = field(default_factory=list)
    apart: list[bool] = field(default_factory=list)
    ran_ue_id: list[int | None] = field(default_factory=list)
    amf_ue_id: list[int | None] = field(default_factory=list)
    began_us: list[int] = field(default_factory=list)
    began_ns: list[int] = field(default_factory=list)
    attempt: list[int] = field(default_factory=list)
    since_ns: list[int] = field(default_factory=list)
    accepted_ns: list[int | None] = field(default_factory=list)
    stages: list[int] = field(default_factory=lambda: [0])
    codes: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    kinds: list[StageKind] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sample)

    def totals_ns(self) -> list[int]:
        """How long each took."""
        upto = [0, *accumulate(self.lengths)]
        return [upto[end] - upto[begin] for begin, end in pairwise(self.stages)]

    def one(self, row: int, pdu_session_ns: int | None) -> FinishedOne:
        """The registration of a row."""
        begin, end = self.stages[row], self.stages[row + 1]
        codes, lengths = self.codes[begin:end], self.lengths[begin:end]
        spent = dict.fromkeys(PIECES, 0)
        for code, length_ns in zip(codes, lengths, strict=True):
            spent[self.kinds[code].whose] += length_ns
        held, blocked, lost, order, unread, network, core, ran = spent.values()
        total_ns = sum(lengths)
        return FinishedOne(
            self.association[row],
            self.wire[row],
            self.end[row],
            self.kind[row],
            self.ran_ue_id[row],
            self.amf_ue_id[row],
            _EPOCH + timedelta(microseconds=self.began_us[row]),
            self.began_ns[row],
            self.outcome[row],
            self.inferred[row],
            self.cause[row],
            total_ns,
            held + blocked + lost + order,
            held,
            blocked,
            lost,
            order,
            unread,
            network if self.apart[row] else None,
            core,
            ran,
            pdu_session_ns,
            self.attempt[row],
            total_ns + self.since_ns[row],
            self._costliest(codes, lengths, spent),
        )

    def _costliest(self, codes: list[int], lengths: list[int], spent: Mapping[str, int]) -> Stage | None:
        """As of ``Registration.costliest``."""
        part = max(WHOSE, key=lambda whose: sum(map(spent.__getitem__, whose)))
        longest, begin_ns, at_ns = -1, 0, 0
        found: StageKind | None = None
        for code, length_ns in zip(codes, lengths, strict=True):
            if length_ns > longest and self.kinds[code].whose in part:
                found, longest, begin_ns = self.kinds[code], length_ns, at_ns
            at_ns += length_ns
        return None if found is None else Stage(found.name, found.whose, begin_ns, longest, found.unseen)
